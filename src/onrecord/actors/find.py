"""Where names stand in a text: from the tagger's spans where there are any, else from capital letters and the registry.

The first step towards mentions: spans of words with a type, not yet said to be anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from onrecord.actors.actor import Actor
from onrecord.actors.discourse import Discourse
from onrecord.actors.lexicon import (
    BODY_NOUNS,
    FUNCTION_WORDS,
    HONORIFICS,
    ORG_WORDS,
    PERSON_NOUNS,
    PLURAL_PERSON,
    PREPOSITIONS,
    THING_WORDS,
    TITLES,
    US_STATES,
    gender_of_given,
    is_verb,
    word_set,
)
from onrecord.actors.mention import Tagged
from onrecord.actors.registry import Registry, fold

__all__ = ["Found", "Lookup", "find_names"]

FoundType = Literal["person", "organisation", "place", "state", "other"]
_PARTICLES = word_set("de la del della di da do dos du des van von der den ter bin ibn al el abu ben le")
_HEADS_OF = word_set(
    "university department ministry bank council house court bureau association federation institute committee commission office "
    "secretary minister board chamber union academy organization organisation league bishop archbishop prince duke speaker college "
    "state republic kingdom conference center centre school church museum chief joint chiefs fund army city"
)
_ABBREVIATED = word_set("mr mrs ms dr sen sens rep reps gov gen lt col maj capt cmdr sgt adm brig st jr sr prof rev hon pres del mt amb")
_PLACE_BEFORE = word_set("in at from near to across outside inside throughout into around toward towards")
_CALENDAR = word_set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov "
    "dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun easter christmas ramadan thanksgiving"
)
_HOME_STATES = frozenset(US_STATES.values())
#: How sure a look-up of a name of several words must be for the tagger not to be asked.
_KNOWN = 0.8
#: How sure a bare look-up in the registry must be for a name to be taken from it alone.
_SURE = 0.7


class Found(NamedTuple):
    """Words ``lo`` to ``hi`` are a name. ``title``: first word of the titles before it (``lo`` where there are none)."""

    lo: int
    hi: int
    type: FoundType
    title: int
    actor: Actor | None = None
    kind: str | None = None


class Lookup:
    """The registry on one day, with the answers remembered: names come again and again within a text."""

    def __init__(self, registry: Registry, on: str | None) -> None:
        self.registry, self.on = registry, on
        self._named: dict[str, tuple[Actor, str, float] | None] = {}
        self._persons: dict[tuple[str, str | None], tuple[Actor, float, str] | None] = {}

    def name(self, text: str) -> tuple[Actor, str, float] | None:
        """The one actor that is not a person found by surname alone: actor, kind of name, certainty. Null where two are equally good."""
        if text not in self._named:
            found = [m for m in self.registry.find(text, on=self.on) if m.kind != "surname"] if len(text) < 120 else []
            best = found[0] if found else None
            if best and len(found) > 1 and found[1].certainty >= best.certainty and _rank(found[1].actor) >= _rank(best.actor):
                best = None if found[1].actor.type == best.actor.type else best
            self._named[text] = (best.actor, best.kind, best.certainty) if best else None
        return self._named[text]

    def person(self, text: str, country: str | None = None) -> tuple[Actor, float, str] | None:
        """The one person of that name, with title or without: actor, certainty, kind. Null where several may be meant."""
        key = (text, country)
        if key not in self._persons:
            found = self.registry.person(text, on=self.on, country=country)
            best = found[0] if found else None
            if best and len(found) > 1 and found[1].certainty > best.certainty - 0.15 and found[1].actor.id != best.actor.id:
                best = None
            self._persons[key] = (best.actor, best.certainty, best.kind) if best else None
        return self._persons[key]


def _rank(actor: Actor) -> int:
    return {"state": 3, "organisation": 2, "organ": 2, "outlet": 1}.get(actor.type, 0)


_TYPES: dict[str, FoundType] = {
    "person": "person",
    "state": "state",
    "organ": "organisation",
    "organisation": "organisation",
    "group": "organisation",
    "outlet": "organisation",
}


def find_names(d: Discourse, lookup: Lookup, tagged: Sequence[Tagged] | None) -> list[Found]:
    """All names of a text, in order, not overlapping."""
    taken = bytearray(len(d))
    out: list[Found] = []
    spans = _whole(d, tagged or ())
    in_names = {fold(d.words[i]) for lo, hi, kind in spans if kind == "person" and hi - lo > 1 for i in range(lo, hi)}
    for f in _long_known(d, lookup, spans):
        out.append(f)
        taken[f.lo : f.hi] = b"\1" * (f.hi - f.lo)
    for lo, hi, kind in spans:
        if not any(taken[lo:hi]) and d.sentence[lo] not in d.titled:
            for f in _from_tag(d, lookup, lo, hi, kind, in_names):
                out.append(f)
                taken[f.title : f.hi] = b"\1" * (f.hi - f.title)
    seen = set(d.words)
    titled = d.titled
    at = 0
    for i in d.caps:
        if i < at or taken[i] or (d.sentence[i] in titled):
            continue
        lo, at = _chunk(d, i, taken)
        if lo == at:
            at = max(at, i + 1)
            continue
        found = _whole_chunk(d, lookup, lo, at, seen, tagged is not None)
        for f in found:
            out.append(f)
            taken[f.title : f.hi] = b"\1" * (f.hi - f.title)
    if titled:
        out += _in_headlines(d, lookup, out, taken)
    out.sort(key=lambda f: f.lo)
    return _agreed(d, _organs(d, lookup, out))


def _whole(d: Discourse, tagged: Sequence[Tagged]) -> list[tuple[int, int, str]]:
    """The tagger's spans as words; neighbours of one type without anything between them are one name cut in two."""
    out: list[tuple[int, int, str]] = []
    for start, end, kind in tagged:
        lo, hi = d.span(start, end)
        if lo >= hi:
            continue
        if out and out[-1][1:] in {(lo, kind), (lo + 1, kind)} and kind != "other" and _both_capital(d, out[-1][1] - 1, lo):
            out[-1] = (out[-1][0], hi, kind)
            continue
        out.append((lo, hi, kind))
    return out


