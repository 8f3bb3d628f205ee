"""`onrecord actors`: look into the registry of actors, add to one's own, and check the tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from onrecord.errors import OnrecordError, UsageError

__all__ = ["command"]

_FILE = click.option(
    "--actors",
    "extra",
    type=click.Path(dir_okay=False),
    envvar="ONRECORD_ACTORS",
    help="Your own actors (.csv, .tsv or .toml), over the shipped ones; ONRECORD_ACTORS in the environment does the same.",
)
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True, help="For people or for programs."
)
_ON = click.option("--on", metavar="DATE", help="As things stood on this day, such as 2021-12-02.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Who bears a name, who held an office, and whether the tables are sound.

    \b
    Try:
      onrecord actors find Moscow --on 1962-10-24
      onrecord actors find "Russian Foreign Minister" --on 2021-12-02
      onrecord actors show person:maria-zakharova
      onrecord actors add mine.csv --id person:jane-doe --type person --name "Jane Doe" --country GBR
      onrecord actors check mine.csv
    """


def _day(value: str | None) -> str | None:
    from datetime import date

    if value is None:
        return None
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise UsageError(f"--on {value[:40]!r} is not a day such as 2021-12-02") from None


def _registry(extra: str | None) -> Any:
    from onrecord.actors.registry import Registry

    return Registry.load(extra)


def _term(start: str | None, end: str | None) -> str:
    return "" if start is None and end is None else f"{start or '?'} to {end or 'now or not known'}"


