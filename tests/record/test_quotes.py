"""The same quote in several articles is one cluster, with its first appearance, its outlets and what each one changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord import Document, Span, Speaker, Statement
from onrecord.errors import UsageError
from onrecord.record import Query, Record
from onrecord.record.quotes import Change, quotes
from onrecord.record.wording import LEAST, aligned
from onrecord.statement import statement_id

from .conftest import statement

FULL = "“We shall not turn back our ships, and no fleet in the world will make us turn them back,” Khrushchev said on Wednesday."
SHIPS = "We shall not turn back our ships, and no fleet in the world will make us turn them back"
KHRUSHCHEV = Speaker("Nikita Khrushchev", "Q35314", "premier", "RUS", "name")
ARTICLES = {
    # outlet: (published, text, content, speaker)
    "Herald": ("1962-10-25", f"Khrushchev said “{SHIPS}”, to loud applause.", SHIPS, Speaker("Khrushchev", None, None, "RUS", "name")),
    "Gazette": ("1962-10-24", FULL, f"“{SHIPS},”", KHRUSHCHEV),
    "Courier": (
        "1962-10-26",
        "In Moscow, Khrushchev said that no fleet in the world would make us turn them back.",
        "that no fleet in the world would make us turn them back",
        KHRUSHCHEV,
    ),
    "Echo": (None, "Khrushchev said: We will not turn back our ships, and no fleet in the world will make us turn.",
             "We will not turn back our ships, and no fleet in the world will make us turn", KHRUSHCHEV),
}  # fmt: skip


def put(record: Record, text: str, content: str, who: Speaker | None = None, cue: str = "said", **known: str | None) -> Statement:
    d = Document(text, **known)
    s = statement(d, "", cue, content, speaker=who)
    record.add(d, [s])
    return s


def fill(record: Record) -> dict[str, Statement]:
    out = {
        outlet: put(record, text, content, who, outlet=outlet, published=published, path=f"{outlet}.txt")
        for outlet, (published, text, content, who) in ARTICLES.items()
    }
    put(record, "Kennedy said that the ships would be stopped by the fleet.", "that the ships would be stopped by the fleet", path="o.txt")
    return out


def clusters(record: Record) -> dict[str, str]:
    with sqlite3.connect(record.path) as c:
        return dict(c.execute("SELECT id, cluster FROM statements"))


def test_first_appearance_outlets_and_what_each_changed(record: Record) -> None:
    made = fill(record)
    found, total = quotes(record)
    assert total == 1
    (quote,) = found
    assert quote.first.statement == made["Gazette"]  # published first, though it came in second
    assert quote.id == made["Herald"].id  # the cluster's name: what came in first
    assert quote.outlets == ("Gazette", "Herald", "Courier", "Echo")
    assert [v.places[0].published for v in quote.variants] == ["1962-10-24", "1962-10-25", "1962-10-26", None]
    changed = {v.places[0].outlet: v.changes for v in quote.variants}
    assert changed["Gazette"] == changed["Herald"] == ()
    assert changed["Echo"] == (Change("changed", "shall", "will"), Change("cut", "them back,”", ""))
    # The words of each change are the article's own, and together with what was left they are its content.
    for v in quote.variants:
        content = " ".join(x.text for x in v.statement.content)
        assert all(c.now in content for c in v.changes)
        assert all(c.was in f"“{SHIPS},”" for c in v.changes)
    assert record.count(Query(count="clusters")) == 2
    assert record.count(Query()) == 5


def test_a_query_chooses_quotes_and_each_is_shown_whole(record: Record) -> None:
    fill(record)
    by_outlet, _ = quotes(record, Query(outlet=("Echo",)))
    assert len(by_outlet[0].variants) == 4
    assert quotes(record, Query(text="applause")) == ([], 0)
    assert quotes(record, Query(text='"no fleet"'), least=4)[1] == 1
    assert quotes(record, Query(text='"no fleet"'), least=5)[1] == 0
    assert quotes(record, least=1)[1] == 2
    assert quotes(record, least=1, offset=1, limit=1)[0][0].times == 1
    with pytest.raises(UsageError):
        quotes(record, Query(text="ships", sort="nonsense"))


def test_a_text_met_in_several_outlets_counts_for_each(record: Record) -> None:
    for outlet, day in (("Herald", "1962-10-27"), ("Gazette", "1962-10-26"), ("Gazette", "1962-10-26")):
        put(record, FULL, SHIPS, KHRUSHCHEV, outlet=outlet, published=day, path=f"{outlet}.txt")
    ((quote,), total) = quotes(record)
    assert total == 1
    assert quote.times == 2
    assert len(quote.variants) == 1
    assert quote.outlets == ("Gazette", "Herald")
    assert [p.outlet for p in quote.first.places] == ["Gazette", "Herald"]


def test_hours_order_a_day(record: Record) -> None:
    times = {"late": "1962-10-24T23:30-04:00", "early": "1962-10-24T09:00Z", "undated": "1962-10-24", "odd": "in October"}
    for path, published in times.items():
        put(record, f"{path}: Khrushchev said {SHIPS}.", SHIPS, KHRUSHCHEV, published=published, path=path)
    ((quote,), _) = quotes(record)
    assert [p.path for v in quote.variants for p in v.places] == ["early", "undated", "late", "odd"]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        # cut at either end, in the middle, in tense and person
        ("we will defend every inch of our territory with all means", "we will defend every inch of our territory", True),
        ("the talks were frank and will go on in Geneva next week", "the talks, which were frank, will go on in Geneva next week", True),
        ("Russia will never accept the treaty in its present form", "that Russia would never accept the treaty in its present form", True),
        ("a large and growing threat to the peace of all the Americas", "growing threat to the peace of all the Americas", True),
        # set phrases and scattered small words in common
        ("the President of the United States will visit Berlin in June", "the President of the United States has signed the order", False),
        ("it is in the interest of all of us that the port is open", "the port is in the hands of all that it was built for", False),
        # another number is another claim, unless one of the two just leaves it out
        ("the parties will meet again under article 4 of the treaty", "the parties will meet again under article 5 of the treaty", False),
        ("that a major disaster exists in the State of Kansas", "that a major disaster exists in the State of Maine", False),
        ("that Dean D. Rusk was sent to the talks in Geneva", "that Adlai Stevenson was sent to the talks in Geneva", False),
        ("that the treaty will be kept by Russia whatever comes", "That The Treaty Will Be Kept By Russia Whatever Comes Next", True),
        ("The treaty will be kept by us whatever comes of it", "Our treaty will be kept by us whatever comes of it", True),
        # a name alone that another content uses too
        ("reauthorization of the African Growth and Opportunity Act", "the impacts of the law on our review of what is due to"
         " it and its neighbours under the terms of the African Growth and Opportunity Act", False),
        ("all 40 ships were turned back at the line before noon", "all ships were turned back at the line before noon", True),
        # negation is another quote only to a reader: it is shown as a change
        ("we will not leave the island before the summer comes", "we will leave the island before the summer comes", True),
    ],
)  # fmt: skip
def test_what_counts_as_the_same_words(record: Record, a: str, b: str, same: bool) -> None:
    one = put(record, f"Somebody said {a}.", a)
    other = put(record, f"In another paper somebody said {b}.", b)
    found = clusters(record)
    assert (found[other.id] == found[one.id]) is same


LONG = "that the agreement of last autumn would be kept by every side to the letter"
SHORT = "that the agreement would be kept"


@pytest.mark.parametrize(
    ("content", "one", "other", "same"),
    [
        (
            LONG,
            Speaker("Dean Rusk", "Q1", None, "USA"),
            Speaker("Andrei Gromyko", "Q2", None, "RUS"),
            True,
        ),  # so many words are not said twice
        (SHORT, Speaker("Dean Rusk", "Q1", None, "USA"), Speaker("Andrei Gromyko", "Q2", None, "RUS"), False),
        (SHORT, Speaker("Dean Rusk", None, None, "USA"), Speaker("Rusk", None, None, None), True),
        (SHORT, Speaker("Dean Rusk", "Q1", None, "USA"), None, True),
        (SHORT, Speaker("Dean Rusk", None), Speaker("Andrei Gromyko", None), False),
        ("no comment", Speaker("Dean Rusk", "Q1"), Speaker("Dean Rusk", "Q1"), False),  # two words say nothing
    ],
)
def test_the_speaker_decides_where_the_words_do_not(
    record: Record, content: str, one: Speaker | None, other: Speaker | None, same: bool
) -> None:
    a = put(record, f"At noon he said {content}.", content, one)
    b = put(record, f"In the evening it was said {content}.", content, other)
    found = clusters(record)
    assert (found[b.id] == found[a.id]) is same


def test_few_words_are_the_same_in_copies_of_one_article(record: Record) -> None:
    from .test_near import DISPATCH

    one = put(record, DISPATCH + " He said no comment.", "no comment", path="a")
    other = put(record, "LATE NEWS\n" + DISPATCH + " He said no comment.", "no comment", path="b")
    apart = put(record, "In Rome he said no comment.", "no comment", path="c")
    found = clusters(record)
    assert found[other.id] == one.id
    assert found[apart.id] == apart.id


def test_in_one_article(record: Record) -> None:
    """Repeating oneself is the same quote; two people who say much the same, or short answers, are not."""
    again = "that the bridge over the river will be open before the winter"
    d = Document(f"Rusk said {again}. Kennedy told us {again}. Rusk repeated {again}. Yes, said Rusk. Yes, said Rusk.")
    places = [d.text.index(f"{cue} {again}") + len(cue) + 1 for cue in ("said", "told us", "repeated")]
    yes = [i for i in range(len(d.text)) if d.text.startswith("Yes", i)]
    made = []
    for who, at, size in [*zip(("Rusk", "Kennedy", "Rusk"), places, (len(again),) * 3, strict=True), *(("Rusk", at, 3) for at in yes)]:
        spans = (Span(at, at + size, d.text[at : at + size]),)
        made.append(Statement(statement_id(d.digest, (), (), spans), d, "indirect", (), (), spans, 0.5, speaker=Speaker(who)))
    record.add(d, made)
    found = [clusters(record)[s.id] for s in made]
    assert found[0] == found[2]
    assert len(set(found)) == 4


def test_nested_statements_are_two(record: Record) -> None:
    for path in ("a", "b"):
        d = Document(f"{path}: Rusk said that Gromyko had told him the ships would all turn back at the line.", path=path)
        outer = statement(d, "Rusk", "said", "that Gromyko had told him the ships would all turn back at the line")
        inner = replace(statement(d, "Gromyko", "told", "the ships would all turn back at the line"), nested_in=outer.id)
        record.add(d, [outer, inner])
    found = clusters(record)
    assert len(set(found.values())) == 2
    assert sorted(list(found.values()).count(c) for c in set(found.values())) == [2, 2]


def test_two_sentences_of_a_speech_stay_two(record: Record) -> None:
    first, second = "we shall build the bridge before the winter comes", "nobody who lives by the river will have to move"
    a = put(record, f"He said {first}.", first)
    b = put(record, f"He said {second}.", second)
    put(record, f"He said {first} and {second}.", f"{first} and {second}")
    found = clusters(record)
    assert found[a.id] != found[b.id]


def test_a_cluster_outlives_its_first_statement(record: Record, path: Path) -> None:
    """A re-run that no longer finds the statement a cluster was named for: the others keep together, and later ones join them."""
    made = fill(record)
    record.add(made["Herald"].document, [], replace=True)
    found = clusters(record)
    assert found == {made[o].id: made["Gazette"].id for o in ("Gazette", "Courier", "Echo")} | {
        k: k for k in found if k not in {s.id for s in made.values()}
    }
    late = put(record, f"Much later Khrushchev said {SHIPS} once more.", SHIPS, KHRUSHCHEV)
    assert clusters(record)[late.id] == made["Gazette"].id
    record.add(made["Herald"].document, [made["Herald"]], replace=True)
    assert clusters(record)[made["Herald"].id] == made["Gazette"].id
    assert record.count(Query(count="clusters")) == 2
    with sqlite3.connect(path) as c:
        assert c.execute("SELECT count(*) FROM gram WHERE statement NOT IN (SELECT pk FROM statement)").fetchone() == (0,)


def test_rejected_statements_do_not_count(record: Record) -> None:
    made = fill(record)
    record.correct(made["Gazette"].id, "status", "rejected", who="a coder")
    ((quote,), _) = quotes(record)
    assert quote.outlets == ("Herald", "Courier", "Echo")


def test_a_statement_that_a_person_adds_joins_its_cluster(record: Record) -> None:
    made = fill(record)
    d = Document(f"Years later a witness recalled how he said {SHIPS}.", path="late.txt")
    record.add(d, [])
    record.add_statement(statement(d, "", "said", SHIPS), who="a coder")
    ((quote,), _) = quotes(record)
    assert quote.times == 5
    assert quote.first.statement == made["Gazette"]


def test_alignment_counts_runs_only() -> None:
    a = "the ships of the line went to the port of the capital".split()
    assert aligned(a, a).shorter == 1
    assert aligned(a, "the a of b to c the d of".split()).words == 0
    assert aligned(a, a[:6]).shorter == 1
    assert aligned(a, a[:6]).longer == pytest.approx(0.5)
    assert aligned([], a).shorter == 0
    assert 0.5 < LEAST < 1


def test_a_phrase_that_all_use_stays_cheap(record: Record, path: Path) -> None:
    for n in range(130):
        content = f"the President of the United States met minister number {n} about matter {n * 3}"
        put(record, f"In issue {n} it is said {content}.", content)
    assert len(set(clusters(record).values())) == 130
    with sqlite3.connect(path) as c:
        (most,) = c.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM gram GROUP BY hash)").fetchone()
    assert most == 100
