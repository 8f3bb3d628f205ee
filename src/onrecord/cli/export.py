"""`onrecord export`: the statements of a record in the forms that other tools take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import filters, query, record_option, wrong
from onrecord.export import FORMATS

__all__ = ["command"]


def _by_ending(name: str) -> str | None:
    """The format whose file names end like this one; the longest ending wins."""
    fits = [(len(e), f.name) for f in FORMATS.values() for e in f.endings if name.lower().endswith(e)]
    return max(fits)[1] if fits else None


@click.command("export", short_help="Write statements of a record for other tools.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@record_option
@click.option(
    "--format", "shape", type=click.Choice(list(FORMATS)), metavar="FORMAT", help="One of those below; else told by the name of --out."
)
@click.option("--out", metavar="PATH", default="-", help="The file to write (a folder for brat); - for standard output.")
@click.option("--title", help="Title of a dossier or collection.")
@click.option("--table", metavar="NAME", help="For Parquet: evidence (as default), statements, documents, spans, actors or readings.")
@filters
def command(
    words: tuple[str, ...],
    record: Path,
    shape: str | None,
    out: str,
    title: str | None,
    table: str | None,
    **given: Any,
) -> None:
    """Write the statements of a record that meet the filters, with their evidence, for other tools.

    WORDS are searched in what is said, as in `onrecord search`. A file is written whole or not at all, and one that was
    there is replaced; a folder must be new or empty.

    \b
    Examples:
      onrecord export --record r.db --out all.parquet
      onrecord export --record r.db --act THREATEN --since 2021-11 --out threats.csv
      onrecord export "red line" --record r.db --out dossier.pdf --title "The red line"
      onrecord export --record r.db --format brat --out for-coders/

    Exit codes: 0 written; 1 it could not be written; 2 the call was wrong.
    """
    shape = shape or _by_ending(out)
    if shape is None:
        odd = f"no format goes by the ending of {out}: " if out != "-" and "." in Path(out).name else ""
        raise click.UsageError(f"{odd}say which --format: {', '.join(FORMATS)}")
    if table and shape != "parquet":
        raise click.UsageError("--table is for --format parquet")
    if out == "-" and not FORMATS[shape].endings:
        raise click.UsageError(f"{shape} is a folder of files: name it with --out")
    if out == "-" and FORMATS[shape].binary and sys.stdout.isatty():
        raise click.UsageError(f"{shape} is not for a terminal: name a file with --out")
    wanted = query(words, given, sort="newest" if shape in ("html", "pdf") else "document")
    options = {"table": table} if table else {}
    from onrecord.export import export
    from onrecord.record import Record

    with wrong(), Record.open(record) as source:
        count = export(source, sys.stdout.buffer if out == "-" else out, shape, query=wanted, title=title, **options)
    if out == "-":
        sys.stdout.buffer.flush()
    else:
        what = f"table {table}" if table in ("documents",) else f"{count:,} statement{'s' * (count != 1)}"
        click.echo(f"{out}: {what}, {FORMATS[shape].title}", err=True)


command.epilog = "\b\nFormats:\n" + "\n".join(f"  {f.name:<12} {f.title}" for f in FORMATS.values())
