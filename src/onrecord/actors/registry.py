"""The registry of actors: who bears a name, who held an office on a day, what a role noun says of its bearer.

Read from the plain tables in ``data/`` (one row an actor; ``docs/actors-registry.md``), extended and overridden by a
user's file. Loading parses the tables once into an index of folded names; an ``Actor`` is made when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from onrecord.actors.actor import Actor, Match, Name, NameKind, Noun, Office, Role, covers
from onrecord.actors.fold import fold, fold_all, is_initial, likeness, surname_of, without_possessive
from onrecord.actors.offices import DATA, HONORIFICS, LEADER_WORDS, may_be_organ, organ_kind, read_nouns, read_offices, read_organ_kinds
from onrecord.actors.tables import NAME_COLUMNS, Row, dated, read_lines, read_shipped, read_user_file, row_of, values
from onrecord.errors import ActorFileError

__all__ = ["DATA", "Registry", "fold"]

#: Tables of actors, in order of precedence between equally good matches.
ACTOR_TABLES = ("states.tsv", "organisations.tsv", "organs.tsv", "groups.tsv", "outlets.tsv", "people.tsv")

#: How far each kind of name can be relied on alone, as written. Ordered by judgement, not fitted: only the order is used.
CERTAINTY: dict[str, float] = {
    "name": 1.0,
    "alias": 0.95,
    "acronym": 0.95,
    "former": 0.95,
    "adjective": 0.9,
    "demonym": 0.9,
    "metonym": 0.85,
    "capital": 0.75,
    "surname": 0.7,
    "office": 0.9,
}
_MAX_NAME = 200
#: So many answers of ``_code_of`` are remembered: bounds the memory of a long run.
_CODES = 10_000


#: A row of a shipped table as text: the header, the line, the file's name, the line's number.
_Line = tuple[list[str], str, str, int]


class Registry:
    """All actors known. ``Registry.load()`` gives the shipped ones; ``Registry.load(path)`` adds a user's."""

    def __init__(self, rows: Iterable[Row] = (), *, shipped: Iterable[Path] = ()) -> None:
        """``shipped``: tables with this program, read first, whose ids are all different. ``rows`` in order; a later row with a
        known id changes the earlier one: cells it has replace, names and roles are added.
        """
        # Of some six thousand rows of the shipped tables a text needs twenty, so they stay text until they are asked for.
        self._lines: dict[str, Row | _Line] = {}
        self._index: dict[str, list[tuple[str, NameKind, str]]] = {}
        self._surnames: dict[str, list[str]] = {}
        self._actors: dict[str, Actor] = {}
        self._extended: set[str] = set()
        self._codes: dict[str, str | None] = {}
        for table in shipped:
            self._add_table(table)
        for row in rows:
            cells = row.cells
            id = cells["id"]
            before = self._row(id)
            if before is not None:
                row = Row(_merged(before.cells, cells), row.path, row.line)
                self._extended.add(id)
            self._lines[id] = row
            self._add_names(id, row.cells if before is None else cells, person=row.cells.get("type") == "person")

    def _row(self, id: str) -> Row | None:
        row = self._lines.get(id)
        if row is not None and not isinstance(row, Row):
            row = self._lines[id] = row_of(*row)
        return row

    def _add_table(self, path: Path) -> None:
        """What ``_add_names`` does of each row, for a whole table at once: only the cells that hold names are looked at."""
        head, *lines = read_lines(path)
        header = head.split("\t")
        columns: list[tuple[int, NameKind]] = [(header.index(c), k) for c, k in NAME_COLUMNS.items() if c in header]  # type: ignore[misc]
        name_at, type_at = header.index("name"), header.index("type")
        surname_at = header.index("surname") if "surname" in header else len(header)
        wanted = max(name_at, type_at, *(i for i, _ in columns)) + 1
        texts: list[str] = []
        entries: list[tuple[str, NameKind, str]] = []
        surnames: list[str] = []
        persons: list[str] = []
        for number, line in enumerate(lines, 2):
            if not line or line[0] == "#":
                continue
            cells = line.split("\t", wanted)
            size = len(cells)
            id = cells[0]
            self._lines[id] = header, line, path.name, number
            if size > name_at and (name := cells[name_at]):
                texts.append(name)
                entries.append((id, "name", name))
                if cells[type_at] == "person":
                    surnames.append((cells[surname_at] if size > surname_at else "") or surname_of(name))
                    persons.append(id)
            for i, kind in columns:
                if i < size and (cell := cells[i]):
                    for value in cell.split("; ") if ";" in cell else (cell,):
                        texts.append(value.rpartition("@")[0].rstrip() if "@" in value else value)
                        entries.append((id, kind, value))
        for key, entry in zip(fold_all(texts), entries, strict=True):
            self._index.setdefault(key, []).append(entry)
        for key, id in zip(fold_all(surnames), persons, strict=True):
            self._surnames.setdefault(key, []).append(id)

    def _add_names(self, id: str, cells: dict[str, str], *, person: bool) -> None:
        index = self._index
        if name := cells.get("name"):
            index.setdefault(fold(name), []).append((id, "name", name))
            if person:
                surname = cells.get("surname") or surname_of(name)
                self._surnames.setdefault(fold(surname), []).append(id)
        for column, kind in NAME_COLUMNS.items():
            cell = cells.get(column)
            if cell:
                for value in cell.split("; ") if ";" in cell else (cell,):
                    text = value.rpartition("@")[0].rstrip() if "@" in value else value
                    index.setdefault(fold(text), []).append((id, kind, value))  # type: ignore[arg-type]

    @classmethod
    def load(cls, extra: str | Path | None = None) -> Registry:
        """The shipped registry, or that and a user's file of actors over it. Raises ActorFileError with file and line."""
        return _shipped() if extra is None else _extended(Path(extra))

    @classmethod
    def default(cls) -> Registry:
        """What texts are read with: the shipped registry, under the file that ONRECORD_ACTORS in the environment names, if any."""
        path = os.environ.get("ONRECORD_ACTORS")
        return _remembered(path) if path else _shipped()

    # -- for the checker ---------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Row]:
        """Every actor's row as read, a user's over the shipped one."""
        return (row for id in self._lines if (row := self._row(id)) is not None)

    @staticmethod
    def shipped_rows() -> tuple[Row, ...]:
        """The rows that ship with the program, in order, as they stand in the tables."""
        return _shipped_rows()

    def check_references(self, row: Row) -> None:
        """Raise ActorFileError where a row points at an actor that is not known, or in a circle."""
        _check_references(self, row)

    # -- look-up ---------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, id: object) -> bool:
        return id in self._lines or (isinstance(id, str) and self._is_organ(id))

    def __iter__(self) -> Iterator[Actor]:
        return (self._actor(id) for id in self._lines)

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first words, folded, of all names of two words or more."""
        return frozenset(key.split(" ", 1)[0] for key in self._index if " " in key)

    def get(self, id: str) -> Actor | None:
        """The actor with that id, or null."""
        return self._actor(id) if id in self else None

    def where(self, id: str) -> tuple[str, int] | None:
        """The file and line that last described an actor; null for one made by rule or not known."""
        row = self._row(id)
        return (row.path, row.line) if row else None

    def find(self, name: str, *, on: str | None = None) -> list[Match]:
        """Actors that bear exactly this name, best first; of persons also by bare surname.

        Aware of case and accents: ``US`` is not ``us``; ``Erdogan`` finds Erdoğan; other case counts less. A final
        possessive ``'s`` and a leading ``the`` are passed over. ``on``: an ISO day; names, actors not in use then are
        left out. Without it all are answered, those of today first.
        """
        if not name or len(name) > _MAX_NAME:
            return []
        found = self._written(name, on)
        if found or not may_be_organ(name):
            return found
        organ = self._organ_by_rule(name.strip(), on)
        return [organ] if organ else []

    def _written(self, name: str, on: str | None) -> list[Match]:
        for text in without_possessive(name.strip()):
            found = self._hits(text, fold(text), on)
            if found:
                return found
        return []

    def _hits(self, text: str, key: str, on: str | None) -> list[Match]:
        entries = self._index.get(key)
        if entries is None and key not in self._surnames:  # what most runs of words are
            return []
        best: dict[str, Match] = {}
        for id, kind, value in entries or ():
            written, start, end = dated(value)
            alike = likeness(text, written, kind)
            if not alike:
                continue
            actor = self._actor(id)
            if not covers(start, end, on) or (actor.type != "person" and not covers(actor.start, actor.end, on)):
                continue
            certainty = CERTAINTY[kind] * alike
            if on is None and (end or (actor.end and actor.type != "person")):
                certainty *= 0.7
            match = Match(actor, Name(written, kind, start, end), round(certainty, 3), actor.role_on(on) if actor.roles else None)
            if id not in best or best[id].certainty < certainty:
                best[id] = match
        if " " not in key or key in self._surnames:
            for match in self._by_surname(text, key, on):
                if match.actor.id not in best:
                    best[match.actor.id] = match
        return sorted(best.values(), key=lambda m: -m.certainty)

    def _by_surname(self, text: str, key: str, on: str | None) -> list[Match]:
        ids = self._surnames.get(key, ())
        if not ids or not text[:1].isalpha() or text.islower():
            return []
        share = 1.0 if len(ids) == 1 else 0.8
        return [
            Match(a, Name(text, "surname"), round(CERTAINTY["surname"] * share * _timely(a, on), 3), a.role_on(on))
            for a in map(self._actor, ids)
        ]

    def person(self, name: str, *, on: str | None = None, country: str | None = None) -> list[Match]:
        """Persons of that full name, surname, or title with either ("President Putin", "Donald J. Trump"), best first.

        ``on`` puts those in office then before those who were not; ``country`` keeps those of that nationality or
        who spoke for it.
        """
        tokens = name.split()
        title, rest = self._split_title(tokens)
        tries = [" ".join(rest)]
        if len(rest) > 2:
            short = [t for i, t in enumerate(rest) if i in {0, len(rest) - 1} or not is_initial(t)]
            if len(short) < len(rest):
                tries.append(" ".join(short))
        for text in tries:
            found = [m for m in self.find(text, on=on) if m.actor.type == "person"]
            if country:
                found = [m for m in found if m.actor.country == country or any(r.country == country for r in m.actor.roles)]
            if found:
                break
        else:
            return []
        ranked = []
        for m in found:
            certainty = m.certainty if m.kind == "surname" else m.certainty * (0.75 + 0.25 * _timely(m.actor, on))
            role = m.role
            if title:
                fitting = self._role_for(m.actor, title, on)
                certainty *= 1.35 if fitting else 0.8
                role = fitting or role
            ranked.append(Match(m.actor, m.name, round(min(1.0, certainty), 3), role))
        return sorted(ranked, key=lambda m: -m.certainty)

    def _split_title(self, tokens: list[str]) -> tuple[str, list[str]]:
        """Leading words that are titles or honorifics, and the rest; at least one word is left as the name."""
        cut = 0
        for size in range(min(5, len(tokens) - 1), 0, -1):
            head = fold(" ".join(tokens[:size]))
            if head in HONORIFICS or head in self._offices or self.noun(head):
                cut = size
                break
        title = " ".join(tokens[:cut])
        return ("" if fold(title) in HONORIFICS else title), tokens[cut:]

    def _role_for(self, actor: Actor, title: str, on: str | None) -> Role | None:
        offices = self._offices.get(fold(title), ())
        functions = {o.function for o in offices if o.function}
        titles = {fold(o.title) for o in offices} | {fold(title)}
        roles = [r for r in actor.roles if fold(r.title) in titles or (r.function and r.function in functions)]
        return next((r for r in roles if on and r.holds(on)), roles[0] if roles else None)

    # -- offices ---------------------------------------------------------------------------------------------------

    def offices(self, title: str) -> list[Office]:
        """Kinds of office with that title or alias, in any case: "foreign secretary" -> Foreign Secretary (GBR)."""
        return list(self._offices.get(fold(title), ()))

    def office_of(self, text: str) -> tuple[str, str | None]:
        """Split a description into title and country: "Russian Foreign Minister", "the president of France", "NATO's chief"."""
        words = text.replace("’", "'").split()
        if words and words[0].lower() in {"the", "a", "an", "his", "her", "their", "its"}:
            words = words[1:]
        low = [w.lower() for w in words]
        for marker in (["of", "the"], ["of"], ["for", "the"], ["for"]):
            size = len(marker)
            for i in range(len(words) - size - 1, 0, -1) if marker[0] in low else ():
                if low[i : i + size] == marker:
                    code = self._code_of(" ".join(words[i + size :]))
                    if code:
                        return " ".join(words[:i]), code
        for size in range(min(4, len(words) - 1), 0, -1):
            code = self._code_of(" ".join(words[:size]).removesuffix("'s").removesuffix("'"))
            if code:
                return " ".join(words[size:]), code
        return " ".join(words), None

    def _code_of(self, name: str) -> str | None:
        if not name or len(name) > _MAX_NAME:
            return None
        if name in self._codes:
            return self._codes[name]
        if len(self._codes) >= _CODES:
            self._codes.clear()
        found = (
            m.actor.code
            for m in self._written(name, None)
            if m.actor.type in {"state", "organisation"} and m.kind != "capital" and m.certainty >= 0.5
        )
        code = self._codes[name] = next(found, None)
        return code

    def holders(self, title: str, *, country: str | None = None, organ: str | None = None, on: str | None = None) -> list[Match]:
        """Who held an office on a day; without a day, everyone who held it, latest first.

        ``title`` may carry its country ("Russian Foreign Minister"). ``country``: alpha-3 or an organisation's acronym.
        A title that the country does not use finds the equivalent: ("foreign minister", USA) -> the Secretary of State.
        More than one answer on a day means that the title or the dates do not decide.
        """
        if country is None and organ is None:
            whole = self._offices.get(fold(title))
            if not whole or all(o.country is None for o in whole):
                title, country = self.office_of(title)
        key = fold(title)
        state = self.get(country) if country else None
        if key in LEADER_WORDS and state and state.leader:
            key = fold(state.leader)
        offices = [o for o in self._offices.get(key, ()) if o.country in {None, country} or country is None]
        own = [o for o in offices if o.country == country]
        titles = {fold(o.title) for o in (own or offices)} | {key}
        found = self._held(titles, set(), country, organ, on)
        if not found:
            found = self._held(set(), {o.function for o in (own or offices) if o.function}, country, organ, on)
        return found

    def _held(self, titles: set[str], functions: set[str], country: str | None, organ: str | None, on: str | None) -> list[Match]:
        out = []
        ids = {id for t in titles for id in self._by_title.get(t, ())} | {id for f in functions for id in self._by_function.get(f, ())}
        for id in sorted(ids):
            actor = self._actor(id)
            for role in actor.roles:
                if (fold(role.title) in titles or (role.function or "") in functions) and role.holds(on):
                    if (country and role.country != country) or (organ and role.organ != organ):
                        continue
                    undated = on is not None and role.start is None
                    out.append(
                        Match(actor, Name(role.title, "office", role.start, role.end), 0.5 if undated else CERTAINTY["office"], role)
                    )
                    if on:
                        break
        if on is None:
            return sorted(out, key=lambda m: m.name.start or "", reverse=True)
        return sorted(out, key=lambda m: (-m.certainty, m.name.start or ""))

    # -- organs that every state has ---------------------------------------------------------------------------------

    def organ(self, kind: str, country: str) -> Actor | None:
        """A state's organ: ``("mfa", "RUS")``; from the tables, else by the rule of ``organ_kinds.tsv``; null for an unknown one."""
        return self.get(f"{country}.{kind}")

    def organ_kind(self, name: str) -> str | None:
        """The kind of organ that a bare name means ("the Foreign Ministry" -> ``mfa``), or null. The text has to say of which state."""
        return organ_kind(name)

    def _is_organ(self, id: str) -> bool:
        country, dot, kind = id.partition(".")
        row = self._row(country) if dot else None
        return row is not None and row.cells.get("type") == "state" and kind in read_organ_kinds()

    def _organ_by_rule(self, name: str, on: str | None) -> Match | None:
        """ "The Azerbaijani Foreign Ministry", "Chad's army", "the Foreign Ministry of Peru": a state's name and a kind of organ."""
        title, country = self.office_of(name)
        kind = organ_kind(title) if country else None
        if kind is None or country is None or not self._is_organ(f"{country}.{kind}") or name.islower():
            return None
        state = self._actor(country)
        if not covers(state.start, state.end, on):
            return None
        return Match(self._actor(f"{country}.{kind}"), Name(name, "alias"), 0.9)

    def _make_organ(self, id: str) -> Actor:
        country, _, kind = id.partition(".")
        state, organ = self._actor(country), read_organ_kinds()[kind]
        adjective = next((n.text for n in state.names if n.kind == "adjective"), state.name)
        name = organ.pattern.format(adj=adjective, name=state.name)
        names = (Name(name, "name"), *(Name(f"{adjective} {n}", "alias") for n in organ.names if not organ.pattern.endswith("} " + n)))
        return Actor(id, "organ", name, country, country, country, None, state.start, state.end, names, origin="rule")

    # -- role nouns ------------------------------------------------------------------------------------------------

    def noun(self, word: str) -> Noun | None:
        """What a role noun says of its bearer: ``spokeswoman`` -> feminine, singular, function spokesperson; null if it is none."""
        return self._nouns.get(fold(word))

    # -- tables read when first needed ------------------------------------------------------------------------------

    @property
    def _offices(self) -> dict[str, list[Office]]:
        return read_offices()

    @property
    def _nouns(self) -> dict[str, Noun]:
        return read_nouns()

    @property
    def _by_title(self) -> dict[str, list[str]]:
        return self._roles_index()[0]

    @property
    def _by_function(self) -> dict[str, list[str]]:
        return self._roles_index()[1]

    def _roles_index(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        index = self.__dict__.get("_roles")
        if index is None:
            titles: dict[str, list[str]] = {}
            functions: dict[str, list[str]] = {}
            for row in self.rows():
                id = row.cells["id"]
                for value in values(row.cells.get("roles", "")):
                    title = fold(dated(value)[0].partition(" [")[0])
                    titles.setdefault(title, []).append(id)
                    for office in read_offices().get(title, ()):
                        if office.function:
                            functions.setdefault(office.function, []).append(id)
            index = self.__dict__["_roles"] = (titles, functions)
        return index

    def _actor(self, id: str) -> Actor:
        actor = self._actors.get(id)
        if actor is None:
            row = self._row(id)
            actor = self._actors[id] = self._make(row.cells) if row else self._make_organ(id)
        return actor

    def _make(self, cells: dict[str, str]) -> Actor:
        names = [Name(cells.get("name", cells["id"]), "name")]
        for column, kind in NAME_COLUMNS.items():
            for value in values(cells.get(column, "")):
                text, start, end = dated(value)
                names.append(Name(text, kind, start, end))  # type: ignore[arg-type]
        type_ = cells.get("type", "organisation")
        country = cells.get("country")
        return Actor(
            id=cells["id"],
            type=type_,  # type: ignore[arg-type]
            name=names[0].text,
            country=country,
            code=cells.get("code") or country,
            parent=cells.get("parent"),
            gender=cells.get("gender"),
            start=cells.get("start"),
            end=cells.get("end"),
            names=tuple(names),
            roles=tuple(self._role(v, country) for v in values(cells.get("roles", ""))),
            leader=cells.get("leader"),
            origin=cells.get("origin", ""),
        )

    def _role(self, value: str, nationality: str | None) -> Role:
        text, start, end = dated(value)
        title, _, bracket = text.partition(" [")
        place = bracket.removesuffix("]") or None
        row = self._row(place) if place else None
        country = (row.cells.get("code") or row.cells.get("country") or place) if row else place.partition(".")[0] if place else nationality
        offices = [o for o in read_offices().get(fold(title), ()) if o.country in {None, country}]
        office = next((o for o in offices if o.country == country), offices[0] if offices else None)
        organ = place if place != country or (row and row.cells.get("type") != "state") else None
        if organ is None and office and office.organ and f"{country}.{office.organ}" in self:
            organ = f"{country}.{office.organ}"
        return Role(title, country, organ, start, end, office.function if office else None)


def _timely(actor: Actor, on: str | None) -> float:
    """1 for a person in office on the day, less the further the day is from any office held; 0.8 where that is not known."""
    if not actor.roles or on is None:
        return 1.0 if on is None and any(r.end is None for r in actor.roles) else 0.8
    if any(r.start and r.holds(on) for r in actor.roles):
        return 1.0
    year = int(on[:4])
    gaps = [abs(year - int(d[:4])) for r in actor.roles for d in (r.start, r.end) if d]
    if not gaps:
        return 0.8
    return 0.85 if min(gaps) <= 5 else 0.6 if min(gaps) <= 15 else 0.3


def _merged(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """A row under an overriding one: cells replace, names and roles are put in front of the known ones."""
    out = {**before, **after}
    for column in (*NAME_COLUMNS, "roles"):
        both = values(after.get(column, "")) + [v for v in values(before.get(column, "")) if v not in values(after.get(column, ""))]
        if both:
            out[column] = "; ".join(both)
    if before.get("name") and after.get("name") and before["name"] != after["name"]:
        out["aliases"] = "; ".join([*values(out.get("aliases", "")), before["name"]])
    return out


@lru_cache(maxsize=1)
def _shipped_rows() -> tuple[Row, ...]:
    return tuple(row for table in ACTOR_TABLES for row in read_shipped(DATA / table))


@lru_cache(maxsize=1)
def _shipped() -> Registry:
    return Registry(shipped=[DATA / table for table in ACTOR_TABLES])


def _extended(path: Path) -> Registry:
    rows = read_user_file(path)
    registry = Registry(rows, shipped=[DATA / table for table in ACTOR_TABLES])
    for row in rows:
        _check_references(registry, row)
    return registry


@lru_cache(maxsize=4)
def _remembered(path: str) -> Registry:
    return _extended(Path(path))


def _check_references(registry: Registry, row: Row) -> None:
    """Raise ActorFileError where a row points at what is not there, or in a circle."""
    known = registry._row(row.cells["id"])
    assert known is not None, "only rows of the registry are checked"
    cells = known.cells
    if "name" not in cells or "type" not in cells:
        missing = "name" if "name" not in cells else "type"
        raise ActorFileError(
            row.path, row.line, f"{cells['id']!r} is new but has no {missing}", "give a name and a type, or the id of a known actor"
        )
    for column in ("country", "parent"):
        target = cells.get(column)
        if target and target not in registry:
            raise ActorFileError(
                row.path,
                row.line,
                f"{column} {target[:40]!r} is no known actor",
                "use an id such as RUS, add that actor, or leave it empty",
            )
    for value in values(row.cells.get("roles", "")):
        place = dated(value)[0].partition(" [")[2].removesuffix("]")
        if place and place not in registry:
            raise ActorFileError(row.path, row.line, f"roles: [{place[:40]}] is no known actor", "use an id such as RUS.mfa, or add it")
    chain = [cells["id"]]
    while (at := registry._row(chain[-1])) and (parent := at.cells.get("parent")):
        if parent in chain:
            raise ActorFileError(
                row.path, row.line, "parent: a cycle: " + " -> ".join([*chain, parent])[:200], "an actor cannot be part of itself"
            )
        if parent not in registry._lines:  # an organ made by rule: its parent is the state
            break
        chain.append(parent)
