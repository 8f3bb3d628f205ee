"""A small corpus with every value at random, and a plain search of it to hold the record's against."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from onrecord import Document, Speaker, Statement
from onrecord.record import Query
from onrecord.record.query import day_range
from onrecord.record.terms import folded as _folded
from onrecord.statement import ActorRef, DateRef, Span, statement_id

folded = lru_cache(maxsize=None)(_folded)
days = lru_cache(maxsize=None)(day_range)

WORDS = "missile treaty border tariff ceasefire embargo summit drone grain pipeline".split()
SPEAKERS = (
    None, Speaker(None), Speaker("Maria Zakharova", "person:maria-zakharova", "spokeswoman", "RUS", "name"),
    Speaker("José Álvarez", None, "Foreign Minister", "ESP", "name"),
    Speaker("Sergei Lavrov", "person:sergei-lavrov", "Foreign Minister", "RUS"),
    Speaker("the minister", None, "minister", None, "role"),
)  # fmt: skip
PARTIES = (("NATO", "NATO", "NATO"), ("Kyiv", "UKR", "UKR"), ("the envoys", None, None), ("Moscow", "RUS", "RUS"))
ACTS = (None, "THREATEN", "DENY", "ASSERT", "REJECT")
OUTLETS = (None, "Gazette", "Daily Herald", "Le Monde diplomatique")


def corpus(documents: int, seed: int = 5) -> list[tuple[Document, list[Statement]]]:
    chance = random.Random(seed)
    out = []
    for n in range(documents):
        lines = []
        for k in range(chance.randrange(1, 6)):
            said = " ".join(chance.choices(WORDS, k=chance.randrange(1, 5)))
            lines.append(f"Speaker{k} told Listener{k} that {said} number{n} goes on.")
        text = "\n".join(lines)
        day = date(2021, 1, 1) + timedelta(days=chance.randrange(700))
        d = Document(
            text, path=f"{n}.txt", published=chance.choice((None, day.isoformat())), outlet=chance.choice(OUTLETS), reader="text/1"
        )
        out.append((d, [_statement(chance, d, k, day) for k in range(len(lines))]))
    return out


def _statement(chance: random.Random, d: Document, k: int, day: date) -> Statement:
    def at(words: str, start: int = 0) -> Span:
        i = d.text.index(words, start)
        return Span(i, i + len(words), words)

    line = d.text.split("\n")[k]
    start = d.text.index(line)
    source, cue, content = at(f"Speaker{k}", start), at("told", start), at(line[line.index("that") : -1], start)
    listener = at(f"Listener{k}")

    def parties() -> tuple[ActorRef, ...]:
        chosen = chance.sample(PARTIES, chance.randrange(0, 3))
        return tuple(ActorRef(name, code, listener.start, listener.end, id) for name, code, id in chosen)

    dates = (
        None, DateRef(None, None, "Monday"), DateRef(day.isoformat(), (day + timedelta(days=1)).isoformat(), "Friday"),
        DateRef(day.replace(day=1).isoformat(), (day.replace(day=1) + timedelta(days=31)).isoformat(), "this month"),
    )  # fmt: skip
    return Statement(
        statement_id(d.digest, (source,), (cue,), (content,)), d, chance.choice(("direct", "indirect", "mixed")),
        (source,), (cue,), (content,), confidence=chance.randrange(1, 100) / 100,
        speaker=chance.choice(SPEAKERS), addressees=parties(), targets=parties(),
        act=chance.choice(ACTS), date=chance.choice(dates),
    )  # fmt: skip


# -- the plain search: one statement after another


def _days(s: Statement) -> tuple[date | None, date | None]:
    """First day of saying and the day after the last, of publication where that is not known."""
    if s.date and s.date.start:
        first = date.fromisoformat(s.date.start)
        return first, max(date.fromisoformat(s.date.end or s.date.start), first + timedelta(days=1))
    if s.document.published:
        first = date.fromisoformat(s.document.published)
        return first, first + timedelta(days=1)
    return None, None


def _named(wanted: Sequence[str], value: str | None, label: str | None) -> bool:
    wanted = [w.removeprefix("~") for w in wanted]
    return any(value is not None and (w == value or folded(w) in folded(label or value)) for w in wanted)


def _party(wanted: Sequence[str], party: ActorRef) -> bool:
    return _named(wanted, party.id or party.name, {"RUS": "Russia", "UKR": "Ukraine"}.get(party.id or "", party.name)) or any(
        w == party.code for w in wanted
    )


def meets(s: Statement, q: Query) -> bool:
    who = s.speaker or Speaker(None)
    first, last = _days(s)
    published = date.fromisoformat(s.document.published) if s.document.published else None
    content = s.content[0].text.lower().split()
    checks = [
        all(w in content for w in q.text.split()),
        not q.speaker or _named(q.speaker, who.id or who.name, who.name),
        not q.role or _named(q.role, who.role, who.role),
        not q.country or who.country in q.country,
        not q.act or s.act in q.act,
        not q.kind or s.kind in q.kind,
        not q.outlet or _named(q.outlet, s.document.outlet, s.document.outlet),
        not q.target or any(_party(q.target, t) for t in s.targets),
        not q.addressee or any(_party(q.addressee, t) for t in s.addressees),
        not q.target_country or any(t.code in q.target_country for t in s.targets),
        not q.month or (first is not None and first.isoformat()[:7] in q.month),
        not q.since or (last is not None and last > days(q.since)[0]),
        not q.until or (first is not None and first < days(q.until)[1]),
        not q.published_since or (published is not None and published >= days(q.published_since)[0]),
        not q.published_until or (published is not None and published < days(q.published_until)[1]),
        q.min_confidence <= s.confidence <= q.max_confidence,
    ]
    return all(checks)


def facet(s: Statement, field: str) -> set[str]:
    """Values of a facet that a statement counts for."""
    who = s.speaker or Speaker(None)
    first, _ = _days(s)
    values: dict[str, list[str | None]] = {
        "speaker": [who.id or who.name], "country": [who.country], "role": [who.role], "act": [s.act], "kind": [s.kind],
        "outlet": [s.document.outlet], "month": [first.isoformat()[:7] if first else None],
        "target": [t.id or t.name for t in s.targets], "addressee": [t.id or t.name for t in s.addressees],
        "target_country": [t.code for t in s.targets], "addressee_country": [t.code for t in s.addressees],
    }  # fmt: skip
    return {v for v in values[field] if v}


def plain_facets(statements: Sequence[Statement], q: Query, field: str, clusters: dict[str, str]) -> Counter[str]:
    free: Any = {field: ()}
    loose = replace(q, **free)
    chosen = [s for s in statements if meets(s, loose)]
    if q.count == "clusters":
        return Counter(v for _, v in {(clusters[s.id], v) for s in chosen for v in facet(s, field)})
    return Counter(v for s in chosen for v in facet(s, field))


def random_query(chance: random.Random) -> Query:
    conditions: dict[str, list[Any]] = {
        "text": [WORDS[0], f"{WORDS[1]} {WORDS[2]}", "that"],
        "speaker": [("zakharova",), ("alvarez", "person:sergei-lavrov"), ("minister",)],
        "country": [("RUS",), ("ESP", "RUS")],
        "role": [("~minister",), ("spokeswoman",)],
        "act": [("THREATEN",), ("deny", "assert")],
        "kind": [("direct",), ("mixed", "indirect")],
        "outlet": [("herald",), ("le monde",)],
        "target": [("NATO",), ("envoys", "UKR")],
        "addressee": [("moscow", "RUS"), ("the envoys",)],
        "target_country": [("NATO", "RUS")],
        "month": [("2021-05", "2021-06"), ("2022-01",)],
        "since": ["2021-06", "2022"],
        "until": ["2021-11-15", "2022-03"],
        "published_since": ["2021-04-02"],
        "published_until": ["2022-06"],
        "min_confidence": [0.3, 0.9],
        "max_confidence": [0.6],
    }
    chosen = chance.sample(list(conditions), chance.randrange(0, 4))
    return Query(count=chance.choice(("statements", "clusters")), **{k: chance.choice(conditions[k]) for k in chosen})
