"""Time expressions of a text as half-open intervals, and the day on which each statement was said."""

from __future__ import annotations

from onrecord.dates.expression import TimeExpression
from onrecord.dates.find import find_dates
from onrecord.dates.saying import Saying, date_statements, saying_dates

__all__ = ["Saying", "TimeExpression", "date_statements", "find_dates", "saying_dates"]
