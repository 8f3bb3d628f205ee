"""What went wrong, in one shape: the same on every address, as JSON and as a page.

{"error": {"status": 404, "code": "not_found", "message": "there is no document '…'", "advice": "…"}}
"""

from __future__ import annotations

import re
from typing import Any

from onrecord.errors import BusyRecordError, OnrecordError, ReadOnlyRecordError, RecordError, SpanError, UsageError

__all__ = ["CODES", "Problem", "problem_of"]

# What the record says of an id that it does not hold; where its file lies is nobody's business.
_ABSENT = re.compile(r"(there is no (?:document|statement|correction) \S+)(?: in .*)?", re.DOTALL)

#: Every ``code`` that an error can carry, by its status.
CODES = {
    400: "bad_request",
    401: "token_needed",
    403: "refused",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_type",
    421: "wrong_host",
    429: "too_many_writes",
    500: "internal",
    503: "busy",
}


class Problem(Exception):
    """An answer that is an error. ``message`` says what happened, ``advice`` what to do."""

    def __init__(self, status: int, message: str, advice: str = "") -> None:
        self.status, self.message, self.advice = status, message, advice
        super().__init__(message)

    def to_dict(self) -> dict[str, Any]:
        return {
            "error": {"status": self.status, "code": CODES[self.status], "message": self.message, "advice": self.advice or None},
        }


def problem_of(e: Exception) -> Problem:
    """The answer that an exception comes to. Whatever was not foreseen is a 500 that tells nothing of the inside."""
    if isinstance(e, Problem):
        return e
    if isinstance(e, UsageError | SpanError):
        m = _ABSENT.fullmatch(str(e))
        return Problem(404, m[1]) if m else Problem(400, str(e))
    if isinstance(e, BusyRecordError):
        return Problem(503, e.reason, e.advice)
    if isinstance(e, ReadOnlyRecordError):
        return Problem(403, e.reason, e.advice)
    if isinstance(e, RecordError):
        return Problem(500, e.reason, e.advice)
    if isinstance(e, OnrecordError):
        return Problem(400, str(e))
    return Problem(500, "the reading room broke down on this page", "what happened stands in the terminal that runs onrecord serve")
