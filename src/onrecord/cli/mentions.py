"""`onrecord mentions`: every person, organisation, place, state and role that texts name."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from onrecord.cli.read import documents
from onrecord.document import Document, parse_published
from onrecord.errors import SourceError, UsageError

if TYPE_CHECKING:
    from onrecord.actors.mention import Mention

__all__ = ["command"]


@click.command("mentions", short_help="Print every person, organisation, place, state and role named in texts.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("--published", metavar="DATE", help="Publication date of texts that do not say it themselves (2021-12-02).")
@click.option(
    "--format", "shape", type=click.Choice(["table", "jsonl"]), default="table", show_default=True, help="jsonl: one object a line."
)
@click.option("--actors", "actors", type=click.Path(), help="Your own file of actors (CSV, TSV or TOML), over the shipped ones.")
@click.option("--threads", type=click.IntRange(1, 256), help="Cores to use; by default all.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], published: str | None, shape: str, actors: str | None, threads: int | None) -> None:
    """Print every person, organisation, place, state and role that texts name.

    A row says where it stands, its type (person, organisation, place, state, role), the actor behind it, that actor's
    country on the day of the text, and the full name. A name that the registry does not know has no actor, only the
    fullest name that the text gives.

    \b
    Examples:
      onrecord mentions article.txt --published 2021-12-02
      onrecord mentions corpus/ --format jsonl | jq -r 'select(.country == "RUS") | .name'
      onrecord mentions article.txt --actors my.csv

    Exit codes: 0 all was read; 1 some input could not be read, the rest was; 2 the call was wrong.
    """
    if not paths:
        if sys.stdin.isatty():
            click.echo(ctx.get_help())
            ctx.exit(2)
        paths = ("-",)
    try:
        when = parse_published(published)
    except UsageError as e:
        raise click.BadParameter(str(e), param_hint="--published") from e
    from onrecord.actors.mentions import find_mentions
    from onrecord.actors.registry import Registry
    from onrecord.actors.tagged import tag_names

    registry = Registry.load(actors)
    failed: list[SourceError] = []
    stream = documents(paths, when, failed.append)
    several = len(paths) > 1
    while block := list(islice(stream, 32)):
        several = several or len(block) > 1
        for document, tagged in zip(block, tag_names((d.text for d in block), threads=threads), strict=True):
            found = find_mentions(document, tagged=tagged, registry=registry)
            if shape == "jsonl":
                for m in found:
                    click.echo(json.dumps({**m.to_dict(), "path": document.path}, ensure_ascii=False))
            else:
                _table(document, found, several)
    if failed:
        ctx.exit(1)


def _table(document: Document, found: list[Mention], several: bool) -> None:
    """Columns parted by two spaces; control characters of the text do not reach the terminal."""
    if several:
        click.echo(f"== {_plain(document.path or '-')}")
    rows = list(_rows(found))
    widths = [max(len(r[k]) for r in rows) for k in range(6)]
    for row in rows:
        cells = [row[k].rjust(widths[k]) if k < 2 else row[k].ljust(widths[k]) for k in range(6)]
        click.echo("  ".join([*cells, row[6]]).rstrip())


def _rows(found: list[Mention]) -> Iterator[tuple[str, ...]]:
    yield ("start", "end", "type", "text", "country", "actor", "name")
    for m in found:
        yield (str(m.start), str(m.end), m.type, _plain(m.text)[:60], m.country or "-", m.actor or "-", _plain(m.name or "-"))


def _plain(text: str) -> str:
    return "".join(ch if ch.isprintable() else " " if ch.isspace() else "\ufffd" for ch in " ".join(text.split()))
