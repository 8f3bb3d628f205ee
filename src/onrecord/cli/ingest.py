"""`onrecord ingest`: texts of any kind and number into a record."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.document import parse_published
from onrecord.errors import SourceError, UsageError

if TYPE_CHECKING:
    from onrecord.record.ingest import Report

__all__ = ["command"]


@click.command("ingest", short_help="Read texts into a record.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|GLOB|URL|-]...")
@click.option(
    "--record", "record", type=click.Path(path_type=Path), default="onrecord.db", show_default=True,
    envvar="ONRECORD_RECORD", show_envvar=True, help="The record's file; made if it is not there.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(0, 256), metavar="N", help="Processes that read, by default one a core. 0: none but this.")
@click.option(
    "--rerun",
    is_flag=True,
    help="Read again what another model or version read; without paths, all of the record. Ids and corrections stay.",
)
@click.option(
    "--map", "mapping", metavar="FIELD=COLUMN", multiple=True, help="For tables: which column holds a field (text=body). Repeatable."
)
@click.option("--input-format", metavar="NAME", help="Read the input as this format; `onrecord sources` lists them.")
@click.option("--published", metavar="DATE|name", help="Publication date of texts that do not say it themselves (2021-12-02); name: "
              "the date in the name of each file.")  # fmt: skip
@click.option("--refused", is_flag=True, help="Read nothing; print what could not be read so far, and why.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the summary.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    record: Path,
    workers: int | None,
    rerun: bool,
    mapping: tuple[str, ...],
    input_format: str | None,
    published: str | None,
    refused: bool,
    shape: str,
) -> None:
    """Read texts into a record: every statement, kept with the text it stands in, in one file.

    Give files of any format that `onrecord sources` lists, folders (read at any depth), archives, patterns, web
    addresses, or - for standard input (JSON Lines: one object a document, with text, published, title, outlet, url).

    It may be stopped at any time, in any way. What came in stays; the same command again does what is left. A text that
    is there already is not read twice, wherever it lies; a file that did not change is not opened.

    \b
    Examples:
      onrecord ingest corpus/ --record r.db
      onrecord ingest 'news/2021-*.jsonl.gz' --record r.db --workers 8
      onrecord ingest 1962/*.txt --record r.db --published name       # 1962-10-22-speech.txt
      onrecord ingest news.csv --record r.db --map text=story,published=day
      zcat dump.jsonl.gz | onrecord ingest - --record r.db
      onrecord ingest --rerun --record r.db        # after an upgrade
      onrecord ingest --refused --record r.db      # what could not be read, and why

    Exit codes: 0 all was read; 1 some input could not be read, the rest was, or the record could not be written;
    2 the call was wrong; 130 it was stopped from the keyboard.
    """
    if refused:
        _refused(record, shape)
        return
    if not paths and not rerun:
        if sys.stdin.isatty():
            click.echo(ctx.get_help())
            ctx.exit(2)
        paths = ("-",)
    from onrecord.cli.inputs import parse_mapping
    from onrecord.record import Record, pool
    from onrecord.record.ingest import BY_NAME, Report, check_paths, cores, ingest, reread
    from onrecord.sources import formats

    columns = parse_mapping(mapping)
    try:
        when = BY_NAME if published == BY_NAME else parse_published(published)
    except UsageError as e:
        raise click.BadParameter(str(e), param_hint="--published") from e
    try:
        check_paths(paths, record)
    except UsageError as e:
        raise click.UsageError(str(e), ctx) from e
    if input_format is not None and input_format not in formats():
        raise click.BadParameter(f"there is no format {input_format!r}; there are {', '.join(formats())}", param_hint="--input-format")
    number = cores() if workers is None else workers
    report = Report()

    with _progress(paths) as show:

        def step(now: Report) -> None:
            nonlocal report
            report = now
            show(now)

        try:
            with Record.open(record, "create") as opened:
                if paths:
                    report = ingest(
                        opened,
                        paths,
                        stdin=sys.stdin.buffer,
                        make_reader=pool.default_reader,
                        workers=number,
                        rerun=rerun,
                        published=when,
                        mapping=columns,
                        format=input_format,
                        progress=step,
                    )
                else:
                    report = reread(opened, make_reader=pool.default_reader, workers=number, progress=step)
            stopped = False
        except KeyboardInterrupt:
            stopped = True
        except UsageError as e:
            raise click.UsageError(str(e), ctx) from e
    _summary(record, report, shape)
    if stopped:
        click.echo("onrecord: stopped; the same command again does the rest", err=True)
        ctx.exit(130)
    if report.refusals > report.foreign:
        ctx.exit(1)


def _refused(record: Path, shape: str) -> None:
    from onrecord.cli.show import one_line
    from onrecord.record import Record

    with Record.open(record) as opened:
        for path, error, reason, when in opened.refusals():
            if shape == "json":
                click.echo(json.dumps({"path": path, "error": error, "reason": reason, "when": when}, ensure_ascii=False))
            else:
                click.echo(f"{one_line(path)}: {one_line(reason)}")


def _summary(record: Path, report: Report, shape: str) -> None:
    if shape == "json":
        click.echo(json.dumps(report.to_dict()))
        return
    speed = f", {report.words / report.seconds:,.0f} words a second" if report.words and report.seconds else ""
    click.echo(
        f"{_count(report.documents, 'document')} read, {_count(report.statements, 'statement')} in {_count(report.words, 'word')} "
        f"({_clock(report.seconds)}{speed})"
    )
    rest = [
        f"{_count(report.known, 'text')} known already" if report.known else "",
        f"{_count(report.unchanged, 'file')} unchanged" if report.unchanged else "",
        f"{_count(report.foreign, 'text')} not in English" if report.foreign else "",
        f"{report.refusals - report.foreign:,} could not be read" if report.refusals > report.foreign else "",
    ]
    if any(rest):
        click.echo("; ".join(r for r in rest if r))
    if report.refusals:
        click.echo(f"why: onrecord ingest --refused --record {record}")


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


@contextmanager
def _progress(paths: tuple[str, ...]) -> Iterator[Callable[[Report], None]]:
    """What is shown while it goes on: refusals as they come and, on a terminal, a bar with the rate and the time left."""
    from onrecord.cli.show import one_line

    told = 0

    def tell(report: Report, line: Callable[[str], None]) -> None:
        nonlocal told
        for e in report.refused[told:]:
            line(f"onrecord: {one_line(str(e))}")
        told = len(report.refused)

    if not sys.stderr.isatty():
        yield lambda report: tell(report, lambda words: click.echo(words, err=True))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[documents]:,} documents, {task.fields[statements]:,} statements, {task.fields[rate]:,.0f} words/s"),
        BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=120) as bar:
        task = bar.add_task("", total=None, documents=0, statements=0, rate=0.0)
        ended = threading.Event()
        if paths and not any(p == "-" for p in paths):
            threading.Thread(target=lambda: bar.update(task, total=_size(paths, ended)), daemon=True).start()

        def show(report: Report) -> None:
            tell(report, lambda words: bar.console.print(words, markup=False, highlight=False, soft_wrap=True))
            rate = report.words / report.seconds if report.seconds else 0.0
            bar.update(task, completed=report.size, documents=report.documents, statements=report.statements, rate=rate)

        try:
            yield show
        finally:
            ended.set()


def _size(paths: tuple[str, ...], ended: threading.Event) -> int | None:
    """Bytes of all files that the paths name; null where it cannot be told."""
    from onrecord.sources import expand, is_address

    total = 0
    for file in expand(paths):
        if ended.is_set() or is_address(file):
            return None
        if not isinstance(file, SourceError):
            try:
                total += os.stat(file).st_size
            except (OSError, ValueError):
                continue
    return total or None