def _both_capital(d: Discourse, i: int, j: int) -> bool:
    return d.words[i][0].isupper() and d.words[j][0].isupper() and d.sentence[i] == d.sentence[j]


def _long_known(d: Discourse, lookup: Lookup, spans: Sequence[tuple[int, int, str]]) -> list[Found]:
    """Names of two words or more that the registry knows, longest first, unless the tagger saw a longer name around them."""
    first = lookup.registry.first_words
    around = {i: (lo, hi) for lo, hi, _ in spans for i in range(lo, hi)}
    out: list[Found] = []
    past = 0
    for i in d.caps:
        if i < past or fold(d.words[i]) not in first or d.sentence[i] in d.titled:
            continue
        end = d.sentence_of(i)[1]
        for j in range(min(end, i + 7), i + 1, -1):
            if not d.words[j - 1][0].isalnum() or (d.words[j - 1][0].islower() and d.low[j - 1] not in FUNCTION_WORDS):
                continue
            known = lookup.name(_text(d, i, j))
            if known is None or known[2] < _KNOWN or known[1] == "surname":
                continue
            lo, hi = around.get(i, (i, j))
            if hi > j or (lo < i and around.get(j - 1) == (lo, hi)):
                break
            if known[0].type == "person":
                out.append(Found(i, j, "person", _title_start(d, i), known[0], known[1]))
            else:
                out.append(_known(d, i, j, known))
            past = j
            break
    return out


def _organs(d: Discourse, lookup: Lookup, found: list[Found]) -> list[Found]:
    """ "Russia's Foreign Ministry", "the Foreign Ministry in Jerusalem": an organ of the state that is named beside it."""
    out = list(found)
    for k, f in enumerate(out[:-1]):
        after = out[k + 1]
        if f.type != "organisation" or f.actor is not None or after.lo - f.hi > 2 or after.lo == f.hi or after.actor is None:
            continue
        if d.low[f.hi] not in {"in", "of"} or (after.lo - f.hi == 2 and d.low[f.hi + 1] != "the") or not after.actor.country:
            continue
        kind = lookup.registry.organ_kind(_text(d, f.lo, f.hi))
        organ = lookup.registry.organ(kind, after.actor.country) if kind and after.kind != "metonym" else None
        if organ is not None:
            out[k] = f._replace(actor=organ, kind="alias")
    for k in range(1, len(out)):
        f, before = out[k], out[k - 1]
        if (
            f.type != "organisation"
            or (f.actor is not None and f.actor.type != "organ")
            or before.actor is None
            or before.actor.type != "state"
        ):
            continue
        between = d.low[before.hi : f.lo]
        if between and between not in (["'s"], ["’s"]):
            continue
        if between == [] and before.kind not in {"adjective", "acronym", "name"}:
            continue
        state = before.actor
        for name in (state.name, *(n.text for n in state.names if n.kind in {"adjective", "acronym"})):
            known = lookup.name(f"{name} {_text(d, f.lo, f.hi)}")
            if known and known[0].type == "organ":
                out[k] = f._replace(actor=known[0], kind="alias")
                break
    return out


