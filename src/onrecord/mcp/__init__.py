"""The record for assistants: a read-only server of the Model Context Protocol. See docs/mcp.md."""

from __future__ import annotations

from pathlib import Path

from onrecord.errors import UsageError
from onrecord.record import Record

__all__ = ["serve"]


def serve(path: str | Path) -> None:
    """Serve the record at ``path`` over standard input and output until the input closes.

    Raises RecordError when it cannot be opened, UsageError when the SDK is not installed.
    """
    with Record.open(path, "r") as record:
        try:
            from onrecord.mcp.server import build
        except ImportError as e:
            raise UsageError("the server needs the Python package 'mcp', version 2 or later (pip install 'onrecord[mcp]')") from e
        build(record).run("stdio")
