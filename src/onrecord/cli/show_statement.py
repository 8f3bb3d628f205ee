"""`onrecord show`: one statement of a record in its text with all that is known of it, or a whole document marked up."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

import click

from onrecord.cli.filters import record_option, wrong

__all__ = ["command"]


@click.command("show", short_help="Show a statement of a record in its text.")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@record_option
@click.option("--context", type=click.IntRange(0, 20_000), default=300, show_default=True, help="Characters of the text before and after.")
@click.option("--format", "shape", type=click.Choice(["text", "jsonl"]), default="text", show_default=True,
              help="For people, or the objects of `onrecord read`.")  # fmt: skip
def command(ids: tuple[str, ...], record: Path, context: int, shape: str) -> None:
    """Show statements by their ids (or the first few characters of one) in their texts: every field, and what people corrected.

    The id of a document shows the whole document with its statements marked; with --format jsonl, all of its statements.

    \b
    Examples:
      onrecord show 5d41402abc4b2a76 --record r.db
      onrecord show 5d41 --context 1000
      onrecord show 7d793037a0760186 --format jsonl

    Exit codes: 0 shown; 1 the record could not be read; 2 there is no such statement.
    """
    from onrecord.cli import show
    from onrecord.record import Record

    with wrong(), Record.open(record) as r:
        for i, id_ in enumerate(ids):
            kind, whole = r.resolve(id_)
            if kind == "document":
                statements = r.statements_of(whole)
                if shape == "jsonl":
                    show.writer("jsonl", sys.stdout).document(r.document(whole), statements)
                else:
                    show.writer("text", sys.stdout).document(r.document(whole), statements)
                continue
            s = r.statement(whole)
            if shape == "jsonl":
                show.writer("jsonl", sys.stdout).document(s.document, [s])
                continue
            if i:
                click.echo()
            _statement(r, s, context)


def _statement(r, s, context: int) -> None:  # type: ignore[no-untyped-def]
    from onrecord.cli.show import _Paint, one_line

    paint, note, d = _Paint(sys.stdout), r.note(s.id), s.document

    def line(name: str, value: str | None) -> None:
        if value:
            first, *more = textwrap.wrap(one_line(value), 96) or [""]
            click.echo(f"  {paint('dim', name.ljust(11))} {first}" + "".join(f"\n{' ' * 14}{m}" for m in more))

    def joined(spans) -> str:  # type: ignore[no-untyped-def]
        return " … ".join(x.text for x in spans)

    click.echo(paint("bold", f"statement {s.id}") + f"  {s.kind}, {s.start}–{s.end}, confidence {s.confidence:.2f}")
    who = s.speaker
    known = f"{who.name}" + "".join(f", {x}" for x in (who.role, who.country, who.id) if x) if who and who.name else "not known"
    line("speaker", known + (f" (by {who.via})" if who and who.via else ""))
    line("source", joined(s.source))
    line("cue", joined(s.cue))
    line("content", joined(s.content))
    line(
        "act",
        s.act
        and " · ".join(x for x in (s.act, s.plover and f"PLOVER {s.plover}", s.cameo and f"CAMEO {s.cameo}", s.polarity, s.modality) if x),
    )
    line("about", "; ".join(a.name + (f" ({a.code})" if a.code else "") for a in s.targets))
    line("to", "; ".join(a.name + (f" ({a.code})" if a.code else "") for a in s.addressees))
    line("condition", joined(s.condition))
    if s.date:
        line(
            "said",
            (f"{s.date.start} to {s.date.end} (end not included)" if s.date.start else "on a day not resolved") + f", “{s.date.text}”",
        )
    line("nested in", s.nested_in)
    line("document", f"{d.title or d.path or d.id} ({', '.join(x for x in (d.outlet, d.published, d.path if d.title else None) if x)})")
    line("id of it", d.id)
    line(
        "review",
        ", ".join(
            x for x in (note.status, "added by a person" if note.origin == "human" else "", "corrected" if note.corrected else "") if x
        ),
    )
    if note.variants > 1:
        line("reports", f"{note.variants} of the same words: onrecord search --cluster {note.cluster}")
    for c in r.corrections(statement=s.id):
        what = (
            f"takes back {c.undoes}"
            if c.undoes
            else f"{c.field}: {json.dumps(c.old, ensure_ascii=False)} → {json.dumps(c.new, ensure_ascii=False)}"
        )
        line(
            f"change {c.id}", f"{what} · {c.who}, {c.when[:10]}" + (f" · {c.why}" if c.why else "") + (" · taken back" if c.undone else "")
        )
    click.echo()
    _in_context(s, context, paint)


def _in_context(s, context: int, paint) -> None:  # type: ignore[no-untyped-def]
    """The text around the statement, its three spans marked."""
    from onrecord.cli.show import _MARKS, clean

    text = s.document.text
    lo, hi = max(0, s.start - context), min(len(text), s.end + context)
    marks = sorted((x.start, x.end, role) for role in ("source", "cue", "content") for x in getattr(s, role))
    out, at = ["…" if lo else ""], lo
    for start, end, role in marks:
        if start < at:  # a source within its content: the outer mark is kept
            continue
        out.append(clean(text[at:start]))
        piece = clean(text[start:end])
        out.append(paint(role, piece) if paint.on else _MARKS[role][0] + piece + _MARKS[role][1])
        at = end
    out.append(clean(text[at:hi]) + ("…" if hi < len(text) else ""))
    click.echo("".join(out))
