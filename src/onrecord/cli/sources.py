"""`onrecord sources`: the formats that can be read here."""

from __future__ import annotations

import json
import sys

import click

from onrecord.sources import formats
from onrecord.sources.formats import BUILT_IN
from onrecord.sources.walk import EXTRA

__all__ = ["command"]


@click.command("sources", short_help="List the formats that can be read.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(shape: str) -> None:
    """List the formats that onrecord reads, the endings of their files, and whether the library that each needs is there.

    Formats are told by content first, so that an ending is a hint only. Plug-ins come last.
    """
    built_in = {f.name for f in BUILT_IN}
    rows = [
        {
            "name": f.name,
            "title": f.title,
            "endings": list(f.endings),
            "missing": f.missing(),
            "plug_in": f.name not in built_in,
        }
        for f in formats().values()
    ]
    if shape == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("format", "what", "endings", "here"):
        table.add_column(heading, no_wrap=heading == "format")
    for row in rows:
        here = f"no: needs {', '.join(row['missing'])}" if row["missing"] else ("plug-in" if row["plug_in"] else "yes")  # type: ignore[arg-type]
        table.add_row(*(escape(str(x)) for x in (row["name"], row["title"], " ".join(row["endings"]), here)))  # type: ignore[arg-type]
    with console.capture() as drawn:  # rich itself takes a pipe that closes for a fault
        console.print(table)
    click.echo(drawn.get(), nl=False)
    if any(row["missing"] for row in rows):
        click.echo(f"\nThe missing libraries come with: {EXTRA}", err=True)
