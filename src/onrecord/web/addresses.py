"""Every address of the reading room, with what it takes and gives: routes and the OpenAPI description are both made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from onrecord.web import actor_pages, chart_pages, document_pages, quote_pages, render, review_pages, search_pages
from onrecord.web.ask import Ask, Site

__all__ = ["ADDRESSES", "Address", "Page"]

Page = Callable[[Site, Ask], Response]


@dataclass(frozen=True, slots=True)
class Address:
    """``query``: names of the parameters in the address, ``*`` for all of a search. ``sends``, ``gives``: schemas by name (openapi.py)."""

    method: str
    path: str
    page: Page
    gives: str
    query: tuple[str, ...] = ()
    sends: dict[str, Any] | None = None
    status: int = 200
    name: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.page.__name__)


def openapi(site: Site, ask: Ask) -> Response:
    """This description."""
    from onrecord.web.openapi import described

    return render.json_answer(described())


_WORD = {"type": "string"}
_ANY = {"type": "object"}
_SIGNED = {"who": _WORD, "why": _WORD}
_ONE = {"field": _WORD, "value": {}, **_SIGNED}
_SPANS = {"type": "array", "items": {"type": "object", "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}}}}
#: A statement to add: its spans, and any other field of the contract.
_NEW = {"source": _SPANS, "cue": _SPANS, "content": _SPANS, "kind": _WORD, "act": _WORD, "speaker": _ANY, **_SIGNED}

ADDRESSES = (
    Address("GET", "/", search_pages.home, "redirect"),
    Address("GET", "/search", search_pages.search, "SearchPage", query=("*",)),
    Address("GET", "/export", search_pages.export, "file", query=("*", "format", "plain")),
    Address(
        "POST", "/searches", search_pages.save_search, "Saved", sends={"name": _WORD, "query": {"$ref": "#/components/schemas/Query"}},
        status=201,
    ),
    Address("GET", "/searches/{name}", search_pages.saved, "SavedSearch"),
    Address("POST", "/searches/{name}/seen", search_pages.see_search, "Saved", sends={}),
    Address("POST", "/searches/{name}/drop", search_pages.drop_search, "Saved", sends={}),
    Address("GET", "/documents", document_pages.documents, "DocumentList", query=("words", "outlet", "page")),
    Address("GET", "/documents/{id}", document_pages.document, "DocumentPage", query=("part", "at")),
    Address("GET", "/statements/{id}", document_pages.statement, "StatementPage"),
    Address("GET", "/statements/{id}/card", document_pages.card, "Card"),
    Address("GET", "/actors", actor_pages.actors, "ActorList", query=("words", "page", "*")),
    Address("GET", "/actors/{id:path}", actor_pages.actor, "ActorPage"),
    Address("GET", "/changes", actor_pages.changes, "Changes", query=("*",)),
    Address("GET", "/timeline", chart_pages.timeline, "Timeline", query=("*", "show")),
    Address("GET", "/network", chart_pages.network, "Network", query=("*", "of")),
    Address("GET", "/quotes", quote_pages.quotes, "QuoteList", query=("*",)),
    Address("GET", "/quotes/{id}", quote_pages.quote, "QuotePage", query=("page",)),
    Address("GET", "/documents/{id}/add", review_pages.missed, "page", query=("part",)),
    Address("POST", "/documents/{id}/statements", review_pages.add, "Corrected", sends=_NEW, status=201),
    Address("POST", "/statements/{id}", review_pages.change, "Corrected", sends={"changes": _ANY, **_SIGNED}, status=201),
    Address("POST", "/statements/{id}/corrections", review_pages.correct, "Corrected", sends=_ONE, status=201),
    Address("POST", "/corrections/{number}/undo", review_pages.undo, "Corrected", sends=_SIGNED, status=201),
    Address("GET", "/review", review_pages.queue, "Queue", query=("*",)),
    Address("GET", "/review/{id}", review_pages.desk, "Statement", query=("whole",)),
    Address("POST", "/who", review_pages.sign, "Who", sends={"who": _WORD}),
    Address("GET", "/history", review_pages.history, "History", query=("who", "document", "field", "statement", "page")),
    Address("GET", "/openapi.json", openapi, "Description"),
    Address("GET", "/agreement", review_pages.agree, "AgreementPage", query=("a", "b", "field", "page")),
)  # fmt: skip
