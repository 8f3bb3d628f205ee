"""Review: what a coder corrects, adds, judges and takes back, by form and by JSON."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from onrecord.record import Record

from .conftest import LETTER, client, send


def one(room: TestClient, act: str) -> dict[str, Any]:
    found: dict[str, Any] = room.get(f"/search.json?act={act}&status=all").json()["statements"][0]
    return found


def form_of(page: str) -> dict[str, list[str]]:
    """The edit form's fields as a browser would send them."""
    form = page[page.index('<form class="edit"') :]
    form = form[: form.index("</form>")]
    out: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            out.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, inner in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', inner)
        first = re.search(r'<option(?: value="([^"]*)")?>([^<]*)', inner)
        m = chosen or first
        assert m
        out.setdefault(name, []).append(html.unescape(m[1] if m[1] is not None else m[2]))
    return out


def test_the_form_as_it_stands_changes_nothing(room: TestClient) -> None:
    for s in room.get("/search.json").json()["statements"]:
        form = form_of(room.get(f"/review/{s['id']}").text)
        assert send(room, f"/statements/{s['id']}", **form).status_code == 303
        assert room.get(f"/statements/{s['id']}.json").json()["corrections"] == [], s


def test_every_field_is_corrected_by_the_form(room: TestClient) -> None:
    s = one(room, "THREATEN")
    form = form_of(room.get(f"/review/{s['id']}").text)
    ships = LETTER.index("the strait")
    form |= {
        "act": ["ACCUSE"], "kind": ["mixed"], "polarity": ["negative"], "modality": ["future"],
        "speaker_name": ["Someone Unknown"], "date_start": ["2021-11-30"], "date_end": ["2021-12-01"], "date_text": ["Tuesday"],
        "target_name": ["the strait", ""], "target_code": ["TUR", ""], "target_id": ["", ""], "target_start": [str(ships), ""],
        "target_end": [str(ships + 10), ""], "condition": [""], "nested_in": [one(room, "COMMIT")["id"]], "why": ["read twice"],
        "who": ["Berta"],
    }  # fmt: skip
    answer = send(room, f"/statements/{s['id']}", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review/{s['id']}")
    assert "onrecord_who=Berta" in answer.headers["set-cookie"]
    now = room.get(f"/statements/{s['id']}.json").json()
    got = now["statement"]
    assert (got["act"], got["plover"], got["cameo"]) == ("ACCUSE", "ACCUSE", "11")
    assert (got["kind"], got["polarity"], got["modality"]) == ("mixed", "negative", "future")
    # A new name with the old id is another actor: nothing of the old one stays.
    assert got["speaker"] == {"id": None, "name": "Someone Unknown", "role": None, "country": None, "via": None, "confidence": None}
    assert got["date"] == {"start": "2021-11-30", "end": "2021-12-01", "text": "Tuesday"}
    assert got["targets"] == [{"name": "the strait", "code": "TUR", "start": ships, "end": ships + 10, "id": None}]
    assert got["condition"] == []
    assert got["nested_in"] == one(room, "COMMIT")["id"]
    assert {c["who"] for c in now["corrections"]} == {"Berta"}
    assert {c["why"] for c in now["corrections"]} == {"read twice"}


def test_a_name_that_the_tables_know_brings_its_id(room: TestClient) -> None:
    s = one(room, "COMMIT")
    form = form_of(room.get(f"/review/{s['id']}").text) | {"speaker_name": ["Maria Zakharova"]}
    send(room, f"/statements/{s['id']}", **form)
    got = room.get(f"/statements/{s['id']}.json").json()["statement"]["speaker"]
    assert (got["id"], got["country"]) == ("person:maria-zakharova", "RUS")


def test_other_spans_are_another_statement(room: TestClient) -> None:
    s = one(room, "COMMIT")
    form = form_of(room.get(f"/review/{s['id']}").text)
    start = LETTER.index("no ship would be stopped")
    form |= {"content": [f"{start}-{start + 24}"], "act": ["DENY"]}
    answer = send(room, f"/statements/{s['id']}", **form)
    new = answer.headers["location"].removeprefix("/review/")
    assert new != s["id"]
    got = room.get(f"/statements/{new}.json").json()
    assert got["statement"]["content"][0]["text"] == "no ship would be stopped"
    assert got["statement"]["act"] == "DENY"
    old = room.get(f"/statements/{s['id']}").text
    assert "replaced" in old
    assert f'href="/statements/{new}"' in old
    assert "Another statement took its place" in room.get(f"/review/{s['id']}").text
    # Taking the spans back brings the old one back and takes the new one away.
    row = next(c for c in room.get(f"/statements/{s['id']}.json").json()["corrections"] if c["field"] == "content")
    assert send(room, f"/corrections/{row['id']}/undo", back=f"/review/{new}").headers["location"] == f"/review/{s['id']}"
    assert room.get(f"/statements/{new}").status_code == 404
    assert room.get(f"/statements/{s['id']}.json").json()["note"]["status"] is None


def test_all_or_nothing_of_a_form(room: TestClient) -> None:
    s = one(room, "THREATEN")
    form = form_of(room.get(f"/review/{s['id']}").text)
    for bad in (
        {"act": ["WHISPER"]}, {"content": ["5-2"]}, {"content": ["1-999999"]}, {"source": ["here"]},
            {"date_start": ["soon"], "date_text": ["x"]},
        {"kind": ["loud"]}, {"nested_in": [s["id"]]}, {"content": [""], "source": [""], "cue": [""]},
    ):  # fmt: skip
        answer = send(room, f"/statements/{s['id']}", **(form | {"polarity": ["negative"]} | bad))
        assert answer.status_code == 400, bad
        assert room.get(f"/statements/{s['id']}.json").json()["statement"] == s, bad


def test_two_who_correct_at_once_are_told(room: TestClient) -> None:
    s = one(room, "THREATEN")
    form = form_of(room.get(f"/review/{s['id']}").text)
    room.post(f"/statements/{s['id']}/corrections", json={"field": "act", "value": "DEMAND", "who": "Berta"})
    answer = send(room, f"/statements/{s['id']}", **(form | {"kind": ["mixed"]}))
    assert answer.status_code == 409
    assert "somebody corrected this statement" in answer.text


def test_the_queue_goes_from_the_least_sure_on(room: TestClient) -> None:
    order = [s["id"] for s in room.get("/search.json?sort=unsurest").json()["statements"]]
    first = room.get("/review.json").json()
    assert (first["left"], first["statement"]["id"]) == (10, order[0])
    assert room.get("/review.json?page=2").json()["statement"]["id"] == order[1]
    answer = send(room, f"/statements/{order[0]}/corrections", field="status", value="rejected", back="/review?page=1")
    assert answer.headers["location"] == "/review?page=1"
    assert room.get("/review.json").json()["statement"]["id"] == order[1]
    for id_ in order[1:]:
        send(room, f"/statements/{id_}/corrections", field="status", value="accepted", back="/review")
    assert room.get("/review.json").json()["statement"] is None
    assert "Nothing left to review" in room.get("/review").text
    assert room.get("/search.json").json()["total"] == 9
    # Past the end is the last one, not an error: somebody else may have judged it.
    assert room.get("/review.json?status=all&page=50").json()["place"] == 10
    narrow = room.get("/review.json?status=all&act=DENY").json()
    assert (narrow["left"], narrow["query"]["act"]) == (1, ["DENY"])


def test_a_missed_statement_is_added(room: TestClient) -> None:
    d = one(room, "COMMIT")["document"]["id"]
    at = {"source": "Ms. Berg", "cue": "said", "content": "nothing"}
    start = LETTER.rindex("Ms. Berg")
    spans = {r: f"{(i := LETTER.index(w, start))}-{i + len(w)}" for r, w in at.items()}
    assert "add a missed statement" in room.get(f"/documents/{d}").text
    form = form_of(room.get(f"/documents/{d}/add").text)
    answer = send(room, f"/documents/{d}/statements", **(form | spans | {"speaker_name": "Anna Berg", "act": "DECLINE", "why": "missed"}))
    assert answer.status_code == 303
    new = re.fullmatch(rf"/documents/{d}\?at=(\w+)#s-\1", answer.headers["location"])
    assert new
    got = room.get(f"/statements/{new[1]}.json").json()
    assert {r: got["statement"][r][0]["text"] for r in at} == at
    assert (got["statement"]["act"], got["statement"]["speaker"]["name"], got["note"]["origin"]) == ("DECLINE", "Anna Berg", "human")
    assert got["statement"]["kind"] == "indirect"  # the form leaves it to the quote marks
    assert send(room, f"/documents/{d}/statements", **(form | spans)).status_code == 400  # there already
    assert send(room, f"/documents/{d}/statements", **form).status_code == 400  # no words
    (row,) = got["corrections"]
    answer = send(room, f"/corrections/{row['id']}/undo", back=f"/statements/{new[1]}")
    assert answer.headers["location"] == f"/documents/{d}"
    assert room.get(f"/statements/{new[1]}").status_code == 404


def test_the_same_by_json(room: TestClient) -> None:
    s = one(room, "THREATEN")
    got = room.post(f"/statements/{s['id']}", json={"changes": {"act": "DEMAND", "status": "accepted"}, "who": "Carl"})
    assert got.status_code == 201
    assert [c["field"] for c in got.json()["corrections"]] == ["act", "status"]
    assert got.json()["statement"]["act"] == "DEMAND"
    undone = room.post(f"/corrections/{got.json()['corrections'][0]['id']}/undo", json={"who": "Carl"})
    assert undone.json()["corrections"][0]["undoes"] == got.json()["corrections"][0]["id"]
    assert one(room, "THREATEN")["id"] == s["id"]
    again = room.post(f"/corrections/{got.json()['corrections'][0]['id']}/undo", json={"who": "Carl"})
    assert again.status_code == 400
    added = room.post(
        f"/documents/{s['document']['id']}/statements",
        json={"source": [[0, 7]], "content": [{"start": 8, "end": 16}], "act": "COMMIT", "kind": "indirect", "who": "Carl"},
    )
    assert added.status_code == 201
    assert added.json()["statement"]["source"] == [{"start": 0, "end": 7, "text": "Premier"}]
    for bad in ({"changes": []}, {"changes": {"id": "x"}}, {"changes": {"act": 3}}, {"changes": {"content": [[9, 2]]}}):
        assert room.post(f"/statements/{s['id']}", json=bad).status_code == 400, bad
    for spans in ([[True, 5]], [["0", "7"]], [[0, 10**9]], [5], [{"start": 1}]):
        assert room.post(f"/documents/{s['document']['id']}/statements", json={"content": spans}).status_code == 400, spans


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "/x\r\nset-cookie: a=b"])
def test_a_form_leads_nowhere_else(room: TestClient, back: str) -> None:
    s = one(room, "THREATEN")
    answer = send(room, f"/statements/{s['id']}/corrections", field="status", value="accepted", back=back)
    assert answer.headers["location"] == f"/review/{s['id']}"


