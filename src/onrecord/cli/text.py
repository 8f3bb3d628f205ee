"""`onrecord text`: the frozen text of a file of any format, to which all offsets refer."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import BinaryIO, cast

import click

from onrecord.errors import SourceError
from onrecord.sources import formats, read_all, refusal

__all__ = ["command", "parse_mapping"]


@click.command("text", short_help="Print the text of files of any format.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|URL|-]...")
@click.option(
    "--format", "shape", type=click.Choice(["text", "jsonl"]), default="text", show_default=True, help="jsonl: one object a document."
)
@click.option(
    "--map", "mapping", metavar="FIELD=COLUMN", multiple=True, help="For tables: which column holds a field (text=body). Repeatable."
)
@click.option("--input-format", metavar="NAME", help="Read the input as this format; `onrecord sources` lists them.")
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="Print only the N-th document.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], shape: str, mapping: tuple[str, ...], input_format: str | None, number: int | None
) -> None:
    """Print the text that onrecord reads in a file, exactly: offsets of statements count the characters of this.

    One document is printed as it is, with nothing added; of several, each comes under a line "==> name <==".
    Take --number N, or --format jsonl, to have the text of one among several without that line.

    \b
    Examples:
      onrecord text report.pdf
      onrecord text nexis-download.docx --format jsonl > articles.jsonl
      onrecord text news.csv --map text=story --map published=day
      onrecord text https://example.org/news/1.html

    Exit codes: 0 all was read; 1 some input could not be read, the rest was; 2 the call was wrong.
    """
    if not paths:
        if sys.stdin.isatty():
            click.echo(ctx.get_help())
            ctx.exit(2)
        paths = ("-",)
    if input_format is not None and input_format not in formats():
        raise click.BadParameter(f"there is no format {input_format!r}; there are {', '.join(formats())}", param_hint="--input-format")
    # Bytes, not text: the terminal's encoding and Windows' line ends must not change a character.
    out = cast(BinaryIO, sys.stdout.buffer)
    failed = False
    count = 0
    held: tuple[str, str] | None = None  # the first document waits until it is known whether it is the only one
    for got in read_all(paths, standard_input=sys.stdin.buffer, format=input_format, mapping=parse_mapping(mapping)):
        if isinstance(got, SourceError):
            failed = True
            click.echo(f"onrecord: {got}", err=True)
            continue
        count += 1
        if number is not None and count != number:
            continue
        if (why := refusal(got)) is not None:
            click.echo(f"onrecord: {why}", err=True)
        if shape == "jsonl":
            _write(out, json.dumps({"id": got.id, **asdict(got)}, ensure_ascii=False) + "\n")
        elif number is not None:
            _write(out, got.text)
        elif count == 1:
            held = (got.path or "-", got.text)
        else:
            if held is not None:
                _write(out, f"==> {held[0]} <==\n{held[1]}")
                held = None
            _write(out, f"\n\n==> {got.path} <==\n{got.text}")
        if number is not None:
            break
    if held is not None:
        _write(out, held[1])
    out.flush()
    if number is not None and count < number:
        click.echo(f"onrecord: there are only {count} documents", err=True)
        failed = True
    if failed:
        ctx.exit(1)


def _write(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8", "surrogatepass"))


def parse_mapping(values: tuple[str, ...]) -> dict[str, str]:
    """``("text=body", "published=date")`` or ``("text=body,published=date",)`` to a mapping. Raises click.BadParameter."""
    from onrecord.sources.columns import FIELDS

    out: dict[str, str] = {}
    for value in (part for v in values for part in v.split(",")):
        field, sign, column = (x.strip() for x in value.partition("="))
        if not sign or not column:
            raise click.BadParameter(f"{value!r} is not FIELD=COLUMN, as in text=body", param_hint="--map")
        if field not in FIELDS:
            raise click.BadParameter(f"a document has no field {field!r}; there are {', '.join(FIELDS)}", param_hint="--map")
        out[field] = column
    return out
