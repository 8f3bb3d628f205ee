"""Pieces of HTML that stand many times on one page: who speaks, what they do, about whom, a statement's fields, a facet's values.

Plain functions and not template macros: a document's page holds hundreds of them, and a macro costs some ten times the call. Whatever
comes out of a text or an address goes through ``safe``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from urllib.parse import quote

from markupsafe import Markup

from onrecord.acts.codebook import codebook
from onrecord.cli.show import clean
from onrecord.document import Document
from onrecord.record import FacetValue
from onrecord.statement import ActorRef, Statement
from onrecord.web import links, show

__all__ = [
    "about",
    "act",
    "because",
    "facet",
    "facts",
    "inner",
    "items",
    "main_links",
    "office",
    "options",
    "parties",
    "safe",
    "seal_field",
    "who",
    "who_words",
    "within",
]


_MAIN = (
    ("/search", "Search"), ("/documents", "Documents"), ("/actors", "Actors"), ("/timeline", "Timeline"), ("/network", "Network"),
    ("/quotes", "Quotes"), ("/review", "Review"),
)  # fmt: skip


def safe(text: str) -> str:
    """``text`` as HTML, its control and direction characters made visible."""
    if text.isalnum():  # as ids are
        return text
    if not text.isprintable():
        text = clean(text)
    # Names and ids, of which a page has hundreds, seldom have any of these: to ask is a third of the price of replacing them.
    if "&" in text or "<" in text or ">" in text or '"' in text or "'" in text:
        return escape(text)
    return text


def inner(text: str) -> str:
    """As ``safe``, for between tags alone: quotation marks, which nearly every text has, stand there for themselves."""
    if not text.isprintable():
        text = clean(text)
    if "&" in text or "<" in text or ">" in text:
        return escape(text, quote=False)
    return text


def seal_field(seal: str) -> Markup:
    """What every form carries: see guard.py."""
    return Markup(f'<input type="hidden" name="seal" value="{safe(seal)}">')


def act(name: str | None) -> Markup:
    """An act as a label, with what it means on hover."""
    return Markup(_act(name))


@lru_cache(maxsize=256)
def _act(name: str | None) -> str:
    if not name:
        return ""
    known = codebook().get(name)
    title = f' title="{safe(known.gloss)}"' if known else ""
    return f'<span class="act"{title}>{safe(name.lower())}</span>'


def who(s: Statement) -> Markup:
    """The speaker, as a link to their page where there is one; else the source's words."""
    return Markup(_who(s))


def _who(s: Statement) -> str:
    if s.speaker and (s.speaker.id or s.speaker.name):
        return _linked(s.speaker.id, s.speaker.name)
    if s.source:
        return f'<span class="who"><bdi>{safe(show.short(show.joined(s.source), 80))}</bdi></span>'
    return '<span class="who quiet">source not named</span>'


@lru_cache(maxsize=4096)
def _linked(id: str | None, name: str | None) -> str:
    """A speaker as a link. Few speak often."""
    value = id or name or ""
    return f'<a class="who" href="{links.actor_url(value)}"><bdi>{safe(name or value)}</bdi></a>'


@lru_cache(maxsize=64)
def main_links(here: str) -> Markup:
    """The links that head every page; the one that ``here``, a path, lies under is marked."""
    return Markup(
        "".join(
            f'<li><a href="{path}"{" aria-current=page" if here == path or here.startswith(path + "/") else ""}>{name}</a></li>'
            for path, name in _MAIN
        )
    )


def who_words(s: Statement) -> str:
    """The speaker's name, else the source's words, for where no link can stand."""
    return (s.speaker.name if s.speaker else None) or show.short(show.joined(s.source), 60) or "an unnamed source"


def office(s: Statement) -> Markup:
    """The speaker's role and country."""
    held = [x for x in (s.speaker.role, s.speaker.country) if x] if s.speaker else []
    return Markup(f'<span class="office">{safe(show.short(", ".join(held), 80))}</span>' if held else "")


def parties(refs: Iterable[ActorRef]) -> Markup:
    """Targets or addressees, each a link to their page."""
    return Markup(
        ", ".join(f'<a href="{links.actor_url(links.actor_id(a) or a.name)}"><bdi>{safe(show.short(a.name, 60))}</bdi></a>' for a in refs)
    )


