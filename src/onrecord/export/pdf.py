"""The dossier as PDF: what ``html`` shows, on paper.

Letters come from DejaVu where the system has it (Latin, Greek, Cyrillic, Armenian, Georgian), else from Bitstream Vera, which reportlab
brings along (Latin). A letter that the font lacks is printed as its code point, such as ⟨U+4E2D⟩, and never as an empty box.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from onrecord.cli.show import clean
from onrecord.export.html import about, facts, marked, place
from onrecord.export.selection import Selection
from onrecord.export.values import speaker_name, web_address
from onrecord.statement import Statement

__all__ = ["write"]

_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF", "/Library/Fonts",
            "C:/Windows/Fonts")  # fmt: skip
#: A PDF is laid out in memory, some 20 kB a statement: this bounds it.
_MOST = 20_000


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, str, str, Callable[[str], bool]]:
    """Names of the plain, bold and oblique face, and whether the plain one has a letter."""
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped,unused-ignore]
    from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped,unused-ignore]

    names = ("onrecord", "onrecord-bold", "onrecord-italic")
    found = next((Path(f) for f in _FOLDERS if (Path(f) / "DejaVuSans.ttf").is_file()), None)
    wanted = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"]
    if found is None:
        paths = ["Vera.ttf", "VeraBd.ttf", "VeraIt.ttf"]  # reportlab finds its own
    else:
        # Small installations leave the slanted face out.
        paths = [str(found / f) if (found / f).is_file() else str(found / "DejaVuSans.ttf") for f in wanted]
    for name, path in zip(names, paths, strict=True):
        pdfmetrics.registerFont(TTFont(name, path))
    letters = pdfmetrics.getFont(names[0]).face.charToGlyph
    return (*names, lambda c: ord(c) in letters)


def _printable(value: str) -> str:
    has = _fonts()[3]
    return "".join(c if c in "\n\t" or has(c) else f"⟨U+{ord(c):04X}⟩" for c in clean(value))


def _text(value: str) -> str:
    return re.sub(r"\n+", "<br/>", escape(_printable(value)).strip("\n"))


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection in the order asked for, at most 20,000 statements: a dossier is to be read. Returns how many. Raises UsageError."""
    from reportlab.lib.enums import TA_LEFT  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.units import mm  # type: ignore[import-untyped,unused-ignore]
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer  # type: ignore[import-untyped,unused-ignore]

    from onrecord.errors import UsageError

    plain, bold, italic, _ = _fonts()

    def style(name: str, size: float, **more: Any) -> Any:
        return ParagraphStyle(name, fontName=plain, fontSize=size, leading=size * 1.4, alignment=TA_LEFT, splitLongWords=True, **more)

    title, head = style("title", 16, spaceAfter=6), style("head", 10.5, spaceBefore=10)
    quote, small = style("quote", 10, leftIndent=10, spaceBefore=3, spaceAfter=3), style("small", 7.5, textColor="#444444")

    def block(number: int, s: Statement) -> Any:
        tags = {"content": ("<i>", "</i>"), "source": ("<b>", "</b>"), "cue": ("<u>", "</u>"), "condition": ("<u>", "</u>")}
        faces = {"content": italic, "source": bold}
        words = ""
        for run, roles in marked(s):
            piece = _text(run) if run.strip("\n") else "<br/>"
            for role in roles.split():
                opening, closing = (f'<font face="{faces[role]}">', "</font>") if role in faces else tags[role]
                piece = f"{opening}{piece}{closing}"
            words += piece
        lines = [*facts(s), *([a] if (a := web_address(s.document.url)) else []), place(s)]
        return KeepTogether([
            Paragraph(f'<font face="{bold}">{number}. {_text(speaker_name(s) or "(no source)")}</font>', head),
            Paragraph(words, quote),
            Paragraph("<br/>".join(_text(x) for x in lines), small),
        ])  # fmt: skip

    story: list[Any] = [
        Paragraph(f'<font face="{bold}">{_text(selection.title)}</font>', title),
        Paragraph(_text(about(selection)), small),
        Spacer(1, 4),
    ]
    count = 0
    for s in selection.statements():
        count += 1
        if count > _MOST:
            raise UsageError(f"more than {_MOST:,} statements meet the filters, too many to print: narrow them, or write html")
        story.append(block(count, s))

    def footer(canvas: Any, document: Any) -> None:
        canvas.setFont(plain, 7.5)
        canvas.drawString(20 * mm, 10 * mm, _printable(selection.title)[:90])
        canvas.drawRightString(190 * mm, 10 * mm, str(document.page))

    # invariant: no time of making in the file, so that the same dossier is the same bytes.
    made = SimpleDocTemplate(
        stream, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=_printable(selection.title), author="onrecord", invariant=1,
    )  # fmt: skip
    made.build(story, onFirstPage=footer, onLaterPages=footer)
    return count
