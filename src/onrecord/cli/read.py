"""`onrecord read`: every statement of texts, in the terminal or as data."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import click

from onrecord.document import Document, parse_published
from onrecord.errors import SourceError, UsageError
from onrecord.sources import expand, open_source

__all__ = ["command", "documents"]

FORMATS = ("cards", "table", "jsonl", "csv", "text")


@click.command("read", short_help="Print every statement in texts.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option(
    "--format",
    "shape",
    type=click.Choice(FORMATS),
    default="cards",
    show_default=True,
    help="cards: one block a statement. table: one line each. jsonl, csv: data. text: the text, marked up.",
)
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Leave out statements less sure than this."
)
@click.option("--published", metavar="DATE", help="Publication date of texts that do not say it themselves (2021-12-02).")
@click.option("--threads", type=click.IntRange(1, 256), help="Cores to use; by default all.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], shape: str, min_confidence: float, published: str | None, threads: int | None
) -> None:
    """Print every statement in texts: who said what, with which words it is reported, and where.

    Give files, folders (read at any depth) or - for standard input. A file that cannot be read gets one line on
    standard error, and the others go on.

    \b
    Examples:
      onrecord read article.txt
      onrecord read corpus/ --format jsonl > statements.jsonl
      pbpaste | onrecord read - --published 2021-12-02
      onrecord read article.txt --format text | less -R

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
    from onrecord.cli import show
    from onrecord.reader import Reader

    failed: list[SourceError] = []
    wanted = documents(paths, when, failed.append)
    reader = Reader(threads=threads)
    out = show.writer(shape, sys.stdout)
    with show.progress(paths) as step:
        for document, statements in reader.read_many(wanted, ahead=64):
            out.document(document, [s for s in statements if s.confidence >= min_confidence])
            step(document)
    out.close()
    if failed:
        ctx.exit(1)


def documents(paths: tuple[str, ...], published: str | None, refuse: Callable[[SourceError], None]) -> Iterator[Document]:
    """Every readable document that ``paths`` name, in order. What cannot be read goes to ``refuse`` and to standard error."""

    def no(e: SourceError) -> None:
        click.echo(f"onrecord: {e}", err=True)
        refuse(e)

    for path in paths:
        if path == "-":
            items: Iterator[Document | SourceError] = open_source(io.BytesIO(sys.stdin.buffer.read()), name="-")
            yield from _good(items, published, no)
            continue
        for file in expand([path]):
            if isinstance(file, SourceError):
                no(file)
            else:
                yield from _good(open_source(file), published, no)


def _good(items: Iterator[Document | SourceError], published: str | None, no: Callable[[SourceError], None]) -> Iterator[Document]:
    for item in items:
        if isinstance(item, SourceError):
            no(item)
        elif published and not item.published:
            yield replace(item, published=published)
        else:
            yield item
