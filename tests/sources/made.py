"""Files in every real format, made from one article of our own."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from email.message import EmailMessage

TITLE = "Envoys leave Geneva without a deal on grain"
OUTLET = "The Example Courier"
AUTHOR = "Nora Quill"
DATE = "2021-12-02"
URL = "https://courier.example/world/geneva-grain"
PARAGRAPHS = (
    "Envoys from eleven states left Geneva on Thursday without a deal on the passage of grain through the Black Sea, and each side "
    "said that the other had moved the goalposts at the last moment.",
    "“We came with a text that everybody in this room had already read twice,” said Ilse Varga, who led the delegation of the host "
    "country. “What we heard today was a new list of conditions, and nobody could tell us where it came from.”",
    "The ministry of transport denied that. It said in a statement that its long-term position had been known since the spring and "
    "that “any further delay will be answered at a time of our own choosing”.",
    "Diplomats who followed the talks said they expected another round in January, though none would put a date to it. The café "
    "where the two chief negotiators had met in private on the first evening was closed by the time the last cars drove off.",
)
TEXT = "\n\n".join(PARAGRAPHS)
SECOND = (
    "The harbour master of Constanta said on Friday that forty ships were waiting for papers, the largest number since the summer.",
    "“If the rules change again we will have to turn the next ones away,” she told a meeting of shipowners.",
)


def html(paragraphs: tuple[str, ...] = PARAGRAPHS) -> bytes:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, "datePublished": DATE + "T09:30:00+01:00",
            "author": {"@type": "Person", "name": AUTHOR}, "publisher": {"@type": "Organization", "name": OUTLET}}  # fmt: skip
    body = "".join(f"<p>{p}</p>\n" for p in paragraphs)
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | {OUTLET}</title>
<link rel="canonical" href="{URL}"><script type="application/ld+json">{json.dumps(data)}</script></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
<main><article><h1>{TITLE}</h1>{body}</article></main>
<aside><h3>Most read</h3><ul><li><a href="/a">Ten ways to cook an egg</a></li></ul></aside>
<footer><p>Copyright. All rights reserved. Terms of use and cookie settings.</p></footer></body></html>""".encode()


def docx(paragraphs: tuple[str, ...] = PARAGRAPHS, *, title: str | None = TITLE) -> bytes:
    import docx as library

    document = library.Document()
    if title:
        document.add_heading(title, level=1)
    for p in paragraphs:
        document.add_paragraph(p)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rtf(paragraphs: tuple[str, ...] = PARAGRAPHS) -> bytes:
    escape = lambda c: c if c.isascii() and c not in "\\{}" else (f"\\{c}" if c.isascii() else f"\\u{ord(c)}?")
    body = "\\par\n".join("".join(map(escape, p)) for p in paragraphs)
    head = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times New Roman;}}{\\info{\\author Nora Quill}}\n\\f0\\fs24 "
    return (head + body + "\\par\n}").encode("ascii")


def pdf(
    paragraphs: tuple[str, ...] = PARAGRAPHS, *, title: str | None = TITLE, columns: int = 1, pages: int = 1, encrypt: str | None = None
) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, encrypt=encrypt)
    width, height = A4
    gap = 18
    each = (width - 120 - gap * (columns - 1)) / columns
    frames = [Frame(60 + i * (each + gap), 70, each, height - 140, id=f"c{i}", leftPadding=0, rightPadding=0) for i in range(columns)]

    def running(canvas, doc) -> None:  # type: ignore[no-untyped-def]
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, height - 40, f"{OUTLET} - foreign desk")
        canvas.drawCentredString(width / 2, 30, str(doc.page))

    document.addPageTemplates([PageTemplate(frames=frames, onPage=running)])
    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=10, leading=12, spaceAfter=6, alignment=4)
    head = ParagraphStyle("head", fontName="Times-Bold", fontSize=18, leading=21, spaceAfter=10)
    story = [Paragraph(title, head)] if title else []
    story += [Paragraph(p, body) for _ in range(pages) for p in paragraphs]
    document.build(story)
    return out.getvalue()


