"""The description of the reading room's JSON, made from the table of addresses and the contract's own schema."""

from __future__ import annotations

from dataclasses import fields
from importlib.metadata import version
from typing import Any

from onrecord.record import Query
from onrecord.record.query import FACETS, SORTS, STATUSES
from onrecord.schema import json_schema
from onrecord.web import addresses
from onrecord.web.problem import CODES

__all__ = ["described"]


def described() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for a in addresses.ADDRESSES:
        # Reading takes ``.json`` or ``Accept``; a write is JSON by what is sent.
        paths.setdefault(a.path.replace(":path", ""), {})[a.method.lower()] = _operation(a)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "onrecord reading room",
            "version": version("onrecord"),
            "description": (
                "Every page as JSON: ask for it with `Accept: application/json`, or put `.json` behind the path. "
                "What is written is sent as JSON and answered as JSON. Every error has the shape of `Error`."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Where the room was opened with a token."}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(a: addresses.Address) -> dict[str, Any]:
    summary = " ".join((a.page.__doc__ or a.name).split())
    made: dict[str, Any] = {"operationId": a.name, "summary": summary.replace("``", "`"), "parameters": _parameters(a)}
    if a.sends is not None:
        schema = {"type": "object", "properties": a.sends}
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if a.gives == "redirect":
        made["responses"] = {"307": {"description": "to /search"}}
    elif a.gives in ("file", "page"):
        kinds = ["text/html"] if a.gives == "page" else ["application/zip", "text/csv", "application/x-ndjson", "application/octet-stream"]
        made["responses"] = {"200": {"description": "the file" if a.gives == "file" else "the page", "content": {k: {} for k in kinds}}}
    else:
        ok = {"description": "done", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{a.gives}"}}}}
        made["responses"] = {str(a.status): ok}
    made["responses"]["default"] = {
        "description": "what went wrong",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return made


def _parameters(a: addresses.Address) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for part in a.path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").partition(":")[0]
            out.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    known = _query_properties()
    names = [n for q in a.query for n in (known if q == "*" else (q,))]
    for name in dict.fromkeys(names):
        schema = known.get(name, {"type": "integer", "minimum": 1} if name in ("page", "part") else {"type": "string"})
        out.append({"name": name, "in": "query", "required": False, "schema": schema})
    return out


def _query_properties() -> dict[str, Any]:
    """The fields of a Query as an address takes them."""
    out: dict[str, Any] = {}
    for f in fields(Query):
        if isinstance(f.default, tuple):
            out[f.name] = {"type": "array", "items": {"type": "string"}}
        elif f.name == "nested":
            out[f.name] = {"type": "string", "enum": ["yes", "no"]}
        elif isinstance(f.default, int | float):
            out[f.name] = {"type": "integer" if isinstance(f.default, int) else "number"}
        else:
            out[f.name] = {"type": "string"}
    out["sort"]["enum"], out["status"]["enum"], out["count"]["enum"] = list(SORTS), list(STATUSES), ["statements", "clusters"]
    return out


def _schemas() -> dict[str, Any]:
    contract = json_schema("statements")
    statement = {k: v for k, v in contract.items() if k != "$schema"}
    text, number, whole, anything = {"type": "string"}, {"type": "number"}, {"type": "integer"}, {"type": "object"}
    maybe = {"type": ["string", "null"]}

    def ref(name: str) -> dict[str, Any]:
        return {"$ref": f"#/components/schemas/{name}"}

    def many(of: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": of}

    def made(**properties: Any) -> dict[str, Any]:
        return {"type": "object", "properties": properties, "required": list(properties)}

    statements = many(ref("Statement"))
    value = made(value=text, label=text, count=whole)
    return {
        "Statement": statement,
        "Query": {"type": "object", "properties": _query_properties() | {"nested": {"type": ["boolean", "null"]}}},
        "FacetValue": value,
        "Note": made(status=maybe, origin=text, cluster=text, variants=whole, corrected={"type": "boolean"}),
        "Correction": made(
            id=whole, statement=text, document=text, field=text, old={}, new={}, who=text, when=text, why=maybe,
            undoes={"type": ["integer", "null"]}, undone={"type": "boolean"},
        ),
        "Error": made(error=made(status=whole, code={"enum": sorted(CODES.values())}, message=text, advice=maybe)),
        "SearchPage": made(
            query=ref("Query"), total=whole, page=whole, pages=whole,
            facets={"type": "object", "propertyNames": {"enum": list(FACETS)}, "additionalProperties": many(ref("FacetValue"))},
            statements=statements, notes={"type": "object", "additionalProperties": ref("Note")},
        ),
        "Saved": {"type": "object", "properties": {"name": text}, "required": ["name"]},
        "SavedSearch": made(name=text, query=ref("Query"), created=text, total=whole, new=whole, statements=statements),
        "DocumentList": made(total=whole, page=whole, pages=whole, documents=many(anything)),
        "DocumentPage": made(document=anything, text=text, statements=statements),
        "StatementPage": made(
            statement=ref("Statement"), note=ref("Note"), why=many(made(field=text, value=text, because=text)),
            corrections=many(ref("Correction")), citation=text,
        ),
        "Card": made(statement=ref("Statement"), why=many(made(field=text, value=text, because=text))),
        "Corrected": made(statement=ref("Statement"), corrections=many(ref("Correction"))) | {"required": ["corrections"]},
        "Queue": made(query=ref("Query"), left=whole, place=whole, statement={"anyOf": [ref("Statement"), {"type": "null"}]}),
        "Who": made(who=text),
        "History": made(total=whole, page=whole, pages=whole, corrections=many(ref("Correction"))),
        "AgreementPage": made(
            coders=many(made(who=text, statements=whole)), a=maybe, b=maybe, fields=many(anything), field=maybe, total=whole, page=whole,
            pages=whole, statements=many(made(id=text, a=anything, b=anything, differ=many(text))),
        ),
        "ActorList": made(total=whole, page=whole, pages=whole, actors=many(anything)),
        "ActorPage": made(
            id=text, name=text, actor={"type": ["object", "null"]}, statements=whole, about=whole, facets=anything,
            spoken_of_by=many(ref("FacetValue")), latest=statements,
        ),
        "Changes": made(query=ref("Query"), changes=many(anything)),
        "Times": made(
            unit={"enum": ["day", "month", "quarter", "year"]}, periods=many(text),
            rows=many(made(act=text, count=whole, values=many(number))),
        ),
        "Timeline": made(
            query=ref("Query"), show={"enum": ["count", "share"]}, timeline={"anyOf": [{"type": "null"}, ref("Times")]},
        ),
        "Network": made(query=ref("Query"), of={"enum": ["actors", "countries"]}, edges=many({
            "type": "object", "properties": {"from": ref("FacetValue"), "to": ref("FacetValue"), "count": whole},
            "required": ["from", "to", "count"],
        })),
        "QuoteList": made(total=whole, page=whole, pages=whole, quotes=many(made(
            id=text, times=whole, outlets=many(text), place=anything, first=ref("Statement"),
        ))),
        "QuotePage": made(total=whole, page=whole, pages=whole, quote={"type": ["object", "null"]}),
        "Description": anything,
    }  # fmt: skip
