"""TEI P5: each document's text once, word for word, with ``<said>`` around contents and ``<seg>`` around sources, cues and conditions.

The characters within ``<ab>`` are the frozen text, so that offsets still hold in it. Spans that cross are cut into parts, which
``next`` and ``prev`` chain together. A ``<said>`` names its speaker in ``who``, its act in ``ana``, and says whether it is ``direct``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from onrecord.acts.codebook import ACTS
from onrecord.document import Document
from onrecord.errors import UsageError
from onrecord.export.selection import Selection
from onrecord.export.values import ROLES, attribute, document_urn, first_line, speaker_name, web_address, xml_text
from onrecord.statement import Statement

__all__ = ["document_xml", "write"]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """``key``: the id that ``who`` points to; ``kind``: the element that holds it."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    statement: Statement
    role: str
    part: int = 0
    total: list[int] = field(default_factory=lambda: [0])


def document_xml(d: Document, statements: list[Statement]) -> str:
    """A document as a ``<TEI>`` element."""
    speakers: dict[str, _Speaker] = {}
    for s in statements:
        if name := speaker_name(s):
            id = (s.speaker.id if s.speaker else None) or ""
            kind = "person" if id.startswith("person:") else "org" if id else "item"
            speakers.setdefault(name, _Speaker(f"w-{d.id}-{len(speakers)}", kind))
    body = f"<text><body>{_body(d, statements, speakers)}</body></text>"
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="d-{d.id}">\n{_header(d, speakers)}{body}\n</TEI>\n'


def _header(d: Document, speakers: dict[str, _Speaker]) -> str:
    facts = [f"<title>{xml_text(first_line(d))}</title>"]
    if d.author:
        facts.append(f"<author>{xml_text(d.author)}</author>")
    if d.outlet:
        facts.append(f"<publisher>{xml_text(d.outlet)}</publisher>")
    if d.published:
        facts.append(f"<date when={attribute(d.published[:10])}>{xml_text(d.published)}</date>")
    if address := web_address(d.url):
        facts.append(f"<ptr target={attribute(address)}/>")
    if d.path:
        facts.append(f'<idno type="path">{xml_text(d.path)}</idno>')

    def listed(kind: str, opening: str, closing: str) -> str:
        return "".join(f'<{kind} xml:id="{x.key}">{opening}{xml_text(n)}{closing}</{kind}>' for n, x in speakers.items() if x.kind == kind)

    people, bodies, others = listed("person", "<persName>", "</persName>"), listed("org", "<orgName>", "</orgName>"), listed("item", "", "")
    lists = (f"<listPerson>{people}</listPerson>" if people else "") + (f"<listOrg>{bodies}</listOrg>" if bodies else "")
    profile = f"<profileDesc><particDesc>{lists}</particDesc></profileDesc>\n" if lists else ""
    # Of whom it is not known whether they are a person: a mere list.
    unknown = f'<list type="speakers">{others}</list>' if others else ""
    return (
        f"<teiHeader><fileDesc><titleStmt><title>{xml_text(first_line(d))}</title></titleStmt>\n"
        f'<publicationStmt><p>Statements marked by onrecord.</p><p><idno type="sha256">{d.digest}</idno> '
        f'<idno type="onrecord">{document_urn(d)}</idno></p></publicationStmt>\n'
        f"<sourceDesc><bibl>{''.join(facts)}</bibl>{unknown}</sourceDesc></fileDesc>\n{profile}</teiHeader>\n"
    )


def _body(d: Document, statements: list[Statement], speakers: dict[str, _Speaker]) -> str:
    marks = []
    for s in statements:
        for role in ROLES:
            total = [0]  # shared by all parts of the role: how many there are in the end
            marks += [_Mark(x.start, x.end, s, role, 0, total) for x in getattr(s, role)]
    tree = _nested(marks)
    out = ['<ab xml:space="preserve">']
    at = 0
    for place, is_end, mark in tree:
        out.append(xml_text(d.text[at:place]))
        at = place
        out.append(_close(mark) if is_end else _open(mark, speakers))
    out.append(xml_text(d.text[at:]) + "</ab>")
    return "".join(out)


def _nested(marks: Iterable[_Mark]) -> list[tuple[int, bool, _Mark]]:
    """Opening and closing tags in order, with marks that cross cut in two at the end of the one that holds their start."""
    import heapq

    order = {r: i for i, r in enumerate(("content", "condition", "source", "cue"))}
    waiting = [(m.start, -m.end, order[m.role], m.statement.id, n, m) for n, m in enumerate(marks)]
    heapq.heapify(waiting)
    number = len(waiting)
    stack: list[_Mark] = []
    out: list[tuple[int, bool, _Mark]] = []
    while waiting:
        *_, m = heapq.heappop(waiting)
        while stack and stack[-1].end <= m.start:
            out.append((stack[-1].end, True, stack.pop()))
        if stack and stack[-1].end < m.end:
            number += 1
            cut = stack[-1].end
            rest = _Mark(cut, m.end, m.statement, m.role, 0, m.total)
            heapq.heappush(waiting, (cut, -m.end, order[m.role], m.statement.id, number, rest))
            m = _Mark(m.start, cut, m.statement, m.role, 0, m.total)
        m = _Mark(m.start, m.end, m.statement, m.role, m.total[0], m.total)
        m.total[0] += 1
        out.append((m.start, False, m))
        stack.append(m)
    while stack:
        out.append((stack[-1].end, True, stack.pop()))
    return out


def _open(m: _Mark, speakers: dict[str, _Speaker]) -> str:
    s = m.statement
    key = f"s-{s.id}-{m.role}"
    links = f' xml:id="{key}-{m.part}"'
    if m.part:
        links += f' prev="#{key}-{m.part - 1}"'
    if m.part + 1 < m.total[0]:
        links += f' next="#{key}-{m.part + 1}"'
    if m.role != "content":
        return f'<seg type="{m.role}"{links}>'
    name = speaker_name(s)
    who = f' who="#{speakers[name].key}"' if name else ""
    act = f' ana="#act-{s.act}"' if s.act in ACTS else ""
    direct = {"direct": ' direct="true"', "indirect": ' direct="false"'}.get(s.kind, ' direct="unknown"')
    return f"<said{links}{who}{direct}{act}>"


def _close(m: _Mark) -> str:
    return "</said>" if m.role == "content" else "</seg>"


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection as one ``<teiCorpus>``. Returns the number of statements. Raises UsageError for none: TEI has no empty corpus."""
    acts = "".join(f'<category xml:id="act-{name}"><catDesc>{name}</catDesc></category>' for name in ACTS)
    title = xml_text(selection.title)
    stream.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">\n<teiHeader><fileDesc>'
        f"<titleStmt><title>{title}</title></titleStmt><publicationStmt><p>Made by onrecord: who is reported to have said what. "
        f"No judgement on what is true.</p></publicationStmt><sourceDesc><p>Texts as their headers say.</p></sourceDesc></fileDesc>"
        f"<encodingDesc><classDecl><taxonomy>{acts}</taxonomy></classDecl></encodingDesc></teiHeader>\n".encode("utf-8", "replace")
    )
    count = 0
    for d, statements in selection.by_document():
        stream.write(document_xml(d, statements).encode("utf-8", "replace"))
        count += len(statements)
    if not count:
        raise UsageError("no statement meets the filters, and TEI has no way to write none")
    stream.write(b"</teiCorpus>\n")
    return count
