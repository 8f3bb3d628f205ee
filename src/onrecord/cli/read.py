"""`onrecord read`: every statement of texts, in the terminal or as data."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import click

from onrecord.document import Document, parse_published
from onrecord.errors import DamagedError, SourceError, UsageError
from onrecord.sources import formats, read_all, refusal

__all__ = ["command", "documents"]

FORMATS = ("cards", "table", "jsonl", "csv", "parquet", "text")


@click.command("read", short_help="Print every statement in texts.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|URL|-]...")
@click.option(
    "--format",
    "shape",
    type=click.Choice(FORMATS),
    default="cards",
    show_default=True,
    help="cards: one block a statement. table: one line each. jsonl, csv, parquet: data. text: the text, marked up.",
)
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Leave out statements less sure than this."
)
@click.option("--published", metavar="DATE", help="Publication date of texts that do not say it themselves (2021-12-02).")
@click.option("--out", metavar="FILE", help="Write to this file, whole or not at all, in place of standard output.")
@click.option("--why", is_flag=True, help="Add what led to each statement's speaker, date and act (cards and jsonl).")
@click.option(
    "--map", "mapping", metavar="FIELD=COLUMN", multiple=True, help="For tables: which column holds a field (text=body). Repeatable."
)
@click.option("--input-format", metavar="NAME", help="Read the input as this format; `onrecord sources` lists them.")
@click.option(
    "--actors",
    type=click.Path(dir_okay=False),
    envvar="ONRECORD_ACTORS",
    help="Your own file of actors (CSV, TSV or TOML), over the shipped ones; ONRECORD_ACTORS does the same.",
)
@click.option("--threads", type=click.IntRange(1, 256), help="Cores to use; by default all.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    shape: str,
    min_confidence: float,
    published: str | None,
    out: str | None,
    why: bool,
    mapping: tuple[str, ...],
    input_format: str | None,
    actors: str | None,
    threads: int | None,
) -> None:
    """Print every statement in texts: who said what, with which words it is reported, and where.

    Give files of any format that `onrecord sources` lists, folders (read at any depth), web addresses, or - for
    standard input. A file that cannot be read gets one line on standard error, and the others go on; so does a text
    that is not English, in which no statement is looked for.

    \b
    Examples:
      onrecord read article.txt
      onrecord read corpus/ --format jsonl > statements.jsonl
      onrecord read corpus/ --format parquet --out statements.parquet
      pbpaste | onrecord read - --published 2021-12-02
      onrecord read news.csv --map text=story,published=day
      onrecord read https://example.org/news/1.html
      onrecord read article.txt --format text | less -R
      onrecord read article.txt --why
      onrecord read article.txt --actors mine.csv

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
    if input_format is not None and input_format not in formats():
        raise click.BadParameter(f"there is no format {input_format!r}; there are {', '.join(formats())}", param_hint="--input-format")
    if why and shape not in ("cards", "jsonl"):
        raise click.BadParameter(f"reasons are shown in cards and jsonl, not in {shape}", param_hint="--why")
    if shape == "parquet" and out is None and sys.stdout.isatty():
        raise click.BadParameter("Parquet is not for a terminal: name a file with --out", param_hint="--format")
    from onrecord.actors.registry import Registry
    from onrecord.cli import show
    from onrecord.cli.output import opened
    from onrecord.cli.text import parse_mapping
    from onrecord.enrich import enrich
    from onrecord.reader import Reader
    from onrecord.why import Explained

    explained = Explained(registry=Registry.load(actors)) if why else None
    failed: list[SourceError] = []

    def broke(document: Document, fault: Exception) -> None:
        if os.environ.get("ONRECORD_TRACEBACK"):
            raise fault
        error = DamagedError(document.path or document.id, f"the reader broke down on it ({type(fault).__name__})", "please report it")
        click.echo(f"onrecord: {error}", err=True)
        failed.append(error)

    wanted = documents(paths, when, failed.append, mapping=parse_mapping(mapping), format=input_format)
    reader = Reader(threads=threads, stage=explained or enrich, actors=actors)
    with opened(shape, out, reasons=explained.reasons_of if explained else None) as writer, show.progress(paths) as step:
        for document, statements in reader.read_many(wanted, failed=broke):
            try:
                writer.document(document, [s for s in statements if s.confidence >= min_confidence])
            except SourceError as e:
                click.echo(f"onrecord: {e}", err=True)
                failed.append(e)
            step(document)
    if failed:
        ctx.exit(1)


def documents(
    paths: tuple[str, ...],
    published: str | None,
    refuse: Callable[[SourceError], None],
    *,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Iterator[Document]:
    """Every document in English that ``paths`` name, in order.

    What cannot be read goes to ``refuse`` and to standard error; what is not English goes to standard error only.
    """
    for got in read_all(paths, standard_input=sys.stdin.buffer, format=format, mapping=mapping):
        if isinstance(got, SourceError):
            click.echo(f"onrecord: {got}", err=True)
            refuse(got)
        elif (why := refusal(got)) is not None:
            click.echo(f"onrecord: {why}", err=True)
        else:
            yield replace(got, published=published) if published and not got.published else got