def test_history_tells_who_and_undoes(room: TestClient) -> None:
    s = one(room, "THREATEN")
    for who, act in (("Anna", "DEMAND"), ("Berta", "ACCUSE")):
        room.post(f"/statements/{s['id']}/corrections", json={"field": "act", "value": act, "who": who, "why": f"so says {who}"})
    page = room.get("/history").text
    assert page.index("so says Berta") < page.index("so says Anna")
    assert page.count('action="/corrections/') == 2
    assert room.get("/history.json?who=Anna").json()["total"] == 1
    number = room.get("/history.json?who=Berta").json()["corrections"][0]["id"]
    assert send(room, f"/corrections/{number}/undo", back="/history").headers["location"] == "/history"
    assert room.get(f"/statements/{s['id']}.json").json()["statement"]["act"] == "DEMAND"
    assert "taken back" in room.get("/history").text
    for wrong in ("x", "99999", "9" * 30):
        assert send(room, f"/corrections/{wrong}/undo").status_code in (400, 404)


def test_nobody_corrects_without_a_name(path: Path) -> None:
    with client(path, who="") as room:
        s = one(room, "THREATEN")
        answer = send(room, f"/statements/{s['id']}/corrections", field="status", value="accepted")
        assert answer.status_code == 400
        assert "say who corrects" in answer.text
        assert send(room, "/who", who="Änne O’Neill", back="/review").headers["location"] == "/review"
        assert send(room, f"/statements/{s['id']}/corrections", field="status", value="accepted").status_code == 303
        assert room.get("/history.json").json()["corrections"][0]["who"] == "Änne O’Neill"


