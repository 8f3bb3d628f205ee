"""Who "the spokeswoman", "the Vermont senator" or "the alliance" is: from what the text says of its actors, and from offices."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from onrecord.actors.actor import Actor
from onrecord.actors.coref import Entity, Scene
from onrecord.actors.heads import Head
from onrecord.actors.lexicon import BODY_NOUNS, FEMININE, MASCULINE, SAME, US_STATES, word_set
from onrecord.actors.registry import fold

__all__ = ["Answer", "Seen", "agrees", "is_delegate", "is_epithet", "match_role", "national"]

_PARTY = {"gop": "republican", "democratic": "democrat", "republican": "republican", "democrat": "democrat", "tory": "conservative"}
_STATE_WORDS = frozenset(w for name in US_STATES.values() for w in name.split())
_STATE_BODIES = word_set("government administration regime country nation state kingdom republic cabinet military army")
_INTERGOVERNMENTAL = word_set("alliance bloc organization organisation body grouping union pact institution")
_BASED = word_set("based led backed run dominated controlled brokered owned member nation strong year old powerful military western")
_MOVEMENTS = word_set("group organization organisation movement militia faction party militants")
_MILITANT = word_set(
    "terrorist militant armed rebel islamist jihadist extremist insurgent palestinian lebanese shiite sunni political ruling"
)
_ANY_COMPANY = word_set("company firm corporation giant business retailer automaker manufacturer startup carrier lender insurer bank")
_ANY_GROUP = word_set("group organization organisation union association agency website site outlet newspaper paper magazine network")
_ANY_BODY = word_set("group charity ngo watchdog nonprofit non-profit")
_BARE_PERSON = word_set("man woman guy lady boy girl gentleman person")
_PARTIES = frozenset(_PARTY.values())
#: Nouns by which the person just spoken of is taken up without having been called so before.
_EPITHETS = word_set(
    "candidate nominee contender front-runner frontrunner hopeful senator congressman congresswoman lawmaker legislator politician "
    "governor billionaire businessman mogul magnate tycoon neurosurgeon surgeon physician doctor general admiral diplomat veteran "
    "economist professor scholar lawyer attorney journalist activist comedian actor actress singer star filmmaker novelist athlete "
    "lady statesman democrat republican conservative liberal native "
    "leader minister premier chancellor president strongman autocrat official"
)
_OFFICES = word_set(
    "president premier chancellor minister king queen pope governor mayor senator spokesman spokeswoman spokesperson secretary ambassador "
    "judge general admiral professor congressman congresswoman chairman"
)
_TELLING = word_set(
    "workers teachers union association university college school party department ministry committee council commission court "
    "senate house parliament army police force bureau office institute foundation church"
)
_OUTLETS = word_set(
    "agency newspaper paper daily weekly network website site outlet magazine channel broadcaster station publication "
    "company group tabloid journal"
)
_DELEGATES = word_set("representative delegate observer")
#: "The attorney general" is a lawyer, and "the secretary general" no soldier.
_CIVIL_GENERALS = word_set(
    "attorney secretary director prosecutor procurator solicitor inspector consul surgeon auditor comptroller governor"
)
#: Bodies by whose noun no person is meant, though one may be called "army chief".
_COLLECTIVE = word_set("army military police navy force forces opposition")
_COUNT = {"two": 2, "both": 2, "pair": 2, "duo": 2, "three": 3}
#: Least score of the best, and least distance to the next, for a description to be taken as somebody's. Tuned on PolNeAR train.
_ENOUGH, _MARGIN = 2.1, 0.35


class Answer(NamedTuple):
    """Numbers of the entities meant (none: not decided), or an actor that the text does not name, and how sure that is."""

    entities: tuple[int, ...] = ()
    actor: Actor | None = None
    confidence: float = 0.0
    anonymous: bool = False
    state: bool = False


class Seen(NamedTuple):
    """Where an entity was last met before the phrase: sentences back (negative: only later), and whether it spoke last, and whether
    the sentence before is about it alone."""

    gap: int
    spoke_last: bool
    centre: bool = False


def match_role(scene: Scene, head: Head, seen: Callable[[int], Seen | None], owner: int) -> Answer:
    """Decide whom a role or description means.

    ``seen(number)``: where that entity stands, null if it is not near. ``owner``: the entity whose spokesman, lawyer ...
    it is, or -1.
    """
    d = scene.d
    noun = d.low[head.word]
    if noun == "head" and d.low[head.word + 1 : head.word + 3] == ["of", "state"]:
        noun = "president"
    if head.plural:
        return _joint(scene, head, seen, noun)
    code = _code(scene, head, owner)
    if noun in BODY_NOUNS:
        body = _body(scene, head, noun, code, seen, owner)
        if body is not None:
            return body
        if noun in _COLLECTIVE:
            return Answer()  # "the army" is not its chief
    if noun == "opposition":
        return Answer(anonymous=True, confidence=0.8)
    held = _counterpart(scene, code, owner) if noun == "counterpart" else _office(scene, head, noun, code)
    if held is not None:
        return held
    return _described(scene, head, noun, code, seen, owner)


def _code(scene: Scene, head: Head, owner: int) -> str | None:
    """Country or organisation that the phrase itself gives: "Russian", "Russia's", "of France", "NATO's"."""
    for k in [i for i in (head.owner,) if i >= 0] + _names_in(scene, head.lo, head.word) + head.after:
        actor = scene.found[k].actor
        if _compound(scene, k):
            continue  # "the Vienna-based agency", "the US-led bloc"
        if actor is not None and actor.type in {"state", "organisation", "organ"} and actor.code:
            return actor.code
    if owner >= 0 and scene.entities[owner].type in {"state", "organisation"}:
        return scene.entities[owner].country
    return None


def _compound(scene: Scene, k: int) -> bool:
    hi = scene.found[k].hi
    return hi < len(scene.d) and scene.d.words[hi] in {"-", "‐", "‑"}


def _names_in(scene: Scene, lo: int, hi: int) -> list[int]:
    out: list[int] = []
    for i in range(lo, hi):
        k = scene.name_at(i)
        if k >= 0 and k not in out:
            out.append(k)
    return out


def _phrase(scene: Scene, head: Head) -> str:
    """The noun with the words before it, without determiner and without the names that stand for a country."""
    d = scene.d
    words = []
    for i in [*head.modifiers, head.word]:
        k = scene.name_at(i)
        if k >= 0:
            actor = scene.found[k].actor
            if actor is not None and actor.type in {"state", "organisation"}:
                continue
        words.append(d.low[i])
    return " ".join(words)


def _office(scene: Scene, head: Head, noun: str, code: str | None) -> Answer | None:
    """The holder of an office that the registry knows, where the phrase names the country too and the day decides."""
    if code is None or noun in _BARE_PERSON or not scene.lookup.on or is_delegate(scene, head):
        return None
    phrase = _phrase(scene, head)
    if "former" in phrase or "deputy" in phrase or "opposition" in phrase:
        return None
    d = scene.d
    if d.low[head.word] in {"secretary", "minister", "chief", "head"} and head.word + 2 < head.hi and d.low[head.word + 1] in {"of", "for"}:
        phrase += " " + " ".join(d.low[head.word + 1 : head.word + 3])
    holders = scene.lookup.registry.holders(phrase, country=code, on=scene.lookup.on)
    actors = {m.actor.id: m.actor for m in holders}
    if len(actors) != 1:
        return None
    return _named(scene, next(iter(actors.values())), 0.85)


def _counterpart(scene: Scene, code: str | None, owner: int) -> Answer | None:
    """ "His American counterpart": who holds the owner's office in that state on the day."""
    held = scene.entities[owner].actor if owner >= 0 else None
    on = scene.lookup.on
    role = held.role_on(on) if held is not None and on else None
    if code is None or role is None or role.country == code:
        return Answer(anonymous=True, confidence=0.8)
    found = {m.actor.id: m.actor for m in scene.lookup.registry.holders(role.title, country=code, on=on)}
    if len(found) != 1:
        return Answer()
    return _named(scene, next(iter(found.values())), 0.8)


