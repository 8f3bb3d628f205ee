"""What to look for: one value behind the shell, Python and the web page's addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from onrecord.errors import UsageError

__all__ = ["FACETS", "SORTS", "STATUSES", "Query", "day_range"]

#: Fields that results can be counted by.
FACETS = (
    "speaker", "country", "role", "act", "target", "target_country", "addressee", "addressee_country", "kind", "outlet", "month",
)  # fmt: skip
SORTS = ("newest", "oldest", "published", "relevance", "surest", "unsurest", "added", "document")
#: shown: all but what a coder rejected or replaced.
STATUSES = ("shown", "unreviewed", "accepted", "rejected", "replaced", "all")

_LISTS = (*FACETS, "document", "cluster")
_LARGEST_PAGE = 1000
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions that all hold at once; within a list any one value is enough. Empty: everything.

    ``text``: words in the content (see ``fulltext``). ``speaker``, ``target``, ``addressee``: an actor's id, or words of its
    name; ``target`` and ``addressee`` take a country's or organisation's code too. ``country``, ``target_country``,
    ``addressee_country``: codes. A name that is a value in the record (as facets give it) means just that one; with ``~`` before it,
    all that have its words (``~Kennedy``). ``role``, ``outlet``: words of it. ``act``, ``kind``: names. ``month``: ``2021-12``.
    ``since``, ``until``: first and last day of the date of saying (``2021``, ``2021-12``, ``2021-12-02``; ``until`` takes in the
    whole of it), the day of publication where the date of saying is unknown. ``published_since``, ``published_until``: the same
    of publication. ``document``, ``cluster``: ids. ``nested``: only nested statements, or none. ``status``: see ``STATUSES``.
    ``sort``, ``page`` (from 1), ``size`` (statements a page). ``count``: what facets and totals count, ``statements`` or
    ``clusters`` (the same words in many articles once).

    Raises UsageError when made from values that make no sense.
    """

    text: str = ""
    speaker: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    target_country: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    addressee_country: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    published_since: str | None = None
    published_until: str | None = None
    min_confidence: float = 0.0
    max_confidence: float = 1.0
    nested: bool | None = None
    status: str = "shown"
    sort: str = "newest"
    page: int = 1
    size: int = 20
    count: str = "statements"

    def __post_init__(self) -> None:
        for name in _LISTS:
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, tuple):
                object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
            if len(getattr(self, name)) > _MOST_VALUES:
                raise UsageError(f"{name} has more than {_MOST_VALUES} values")
        object.__setattr__(self, "act", tuple(a.upper() for a in self.act))
        for name in ("since", "until", "published_since", "published_until"):
            if getattr(self, name) is not None:
                day_range(getattr(self, name))
        for month in self.month:
            if not re.fullmatch(r"\d{4}-\d{2}", month):
                raise UsageError(f"{month!r:.40} is not a month such as 2021-12")
            day_range(month)
        _one_of("status", self.status, STATUSES)
        _one_of("sort", self.sort, SORTS)
        _one_of("count", self.count, ("statements", "clusters"))
        if not 0 <= self.min_confidence <= 1 or not 0 <= self.max_confidence <= 1:
            raise UsageError("a confidence lies between 0 and 1")
        if self.page < 1 or not 1 <= self.size <= _LARGEST_PAGE:
            raise UsageError(f"pages count from 1 and hold 1 to {_LARGEST_PAGE} statements")
        if self.sort == "relevance" and not self.text.strip():
            raise UsageError("sorting by relevance needs words to search for")

    def to_params(self) -> list[tuple[str, str]]:
        """The conditions that differ from the default, as pairs for an address, in a fixed order."""
        out = []
        for f in fields(self):
            value = getattr(self, f.name)
            if value == f.default:
                continue
            if isinstance(value, tuple):
                out += [(f.name, str(v)) for v in value]
            else:
                out.append((f.name, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)))
        return out

    @classmethod
    def from_params(cls, pairs: Iterable[tuple[str, str]]) -> Query:
        """The inverse of ``to_params``. Empty values and unknown names are passed over. Raises UsageError."""
        known = {f.name: f for f in fields(cls)}
        made: dict[str, Any] = {}
        for name, value in pairs:
            value = value.strip()
            if name not in known or not value:
                continue
            if name in _LISTS:
                made[name] = (*made.get(name, ()), value)
            elif name == "nested":
                made[name] = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(value.lower())
            elif name in ("page", "size", "min_confidence", "max_confidence"):
                try:
                    made[name] = int(value) if name in ("page", "size") else float(value)
                except ValueError as e:
                    raise UsageError(f"{name} is a number, not {value!r:.40}") from e
            else:
                made[name] = value
        return cls(**made)

    def to_dict(self) -> dict[str, Any]:
        """The conditions that differ from the default, as JSON values."""
        return {
            f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Query:
        """The inverse of ``to_dict``. Raises UsageError."""
        try:
            made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
            return cls(**made)
        except TypeError as e:
            raise UsageError(f"not a query: {e}") from e

    def on_page(self, page: int) -> Query:
        return replace(self, page=page)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} is one of {', '.join(allowed)}, not {value!r:.40}")


def day_range(value: str) -> tuple[date, date]:
    """First day and the day after the last of a year, month or day in ISO 8601 (a time of day is passed over). Raises UsageError."""
    m = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?", value.strip())
    try:
        if not m:
            raise ValueError
        year, month, day = (int(x) if x else None for x in m.groups())
        assert year is not None
        if day:
            first = date(year, month or 1, day)
            return first, first + timedelta(days=1)
        if month:
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        return date(year, 1, 1), date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise UsageError(f"{value!r:.40} is not a date such as 2021, 2021-12 or 2021-12-02") from None