def test_two_coders_side_by_side(room: TestClient) -> None:
    assert "Nobody has corrected anything" in room.get("/agreement").text
    statements = room.get("/search.json?sort=surest").json()["statements"][:4]
    for s in statements:
        for who in ("Anna", "Berta"):
            act = "ASSESS" if who == "Anna" and s is statements[0] else "DENY" if who == "Berta" else "ASSESS"
            if s is statements[3]:
                act = "APPEAL"
            room.post(f"/statements/{s['id']}/corrections", json={"field": "act", "value": act, "who": who})
            room.post(f"/statements/{s['id']}/corrections", json={"field": "status", "value": "accepted", "who": who})
    got = room.get("/agreement.json?a=Anna&b=Berta").json()
    assert {c["who"]: c["statements"] for c in got["coders"]} == {"Anna": 4, "Berta": 4}
    figures = {f["field"]: f for f in got["fields"]}
    assert (figures["act"]["units"], figures["act"]["same"]) == (4, 0.25)
    assert figures["status"]["same"] == 1
    assert sum("act" in u["differ"] for u in got["statements"]) == 3
    assert [len(u["differ"]) for u in got["statements"]] == [1, 1, 1, 0]
    page = room.get("/agreement?a=Anna&b=Berta").text
    assert page.count('<b class="flag">differ</b>') == 3
    assert "Choose two different coders" in room.get("/agreement?a=Anna&b=Anna").text


