"""Every mention of a person, organisation, place, state or role in a text."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.actors.coref import Scene
from onrecord.actors.lexicon import BODY_NOUNS, FUNCTION_WORDS, PERSON_NOUNS, PLURAL_PERSON, is_verb, word_set
from onrecord.actors.mention import Mention, MentionType, Tagged
from onrecord.actors.registry import Registry
from onrecord.actors.resolve import country_of, read_actors
from onrecord.actors.sweep import Sweep
from onrecord.document import Document

__all__ = ["find_mentions"]

#: Nouns that name a role only with a determiner or a modifier before them: alone they are mostly something else.
_WEAK = word_set("head star boss party state office force agent source member general major chief baker chef kid friend guest fellow")
#: Plurals that name people but hold no role.
_NO_ROLE = word_set("forces troops masses folks persons others whites blacks public electorate parties families times personnel people")
_TYPES: dict[str, MentionType] = {"person": "person", "organisation": "organisation", "place": "place", "state": "state"}


def find_mentions(document: Document, *, tagged: Sequence[Tagged] | None = None, registry: Registry | None = None) -> list[Mention]:
    """All mentions of a text, in order, each with its actor, country and full name where these are known.

    ``tagged``: the tagger's name spans as (start, end, type); without them names come from capital letters and the
    registry. A role ("the spokeswoman", "Polish lawmakers") may hold a name; names do not overlap each other. Pronouns
    are not listed. A name whose type is not told is left out.
    """
    resolution = read_actors(document, registry=registry, tagged=tagged)
    scene = resolution.scene
    out = _names(scene)
    out += _roles(scene, resolution.sweep)
    return sorted(out, key=lambda m: (m.start, -m.end))


def _text(scene: Scene, lo: int, hi: int) -> tuple[int, int, str]:
    d = scene.d
    return d.starts[lo], d.ends[hi - 1], d.text[d.starts[lo] : d.ends[hi - 1]]


def _names(scene: Scene) -> list[Mention]:
    out = []
    for k, f in enumerate(scene.found):
        number = scene.of[k]
        start, end, text = _text(scene, f.lo, f.hi)
        if number < 0:
            if f.type in _TYPES:
                out.append(Mention(start, end, text, _TYPES[f.type], None, None, " ".join(text.split()), None))
            continue
        e = scene.entities[number]
        type_ = f.type if f.type in _TYPES else e.type
        if type_ not in _TYPES:
            continue
        country = country_of(scene, e)
        out.append(Mention(start, end, text, _TYPES[type_], e.actor.id if e.actor else None, country, e.name, number))
    return out


def _roles(scene: Scene, sweep: Sweep) -> list[Mention]:
    d = scene.d
    out: list[Mention] = []
    for i, w in enumerate(d.low):
        if (w not in PERSON_NOUNS and w not in PLURAL_PERSON) or w in _NO_ROLE or scene.name_at(i) >= 0:
            continue
        following = d.low[i + 1] if i + 1 < len(d) else ""
        if following in PERSON_NOUNS and scene.name_at(i + 1) < 0:
            continue  # "Prime Minister", "team leader": the last noun is the role
        lo = _begin(scene, i)
        if lo == i and (w in _WEAK or (not d.words[i][0].isupper() and w not in PLURAL_PERSON and not _before_name(scene, i))):
            continue
        start, end, text = _text(scene, lo, i + 1)
        answer = sweep.decide(lo, i + 1) if lo < i else None
        entity = answer.entities[0] if answer and len(answer.entities) == 1 and answer.via == "role" else None
        if _before_name(scene, i):
            k = scene.name_at(i + 1) if scene.name_at(i + 1) >= 0 else scene.name_at(i + 2)
            entity = scene.of[k] if scene.of[k] >= 0 else None
        if entity is not None:
            e = scene.entities[entity]
            out.append(Mention(start, end, text, "role", e.actor.id if e.actor else None, country_of(scene, e), e.name, entity))
        elif answer and answer.actor is not None:
            out.append(Mention(start, end, text, "role", answer.actor.id, answer.actor.code_on(scene.lookup.on), answer.actor.name, None))
        else:
            out.append(Mention(start, end, text, "role", None, answer.country if answer else None, None, None))
    return out


def _before_name(scene: Scene, i: int) -> bool:
    """Whether a person's name follows: "spokeswoman Maria Zakharova", "Sen. X"."""
    d = scene.d
    for j in (i + 1, i + 2):
        k = scene.name_at(j) if j < len(d) else -1
        if k >= 0:
            return scene.found[k].lo == j and scene.found[k].type == "person"
        if j < len(d) and d.words[j] != ".":
            return False
    return False


def _begin(scene: Scene, i: int) -> int:
    """The first word of the noun phrase that ends with word ``i``: its determiner, adjectives, and the names that modify it."""
    d = scene.d
    start = d.sentence_of(i)[0]
    lo = i
    while lo > start and i - lo < 6:
        w = d.low[lo - 1]
        if w in {"the", "a", "an", "his", "her", "their", "its", "our", "my", "this", "that", "these", "those", "some", "many", "several"}:
            return lo - 1
        if w in {"'s", "’s"}:
            k = scene.name_at(lo - 2)
            return scene.found[k].lo if k >= 0 else lo
        if w in FUNCTION_WORDS or not w[0].isalnum() or (is_verb(w) and w not in PERSON_NOUNS and not w.endswith("ed")):
            return lo
        if w.endswith("ed") and is_verb(w) and (lo - 2 < start or d.low[lo - 2] not in {"the", "a", "an"}):
            return lo
        k = scene.name_at(lo - 1)
        if k >= 0 and scene.found[k].type == "person":
            return lo
        if d.words[lo - 1][0].isupper() and k < 0 and w not in PERSON_NOUNS and w not in BODY_NOUNS:
            return lo
        lo -= 1
    return lo
