"""`onrecord sql`: questions to a record in SQL, reading only."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


@click.command("sql", short_help="Ask a record in SQL, reading only.")
@click.argument("query", required=False)
@record_option
@click.option("--rows", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, help="Print at most so many.")
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=30.0, show_default=True, help="Stop a query that takes longer.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@click.pass_context
def command(ctx: click.Context, /, query: str | None, record: Path, rows: int, seconds: float, shape: str) -> None:
    """Run one SELECT on a record: the views documents, statements, spans, actors and corrections (docs/record.md lists their columns).

    Nothing can be written, no other file opened, no setting changed; a query ends when its time is up. Without QUERY,
    it is read from standard input, or the views and their columns are listed.

    \b
    Examples:
      onrecord sql "SELECT speaker, count(*) AS n FROM statements WHERE act = 'THREATEN' GROUP BY 1 ORDER BY n DESC LIMIT 10"
      onrecord sql "SELECT s.id, a.name FROM statements s JOIN actors a ON a.statement = s.id WHERE a.role = 'target'" --format csv
      onrecord sql < question.sql

    Exit codes: 0 done; 1 the record could not be read, or the time was up; 2 the query was wrong.
    """
    from onrecord.cli.results import table
    from onrecord.record import Record

    with wrong(), Record.open(record) as r:
        if query is None:
            query = "" if sys.stdin.isatty() else sys.stdin.read(200_000)
            if not query.strip():
                _views(r, shape)
                return
        # SQLite looks at the clock between its steps, and one step may be a function on a huge text. Nothing is written here,
        # so that the process may end wherever it is.
        watch = threading.Timer(seconds + 5, _too_late, (seconds,))
        watch.daemon = True
        watch.start()
        try:
            answer = r.sql(query, rows=rows, seconds=seconds)
        finally:
            watch.cancel()
    plain = [tuple(v.hex() if isinstance(v, bytes) else v for v in row) for row in answer.rows]
    table(shape, answer.columns, plain, objects=answer.dicts())
    if answer.cut:
        click.echo(f"onrecord: only the first {rows:,} rows are given (--rows)", err=True)


def _too_late(seconds: float) -> None:
    click.echo(f"onrecord: the query took longer than {seconds:g} s and was stopped (add a LIMIT, or ask for less)", err=True)
    sys.stderr.flush()
    os._exit(1)


def _views(r, shape: str) -> None:  # type: ignore[no-untyped-def]
    from onrecord.cli.results import table
    from onrecord.record.schema import VIEWS

    rows = [(view, column) for view in VIEWS for column in r.sql(f"SELECT * FROM {view} LIMIT 0").columns]
    if shape == "table":
        for view in VIEWS:
            click.echo(f"{view}: {', '.join(c for v, c in rows if v == view)}")
        return
    table(shape, ("view", "column"), rows)
