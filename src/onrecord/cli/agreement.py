"""`onrecord agreement`: how far coders agree."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


@click.command("agreement", short_help="How far coders agree, field by field.")
@record_option
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Compare these coders only; repeatable. By default all.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
def command(record: Path, coders: tuple[str, ...], shape: str) -> None:
    """Krippendorff's alpha by field, over the statements for which two coders or more gave a value.

    A coder gives a value by correcting a field, or by accepting the statement, which stands for all fields as they then
    were. 1 is perfect agreement, 0 is what chance gives; 0.8 is the usual bar, below 0.667 no conclusion should rest on it.

    \b
    Examples:
      onrecord agreement --record r.db
      onrecord agreement --coder anna --coder ben --format csv
    """
    from onrecord.cli.results import table
    from onrecord.record import Record

    with wrong(), Record.open(record) as r:
        found = r.agreement(coders=coders)
    rows = [
        (
            a.field,
            a.units,
            None if a.same is None else round(a.same, 3),
            None if a.alpha is None else round(a.alpha, 3),
            ", ".join(a.coders),
        )
        for a in found
        if a.units or shape != "table"
    ]
    table(shape, ("field", "statements", "same", "alpha", "coders"), rows, objects=(a.to_dict() for a in found))
    if shape == "table" and not rows:
        click.echo("no statement has values by two coders yet: see onrecord correct --who", err=True)
