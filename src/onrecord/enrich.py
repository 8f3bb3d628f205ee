"""What is added to statements once they are found: who speaks, when, what the words do and to whom.

One plain function over frozen values. The order matters: acts and targets want the speaker, and all want the actors of
the whole text, which are read once.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.document import Document
from onrecord.statement import Statement

__all__ = ["TaggedMention", "enrich", "prepare"]

#: A name that the tagger saw: start, end (code points), type (``person``, ``organisation``, ``place`` or ``other``).
TaggedMention = tuple[int, int, str]


def enrich(document: Document, statements: Sequence[Statement], mentions: Sequence[TaggedMention] | None = None) -> list[Statement]:
    """The statements with speaker, date of saying, act, parties, condition, polarity and modality, in the order given."""
    if not statements:
        return []
    from onrecord.actors.resolve import actor_ref, read_actors, resolve
    from onrecord.acts import act
    from onrecord.dates import date_statements

    resolution = read_actors(document, statements, tagged=mentions)
    spoken = resolve(document, statements, resolution=resolution)
    dated = date_statements(document, spoken)
    return act(document, dated, resolve=lambda start, end: actor_ref(resolution, start, end))


def prepare() -> None:
    """Import what ``enrich`` needs and read its tables, so that its first call need not. Harmless to call twice."""
    import onrecord.acts
    import onrecord.actors.resolve
    import onrecord.dates  # noqa: F401
