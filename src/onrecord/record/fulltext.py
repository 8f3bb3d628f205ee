"""The words a user types, as a query that SQLite's full text index takes.

    red line                  both words, anywhere in the content
    "red line"                the phrase
    missile*                  words that begin so
    sanctions OR embargo      either;  AND may be left out
    (tank OR jet) NOT train   without;  -train is the same

Words are compared without case and accents, and by their stem (threats finds threat, threatening finds threatened).
Everything else is taken as text and never as an instruction to the index.
"""

from __future__ import annotations

import re

from onrecord.errors import UsageError

__all__ = ["to_fts"]

_TOKEN = re.compile(r"""(?P<phrase>"[^"]*"?)|(?P<open>\()|(?P<close>\))|(?P<word>[^\s()"]+)""")
_CURLY = str.maketrans("“”„‟«»", '""""""')
_LONGEST = 1000
_MOST = 64


def to_fts(text: str) -> str | None:
    """Translate; null when there is no word in it. Raises UsageError for a query that makes no sense or is too long."""
    if len(text) > _LONGEST:
        raise UsageError(f"the search is longer than {_LONGEST} characters")
    tokens = _tokens(text.translate(_CURLY))
    if not tokens:
        return None
    if len(tokens) > _MOST:
        raise UsageError(f"the search has more than {_MOST} words")
    parser = _Parser(tokens)
    made = parser.either()
    if parser.at < len(tokens):
        raise UsageError("the search has a ) without its (")
    return made


def _tokens(text: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for m in _TOKEN.finditer(text):
        kind, word = m.lastgroup or "", m.group()
        if kind in ("open", "close"):
            out.append((kind, word))
        elif kind == "word" and word in ("AND", "OR", "NOT"):
            out.append((word, word))
        else:
            if kind == "word" and word.startswith("-") and len(word) > 1:
                out.append(("NOT", "-"))
                word = word[1:]
            prefix = "*" if kind == "word" and word.endswith("*") else ""
            words = re.findall(r"[^\W_]+", word)
            if words:
                out.append(("term", '"' + " ".join(words) + '"' + prefix))
            elif out and out[-1] == ("NOT", "-"):
                out.pop()
    return out


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    def either(self) -> str:
        parts = [self.every()]
        while self.peek() == "OR":
            self.at += 1
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else "(" + " OR ".join(parts) + ")"

    def every(self) -> str:
        wanted: list[str] = []
        unwanted: list[str] = []
        while True:
            kind = self.peek()
            if kind == "AND":
                if not (wanted or unwanted):
                    raise UsageError("the search has AND with nothing before it")
                self.at += 1
                if self.peek() in ("end", "close", "AND", "OR"):
                    raise UsageError("the search has AND with nothing after it")
            elif kind == "NOT":
                self.at += 1
                unwanted.append(self.one("NOT"))
            elif kind in ("term", "open"):
                wanted.append(self.one("("))
            else:
                break
        if not wanted:
            raise UsageError("say what to find, not only what to leave out" if unwanted else "the search has OR or () with nothing in it")
        made = wanted[0] if len(wanted) == 1 else "(" + " AND ".join(wanted) + ")"
        return f"({made} NOT ({' OR '.join(unwanted)}))" if unwanted else made

    def one(self, before: str) -> str:
        kind = self.peek()
        if kind == "term":
            self.at += 1
            return self.tokens[self.at - 1][1]
        if kind == "open":
            self.at += 1
            self.depth += 1
            if self.depth > 20:
                raise UsageError("the search is nested more than 20 deep")
            made = self.either()
            if self.peek() != "close":
                raise UsageError("the search has a ( without its )")
            self.at += 1
            self.depth -= 1
            return made
        raise UsageError(f"the search has {before} with nothing after it")
