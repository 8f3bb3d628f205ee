"""Personal names: their parts, the gender they tell, and whether two of them can be one person's."""

from __future__ import annotations

import re
from typing import NamedTuple

from onrecord import lazy
from onrecord.actors.lexicon import HONORIFICS, TITLES, gender_of_bearer, word_set
from onrecord.actors.registry import fold

__all__ = ["PersonName", "acronyms", "compatible", "parse_name"]

_SUFFIX = frozenset({"jr", "sr", "ii", "iii", "iv", "esq"})
_PARTICLE = word_set(
    "al el bin ibn ben bint abu abd de del della di da dos du des la le las los van von der den ter ten te zu af av st san santa mac"
)
_TITLE = frozenset(HONORIFICS) | frozenset(TITLES)
_INITIAL = lazy.compile(r"[^\W\d_](?:\.[^\W\d_])*\.?\Z")
#: Short forms that are not the beginning of the full one. Both directions.
_SHORT = {
    a: frozenset(b.split())
    for a, b in {
        "bill": "william",
        "will": "william",
        "billy": "william",
        "bob": "robert",
        "bobby": "robert",
        "rob": "robert",
        "dick": "richard",
        "rick": "richard frederick eric",
        "rich": "richard",
        "jim": "james",
        "jimmy": "james",
        "jack": "john jackson",
        "john": "jonathan",
        "jon": "jonathan john",
        "ted": "theodore edward rafael thaddeus",
        "ed": "edward edwin edmund",
        "eddie": "edward",
        "mike": "michael mikhail",
        "mick": "michael",
        "joe": "joseph josef",
        "tony": "anthony antonio antony anton",
        "tom": "thomas",
        "tim": "timothy",
        "chuck": "charles",
        "charlie": "charles",
        "hank": "henry",
        "harry": "henry harold",
        "larry": "lawrence laurence",
        "steve": "steven stephen",
        "dan": "daniel",
        "don": "donald",
        "ron": "ronald",
        "ben": "benjamin",
        "benny": "benjamin",
        "bernie": "bernard",
        "bibi": "benjamin binyamin",
        "nick": "nicholas nikolas",
        "pat": "patrick patricia",
        "peggy": "margaret",
        "maggie": "margaret",
        "meg": "margaret megan",
        "beth": "elizabeth",
        "betty": "elizabeth",
        "liz": "elizabeth",
        "lisa": "elizabeth",
        "kate": "katherine catherine kathryn",
        "kathy": "katherine kathleen",
        "katie": "katherine",
        "sue": "susan",
        "sam": "samuel samantha",
        "alex": "alexander alexandra aleksandr",
        "andy": "andrew",
        "dave": "david",
        "doug": "douglas",
        "fred": "frederick alfred",
        "greg": "gregory",
        "jeff": "jeffrey geoffrey",
        "jeb": "john",
        "ken": "kenneth",
        "matt": "matthew",
        "mitt": "willard",
        "newt": "newton",
        "vlad": "vladimir",
        "volodya": "vladimir",
        "mo": "mohamed mohammed muhammad",
        "sergei": "sergey serhii serhiy sergii",
        "vladimir": "volodymyr",
        "alexei": "alexey aleksei",
        "dmitry": "dmitri dmitrii",
        "mohammed": "mohamed mohammad muhammad",
        "hussein": "hussain husayn",
    }.items()
}


class PersonName(NamedTuple):
    """A name in its parts, folded (lower case, no accents or dots).

    ``given``: what stands before the family name, in order; empty where only one word is known. ``family``: the last
    word. ``words``: all of them. ``gender``: ``m`` or ``f`` where an honorific or a given name tells, else null.
    """

    given: tuple[str, ...]
    family: str
    words: tuple[str, ...]
    gender: str | None


def parse_name(text: str) -> PersonName | None:
    """Take a personal name apart. Leading titles, quoted nicknames and trailing "Jr." are dropped. Null where nothing is left."""
    gender: str | None = None
    words: list[str] = []
    raw = text.replace("’", "'").split()
    for i, w in enumerate(raw):
        bare = w.strip(".,()'\"“”‘")
        low = bare.lower()
        if not bare:
            continue
        if not words and low in HONORIFICS:
            gender = HONORIFICS[low] or None
        elif (not words and low in _TITLE and i + 1 < len(raw)) or (words and low in _SUFFIX) or (words and w[0] in "\"“'‘("):
            continue
        else:
            words.append(bare)
    if not words:
        return None
    folded = tuple(fold(w) for w in words)
    folded = tuple(w for w in folded if w)
    if not folded:
        return None
    if gender is None and len(folded) > 1:
        for w in words[:-1]:
            told = gender_of_bearer(w)
            if told in {"m", "f"}:
                gender = told
                break
            if told or not _INITIAL.match(w):
                break
    return PersonName(folded[:-1], folded[-1], folded, gender)


_ARABIC = ("al ", "el ", "al-", "el-", "ad-", "as-", "ar-", "ash-", "az-", "ad ", "as ", "ar ", "ash ", "az ")


def without_article(family: str) -> str:
    """ "al-Burhan" and "Burhan" are one family name: what follows the Arabic article."""
    for article in _ARABIC:
        if family.startswith(article) and len(family) - len(article) > 2:
            return family[len(article) :]
    return family


def _given_alike(a: str, b: str) -> bool:
    if a == b:
        return True
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    if b in _SHORT.get(a, ()) or a in _SHORT.get(b, ()):
        return True
    short, long = sorted((a, b), key=len)
    return len(short) >= 3 and long.startswith(short)


def compatible(a: PersonName, b: PersonName) -> bool:
    """Whether two names can be one person's: no part contradicts. "Trump" and "Donald J. Trump" can; two given names that differ cannot."""
    if a.gender and b.gender and a.gender != b.gender:
        return False
    if not a.given or not b.given:
        one, other = (a, b) if not a.given else (b, a)
        word = one.family
        if word == other.family or word in other.words or without_article(word) == without_article(other.family):
            return True
        return " " in word and other.words[-2:] == tuple(word.split())
    if a.family != b.family:
        # "Maria Alyokhina" and "Alyokhina Maria"; "Xi Jinping" and "Jinping Xi"; compound family names cut short
        if set(a.words) == set(b.words):
            return True
        short, long = sorted((a.words, b.words), key=len)
        return len(short) >= 2 and len(short) < len(long) and long[: len(short)] == short and short[-1] not in _PARTICLE
    return (
        _given_alike(a.given[0], b.given[0])
        or (len(a.given) > 1 and len(b.given[0]) > 1 and b.given[0] in a.given)
        or (len(b.given) > 1 and len(a.given[0]) > 1 and a.given[0] in b.given)
    )


def acronyms(name: str) -> set[str]:
    """Initials that an organisation's name can go by: "Department of Veterans Affairs" -> DVA, VA, DOVA."""
    words = [w for w in re.findall(r"[^\W\d_][\w'’.-]*", name) if w.lower() not in {"the"}]
    if len(words) < 2:
        return set()
    big = "".join(w[0] for w in words if w[0].isupper()).upper()
    out = {big, "".join(w[0] for w in words).upper()}
    if len(big) > 2:
        out.add(big[1:])
    return {a for a in out if len(a) > 1}
