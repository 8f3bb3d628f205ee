"""Searches, counts and order against a plain search of the same statements, one after another."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import UsageError
from onrecord.record import FACETS, Query, Record, columns, search
from onrecord.record.search import FACET_VALUES
from onrecord.statement import Statement

from .conftest import document, two
from .corpus import corpus, meets, plain_facets, random_query


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, list[Statement]]:
    """A record of some hundred statements in many small blocks, and the statements in the order they went in."""
    patch = pytest.MonkeyPatch()
    patch.setattr(columns, "CHUNK", 16)
    record = Record.open(tmp_path_factory.mktemp("search") / "r.db", "create")
    made: list[Statement] = []
    for d, statements in corpus(80):
        record.add(d, statements)
        made += statements
    yield record, made  # type: ignore[misc]
    patch.undo()


def clusters_of(record: Record, statements: list[Statement]) -> dict[str, str]:
    return {s.id: record.note(s.id).cluster for s in statements}


def test_every_search_finds_what_a_plain_one_finds(filled: tuple[Record, list[Statement]]) -> None:
    record, made = filled
    clusters = clusters_of(record, made)
    chance = random.Random(1)
    found = 0
    for _ in range(120):
        q = random_query(chance)
        wanted = [s for s in made if meets(s, q)]
        found += bool(wanted)
        page = record.search(replace(q, size=1000), facets=FACETS)
        if q.count == "statements":
            assert {s.id for s in page.statements} == {s.id for s in wanted}, q
            assert page.total == record.count(q) == len(wanted)
        else:
            shown = [clusters[s.id] for s in page.statements]
            assert len(shown) == len(set(shown)) == page.total == record.count(q)
            assert set(shown) == {clusters[s.id] for s in wanted}
        for field in FACETS:
            if chance.random() < 0.6:
                continue
            plain = plain_facets(made, q, field, clusters)
            given = {v.value: v.count for v in page.facets[field]}
            assert all(plain[v] == n for v, n in given.items()), (q, field)
            assert len(given) == (len(plain) if field == "month" else min(FACET_VALUES, len(plain))), (q, field)
            counts = [v.count for v in page.facets[field]]
            assert field == "month" or counts == sorted(counts, reverse=True)
    assert found > 50  # most of the searches find something: the test tests


@pytest.mark.parametrize("sort", ["newest", "oldest", "published", "surest", "unsurest", "added", "document", "relevance"])
@pytest.mark.parametrize("count", ["statements", "clusters"])
def test_pages_are_the_whole_in_order(filled: tuple[Record, list[Statement]], sort: str, count: str) -> None:
    record, _ = filled
    q = Query(text="missile" if sort == "relevance" else "", sort=sort, count=count, size=7)
    pages = []
    while len(pages) == 0 or pages[-1].statements:
        pages.append(record.search(replace(q, page=len(pages) + 1), facets=()))
    together = [s for p in pages for s in p.statements]
    assert len(together) == len({s.id for s in together}) == pages[0].total
    assert [s.id for s in record.search(replace(q, size=1000), facets=()).statements] == [s.id for s in together]
    if count == "statements":
        assert [s.id for s in record.statements(q)] == [s.id for s in together]

    def day(s: Statement) -> str:
        return (s.date.start if s.date and s.date.start else s.document.published) or ""

    keys: dict[str, list[Any]] = {
        "newest": [day(s) for s in together][::-1],
        "oldest": [day(s) or "9999" for s in together],
        "published": [s.document.published or "" for s in together][::-1],
        "surest": [-s.confidence for s in together],
        "unsurest": [s.confidence for s in together],
    }
    if sort in keys:
        assert keys[sort] == sorted(keys[sort])


def test_few_and_many_are_counted_alike(filled: tuple[Record, list[Statement]], monkeypatch: pytest.MonkeyPatch) -> None:
    record, _ = filled
    queries = [Query(text="missile"), Query(count="clusters"), Query(act=("DENY", "ASSERT"), month=("1962-10",)), Query(outlet=("a",))]
    few = [record.facets(q, FACETS, limit=5) for q in queries]
    monkeypatch.setattr(search, "_FEW", 0)
    assert [record.facets(q, FACETS, limit=5) for q in queries] == few
    assert sum(len(v) for f in few for v in f.values()) > 50


@pytest.mark.parametrize("count", ["statements", "clusters"])
def test_of_many_matches_the_newest_are_weighed(
    filled: tuple[Record, list[Statement]], monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    record, _ = filled

    def pages(q: Query) -> list[str]:
        first = record.search(q, facets=())
        return [s.id for n in range(first.pages) for s in record.search(replace(q, page=n + 1), facets=()).statements]

    q = Query(text="missile", size=3)
    newest, ranked = pages(q), pages(replace(q, sort="relevance"))
    monkeypatch.setattr(search, "WEIGHED", 10)
    assert len(newest) > 15
    assert ranked != newest
    bounded = pages(replace(q, sort="relevance"))
    assert bounded == [i for i in ranked if i in newest[:10]] + newest[10:]
    if count == "clusters":
        firsts = {record.note(i).cluster for i in newest}
        shown = pages(replace(q, sort="relevance", count="clusters"))
        assert len(shown) == len(firsts) == len({record.note(i).cluster for i in shown})
    filtered = pages(replace(q, sort="relevance", act=("ASSERT",)))
    assert set(filtered) == set(pages(replace(q, act=("ASSERT",))))
    assert filtered


def test_counts_of_everything_are_counted_anew_after_a_change(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    q = Query()
    assert {v.value: v.count for v in record.search(q).facets["act"]} == {"ASSERT": 1, "THREATEN": 1}
    assert record.search(q) == record.search(q)
    record.correct(two(d)[0].id, "act", "THREATEN", who="x")
    assert {v.value: v.count for v in record.search(q).facets["act"]} == {"THREATEN": 2}
    record.correct(two(d)[0].id, "status", "rejected", who="x")
    assert {v.value: v.count for v in record.search(q).facets["act"]} == {"THREATEN": 1}
    assert record.search(replace(q, status="all")).total == 2
    assert record.search(replace(q, status="rejected")).total == 1
    assert record.search(replace(q, status="unreviewed")).total == 1


def test_what_one_record_writes_another_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that fill and change while others look: the columns taken in step by step are those read at once."""
    monkeypatch.setattr(columns, "CHUNK", 16)
    chance = random.Random(2)
    with Record.open(tmp_path / "r.db", "create") as writer, Record.open(tmp_path / "r.db") as reader:
        known: list[str] = []
        for d, statements in corpus(60, seed=9):
            writer.add(d, statements)
            known += [s.id for s in statements]
            if chance.random() < 0.4:
                writer.correct(chance.choice(known), chance.choice(("act", "status")), None, who="x")
            if chance.random() < 0.3:
                writer.correct(chance.choice(known), "status", "rejected", who="x")
            if chance.random() < 0.2:
                writer.add(d, statements[1:], replace=True)
                known = [i for i in known if i != statements[0].id]
            if chance.random() < 0.5:
                with Record.open(tmp_path / "r.db") as fresh:
                    for q in (
                        Query(size=1000),
                        Query(status="all", sort="added", size=1000),
                        Query(text="that missile"),
                        Query(target=("NATO",)),
                    ):
                        assert reader.search(q, facets=FACETS) == fresh.search(q, facets=FACETS)
                    assert reader.stats() == fresh.stats()


