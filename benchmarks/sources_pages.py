"""Ten layouts of web pages and ten of PDF pages, drawn round one article each."""

from __future__ import annotations

import html
import io
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sources_articles import Article

__all__ = ["PAGES", "PRINTS", "draw", "typeset"]


# --- web pages ----------------------------------------------------------------------------------------------------------------


def _e(text: str) -> str:
    return html.escape(text, quote=False)


def _ps(a: Article) -> str:
    return "\n".join(f"<p>{_e(p)}</p>" for p in a.paragraphs)


def _links(a: Article, tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/{i}">{_e(t)}</a></{tag}>' for i, t in enumerate(a.related))


def _head(a: Article, extra: str = "") -> str:
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{_e(a.title)} - The Courier</title>{extra}</head>'


_NAV = '<header><div class="logo">The Courier</div><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li><li><a href="/s">Sport</a></li></ul></nav></header>'
_FOOT = "<footer><p>© The Courier Media Group. All rights reserved.</p><ul><li><a href='/t'>Terms</a></li><li><a href='/p'>Privacy</a></li></ul></footer>"


def semantic(a: Article) -> str:
    """article and aside, as the standard has it"""
    return f"{_head(a)}<body>{_NAV}<main><article><h1>{_e(a.title)}</h1><p class='byline'>By {a.author}</p>{_ps(a)}</article></main><aside><h2>Most read</h2><ul>{_links(a)}</ul></aside>{_FOOT}</body></html>"


def blog(a: Article) -> str:
    """nested divs of a blog engine, sidebar"""
    return f"""{_head(a)}<body class="single"><div id="page"><div id="masthead"><a href="/">The Courier</a></div>
<div id="content" class="site-content"><div id="primary"><div class="post hentry"><div class="entry-header"><h1 class="entry-title">{_e(a.title)}</h1>
<div class="entry-meta"><span>Posted on <time datetime="2021-12-02">2 December 2021</time></span></div></div><div class="entry-content">{_ps(a)}</div>
<div class="entry-footer">Filed under: <a href="/c">World</a></div></div></div>
<div id="secondary" class="sidebar widget-area"><div class="widget"><h3>Recent posts</h3><ul>{_links(a)}</ul></div><div class="widget"><h3>Archive</h3></div></div></div>
<div id="colophon">Proudly powered by nothing</div></div></body></html>"""


def tables(a: Article) -> str:
    """tables for layout, as around 1999"""
    return f"""<html><head><title>{_e(a.title)}</title></head><body bgcolor="#ffffff"><table width="100%"><tr><td colspan="3"><img src="logo.gif"></td></tr>
<tr><td width="15%" valign="top"><table>{"".join(f'<tr><td><a href="/{i}"><font size="1">{_e(t)}</font></a></td></tr>' for i, t in enumerate(a.related))}</table></td>
<td width="70%" valign="top"><h1>{_e(a.title)}</h1>{_ps(a)}</td><td width="15%"><a href="/ad"><img src="ad.gif"></a></td></tr>
<tr><td colspan="3"><font size="1"><a href="/c">Contact</a> | <a href="/a">About us</a></font></td></tr></table></body></html>"""


def breaks(a: Article) -> str:
    """one div, paragraphs parted by breaks"""
    body = "<br><br>\n".join(_e(p) for p in a.paragraphs)
    return f'{_head(a)}<body>{_NAV}<div class="story"><h1>{_e(a.title)}</h1><div class="story-text">{body}</div></div><div class="more"><ul>{_links(a)}</ul></div>{_FOOT}</body></html>'


def interrupted(a: Article) -> str:
    """advertisements, sign-up forms and links to other articles between the paragraphs"""
    box = '<div class="related"><h4>Read more</h4><ul>{}</ul></div>'
    ad = '<div class="advertisement" aria-label="Advertisement"><span>Advertisement</span><a href="/ad">Buy a car</a></div>'
    form = '<div class="newsletter-signup"><form><label>Get our newsletter</label><input type="email"><button>Sign up</button></form></div>'
    parts = []
    for i, p in enumerate(a.paragraphs):
        parts.append(f"<p>{_e(p)}</p>")
        if i % 4 == 1:
            parts.append([box.format(_links(a)), ad, form][i // 4 % 3])
    return f"{_head(a)}<body>{_NAV}<article><h1>{_e(a.title)}</h1>{''.join(parts)}</article>{_FOOT}</body></html>"


def figures(a: Article) -> str:
    """pictures with captions, a quotation set apart, subheadings"""
    parts = []
    for i, p in enumerate(a.paragraphs):
        if i % 5 == 2:
            parts.append(f'<figure><img src="{i}.jpg" alt="A hall"><figcaption>Photograph: {a.author}</figcaption></figure>')
        tag = "blockquote" if p.startswith("“") and i % 3 == 0 else "p"
        parts.append(f"<p>{_e(p)}</p>" if tag == "p" else f"<blockquote><p>{_e(p)}</p></blockquote>")
    return f'{_head(a)}<body>{_NAV}<main><article><header><h1>{_e(a.title)}</h1></header><section itemprop="articleBody">{"".join(parts)}</section></article></main>{_FOOT}</body></html>'


def comments(a: Article) -> str:
    """cookie banner, share buttons, readers' comments"""
    said = "".join(f'<div class="comment"><span class="user">user{i}</span><p>{_e(c)}</p></div>' for i, c in enumerate(a.clutter))
    share = '<ul class="share"><li><a href="#">Share on X</a></li><li><a href="#">Share by e-mail</a></li></ul>'
    return f"""{_head(a)}<body><div id="cookie-banner" class="consent"><p>We use cookies to make this site work. Accept all or manage your choices.</p><button>Accept</button></div>
{_NAV}<div class="article-wrapper"><h1>{_e(a.title)}</h1>{share}<div class="article-body">{_ps(a)}</div>{share}</div>
<section id="comments" class="comments"><h2>Comments</h2>{said}</section>{_FOOT}</body></html>"""


def release(a: Article) -> str:
    """a ministry's press release: breadcrumbs, sections, contact box"""
    half = len(a.paragraphs) // 2
    one, two = ("".join(f"<p>{_e(p)}</p>" for p in ps) for ps in (a.paragraphs[:half], a.paragraphs[half:]))
    return f"""{_head(a)}<body><div class="gov-header"><span>Government of Nowhere</span></div><ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ol>
<main id="main-content"><h1>{_e(a.title)}</h1><div class="govspeak"><div class="part">{one}</div><div class="part">{two}</div></div></main>
<div class="contact" role="complementary"><h3>Press office</h3><p>Telephone 000</p></div>{_FOOT}</body></html>"""


def careless(a: Article) -> str:
    """capitals, paragraphs never closed, no head, entities, Latin-1"""
    body = "".join(f"<P>{_e(p).replace('“', '&ldquo;').replace('”', '&rdquo;').replace('’', '&#8217;')}\n" for p in a.paragraphs)
    return f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1"><TITLE>{_e(a.title)}</TITLE><BODY><A HREF="/">Home</A><HR><H1>{_e(a.title)}</H1>{body}<HR><A HREF="m">Mail us</A>'


def scripted(a: Article) -> str:
    """much script and style, JSON-LD, text in spans and deep divs, lazy images"""
    ps = "".join(
        f'<div class="block"><div class="inner"><p data-component="text"><span>{_e(p)}</span></p></div></div>' for p in a.paragraphs
    )
    noise = "<script>var a=" + repr({str(i): t for i, t in enumerate(a.related)}) + ";</script><style>.x{color:red}</style>"
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + a.title + '","datePublished":"2021-12-02"}</script>'
    grid = "".join(f'<div class="card"><a href="/{i}"><img data-src="x"><h3>{_e(t)}</h3></a></div>' for i, t in enumerate(a.related))
    return f'{_head(a, ld + noise)}<body>{noise}{_NAV}<div id="root"><div class="layout"><div class="col-main"><h1>{_e(a.title)}</h1>{ps}</div><div class="onward">{grid}</div></div></div>{noise}{_FOOT}</body></html>'


PAGES: tuple[Callable[[Article], str], ...] = (semantic, blog, tables, breaks, interrupted, figures, comments, release, careless, scripted)


# --- printed pages ------------------------------------------------------------------------------------------------------------


@dataclass
class Print:
    """How one PDF is set. Lengths in points."""

    name: str
    columns: int = 1
    size: float = 10
    lead: float = 12.5
    font: str = "Times-Roman"
    gutter: float = 18
    width: float = 595
    height: float = 842
    margin: float = 64
    justify: bool = False
    hyphens: bool = False
    indent: float = 0
    space: float = 6
    headline: float = 18
    across: bool = True  # the headline over all columns
    head: str = ""
    foot: str = ""
    sidebar: bool = False
    rowwise: bool = False  # lines drawn row by row across the columns, not column by column
    letterhead: str = ""
    _: dict[str, Any] = field(default_factory=dict)


PRINTS: tuple[Print, ...] = (
    Print("one column, page numbers", foot="{page}"),
    Print("two columns, headline across", columns=2, justify=True, foot="{page}"),
    Print("three narrow columns, hyphens", columns=3, size=9, lead=11, hyphens=True, justify=True, gutter=14, head="The Courier | World"),
    Print("two columns, hyphens, headline in the first", columns=2, hyphens=True, across=False, foot="- {page} -"),
    Print("indented paragraphs without space", indent=14, space=0, justify=True, head="The Courier", foot="{page}"),
    Print("official letter", font="Helvetica", size=11, lead=16.5, letterhead="Ministry of Foreign Affairs of Nowhere", foot="Page {page} of {pages}", headline=13),
    Print("box beside the text", sidebar=True, columns=1, foot="{page}"),
    Print("two columns drawn row by row", columns=2, rowwise=True, foot="{page}"),
    Print("typewriter", font="Courier", size=10, lead=12, headline=10, space=12, foot="{page}"),
    Print("landscape, four columns", columns=4, width=842, height=595, size=8.5, lead=10.2, hyphens=True, margin=48, gutter=12, indent=8, space=0,
          head="World news {page}"),
)  # fmt: skip


def _breaks_of(word: str) -> list[int]:
    """Places where a word may be divided: between vowel and consonant, three letters from either end."""
    if not word.isalpha() or len(word) < 7 or not word.islower():
        return []
    return [i for i in range(3, len(word) - 2) if word[i - 1] in "aeiou" and word[i] not in "aeiou"]


def draw(p: Print, a: Article) -> bytes:
    """The article as a PDF."""
    from reportlab.pdfbase.pdfmetrics import stringWidth
    from reportlab.pdfgen.canvas import Canvas

    r = random.Random(len(a.title))
    measure = lambda text, size, font: stringWidth(text, font, size)
    side = 150 if p.sidebar else 0
    inner = p.width - 2 * p.margin - side - (20 if side else 0)
    each = (inner - p.gutter * (p.columns - 1)) / p.columns

    def wrap(text: str, width: float, size: float, font: str, indent: float = 0, hyphens: bool = False) -> list[tuple[str, float, bool]]:
        lines: list[tuple[str, float, bool]] = []
        words, current, room = text.split(), [], width - indent
        first = True
        while words:
            word = words.pop(0)
            if measure(" ".join([*current, word]), size, font) <= room:
                current.append(word)
                continue
            if hyphens:
                for cut in reversed(_breaks_of(word)):
                    if measure(" ".join([*current, word[:cut] + "-"]), size, font) <= room:
                        current.append(word[:cut] + "-")
                        word = word[cut:]
                        break
            lines.append((" ".join(current), indent if first else 0, True))
            current, room, first = [word], width, False
        lines.append((" ".join(current), indent if first else 0, False))
        return lines

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(p.width, p.height), invariant=1)
    canvas.setTitle("untitled")
    bold = {"Times-Roman": "Times-Bold", "Helvetica": "Helvetica-Bold", "Courier": "Courier-Bold"}[p.font]
    floor, ceiling = p.margin, p.height - p.margin
    placed: list[list[tuple[float, float, str, float, str, float]]] = [[]]  # pages of (x, y, text, size, font, word space)
    title_width = inner if p.across else each
    y = ceiling
    if p.letterhead:
        placed[0].append((p.margin, p.height - 40, p.letterhead, 9, "Helvetica", 0))
    for text, _, _ in wrap(a.title, title_width, p.headline, bold):
        placed[0].append((p.margin, y - p.headline, text, p.headline, bold, 0))
        y -= p.headline * 1.2
    y -= 12
    top = [y if p.across else ceiling] * p.columns
    column = 0
    if side:
        sy = y - 30
        for text, _, _ in wrap(a.clutter[0], side, 8, "Helvetica"):
            placed[0].append((p.width - p.margin - side, sy, text, 8, "Helvetica", 0))
            sy -= 9.6
    for paragraph in a.paragraphs:
        for text, indent, full in wrap(paragraph, each, p.size, p.font, p.indent, p.hyphens):
            if y - p.lead < floor:
                column += 1
                if column == p.columns:
                    column = 0
                    placed.append([])
                    top = [ceiling] * p.columns
                y = top[column]
            space = 0.0
            if p.justify and full and " " in text:
                space = (each - indent - measure(text, p.size, p.font)) / text.count(" ")
                space = space if space < p.size else 0.0
            y -= p.lead
            placed[-1].append((p.margin + column * (each + p.gutter) + indent, y, text, p.size, p.font, space))
        y -= p.space
    for number, page in enumerate(placed, 1):
        if p.rowwise:
            page = sorted(page, key=lambda line: (-round(line[1]), line[0]))
        marks = {"page": number, "pages": len(placed)}
        if p.head:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(p.margin, p.height - 36, p.head.format(**marks))
        for x, at, text, size, font, space in page:
            canvas.setFont(font, size)
            canvas.drawString(x, at, text, wordSpace=space)
        if p.foot:
            canvas.setFont("Helvetica", 8)
            canvas.drawCentredString(p.width / 2, 30, p.foot.format(**marks))
        canvas.showPage()
    canvas.save()
    del r
    return out.getvalue()


_GROFF = {"\\": "\\e", "“": "\\[lq]", "”": "\\[rq]", "’": "\\[cq]", "—": "\\[em]", "–": "\\[en]"}


def typeset(a: Article, columns: int) -> bytes:
    """The article as groff's ms macros set it, a typesetter that knows nothing of this reader: its own hyphens, heads and page numbers."""
    escape = lambda text: "".join(_GROFF.get(c, c) for c in text)
    lines = [".ds LH The Courier", ".ds RH World news", ".ds CF - % -", ".TL", escape(a.title), ".AU", escape(a.author)]
    lines += [[], [".2C"], [".MC 1.9i 0.2i"]][columns - 1]
    for number, paragraph in enumerate(a.paragraphs):
        lines += [".PP" if number % 2 else ".LP", escape(paragraph)]
    return subprocess.run(["groff", "-ms", "-Tpdf", "-Kutf8"], input="\n".join(lines).encode(), capture_output=True, check=True).stdout
