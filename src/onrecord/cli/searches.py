"""`onrecord searches`: the searches kept in a record, and what is new in them."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


@click.command("searches", short_help="List saved searches and what is new in them.")
@record_option
@click.option("--drop", multiple=True, metavar="NAME", help="Forget this saved search.")
@click.option("--seen", multiple=True, metavar="NAME", help="Let everything it now finds count as seen.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
def command(record: Path, drop: tuple[str, ...], seen: tuple[str, ...], shape: str) -> None:
    """List the searches that were kept with `onrecord search … --save NAME`: how much each finds, and how much of that is new.

    \b
    Examples:
      onrecord searches --record r.db
      onrecord search --saved ceasefire --new
      onrecord searches --drop ceasefire
    """
    from onrecord.cli.results import table
    from onrecord.record import Record

    with wrong(), Record.open(record, "rw" if drop or seen else "r") as r:
        for name in seen:
            r.mark_seen(name)
        for name in drop:
            r.drop_search(name)
        kept = r.saved_searches()
    rows = [(s.name, s.total, s.new, " ".join(f"{k}={v}" for k, v in s.query.to_params()) or "everything", s.created) for s in kept]
    made = [{"name": s.name, "total": s.total, "new": s.new, "query": s.query.to_dict(), "created": s.created} for s in kept]
    table(shape, ("name", "finds", "new", "search", "saved"), rows, objects=made)
