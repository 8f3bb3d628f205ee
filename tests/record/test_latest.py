"""Corrections a page at a time, who made them, and two coders side by side."""

from __future__ import annotations

from onrecord.record import Record
from onrecord.record.agreement import CODED

from .conftest import document, two


def test_corrections_a_page_at_a_time(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    said, warned = (s.id for s in two(d))
    for i in range(7):
        record.correct(said if i % 2 else warned, "act", "DENY" if i % 3 else "ASSERT", who="anna" if i < 5 else "ben")
    record.undo(2, who="carl")
    everything = record.corrections()[::-1]
    seen = []
    for offset in range(0, 9, 3):
        page, total = record.latest_corrections(offset=offset, limit=3)
        assert total == 8
        seen += page
    assert seen == everything
    for given in ({"who": "ben"}, {"statement": said}, {"field": "act", "document": d.id}, {"field": "status"}):
        page, total = record.latest_corrections(**given)
        assert page == record.corrections(**given)[::-1]
        assert total == len(page)
    assert record.coders() == [("anna", 2), ("ben", 2)]  # carl only took something back


def test_two_coders_side_by_side(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    said, warned = (s.id for s in two(d))
    record.correct(said, "act", "DENY", who="anna")
    record.correct(said, "status", "accepted", who="ben")
    record.correct(warned, "act", "DEMAND", who="anna")
    record.correct(warned, "act", "REJECT", who="ben")
    record.correct(warned, "kind", "direct", who="anna")
    figures, units = record.side_by_side("anna", "ben")
    assert figures == record.agreement(coders=("anna", "ben"))
    assert [g.field for g in figures] == list(CODED)
    assert [(u.statement, u.differ) for u in units] == [(warned, ("act",)), (said, ())]
    assert (units[0].a, units[0].b) == ({"act": "DEMAND", "kind": "direct"}, {"act": "REJECT"})
    assert units[1].b["act"] == "DENY"  # who accepts gives the values that stood
    assert units[1].b["status"] == "accepted"
    row = record.corrections(statement=warned, who="ben")[0]
    record.undo(row.id, who="ben")
    assert [u.statement for u in record.side_by_side("anna", "ben")[1]] == [said]
    assert record.side_by_side("anna", "nobody")[1] == ()
