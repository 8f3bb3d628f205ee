"""A sentence with its source and target marked, as named features for PLV's roots.

Which party a word belongs to, how soon it comes after the first one, and which roots it hints at by ``plv_words.tsv``,
alone or after a word of promise, threat or refusal: "agreed to release" is AGREE, "released" is YIELD.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from onrecord.acts.lexicon import lemma

#: Where a stretch of a marked sentence stands.
BEFORE, SOURCE, TARGET, BETWEEN, AFTER = range(5)
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_AHEAD = frozenset(
    "will would shall could may might should if 'll plan plans planned planning agree agrees agreed agreeing promise promises promised pledge"
    " pledges pledged vow vows vowed offer offers offered willing ready intend intends intended intention announced consider considering accept"
    " accepted committed prepared threat threatens threatened warns warned going hopes hoped decided wants".split()
)
_NOT = frozenset(
    "not never no cannot without against refuse refuses refused refusing refusal reject rejects rejected decline declines declined denied failed"
    " opposed unwilling ruled".split()
)


def regions(marked: str) -> list[tuple[str, int]]:
    """The stretches of a sentence with ``<s>source</s>`` and ``<t>target</t>``, and where each stands.

    BETWEEN lies between the two parties in either order; without two, what follows the one, and without any all is BEFORE.
    """
    out, party, seen = [], None, 0
    for part in re.split(r"(</?[st]>)", marked):
        if part in ("<s>", "<t>"):
            party, seen = SOURCE if part == "<s>" else TARGET, seen + 1
        elif part in ("</s>", "</t>"):
            party = None
        elif part:
            out.append((part, (BEFORE, BETWEEN, AFTER)[min(seen, 2)] if party is None else party))
    return out


@cache
def _table() -> list[tuple[str, str, list[str], int]]:
    """(root, entry, its words, within how many words the next must come)"""
    text = Path(__file__).with_name("plv_words.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [(root, e, re.split(r"\.\.|_", e), 5 if ".." in e else 1) for root, entries in rows for e in entries.split()]


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache(maxsize=65536)
def _begun(word: str) -> tuple[int, ...]:
    """Rows of the table whose first word this is."""
    return tuple(k for k, (_, _, parts, _) in enumerate(_table()) if _fits(parts[0], word))


def hints(words: list[str]) -> list[tuple[int, str, str]]:
    """(index of the word, root, entry) for every entry of the table that the words hold."""
    out = []
    for i, w in enumerate(words):
        for k in _begun(w):
            root, entry, parts, reach = _table()[k]
            at = i
            for p in parts[1:]:
                at = next((j for j in range(at + 1, min(len(words), at + 1 + reach)) if _fits(p, words[j])), -1)
                if at < 0:
                    break
            if at >= 0:
                out.append((i, root, entry))
    return out


def features(marked: str) -> dict[str, float]:
    """Feature -> value. The predicate, the words outside the parties from the first party on, weighs most."""
    out: dict[str, float] = {}
    words: list[str] = []
    where: list[int] = []
    for text, region in regions(marked):
        these = [w.lower() for w in _WORD.findall(text)]
        words += these
        where += [region] * len(these)
    lemmas = [lemma(w) for w in words]
    first = next((r for r in where if r in (SOURCE, TARGET)), None)
    out[f"first party {first}"] = 1.0
    start = next((i for i, r in enumerate(where) if r != BEFORE), 0)
    said = [i for i, r in enumerate(where) if r not in (SOURCE, TARGET)]
    predicate = [i for i in said if i >= start] or said
    for i, (x, r) in enumerate(zip(lemmas, where, strict=True)):
        if r == SOURCE:
            out[f"source {x}"] = 0.5
            continue
        if r == TARGET:
            out[f"target {x}"] = 0.5
        out[f"word {x}"] = 0.6
        if i + 1 < len(words) and where[i + 1] != SOURCE:  # the target by its role, not its name
            out[f"words {x} {'TARGET' if where[i + 1] == TARGET != r else lemmas[i + 1]}"] = 0.6
    for k, i in enumerate(predicate):
        if where[i] == BETWEEN:
            out[f"between {lemmas[i]}"] = 1.2
        if k == 0:
            out[f"opens {lemmas[i]}"] = 1.0
        if k < 8:
            out[f"early {lemmas[i]}"] = 1.0
        if k < 10 and predicate[k + 1 : k + 2] == [i + 1]:
            out[f"early {lemmas[i]} {lemmas[i + 1]}"] = 1.0
        if k < 6 and predicate[k + 2 : k + 3] == [i + 2]:
            out[f"early {' '.join(lemmas[i : i + 3])}"] = 0.8
    ahead = [i for i in predicate if words[i] in _AHEAD]
    refused = [i for i in predicate if words[i] in _NOT or words[i].endswith(("n't", "n’t"))]
    out |= {f"ahead {words[i]}": 1.0 for i in ahead}
    if refused:
        out["refused"] = 1.0
    place = {i: k for k, i in enumerate(i for i in range(start, len(words)) if where[i] != SOURCE)}
    found = [h for h in hints(words) if where[h[0]] != SOURCE]
    soonest = min((place[i] for i, *_ in found if i in place), default=None)
    for i, root, entry in found:
        soon = place.get(i, len(words))
        out[f"hint {root}"] = 0.5
        out[f"hint {root} {entry}"] = 0.6
        if where[i] != TARGET:
            out[f"said hint {root}"] = 0.6
            after = [words[j] for j in ahead if 0 < i - j <= 6]
            if after:
                out[f"ahead of {root}"] = 1.0
                out[f"{after[-1]} before {root}"] = 0.8
        if where[i] == BETWEEN:
            out[f"between hint {root}"] = 1.0
        if soon < 6:
            out[f"early hint {root}"] = 1.0
        if soon == soonest:
            out[f"first hint {root}"] = 1.0
        if ".." in entry or "_" in entry:
            out[f"phrase hint {root}"] = 1.0
        if any(0 < i - j <= 5 for j in refused):
            out[f"refused {root}"] = 1.0
    return out
