"""What is added to statements once they are found: who speaks, when, what the words do and to whom.

One plain function over frozen values. The order matters: acts and targets want the speaker, and all want the actors of
the whole text, which are read once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from onrecord.document import Document
from onrecord.errors import OnrecordError
from onrecord.statement import ActorRef, Statement

if TYPE_CHECKING:
    from onrecord.actors.registry import Registry
    from onrecord.actors.resolve import Resolution

__all__ = ["ActScores", "TaggedMention", "enrich", "prepare"]

#: A name that the tagger saw: start, end (code points), type (``person``, ``organisation``, ``place`` or ``other``).
TaggedMention = tuple[int, int, str]

#: What the tagger's act head says of statements: statement id -> a score for each act, in the order of ``acts.ACTS``.
ActScores = Mapping[str, Sequence[float]]


def enrich(
    document: Document,
    statements: Sequence[Statement],
    mentions: Sequence[TaggedMention] | None = None,
    acts: ActScores | None = None,
    *,
    registry: Registry | None = None,
) -> list[Statement]:
    """The statements with speaker, date of saying, act, parties, condition, polarity and modality, in the order given.

    ``mentions``: the names that the tagger saw. ``acts``: its scores of the statements' acts. ``registry``: the actors to
    know; by default the shipped ones and those of the file that ONRECORD_ACTORS names.

    A part that breaks down on a text is left out of its statements and logged (logger ``onrecord``): a text that was read is
    never lost to what is only added to it. With ONRECORD_TRACEBACK set the fault is raised. Raises ActorFileError for a file
    of actors that is not sound.

    A text of more than 400,000 characters is gone through in sections of about 200,000, each with actors and dates of its
    own, so that time and memory stay in proportion: who is meant by "she" lies near, and such a text is many texts in one.
    """
    if not statements:
        return []
    if len(document.text) > 2 * _SECTION:
        return _by_sections(document, statements, mentions, acts, registry)
    return _at_once(document, statements, mentions, acts, registry)


def _at_once(
    document: Document,
    statements: Sequence[Statement],
    mentions: Sequence[TaggedMention] | None,
    acts: ActScores | None,
    registry: Registry | None,
) -> list[Statement]:
    from onrecord.actors.resolve import actor_ref, read_actors, resolve
    from onrecord.acts import act
    from onrecord.dates import date_statements

    resolution: Resolution | None = None

    def speakers(given: Sequence[Statement]) -> list[Statement]:
        nonlocal resolution
        resolution = read_actors(document, given, tagged=mentions, registry=registry)
        return resolve(document, given, resolution=resolution)

    def party(start: int, end: int) -> ActorRef:
        if resolution is None:
            return ActorRef(" ".join(document.text[start:end].split()), None, start, end, None)
        return actor_ref(resolution, start, end)

    spoken = _added(document, statements, "speakers", speakers)
    dated = _added(document, spoken, "dates", lambda given: date_statements(document, given))
    return _added(document, dated, "acts", lambda given: act(document, given, resolve=party, head=acts))


_SECTION = 200_000


def _by_sections(
    document: Document,
    statements: Sequence[Statement],
    mentions: Sequence[TaggedMention] | None,
    acts: ActScores | None,
    registry: Registry | None,
) -> list[Statement]:
    out = list(statements)
    for start, stop in _sections(document.text):
        mine = [i for i, s in enumerate(statements) if start <= s.start < stop]
        if not mine:
            continue
        end = max(stop, *(x.end for i in mine for x in (*statements[i].source, *statements[i].cue, *statements[i].content)))
        part = replace(document, text=document.text[start:end])
        names = None if mentions is None else [(lo - start, hi - start, kind) for lo, hi, kind in mentions if start <= lo and hi <= end]
        for i, done in zip(mine, _at_once(part, [_moved(statements[i], part, start) for i in mine], names, acts, registry), strict=True):
            whole = statements[i]
            out[i] = replace(
                done,
                document=document,
                source=whole.source,
                cue=whole.cue,
                content=whole.content,
                condition=tuple(x.moved(start) for x in done.condition),
                addressees=tuple(replace(x, start=x.start + start, end=x.end + start) for x in done.addressees),
                targets=tuple(replace(x, start=x.start + start, end=x.end + start) for x in done.targets),
            )
    return out


def _sections(text: str) -> list[tuple[int, int]]:
    """The text cut after line ends, each part at most ``_SECTION`` long but for the last, which may be half as long again."""
    cuts = [0]
    while len(text) - cuts[-1] > 3 * _SECTION // 2:
        at = text.rfind("\n", cuts[-1] + _SECTION // 2, cuts[-1] + _SECTION)
        cuts.append(at + 1 if at >= 0 else cuts[-1] + _SECTION)
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))


def _moved(s: Statement, part: Document, by: int) -> Statement:
    source, cue, content = (tuple(x.moved(-by) for x in spans) for spans in (s.source, s.cue, s.content))
    return replace(s, document=part, source=source, cue=cue, content=content)


def _added(
    document: Document, statements: Sequence[Statement], what: str, stage: Callable[[Sequence[Statement]], list[Statement]]
) -> list[Statement]:
    try:
        return stage(statements)
    except OnrecordError:
        raise
    except Exception as e:
        if os.environ.get("ONRECORD_TRACEBACK"):
            raise
        import logging  # not needed by a text that goes well

        logging.getLogger("onrecord").warning(
            "%s: %s could not be told (%s), the statements are kept without (please report it)", _name(document), what, type(e).__name__
        )
        return list(statements)


def _name(document: Document) -> str:
    return (document.path or document.id).encode("ascii", "backslashreplace").decode()


def prepare() -> threading.Thread:
    """Start to import what follows the tagger and to read its tables, beside the loading and the first run of the network.

    Gives back the thread that does so, one a process. ``enrich`` need not wait for it, but may then read a table twice.
    """
    global _preparing  # noqa: PLW0603 - once a process
    if _preparing is None:
        _preparing = threading.Thread(target=_prepare, name="onrecord-prepare", daemon=True)
        _preparing.start()
    return _preparing


_preparing: threading.Thread | None = None


def _prepare() -> None:
    if os.environ.get("ONRECORD_ACTORS"):  # whoever reads a file of actors first is told what is wrong with it
        from onrecord.acts.model import load
        from onrecord.dates.tables import lexicon

        load()
        lexicon()
    else:
        from onrecord.rehearsal import rehearse

        rehearse()
