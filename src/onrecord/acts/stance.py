"""Polarity and modality: does the speaker stand behind what is said, and is it said of what is, will be or might be?"""

from __future__ import annotations

import re
from typing import Literal

from onrecord import lazy
from onrecord.acts.codebook import word_set
from onrecord.acts.lexicon import lemma, words

__all__ = ["Modality", "Polarity", "modality", "polarity"]

Polarity = Literal["positive", "negative", "open"]
Modality = Literal["actual", "future", "hypothetical"]

#: Cue lemmas by which a speaker withholds or opposes. With a negation beside them they leave the matter open.
_AGAINST = word_set("against")
_NEGATION = frozenset(("not", "never", "no", "without", "nor", "neither", "hardly"))
_SILENT = word_set("silent")
_FUTURE_ACTS = frozenset({"THREATEN", "COMMIT", "DEMAND", "APPEAL", "CONCEDE"})
_PREDICT = word_set("predict")
_MIGHT = lazy.compile(
    r"\b(?:could|might|would|may(?!\s+\d)|should\s+(?:they|he|she|it|any)|were\s+to|if|unless|perhaps|maybe|possibly|in\s+case|suppos(?:e|ing))\b",
    re.IGNORECASE,
)
_WILL = lazy.compile(
    r"\b(?:will|shall|won['’]t|won’t|going\s+to|about\s+to|set\s+to|plans?\s+to|intends?\s+to|due\s+to\s+be|to\s+be\s+\w+ed|must|need(?:s)?\s+to|ha(?:s|ve)\s+to|should|ought\s+to|tomorrow|"
    r"next\s+(?:week|month|year|\w+day))\b|['’]ll\b",
    re.IGNORECASE,
)
_HAS = lazy.compile(r"\b(?:has|have|had|was|were|is|are|did|does)\b", re.IGNORECASE)
_WITHIN = lazy.compile(r"\b(?:that|which|who|when|whether|if)\b", re.IGNORECASE)
_INFINITIVE = lazy.compile(r"^\W*(?:not\s+)?to\s+[a-z]+")


def polarity(cue: str, content: str, act: str | None) -> Polarity:
    """``positive``: the speaker affirms, wants or does what the content says. ``negative``: denies, refuses, opposes it or says it
    will not be. ``open``: leaves it unsaid ("did not rule out", "would not say whether", "declined to confirm").
    """
    cue = _WHOLLY.sub("", cue)
    cw = [lemma(w) for w in words(cue, limit=24)]
    low = " ".join(words(cue, limit=24))
    negated = any(x in _NEGATION for x in cw)
    out = "rule" in cw and "out" in cw
    against = out or any(x in _AGAINST for x in cw)
    if act == "DECLINE":
        return "open"
    if negated and against:
        return "open"
    if re.search(r"\b(?:refus|declin|fail)\w*\b", low) and (set(cw) & _SILENT) and not out:
        return "open"
    if against or negated:
        # "refused to rule out", "declined to oppose": two signs against leave it open
        signs = sum(x in _AGAINST for x in cw) + out
        inner = [lemma(w) for w in words(content, limit=4)]
        if inner[:1] == ["to"] and len(inner) > 2 and ((inner[1] == "rule" and inner[2] == "out") or inner[1] in _AGAINST):
            return "open"
        return "open" if signs > 1 else "negative"
    first = words(_main_clause(content), limit=14)
    il = [lemma(w) for w in first]
    if len(il) > 2 and "rule" in il and "out" in il and "not" in il:
        return "open"
    if _NEGATED_CLAUSE.match(" ".join(first)) and not _AFFIRMS.search(" ".join(first)):
        return "negative"
    if act in ("DENY", "REJECT"):
        return "negative"
    return "positive"


_WHOLLY = lazy.compile(r"\bwithout\s+(?:any\s+)?(?:reservations?|conditions?|hesitation|delay)\b", re.IGNORECASE)
_IF_FIRST = lazy.compile(r"^\W*(?:that\s+)?(?:if|unless|should|until|once|in\s+case)\b[^,.?!]{4,200},\W*(?=\S)", re.IGNORECASE)
#: Negations that affirm.
_AFFIRMS = lazy.compile(r"\bnot (?:hesitate|fail|rest|stop|waver|only|just)\b|\bno (?:doubt|matter)\b|n't hesitate\b")


def _main_clause(content: str) -> str:
    """What is said without the condition that opens it: "If this is not stopped, *the war will spread*"."""
    return _IF_FIRST.sub("", content, count=1)


#: A first clause that is itself negated: "we will not …", "there is no …", "it never …".
_NEGATED_CLAUSE = lazy.compile(
    r"^(?:that |and |but |well |look |to )*(?:"
    r"(?:[\w'-]+ ){0,5}?(?:will|would|do|does|did|is|are|was|were|has|have|had|can|could|should|must|may|might|am)"
    r" (?:not|never|no longer)\b"
    r"|(?:[\w'-]+ ){0,5}?(?:[a-z]+n't|cannot|won't)\b"
    r"|there (?:is|are|was|were|will be|'s) no\b|no\b|never\b|not to\b|nothing\b|nobody\b|none\b)"
)


def modality(cue: str, content: str, act: str | None) -> Modality:
    """Of what the content reports: ``actual`` (is, was, is claimed to be), ``future`` (is to come: promised, planned, demanded,
    predicted), ``hypothetical`` (might or would be, hangs on a condition, is only supposed).
    """
    head = content[:220].split(" | ", maxsplit=1)[0]
    clause = re.split(r"[.?!]\s", head, maxsplit=1)[0]
    might, will = _MIGHT.search(clause), _WILL.search(clause)
    main = _HAS.search(clause)
    # "has been assured that it will not move": what is to come is only what the clause's own verb speaks of
    if main and will and _WITHIN.search(clause, main.end(), will.start()) and not (might and might.start() < main.start()):
        will = None
    cl = [lemma(w) for w in words(cue, limit=24)]
    if act in ("THREATEN", "COMMIT") and re.search(r"\b(?:if|unless|in\s+case|provided|as\s+long\s+as)\b", clause, re.IGNORECASE):
        return "hypothetical"
    if act in _FUTURE_ACTS and not (might and re.search(r"\b(?:could|might|may|were\s+to)\b", might.group(), re.IGNORECASE)):
        return "future"
    if might and (not will or might.start() < will.start() or re.search(r"\bif\b", clause, re.IGNORECASE)):
        return "hypothetical"
    if will:
        return "future"
    if any(x in _PREDICT for x in cl):
        return "future"
    if _INFINITIVE.match(content) and not any(x in ("seem", "appear", "know", "believe", "say", "report") for x in cl):
        return "future"
    return "actual"
