"""Noun phrases without a parser: from a place in a text, how far does the party named there reach, and who in it is the party?"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from onrecord import lazy
from onrecord.acts.codebook import role_nouns, word_set

__all__ = ["Known", "Party", "parties", "phrase"]

#: Says whether words name an actor: text -> true where the registry (or whoever is asked) knows it.
Known = Callable[[str], bool]
_TOKEN = lazy.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*(?:['’](?=\s))?|\.(?=\s?[A-Z])|[^\w\s]")

_STOP = word_set("stop")
_DAYS = word_set("days")
_PRONOUNS = word_set("pronouns")
_SELF = frozenset("i me my we us our ours myself ourselves".split())
_POSSESSIVE = frozenset("his her their its your".split())
_DETERMINERS = word_set("determiners")
#: Nouns for people and bodies that can be a party without a name. Lower case, singular; a plural s is cut before the look-up.
_ROLES = word_set("roles") | role_nouns()
_JOIN = frozenset(("and", "&"))
#: A word that begins another noun phrase where it does not stand first in this one: "told reporters *the* plane".
_ANEW = frozenset("the a an his her their its our my your".split())
_NOBODY = word_set("nobody") | _DAYS
_QUANTITY = word_set("quantity")
_POSSESSED = lazy.compile(r"(?<=[^\W_])['’](?:[sS])?$")
#: "the *Soviet* weapons", "an *American* intervention": an adjective of a state, and the thing after it is no party.
_NATION = lazy.compile(r"(?:an|ish|ese|[^d]i|ch|ic|Soviet|Communist|Greek|Czech|Thai)$")
_CONTRACTED = lazy.compile(r"(?:n't|'ve|'ll|'re|'m|'d)$")
#: Words in lower case that go on a name: "Trump campaign officials" needs none, "Ankara-based firms" does.
_COMMON = word_set("common")
_AFTER_MILITARY = word_set("military")
_PARTICIPLES = word_set("participles")


class Party(NamedTuple):
    """Characters ``start`` to ``end`` name somebody. ``kind``: name, pronoun or role."""

    start: int
    end: int
    kind: str


_LOUD = frozenset(("US", "IT", "WHO"))


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    low: str


def _token(start: int, end: int, text: str) -> _Token:
    # "US" is a state and "us" is not: what is all capitals keeps them, so that no list of small words holds it
    return _Token(start, end, text, text if text in _LOUD else text.lower().replace("’", "'"))


def _tokens(text: str, start: int, end: int, most: int | None = None) -> list[_Token]:
    return [_token(*m.span(), m[0]) for m in islice(_TOKEN.finditer(text, start, end), most)]


@lru_cache(maxsize=4096)
def _is_role(word: str) -> bool:
    return word in _ROLES or (word.endswith("s") and word[:-1] in _ROLES) or (word.endswith("ies") and word[:-3] + "y" in _ROLES)


def _capital(token: _Token) -> bool:
    return token.text[:1].isupper() and token.low not in _DAYS and token.low not in _STOP and token.low not in _DETERMINERS


def phrase(text: str, start: int, end: int, *, limit: int = 14) -> tuple[int, int]:
    """The noun phrase that begins at or right after ``start``: from its first word to before the word that cannot be part of it.

    Empty (start == end) where none begins there. "of" stays inside a name ("Department of State") and an office
    ("president of Ukraine"). A comma stays where a list of names goes on.
    """
    tokens = _tokens(text, start, min(end, start + 240), limit + 4)
    i = 0
    while i < len(tokens) and not tokens[i].text[0].isalnum() and tokens[i].text not in ".;:?!":
        i += 1
    lo = i
    if i + 1 < len(tokens) and tokens[i].low in _QUANTITY and tokens[i + 1].low == "of":
        i += 2
    while i < len(tokens) and i - lo < limit:
        t = tokens[i]
        nxt = tokens[i + 1] if i + 1 < len(tokens) else None
        if t.low == "of" and i > lo and nxt:
            role, article = _is_role(tokens[i - 1].low), nxt.low == "the" and i + 2 < len(tokens)
            if not (role or _capital(tokens[i - 1])):
                break
            # "president of Ukraine", "Department of the Treasury"; "the families of the miners"
            if not (_capital(nxt) or (article and (role or _capital(tokens[i + 2])))):
                break
            i += 2 if article else 1
            continue
        if (
            i > lo
            and t.low in _ANEW
            and tokens[i - 1].low not in _JOIN
            and tokens[i - 1].low not in _QUANTITY
            and tokens[i - 1].text != ","
        ):
            break
        if i > lo and t.text[0].isdigit() and _is_role(tokens[i - 1].low):
            break
        if t.text == ".":
            if i > lo and nxt and len(tokens[i - 1].text) <= 3 and tokens[i - 1].text[0].isupper():
                i += 1
                continue
            break
        if t.text == "," and i > lo and nxt and _capital(nxt) and _list_goes_on(tokens, i):
            i += 1
            continue
        if t.low in _JOIN and i > lo and nxt and nxt.low not in _STOP:
            i += 1
            continue
        if not t.text[0].isalnum() or t.low in _STOP or t.low in _DAYS or _CONTRACTED.search(t.low):
            break
        if i > lo and _capital(tokens[i - 1]) and not _capital(t) and not _is_role(t.low) and t.low not in _COMMON:
            # "Hillary Clinton *performed* well", "Russian *strikes*": whether verb or thing, the party ends before it
            break
        if i > lo and _is_role(tokens[i - 1].low) and not _capital(t) and not _is_role(t.low) and t.low not in _COMMON:
            # "the administration *consciously* refused", "the campaign *plan*": after the noun for a party there is no more of it
            break
        if i > lo and t.low in _PRONOUNS and t.low not in _POSSESSIVE:
            break
        if t.low in _PRONOUNS and t.low not in _POSSESSIVE:
            i += 1
            break
        if i > lo and t.low == "her":
            break
        if t.low == "her" and nxt and (nxt.low in _STOP or not nxt.text[0].isalnum()):
            i += 1
            break
        i += 1
    if i == lo:
        return start, start
    while i > lo and (tokens[i - 1].low in _JOIN or not (tokens[i - 1].text[0].isalnum() or tokens[i - 1].text == ".")):
        i -= 1
    return (tokens[lo].start, tokens[i - 1].end) if i > lo else (start, start)


def _list_goes_on(tokens: list[_Token], at: int) -> bool:
    """Is the comma one of a list ("France, Germany and Italy")? Then an "and" comes before anything else but names."""
    for t in tokens[at + 1 : at + 9]:
        if t.low in _JOIN:
            return True
        if not (_capital(t) or t.text == "," or t.low in ("the", "of")):
            return False
    return False


def parties(text: str, start: int, end: int, known: Known | None = None) -> list[Party]:
    """The parties that a noun phrase names: each of a list; the owner in "Moscow's decision"; an adjective's state in "Russian strikes".

    ``known`` is asked about names; without it, capital letters alone decide. Empty where the phrase is a thing.
    """
    tokens = _tokens(text, start, end)
    if not tokens:
        return []
    out: list[Party] = []
    for part in _split(tokens):
        found = _party(text, part, known)
        if found:
            out.append(found)
    return out


def _split(tokens: list[_Token]) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    for i, t in enumerate(tokens):
        if (t.low in _JOIN or t.text == ",") and parts[-1]:
            after = tokens[i + 1] if i + 1 < len(tokens) else None
            # "Sanders and Donald Trump" are two; "the trade and finance minister" is one
            if after and (_capital(after) or after.low in ("the", "his", "her", "their", "its") or t.text == ",") and _any_party(parts[-1]):
                parts.append([])
                continue
        parts[-1].append(t)
    return [p for p in parts if p]


def _any_party(part: list[_Token]) -> bool:
    return any(_capital(t) or _is_role(t.low) or t.low in _PRONOUNS for t in part)


def _party(text: str, part: list[_Token], known: Known | None) -> Party | None:
    while part and (part[0].text in ",&" or part[0].low in _JOIN):
        part = part[1:]
    if not part:
        return None
    if len(part) == 1 and part[0].low in _PRONOUNS:
        return None if part[0].low in _SELF or part[0].low == "it" else Party(part[0].start, part[0].end, "pronoun")
    if part[0].low in _NOBODY and len(part) == 1:
        return None
    if part[0].low.endswith("ing") and len(part[0].low) > 4 and part[0].text.islower() and part[0].low not in _PARTICIPLES:
        return None  # "accused of *using* civilians"
    # a possessive makes its owner the party: "Moscow's decision", "the president's remarks"
    for i, t in enumerate(part[:-1]):
        owner = _owner(t)
        if owner:
            last = part[-1]
            if _is_role(last.low) and not _capital(last):
                break  # "Russia's president": the whole is a party
            return None if part[0].low in _POSSESSIVE else _trim([*part[:i], owner])
    if part[0].low in _POSSESSIVE and len(part) > 1 and not any(_capital(t) or _is_role(t.low) for t in part[1:]):
        return None  # "his position": the owner is as a rule the speaker
    owner = _owner(part[-1])
    if owner:  # the thing owned was not taken in: "praised *Israel*'s courage"
        part = [*part[:-1], owner]
        if owner.low in _NOBODY:
            return None
    last = part[-1]
    if _is_role(last.low) and not (last.text == "military" and _is_adjective(text, part)):
        return Party(part[0].start, last.end, "role")
    if _COMPOUND.search(last.text):
        return None
    if _capital(last) or (last.text == "." and len(part) > 1):
        # trailing capital: a name, with whatever titles stand before it
        if (
            known is None
            or known(_bare(text, part))
            or not last.low.endswith(("tion", "ment", "ness", "ship", "plan", "act", "bill", "deal", "amendment", "treaty", "agreement"))
        ):
            thing = (
                len(part) == 2
                and part[0].low in _DETERMINERS
                and _NATION.search(last.text)
                and re.match(r"\s+(?:[a-z](?!nd [A-Z])|and [A-Z]\w+ [a-z])", text[last.end : last.end + 24])
            )
            return Party(last.start if thing else part[0].start, last.end, "name")
        return None
    # a thing with a name before it: "Russian strikes", "the Obama administration's plan", "Trump supporters"
    for k in range(len(part)):
        if _capital(part[k]):
            if _COMPOUND.search(part[k].text):
                continue  # "a *UN-led* investigation"
            j = k
            while j + 1 < len(part) and _capital(part[j + 1]):
                j += 1
            run = text[part[k].start : part[j].end]
            if known is None or known(run):
                return Party(part[k].start, part[j].end, "name")
            break
    for k in range(len(part) - 1, -1, -1):
        if _is_role(part[k].low) and k + 1 < len(part) and part[k + 1].low in ("of", "who"):
            return Party(part[0].start, part[-1].end, "role")
    return None


_COMPOUND = lazy.compile(r"-(?:led|backed|based|brokered|run|made|supplied|style|era|born|funded|trained)$")
_NEXT = lazy.compile(r"\s+([a-z][a-z-]+)")


def _is_adjective(text: str, part: list[_Token]) -> bool:
    """Is "military" at the end of the phrase the attribute of the thing that follows ("a military conflict")?"""
    if part[0].low in ("a", "an"):
        return True
    m = _NEXT.match(text, part[-1].end)
    if m is None:
        return False
    word = m.group(1)
    return not _AFTER_MILITARY.isdisjoint((word, word.removesuffix("s"), word.removesuffix("ies") + "y"))


def _owner(token: _Token) -> _Token | None:
    """The owner in a possessive ("Moscow" in "Moscow's", "rebels" in "rebels'"), or null where the word is none."""
    m = _POSSESSED.search(token.text)
    return _token(token.start, token.start + m.start(), token.text[: m.start()]) if m else None


def _bare(text: str, part: list[_Token]) -> str:
    lo = 0
    while lo < len(part) - 1 and not part[lo].text[0].isupper():
        lo += 1
    return text[part[lo].start : part[-1].end]


def _trim(part: list[_Token]) -> Party | None:
    last = part[-1]
    if _is_role(last.low) or any(_capital(t) for t in part):
        return Party(part[0].start, last.end, "name" if _capital(last) else "role")
    return None
