"""A list of the documents cited, as CSL-JSON: Zotero, pandoc and citeproc take it. The statements of each stand in its note."""

from __future__ import annotations

import re
from typing import IO, Any

from onrecord.document import Document
from onrecord.export.selection import Selection
from onrecord.export.values import anchor, dumps, first_line, json_array, web_address
from onrecord.statement import Statement

__all__ = ["item", "write"]


def item(d: Document, statements: list[Statement]) -> dict[str, Any]:
    """One document as a CSL item."""
    made: dict[str, Any] = {
        "id": f"onrecord-{d.id}",
        "type": "article-newspaper" if d.outlet else "webpage" if web_address(d.url) else "article",
        "title": first_line(d),
    }
    if d.author:
        made["author"] = [{"literal": d.author}]
    if d.outlet:
        made["container-title"] = d.outlet
    if m := re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", d.published or ""):
        made["issued"] = {"date-parts": [[int(x) for x in m.groups() if x]]}
    if address := web_address(d.url):
        made["URL"] = address
    if d.language:
        made["language"] = d.language
    places = "; ".join(dumps({k: v for k, v in anchor(s).items() if k not in ("document", "sha256")}).decode() for s in statements)
    made["note"] = f"onrecord document {d.id}; sha256 {d.digest}; statements: {places}"
    return made


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write the documents of a selection. Returns the number of statements."""
    count = 0

    def made() -> Any:
        nonlocal count
        for d, statements in selection.by_document():
            count += len(statements)
            yield item(d, statements)

    json_array(stream, made())
    return count
