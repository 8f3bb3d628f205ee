"""What people changed in an export, as corrections of the record: from brat folders and from Web Annotations.

Nothing is changed while reading: ``from_brat`` and ``from_annotations`` compare what they find with the record and yield one Change
for each difference, or an error for what they cannot make sense of; ``take`` writes a Change as a correction, which is only ever
added. What a person left alone yields nothing, so that the same folder can be taken in again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from onrecord.acts.codebook import ACTS
from onrecord.document import Document
from onrecord.errors import DamagedError, OnrecordError, UnreadableError, UsageError
from onrecord.export.brat import BREAKS, MANIFEST, NO_ACT, pieces
from onrecord.export.standoff import Event, parse
from onrecord.export.values import ROLES
from onrecord.record import Correction, Record
from onrecord.statement import Kind, Span, Statement, statement_id

__all__ = ["Change", "from_annotations", "from_brat", "take"]

#: Of a file of annotations: what is larger was not made by hand, and would be held in memory whole.
MOST_BYTES = 256 << 20
_URN = re.compile(r"urn:onrecord:(statement|document):([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``field``: as ``Record.correct`` takes it, with its ``new`` value, or ``statement`` with a new Statement.

    ``id``: of the statement that is corrected. ``where``: file and place, for messages.
    """

    id: str
    field: str
    new: Any
    where: str
    why: str

    def __str__(self) -> str:
        if self.field == "statement":
            return f"{self.id}: new statement: {self.new.content[0].text if self.new.content else ''!s:.60}"
        if self.field in ROLES:
            return f"{self.id}: {self.field}: {' … '.join(x['text'] for x in self.new) or '(none)'!s:.60}"
        return f"{self.id}: {self.field}: {self.new if self.new is not None else '(none)'}"


def take(change: Change, record: Record, *, who: str) -> list[Correction]:
    """Write a change as corrections signed by ``who``. Raises UsageError, SpanError, RecordError."""
    if change.field == "statement":
        return [record.add_statement(change.new, who=who, why=change.why)]
    if change.field == "spans":
        return _respan(change, record, who)
    return [record.correct(change.id, change.field, change.new, who=who, why=change.why)]


def _respan(change: Change, record: Record, who: str) -> list[Correction]:
    """Several roles at once: each gives the statement another id, under which the next is corrected."""
    id, out = change.id, []
    for role, new in change.new.items():
        s = record.statement(id)
        out.append(record.correct(id, role, new, who=who, why=change.why))
        if role != "condition":
            spans = {r: getattr(s, r) for r in ROLES[:3]} | {role: _spans(s.document, [(x["start"], x["end"]) for x in new])}
            id = statement_id(s.document.digest, spans["source"], spans["cue"], spans["content"])
    return out


