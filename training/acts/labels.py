"""The labelled statements, with their words looked up in the data folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.dates import read_timeml

FILE = Path(__file__).with_name("labels") / "acts.jsonl"


@dataclass(frozen=True)
class Labelled:
    """One labelled statement.

    ``passes``: the labels that separate passes over the statement gave it, each without sight of the others, oldest first.
    ``act`` is what most of them say. ``again``: the first pass's own second label, where there was one.
    """

    corpus: str
    doc: str
    source: str
    cue: str
    content: str
    quoted: bool
    act: str
    again: str | None
    held: bool
    stratum: str
    draw: str
    passes: tuple[str, ...] = ()


def texts(data: Path, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Texts of the documents that ``rows`` of the label file name, by document. ``data`` is the folder that holds ``polnear``,
    ``whitehouse`` and ``dates``."""
    wanted: dict[str, set[str]] = {}
    for r in rows:
        wanted.setdefault(r["from"], set()).add(r["doc"])
    out: dict[str, str] = {}
    for corpus, path in (
        ("polnear", "polnear/train.jsonl.gz"),
        ("polnear-dev", "polnear/dev.jsonl.gz"),
        ("whitehouse", "whitehouse/statements.jsonl.gz"),
    ):
        if docs := wanted.get(corpus):
            with gzip.open(data / path, "rt", encoding="utf8") as f:
                out |= {d["id"]: d["text"] for d in map(json.loads, f) if d["id"] in docs}
    if docs := wanted.get("timeml"):
        for path in sorted((data / "dates").glob("*/*.tml.gz")):
            marked = read_timeml(path)
            if marked.name in docs:
                out[marked.name] = marked.text
    return out


def load(data: Path) -> list[Labelled]:
    """All labelled statements, in the file's order. ``data`` is the folder that holds ``polnear/train.jsonl.gz``.

    Words that the label file does not hold are looked up by document and offsets.
    """
    rows = [json.loads(line) for line in FILE.open(encoding="utf8")]
    of = texts(data, (r for r in rows if "words" not in r))
    out = []
    for r in rows:
        if "words" in r:
            words = {k: " | ".join(v) for k, v in r["words"].items()}
        else:
            words = {k: " | ".join(of[r["doc"]][s:e] for s, e in r[k]) for k in ("source", "cue", "content")}
        quoted = any(c in words["content"] for c in '“”"') or "''" in words["content"]
        out.append(
            Labelled(
                r["from"],
                r["doc"],
                words["source"],
                words["cue"],
                words["content"],
                quoted,
                r["act"],
                r.get("again"),
                r["split"] == "held",
                r["stratum"],
                r["draw"],
                tuple(r.get("passes", [r["act"]])),
            )
        )
    return out


def written() -> list[Labelled]:
    """Statements written by hand for training alone."""
    out = []
    for line in FILE.with_name("written.tsv").read_text(encoding="utf8").splitlines():
        if line and not line.startswith("#"):
            act, source, cue, content = line.split("\t")
            out.append(
                Labelled(
                    "written", "written", source, cue, content, any(c in content for c in "“”"), act, None, False, "written", "written"
                )
            )
    return out


def council_labels() -> dict[str, str]:
    """Acts of Security Council sentences by ``related.digest`` of the sentence."""
    rows = map(json.loads, FILE.with_name("council.jsonl").read_text(encoding="utf8").splitlines())
    return {r["sentence"]: r["act"] for r in rows}