def scan() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def email(paragraphs: tuple[str, ...] = PARAGRAPHS, *, marked: bool = False, attach: bytes | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = f"{OUTLET} <news@courier.example>"
    message["To"] = "reader@example.org"
    message["Subject"] = TITLE
    message["Date"] = "Thu, 02 Dec 2021 09:30:00 +0100"
    message["Message-ID"] = "<1@courier.example>"
    message["List-Unsubscribe"] = "<https://courier.example/u>"
    if marked:
        message.set_content("View this e-mail in your browser")
        cells = "".join(f"<tr><td><p>{p}</p></td></tr>" for p in paragraphs)
        message.add_alternative(f"<html><head><style>p{{}}</style></head><body><table>{cells}</table></body></html>", subtype="html")
    else:
        message.set_content("\n\n".join(paragraphs))
    if attach is not None:
        message.add_attachment(attach, maintype="application", subtype="pdf", filename="report.pdf")
    return bytes(message)


def mbox() -> bytes:
    one = email().replace(b"\r\n", b"\n")
    two = email(("From here on it gets worse, said the harbour master of Constanta on Friday to all who would hear it.", *SECOND)).replace(
        b"\r\n", b"\n"
    )
    return (
        b"From a@b Thu Dec  2 09:30:00 2021\n"
        + one
        + b"\nFrom a@b Fri Dec  3 09:30:00 2021\n"
        + two.replace(b"\nFrom here", b"\n>From here")
        + b"\n"
    )


def mhtml() -> bytes:
    page = html().decode()
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: {TITLE}\r\nDate: Thu, 2 Dec 2021 10:00:00 -0000\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\n'
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: {URL}\r\n\r\n{page}\r\n------b--\r\n"  # noqa: E501
    ).encode()


ROWS = [
    {"title": TITLE, "date": "20211202", "source": OUTLET, "url": URL, "body": TEXT},
    {"title": "Ships wait at Constanta", "date": "2021-12-03", "source": OUTLET, "url": None, "body": "\n\n".join(SECOND)},
]


def jsonl() -> bytes:
    return "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def csv_table(delimiter: str = ",") -> bytes:
    import csv

    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue().encode()


def parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def rss() -> bytes:
    items = "".join(
        f"<item><title>{t}</title><link>{URL}</link><pubDate>Thu, 02 Dec 2021 09:30:00 +0100</pubDate>"
        f"<description><![CDATA[{''.join(f'<p>{p}</p>' for p in ps)}]]></description></item>"
        for t, ps in ((TITLE, PARAGRAPHS), ("Ships wait at Constanta", SECOND))
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{OUTLET}</title><language>en</language>{items}</channel></rss>'.encode()  # noqa: E501


def atom() -> bytes:
    body = "".join(f"&lt;p&gt;{p}&lt;/p&gt;" for p in PARAGRAPHS)
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{OUTLET}</title><id>x</id><entry><title>{TITLE}</title>'
        f'<link href="{URL}"/><id>1</id><updated>2021-12-02T09:30:00Z</updated><author><name>{AUTHOR}</name></author>'
        f'<content type="html">{body}</content></entry></feed>'
    ).encode()


def warc(pages: list[tuple[str, bytes, str, int]] | None = None) -> bytes:
    out = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Length: 4\r\n\r\na: b\r\n\r\n"
    for i, (url, body, kind, status) in enumerate(
        pages or [(URL, html(), "text/html; charset=utf-8", 200), (URL + "/x", b"gone", "text/html", 404)]
    ):
        answer = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        out += (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2022-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{i + 1}>\r\n"  # noqa: E501
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        ).encode() + answer + b"\r\n\r\n"  # fmt: skip
    return out


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as t:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data)


