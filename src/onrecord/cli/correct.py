"""`onrecord correct`: a person's verdict on a statement, kept as a row of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


@click.command("correct", short_help="Correct, accept or reject a statement, or take that back.")
@click.argument("id", required=False)
@click.argument("field", required=False)
@click.argument("value", required=False)
@record_option
@click.option("--accept", is_flag=True, help="All of the statement is right as it stands.")
@click.option("--reject", is_flag=True, help="It is no statement: searches leave it out.")
@click.option("--undo", type=click.IntRange(1), metavar="N", help="Take correction N back (`onrecord corrections` lists them).")
@click.option("--who", metavar="NAME", envvar="ONRECORD_WHO", show_envvar=True, help="Who corrects; by default your login name.")
@click.option("--why", metavar="TEXT", help="The reason, for those who read it later.")
def command(
    id: str | None,
    field: str | None,
    value: str | None,
    record: Path,
    accept: bool,
    reject: bool,
    undo: int | None,
    who: str | None,
    why: str | None,
) -> None:
    """Set FIELD of the statement ID to VALUE, or accept or reject it, or take a correction back. Nothing is ever deleted.

    VALUE is a word (THREATEN), JSON of the shape that `onrecord show ID --format jsonl` prints, or null. Fields: act,
    kind, speaker, addressees, targets, date, polarity, modality, nested_in, condition, source, cue, content. Other
    spans (start and end, in code points) make another statement, which takes the old one's place.

    \b
    Examples:
      onrecord correct 5d41402abc4b2a76 act THREATEN --why "an ultimatum"
      onrecord correct 5d41402abc4b2a76 speaker '{"name": "Sergei Lavrov", "country": "RUS"}'
      onrecord correct 5d41402abc4b2a76 content '[[120, 188]]'
      onrecord correct 5d41402abc4b2a76 --reject --who anna
      onrecord correct --undo 12

    Exit codes: 0 done; 1 the record could not be written; 2 there is no such statement or field, or the value makes no sense.
    """
    from onrecord.record import Record

    ways = sum((accept, reject, undo is not None, field is not None))
    if ways != 1 or (undo is None) == (id is None) or (field is not None and value is None):
        raise click.UsageError("give ID FIELD VALUE, or ID --accept, or ID --reject, or --undo N")
    who = who or _login()
    with wrong(), Record.open(record, "rw") as r:
        if undo is not None:
            c = r.undo(undo, who=who, why=why)
        else:
            assert id is not None
            kind, whole = r.resolve(id)
            if kind == "document":
                raise click.UsageError(f"{id} is a document, not a statement")
            if field is None:
                field, new = "status", "accepted" if accept else "rejected"
            else:
                new = _value(value or "")
            c = r.correct(whole, field, new, who=who, why=why)
    shown = f"{c.field} {_json(c.old)} → {_json(c.new)}"
    click.echo(f"correction {c.id}: {shown} of {c.statement}, by {c.who}" + (f" (takes back {c.undoes})" if c.undoes else ""))


def _value(text: str) -> Any:
    """JSON where it is that, else the words themselves: nobody should have to quote THREATEN twice."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json(value: Any) -> str:
    from onrecord.cli.show import one_line

    return one_line(json.dumps(value, ensure_ascii=False))[:200]
