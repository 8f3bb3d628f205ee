"""The quality gate: figures on PolNeAR dev must not fall below the floors pinned in floors.json for these weights."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from onrecord.evaluation import Evaluation, evaluate, load_gold
from onrecord.reader import Reader
from onrecord.tagger.session import WEIGHTS

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf8"))


def test_the_floors_are_those_of_these_weights() -> None:
    """Who changes the weights has to look at the floors."""
    assert hashlib.sha256((WEIGHTS / "tagger.onnx").read_bytes()).hexdigest() == FLOORS["weights"]
    assert json.loads((WEIGHTS / "manifest.json").read_text(encoding="utf8"))["sha256"] == FLOORS["weights"]


@pytest.fixture(scope="module")
def measured(shared: Path) -> Evaluation:
    return evaluate(load_gold(shared / "data" / "polnear" / "dev.jsonl.gz"), Reader())


@pytest.mark.parametrize("figure", sorted(FLOORS["at least"]))
def test_no_figure_falls_below_its_floor(measured: Evaluation, figure: str) -> None:
    assert measured.summary()[figure] >= FLOORS["at least"][figure]


def test_confidence_means_something(measured: Evaluation) -> None:
    assert measured.calibration_error <= FLOORS["at most"]["calibration_error"]
