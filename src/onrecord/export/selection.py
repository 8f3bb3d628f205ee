"""What is exported: statements and their documents, as often as a format needs to go through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from onrecord.document import Document
from onrecord.errors import UsageError
from onrecord.statement import Statement

if TYPE_CHECKING:
    from onrecord.record import Query, Record

__all__ = ["Selection"]


@dataclass(frozen=True)
class Selection:
    """Statements to export.

    ``statements``: each call goes through them in the order asked for. ``by_document``: each call goes through the documents in
    the order they came in, each with its statements that were chosen, in the order of its text.
    ``all_documents``: every document, those without a statement too, where nothing was filtered; else those of ``by_document``.
    ``find``: the statement with an id, chosen or not, or null. ``conditions``: what was asked for, as JSON values.
    """

    statements: Callable[[], Iterator[Statement]]
    by_document: Callable[[], Iterator[tuple[Document, list[Statement]]]]
    all_documents: Callable[[], Iterator[Document]]
    find: Callable[[str], Statement | None]
    title: str = "Statements on record"
    conditions: dict[str, Any] = field(default_factory=dict)
    model: str | None = None

    def every_document(self) -> Iterator[tuple[Document, list[Statement]]]:
        """``all_documents``, each with its statements that were chosen."""
        pairs = self.by_document()
        waiting = next(pairs, None)
        for d in self.all_documents():
            if waiting is not None and waiting[0].id == d.id:
                yield waiting
                waiting = next(pairs, None)
            else:
                yield d, []

    @classmethod
    def of(cls, record: Record, query: Query | None = None, *, title: str | None = None) -> Selection:
        """The statements of a record that meet ``query``; all that are shown, document by document, without one."""
        from onrecord.record import Query

        wanted = replace(query, page=1) if query else Query(sort="document")
        together = replace(wanted, sort="document")

        def by_document() -> Iterator[tuple[Document, list[Statement]]]:
            for _, group in groupby(record.statements(together), key=lambda s: s.document.id):
                found = sorted(group, key=lambda s: (s.start, -s.end, s.id))
                yield found[0].document, found

        def find(id: str) -> Statement | None:
            try:
                return record.statement(id)
            except UsageError:
                return None

        conditions = {k: v for k, v in wanted.to_dict().items() if k not in ("sort", "page", "size")}
        documents = (lambda: (d for d, _ in by_document())) if conditions else record.documents
        return cls(
            lambda: record.statements(wanted), by_document, documents, find, title or "Statements on record", conditions
        )  # fmt: skip

    @classmethod
    def given(cls, pairs: Iterable[tuple[Document, Sequence[Statement]]], *, title: str | None = None) -> Selection:
        """These documents and statements. Of an iterator that can be gone through once, only one use can be made."""
        held: dict[str, Statement] = {}

        def by_document() -> Iterator[tuple[Document, list[Statement]]]:
            for d, found in pairs:
                held.clear()
                held.update({s.id: s for s in found})
                yield d, list(found)

        return cls(
            lambda: (s for _, found in by_document() for s in found),
            by_document,
            lambda: (d for d, _ in by_document()),
            held.get,
            title or "Statements on record",
        )
