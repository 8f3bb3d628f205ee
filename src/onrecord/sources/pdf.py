"""PDF files with a text layer: columns, hyphens at line ends, running heads and page numbers.

The characters and their boxes come from PDFium (pypdfium2); the order of lines, the paragraphs and what is left out are decided here.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, takewhile
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError, SourceError, UnreadableError
from onrecord.sources import downloads
from onrecord.sources.item import Item
from onrecord.sources.pagelines import Line, Run, read_order
from onrecord.sources.text import header

__all__ = ["read", "version"]

_PAGES = 5000
_CHARS = 200_000  # of one page; a map or a drawing can have millions
_EDGE = 0.13  # of a page's height at top and bottom, where running heads and page numbers stand
_NUMBER = re.compile(r"(?i)^\W*(?:page|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\W*$")
_SENTENCE_END = re.compile(r"[.?!…:;][\"'”’»)\]]*$")
_ITEM = re.compile(r"^(?:[•●▪◦‣*–—-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s")
_COMPOUND = frozenset(
    "all anti co counter cross ex far half high ill inter known long low multi near neo non off post pre pro pseudo self semi "
    "short so sub two three four five six seven eight nine ten twenty thirty forty fifty sixty vice well year ".split()
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "})


@cache
def version() -> str:
    """This reader's name and version, and the library's."""
    from importlib.metadata import version as of

    return f"pdf/1 pypdfium2/{of('pypdfium2')}"


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Document of a PDF. One without a text layer is refused with the advice to run OCR on it."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]

    assert item.data is not None
    try:
        pdf = pdfium.PdfDocument(item.data)
    except pdfium.PdfiumError as e:
        if "password" in str(e).lower():
            yield UnreadableError(item.path, "it is locked with a password", "save it without one")
        else:
            yield DamagedError(item.path, "it is not a sound PDF", "open it in a viewer and print it to a new PDF")
        return
    try:
        pages = [_page(pdf, i) for i in range(min(len(pdf), _PAGES))]
        metadata = {k: " ".join(v.split()) for k, v in pdf.get_metadata_dict(skip_empty=True).items()}
    finally:
        pdf.close()
    if not any(lines for _, lines in pages):
        advice = "run OCR on it first (ocrmypdf does) and give the result"
        yield EmptyError(item.path, "it has no text layer: its pages are pictures" if pages else "it has no pages", advice if pages else "")
        return
    lines = _without_running(pages)
    paragraphs, sizes, spaced = _paragraphs(lines)
    if (split := downloads.split(spaced)) is not None:
        yield from downloads.documents(item, split, "pdf")
        return
    text = "\n\n".join(paragraphs)
    if not text.strip():
        yield EmptyError(
            item.path, "there is no text in it but page numbers", "if its pages are pictures, run OCR on it first (ocrmypdf does)"
        )
        return
    found = header(text)
    title = _title(metadata.get("Title", ""), text) or _largest(paragraphs, sizes) or found.get("title")
    author = metadata.get("Author", "")
    if not found.get("author") and len(author.split()) in (2, 3, 4) and author.replace(" ", "").replace(".", "").replace("-", "").isalpha():
        found["author"] = author
    yield item.document(text, reader=version(), **{**found, **({"title": title} if title else {})})


def _page(pdf: Any, index: int) -> tuple[float, list[Line]]:
    """Height and lines of one page; a page that cannot be read has none."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]

    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return 1.0, []
    try:
        height = page.get_height()
        textpage = page.get_textpage()
        try:
            return height, read_order(_runs(textpage))
        finally:
            textpage.close()
    except pdfium.PdfiumError:
        return 1.0, []
    finally:
        page.close()


