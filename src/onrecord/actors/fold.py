"""The key that names are looked up by."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["fold"]

_DROP = str.maketrans(
    {
        "-": " ",
        "‐": " ",
        "‑": " ",
        "–": " ",
        "/": " ",
        ".": "",
        ",": "",
        "'": "",
        "’": "",
        "‘": "",
        "ʻ": "",
        "ʼ": "",
        "`": "",
        "\n": " ",
        "\xa0": " ",
    }
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a"})


@lru_cache(maxsize=8192)
def _fold_other(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_DROP)


def fold(text: str) -> str:
    """The key that a name is looked up by: lower case, no accents, dots, commas or apostrophes; hyphens are spaces; no leading "the"."""
    key = text.lower().translate(_DROP) if text.isascii() else _fold_other(text)
    if "  " in key or key[:1] == " " or key[-1:] == " ":
        key = " ".join(key.split())
    return key.removeprefix("the ")
