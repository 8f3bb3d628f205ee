"""The fields of documents, statements, spans and actors: one description from which every other form is made.

JSON, Parquet, CSV, data frames, the JSON Schema and the page ``docs/schema.md`` all follow the tables below, and
``tests/export/test_schema.py`` holds ``Statement.to_dict`` and the record's views to them. Nothing here needs a library;
``arrow`` loads pyarrow when it is called.

``VERSION`` grows in its second part when a field is added at the end of a table, in its first when a field is renamed,
moved or changes its meaning. A reader takes any version with the same first part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onrecord.errors import UsageError
from onrecord.statement import Span, Statement

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

__all__ = ["FLAT", "JOINT", "TABLES", "VERSION", "Field", "Table", "arrow", "check_version", "flat", "json_schema", "markdown"]

VERSION = "1.0"
#: What stands between the fragments of a span in a flat cell.
JOINT = " … "


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``kind``: string, text (a string told apart only in that it is long and repeated), int, float, bool or struct.

    ``null``: may be unknown. ``many``: a list, empty where there is none. ``parts``: the fields of a struct.
    """

    name: str
    kind: str
    meaning: str
    null: bool = False
    many: bool = False
    parts: tuple[Field, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ``row`` says what a row stands for, ``key`` which fields tell rows apart."""

    name: str
    row: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


def _string(name: str, meaning: str, *, null: bool = True, values: tuple[str, ...] = ()) -> Field:
    return Field(name, "string", meaning, null=null, values=values)


_START = Field("start", "int", "offset of the first code point in the document's text")
_END = Field("end", "int", "offset after the last code point")
_SPAN = (_START, _END, _string("text", "exactly the characters `start` to `end` of the document's text", null=False))
_DOCUMENT_REF = (
    _string("id", "first 16 hex digits of the digest of the text", null=False),
    _string("path", "where it was read from, as the caller named it"),
    _string("title", "headline, as found"),
    _string("published", "ISO 8601 date, or date and time, of publication"),
    _string("outlet", "who published it"),
)
_SPEAKER = (
    _string("id", "of the actor in the tables of actors"),
    _string("name", "the actor's name"),
    _string("role", "the office or role in which it speaks"),
    _string("country", "ISO 3166 alpha-3, or an organisation's acronym"),
    _string("via", "how the source was resolved: name, pronoun, role, alias"),
    Field("confidence", "float", "of the resolution, 0 to 1", null=True),
)
_ACTOR_REF = (
    _string("name", "the words in the text, or the actor's name", null=False),
    _string("code", "ISO 3166 alpha-3, or an organisation's acronym"),
    _START,
    _END,
    _string("id", "of the actor in the tables of actors"),
)
_DATE = (
    _string("start", "first day or moment, ISO 8601; null where unresolved"),
    _string("end", "the day or moment after the last; null where unresolved"),
    _string("text", "the words that say when", null=False),
)
_KIND = _string("kind", "direct: all content in quotation marks; indirect: none; mixed", null=False, values=("direct", "indirect", "mixed"))


def _spans(name: str, meaning: str) -> Field:
    return Field(name, "struct", meaning, many=True, parts=_SPAN)


_BODY = (
    _KIND,
    _spans("source", "who is said to speak: fragments in text order, may be empty"),
    _spans("cue", "the words that report: fragments in text order, may be empty"),
    _spans("content", "what is said: fragments in text order"),
    Field("speaker", "struct", "the actor that the source resolves to", null=True, parts=_SPEAKER),
    Field("addressees", "struct", "to whom it is said", many=True, parts=_ACTOR_REF),
    Field("targets", "struct", "whom it is directed at or about as the other party", many=True, parts=_ACTOR_REF),
    _string("act", "the statement's force: ASSERT, DENY, THREATEN and so on (docs/acts.md)"),
    _string("plover", "PLOVER's root for the act"),
    _string("cameo", "CAMEO's root for the act"),
    _spans("condition", 'the "if …" on a threat, promise, offer or demand'),
    Field("date", "struct", "when it was said", null=True, parts=_DATE),
    _string("polarity", "of what is said: whether it affirms or negates"),
    _string("modality", "how firmly it is put"),
    _string("nested_in", "id of the statement whose content reports this one"),
    Field("confidence", "float", "probability that a human coder would mark this statement, 0 to 1"),
)
_ORIGIN = (
    _string("digest", "SHA-256 of the text in UTF-8, in hex", null=False),
    _string("author", "as found"),
    _string("url", "as found"),
    _string("language", "ISO 639-1"),
    _string("source_digest", "SHA-256 of the original bytes, where the text was extracted from another format"),
    _string("reader", "name and version of the reader that made the text"),
)
_ID = _string("id", "hash of the document's digest and the spans' offsets", null=False)
_STATEMENTS = (_ID, Field("document", "struct", "the document it is in", parts=_DOCUMENT_REF), *_BODY)
_DOCUMENTS = (*_DOCUMENT_REF, *_ORIGIN, Field("text", "text", "the frozen text, to which all offsets refer"))

#: Every table by its name.
TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table("statements", "one statement, field for field what `onrecord read --format jsonl` prints", ("id",), _STATEMENTS),
        Table("documents", "one document, with its text", ("id",), _DOCUMENTS),
        Table(
            "spans",
            "one fragment of a statement's source, cue, content or condition",
            ("statement", "role", "n"),
            (
                _string("statement", "id of the statement", null=False),
                _string("document", "id of the document", null=False),
                _string("role", "which of the statement's spans", null=False, values=("source", "cue", "content", "condition")),
                Field("n", "int", "number of the fragment, from 0"),
                *_SPAN,
            ),
        ),
        Table(
            "actors",
            "one actor of a statement",
            ("statement", "role", "n"),
            (
                _string("statement", "id of the statement", null=False),
                _string("role", "what the actor is in it", null=False, values=("speaker", "addressee", "target")),
                Field("n", "int", "number among those of the role, from 0"),
                _string("id", "of the actor in the tables of actors"),
                _string("name", "its name, or the words in the text"),
                _string("code", "ISO 3166 alpha-3, or an organisation's acronym"),
                Field("start", "int", "offset of the first code point of the mention; null for a speaker", null=True),
                Field("end", "int", "offset after its last code point; null for a speaker", null=True),
                _string("office", "a speaker's role"),
            ),
        ),
        Table(
            "evidence",
            "one statement as in `statements`, with its document's origin and text: a single file that can be imported again",
            ("id",),
            (
                *_STATEMENTS,
                Field("origin", "struct", "what else is known of the document", parts=_ORIGIN),
                Field("text", "text", "the document's frozen text, stored once a document and row group"),
            ),
        ),
        Table(
            "readings",
            "one document as in `documents`, with its statements within: what `onrecord scale` writes, a file an input",
            ("id",),
            (
                *_DOCUMENTS,
                _string("model", "version of the model that read it"),
                Field("statements", "struct", "its statements, as in `statements` but for `document`", many=True, parts=(_ID, *_BODY)),
            ),
        ),
    )
}


def arrow(table: str, *, metadata: Mapping[str, str] | None = None) -> pa.Schema:
    """The table's Arrow schema. Its metadata says ``onrecord.schema`` (VERSION), ``onrecord.table`` and what ``metadata`` adds."""
    import pyarrow as pa

    made = {"onrecord.schema": VERSION, "onrecord.table": table, **(metadata or {})}
    return pa.schema([_arrow_field(f) for f in TABLES[table].fields], metadata=made)


def _arrow_field(field: Field) -> Any:
    import pyarrow as pa

    plain = {"string": pa.string, "int": pa.int64, "float": pa.float64, "bool": pa.bool_}
    if field.kind == "struct":
        made = pa.struct([_arrow_field(p) for p in field.parts])
    elif field.kind == "text":
        made = pa.large_string()  # a batch of long texts may pass the 2 GiB that 32-bit offsets reach
    else:
        made = plain[field.kind]()
    if field.many:
        made = pa.list_(pa.field("element", made, nullable=False))
    return pa.field(field.name, made, nullable=field.null)


def check_version(found: str | None) -> None:
    """Raise UsageError unless data of schema version ``found`` can be read."""
    if not found or found.split(".")[0] != VERSION.split(".", maxsplit=1)[0]:
        raise UsageError(
            f"it follows version {found or '?'} of onrecord's schema and this onrecord reads {VERSION} (use another version of onrecord)"
        )


def json_schema(table: str = "statements") -> dict[str, Any]:
    """The table's JSON Schema (draft 2020-12): every field is there, and no other."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"onrecord {table} {VERSION}",
        "description": TABLES[table].row,
        **_object(TABLES[table].fields),
    }


def _object(fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {f.name: _json_field(f) for f in fields},
        "required": [f.name for f in fields],
        "additionalProperties": False,
    }


def _json_field(field: Field) -> dict[str, Any]:
    names = {"string": "string", "text": "string", "int": "integer", "float": "number", "bool": "boolean"}
    made: dict[str, Any] = _object(field.parts) if field.kind == "struct" else {"type": names[field.kind]}
    if field.values:
        made["enum"] = list(field.values)
    if field.kind == "int":
        made["minimum"] = 0
    if field.many:
        made = {"type": "array", "items": made}
    if field.null:
        made = {"type": [made["type"], "null"], **{k: v for k, v in made.items() if k != "type"}}
    return {"description": field.meaning, **made}


# -- flat: one cell a field


def joined(spans: Sequence[Span]) -> str:
    return JOINT.join(s.text for s in spans)


def _names(actors: Sequence[Any]) -> str:
    return "; ".join(a.name for a in actors)


def _places(spans: Sequence[Span]) -> str:
    return ";".join(f"{s.start}-{s.end}" for s in spans)


def _codes(actors: Sequence[Any]) -> str:
    return "; ".join(a.code or "" for a in actors) if any(a.code for a in actors) else ""


#: The flat form of a statement: column, the field it is made from, and how. CSV, spreadsheets and flat frames have these.
FLAT: dict[str, tuple[str, Callable[[Statement], str | int | float | None]]] = {
    "id": ("id", lambda s: s.id),
    "document_id": ("document.id", lambda s: s.document.id),
    "path": ("document.path", lambda s: s.document.path),
    "title": ("document.title", lambda s: s.document.title),
    "published": ("document.published", lambda s: s.document.published),
    "outlet": ("document.outlet", lambda s: s.document.outlet),
    "kind": ("kind", lambda s: s.kind),
    "speaker": ("speaker.name", lambda s: s.speaker.name if s.speaker else None),
    "speaker_id": ("speaker.id", lambda s: s.speaker.id if s.speaker else None),
    "role": ("speaker.role", lambda s: s.speaker.role if s.speaker else None),
    "country": ("speaker.country", lambda s: s.speaker.country if s.speaker else None),
    "via": ("speaker.via", lambda s: s.speaker.via if s.speaker else None),
    "source": ("source[].text", lambda s: joined(s.source)),
    "cue": ("cue[].text", lambda s: joined(s.cue)),
    "content": ("content[].text", lambda s: joined(s.content)),
    "start": ("source[].start", lambda s: s.start),
    "end": ("source[].end", lambda s: s.end),
    "act": ("act", lambda s: s.act),
    "plover": ("plover", lambda s: s.plover),
    "cameo": ("cameo", lambda s: s.cameo),
    "targets": ("targets[].name", lambda s: _names(s.targets)),
    "addressees": ("addressees[].name", lambda s: _names(s.addressees)),
    "condition": ("condition[].text", lambda s: joined(s.condition)),
    "polarity": ("polarity", lambda s: s.polarity),
    "modality": ("modality", lambda s: s.modality),
    "date_start": ("date.start", lambda s: s.date.start if s.date else None),
    "date_end": ("date.end", lambda s: s.date.end if s.date else None),
    "date_text": ("date.text", lambda s: s.date.text if s.date else None),
    "nested_in": ("nested_in", lambda s: s.nested_in),
    "confidence": ("confidence", lambda s: s.confidence),
    "target_codes": ("targets[].code", lambda s: _codes(s.targets)),
    "addressee_codes": ("addressees[].code", lambda s: _codes(s.addressees)),
    "url": ("origin.url", lambda s: s.document.url),
    "digest": ("origin.digest", lambda s: s.document.digest),
    "source_at": ("source[].start", lambda s: _places(s.source)),
    "cue_at": ("cue[].start", lambda s: _places(s.cue)),
    "content_at": ("content[].start", lambda s: _places(s.content)),
    "condition_at": ("condition[].start", lambda s: _places(s.condition)),
}


def flat(s: Statement) -> dict[str, str | int | float | None]:
    """One statement as flat values by column, in the order of ``FLAT``. ``start`` and ``end`` are those of the whole statement; the
    columns in ``_at`` hold the offsets of every fragment (``0-4;10-20``)."""
    return {name: make(s) for name, (_, make) in FLAT.items()}


# -- the page


def markdown() -> str:
    """The tables of ``docs/schema.md``."""
    out = []
    for table in TABLES.values():
        out += [f"### `{table.name}`", "", f"A row is {table.row}. Key: {', '.join(f'`{k}`' for k in table.key)}.", ""]
        out += ["| field | type | null | meaning |", "|---|---|---|---|"]
        out += [f"| `{name}` | {kind} | {null} | {meaning} |" for name, kind, null, meaning in _rows(table.fields, "")]
        out.append("")
    out += ["### The flat form", "", "| column | made from |", "|---|---|"]
    out += [f"| `{name}` | `{path}` |" for name, (path, _) in FLAT.items()]
    return "\n".join(out) + "\n"


def _rows(fields: Sequence[Field], prefix: str) -> list[tuple[str, str, str, str]]:
    names = {"string": "string", "text": "large_string", "int": "int64", "float": "double", "bool": "bool", "struct": "struct"}
    out = []
    for f in fields:
        kind = f"list of {names[f.kind]}" if f.many else names[f.kind]
        meaning = f.meaning + (f" ({', '.join(f.values)})" if f.values and not f.meaning.startswith(f.values[0]) else "")
        out.append((prefix + f.name, kind, "yes" if f.null else "no", meaning.replace("|", "\\|")))
        # The statements within a reading are described once, above.
        if f.parts and f.name != "statements":
            out += _rows(f.parts, f"{prefix}{f.name}{'[]' if f.many else ''}.")
    return out
