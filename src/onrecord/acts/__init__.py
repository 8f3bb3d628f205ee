"""What a statement does, to whom, and on what condition: the stage after speakers and dates.

``act`` fills a statement's ``act``, ``plover``, ``cameo``, ``addressees``, ``targets``, ``condition``, ``polarity`` and
``modality``; ``explain`` says what each rests on. Definitions: ``docs/acts.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onrecord import lazy
from onrecord.acts import conditions, parties, stance
from onrecord.acts.codebook import ACTS, CONDITIONAL, Act, codebook, word_set
from onrecord.acts.constructions import Construction, constructions
from onrecord.acts.features import features, joined, of_statement
from onrecord.acts.model import load
from onrecord.acts.phrase import Party
from onrecord.document import Document
from onrecord.statement import ActorRef, Statement

__all__ = ["ACTS", "Act", "Evidence", "Resolve", "act", "act_of", "codebook", "explain"]

#: Who is named by characters ``start`` to ``end`` of the document: an ActorRef, or null where nobody knows.
Resolve = Callable[[int, int], ActorRef | None]


class Evidence(NamedTuple):
    """One reason. ``field``: the statement's field it speaks for; ``value``: what was decided; ``because``: why, in a few words."""

    field: str
    value: str
    because: str

    def to_dict(self) -> dict[str, str]:
        return {"field": self.field, "value": self.value, "because": self.because}


def act(
    document: Document,
    statements: Sequence[Statement],
    *,
    resolve: Resolve | None = None,
    head: Mapping[str, Sequence[float]] | None = None,
) -> list[Statement]:
    """The statements with what they do filled in, in the order given.

    ``resolve`` names the parties found; without it the registry is asked, as of the publication date. ``head``: what
    the shared encoder's act head says of statements, by their ids: a score for each act. A statement without a content gets no act.
    """
    who = resolve or _by_registry(document)
    return [_one(document, s, who, head.get(s.id) if head else None) for s in statements]


def _one(document: Document, s: Statement, resolve: Resolve, head: Sequence[float] | None) -> Statement:
    if not s.content:
        return s
    name = ACTS[int(_scores(s, head).argmax())]
    entry = codebook()[name]
    targets, addressees = parties.find(document, s, name)
    cue, content = joined(s.cue), joined(s.content)

    def refs(found: Sequence[parties.Found]) -> tuple[ActorRef, ...]:
        made = (_ref(document, f.party, resolve) for f in found)
        return tuple(r for r in made if not _same(r, s) and not _own_side(r, s, name) and not _mere_word(document.text, r))

    return replace(
        s,
        act=name,
        plover=entry.plover,
        cameo=entry.cameo,
        targets=refs(targets),
        addressees=refs(addressees),
        condition=conditions.conditions(document, s) if name in CONDITIONAL else (),
        polarity=stance.polarity(cue, content, name),
        modality=stance.modality(cue, content, name),
    )


def act_of(source: str, cue: str, content: str, *, quoted: bool = False) -> str:
    """The act that a statement's words alone give it, without the encoder. ``quoted``: the content is (partly) in quotation marks."""
    return ACTS[int(_with_points(load().logits(features(source, cue, content, quoted=quoted)), constructions(cue, content)).argmax())]


def _scores(s: Statement, head: Sequence[float] | None = None) -> NDArray[np.float32]:
    """Scores of the acts, in the order of ``ACTS``: the table's, the head's where there is one, and the constructions' points."""
    return _with_points(load().logits(of_statement(s), head), constructions(joined(s.cue), joined(s.content)))


def _with_points(out: NDArray[np.float32], found: Sequence[Construction]) -> NDArray[np.float32]:
    for made in found:
        out[ACTS.index(made.act)] += made.points
    return out


def _ref(document: Document, p: Party, resolve: Resolve) -> ActorRef:
    found = resolve(p.start, p.end)
    if found is None:
        return ActorRef(document.text[p.start : p.end], None, p.start, p.end)
    return replace(found, start=p.start, end=p.end)


_PRONOUNS = word_set("pronouns")