def _named(scene: Scene, actor: Actor, confidence: float) -> Answer:
    """An actor as an answer: the entity of the text where it is one."""
    for e in scene.entities:
        if e.actor is not None and e.actor.id == actor.id:
            return Answer((e.number,), confidence=round(confidence + 0.08, 2))
    return Answer(actor=actor, confidence=confidence)


def national(scene: Scene, code: str, gender: str | None, seen: Callable[[int], Seen | None]) -> Answer:
    """ "The Spaniard", "the Frenchwoman": the one person near who is from there."""
    near = []
    for e in scene.entities:
        if e.type != "person" or not e.of_country(code) or (gender and e.gender and e.gender != gender):
            continue
        s = seen(e.number)
        if s is not None and 0 <= s.gap <= 4:
            near.append((s.gap - (0.5 if s.spoke_last else 0.0), e.number))
    near.sort()
    if not near or (len(near) > 1 and near[1][0] - near[0][0] < 0.5):
        return Answer()
    return Answer((near[0][1],), confidence=0.8)


def _joint(scene: Scene, head: Head, seen: Callable[[int], Seen | None], noun: str) -> Answer:
    """ "The two men": the two persons of the sentences before, where there are just two."""
    d = scene.d
    size = next((_COUNT[d.low[i]] for i in range(head.lo, head.word + 1) if d.low[i] in _COUNT), 0)
    if not size:
        return Answer(anonymous=True, confidence=0.9)
    singular = {"men": "man", "women": "woman"}.get(noun, noun.removesuffix("s"))
    body = singular in BODY_NOUNS
    if singular in {"country", "countrie", "nation", "state", "side"}:
        pool = [e for e in scene.entities if e.type == "state"]
    elif body:
        pool = [e for e in scene.entities if e.type == "organisation"]
    else:
        pool = [e for e in scene.entities if e.type == "person"]
    near: list[tuple[int, int]] = []
    for e in pool:
        s = seen(e.number)
        if s is None or not 0 <= s.gap <= 3:
            continue
        if (singular in MASCULINE and e.gender == "f") or (singular in FEMININE and e.gender == "m"):
            continue
        near.append((s.gap, e.number))
    near.sort()
    if len(near) > size:
        fitting = [(g, n) for g, n in near if _alike(singular, scene.entities[n].nouns) > 0]
        near = fitting if len(fitting) >= size else near
        if len(near) > size and near[size][0] - near[size - 1][0] < 2:
            big = sorted(near, key=lambda x: -len(scene.entities[x[1]].places))
            least, most = len(scene.entities[big[size][1]].places), len(scene.entities[big[size - 1][1]].places)
            if most < 2 * least + 1:
                return Answer()
            near = big
    if len(near) < size:
        return Answer()
    return Answer(tuple(sorted(n for _, n in near[:size])), confidence=0.75)


