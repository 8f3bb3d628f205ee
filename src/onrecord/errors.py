"""Every error that onrecord raises on purpose.

    OnrecordError
    ├── UsageError          the call makes no sense (an option out of range)
    ├── SourceError         a file or stream could not be turned into a Document
    │   ├── UnreadableError     missing, not permitted, a folder where a file should be
    │   ├── EmptyError          no text in it
    │   ├── BinaryError         not text, or text in an encoding that could not be told
    │   ├── TooLargeError       over the size bound
    │   ├── UnsupportedError    a format without a reader, or whose library is not installed
    │   ├── DamagedError        not what it claims to be, or its reader broke down on it
    │   ├── OverrunError        took too long, too much memory, or unpacked to too much
    │   ├── FetchError          an address that could not be fetched
    │   └── LanguageError       a text that is not English: recorded, not read
    ├── SpanError           a span that does not hold the text it says it holds
    ├── RecordError         a record could not be opened, read or written
    │   ├── DamagedRecordError  not a record, or broken inside
    │   ├── NewerRecordError    written by a later onrecord
    │   ├── BusyRecordError     another program is writing to it
    │   ├── FullRecordError     no room on the disk
    │   └── ReadOnlyRecordError it may not be written to
    ├── OutputError         a file or folder could not be written
    ├── ActorFileError      a table of actors is not sound: file, line and what is wrong
    └── WeightsError        the model's files are missing or not what the manifest says

``str(error)`` is one line for a user: what happened, to which file, and what to do. The shell prints it and nothing
else; no stack trace reaches a user.
"""

from __future__ import annotations

__all__ = [
    "ActorFileError",
    "BinaryError",
    "BusyRecordError",
    "DamagedError",
    "DamagedRecordError",
    "EmptyError",
    "FetchError",
    "FullRecordError",
    "LanguageError",
    "NewerRecordError",
    "OnrecordError",
    "OutputError",
    "OverrunError",
    "ReadOnlyRecordError",
    "RecordError",
    "SourceError",
    "SpanError",
    "TooLargeError",
    "UnreadableError",
    "UnsupportedError",
    "UsageError",
    "WeightsError",
]


class OnrecordError(Exception):
    """Base of all errors raised on purpose."""


class UsageError(OnrecordError):
    """The call makes no sense."""


class _PathError(OnrecordError):
    """An error about the file or folder ``path``: ``reason`` and ``advice`` say why and what to do."""

    def __init__(self, path: str, reason: str, advice: str = "") -> None:
        self.path, self.reason, self.advice = path, reason, advice
        super().__init__(f"{path}: {reason}" + (f" ({advice})" if advice else ""))

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.path, self.reason, self.advice)  # so that it crosses from one process to another


class SourceError(_PathError):
    """A file or stream could not be turned into a Document. ``path`` names it, ``reason`` and ``advice`` say why and what to do."""

    def __init__(self, path: str, reason: str, advice: str = "") -> None:
        super().__init__(path, reason, advice)
        # Names of files are outside text too: one may hold a line break, or steer a terminal.
        self.args = ("".join(c if c.isprintable() else "\ufffd" for c in str(self)),)


class UnreadableError(SourceError):
    """Missing, not permitted, or not a file."""


class EmptyError(SourceError):
    """No text in it."""


class BinaryError(SourceError):
    """Not text, or text in an encoding that could not be told."""


class TooLargeError(SourceError):
    """Over the size bound."""


class UnsupportedError(SourceError):
    """A format without a reader, or one whose library is not installed."""


class DamagedError(SourceError):
    """Not what it claims to be, or its reader broke down on it."""


class OverrunError(SourceError):
    """Took too long, too much memory, or unpacked to too much."""


class FetchError(SourceError):
    """An address that could not be fetched."""


class LanguageError(SourceError):
    """A text that is not English: recorded, not read."""


class SpanError(OnrecordError):
    """A span that does not hold the text it says it holds."""


class RecordError(_PathError):
    """A record could not be opened, read or written. ``path`` names its file, ``reason`` and ``advice`` say why and what to do."""


class DamagedRecordError(RecordError):
    """Not a record, or broken inside."""


class NewerRecordError(RecordError):
    """Written by a later onrecord than this one."""


class BusyRecordError(RecordError):
    """Another program is writing to it."""


class FullRecordError(RecordError):
    """No room on the disk, or over the system's bound on a file."""


class ReadOnlyRecordError(RecordError):
    """It may not be written to."""


class OutputError(_PathError):
    """A file or folder could not be written. ``path`` names it, ``reason`` and ``advice`` say why and what to do."""


class ActorFileError(OnrecordError):
    """A table of actors is not sound. ``path`` and ``line`` (from 1; null: the whole file) say where, ``reason`` and ``advice`` why."""

    def __init__(self, path: str, line: int | None, reason: str, advice: str = "") -> None:
        self.path, self.line, self.reason, self.advice = path, line, reason, advice
        where = path if line is None else f"{path}, line {line}"
        super().__init__(f"{where}: {reason}" + (f" ({advice})" if advice else ""))

    def __reduce__(self) -> tuple[type, tuple[str, int | None, str, str]]:
        return type(self), (self.path, self.line, self.reason, self.advice)


class WeightsError(OnrecordError):
    """The model's files are missing or not what the manifest says."""
