"""Related tasks: PLOVER's gold records, PLV's sentences and the Security Council's speech acts, read as statements.

Sentences stand in several of these sets, and twice within one; ``unique`` leaves the first of each, by its words alone,
and leaves out those that a labelled statement's content repeats.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: PLOVER and PLV roots that are acts of words -> our act. Deeds (ASSAULT, COERCE, AID ...) have none.
ROOTS = {
    "AGREE": "COMMIT",
    "CONSULT": "CONSULT",
    "SUPPORT": "SUPPORT",
    "CONCEDE": "CONCEDE",
    "YIELD": "CONCEDE",
    "RETREAT": "CONCEDE",
    "ACCUSE": "ACCUSE",
    "DISAPPROVE": "ACCUSE",
    "REJECT": "REJECT",
    "THREATEN": "THREATEN",
    "REQUEST": "APPEAL",
    "DEMAND": "DEMAND",
}
_CRITICISM = re.compile(r"condemn|criti|denounc|deplor|disapprov|slam|blast|mock|rebuk|complain|outrag|dismay|lambast|decr[iy]")
_DEMAND = re.compile(r"demand|order|insist|must|requir|ultimatum")


@dataclass(frozen=True)
class Related:
    """One sentence of another task as if it were a statement. ``root`` is its own label, ``act`` ours or null."""

    corpus: str
    sentence: str
    source: str
    cue: str
    content: str
    root: str
    act: str | None


def _act(root: str, sentence: str, cue: str) -> str | None:
    act = ROOTS.get(root)
    if act == "ACCUSE" and _CRITICISM.search(cue.lower()):
        return "CRITICISE"
    if act == "APPEAL" and _DEMAND.search(cue.lower()):
        return "DEMAND"
    return act


def plv(data: Path) -> Iterator[Related]:
    """PLV's training sentences. What stands between the marked source and target is the cue, the rest the content."""
    with gzip.open(data / "acts/plv_train.tsv.gz", "rt", encoding="utf8") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            marked = r["marked_sentence"]
            m = re.search(r"<s>(.*?)</s>\s*(.*?)\s*(<t>.*)$", marked, re.DOTALL) or re.search(r"(?=.*<s>)()()(.*)$", marked, re.DOTALL)
            strip = lambda t: re.sub(r"</?[st]>", "", t).strip()
            source, cue, content = (strip(m.group(i)) for i in (1, 2, 3)) if m else ("", "", strip(marked))
            words = cue.split()
            if len(words) > 8:  # a long gap holds more than the verb: the verb's end of it is the cue, unless it opens with it
                cue, content = " ".join(words[:5]), " ".join(words[5:]) + " " + content
            yield Related("plv", r["sentence"], source, cue, content, r["gold_root"], _act(r["gold_root"], r["sentence"], cue))


def plover(data: Path) -> Iterator[Related]:
    """PLOVER's gold records. Their marked event words are the cue."""
    for r in json.loads((data / "acts/plover_gsr_cameo.json").read_text(encoding="utf8")):
        if r["event"] == "DOCUMENT" or not r.get("text"):
            continue
        text, cue = r["text"], r.get("eventText", "")
        at = text.find(cue)
        content = text[at + len(cue) :].strip() if at >= 0 else text
        source = r["source"][0]["actorText"] if r.get("source") else ""
        yield Related("plover", text, source, cue, content, r["event"], _act(r["event"], text, cue))


def council(data: Path) -> Iterator[Related]:
    """Sentences of Security Council speeches: negative evaluation of a target, correction or challenge of another speaker."""
    with gzip.open(data / "acts/unscon_sentences.csv.gz", "rt", encoding="utf8") as f:
        for r in csv.DictReader(f):
            text = re.sub(r"\s+([.,;:?!’])", r"\1", " ".join(r["sentence_text"].split()))
            root = r["A0"] if r["A0"] != "_" else r["B1"]
            yield Related("unscon", text, "", "", text, root, {"Direct_NegEval": "CRITICISE", "Correction": "DENY"}.get(root))


def key(text: str) -> str:
    """What two copies of a sentence share: its letters and digits in lower case."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def digest(sentence: str) -> str:
    """What a sentence is called in a label file that holds no text: 16 hex digits of its key's SHA-256."""
    return hashlib.sha256(key(sentence).encode()).hexdigest()[:16]


def unique(rows: Iterable[Related], taken: set[str] | None = None) -> list[Related]:
    """The first of each sentence; none whose words are in ``taken`` (keys)."""
    seen = set(taken or ())
    out = []
    for r in rows:
        k = key(r.sentence)
        if k not in seen:
            seen.add(k)
            out.append(r)
    return out
