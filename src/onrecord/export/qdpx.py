"""REFI-QDA projects (.qdpx), which MAXQDA, NVivo, ATLAS.ti and others import.

Each document is a text source, each fragment of a statement a selection with codes: what it is (source, cue, content, condition), and
for contents the act and the speaker. Offsets count code points of the text, as the standard has them. Descriptions hold the
statement's id, the document's digest and the offsets. The same selection gives the same file, byte for byte.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
import zipfile
from typing import IO

from onrecord.acts.codebook import ACTS
from onrecord.document import Document
from onrecord.errors import UsageError
from onrecord.export.selection import Selection
from onrecord.export.values import ROLES, anchor, attribute, first_line, speaker_name, xml_text
from onrecord.statement import Statement

__all__ = ["write"]

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:onrecord:qdpx")
#: The least that a zip file can give as time: contents alone must decide the bytes.
_THEN = (1980, 1, 1, 0, 0, 0)
_NO_ACT = "(no act)"


def _guid(*parts: object) -> str:
    return str(uuid.uuid5(_SPACE, "\x1f".join(map(str, parts))))


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection as a project. Returns the number of statements. Raises UsageError for none: a project has a source at least."""
    user = _guid("user")
    speakers: dict[str, int] = {}
    count = 0
    with tempfile.TemporaryFile() as sources, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for d, statements in selection.by_document():
            guid = _guid("document", d.id)
            entry = zipfile.ZipInfo(f"sources/{guid}.txt", _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, d.text.encode("utf-8", "replace"))
            sources.write(_source(d, statements, guid, user, speakers).encode("utf-8", "replace"))
            count += len(statements)
        if not count:
            raise UsageError("no statement meets the filters, and a project cannot be without a source")
        sources.seek(0)
        entry = zipfile.ZipInfo("project.qde", _THEN)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(entry, "w", force_zip64=True) as project:
            head = (
                '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" '
                f'name={attribute(selection.title)} origin="onrecord" creatingUserGUID="{user}">\n'
                f'<Users><User guid="{user}" name="onrecord"/></Users>\n{_codebook(speakers)}<Sources>\n'
            )
            project.write(head.encode("utf-8", "replace"))
            shutil.copyfileobj(sources, project)
            project.write(b"</Sources>\n</Project>\n")
    return count


def _codebook(speakers: dict[str, int]) -> str:
    def code(group: str, name: str) -> str:
        return f'<Code guid="{_guid("code", group, name)}" name={attribute(name)} isCodable="true"/>'

    groups = {"role": list(ROLES), "act": [*ACTS, _NO_ACT], "speaker": list(speakers)}
    made = "".join(
        f'<Code guid="{_guid("group", group)}" name="{group}" isCodable="false">{"".join(code(group, n) for n in names)}</Code>\n'
        for group, names in groups.items()
        if names
    )
    return f"<CodeBook><Codes>\n{made}</Codes></CodeBook>\n"


def _source(d: Document, statements: list[Statement], guid: str, user: str, speakers: dict[str, int]) -> str:
    facts = {**d.to_dict(), "sha256": d.digest, "url": d.url}
    lines = [
        f'<TextSource guid="{guid}" name={attribute(first_line(d))} plainTextPath="internal://{guid}.txt" creatingUser="{user}">',
        f"<Description>{xml_text(json.dumps(facts, ensure_ascii=False))}</Description>",
    ]
    for s in statements:
        name = speaker_name(s)
        if name:
            speakers.setdefault(name, len(speakers))
        note = xml_text(json.dumps(anchor(s)))
        for role in ROLES:
            codes = [("role", role)]
            if role == "content":
                codes.append(("act", s.act if s.act in ACTS else _NO_ACT))
                codes += [("speaker", name)] if name else []
            for n, x in enumerate(getattr(s, role)):
                key = _guid(s.id, role, n)
                lines.append(
                    f'<PlainTextSelection guid="{key}" name={attribute(x.text[:60])} startPosition="{x.start}" '
                    f'endPosition="{x.end}" creatingUser="{user}"><Description>{note}</Description>'
                )
                lines += [
                    f'<Coding guid="{_guid(key, *c)}" creatingUser="{user}"><CodeRef targetGUID="{_guid("code", *c)}"/></Coding>'
                    for c in codes
                ]
                lines.append("</PlainTextSelection>")
    lines.append("</TextSource>")
    return "\n".join(lines) + "\n"
