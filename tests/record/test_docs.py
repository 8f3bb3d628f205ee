"""docs/record.md says what the code does: views, columns, commands, options, tables."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import click
import pytest

from onrecord.cli import COMMANDS
from onrecord.cli.search import command
from onrecord.record import FACETS, SORTS, STATUSES, Record
from onrecord.record.query import Query
from onrecord.record.schema import APPLICATION_ID, VIEWS


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "record.md").read_text(encoding="utf8")


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_of_the_views_is_listed_in_order(page: str, record_columns: dict[str, list[str]], view: str) -> None:
    (listed,) = re.findall(rf"^\*\*{view}\*\*: (.*?)\n\n", page, re.DOTALL | re.MULTILINE)
    words = re.sub(r"\([^)]*\)", "", listed.split(". ")[0])
    assert re.findall(r"`(\w+)`", words) == record_columns[view]


@pytest.fixture
def record_columns(record: Record) -> dict[str, list[str]]:
    return {v: list(record.sql(f"SELECT * FROM {v}").columns) for v in VIEWS}


def test_every_table_is_named(page: str, record: Record) -> None:
    with sqlite3.connect(record.path) as c:
        tables = {n for (n,) in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    own = {t for t in tables if not t.startswith("sqlite_") and not re.match(r"content_fts_", t)}
    assert own - set(re.findall(r"`(\w+)`", page)) == set()


def test_every_option_of_a_search_is_named(page: str) -> None:
    options = {o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}
    assert {o for o in options if o not in page} == set()


def test_every_value_is_named(page: str) -> None:
    for value in (*FACETS, *SORTS, *STATUSES):
        assert f"`{value}`" in page, value
    conditions = {f for f in Query.__dataclass_fields__ if f not in ("text", "page", "size", "sort", "count")}
    for name in conditions:
        assert f"`{name}`" in page or f"--{name.replace('_', '-')}" in page, name


def test_every_command_shown_is_there(page: str) -> None:
    for name in set(re.findall(r"^onrecord (\w+)", page, re.MULTILINE)):
        assert name in COMMANDS, name


def test_numbers_of_the_file(page: str) -> None:
    assert f"{APPLICATION_ID:#x}" in page


def test_the_query_shown_runs(page: str, record: Record) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    assert record.sql(query.rstrip().rstrip(";")).columns == ("month", "country", "code", "quotes")
