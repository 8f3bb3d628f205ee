"""The act classifier at run time: a table of named weights, added up. Needs numpy and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onrecord.acts.codebook import ACTS

__all__ = ["Model", "load"]

Floats = NDArray[np.float32]
#: What the log-probabilities of the head and of the table weigh: three to one, by 10,978 labels that neither had learned from (right on
#: 0.711 of them at one to one, 0.726 at two, 0.729 at three, 0.726 without the table; docs/acts.md), and halved both, so that they leave
#: room for the constructions' points: at 3 and 1 those lost, and "warned of serious consequences" was an assessment.
HEAD, TABLE = 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Model:
    """``index``: feature name -> row of ``weights`` [features, acts], whole numbers of the acts' ``step``. ``bias`` [acts]."""

    index: dict[str, int]
    weights: NDArray[np.int8]
    step: Floats
    bias: Floats

    def rows(self, rows: list[int]) -> Floats:
        """Weights of some features, in the order given. Only these are made real numbers: a text asks for a few hundred of 45,000."""
        return self.weights[rows].astype(np.float32) * self.step

    def logits(self, names: Iterable[str], head: Sequence[float] | None = None) -> Floats:
        """Log-probabilities of the acts, up to a constant, in the order of ``ACTS``. Unknown names count for nothing.

        ``head``: scores of the shared encoder's act head. The two see different things, the table the codebook's words and the
        head the meaning of the content, and are trained apart: their log-probabilities are added, weighed by ``HEAD`` and ``TABLE``.
        """
        rows = [row for n in names if (row := self.index.get(n)) is not None]
        out = _log_softmax(self.rows(rows).sum(0) + self.bias)
        if head:
            out = TABLE * out + HEAD * _log_softmax(np.asarray(head, np.float32))
        return out

    def reasons(self, names: Iterable[str], act: str, *, most: int = 4) -> list[tuple[str, float]]:
        """The features that spoke most for ``act`` against the mean of all acts, heaviest first."""
        known = [n for n in names if n in self.index]
        rows = self.rows([self.index[n] for n in known])
        found = zip(known, (rows[:, ACTS.index(act)] - rows.mean(1)).tolist(), strict=True) if known else ()
        return sorted((f for f in found if f[1] > 0), key=lambda f: (-f[1], f[0]))[:most]


@cache
def load() -> Model:
    """The shipped model: ``model.npy``, whole numbers; ``model.txt``, the acts' steps, their biases, the features' names, a line each."""
    folder = Path(__file__).parent / "data"
    step, bias, *names = (folder / "model.txt").read_text(encoding="utf8").split("\n")
    return Model(dict(zip(names, range(len(names)), strict=True)), np.load(folder / "model.npy"), _numbers(step), _numbers(bias))


def _numbers(line: str) -> Floats:
    return np.array(line.split("\t")[1:], np.float32)


def _log_softmax(z: Floats) -> Floats:
    z = z - z.max()
    return np.asarray(z - np.log(np.exp(z).sum()), np.float32)
