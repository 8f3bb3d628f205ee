"""What the reader makes of the annotated passages: figures that must not fall, and the structures that rules have to see to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Document
from onrecord.evaluation import Evaluation, compare, load_gold
from onrecord.reader import Reader
from onrecord.statement import Statement

HERE = Path(__file__).parent
#: Structures of wire prose that the network alone gets wrong, settled in ``onrecord.repairs`` and ``onrecord.assemble``.
BY_RULE = ("rumour-by-noun", "report-in-a-denial", "said-and-called-on", "quoted-by-an-agency", "passive-with-agent")


@cache
def read() -> tuple[list[dict[str, Any]], list[list[Statement]]]:
    passages = load_gold(HERE / "hard_cases.jsonl")
    found = [[s for s in ss if s.nested_in is None] for _, ss in Reader(stage=None).read_many(Document(d["text"]) for d in passages)]
    return passages, found


def measured(ids: tuple[str, ...] | None = None) -> Evaluation:
    passages, found = read()
    keep = [k for k, d in enumerate(passages) if ids is None or d["id"] in ids]
    return compare([passages[k] for k in keep], [found[k] for k in keep])


def test_hard_cases_are_read() -> None:
    figures = measured().summary()
    assert figures["linked"] >= 90
    assert figures["whole"] >= 70


@pytest.mark.parametrize("name", BY_RULE)
def test_what_rules_settle_stays_settled(name: str) -> None:
    assert measured((name,)).figures.flat()["linked"] == 100


def test_a_label_makes_no_statement() -> None:
    passages, found = read()
    (k,) = [k for k, d in enumerate(passages) if d["id"] == "label-before-a-colon"]
    assert not found[k]
