"""A small corpus of several formats, and what comparing two places of results needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WORDS = "the harbour would stay shut until the ice was gone and no ship of any flag would be let through before the spring"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a place of results but its lock, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != ".lock"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Seven files, one of which is no text; among them a table, a page and a crawl."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(
            f"Rusk said that {WORDS}, report {n}\nThe ships turned.\nZorin said nothing of the kind {n}\n", "utf8"
        )
    rows = [{"text": f"Stevenson said {WORDS} number {n} of many", "published": "1962-10-25", "outlet": "Gazette"} for n in range(40)]
    rows.insert(3, {"text": ""})
    rows.insert(9, {"text": f"BREAK said {WORDS}"})
    (folder / "table.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf8")
    (folder / "empty.txt").write_bytes(b"")
    body = f"<p>Gromyko said {WORDS}.</p><p>{WORDS.capitalize()}.</p>"
    page = f"<html><head><title>Port</title></head><body><article>{body}</article></body></html>"
    (folder / "page.html").write_text(page, "utf8")
    (folder / "crawl.warc").write_bytes(
        b"".join(_answer(f"https://example.org/{n}", page.replace("Gromyko", f"Delegate{n}")) for n in range(2))
    )
    return folder


def _answer(url: str, page: str) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-12-02T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{int(url[-1]):012d}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"