def _runs(textpage: Any) -> list[Run]:
    """Runs of characters on one line without a wide gap."""
    from pypdfium2 import raw  # type: ignore[import-untyped,unused-ignore]

    handle = textpage.raw
    n = min(textpage.count_chars(), _CHARS)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    box = raw.FS_RECTF()
    runs: list[Run] = []
    letters: list[str] = []
    x0 = x1 = y0 = y1 = size = 0.0

    def close() -> None:
        text = "".join(letters).strip()
        if text:
            runs.append(Run(x0, x1, y0, y1, text.translate(_LIGATURES), size))
        letters.clear()

    for i in range(n):
        code = raw.FPDFText_GetUnicode(handle, i)
        c = "-" if code in (2, 0xFFFE, 0xAD) else (chr(code) if 32 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else " ")
        if code in (10, 13):
            close()
            continue
        if c.isspace():
            if letters:
                letters.append(" ")
            continue
        if not raw.FPDFText_GetLooseCharBox(handle, i, ctypes.byref(box)):
            continue
        a, b, lo, hi = box.left, box.right, box.bottom, box.top
        if not (abs(a) < 1e5 and abs(b) < 1e5 and abs(lo) < 1e5 and abs(hi) < 1e5) or hi <= lo:
            continue
        # The loose box has the font's height, the tight one the ink's left and right edge.
        if (
            raw.FPDFText_GetCharBox(handle, i, ctypes.byref(left), ctypes.byref(right), ctypes.byref(bottom), ctypes.byref(top))
            and right.value > left.value
        ):
            a, b = left.value, right.value
        if letters:
            same_line = abs((lo + hi) / 2 - (y0 + y1) / 2) < 0.5 * max(size, hi - lo)
            if not same_line or a - x1 > 1.1 * size or a < x1 - 2 * size:
                close()
            elif a - x1 > 0.28 * size and letters[-1] != " ":
                letters.append(" ")
        if not letters:
            x0, x1, y0, y1, size = a, b, lo, hi, hi - lo
        letters.append(c)
        x0, x1 = min(x0, a), max(x1, b)
    close()
    return runs


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.lower())


def _at_edge(line: Line, height: float) -> bool:
    return line.y0 > height * (1 - _EDGE) or line.y1 < height * _EDGE


def _without_running(pages: list[tuple[float, list[Line]]]) -> list[list[Line]]:
    """Drop page numbers, and lines at top or bottom that come back on other pages."""
    seen: Counter[str] = Counter()
    filled = sum(bool(lines) for _, lines in pages)
    for height, lines in pages:
        seen.update({_shape(line) for line in lines if _at_edge(line, height)})
    often = max(2, 0.3 * filled)
    usual = _usual_size([line for _, lines in pages for line in lines])
    out = []
    for height, lines in pages:
        rows = sorted(lines, key=lambda line: line.y0)
        outer = {id(line) for line in (*rows[:2], *rows[-2:])}

        def drops(line: Line, height: float = height, lines: list[Line] = lines, outer: set[int] = outer) -> bool:
            if not _at_edge(line, height):
                return False
            running = filled > 1 and seen[_shape(line)] >= often and len(line.text) < 120
            number = id(line) in outer and bool(_NUMBER.match(line.text)) and len(lines) > 2
            # Where there is one page, or a head's text changes from page to page: small print by itself, at the very edge.
            small = id(line) in outer and line.size < 0.92 * usual and len(line.text) < 100 and _apart(line, lines)
            return running or number or small

        # From the edges inwards, as far as there is something to drop: text that comes back further in is text.
        dropped = {id(line) for line in (*takewhile(drops, rows), *takewhile(drops, reversed(rows)))}
        kept = [line for line in lines if id(line) not in dropped]
        out.append(kept)
    return out


def _apart(line: Line, lines: list[Line]) -> bool:
    """Is the line two lines' heights or more from all others, those beside it at the edge aside?"""
    return all(
        other is line or other.y0 - line.y1 > line.size or line.y0 - other.y1 > line.size or abs(other.y0 - line.y0) < 0.5 * line.size
        for other in lines
    )


def _paragraphs(pages: list[list[Line]]) -> tuple[list[str], list[float], list[str]]:
    """Paragraphs of the whole text, the size of each one's letters, and all lines with an empty one between paragraphs."""
    every = [line for page in pages for line in page]
    vocabulary = Counter(w.lower() for line in every for w in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))
    gaps = sorted(
        round(a.y0 - b.y0, 1)
        for page in pages
        for a, b in pairwise(page)
        if a.column == b.column and 0 < a.y0 - b.y0 < 4 * max(a.size, b.size)
    )
    # The distance of lines within paragraphs: the smallest one that is common (in lists and headings wider ones may be commoner).
    enough = max(2, 0.1 * len(gaps))
    usual = next((g for g in gaps if bisect_right(gaps, g + 1.2) - bisect_left(gaps, g) >= enough), gaps[0] if gaps else 0.0) + 0.3
    margins = _margins(pages)
    body = _usual_size(every)
    out: list[str] = []
    sizes: list[float] = []
    spaced: list[str] = []
    last: tuple[int, Line] | None = None
    for number, page in enumerate(pages):
        for line in page:
            if last is not None and not _breaks(last, (number, line), usual, margins, body):
                out[-1] = _join(out[-1], line.text, vocabulary)
            else:
                out.append(line.text)
                sizes.append(line.size)
                spaced.append("")
            spaced.append(line.text)
            last = (number, line)
    return out, sizes, spaced


