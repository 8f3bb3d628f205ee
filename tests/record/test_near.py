"""Wire copy: the same dispatch, cut, headed and touched up by each outlet, is found to be one; other reports are not."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord import Document
from onrecord.record import Record
from onrecord.record.near import LEAST, signature, similarity

from .fakes import text

DISPATCH = """WASHINGTON, Oct 22 - President Kennedy told the nation on Monday evening that the Soviet Union was building missile sites in
Cuba and announced a naval quarantine of the island.

In a broadcast of seventeen minutes from the White House, Kennedy said that the bases could have no other purpose than to
provide a nuclear strike capability against the Western Hemisphere. He called on Chairman Khrushchev to halt and eliminate
what he called a clandestine, reckless and provocative threat to world peace.

All ships of any kind bound for Cuba, from whatever nation or port, would be turned back if they were found to carry
offensive weapons, the president said. The quarantine would be extended, if needed, to other types of cargo.

Photographs taken by a U-2 aircraft on October 14 had shown the first of the sites near San Cristobal, officials said. Advisers
met for six days in secret before the president chose a blockade over an air strike.

The Organization of American States was to meet on Tuesday. The United States also asked for an emergency meeting of the
Security Council, where Adlai Stevenson was expected to present the evidence.

There was no immediate answer from Moscow. Foreign Minister Gromyko, who had seen Kennedy at the White House on Thursday,
left New York for home on Monday and did not mention the missiles when he spoke to reporters at the airport.

At the Guantanamo naval base, families of servicemen were told to pack one bag each and were put aboard ships on Monday afternoon.
"""
PARAGRAPHS = DISPATCH.split("\n\n")
COPIES = {
    "headed": "KENNEDY ORDERS BLOCKADE OF CUBA\n\nFrom our correspondent\n\n" + DISPATCH,
    "cut": "\n\n".join(PARAGRAPHS[:5]),
    "rewrapped": " ".join(DISPATCH.split()),
    "another lede": "Americans learned on Monday night how near the war had come.\n\n" + "\n\n".join(PARAGRAPHS[1:]),
    "touched up": DISPATCH.replace("Organization", "Organisation")
    .replace("naval quarantine", "blockade by sea")
    .replace("Monday evening", "Monday"),
    "capitals": DISPATCH.upper(),
}
SIGNATURE = "d9685f0dbccdb3034e8a1729"
# The same evening, written apart.
OTHER = """President Kennedy has ordered warships to surround Cuba after spy planes found nuclear rockets on the island, in the gravest
confrontation of the cold war so far. Speaking on television, he demanded that Khrushchev withdraw the weapons, and warned that a
rocket fired from Cuba on any country of the Americas would be met with a full answer upon Russia itself. American forces
around the world have been put on alert. Diplomats in London said the prime minister was told on Sunday. In Havana,
Fidel Castro ordered a general mobilisation, and the radio said that the country was ready to fight. Oil and grain prices rose.
Crowds gathered in front of the White House late in the evening; some carried signs, others prayed."""


def groups(record: Record) -> dict[str, str]:
    """Path of each document to the path of the first that it is near to."""
    with sqlite3.connect(record.path) as c:
        return dict(c.execute("SELECT d.path, n.path FROM document d JOIN document n ON n.pk = d.near"))


def add(record: Record, texts: dict[str, str]) -> None:
    for name, words in texts.items():
        record.add(Document(words, path=name), [])


def test_copies_of_a_dispatch_are_put_with_the_first(record: Record) -> None:
    add(record, {"original": DISPATCH, **COPIES, "other": OTHER, "mine": text(1, 8)})
    found = groups(record)
    assert {name: found[name] for name in COPIES} == dict.fromkeys(COPIES, "original")
    assert found["other"] == "other"
    assert found["mine"] == "mine"
    with sqlite3.connect(record.path) as c:
        (shown,) = c.execute("SELECT count(DISTINCT near) FROM documents").fetchone()
    assert shown == 3


def test_a_text_between_two_groups_makes_them_one(record: Record) -> None:
    words = [f"word{n}" for n in range(600)]
    add(record, {"head": " ".join(words[:400]), "tail": " ".join(words[200:])})
    assert groups(record) == {"head": "head", "tail": "tail"}
    add(record, {"whole": " ".join(words)})
    assert groups(record) == dict.fromkeys(("head", "tail", "whole"), "head")


def test_the_estimate_is_near_the_truth() -> None:
    chance = random.Random(1)
    words = [f"w{chance.randrange(10**6)}" for _ in range(800)]

    def runs(ws: list[str]) -> set[str]:
        return {" ".join(ws[i : i + 5]) for i in range(len(ws) - 4)}

    off = []
    for kept in range(100, 800, 50):
        other = words[:kept] + [f"x{chance.randrange(10**6)}" for _ in range(800 - kept)]
        true = len(runs(words) & runs(other)) / len(runs(words) | runs(other))
        a, b = signature(" ".join(words)), signature(" ".join(other))
        assert a is not None
        assert b is not None
        off.append(abs(similarity(a, b) - true))
    assert max(off) < 0.15
    assert sum(off) / len(off) < 0.05


def test_few_words_have_no_signature(record: Record) -> None:
    assert signature("too few words to tell") is None
    add(record, {"a": "Too few words to tell.", "b": "Too few words to tell!"})
    assert groups(record) == {"a": "a", "b": "b"}


def test_a_form_that_everyone_fills_in_stays_cheap(record: Record) -> None:
    """Every copy shares all its bands with all others; each is still compared with a bounded number of them."""
    for n in range(230):
        record.add(Document(f"{DISPATCH} Printed in number {n}.", path=str(n)), [])
    assert set(groups(record).values()) == {"0"}
    with sqlite3.connect(record.path) as c:
        (most,) = c.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM band GROUP BY hash)").fetchone()
    assert most == 200


@pytest.mark.parametrize("name", COPIES)
def test_copies_lie_well_above_the_threshold(name: str) -> None:
    made = [signature(x) for x in (DISPATCH, COPIES[name], OTHER)]
    a, b, other = (m for m in made if m is not None)
    assert similarity(a, b) > LEAST + 0.05
    assert similarity(a, other) < 0.1


def test_the_same_on_every_machine() -> None:
    """Signatures lie in records for years: another version of the library must not give others."""
    made = signature(DISPATCH)
    assert made is not None
    assert len(made) == 512
    assert made[:12].hex() == SIGNATURE


def test_without_the_library_nothing_is_near(record: Record, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rensa", None)
    add(record, {"original": DISPATCH, "headed": COPIES["headed"]})
    assert groups(record) == {"original": "original", "headed": "headed"}
    d = replace(Document(DISPATCH), path="again")
    assert not record.add(d, []).new