def _columns(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns as wide as their cells; nothing is cut."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        click.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


@command.command()
@click.argument("name")
@_ON
@click.option(
    "--type", "type_", type=click.Choice(["person", "state", "organ", "organisation", "group", "outlet"]), help="Only actors of this type."
)
@_FORMAT
@_FILE
def find(name: str, on: str | None, type_: str | None, form: str, extra: str | None) -> None:
    """Find actors by NAME: a name, alias, acronym, adjective, demonym, capital, metonym, surname, or an office with its country.

    Prints the best match first, with the kind of name that hit and how certain it is (0 to 1). Exits with 1 if there is none.
    """
    registry, day = _registry(extra), _day(on)
    matches = registry.find(name, on=day) or registry.person(name, on=day) or registry.holders(name, on=day)
    if type_:
        matches = [m for m in matches if m.actor.type == type_]
    if not matches:
        raise OnrecordError(
            f"no actor is called {name[:80]!r}"
            + (f" on {day}" if day else "")
            + " (try the full name, or add it with: onrecord actors add)"
        )
    if form == "jsonl":
        for m in matches:
            click.echo(json.dumps(m.to_dict(), ensure_ascii=False))
        return
    rows: list[tuple[str, ...]] = []
    for m in matches:
        role = f"{m.role.title}, {_term(m.role.start, m.role.end)}".rstrip(", ") if m.role else ""
        rows.append((f"{m.certainty:.2f}", m.actor.id, m.actor.name, m.actor.code or "-", m.kind, role))
    _columns(rows)


@command.command()
@click.argument("id")
@_FORMAT
@_FILE
def show(id: str, form: str, extra: str | None) -> None:
    """Show all that is known of the actor with this ID, such as RUS, RUS.mfa, NATO or person:maria-zakharova."""
    registry = _registry(extra)
    actor = registry.get(id)
    if actor is None:
        near = [m.actor.id for m in registry.find(id)[:3]]
        raise OnrecordError(
            f"no actor has the id {id[:80]!r}"
            + (f" (did you mean {', '.join(near)}?)" if near else " (find ids with: onrecord actors find NAME)")
        )
    if form == "jsonl":
        click.echo(json.dumps(actor.to_dict(), ensure_ascii=False))
        return
    rows: list[tuple[str, ...]] = [("id", actor.id), ("name", actor.name), ("type", actor.type)]
    rows += [(k, str(v)) for k in ("country", "code", "parent", "gender", "leader") if (v := getattr(actor, k))]
    if actor.start or actor.end:
        rows.append(("existed", _term(actor.start, actor.end)))
    for n in actor.names[1:]:
        rows.append((n.kind, n.text + (f"  ({_term(n.start, n.end)})" if n.start or n.end else "")))
    for r in actor.roles:
        place = r.organ or r.country
        rows.append(("role", r.title + (f" [{place}]" if place else "") + (f"  {_term(r.start, r.end)}" if r.start or r.end else "")))
    where = registry.where(actor.id)
    rows += [("origin", actor.origin or "-"), ("table", f"{where[0]}, line {where[1]}" if where else "made by rule: organ_kinds.tsv")]
    _columns(rows)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--id", "id", required=True, help="Such as person:jane-doe, or the id of a known actor to change it.")
@click.option(
    "--type", "type_", type=click.Choice(["person", "state", "organ", "organisation", "group", "outlet"]), help="Needed for a new actor."
)
@click.option("--name", help="Needed for a new actor.")
@click.option("--country", help="The state it belongs to: ISO 3166 alpha-3.")
@click.option("--code", help="What targets and addressees show, if not the country: an organisation's acronym.")
@click.option("--parent", help="Id of the actor it is part of.")
@click.option("--gender", type=click.Choice(["f", "m"]))
@click.option("--alias", "aliases", multiple=True, help="Another name; may be given again. 'NAME @START..END' limits it in time.")
@click.option("--acronym", "acronyms", multiple=True, help="An acronym; may be given again.")
@click.option("--role", "roles", multiple=True, help="'TITLE [ORGAN] @START..END'; organ and dates may be left out; may be given again.")
@click.option("--origin", help="Where you have it from.")
def add(file: str, **fields: Any) -> None:
    """Add an actor to your own FILE (.csv or .tsv), which is made if it does not exist, and check that it can be read.

    Nothing is written unless the whole file is sound with the new row. Give the file to commands with --actors FILE.
    """
    from onrecord.actors.tables import append_row

    fields["type"] = fields.pop("type_")
    cells = {k: "; ".join(v) if isinstance(v, tuple) else v for k, v in fields.items() if v}
    append_row(file, cells)
    click.echo(f"added {cells['id']} to {file}", err=True)


@command.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--notes/--no-notes", default=False, help="Print what is not known, too: offices without a known holder, states without a capital."
)
@click.option(
    "--coverage", "show_coverage", is_flag=True, help="Print for how much of 2000 to 2024 the holders of the main offices are known."
)
@_FORMAT
def check(files: tuple[str, ...], strict: bool, notes: bool, show_coverage: bool, form: str) -> None:
    """Check the shipped tables, or your own FILES over them, for clashes, gaps and impossible dates.

    Exits with 1 if there is an error; with --strict also if there is a warning.
    """
    from onrecord.actors.check import Finding, coverage
    from onrecord.actors.check import check as run

    if show_coverage:
        shares = coverage(_registry(files[0] if files else None))
        if form == "jsonl":
            for c, function, share in shares:
                click.echo(json.dumps({"country": c, "function": function, "share": round(share, 3)}))
        else:
            by: dict[str, dict[str, float]] = {}
            for c, function, share in shares:
                by.setdefault(c, {})[function] = share
            functions = list(dict.fromkeys(function for _, function, _ in shares))
            _columns([("country", *functions)] + [(c, *(f"{100 * v.get(name, 0):.0f}%" for name in functions)) for c, v in by.items()])
        return
    found: list[Finding] = []
    failed = 0
    for file in files or (None,):
        try:
            found += [f for f in run(_registry(file)) if file is None or f.where.startswith(f"{Path(file)}:")]
        except OnrecordError as e:
            click.echo(f"onrecord: {e}", err=True)
            failed += 1
    for f in found:
        if f.level != "note" or notes:
            click.echo(json.dumps(f.to_dict(), ensure_ascii=False) if form == "jsonl" else f"{f.level}: {f.where}: {f.actor}: {f.message}")
    counts = {level: sum(f.level == level for f in found) for level in ("error", "warning", "note")}
    click.echo(
        ", ".join(f"{n} {level}{'' if n == 1 else 's'}" for level, n in counts.items()) + (f", {failed} unreadable" if failed else ""),
        err=True,
    )
    if failed or counts["error"] or (strict and counts["warning"]):
        raise SystemExit(1)
