"""Which names of one text are the same actor's, and what the text says of each: office, country, age, party.

Names are joined by their parts ("Trump" to "Donald J. Trump"), by the registry (one id, one actor) and, of
organisations, by their initials. Nothing here depends on word order beyond apposition.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from onrecord.actors.actor import Actor
from onrecord.actors.discourse import Discourse
from onrecord.actors.find import Found, Lookup
from onrecord.actors.lexicon import (
    BODY_NOUNS,
    FEMININE,
    FUNCTION_WORDS,
    HONORIFICS,
    MASCULINE,
    PERSON_NOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    TITLES,
    US_STATES,
    gender_of_given,
    is_verb,
)
from onrecord.actors.names import PersonName, acronyms, compatible, parse_name, without_article
from onrecord.actors.registry import fold

__all__ = ["Entity", "Scene", "cluster"]


@dataclass(slots=True)
class Entity:
    """An actor of one text.

    ``places``: word ranges of its mentions by name, in order. ``called``: the words of the first of them, folded.
    ``nouns``: lower-case words that the text (or the registry) describes it by. ``role``: the office, in the words that
    stand by the name. ``owner``: number of the entity that it belongs to by that description ("Trump's lawyer"), or null.
    """

    number: int
    type: str
    name: str
    parsed: PersonName | None = None
    actor: Actor | None = None
    gender: str | None = None
    country: str | None = None
    role: str | None = None
    owner: int | None = None
    full: int = 0
    called: tuple[str, ...] = ()
    places: list[tuple[int, int]] = field(default_factory=list)
    nouns: set[str] = field(default_factory=set)

    def of_country(self, code: str) -> bool:
        """Whether they speak for that state or organisation, or are from there, as the text or the registry has it."""
        if self.country == code:
            return True
        return self.actor is not None and (self.actor.country == code or any(r.country == code for r in self.actor.roles))


@dataclass(slots=True)
class Scene:
    """Who is in a text: its words, its names, and the entity that each name is a mention of (-1: none)."""

    d: Discourse
    found: list[Found]
    entities: list[Entity]
    of: list[int]
    lookup: Lookup
    by_word: dict[int, int] = field(default_factory=dict)  # word -> index into found

    def name_at(self, i: int) -> int:
        """Index of the name that word ``i`` is part of, or -1."""
        return self.by_word.get(i, -1)


def _text(d: Discourse, lo: int, hi: int) -> str:
    return " ".join(d.text[d.starts[lo] : d.ends[hi - 1]].split())


def cluster(d: Discourse, found: list[Found], lookup: Lookup) -> Scene:
    """Join the names of a text into entities and gather what is said of them."""
    scene = Scene(d, found, [], [-1] * len(found), lookup)
    for k, f in enumerate(found):
        for i in range(f.lo, f.hi):
            scene.by_word[i] = k
    families: dict[str, list[int]] = {}
    short: list[int] = []
    for k, f in enumerate(found):
        if f.type == "person":
            name = _name(d, f)
            if name is None:
                continue
            if (name.given or (f.actor and f.kind != "surname")) and not _stray_first(scene, k, name):
                _join_person(scene, k, name, families)
            else:
                short.append(k)
        elif f.type == "other":
            short.append(k)
    by_key: dict[str, int] = {}
    _abbreviations(scene)
    for k, f in enumerate(found):
        if f.type in {"place", "organisation"} and f.actor is None and f.hi - f.lo == 1 and fold(d.words[f.lo]) in families:
            short.append(k)
        elif f.type in {"organisation", "place", "state"}:
            _join_body(scene, k, by_key)
    _acronyms(scene, by_key)
    for k, f in enumerate(found):
        if scene.of[k] >= 0 and f.type != "place":
            _describe(scene, k, scene.entities[scene.of[k]], f)
    for e in scene.entities:
        if e.type == "person":
            _identify(scene, e)
    alone = Counter(d.low[x.lo] for x in found if x.hi - x.lo == 1 and d.sentence[x.lo] not in d.titled)
    lone = {w for w, n in alone.items() if n > 1}
    for k in short:
        _join_short(scene, k, families, by_key, lone)
    for e in scene.entities:
        e.places.sort()
        if e.gender is None and e.nouns & FEMININE:
            e.gender = "f"
        elif e.gender is None and e.nouns & MASCULINE:
            e.gender = "m"
    return scene


# -- persons -------------------------------------------------------------------------------------------------------------


def _name(d: Discourse, f: Found) -> PersonName | None:
    name = parse_name(_text(d, f.lo, f.hi))
    if name is not None and name.gender is None and f.title < f.lo:
        for i in range(f.title, f.lo):
            if HONORIFICS.get(d.low[i]):
                return name._replace(gender=HONORIFICS[d.low[i]])
    return name


def _new(scene: Scene, k: int, type_: str, name: str) -> Entity:
    f = scene.found[k]
    e = Entity(len(scene.entities), type_, name, called=tuple(fold(_text(scene.d, f.lo, f.hi)).split()))
    scene.entities.append(e)
    _add(scene, k, e)
    return e


def _add(scene: Scene, k: int, e: Entity) -> None:
    f = scene.found[k]
    scene.of[k] = e.number
    e.places.append((f.lo, f.hi))
    if f.actor and e.actor is None and f.kind not in {"surname", "adjective", "demonym", "capital", "metonym"}:
        e.actor = f.actor


def _stray_first(scene: Scene, k: int, name: PersonName) -> bool:
    """Whether the first word is no part of the name but has its capital from opening the sentence ("Absent Sanders ...")."""
    d, f = scene.d, scene.found[k]
    if f.actor is not None or f.hi - f.lo != 2 or f.title < f.lo or f.lo != d.first[d.sentence[f.lo]] or gender_of_given(d.words[f.lo]):
        return False
    mine = d.low[f.lo : f.hi]
    same = [x for x in scene.found if x.type == "person" and d.low[x.hi - 1] == mine[1] and x.hi - x.lo > 1]
    if not any(gender_of_given(d.words[x.lo]) for x in same) or sum(d.low[x.lo : x.hi] == mine for x in same) > 1:
        return False
    scene.found[k] = f._replace(lo=f.lo + 1, title=f.lo + 1)
    scene.by_word.pop(f.lo, None)
    return True


def _join_person(scene: Scene, k: int, name: PersonName, families: dict[str, list[int]]) -> None:
    f = scene.found[k]
    shown = _text(scene.d, f.lo, f.hi)
    for number in families.get(name.family, ()):
        e = scene.entities[number]
        if (f.actor and e.actor and f.actor.id == e.actor.id) or (e.parsed and compatible(e.parsed, name)):
            _add(scene, k, e)
            e.full += 1
            if e.parsed is None or (len(name.words) > len(e.parsed.words) and not any(len(w) == 1 for w in name.words)):
                e.parsed, e.name = name, shown
            e.gender = e.gender or name.gender
            return
    e = _new(scene, k, "person", shown)
    e.parsed, e.gender, e.full = name, name.gender, 1
    for w in {name.family, without_article(name.family), *name.family.split(), *name.given}:
        if len(w) > 1:
            families.setdefault(w, []).append(e.number)


def _join_short(scene: Scene, k: int, families: dict[str, list[int]], by_key: dict[str, int], lone: set[str]) -> None:
    """A name of one word: the fullest name of the text that it fits; else, of a person, one known by that word alone.

    ``lone``: words that the text uses as a name by themselves more than once.
    """
    d, f = scene.d, scene.found[k]
    name = _name(d, f)
    if name is None:
        return
    titles = {noun for i in range(f.title, f.lo) for noun in TITLES.get(d.low[i], ())}
    scored = []
    for number in families.get(name.family) or families.get(without_article(name.family)) or ():
        e = scene.entities[number]
        if e.parsed is None or not compatible(e.parsed, name):
            continue
        if name.gender and e.gender and name.gender != e.gender:
            continue
        if name.gender and without_article(e.parsed.family) != without_article(name.family) and e.parsed.given:
            continue  # "Mr. Paulson" is nobody's given name
        family = without_article(e.parsed.family) == without_article(name.family)
        score = 1.5 * math.log1p(e.full) + (1.0 if family else 0.4)
        gaps = [d.sentence[f.lo] - d.sentence[p[0]] for p in e.places]
        past = [g for g in gaps if g >= 0]
        score += 1.0 / (1 + min(past)) if past else -0.5
        if d.sentence[f.lo] in d.titled or f.lo < 30:
            score += 0.8 if e.number == families.get(name.family, [-1])[0] else 0.0
        if titles:
            score += 2.0 if titles & e.nouns else -0.5
        score += 0.5 * math.log1p(len(e.places))
        if e.parsed.given and e.parsed.family == name.family and lone & set(e.parsed.given):
            score -= 1.5  # the text calls her by her given name: the bare family name is somebody else's
        scored.append((score, number))
    scored.sort(reverse=True)
    if scored:
        if len(scored) > 1 and scored[0][0] - scored[1][0] < 0.15:
            return
        e = scene.entities[scored[0][1]]
        scene.of[k] = e.number
        e.places.append((f.lo, f.hi))
        e.gender = e.gender or name.gender
        _describe(scene, k, e, f)
        if e.actor is None and f.title < f.lo and e.parsed is not None and not e.parsed.given:
            _identify(scene, e, _titled(scene, f))
        return
    if f.type != "person":
        key = fold(_text(d, f.lo, f.hi))
        if key in by_key:
            _add(scene, k, scene.entities[by_key[key]])
            return
        longer = _longer_body(scene, k, key)
        if longer is not None:
            _add(scene, k, scene.entities[longer])
            return
        known = scene.lookup.person(_text(d, f.title, f.hi))
        if not known or known[1] < 0.6:
            e = _new(scene, k, "other", _text(d, f.lo, f.hi))
            by_key[key] = e.number
            return
    e = _new(scene, k, "person", _text(d, f.lo, f.hi))
    e.parsed, e.gender = name, name.gender
    families.setdefault(name.family, []).append(e.number)
    _describe(scene, k, e, f)
    _identify(scene, e, _titled(scene, f))


def _titled(scene: Scene, f: Found) -> str:
    """A name with the office before it, whole: "Prime Minister Diefenbaker", where the titles alone are "Minister"."""
    d = scene.d
    lo = d.sentence_of(f.lo)[0]
    for i in range(max(lo, f.title - 3), f.title if f.title < f.lo else lo):
        if d.words[i][0].isupper() and scene.lookup.registry.offices(_text(d, i, f.lo)):
            return _text(d, i, f.hi)
    return _text(d, f.title, f.hi)


def _identify(scene: Scene, e: Entity, titled: str | None = None) -> None:
    """Find the person in the registry, unless the text says that they are somebody else."""
    if e.actor is None:
        known = scene.lookup.person(titled or e.name) or (scene.lookup.person(titled or e.name, e.country) if e.country else None)
        if known and titled is None and known[2] == "surname":
            known = None
        if known and known[1] >= (0.6 if titled else 0.45):
            actor = known[0]
            codes = {actor.country, actor.code, *(r.country for r in actor.roles)}
            if (not e.country or e.country in codes) and not (e.gender and actor.gender and e.gender != actor.gender):
                e.actor = actor
    if e.actor is not None and e.actor.type == "person":
        e.name = e.actor.name
        e.country = e.country or e.actor.code_on(scene.lookup.on) or e.actor.country
        e.gender = e.actor.gender or e.gender
        for role in e.actor.roles_on(scene.lookup.on):
            e.nouns.update(w for w in fold(role.title).split() if w not in FUNCTION_WORDS)


# -- organisations, states, places ---------------------------------------------------------------------------------------


def _join_body(scene: Scene, k: int, by_key: dict[str, int]) -> None:
    f = scene.found[k]
    shown = _text(scene.d, f.lo, f.hi)
    if f.actor is not None:
        key = "#" + f.actor.id
        e = scene.entities[by_key[key]] if key in by_key else None
        if e is None and f.type != "state" and f.hi - f.lo == 1 and f.kind != "name":
            number = _longer_body(scene, k, fold(shown))  # "the Times" after "Tampa Bay Times" is not The Times
            e = scene.entities[number] if number is not None and scene.entities[number].actor is None else None
        if e is None:
            e = _new(scene, k, f.type if f.type != "other" else "organisation", f.actor.name)
            e.actor = f.actor
            e.country = f.actor.code
            by_key[key] = e.number
            if f.kind not in {"adjective", "demonym", "capital", "metonym"}:
                by_key.setdefault(fold(shown), e.number)
            for called in f.actor.names:
                if called.kind in {"name", "alias"} and f.actor.type != "state":
                    e.nouns.update(w for w in fold(called.text).split() if w in BODY_NOUNS)
            if f.actor.type == "outlet":
                e.nouns.update(("newspaper", "outlet", "website", "network", "agency"))
            return
        _add(scene, k, e)
        return
    key = fold(shown)
    number = by_key.get(key)
    if number is None:
        number = _longer_body(scene, k, key)
    if number is not None:
        _add(scene, k, scene.entities[number])
        return
    e = _new(scene, k, f.type, shown)
    by_key[key] = e.number
    e.nouns.update(w for w in key.split() if w in BODY_NOUNS)


def _longer_body(scene: Scene, k: int, key: str) -> int | None:
    """The organisation named before (or, failing that, after) by a longer name that begins or ends with this one."""
    words = tuple(key.split())
    size = len(words)
    f = scene.found[k]
    best: tuple[int, int] | None = None
    for e in scene.entities:
        own = e.called
        if len(own) > size and e.type == "organisation" and e.places and words in {own[:size], own[-size:]}:
            before = [p for p in e.places if p[0] < f.lo]
            if before and (best is None or before[-1][0] > best[0]):
                best = (before[-1][0], e.number)
    return best[1] if best else None


def _abbreviations(scene: Scene) -> None:
    """Initials stand for the name that the text itself gives in full: the RSF for the Rapid Support Forces that it is about."""
    d, found = scene.d, scene.found
    short = {d.words[f.lo] for f in found if f.hi - f.lo == 1 and f.type in {"organisation", "state", "other"} and _initials(d.words[f.lo])}
    if not short:
        return
    full: dict[str, Found] = {}
    for f in found:
        if f.hi - f.lo > 1 and f.type == "organisation" and f.actor is not None:
            after = d.words[f.hi + 1] if f.hi + 2 < len(d) and d.words[f.hi] == "(" and d.words[f.hi + 2] == ")" else ""
            own = _text(d, f.lo, f.hi).replace("’", "'").rpartition("'s ")[2]
            for word in short & ({after} | acronyms(own)):
                full.setdefault(word, f)
    for k, f in enumerate(found):
        long = full.get(d.words[f.lo]) if f.hi - f.lo == 1 else None
        if long is not None and (f.actor is None or f.actor.id != long.actor.id):  # type: ignore[union-attr]
            found[k] = f._replace(type="organisation", actor=long.actor, kind="acronym")


def _initials(word: str) -> bool:
    return len(word) > 1 and word.isupper() and word.isalpha()


def _acronyms(scene: Scene, by_key: dict[str, int]) -> None:
    """Join "VA" to "Department of Veterans Affairs" where the registry has not told already."""
    long = [(e, acronyms(_text(scene.d, *e.places[0]))) for e in scene.entities if e.type == "organisation" and " " in e.name and e.places]
    if not long:
        return
    for e in scene.entities:
        first = e.places[0] if e.places else (0, 0)
        if e.type != "organisation" or e.actor is not None or first[1] - first[0] != 1:
            continue
        word = scene.d.words[first[0]].replace(".", "")
        if not (word.isupper() and len(word) > 1):
            continue
        for other, initials in long:
            if word in initials and other.number != e.number and other.places:
                other.places += e.places
                for k, number in enumerate(scene.of):
                    if number == e.number:
                        scene.of[k] = other.number
                e.places = []
                by_key[word.lower()] = other.number
                break


# -- what the text says of them ------------------------------------------------------------------------------------------

_STOPS = frozenset({",", ".", ";", ":", "—", "–", "-", "(", ")", '"', "“", "”", "?", "!", "…"})
#: Nouns that say whose relation somebody is, and nothing of an office.
_RELATIVES = frozenset(
    "predecessor successor sister brother wife husband son daughter mother father rival counterpart friend colleague ally boss opponent "
    "critic supporter challenger mentor aunt uncle cousin widow nephew niece partner".split()
)
_QUALIFIERS = frozenset(
    [
        "former",
        "senior",
        "acting",
        "then",
        "now",
        "longtime",
        "veteran",
        "top",
        "chief",
        "lead",
        "incoming",
        "outgoing",
        "retired",
        "current",
        "deputy",
        "vice",
        "fellow",
    ]
)


def _describe(scene: Scene, k: int, e: Entity, f: Found) -> None:
    """Gather the words before and after a name that say who it is."""
    d = scene.d
    lo, hi = d.sentence_of(f.lo)
    for i in range(f.title, f.lo):
        e.nouns.update(TITLES.get(d.low[i], ()))
        if d.low[i] in PERSON_NOUNS:
            e.nouns.add(d.low[i])
        if e.gender is None and d.low[i] in HONORIFICS:
            e.gender = HONORIFICS[d.low[i]] or None
    if e.type == "person":
        _words_before(scene, e, f, lo)
    _words_after(scene, e, f, hi)


def _words_before(scene: Scene, e: Entity, f: Found, lo: int) -> None:
    d = scene.d
    i = f.title
    while i > lo and f.title - i < 8:
        w = d.low[i - 1]
        if w in _STOPS or w in FUNCTION_WORDS or w in {"'s", "’s"} or (is_verb(w) and w not in PERSON_NOUNS and w not in _QUALIFIERS):
            if w == "of" and i - 2 >= lo and (d.low[i - 2] in TITLES or d.low[i - 2] in PERSON_NOUNS):
                i -= 1
                continue
            break
        i -= 1
    if i < f.title:
        near = d.low[f.title - 1]
        if near in PERSON_NOUNS or near in TITLES or (f.lo > f.title and i < f.title and d.low[f.title] not in HONORIFICS):
            begin = scene.found[scene.name_at(i)].lo if scene.name_at(i) >= 0 and i > lo else i  # "House of Representatives Speaker"
            _take(scene, e, begin, f.lo, i, f.lo)
            if i > lo + 1 and d.low[i - 1] in {"'s", "’s"}:
                owner = scene.name_at(i - 2)
                if owner >= 0 and scene.of[owner] >= 0:
                    e.owner = scene.of[owner]
    elif f.lo > f.title and e.role is None and d.low[f.title] not in HONORIFICS:
        e.role = _text(d, f.title, f.lo)
    if i == f.title and i - 1 > lo and d.low[i - 1] == ",":
        _apposed_before(scene, e, f, lo)


def _apposed_before(scene: Scene, e: Entity, f: Found, lo: int) -> None:
    """ "The party's leader, Name, ..." """
    d = scene.d
    end = f.title - 1
    if not (f.hi < len(d) and (d.words[f.hi] in {",", ".", "("} or is_verb(d.low[f.hi]))):
        return
    for i in range(end - 1, max(lo, end - 12) - 1, -1):
        w = d.low[i]
        if w in _STOPS:
            return
        if w in {"the", "a", "an"} or w in POSSESSIVES:
            head = next((j for j in range(i, end) if d.low[j] in PREPOSITIONS), end)
            if i + 1 < head and d.low[head - 1] in PERSON_NOUNS and (i == lo or d.low[i - 1] not in PREPOSITIONS):
                _take(scene, e, i + 1, end, i + 1, head)
            return


def _words_after(scene: Scene, e: Entity, f: Found, hi: int) -> None:
    d = scene.d
    j = f.hi
    if j < hi and d.words[j] == "(":
        close = next((x for x in range(j, min(hi, j + 12)) if d.words[x] == ")"), None)
        if close is None:
            return
        inside = d.text[d.ends[j] : d.starts[close]].replace(".", "").lower().replace("‐", "-")
        party, _, state = inside.replace("–", "-").partition("-")
        party, state = party.strip(), state.strip()
        if not state and len(party) > 1:
            party, state = "", party
        home = US_STATES.get(state.replace(" ", ""), "")
        if party in {"d", "r", "i"} or (home and not party):
            if party:
                e.nouns.add({"d": "democrat", "r": "republican", "i": "independent"}[party])
            e.nouns.update(home.split())
            if e.type == "person" and e.country is None:
                e.country = "USA"
        j = close + 1
    if j >= hi:
        return
    if d.low[j] == "of" and e.type == "person" and e.country is None:  # "Prime Minister Diefenbaker of Canada"
        n = scene.name_at(j + 2 if j + 1 < hi and d.low[j + 1] == "the" else j + 1)
        actor = scene.found[n].actor if n >= 0 else None
        if actor is not None and actor.type == "state":
            e.country = actor.code
    start = j + 1
    if d.low[j] in {"is", "was", "remains"} and start < hi and d.low[start] in {"a", "an", "the"}:
        role = False
    elif d.words[j] == ",":
        role = True
    else:
        return
    if start >= hi:
        return
    w = d.low[start]
    if w.isdigit() and len(w) < 4:
        e.nouns.add(w + "-year-old")
        start += 2
        if start >= hi or d.words[start - 1] != ",":
            return
        w = d.low[start]
    opens = w in {"a", "an", "the"} or w in POSSESSIVES
    if not (opens or w in PERSON_NOUNS or w in _QUALIFIERS or w in TITLES or scene.name_at(start) >= 0):
        return
    if scene.name_at(start) >= 0 and scene.found[scene.name_at(start)].type == "person":
        return
    lo = start + 1 if opens else start
    end = lo
    head: int | None = None
    while end < min(hi, lo + 16):
        x = d.low[end]
        if x in {",", ".", ";", ":", "—", "–", "(", ")", "who", "which", "whose"} or x in {'"', "“", "”"}:
            break
        if head is None and (x in PREPOSITIONS or x in {"and", "that"} or (is_verb(x) and x not in PERSON_NOUNS and x not in _QUALIFIERS)):
            head = end
        if x in {"said", "says", "told", "is", "was", "has", "had", "will"}:
            return
        end += 1
    head = end if head is None else head
    if head <= lo:
        return
    noun = d.low[head - 1]
    fits = (noun in PERSON_NOUNS or noun in TITLES) if e.type == "person" else noun in BODY_NOUNS
    if fits:
        _take(scene, e, lo, end, lo, head, role=role)


def _take(scene: Scene, e: Entity, lo: int, hi: int, noun_lo: int, noun_hi: int, *, role: bool = True) -> None:
    """Words ``lo`` to ``hi`` describe ``e``; the noun and what stands before it are ``noun_lo`` to ``noun_hi``."""
    d = scene.d
    for i in range(noun_lo, noun_hi):
        w = d.low[i]
        if w not in FUNCTION_WORDS and w[0].isalnum():
            e.nouns.add({"democratic": "democrat", "gop": "republican"}.get(w, w))
            e.nouns.update(TITLES.get(w, ()))
    for i in range(noun_hi, hi):
        if d.words[i][0].isupper():
            e.nouns.add(d.low[i])
            e.nouns.add("of:" + d.low[i])
    if role and e.type == "person":
        text = _text(d, lo, hi).strip(" .")
        if (
            text
            and len(text) < 120
            and d.low[noun_hi - 1] not in _RELATIVES
            and (e.role is None or len(e.role) < len(text))
            and fold(text) not in HONORIFICS
        ):
            e.role = text
    if e.country is None and e.type == "person":
        for i in range(lo, hi):
            k = scene.name_at(i)
            if k >= 0 and not (i >= noun_hi and {"to", "on", "against"} & set(d.low[noun_hi:i])):  # an envoy to Sudan is not Sudan's
                actor = scene.found[k].actor
                if actor is not None and actor.type in {"state", "organ", "organisation"} and actor.code:
                    e.country = actor.code
                    break
