"""A record that gains statements of a document it holds: what an import does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from onrecord.record import Query, Record
from tests.record.conftest import document, two


def test_what_is_there_stays_and_what_is_new_joins_it(tmp_path: Path) -> None:
    d = document()
    first, second = two(d)
    with Record.open(tmp_path / "r.db", "create") as record:
        assert record.add(d, [first], merge=True).fresh == 1
        record.correct(first.id, "act", "DENY", who="ada")
        added = record.add(d, [replace(first, act="APPEAL"), replace(second, nested_in=first.id)], merge=True)
        assert (added.new, added.fresh, added.statements) == (False, 1, 2)
        assert record.add(d, two(d), merge=True).fresh == 0
        # A statement of it that joins late may be nested in one that is there.
        assert record.statement(second.id).nested_in == first.id
        assert record.statement(first.id).act == "DENY"
        record.undo(1, who="ada")
        assert record.statement(first.id) == first
        record.add(other := document("Rusk said so. " + d.text), two(other))
        record.add(d, [], merge=True)
        assert [s.document.id for s in record.statements(Query(sort="document"))] == [d.id] * 2 + [other.id] * 2
