"""The dossier: a page to read and print, one entry a statement, its words marked in their context. Needs nothing but itself.

Nothing from a text can become markup or a script: all of it is escaped, and the page forbids scripts and anything from outside.
"""

from __future__ import annotations

import json
from html import escape
from typing import IO

from onrecord.cli.show import clean
from onrecord.export.selection import Selection
from onrecord.export.values import ROLES, context, first_line, speaker_name, web_address
from onrecord.statement import Statement

__all__ = ["entry", "facts", "marked", "write"]

_STYLE = """
body { font: 11pt/1.45 Georgia, 'Times New Roman', serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
h1 { font-size: 1.6em; margin-bottom: .2em } h2 { font-size: 1.05em; margin: 0 }
.about, .where, footer { font: 9pt/1.4 system-ui, sans-serif; color: #444 }
article { border-top: 1px solid #999; padding: .8em 0; break-inside: avoid }
blockquote { margin: .5em 0 .5em 1em; padding-left: .8em; border-left: 3px solid #bbb; white-space: pre-line; overflow-wrap: anywhere }
.content { background: #fff3bf; color: #111 } .source { font-weight: bold } .cue { text-decoration: underline }
.condition { border-bottom: 2px dotted #a33 }
code { font-size: 8.5pt; overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none } a { color: inherit } .content { background: none; font-style: italic } }
"""


def _text(value: str) -> str:
    return escape(clean(value))


def marked(s: Statement) -> list[tuple[str, str]]:
    """The statement in its context, as runs of text and what they are: roles apart by a space, or nothing. Cut ends are shown as "…"."""
    lo, hi = context(s)
    text = s.document.text
    spans = [(x.start, x.end, role) for role in ROLES for x in getattr(s, role)]
    cuts = sorted({lo, hi, *(p for a, b, _ in spans for p in (a, b) if lo < p < hi)})
    out = [("… ", "")] if lo > 0 and not text[:lo].isspace() else []
    for a, b in zip(cuts, cuts[1:], strict=False):
        out.append((text[a:b], " ".join(role for x, y, role in spans if x <= a and b <= y)))
    return [*out, (" …", "")] if hi < len(text.rstrip()) else out


def facts(s: Statement) -> list[str]:
    """What is known of the statement and its document, as lines of text for people."""
    d, who, when = s.document, s.speaker, s.date
    lines = []
    said = ", ".join(x for x in (who.role, who.country) if x) if who else ""
    act = [x for x in (s.act, s.kind, f"about {', '.join(a.name for a in s.targets)}" if s.targets else "",
                       f"to {', '.join(a.name for a in s.addressees)}" if s.addressees else "", said) if x]  # fmt: skip
    lines.append(" · ".join(act))
    day = f"{when.start} to {when.end} (end excluded)" if when and when.start else f"“{when.text}”, unresolved" if when else "not known"
    lines.append(f"Said: {day}. Confidence {s.confidence:.2f}." + (" Reported within another statement." if s.nested_in else ""))
    lines.append(" · ".join(x for x in (first_line(d), d.outlet, d.published, d.path if d.path != first_line(d) else None) if x))
    return lines


def place(s: Statement) -> str:
    """Ids, digest and offsets on one line."""
    at = " ".join(f"{role} {','.join(f'{x.start}-{x.end}' for x in getattr(s, role))}" for role in ROLES if getattr(s, role))
    return f"statement {s.id} · document {s.document.id} · sha256 {s.document.digest} · {at}"


def about(selection: Selection) -> str:
    """What was searched for, in words."""
    asked = "; ".join(f"{k}: {', '.join(map(str, v)) if isinstance(v, list) else v}" for k, v in selection.conditions.items())
    meeting = f" that meet {asked}" if asked else ""
    return f"Statements on record{meeting}. Each is what a text reports somebody to have said; none is a finding that it is true."


def entry(number: int, s: Statement) -> str:
    """One statement as an ``<article>``."""
    quote = "".join(f'<span class="{role}">{_text(run)}</span>' if role else _text(run) for run, role in marked(s))
    lines = "<br>\n".join(_text(x) for x in facts(s))
    address = web_address(s.document.url)
    link = f'<br>\n<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>' if address else ""
    return (
        f'<article id="s-{s.id}"><h2>{number}. {_text(speaker_name(s) or "(no source)")}</h2>\n<blockquote>{quote}</blockquote>\n'
        f'<p class="where">{lines}{link}<br>\n<code>{_text(place(s))}</code></p></article>\n'
    )


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection in the order asked for. Returns the number of statements."""
    title = _text(selection.title)
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n"
        f'<h1>{title}</h1>\n<p class="about">{_text(about(selection))} '
        '<span class="source">Source</span>, <span class="cue">cue</span>, <span class="content">content</span>, '
        '<span class="condition">condition</span> are marked in the text\'s own words.</p>\n'
    )
    stream.write(head.encode("utf-8", "replace"))
    count = 0
    for s in selection.statements():
        count += 1
        stream.write(entry(count, s).encode("utf-8", "replace"))
    asked = escape(json.dumps(selection.conditions, ensure_ascii=False))
    stream.write(
        f"</main><footer><p>{count:,} statements. Query: <code>{asked}</code></p></footer></body></html>\n".encode("utf-8", "replace")
    )
    return count
