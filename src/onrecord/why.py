"""What led to each statement's speaker, date and act: the stages of ``enrich`` run once more with their reasons kept.

``Explained`` is a stage like ``enrich``: a Reader that is given it returns the same statements, and their reasons lie
in ``reasons`` by the statements' ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from onrecord.actors.registry import Registry
from onrecord.actors.resolve import Resolution, actor_ref, read_actors, resolve
from onrecord.acts import Evidence, act, explain
from onrecord.dates import Saying, TimeExpression, date_statements, find_dates, saying_dates
from onrecord.document import Document
from onrecord.enrich import ActScores, TaggedMention
from onrecord.statement import Speaker, Statement

__all__ = ["Explained"]


@dataclass
class Explained:
    """``enrich`` with its reasons: ``reasons[statement.id]`` holds them, in the order speaker, date, act and what hangs on it.

    The reasons of a document replace those of the one before, so that a run over many documents stays small.
    """

    reasons: dict[str, list[Evidence]] = field(default_factory=dict)
    registry: Registry | None = None  # the actors to know; by default as in ``enrich``

    def __call__(
        self,
        document: Document,
        statements: Sequence[Statement],
        mentions: Sequence[TaggedMention] | None = None,
        acts: ActScores | None = None,
    ) -> list[Statement]:
        """The statements that ``enrich`` gives, in the order given."""
        self.reasons = {}
        if not statements:
            return []
        resolution = read_actors(document, statements, tagged=mentions, registry=self.registry)
        spoken = resolve(document, statements, resolution=resolution)
        found = find_dates(document.text, published=document.published)
        said = saying_dates(document, spoken, expressions=found)
        dated = date_statements(document, spoken, expressions=found)
        done = act(document, dated, resolve=lambda start, end: actor_ref(resolution, start, end), head=acts)
        by_id = {s.id: s for s in done}
        for s, when in zip(done, said, strict=True):
            self.reasons[s.id] = [*_speaker(resolution, s), *_date(document, when, by_id), *explain(s, (acts or {}).get(s.id))]
        return done

    def reasons_of(self, statement: Statement) -> list[Evidence]:
        """The reasons of a statement of the last document read; empty for any other."""
        return self.reasons.get(statement.id, [])


#: ``Speaker.via`` -> what it means, for a reader. ``{words}`` are the source's.
_VIA = {
    "name": "“{words}” names the speaker",
    "alias": "“{words}” is a shorter or other form of the name",
    "role": "“{words}” is an office or a description that fits one actor of the text or of the registry",
    "description": "“{words}” describes an actor named elsewhere in the text",
    "anonymous": "“{words}” is named no further",
    "pronoun": "“{words}” points back to the speaker",
    "quote-we": "“{words}” inside what is said: the side of whoever says it",
    "metonym": "“{words}” is a capital or a building that stands for who governs there",
    "outlet": "“{words}” is the name of a medium",
    "joint": "“{words}” names several together",
    "none": "“{words}” names nobody that is known",
}


def _speaker(r: Resolution, s: Statement) -> list[Evidence]:
    words = " … ".join(" ".join(x.text.split()) for x in s.source)
    who = s.speaker
    if who is None:
        return [Evidence("speaker", "none", "the text names no source")]
    because = _VIA.get(who.via or "", f"{who.via}: “{{words}}”").format(words=words)
    if not who.name:
        return [Evidence("speaker", "not decided", f"{because}, but no one actor is sure enough")]
    sure = "" if who.confidence is None else f" (certainty {who.confidence:.2f})"
    return [Evidence("speaker", who.name, because + sure), *_named(r, s, who), *_known(who, s.document)]


def _named(r: Resolution, s: Statement, who: Speaker) -> list[Evidence]:
    """Where the text names the speaker of a statement whose source does not, last before it."""
    if who.via in ("name", "outlet", "joint") or not s.source:
        return []
    at = s.source[0].start
    d = r.scene.d
    own = range(at, s.source[-1].end)
    for e in r.scene.entities:
        if e.name != who.name and (e.actor is None or e.actor.id != who.id):
            continue
        places = [(d.starts[lo], d.ends[hi - 1]) for lo, hi in e.places]
        places = [p for p in places if p[0] not in own]
        before = [p for p in places if p[0] < at]
        if places:
            start, end = before[-1] if before else places[0]
            order = "last named before it" if before else "named after it"
            return [Evidence("speaker", who.name or "", f"{order} as “{' '.join(d.text[start:end].split())}” at {start}")]
    return []


def _known(who: Speaker, document: Document) -> list[Evidence]:
    if who.id is None:
        return [Evidence("speaker", who.name or "", "known from this text alone; the registry has no such actor")]
    role = f", {who.role}" if who.role else ""
    on = f" on {document.published[:10]}" if document.published and who.role else ""
    return [Evidence("speaker", who.name or "", f"in the registry as {who.id}{role}{on}")]


_HOW = {
    "cue": "it stands in the cue",
    "clause": "it stands in the cue's own clause",
    "opening": "it opens the cue's sentence",
    "source": "it dates the source",
    "speaker": "taken over from the same speaker's statement “{other}”",
    "lead": "taken over from the lead “{other}”, the only day on which anything is said in this text",
}
_ANCHOR = {
    "itself": "it says the date in full",
    "published": "counted from the day of publication, {published}",
    "dateline": "counted from the dateline",
    "expression": "counted from another date in the text",
}


def _date(document: Document, said: Saying, statements: dict[str, Statement]) -> list[Evidence]:
    if said.date is None or said.expression is None or said.how is None:
        return [Evidence("date", "none", "no words tell when it was said; the day of publication is not taken for it")]
    e = said.expression
    text = " ".join(e.text.split())
    other = statements.get(said.carried_from or "")
    quote = " ".join((other.cue or other.content)[0].text.split()) if other else ""
    value = f"{said.date.start} to {said.date.end}" if said.date.start else "unresolved"
    return [Evidence("date", value, f"“{text}” at {e.start}: {_HOW[said.how].format(other=quote)}; {_counted(document, e)}")]


def _counted(document: Document, e: TimeExpression) -> str:
    if e.anchor is None:
        return e.unresolved or "it names no date"
    told = _ANCHOR[e.anchor].format(published=(document.published or "")[:10])
    return f"{told} at {e.anchor_span[0]}" if e.anchor == "expression" and e.anchor_span else told
