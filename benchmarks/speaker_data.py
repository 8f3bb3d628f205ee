"""Annotated texts for measuring and training the resolution of speakers: PolNeAR's silver chains and GUM."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onrecord.document import Document
from onrecord.statement import Span, Statement, statement_id

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
_SILVER = {"PERSON": "person", "ORGANIZATION": "organisation", "LOCATION": "place", "MISC": "other"}


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf8") as f:
        yield from map(json.loads, f)


def silver_spans(silver: dict[str, Any]) -> list[tuple[int, int, str]]:
    """CoreNLP's names as tagged spans."""
    return [(s, e, _SILVER[k]) for s, e, k in silver["ents"] if k in _SILVER]


def gold_statements(article: dict[str, Any]) -> tuple[Document, list[Statement]]:
    """A PolNeAR article and the statements of its fullest reading."""
    document = Document(article["text"], title=article["title"], published=article["date"][:10])
    reading = max(article["readings"], key=lambda r: len(r["attributions"]))
    out = []
    for a in reading["attributions"]:
        spans = {k: [(s, e) for s, e in a[k]] for k in ("source", "cue", "content")}
        if any(spans.values()):
            out.append(make_statement(document, **spans))
    return document, sorted(out, key=lambda s: (s.start, -s.end, s.id))


def make_statement(
    document: Document, *, source: list[tuple[int, int]], cue: list[tuple[int, int]], content: list[tuple[int, int]]
) -> Statement:
    parts = [tuple(Span(s, e, document.text[s:e]) for s, e in spans) for spans in (source, cue, content)]
    return Statement(statement_id(document.digest, *parts), document, "indirect", parts[0], parts[1], parts[2], 1.0)


@dataclass
class Gum:
    """A GUM document: text, mentions (start, end, type, entity) and the sources of its attribution relations."""

    name: str
    document: Document
    mentions: list[tuple[int, int, str, str]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    sources: list[tuple[int, int, str]] = field(default_factory=list)  # start, end, entity of the subject


_ENTITY = re.compile(r"\((\d+)-(\w+)-[^()]*?(?=\(|\)|$|\d+\))|(\d+)\)|\)")


def read_gum(path: Path) -> Gum:
    """Read one ``.conllu.gz``: sentences of a paragraph are joined by spaces, paragraphs by blank lines."""
    text = ""
    rows: list[tuple[int, int, int, list[str]]] = []  # start, end, sentence
    open_: list[tuple[str, str, int]] = []
    mentions: list[tuple[int, int, str, str]] = []
    sentence = 0
    date = None
    for line in gzip.open(path, "rt", encoding="utf8"):
        if line.startswith("# meta::dateCreated"):
            date = line.split("=")[1].strip()
        elif line.startswith("# newpar") and "block" not in line and text:
            text = text.rstrip() + "\n\n"
        elif not line.strip():
            sentence += 1
        elif line[0] != "#":
            cells = line.rstrip("\n").split("\t")
            if not cells[0].isdigit():
                continue
            start = len(text)
            text += cells[1]
            rows.append((start, len(text), sentence, cells))
            misc = dict(x.split("=", 1) for x in cells[9].split("|") if "=" in x)
            for token in re.findall(r"\([^()]*\)?|\d+\)", misc.get("Entity", "")):
                if token[0] == "(":
                    parts = token.strip("()").split("-")
                    open_.append((parts[0], parts[1], start))
                    if token.endswith(")"):
                        entity, kind, begin = open_.pop()
                        mentions.append((begin, len(text), kind, entity))
                else:
                    number = token[:-1]
                    at = next((i for i in range(len(open_) - 1, -1, -1) if open_[i][0] == number), None)
                    if at is not None:
                        entity, kind, begin = open_.pop(at)
                        mentions.append((begin, len(text), kind, entity))
            if "SpaceAfter=No" not in cells[9]:
                text += " "
    date = date if date and re.fullmatch(r"\d{4}-\d\d-\d\d", date) else None
    gum = Gum(path.name.split(".")[0], Document(text, published=date), mentions)
    _sources(gum, rows)
    return gum


def _sources(gum: Gum, rows: list[tuple[int, int, int, list[str]]]) -> None:
    """The subjects of attribution clauses, each as a statement whose content is the rest of its sentence."""
    units = [i for i, r in enumerate(rows) if "Discourse=" in r[3][9]] + [len(rows)]
    for a, b in zip(units, units[1:], strict=False):
        if "Discourse=attribution-" not in rows[a][3][9]:
            continue
        subject = next((i for i in range(a, b) if rows[i][3][7].startswith("nsubj")), None)
        if subject is None:
            continue
        start, end = rows[subject][0], rows[subject][1]
        holding = [m for m in gum.mentions if m[0] <= start and m[1] >= end and m[1] <= rows[b - 1][1] + 1]
        if not holding:
            continue
        best = min(holding, key=lambda m: m[1] - m[0])
        sentence = [r for r in rows if r[2] == rows[a][2]]
        lo, hi = sentence[0][0], sentence[-1][1]
        unit = (rows[a][0], rows[b - 1][1])
        content = [(s, e) for s, e in ((lo, unit[0]), (unit[1], hi)) if gum.document.text[s:e].strip()]
        source = (best[0], best[1])
        gum.sources.append((best[0], best[1], best[3]))
        gum.statements.append(make_statement(gum.document, source=[source], cue=[], content=content))
