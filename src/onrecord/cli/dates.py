"""`onrecord dates`: every time expression of texts, and the days it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from onrecord.cli import inputs
from onrecord.cli.show import json_line, one_line
from onrecord.document import Document
from onrecord.errors import SourceError

if TYPE_CHECKING:
    from onrecord.dates import TimeExpression

__all__ = ["command"]


@click.command("dates", short_help="Print every time expression in texts, and the days it stands for.")
@inputs.paths("[FILE|DIR|-]...")
@inputs.published
@click.option(
    "--format", "shape", type=click.Choice(["table", "jsonl"]), default="table", show_default=True, help="jsonl: one object a line."
)
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], published: str | None, shape: str) -> None:
    """Print every time expression in texts, and the days it stands for.

    An interval is half open: its second day is not in it. "Thursday" or "last week" count from the publication date; without
    one (neither in the file, nor in a dateline, nor given here) they stay unresolved, and the row says so.

    \b
    Examples:
      onrecord dates article.txt --published 2021-12-02
      onrecord dates corpus/ --format jsonl | jq -r 'select(.type == "DATE") | [.text, .value] | @tsv'

    Exit codes: 0 all was read; 1 some input could not be read, the rest was; 2 the call was wrong.
    """
    from onrecord.dates import find_dates

    failed: list[SourceError] = []
    stream = inputs.documents(paths, published, failed.append)
    ahead = list(_first(stream, 2))
    several = len(ahead) > 1
    for document in chain(ahead, stream):
        found = find_dates(document.text, published=document.published)
        if shape == "jsonl":
            for expression in found:
                click.echo(json_line({**expression.to_dict(), "path": document.path}))
        else:
            _table(document, found, several)
        # Only what would have been resolved with a date to count from; "two years" has none either way.
        lost = sum(expression.unresolved == "no publication date" for expression in found)
        if lost:
            name = inputs.shown(document.path)
            click.echo(
                f"onrecord: {name}: no publication date: {lost} expression{'s' * (lost > 1)} unresolved (say it with --published)", err=True
            )
    if failed:
        ctx.exit(1)


def _first(stream: Iterator[Document], count: int) -> Iterator[Document]:
    for _, document in zip(range(count), stream, strict=False):
        yield document


def _table(document: Document, found: list[TimeExpression], several: bool) -> None:
    """Columns parted by two spaces; control characters of the text do not reach the terminal."""
    if several:
        click.echo(f"== {one_line(document.path or '-')}")
    rows = []
    for e in found:
        interval = "..".join(e.interval) if e.interval else "-"
        text = one_line(e.text) + (f"  ({e.unresolved})" if e.unresolved else "")
        rows.append((str(e.start), str(e.end), e.type, e.value, interval, text))
    head = ("start", "end", "type", "value", "interval", "text")
    widths = [max(len(r[k]) for r in [head, *rows]) for k in range(5)]
    for row in [head, *rows]:
        cells = [row[k].rjust(widths[k]) if k < 2 else row[k].ljust(widths[k]) for k in range(5)]
        click.echo("  ".join([*cells, row[5]]))
