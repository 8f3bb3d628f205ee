"""Names of bodies put together from their parts: "Social Democratic and Labour Party", "Italian Communist Party".

A last step of finding names: the tagger, and a run of capital letters, cut a long name at its small words.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.actors.discourse import Discourse
from onrecord.actors.find import Found, Lookup
from onrecord.actors.lexicon import BODY_NOUNS, word_set

__all__ = ["join_bodies"]

#: Words for a body whose name goes on after "of", "for", "and": "Party of ...", "Association for ...".
_HEADS = word_set(
    "party movement alliance union front association league democrats liberals socialists council committee federation confederation "
    "organisation organization forum centre center institute academy society congress coalition action campaign foundation fund "
    "ministry department office bureau commission agency tribunal court bank university college assembly chamber board authority "
    "secretariat community network initiative partnership army brigades forces corps guard guards command service directorate group "
    "group-of conference convention republicans conservatives greens workers citizens families friends"
)
#: Last words of a name that an adjective of a state can open: "the Italian Communist Party", "the Russian Foreign Ministry".
_LAST = (BODY_NOUNS | word_set("forces affairs staff guards services brigades workers democrats socialists liberals greens")) - word_set(
    "government administration regime country nation state city house paper newspaper giant daily company firm website site team club"
)
_ADJECTIVAL = ("ic", "al", "ist", "ian", "ive", "an", "ese", "ish")


def join_bodies(d: Discourse, lookup: Lookup, found: Sequence[Found]) -> list[Found]:
    """The names in order, with those joined that are one body's."""
    out: list[Found] = []
    for f in found:
        while out and (joined := _joined(d, lookup, out[-1], f)) is not None:
            out.pop()
            f = joined
        out.append(f)
    return out


def _joined(d: Discourse, lookup: Lookup, a: Found, b: Found) -> Found | None:
    if d.sentence[a.lo] != d.sentence[b.lo] or b.lo - a.hi > 2 or b.lo < a.hi or d.sentence[a.lo] in d.titled:
        return None
    between = d.low[a.hi : b.lo]
    if not between and a.kind == "adjective" and b.type == "organisation" and d.low[b.hi - 1] in _LAST and d.words[b.lo][0].isupper():
        return _whole(d, lookup, a, b)
    if a.type != "organisation" or a.kind in {"acronym", "metonym", "capital"} or b.title < b.lo:
        return None
    if between in (["of"], ["for"], ["of", "the"], ["for", "the"]) and b.type != "person" and b.kind not in {"adjective", "acronym"}:
        heads = {d.low[a.hi - 1], d.low[a.lo]} if a.actor is None else {d.low[a.hi - 1]}
        return _whole(d, lookup, a, b) if heads & _HEADS and (a.actor is None or a.actor.type == "group") else None
    if between == ["and"] and a.actor is None and b.type == "organisation":
        opens = d.low[a.hi - 1].endswith(_ADJECTIVAL) and d.low[a.hi - 1] not in _HEADS
        return _whole(d, lookup, a, b) if opens and d.low[b.hi - 1] in _HEADS else None
    return None


def _whole(d: Discourse, lookup: Lookup, a: Found, b: Found) -> Found:
    known = lookup.name(d.text[d.starts[a.lo] : d.ends[b.hi - 1]])
    if known and known[0].type != "person":
        return Found(a.lo, b.hi, "organisation", a.lo, known[0], known[1])
    own = b if a.kind == "adjective" else a
    return own._replace(
        lo=a.lo, hi=b.hi, title=a.lo, type="organisation", actor=own.actor if own is b else None, kind=own.kind if own is b else None
    )
