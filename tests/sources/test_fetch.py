"""Web addresses, from a server of the test's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import made
import pytest

from onrecord.document import Document
from onrecord.errors import FetchError, SourceError, TooLargeError
from onrecord.sources import expand, fetch, open_source
from onrecord.sources.fetch import AGENT


class Site(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["User-Agent"]))
        pages: dict[str, tuple[int, str, bytes]] = {
            "/robots.txt": (200, "text/plain", b"User-agent: *\nDisallow: /private/\n"),
            "/a.html": (200, "text/html; charset=utf-8", made.html()),
            "/a.pdf": (200, "application/pdf", made.pdf()),
            "/private/a.html": (200, "text/html", made.html()),
            "/large": (200, "text/plain", b"He said so. " * 20_000),
            "/empty": (200, "text/html", b""),
            "/forbidden": (403, "text/html", b"no"),
        }
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/a.html")
            self.end_headers()
            return
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        if self.path == "/to-file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        if self.path in ("/slow", "/slow-headers"):
            if self.path == "/slow":
                self.send_response(200)
                self.end_headers()
            else:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            try:
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.1)
            except OSError:
                pass
            return
        status, kind, body = pages.get(self.path, (404, "text/html", b"gone"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(fetch, "_PAUSE", 0.05)
    fetch._robots.clear()
    Site.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def one(url: str) -> Document | SourceError:
    (got,) = open_source(url)
    return got


@pytest.mark.parametrize("path", ["/a.html", "/moved", "/a.pdf"])
def test_page(site: str, path: str) -> None:
    got = one(site + path)
    assert isinstance(got, Document)
    assert got.text == f"{made.TITLE}\n\n{made.TEXT}"
    assert got.path == site + path
    assert got.url == site + ("/a.html" if path == "/moved" else path)


def test_says_who_it_is_and_asks_robots_once(site: str) -> None:
    one(site + "/a.html")
    one(site + "/a.html")
    assert [p for p, _ in Site.seen] == ["/robots.txt", "/a.html", "/a.html"]
    assert {agent for _, agent in Site.seen} == {AGENT}


def test_robots_are_obeyed(site: str) -> None:
    got = one(site + "/private/a.html")
    assert isinstance(got, FetchError)
    assert "robots.txt" in str(got)
    assert [p for p, _ in Site.seen] == ["/robots.txt"]


def test_two_requests_to_one_host_are_apart(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_PAUSE", 0.5)
    one(site + "/nothing")
    started = time.monotonic()
    one(site + "/nothing")
    assert time.monotonic() - started > 0.3


@pytest.mark.parametrize(
    ("path", "words"), [("/nothing", "404"), ("/forbidden", "403"), ("/empty", "empty"), ("/loop", "redirects"), ("/to-file", "redirects")]
)
def test_faults(site: str, path: str, words: str) -> None:
    got = one(site + path)
    assert isinstance(got, FetchError)
    assert words in str(got)
    assert "\n" not in str(got)


def test_bounds(site: str) -> None:
    with pytest.raises(TooLargeError):
        fetch.fetch(site + "/large", limit=1000)
    for path in ("/slow", "/slow-headers"):
        started = time.monotonic()
        with pytest.raises(FetchError, match=r"slow|time"):
            fetch.fetch(site + path, limit=1000, seconds=1)
        assert time.monotonic() - started < 3


@pytest.mark.parametrize("url", ["http://", "http://user:pw@example.org/", "https://[", "http://127.0.0.1:1/"])
def test_addresses_that_cannot_be(url: str) -> None:
    assert isinstance(one(url), FetchError)


def test_private_addresses_are_not_reached_by_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch._private("127.0.0.1")
    assert fetch._private("169.254.169.254")
    assert not fetch._private("8.8.8.8")


def test_expand_leaves_addresses_alone() -> None:
    assert list(expand(["https://example.org/a?b=c"])) == ["https://example.org/a?b=c"]
