"""How much of an article comes out of web pages and PDFs, in ten layouts each: token F1, in order.

    python benchmarks/sources.py                # 20 articles a layout
    python benchmarks/sources.py --articles 3   # quick

Tokens are words and single marks of punctuation. Those of the text read are aligned with those of headline and paragraphs as
they were put in (longest matching blocks): a token counts only where it stands in the right order, so that columns read across
count as errors. In the PDF with a box beside the text the box counts as text, as it may hold statements, and has to come out in one
piece wherever it stands. Exit code 1 when a layout falls below the floor.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sources_articles import Article, article
from sources_pages import PAGES, PRINTS, draw, typeset

from onrecord.document import Document
from onrecord.sources import open_source

FLOOR = 0.97
_TOKEN = re.compile(r"\w+|[^\w\s]")


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def counts(gold: Sequence[str], read: Sequence[str]) -> int:
    """How many tokens agree, in order."""
    return sum(b.size for b in SequenceMatcher(None, gold, read, autojunk=False).get_matching_blocks())


def read_text(name: str, data: bytes) -> str:
    return "\n".join(g.text for g in open_source(io.BytesIO(data), name=name) if isinstance(g, Document))


def score(text: str, a: Article, box: str = "") -> tuple[int, int, int]:
    """Tokens that agree, tokens put in, tokens read. ``box``: a text beside the article, which must come out in one piece, anywhere."""
    gold = tokens("\n".join([a.title, *a.paragraphs]))
    read = tokens(text)
    apart = tokens(box)
    n = len(apart)
    at = next((i for i in range(len(read) - n + 1) if n and read[i : i + n] == apart), None)
    rest = read if at is None else read[:at] + read[at + n :]
    return counts(gold, rest) + (n if at is not None else 0), len(gold) + n, len(read)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--floor", type=float, default=FLOOR)
    options = parser.parse_args()
    low = 0
    for kind in ("html", "pdf"):
        total = [0, 0, 0]
        spent = 0.0
        made = 0
        for i in range(10):
            name = (PAGES[i].__doc__ or "") if kind == "html" else PRINTS[i].name
            sums = [0, 0, 0]
            for seed in range(options.articles):
                a = article(1000 * i + seed)
                page = PAGES[i](a).encode("latin-1" if i == 8 else "utf-8", "xmlcharrefreplace") if kind == "html" else b""
                data = page or draw(PRINTS[i], a)
                started = time.perf_counter()
                text = read_text(f"a.{kind}", data)
                spent += time.perf_counter() - started
                for j, n in enumerate(score(text, a, a.clutter[0] if kind == "pdf" and PRINTS[i].sidebar else "")):
                    sums[j] += n
                made += 1
            total = [t + s for t, s in zip(total, sums, strict=True)]
            f1 = 2 * sums[0] / (sums[1] + sums[2])
            low += f1 < options.floor
            print(
                f"{kind:5} {i + 1:2}  P {sums[0] / max(1, sums[2]):.4f}  R {sums[0] / sums[1]:.4f}  F1 {f1:.4f}{' LOW' if f1 < options.floor else '    '}  {name}",
                flush=True,
            )
        print(
            f"{kind:5} all F1 {2 * total[0] / (total[1] + total[2]):.4f}  {made} documents, {1000 * spent / made:.0f} ms each, scoring included\n",
            flush=True,
        )
    if shutil.which("groff"):
        for columns in (1, 2, 3):
            sums = [0, 0, 0]
            for seed in range(options.articles):
                one, *more = (article(20_000 + 3 * seed + k) for k in range(3))
                one = replace(one, paragraphs=one.paragraphs + tuple(p for a in more for p in a.paragraphs))
                text = read_text("a.pdf", typeset(one, columns))
                for j, n in enumerate(score(text, replace(one, title=f"{one.title}\n{one.author}"))):
                    sums[j] += n
            f1 = 2 * sums[0] / (sums[1] + sums[2])
            low += f1 < options.floor
            print(
                f"groff  {columns}  P {sums[0] / max(1, sums[2]):.4f}  R {sums[0] / sums[1]:.4f}  F1 {f1:.4f}  typeset by groff, {columns} columns",
                flush=True,
            )
    if low:
        print(f"{low} layouts are below {options.floor}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
