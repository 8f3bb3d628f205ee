"""Actors: who speaks in the record, and each of them with what they said, about whom, to whom, and where they changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from onrecord.actors import Registry
from onrecord.record import Query
from onrecord.web import render
from onrecord.web.ask import Ask, Site
from onrecord.web.chart_pages import over_time
from onrecord.web.problem import Problem

__all__ = ["actor", "actors", "changes"]

_ON_A_PAGE = 50
#: Changes are looked for on the actor's own page while there are at most so many statements; beyond it, on a page of their own.
_AT_ONCE = 300


def actors(site: Site, ask: Ask) -> Response:
    """Everyone who speaks, those with the most statements first; ``words``: of the name."""
    page = ask.number("page", 1)
    words = ask.param("words")[:200]
    query = replace(ask.query(), speaker=(words,)) if words else ask.query()
    found, total = site.record.speakers(replace(query, page=1), offset=(page - 1) * _ON_A_PAGE, limit=_ON_A_PAGE)

    def value() -> dict[str, Any]:
        return {"total": total, "page": page, "pages": -(-total // _ON_A_PAGE), "actors": [a.to_dict() for a in found]}

    def html() -> Response:
        if not total and site.empty:
            return render.page(site, ask, "empty.html", record=site.record.path)
        return render.page(
            site, ask, "actors.html", found=found, total=total, page=page, pages=-(-total // _ON_A_PAGE), words=words,
            query=replace(query, speaker=() if words else query.speaker, page=1),
        )  # fmt: skip

    return render.either(ask, html, value)


def actor(site: Site, ask: Ask) -> Response:
    """One actor: by the id of the tables of actors, or by the name where that is all there is."""
    id_ = ask.path("id")
    known = Registry.load().get(id_)
    query = Query(speaker=(id_,), size=5)
    said = site.record.search(query, facets=("speaker", "act", "target", "addressee", "outlet"))
    # A filter also takes words of a name; this page is of one actor, whom the record or the registry must know by just this.
    mine = any(s.speaker and (s.speaker.id or s.speaker.name) == id_ for s in said.statements)
    about = site.record.search(Query(target=(id_,), size=5), facets=("speaker", "act"))
    named = next((a.name for s in about.statements for a in (*s.targets, *s.addressees) if (a.id or a.name) == id_), None)
    if known is None and not mine and named is None:
        to = site.record.search(Query(addressee=(id_,), size=1), facets=())
        named = next((a.name for s in to.statements for a in s.addressees if (a.id or a.name) == id_), None)
        if named is None:
            raise Problem(404, f"there is no actor {id_!r:.60}", "look for them on the page of actors")
    if not mine:
        said = replace(said, statements=(), total=0, facets=dict.fromkeys(said.facets, ()))
    name = known.name if known else next((s.speaker.name for s in said.statements if s.speaker and s.speaker.name), named) or id_

    def value() -> dict[str, Any]:
        return {
            "id": id_, "name": name, "actor": known.to_dict() if known else None, "statements": said.total, "about": about.total,
            "facets": {f: [v.to_dict() for v in vs] for f, vs in said.facets.items()},
            "spoken_of_by": [v.to_dict() for v in about.facets["speaker"]],
            "latest": [s.to_dict() for s in said.statements],
        }  # fmt: skip

    def html() -> Response:
        return render.page(
            site, ask, "actor.html", id=id_, name=name, known=known, said=said, about=about, query=query,
            times=over_time(site, Query(speaker=(id_,))) if said.total else None,
            by_act=site.record.cross(query, "target", "act", most=12, across=20) if said.total else None,
            changed=_changed(site, query) if 0 < said.total <= _AT_ONCE else None,
        )  # fmt: skip

    return render.either(ask, html, value)


def _changed(site: Site, query: Query) -> list[dict[str, Any]]:
    """Candidates for a change of position, each with its two statements."""
    found = site.record.positions(query)
    by_id = {s.id: s for s in found.statements}
    return [{"earlier": by_id[c.earlier], "later": by_id[c.later], "change": c} for c in found.changes[:50]]


def changes(site: Site, ask: Ask) -> Response:
    """Pairs of statements that look like a change of position: candidates for a person to judge."""
    query = replace(ask.query(), page=1)
    if not query.speaker and not query.country:
        raise Problem(400, "say whose positions: a speaker or a country", "open this page from an actor's")
    found = _changed(site, query)

    def value() -> dict[str, Any]:
        return {"query": query.to_dict(), "changes": [c["change"].to_dict() for c in found]}

    return render.either(ask, lambda: render.page(site, ask, "changes.html", query=query, changed=found), value)
