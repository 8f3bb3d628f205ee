"""onrecord: who said what, to whom, about whom, when and in which words, every row anchored to its exact characters.

    import onrecord

    for s in onrecord.read("The minister said the talks had failed.", published="2021-12-02"):
        print(s.source[0].text, "|", s.cue[0].text, "|", s.content[0].text)

``read`` and ``read_file`` give a list of frozen ``Statement`` values; ``Reader`` reads many documents with the model
loaded once. Every error raised on purpose is an ``OnrecordError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onrecord.document import Document
from onrecord.errors import OnrecordError
from onrecord.statement import Span, Speaker, Statement

if TYPE_CHECKING:
    from onrecord.reader import Reader, read, read_file

__all__ = ["Document", "OnrecordError", "Reader", "Span", "Speaker", "Statement", "read", "read_file"]


def __getattr__(name: str) -> Any:
    # The reader pulls in onnxruntime; whoever only wants the types does not pay for it.
    if name in ("Reader", "read", "read_file"):
        from onrecord import reader

        return getattr(reader, name)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
