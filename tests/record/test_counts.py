"""Timelines, speakers, stats, saved searches and names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from onrecord import Speaker
from onrecord.errors import DamagedError, UsageError
from onrecord.record import Query, Record
from onrecord.statement import ActorRef, DateRef, Statement

from .conftest import document, statement, two
from .corpus import corpus, facet


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, list[Statement]]:
    record = Record.open(tmp_path_factory.mktemp("counts") / "r.db", "create")
    made: list[Statement] = []
    for d, statements in corpus(60, seed=3):
        record.add(d, statements)
        made += statements
    return record, made


def first_day(s: Statement) -> str | None:
    return s.date.start if s.date and s.date.start else s.document.published


@pytest.mark.parametrize(("by", "size"), [("day", 10), ("month", 7), ("year", 4)])
def test_a_timeline_counts_every_statement_once(filled: tuple[Record, list[Statement]], by: str, size: int) -> None:
    record, made = filled
    got = record.timeline(Query(), by=by)
    days = [first_day(s) for s in made]
    assert {m.period: m.count for m in got} == Counter(d[:size] if d else None for d in days)
    dated = [m.period for m in got if m.period]
    assert dated == sorted(dated)
    assert got[0].period is None


def test_weeks_begin_on_monday(record: Record) -> None:
    d = document()
    for start, end in (
        ("2021-12-05", "2021-12-06"),
        ("2021-12-06", "2021-12-07"),
        ("2021-12-12", "2021-12-13"),
        ("1962-10-28", "1962-10-29"),
    ):
        e = document(f"{start}: {d.text}")
        record.add(e, [statement(e, "Rusk", "said", "the ships had turned", date=DateRef(start, end, "then"))])
    weeks = record.timeline(Query(), by="week")
    assert [(m.period, m.count) for m in weeks] == [("1962-10-22", 1), ("2021-11-29", 1), ("2021-12-06", 2)]
    assert sum(m.count for m in record.timeline(Query(count="clusters"), by="year")) <= 4
    with pytest.raises(UsageError, match="day, week, month, year"):
        record.timeline(Query(), by="hour")
    assert record.timeline(Query(text="nothing")) == ()


def test_speakers(filled: tuple[Record, list[Statement]]) -> None:
    record, made = filled
    rows, total = record.speakers(Query())
    counts = Counter(v for s in made for v in facet(s, "speaker"))
    assert {r.value: r.count for r in rows} == counts
    assert total == len(counts)
    for r in rows:
        theirs = [s for s in made if r.value in facet(s, "speaker")]
        days = [d for s in theirs if (d := first_day(s))]
        assert (r.first, r.last) == (min(days), max(days))
        acts = Counter(s.act for s in theirs if s.act)
        assert [n for _, n in r.acts] == sorted(acts.values(), reverse=True)[:3]
        assert all(acts[a] == n for a, n in r.acts)
        assert r.country == (theirs[0].speaker.country if theirs[0].speaker else None)
        assert record.count(Query(speaker=(r.value,))) == r.count
    assert record.speakers(Query(), offset=1, limit=2) == (rows[1:3], total)
    assert record.speakers(Query(text="nothing")) == ((), 0)


def test_stats(filled: tuple[Record, list[Statement]]) -> None:
    record, made = filled
    s = record.stats()
    documents = {x.document.id: x.document for x in made}
    assert (s.documents, s.statements) == (len(documents), len(made))
    assert s.words == sum(len(d.text.split()) for d in documents.values())
    assert dict(s.by_kind) == Counter(x.kind for x in made)
    assert dict(s.by_act) == Counter(x.act for x in made if x.act)
    assert s.dated == sum(bool(x.date and x.date.start) for x in made)
    assert s.named == sum(bool(facet(x, "speaker")) for x in made)
    assert s.models == ((None, s.models[0][1], len(documents)),)
    assert s.published == (min(p := [d.published for d in documents.values() if d.published]), max(p))
    assert s.size == record.path.stat().st_size


def test_an_empty_record(record: Record) -> None:
    s = record.stats()
    assert (s.documents, s.statements, s.words, s.by_act, s.models) == (0, 0, 0, (), ())
    assert record.search(Query()).total == 0
    assert record.search("red line").facets["speaker"] == ()
    assert record.timeline(Query()) == ()
    assert record.speakers(Query()) == ((), 0)
    assert all(a.units == 0 for a in record.agreement())


def test_what_is_new_in_a_saved_search(record: Record, path: Path) -> None:
    d = document()
    record.add(d, two(d))
    record.save_search(" ships  ", Query(text="ships", page=3))
    assert [(s.name, s.total, s.new, s.query.page) for s in record.saved_searches()] == [("ships", 1, 0, 1)]
    e = document("Later, Rusk said other ships had turned.")
    record.add(e, [statement(e, "Rusk", "said", "other ships had turned")])
    assert [(s.total, s.new) for s in record.saved_searches()] == [(2, 1)]
    assert [s.document.id for s in record.new_in("ships")] == [e.id]
    with Record.open(path) as other:
        assert [s.new for s in other.saved_searches()] == [1]
    record.mark_seen("ships")
    assert list(record.new_in("ships")) == []
    record.drop_search("ships")
    for gone in (record.mark_seen, record.drop_search, lambda n: list(record.new_in(n))):
        with pytest.raises(UsageError, match="no saved search"):
            gone("ships")
    with pytest.raises(UsageError, match="1 to 200"):
        record.save_search(" ", Query())


@pytest.mark.parametrize(
    ("field", "typed", "found"),
    [
        ("speaker", "Maria Zakharova", 1),
        ("speaker", "zakharova", 1),
        ("speaker", "ZAKHAROVA", 1),
        ("speaker", "Zakhar", 1),
        ("speaker", "zakharovas", 0),
        ("speaker", "person:maria-zakharova", 1),
        ("speaker", "alvarez", 1),
        ("speaker", "Kennedy", 1),
        ("speaker", "~Kennedy", 2),
        ("speaker", "", 0),
        ("target", "NATO", 1),
        ("target", "nato", 1),
        ("target", "Russia", 1),
        ("target", "Moscow", 1),
        ("target", "Kremlin", 1),
        ("target", "RUS", 1),
        ("country", "RUS", 1),
        ("country", "rus", 1),
        ("country", "Russia", 1),
        ("country", "Russian", 1),
        ("country", "Atlantis", 0),
        ("outlet", "monde", 4),
        ("outlet", "LE MONDE", 4),
        ("role", "spokes", 1),
    ],
)
def test_names_as_users_write_them(record: Record, field: str, typed: str, found: int) -> None:
    d = document("Zakharova said a. Álvarez said b. Kennedy said c. Robert Kennedy said d. NATO and Moscow heard.", outlet="Le Monde")
    moscow, nato = d.text.index("Moscow"), d.text.index("NATO")
    people = (
        (
            "Zakharova",
            "a",
            Speaker("Maria Zakharova", "person:maria-zakharova", "spokeswoman", "RUS"),
            ActorRef("NATO", "NATO", nato, nato + 4, "NATO"),
        ),
        ("Álvarez", "b", Speaker("José Álvarez"), ActorRef("Moscow", "RUS", moscow, moscow + 6, "RUS")),
        ("Kennedy", "c", Speaker("Kennedy"), None),
        ("Robert Kennedy", "d", Speaker("Robert Kennedy"), None),
    )
    record.add(d, [statement(d, n, "said", c, speaker=w, targets=(t,) if t else ()) for n, c, w, t in people])
    q = Query(**{field: (typed,)})  # type: ignore[arg-type]
    assert record.count(q) == found
    assert bool(record.unmatched(q)) == (found == 0)


def test_near_names_are_offered(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    (u,) = record.unmatched(Query(speaker=("Kenedy",)))
    assert (u.field, u.value, u.near) == ("speaker", "Kenedy", ("John F. Kennedy",))
    assert record.unmatched(Query(text="ships", speaker=("Rusk",))) == ()


def test_refusals_are_counted(record: Record) -> None:
    run = record.start_run()
    record.log_refusal(DamagedError("a.pdf", "cut short"), run=run)
    assert record.stats().refused == 1


@pytest.mark.parametrize("typed", ["", "xyz", "0", "f" * 70, "'; DROP TABLE statement"])
def test_ids_that_are_none(record: Record, typed: str) -> None:
    d = document()
    record.add(d, two(d))
    with pytest.raises(UsageError):
        record.resolve(typed)


def test_ids_by_their_beginning(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    one = two(d)[0].id
    assert record.resolve(one) == record.resolve(one[:6]) == record.resolve(one.upper()) == ("statement", one)
    assert record.resolve(d.id[:8]) == ("document", d.id)
