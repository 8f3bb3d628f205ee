"""The document page and the statement page: marks at the right characters, whatever the text holds."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from onrecord import Document, Span, Statement
from onrecord.record import Record
from onrecord.statement import statement_id
from onrecord.web.marks import Part, marked, parts

from .conftest import client, letter

_TAG = re.compile(r"<(/?)(p|span|a|br)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def leaves(page: str) -> list[tuple[int, str, set[str], set[str]]]:
    """Offset, characters, classes and numbers of every leaf; a control character has the text's place only.

    A paragraph says where it begins; in it, what is no number of a statement (``a.n``) stands for characters of the text.
    """
    page = page[page.index('<p dir="auto" data-o') :] if '<p dir="auto" data-o' in page else ""
    out: list[tuple[int, str, set[str], set[str]]] = []
    at, seen, paragraph = 0, 0, False
    span: dict[str, str] = {}
    number = False
    for m in _TAG.finditer(page):
        inner = html.unescape(page[seen : m.start()])
        seen = m.end()
        if paragraph and not number:
            if span.get("data-len"):
                out.append((at, "?", {"ctl"}, set()))
                at += 1
            elif inner:
                out.append((at, inner, set(span.get("class", "").split()), set(span.get("data-n", "").split())))
                at += len(inner)
        closing, name, attributes = m[1] == "/", m[2], dict(_ATTRIBUTE.findall(m[3]))
        if name == "p":
            paragraph = not closing and "data-o" in attributes
            at = int(attributes["data-o"]) if paragraph else at
        elif name == "span":
            span = {} if closing else attributes
        elif name == "a":
            number = not closing
    return out


def covered(text: str, page: str) -> str:
    """The text as the leaves put it together, blanks where none is."""
    out = [" "] * len(text)
    for start, piece, *_ in leaves(page):
        for i, c in enumerate(piece):
            out[start + i] = c
    return "".join(out)


def test_each_role_is_marked_at_its_characters(library: tuple[str, dict[str, list[Statement]]], room: TestClient) -> None:
    _, held = library
    id_, statements = next((i, s) for i, s in held.items() if len(s) == 5)
    page = room.get(f"/documents/{id_}").text
    d = statements[0].document
    assert covered(d.text, page).split() == d.text.split()
    by_class = {"so": "source", "cu": "cue", "co": "content", "if": "condition"}
    for css, role in by_class.items():
        marked_at = {start + i for start, text, classes, _ in leaves(page) if css in classes for i in range(len(text))}
        spans = {i for s in statements for x in getattr(s, role) for i in range(x.start, x.end)}
        assert marked_at == spans, role
    inner = next(s for s in statements if s.nested_in)
    twice = {start + i for start, text, classes, _ in leaves(page) if "in2" in classes for i in range(len(text))}
    assert twice == set(range(inner.content[0].start, inner.content[0].end))
    for s in statements:
        assert f'id="s-{s.id}" href="#l-{s.id}"' in page
        assert f'<li id="l-{s.id}"' in page
        assert f'href="/statements/{s.id}"' in page


texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=80)


@given(texts, st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30), st.sampled_from(["source", "cue", "content"])), max_size=6))
def test_no_text_and_no_spans_break_the_marks(text: str, at: list[tuple[int, int, str]]) -> None:
    d = Document(text)
    made = []
    for i, (start, size, role) in enumerate(at, 1):
        a, b = start % len(text), min(len(text), start % len(text) + size)
        roles = {"source": (), "cue": (), "content": ()} | {role: (Span(a, b, text[a:b]),)}
        made.append((i, Statement(statement_id(d.digest, **roles), d, "indirect", confidence=0.5, **roles)))  # type: ignore[arg-type]
    page = str(marked(text, made, Part(1, 1, 0, len(text))))
    assert not re.search(r"<(?!/?(?:p|span|a|br)\b)", page)
    got = covered(text, page)
    shown = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
    assert [b in (a, "?") for a, b in zip(text, got, strict=True) if not a.isspace()].count(False) == 0
    assert not shown.search(page.replace("\r", "?"))
    for n, s in made:
        mine = {start + i for start, piece, _, numbers in leaves(page) if str(n) in numbers for i in range(len(piece))}
        span = (*s.source, *s.cue, *s.content)[0]
        assert {i for i in range(span.start, span.end) if not text[i].isspace() and not shown.match(text[i])} <= mine


def test_a_statement_that_begins_between_two_paragraphs_has_its_number_in_the_second() -> None:
    text = "He spoke.\n\r\n\u2003“We go,” he said."
    d = Document(text)
    at = text.index("\n")
    roles = {"source": (), "cue": (), "content": (Span(at, len(text), text[at:]),)}
    s = Statement(statement_id(d.digest, **roles), d, "direct", confidence=0.5, **roles)
    first, second = str(marked(text, [(1, s)], Part(1, 1, 0, len(text)))).split("</p>")[:2]
    assert "<a" not in first
    assert second.index('id="s-') < second.index("“We go,”")
    assert "ctl" not in second


def test_a_document_from_the_record_knows_its_digest(path) -> None:  # type: ignore[no-untyped-def]
    with Record.open(path) as record:
        for d in record.documents():
            assert d.__dict__["digest"] == Document(d.text).digest


def test_a_long_text_is_cut_at_paragraphs_and_nothing_is_lost() -> None:
    text = "\n\n".join(f"Paragraph {i} " + "word " * 40 for i in range(100))
    cut = parts(text, 3000)
    assert "".join(text[p.start : p.end] for p in cut) == text
    assert all(p.end - p.start <= 3750 for p in cut)
    assert all(text[p.start :].startswith("Paragraph") for p in cut)
    one = "x" * 10_000
    assert "".join(one[p.start : p.end] for p in parts(one, 1000)) == one
    assert [p.of for p in parts("", 10)] == [1]


def test_a_statement_opens_the_part_that_it_stands_in(path, room: TestClient) -> None:  # type: ignore[no-untyped-def]
    filler = "\n\n".join("Nothing was said here at all." for _ in range(200))
    with Record.open(path, "rw") as record:
        base = next(s.document for s in record.statements() if s.act == "COMMIT")
        d = replace(base, text=f"{filler}\n\n{base.text}", path="long.txt")
        made = letter(d)
        record.add(d, made)
    with client(path, part=2000) as small:
        page = small.get(f"/documents/{d.id}?at={made[0].id}").text
        assert f'id="s-{made[0].id}"' in page
        assert "Part 4 of 4" in page or "Part 3 of 3" in page
        assert f'id="s-{made[0].id}"' not in small.get(f"/documents/{d.id}?part=1").text
        assert small.get(f"/documents/{d.id}?part=77").status_code == 404
        assert len(small.get(f"/documents/{d.id}.json").json()["text"]) == len(d.text)


def test_line_breaks_that_the_eye_needs() -> None:
    text = "A short line\nThis is a line of a text that was broken by the width of a page,\nand goes on.\nEnd."
    page = str(marked(text, [], Part(1, 1, 0, len(text))))
    assert page.count("<br>") == 2
    assert "page,\nand" in page


def test_a_statement_page_says_why_and_how_to_cite(room: TestClient) -> None:
    s = room.get("/search.json?act=THREATEN").json()["statements"][0]
    got = room.get(f"/statements/{s['id']}.json").json()
    assert got["statement"] == s
    assert {"speaker", "act", "condition", "confidence"} <= {w["field"] for w in got["why"]}
    start, end = s["source"][0]["start"], s["content"][0]["start"]
    assert got["citation"].startswith("Ivan Petrov: If the blockade went on … his country would answer with force.")
    assert f"http://127.0.0.1:8400/statements/{s['id']}" in got["citation"]
    assert f"Characters {min(start, end)}–" in got["citation"]
    page = room.get(f"/statements/{s['id']}").text
    assert html.escape(got["citation"], quote=False) in page.replace("&#34;", '"')
    assert "nobody has corrected it" in page


def test_nested_statements_point_at_each_other(room: TestClient) -> None:
    (inner,) = room.get("/search.json?nested=yes").json()["statements"]
    assert f'href="/statements/{inner["nested_in"]}"' in room.get(f"/statements/{inner['id']}").text
    assert f'href="/statements/{inner["id"]}"' in room.get(f"/statements/{inner['nested_in']}").text


def test_documents_are_listed_and_found(room: TestClient) -> None:
    got = room.get("/documents.json").json()
    assert got["total"] == 5
    assert [d["published"] for d in got["documents"]] == sorted((d["published"] for d in got["documents"]), reverse=True)
    assert {d["statements"] for d in got["documents"]} == {5, 2, 1}
    assert room.get("/documents.json?words=PREMIER").json()["total"] == 1
    assert room.get("/documents.json?outlet=Herald&outlet=Courier").json()["total"] == 2
    assert "0 documents" in room.get("/documents?words=nowhere").text