def _mere_word(text: str, ref: ActorRef) -> bool:
    """A word nobody knows that has its capital letter from its place alone: "*Sanctions* will stay", first in its sentence."""
    word = text[ref.start : ref.end]
    if ref.id or ref.code:
        return False
    if word.lower() == "you" or (word[:1].isupper() and word.isalpha() and _headline(text, ref.start)):
        return True
    if word.lower() in _PRONOUNS or not word[:1].isupper() or not word.isalpha() or word.isupper():
        return False
    before = text[: ref.start].rstrip()
    if before and before[-1] not in ".?!:“\"‘'”…*-–—":
        return False
    return not re.search(rf"[a-z,] {word}\b(?! [A-Z])", text)


def _headline(text: str, at: int) -> bool:
    """Does ``at`` lie in a line in which nearly every word has a capital? There a capital tells no name."""
    lo = text.rfind("\n", max(0, at - 200), at) + 1
    hi = text.find("\n", at, at + 200)
    found = re.findall(r"[^\W\d_]{4,}", text[lo : hi if hi >= 0 else at + 200])
    return len(found) >= 3 and sum(w[0].isupper() for w in found) >= 0.8 * len(found)


#: Offices that speak for the state that they name: "Biden said the United States …" is about the speaker's own side.
_OFFICIAL = lazy.compile(
    r"\b(?:president|minister|premier|chancellor|spokes\w+|ambassador|envoy|secretary|representative|advis[eo]r|commissioner|"
    r"king|crown prince|emir|supreme leader|governor|commander|general)\b",
    re.IGNORECASE,
)


def _own_side(ref: ActorRef, s: Statement, act: str) -> bool:
    """The speaker's own state: "the Soviet Union would strike back", or of an official "Washington is ready to talk".

    An accusation or a demand may well be aimed at the speaker's own state, where the speaker does not hold office there.
    """
    if ref.id is None or s.speaker is None or not s.speaker.country:
        return False
    if ref.id != s.speaker.country:  # "the administration was perplexed", of its spokesman
        return ref.id.startswith(s.speaker.country + ".") and _OFFICIAL.search(s.speaker.role or "") is not None and act == "CRITICISE"
    if act in ("THREATEN", "COMMIT", "REJECT", "DENY", "ASSERT"):
        return True
    state = s.speaker.id is not None and s.speaker.id.startswith(f"{s.speaker.country}.")
    role = s.speaker.role or ""
    return state or (_OFFICIAL.search(role) is not None and not re.match(r"(?i)former\b|opposition", role)) or s.speaker.via == "metonym"


def _same(ref: ActorRef, s: Statement) -> bool:
    """Is the party the speaker? Nobody is their own target."""
    if s.speaker is None:
        return False
    return ref.id == s.speaker.id if ref.id is not None else ref.name == s.speaker.name


def _by_registry(document: Document) -> Resolve:
    on = document.published[:10] if document.published else None

    def resolve(start: int, end: int) -> ActorRef | None:
        found = _look_up(" ".join(document.text[start:end].split()), on)
        return None if found is None else ActorRef(found[0], found[1], start, end, found[2])

    return resolve


@lru_cache(maxsize=8192)
def _look_up(words: str, on: str | None) -> tuple[str, str | None, str] | None:
    """Name, code and id of the one actor of that name. "The Russian government" and "President Macron" are tried by their parts."""
    from onrecord.actors import Registry

    registry = Registry.load()
    found = registry.find(words, on=on)
    if not found and words[:1].isupper():
        found = registry.person(words, on=on)
    if not found or (len(found) > 1 and found[1].certainty >= found[0].certainty and found[1].actor.id != found[0].actor.id):
        return None
    best = found[0]
    if best.certainty < 0.5:
        return None
    actor = best.actor
    return actor.name, actor.code, actor.id


