"""The search page: what meets a search, how it divides, and what can be taken away."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from onrecord.export.csv import unguard
from onrecord.record import Query, Record

from .conftest import client, letter, send
from .conftest import statement as made_by_hand


def test_results_facets_and_filters_agree(room: TestClient) -> None:
    whole = room.get("/search.json").json()
    assert whole["total"] == 10
    for field, values in whole["facets"].items():
        for v in values:
            narrowed = room.get("/search.json", params={field: v["value"]}).json()
            assert narrowed["total"] == v["count"], (field, v)
            assert narrowed["query"] == {field: [v["value"]]}
    page = room.get("/search").text
    assert page.count('class="entry"') == 10
    assert 'href="/search?speaker=person%3Aclara-diaz"' in page


def test_every_filter_stays_in_the_address(room: TestClient) -> None:
    page = room.get("/search?text=red+line&act=REJECT&since=2021-11&min_confidence=0.5&sort=surest").text
    assert "1 statement<" in page
    form = page[page.index('<form class="ask"') : page.index("</form>")]
    assert 'value="red line"' in form
    assert '<input type="hidden" name="act" value="REJECT">' in form
    assert 'value="2021-11"' in form
    taken_out = re.findall(r'<li><a href="([^"]+)" title="Take', page)
    assert [t.replace("&amp;", "&") for t in taken_out] == [
        "/search?text=red+line&since=2021-11&min_confidence=0.5&sort=surest",
        "/search?text=red+line&act=REJECT&min_confidence=0.5&sort=surest",
        "/search?text=red+line&act=REJECT&since=2021-11&sort=surest",
    ]


def test_booleans_and_phrases(room: TestClient) -> None:
    totals = {
        q: room.get("/search.json", params={"text": q}).json()["total"]
        for q in ('"red line"', '"line red"', "ship OR line", "talks NOT long")
    }
    assert totals == {'"red line"': 1, '"line red"': 0, "ship OR line": 2, "talks NOT long": 0}


def test_a_search_that_makes_no_sense_says_why(room: TestClient) -> None:
    for params, words in (
        ({"text": "(war"}, "a ( without its )"),
        ({"since": "soon"}, "is not a date"),
        ({"sort": "best"}, "sort is one of"),
        ({"size": "500"}, "at most 200"),
        ({"page": "0"}, "count from 1"),
    ):
        answer = room.get("/search.json", params=params)
        assert answer.status_code == 400
        assert words in answer.json()["error"]["message"]
    assert room.get("/search?page=99").status_code == 404


def test_an_empty_record_says_what_to_do(tmp_path: Path) -> None:
    with client(tmp_path / "new.db") as room:
        for address in ("/search", "/documents", "/actors", "/timeline", "/network", "/quotes"):
            page = room.get(address)
            assert page.status_code == 200
            assert "onrecord ingest articles/ --record new.db" in page.text, address
        assert "Nothing to review yet" in room.get("/review").text
        assert room.get("/search.json").json()["total"] == 0


def test_saved_searches_tell_what_is_new(room: TestClient, path: Path) -> None:
    answer = send(room, "/searches", name="The  premier", query="speaker=person%3Aivan-petrov&sort=surest")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?speaker=person%3Aivan-petrov&sort=surest")
    assert "The premier" in room.get("/search").text
    assert "new</b>" not in room.get("/search").text
    with Record.open(path, "rw") as record:
        from dataclasses import replace

        d = replace(record.document(next(iter(record.statements(Query(act=("COMMIT",))))).document.id))
        later = replace(d, text=d.text + "\n\nLater.", path="later.txt")
        record.add(later, letter(later)[:2])
    assert "<b>2 new</b>" in room.get("/search").text
    kept = room.get("/searches/The premier.json").json()
    assert (kept["total"], kept["new"], len(kept["statements"])) == (6, 2, 2)
    assert {s["document"]["path"] for s in kept["statements"]} == {"later.txt"}
    assert room.get("/searches/The premier").text.count('class="entry"') == 2
    assert send(room, "/searches/The premier/seen").status_code == 303
    assert room.get("/searches/The premier.json").json()["new"] == 0
    assert send(room, "/searches/The premier/drop").status_code == 303
    assert room.get("/searches/The premier").status_code == 404


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_what_is_shown_is_taken_away_with_its_search(room: TestClient, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    answer = room.get("/export", params={"speaker": "person:ivan-petrov", "format": form, "page": "3", "size": "1"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'-{form}.zip"')
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["query.json", f"statements.{form}"]
    beside = json.loads(archive.read("query.json"))
    assert beside["query"] == {"speaker": ["person:ivan-petrov"]}
    assert beside["statements"] == 4
    assert room.get(beside["address"].removeprefix("http://127.0.0.1:8400")).status_code == 200
    data = archive.read(f"statements.{form}")
    wanted = room.get("/search.json", params={"speaker": "person:ivan-petrov"}).json()["statements"]
    if form == "jsonl":
        assert [json.loads(line) for line in data.decode().splitlines()] == wanted
    elif form == "csv":
        assert [r["id"] for r in csv.DictReader(io.StringIO(data.decode()))] == [s["id"] for s in wanted]
    else:
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(data))
        assert table.to_pylist() == wanted
        assert json.loads(table.schema.metadata[b"onrecord.query"]) == beside["query"]
    plain = room.get("/export", params={"speaker": "person:ivan-petrov", "format": form, "plain": "yes"})
    assert plain.content == data or form == "parquet"


def test_a_spreadsheet_is_sent_no_formula(tmp_path: Path) -> None:
    from onrecord import Document

    d = Document("He said =cmd() today.", path="=1+1", title="@x", published="2021-01-01")
    with Record.open(tmp_path / "f.db", "create") as record:
        record.add(d, [made_by_hand(d, "He", "said", "=cmd()")])
    with client(tmp_path / "f.db") as room:
        (row,) = csv.DictReader(io.StringIO(room.get("/export?plain=yes").text))
    assert (row["content"], row["title"], row["path"]) == ("'=cmd()", "'@x", "'=1+1")
    assert unguard(row["content"]) == "=cmd()"


def test_a_name_that_nobody_has_is_said_to_be_so(room: TestClient) -> None:
    page = room.get("/search?speaker=Ivan+Petrow").text
    assert "Nothing here answers to the speaker <b><bdi>Ivan Petrow</bdi></b>. Did you mean" in page
    near = re.search(r'href="([^"]*)"><bdi>Ivan Petrov</bdi>', page)
    assert near is not None
    assert room.get(near[1].replace("&amp;", "&").replace("/search?", "/search.json?")).json()["total"] == 4
    assert "Nothing here answers to" not in room.get("/search?text=nowhere").text


def test_an_export_has_a_bound(path: Path) -> None:
    with client(path, export=3) as room:
        answer = room.get("/export.json?format=csv")
        assert answer.status_code == 413
        assert "10 statements are more than the 3" in answer.json()["error"]["message"]
        assert "onrecord export" in room.get("/search").text