def _alike(noun: str, nouns: set[str]) -> float:
    if noun in nouns:
        return 3.0
    same = SAME.get(noun)
    return 1.8 if same and not same.isdisjoint(nouns) else 0.0


def _body(scene: Scene, head: Head, noun: str, code: str | None, seen: Callable[[int], Seen | None], owner: int) -> Answer | None:
    phrase = _phrase(scene, head)
    if code is not None:
        state = scene.lookup.registry.get(code)
        organ = _organ(scene, phrase, state)
        if organ is not None:
            return Answer(actor=organ, confidence=0.9)
        if noun in _STATE_BODIES and state is not None and state.type == "state" and phrase.split()[:1] == [noun]:
            return Answer(actor=state, confidence=0.85, state=True)
        if noun not in {"party", "court", "group", "company", "bank", "agency"}:
            return None
    if owner >= 0 or head.after:
        return Answer(anonymous=True, confidence=0.8)
    best: list[tuple[float, int]] = []
    modifiers = [scene.d.low[i] for i in head.modifiers if scene.d.low[i] not in _BASED and not _in_compound(scene, i)]
    for e in scene.entities:
        if e.type not in {"organisation", "state", "other"} or not e.places:
            continue
        s = seen(e.number)
        if s is None:
            continue
        score = _alike(noun, e.nouns) if e.type == "organisation" else 0.0
        kind = e.actor.type if e.actor is not None else ""
        if kind == "outlet" and noun not in _OUTLETS:
            continue  # "the prison service" is not the agency that reports it
        if noun in _INTERGOVERNMENTAL and kind == "organisation":
            score = max(score, 2.4)
        elif noun in _MOVEMENTS and kind == "group":
            score = max(score, 2.2)
            modifiers = [m for m in modifiers if m not in _MILITANT]
        elif noun in _ANY_BODY and kind == "organisation" and not score:
            score = 1.6
        elif e.type != "state" and not score and not (e.nouns & BODY_NOUNS) and _may_be_company(e) and not _is_other_body(e):
            score = 1.7 if noun in _ANY_COMPANY else 1.6 if noun in _ANY_GROUP else 0.0
        if not score:
            continue
        name = fold(e.name).split()
        for m in modifiers:
            score += 0.6 if m in name or m in e.nouns else -0.5
        score += 1.0 / (1 + s.gap) if s.gap >= 0 else -1.0
        score += 0.6 if s.spoke_last else 0.0
        score += min(0.6, 0.12 * len(e.places))
        best.append((score, e.number))
    return _pick(best)


