"""Templates to pages, values to JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from onrecord.web import forms, links, pieces, show
from onrecord.web.ask import Ask, Site

__all__ = ["environment", "filled", "fragment", "json_answer", "page", "see"]


@cache
def environment() -> Environment:
    """Escaping is on for everything; a name that a template misspells is an error."""
    made = Environment(
        loader=PackageLoader("onrecord.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=show.finalize, auto_reload=False,  # the templates are looked for once, not at every page
    )  # fmt: skip
    made.filters |= {
        "day": show.day, "period": show.period, "moment": show.moment, "thousands": show.thousands, "percent": show.percent,
        "joined": show.joined, "short": show.short, "one_line": show.one_line,
    }  # fmt: skip
    made.globals |= {
        "query_url": links.query_url, "toggled": links.toggled, "with_each": links.with_each, "document_url": links.document_url,
        "statement_url": links.statement_url, "quote_url": links.quote_url, "paged": links.paged, "actor_url": links.actor_url,
        "actor_id": links.actor_id,
        "choices": forms.CHOICES, "when": show.when, "sort_name": show.sort_name, "value_words": show.value_words,
        "act": pieces.act, "facts": pieces.facts, "main_links": pieces.main_links,
        "office": pieces.office, "options": pieces.options, "parties": pieces.parties, "plural": show.plural,
        "seal_field": pieces.seal_field, "speaker": pieces.who, "who_words": pieces.who_words,
    }  # fmt: skip
    return made


def fragment(template: str, **values: Any) -> str:
    made = environment()
    found = made.get_template(template)
    # As ``found.render(values)``, which copies what all templates know name by name from a chain of mappings, and again at each import.
    context = made.context_class(made, {**made.globals, **values}, found.name, found.blocks)
    return made.concat(found.root_render_func(context))


def page(site: Site, ask: Ask, template: str, *, status: int = 200, **values: Any) -> Response:
    """A whole page."""
    text = fragment(
        template, record_name=site.record.path.name, writable=site.writable, who=ask.who, seal=site.settings.seal, here=ask.here, **values
    )  # fmt: skip
    return HTMLResponse(text, status)


def filled(site: Site, ask: Ask, template: str, holes: Mapping[str, str], **values: str | bool) -> Response:
    """A whole page of which nearly all is made by plain functions.

    ``holes``: pieces of HTML by the names that the template has for them. ``values``: what else it asks for, few things with few values,
    since for each set of them what stands around the holes is made once.
    """
    section = "/" + ask.here.split("/")[1]
    frame = _frame(template, tuple(holes), site.record.path.name, site.writable, site.settings.seal, section, tuple(values.items()))
    return HTMLResponse("".join([holes[x] if i % 2 else x for i, x in enumerate(frame)]))


@lru_cache(maxsize=128)
def _frame(
    template: str,
    holes: tuple[str, ...],
    record_name: str,
    writable: bool,
    seal: str,
    here: str,
    values: tuple[tuple[str, str | bool], ...],
) -> list[str]:
    """What stands around the holes of a page; each second piece is the name of a hole."""
    # No text brings a NUL with it: whatever is filled in has its control characters made visible.
    marks = {name: Markup(f"\0{name}\0") for name in holes}
    return fragment(template, record_name=record_name, writable=writable, seal=seal, here=here, **dict(values), **marks).split("\0")


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, media_type="application/json")


def either(ask: Ask, html: Callable[[], Response], value: Callable[[], Any]) -> Response:
    """The page, or the same as JSON if that is asked for."""
    made = json_answer(value()) if ask.json else html()
    made.raw_headers.append((b"vary", b"accept"))
    return made


def see(address: str) -> Response:
    """After a write: go and look at this page."""
    return RedirectResponse(address, 303)
