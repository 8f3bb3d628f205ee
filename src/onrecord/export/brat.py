"""brat standoff: a folder that brat opens, a text and an annotation file a document.

A statement is an event: its type is the act (``Statement`` where there is none), its trigger the cue, its arguments the source,
content, condition, targets and addressees. Where there is no cue the trigger is the content (then the source), and the attribute
``NoCue`` says so. A note on the event holds ids, digest, offsets and speaker. brat's lines cannot hold line breaks and tabs, so a
span across one is cut there; ``onrecord import`` joins it again. A carriage return before a line break is written as a space, since
brat would count the two as one. ``onrecord.jsonl`` lists what was written, so that an event that a coder
took out can be told from one that was never there.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from onrecord.acts.codebook import ACTS
from onrecord.document import Document
from onrecord.export.selection import Selection
from onrecord.export.values import anchor, dumps
from onrecord.statement import Span, Statement

__all__ = ["BREAKS", "MANIFEST", "NO_ACT", "pieces", "standoff", "write"]

MANIFEST = "onrecord.jsonl"
#: The event type of a statement without an act.
NO_ACT = "Statement"
#: What no line of brat's can hold, and programs that read lines take for their end.
BREAKS = re.compile("[\t\n\x0b-\r\x1c-\x1e\x85\u2028\u2029]+")


def pieces(spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    """The spans cut at line breaks and tabs, white space next to the cuts left out: what brat can hold."""
    out = []
    for s in spans:
        at = s.start
        for m in [*BREAKS.finditer(s.text), None]:
            end = m.start() + s.start if m else s.end
            part = s.text[at - s.start : end - s.start]
            if inner := part.strip():
                first = at + part.index(inner)
                out.append((first, first + len(inner)))
            at = s.start + m.end() if m else end
    return out


def standoff(d: Document, statements: list[Statement]) -> str:
    """The annotation file of a document."""
    lines: list[str] = []
    bound = note = attribute = 0

    def textbound(kind: str, places: list[tuple[int, int]]) -> str:
        nonlocal bound
        bound += 1
        text = " ".join(d.text[a:b] for a, b in places)
        lines.append(f"T{bound}\t{kind} {';'.join(f'{a} {b}' for a, b in places)}\t{text}")
        return f"T{bound}"

    number = {s.id: i for i, s in enumerate(statements, 1)}
    for i, s in enumerate(statements, 1):
        kind = s.act if s.act in ACTS else NO_ACT
        arguments = []
        trigger = next((r for r in ("cue", "content", "source") if pieces(getattr(s, r))), None)
        if trigger is None:  # nothing but white space: brat has no way to show it
            continue
        first = textbound(kind, pieces(getattr(s, trigger)))
        for role in ("source", "content", "condition"):
            if places := pieces(getattr(s, role)):
                name = role.capitalize()
                arguments.append(f"{name}:{textbound(name, places)}")
        for name, found in (("Target", s.targets), ("Addressee", s.addressees)):
            for n, a in enumerate(found, 1):
                if places := pieces((Span(a.start, a.end, d.text[a.start : a.end]),)):
                    arguments.append(f"{name}{n if n > 1 else ''}:{textbound('Actor', places)}")
        if s.nested_in in number:
            arguments.append(f"Inside:E{number[s.nested_in]}")
        lines.append(f"E{i}\t{' '.join([f'{kind}:{first}', *arguments])}")
        values = [("Kind", s.kind), ("Polarity", s.polarity), ("Modality", s.modality)]
        for name, value in values:
            if value and re.fullmatch(r"[\w-]+", value):
                attribute += 1
                lines.append(f"A{attribute}\t{name} E{i} {value}")
        if trigger != "cue":
            attribute += 1
            lines.append(f"A{attribute}\tNoCue E{i}")
        note += 1
        said = {**anchor(s), "speaker": s.speaker.to_dict() if s.speaker else None}
        lines.append(f"#{note}\tAnnotatorNotes E{i}\t{json.dumps(said)}")
    return "".join(line + "\n" for line in lines)


_ARGUMENTS = "Source?:Source, Content?:Content, Condition?:Condition, Target*:Actor, Addressee*:Actor, Inside?:<EVENT>"


def _configuration() -> str:
    events = "\n".join(f"{name}\t{_ARGUMENTS}" for name in (*ACTS, NO_ACT))
    return (
        f"[entities]\nSource\nContent\nCondition\nActor\n\n[relations]\n\n[events]\n{events}\n\n[attributes]\n"
        "Kind\tArg:<EVENT>, Value:direct|indirect|mixed\nPolarity\tArg:<EVENT>, Value:positive|negative|open\n"
        "Modality\tArg:<EVENT>, Value:actual|future|hypothetical\nNoCue\tArg:<EVENT>\n"
    )


def write(folder: Path, selection: Selection) -> int:
    """Write a selection into ``folder``, which is there and empty. Returns the number of statements."""
    (folder / "annotation.conf").write_text(_configuration(), encoding="utf-8")
    (folder / "visual.conf").write_text(
        "[labels]\n\n[drawing]\nSource\tbgColor:#9ecae1\nContent\tbgColor:#c7e9c0\nCondition\tbgColor:#fdd0a2\nActor\tbgColor:#dadaeb\n",
        encoding="utf-8",
    )
    count = 0
    with (folder / MANIFEST).open("wb") as manifest:
        for d, statements in selection.by_document():
            (folder / f"{d.id}.txt").write_bytes(d.text.replace("\r\n", " \n").encode("utf-8", "replace"))
            (folder / f"{d.id}.ann").write_bytes(standoff(d, statements).encode("utf-8", "replace"))
            entry = {**d.to_dict(), "sha256": d.digest, "statements": [s.id for s in statements]}
            manifest.write(dumps(entry) + b"\n")
            count += len(statements)
    return count
