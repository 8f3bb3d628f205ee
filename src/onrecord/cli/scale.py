"""`onrecord scale`: a corpus of many files into Parquet, by many workers; and what in it is the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

import click

from onrecord.cli.inputs import parse_mapping

if TYPE_CHECKING:
    from onrecord.scale import Report

__all__ = ["command"]

_SHOWN = 20


class _Scale(click.Group):
    """``onrecord scale INPUT...`` is short for ``onrecord scale run INPUT...``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("scale", cls=_Scale, short_help="Read a corpus of many files into Parquet.", no_args_is_help=True)
def command() -> None:
    """Read a corpus of many files, with many workers on one machine or many, into Parquet.

    \b
    Examples:
      onrecord scale crawl/*.warc.gz --out results/
      onrecord scale @paths.txt --out s3://bucket/results --address auto
      onrecord scale corpus/ --out results/ --engine local
      onrecord scale cluster results/

    `onrecord scale INPUT...` is short for `onrecord scale run INPUT...`; a folder that is called cluster is given as ./cluster.
    """


@command.command("run")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--out", required=True, metavar="FOLDER|URL", help="Where results go: a folder that all machines share, or s3://bucket/prefix."
)
@click.option(
    "--engine",
    type=click.Choice(["ray", "local"]),
    default="ray",
    show_default=True,
    help="ray: many workers. local: one process. The results are the same, byte for byte.",
)
@click.option("--address", metavar="auto|HOST:PORT", help="The Ray cluster to work in; without it one is started on this machine.")
@click.option("--workers", type=click.IntRange(1, 100_000), metavar="N", help="Ray's workers, a core each; by default all cores.")
@click.option(
    "--map", "mapping", metavar="FIELD=COLUMN", multiple=True, help="For tables: which column holds a field (text=body). Repeatable."
)
@click.option("--retry", is_flag=True, help="Try again what was set aside before, or took too long.")
@click.option("--quick", is_flag=True, help="Take the size and the footer of a result for proof that it is whole, not all its bytes.")
@click.option(
    "--patience",
    type=click.FloatRange(1, 1_000_000),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="What a document may take (as much again for each further million characters), or any other step of a file.",
)
@click.pass_context
def run(
    ctx: click.Context,
    inputs: tuple[str, ...],
    out: str,
    engine: str,
    address: str | None,
    workers: int | None,
    mapping: tuple[str, ...],
    retry: bool,
    quick: bool,
    patience: float,
) -> None:
    """Read files of any format, and write for each one Parquet file (table `readings`) and one manifest.

    INPUT is a file, a folder, a pattern, @LIST (a file with one of these a line), or an address such as s3://bucket/*.warc.gz.
    A file whose result is there, of the same bytes, by the same model and version, is passed over: run it again after a break.
    A file on which workers die three times, or that does not get on for --patience seconds, is set aside with its reason, in OUT/aside.
    A document that takes longer is refused, and the rest of its file read.

    Exit codes: 0 all was read; 1 some files could not be read, the rest was; 2 the call was wrong;
    130 it was stopped from the keyboard.
    """
    if engine == "local" and (address or workers):
        raise click.UsageError("--address and --workers are for --engine ray")
    from onrecord.scale import scale

    def warn(message: str) -> None:
        click.echo(f"onrecord: {message}", err=True)

    try:
        # Ray prints its own account of every dead worker to standard output; ours is in the report.
        with _progress() as step, open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            report = scale(
                inputs,
                out,
                engine=engine,  # type: ignore[arg-type]
                address=address,
                workers=workers,
                mapping=parse_mapping(mapping),
                retry=retry,
                quick=quick,
                patience=patience,
                progress=step,
                warn=warn,
            )
    except KeyboardInterrupt:
        warn("stopped; what was read stands, and the same command goes on from there")
        ctx.exit(130)
    for what, found in (("could not be read", report.failed), ("set aside", report.aside)):
        for path, reason in found[:_SHOWN]:
            warn(f"{path}: {reason}")
        if len(found) > _SHOWN:
            warn(f"and {len(found) - _SHOWN} more {what}")
    click.echo(_summary(report), err=True)
    if report.failures or report.aside:
        ctx.exit(1)


@command.command("cluster")
@click.argument("out", metavar="FOLDER|URL")
@click.option("--workers", type=click.IntRange(1, 1024), metavar="N", help="Processes that go through the files; by default one a core.")
@click.option(
    "--memory", default="2GB", show_default=True, metavar="SIZE", help="What the joins may take before they go to the temporary folder."
)
def cluster_command(out: str, workers: int | None, memory: str) -> None:
    """Find near-duplicate documents and the same quotes in all that `onrecord scale` put into a place.

    Writes OUT/clusters/documents.parquet and OUT/clusters/quotes.parquet, whole or not at all.
    """
    from onrecord.scale import cluster

    with _counted() as step:
        r = cluster(out, workers=workers, memory=memory, progress=step)
    if r.skipped:
        click.echo(f"onrecord: {r.skipped} files without a sound manifest were left out (run onrecord scale again)", err=True)
    click.echo(
        f"{r.documents:,} documents, {r.copies:,} further copies; {r.near:,} are nearly the same, in {r.near_clusters:,} clusters\n"
        f"{r.statements:,} statements; {r.same:,} report the same words, in {r.quotes:,} quotes"
        + ("\nnothing is new since it was last done" if r.unchanged else ""),
        err=True,
    )


def _summary(r: Report) -> str:
    parts = [f"{r.done:,} files read"]
    for n, words in (
        (r.unchanged, "there already"),
        (r.moved, "there under another name"),
        (r.failures, "failed"),
        (len(r.aside), "set aside"),
    ):
        if n:
            parts.append(f"{n:,} {words}")
    line = ", ".join(parts)
    if r.done:
        line += f"; {r.documents:,} documents, {r.words:,} words, {r.statements:,} statements"
        if r.refusals:
            line += f"; {r.refusals:,} documents refused (see OUT/manifests)"
        if r.seconds > 0:
            line += f"; {r.words / r.seconds:,.0f} words a second"
    return line


def _bar(*columns: Any) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *columns, TimeElapsedColumn())
    return Progress(*shown, console=Console(stderr=True), transient=True)


@contextmanager
def _progress() -> Iterator[Callable[[Report], None]]:
    """Files done with, and words a second, on standard error when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda report: None
        return
    from rich.progress import TextColumn

    with _bar(TextColumn("{task.fields[speed]}")) as bar:
        task = bar.add_task("reading", total=None, speed="")

        def step(r: Report) -> None:
            speed = f"{r.words / r.seconds:,.0f} words/s" if r.seconds > 1 else ""
            bar.update(task, total=r.files, completed=r.finished, speed=speed)

        yield step


@contextmanager
def _counted() -> Iterator[Callable[[int, int], None]]:
    if not sys.stderr.isatty():
        yield lambda done, all_: None
        return
    with _bar() as bar:
        task = bar.add_task("comparing", total=None)
        yield lambda done, all_: bar.update(task, total=all_, completed=done)
