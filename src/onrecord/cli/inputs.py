"""What the commands that read texts have in common: which texts, their date, their format, the actors to know.

Each option is a decorator of its own, so that a command's help keeps its order. The command gets values that are checked:
``paths`` is never empty, ``published`` is ISO 8601, ``mapping`` a mapping.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from onrecord.document import Document, parse_published
from onrecord.errors import DamagedError, SourceError, UsageError
from onrecord.sources import formats, read_all, refusal

__all__ = ["actors", "broke", "documents", "input_format", "mapping", "parse_mapping", "paths", "published", "refuse", "shown", "threads"]

F = TypeVar("F", bound=Callable[..., Any])


def paths(metavar: str = "[FILE|DIR|URL|-]...") -> Callable[[F], F]:
    """The texts to read. None at all means standard input, but for a terminal, to which the command's help is shown (exit code 2)."""
    return click.argument("paths", nargs=-1, metavar=metavar, callback=_given)


def _given(ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if value or ctx.resilient_parsing:
        return value
    if sys.stdin is None or sys.stdin.isatty():
        click.echo(ctx.get_help())
        ctx.exit(2)
    return ("-",)


def _published(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    try:
        return parse_published(value)
    except UsageError as e:
        raise click.BadParameter(str(e), param_hint="--published") from e


def _input_format(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in formats():
        raise click.BadParameter(f"there is no format {value!r}; there are {', '.join(formats())}", param_hint="--input-format")
    return value


def _mapping(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    return parse_mapping(value)


published = click.option(
    "--published", metavar="DATE", callback=_published, help="Publication date of texts that do not say it themselves (2021-12-02)."
)
mapping = click.option(
    "--map",
    "mapping",
    metavar="FIELD=COLUMN",
    multiple=True,
    callback=_mapping,
    help="For tables: which column holds a field (text=body). Repeatable.",
)
input_format = click.option(
    "--input-format", metavar="NAME", callback=_input_format, help="Read the input as this format; `onrecord sources` lists them."
)
actors = click.option(
    "--actors",
    type=click.Path(dir_okay=False),
    envvar="ONRECORD_ACTORS",
    help="Your own file of actors (CSV, TSV or TOML), over the shipped ones; ONRECORD_ACTORS does the same.",
)
threads = click.option("--threads", type=click.IntRange(1, 256), help="Cores to use; by default all.")


def documents(
    paths: tuple[str, ...],
    published: str | None,
    refused: Callable[[SourceError], None],
    *,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Iterator[Document]:
    """Every document in English that ``paths`` name, in order.

    What cannot be read goes to ``refused`` and to standard error; what is not English goes to standard error only.
    """
    for got in read_all(paths, standard_input=sys.stdin.buffer, format=format, mapping=mapping):
        if isinstance(got, SourceError):
            refuse(got)
            refused(got)
        elif (why := refusal(got)) is not None:
            refuse(why)
        else:
            yield replace(got, published=published) if published and not got.published else got


def refuse(fault: SourceError) -> None:
    """One line on standard error for what was not read. The name of a file is a stranger's too: it cannot steer the terminal."""
    from onrecord.cli.show import one_line

    told = str(fault)
    if told.startswith("-: "):
        told = shown("-") + told[1:]
    click.echo(f"onrecord: {one_line(told)}", err=True)


def shown(path: str | None) -> str:
    """A document's name as people read it."""
    from onrecord.cli.show import one_line

    return "standard input" if path in (None, "-") else one_line(path or "")


def broke(document: Document, fault: Exception) -> DamagedError:
    """The program broke down on a text: said on standard error and given back. With ONRECORD_TRACEBACK set the fault is raised."""
    if os.environ.get("ONRECORD_TRACEBACK"):
        raise fault
    error = DamagedError(document.path or document.id, f"the reader broke down on it ({type(fault).__name__})", "please report it")
    refuse(error)
    return error


def parse_mapping(values: tuple[str, ...]) -> dict[str, str]:
    """``("text=body", "published=date")`` or ``("text=body,published=date",)`` to a mapping. Raises click.BadParameter."""
    from onrecord.sources.columns import FIELDS

    out: dict[str, str] = {}
    for value in (part for v in values for part in v.split(",")):
        field, sign, column = (x.strip() for x in value.partition("="))
        if not sign or not column:
            raise click.BadParameter(f"{value!r} is not FIELD=COLUMN, as in text=body", param_hint="--map")
        if field not in FIELDS:
            raise click.BadParameter(f"a document has no field {field!r}; there are {', '.join(FIELDS)}", param_hint="--map")
        out[field] = column
    return out
