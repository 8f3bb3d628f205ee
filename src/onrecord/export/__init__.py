"""Statements and documents in the forms that other tools take: one module a format. See docs/exports.md.

    from onrecord.export import export
    from onrecord.record import Query, Record

    with Record.open("r.db") as record:
        export(record, "threats.csv", "csv", query=Query(act=("THREATEN",)))

A format is a row of ``FORMATS``. Its writer takes an open stream of bytes (or, for a format of many files, a new folder) and a
Selection, and returns how many statements it wrote. No writer holds more than a document and its statements at a time,
whatever the record's size; what cannot be so is said in the format's own module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from onrecord.errors import UnsupportedError, UsageError
from onrecord.export.files import guard, whole_file, whole_folder
from onrecord.export.selection import Selection

if TYPE_CHECKING:
    from onrecord.record import Query, Record

__all__ = ["FORMATS", "Format", "Selection", "export"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``endings`` of file names, lower case, the first the usual one; none: a folder. ``writer``: ``module:function``.

    ``needs``: modules from outside that the writer imports. ``binary``: not to be sent to a terminal.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    writer: str
    needs: tuple[str, ...] = ()
    binary: bool = False

    def write(self) -> Callable[..., int]:
        """The writer itself. Raises UnsupportedError where a library that it needs is not installed."""
        if missing := [m for m in self.needs if find_spec(m) is None]:
            raise UnsupportedError(self.name, f"this format needs {', '.join(missing)}", "pip install 'onrecord[export]'")
        module, _, function = self.writer.partition(":")
        found: Callable[..., int] = getattr(importlib.import_module(f"onrecord.export.{module}"), function)
        return found


#: Every format by its name.
FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("parquet", "Parquet, with texts: for pandas, polars, DuckDB, and onrecord import", (".parquet", ".pq"), "parquet:evidence",
               ("pyarrow",), binary=True),
        Format("jsonl", "JSON Lines: the program's own form, one statement a line", (".jsonl", ".ndjson"), "jsonl:write"),
        Format("csv", "CSV, one row a statement: for spreadsheets", (".csv",), "csv:write"),
        Format("annotations", "W3C Web Annotations (JSON-LD)", (".jsonld",), "annotations:write"),
        Format("brat", "brat standoff: a folder of texts and annotations", (), "brat:write"),
        Format("conllu", "CoNLL-U: tokens, statements in MISC", (".conllu",), "conllu:write"),
        Format("tei", "TEI P5 with <said>", (".xml", ".tei"), "tei:write"),
        Format("qdpx", "REFI-QDA project: for MAXQDA, NVivo, ATLAS.ti", (".qdpx",), "qdpx:write", binary=True),
        Format("ftm", "FollowTheMoney entities, one a line: for Aleph and OpenSanctions' tools", (".ftm.json", ".ftm"), "ftm:write"),
        Format("schemaorg", "schema.org Quotation and Claim (JSON-LD)", (".schemaorg.json",), "schemaorg:write"),
        Format("claimreview", "drafts of schema.org ClaimReview, without a verdict", (".claimreview.json",), "schemaorg:write_reviews"),
        Format("plover", "PLOVER events (JSON): claimed acts and who claims them", (".plover.json",), "plover:write"),
        Format("csl", "list of the documents cited (CSL-JSON): for Zotero and pandoc", (".csl.json",), "csl:write"),
        Format("html", "dossier to read and print, every quote in context", (".html", ".htm"), "html:write"),
        Format("pdf", "the dossier as PDF", (".pdf",), "pdf:write", ("reportlab",), binary=True),
    )
}  # fmt: skip


def export(
    record: Record, target: str | Path | IO[bytes], format: str, *, query: Query | None = None, title: str | None = None, **options: Any
) -> int:
    """Write the statements of ``record`` that meet ``query`` to ``target`` in ``format``, a key of ``FORMATS``. Returns how many.

    ``target``: a path, where the file is whole or not there, or an open stream of bytes. ``title``: of a dossier or collection.
    ``options``: the format's own (``table`` for Parquet). Raises UsageError, OutputError, UnsupportedError, RecordError.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r:.40}; there are {', '.join(FORMATS)}")
    write = FORMATS[format].write()
    selection = Selection.of(record, query, title=title)
    if not isinstance(target, str | Path):
        if not FORMATS[format].endings:
            raise UsageError(f"{format} is a folder of files: give its name")
        with record.sparing(), guard(str(getattr(target, "name", "output"))):
            return write(target, selection, **options)
    if Path(target).exists() and record.path.exists() and Path(target).samefile(record.path):
        raise UsageError(f"{target} is the record itself: give another name")
    if not FORMATS[format].endings:
        with record.sparing(), whole_folder(target) as folder:
            return write(folder, selection, **options)
    with record.sparing(), whole_file(target) as stream:
        return write(stream, selection, **options)