#: A Nexis Uni download: cover, two articles.
NEXIS = [
    "User Name: Example Reader", "Date and Time: Monday, January 10, 2022 10:00:00 AM CET", "Job Number: 1", "Documents (2)",
    f"1. {TITLE}", "Client/Matter: -None-", "2. Ships wait at Constanta", "",
    TITLE, OUTLET, "December 2, 2021 Thursday", "", "Copyright 2021 Example Media Ltd. All Rights Reserved", "",
    "Section: WORLD; Pg. 4", "Length: 212 words", "Byline: Nora Quill", "", "Body", "", *PARAGRAPHS, "",
    "Classification", "", "Language: ENGLISH", "", "Publication-Type: Newspaper", "", "Subject: GRAIN (90%)", "", "Load-Date: December 3, 2021", "",  # noqa: E501
    "End of Document", "",
    "Ships wait at Constanta", OUTLET, "December 3, 2021 Friday 9:14 AM GMT", "", "Copyright 2021 Example Media Ltd. All Rights Reserved", "",  # noqa: E501
    "Length: 46 words", "", "Body", "", *SECOND, "", "Load-Date: December 4, 2021", "", "End of Document", "",
]  # fmt: skip

#: The older shape, plain text.
LEXIS = f"""

                               1 of 2 DOCUMENTS

                              {OUTLET}

                            December 2, 2021 Thursday
                               Late Edition - Final

{TITLE}

BYLINE: By NORA QUILL

SECTION: Section A; Column 1; Foreign Desk; Pg. 4

LENGTH: 212 words

DATELINE: GENEVA

Envoys from eleven states left Geneva on Thursday without a deal on the
passage of grain through the Black Sea, and each side said that the other had
moved the goalposts at the last moment.

A second paragraph, the spokesman said,
was short.

LOAD-DATE: December 3, 2021

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                        Copyright 2021 Example Media Ltd.
                              All Rights Reserved


                               2 of 2 DOCUMENTS

                              {OUTLET}

                             December 3, 2021 Friday

Ships wait at Constanta

LENGTH: 46 words

The harbour master said that forty ships were waiting.

LOAD-DATE: December 4, 2021

LANGUAGE: ENGLISH
"""

#: A Factiva download in bare lines, and one with codes.
FACTIVA = [
    "World News", TITLE, "By Nora Quill", "212 words", "2 December 2021", "09:30 GMT", OUTLET, "EXCOUR", "English", "(c) 2021 Example Media Ltd.", "",  # noqa: E501
    *PARAGRAPHS, "", "Document EXCOUR0020211202ehc20000x", "",
    "Ships wait at Constanta", "46 words", "3 December 2021", OUTLET, "EXCOUR", "4", "English", "Copyright 2021 Example Media Ltd.", "",
    *SECOND, "", "Document EXCOUR0020211203ehc30000y",
]  # fmt: skip
FACTIVA_CODED = f"""HD {TITLE}
BY By Nora Quill
WC 212 words
PD 2 December 2021
SN {OUTLET}
SC EXCOUR
LA English
CY (c) 2021 Example Media Ltd.
LP
{PARAGRAPHS[0]}

TD
{PARAGRAPHS[1]}

{PARAGRAPHS[2]}

AN Document EXCOUR0020211202ehc20000x

HD Ships wait at Constanta
WC 46 words
PD 3 December 2021
SN {OUTLET}
LA English
LP
{SECOND[0]}
TD
{SECOND[1]}
AN Document EXCOUR0020211203ehc30000y
"""


def factiva_html() -> bytes:
    def article(title: str, byline: str, words: int, date: str, code: str, paragraphs: tuple[str, ...]) -> str:
        by = f'<div class="author">By {byline}</div>' if byline else ""
        body = "".join(f'<p class="articleParagraph enarticleParagraph">{p}</p>' for p in paragraphs)
        return (
            f'<div id="article-{code}" class="article enArticle"><div id="hd"><span class="enHeadline">{title}</span></div>{by}<div>{words} words</div>'  # noqa: E501
            f"<div>{date}</div><div>{OUTLET}</div><div>EXCOUR</div><div>English</div><div>(c) 2021 Example Media Ltd.</div>{body}"
            f"<p>Document {code}</p></div>"
        )

    one = article(TITLE, AUTHOR, 212, "2 December 2021", "EXCOUR0020211202ehc20000x", PARAGRAPHS)
    two = article("Ships wait at Constanta", "", 46, "3 December 2021", "EXCOUR0020211203ehc30000y", SECOND)
    return f"<!DOCTYPE html><html><head><title>Factiva</title></head><body>{one}{two}</body></html>".encode()
