"""`onrecord speakers`: who speaks, how often, from when to when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import filters, query, record_option, wrong

__all__ = ["command"]


@click.command("speakers", short_help="List who speaks in a record.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@record_option
@filters
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of the list.")
@click.option("--size", type=click.IntRange(1, 10_000), default=30, show_default=True, help="Speakers a page.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
def command(words: tuple[str, ...], record: Path, page: int, size: int, shape: str, **given: Any) -> None:
    """List the speakers of a record, those with the most statements first: countries, offices, first and last day, commonest acts.

    WORDS and options choose the statements as in `onrecord search`. The column `value` is what --speaker takes for
    exactly that one.

    \b
    Examples:
      onrecord speakers --country RUS
      onrecord speakers '"red line"' --format csv
    """
    from onrecord.cli.results import misspelt, table
    from onrecord.record import Record

    wanted = query(words, given, sort="newest")
    with wrong(), Record.open(record) as r:
        rows, total = r.speakers(wanted, offset=(page - 1) * size, limit=size)
        if not rows:
            misspelt(r, wanted)
    head = ("name", "statements", "country", "role", "first", "last", "acts", "value")
    flat = [
        (x.name, x.count, x.country, x.roles[0][0] if x.roles else None, x.first, x.last, ", ".join(f"{a} {n}" for a, n in x.acts), x.value)
        for x in rows
    ]
    table(shape, head, flat, objects=(x.to_dict() for x in rows))
    if shape == "table" and total > page * size:
        click.echo(f"\n{len(rows):,} of {total:,} speakers; next: --page {page + 1}", err=True)
