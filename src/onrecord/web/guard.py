"""The gate before every page: who may ask, how much, and what the browser is told about the answer.

A page on another site can make the user's browser send requests here. Against that: the ``Host`` must be one of ours, so
that a foreign name cannot be pointed at this machine (DNS rebinding); a write must come from a page of ours (``Origin``,
``Sec-Fetch-Site``) and carry the seal that only our pages know, or be JSON, which a foreign page cannot send unasked.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import time
from collections import deque
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from markupsafe import escape
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.web.problem import Problem
from onrecord.web.settings import Settings

__all__ = ["HEADERS", "Guard"]

#: Nothing but our own files, no inline code, no frames; a form leads back here only.
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": with that a browser sends ``Origin: null`` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_SAFE = ("GET", "HEAD")
TOKEN_COOKIE = "onrecord_token"


class Guard:
    """Middleware. What is refused is answered here; a write's body is read here and lies in ``scope["state"]["body"]``."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self._open = 0
        self._writes: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        path: str = scope["path"]
        if path.endswith(".json") and path != "/openapi.json":
            scope["path"], scope["state"]["json"] = path[:-5], True
            scope["raw_path"] = quote(path[:-5]).encode()

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                have = {k for k, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in HEADERS if h[0] not in have)]
                if b"cache-control" not in have:
                    message["headers"].append((b"cache-control", b"no-cache, private"))
            await send(message)

        self._open += 1
        try:
            headers = Headers(scope=scope)
            if self._open > self.settings.in_flight:
                raise Problem(503, "too many requests at once", "try again in a moment")
            self._address(scope, headers)
            if await self._token(scope, headers, sealed):
                return
            if scope["method"] not in _SAFE:
                self._origin(scope, headers)
                scope["state"]["body"] = await self._body(headers, receive)
                self._paced()
        except Problem as p:
            await refuse(p, Headers(scope=scope), sealed)
            return
        else:
            await self.app(scope, receive, sealed)
        finally:
            self._open -= 1

    def _address(self, scope: Scope, headers: Headers) -> None:
        if len(scope["path"]) + len(scope.get("query_string", b"")) > self.settings.address:
            raise Problem(414, f"the address is longer than {self.settings.address} bytes", "narrow the search in another way")
        name = host_name(headers.get("host", ""))
        if not (is_loopback(name) or name in self.settings.hosts or (self.settings.token is not None and is_ip(name))):
            raise Problem(
                421, "this address is not one of the reading room's", "open it as http://127.0.0.1:PORT, or serve it with --allow-host NAME"
            )

    async def _token(self, scope: Scope, headers: Headers, send: Send) -> bool:
        """Check the token, if one is asked for. True: answered with the redirect that takes the token out of the address."""
        if self.settings.token is None:
            return False
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [v for k, v in query if k == "token"]
        if given and scope["method"] in _SAFE and same(given[-1], self.settings.token):
            rest = urlencode([(k, v) for k, v in query if k != "token"])
            # One slash only: "//elsewhere" would lead to another site.
            where = "/" + quote(scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
            cookie = f"{TOKEN_COOKIE}={self.settings.token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"
            await answer(303, b"", [(b"location", where.encode()), (b"set-cookie", cookie.encode())], send)
            return True
        bearer = headers.get("authorization", "")
        shown = bearer[7:] if bearer.lower().startswith("bearer ") else cookie_of(headers.get("cookie", ""), TOKEN_COOKIE)
        if not same(shown, self.settings.token):
            raise Problem(401, "this reading room asks for a token", "open it with the address that onrecord serve printed")
        return False

    def _origin(self, scope: Scope, headers: Headers) -> None:
        if self.settings.read_only:
            raise Problem(403, "this reading room is open for reading only", "start onrecord serve without --read-only")
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        if (site is not None and site != "same-origin") or (
            origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
        ):
            raise Problem(403, "a write must come from a page of this reading room", "open the page anew and try again")

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        bound = self.settings.body
        too_large = Problem(413, f"more than {bound} bytes were sent", "send less at once")
        if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > bound:
            raise too_large
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > bound:
                raise too_large
            more = message.get("more_body", False)
        body = b"".join(parts)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded":
            seal = dict(parse_qsl(body.decode("utf-8", "replace"))).get("seal", "")
            if not same(seal, self.settings.seal):
                raise Problem(403, "the form does not carry this reading room's seal", "reload the page and send it again")
        elif kind != "application/json":
            raise Problem(415, "a write is a form or JSON", "send it as application/json")
        return body

    def _paced(self) -> None:
        moment = time.monotonic()
        while self._writes and self._writes[0] < moment - 60:
            self._writes.popleft()
        if len(self._writes) >= self.settings.writes:
            raise Problem(429, f"more than {self.settings.writes} writes in a minute", "wait a little")
        self._writes.append(moment)


def same(given: str, wanted: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def cookie_of(cookies: str, name: str) -> str:
    for part in cookies.split(";") if cookies else ():
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def host_name(host: str) -> str:
    """The name in a ``Host`` header, without the port."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Does this name or number always mean the machine itself?"""
    return name == "localhost" or (is_ip(name) and ipaddress.ip_address(name).is_loopback)


async def answer(status: int, body: bytes, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def refuse(p: Problem, headers: Headers, send: Send) -> None:
    """What the gate refuses: a plain page for a browser, else JSON."""
    if "text/html" in headers.get("accept", ""):
        words = escape(". ".join(w[:1].upper() + w[1:] for w in (p.message, p.advice) if w))
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>onrecord</title><link rel="stylesheet" href="/static/room.css">'
            f'<main class="narrow"><h1>That did not work</h1><p role="alert">{words}.</p>'
            '<p><a href="/search">To the search page</a></p></main></html>'
        )
        await answer(p.status, page.encode(), [(b"content-type", b"text/html; charset=utf-8")], send)
        return
    body = json.dumps(p.to_dict(), ensure_ascii=False).encode()
    await answer(p.status, body, [(b"content-type", b"application/json")], send)
