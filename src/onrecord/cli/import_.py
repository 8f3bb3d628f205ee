"""`onrecord import`: Parquet into a record, and corrections that people made in other tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from onrecord.cli.filters import record_option
from onrecord.errors import OnrecordError

__all__ = ["command"]


def _shape(path: Path) -> str | None:
    name = path.name.lower()
    if path.is_dir():
        return "brat" if not _inside(path) else "parquet"
    if name.endswith((".parquet", ".pq")):
        return "parquet"
    return "annotations" if name.endswith((".jsonld", ".json", ".jsonl", ".ndjson")) else None


def _inside(folder: Path) -> list[Path]:
    """The Parquet files of a folder, those in ``readings`` where `onrecord scale` wrote it."""
    readings = folder / "readings"
    return sorted((readings if readings.is_dir() else folder).glob("*.parquet"))


@click.command("import", short_help="Add Parquet files, or corrections, to a record.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@record_option
@click.option(
    "--format", "shape", type=click.Choice(["parquet", "brat", "annotations"]), help="What the paths are; else told by their names."
)
@click.option("--who", metavar="NAME", help="Whose corrections they are. Needed for brat and annotations.")
@click.option("--dry-run", is_flag=True, help="For corrections: print them and change nothing.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], record: Path, shape: str | None, who: str | None, dry_run: bool) -> None:
    """Add documents and statements from Parquet files to a record, or corrections from brat folders and Web Annotations.

    A Parquet file as `onrecord export` and `onrecord read` write it brings its texts with it; it is checked before anything
    is written. A folder that `onrecord scale` filled is taken file by file. Statements keep their ids; what is in the
    record already stays as it is, so a file can be imported twice.

    From a folder that `onrecord export --format brat` made, and from annotations of --format annotations, whatever a person
    changed becomes a correction, signed with --who: other spans, another act, a new statement, a statement taken out.

    \b
    Examples:
      onrecord import all.parquet --record r.db
      onrecord import coded/ --record r.db --who ada --dry-run

    For Parquet a record that is not there is made.

    Exit codes: 0 all was taken; 1 some of it was not, the rest was; 2 the call was wrong.
    """
    kinds = []
    for path in paths:
        kind = shape or _shape(path)
        if kind is None:
            raise click.UsageError(f"{path}: say with --format what it is: parquet, brat or annotations")
        if kind != "parquet" and not who:
            raise click.UsageError("say whose corrections these are: --who NAME")
        if kind == "parquet" and dry_run:
            raise click.UsageError("--dry-run is for corrections")
        kinds += [(file, kind) for file in _inside(path)] if kind == "parquet" and path.is_dir() else [(path, kind)]
    from onrecord.record import Record

    failed = False
    only_parquet = all(kind == "parquet" for _, kind in kinds)
    with Record.open(record, "create" if only_parquet else "rw") as target:
        for path, kind in kinds:
            try:
                failed |= not (_parquet(path, target) if kind == "parquet" else _corrections(path, kind, target, who or "", dry_run))
            except OnrecordError as e:
                click.echo(f"onrecord: {e}", err=True)
                failed = True
    if failed:
        ctx.exit(1)


def _parquet(path: Path, record: object) -> bool:
    from onrecord.export.intake import import_parquet
    from onrecord.record import Record

    assert isinstance(record, Record)
    with _progress(path) as step:
        done = import_parquet(path, record, step=step)
    line = (
        f"{path}: {done.documents:,} documents ({done.new_documents:,} new), {done.statements:,} statements ({done.new_statements:,} new)"
    )
    if done.loose:
        line += f"; {done.loose:,} were nested in statements that are not there and stand alone now"
    click.echo(line)
    return True


def _corrections(path: Path, kind: str, record: object, who: str, dry_run: bool) -> bool:
    from onrecord.export.corrections import from_annotations, from_brat, take
    from onrecord.record import Record

    assert isinstance(record, Record)
    found = (from_brat if kind == "brat" else from_annotations)(path, record)
    done, refused = 0, 0
    for change in found:
        if isinstance(change, OnrecordError):
            click.echo(f"onrecord: {change}", err=True)
            refused += 1
            continue
        try:
            if not dry_run:
                take(change, record, who=who)
            click.echo(str(change))
            done += 1
        except OnrecordError as e:
            click.echo(f"onrecord: {path}: {change.where}: {e}", err=True)
            refused += 1
    click.echo(
        f"{path}: {done} correction{'s' * (done != 1)}"
        + (" found, none made" if dry_run else "")
        + (f", {refused} refused" * bool(refused))
    )
    return not refused


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from onrecord.export.parquet import open_table

    total = 2 * open_table(path).count  # once to check, once to write
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        last = base = 0

        def step(number: int) -> None:
            nonlocal last, base
            if number < last:  # the second time through
                base = total // 2
                bar.update(task, description="writing")
            last = number
            if number % 64 == 0:
                bar.update(task, completed=base + number)

        yield step
