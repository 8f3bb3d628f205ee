"""The checker: the shipped tables pass, and each kind of fault is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.actors import Registry
from onrecord.actors.check import check, coverage


def test_the_shipped_tables_have_no_errors_and_no_warnings() -> None:
    assert [f for f in check(Registry.load()) if f.level != "note"] == []


@pytest.mark.parametrize(
    ("row", "level", "words"),
    [
        ('x,person,X Y,USA,,,,"President @2022-01-01..2023-01-01"', "error", "overlaps person:joe-biden"),
        ('x,person,X Y,USA,,,,"Senator @2999-01-01.."', "error", "after today"),
        ('x,person,X Y,USA,,,,"Senator @1800-01-01..1990-01-01"', "error", "longer than"),
        ('x,person,X Y,SUN,,,,"Premier @1999-01-01..2000-01-01"', "error", "after SUN"),
        ("x,person,Sergei Lavrov,RUS,,,,", "error", "person:sergei-lavrov"),
        ("x,group,X Front,USA,,,NATO,", "warning", "also names NATO"),
        ("x,group,X Front,USA,2000-01-01,,Old X @1990-01-01..1995-01-01,", "error", "before x began"),
    ],
)
def test_faults_are_found(tmp_path: Path, row: str, level: str, words: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("id,type,name,country,start,end,aliases,roles\n" + row + "\n", encoding="utf-8")
    found = [f for f in check(Registry.load(path), today="2026-01-01") if f.level == level and words in f.message]
    assert found, "not found"
    assert any(str(path) in f.where or f.actor == "x" or "x" in f.message for f in found)


def test_a_gap_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        'id,type,name,country,roles\np:a,person,A Aa,VUT,"Prime Minister @2001-01-01..2002-01-01"\n'
        'p:b,person,B Bb,VUT,"Prime Minister @2004-01-01..2005-01-01"\n',
        encoding="utf-8",
    )
    assert [f for f in check(Registry.load(path)) if f.kind == "gap" and f.actor == "p:b" and "2002-01-01 to 2004-01-01" in f.message]


def test_coverage_does_not_fall() -> None:
    """Floors under what is measured; see docs/actors-registry.md."""
    g20 = set("ARG AUS BRA CAN CHN FRA DEU IND IDN ITA JPN MEX RUS SAU ZAF KOR TUR GBR USA".split())
    shares: dict[str, list[float]] = {}
    for country, function, share in coverage(Registry.load()):
        if country in g20:
            shares.setdefault(function, []).append(share)
    means = {f: sum(v) / len(v) for f, v in shares.items()}
    assert means["head"] > 0.98
    assert means["foreign"] > 0.9
    assert means["defence"] > 0.7
