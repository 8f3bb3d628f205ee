"""The formats that can be read: a table, to which installed plug-ins add rows.

A reader is a plain function ``(item: Item) -> Iterator[Document | SourceError | Item]``. An Item that it yields (a file in
an archive, an attachment) is told apart and read in its turn.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from onrecord.document import Document
from onrecord.errors import SourceError
from onrecord.sources.item import Item

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["BUILT_IN", "GROUP", "Format", "Reader", "formats"]

Reader = Callable[[Item], Iterator[Document | SourceError | Item]]

#: Entry-point group of plug-ins; each entry point loads to a Format.
GROUP = "onrecord.sources"


class Format(NamedTuple):
    """One format and its reader.

    ``name``: short and unique. ``title``: what it is, for people. ``endings``: of file names, with the dot, lower case.
    ``read``: the reader, or ``module:function`` to import it when it is first needed.
    ``needs``: modules from outside that the reader imports. ``streams``: the reader takes ``item.stream`` bit by bit;
    otherwise it is called with all bytes in ``item.data``.
    ``holds``: it may yield Items though it does not stream (an e-mail's attachments).
    ``safe``: nothing in it can hang, crash or blow up, so that it is read in the caller's process. Plug-ins are not.
    ``sniff``: for plug-ins: do these first bytes (up to 64 KiB) look like this format?
    """

    name: str
    title: str
    endings: tuple[str, ...]
    read: str | Reader
    needs: tuple[str, ...] = ()
    streams: bool = False
    holds: bool = False
    safe: bool = False
    sniff: Callable[[bytes], bool] | None = None

    def reader(self) -> Reader:
        """The reader itself. Raises ImportError, with the module's name in ``name``, where a library it needs is missing or broken."""
        for module in self.needs:
            try:
                importlib.import_module(module)
            except ImportError as e:
                # Some libraries raise one of their own, without a name, when a part of them is missing.
                raise ImportError(str(e), name=e.name or next(iter(self.missing()), module)) from e
        if callable(self.read):
            return self.read
        module, _, function = self.read.partition(":")
        found: Reader = getattr(importlib.import_module(module), function)
        return found

    def missing(self) -> list[str]:
        """Which of the modules it needs are not installed."""
        return [m for m in self.needs if not _there(m)]


def _there(module: str) -> bool:
    try:
        return find_spec(module.split(".", maxsplit=1)[0]) is not None
    except (ImportError, ValueError):
        return False


_HERE = "onrecord.sources."
BUILT_IN: tuple[Format, ...] = (
    Format("text", "plain text in any encoding", (".txt", ".text", ".asc", ".log"), _HERE + "text:read", safe=True),
    Format("markdown", "Markdown, with or without front matter", (".md", ".markdown", ".mdown", ".qmd", ".rmd"), _HERE + "markdown:read"),
    Format(
        "html",
        "saved web pages; Factiva downloads in HTML",
        (".html", ".htm", ".xhtml", ".shtml"),
        _HERE + "html:read",
        ("trafilatura", "lxml_html_clean"),
    ),
    Format("pdf", "PDF with a text layer", (".pdf",), _HERE + "pdf:read", ("pypdfium2",)),
    Format("docx", "Word documents; Nexis and Factiva downloads in DOCX", (".docx", ".docm"), _HERE + "docx:read", ("docx",)),
    Format("rtf", "rich text; Nexis and Factiva downloads in RTF", (".rtf",), _HERE + "rtf:read", ("striprtf",)),
    Format("nexis", "Nexis Uni and LexisNexis downloads in plain text", (), _HERE + "nexis:read"),
    Format("factiva", "Factiva downloads in plain text", (), _HERE + "factiva:read"),
    Format("mail", "e-mails, newsletters, pages saved as MHTML", (".eml", ".mht", ".mhtml"), _HERE + "mail:read", holds=True),
    Format("mbox", "mailboxes", (".mbox", ".mbx"), _HERE + "mail:read_mbox", streams=True),
    Format("jsonl", "JSON Lines, one document a line", (".jsonl", ".ndjson", ".jl"), _HERE + "table:read_jsonl", streams=True, safe=True),
    Format("json", "JSON, one document or a list of them", (".json",), _HERE + "table:read_json", safe=True),
    Format("csv", "tables, one document a row", (".csv", ".tsv", ".tab"), _HERE + "table:read_csv", streams=True, safe=True),
    Format("parquet", "Parquet tables, one document a row", (".parquet", ".pq"), _HERE + "parquet:read", ("pyarrow",), streams=True),
    Format("feed", "RSS and Atom feeds", (".rss", ".atom", ".rdf"), _HERE + "feed:read", ("feedparser",)),
    Format("warc", "web crawls", (".warc", ".warc.gz"), _HERE + "warc:read", ("fastwarc",), streams=True),
    Format("zip", "zip archives of any of these", (".zip",), _HERE + "archive:read_zip", streams=True),
    Format("tar", "tar archives of any of these", (".tar", ".tgz", ".tar.gz"), _HERE + "archive:read_tar", streams=True),
    Format("gzip", "any of these, compressed with gzip", (".gz",), _HERE + "archive:read_gzip", streams=True),
    Format("bzip2", "any of these, compressed with bzip2", (".bz2",), _HERE + "archive:read_bzip2", streams=True),
    Format("xz", "any of these, compressed with xz", (".xz", ".lzma"), _HERE + "archive:read_xz", streams=True),
)


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """All formats by name: the built-in ones, then plug-ins in order of name. A plug-in that does not load is left out with a warning."""
    import warnings

    out = {f.name: f for f in BUILT_IN}
    for point in _plug_ins():
        try:
            plug_in = point.load()
            if not isinstance(plug_in, Format):
                raise TypeError(f"it is {type(plug_in).__name__}, not Format")
        except Exception as e:  # a broken plug-in must not take the program's own readers away
            warnings.warn(f"the plug-in {point.name!r} ({point.value}) for sources was left out: {e}", stacklevel=2)
            continue
        out[plug_in.name] = plug_in._replace(safe=False)
    return out


def _plug_ins() -> list[EntryPoint]:
    if not _any_plug_in():
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=GROUP), key=lambda p: p.name)


def _any_plug_in() -> bool:
    """Could there be a plug-in? A look into the files alone: importlib.metadata reads and parses what every installed
    package says of itself, which took a tenth of the time of reading one short text."""
    if any(hasattr(f, "find_distributions") and f is not importlib.machinery.PathFinder for f in sys.meta_path):
        return True
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except NotADirectoryError:  # a zip of packages
            return True
        except OSError:
            continue
        for name in names:
            if not name.endswith((".dist-info", ".egg-info", ".egg")):
                continue
            if name.endswith(".egg"):
                return True
            try:
                with open(os.path.join(folder, name, "entry_points.txt"), "rb") as f:
                    if GROUP.encode() in f.read():
                        return True
            except OSError:
                continue
    return False
