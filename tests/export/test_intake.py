"""Parquet into a record: the same ids, nothing twice, and nothing from a file that lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onrecord.errors import DamagedError, SourceError, UnsupportedError
from onrecord.export import export, parquet, rows
from onrecord.export.intake import Imported, import_parquet
from onrecord.record import Query, Record

from .conftest import corpus

CORPUS = corpus()
EVIDENCE = [rows.evidence(s) for _, found in CORPUS for s in found]
COUNT = len(EVIDENCE)


def lines(record: Record) -> list[str]:
    return sorted(s.to_json() for s in record.statements())


@pytest.fixture
def empty(tmp_path: Path) -> Record:
    return Record.open(tmp_path / "new.db", "create")


@pytest.mark.parametrize("table", ["evidence", "readings"])
def test_a_record_goes_out_and_comes_back(table: str, record: Record, empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    assert export(record, path, "parquet", table=table) == COUNT
    steps: list[int] = []
    documents = 5 if table == "readings" else 4  # a document without a statement is not among the evidence
    assert import_parquet(path, empty, step=steps.append) == Imported(documents, COUNT, documents, COUNT, 0)
    assert len(steps) == 2 * parquet.open_table(path).count
    assert lines(empty) == lines(record)
    known = {d.id: d for d in record.documents()}
    assert all(known[d.id] == d for d in empty.documents())
    # Nothing twice, and what is there stays as it is.
    first = next(empty.statements())
    empty.correct(first.id, "act", "APPEAL", who="ada")
    assert import_parquet(path, empty) == Imported(documents, COUNT, 0, 0, 0)
    assert empty.statement(first.id).act == "APPEAL"
    # And out again: the same but for the correction.
    export(empty, tmp_path / "b.parquet", "parquet", table=table, query=None)
    got = list(parquet.open_table(tmp_path / "b.parquet").rows())
    assert len(got) == parquet.open_table(path).count - (table == "readings" and 0)


def test_parts_that_come_one_after_another_make_the_whole(record: Record, empty: Record, tmp_path: Path) -> None:
    # First the threats, then everything: a document of which a part is there gains the rest.
    export(record, tmp_path / "a.parquet", "parquet", query=Query(act=("DENY",)))
    export(record, tmp_path / "b.parquet", "parquet")
    done = import_parquet(tmp_path / "a.parquet", empty)
    assert (done.statements, done.loose) == (1, 1)  # what it is nested in is not there
    assert import_parquet(tmp_path / "b.parquet", empty).new_statements == COUNT - 1
    inner = next(s for s in empty.statements() if s.act == "DENY")
    assert inner.nested_in is None
    assert {s.id for s in empty.statements()} == {r["id"] for r in EVIDENCE}


def test_rows_may_come_in_any_order_and_from_any_tool(empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    shuffled = EVIDENCE[::2] + EVIDENCE[::-1][::2] + EVIDENCE
    parquet.write(path, "evidence", shuffled)
    pl.read_parquet(path).write_parquet(path)
    done = import_parquet(path, empty)
    assert (done.documents, done.statements, done.new_statements, done.loose) == (4, COUNT, COUNT, 0)
    assert {s.id: s for s in empty.statements()} == {s.id: s for _, found in CORPUS for s in found}


def _change(field: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: row | {field: value}


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another text": lambda r: r | {"text": r["text"] + " And more."},
    "another text of that length": lambda r: r | {"text": r["text"].replace("Rusk", "Tusk")},
    "another digest": lambda r: r | {"origin": r["origin"] | {"digest": "0" * 64}},
    "another document id": lambda r: r | {"document": r["document"] | {"id": "0" * 16}},
    "another id": _change("id", "0" * 16),
    "an id that is none": _change("id", "'; DROP TABLE statement; --"),
    "words that are not there": lambda r: r | {"content": [r["content"][0] | {"text": "x" * len(r["content"][0]["text"])}]},
    "a span outside": lambda r: r | {"content": [r["content"][0] | {"end": 10**6}]},
    "no span": lambda r: r | {"content": [], "source": [], "cue": []},
    "no such kind": _change("kind", "sure"),
    "a confidence of two": _change("confidence", 2.0),
    "a confidence of none": _change("confidence", float("nan")),
    "an actor outside": lambda r: r | {"targets": [{"name": "x", "code": None, "start": 5, "end": 10**6, "id": None}]},
    "NUL": lambda r: rows.evidence(
        replace(s := CORPUS[0][1][0], document=replace(s.document, text=s.document.text + "\x00"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_lies_is_refused_whole(lie: str, empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "evidence", [*EVIDENCE[1:], LIES[lie](EVIDENCE[0])])
    with pytest.raises(DamagedError, match=rf"a\.parquet: row {COUNT}: .*nothing of it was taken"):
        import_parquet(path, empty)
    assert empty.count(Query()) == 0
    assert list(empty.documents()) == []


def test_a_lie_about_nesting_is_only_that(empty: Record, tmp_path: Path) -> None:
    ids = [r["id"] for r in EVIDENCE]
    lying = [r | {"nested_in": n} for r, n in zip(EVIDENCE, [ids[1], ids[0], ids[0], "0" * 16, None, "x", ids[6]], strict=True)]
    parquet.write(tmp_path / "a.parquet", "evidence", lying)
    done = import_parquet(tmp_path / "a.parquet", empty)
    assert (done.new_statements, done.loose) == (COUNT, 5)
    assert sum(s.nested_in is not None for s in empty.statements()) == 1


def test_what_is_half_written_or_of_another_kind_is_refused(empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "evidence", EVIDENCE)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedError, match="half written"):
        import_parquet(path, empty)
    for offset in range(100, len(whole) - 100, len(whole) // 40):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x40]) + whole[offset + 1 :])
        try:
            done = import_parquet(path, empty)
        except SourceError:
            assert list(empty.documents()) == []
        else:  # a bit that means nothing, such as in a statistic
            assert done.statements == COUNT
            return
    parquet.write(path, "statements", [rows.statement(s) for _, found in CORPUS for s in found])
    with pytest.raises(UnsupportedError, match="no texts with their statements"):
        import_parquet(path, empty)


def test_an_import_that_was_cut_off_goes_on(empty: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "evidence", EVIDENCE)
    calls = 0
    add = Record.add

    def fails(self: Record, *args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return add(self, *args, **options)

    monkeypatch.setattr(Record, "add", fails)
    with pytest.raises(KeyboardInterrupt):
        import_parquet(path, empty)
    assert len(list(empty.documents())) == 2
    monkeypatch.undo()
    done = import_parquet(path, empty)
    assert (done.documents, done.new_documents) == (4, 2)
    assert lines(empty) == sorted(s.to_json() for _, found in CORPUS for s in found)
