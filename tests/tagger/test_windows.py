"""Pieces and windows: everything once, offsets true, cost linear."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.tagger.pieces import FEATURES, cut
from onrecord.tagger.session import Tagger
from onrecord.tagger.windows import windows


@pytest.fixture(scope="module")
def tokenizer() -> object:
    return Tagger(threads=1).tokenizer


@given(text=st.text(max_size=300))
@settings(max_examples=80, deadline=None)
def test_pieces_hold_what_they_say(tokenizer: object, text: str) -> None:
    p = cut(text, tokenizer)  # type: ignore[arg-type]
    assert np.all(p.start < p.end) or len(p) == 0 or np.all(p.start <= p.end)
    assert np.all(p.end <= len(text))
    assert np.all(np.diff(p.start) >= 0)
    assert np.all((p.feature >= 0) & (p.feature < FEATURES))


@given(text=st.text(st.sampled_from(list("aAß'’.,-é\u0301Σ中 \n\t\xa0\x1c\u200b\ud800")) | st.characters(), max_size=80))
@settings(max_examples=150, deadline=None)
def test_pieces_are_the_whole_texts_however_often_its_words_were_cut(tokenizer: object, text: str) -> None:
    chunks: dict[str, bytes] = {}
    first, again = (cut(text, tokenizer, chunks) for _ in range(2))  # type: ignore[arg-type]
    plain = re.sub("[\ud800-\udfff]", "\ufffd", text)
    paras = [tokenizer.encode(plain[s:e], add_special_tokens=False) for s, e in first.paragraphs]  # type: ignore[attr-defined]
    assert first.ids.tolist() == [i for e in paras for i in e.ids]
    offsets = [(a + s, b + s) for e, (s, _) in zip(paras, first.paragraphs, strict=True) for a, b in e.offsets]
    assert list(zip(first.start.tolist(), first.end.tolist(), strict=True)) == offsets
    assert all(np.array_equal(getattr(first, x), getattr(again, x)) for x in ("ids", "start", "end", "feature", "paragraph"))


def test_case_and_quotes_are_kept_beside_the_pieces(tokenizer: object) -> None:
    text = 'NATO said "we wait". NATO said we wait'
    p = cut(text, tokenizer)  # type: ignore[arg-type]
    by_word = {text[s:e]: f for s, e, f in zip(p.start.tolist(), p.end.tolist(), p.feature.tolist(), strict=True)}
    lower = cut(text.lower(), tokenizer)  # type: ignore[arg-type]
    assert by_word["said"] == lower.feature[1]
    assert p.feature[0] != lower.feature[0]
    inside, outside = (i for i, s in enumerate(p.start.tolist()) if text[s : s + 4] == "wait")
    assert p.feature[inside] != p.feature[outside]


@pytest.mark.parametrize("size", [32, 64, 256])
def test_window_cores_cover_every_piece_once_and_fit(tokenizer: object, size: int) -> None:
    text = "\n\n".join(f"Paragraph {i} says that {'the ships turn round, ' * (i % 40)}and so on." for i in range(60))
    p = cut(text, tokenizer)  # type: ignore[arg-type]
    ws = windows(text, p, size=size)
    assert [i for w in ws for i in range(w.core, w.hi)] == list(range(len(p)))
    assert max(len(w) for w in ws) <= size
    starts = {0, *(np.flatnonzero(np.diff(p.paragraph)) + 1).tolist()}
    short = [w for w in ws if size == 256]
    assert all(w.core in starts for w in short if int(p.paragraph[w.core]) != int(p.paragraph[w.core - 1]) or w.core == 0)


def test_a_text_without_spaces_or_stops_still_fits(tokenizer: object) -> None:
    text = "ß" * 5000 + "," * 5000
    p = cut(text, tokenizer)  # type: ignore[arg-type]
    ws = windows(text, p, size=64)
    assert [i for w in ws for i in range(w.core, w.hi)] == list(range(len(p)))
