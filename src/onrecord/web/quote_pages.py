"""Quotes: the same words in several articles, first appearance first, with what each one cut or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import Indel
from starlette.responses import Response

from onrecord.record.reported import report, reported
from onrecord.record.terms import folded
from onrecord.statement import Statement
from onrecord.web import render
from onrecord.web.ask import Ask, Site
from onrecord.web.problem import Problem

__all__ = ["Piece", "differences", "quote", "quotes"]

_ON_A_PAGE = 10
#: Reports of one quote on a page.
_REPORTS = 50
#: Words of one content that are compared; a whole speech is more than a reader compares by eye.
_MOST_WORDS = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: ``same`` as in the first report, ``new`` or ``gone``."""

    kind: str
    text: str


def differences(first: Statement, other: Statement) -> list[Piece]:
    """``other``'s content with what it adds to and leaves out of that of ``first``. Case, accents and punctuation do not count."""
    was, now = _words(first), _words(other)
    out: list[Piece] = []
    # Runs in common first and as many words in them as can be; what lies between two runs is first what went, then what came.
    gone = new = ""
    for op in Indel.opcodes([k for k, _ in was], [k for k, _ in now]):
        old = " ".join(w for _, w in was[op.src_start : op.src_end])
        came = " ".join(w for _, w in now[op.dest_start : op.dest_end])
        if op.tag == "equal":
            out += [Piece(kind, text) for kind, text in (("gone", gone), ("new", new)) if text]
            gone = new = ""
            out.append(Piece("same", came))
        else:
            gone, new = f"{gone} {old}".strip() if old else gone, f"{new} {came}".strip() if came else new
    return out + [Piece(kind, text) for kind, text in (("gone", gone), ("new", new)) if text]


def _words(s: Statement) -> list[tuple[str, str]]:
    """What is compared of each word, and the word; a sign that stands alone goes with the word before it."""
    out: list[tuple[str, str]] = []
    for n, span in enumerate(s.content):
        if n:
            out.append(("…", "…"))
        for w in re.findall(r"\S+", span.text):
            key = folded(w).strip()
            if key or not out:
                out.append((key, w))
            else:
                out[-1] = (out[-1][0], f"{out[-1][1]} {w}")
    return out[:_MOST_WORDS]


def quotes(site: Site, ask: Ask) -> Response:
    """The words that most articles report, under any search."""
    query = replace(ask.query(), size=_ON_A_PAGE)
    found, total = reported(site.record, query, offset=(query.page - 1) * _ON_A_PAGE, limit=_ON_A_PAGE)

    def value() -> dict[str, Any]:
        return {"total": total, "page": query.page, "pages": -(-total // _ON_A_PAGE), "quotes": [q.to_dict() for q in found]}

    def html() -> Response:
        if not total and site.empty:
            return render.page(site, ask, "empty.html", record=site.record.path)
        pairs = [p for p in query.to_params() if p[0] not in ("page", "size")]
        return render.page(site, ask, "quotes.html", found=found, total=total, query=query, pages=-(-total // _ON_A_PAGE), pairs=pairs)

    return render.either(ask, html, value)


def quote(site: Site, ask: Ask) -> Response:
    """One quote, by the id of any statement that reports it: its reports in the order of publication, a page at a time."""
    s = site.record.statement(ask.path("id"))
    page = ask.number("page", 1)
    found = report(site.record, s.id, offset=(page - 1) * _REPORTS, limit=_REPORTS)
    made, total = found.quote, found.total
    pages = max(1, -(-total // _REPORTS))
    if page > pages:
        raise Problem(404, f"there is no page {page} of this quote: it has {pages}")

    def value() -> dict[str, Any]:
        held = made.to_dict() | {"times": found.times, "outlets": list(found.outlets)} if made else None
        return {"total": total, "page": page, "pages": pages, "quote": held}

    def html() -> Response:
        # The first report stands on every page: the others are compared with it.
        variants = [(v, differences(made.first.statement, v.statement) if n else None) for n, v in enumerate(made.variants)] if made else []
        return render.page(
            site, ask, "quote.html", s=s, quote=made, variants=variants, found=found, page=page, pages=pages,
        )  # fmt: skip

    return render.either(ask, html, value)