def explain(statement: Statement, head: Sequence[float] | None = None) -> list[Evidence]:
    """What led to a statement's act, parties, condition, polarity and modality: the heaviest features, and the rule that found each span.

    Works on the statement as it stands; an act that somebody corrected is explained as such. ``head``: the scores that ``act``
    was given for it by the encoder's act head, if it was: what they added is then told too.
    """
    s = statement
    if s.act is None:
        return [Evidence("act", "none", "the statement has no content to judge" if not s.content else "not judged yet")]
    names, model, shapes = of_statement(s), load(), constructions(joined(s.cue), joined(s.content))
    p: list[float] = _shares(_with_points(model.logits(names, head), shapes)).tolist()
    first, second = sorted(range(len(p)), key=lambda i: -p[i])[:2]
    out: list[Evidence] = []
    if ACTS[first] != s.act:
        out.append(Evidence("act", s.act, f"by hand, or the sense of the content; its words alone say {ACTS[first]} ({p[first]:.2f})"))
    elif head:
        out += _of_head(s, head, ACTS[int(_with_points(model.logits(names), shapes).argmax())])
    made = [c.told for c in shapes if c.act == s.act]
    told = "; ".join([*made, *_told(model.reasons(names, s.act, most=16))])
    if told:
        out.append(Evidence("act", s.act, f"{told} (probability {p[ACTS.index(s.act)]:.2f})"))
    if ACTS[first] == s.act:  # else the first reason told what the words would rather say
        out.append(Evidence("act", s.act, f"next best {ACTS[second]} ({p[second]:.2f})"))
    # Where nobody is named there is nothing to give a reason for.
    targets, addressees = parties.find(s.document, s, s.act) if s.targets or s.addressees else ([], [])
    for field, refs, found in (("targets", s.targets, targets), ("addressees", s.addressees, addressees)):
        why = {(f.party.start, f.party.end): f.why for f in found}
        for r in refs:
            out.append(Evidence(field, s.document.text[r.start : r.end], why.get((r.start, r.end), "set by hand")))
    for c in s.condition:
        out.append(Evidence("condition", " ".join(c.text.split()), f"opens with “{c.text.split()[0]}”"))
    if s.polarity and s.polarity != "positive":
        out.append(Evidence("polarity", s.polarity, f"from “{' '.join((joined(s.cue) or joined(s.content)[:40]).split())}”"))
    if s.modality:
        out.append(Evidence("modality", s.modality, "the act and the verbs of the first clause"))
    return out


def _shares(z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores as probabilities, which add up to 1."""
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum(), np.float32)


def _of_head(s: Statement, head: Sequence[float], alone: str) -> list[Evidence]:
    """What the encoder's head says beside the words of the table, which alone would say ``alone``: its own first choice, and whether it
    turned the scale."""
    own = _shares(np.asarray(head, np.float32))
    first = ACTS[int(own.argmax())]
    told = f"the sense of the content in its context says {first} ({own.max():.2f})"
    if alone != s.act:
        return [Evidence("act", s.act or "", f"{told}; the words alone would say {alone}")]
    return [Evidence("act", s.act or "", told)] if first == s.act else [Evidence("act", s.act or "", f"{told}; the words outweigh it")]


_PLAIN = {
    "cue hints": "the cue is a word of {}",
    "last hint": "the cue is a word of {}",
    "cue entry": "cue “{}”",
    "cue is": "the cue “{}”",
    "cue ends": "the cue ends in “{}”",
    "cue": "“{}” in the cue",
    "said content hints": "after a neutral cue, a word of {} in the content",
    "said content": "after a neutral cue, “{}” in the content",
    "content hints": "a word of {} in the content",
    "content": "“{}” in the content",
    "said opens": "after a neutral cue, the content opens with “{}”",
    "opens": "the content opens with “{}”",
    "modal": "“{}” at the start of the content",
    "source": "“{}” in the source",
    "has": "the content has words of {}",
    "warned has": "it warns, and the content has words of {}",
    "first person has": "“we” or “I”, and words of {}",
}
_BY_LENGTH = [f"{p} " for p in sorted(_PLAIN, key=len, reverse=True)]
#: Words that carry weight in the table and tell a reader nothing.
_SMALL = word_set("stop") | word_set("determiners") | word_set("pronouns") | frozenset(("be", "have", "do", "not", "and", "NEUTRAL"))


def _told(reasons: Sequence[tuple[str, float]], *, most: int = 3) -> list[str]:
    """The heaviest features that mean something to a reader, each thing said once: no small words, none that all statements share."""
    out: list[str] = []
    for name, _ in reasons:
        kind = next((p for p in _BY_LENGTH if name.startswith(p)), None)
        if kind is None:
            continue
        words = name[len(kind) :]
        if words in _SMALL:
            continue
        plain = _PLAIN[kind[:-1]].format(words.replace("_", " "))
        if plain not in out:
            out.append(plain)
        if len(out) == most:
            break
    return out
