"""Any text and any spans in every format: nothing breaks out, nothing moves."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from onrecord import Document, Span, Speaker, Statement
from onrecord.export import FORMATS, Selection, brat
from onrecord.export.csv import guard, unguard
from onrecord.export.standoff import parse
from onrecord.statement import ActorRef, statement_id

#: Letters and everything that some format gives a meaning.
ALPHABET = "ab é𝔘😀中\n\r\t <>&\"'=+-@|\\;:,.#{}[]()_T1\x0b\x0c\x1c\x85\u2028\u2029\x1b\x7f\u202e\ufeff\ufffe"
TEXT = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=80)


@st.composite
def documents(draw: Any) -> tuple[Document, list[Statement]]:
    text = draw(TEXT)
    known = {k: draw(st.none() | TEXT) for k in ("path", "title", "outlet", "author", "url", "language")}
    d = Document(text, published=draw(st.none() | st.just("2021-12-02T09:30:00")), **known)
    found = {}
    for _ in range(draw(st.integers(1, 3))):
        roles = []
        for _ in range(4):
            cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=4))))
            roles.append(tuple(Span(a, b, text[a:b]) for a, b in zip(cuts[::2], cuts[1::2], strict=False)))
        if not any(roles[:3]):
            roles[2] = (Span(0, len(text), text),)
        id = statement_id(d.digest, roles[0], roles[1], roles[2])
        speaker = draw(st.none() | st.builds(Speaker, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT))
        targets = (ActorRef(draw(TEXT), draw(st.none() | TEXT), 0, len(text), None),) if draw(st.booleans()) else ()
        found[id] = Statement(
            id, d, draw(st.sampled_from(["direct", "indirect", "mixed"])), *roles[:3], confidence=0.5, condition=roles[3],
            speaker=speaker, targets=targets, act=draw(st.sampled_from([None, "THREATEN", "<x> odd"])), plover=draw(st.none() | TEXT),
        )  # fmt: skip
    for s in found.values():
        s.check()
    return d, sorted(found.values(), key=lambda s: (s.start, -s.end, s.id))


def plain(value: str) -> str:
    """What XML's reader gives back."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", value)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(documents())
def test_any_text_in_every_format(tmp_path: Path, pair: tuple[Document, list[Statement]]) -> None:
    d, found = pair
    out = {}
    for f in FORMATS.values():
        if f.endings and f.name != "pdf":  # laid out slowly; below
            stream = io.BytesIO()
            f.write()(stream, Selection.given([pair], title=d.title))
            out[f.name] = stream.getvalue()
    for name in ("annotations", "schemaorg", "claimreview", "plover", "csl"):
        json.loads(out[name])
    assert [json.loads(x)["id"] for x in out["jsonl"].decode().split("\n")[:-1]] == [s.id for s in found]
    ids = [json.loads(x)["id"] for x in out["ftm"].decode().split("\n")[:-1]]
    assert len(ids) == len(set(ids))
    tei = etree.fromstring(out["tei"])
    assert "".join(tei.find(".//{*}ab").itertext()) == plain(d.text)
    html = out["html"].decode()
    assert html.count("<article") == len(found)
    assert not re.search(
        r"<(?!/?(?:!DOCTYPE|html|head|meta|title|style|body|main|h1|h2|p|span|article|blockquote|br|code|a|footer)\b)", html
    )
    rows = list(csv.DictReader(io.StringIO(out["csv"].decode(), newline="")))
    assert [r["id"] for r in rows] == [s.id for s in found]
    for row in rows:
        assert not any(v[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") for v in row.values())
    for line in out["conllu"].decode().split("\n"):
        cells = line.split("\t")
        assert line == "" or line.startswith("# ") or len(cells) == 10
        if len(cells) == 10 and not line.startswith("# "):
            start, end = (int(re.search(rf"{k}Char=(\d+)", cells[9])[1]) for k in ("Start", "End"))  # type: ignore[index]
            assert d.text[start:end] == cells[1]
    path = tmp_path / "a.ann"
    path.write_bytes(brat.standoff(d, found).encode())
    events, errors = parse(path, d.text)
    assert errors == []
    assert {e.statement for e in events} == {s.id for s in found if any(brat.pieces(getattr(s, r)) for r in ("cue", "content", "source"))}


@settings(max_examples=8, deadline=None)
@given(documents())
def test_any_text_on_paper(pair: tuple[Document, list[Statement]]) -> None:
    stream = io.BytesIO()
    assert FORMATS["pdf"].write()(stream, Selection.given([pair], title=pair[0].title)) == len(pair[1])
    assert stream.getvalue().startswith(b"%PDF")


@given(st.text(st.sampled_from("'=+-@\t\r\nax＝")))
def test_every_guarded_cell_comes_back(text: str) -> None:
    kept = guard(text)
    assert isinstance(kept, str)
    assert unguard(kept) == text
    assert not kept or kept[0] not in "=+-@\t\r\n＝"


def test_a_quotation_longer_than_a_page_is_printed_whole() -> None:
    text = "Rusk said " + "so it was " * 1000 + "x" * 3000
    d = Document(text)
    content = (Span(10, len(text), text[10:]),)
    s = Statement(statement_id(d.digest, (), (), content), d, "indirect", (), (), content, 0.5)
    stream = io.BytesIO()
    assert FORMATS["pdf"].write()(stream, Selection.given([(d, [s])])) == 1
    assert stream.getvalue().count(b"/Type /Page\n") > 3
