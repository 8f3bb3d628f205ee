"""The record: a corpus and its statements in one SQLite file.

    from onrecord.record import Query, Record

    with Record.open("r.db") as record:
        page = record.search(Query(text='"red line"', act=("THREATEN",), since="2021-11"))
        print(page.total, page.facets["speaker"][:3])
        for s in page.statements:
            print(s.speaker, s.content[0].text)

See docs/record.md.
"""

from __future__ import annotations

from onrecord.record.agreement import Agreement
from onrecord.record.corrections import Correction
from onrecord.record.names import Unmatched
from onrecord.record.positions import Change, Positions
from onrecord.record.query import FACETS, SORTS, STATUSES, Query
from onrecord.record.search import FacetValue, Note, Page
from onrecord.record.speakers import SpeakerRow
from onrecord.record.sql import Answer
from onrecord.record.stats import Stats
from onrecord.record.store import DEFAULT_FACETS, Record, SavedSearch
from onrecord.record.timeline import Moment
from onrecord.record.writer import Added

__all__ = [
    "DEFAULT_FACETS",
    "FACETS",
    "SORTS",
    "STATUSES",
    "Added",
    "Agreement",
    "Answer",
    "Change",
    "Correction",
    "FacetValue",
    "Moment",
    "Note",
    "Page",
    "Positions",
    "Query",
    "Record",
    "SavedSearch",
    "SpeakerRow",
    "Stats",
    "Unmatched",
]
