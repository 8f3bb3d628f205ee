"""What goes into a record comes out of it, and what must not go in does not."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord import Document, Span
from onrecord.errors import (
    BusyRecordError,
    DamagedError,
    DamagedRecordError,
    NewerRecordError,
    OnrecordError,
    ReadOnlyRecordError,
    RecordError,
    SpanError,
    UsageError,
)
from onrecord.record import Query, Record
from onrecord.statement import statement_id

from .conftest import document, statement, two


def test_every_field_comes_back(record: Record) -> None:
    d = document(title="T", author="A", url="http://x.example/a", language="en", source_digest="0" * 64)
    added = record.add(d, two(d))
    assert (added.document, added.new, added.statements) == (d.id, True, 2)
    assert record.document(d.id) == d
    assert list(record.statements()) == two(d)
    assert [record.statement(s.id).to_json() for s in two(d)] == [s.to_json() for s in two(d)]
    with pytest.raises(UsageError, match="no statement"):
        record.statement("feedfeedfeedfeed")
    with pytest.raises(UsageError, match="no document"):
        record.document("feedfeedfeedfeed")


def test_it_is_there_when_opened_again(record: Record, path: Path) -> None:
    d = document()
    record.add(d, two(d))
    record.close()
    with Record.open(path) as again:
        assert list(again.statements()) == two(d)
        with pytest.raises(ReadOnlyRecordError):
            again.add(d, two(d))
    with pytest.raises(RecordError, match="closed"):
        again.document(d.id)


def test_the_same_text_twice_is_one_document_that_appeared_twice(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    again = record.add(replace(d, path="b.txt", outlet="Herald"), two(d))
    assert (again.new, again.statements) == (False, 2)
    record.add(d, two(d))
    assert len(list(record.documents())) == 1
    with sqlite3.connect(record.path) as c:
        assert c.execute("SELECT path, outlet FROM appearance ORDER BY pk").fetchall() == [("a.txt", "Gazette"), ("b.txt", "Herald")]
        assert c.execute("SELECT appearances FROM documents").fetchone() == (2,)
    # A search by either outlet finds it.
    assert record.count(Query(outlet=("Herald",))) == record.count(Query(outlet=("gazette",))) == 2


def test_a_span_that_lies_is_not_written(record: Record) -> None:
    d = document()
    good = two(d)
    lying = replace(good[0], content=(replace(good[0].content[0], text="the ships had sunk!!!!"),))
    other = two(document(d.text + " More."))[0]
    misnamed = replace(good[0], id="0" * 16)
    for bad in ([good[1], lying], [other], [misnamed], [good[0], good[0]], [replace(good[0], nested_in="0" * 16)]):
        with pytest.raises(SpanError):
            record.add(d, bad)
    assert record.count(Query()) == 0
    assert list(record.documents()) == []


@pytest.mark.parametrize("text", ["a\x00b said no", "\ud800 said no", ""])
def test_texts_that_a_file_cannot_keep_are_refused(record: Record, text: str) -> None:
    with pytest.raises(DamagedError):
        record.add(Document(text, path="x.txt"), [])


def test_the_tables_defend_themselves(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    c = sqlite3.connect(record.path)
    c.execute("PRAGMA foreign_keys=ON")
    for bad in (
        "UPDATE document SET text = 'other', length = 5",
        "UPDATE statement SET id = 'feedfeedfeedfeed'",
        "UPDATE span SET start = start + 1",
        "INSERT INTO span VALUES (1, 1, 9, 0, 100000)",
        "INSERT INTO span VALUES (1, 2, 9, 11, 12)",
        "INSERT INTO span VALUES (77, 2, 9, 1, 2)",
        "INSERT INTO party VALUES (1, 1, 9, 'x', NULL, NULL, 0, 100000)",
        "UPDATE statement SET kind = 'odd'",
        "UPDATE statement SET confidence = 2",
        "INSERT INTO document (id, digest, text, length, words, added) SELECT 'x', digest, text, length, 1, '' FROM document",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            c.execute(bad)


def test_text_beyond_the_basic_plane(record: Record) -> None:
    d = document("Ministers 🚀🚀 of the 𝔘nion said: “naïve — 日本 will answer 🚀”.")
    s = statement(d, "Ministers 🚀🚀 of the 𝔘nion", "said", "“naïve — 日本 will answer 🚀”")
    record.add(d, [s])
    assert record.statement(s.id) == s
    with sqlite3.connect(record.path) as c:
        assert {t for (t,) in c.execute("SELECT text FROM spans")} == {x.text for x in (*s.source, *s.cue, *s.content)}


def test_a_rerun_keeps_what_stays_and_drops_what_goes(record: Record) -> None:
    d = document()
    one, other = two(d)
    record.add(d, [one, other])
    new = statement(d, "Rusk", "said", "the ships had turned")
    record.add(d, [replace(one, act="DENY"), new], replace=True)
    assert {s.id: s.act for s in record.statements()} == {one.id: "DENY", new.id: None}
    assert record.count(Query(text="crossed")) == 0
    assert record.count(Query(text="ships")) == 2
    assert record.count(Query(act=("ASSERT",))) == 0


def test_a_nested_statement_points_out(record: Record) -> None:
    d = document("Rusk said that Khrushchev had told him the ships would turn.")
    outer = statement(d, "Rusk", "said", "that Khrushchev had told him the ships would turn")
    inner = replace(statement(d, "Khrushchev", "told", "the ships would turn"), nested_in=outer.id)
    record.add(d, [inner, outer])
    assert [s.id for s in record.statements(Query(nested=True))] == [inner.id]
    record.add(d, [replace(inner, nested_in=None)], replace=True)
    assert [(s.id, s.nested_in) for s in record.statements()] == [(inner.id, None)]


def test_what_is_not_a_record_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such record"):
        Record.open(tmp_path / "none.db")
    with pytest.raises(RecordError, match="folder"):
        Record.open(tmp_path)
    with pytest.raises(RecordError, match="folder does not exist"):
        Record.open(tmp_path / "no" / "r.db", "create")
    (tmp_path / "junk.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedRecordError):
        Record.open(tmp_path / "junk.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(DamagedRecordError, match="empty"):
        Record.open(tmp_path / "empty.db")
    c = sqlite3.connect(tmp_path / "other.db")
    c.execute("CREATE TABLE t (x)")
    c.close()
    for mode in ("r", "rw", "create"):
        with pytest.raises(DamagedRecordError, match="not a record"):
            Record.open(tmp_path / "other.db", mode)


def test_a_newer_record_is_left_alone(record: Record, path: Path) -> None:
    record.close()
    c = sqlite3.connect(path)
    c.execute("PRAGMA user_version=9999")
    c.close()
    for mode in ("r", "rw"):
        with pytest.raises(NewerRecordError, match="upgrade"):
            Record.open(path, mode)


def test_a_cut_or_overwritten_file_gives_a_plain_error(record: Record, path: Path) -> None:
    for i in range(40):
        d = document(f"{i}: Rusk said that ship {i} had turned. " + "Words and more words follow here. " * 40)
        record.add(d, [statement(d, "Rusk", "said", f"that ship {i} had turned")])
    record.close()
    whole = path.read_bytes()
    for n in range(1, 12):
        path.write_bytes(whole[: len(whole) * n // 12] + (b"\xa5" * 5000 if n % 2 else b""))
        with suppress(OnrecordError), Record.open(path) as r:
            list(r.statements(Query(text="ship")))
            r.search(Query())


def test_columns_and_rows_that_are_broken_inside(record: Record, path: Path) -> None:
    d = document()
    record.add(d, two(d))
    record.close()
    for harm in (
        "INSERT INTO chunk VALUES (0, 99, x'00', x'00'); UPDATE meta SET value = 1 WHERE key = 'sealed'; UPDATE meta SET value = 99",
        "DELETE FROM meta",
        "UPDATE meta SET value = 'x'",
    ):
        copy = path.with_name("copy.db")
        copy.write_bytes(path.read_bytes())
        c = sqlite3.connect(copy)
        c.executescript(harm)
        c.close()
        with Record.open(copy) as r, pytest.raises(DamagedRecordError, match="onrecord rescue"):
            r.search(Query())
    c = sqlite3.connect(path)
    c.executescript("PRAGMA foreign_keys=OFF; DELETE FROM document")
    c.close()
    with Record.open(path) as r:
        assert r.search(Query()).statements == ()


def test_a_writer_that_holds_the_file_is_named(record: Record, path: Path) -> None:
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    d = document()
    with Record.open(path, "rw", patience=0.05) as hasty, pytest.raises(BusyRecordError, match="another program"):
        hasty.add(d, two(d))
    assert record.count(Query()) == 0  # readers are not held up
    holder.rollback()
    record.add(d, two(d))
    assert record.count(Query()) == 2


def test_a_read_only_file_and_folder(record: Record, path: Path, tmp_path: Path) -> None:
    d = document()
    record.add(d, two(d))
    record.close()
    import os

    if os.geteuid() == 0:
        # The superuser may write anywhere: let the file itself say no.
        with Record.open(path) as r, pytest.raises(ReadOnlyRecordError):
            r.correct(two(d)[0].id, "act", "DENY", who="x")
        return
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(RecordError):
            Record.open(path, "rw").add(document("Another said so."), [])
        with Record.open(path) as r:
            assert r.count(Query()) == 2
    finally:
        tmp_path.chmod(0o755)


def test_ids_hold_across_records(tmp_path: Path) -> None:
    d = document()
    for name in ("a.db", "b.db"):
        with Record.open(tmp_path / name, "create") as r:
            r.add(replace(d, path=name), two(d))
    assert [s.id for s in Record.open(tmp_path / "a.db").statements()] == [s.id for s in Record.open(tmp_path / "b.db").statements()]
    assert two(d)[0].id == statement_id(d.digest, (Span(0, 4, "Rusk"),), (Span(5, 9, "said"),), two(d)[0].content)
