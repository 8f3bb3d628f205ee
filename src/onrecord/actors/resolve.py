"""From the words of a source to its speaker: a name, an office and a country, or an honest "not known".

``read_actors`` reads a text once; ``resolve`` fills the speaker of every statement; ``resolve_span`` answers for any other
span (addressees, targets). The order of work: names are joined over the whole text, then the text is swept once from
its beginning, and every "he", "she" and source is decided from what stands before it; "I" and "we" come last, as they
are whoever speaks the words around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from onrecord.actors.actor import Actor, Role
from onrecord.actors.bodies import join_bodies
from onrecord.actors.coref import Entity, Scene, cluster
from onrecord.actors.discourse import read_discourse
from onrecord.actors.find import Lookup, find_names
from onrecord.actors.mention import Mention, Tagged
from onrecord.actors.registry import Registry, fold
from onrecord.actors.resolved import Resolved
from onrecord.actors.sweep import Sweep
from onrecord.document import Document
from onrecord.statement import ActorRef, Speaker, Statement

__all__ = ["Resolution", "read_actors", "resolve", "resolve_span"]


class Resolution(NamedTuple):
    """The actors of one text, ready to answer who a span means. Made by ``read_actors``."""

    document: Document
    scene: Scene
    sweep: Sweep


def read_actors(
    document: Document,
    statements: Sequence[Statement] = (),
    *,
    registry: Registry | None = None,
    tagged: Sequence[Tagged] | None = None,
    mentions: Sequence[Mention] | None = None,
) -> Resolution:
    """Read who is in a text and who its statements' sources are.

    ``tagged``: the tagger's name spans (start, end, type); null where there is none, and names then come from capital
    letters and the registry. ``mentions``: mentions found before, taken in place of ``tagged``.
    """
    registry = registry or Registry.default()
    if tagged is None and mentions is not None:
        tagged = [(m.start, m.end, m.type) for m in mentions if m.type != "role"]
    scene = read_scene(document, registry=registry, tagged=tagged)
    return Resolution(document, scene, Sweep(scene, statements))


def read_scene(document: Document, *, registry: Registry, tagged: Sequence[Tagged] | None) -> Scene:
    """The words of a text, its names, and which of them are the same actor's."""
    d = read_discourse(document.text)
    lookup = Lookup(registry, document.published[:10] if document.published else None)
    return cluster(d, join_bodies(d, lookup, find_names(d, lookup, tagged)), lookup)


def resolve(
    document: Document,
    statements: Sequence[Statement],
    *,
    registry: Registry | None = None,
    mentions: Sequence[Mention] | None = None,
    tagged: Sequence[Tagged] | None = None,
    resolution: Resolution | None = None,
) -> list[Statement]:
    """The statements with their ``speaker`` filled: name, id, role, country, how it was decided (``via``), and how sure that is.

    A statement without a source keeps a null speaker. A source that is not decided gets a speaker whose name is null.
    ``resolution``: what ``read_actors`` made of these very statements, where it has been called already.
    """
    r = resolution or read_actors(document, statements, registry=registry, tagged=tagged, mentions=mentions)
    return [replace(s, speaker=_speaker(r.scene, value)) if value else s for s, value in zip(statements, r.sweep.values, strict=True)]


def resolve_span(resolution: Resolution, start: int, end: int) -> Speaker:
    """Whom the words between two offsets mean, as a speaker (null name: not decided). Pronouns look back from where they stand."""
    lo, hi = resolution.scene.d.span(start, end)
    return _speaker(resolution.scene, resolution.sweep.decide(lo, hi))


def actor_ref(resolution: Resolution, start: int, end: int) -> ActorRef:
    """The same as an addressee or target: the resolved name, or the words themselves where it is not decided."""
    found = resolve_span(resolution, start, end)
    text = " ".join(resolution.document.text[start:end].split())
    return ActorRef(found.name or text, found.country, start, end, found.id)


def _speaker(scene: Scene, value: Resolved) -> Speaker:
    persons = [scene.entities[n] for n in value.entities]
    confidence = round(value.confidence, 3)
    if value.actor is not None:
        actor = value.actor
        on = scene.lookup.on
        role = actor.role_on(on) if on else None
        return Speaker(actor.name, actor.id, value.role or (role.title if role else None), _country(actor, on), value.via, confidence)
    if not persons:
        return Speaker(value.name, None, value.role, value.country, value.via, confidence)
    if len(persons) > 1:
        countries = {country_of(scene, e) for e in persons}
        names = [e.name for e in persons]
        name = ", ".join(names[:-1]) + " and " + names[-1]
        return Speaker(name, None, None, countries.pop() if len(countries) == 1 else None, "joint", confidence)
    e = persons[0]
    return Speaker(e.name, e.actor.id if e.actor else None, role_of(scene, e) or value.role, country_of(scene, e), value.via, confidence)


def role_of(scene: Scene, e: Entity) -> str | None:
    """The office held on the day of the text: in the text's own words ("spokeswoman") where they say the same as the registry.

    Where the text gives no office, or another than the registry has for that day, the registry's title; of somebody whom
    the registry does not know, the words that stand by the name.
    """
    on = scene.lookup.on
    held = e.actor.role_on(on) if e.actor is not None and on else None
    if held is None or e.actor is None:
        return e.role or _former(scene, e)
    own = _without_state(scene, e.role) if e.role else None
    # Who holds several offices speaks in the one that the text names: Premier, not First Secretary.
    return own if own and any(_same_office(scene, own, r) for r in e.actor.roles_on(on)) else held.title


def _former(scene: Scene, e: Entity) -> str | None:
    """Of somebody out of office on the day of the text: "former" and the title held last."""
    on = scene.lookup.on
    past = [r for r in e.actor.roles if r.end and r.end <= on] if e.actor is not None and on else []
    return "former " + max(past, key=lambda r: r.end or "").title if past else None


def _without_state(scene: Scene, role: str) -> str:
    """ "Russian Foreign Minister" -> "Foreign Minister": the country has a field of its own."""
    words = role.removeprefix("the ").split()
    for size in range(min(3, len(words) - 1), 0, -1):
        known = scene.lookup.name(" ".join(words[:size]).removesuffix("'s").removesuffix("’s"))
        if known and known[0].type == "state" and known[1] in {"name", "adjective", "demonym", "acronym", "alias"}:
            return " ".join(words[size:])
    return " ".join(words)


def _same_office(scene: Scene, words: str, held: Role) -> bool:
    """Whether the words name the office held, and nothing less exact than its title does: a noun of the same function."""
    key, title = fold(words), fold(held.title)
    if key == title or title.endswith(" " + key) or len(words) > 60:
        return key == title
    registry = scene.lookup.registry
    if not held.function:
        return False
    noun = registry.noun(key.split()[-1]) if key else None
    return (noun is not None and bool(noun.function) and held.function.partition("-")[0] == noun.function) or any(
        o.function == held.function for o in registry.offices(words)
    )


def country_of(scene: Scene, e: Entity) -> str | None:
    """The country or organisation that it speaks for, as the registry or the text gives it; null where neither does."""
    if e.actor is not None:
        return _country(e.actor, scene.lookup.on) or e.country
    return e.country


def _country(actor: Actor, on: str | None) -> str | None:
    return (actor.code_on(on) or actor.country) if actor.type == "person" else (actor.code or actor.country)
