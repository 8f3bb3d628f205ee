"""`onrecord demo`: the Thirteen Days, read into a record and shown in the reading room."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from onrecord.errors import UsageError

__all__ = ["command", "fill"]


@click.command("demo", short_help="Read the example dispatches and open the reading room on them.")
@click.option("--examples", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of the dispatches.")
@click.option("--record", "path", type=click.Path(path_type=Path), help="Keep the record here; by default it goes when the demo ends.")
@click.option("--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0: any that is free.")
@click.option("--serve/--no-serve", default=None, help="Open the reading room; by default if this is a terminal.")
def command(examples: Path | None, path: Path | None, port: int, serve: bool | None) -> None:
    """Read thirteen dispatches of October 1962 into a record, and open the reading room on it.

    Without a terminal the record is made, a line says what is in it, and the command ends.
    """
    from onrecord.cli.serve import run

    folder = examples or _examples()
    with tempfile.TemporaryDirectory(prefix="onrecord-demo-", ignore_cleanup_errors=True) as temporary:
        at = path or Path(temporary) / "thirteen-days.db"
        documents, statements = fill(at, folder)
        click.echo(f"{at.name}: {documents} documents with {statements} statements.")
        if serve if serve is not None else sys.stdin.isatty() and sys.stdout.isatty():
            run(at, port=port)
        else:
            click.echo("Open the reading room on them with: onrecord demo --serve")


def fill(at: Path, folder: Path) -> tuple[int, int]:
    """Read the dispatches, each as published on the day that its file's name begins with. Returns how many documents and statements."""
    from onrecord.reader import Reader
    from onrecord.record import Record
    from onrecord.record.ingest import ingest

    reader = Reader()
    with Record.open(at, "create") as record:
        for file in sorted(folder.glob("*.txt")):
            ingest(record, [file], workers=0, make_reader=lambda: reader, published=file.name[:10])
        seen = record.stats()
    return seen.documents, seen.statements


def _examples() -> Path:
    """The dispatches of a source checkout."""
    for base in (Path(__file__).parents[3], Path.cwd()):
        if (base / "examples" / "thirteen-days").is_dir():
            return Path(os.path.relpath(base / "examples" / "thirteen-days"))
    raise UsageError("the example dispatches come with the source code, and are not here: say where they are with --examples")