def _agreed(d: Discourse, found: list[Found]) -> list[Found]:
    """One type for one name of one word: the tagger may call a company a place here and a person there. Longer names vote too."""
    votes: dict[str, dict[FoundType, float]] = {}
    for f in found:
        if f.actor is None:
            if f.hi - f.lo == 1:
                votes.setdefault(d.low[f.lo], {}).setdefault(f.type, 0.0)
                votes[d.low[f.lo]][f.type] += 2.0 if f.title < f.lo else 1.0 if f.type != "other" else 0.1
            elif f.type == "person":
                votes.setdefault(d.low[f.hi - 1], {}).setdefault("person", 0.0)
                votes[d.low[f.hi - 1]]["person"] += 3.0
            elif f.type == "organisation":
                votes.setdefault(d.low[f.lo], {}).setdefault("organisation", 0.0)
                votes[d.low[f.lo]]["organisation"] += 1.5
    return [
        f
        if f.actor is not None or f.hi - f.lo != 1 or f.title < f.lo or len(votes[d.low[f.lo]]) < 2
        else f._replace(type=max(votes[d.low[f.lo]].items(), key=lambda x: x[1])[0])
        for f in found
    ]


# -- from the tagger -----------------------------------------------------------------------------------------------------


def _from_tag(d: Discourse, lookup: Lookup, lo: int, hi: int, kind: str, in_names: set[str]) -> list[Found]:
    while hi > lo and (not d.words[hi - 1][0].isalnum() or d.words[hi - 1] in FUNCTION_WORDS or d.low[hi - 1] == "’s"):
        hi -= 1
    while lo < hi and (not d.words[lo][0].isalnum() or d.words[lo] in FUNCTION_WORDS or d.low[lo] == "the"):
        lo += 1
    if lo >= hi:
        return []
    known = lookup.name(_text(d, lo, hi))
    if kind == "person":
        if known and known[0].type == "person":
            return [Found(lo, hi, "person", _title_start(d, lo), known[0], known[1])]
        if known and known[2] >= 0.9 and known[0].type in {"group", "organisation", "outlet"} and _title_start(d, lo) == lo:
            return [_known(d, lo, hi, known)]  # "Hezbollah" is nobody's name, whatever the tagger says
        if known and known[0].type == "state" and hi - lo == 1 and _title_start(d, lo) == lo and fold(d.words[lo]) not in in_names:
            return [_known(d, lo, hi, known)]  # "Baku denied that": a capital, where nobody in the text is called so
        name = _after_titles(d, lo, hi)
        if name >= hi:
            return []
        return [Found(name, hi, "person", _title_start(d, lo), None, None)]
    if known and known[2] >= 0.5:
        type_ = _type_of(known[0])
        if type_ == "person" and kind != "other":
            known = None
        else:
            return [_known(d, lo, hi, known)]
    if kind == "place" and hi - lo == 1 and hi < len(d) and d.words[hi][0].isupper() and d.low[hi] not in FUNCTION_WORDS:
        return _pieces(d, lookup, lo, hi)  # "Cold" of "Cold War"
    if kind == "other" or (hi - lo > 1 and d.low[hi - 1] in THING_WORDS):
        return _pieces(d, lookup, lo, hi)
    if hi - lo == 1 and _common(d, lo):
        return []
    return [Found(lo, hi, "place" if kind == "place" else "organisation", lo, None, None)]


def _common(d: Discourse, i: int) -> bool:
    """Whether a lone word that the registry does not know is a common noun with a capital: "Lawmaker urges", "a super PAC"."""
    low = d.low[i]
    if low in PERSON_NOUNS or low in PLURAL_PERSON:
        return _opens(d, i)
    return low in BODY_NOUNS and not (i and d.low[i - 1] == "the" and d.words[i][0].isupper())


