"""`onrecord positions`: what somebody said on a topic over time, and where it may have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import filters, query, record_option, wrong

__all__ = ["command"]


@click.command("positions", short_help="What somebody said on a topic over time, and where it may have changed.")
@click.argument("words", nargs=-1, metavar="[TOPIC]...")
@record_option
@filters
@click.option("--near", type=click.FloatRange(0.1, 1), default=0.4, show_default=True, help="How near two contents must be to be compared.")
@click.option("--pairs", "only", is_flag=True, help="Print the candidates only, not all that was said.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True,
              help="With jsonl and csv, the candidates.")  # fmt: skip
def command(words: tuple[str, ...], record: Path, near: float, only: bool, shape: str, **given: Any) -> None:
    """List what a speaker (--speaker) or whoever spoke for a country (--country) said on a topic, in order, and pairs that may be changes.

    A pair is a candidate for you to judge, never a verdict: two statements at different times, on near the same
    content, whose acts (COMMIT, then REJECT) or polarity (will, then will not) point opposite ways. Whether a position
    changed, or a question did, is seen in the texts: onrecord show ID.

    \b
    Examples:
      onrecord positions "nuclear weapons" --speaker putin
      onrecord positions sanctions --country CHN --since 2022 --pairs --format jsonl
    """
    from onrecord.cli.results import found, misspelt, table
    from onrecord.record import Record

    wanted = query(words, given, sort="oldest")
    with wrong(), Record.open(record) as r:
        got = r.positions(wanted, least=near)
        if not got.total:
            misspelt(r, wanted)
    by = {s.id: s for s in got.statements}
    if shape != "table":
        head = ("earlier", "later", "differ", "similarity", "shared")
        flat = [(c.earlier, c.later, " ".join(c.differ), round(c.similarity, 3), " ".join(c.shared)) for c in got.changes]
        table(shape, head, flat, objects=(c.to_dict() for c in got.changes))
        return
    if not only:
        found("table", got.statements)
        click.echo()
    click.echo(f"{got.total:,} statements, {len(got.changes):,} pairs that may be a change (candidates, to be judged by a person)")
    if got.compared < got.total:
        click.echo(f"only the first {got.compared:,} in time were compared: narrow the topic or the time (--since, --until)")
    for n, c in enumerate(got.changes, 1):
        click.echo(f"\ncandidate {n}: {' and '.join(c.differ)} differ; contents {c.similarity:.2f} alike ({', '.join(c.shared)})")
        found_lines = [_line(by[c.earlier]), _line(by[c.later])]
        click.echo("\n".join(found_lines))


def _line(s: Any) -> str:
    from onrecord.cli.show import one_line
    from onrecord.record.positions import day

    content = one_line(" … ".join(x.text for x in s.content))
    who = one_line(s.speaker.name) if s.speaker and s.speaker.name else "(no speaker)"
    return f"  {s.id}  {day(s)}  {who}  {s.act or '-'} {s.polarity or ''}\n      {content[:400]}"
