"""CoNLL-U: sentences and tokens, with the statements that each token belongs to in MISC.

Tokens are words and single signs, cut wherever a span begins or ends, so that spans come out exactly. ``MISC`` holds
``StartChar`` and ``EndChar`` (code points of the frozen text) and ``Said``, a list of statement and role. Each statement stands as
JSON in a comment ``# statement`` before the sentence in which it begins. Lemma, tags and trees are left open (``_``) for a parser.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import IO

from onrecord.document import Document
from onrecord.export.selection import Selection
from onrecord.export.values import ROLES, anchor
from onrecord.segment import paragraphs, sentences
from onrecord.statement import Statement

__all__ = ["sentence_lines", "write"]

_TOKEN = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
_SPACE = re.compile(r"\s+")


def sentence_lines(d: Document, statements: list[Statement]) -> list[str]:
    """The lines of a document, an empty one after each sentence."""
    cuts = sorted({at for s in statements for role in ROLES for x in getattr(s, role) for at in (x.start, x.end)})
    spans = sorted((x.start, x.end, f"{s.id}:{role}") for s in statements for role in ROLES for x in getattr(s, role))
    starting = sorted(statements, key=lambda s: s.start)
    out = []
    begun = 0
    first = True
    for number, (lo, hi) in enumerate((x for p in paragraphs(d.text) for x in sentences(d.text, p)), 1):
        tokens = [t for m in _TOKEN.finditer(d.text, lo, hi) for t in _cut(m.start(), m.end(), cuts)]
        if not tokens:
            continue
        if first:
            first = False
            out += [f"# newdoc id = {d.id}", f"# sha256 = {d.digest}"]
            out += [f"# {k} = {_SPACE.sub(' ', v)}" for k in ("path", "title", "published", "outlet", "url") if (v := getattr(d, k))]
        out.append(f"# sent_id = {d.id}-{number}")
        glued = [i + 1 < len(tokens) and tokens[i + 1][0] == b for i, (_, b) in enumerate(tokens)]
        out.append("# text = " + "".join(d.text[a:b] + ("" if g else " ") for (a, b), g in zip(tokens, glued, strict=True)).rstrip())
        while begun < len(starting) and starting[begun].start < hi:
            s = starting[begun]
            kept = {**anchor(s), "kind": s.kind, "act": s.act, "speaker": s.speaker.to_dict() if s.speaker else None}
            out.append(f"# statement = {json.dumps(kept)}")
            begun += 1
        near = spans[: bisect_right(spans, (hi, -1, ""))]
        for i, ((a, b), glue) in enumerate(zip(tokens, glued, strict=True), 1):
            said = ",".join(name for x, y, name in near if x <= a and b <= y)
            misc = "|".join(
                [*(["EndChar=" + str(b)]), *([f"Said={said}"] if said else []), *(["SpaceAfter=No"] if glue else []), f"StartChar={a}"]
            )
            out.append(f"{i}\t{d.text[a:b]}" + "\t_" * 7 + f"\t{misc}")
        spans = [x for x in spans if x[1] > hi]
        out.append("")
    return out


def _cut(start: int, end: int, cuts: list[int]) -> list[tuple[int, int]]:
    inner = cuts[bisect_right(cuts, start) : bisect_right(cuts, end - 1)]
    return list(zip([start, *inner], [*inner, end], strict=True))


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection. Returns the number of statements."""
    count = 0
    for d, statements in selection.by_document():
        stream.write("".join(line + "\n" for line in sentence_lines(d, statements)).encode("utf-8", "replace"))
        count += len(statements)
    return count
