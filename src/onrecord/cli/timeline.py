"""`onrecord timeline`: how much was said when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import filters, query, record_option, wrong

__all__ = ["command"]


@click.command("timeline", short_help="Count what was said by day, week, month or year.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@record_option
@filters
@click.option(
    "--by", type=click.Choice(["day", "week", "month", "year"]), default="month", show_default=True, help="Weeks begin on Monday."
)
@click.option("--count", type=click.Choice(["statements", "clusters"]), default="statements", show_default=True,
              help="clusters: the same words in many articles count once.")  # fmt: skip
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
def command(words: tuple[str, ...], record: Path, by: str, count: str, shape: str, **given: Any) -> None:
    """Count statements by the day, week, month or year of saying; of publication where the day of saying is not known.

    WORDS and options choose the statements as in `onrecord search`. Undated ones come first.

    \b
    Examples:
      onrecord timeline --act THREATEN --about NATO
      onrecord timeline '"red line"' --by week --since 2021-10 --format csv
    """
    from onrecord.cli.results import bar, misspelt, table
    from onrecord.record import Record

    wanted = query(words, {**given, "count": count}, sort="newest")
    with wrong(), Record.open(record) as r:
        moments = r.timeline(wanted, by=by)
        if not moments:
            misspelt(r, wanted)
    if shape == "table":
        most = max((m.count for m in moments), default=0)
        table("table", (by, count, ""), [(m.period or "undated", m.count, bar(m.count, most)) for m in moments])
    else:
        table(shape, ("period", "count"), [(m.period, m.count) for m in moments])