def _in_compound(scene: Scene, i: int) -> bool:
    k = scene.name_at(i)
    return k >= 0 and _compound(scene, k)


def _may_be_company(e: Entity) -> bool:
    """Whether it is not in the registry, or there as a body of one country that is no state's: a company, a charity."""
    return e.actor is None or (e.actor.type == "organisation" and e.actor.country is not None and e.actor.code == e.actor.country)


def _is_other_body(e: Entity) -> bool:
    """Whether its name says that it is no company, outlet or plain group: "Communications Workers of America"."""
    return not _TELLING.isdisjoint(fold(e.name).split())


def _organ(scene: Scene, phrase: str, state: Actor | None) -> Actor | None:
    """ "foreign ministry" of Russia: the organ that the registry knows as "Russian Foreign Ministry" or under the state's name."""
    if state is None or not phrase:
        return None
    wanted = phrase.title()
    for name in (state.name, *(n.text for n in state.names if n.kind in {"adjective", "alias", "acronym"})):
        known = scene.lookup.name(f"{name} {wanted}")
        if known and known[0].type == "organ":
            return known[0]
    return None


def _described(scene: Scene, head: Head, noun: str, code: str | None, seen: Callable[[int], Seen | None], owner: int) -> Answer:
    d = scene.d
    if civil_general(scene, head):
        noun = d.low[head.word - 1] + " general"
    gender = "m" if noun in MASCULINE else "f" if noun in FEMININE else None
    best: list[tuple[float, int]] = []
    modifiers = [(i, d.low[i]) for i in head.modifiers]
    parties = {_PARTY[w] for w in [*(w for _, w in modifiers), noun] if w in _PARTY}
    # "a woman" was spoken of before: "the woman" is she, and not the last one named
    crowded = noun in _BARE_PERSON and any(d.low[i] == noun and d.low[i - 1] in {"a", "another", "the"} for i in range(1, head.lo))
    for e in scene.entities:
        if e.type != "person" or (gender and e.gender and e.gender != gender):
            continue
        s = seen(e.number)
        if s is None:
            continue
        score = _alike(noun, e.nouns) if noun not in _BARE_PERSON else 0.9 if e.gender == gender and not crowded else 0.0
        if not score and s.centre and head.owner == -1 and noun in _EPITHETS and not (noun in _OFFICES and e.nouns & _OFFICES):
            score = 1.2
        if not score or (parties and e.nouns & _PARTIES and not parties & e.nouns):
            continue
        if code and e.country and not e.of_country(code):
            continue
        if code and e.of_country(code):
            score += 0.8
        elif code and _nationality(scene, head):
            score -= 1.0  # "the German diplomat" is hardly somebody of whom nothing German is known
        if owner >= 0:
            if e.owner == owner:
                score += 1.0
            elif e.owner is not None:
                continue  # "his lawyer" is not another's
            elif not _belongs(scene, e, owner):
                score -= 1.2
        for i, w in modifiers:
            if _PARTY.get(w, w) in e.nouns or (w in _PARTY and _PARTY[w] in e.nouns):
                score += 0.7
            elif "-" in w and w.endswith("-old"):
                score += 1.5 if w in e.nouns else -0.2
            elif d.words[i][0].isupper():
                k = scene.name_at(i)
                actor = scene.found[k].actor if k >= 0 else None
                if not (actor is not None and actor.code and e.of_country(actor.code)):
                    score -= 1.2 if w in _STATE_WORDS and e.nouns & _STATE_WORDS else 0.4
        score += 1.0 / (1 + s.gap) if s.gap >= 0 else (0.2 if head.lo < 30 else -1.5)
        score += 0.6 if s.spoke_last else 0.0
        score += min(0.5, 0.06 * len(e.places))
        best.append((score, e.number))
    return _pick(best) or Answer()


