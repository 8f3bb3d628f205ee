"""Actors, timeline, network and quotes: every number on them is the number of statements behind its link."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
from starlette.testclient import TestClient

from onrecord import Document, Statement
from onrecord.record import Record
from onrecord.web import charts
from onrecord.web.addresses import ADDRESSES
from onrecord.web.openapi import described
from onrecord.web.quote_pages import differences

from .conftest import client, send, statement


def links_with_counts(page: str, scope: str) -> list[tuple[str, int]]:
    """Links to searches within a table whose label ends in a count."""
    table = page[page.index(scope) :]
    table = table[table.index("<table") : table.index("</table>")]
    found = re.findall(r'<a href="(/search[^"]*)" aria-label="[^"]*: ([\d,]+)', table)
    return [(a.replace("&amp;", "&"), int(n.replace(",", ""))) for a, n in found]


def test_every_bar_leads_to_its_statements(path: Path) -> None:
    """Over years, so that bars are of months and exact."""
    with Record.open(path, "rw") as record:
        for i, day in enumerate(("2019-02-03", "2019-02-20", "2020-07-01", "2021-11-05")):
            d = Document(f"The envoy said that it was day {i} of the talks.", published=day, path=f"{i}.txt")
            record.add(d, [statement(d, "The envoy", "said", f"it was day {i} of the talks", act="ASSERT")])
    with client(path) as room:
        page = room.get("/timeline").text
        found = links_with_counts(page, "As a table")
        assert len(found) > 8
        for address, count in found:
            assert room.get(address.replace("/search", "/search.json", 1)).json()["total"] == count, address
        assert page.count("<title>") == len(found) + 1  # a bar for each cell, and the page's own title
        data = room.get("/timeline.json").json()["timeline"]
        assert data["unit"] == "month"
        assert (data["periods"][0], data["periods"][-1]) == ("February 2019", "December 2021")
        assert len(data["periods"]) == 35
        total, *acts = data["rows"]
        assert [sum(values) for values in zip(*(r["values"] for r in acts), strict=True)] == pytest.approx(total["values"])
        share = room.get("/timeline.json?show=share&act=ASSERT").json()["timeline"]["rows"][1]
        assert share["values"][0] == 1.0
        assert 0 < share["values"][-2] < 1


def test_days_quarters_and_years() -> None:
    assert charts.unit_of("2021-11-01", "2021-12-31") == "day"
    assert charts.unit_of("2019-01", "2021-12") == "month"
    assert charts.unit_of("2010-01", "2021-12") == "quarter"
    assert charts.unit_of("1962-10", "2021-12") == "year"
    assert [b[1:] for b in charts.buckets("2020-11", "2021-02", "month")] == [
        ("2020-11", "2020-11"), ("2020-12", "2020-12"), ("2021-01", "2021-01"), ("2021-02", "2021-02"),
    ]  # fmt: skip
    assert [b[1:] for b in charts.buckets("2020-11", "2021-02", "quarter")] == [("2020-10", "2020-12"), ("2021-01", "2021-03")]
    assert charts.buckets("1962-10", "1963-02", "year") == [("1962", "1962-01", "1962-12"), ("1963", "1963-01", "1963-12")]
    assert [b[0] for b in charts.buckets("2020-02-28", "2020-03-01", "day")] == ["28 February 2020", "29 February 2020", "1 March 2020"]


@pytest.mark.parametrize("of", ["actors", "countries"])
def test_every_line_of_the_network_leads_to_its_statements(room: TestClient, of: str) -> None:
    found = links_with_counts(room.get(f"/network?of={of}").text, "As a table")
    edges = room.get(f"/network.json?of={of}").json()["edges"]
    assert len(found) == len(edges) > 0
    for address, count in found:
        assert room.get(address.replace("/search", "/search.json", 1)).json()["total"] == count
    if of == "actors":
        assert ("Ivan Petrov", "Anna Berg", 1) in [(e["from"]["label"], e["to"]["label"], e["count"]) for e in edges]
    assert "nobody is reported" in room.get("/network?act=COMMIT").text


def test_an_actor_has_a_page_by_id_or_name(room: TestClient) -> None:
    got = room.get("/actors/person:ivan-petrov.json").json()
    assert (got["name"], got["statements"], got["about"]) == ("Ivan Petrov", 4, 0)
    assert {v["label"]: v["count"] for v in got["facets"]["act"]} == {"COMMIT": 1, "THREATEN": 1, "REJECT": 1, "ASSERT": 1}
    assert [v["label"] for v in got["facets"]["outlet"]] == ["Gazette"]
    berg = room.get("/actors/Anna Berg.json").json()
    assert (berg["statements"], berg["about"]) == (1, 1)
    assert berg["spoken_of_by"][0]["label"] == "Ivan Petrov"
    reporters = room.get("/actors/reporters.json").json()
    assert (reporters["statements"], reporters["about"]) == (0, 0)
    known = room.get("/actors/person:maria-zakharova")
    assert known.status_code == 200  # in the tables, silent in this record
    assert "spokeswoman" in known.text.lower() or "spokesperson" in known.text.lower()
    assert room.get("/actors/Ivan").status_code == 404  # part of a name is nobody
    listed = room.get("/actors.json").json()
    assert listed["actors"][0]["value"] == "person:ivan-petrov"
    assert room.get("/actors.json?words=diaz").json()["total"] == 1


def test_where_an_actor_may_have_changed(path: Path) -> None:
    with Record.open(path, "rw") as record:
        from .conftest import PETROV

        for day, cue, act in (("2021-01-04", "backed", "SUPPORT"), ("2021-09-04", "rejected", "REJECT")):
            d = Document(f"Ivan Petrov {cue} the proposal for an inspection of the harbour by neutral observers.", published=day, path=day)
            record.add(d, [statement(d, "Ivan Petrov", cue, "the proposal for an inspection of the harbour by neutral observers",
                speaker=PETROV, act=act)])  # fmt: skip
    with client(path) as room:
        page = room.get("/actors/person:ivan-petrov").text
        assert "Candidates for you to judge" in page
        assert page.index("4 January 2021") < page.index("4 September 2021")
        (change,) = room.get("/changes.json?speaker=person:ivan-petrov").json()["changes"]
        assert change["differ"] == ["act"]
        assert "point opposite ways" in room.get("/changes?speaker=person:ivan-petrov").text


def test_a_quote_over_outlets_with_its_differences(room: TestClient) -> None:
    listed = room.get("/quotes.json").json()
    assert (listed["total"], listed["quotes"][0]["times"], listed["quotes"][0]["outlets"]) == (1, 3, ["Herald", "Courier", "Standard"])
    third = room.get("/search.json?outlet=Standard").json()["statements"][0]["id"]
    page = room.get(f"/quotes/{third}").text
    places = [page.index(f"<b>{o}</b>") for o in ("Herald", "Courier", "Standard")]
    assert places == sorted(places)
    assert "first appearance" in page
    assert "word for word" in page
    assert "<del>hard</del>" in page
    assert "<del>all</del>" in page
    assert "<ins>most</ins>" in page
    assert "reported 3 times" in room.get("/search?outlet=Herald").text
    alone = room.get("/search.json?act=COMMIT").json()["statements"][0]["id"]
    assert "Reported 1 time" in room.get(f"/quotes/{alone}").text
    for s in room.get("/search.json?act=ASSESS").json()["statements"]:
        send(room, f"/statements/{s['id']}/corrections", field="status", value="rejected")
    assert "was rejected" in room.get(f"/quotes/{third}").text


def said(words: str) -> Statement:
    d = Document(f"She said {words}")
    return statement(d, "She", "said", words)


def test_differences_word_by_word() -> None:
    got = differences(said("We will, never accept — a red line."), said("we never would accept a blue line"))
    assert [(p.kind, p.text) for p in got] == [
        ("same", "we"), ("gone", "will,"), ("same", "never"), ("new", "would"), ("same", "accept a"), ("gone", "red"), ("new", "blue"),
        ("same", "line"),
    ]  # fmt: skip


def test_the_description_holds_for_every_address(room: TestClient) -> None:
    spec = room.get("/openapi.json").json()
    assert spec == described()
    assert len(spec["paths"]) == len({a.path for a in ADDRESSES})
    send(room, "/searches", name="all", query="")
    s = room.get("/search.json").json()["statements"][0]
    room.post(f"/statements/{s['id']}/corrections", json={"field": "act", "value": "DENY", "who": "Berta"})
    values = {
        "/statements/{id}": s["id"],
        "/statements/{id}/card": s["id"],
        "/quotes/{id}": s["id"],
        "/review/{id}": s["id"],
        "/actors/{id}": "person:ivan-petrov",
    }
    checked = 0
    for path, operations in spec["paths"].items():
        got = operations.get("get")
        schema = got and got["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
        if not schema:
            continue
        address = path.replace("{id}", values.get(path, s["document"]["id"])).replace("{name}", "all")
        answer = room.get(
            address, params={"speaker": "person:ivan-petrov"} if path == "/changes" else {}, headers={"accept": "application/json"}
        )
        assert answer.status_code == 200, address
        jsonschema.validate(answer.json(), {**schema, "components": spec["components"]})
        checked += 1
    assert checked >= 15
    missing = room.get("/statements/x", headers={"accept": "application/json"})
    jsonschema.validate(missing.json(), {"$ref": "#/components/schemas/Error", "components": spec["components"]})
    for operations in spec["paths"].values():
        for o in operations.values():
            assert o["summary"]
            assert o["operationId"]


def test_a_page_or_json_as_it_is_asked_for(room: TestClient) -> None:
    for accept, kind in (
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"), ("application/json", "application/json"), ("*/*", "text/html"),
        ("application/json, text/html;q=0.5", "application/json"), ("text/html, application/json;q=0.5", "text/html"),
    ):  # fmt: skip
        answer = room.get("/search", headers={"accept": accept})
        assert answer.headers["content-type"].startswith(kind), accept
        assert answer.headers["vary"] == "accept"
    assert room.get("/search.json", headers={"accept": "text/html"}).headers["content-type"] == "application/json"


def test_a_quote_in_many_articles_comes_a_page_at_a_time(path: Path) -> None:
    words = "the strait stays open to every flag and nobody will be asked to leave it before the spring is over"
    with Record.open(path, "rw") as record:
        for i in range(60):
            d = Document(
                f"Clara Diaz said that {words}, copy {i}.",
                path=f"c{i}.txt",
                outlet=f"Paper {i}" if i else None,
                published=f"2022-01-{1 + i % 28:02d}",
            )
            s = statement(d, "Clara Diaz", "said", words)
            record.add(d, [s])
    with client(path) as room:
        (listed, *_) = room.get("/quotes.json?text=strait+flag").json()["quotes"]
        assert (listed["times"], listed["place"]["published"], listed["place"]["outlet"]) == (60, "2022-01-01", None)
        first, second = room.get(f"/quotes/{s.id}.json").json(), room.get(f"/quotes/{s.id}.json?page=2").json()
        assert (first["total"], first["pages"], first["quote"]["times"], len(first["quote"]["outlets"])) == (60, 2, 60, 59)
        assert len(first["quote"]["variants"]) == 50
        assert second["quote"]["variants"][0] == first["quote"]["variants"][0]  # what the others are compared with
        ids = [v["statement"]["id"] for v in first["quote"]["variants"] + second["quote"]["variants"][1:]]
        assert len(set(ids)) == 60
        page = room.get(f"/quotes/{s.id}?page=2").text
        assert "and 1 article without an outlet’s name" in page
        assert "Earlier reports" in page
        assert room.get(f"/quotes/{s.id}?page=3").status_code == 404
