"""What a noun phrase points at: a name, several names, a pronoun, a role, somebody's words, or nobody in particular.

Reads the phrase only; who is meant is decided elsewhere (``pronouns``, ``roles``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from onrecord.actors.coref import Scene
from onrecord.actors.discourse import Discourse
from onrecord.actors.find import Found
from onrecord.actors.lexicon import (
    BODY_NOUNS,
    DEFINITE,
    FUNCTION_WORDS,
    INDEFINITE,
    PERSON_NOUNS,
    PLURAL_PERSON,
    POSSESSIVES,
    PREPOSITIONS,
    PRODUCT_NOUNS,
    PRONOUNS,
    TITLES,
    is_verb,
    word_set,
)

__all__ = ["Head", "HeadKind", "read_head"]

HeadKind = Literal["name", "joint", "pronoun", "role", "product", "anonymous", "none"]
_LEADING = word_set("according to by as per for that , ; : ( — – - \" “ ' ‘ ” ’ and but while when if because although though after before")
_ARTICLES = word_set("the a an")
_JOINS = frozenset({"and", "&"})
_BREAKS = frozenset({",", ";", ":", "(", "—", "–", "who", "which", "that", "whose", "whom"})
_CLOSED = PREPOSITIONS - {"like"}
_ALONE = word_set("all both each also himself herself themselves itself ourselves myself alone too")
_RELATIVE = frozenset({"who", "whom", "whose", "which", "that"})
#: Nouns that only say what kind of body the name before them is, and words that may stand between the two.
_KINDS = word_set(
    "newspaper daily paper magazine website site outlet network channel broadcaster station agency group movement company party "
    "organisation organization militia publisher portal tabloid weekly airline carrier alliance bloc faction charity "
    "conglomerate firm giant corporation coalition"
)
_KIND_WORDS = word_set(
    "news television tv radio wire state media press militant islamist armed rebel terror terrorist political energy oil gas "
    "military online satellite insurgent resistance mercenary rights defence defense ruling opposition paramilitary"
)
#: "Neither general", "every minister": nobody in particular, whoever was spoken of before.
_EACH = frozenset({"neither", "either", "every"})
_NOT_NOUNS = word_set("also later then now first already previously recently reportedly repeatedly himself herself themselves")


@dataclass(slots=True)
class Head:
    """What words ``lo`` to ``hi`` point at.

    ``names``: indices into ``scene.found`` of the names pointed at (one, or several where joint; none where
    one of two has no name). ``word``: index of the
    pronoun or of the head noun. ``owner``: of a product or a role, the name (index into ``found``) or, as ``-2 - i``, the
    pronoun at word ``i`` whose it is; -1: none. ``definite``: "the", "this", a possessive; null where there is no
    determiner. ``plural``: of a role. ``modifiers``: indices of words before the head noun, ``after``: of names after it.
    """

    kind: HeadKind
    lo: int
    hi: int
    names: list[int] = field(default_factory=list)
    word: int = -1
    owner: int = -1
    definite: bool | None = None
    plural: bool = False
    modifiers: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)


def read_head(scene: Scene, lo: int, hi: int) -> Head:
    """Read the phrase of words ``lo`` to ``hi``."""
    d = scene.d
    low = d.low
    begin = lo
    while lo < hi and (low[lo] in _LEADING or not d.words[lo][0].isalnum()) and not (low[lo] == "that" and hi - lo == 1):
        lo += 1
    while hi > lo and (not d.words[hi - 1][0].isalnum() or low[hi - 1] in {"'s", "’s"}) and d.words[hi - 1] not in {")", "."}:
        hi -= 1
    if lo >= hi:
        return Head("none", begin, hi)
    w = low[lo]
    if w in PRONOUNS and not (d.words[lo].isupper() and len(w) > 1 and d.words[lo] == "US"):
        if hi - lo == 1 or low[lo + 1] in _ALONE or w in _RELATIVE:
            return Head("pronoun", lo, hi, word=lo)
        if PRONOUNS[w][3] != "p" and (w not in {"that", "us"} or hi - lo == 1) and scene.name_at(lo) < 0:
            return Head("pronoun", lo, hi, word=lo)
    if w in _EACH or (w == "each" and (hi - lo == 1 or low[lo + 1] == "of")):
        return Head("anonymous", lo, hi, word=lo, plural=True)
    names, owners, after = _names(scene, lo, hi)
    if names and _beside_another(scene, lo, hi, names):
        return Head("joint", lo, hi, plural=True)
    if names:
        return _named(scene, lo, hi, names)
    generic = _generic(scene, lo, hi, owners)
    if generic >= 0:
        return Head("name", lo, hi, names=[generic])
    clause = next((i for i in range(lo + 1, hi) if low[i] in _RELATIVE or d.words[i] == ","), hi)
    return _described(scene, lo, hi, owners, [k for k in after if scene.found[k].lo < clause])


def _names(scene: Scene, lo: int, hi: int) -> tuple[list[int], list[int], list[int]]:
    """Indices of the names in a phrase: those that it points at, those that own or modify its head, those after a preposition."""
    d = scene.d
    top: list[int] = []
    owners: list[int] = []
    after: list[int] = []
    seen = -1
    depth = 0
    for i in range(lo, hi):
        if d.words[i] == "(":
            depth += 1
        elif d.words[i] == ")":
            depth = max(0, depth - 1)
        k = scene.name_at(i)
        if k < 0 or k == seen:
            continue
        seen = k
        f = scene.found[k]
        if depth or f.lo < lo:
            continue
        begin = max(f.title, lo)
        following = d.low[f.hi] if f.hi < hi else ""
        if f.type != "person" and (f.lo > lo or lo == 0) and _is_people(d, lo, f.lo, f.hi):
            continue
        if _under_preposition(scene, begin, lo):
            after.append(k)
        elif f.kind == "demonym" and d.words[f.hi - 1][-1] == "s" and not following:
            continue
        elif (
            following in {"'s", "’s", "-", "‐", "‑"}
            or (following in {"'", "’"} and f.hi + 1 < hi and d.words[f.hi + 1][0].isalpha())
            or (f.kind in {"adjective", "demonym"} and (following or d.words[f.hi - 1][-1] != "s"))
            or (following and following[0].isalpha() and (_is_noun(d, f.hi, following) or _noun_ahead(d, f, hi)))
        ):
            owners.append(k)
        elif f.type != "person" and f.hi < hi and scene.name_at(f.hi) >= 0 and scene.found[scene.name_at(f.hi)].title <= f.hi:
            owners.append(k)  # "NATO Secretary General Jens Stoltenberg"
        else:
            top.append(k)
    return top, owners, after


def _generic(scene: Scene, lo: int, hi: int, owners: list[int]) -> int:
    """ "The Interfax news agency", "the Hamas movement": the name, where the noun after it only says what it is; else -1."""
    d = scene.d
    if not owners:
        return -1
    k = owners[-1]
    f = scene.found[k]
    rest = d.low[f.hi : hi]
    rest = rest[: next((i for i, w in enumerate(rest) if w == "," or (i and w in _CLOSED)), len(rest))]
    body = f.type == "organisation" or (f.actor is not None and f.actor.type in {"organisation", "group", "outlet"})
    if not body or f.kind in {"adjective", "demonym", "metonym", "capital"} or not rest:
        return -1
    if rest[-1] == "agency" and not (len(rest) > 1 and rest[-2] in {"news", "press", "wire", "media"}):
        return -1  # "the UN agency" is another body
    return k if rest[-1] in _KINDS and all(w in _KIND_WORDS for w in rest[:-1]) else -1


def _noun_ahead(d: Discourse, f: Found, hi: int) -> bool:
    """ "Republican elected officials": whether the noun that the name only modifies comes a word or two later."""
    if f.type == "person":
        return False
    for i in range(f.hi, min(hi, f.hi + 3)):
        if d.low[i] in PERSON_NOUNS or d.low[i] in PLURAL_PERSON:
            return True
        if not d.words[i][0].isalpha() or d.low[i] in FUNCTION_WORDS:
            return False
    return False


def _is_people(d: Discourse, lo: int, at: int, hi: int) -> bool:
    """ "Some Democrats", "the only Republican": people of a party or country, not the party or country."""
    last = d.low[hi - 1]
    if hi - at > 1 or not (last in PERSON_NOUNS or last in PLURAL_PERSON or last.endswith("s")):
        return False
    return any(d.low[i] in INDEFINITE or (d.low[i] not in _ARTICLES and d.words[i][0].islower()) for i in range(lo, at))


def _is_noun(d: Discourse, i: int, word: str) -> bool:
    if word in FUNCTION_WORDS or word in _NOT_NOUNS or word.endswith("ly"):
        return False
    if word in PERSON_NOUNS or word in BODY_NOUNS or word in PLURAL_PERSON or word in PRODUCT_NOUNS or word in TITLES:
        return True
    return not is_verb(word)


def _under_preposition(scene: Scene, begin: int, lo: int) -> bool:
    """Whether a preposition governs the name that begins at word ``begin``: looks left to the last comma."""
    d = scene.d
    i = begin - 1
    while i >= lo:
        w = d.low[i]
        if w in {",", ";", ":", "(", "—", "–"}:
            return False
        if w in _CLOSED and i > lo and scene.name_at(i) < 0:
            return True
        if w in _JOINS and i > lo and not (d.words[i - 1][0].isupper()):
            return False
        i -= 1
    return False


def _beside_another(scene: Scene, lo: int, hi: int, names: list[int]) -> bool:
    """ "The army *and the* Rapid Support Forces", "the president *and* Mr Rask": one name, and beside it somebody without one."""
    d = scene.d
    f = scene.found[names[0]]
    if len(names) > 1 or any(d.words[i] in _BREAKS or d.low[i] in _CLOSED for i in range(lo, f.lo)):
        return False
    join = next((i for i in range(f.lo - 1, lo, -1) if d.low[i] in _JOINS), -1)
    whose = d.low[lo] in DEFINITE | _ARTICLES | POSSESSIVES or any(d.low[i] in {"'s", "’s"} for i in range(lo + 1, join))
    if join < 0 or not whose:
        return False
    before = d.low[join - 1]
    return (before in PERSON_NOUNS or before in BODY_NOUNS) and (join + 1 in (f.title, f.lo) or d.low[join + 1] in _ARTICLES | POSSESSIVES)


def _named(scene: Scene, lo: int, hi: int, names: list[int]) -> Head:
    persons = [k for k in names if scene.found[k].type == "person" or (scene.of[k] >= 0 and scene.entities[scene.of[k]].type == "person")]
    pool = persons or names
    first = pool[0]
    joint = [first]
    for k in pool[1:]:
        before = scene.found[joint[-1]].hi
        between = scene.d.low[before : scene.found[k].title]
        if any(w in _JOINS for w in between) or (between == [","] and k != pool[-1] and len(pool) > 2):
            if all(scene.of[k] != scene.of[j] or scene.of[k] < 0 for j in joint):
                joint.append(k)
        elif not persons:
            break
    if persons and len(joint) == 1 and len(pool) > 1:
        # "an aide to A, B": apposition; the first that is not after a preposition is meant, and of two side by side the last
        f = scene.found[first]
        if f.hi < hi and scene.d.low[f.hi] == "," and scene.found[pool[1]].title == f.hi + 1 and len(pool) == 2:
            joint = [first]
    return Head("joint" if len(joint) > 1 else "name", lo, hi, names=joint)


def _national(scene: Scene, i: int) -> bool:
    """ "The Spaniard": one person by where they are from; not "the Chinese"."""
    k = scene.name_at(i)
    return k >= 0 and scene.found[k].kind in {"demonym", "adjective"} and not scene.d.low[i].endswith(("s", "sh", "ch", "ese"))


def _described(scene: Scene, lo: int, hi: int, owners: list[int], after: list[int]) -> Head:
    d = scene.d
    low = d.low
    end = lo
    possessive = -1
    while end < hi:
        w = low[end]
        if w in {"'s", "’s"} or (w in {"'", "’"} and end + 1 < hi and d.words[end + 1][0].isalpha() and d.words[end - 1][-1] == "s"):
            possessive = end
        elif end > lo and (w in _CLOSED or w in _BREAKS or w in _JOINS):
            break
        end += 1
    head = end - 1
    while head > lo and not d.words[head][0].isalnum():
        head -= 1
    while head > lo and (low[head] in _ALONE or (low[head].endswith("ed") and low[head] not in PERSON_NOUNS)):
        head -= 1  # "emails unearthed in ..."
    noun = low[head]
    det = low[lo]
    definite: bool | None = None
    if det in {"the", "this", "that", "these", "those", "both"} or det in POSSESSIVES or possessive >= 0:
        definite = True
    elif det in INDEFINITE or det[0].isdigit():
        definite = False
    if noun in {"two", "three", "pair", "duo"} and definite:
        return Head("role", lo, hi, word=head, definite=True, plural=True)
    plural = noun in PLURAL_PERSON or (noun.endswith("s") and noun not in PERSON_NOUNS and noun not in BODY_NOUNS)
    owner = -1
    if det in POSSESSIVES:
        owner = -2 - lo
    elif owners:
        own = scene.found[owners[0]]
        possessed = own.hi < hi and low[own.hi] in {"'s", "’s", "'", "’"}
        owner = owners[0] if own.hi <= head and (possessed or own.type == "person") else -1
    modifiers = [i for i in range(lo, head) if low[i] not in FUNCTION_WORDS and d.words[i][0].isalnum() and low[i] not in {"'s", "’s"}]
    if end < hi and low[end] in _JOINS and (definite or noun in PERSON_NOUNS):
        return Head("anonymous", lo, hi, word=head, definite=definite, plural=True, modifiers=modifiers, after=after)
    if noun in PRODUCT_NOUNS and owner != -1:
        return Head("product", lo, hi, word=head, owner=owner, definite=True, plural=plural)
    if definite is False or (definite is None and plural) or not noun[0].isalpha():
        return Head("anonymous", lo, hi, word=head, owner=owner, definite=definite, plural=plural, modifiers=modifiers, after=after)
    role = (
        noun in PERSON_NOUNS
        or noun in BODY_NOUNS
        or noun in TITLES
        or noun in PLURAL_PERSON
        or scene.lookup.registry.noun(noun) is not None
        or _national(scene, head)
    )
    numbered = det in _ARTICLES or det in DEFINITE
    if any(low[i] == "only" for i in range(lo, head)):
        return Head("anonymous", lo, hi, word=head, owner=owner, definite=definite, plural=plural, modifiers=modifiers, after=after)
    if plural and not (numbered and any(low[i] in {"two", "three", "four"} for i in range(lo, head))) and det not in {"both"}:
        return Head("role", lo, hi, word=head, owner=owner, definite=definite, plural=True, modifiers=modifiers, after=after)
    if not role:
        return Head("anonymous" if det != "it" else "none", lo, hi, word=head, owner=owner, definite=definite, plural=plural, after=after)
    if possessive >= 0 and owner == -1:
        owner = -1
        return Head("anonymous", lo, hi, word=head, definite=True, plural=plural, modifiers=modifiers, after=after)
    return Head("role", lo, hi, word=head, owner=owner, definite=definite, plural=plural, modifiers=modifiers, after=after)
