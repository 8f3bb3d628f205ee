"""A statement as named features, the same in training and at run time.

Names are readable on purpose: ``--why`` prints those that weighed most.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.acts.codebook import word_set
from onrecord.acts.lexicon import hits, lemma, words
from onrecord.statement import Span, Statement

__all__ = ["CONTENT_WORDS", "features", "joined", "of_statement"]

#: Words of the content that are looked at. A statement's force lies in its first clause: with all the words, held-out accuracy fell.
CONTENT_WORDS = 40
_SELF = frozenset(("i", "we", "my", "our", "us", "me"))
_STUDY = word_set("study")
#: What the words of a content point at, as closed lists: a handful of features that many words share.
_POINTS = {name: word_set(f"has_{name}") for name in ("menace", "refusal", "wrong", "blame", "praise", "grief", "guess", "duty")}
_MODAL = frozenset("will would can could may might must should shall 'll cannot can't won't".split())


def joined(spans: Sequence[Span]) -> str:
    """The words of a role's fragments, with a bar where something stands between them."""
    return " | ".join(s.text for s in spans)


def features(source: str, cue: str, content: str, *, quoted: bool = False) -> list[str]:
    """Names of the binary features of one statement, without repeats, in a fixed order.

    ``quoted``: the content is (partly) in quotation marks.
    """
    src, cw, tw = words(source, limit=30), words(cue, limit=24), words(content, limit=CONTENT_WORDS)
    cl, tl = [lemma(w) for w in cw], [lemma(w) for w in tw]
    out = ["bias"]
    add = out.append
    found = hits(cl)
    acts = {a for a, *_ in found}
    strong = acts - {"NEUTRAL", "ASSERT"}
    force = "strong" if strong else "neutral" if acts else "none" if not cw else "unknown"
    negated = any(x in ("not", "never", "no", "without", "nor") for x in cl)
    sign = "not " if negated else ""
    add(f"force={force}")
    if negated:
        add("cue negated")
    if not cw:
        add("no cue")
    for act, entry, *_ in found:
        add(f"cue hints {sign}{act}")
        add(f"cue entry {sign}{entry}")
    if found:
        add(f"last hint {sign}{found[-1][0]}")
    for x in cl:
        add(f"cue {x}")
    for a, b in zip(cl, cl[1:], strict=False):
        add(f"cue {a} {b}")
    if cl:
        add(f"cue ends {cl[-1]}")
        add(f"cue is {' '.join(cl[:6])}")
    if quoted:
        add("quoted")
        add(f"quoted {force}")
    if not src:
        add("no source")
    elif any(w in _SELF for w in src[:2]):
        add("source is first person")
    for w in src:
        if lemma(w) in _STUDY:
            add(f"source {lemma(w)}")
    weak = force != "strong"
    for x in tl:
        add(f"content {x}")
        if weak:
            add(f"said content {x}")
    for a, b in zip(tl, tl[1:], strict=False):
        add(f"content {a} {b}")
        if weak:
            add(f"said content {a} {b}")
    if tl:
        add(f"opens {tl[0]}")
        add(f"opens {' '.join(tl[:2])}")
        add(f"opens {' '.join(tl[:3])}")
        if weak:
            add(f"said opens {' '.join(tl[:2])}")
    for w in tw[:12]:
        if w in _MODAL:
            add(f"modal {w}")
    for act, *_ in hits(tl[:25]):
        add(f"content hints {act}")
        if weak:
            add(f"said content hints {act}")
    either = {*tw, *tl}
    warned = "warn" in cl or "threaten" in cl
    for name, these in _POINTS.items():
        if not either.isdisjoint(these):
            add(f"has {name} {force}")
            if warned:
                add(f"warned has {name}")
            if any(w in _SELF for w in tw[:8]):
                add(f"first person has {name}")
    if tw and tw[-1] == "?":
        add("question")
    if any(w in _SELF for w in tw[:8]):
        add("content first person")
    if len(tw) <= 4:
        add("short content")
    return list(dict.fromkeys(out))


def of_statement(s: Statement) -> list[str]:
    """The features of a Statement."""
    return features(joined(s.source), joined(s.cue), joined(s.content), quoted=s.kind != "indirect")