def civil_general(scene: Scene, head: Head) -> bool:
    """Whether the noun is "general" in the title of a civilian."""
    d = scene.d
    return head.word > head.lo and d.low[head.word] == "general" and d.low[head.word - 1] in _CIVIL_GENERALS


def is_delegate(scene: Scene, head: Head) -> bool:
    """ "The representative of Ghana", "the speaker for Peru": whom a meeting's minutes name by whom they speak for, and by no name."""
    d = scene.d
    noun = d.low[head.word]
    if noun == "speaker":
        return head.word + 1 < head.hi and d.low[head.word + 1] == "for"
    return noun in _DELEGATES and _code(scene, head, -1) is not None


def is_epithet(noun: str) -> bool:
    """Whether a noun can take up a person just spoken of though the text has not called them so."""
    return noun in _EPITHETS


def agrees(scene: Scene, head: Head, e: Entity) -> bool:
    """Whether nothing in the phrase speaks against that person: sex, party, country, home state."""
    d = scene.d
    noun = d.low[head.word]
    if (noun in MASCULINE and e.gender == "f") or (noun in FEMININE and e.gender == "m"):
        return False
    if noun in _OFFICES and e.nouns & _OFFICES and not _alike(noun, e.nouns):
        return False  # "the president" is not a prime minister just spoken of
    words = [d.low[i] for i in head.modifiers]
    parties = {_PARTY[w] for w in [*words, noun] if w in _PARTY}
    if parties and e.nouns & _PARTIES and not parties & e.nouns:
        return False
    states = {w for w in words if w in _STATE_WORDS}
    if states and e.nouns & _STATE_WORDS and not states & e.nouns:
        return False
    code = _code(scene, head, -1)
    return not code or e.of_country(code) or (e.country is None and not _nationality(scene, head))


def _nationality(scene: Scene, head: Head) -> bool:
    """Whether the phrase says of which state the person is; a part of a state ("the Ohio senator") is none."""
    return any((actor := scene.found[k].actor) is not None and actor.type == "state" for k in _names_in(scene, head.lo, head.word))


def _belongs(scene: Scene, e: Entity, owner: int) -> bool:
    """Whether the text says of ``e`` that it is of ``owner``: "a spokesman for the campaign of ..."."""
    words = fold(scene.entities[owner].name).split()
    return any("of:" + w in e.nouns or w in e.nouns for w in words)


def _pick(best: list[tuple[float, int]]) -> Answer | None:
    if not best:
        return None
    best.sort(reverse=True)
    score, number = best[0]
    if score < _ENOUGH or (len(best) > 1 and score - best[1][0] < _MARGIN):
        return Answer()
    lead = score - best[1][0] if len(best) > 1 else 2.0
    return Answer((number,), confidence=round(min(0.95, 0.6 + 0.08 * (score - _ENOUGH) + 0.1 * min(lead, 2.0)), 2))