def facts(s: Statement) -> Markup:
    """What is known of a statement, as a list of terms."""
    known = codebook().get(s.act) if s.act else None
    rows = [("Speaker", f"{who(s)} {office(s)}")]
    if s.act:
        rows.append(("Act", f'{act(s.act)} <span class="quiet">{safe(known.gloss) if known else ""}</span>'))
    if s.targets:
        rows.append(("About", parties(s.targets)))
    if s.addressees:
        rows.append(("To", parties(s.addressees)))
    if s.condition:
        rows.append(("Condition", f"<bdi>{safe(show.short(show.joined(s.condition), 200))}</bdi>"))
    if s.date:
        rows.append(("Date", safe(show.period(s.date))))
    rows.append(("Sure", show.percent(s.confidence)))
    inside = f', within <a href="{links.statement_url(s.nested_in)}">another statement</a>' if s.nested_in else ""
    rows.append(("Kind", safe(s.kind) + inside))
    return Markup('<dl class="facts">' + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>")


def because(why: Iterable[Mapping[str, str]]) -> Markup:
    """The reasons for a statement's fields, as rows of a table."""
    out = []
    for w in why:
        value = w["value"].lower() if w["field"] == "act" else w["value"]
        out.append(
            f'<tr><th scope="row">{safe(w["field"])}</th><td><bdi>{safe(show.short(value, 80))}</bdi></td>'
            f"<td>{safe(show.short(w['because'], 300))}</td></tr>"
        )
    return Markup("".join(out))


@lru_cache(maxsize=1024)
def _outlet(name: str) -> str:
    return f'<a href="/search?outlet={quote(name)}">{safe(name)}</a>'


def about(d: Document, total: int, part: int, *, writable: bool) -> str:
    """What is known of a document, how many statements it has, and where else to go from its page, as one line of HTML."""
    id_ = links.quoted(d.id)
    out = []
    if d.published:
        out.append(f"<span>{safe(show.day(d.published[:10]))}</span>")
    if d.outlet:
        out.append(_outlet(d.outlet))
    if d.author:
        out.append(f"<span>{safe(show.short(d.author, 80))}</span>")
    out.append(f'<span>{show.plural(total, "statement")}</span><a href="/search?document={id_}">search within</a>')
    if writable:
        out.append(f'<a href="/documents/{id_}/add{f"?part={part}" if part > 1 else ""}">add a missed statement</a>')
    return f'<p class="line">{"".join(out)}<a href="/documents/{id_}.json">JSON</a></p>'


def items(numbered: Iterable[tuple[int, Statement]], *, writable: bool) -> str:
    """A document's statements in the list beside the text, as HTML. What is known of each comes when it is asked for (document.js)."""
    out = []
    for number, s in numbered:
        id_, n, who = safe(s.id), str(number), s.speaker
        head = _linked(who.id, who.name) if who and (who.id or who.name) else _who(s)
        correct = f' · <a href="/review/{id_}" aria-label="Statement {n}: correct">correct</a>' if writable else ""
        out.append(
            f'<li id="l-{id_}" value="{n}" data-n="{n}"{" class=nested" if s.nested_in else ""}>'
            f'<p class="head"><a class="num" href="#s-{id_}" aria-label="Statement {n} in the text">{n}</a> {head} {_act(s.act)}</p>'
            f'<p class="words" dir="auto">{inner(show.opening(s.content or s.cue, 140))}</p>'
            f'<details><summary>Details</summary><p class="small"><a href="/statements/{id_}" '
            f'aria-label="Statement {n}: permalink, why and history">why, history, permalink</a>{correct}</p></details></li>\n'
        )
    return "".join(out)


@lru_cache(maxsize=256)
def options(values: tuple[str, ...], chosen: str | None) -> Markup:
    """A field's values to choose from; one that is chosen and not among them is added."""
    every = (*values, chosen) if chosen and chosen not in values else values
    return Markup(
        '<option value="">not known</option>'
        + "".join(
            f'<option value="{safe(v)}"{" selected" if v == chosen else ""}>{safe(v.lower() if v in values else v)}</option>' for v in every
        )
    )


def within(others: Iterable[tuple[int | None, Statement]], chosen: str | None) -> str:
    """The other statements of a document as options, as HTML: in which one of them does this one stand?"""
    out = []
    for n, o in others:
        id_ = o.id
        who = _named((o.speaker.name if o.speaker else None) or show.opening(o.source, 30) or "unnamed")
        number = f"{n}. " if n else ""
        out.append(
            f'<option value="{safe(id_)}"{" selected" if id_ == chosen else ""}>{number}{who}: '
            f"{inner(show.opening(o.content, 50))}</option>"
        )
    return "".join(out)


@lru_cache(maxsize=4096)
def _named(name: str) -> str:
    return safe(show.short(name, 30))


def facet(
    values: Sequence[FacetValue], chosen: Collection[str], add: Callable[[str], str], drop: Callable[[str], str], *, lower: bool = False
) -> Markup:
    """A facet's values with their counts; ``add`` and ``drop`` give the address of the search with a value more or less."""
    out = []
    for v in values:
        label = safe(show.short(v.label.lower() if lower else v.label, 40))
        if v.value in chosen:
            out.append(
                f'<li class="on"><a rel="nofollow" href="{escape(drop(v.value))}" aria-current="true"><bdi>{label}</bdi>'
                f'<span class="unseen">, take out</span></a> <span class="num">{v.count:,}</span></li>\n'
            )
        else:
            out.append(
                f'<li><a rel="nofollow" href="{escape(add(v.value))}"><bdi>{label}</bdi></a> <span class="num">{v.count:,}</span></li>\n'
            )
    return Markup("".join(out))
