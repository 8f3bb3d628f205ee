"""The gate: no other site reads or writes here, and nobody sends too much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from onrecord.record import Record
from onrecord.web.addresses import ADDRESSES
from onrecord.web.guard import HEADERS
from onrecord.web.problem import CODES

from .conftest import client, seal, send

WEB = Path(__file__).resolve().parents[2] / "src" / "onrecord" / "web"
OURS = {"origin": "http://127.0.0.1:8400"}


@pytest.mark.parametrize("host", ["127.0.0.1:8400", "localhost:9", "[::1]:8400", "127.0.0.1", "127.8.9.1"])
def test_loopback_is_answered_by_any_of_its_names(room: TestClient, host: str) -> None:
    assert room.get("/search.json", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.7:8400", "", "[::2]"])
def test_a_foreign_name_is_not(room: TestClient, host: str) -> None:
    answer = room.get("/search.json", headers={"host": host})
    assert answer.status_code == 421
    assert answer.json()["error"]["code"] == "wrong_host"


def test_a_browser_is_refused_with_a_page(room: TestClient) -> None:
    answer = room.post("/who", data={"who": "<b>"}, headers=OURS | {"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "Reload the page and send it again" in answer.text


def test_a_name_that_was_allowed_is(path: Path) -> None:
    with client(path, hosts=("newsroom.example",)) as room:
        assert room.get("/search.json", headers={"host": "newsroom.example:80"}).status_code == 200


WRITES = tuple(a.path.format(name="x", id="x", number="1") for a in ADDRESSES if a.method == "POST")


@pytest.mark.parametrize("address", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        OURS | {"sec-fetch-site": "cross-site"},
    ],
)
def test_no_other_site_writes(room: TestClient, address: str, headers: dict[str, str]) -> None:
    form = {"seal": seal(room), "who": "X", "name": "x"}
    assert room.post(address, data=form, headers=headers).status_code == 403
    assert room.post(address, json=form, headers=headers).status_code == 403


@pytest.mark.parametrize("address", WRITES)
def test_a_form_needs_the_seal_and_a_write_a_known_type(room: TestClient, address: str) -> None:
    assert room.post(address, data={"who": "X"}, headers=OURS).status_code == 403
    assert room.post(address, data={"seal": "guess", "who": "X"}, headers=OURS).status_code == 403
    plain = room.post(address, content='{"who": "X"}', headers=OURS | {"content-type": "text/plain"})
    assert (plain.status_code, plain.json()["error"]["code"]) == (415, "unsupported_type")
    assert room.post(address, files={"a": b"x"}, headers=OURS).status_code == 415


def test_nothing_was_written_by_all_that(path: Path) -> None:
    with Record.open(path) as record:
        assert record.corrections() == []
        assert record.saved_searches() == []


def test_bounds(path: Path) -> None:
    with client(path, body=1000, address=300, writes=2, in_flight=1) as room:
        assert room.get("/search?text=" + "x" * 300).status_code == 414
        assert room.post("/who", json={"who": "x" * 2000}).status_code == 413
        endless = (b"x" * 400 for _ in range(10))
        assert room.post("/who", content=endless, headers={"content-type": "application/json"}).status_code == 413
        assert [room.post("/who", json={"who": "A"}).status_code for _ in range(3)] == [200, 200, 429]
        assert room.get("/search.json?" + "&".join("a=1" for _ in range(60))).status_code == 200
    with client(path) as room:
        assert room.get("/search.json?" + "&".join("a=1" for _ in range(600))).status_code == 400


def test_no_more_than_so_many_at_once(path: Path) -> None:
    with client(path, in_flight=0) as room:
        answer = room.get("/search.json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")


def test_read_only_shows_and_changes_nothing(path: Path) -> None:
    with client(path, read_only=True) as room:
        assert room.get("/search").status_code == 200
        assert "<form method" not in room.get("/search").text
        s = room.get("/search.json").json()["statements"][0]
        assert "open for reading only" in room.get(f"/review/{s['id']}").text
        assert send(room, f"/statements/{s['id']}/corrections", field="status", value="accepted").status_code == 403


def test_a_token_opens_the_room(path: Path) -> None:
    token = "t0ken-of-enough-length"
    with client(path, token=token) as room:
        assert room.get("/search").status_code == 401
        assert room.get("/static/room.css").status_code == 401
        assert room.get("/search.json", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert room.get("/search.json?token=wrong").status_code == 401
        assert room.get("/search.json", headers={"authorization": f"Bearer {token}"}).status_code == 200
        assert room.get("/search.json", headers={"authorization": f"Bearer {token}", "host": "10.0.0.7:8400"}).status_code == 200
        first = room.get(f"/search?text=red&token={token}")
        assert (first.status_code, first.headers["location"]) == (303, "/search?text=red")
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert room.get("/search?text=red").status_code == 200  # the client kept the cookie
        away = room.get(f"//evil.example/x?token={token}")
        assert not away.headers["location"].startswith("//")
        # A token is no licence for another site to write.
        assert room.post("/who", json={"who": "X"}, headers={"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize("address", ["/search", "/search.json", "/nowhere", "/static/room.css", "/static/none.js", "/openapi.json"])
def test_every_answer_tells_the_browser_to_be_strict(room: TestClient, address: str) -> None:
    headers = room.get(address).headers
    for name, value in HEADERS:
        assert headers[name.decode()] == value.decode()
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    """The policy forbids it; a template that tried would be broken."""
    for file in [*WEB.glob("templates/*.html"), *WEB.glob("static/*")]:
        text = file.read_text(encoding="utf8")
        if file.suffix == ".html":
            assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style|<script(?![^>]*\ssrc=)", text), file
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), file


def test_errors_have_one_shape(room: TestClient) -> None:
    for address, status in (
        ("/nowhere", 404),
        ("/documents/feed", 404),
        ("/statements/feedfeedfeedfeed", 404),
        ("/quotes/x", 404),
        ("/actors/nobody at all", 404),
        ("/review/x", 404),
        ("/searches/none", 404),
        ("/timeline?show=x", 400),
        ("/network?of=x", 400),
        ("/changes", 400),
        ("/export?format=xls", 400),
        ("/history?page=x", 400),
    ):
        as_json = room.get(address, headers={"accept": "application/json"})
        assert as_json.status_code == status, address
        error = as_json.json()["error"]
        assert set(error) == {"status", "code", "message", "advice"}
        assert (error["status"], error["code"]) == (status, CODES[status])
        page = room.get(address)
        assert page.status_code == status
        assert page.headers["content-type"].startswith("text/html")
        assert 'role="alert"' in page.text
        assert str(room.app.state.site.record.path) not in page.text  # type: ignore[attr-defined]
    wrong = room.post("/search", json={})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    for body, words in (("{", "not JSON"), ("[1]", "a JSON object"), ('"' * 3, "not JSON"), ("[" * 100_000, "not JSON")):
        got = room.post("/who", content=body, headers={"content-type": "application/json"})
        assert got.status_code == 400
        assert words in got.json()["error"]["message"]


def test_what_nobody_foresaw_tells_nothing_of_the_inside(room: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Record, "search", broken)
    answer = room.get("/search.json")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in room.get("/search").text
