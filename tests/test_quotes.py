"""Quotation marks of every kind, whole, turned round and left open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.quotes import MARKS, quotes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We wait,” he said.", ["“We wait,”"]),
        ('"We wait," he said. "We hope."', ['"We wait,"', '"We hope."']),
        ("It became a ”bridgehead” overnight.", ["”bridgehead”"]),
        ("„Wir warten“, sagte er.", ["„Wir warten“"]),
        ("«Nous attendons», dit-il.", ["«Nous attendons»"]),
        ("He said ``we wait'' and left.", ["``we wait''"]),
        ("'We wait,' he said, and the allies' envoy agreed.", ["'We wait,'"]),
        ("It's the '90s, 'tis said, and nobody's sure.", []),
        ("“He told me ‘wait’ and I did,” she said.", ["“He told me ‘wait’ and I did,”", "‘wait’"]),
        ('A 6\'2" man said "yes" and left.', ['"yes"']),
        ("(“Never,” he added.)", ["“Never,”"]),
        ("no marks at all", []),
    ],
)
def test_quotes(text: str, expected: list[str]) -> None:
    assert [text[q.start : q.end] for q in quotes(text, (0, len(text)))] == expected


def test_a_quote_left_open_ends_with_its_paragraph() -> None:
    text = "“We wait. We have always waited"
    (q,) = quotes(text, (0, len(text)))
    assert (q.start, q.end, q.closed) == (0, len(text), False)


def test_inner_quotes_know_their_depth() -> None:
    text = "“He told me ‘wait’ and I did,” she said."
    assert [q.depth for q in quotes(text, (0, len(text)))] == [0, 1]


@given(st.text(alphabet=st.sampled_from([*MARKS, "a", "B", " ", ".", ",", "s", "9"]), max_size=60))
def test_any_mess_gives_sane_quotes(text: str) -> None:
    found = quotes(text, (0, len(text)))
    for q in found:
        assert 0 <= q.start < q.end <= len(text)
        assert text[q.start] in MARKS
        assert not q.closed or text[q.end - 1] in MARKS
    assert found == sorted(found, key=lambda q: (q.start, -q.end))
