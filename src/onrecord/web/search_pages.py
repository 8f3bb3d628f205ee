"""The search page: words and filters in the address, counts to narrow down by, saved searches, and what is shown taken away."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from typing import IO, Any

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response, StreamingResponse

from onrecord import export as exporting
from onrecord.export import Selection, csv, jsonl, parquet, rows
from onrecord.record import DEFAULT_FACETS, FACETS, SORTS, STATUSES, FacetValue, Query, SavedSearch
from onrecord.record.names import Unmatched
from onrecord.statement import Statement
from onrecord.web import links, pieces, render
from onrecord.web.ask import Ask, Site
from onrecord.web.problem import Problem

__all__ = ["drop_search", "export", "home", "save_search", "saved", "search", "see_search"]

_FACET_NAMES = {
    "speaker": "Speaker", "country": "Country", "role": "Role", "act": "Act", "target": "About", "target_country": "About, country",
    "addressee": "To", "addressee_country": "To, country", "kind": "Kind", "outlet": "Outlet", "month": "Month",
}  # fmt: skip
#: Filters that are neither facets nor the page's own controls: named in a line above the results.
_OTHERS = (
    "since", "until", "published_since", "published_until", "min_confidence", "max_confidence", "nested", "status", "document", "cluster",
    "count",
)  # fmt: skip
#: Months that are listed; more are a matter for the timeline.
_MOST_MONTHS = 36
FORMATS = {"csv": "text/csv", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}


def home(site: Site, ask: Ask) -> Response:
    return RedirectResponse("/search", 307)


def search(site: Site, ask: Ask) -> Response:
    """Statements that meet the query, with facets; an empty record says what to do next."""
    query = ask.query()
    extra = [f for f in FACETS if f not in DEFAULT_FACETS and getattr(query, f)]
    found = site.record.search(query, facets=(*DEFAULT_FACETS, *extra))

    def value() -> dict[str, Any]:
        return {
            "query": query.to_dict(), "total": found.total, "page": query.page, "pages": found.pages,
            "facets": {f: [v.to_dict() for v in vs] for f, vs in found.facets.items()},
            "statements": [s.to_dict() for s in found.statements],
            "notes": {i: n.to_dict() for i, n in found.notes.items()},
        }  # fmt: skip

    def values_of(field: str, values: Sequence[FacetValue]) -> Markup:
        def drop(value: str) -> str:
            return links.query_url(links.toggled(query, field, value))

        return pieces.facet(values, getattr(query, field), links.with_each(query, field), drop, lower=field == "act")

    def instead(u: Unmatched, near: str) -> tuple[str, ...]:
        return tuple(near if v == u.value else v for v in getattr(query, u.field))

    def html() -> Response:
        if not found.total and site.empty:
            return render.page(site, ask, "empty.html", record=site.record.path)
        if query.page > max(1, found.pages):
            raise Problem(404, f"there is no page {query.page}: the last is {found.pages}")
        return render.page(
            site, ask, "search.html", query=query, found=found, names=_FACET_NAMES, sorts=SORTS, statuses=STATUSES,
            saved=site.record.saved_searches() if site.record.mode else [], chosen=_chosen(query, found.facets),
            hidden=[(k, v) for k, v in query.to_params() if k in (*FACETS, "document", "cluster")], formats=FORMATS,
            most=site.settings.export, pages=_pages(query.page, found.pages), most_months=_MOST_MONTHS, values_of=values_of,
            unmatched=site.record.unmatched(query) if not found.total else (), instead=instead,
        )  # fmt: skip

    return render.either(ask, html, value)


def _chosen(query: Query, facets: Any) -> list[tuple[str, str, str]]:
    """Each filter that is set: its name, its value in words, and the address without it."""
    out = []
    for field in FACETS:
        labels = {v.value: v.label for v in facets.get(field, ())}
        for value in getattr(query, field):
            out.append((_FACET_NAMES[field], labels.get(value, value), links.query_url(links.toggled(query, field, value))))
    plain = Query()
    for name in _OTHERS:
        value = getattr(query, name)
        if value != getattr(plain, name):
            shown = ", ".join(value) if isinstance(value, tuple) else {True: "yes", False: "no"}.get(value, value)
            out.append((name.replace("_", " "), str(shown), links.query_url(query, **{name: getattr(plain, name)})))
    return out


def _pages(page: int, pages: int) -> list[int]:
    """Numbers of the pages to link: the first, the last and those around this one; 0 stands for a gap."""
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)} - {0})
    out: list[int] = []
    for n in near:
        if out and n - out[-1] > 1:
            out.append(0)
        out.append(n)
    return out


# -- saved searches


def _named(site: Site, name: str) -> SavedSearch:
    for s in site.record.saved_searches():
        if s.name == name:
            return s
    raise Problem(404, f"there is no saved search {name!r:.60}")


def saved(site: Site, ask: Ask) -> Response:
    """The statements of a saved search that came in since it was last marked as seen, the latest first."""
    kept = _named(site, ask.path("name"))
    # A generator: of a thousand new ones only those that are shown are read.
    statements: list[Statement] = list(islice(site.record.new_in(kept.name), site.settings.page))

    def value() -> dict[str, Any]:
        return {
            "name": kept.name, "query": kept.query.to_dict(), "created": kept.created, "total": kept.total, "new": kept.new,
            "statements": [s.to_dict() for s in statements],
        }  # fmt: skip

    return render.either(ask, lambda: render.page(site, ask, "saved.html", kept=kept, statements=statements), value)


def save_search(site: Site, ask: Ask) -> Response:
    """Keep a search under a name."""
    name = str(ask.sent.get("name") or "")
    sent = ask.sent.get("query")
    if isinstance(sent, dict):
        query = Query.from_dict(sent)
    else:
        from urllib.parse import parse_qsl

        query = ask.query(parse_qsl(str(sent or "")))
    site.record.save_search(name, query)
    return render.json_answer({"name": name, "query": query.to_dict()}, 201) if ask.json else render.see(links.query_url(query))


def see_search(site: Site, ask: Ask) -> Response:
    """Everything now here counts as seen."""
    kept = _named(site, ask.path("name"))
    site.record.mark_seen(kept.name)
    return render.json_answer({"name": kept.name, "new": 0}) if ask.json else render.see(links.query_url(kept.query))


def drop_search(site: Site, ask: Ask) -> Response:
    """Forget a saved search."""
    kept = _named(site, ask.path("name"))
    site.record.drop_search(kept.name)
    return render.json_answer({"name": kept.name}) if ask.json else render.see(links.query_url(kept.query))


# -- taking away


def export(site: Site, ask: Ask) -> Response:
    """All statements that meet the query, as a ZIP of the data and, beside it, the query; ``plain=yes``: the data alone."""
    form = ask.param("format", "csv")
    if form not in FORMATS:
        raise Problem(400, f"an export is one of {', '.join(FORMATS)}, not {form!r:.40}")
    query = Query.from_params([p for p in ask.pairs if p[0] not in ("page", "size", "count")])
    total = site.record.count(query)
    if total > site.settings.export:
        raise Problem(
            413,
            f"{total:,} statements are more than the {site.settings.export:,} of one export",
            "narrow the search, or use onrecord export",
        )
    exporting.FORMATS[form].write()  # says what to install where a library is missing
    beside: dict[str, Any] = {
        "query": query.to_dict(), "address": str(ask.request.url.replace(path="/search").remove_query_params(
            ["format", "plain", "token", "page"])), "statements": total, "record": str(site.record.path),
        "exported": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"), "onrecord": version("onrecord"),
    }  # fmt: skip
    stamp = beside["exported"][:19].replace(":", "").replace("-", "")
    made = tempfile.SpooledTemporaryFile(max_size=8 << 20)
    if ask.param("plain"):
        _write(site, query, form, made)
        name, kind = f"onrecord-{stamp}.{form}", FORMATS[form]
    else:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(f"statements.{form}", "w", force_zip64=True) as out:
                _write(site, query, form, out)
            archive.writestr("query.json", json.dumps(beside, ensure_ascii=False, indent=2) + "\n")
        name, kind = f"onrecord-{stamp}-{form}.zip", "application/zip"
    made.seek(0)

    def send() -> Iterator[bytes]:
        with made:
            while block := made.read(1 << 16):
                yield block

    return StreamingResponse(send(), media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _write(site: Site, query: Query, form: str, out: IO[bytes]) -> None:
    chosen = Selection.of(site.record, query)
    if form == "jsonl":
        jsonl.write(out, chosen)
    elif form == "csv":
        csv.write(out, chosen)
    else:
        asked = {"onrecord.query": json.dumps(query.to_dict(), ensure_ascii=False)}
        parquet.write(out, "statements", map(rows.statement, chosen.statements()), metadata=asked)
