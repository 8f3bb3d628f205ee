"""Templates to pages, values to JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from onrecord.web import links, pieces, show
from onrecord.web.ask import Ask, Site

__all__ = ["environment", "fragment", "json_answer", "page", "see"]


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
        "when": show.when, "sort_name": show.sort_name, "value_words": show.value_words,
        "act": pieces.act, "because": pieces.because, "facts": pieces.facts, "main_links": pieces.main_links,
        "office": pieces.office, "options": pieces.options, "parties": pieces.parties, "plural": show.plural,
        "seal_field": pieces.seal_field, "speaker": pieces.who, "who_words": pieces.who_words,
    }  # fmt: skip
    return made


def fragment(template: str, *, ready: Mapping[str, str] | None = None, **values: Any) -> str:
    """A template filled in. ``ready``: long pieces that are HTML already, by the names that the template has for them."""
    made = environment()
    found = made.get_template(template)
    holes = {name: Markup(f"\0{name}") for name in ready or ()}
    # As ``found.render(values)``, which copies what all templates know name by name from a chain of mappings, and again at each import.
    context = made.context_class(made, {**made.globals, **values, **holes}, found.name, found.blocks)
    out = list(found.root_render_func(context))
    # Jinja copies a value two or three times on its way to the page. A text and its list are most of a page.
    for name, html in (ready or {}).items():
        if holes[name] in out:
            out[out.index(holes[name])] = html
    return "".join(out)


def page(site: Site, ask: Ask, template: str, *, status: int = 200, ready: Mapping[str, str] | None = None, **values: Any) -> Response:
    """A whole page; ``ready`` as in ``fragment``."""
    text = fragment(
        template, ready=ready, site=site, writable=site.writable, who=ask.who, seal=site.settings.seal, here=ask.here, **values
    )  # fmt: skip
    return HTMLResponse(text, status)


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
