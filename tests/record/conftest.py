"""Documents and statements made by hand, for the record's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord import Document, Span, Speaker, Statement
from onrecord.record import Record
from onrecord.statement import ActorRef, DateRef, statement_id

TEXT = 'Rusk said "the ships had turned" on Tuesday. Kennedy warned Moscow that the red line was crossed, naïve ☃ or not.'


def document(text: str = TEXT, **known: Any) -> Document:
    return Document(text, **({"path": "a.txt", "published": "1962-10-24", "outlet": "Gazette", "reader": "text/1"} | known))


def statement(d: Document, source: str, cue: str, content: str, **known: Any) -> Statement:
    """A statement whose spans are the first places of these words in the text."""

    def at(words: str) -> tuple[Span, ...]:
        return (Span(i := d.text.index(words), i + len(words), words),) if words else ()

    roles = (at(source), at(cue), at(content))
    return Statement(
        statement_id(d.digest, *roles), d, known.pop("kind", "indirect"), *roles, confidence=known.pop("confidence", 0.9), **known
    )


def two(d: Document) -> list[Statement]:
    """The statements of ``TEXT``, with every field filled in one or the other."""
    moscow = d.text.index("Moscow")
    return [
        statement(
            d,
            "Rusk",
            "said",
            '"the ships had turned"',
            kind="direct",
            speaker=Speaker("Dean Rusk", "Q1", "secretary", "USA", "name", 0.8),
            act="ASSERT",
            cameo="01",
            date=DateRef("1962-10-23", "1962-10-24", "Tuesday"),
            polarity="positive",
            modality="fact",
        ),
        statement(
            d,
            "Kennedy",
            "warned",
            "the red line was crossed",
            speaker=Speaker("John F. Kennedy", None, "president", "USA", "name"),
            act="THREATEN",
            plover="THREATEN",
            cameo="13",
            addressees=(ActorRef("Moscow", "RUS", moscow, moscow + 6, "Q159"),),
            targets=(ActorRef("Moscow", "RUS", moscow, moscow + 6),),
            condition=(Span(i := d.text.index("naïve"), i + 5, "naïve"),),
            date=DateRef(None, None, "not"),
            confidence=0.5,
        ),
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "r.db"


@pytest.fixture
def record(path: Path) -> Record:
    return Record.open(path, "create")