def test_history_and_agreement_come_a_page_at_a_time(path: Path) -> None:
    with Record.open(path, "rw") as record:
        held = list(record.statements())
        for i in range(60):
            record.correct(held[0].id, "act", "DENY" if i % 2 else "ASSERT", who="Anna")
        record.correct(held[0].id, "act", "ACCUSE", who="Berta")
        for who in ("Anna", "Berta"):
            record.correct(held[1].id, "status", "accepted", who=who)
    with client(path) as room:
        first, second = room.get("/history.json").json(), room.get("/history.json?page=2").json()
        assert (first["total"], first["pages"], len(first["corrections"]), len(second["corrections"])) == (63, 2, 50, 13)
        ids = [c["id"] for c in first["corrections"] + second["corrections"]]
        assert ids == sorted(ids, reverse=True)
        assert room.get("/history.json?page=3").json()["corrections"] == []
        page = room.get("/history?who=Anna&field=act").text
        assert 'href="/history?who=Anna&amp;field=act&amp;page=2"' in page
        assert "60 corrections" in page
        words = " ".join((held[0].content or held[0].cue)[0].text.split())[:20]
        assert html.escape(words) in page  # what they are about
        got = room.get("/agreement.json?a=Anna&b=Berta").json()
        assert (got["total"], got["pages"], [u["id"] for u in got["statements"]]) == (2, 1, [held[0].id, held[1].id])
        got = room.get("/agreement.json?a=Anna&b=Berta&field=act").json()
        assert [(u["id"], u["a"]["act"], u["b"]["act"], u["differ"]) for u in got["statements"]] == [
            (held[0].id, "DENY", "ACCUSE", ["act"])
        ]
        assert room.get("/agreement?a=Anna&b=Berta&field=nothing").status_code == 400
        assert "field=act#units" in room.get("/agreement?a=Anna&b=Berta").text
