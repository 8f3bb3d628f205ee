"""`onrecord stats`: how much of everything a record holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from onrecord.cli.filters import record_option

__all__ = ["command"]


@click.command("stats", short_help="Count what a record holds.")
@record_option
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(record: Path, shape: str) -> None:
    """Count what a record holds: documents, statements, speakers, quotes, acts, corrections, refused files, and who read them.

    \b
    Examples:
      onrecord stats --record r.db
      onrecord stats --format json
    """
    from onrecord.cli.results import bar, table
    from onrecord.record import Record

    with Record.open(record) as r:
        s = r.stats()
    if shape == "json":
        click.echo(json.dumps(s.to_dict(), ensure_ascii=False))
        return

    def part(n: int) -> str:
        return f"{100 * n / s.statements:.0f}% of the statements" if s.statements else ""

    first, last = s.published
    undated = "on days not known: see onrecord ingest --published" if s.documents else ""
    rows: list[tuple[str, int, str]] = [
        ("documents", s.documents, f"published {first[:10]} to {last[:10]}" if first and last else undated),
        ("words", s.words, f"{s.size / s.words:.0f} bytes of the file a word" if s.words else ""),
        ("outlets", s.outlets, ""),
        ("appearances", s.appearances, "places where a document's text was met"),
        ("statements", s.statements, f"{1000 * s.statements / s.words:.1f} in a thousand words" if s.words else ""),
        ("quotes", s.quotes, "the same words in many articles once"),
        ("speakers", s.speakers, ""),
        ("with a speaker", s.named, part(s.named)),
        ("with a day", s.dated, part(s.dated)),
        ("nested", s.nested, part(s.nested)),
        ("rejected", s.rejected, "by people, or replaced"),
        ("added", s.added_by_people, "by people"),
        ("corrections", s.corrections, ""),
        ("refused", s.refused, "files that could not be read: onrecord ingest --refused"),
    ]
    table("table", ("", "count", ""), rows)
    for name, counts in (("act", s.by_act), ("kind", s.by_kind)):
        if counts:
            click.echo()
            table("table", (name, "statements", ""), [(v, n, bar(n, counts[0][1], 30)) for v, n in counts])
    if s.models:
        click.echo()
        table("table", ("model", "onrecord", "documents"), [(m or "not noted", c or "not noted", n) for m, c, n in s.models])
