"""The act classifier at run time: a table of named weights, added up. Needs numpy and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onrecord.acts.codebook import ACTS

__all__ = ["Model", "load"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """``index``: feature name -> row of ``weights`` [features, acts]. ``bias`` [acts].

    ``dense`` [width, acts], ``shift`` and ``spread`` [width]: weights of the encoder's vector, where it was trained
    with one (empty else). The vector is the mean hidden state over the cue's pieces, then over the content's.
    """

    index: dict[str, int]
    weights: Floats
    bias: Floats
    dense: Floats
    shift: Floats
    spread: Floats

    def logits(self, names: Iterable[str], vector: Floats | None = None) -> Floats:
        """Scores of the acts, in the order of ``ACTS``. Unknown names count for nothing. ``vector`` is used where the model knows it."""
        rows = [self.index[n] for n in names if n in self.index]
        out = self.weights[rows].sum(0) + self.bias
        if vector is not None and len(self.dense):
            out = out + ((vector - self.shift) / self.spread) @ self.dense
        return np.asarray(out, np.float32)

    def probabilities(self, names: Iterable[str], vector: Floats | None = None) -> Floats:
        """The acts' probabilities, which add up to 1."""
        z = self.logits(names, vector)
        e = np.exp(z - z.max())
        return np.asarray(e / e.sum(), np.float32)

    def reasons(self, names: Iterable[str], act: str, *, most: int = 4) -> list[tuple[str, float]]:
        """The features that spoke most for ``act`` against the mean of all acts, heaviest first."""
        column = ACTS.index(act)
        found = [(n, float(self.weights[self.index[n], column] - self.weights[self.index[n]].mean())) for n in names if n in self.index]
        return sorted((f for f in found if f[1] > 0), key=lambda f: (-f[1], f[0]))[:most]


@cache
def load() -> Model:
    """The shipped model."""
    with (files("onrecord.acts") / "data" / "model.npz").open("rb") as f, np.load(f) as z:
        names = z["names"].tobytes().decode().split("\n")
        none = np.zeros(0, np.float32)

        def get(key: str) -> Floats:
            return np.asarray(z[key], np.float32) if key in z else none

        return Model(
            {n: i for i, n in enumerate(names)},
            z["weights"].astype(np.float32) * z["step"],
            z["bias"],
            get("dense").reshape(-1, len(ACTS)) if "dense" in z else np.zeros((0, len(ACTS)), np.float32),
            get("shift"),
            get("spread"),
        )
