"""Users' files of actors: what they add and change, and what is refused, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.actors import Registry
from onrecord.actors.fold import fold, fold_all
from onrecord.actors.tables import append_row
from onrecord.errors import ActorFileError


def write(folder: Path, text: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_actor_and_a_changed_one(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "id,type,name,country,aliases,roles\n"
        'person:jane-doe,person,Jane Doe,GBR,J. Doe; La Doe,"Foreign Secretary @2030-01-01.."\n'
        "RUS,,,,Rossiya,\n",
    )
    registry = Registry.load(path)
    assert registry.find("La Doe")[0].actor.id == "person:jane-doe"
    assert registry.find("Rossiya")[0].actor.id == "RUS"
    assert registry.find("Russia")[0].actor.id == "RUS"
    assert "Jane Doe" in [m.actor.name for m in registry.holders("British foreign secretary", on="2031-01-01")]
    assert not Registry.load().find("Rossiya"), "the shipped registry is left as it was"


def test_toml(tmp_path: Path) -> None:
    path = write(
        tmp_path, '[[actor]]\nid = "acme"\ntype = "group"\nname = "Acme Front"\naliases = ["AF One", "The Front of Acme"]\n', "mine.toml"
    )
    assert Registry.load(path).find("the Front of Acme")[0].actor.id == "acme"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id,nmae\nRUS,x\n", 1, "unknown column 'nmae'"),
        ("name,type\nx,person\n", 1, "'id' is missing"),
        ("id,id\nRUS,RUS\n", 1, "stands twice"),
        ("id,type,name\na,person,A\n\na,person,B\n", 4, "was used in line 2"),
        ("id,type,name,start,end\na,group,A,2010-01-01,2005-01-01\n", 2, "before or on its start"),
        ('id,type,name,roles\na,person,A,"Chief @2010-01-01..2005-01-01"\n', 2, "before or on its start"),
        ("id,type,name,parent\na,group,A,b\nb,group,B,a\n", 2, "cycle"),
        ("id,type,name,parent\na,group,A,a\n", 2, "cycle"),
        ("id,type,name,parent\na,group,A,nobody\n", 2, "no known actor"),
        ("id,type,name,country\na,group,A,ZZZ\n", 2, "no known actor"),
        ('id,type,name,roles\na,person,A,"Chief [zzz]"\n', 2, "no known actor"),
        ("id,type,name\na,alien,A\n", 2, "not a type"),
        ("id,type,name\na b,person,A\n", 2, "is not an id"),
        ("id,type,name,start\na,group,A,yesterday\n", 2, "is not a date"),
        ("id,type,name,start\na,group,A,2021-02-30\n", 2, "not a day of the calendar"),
        ("id,type,name\na,person\n", 2, "has 2 cells"),
        ("id,name\nnew,A\n", 2, "has no type"),
        ("id,type\nnew,group\n", 2, "has no name"),
        ('id,type,name\na,person,"A\n', 2, "not well-formed"),
        ("id,type,name\na,person,A\x07\n", 2, "control character"),
        ("id,type,name,aliases\na,person,A,B @2004\n", 2, "no interval"),
        ("", 1, "no header"),
    ],
)
def test_refused_csv(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ActorFileError) as caught:
        Registry.load(path)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[actor]]\nid = \n", 2, "not well-formed TOML"),
        ('[[actor]]\nid = "a"\ntype = "group"\nname = "A"\n\n[[actor]]\nid = "a"\n', 6, "was used in line 1"),
        ('[[person]]\nid = "a"\n', 1, "unknown key"),
        ('[[actor]]\nid = "a"\nbirth = "x"\n', 1, "unknown column"),
        ('[[actor]]\nid = "a"\nname = 1.5\n', 1, "neither a string"),
    ],
)
def test_refused_toml(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ActorFileError) as caught:
        Registry.load(write(tmp_path, text, "mine.toml"))
    assert (caught.value.line, words in str(caught.value)) == (line, True), str(caught.value)


def test_refused_files(tmp_path: Path) -> None:
    with pytest.raises(ActorFileError, match="cannot be read"):
        Registry.load(tmp_path / "none.csv")
    with pytest.raises(ActorFileError, match=r"\.xls"):
        Registry.load(write(tmp_path, "", "mine.xls"))
    (tmp_path / "latin.csv").write_bytes(b"id,type,name\na,person,Fran\xe7ois\n")
    with pytest.raises(ActorFileError, match="line 2: is not UTF-8"):
        Registry.load(tmp_path / "latin.csv")


def test_append_keeps_the_file_when_the_row_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    append_row(path, {"id": "acme", "type": "group", "name": "Acme, Front"})
    append_row(path, {"id": "NATO", "aliases": "the Club"})
    before = path.read_text(encoding="utf-8")
    with pytest.raises(ActorFileError, match="was used in line"):
        append_row(path, {"id": "acme", "aliases": "x"})
    assert path.read_text(encoding="utf-8") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.csv"]
    assert Registry.load(path).find("the Club")[0].actor.id == "NATO"


def test_tables_read_at_once_give_what_rows_one_by_one_give() -> None:
    at_once, one_by_one = Registry.load(), Registry(Registry.shipped_rows())
    assert list(at_once._index.items()) == list(one_by_one._index.items())
    assert list(at_once._surnames.items()) == list(one_by_one._surnames.items())
    assert list(at_once.rows()) == list(one_by_one.rows())
    assert len(at_once) == len(list(Registry.shipped_rows())), "an id stands twice in the tables"


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=12)))
def test_folding_at_once_is_folding_one_by_one(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(t) for t in texts]
