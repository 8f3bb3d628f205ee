"""`onrecord quotes`: the same words in several articles."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.cli.filters import filters, query, record_option

if TYPE_CHECKING:
    from onrecord.record.quotes import Change, Quote

__all__ = ["command"]

COLUMNS = ("quote", "times", "statement", "speaker", "content", "changes", "document", "outlet", "published", "title", "path", "url")


@click.command("quotes", short_help="List quotes that several articles have, and what each cut or changed.")
@click.argument("words", metavar="[QUERY]", default="")
@record_option
@click.option("--least", type=click.IntRange(min=1), default=2, show_default=True, help="Only quotes that so many articles have.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="So many quotes.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which of the pages of --limit quotes.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True,
    help="jsonl: one object a quote. csv: one row an article.",
)  # fmt: skip
@filters
def command(words: str, record: Path, least: int, limit: int, page: int, shape: str, **given: Any) -> None:
    """List quotes that several articles have: who had it first, who else has it, and what each cut or changed.

    QUERY and the filters choose quotes of which at least one statement meets them; as in `onrecord search`. Those that the most
    articles have come first. An article that came in from several outlets word for word counts for each.

    \b
    Examples:
      onrecord quotes --record r.db
      onrecord quotes '"red line"' --speaker lavrov --least 5 --record r.db
      onrecord quotes --since 2021-11 --format csv --record r.db > quotes.csv

    Exit codes: 0 it went well, also when nothing was found; 1 the record could not be read; 2 the call was wrong.
    """
    from onrecord.cli import show
    from onrecord.record import Record
    from onrecord.record.quotes import quotes

    wanted = query(words, given)
    with Record.open(record) as opened:
        found, total = quotes(opened, wanted, least=least, offset=(page - 1) * limit, limit=limit)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    if shape == "jsonl":
        for quote in found:
            click.echo(json.dumps(quote.to_dict(), ensure_ascii=False))
    elif shape == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(COLUMNS)
        for quote in found:
            out.writerows([show._cell(cell) for cell in row] for row in _rows(quote))
    else:
        for quote in found:
            _table(quote)
        shown = (page - 1) * limit
        none = f"no quote here; {total:,} in all" if total else "no quote found: no words that several articles report"
        click.echo(f"{shown + 1}-{shown + len(found)} of {total:,} quotes" if found else none)


def _rows(quote: Quote) -> list[list[str | int | None]]:
    return [
        [
            quote.id, quote.times, v.statement.id, v.statement.speaker.name if v.statement.speaker else None,
            " … ".join(s.text for s in v.statement.content), "; ".join(_change(c) for c in v.changes),
            p.document, p.outlet, p.published, p.title, p.path, p.url,
        ]
        for v in quote.variants
        for p in v.places
    ]  # fmt: skip


def _table(quote: Quote) -> None:
    from onrecord.cli.show import one_line

    first = quote.first.statement
    who = first.speaker.name if first.speaker and first.speaker.name else " ".join(s.text for s in first.source) or "(no source)"
    content = " … ".join(s.text for s in first.content)
    click.echo(f"{one_line(who)}: {_short(one_line(content), 300)}")
    many = f" in {len(quote.outlets)} outlets" if len(quote.outlets) > 1 else ""
    click.echo(f"  {quote.times} articles{many} (cluster {quote.id})")
    for i, v in enumerate(quote.variants):
        what = "first" if i == 0 else "the same words" if not v.changes else "; ".join(_change(c) for c in v.changes)
        for p in v.places:
            where = "  ".join(one_line(x) for x in (p.published or "no date", p.outlet, p.path or p.url or p.document) if x)
            click.echo(f"  {where}  {_short(one_line(what), 200)}")
    click.echo()


def _change(c: Change) -> str:
    if c.op == "changed":
        return f"“{c.was}” → “{c.now}”"
    return f"{c.op} “{c.was or c.now}”"


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"
