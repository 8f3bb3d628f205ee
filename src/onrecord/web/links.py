"""Addresses within the reading room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from onrecord.record import Query
from onrecord.record.terms import speaker_value
from onrecord.statement import ActorRef, Speaker

__all__ = ["actor_id", "actor_url", "document_url", "paged", "query_url", "quote_url", "quoted", "statement_url", "toggled", "with_each"]


def query_url(query: Query, path: str = "/search", *, more: Sequence[tuple[str, str]] = (), **changes: Any) -> str:
    """The address of ``path`` for ``query`` with ``changes``; a changed filter starts at the first page again."""
    if changes and "page" not in changes:
        changes["page"] = 1
    pairs = [*(replace(query, **changes) if changes else query).to_params(), *more]
    return path + (f"?{urlencode(pairs)}" if pairs else "")


def with_each(query: Query, field: str) -> Callable[[str], str]:
    """A function from one more value of ``field`` to the address of the search with it: of many values each costs only its quoting."""
    pairs = [p for p in query.to_params() if p[0] != "page"]
    at = max((i + 1 for i, (name, _) in enumerate(pairs) if name == field), default=len(pairs))
    before, after = urlencode(pairs[:at]), urlencode(pairs[at:])
    head = "/search?" + (f"{before}&" if before else "") + field + "="
    tail = f"&{after}" if after else ""
    return lambda value: head + quote_plus(value) + tail


def paged(path: str, pairs: Sequence[tuple[str, str]] = ()) -> Callable[[int], str]:
    """A function from the number of a page to its address: ``path`` with ``pairs``; the first page needs no number."""

    def address(page: int) -> str:
        held = urlencode([*pairs, ("page", str(page))] if page > 1 else list(pairs))
        return f"{path}?{held}" if held else path

    return address


def toggled(query: Query, field: str, value: str) -> Query:
    """``query`` with a facet's value added, or taken out if it was there."""
    have: tuple[str, ...] = getattr(query, field)
    made = tuple(v for v in have if v != value) if value in have else (*have, value)
    return replace(query, **{field: made, "page": 1})  # type: ignore[arg-type]


def document_url(id: str, *, at: str | None = None) -> str:
    """A document; ``at``: opened where a statement stands."""
    return f"/documents/{quoted(id)}" + (f"?at={at}#s-{at}" if at else "")


def statement_url(id: str) -> str:
    return f"/statements/{quoted(id)}"


def quote_url(id: str) -> str:
    return f"/quotes/{quoted(id)}"


def quoted(id: str) -> str:
    """An id as a piece of an address."""
    return id if id.isascii() and id.isalnum() else quote(id, safe="")


def actor_id(who: Speaker | ActorRef | None) -> str | None:
    """What tells this actor from others: its id, else its name."""
    return speaker_value(who.id, who.name) if who else None


@lru_cache(maxsize=4096)
def actor_url(id: str) -> str:
    return f"/actors/{quote(id, safe=':')}"
