"""The condition on a threat, promise, offer or demand: from its marker to the end of its clause."""

from __future__ import annotations

import re

from onrecord import lazy
from onrecord.document import Document
from onrecord.statement import Span, Statement

__all__ = ["conditions"]

_INVERTED = r"should\s+(?:they|he|she|it|we|you|i|any\w*|the\s+\w+|[A-Z]\w+)(?:\s+[\w’'-]+){1,4}"
#: What opens a condition. "even if" concedes, "as if" compares, "what if" and "whether" ask: none of these is one.
_MARKER = lazy.compile(
    r"""\b(?:
      (?P<only>(?:but\s+|and\s+)?only\s+(?:if|when|once|after))
      | (?P<unless>unless(?:\s+(?:or|and)\s+until)?)
      | (?P<until>(?:un)?til(?:\s+and\s+unless)?(?=\s))
      | (?P<event>in\s+(?:the\s+)?(?:case|event)(?:\s+(?:of|that))?)
      | (?P<provided>(?:provided|providing|assuming|supposing)\s+that(?=\s)|(?:provided|assuming)(?=\s+(?:it|they|he|she|we|there)\b))
      | (?P<long>(?:as|so)\s+long\s+as)
      | (?P<on>on\s+(?:the\s+)?condition(?:\s+(?:that|of)))
      | (?P<otherwise>otherwise|or\s+else|failing\s+(?:that|which))
      | (?P<exchange>in\s+(?:exchange|return)\s+for)
      | (?P<contingent>(?:contingent|conditional|depending|dependent)\s+(?:up)?on)
      | (?P<once>once(?=\s+(?:the|a|an|it|they|he|she|we|there|all)\s+(?:[\w’'-]+\s+){0,4}?
          (?:is|are|has|have|passes|ends|stops|leaves|get|gets|agrees|withdraws|joins|signs)\b))
      | (?P<barring>barring|absent(?=\s+(?:a|an|the|any)))
      | (?P<pending>pending)
      | (?P<iff>if(?:\s+and\s+(?:only\s+if|when))?)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_SHOULD = lazy.compile(rf"(?:(?<=[.;:,“\"—–-])\s*|(?<=\s)|^)(?P<should>{_INVERTED})")
_NOT_BEFORE = lazy.compile(
    r"\b(?:even|as|what|ask(?:ed|s|ing)?|wonder(?:ed|s|ing)?|know|knew|see|asked\s+\w+|unclear|sure|of|question(?:ed)?|about)\s+$",
    re.IGNORECASE,
)
_INVERTED_BEFORE = lazy.compile(
    r"(?:^|[.;:,“\"—–]|\b(?:and|but|that|consequences|action|response|force|sanctions|retaliation|retaliate|respond|measures|war|price))\s*$",
    re.IGNORECASE,
)
_STOPS = lazy.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bSen)(?<!\bGov)[.;?!](?=\s|[\"”’)]|$)|[—–]|(?<=\S)[\"”](?=\s*(?:$|[A-Za-z]))|\s-\s|\n\s*\n|\sand\s(?=(?:will|would|shall)\s)"
)
_COMMA_END = lazy.compile(
    r",[\"”’]?\s+(?=(?:and|but|he|she|it|they|we|i|you|who|which|while|because|as|adding|said|says|saying|the|a|an|there|then|this|that|these|those|no|our|their|his|her|its|warning|calling|[A-Z][\w’'-]+)\b)"
)
_MAIN = lazy.compile(
    r"(?<=\w)\s+(?=(?:it|they|he|she|we|you|i|there)\s+(?:would|will|must|should|could|might|can|won['’]t)\b)", re.IGNORECASE
)
_ASKS = lazy.compile(r"\b(?:ask|wonder|know|question|quer|see|determin|decid|check|unclear|doubt)\w*", re.IGNORECASE)
#: A content is read this far, and no further condition is looked for after this many: bounds the time on hostile text.
_READ, _MOST = 4000, 8
#: A condition longer than this is cut at its last comma or space.
_LONGEST = 260


def conditions(document: Document, s: Statement) -> tuple[Span, ...]:
    """Condition spans of a statement, in text order: inside its content, or in the same sentence right beside it.

    A condition at the head of its clause ends at the comma before the main clause; one at the tail, at the clause's end.
    """
    text = document.text
    out: list[Span] = []
    asked = any(_ASKS.search(c.text) for c in s.cue)
    for lo, hi in _places(text, s):
        at, hi = lo, min(hi, lo + _READ)
        while len(out) < _MOST and (found := _next(text, lo, at, hi, asked)):
            start, end = found
            if not any(start < o.end and o.start < end for o in out) and not any(
                start < x.end and x.start < end for x in (*s.cue, *s.source)
            ):
                out.append(Span(start, end, text[start:end]))
            at = max(end, start + 1)
    return tuple(sorted(out))


def _places(text: str, s: Statement) -> list[tuple[int, int]]:
    """The content's fragments, each stretched to the end of the last sentence it reaches into where nothing of another role follows."""
    if not s.content:
        return []
    places = []
    blocked = sorted(x.start for x in (*s.source, *s.cue))
    for c in s.content:
        end = c.end
        closed = text[c.end - 1 : c.end] in '"”.?!' and text[c.end - 2 : c.end - 1] in '.?!,"”'
        if not closed:
            m = re.compile(r"[.?!](?=[\s\"”]|$)|\n\s*\n").search(text, max(c.end - 1, c.start), min(len(text), c.end + 200))
            stop = m.start() if m else c.end
            nxt = next((b for b in blocked if b >= c.end), None)
            tail = text[c.end : stop]
            if (nxt is None or nxt >= stop) and re.match(
                r"[\s”\"’,]*(?:but\s+)?(?:only\s+)?(?:if|unless|until|should|in\s+case|in\s+the\s+event|provided|as\s+long|so\s+long|otherwise)\b",
                tail,
                re.I,
            ):
                end = stop
        places.append((c.start, end))
    first = min(x.start for x in (*s.content, *s.cue, *s.source))
    head = text[max(0, first - 220) : first]
    # "If the talks fail, he warned, …": the condition stands before everything else in the sentence
    m = re.search(
        r"(?:^|[.?!][\"”]?\s+|\n)\s*[\"“]?((?:If|Unless|Should|Until|Once|In case|In the event|Provided)\b"
        r"[^.?!\n,\"”]*(?:,[^.?!\n,\"”]{0,40})?,)\s*[\"”]?\s*$",
        head,
    )
    if m:
        places.insert(0, (max(0, first - 220) + m.start(1), max(0, first - 220) + m.end(1)))
    return places


#: Signs of a finite verb: what follows "until" is then a condition, and not a mere date or event.
_CLAUSE = lazy.compile(
    r"^\s+(?:they|he|she|it|we|you|i)\s|\b(?:is|are|was|were|has|have|had|can|could|will|would|do|does|did|get|got|gets|goes|came|come|comes|make|made|give|gave|bring|brings|pay|pays|recognize|recognise|meet|obtaining|arrived|end|stop|"
    r"leave|leaves|win|wins|agree|agrees|hear|see|know)\b|(?<=[a-z] )[a-z]{3,}(?:s|ed)\b(?!['’])(?<!\bnext)"
)


def _next(text: str, clause: int, at: int, hi: int, asked: bool) -> tuple[int, int] | None:
    best: tuple[int, int, str] | None = None
    for m in _MARKER.finditer(text, at, hi):
        kind = m.lastgroup or ""
        before = text[max(0, m.start() - 24) : m.start()]
        if kind in ("iff", "long") and _NOT_BEFORE.search(before):
            continue
        if kind == "iff" and asked and not re.search(r"[^\W_]", text[clause : m.start()]):
            continue  # "asked if …" reports a question
        if kind == "long" and (
            re.search(r"\bfor\s+$", before)
            or re.match(r"\s+(?:it\s+takes|necessary|possible|needed|they\s+(?:like|want))", text[m.end() : m.end() + 24])
        ):
            continue
        if kind == "otherwise" and not re.search(r"(?:^|[.,;:—–“\"-]|\b(?:or|that|because))\s*$", before):
            continue
        if kind == "until" and not _CLAUSE.search(text[m.end() : min(hi, m.end() + 70)].split(",", maxsplit=1)[0]):
            continue
        if kind == "until" and re.search(r"\b(?:not|from|up)\s+$", before, re.I) and re.search(r"\bfrom\b", before):
            continue
        if kind == "until" and _is_time(text, m.end(), hi):
            continue
        if kind == "long" and not re.match(
            r"\s+(?:as\b|the\b|a\b|it\b|they\b|he\b|she\b|we\b|there\b|you\b|this\b|that\b|[A-Z\w])", text[m.end() : m.end() + 12]
        ):
            continue
        if kind == "once" and m.group()[0] == "O" and before.strip()[-1:] not in ("", ".", "“", '"', ","):
            continue
        if kind == "pending" and not re.match(
            r"\s+(?:a|an|the|further|approval|review|investigation|completion)\b", text[m.end() : m.end() + 16]
        ):
            continue
        best = (m.start(), m.end(), kind)
        break
    for m in _SHOULD.finditer(text, at, hi):
        start = m.start("should")
        if best and start >= best[0]:
            break
        by_pronoun = re.match(r"should\s+(?:they|he|she|it|we|you)\s+(?!have\b|be\b|not\b)[a-z]", m.group("should"), re.IGNORECASE)
        asks = re.search(r"\b(?:why|what|how|when|who|where|which|whom)\s*$", text[max(0, start - 8) : start], re.IGNORECASE)
        # in a plain sentence no article follows "should": the order of words alone tells
        by_order = re.match(r"should\s+(?:the|an?|any\w*|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)\b", m.group("should"), re.IGNORECASE)
        if (
            (by_pronoun or by_order or _INVERTED_BEFORE.search(text[max(0, start - 20) : start]))
            and not asks
            and not text[m.end() : m.end() + 40].lstrip().startswith("?")
        ):
            best = (start, m.end(), "should")
            break
    if best is None:
        return None
    start, after, kind = best
    if kind == "otherwise":
        return start, after
    return start, _end(text, clause, start, after, hi)


_TIME = lazy.compile(
    r"\s+(?:\w+\s+)?(?:\d|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may\b|june|july|august|september|october|november|december|"
    r"now|then|recently|today|tomorrow|tonight|next|last|later|late|early|noon|midnight|the\s+(?:end|beginning|\w+\s+(?:century|anniversary)|1\d|20)|after\s|this\s)",
    re.IGNORECASE,
)


def _is_time(text: str, at: int, hi: int) -> bool:
    """Does "until" open a mere date ("until Thursday")? That is a time, not a condition."""
    return bool(_TIME.match(text[at : min(hi, at + 30)]))


def _end(text: str, clause: int, start: int, after: int, hi: int) -> int:
    head = (
        not re.search(r"[^\W_]", text[clause:start])
        or re.search(r"(?:[.;:,“\"—–]|\b(?:and|but|that|said|so))\s*$", text[max(clause, start - 8) : start]) is not None
    )
    stop = _STOPS.search(text, after, hi)
    end = stop.start() if stop else hi
    if head:
        comma = text.find(",", after, end)
        if comma > 0:
            end = comma
    else:
        m = _COMMA_END.search(text, after, end)
        if m:
            end = m.start()
    main = _MAIN.search(text, after + 4, end)
    if (
        main
        and re.search(r"[^\W_]", text[after : main.start()])
        and not re.search(r"\b(?:that|which|who|what|and|or|as|than|where|say|says|think|believe|because)\s*$", text[after : main.start()])
    ):
        end = main.start()
    if end - start > _LONGEST:
        cut = max(text.rfind(",", after, start + _LONGEST), text.rfind(" ", after, start + _LONGEST))
        end = cut if cut > after else start + _LONGEST
    while end > after and (text[end - 1].isspace() or text[end - 1] in ",;:\"”’'."):
        end -= 1
    return max(end, after)
