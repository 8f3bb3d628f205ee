"""One schema: what the program says, writes, stores and documents has the same fields under the same names."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from onrecord import schema
from onrecord.errors import UsageError
from onrecord.export import export, parquet, rows
from onrecord.record import Record
from onrecord.schema import FLAT, TABLES, Field

from .conftest import corpus

CORPUS = corpus()
STATEMENTS = [s for _, found in CORPUS for s in found]
ROWS: dict[str, list[dict[str, Any]]] = {
    "statements": [rows.statement(s) for s in STATEMENTS],
    "documents": [rows.document(d) for d, _ in CORPUS],
    "spans": [x for s in STATEMENTS for x in rows.spans(s)],
    "actors": [x for s in STATEMENTS for x in rows.actors(s)],
    "evidence": [rows.evidence(s) for s in STATEMENTS],
    "readings": [rows.reading(d, found, model="abc") for d, found in CORPUS],
}


def shape(fields: Sequence[Field]) -> list[Any]:
    return [(f.name, shape(f.parts)) if f.parts else f.name for f in fields]


def found_shape(values: list[dict[str, Any]]) -> list[Any]:
    """The names in dictionaries that between them fill every field."""
    out: list[Any] = []
    for name in values[0]:
        inner = [x for v in values for x in (v[name] if isinstance(v[name], list) else [v[name]]) if isinstance(x, dict)]
        out.append((name, found_shape(inner)) if inner else name)
    return out


@pytest.mark.parametrize("table", TABLES)
def test_what_the_program_says_has_the_schemas_fields_in_their_order(table: str) -> None:
    assert found_shape(ROWS[table]) == shape(TABLES[table].fields)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_valid_by_the_json_schema(table: str) -> None:
    made = schema.json_schema(table)
    jsonschema.Draft202012Validator.check_schema(made)
    validator = jsonschema.Draft202012Validator(made)
    for row in ROWS[table]:
        validator.validate(json.loads(json.dumps(row)))
        for name in row:
            assert not validator.is_valid({k: v for k, v in row.items() if k != name}), name
        assert not validator.is_valid(row | {"more": 1})
    bad = {"statements": {"kind": "sure"}, "evidence": {"confidence": None}, "spans": {"start": -1}}.get(table)
    assert bad is None or not validator.is_valid(ROWS[table][0] | bad)


def arrow_shape(fields: Any) -> list[Any]:
    out: list[Any] = []
    for f in fields:
        inner = f.type.value_type if pa.types.is_list(f.type) else f.type
        out.append((f.name, arrow_shape(inner)) if pa.types.is_struct(inner) else f.name)
    return out


@pytest.mark.parametrize("table", TABLES)
def test_arrow_parquet_and_frames_have_them_too(table: str, tmp_path: Path) -> None:
    made = schema.arrow(table)
    assert arrow_shape(made) == shape(TABLES[table].fields)
    assert made.metadata == {b"onrecord.schema": schema.VERSION.encode(), b"onrecord.table": table.encode()}
    path = tmp_path / "a.parquet"
    parquet.write(path, table, ROWS[table])
    names = [f.name for f in TABLES[table].fields]
    assert pl.read_parquet(path).columns == list(pd.read_parquet(path).columns) == names
    assert pl.read_parquet(path).to_dicts() == ROWS[table]
    kinds = {"string": pl.String, "text": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean, "struct": pl.Struct}
    for f in TABLES[table].fields:
        kind = pl.read_parquet(path).schema[f.name]
        assert (kind.inner if f.many else kind) == kinds[f.kind] or isinstance(kind.inner if f.many else kind, kinds[f.kind])


def test_csv_has_the_flat_form_and_every_column_says_where_it_comes_from(record: Record) -> None:
    out = io.BytesIO()
    export(record, out, "csv")
    assert next(csv.reader(io.StringIO(out.getvalue().decode()))) == list(FLAT)
    known = {"".join(path) for path in paths(TABLES["evidence"].fields)}
    assert {source for source, _ in FLAT.values()} <= known
    # Every field of a statement is in some column.
    told = {source.split(".")[0].removesuffix("[]") for source, _ in FLAT.values()}
    assert told == {f.name for f in TABLES["statements"].fields} | {"origin"}


def paths(fields: Sequence[Field], prefix: str = "") -> list[str]:
    out = []
    for f in fields:
        out.append(prefix + f.name)
        out += paths(f.parts, f"{prefix}{f.name}{'[]' if f.many else ''}.")
    return out


def test_read_prints_the_same_columns() -> None:
    from onrecord.cli.show import writer

    out = io.StringIO()
    made = writer("csv", out)
    for d, found in CORPUS:
        made.document(d, found)
    got = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert got[0] == list(FLAT)
    assert len(got) == 1 + len(STATEMENTS)


# -- the record's views

#: What the flattened columns of the view ``statements`` are called where FLAT has another name for them.
_VIEW = {"document": "document_id"}
#: What only a record knows.
_OWN = {"origin", "status", "cluster", "model", "speaker_confidence"}


@pytest.fixture
def views(kept: Path) -> sqlite3.Connection:
    c = sqlite3.connect(f"file:{kept}?mode=ro", uri=True)
    c.row_factory = sqlite3.Row
    return c


@pytest.mark.parametrize("table", ["spans", "actors", "documents"])
def test_views_hold_the_tables_rows(table: str, views: sqlite3.Connection) -> None:
    names = [f.name for f in TABLES[table].fields]
    got = [dict(r) for r in views.execute(f"SELECT * FROM {table}")]
    assert set(names) <= set(got[0])
    if table != "documents":
        assert set(names) == set(got[0])
    kept = sorted(json.dumps({n: r[n] for n in names}) for r in got if r.get("path") != "dull.txt")
    assert kept == sorted(json.dumps(r) for r in ROWS[table])


def test_the_view_of_statements_is_the_flat_form(views: sqlite3.Connection) -> None:
    flat = {s.id: schema.flat(s) for s in STATEMENTS}
    seen = 0
    for row in views.execute("SELECT * FROM statements"):
        for name in set(row.keys()) - _OWN:
            wanted = flat[row["id"]][_VIEW.get(name, name)]
            if name == "content":  # the record joins fragments with a space, for its full-text index
                wanted = str(wanted).replace(schema.JOINT, " ")
            assert row[name] == wanted, name
            seen += 1
    assert seen > 20 * len(STATEMENTS)


# -- the page, and versions


def test_the_page_is_current(root: Path) -> None:
    page = (root / "docs" / "schema.md").read_text(encoding="utf8")
    head, _, tables = page.partition("## The tables\n\n")
    assert tables == schema.markdown(), "write it anew: everything after '## The tables' is what onrecord.schema.markdown() gives"
    assert f"version {schema.VERSION}" in head


@pytest.mark.parametrize(("found", "good"), [("1.0", True), ("1.7", True), ("2.0", False), ("", False), (None, False), ("x", False)])
def test_versions(found: str | None, good: bool) -> None:
    if good:
        schema.check_version(found)
    else:
        with pytest.raises(UsageError, match="version"):
            schema.check_version(found)
