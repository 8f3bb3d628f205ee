"""Parquet: what is written is read back, by us and by others; what is broken is told."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from onrecord import schema
from onrecord.errors import DamagedError, OutputError, UnreadableError, UnsupportedError, UsageError
from onrecord.export import parquet, rows
from tests.record.conftest import document, two

D = document(title="T", author="A", url="http://x.example/a", language="en", source_digest="0" * 64)
S = two(D)
ROWS: dict[str, list[dict[str, Any]]] = {
    "statements": [rows.statement(s) for s in S],
    "documents": [rows.document(D)],
    "spans": [x for s in S for x in rows.spans(s)],
    "actors": [x for s in S for x in rows.actors(s)],
    "evidence": [rows.evidence(s) for s in S],
    "readings": [rows.reading(D, S, model="abc")],
}


@pytest.mark.parametrize("table", schema.TABLES)
def test_rows_come_back_as_they_were(table: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    assert parquet.write(path, table, ROWS[table], metadata={"model": "abc"}) == len(ROWS[table])
    got = parquet.open_table(path)
    assert (got.table, got.count) == (table, len(ROWS[table]))
    assert got.metadata.items() >= {"onrecord.schema": schema.VERSION, "onrecord.table": table, "model": "abc"}.items()
    assert list(got.rows(batch=1)) == ROWS[table]
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    stream = io.BytesIO()
    parquet.write(stream, "evidence", ROWS["evidence"])
    parquet.write(tmp_path / "a.parquet", "evidence", iter(ROWS["evidence"]))
    assert stream.getvalue() == (tmp_path / "a.parquet").read_bytes()


def test_statements_come_out_of_evidence_and_of_readings() -> None:
    assert [rows.to_statement(r, rows.to_document(r)) for r in ROWS["evidence"]] == S
    (r,) = ROWS["readings"]
    assert [rows.to_statement(x, rows.to_document(r)) for x in r["statements"]] == S


def test_many_rows_make_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr(parquet, "BATCH", 3)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 6)
    many = ROWS["evidence"] * 10
    parquet.write(tmp_path / "a.parquet", "evidence", many)
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == 4
    assert list(parquet.open_table(tmp_path / "a.parquet").rows()) == many


def test_a_long_text_is_stored_once_a_row_group(tmp_path: Path) -> None:
    import random

    letters = random.Random(1)
    long = document("".join(letters.choice("abcdefghij ") for _ in range(1 << 18)) + " " + D.text)
    row = rows.evidence(two(long)[0])
    assert parquet.write(tmp_path / "a.parquet", "evidence", [row] * 40) == 40
    assert (tmp_path / "a.parquet").stat().st_size < 1 << 18


def _by_duckdb(path: Path) -> None:
    duckdb.sql(f"COPY (FROM '{path}') TO '{path}.2' (FORMAT parquet)")
    Path(f"{path}.2").replace(path)


READERS: dict[str, Callable[[Path], None]] = {
    "pandas": lambda p: pd.read_parquet(p).to_parquet(p),
    "polars": lambda p: pl.read_parquet(p).write_parquet(p),
    "duckdb": _by_duckdb,
}


@pytest.mark.parametrize("tool", READERS)
def test_other_tools_read_it_and_what_they_write_can_be_read(tool: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "evidence", ROWS["evidence"])
    READERS[tool](path)
    got = parquet.open_table(path)
    assert got.table == "evidence"
    assert list(got.rows()) == ROWS["evidence"]


def test_one_line_each(tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    parquet.write(path, "statements", ROWS["statements"])
    assert pd.read_parquet(path)["id"].tolist() == [s.id for s in S]
    assert pl.read_parquet(path)["speaker"].struct.field("name").to_list() == ["Dean Rusk", "John F. Kennedy"]
    assert duckdb.sql(f"SELECT act, targets[1].code FROM '{path}' ORDER BY act").fetchall() == [("ASSERT", None), ("THREATEN", "RUS")]


def test_what_is_broken_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "evidence", ROWS["evidence"] * 50)
    whole = path.read_bytes()
    with pytest.raises(UnreadableError):
        parquet.open_table(tmp_path / "gone.parquet")
    for broken in (b"", whole[: len(whole) // 2], whole[:-1], b"PAR1" + bytes(100) + b"PAR1", b"id,kind\n"):
        path.write_bytes(broken)
        with pytest.raises(DamagedError, match="half written"):
            parquet.open_table(path)
    at = len(whole) // 4  # within the pages of a column
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(DamagedError):
        list(parquet.open_table(path).rows())


def test_other_tables_are_told_from_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"id": ["x"], "text": ["y"]}).write_parquet(path)
    with pytest.raises(UnsupportedError, match=r"docs/schema\.md"):
        parquet.open_table(path)
    pl.DataFrame({"id": [1], **{f.name: [None] for f in schema.TABLES["documents"].fields[1:]}}).write_parquet(path)
    with pytest.raises(UnsupportedError):
        parquet.open_table(path)
    monkeypatch.setattr(schema, "VERSION", "2.0")
    parquet.write(path, "documents", ROWS["documents"])
    monkeypatch.undo()
    with pytest.raises(UnsupportedError, match=r"version 2\.0"):
        parquet.open_table(path)


def test_a_row_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    for bad, error in (({"start": "x"}, UsageError), ({"text": "\ud800"}, OutputError)):
        with pytest.raises(error):
            parquet.write(tmp_path / "a.parquet", "spans", [*ROWS["spans"], ROWS["spans"][0] | bad])
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="no such folder"):
        parquet.write(tmp_path / "none" / "a.parquet", "spans", [])


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(path, "documents", ROWS["documents"])
    before = path.read_bytes()
    many = [rows.document(document(f"{i} {i**9} {D.text}")) for i in range(3000)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match="no room"):
            parquet.write(path, "documents", many)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]