def _usual_size(lines: list[Line]) -> float:
    """The size of letters that half of the words are set in or below."""
    sizes = sorted(line.size for line in lines for _ in line.text.split())
    return sizes[len(sizes) // 2] if sizes else 0.0


def _margins(pages: list[list[Line]]) -> dict[tuple[int, int], float]:
    """The left edge that most lines of a column keep to."""
    edges: dict[tuple[int, int], Counter[int]] = {}
    for number, page in enumerate(pages):
        for line in page:
            edges.setdefault((number, line.column), Counter())[round(line.x0)] += 1
    return {key: float(counts.most_common(1)[0][0]) for key, counts in edges.items()}


def _breaks(before: tuple[int, Line], after: tuple[int, Line], usual: float, margins: dict[tuple[int, int], float], body: float) -> bool:
    """Does a paragraph end between two lines?"""
    (page, a), (page_b, b) = before, after
    if (page, a.column) == (page_b, b.column) and min(a.size, b.size) > 1.15 * body and a.y0 - b.y0 < 1.6 * a.size:
        return abs(a.size - b.size) > 0.05 * a.size  # a headline of several lines, wherever its lines end
    if abs(a.size - b.size) > 0.12 * max(a.size, b.size):
        return not (b.text[:1].islower() and not _SENTENCE_END.search(a.text) and page != page_b)
    if _ITEM.match(b.text):
        return True
    ended = bool(_SENTENCE_END.search(a.text))
    full = a.x1 >= a.right - 0.12 * (a.right - a.left)
    indented = b.x0 > margins[(page_b, b.column)] + 0.5 * b.size
    if (page, a.column) != (page_b, b.column):
        if b.text[:1].islower() or a.text.endswith("-"):
            return False
        return ended and (not full or indented) if full or ended else not full
    if usual and a.y0 - b.y0 > 1.25 * usual + 0.5:
        return not (b.text[:1].islower() and not ended and a.y0 - b.y0 < 2.2 * usual)
    if indented and a.x0 <= margins[(page, a.column)] + 0.5 * a.size:
        return True
    # A line left half empty ends something: a paragraph, or a heading that is set like the text.
    left_empty = (a.right - a.x1) / max(1.0, a.right - a.left)
    return left_empty > 0.25 if ended else left_empty > 0.4 and b.text[:1].isupper()


def _join(text: str, line: str, vocabulary: Counter[str]) -> str:
    """Put a line behind a paragraph. A hyphen at the line's end stays where the compound is known to have one."""
    m = re.search(r"([^\W\d_]+)[-\u2010]$", text)
    n = re.match(r"[^\W\d_]+", line)
    if not m or not n:
        return text + ("" if text.endswith(("-", "—", "–", "/")) and not text.endswith((" -", " –", " —")) else " ") + line
    head, tail = m[1], n[0]
    whole, compound = (head + tail).lower(), f"{head}-{tail}".lower()
    # A number's or a prefix's compound, or one with a capital in its second part (pro-Russian), keeps it.
    keep = vocabulary[compound] > vocabulary[whole] or (vocabulary[whole] == 0 and (tail[0].isupper() or head.lower() in _COMPOUND))
    return (text if keep else text[:-1]) + line


def _title(stated: str, text: str) -> str | None:
    """The title in the file's properties, where it is one: most hold a file name, or a template's."""
    if not 3 <= len(stated.split()) <= 40 or re.search(r"(?i)\.(?:docx?|pdf|indd|qxd|tmp)\b|^microsoft|^untitled|^slide", stated):
        return None
    return stated


def _largest(paragraphs: list[str], sizes: list[float]) -> str | None:
    """A headline: the first of the largest letters near the top, where they are clearly larger than the text's."""
    body = sorted(s for p, s in zip(paragraphs, sizes, strict=True) for _ in range(1 + len(p) // 80))
    usual = body[len(body) // 2]
    top = list(zip(paragraphs, sizes, strict=True))[:6]
    best = max(top, key=lambda pair: pair[1])
    if best[1] > 1.2 * usual and 2 <= len(best[0].split()) <= 40:
        return best[0]
    return None
