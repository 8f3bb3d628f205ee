"""Sentences in the manner of world news, told act by act: ``world.tsv`` was written for this and holds no training sentence."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from onrecord.acts import ACTS, act
from onrecord.acts.constructions import constructions
from onrecord.document import Document
from onrecord.statement import Span, Statement, statement_id

FILE = Path(__file__).with_name("world.tsv")
_MARK = re.compile(r"[\[\]<>{}]")
Case = tuple[str, Statement, list[str], list[str], list[str]]


def cases() -> list[Case]:
    """(act, statement, targets, addressees, conditions) of each row."""
    out = []
    for line in FILE.read_text(encoding="utf8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, marked, *rest = line.split("\t")
        text, at, opened = "", 0, 0
        spans: dict[str, tuple[int, int]] = {}
        for m in _MARK.finditer(marked):
            text += marked[at : m.start()]
            at = m.end()
            if m.group() in "[<{":
                opened = len(text)
            else:
                spans[m.group()] = opened, len(text)
        text += marked[at:]
        document = Document(text, published="2021-12-02")
        source, cue, content = ((Span(*spans[k], text[slice(*spans[k])]),) for k in "]>}")
        s = Statement(
            statement_id(document.digest, source, cue, content), document, "mixed" if "“" in text else "indirect", source, cue, content, 0.9
        )
        wanted = [[x for x in column.split(" ; ") if x] for column in (*rest, "", "", "")[:3]]
        out.append((name, s, *wanted))
    return out


def f1(pairs: list[tuple[list[str], list[str]]]) -> float:
    """Micro F1 of found against wanted words."""
    right = sum(len(set(a) & set(b)) for a, b in pairs)
    return 2 * right / sum(len(a) + len(b) for a, b in pairs)


@pytest.fixture(scope="module")
def done() -> list[tuple[Case, Statement]]:
    return [(c, act(c[1].document, [c[1]])[0]) for c in cases()]


def test_ten_sentences_of_each_act_none_of_them_trained_on(root: Path) -> None:
    assert Counter(c[0] for c in cases()) == dict.fromkeys(ACTS, 10)
    lines = (root / "training/acts/labels/written.tsv").read_text(encoding="utf8").splitlines()
    written = {" ".join(line.split("\t")[2:]) for line in lines if not line.startswith("#")}
    assert not written & {f"{s.cue[0].text} {s.content[0].text}" for _, s, *_ in cases()}


def test_acts_by_words_alone(done: list[tuple[Case, Statement]]) -> None:
    right = Counter(c[0] for c, s in done if s.act == c[0])
    assert sum(right.values()) >= 0.92 * len(done)  # measured 0.944
    assert min(right[a] for a in ACTS) >= 6


def test_parties_and_conditions(done: list[tuple[Case, Statement]]) -> None:
    text = lambda s, refs: [s.document.text[r.start : r.end] for r in refs]
    assert f1([(text(s, s.targets), c[2]) for c, s in done]) >= 0.80  # measured 0.818
    assert f1([([x.text for x in s.condition], c[4]) for c, s in done]) >= 0.95
    for _, s in done:
        s.check()


@pytest.mark.parametrize(
    ("cue", "content", "expected"),
    [
        ("did not rule out", "a military response", "THREATEN"),
        ("did not rule out", "a third term", None),
        ("refused", "to explain the delay", "DECLINE"),
        ("refused", "to sign the treaty", None),
        ("has not confirmed", "the report", "DECLINE"),
        ("dismissed", "the report as a fabrication", "DENY"),
        ("rejected", "the offer", None),
        ("said", "the charges were false", "DENY"),
        ("said", "there would be no talks", "REJECT"),
        ("urged", "that there be no talks", None),
        ("warned", "the country would strike back with all it had", "THREATEN"),
        ("spoke by phone", "with his counterpart", "CONSULT"),
        ("said", "“I accept the blame for this”", "ACKNOWLEDGE"),
        ("said", "she would vote for the mayor", "SUPPORT"),
        ("doubted", "she would vote for the mayor", None),
        ("is aligned with", "the miners' union", "SUPPORT"),
        ("said", "he saw smoke over the port", "ASSERT"),
        ("said", "the port saw more smoke", None),
        ("said", "they were firmly against the canal", "REJECT"),
    ],
)
def test_constructions(cue: str, content: str, expected: str | None) -> None:
    assert [c.act for c in constructions(cue, content)] == ([expected] if expected else [])
