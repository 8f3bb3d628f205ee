"""One page from the web, politely: robots.txt asked first, one request a second and host, bounded in time and size.

The standard library's client, as no more is needed: no cookies, no scripts, no retries.
"""

from __future__ import annotations

import contextlib
import email.message
import ipaddress
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import urllib.robotparser
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import IO, Any

from onrecord.errors import FetchError, TooLargeError
from onrecord.sources.budget import size_words

__all__ = ["AGENT", "Page", "fetch"]

AGENT = "onrecord/1 (research reader; one page at a time)"
_SECONDS = 30.0  # for the whole page; connecting and each wait for data get a third of it
_REDIRECTS = 5
_PAUSE = 1.0  # between two requests to one host
_ROBOTS_BYTES = 512 * 1024
_ANSWERS = {
    401: "the page needs a log-in (401)",
    403: "the site refused (403)",
    404: "there is no such page (404)",
    410: "the page is gone (410)",
    429: "the site asks for fewer requests (429)",
}

_lock = threading.Lock()
_last: dict[str, float] = {}
_robots: dict[str, urllib.robotparser.RobotFileParser | None] = {}


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address in the end, the bytes, the content type."""

    url: str
    data: bytes
    kind: str


def fetch(url: str, *, limit: int, seconds: float = _SECONDS) -> Page:
    """Get one http or https address. ``limit`` in bytes, ``seconds`` for everything. Raises FetchError and TooLargeError.

    What robots.txt forbids is not fetched. A redirect may not lead from the public net to a private address, nor from https to http.
    """
    deadline = time.monotonic() + seconds
    parts = _parts(url)
    clean = urllib.parse.urlunsplit(parts)
    if not _allowed(parts, deadline):
        raise FetchError(url, "the site's robots.txt asks programs not to fetch this page", "save the page in a browser and give the file")
    _wait(parts.netloc, deadline)
    data, final, kind = _get(clean, url, limit, deadline)
    if not data.strip():
        raise FetchError(url, "the site sent an empty page")
    return Page(final, data, kind)


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in ("http", "https"):
        raise FetchError(url, "it is not a web address", "an address looks like https://example.org/page")
    if parts.username or parts.password:
        raise FetchError(url, "addresses with a user name or password in them are not fetched")
    try:
        netloc = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise FetchError(url, "its host name is not valid") from None
    if ":" in netloc:
        netloc = f"[{netloc}]"
    if parts.port:
        netloc += f":{parts.port}"
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = urllib.parse.quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urllib.parse.SplitResult(parts.scheme.lower(), netloc, path, query, "")


def _wait(host: str, deadline: float) -> None:
    with _lock:
        now = time.monotonic()
        turn = max(now, _last.get(host, 0.0) + _PAUSE)
        _last[host] = turn
    time.sleep(max(0.0, min(turn, deadline) - now))


def _allowed(parts: urllib.parse.SplitResult, deadline: float) -> bool:
    root = f"{parts.scheme}://{parts.netloc}"
    if root not in _robots:
        rules: urllib.robotparser.RobotFileParser | None = urllib.robotparser.RobotFileParser()
        assert rules is not None
        try:
            data, _, _ = _get(root + "/robots.txt", root, _ROBOTS_BYTES, min(deadline, time.monotonic() + 10))
            rules.parse(data.decode("utf-8", "replace").splitlines())
        except (FetchError, TooLargeError) as e:
            # 401 and 403 forbid all (RFC 9309 leaves it open; caution costs little), other failures forbid nothing.
            rules = None if "401" not in e.reason and "403" not in e.reason else rules
            if rules:
                rules.disallow_all = True  # type: ignore[attr-defined]
        _robots[root] = rules
    rules = _robots[root]
    return rules is None or rules.can_fetch(AGENT, urllib.parse.urlunsplit(parts))


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        parts = _parts(newurl)
        if req.full_url.startswith("https:") and parts.scheme != "https":
            raise FetchError(
                req.full_url, "it redirects from https to an address without protection", f"if you trust it, give {newurl[:200]}"
            )
        if _private(parts.hostname or "") and not _private(urllib.parse.urlsplit(req.full_url).hostname or ""):
            raise FetchError(req.full_url, "it redirects to an address inside a private network")
        return super().redirect_request(req, fp, code, msg, headers, urllib.parse.urlunsplit(parts))


def _private(host: str) -> bool:
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(str(a).split("%")[0]).is_global for a in addresses)


class _Watch:
    """Hangs up when the time is over, whatever the site is at: a wait for one more byte of a header has no other end."""

    def __init__(self, seconds: float) -> None:
        self.sockets: list[socket.socket] = []
        self.over = False
        self.timer = threading.Timer(max(0.0, seconds), self._hang_up)
        self.timer.daemon = True

    def connect(self, *args: Any, **options: Any) -> socket.socket:
        made = socket.create_connection(*args, **options)
        self.sockets.append(made.dup())  # the one itself is taken apart when TLS is put over it
        if self.over:
            self._hang_up()
        return made

    def _hang_up(self) -> None:
        self.over = True
        for s in self.sockets:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Watch:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        for s in self.sockets:
            s.close()

    def handlers(self) -> tuple[urllib.request.BaseHandler, ...]:
        """Openers whose connections are watched."""
        watch = self

        def watched(kind: Any) -> Any:
            def make(*args: Any, **options: Any) -> Any:
                connection = kind(*args, **options)
                connection._create_connection = watch.connect
                return connection

            return make

        class Plain(urllib.request.HTTPHandler):
            def http_open(self, req: urllib.request.Request) -> Any:
                return self.do_open(watched(HTTPConnection), req)

        class Safe(urllib.request.HTTPSHandler):
            def https_open(self, req: urllib.request.Request) -> Any:
                return self.do_open(watched(HTTPSConnection), req)

        return Plain(), Safe()


def _get(url: str, named: str, limit: int, deadline: float) -> tuple[bytes, str, str]:
    """Bytes, final address and content type of one address."""
    with _Watch(deadline - time.monotonic()) as watch:
        try:
            return _answer(url, named, limit, deadline, watch)
        except FetchError:
            if watch.over:  # whatever the broken connection looked like
                raise FetchError(named, "the site was too slow", "try again later, or save the page in a browser") from None
            raise


def _answer(url: str, named: str, limit: int, deadline: float, watch: _Watch) -> tuple[bytes, str, str]:
    left = deadline - time.monotonic()
    opener = urllib.request.build_opener(_Redirects, *watch.handlers())
    request = urllib.request.Request(
        url, headers={"User-Agent": AGENT, "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain,*/*;q=0.5"}
    )
    try:
        with opener.open(request, timeout=max(0.1, min(left, _SECONDS / 3))) as answer:
            headers: email.message.Message = answer.headers
            declared = headers.get("Content-Length", "")
            if declared.isdigit() and int(declared) > limit:
                raise TooLargeError(named, f"the page is larger than {size_words(limit)}")
            pieces, size = [], 0
            while piece := answer.read1(1 << 16):
                size += len(piece)
                if size > limit:
                    raise TooLargeError(named, f"the page is larger than {size_words(limit)}")
                if time.monotonic() > deadline:
                    raise FetchError(named, "the site was too slow", "try again later, or save the page in a browser")
                pieces.append(piece)
            if watch.over:  # a connection that was hung up ends like one that was closed
                raise FetchError(named, "the site was too slow", "try again later, or save the page in a browser")
            return b"".join(pieces), answer.geturl(), headers.get_content_type()
    except urllib.error.HTTPError as e:
        e.close()
        wandering = "it redirects without end, or to what is no web page"
        words = _ANSWERS.get(e.code, wandering if 300 <= e.code < 400 else f"the site answered with error {e.code}")
        raise FetchError(named, words, "save the page in a browser and give the file" if e.code in (401, 403) else "") from None
    except TimeoutError:
        raise FetchError(named, "the site did not answer in time", "try again later") from None
    except urllib.error.URLError as e:
        if isinstance(e.reason, TimeoutError):
            raise FetchError(named, "the site did not answer in time", "try again later") from None
        raise FetchError(named, f"the site could not be reached: {_words(e.reason)}", "check the address and the network") from None
    except (HTTPException, OSError, ValueError) as e:
        raise FetchError(named, f"the site broke off: {_words(e)}") from None


def _words(e: object) -> str:
    text = getattr(e, "strerror", None) or str(e) or type(e).__name__
    return re.sub(r"[^\x20-\x7e]+", " ", str(text))[:120].lower()
