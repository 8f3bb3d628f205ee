"""What is saved of a damaged record is as it was, and the rest can be read anew."""

from __future__ import annotations

import random
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from onrecord.errors import OnrecordError, RecordError, UsageError
from onrecord.record import FACETS, Query, Record
from onrecord.record.rescue import rescue

from .conftest import document, statement
from .corpus import corpus


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rescue") / "r.db"
    with Record.open(path, "create") as record:
        for d, statements in corpus(80):
            record.add(d, statements)
            record.correct(statements[0].id, "act", "DENY", who="anna")
        record.save_search("missiles", Query(text="missile"))
    return path


def test_a_whole_record_is_copied(whole: Path, tmp_path: Path) -> None:
    before = whole.read_bytes()
    saved = rescue(whole, tmp_path / "new.db")
    with Record.open(whole) as old, Record.open(tmp_path / "new.db") as new:
        assert list(new.statements()) == list(old.statements())
        assert new.corrections() == old.corrections()
        assert new.search("missile", facets=FACETS) == old.search("missile", facets=FACETS)
        assert [s.name for s in new.saved_searches()] == ["missiles"]
        assert saved["statement"] == old.count(Query())
    assert whole.read_bytes() == before
    with sqlite3.connect(tmp_path / "new.db") as c:
        assert c.execute("PRAGMA foreign_key_check").fetchall() == []
        assert c.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("seed", range(8))
def test_of_a_damaged_one_what_can_be_read(whole: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(whole.read_bytes())
    for _ in range(3):
        page = chance.randrange(3, len(data) // 4096)
        data[page * 4096 : page * 4096 + 4096] = chance.randbytes(4096)
    (tmp_path / "bad.db").write_bytes(data)
    with Record.open(whole) as record:
        were = {s.id: s for s in record.statements()}
    try:
        rescue(tmp_path / "bad.db", tmp_path / "new.db")
    except RecordError:
        return  # a page on which all hangs
    with Record.open(tmp_path / "new.db", "rw") as new:
        with sqlite3.connect(tmp_path / "new.db") as c:
            assert c.execute("PRAGMA foreign_key_check").fetchall() == []
        for s in new.statements():  # no row lies: the text is the document's, and the id its hash
            s.check()
            assert s.document.text == were[s.id].document.text
            assert (s.source, s.cue, s.content) == (were[s.id].source, were[s.id].cue, were[s.id].content)
        for d, statements in corpus(80):  # and the rest comes back
            with suppress(OnrecordError):
                new.add(d, statements, replace=True)
        assert {s.id for s in new.statements(Query(status="all"))} == set(were)
        assert new.search("that", facets=FACETS).total == len(were)


def test_a_text_that_was_overwritten_is_not_saved(tmp_path: Path) -> None:
    """A page of a long text is not checked by SQLite: other letters in it would go unseen."""
    with Record.open(tmp_path / "r.db", "create") as record:
        for n in range(3):
            d = document(f"Rusk said that ship {n} had turned. " + f"Quiet words {n} fill the page. " * 1000)
            record.add(d, [statement(d, "Rusk", "said", f"that ship {n} had turned")])
        kept = {d.id for d in record.documents()}
    data = (tmp_path / "r.db").read_bytes()
    (tmp_path / "bad.db").write_bytes(data.replace(b"Quiet words 1 fill", b"Loud! words 1 fill", 1))
    saved = rescue(tmp_path / "bad.db", tmp_path / "new.db")
    assert (saved["document"], saved["statement"]) == (2, 2)
    with Record.open(tmp_path / "new.db") as new:
        assert {d.id for d in new.documents()} < kept
        assert all(d.id == d.digest[:16] for d in new.documents())


def test_what_cannot_be_saved(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there already"):
        rescue(whole, whole)
    with pytest.raises(RecordError, match="no such record"):
        rescue(tmp_path / "none.db", tmp_path / "new.db")
    (tmp_path / "junk.db").write_bytes(b"junk" * 5000)
    with pytest.raises(RecordError, match="nothing of it can be read"):
        rescue(tmp_path / "junk.db", tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()
