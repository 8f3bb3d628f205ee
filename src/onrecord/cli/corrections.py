"""`onrecord corrections`: every correction, or what they make as training data."""

from __future__ import annotations

import json
from pathlib import Path

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


@click.command("corrections", short_help="List corrections, or write them as training data.")
@record_option
@click.option("--statement", metavar="ID", help="Only of this statement.")
@click.option("--document", metavar="ID", help="Only in this document.")
@click.option("--who", metavar="NAME", help="Only by this coder.")
@click.option("--field", metavar="FIELD", help="Only of this field.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "csv", "training"]), default="table", show_default=True,
              help="training: one JSON object a corrected document, with its text and spans.")  # fmt: skip
def command(record: Path, statement: str | None, document: str | None, who: str | None, field: str | None, shape: str) -> None:
    """List corrections in the order they were made, those taken back too; or write what they amount to as training data.

    With --format training, each line is a document: its text, the statements that hold (each with what a person gave
    and what the model had said), those that were rejected or replaced, and the corrections.

    \b
    Examples:
      onrecord corrections --who anna
      onrecord corrections --format training > corrected.jsonl
    """
    from onrecord.cli.results import table
    from onrecord.record import Record

    with wrong(), Record.open(record) as r:
        if shape == "training":
            if statement or document or who or field:
                raise click.UsageError("training data is of the whole record: leave the filters out")
            for made in r.training():
                click.echo(json.dumps(made, ensure_ascii=False))
            return
        found = r.corrections(statement=statement, document=document, who=who, field=field)
    head = ("id", "statement", "field", "old", "new", "who", "when", "why", "undoes", "undone")
    rows = [
        (c.id, c.statement, c.field, _json(c.old), _json(c.new), c.who, c.when, c.why, c.undoes, "yes" if c.undone else None) for c in found
    ]
    table(shape, head, rows, objects=(c.to_dict() for c in found))


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
