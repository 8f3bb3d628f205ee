"""`onrecord search`: statements of a record by their words and by who, what, whom and when."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from onrecord.cli.filters import filters, query, record_option, wrong

__all__ = ["command"]


@click.command("search", short_help="Find statements in a record.")
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@record_option
@filters
@click.option("--count", type=click.Choice(["statements", "clusters"]), default="statements", show_default=True,
              help="clusters: the same words in many articles are one result.")  # fmt: skip
@click.option(
    "--facet", "facets", multiple=True, metavar="FIELD", help="Print counts by this field too: speaker, act, month, …; repeatable."
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of results.")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True, help="Results a page.")
@click.option("--all", "whole", is_flag=True, help="Print all results, not a page of them.")
@click.option("--save", metavar="NAME", help="Keep this search under a name; everything now found counts as seen.")
@click.option("--saved", metavar="NAME", help="Run the search kept under this name.")
@click.option("--new", is_flag=True, help="With --saved: only what came in since it was last looked at, which then counts as seen.")
@click.option("--format", "shape", type=click.Choice(["table", "cards", "jsonl", "csv"]), default="table", show_default=True,
              help="table: one line each. cards: one block each. jsonl, csv: data, as `onrecord read` gives them.")  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    record: Path,
    count: str,
    facets: tuple[str, ...],
    page: int,
    size: int,
    whole: bool,
    save: str | None,
    saved: str | None,
    new: bool,
    shape: str,
    **given: Any,
) -> None:
    """Find statements by words in what was said, and by who said it, to whom, about whom, when and how.

    WORDS are looked for in the contents, whatever their ending: all of them, or "a phrase", this OR that, this NOT that
    (or -that), miss* for a beginning, ( ) to group. Options narrow the search; one that is repeated takes any of its
    values. Names may be parts of names, without case and accents.

    \b
    Examples:
      onrecord search "red line" --speaker zakharova --act threaten --about NATO --since 2021-11
      onrecord search 'sanctions OR embargo' --country RUS --facet month --facet act
      onrecord search '"no first use"' --count clusters --sort oldest
      onrecord search missile --act THREATEN --all --format jsonl > threats.jsonl
      onrecord search ceasefire --save ceasefire; onrecord search --saved ceasefire --new

    With --facet and --format jsonl or csv the counts are printed in place of the statements.

    Exit codes: 0 done, also when nothing was found; 1 the record could not be read; 2 the call was wrong.
    """
    from onrecord.cli.results import found, misspelt, table
    from onrecord.record import Record

    wanted = replace(query(words, {**given, "count": count}, sort="newest"), page=page, size=size)
    if new and not saved:
        raise click.UsageError("--new goes with --saved NAME")
    if saved and (words or save):
        raise click.UsageError("a saved search takes no words and no --save: search anew, or run it as it was saved")
    with wrong(), Record.open(record, "rw" if save or new else "r") as r:
        if saved:
            kept = {s.name: s.query for s in r.saved_searches()}
            if saved not in kept:
                raise click.UsageError(f"there is no saved search {saved!r:.60}; there are: {', '.join(kept) or 'none'}")
            if new:
                n = found(shape, r.new_in(saved))
                r.mark_seen(saved)
                if shape in ("table", "cards"):
                    click.echo(f"\n{n:,} new in {saved!r}", err=not sys.stdout.isatty())
                return
            wanted = replace(kept[saved], page=page, size=size)
        if save:
            r.save_search(save, wanted)
        data = shape in ("jsonl", "csv")
        if facets and data:
            counts = r.facets(wanted, facets, limit=1000)
            table(shape, ("field", "value", "label", "count"), [(f, *v) for f, vs in counts.items() for v in vs])
            return
        if whole:
            n = found(shape, r.statements(wanted))
            total, notes = n, {}
        else:
            got = r.search(wanted, facets=facets)
            total, notes = got.total, got.notes
            n = found(shape, got.statements, notes)
            for field, values in got.facets.items():
                click.echo()
                table(
                    shape if data else "table",
                    (field, count),
                    [(v.label if v.label == v.value else f"{v.label} ({v.value})", v.count) for v in values],
                )
        if not total:
            misspelt(r, wanted)
        if not data:
            of = {"statements": "statement", "clusters": "quote"}[count]
            first = 1 if whole else (wanted.page - 1) * wanted.size + 1
            line = (
                f"\n{first:,}–{first + n - 1:,} of {total:,} {of}{'s' * (total != 1)}"
                if n
                else f"\nno {of} found"
                if not total
                else f"\nno such page: there are {total:,}"
            )
            if not whole and first + n - 1 < total and n:
                line += f"; next: --page {wanted.page + 1}, or --all"
            click.echo(line, err=not sys.stdout.isatty())