def _spans(d: Document, places: list[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(a, b, d.text[a:b]) for a, b in sorted(places))


def _differences(s: Statement, found: dict[str, tuple[Span, ...]], act: str | None, where: str, why: str) -> Iterator[Change]:
    """The act first, then the spans together: other spans are another statement, which takes the corrected act along."""
    if act != s.act:
        yield Change(s.id, "act", act, where, why)
    changed = {role: [x.to_dict() for x in spans] for role, spans in found.items() if spans != getattr(s, role)}
    if not any(found.get(r, getattr(s, r)) for r in ROLES[:3]):
        return
    if len(changed) == 1:
        ((role, new),) = changed.items()
        yield Change(s.id, role, new, where, why)
    elif changed:
        # condition first: it leaves the id alone.
        yield Change(s.id, "spans", dict(sorted(changed.items(), key=lambda x: x[0] != "condition")), where, why)


def _made(d: Document, found: dict[str, tuple[Span, ...]], kind: str | None, act: str | None) -> Statement:
    """A statement that a person added. Its kind is told from its content where it is not given."""
    spans = {role: found.get(role, ()) for role in ROLES}
    if kind not in ("direct", "indirect", "mixed"):
        quoted = [x.text.strip()[:1] in '"“«„' and x.text.strip()[-1:] in '"”»“' for x in spans["content"] if x.text.strip()]
        kind = "direct" if quoted and all(quoted) else "indirect"
    id = statement_id(d.digest, spans["source"], spans["cue"], spans["content"])
    made = Statement(
        id, d, cast(Kind, kind), spans["source"], spans["cue"], spans["content"], confidence=1.0, act=act, condition=spans["condition"]
    )
    if act:
        from onrecord.record.fields import with_field

        made = with_field(made, "act", act)
    made.check()
    return made


# -- brat


def from_brat(folder: str | Path, record: Record) -> Iterator[Change | OnrecordError]:
    """What people changed in a folder that ``export`` wrote for brat: spans, acts, new events, events taken out (``rejected``).

    Raises UnreadableError and DamagedError where the folder as a whole is not what it should be.
    """
    folder = Path(folder)
    manifest = folder / MANIFEST
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise UnreadableError(str(manifest), "it cannot be read", "is this a folder that onrecord export --format brat made?") from e
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            id, digest, listed = str(entry["id"]), str(entry["sha256"]), [str(x) for x in entry["statements"]]
        except (ValueError, KeyError, TypeError):
            yield DamagedError(f"{manifest}", f"line {number} is not one that onrecord wrote", "export anew")
            continue
        if not re.fullmatch(r"[0-9a-f]{16}", id):
            yield DamagedError(f"{manifest}", f"line {number} names no document", "export anew")
            continue
        path = folder / f"{id}.ann"
        try:
            document = record.document(id)
        except UsageError as e:
            yield UsageError(f"{path}: {e}")
            continue
        if document.digest != digest:
            yield DamagedError(str(path), "it is of another text than the record's", "export anew")
            continue
        try:
            events, errors = parse(path, document.text)
        except OnrecordError as e:
            yield e
            continue
        yield from errors
        # An event with a broken line is not one that somebody took out.
        yield from _of_brat(record, document, events, [] if errors else listed, path)


def _of_brat(record: Record, d: Document, events: list[Event], listed: list[str], path: Path) -> Iterator[Change | OnrecordError]:
    met = set()
    sound = True
    for event in events:
        try:
            id = event.statement
            if id is not None and (id in met or record.statement(id).document.digest != d.digest):
                raise UsageError("its note names a statement that is not its own: take the note away for a new one")
            yield from _of_event(record, d, event, path)
            met.add(id)
        except OnrecordError as e:
            sound = False
            yield UsageError(f"{path}: {event.name}: {e}")
    # Where something made no sense, what is missing may be what made no sense.
    for id in listed if sound else []:
        if id not in met and record.note(id).status not in ("rejected", "replaced"):
            yield Change(id, "status", "rejected", path.name, f"brat: not in {path.name} any more")


def _of_event(record: Record, d: Document, event: Event, path: Path) -> Iterator[Change]:
    where = f"{path.name}: {event.name}"
    act = None if event.kind == NO_ACT else event.kind
    if act is not None and act not in ACTS:
        raise UsageError(f"there is no act {event.kind!r:.40}")
    places = event.places if event.no_cue else {**event.places, "cue": event.trigger}
    found = {role: _joined(d, places.get(role, [])) for role in ROLES}
    if event.statement is None:
        made = _made(d, found, event.values.get("Kind"), act)
        try:
            record.statement(made.id)
        except UsageError:
            yield Change(made.id, "statement", made, where, f"brat: {where}")
        return
    s = record.statement(event.statement)
    if record.note(s.id).status != "replaced":  # else it was taken in before
        kept = {role: getattr(s, role) if _same(getattr(s, role), places.get(role, [])) else spans for role, spans in found.items()}
        yield from _differences(s, kept, act, where, f"brat: {where}")


def _same(spans: tuple[Span, ...], places: list[tuple[int, int]]) -> bool:
    """Are these the places that brat was given for the spans?"""
    return pieces(spans) == sorted(places)


def _joined(d: Document, places: list[tuple[int, int]]) -> tuple[Span, ...]:
    """Places as spans, those that only a line break or a tab parts made one."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(places):
        gap = d.text[out[-1][1] : a] if out else ""
        if out and gap.isspace() and BREAKS.search(gap):
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return _spans(d, out)


# -- Web Annotations


def from_annotations(path: str | Path, record: Record) -> Iterator[Change | OnrecordError]:
    """What people changed in annotations that ``export`` wrote, or added to them: a collection, a page, a list, or one a line.

    An annotation with an id of ours is compared with its statement; a tag ``accepted`` or ``rejected`` sets its status. One without is
    a new statement. What is not in the file is left alone. Raises UnreadableError, DamagedError.
    """
    for number, value in enumerate(_annotations(Path(path)), 1):
        where = f"{path}: annotation {number}"
        try:
            yield from _of_annotation(record, value, where)
        except OnrecordError as e:
            yield UsageError(f"{where}: {e}")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            yield DamagedError(str(path), f"annotation {number} is not one that can be read", "see docs/exports.md")


def _annotations(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(str(path), f"it is larger than {MOST_BYTES >> 20} MiB", "split it")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise UnreadableError(str(path), "it cannot be read as UTF-8", "check the name") from e
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as e:
            raise DamagedError(str(path), "it is not JSON", "it may be half written: make or fetch it again") from e
    return list(_unpacked(value))


def _unpacked(value: Any) -> Iterator[Any]:
    """The annotations in a collection, a page, a list, or a graph; one level of each."""
    values = value if isinstance(value, list) else [value]
    for v in values:
        inner = v
        for key in ("first", "items", "@graph"):
            if isinstance(inner, dict) and key in inner:
                inner = inner[key]
        yield from inner if isinstance(inner, list) else [inner]


def _of_annotation(record: Record, value: dict[str, Any], where: str) -> Iterator[Change]:
    targets = value["target"] if isinstance(value["target"], list) else [value["target"]]
    bodies = value.get("body") or []
    tags = [
        str(b["value"]).strip()
        for b in (bodies if isinstance(bodies, list) else [bodies])
        if isinstance(b, dict) and b.get("purpose") in ("tagging", "classifying") and b.get("value")
    ]
    acts = [t.upper() for t in tags if t.upper() in ACTS]
    verdicts = [t.lower() for t in tags if t.lower() in ("accepted", "rejected")]
    if unknown := [t for t in tags if t.upper() not in ACTS and t.lower() not in ("accepted", "rejected")]:
        raise UsageError(f"the tag {unknown[0]!r:.40} is neither an act nor accepted nor rejected")
    if len(acts) > 1 or len(verdicts) > 1:
        raise UsageError(f"the tags {', '.join(tags)!s:.80} contradict each other")
    ours = _URN.fullmatch(str(value.get("id", "")))
    d = _document(record, targets)
    found: dict[str, list[tuple[int, int]]] = {}
    for t in targets:
        role = t.get("styleClass") or "content"
        if role not in ROLES:
            raise UsageError(f"a target has the class {role!r:.40}; there are {', '.join(ROLES)}")
        found.setdefault(role, []).append(_place(d, t["selector"]))
    spans = {role: _spans(d, found.get(role, [])) for role in ROLES}
    why = f"annotation: {where}"[:200]
    if not (ours and ours[1] == "statement"):
        made = _made(d, spans, None, acts[0] if acts else None)
        try:
            record.statement(made.id)
        except UsageError:
            yield Change(made.id, "statement", made, where, why)
        return
    s = record.statement(ours[2])
    if s.document.digest != d.digest:
        raise UsageError("its targets are in another document than its statement")
    status = record.note(s.id).status
    if status == "replaced":  # taken in before
        return
    yield from _differences(replace(s, act=s.act), spans, acts[0] if acts else None, where, why)
    if verdicts and verdicts[0] != status:
        yield Change(s.id, "status", verdicts[0], where, why)


def _document(record: Record, targets: list[Any]) -> Document:
    ids = set()
    for t in targets:
        source = t["source"]["id"] if isinstance(t["source"], dict) else t["source"]
        m = _URN.fullmatch(str(source))
        if not m or m[1] != "document":
            raise UsageError(f"its source {source!r:.60} is not a document of a record")
        ids.add(m[2])
    if len(ids) != 1:
        raise UsageError("its targets are in more than one document, or in none")
    return record.document(ids.pop())


def _place(d: Document, selectors: Any) -> tuple[int, int]:
    """Where a target stands: by position, if the quotation is there; else by quotation, if it stands at one place only."""
    held = {x["type"]: x for x in (selectors if isinstance(selectors, list) else [selectors])}
    position, quote = held.get("TextPositionSelector"), held.get("TextQuoteSelector")
    if position is not None:
        start, end = position["start"], position["end"]
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(d.text)):
            raise UsageError(f"{start}-{end} lies outside the text")
        if quote is None or d.text[start:end] == quote["exact"]:
            return start, end
    if quote is None:
        raise UsageError("it has neither a TextPositionSelector nor a TextQuoteSelector")
    exact, before, after = str(quote["exact"]), str(quote.get("prefix", "")), str(quote.get("suffix", ""))
    if not exact:
        raise UsageError("its quotation is empty")
    for a, b in ((before, after), ("", "")):
        whole = a + exact + b
        first = d.text.find(whole)
        if first >= 0 and d.text.find(whole, first + 1) < 0:
            return first + len(a), first + len(a) + len(exact)
    raise UsageError(f"its quotation {exact!r:.60} is not in the text, or at more than one place")
