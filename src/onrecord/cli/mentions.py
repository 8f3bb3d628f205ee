"""`onrecord mentions`: every person, organisation, place, state and role that texts name."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import click

from onrecord.cli import inputs
from onrecord.cli.show import json_line, one_line
from onrecord.document import Document
from onrecord.errors import SourceError

if TYPE_CHECKING:
    from onrecord.actors.mention import Mention

__all__ = ["command"]

FORMATS = ("table", "jsonl", "csv")
COLUMNS = ("path", "start", "end", "text", "type", "actor", "country", "name", "entity")
# Texts tagged together: enough to fill the tagger's windows.
_AHEAD = 32


@click.command("mentions", short_help="Print every person, organisation, place, state and role named in texts.")
@inputs.paths()
@click.option(
    "--format",
    "shape",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="table: one line each. jsonl, csv: data.",
)
@click.option(
    "--type",
    "types",
    type=click.Choice(["person", "organisation", "place", "state", "role"]),
    multiple=True,
    help="Only mentions of this type. Repeatable.",
)
@inputs.published
@inputs.actors
@inputs.threads
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    shape: str,
    types: tuple[str, ...],
    published: str | None,
    actors: str | None,
    threads: int | None,
) -> None:
    """Print every person, organisation, place, state and role that texts name.

    A row says where it stands, its type (person, organisation, place, state, role), the actor behind it, that actor's
    country on the day of the text, and the full name. A name that the registry does not know has no actor, only the
    fullest name that the text gives. Mentions of one text with the same entity number are of the same actor.

    \b
    Examples:
      onrecord mentions article.txt --published 2021-12-02
      onrecord mentions corpus/ --format jsonl | jq -r 'select(.country == "RUS") | .name'
      onrecord mentions corpus/ --format csv --type person > people.csv
      onrecord mentions article.txt --actors mine.csv

    Exit codes: 0 all was read; 1 some input could not be read, the rest was; 2 the call was wrong.
    """
    from onrecord.actors.mentions import find_mentions
    from onrecord.actors.registry import Registry
    from onrecord.actors.tagged import tag_names

    registry = Registry.load(actors)
    failed: list[SourceError] = []
    stream = inputs.documents(paths, published, failed.append)
    out: _Writer = _Csv() if shape == "csv" else _Lines() if shape == "jsonl" else _Table()
    while block := list(islice(stream, _AHEAD)):
        for document, tagged in zip(block, tag_names((d.text for d in block), threads=threads), strict=True):
            try:
                found = find_mentions(document, tagged=tagged, registry=registry)
            except Exception as e:  # one odd text never stops a run
                failed.append(inputs.broke(document, e))
                continue
            out.document(document, [m for m in found if not types or m.type in types])
    out.close()
    if failed:
        ctx.exit(1)


class _Writer(Protocol):
    def document(self, d: Document, found: Sequence[Mention]) -> None: ...

    def close(self) -> None: ...


class _Lines:
    """One JSON object a line."""

    def document(self, d: Document, found: Sequence[Mention]) -> None:
        for m in found:
            click.echo(json_line({**m.to_dict(), "path": d.path}))

    def close(self) -> None:
        pass


class _Csv:
    """A header and one row a mention; cells that a spreadsheet would take for a formula are guarded as in ``onrecord.export.csv``."""

    def __init__(self) -> None:
        self.rows = csv.writer(sys.stdout, lineterminator="\n")
        self.rows.writerow(COLUMNS)

    def document(self, d: Document, found: Sequence[Mention]) -> None:
        from onrecord.export.csv import guard

        for m in found:
            cells = {**m.to_dict(), "path": d.path}
            self.rows.writerow([guard(cells[c]) for c in COLUMNS])

    def close(self) -> None:
        sys.stdout.flush()


class _Table:
    """Columns parted by two spaces; control characters of the text do not reach the terminal."""

    def __init__(self) -> None:
        self.first: tuple[Document, list[Mention]] | None = None
        self.several = False

    def document(self, d: Document, found: Sequence[Mention]) -> None:
        if not self.several and self.first is None:  # whether it needs a heading is known when the second comes
            self.first = d, list(found)
            return
        if self.first is not None:
            self._print(*self.first, heading=True)
            self.first, self.several = None, True
        self._print(d, found, heading=True)

    def close(self) -> None:
        if self.first is not None:
            self._print(*self.first, heading=False)

    def _print(self, d: Document, found: Sequence[Mention], *, heading: bool) -> None:
        if heading:
            click.echo(f"== {one_line(d.path or '-')}")
        rows = list(_rows(found))
        widths = [max(len(r[k]) for r in rows) for k in range(6)]
        for row in rows:
            cells = [row[k].rjust(widths[k]) if k < 2 else row[k].ljust(widths[k]) for k in range(6)]
            click.echo("  ".join([*cells, row[6]]).rstrip())


def _rows(found: Sequence[Mention]) -> Iterator[tuple[str, ...]]:
    yield ("start", "end", "type", "text", "country", "actor", "name")
    for m in found:
        yield (str(m.start), str(m.end), m.type, one_line(m.text)[:60], m.country or "-", m.actor or "-", one_line(m.name or "-"))
