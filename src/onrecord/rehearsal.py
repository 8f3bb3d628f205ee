"""One sentence read as every text is, before the first text comes.

Half of the patterns that a report needs, and the tables, every report needs. They are compiled and read while the network
loads and runs, which leaves Python free, and not after it, when all else waits for them.
"""

from __future__ import annotations

from onrecord.assemble import assemble
from onrecord.document import Document
from onrecord.enrich import enrich
from onrecord.segment import paragraphs
from onrecord.statement import Statement
from onrecord.tagger import Raw, Tagged

__all__ = ["rehearse"]

# Plain on purpose: a person's name, a dateline or a condition would want tables and patterns that many texts do without.
_TEXT = "“We will not wait,” France said on Thursday."
_CONTENT, _SOURCE, _CUE = (0, 19), (20, 26), (27, 31)


def rehearse() -> list[Statement]:
    """The sentence's one statement, with all that is added to it, from what the tagger would say of the sentence."""
    raw = Raw((_SOURCE,), _CUE, (_CONTENT,), 0.9, 0.9, 0.9)
    tagged = Tagged((raw,), tuple(paragraphs(_TEXT)), ((*_SOURCE, "place"),))
    document = Document(_TEXT)
    return enrich(document, assemble(document, tagged, {}), tagged.mentions, {})
