"""A small record for the exports: plain, nested, torn apart, without cue or act, and hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord import Document, Span, Speaker, Statement
from onrecord.record import Record
from onrecord.statement import ActorRef, DateRef, statement_id
from tests.record.conftest import document, statement, two

NESTED = 'Stevenson told the council that Zorin had said "the missiles are not there" and that he would wait.'
TORN = "“We will not move,”\nthe premier wrote,\n“unless\nthe blockade ends.” Nobody\r\nanswered him."
HOSTILE = (
    "=HYPERLINK(\"http://x.example\") & <script>alert('1')</script> \x1b[2J ]]> </said> said that \u202enaïve\u202c 𝔘nicode 😀 "
    '& <b>"bold"</b> words\tend\u2028here | T1\tSource 0 1\tx | 中文.'
)


def spans(d: Document, *words: str) -> tuple[Span, ...]:
    return tuple(Span(i := d.text.index(w), i + len(w), w) for w in words)


def made(d: Document, source: tuple[Span, ...], cue: tuple[Span, ...], content: tuple[Span, ...], **known: object) -> Statement:
    known = {"kind": "indirect", "confidence": 0.75} | known
    return Statement(statement_id(d.digest, source, cue, content), d, source=source, cue=cue, content=content, **known)  # type: ignore[arg-type]


def corpus() -> list[tuple[Document, list[Statement]]]:
    plain = document(title="The ships", url="http://gazette.example/ships?a=1&b=2", author="A. Writer", language="en")
    nested = document(NESTED, path="b.txt", outlet="Herald", published="1962-10-25T18:00:00")
    outer = statement(
        nested, "Stevenson", "told", 'that Zorin had said "the missiles are not there" and that he would wait', act="ASSERT", cameo="01",
        kind="mixed", speaker=Speaker("Adlai Stevenson", "person:adlai-stevenson", "ambassador", "USA", "name", 0.9),
        addressees=(ActorRef("the council", "UN", i := NESTED.index("the council"), i + 11, "UN.sc"),),
    )  # fmt: skip
    inner = statement(
        nested, "Zorin", "said", '"the missiles are not there"', kind="direct", act="DENY", plover=None, cameo="01", nested_in=outer.id,
        speaker=Speaker("Valerian Zorin", "person:valerian-zorin", "ambassador", "SUN", "name", 0.9),
        polarity="negative", modality="actual",
    )  # fmt: skip
    torn = document(TORN, path=None, outlet=None, published=None, title=None)
    promise = made(
        torn, spans(torn, "the premier"), spans(torn, "wrote"), spans(torn, "“We will not move,”", "“unless\nthe blockade ends.”"),
        kind="direct", act="COMMIT", plover="AGREE", cameo="03", condition=spans(torn, "unless\nthe blockade ends"),
        date=DateRef("1962-10-26", "1962-10-27", "Friday"),
    )  # fmt: skip
    crossing = made(torn, (), (), spans(torn, "wrote,\n“unless"))
    hostile = document(HOSTILE, path="../../<evil>&\"'.txt", title="=1+1 <i>|\ttitle", outlet="@outlet & Söhne", url="javascript:alert(1)")
    bad = made(
        hostile, spans(hostile, HOSTILE[: HOSTILE.index(" said")]), spans(hostile, "said"),
        spans(hostile, HOSTILE[HOSTILE.index("that \u202e") : HOSTILE.index(" | T1")], "中文"),
        kind="mixed", act="THREATEN", plover="THREATEN", cameo="13",
        speaker=Speaker("=cmd|' /C calc'!A0 <x>", "person:<evil>\"&", "+role\n", None, "name"),
        targets=(ActorRef("-1 </x>", None, 0, 5, None),),
    )  # fmt: skip
    pairs = [(plain, two(plain)), (nested, [outer, inner]), (torn, [promise, crossing]), (hostile, [bad])]
    return [(d, sorted((replace(s, document=d) for s in ss), key=lambda s: (s.start, -s.end, s.id))) for d, ss in pairs]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the record, never written to again."""
    path = tmp_path_factory.mktemp("record") / "r.db"
    with Record.open(path, "create") as r:
        for d, found in corpus():
            r.add(d, found)
        r.add(document("Nothing was said here.", path="dull.txt"), [])
    return path


@pytest.fixture
def record(kept: Path) -> Iterator[Record]:
    with Record.open(kept) as r:
        yield r


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Record]:
    """A record of the same, to be written to."""
    with Record.open(tmp_path / "own.db", "create") as r:
        for d, found in corpus():
            r.add(d, found)
        yield r
