"""`onrecord read`: every statement of texts, in the terminal or as data."""

from __future__ import annotations

import itertools
import sys

import click

from onrecord.cli import inputs
from onrecord.errors import SourceError

__all__ = ["command"]

FORMATS = ("cards", "table", "jsonl", "csv", "parquet", "text")


@click.command("read", short_help="Print every statement in texts.")
@inputs.paths()
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
@inputs.published
@click.option("--out", metavar="FILE", help="Write to this file, whole or not at all, in place of standard output.")
@click.option("--why", is_flag=True, help="Add what led to each statement's speaker, date and act (cards and jsonl).")
@inputs.mapping
@inputs.input_format
@inputs.actors
@inputs.threads
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    shape: str,
    min_confidence: float,
    published: str | None,
    out: str | None,
    why: bool,
    mapping: dict[str, str],
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
    if why and shape not in ("cards", "jsonl"):
        raise click.BadParameter(f"reasons are shown in cards and jsonl, not in {shape}", param_hint="--why")
    if shape == "parquet" and out is None and sys.stdout.isatty():
        raise click.BadParameter("Parquet is not for a terminal: name a file with --out", param_hint="--format")
    from onrecord.cli import show
    from onrecord.cli.output import opened
    from onrecord.enrich import enrich
    from onrecord.reader import Reader

    explained = None
    if why:
        from onrecord.actors.registry import Registry
        from onrecord.why import Explained

        explained = Explained(registry=Registry.load(actors))
    failed: list[SourceError] = []
    wanted = inputs.documents(paths, published, failed.append, mapping=mapping, format=input_format)
    # The first text is read before the model is loaded. Behind it, it would wait for Python at each file that is looked into,
    # while all that follows the network is imported, and the network would wait for it.
    wanted = itertools.chain([*itertools.islice(wanted, 1)], wanted)
    reader = Reader(threads=threads, stage=explained or enrich, actors=actors)
    with opened(shape, out, reasons=explained.reasons_of if explained else None) as writer, show.progress(paths) as step:
        for document, statements in reader.read_many(wanted, failed=lambda d, fault: failed.append(inputs.broke(d, fault))):
            try:
                writer.document(document, [s for s in statements if s.confidence >= min_confidence])
            except SourceError as e:
                inputs.refuse(e)
                failed.append(e)
            step(document)
    if failed:
        ctx.exit(1)
