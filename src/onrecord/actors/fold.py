"""Names as strings: the key they are looked up by, how alike two are beyond it, the family name in a full one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["fold", "fold_all", "is_initial", "likeness", "surname_of", "without_possessive"]

# None, not "": with None for what goes, Python translates plain ASCII eight times as fast.
_DROP = str.maketrans(dict.fromkeys("-‐‑–/\n\xa0", " ") | dict.fromkeys(".,'’‘ʻʼ`"))
# White space that ``str.split`` cuts at and ``_DROP`` leaves, in plain ASCII.
_BLANKS = "\t\v\f\r\x1c\x1d\x1e\x1f"
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a"})


class _Folded(dict[int, str]):
    """Code point -> what is left of it in a key, worked out when a letter is met. Some thousands are remembered."""

    def __missing__(self, code: int) -> str:
        # once before the letter case is dropped (a bold capital is no letter with case), and once after it
        plain = unicodedata.normalize("NFKD", chr(code)).casefold().translate(_LETTERS)
        decomposed = unicodedata.normalize("NFKD", plain)
        folded = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_DROP)
        if len(self) < _LETTERS_KEPT:
            self[code] = folded
        return folded


_LETTERS_KEPT = 10_000
_FOLDED = _Folded()


# The same few thousand words and names come again and again: a text's own first, then those that every text has.
@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The key that a name is looked up by: lower case, no accents, dots, commas or apostrophes; hyphens are spaces; no leading "the"."""
    key = text.lower().translate(_DROP) if text.isascii() else text.translate(_FOLDED)
    if "  " in key or key[:1] == " " or key[-1:] == " ":
        key = " ".join(key.split())
    return key.removeprefix("the ")


def fold_all(texts: Sequence[str]) -> list[str]:
    """``fold`` of each text, none of which holds a NUL: what is plain ASCII is folded in one go."""
    joined = "\0".join(["", *texts, ""])
    others = [] if joined.isascii() else [i for i, ascii in enumerate(map(str.isascii, texts)) if not ascii]
    if others:
        plain = [*texts]
        for i in others:
            plain[i] = ""
        joined = "\0".join(["", *plain, ""])
    joined = joined.lower().translate(_DROP)
    if any(c in joined for c in _BLANKS):
        return [fold(t) for t in texts]
    while "  " in joined:
        joined = joined.replace("  ", " ")
    keys = joined.replace("\0 ", "\0").replace(" \0", "\0").replace("\0the ", "\0").split("\0")[1:-1]
    for i in others:
        keys[i] = fold(texts[i])
    return keys


_PARTICLES = {
    "von",
    "van",
    "der",
    "den",
    "de",
    "da",
    "di",
    "del",
    "della",
    "dos",
    "la",
    "le",
    "al",
    "bin",
    "ben",
    "el",
    "st",
    "mc",
    "ter",
    "ten",
    "du",
}
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}


def is_initial(token: str) -> bool:
    return len(token.rstrip(".")) == 1 and token[0].isupper()


def surname_of(name: str) -> str:
    """Family name of a full name: the last word, with the particles before it; not "Jr."."""
    words = name.split()
    while len(words) > 1 and words[-1].rstrip(".").lower() in _SUFFIXES:
        words.pop()
    i = len(words) - 1
    while i > 1 and words[i - 1].lower() in _PARTICLES:
        i -= 1
    return " ".join(words[i:])


def without_possessive(name: str) -> tuple[str, ...]:
    """The name, and where it may be a possessive, what it is of."""
    if name.endswith(("'s", "’s")):
        return name, name[:-2]
    if name.endswith(("s'", "s’")):
        return name, name[:-1]
    return (name,)


def likeness(text: str, written: str, kind: str) -> float:
    """How well the letters agree, beyond the folded key: 1 as written, 0 not at all (a lower-case word is no acronym)."""
    text, written = _bare(text), _bare(written)
    if text == written:
        return 1.0
    if kind == "acronym" or (len(written) <= 5 and written.isupper()):
        # dots may come and go (U.S., US), and long acronyms are also written as words (Nato, Unesco); "us" and "who" are words
        return 0.98 if text.replace(".", "") == written.replace(".", "") else 0.9 if len(written) > 3 and text.istitle() else 0.0
    if text.lower() == written.lower():
        return 0.9 if text.isupper() or text.istitle() else 0.4 if text.islower() and not written.islower() else 0.95
    return 0.4 if text.islower() and not written.islower() else 0.97


def _bare(text: str) -> str:
    text = text.replace("’", "'")
    return text[4:] if text[:4] in {"the ", "The ", "THE "} else text
