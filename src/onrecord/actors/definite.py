"""Definite descriptions that neither a name nor the registry decides: "the official", "the ministry", "the kingdom".

Each is taken up from who spoke last. ``sweep`` is read only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onrecord.actors.heads import Head
from onrecord.actors.lexicon import word_set
from onrecord.actors.registry import fold
from onrecord.actors.resolved import Resolved

if TYPE_CHECKING:
    from onrecord.actors.sweep import Sweep

__all__ = ["home_organ", "repeated", "taken_up"]

#: So many sentences back a description looks for whom it takes up.
_NEAR = 3
#: Nouns of a state's organs, which a text names without the state once it is plain which one is meant.
_ORGANS = word_set("ministry army military parliament government presidency police navy airforce cabinet junta bank force forces office")
_WHICH_BANK = word_set("central national reserve federal")
_WHICH_FORCE = word_set("air defence defense armed ground")
_WHICH_OFFICE = word_set("presidential president's minister's prosecutor's")
_LANDS = word_set("kingdom republic country nation island emirate sultanate")
_COMPANIES = word_set("company firm bank lender giant carrier airline manufacturer automaker retailer maker insurer brokerage")
_GROUPS = word_set("group organisation organization body agency union alliance bloc movement militia charity watchdog grouping faction")


def _plain(sweep: Sweep, head: Head) -> bool:
    """Is it "the" and a noun, of nobody in particular?"""
    return bool(head.definite) and not head.plural and head.owner == -1 and not head.after and sweep.scene.d.low[head.lo] == "the"


def repeated(sweep: Sweep, head: Head) -> Resolved | None:
    """ "An Israeli official told ... *The official* said": somebody without a name, called so before."""
    if not _plain(sweep, head):
        return None
    d = sweep.scene.d
    noun, here = d.low[head.word], d.sentence[head.lo]
    modifiers = [d.low[i] for i in head.modifiers]
    for at, value in reversed(sweep.history):
        if at >= head.lo:
            continue
        if here - d.sentence[at] > _NEAR:
            break
        if value.via == "anonymous" and value.name:
            words = fold(value.name).replace(",", " ").split()
            if noun in words and all(m in words for m in modifiers) and not value.name[:1].isdigit() and words[-1] == noun:
                return Resolved("anonymous", 0.75, name=value.name, role=value.role, country=value.country)
        if value.entities and any(noun in sweep.scene.entities[n].nouns for n in value.entities):
            break
    return None


def taken_up(sweep: Sweep, head: Head) -> Resolved | None:
    """ "The kingdom", "the group", "the bank": the state or body that spoke last, where nothing speaks against it."""
    if not _plain(sweep, head) or head.modifiers:
        return None
    scene = sweep.scene
    d = scene.d
    noun, here = d.low[head.word], d.sentence[head.lo]
    for at, value in reversed(sweep.history):
        if at >= head.lo:
            continue
        if here - d.sentence[at] > 2:
            break
        if len(value.entities) != 1:
            if value.actor is None:
                continue
            break
        e = scene.entities[value.entities[0]]
        if e.type == "state":
            return Resolved("description", 0.7, (e.number,)) if noun in _LANDS else None
        if e.type in {"organisation", "other"}:
            actor = e.actor
            kind = actor.type if actor is not None else ""
            public = kind in {"organ", "outlet"} or (actor is not None and bool(actor.code) and actor.code != actor.country)
            if (noun in _COMPANIES and kind != "group" and not public) or (noun in _GROUPS and kind not in {"organ", "outlet"}):
                return Resolved("description", 0.7, (e.number,))
            return None
    return None


def home_organ(sweep: Sweep, head: Head) -> Resolved | None:
    """ "China condemned the visit ... *the foreign ministry* said": an organ of the state that the sentences around speak for."""
    if not _plain(sweep, head) or sweep.source_words.isdisjoint(range(head.lo, head.hi)):
        return None
    scene = sweep.scene
    d = scene.d
    noun = d.low[head.word]
    words = [d.low[i] for i in head.modifiers if d.low[i] not in {"'s", "’s"}]
    which = {"bank": _WHICH_BANK, "force": _WHICH_FORCE, "forces": _WHICH_FORCE, "office": _WHICH_OFFICE}.get(noun)
    if noun not in _ORGANS or (which is not None and which.isdisjoint(words)) or (noun == "ministry" and not words):
        return None
    code = _home(sweep, head)
    state = scene.lookup.registry.get(code) if code else None
    if state is None or state.type != "state":
        return None
    if noun == "government" and not words:
        return Resolved("description", 0.65, actor=state)
    phrase = " ".join([*words, noun])
    for name in (state.name, *(n.text for n in state.names if n.kind in {"adjective", "alias", "acronym"})):
        known = scene.lookup.name(f"{name} {phrase.title()}")
        if known and known[0].type == "organ":
            return Resolved("description", 0.7, actor=known[0])
    return Resolved("anonymous", 0.7, name=sweep.phrase_text(head), country=code)


def _home(sweep: Sweep, head: Head) -> str | None:
    """The state that the sentence names before, or that whoever spoke last in the paragraph is of, or all of the last three who spoke.

    Null where two states are as near.
    """
    scene = sweep.scene
    d = scene.d
    here = d.sentence[head.lo]
    paragraph = d.paragraph[head.lo]
    near: list[tuple[int, str]] = []
    named = {scene.found[k].actor for k in (scene.name_at(i) for i in range(d.sentence_of(head.lo)[0], head.lo)) if k >= 0}
    states = {a.code for a in named if a is not None and a.type == "state" and a.code}
    if states:
        return states.pop() if len(states) == 1 else None
    for at, value in reversed(sweep.history[-6:]):
        if at >= head.lo or here - d.sentence[at] > 2:
            continue
        code = value.country
        if value.actor is not None:
            code = value.actor.code_on(scene.lookup.on) if value.actor.type == "person" else value.actor.country
        elif len(value.entities) == 1:
            e = scene.entities[value.entities[0]]
            code = e.country if e.actor is None or e.type != "person" else (e.actor.code_on(scene.lookup.on) or e.country)
        if code:
            near.append((here - d.sentence[at] if d.paragraph[at] == paragraph else 9, code))
    for s in (here, here - 1):
        if s < 0 or d.paragraph[d.first[s]] != paragraph:
            continue
        n = sweep.subjects.get(s, -1)
        if n >= 0 and scene.entities[n].country and sweep.last[n].word < head.lo:
            near.append((here - s, scene.entities[n].country or ""))
    if not near:
        return None
    least = min(gap for gap, _ in near)
    codes = {code for gap, code in near if gap == least} if least < 9 else {code for _, code in near[:3]} if len(near) >= 3 else set()
    return codes.pop() if len(codes) == 1 else None
