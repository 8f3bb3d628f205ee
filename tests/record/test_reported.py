"""Quotes told briefly and a page at a time agree with quotes told in full."""

from __future__ import annotations

import random

import pytest

from onrecord import Document
from onrecord.errors import UsageError
from onrecord.record import Query, Record
from onrecord.record.quotes import quotes
from onrecord.record.reported import Report, report, reported

from .conftest import statement
from .test_quotes import fill

WORDS = "no ship of ours will turn back before the others have turned back from the line that they drew themselves"


def _crowd(record: Record, n: int) -> list[str]:
    """One quote in ``n`` articles out of order, some without a date, some met in two places, one rejected."""
    chance = random.Random(2)
    ids = []
    for i in range(n):
        day = None if i % 17 == 0 else f"1962-10-{1 + chance.randrange(28):02d}" + (f"T{chance.randrange(24):02d}:00" if i % 3 else "")
        d = Document(f"The envoy said that {WORDS}, report {i}.", path=f"{i}.txt", outlet=f"Outlet {i % 11}", published=day)
        s = statement(d, "The envoy", "said", WORDS)
        record.add(d, [s])
        ids.append(s.id)
        if i % 5 == 0:  # the same text elsewhere, earlier
            record.add(Document(d.text, path=f"again/{i}.txt", outlet="Echo", published="1962-10-02"), [s])
    record.correct(ids[3], "status", "rejected", who="anna")
    return ids


@pytest.mark.parametrize("query", [Query(), Query(text="fleet"), Query(outlet=("Echo",)), Query(status="all")])
def test_the_brief_list_is_the_full_one_in_brief(record: Record, query: Query) -> None:
    fill(record)
    _crowd(record, 150)
    for least in (1, 2, 4):
        full, total = quotes(record, query, least=least, limit=50)
        brief, also = reported(record, query, least=least, limit=50)
        assert also == total
        assert [(b.id, b.times, b.first) for b in brief] == [(q.id, q.times, q.first.statement) for q in full]
        assert [b.place for b in brief] == [q.first.places[0] for q in full]
        for b, q in zip(brief, full, strict=True):
            assert len(b.outlets) == min(7, len(q.outlets))
            assert set(b.outlets) <= set(q.outlets)
    assert reported(record, query, offset=1, limit=1)[0] == reported(record, query, limit=50)[0][1:2]


def test_what_is_kept_does_not_outlive_a_change(record: Record) -> None:
    ids = _crowd(record, 20)
    assert reported(record)[0][0].times == quotes(record)[0][0].times
    record.correct(ids[5], "status", "rejected", who="anna")
    assert reported(record)[0][0].times == quotes(record)[0][0].times == 21
    record.add(Document(f"The envoy said that {WORDS}.", path="new.txt"), [])
    d = Document(f"In short: the envoy said that {WORDS}.", path="new2.txt", outlet="New")
    record.add(d, [statement(d, "the envoy", "said", WORDS)])
    assert reported(record)[0][0].times == quotes(record)[0][0].times == 22


def test_one_quote_a_page_at_a_time(record: Record) -> None:
    ids = _crowd(record, 57)
    (full,), _ = quotes(record, Query(cluster=(ids[0],)), least=1)
    seen = []
    for offset in range(0, 60, 20):
        found = report(record, ids[7], offset=offset, limit=20)
        made = found.quote
        assert made is not None
        assert (made.id, found.total, found.times, set(found.outlets), found.unnamed) == (full.id, 56, full.times, set(full.outlets), 0)
        assert made.first == full.first
        seen += made.variants[1 if offset else 0 :]
    assert seen == list(full.variants)
    alone = fill(record)["Herald"].id
    found = report(record, alone)
    assert found.quote is not None
    assert found.total == len(found.quote.variants)
    with pytest.raises(UsageError):
        report(record, "0" * 16)


def test_a_quote_of_which_nothing_is_left(record: Record) -> None:
    ids = _crowd(record, 4)
    for i in ids[:3]:
        record.correct(i, "status", "rejected", who="anna")
    assert report(record, ids[0]) == Report(None, 0, 0, (), 0)
    assert reported(record) == ([], 0)
