"""Words to lemmas, and cue words to the acts that they hint at (``data/cues.tsv``).

No parser and no part-of-speech tagger: a cue is a few words, and its verb is nearly always one of a few hundred. A
word form is looked up among the forms that the table's lemmas can take; any other word is cut by suffix rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice

from onrecord.acts.codebook import rows, word_set

__all__ = ["WORD", "Hit", "hits", "lemma", "words"]

#: A word, or a mark that matters to the force of a sentence.
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?!:]")

#: (act, the table's entry, index of its first word, index after its last)
Hit = tuple[str, str, int, int]

_IRREGULAR = {
    form: base
    for base, forms in {
        "say": "says said",
        "tell": "tells told",
        "write": "writes wrote written",
        "speak": "speaks spoke spoken",
        "go": "goes went gone",
        "know": "knows knew known",
        "think": "thinks thought",
        "see": "sees saw seen",
        "hear": "hears heard",
        "find": "finds found",
        "show": "shows showed shown",
        "feel": "feels felt",
        "foresee": "foresees foresaw foreseen",
        "forecast": "forecasts forecasted",
        "give": "gives gave given",
        "take": "takes took taken",
        "make": "makes made",
        "keep": "keeps kept",
        "stand": "stands stood",
        "withdraw": "withdraws withdrew withdrawn",
        "withhold": "withholds withheld",
        "uphold": "upholds upheld",
        "hold": "holds held",
        "forbid": "forbids forbade forbidden",
        "swear": "swears swore sworn",
        "choose": "chooses chose chosen",
        "seek": "seeks sought",
        "beseech": "beseeches besought",
        "strike": "strikes struck stricken",
        "meet": "meets met",
        "deny": "denies denied denying",
        "bear": "bears bore borne",
        "tear": "tears tore torn",
        "bid": "bids bade bidden",
        "strive": "strives strove striven",
        "bind": "binds bound",
        "shut": "shuts shutting",
        "hit": "hits hitting",
        "put": "puts putting",
        "bet": "bets betting",
        "read": "reads reading",
        "send": "sends sent",
        "understand": "understands understood",
        "be": "is are was were been being am 's 're",
        "have": "has had having 've",
        "do": "does did done doing",
        "not": "n't",
        "rebut": "rebuts rebutted rebutting",
        "threaten": "threats",
        "lie": "lies lied lying",
        "slay": "slays slew slain",
        "leave": "leaves left",
        "pay": "pays paid",
        "lay": "lays laid",
        "become": "becomes became",
        "begin": "begins began begun",
        "break": "breaks broke broken",
        "fight": "fights fought",
        "win": "wins won winning",
        "lose": "loses lost",
        "lead": "leads led",
        "let": "lets letting",
        "opine": "opines opined opining",
        "plead": "pleads pled pleaded",
        "shoot": "shoots shot",
        "arise": "arises arose arisen",
        "drive": "drives drove driven",
        "throw": "throws threw thrown",
        "buy": "buys bought",
        "bring": "brings brought",
        "catch": "catches caught",
        "teach": "teaches taught",
    }.items()
    for form in (base, *forms.split())
}
_DOUBLING = word_set("doubling")
_VOWELS = "aeiou"


def _forms(base: str) -> Iterator[str]:
    """The forms a regular verb or noun can take."""
    yield base
    if base.endswith(("s", "x", "z", "ch", "sh")):
        yield base + "es"
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        yield base[:-1] + "ies"
    else:
        yield base + "s"
    if base.endswith("e"):
        yield base + "d"
        yield base[:-1] + "ing"
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        yield base[:-1] + "ied"
        yield base + "ing"
    else:
        yield base + "ed"
        yield base + "ing"
        if base in _DOUBLING or (
            len(base) <= 4 and base[-1] not in "wxy" + _VOWELS and base[-2:-1] in _VOWELS and base[-3:-2] not in _VOWELS
        ):
            yield base + base[-1] + "ed"
            yield base + base[-1] + "ing"


@cache
def _table() -> tuple[dict[str, str], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """form -> lemma; first lemma of an entry -> (its words, act), longest first."""
    form_of = dict(_IRREGULAR)
    entries: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    seen: set[tuple[str, str]] = set()
    for act, line in rows("cues.tsv"):
        for entry in line.split():
            if (act, entry) in seen:
                continue
            seen.add((act, entry))
            parts = tuple(entry.split("_"))
            entries.setdefault(parts[0], []).append((parts, act))
            for form in _forms(parts[0]):
                form_of.setdefault(form, parts[0])
            for part in parts[1:]:
                form_of.setdefault(part, part)
    for found in entries.values():
        found.sort(key=lambda e: -len(e[0]))
    return form_of, entries


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """Lemma of a word in lower case: looked up, else cut by suffix rules. Never empty for a word that is not."""
    forms = _table()[0]
    if word in forms:
        return forms[word]
    if word.endswith("n't") or word.endswith("n’t"):
        return "not"
    for suffix, instead in (
        ("'s", ""),
        ("’s", ""),
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            stem = word[: -len(suffix)] + instead
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsze" and suffix in ("ing", "ed"):
                stem = stem[:-1]
            return forms.get(stem, forms.get(stem + "e", stem))
    return word


# No rule looks further: bounds the time, and a statement's force lies in its first clause.
_MOST = 40


def words(text: str, *, limit: int = _MOST) -> list[str]:
    """The first ``limit`` words of ``text`` in lower case, 40 at most, with ? ! and : as words of their own."""
    return list(_words(text)[:limit])


# Every rule of a statement's act asks for the words of its cue or content again.
@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    found = "\0".join([m[0] for m in islice(WORD.finditer(text), _MOST)])
    return tuple(found.lower().replace("’", "'").split("\0")) if found else ()


def hits(lemmas: Sequence[str]) -> list[Hit]:
    """Entries of the cue table in a run of lemmas, the longest at each place; an entry listed under two acts gives two hits."""
    entries = _table()[1]
    out: list[Hit] = []
    past = 0
    for i, word in enumerate(lemmas):
        if i < past or word not in entries:
            continue
        best = 0
        for parts, act in entries[word]:
            n = len(parts)
            if n < best:
                break
            if _match(lemmas, i, parts):
                best = n
                out.append((act, "_".join(parts), i, i + n))
        past = i + best
    return out


def _match(lemmas: Sequence[str], at: int, parts: tuple[str, ...]) -> bool:
    if len(parts) == 1:
        return True
    return all(at + k < len(lemmas) and lemmas[at + k] in (p, lemma(p)) for k, p in enumerate(parts))
