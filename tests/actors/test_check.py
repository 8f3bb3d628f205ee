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


G20 = frozenset("ARG AUS BRA CAN CHN FRA DEU IND IDN ITA JPN MEX RUS SAU ZAF KOR TUR GBR USA".split())


def test_coverage_does_not_fall() -> None:
    """Floors under what is measured; see docs/actors-registry.md."""
    shares: dict[tuple[bool, str], list[float]] = {}
    for country, function, share in coverage(Registry.load()):
        shares.setdefault((country in G20, function), []).append(share)
    means = {f: sum(v) / len(v) for f, v in shares.items()}
    for g20 in (True, False):
        assert means[g20, "head"] > 0.99
        assert means[g20, "foreign"] > (0.99 if g20 else 0.95)
        assert means[g20, "defence"] > (0.99 if g20 else 0.65)
    assert means[True, "spokesperson-foreign"] > 0.5


@pytest.mark.parametrize(
    ("country", "function", "on", "name"),
    [
        ("JPN", "foreign minister", "2009-10-01", "Katsuya Okada"),
        ("KOR", "defense minister", "2010-11-23", "Kim Tae-young"),
        ("GEO", "foreign minister", "2008-08-08", "Eka Tkeshelashvili"),
        ("LBY", "prime minister", "2018-06-01", "Fayez al-Sarraj"),
        ("IRQ", "defense minister", "2015-05-18", "Khaled al-Obaidi"),
        ("YEM", "foreign minister", "2016-05-01", "Abdulmalik al-Mekhlafi"),
        ("PRK", "defense minister", "2014-01-01", "Jang Jong Nam"),
        ("AUT", "foreign minister", "2009-06-01", "Michael Spindelegger"),
        ("CHL", "foreign minister", "2003-03-01", "Soledad Alvear"),
        ("USA", "White House press secretary", "2000-03-01", "Joe Lockhart"),
        ("NATO", "NATO spokesperson", "1999-05-01", "Jamie Shea"),
    ],
)
def test_who_held_the_office(country: str, function: str, on: str, name: str) -> None:
    assert name in [m.actor.name for m in Registry.load().holders(function, country=country, on=on)]