def test_many_readers_and_a_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "CHUNK", 16)
    record = Record.open(tmp_path / "r.db", "create")
    made = corpus(80, seed=4)
    failed: list[BaseException] = []
    done = threading.Event()

    def look(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not done.is_set():
                q = random_query(chance)
                page = record.search(q, facets=FACETS)
                assert len(page.statements) == min(page.total, q.size)
                assert all(v.count > 0 for vs in page.facets.values() for v in vs)
        except BaseException as e:
            failed.append(e)

    threads = [threading.Thread(target=look, args=(i,)) for i in range(6)]
    for t in threads:
        t.start()
    for d, statements in made:
        record.add(d, statements)
        record.correct(statements[0].id, "act", "DENY", who="x")
    done.set()
    for t in threads:
        t.join()
    assert failed == []
    assert record.count(Query()) == sum(len(s) for _, s in made)


def test_what_makes_no_sense_is_said() -> None:
    for bad in (
        {"sort": "best"}, {"status": "odd"}, {"count": "words"}, {"page": 0}, {"size": 0}, {"size": 10_000}, {"since": "yesterday"},
        {"month": ("2021",)},
        {"min_confidence": 2}, {"sort": "relevance"}, {"speaker": ("x",) * 500}, {"since": "2021-13"}, {"until": "2021-02-30"},
    ):  # fmt: skip
        with pytest.raises(UsageError):
            Query(**bad)  # type: ignore[arg-type]


def test_a_facet_that_is_not_there(record: Record) -> None:
    with pytest.raises(UsageError, match="there is no facet 'colour'"):
        record.search(Query(), facets=("colour",))


def test_a_query_travels(record: Record) -> None:
    chance = random.Random(8)
    for _ in range(60):
        q = replace(random_query(chance), page=chance.randrange(1, 4), nested=chance.choice((None, True, False)))
        assert Query.from_params(q.to_params()) == q
        assert Query.from_dict(q.to_dict()) == q
    assert Query.from_params([("speaker", " "), ("colour", "red"), ("nested", "")]) == Query()
    with pytest.raises(UsageError):
        Query.from_params([("page", "two")])
    with pytest.raises(UsageError):
        Query.from_dict({"colour": "red"})
