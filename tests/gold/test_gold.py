"""The annotated examples: the texts are the example files' own, and every span is sane.

``thirteen_days.jsonl`` annotates ``examples/thirteen-days``; ``hard_cases.jsonl`` holds short passages of its own, each
about one difficulty (``why`` says which). Both are in the scorer's GOLD format, with two keys more: an ``id`` for every
statement, unique in its document, and ``nested``, a list of the statements reported inside another's content, whose
``in`` is that other's id. The conventions are those of ``docs/annotation.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from onrecord.score import score

HERE = Path(__file__).parent
ROLES = ("source", "cue", "content")
NAMES = ("thirteen_days", "hard_cases")


@cache
def gold(name: str) -> list[dict[str, Any]]:
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def documents() -> list[Any]:
    return [pytest.param(d, id=d["id"]) for name in NAMES for d in gold(name)]


def statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["readings"][0]["attributions"]
    yield from document["nested"]


def texts(document: dict[str, Any], spans: list[list[int]]) -> list[str]:
    return [document["text"][s:e] for s, e in spans]


def test_every_example_is_annotated(root: Path) -> None:
    files = {p.stem for p in (root / "examples" / "thirteen-days").glob("*.txt")}
    assert files == {d["id"] for d in gold("thirteen_days")}
    assert len(files) == 13


@pytest.mark.parametrize("document", [pytest.param(d, id=d["id"]) for d in gold("thirteen_days")])
def test_the_text_is_the_example_file_unchanged(document: dict[str, Any], root: Path) -> None:
    raw = (root / "examples" / "thirteen-days" / f"{document['id']}.txt").read_bytes()
    assert raw.decode("utf-8") == document["text"]
    assert 180 <= len(document["text"].split()) <= 400
    assert document["id"].startswith("1962-10-")


@pytest.mark.parametrize("document", documents())
def test_spans_hold_words_and_are_in_order(document: dict[str, Any]) -> None:
    text = document["text"]
    for a in statements(document):
        assert a["content"], a["id"]
        for role in ROLES:
            before = 0
            for start, end in a[role]:
                assert before <= start < end <= len(text), (a["id"], role)
                assert text[start:end] == text[start:end].strip(), (a["id"], role)
                before = end


@pytest.mark.parametrize("document", documents())
def test_no_span_begins_or_ends_inside_a_word(document: dict[str, Any]) -> None:
    text = document["text"]
    for a in statements(document):
        for role in ROLES:
            for start, end in a[role]:
                assert not re.match(r"\w\w", text[max(0, start - 1) : start + 1]) or start == 0, (a["id"], role, text[start:end])
                assert not re.match(r"\w\w", text[end - 1 : end + 1]), (a["id"], role, text[start:end])


@pytest.mark.parametrize("document", documents())
def test_roles_of_one_statement_do_not_overlap(document: dict[str, Any]) -> None:
    for a in statements(document):
        spans = sorted(tuple(x) for role in ROLES for x in a[role])
        assert all(b[0] >= a_[1] for a_, b in zip(spans, spans[1:], strict=False)), a["id"]


@pytest.mark.parametrize("document", documents())
def test_a_cue_is_one_fragment_and_content_keeps_to_its_paragraph(document: dict[str, Any]) -> None:
    as_from_a_pdf = re.search(r"[a-z] \n\n[a-z]", document["text"])
    paragraph_break = re.compile(r"\n{4}" if as_from_a_pdf else r"\n\n")
    for a in statements(document):
        assert len(a["cue"]) == 1, a["id"]
        assert not any(paragraph_break.search(t) for role in ROLES for t in texts(document, a[role])), a["id"]


@pytest.mark.parametrize("document", documents())
def test_ids_are_unique_and_statements_in_text_order(document: dict[str, Any]) -> None:
    ids = [a["id"] for a in statements(document)]
    assert len(set(ids)) == len(ids)
    starts = [min(s for role in ROLES for s, _ in a[role]) for a in document["readings"][0]["attributions"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize("document", documents())
def test_nested_statements_lie_within_the_content_of_another(document: dict[str, Any]) -> None:
    by_id = {a["id"]: a for a in statements(document)}
    for a in document["nested"]:
        outer = by_id[a["in"]]["content"]
        for role in ROLES:
            for start, end in a[role]:
                assert any(s <= start and end <= e for s, e in outer), (a["id"], role)


@pytest.mark.parametrize("document", documents())
def test_outer_statements_do_not_lie_within_each_other(document: dict[str, Any]) -> None:
    outer = document["readings"][0]["attributions"]
    for a in outer:
        for b in outer:
            if a is not b:
                cue = b["cue"] or b["content"]
                assert not any(s <= cue[0][0] and cue[-1][1] <= e for s, e in a["content"]), (a["id"], b["id"])


@pytest.mark.parametrize("document", documents())
def test_punctuation_at_the_ends(document: dict[str, Any]) -> None:
    if document.get("loose_marks"):
        pytest.skip("about marks that do not match")
    for a in statements(document):
        for t in texts(document, a["content"]):
            assert not re.search(r"[^\W\d_]{3,}[,;]$", t), (a["id"], t)  # a comma belongs only inside a closing quote mark
            assert not re.match(r"[,.;:]", t), (a["id"], t)
        for t in texts(document, a["cue"]):
            assert not re.search(r"[,;.]$", t), (a["id"], t)


@pytest.mark.parametrize("document", [pytest.param(d, id=d["id"]) for d in gold("thirteen_days")])
def test_a_quote_is_in_the_content_marks_and_all(document: dict[str, Any]) -> None:
    """No outer content cuts a quote: every fragment closes what it opens, save where the next paragraph opens it anew."""
    for a in document["readings"][0]["attributions"]:
        fragments = texts(document, a["content"])
        for i, t in enumerate(fragments):
            assert t.count('"') % 2 == 0, (a["id"], t)
            still_open = t.count("“") - t.count("”")
            assert still_open in (0, 1), (a["id"], t)
            if still_open:
                assert fragments[i + 1].startswith("“"), (a["id"], t)


def test_the_gold_scores_itself_perfect() -> None:
    for name in NAMES:
        figures = score((d["text"], d["readings"][0]["attributions"], d["readings"][0]["attributions"]) for d in gold(name))
        assert set(figures.flat().values()) == {100.0}


def test_the_examples_hold_what_they_are_meant_to_hold() -> None:
    """Kinds, layouts and difficulties that a demonstration has to show are all there."""
    docs = gold("thirteen_days")
    text = "\n".join(d["text"] for d in docs)
    assert text.count("“") >= 40
    assert sum('"' in d["text"] for d in docs) >= 2
    assert any(max(map(len, d["text"].split("\n"))) <= 72 for d in docs)  # wrapped
    assert any(re.search(r"[a-z] \n\n[a-z]", d["text"]) for d in docs)  # as pasted from a PDF
    outer = [(d, a) for d in docs for a in d["readings"][0]["attributions"]]
    assert sum(len(a["content"]) > 1 for _, a in outer) >= 25
    assert sum(not a["source"] for _, a in outer) >= 3
    assert sum(len(d["nested"]) for d in docs) >= 40
    sources = {t.lower() for d, a in outer for t in texts(d, a["source"])}
    assert {"he", "it", "who", "they"} <= sources


def test_the_page_on_annotation_gives_the_right_counts(root: Path) -> None:
    page = " ".join((root / "docs" / "annotation.md").read_text(encoding="utf-8").split())
    docs = gold("thirteen_days")
    outer, nested = sum(len(d["readings"][0]["attributions"]) for d in docs), sum(len(d["nested"]) for d in docs)
    assert f"{outer} statements and {nested} nested ones" in page
    assert f"adds {len(gold('hard_cases'))} short passages" in page
    sample = json.loads(page[page.index("```json") + 7 :].split("```")[0])
    assert [texts(sample, a[role]) for a in statements(sample) for role in ROLES] == [["The ministry"], ["said"], ["the port was closed"]]
