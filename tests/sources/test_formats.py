"""Every format in, the same article out, with the fields that the format carries. Read in workers, as users' files are."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from pathlib import Path

import made
import pytest

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError, SourceError, UnreadableError, UnsupportedError
from onrecord.sources import open_source


def read(data: bytes, name: str, **options: object) -> list[Document | SourceError]:
    return list(open_source(io.BytesIO(data), name=name, **options))  # type: ignore[arg-type]


def documents(data: bytes, name: str, **options: object) -> list[Document]:
    got = read(data, name, **options)
    assert all(isinstance(g, Document) for g in got), got
    return got  # type: ignore[return-value]


FULL = f"{made.TITLE}\n\n{made.TEXT}"
ALL = {"title": made.TITLE, "published": "2021-12-02T09:30:00+01:00", "outlet": made.OUTLET, "author": made.AUTHOR, "url": made.URL}
SERVICE = {"title": made.TITLE, "published": "2021-12-02", "outlet": made.OUTLET, "author": made.AUTHOR}
SINGLE = {
    "html": (made.html, "a.html", FULL, ALL),
    "html by content": (made.html, "saved", FULL, ALL),
    "mhtml": (made.mhtml, "a.mhtml", FULL, ALL),
    "docx": (made.docx, "a.docx", FULL, {"title": made.TITLE}),
    "docx by content": (made.docx, "noending", FULL, {"title": made.TITLE}),
    "rtf": (made.rtf, "a.rtf", made.TEXT, {"author": made.AUTHOR}),
    "rtf by content": (made.rtf, "a.doc", made.TEXT, {"author": made.AUTHOR}),
    "pdf": (made.pdf, "a.pdf", FULL, {"title": made.TITLE}),
    "pdf by content": (made.pdf, "a.txt", FULL, {"title": made.TITLE}),
    "pdf, two columns": (lambda: made.pdf(columns=2), "a.pdf", FULL, {"title": made.TITLE}),
    "eml": (made.email, "a.eml", made.TEXT, {"title": made.TITLE, "published": ALL["published"], "outlet": made.OUTLET}),
    "eml by content": (made.email, "a.txt", made.TEXT, {"title": made.TITLE}),
    "eml of markup": (lambda: made.email(marked=True), "a.eml", made.TEXT, {"title": made.TITLE}),
    "gzip": (lambda: made.gzipped(made.TEXT.encode()), "a.txt.gz", made.TEXT, {}),
    "warc": (made.warc, "a.warc", FULL, ALL),
    "warc.gz": (lambda: made.gzipped(made.warc()), "a.warc.gz", FULL, ALL),
    "atom": (made.atom, "a.atom", made.TEXT, {**ALL, "published": "2021-12-02T09:30:00+00:00"}),
}


@pytest.mark.parametrize("case", SINGLE)
def test_one_article(case: str) -> None:
    make, name, text, fields = SINGLE[case]
    (document,) = documents(make(), name)
    assert document.text == text
    assert {k: getattr(document, k) for k in fields} == fields
    assert document.language == "en"
    assert document.path is not None
    assert document.path.startswith(name)
    assert document.source_digest


BODY = "".join(f"<p>{p}</p>" for p in made.PARAGRAPHS)
META = {
    "OpenGraph": (
        f'<meta property="og:title" content="{made.TITLE}"><meta property="og:site_name" content="{made.OUTLET}">'
        f'<meta property="og:url" content="{made.URL}">'
        f'<meta property="article:published_time" content="2021-12-02T09:30:00+01:00"><meta name="author" content="{made.AUTHOR}">',
        "", ALL,
    ),
    "meta names": (
        f'<title>{made.TITLE}</title><meta name="DC.date.issued" content="2021-12-02"><meta name="application-name" content="{made.OUTLET}">',  # noqa: E501
        "", {"title": made.TITLE, "published": "2021-12-02", "outlet": made.OUTLET, "author": None},
    ),
    "time with moment": ("", '<time datetime="2021-12-02T09:30:00+01:00">today</time>', {"published": ALL["published"]}),
    "time in words": ("", "<time>2 December 2021</time>", {"published": "2021-12-02"}),
    "JSON-LD in a graph": (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "no"}, {"@type": ["Thing", "ReportageNewsArticle"], "headline": "'  # noqa: E501
        + made.TITLE + '", "datePublished": "2021-12-02", "author": [{"name": "Nora Quill"}, {"name": "Tom Bee"}], "publisher": {"name": "'
        + made.OUTLET + '"}, "inLanguage": "en-GB"}]}</script>',
        "", {"title": made.TITLE, "published": "2021-12-02", "author": "Nora Quill, Tom Bee", "outlet": made.OUTLET},
    ),
    "broken JSON-LD": ('<script type="application/ld+json">{"@type": "NewsArticle", </script><meta property="og:title" content="X y z">', "", {"title": "X y z"}),  # noqa: E501
    "an ambiguous date is none": ('<meta name="date" content="03/04/2021">', "", {"published": None}),
}  # fmt: skip


@pytest.mark.parametrize("case", META)
def test_what_pages_say_of_themselves(case: str) -> None:
    head, extra, fields = META[case]
    page = f'<html lang="en"><head><meta charset="utf-8">{head}</head><body><article><h1>{made.TITLE}</h1>{extra}{BODY}</article></body></html>'  # noqa: E501
    (document,) = documents(page.encode(), "a.html")
    assert {k: getattr(document, k) for k in fields} == fields
    assert made.TEXT in document.text


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", ""])
def test_pages_in_any_encoding(declared: str) -> None:
    text = made.html().decode().replace('<meta charset="utf-8">', f'<meta charset="{declared}">' if declared else "")
    (document,) = documents(text.encode({"iso-8859-1": "cp1252", "": "cp1252"}.get(declared, declared)), "a.html")
    assert document.text == FULL


def test_digest_is_of_the_original_bytes() -> None:
    data = made.docx()
    assert documents(data, "a.docx")[0].source_digest == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (made.docx(tuple(made.NEXIS), title=None), "download.docx"),
        (made.rtf(tuple(made.NEXIS)), "download.rtf"),
        ("\n".join(made.NEXIS).encode(), "download.txt"),
        (made.pdf(tuple(x for x in made.NEXIS if x), title=None), "download.pdf"),
        ("\n".join(made.FACTIVA).encode(), "factiva.txt"),
        (made.rtf(tuple(made.FACTIVA)), "factiva.rtf"),
        (made.docx(tuple(made.FACTIVA), title=None), "factiva.docx"),
        (made.factiva_html(), "factiva.html"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_downloads_are_split(data: bytes, name: str) -> None:
    one, two = documents(data, name)
    assert one.text == made.TEXT
    assert {k: getattr(one, k) for k in SERVICE} == SERVICE
    assert two.text == "\n\n".join(made.SECOND)
    assert (two.title, two.published, two.outlet, two.author) == ("Ships wait at Constanta", "2021-12-03", made.OUTLET, None)
    assert (one.path, two.path) == (f"{name}#1", f"{name}#2")


def test_older_lexis_shape() -> None:
    one, two = documents(made.LEXIS.encode(), "lexis.txt")
    assert one.title == made.TITLE
    assert (one.outlet, one.published, one.author) == (made.OUTLET, "2021-12-02", "NORA QUILL")
    assert one.text.split("\n\n") == [made.PARAGRAPHS[0], "A second paragraph, the spokesman said, was short."]
    assert (two.title, two.text) == ("Ships wait at Constanta", "The harbour master said that forty ships were waiting.")


def test_factiva_codes() -> None:
    one, two = documents(made.FACTIVA_CODED.encode(), "factiva.txt")
    assert one.text == "\n\n".join(made.PARAGRAPHS[:3])
    assert {k: getattr(one, k) for k in SERVICE} == SERVICE
    assert two.text == "\n\n".join(made.SECOND)


def test_a_plain_report_that_mentions_words_and_copyright_is_not_a_download() -> None:
    text = "The report ran to 512 words.\n512 words\nLength: what a length.\nCopyright 2021 nobody.\nEnd of story, he said to them.\n"
    (document,) = documents(text.encode(), "a.txt")
    assert (document.text, document.reader) == (text, "text/1")


@pytest.mark.parametrize(
    ("data", "name"), [(made.jsonl(), "a.jsonl"), (made.csv_table(), "a.csv"), (made.csv_table("\t"), "a.tsv"), (made.csv_table(";"), "a.csv"),  # noqa: E501
                       (made.parquet(), "a.parquet"), (made.jsonl(), "noending"), (made.csv_table(), "noending"),
                       (b"[" + made.jsonl().replace(b"\n", b",", 1) + b"]", "a.json"), (b'{"articles": [' + made.jsonl().replace(b"\n", b",", 1) + b"]}", "a.json")],  # noqa: E501
    ids=["jsonl", "csv", "tsv", "semicolons", "parquet", "jsonl by content", "csv by content", "json list", "json articles"],
)  # fmt: skip
def test_tables(data: bytes, name: str) -> None:
    one, two = documents(data, name)
    assert one.text == made.TEXT
    assert (one.title, one.published, one.outlet, one.url) == (made.TITLE, "2021-12-02", made.OUTLET, made.URL)
    assert (two.published, two.url) == ("2021-12-03", None)


def test_rss() -> None:
    one, two = documents(made.rss(), "feed.xml")
    assert (one.text, two.text) == (made.TEXT, "\n\n".join(made.SECOND))
    assert (one.title, one.outlet, one.published, one.url) == (made.TITLE, made.OUTLET, ALL["published"], made.URL)


def test_crawl_bodies_as_they_came_over_the_wire() -> None:
    """Crawlers keep chunks and compression, or undo them and leave the header standing; some records have no type."""
    page = made.html()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in (page[i : i + 700] for i in range(0, len(page), 700))) + b"0\r\n\r\n"
    chunked, packed = "text/html\r\nTransfer-Encoding: chunked", "text/html\r\nContent-Encoding: "
    records = [
        (chunks, chunked), (page, chunked), (gzip.compress(page), packed + "gzip"), (page, packed + "gzip"),
        (zlib.compress(page), packed + "deflate"), (page, ""),
    ]  # fmt: skip
    data = made.warc([(f"{made.URL}/{i}", body, kind, 200) for i, (body, kind) in enumerate(records)])
    got = documents(data, "a.warc")
    assert [d.text for d in got] == [FULL] * len(records)
    assert [d.url for d in got] == [f"{made.URL}/{i}" for i in range(len(records))]


def test_names_in_a_crawl_are_one_line() -> None:
    (document,) = documents(made.warc([("https://a.example/\u2028x\x1b[31m", made.html(), "text/html", 200)]), "a.warc")
    assert document.path is not None
    assert document.path.isprintable()


def test_mail_headers_are_decoded_and_bounded() -> None:
    head = (
        "From: =?utf-8?Q?=C3=89lise_Dupr=C3=A9?= <e@x.example>\nMIME-Version: 1.0\nTo: b\nMessage-ID: <1>\n"
        "Subject: =?iso-8859-1?Q?Caf=E9?= in\n =?utf-8?q?K=C3=B6ln?= closed\n\n"
    )
    (document,) = documents(head.encode() + made.TEXT.encode(), "a.eml")
    assert (document.title, document.author) == ("Café in Köln closed", "Élise Dupré")
    for hostile in ("(" * 100_000, "Subject: " * 50_000, "=?x?q?" * 50_000, "=?utf-8?b?%%%?="):
        (document,) = documents(
            head.replace("Subject: ", f"Subject: {hostile}").replace("From: ", f"From: {hostile}").encode() + b"He said no.", "a.eml"
        )
        assert document.text == "He said no."


def test_mbox() -> None:
    one, two = documents(made.mbox(), "box.mbox")
    assert one.text == made.TEXT
    assert two.text.startswith("From here on")
    assert (one.path, two.path) == ("box.mbox#1", "box.mbox#2")


def test_attachment_is_read() -> None:
    mail, attached = documents(made.email(attach=made.pdf()), "a.eml")
    assert mail.text == made.TEXT
    assert attached.path == "a.eml#report.pdf"
    assert attached.text == FULL


MEMBERS = {
    "x/a.html": made.html(),
    "b.pdf": made.pdf(),
    "__MACOSX/x": b"\0",
    ".DS_Store": b"\0",
    "z/c.zip": made.zipped({"e.rtf": made.rtf()}),
}


@pytest.mark.parametrize("data", [made.zipped(MEMBERS), made.tarred(MEMBERS), made.tarred(MEMBERS, "w:gz"), made.tarred(MEMBERS, "w:bz2"), made.tarred(MEMBERS, "w:xz")],  # noqa: E501
                         ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])  # fmt: skip
def test_archives(data: bytes) -> None:
    got = documents(data, "all.bin")
    assert [(d.path, d.text) for d in got] == [("all.bin#x/a.html", FULL), ("all.bin#b.pdf", FULL), ("all.bin#z/c.zip#e.rtf", made.TEXT)]


def test_markdown() -> None:
    source = '---\ntitle: "A plan"\ndate: 2021-12-02\nauthor: Nora Quill\n---\n# A plan\n\nHe *said* that the [talks](https://x.example) had **ended**.\n\n<!-- no -->\n- one\n- two\n'  # noqa: E501
    (document,) = documents(source.encode(), "a.md")
    assert document.text == "A plan\n\nHe said that the talks had ended.\n\none\n\ntwo"
    assert (document.title, document.published, document.author) == ("A plan", "2021-12-02", "Nora Quill")


def test_pdf_drops_running_heads_and_numbers_and_joins_paragraphs_across_pages() -> None:
    turn = lambda p, i: " ".join(p.split()[i:] + p.split()[:i])  # a text that does not repeat its lines
    paragraphs = tuple(turn(p, i) for i in range(8) for p in made.PARAGRAPHS)
    (document,) = documents(made.pdf(paragraphs, columns=2), "a.pdf")
    assert document.text.split() == [*made.TITLE.split(), *" ".join(paragraphs).split()]
    ends = sum(p.endswith((".", "”")) for p in paragraphs)
    assert ends <= document.text.count("\n\n") <= len(paragraphs)


@pytest.mark.parametrize(
    ("data", "name", "error", "words"),
    [
        (made.scan(), "scan.pdf", EmptyError, "OCR"),
        (made.pdf(encrypt="secret"), "locked.pdf", UnreadableError, "password"),
        (made.pdf()[:700], "cut.pdf", DamagedError, "not a sound PDF"),
        (made.docx()[:900], "cut.docx", DamagedError, "cut.docx"),
        (made.zipped({"a.txt": b"He said no. " * 300})[:60], "cut.zip", DamagedError, "not a sound zip"),
        (made.gzipped(made.TEXT.encode())[:100], "cut.gz", DamagedError, "cut.gz"),
        (made.parquet()[:500], "cut.parquet", DamagedError, "Parquet"),
        (b"WARC/1.0\r\ngarbage", "a.warc", DamagedError, "crawl"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "a.rss", EmptyError, "no entries"),
        (b"<!DOCTYPE html><html><body></body></html>", "a.html", EmptyError, "no article"),
        (made.zipped({}), "empty.zip", EmptyError, "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc", UnsupportedError, "DOCX"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 600, "a.png", UnsupportedError, "OCR"),
        (made.zipped({"xl/workbook.xml": b"<x/>"}), "a.xlsx", UnsupportedError, "CSV"),
        (b"a,b\n1,2\n", "a.csv", UnsupportedError, "--map text=COLUMN"),
        (b'{"a": 1}\n{"a": 2}\n', "a.jsonl", UnsupportedError, "--map text=COLUMN"),
        (b"{not json", "a.json", DamagedError, "JSON"),
        (b"[" * 200_000, "deep.json", DamagedError, "deep"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_refusals_name_the_file_the_reason_and_what_to_do(data: bytes, name: str, error: type[SourceError], words: str) -> None:
    got = read(data, name)
    assert got
    assert all(isinstance(g, SourceError) for g in got), got
    assert type(got[0]) is error
    assert words in str(got[0])
    assert str(got[0]).startswith(name)
    assert "\n" not in str(got[0])


def test_a_file_is_read_as_a_stream_is(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(made.zipped({"a.html": made.html()}))
    (document,) = open_source(path)
    assert isinstance(document, Document)
    assert document.path == f"{path}#a.html"
    assert document.text == FULL


def test_forced_format() -> None:
    (document,) = documents(made.html(), "a.html", format="text")
    assert document.text == made.html().decode()


def test_same_bytes_same_documents() -> None:
    for name, data in (("a.pdf", made.pdf(columns=2)), ("a.html", made.html()), ("a.zip", made.zipped(MEMBERS))):
        assert read(data, name) == read(data, name)
