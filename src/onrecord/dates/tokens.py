"""Words, numbers and marks of a text, each with a class: one pass, linear in the text.

The classes of a stretch of text form a string, one character a token, over which the grammar's patterns run. So a
pattern never sees raw text, and no text can make it run long.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from onrecord import lazy

__all__ = ["CLASSES", "FILLER", "Tokens", "code", "split", "tokenise"]

FILLER = "_"
_CLASS_NAMES = (
    "month wdabbr weekday weekdays sec unit units part parts weekend season seasons fall oclock rel ref refadj inref theref "
    "vagueref once thattime "
    "recent this last past prev latest next coming following same that each ago back earlier before later after since fromnow early edge "
    "turn eve fiscal calendar full half a the its of in on at by for over and or to until from between approx some just under within old "
    "more ended longadj setadv setadj per period yearago ahead term shortlong ampm clockword past30 localtime local time hrs no "
    "half2 thelate asof prepost era place "
    "num mult vague couple ord decadeword holiday event "
    "n big year ordn iso slash yrange decade syear clock clockap frac qtoken ytoken zone comma hyphen poss slashmark paren"
).split()
#: class name -> its one character
CLASSES = {name: chr(0xE000 + i) for i, name in enumerate(_CLASS_NAMES)}

# Every alternative is bounded or possessive: no text makes the scan look back at what it has passed. The look ahead spares
# white space the trial of each: the scan takes 0.6 of the time.
_TOKEN = lazy.compile(
    r"""
    (?=\S)(?:
    (?P<ampm>[AaPp]\.\s?[Mm]\b\.?)
  | (?P<clockword>[oO]['’]clock\b)
  | (?P<w>[^\W\d_]\w*+)
  | (?P<iso>\d{4}-\d{1,2}-\d{1,2}
        (?:[T\ ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\ ?(?:Z\b|[+-]\d{2}:?\d{2})?)?(?![\w-])
      | \d{4}/\d{1,2}/\d{1,2}(?![\w/]))
  | (?P<slash>\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?![\w/])
      | \d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\w]|\.\d)
      | \d{1,2}-\d{1,2}-(?:\d{4}|\d{2})(?![\w-]))
  | (?P<yrange>[12]\d{3}[-–—/](?:[12]\d{3}|\d{2})(?![\w-]))
  | (?P<decade>[12]\d{2}0['’]?s\b|['’‘]?[1-9]0['’]?s\b)
  | (?P<clockap>\d{1,2}(?:[:.]\d{2})?\ ?(?:[ap]m|[AP]M)\b | \d{1,2}(?:[:.]\d{2})?[ap]\.m\b\.?)
  | (?P<clock>[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?![\w:]))
  | (?P<ordn>\d{1,2}(?:st|nd|rd|th)\b)
  | (?P<frac>[½¼¾]|\d/\d(?![\w/]))
  | (?P<num>\d++(?:,\d{3})*+(?:\.\d++)?+(?![\w]))
  | (?P<other>\d\w*+)
  | (?P<poss>['’]s\b)
  | (?P<short>['’](?:ll|t|re|ve|d|m)\b)
  | (?P<syear>['’‘]\d{2}\b)
  | (?P<mark>[^\w\s])
    )
    """,
    re.VERBOSE,
)
_MARKS = {",": "comma", "-": "hyphen", "–": "hyphen", "—": "hyphen", "‑": "hyphen", "/": "slashmark", "(": "paren"}
# Words of these classes may be written short, with a stop behind them that is theirs.
_ABBREVIATED = frozenset({"month", "wdabbr"})
# After one of these a number is an amount; before one of the second set too.
_MONEY = frozenset("$£€¥₽₴#№")
_AMOUNT = frozenset(
    "% percent per cent pct percentage points dollars euros pounds rubles roubles yen yuan people troops soldiers men women children "
    "km kilometers kilometres miles meters metres feet tons tonnes barrels votes seats shares jobs cases deaths companies "
    "countries mm cm kg".split()
)


#: Class character and value of words and marks met so far that mean the same whatever stands beside them: most of every text.
_settled: dict[str, tuple[str, object]] = {}
_MOST = 50_000
_ALONE = frozenset({"w", "mark", "short"})


def split(text: str) -> list[str]:
    """The tokens of a phrase, as the scan would make them."""
    return [m.group() for m in _TOKEN.finditer(text)]


def code(pattern: str) -> str:
    """A pattern over class names ("month ordn|n") as a regular expression over class characters."""
    return re.sub(r"[a-z][a-z0-9]*", lambda m: CLASSES[m.group()], pattern).replace(" ", "")


class Tokens(NamedTuple):
    """Tokens of one stretch, side by side. ``classes`` holds one character a token; offsets count from the text's start."""

    text: str
    starts: list[int]
    ends: list[int]
    values: list[object]
    classes: str

    def word(self, i: int) -> str:
        return self.text[self.starts[i] : self.ends[i]]


def tokenise(text: str, lo: int, hi: int) -> Tokens:
    """Tokens of ``text[lo:hi]``."""
    from onrecord.dates.tables import lexicon

    lex = lexicon()
    words, phrases = lex.words, lex.phrases
    found = list(_TOKEN.finditer(text, lo, hi))
    tokens = [m[0] for m in found]
    count = len(found)
    starts, ends = [m.start() for m in found], [m.end() for m in found]
    settled = [_settled.get(token) for token in tokens]
    classes = [FILLER if s is None else s[0] for s in settled]
    values = [None if s is None else s[1] for s in settled]
    merged: set[int] = set()  # tokens that belong to the one before
    for k in [k for k, s in enumerate(settled) if s is None]:
        if k in merged:
            continue
        token, kind = tokens[k], found[k].lastgroup or ""
        after = tokens[k + 1] if k + 1 < count else ""
        value: object = None
        name = ""
        to = k + 1
        seconds = phrases.get(token)
        for rest, phrase_class, phrase_value in seconds.get(after.lower(), ()) if seconds and after else ():
            if tuple(t.lower() for t in tokens[k + 1 : k + 1 + len(rest)]) == rest:
                name, value, to = phrase_class, phrase_value, k + 1 + len(rest)
                break
        if name:
            pass
        elif kind == "w":
            hit = words.get(token)
            if hit:
                name, value = hit
                if name in _ABBREVIATED and after == "." and len(token) < 5 and starts[k + 1] == ends[k]:
                    to = k + 2
            elif len(token) <= 6:
                name, value = _special(token)
        elif kind == "mark":
            name = _MARKS.get(token, "")
        else:
            name, value = _number(kind, token)
            if name in {"n", "big", "year", "frac"} and ((k and tokens[k - 1] in _MONEY) or after in _AMOUNT):
                name, value = "", None
        if name:
            classes[k], values[k] = CLASSES[name], value
        if to > k + 1:
            ends[k] = ends[to - 1]
            merged.update(range(k + 1, to))
        elif not seconds and kind in _ALONE and name not in _ABBREVIATED and len(token) <= 32 and len(_settled) < _MOST:
            _settled[token] = classes[k], value
    if merged:
        kept = [k for k in range(count) if k not in merged]
        starts, ends = [starts[k] for k in kept], [ends[k] for k in kept]
        values, classes = [values[k] for k in kept], [classes[k] for k in kept]
    return Tokens(text, starts, ends, values, "".join(classes))


_QUARTER = lazy.compile(r"(?:Q([1-4])|([1-4])Q|H([12])|([12])H)(?:(\d{2}|\d{4}))?$")
_FISCAL = lazy.compile(r"FY(\d{2}|\d{4})$")


@lru_cache(maxsize=4096)
def _special(token: str) -> tuple[str, object]:
    """Zones, Q3, FY21."""
    from onrecord.dates.tables import zones

    if token in zones():
        return "zone", zones()[token]
    if m := _QUARTER.match(token):
        return "qtoken", (int(m[1] or m[2] or m[3] or m[4]), "quarter" if m[1] or m[2] else "half", m[5])
    if m := _FISCAL.match(token):
        return "ytoken", m[1]
    return "", None


@lru_cache(maxsize=16384)
def _number(kind: str, token: str) -> tuple[str, object]:
    if kind == "num":
        plain = token.replace(",", "")
        if "." in plain or len(plain) > 9:
            return ("big", float(plain)) if len(plain) <= 9 else ("", None)
        if len(plain) == 8 and plain[:2] in {"19", "20"} and "," not in token:
            return "iso", token
        if len(token) <= 2:
            return "n", int(token)
        if len(token) == 4 and 1000 <= int(token) < 2200:
            return "year", int(token)
        return "big", int(plain)
    if kind == "ordn":
        return "ordn", int(token[:-2])
    if kind == "other":
        return _special(token)
    if kind in {"short"}:
        return "", None
    if kind == "ampm":
        return "ampm", token[0].lower() + "m"
    return kind, token
