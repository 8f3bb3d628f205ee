"""`onrecord rescue`: what can still be read of a damaged record, into a new one."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.cli.filters import wrong

__all__ = ["command"]


@click.command("rescue", short_help="Save what can be read of a damaged record.")
@click.argument("damaged", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def command(damaged: Path, new: Path) -> None:
    """Copy every row of the record DAMAGED that can still be read to a NEW record. The damaged file is not touched.

    Ids, corrections and saved searches stay as they are. A statement whose document or spans are lost is left out; ingest
    the texts again afterwards, and what is missing is read anew.

    \b
    Examples:
      onrecord rescue r.db saved.db
      onrecord ingest corpus/ --record saved.db

    Exit codes: 0 saved; 1 nothing could be read; 2 the call was wrong.
    """
    from onrecord.record.rescue import rescue

    with wrong():
        saved = rescue(damaged, new)
    click.echo(f"{saved['document']:,} documents, {saved['statement']:,} statements and {saved['correction']:,} corrections saved to {new}")
