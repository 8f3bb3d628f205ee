"""What a request asks for, and the room it is asked in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from onrecord.record import Query, Record
from onrecord.web.guard import cookie_of
from onrecord.web.problem import Problem
from onrecord.web.settings import Settings

__all__ = ["WHO_COOKIE", "Ask", "Site"]

WHO_COOKIE = "onrecord_who"


@dataclass(frozen=True, slots=True)
class Site:
    """The open record and how it is shown."""

    record: Record
    settings: Settings

    @property
    def writable(self) -> bool:
        return self.record.mode != "r" and not self.settings.read_only

    @property
    def empty(self) -> bool:
        """Is there no document yet?"""
        return not self.record.document_rows(limit=1)[1]


class Ask:
    """One request: its address, what was sent with it, and who sent it."""

    def __init__(self, request: Request, settings: Settings) -> None:
        self.request, self._settings = request, settings

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The address's parameters in order."""
        query: bytes = self.request.scope["query_string"]
        try:
            return parse_qsl(query.decode("latin-1"), keep_blank_values=False, max_num_fields=500) if query else []
        except ValueError:
            raise Problem(400, "the address has more than 500 parameters") from None

    def param(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return next((v for k, v in reversed(self.pairs) if k == name), default)

    def number(self, name: str, default: int, *, least: int = 1, most: int = 1_000_000) -> int:
        """A parameter that is a whole number within bounds."""
        value = self.param(name) or str(default)
        if not value.isascii() or not value.isdigit() or len(value) > 9 or not least <= int(value) <= most:
            raise Problem(400, f"{name} is a number from {least} to {most}")
        return int(value)

    @property
    def here(self) -> str:
        """The path that is asked for, without ``.json``."""
        return str(self.request.scope["path"])

    def absolute(self, path: str) -> str:
        """The whole address of a path of this site."""
        return f"{self.request.scope['scheme']}://{self.header(b'host')}{path}"

    def header(self, name: bytes) -> str:
        """The first header of this name, in small letters; empty if there is none."""
        for key, value in self.request.scope["headers"]:
            if key == name:
                return str(value, "latin-1")
        return ""

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def query(self, pairs: Sequence[tuple[str, str]] | None = None) -> Query:
        """The search that the address stands for, no more than a page's bound at once."""
        made = Query.from_params(self.pairs if pairs is None else pairs)
        if made.size > self._settings.page:
            raise Problem(400, f"a page holds at most {self._settings.page} statements", "take the next page, or export")
        return made

    @cached_property
    def json(self) -> bool:
        """Is JSON wanted? By ``.json``, by sending JSON, or by an ``Accept`` that names it before HTML."""
        scope = self.request.scope
        if scope["state"].get("json"):
            return True
        if scope["method"] == "POST" and self.header(b"content-type").startswith("application/json"):
            return True
        accept = self.header(b"accept").lower()
        at = accept.find("application/json")
        html = accept.find("text/html")
        return at >= 0 and (html < 0 or at < html)

    @cached_property
    def sent(self) -> dict[str, Any]:
        """What was sent: a JSON object, or a form's fields (of several values of one name the last; see ``all_sent``)."""
        body: bytes = self.request.state._state.get("body", b"")
        if self.header(b"content-type").startswith("application/json"):
            try:
                value = json.loads(body)
            except (ValueError, RecursionError):
                raise Problem(400, "what was sent is not JSON") from None
            if not isinstance(value, dict):
                raise Problem(400, "send a JSON object")
            return value
        return dict(self._fields(body))

    def all_sent(self, name: str) -> list[str]:
        """Every value of a form's field."""
        return [v for k, v in self._fields(self.request.state._state.get("body", b"")) if k == name]

    @staticmethod
    def _fields(body: bytes) -> list[tuple[str, str]]:
        try:
            return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=1000)
        except (UnicodeDecodeError, ValueError):
            raise Problem(400, "the form could not be read") from None

    @cached_property
    def who(self) -> str:
        """The coder: as sent, else as the browser remembers, else as the room was told."""
        sent = self.sent.get("who") if self.request.scope["method"] == "POST" else None
        if isinstance(sent, str) and sent.strip():
            return " ".join(sent.split())[:200]
        return unquote(cookie_of(self.header(b"cookie"), WHO_COOKIE))[:200] or self._settings.who
