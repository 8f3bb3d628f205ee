"""`onrecord text`: the frozen text of a file of any format, to which all offsets refer."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import BinaryIO, cast

import click

from onrecord.cli import inputs
from onrecord.cli.show import json_line, one_line
from onrecord.errors import SourceError
from onrecord.sources import read_all, refusal

__all__ = ["command"]


@click.command("text", short_help="Print the text of files of any format.")
@inputs.paths()
@click.option(
    "--format", "shape", type=click.Choice(["text", "jsonl"]), default="text", show_default=True, help="jsonl: one object a document."
)
@inputs.mapping
@inputs.input_format
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="Print only the N-th document.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], shape: str, mapping: dict[str, str], input_format: str | None, number: int | None
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
    # Bytes, not text: the terminal's encoding and Windows' line ends must not change a character.
    out = cast(BinaryIO, sys.stdout.buffer)
    failed = False
    count = 0
    held: tuple[str, str] | None = None  # the first document waits until it is known whether it is the only one
    for got in read_all(paths, standard_input=sys.stdin.buffer, format=input_format, mapping=mapping):
        if isinstance(got, SourceError):
            failed = True
            inputs.refuse(got)
            continue
        count += 1
        if number is not None and count != number:
            continue
        if (why := refusal(got)) is not None:
            inputs.refuse(why)
        if shape == "jsonl":
            _write(out, json_line({"id": got.id, **asdict(got)}) + "\n")
        elif number is not None:
            _write(out, got.text)
        elif count == 1:
            held = (one_line(got.path or "-"), got.text)
        else:
            if held is not None:
                _write(out, f"==> {held[0]} <==\n{held[1]}")
                held = None
            _write(out, f"\n\n==> {one_line(got.path or '-')} <==\n{got.text}")
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
