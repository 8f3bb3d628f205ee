"""Our figures are the scorer's figures."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from onrecord.score import matches, score

TEXT = "Rusk, the Secretary, said that “the ships had turned,” and Zorin denied it. He called the photographs forged."


def random_statements(rng: random.Random, n: int) -> list[dict[str, Any]]:
    def spans(k: int) -> list[list[int]]:
        cuts = sorted(rng.sample(range(len(TEXT)), 2 * k))
        return [[cuts[2 * i], cuts[2 * i + 1]] for i in range(k)]

    return [{"source": spans(rng.randint(0, 1)), "cue": spans(1), "content": spans(rng.randint(1, 3))} for _ in range(n)]


def as_scored(s: dict[str, Any]) -> dict[str, Any]:
    return {r: [{"start": a, "end": b} for a, b in s[r]] for r in ("source", "cue", "content")}


@pytest.mark.parametrize("seed", range(20))
def test_figures_equal_the_shared_scorers(shared: Path, seed: int) -> None:
    spec = importlib.util.spec_from_file_location("scorer", shared / "score" / "score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    rng = random.Random(seed)
    gold = {f"d{i}": random_statements(rng, rng.randint(0, 6)) for i in range(4)}
    # Half of what is found is right, so that every figure is somewhere between nothing and all.
    found = {k: [s for s in v if rng.random() < 0.5] + random_statements(rng, 2) for k, v in gold.items()}
    theirs = scorer.score(
        [{"id": k, "text": TEXT, "readings": [{"attributions": v}]} for k, v in gold.items()],
        {k: [as_scored(s) for s in v] for k, v in found.items()},
    )
    ours = score((TEXT, gold[k], found[k]) for k in gold)
    for role in ("source", "cue", "content"):
        mine = getattr(ours, role)
        for figure in ("exact", "jaccard", "overlap", "token"):
            assert getattr(mine, figure) == pytest.approx(theirs[role][figure]), (role, figure)
        assert (mine.gold, mine.found) == (theirs[role]["gold"], theirs[role]["predicted"])
    assert ours.whole == pytest.approx(theirs["whole"])
    assert ours.linked == pytest.approx(theirs["linked"])
    assert ours.content_matched == pytest.approx(theirs["content_matched"])


def test_perfect_and_empty() -> None:
    gold = [{"source": [[0, 4]], "cue": [[21, 25]], "content": [[26, 54]]}]
    assert set(score([(TEXT, gold, gold)]).flat().values()) == {100.0}
    assert score([(TEXT, gold, [])]).linked == 0.0
    assert score([(TEXT, [], [])]).whole == 0.0


def test_a_match_wants_the_source_too() -> None:
    gold = [{"source": [[0, 4]], "cue": [[21, 25]], "content": [[26, 54]]}]
    other = [{"source": [[59, 64]], "cue": [[21, 25]], "content": [[26, 54]]}]
    assert matches(TEXT, gold, gold) == [(0, 0, True)]
    assert matches(TEXT, gold, other) == [(0, 0, False)]
