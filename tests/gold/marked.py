"""Annotate by hand: marks in the text itself, turned into the scorer's GOLD format and back.

A marked text holds its spans in square brackets, ``[1.s:The ministry] [1.q:said] [1.c:the port was closed].``: before the
colon the statement's id and the role (``s`` source, ``q`` cue, ``c`` content), after it the words. Brackets nest. A span
shared by two statements names both (``[1.s+2.s:The board]``), a role in several fragments is marked several times, and a
statement reported in the content of statement 1 has its id with a letter more (``1a``, in that ``1aa``). A bracket of the
text's own, or a backslash, has a backslash before it.

    python tests/gold/marked.py a.txt b.txt > gold.jsonl     marked texts to GOLD, ids from the file names
    python tests/gold/marked.py --show gold.jsonl            GOLD to marked texts, each under a line with its id
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROLES = {"s": "source", "q": "cue", "c": "content"}
_OPEN = re.compile(r"\[((?:\d+[a-z]*\.[sqc]\+?)+):")


def parse(marked: str) -> dict[str, Any]:
    """Return ``{"text", "readings", "nested"}`` of a marked text. Raises ValueError where marks do not fit together."""
    out: list[str] = []
    open_spans: list[tuple[list[str], int]] = []
    found: dict[str, dict[str, list[list[int]]]] = {}
    at = 0
    while at < len(marked):
        char = marked[at]
        if m := _OPEN.match(marked, at):
            open_spans.append((m[1].split("+"), len(out)))
            at = m.end()
            continue
        if char == "]":
            if not open_spans:
                raise ValueError(f"a bracket closes that none opened, after {''.join(out)[-40:]!r}")
            keys, start = open_spans.pop()
            for key in keys:
                name, role = key.split(".")
                found.setdefault(name, {r: [] for r in ROLES.values()})[ROLES[role]].append([start, len(out)])
        elif char == "[":
            raise ValueError(f"a bracket opens without an id and a role, after {''.join(out)[-40:]!r}")
        else:
            if char == "\\":
                at += 1
                char = marked[at : at + 1]
            out.append(char)
        at += 1
    if open_spans:
        raise ValueError(f"a bracket stays open: {'+'.join(open_spans[-1][0])}")
    statements = [{"id": name, **{r: sorted(spans) for r, spans in roles.items()}} for name, roles in found.items()]
    statements.sort(key=lambda a: (min(s for r in ROLES.values() for s, _ in a[r]), a["id"]))
    outer = [a for a in statements if a["id"].isdigit()]
    nested = [{"id": a.pop("id"), "in": "", **a} for a in statements if not a["id"].isdigit()]
    for a in nested:
        a["in"] = a["id"][:-1]
        if a["in"] not in found:
            raise ValueError(f"statement {a['id']} is nested in {a['in']}, which is not marked")
    return {"text": "".join(out), "readings": [{"attributions": outer}], "nested": nested}


def show(document: dict[str, Any]) -> str:
    """The inverse of ``parse``. Raises ValueError if two spans overlap and neither holds the other."""
    keys: dict[tuple[int, int], list[str]] = {}
    for a in (*document["readings"][0]["attributions"], *document["nested"]):
        for letter, role in ROLES.items():
            for start, end in a[role]:
                keys.setdefault((start, end), []).append(f"{a['id']}.{letter}")
    return "".join(_marked(document["text"], sorted(keys.items(), key=lambda x: (x[0][0], -x[0][1]))))


def _marked(text: str, spans: list[tuple[tuple[int, int], list[str]]]) -> Iterator[str]:
    ends: list[int] = []
    at = 0
    for i, char in enumerate(text):
        while ends and ends[-1] == i:
            ends.pop()
            yield "]"
        while at < len(spans) and spans[at][0][0] == i:
            (_, end), names = spans[at]
            if ends and end > ends[-1]:
                raise ValueError(f"spans overlap at {i}")
            ends.append(end)
            yield f"[{'+'.join(names)}:"
            at += 1
        yield f"\\{char}" if char in "[]\\" else char
    yield "]" * len(ends)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--show"]:
        for line in Path(arguments[1]).read_text(encoding="utf-8").split("\n"):
            if line:
                document = json.loads(line)
                print(f"=== {document['id']}\n{show(document)}")
        return
    for name in arguments:
        marked = Path(name).read_bytes().decode("utf-8")
        print(json.dumps({"id": Path(name).stem, **parse(marked)}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