# -- from capital letters ------------------------------------------------------------------------------------------------


def _text(d: Discourse, lo: int, hi: int) -> str:
    return d.text[d.starts[lo] : d.ends[hi - 1]]


def _loud(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _chunk(d: Discourse, i: int, taken: bytearray) -> tuple[int, int]:
    """The run of name-like words that begins at word ``i``; empty where it is no name."""
    words, low, n = d.words, d.low, len(d)
    sentence = d.sentence[i]
    if (low[i] in FUNCTION_WORDS and not _loud(words[i])) or low[i] in _CALENDAR or words[i] == "I":
        return i, i
    head = low[i]
    j = i + 1
    while j < n and d.sentence[j] == sentence and not taken[j]:
        w = words[j]
        nxt = words[j + 1] if j + 1 < n and d.sentence[j + 1] == sentence and not taken[j + 1] else ""
        if len(w) == 1 and w.isupper() and nxt == ".":
            pass
        elif w[0].isupper():
            if (low[j] in FUNCTION_WORDS and not _loud(w)) or low[j] in _CALENDAR or w == "I":
                break
            if low[j] in _HEADS_OF:
                head = low[j]
        elif w == "." and nxt[:1].isupper() and (len(words[j - 1]) == 1 or low[j - 1] in _ABBREVIATED):
            if low[j + 1] in FUNCTION_WORDS:
                break
        elif low[j] in _PARTICLES and nxt[:1].isupper() and low[j + 1] not in FUNCTION_WORDS:
            pass
        elif low[j] == "of" and head in _HEADS_OF and (low[j - 1] == head or head not in TITLES):  # not "Minister Reza of Iran"
            if nxt[:1].isupper() and low[j + 1] not in FUNCTION_WORDS:
                pass
            elif nxt == "the" and j + 2 < n and words[j + 2][0].isupper() and low[j + 2] not in FUNCTION_WORDS:
                j += 1
            else:
                break
        elif w == "&" and nxt[:1].isupper():
            pass
        else:
            break
        j += 1
    return i, j


def _opens(d: Discourse, i: int) -> bool:
    """Whether word ``i`` would have a capital letter whatever it is."""
    return i == d.first[d.sentence[i]] or d.words[i - 1] in {'"', "“", "‘", "'", ":", "”", "«", "„", "(", "-", "–", "—", "…", "*", "•"}


def _whole_chunk(d: Discourse, lookup: Lookup, lo: int, hi: int, seen: set[str], only_known: bool) -> list[Found]:
    first = d.low[lo]
    if (
        _opens(d, lo)
        and not _loud(d.words[lo])
        and (first in seen or first in FUNCTION_WORDS or (hi - lo > 1 and first.endswith(("ing", "ly"))))
    ):
        known = lookup.name(_text(d, lo, hi)) if hi - lo > 1 else None
        if not known:
            if hi - lo == 1:
                return []
            if first not in TITLES and first not in PERSON_NOUNS and gender_of_given(first) is None:
                lo += 1
    known = lookup.name(_text(d, lo, hi))
    if known and known[2] >= _SURE:
        return [_known(d, lo, hi, known)]
    if hi - lo == 1 and _opens(d, lo) and not _loud(d.words[lo]) and not _name_elsewhere(d, lo) and not (not only_known and _acts(d, lo)):
        return []
    if only_known:  # the tagger has spoken: only what the registry knows is added
        pieces = _pieces(d, lookup, lo, hi)
        if pieces or hi - lo > 4:
            return pieces
        guessed = [f for f in _typed(d, lookup, lo, hi) if f.type in {"person", "other"} and (f.hi - f.lo == 1 or f.title < f.lo)]
        return [f if f.title < f.lo else Found(f.lo, f.hi, "other", f.title) for f in guessed]
    return _typed(d, lookup, lo, hi)


def _acts(d: Discourse, i: int) -> bool:
    """Whether a lone word that opens a sentence is a name by what follows it: "Hayek wrote"; not "Investors said"."""
    after = d.low[i + 1] if i + 1 < len(d) else ""
    return len(d.words[i]) > 3 and d.low[i][-1] != "s" and (after in {"'s", "’s"} or is_verb(after))


def _name_elsewhere(d: Discourse, i: int) -> bool:
    return any(not _opens(d, j) and d.sentence[j] not in d.titled for j in d.capital.get(d.words[i], ()))


def _type_of(actor: Actor) -> FoundType:
    """The type of a mention of an actor; a part of a federal state is a place."""
    return "place" if actor.type == "organ" and actor.name.lower() in _HOME_STATES else _TYPES[actor.type]


def _known(d: Discourse, lo: int, hi: int, known: tuple[Actor, str, float]) -> Found:
    actor, kind, _ = known
    type_ = _type_of(actor)
    if kind == "capital" and lo and d.low[lo - 1] in _PLACE_BEFORE:
        type_ = "place"
    return Found(lo, hi, type_, lo, actor, kind)


def _pieces(d: Discourse, lookup: Lookup, lo: int, hi: int) -> list[Found]:
    """What the registry knows within a run of capitalised words, longest first."""
    out: list[Found] = []
    i = lo
    while i < hi:
        for j in range(min(hi, i + 5), i, -1):
            if not d.words[j - 1][0].isalnum() or (j - i == 1 and len(d.words[i]) < 2):
                continue
            known = lookup.name(_text(d, i, j))
            if known and known[2] >= _SURE:
                out.append(_known(d, i, j, known))
                i = j - 1
                break
        i += 1
    return out


def _after_titles(d: Discourse, lo: int, hi: int) -> int:
    """Index of the word where the name begins, after titles and role words; ``hi`` where nothing else is left."""
    at = lo
    i = lo
    while i < hi - 1:
        w = d.low[i]
        if w in TITLES or w in HONORIFICS or w in PERSON_NOUNS:
            at = i + 1
            if d.words[at] == ".":
                at += 1
            if at < hi and d.low[at] == "of":
                named = next((k for k in range(at + 1, hi - 1) if gender_of_given(d.words[k])), hi)
                return named
        i += 1
    return at


def _title_start(d: Discourse, lo: int) -> int:
    """The first of the capitalised titles right before word ``lo``."""
    i = lo
    while i > 0 and d.sentence[i - 1] == d.sentence[lo]:
        w = d.low[i - 1]
        if w == "." and i > 1 and d.low[i - 2] in _ABBREVIATED:
            i -= 2
        elif (w in TITLES or w in HONORIFICS) and d.words[i - 1][0].isupper():
            i -= 1
        elif (office := _office_start(d, i)) < i:
            i = office
        else:
            break
    return i


def _office_start(d: Discourse, i: int) -> int:
    """ "Secretary of State", "Secretary of Homeland Security" that ends before word ``i``: its first word; else ``i``."""
    for of in range(i - 2, max(0, i - 5), -1):
        if not d.words[of + 1][0].isupper() or d.sentence[of - 1] != d.sentence[i - 1]:
            return i
        if d.low[of] == "of":
            return of - 1 if d.low[of - 1] in TITLES and d.words[of - 1][0].isupper() else i
    return i


def _typed(d: Discourse, lookup: Lookup, lo: int, hi: int) -> list[Found]:
    """Tell the type of a run of capitalised words that the registry does not know as a whole; split off what stands before a name."""
    words, low = d.words, d.low
    last = low[hi - 1]
    size = sum(words[i][0].isalnum() for i in range(lo, hi))
    if " ".join(low[lo:hi]) in _HOME_STATES:
        return [Found(lo, hi, "place", lo)]
    if size > 1 and last in THING_WORDS:
        return _pieces(d, lookup, lo, hi)
    if size > 1 and (last in ORG_WORDS or (not gender_of_given(words[lo]) and any(low[i] in ORG_WORDS for i in range(lo + 1, hi)))):
        return [Found(lo, hi, "organisation", lo)]
    if any(low[i] in BODY_NOUNS or low[i] == "of" for i in range(lo, hi)) and not any(
        gender_of_given(words[i]) for i in range(lo + 1, hi - 1)
    ):
        if low[lo] in PERSON_NOUNS or low[lo] in TITLES:
            return []
        return [Found(lo, hi, "organisation", lo)] if size > 1 else []
    name = _after_titles(d, lo, hi)
    if name == lo:
        given = next((i for i in range(lo, hi - 1) if gender_of_given(words[i])), lo)
        if given > lo and words[given + 1][0].isupper():
            name = given
    if name >= hi:
        return []
    before = _pieces(d, lookup, lo, name) if name > lo else []
    if name > lo and (low[name - 1] in TITLES or low[name - 1] in HONORIFICS or low[name - 1] in PERSON_NOUNS or words[name - 1] == "."):
        return [*before, Found(name, hi, "person", max(lo, before[-1].hi) if before else lo)]
    if name > lo:
        return [*before, Found(name, hi, "person", name)]
    if size == 1:
        return _single(d, lookup, lo, hi)
    if gender_of_given(words[lo]):
        return [Found(lo, hi, "person", lo)]
    pieces = _pieces(d, lookup, lo, hi)
    if pieces:
        rest_lo = pieces[-1].hi
        if pieces[0].lo == lo and rest_lo < hi and hi - rest_lo >= 2:
            return [*pieces, Found(rest_lo, hi, "person", rest_lo)]
        return pieces
    if any(_loud(words[i]) for i in range(lo, hi)) and len(words[hi - 1]) > 3:
        return [Found(lo, hi, "organisation", lo)]
    if lo and low[lo - 1] in _PLACE_BEFORE and not (hi < len(d) and (is_verb(low[hi]) or low[hi] == "who")):
        return [Found(lo, hi, "place", lo)]
    return [Found(lo, hi, "person" if size <= 4 else "organisation", lo)]


def _single(d: Discourse, lookup: Lookup, lo: int, hi: int) -> list[Found]:
    word, low = d.words[lo], d.low[lo]
    before = d.low[lo - 1] if lo else ""
    if low in _HOME_STATES:
        return [Found(lo, hi, "place", lo)]
    if low in BODY_NOUNS and not _opens(d, lo) and before == "the":
        return [Found(lo, hi, "organisation", lo)]
    if low in PLURAL_PERSON or low in BODY_NOUNS or low in TITLES or low in PERSON_NOUNS or low in THING_WORDS:
        return []
    if _loud(word):
        return [] if low in BODY_NOUNS else [Found(lo, hi, "organisation", lo)]
    if before in HONORIFICS or (before == "." and lo > 1 and d.low[lo - 2] in _ABBREVIATED) or before in TITLES:
        return [Found(lo, hi, "person", _title_start(d, lo))]
    if before in PERSON_NOUNS:
        return [Found(lo, hi, "person", lo)]
    if before in _PLACE_BEFORE:
        return [Found(lo, hi, "place", lo)]
    if before in PREPOSITIONS or not (hi < len(d) and (is_verb(d.low[hi]) or d.words[hi] in {"'s", "’s", ","})):
        return [Found(lo, hi, "other", lo)]
    return [Found(lo, hi, "other", lo)]


def _in_headlines(d: Discourse, lookup: Lookup, found: list[Found], taken: bytearray) -> list[Found]:
    """Names in lines set in capitals: only such as stand elsewhere in the text too, or in the registry."""
    known: dict[str, list[tuple[tuple[str, ...], Found]]] = {}
    for f in found:
        seq = tuple(d.low[f.lo : f.hi])
        known.setdefault(seq[0], []).append((seq, f))
        if f.type == "person" and len(seq) > 1:
            known.setdefault(seq[-1], []).append((seq[-1:], f))
            if gender_of_given(seq[0]):
                known.setdefault(seq[0], []).append((seq[:1], f))
    out = []
    for s in sorted(d.titled):
        lo = d.first[s]
        hi = d.first[s + 1] if s + 1 < len(d.first) else len(d)
        i = lo
        while i < hi:
            step = 1
            if not taken[i] and d.words[i][0].isupper():
                options = [x for x in known.get(d.low[i], ()) if tuple(d.low[i : i + len(x[0])]) == x[0] and i + len(x[0]) <= hi]
                if options:
                    seq, f = max(options, key=lambda x: len(x[0]))
                    step = len(seq)
                    out.append(Found(i, i + step, f.type, i, f.actor if len(seq) == f.hi - f.lo else None, f.kind))
                elif d.low[i] not in FUNCTION_WORDS or _loud(d.words[i]):
                    for j in range(min(hi, i + 4), i, -1):
                        if any(taken[i:j]) or not d.words[j - 1][0].isalnum():
                            continue
                        hit = lookup.name(_text(d, i, j))
                        if hit and hit[2] >= _SURE and (j - i > 1 or len(d.words[i]) > 2 or _loud(d.words[i])):
                            out.append(_known(d, i, j, hit))
                            step = j - i
                            break
            i += step
    return out
