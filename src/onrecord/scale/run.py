"""A run over a corpus: what there is to read, what stands already, what went wrong, and that nothing is lost or done twice."""

from __future__ import annotations

import json
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Literal

from onrecord.errors import OnrecordError, OutputError, SourceError, UsageError
from onrecord.patience import PATIENCE
from onrecord.record.pool import ReaderLike
from onrecord.scale import engines
from onrecord.scale.inputs import Input, find
from onrecord.scale.manifest import ASIDE, MANIFESTS, READINGS, load
from onrecord.scale.place import Place
from onrecord.scale.work import Outcome, Setup, late

__all__ = ["TRIES", "Report", "reader_of_all_cores", "reader_of_one_core", "scale"]

#: How often a file is begun before it is set aside, or reported as not to be had.
TRIES = 3
# A file whose machine is lost under it is innocent, unless it happens every time.
_MOST_LOST = 10
_NAMED = 1000


@dataclass(slots=True)
class Report:
    """How far a run has come, and in the end what it did.

    ``files``: all there are to read; ``size`` their bytes, unknown ones left out. ``done``: read now; ``unchanged``: there already;
    ``moved``: there under another name. ``failed`` and ``aside``: path and reason of what could not be read; ``redone``: of
    results that did not stand. ``documents``, ``statements``, ``words``, ``refusals`` (documents not read) and ``written``
    (bytes) of what was read now. ``memory``: peak of each worker in bytes. ``busy`` and ``cpu``:
    seconds that workers worked, and of it those of their processors; models' loading left out.
    """

    files: int = 0
    size: int = 0
    finished_size: int = 0
    done: int = 0
    unchanged: int = 0
    moved: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    redone: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0
    documents: int = 0
    statements: int = 0
    words: int = 0
    refusals: int = 0
    written: int = 0
    deaths: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    cpu: float = 0.0
    memory: dict[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Files that nothing more will be done about."""
        return self.done + self.unchanged + self.moved + self.failures + len(self.aside)

    def fail(self, path: str, reason: str) -> None:
        self.failures += 1
        if len(self.failed) < _NAMED:
            self.failed.append((path, reason))


def reader_of_one_core() -> ReaderLike:
    """What Ray's actors read with: there are as many of them as cores."""
    from onrecord.reader import Reader

    return Reader(threads=1)


def reader_of_all_cores() -> ReaderLike:
    """What the local engine's one process reads with. A window's numbers do not depend on how many are read at a time."""
    from onrecord.reader import Reader

    return Reader()


def scale(
    inputs: Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    engine: Literal["ray", "local"] | engines.Engine = "ray",
    address: str | None = None,
    workers: int | None = None,
    make_reader: Callable[[], ReaderLike] | None = None,
    mapping: Mapping[str, str] | None = None,
    retry: bool = False,
    quick: bool = False,
    patience: float = PATIENCE,
    progress: Callable[[Report], None] = lambda report: None,
    warn: Callable[[str], None] = lambda message: None,
) -> Report:
    """Read every file that ``inputs`` name into ``out``: ``readings/NAME.parquet`` and ``manifests/NAME.json`` for each.

    ``out``: a folder, or an address for fsspec. A result that is there, was made of the same bytes by the same model and version
    and is sound stays as it is; ``quick`` takes its size and footer for proof and does not compare every byte.
    ``engine``: ``ray`` reads with ``workers`` actors (by default one a CPU) in the cluster at ``address``, or one started here; ``local``
    with one process; the results are the same. Any other that ``engines.Engine`` describes will do. ``make_reader`` makes each
    worker's reader. ``mapping``: for tables, field to column.
    ``retry``: try again what was set aside before, and files of which a document took too long.
    ``patience``: seconds for a document (as many again for each further million characters) and for any other step of a file: a
    document that takes longer is refused, a file on which nothing else gets on is set aside.
    ``progress`` is called after each file, ``warn`` with what a person should know.

    A file on which workers die is set aside after ``TRIES`` times, with its reason, in ``out``'s folder ``aside``.
    Raises OutputError (busy, full, not writable), UsageError, WeightsError; what was written until then stands.
    """
    if mapping:
        from onrecord.sources.columns import FIELDS

        if wrong := [f for f in mapping if f not in FIELDS]:
            raise UsageError(f"a document has no field {wrong[0]!r}; a mapping takes {', '.join(FIELDS)}")
    if workers is not None and workers < 1:
        raise UsageError("there must be a worker at least")
    if not patience > 0:
        raise UsageError("patience is a number of seconds above 0")
    inputs = list(inputs)
    place = Place(out)
    chosen: engines.Engine
    if callable(engine):
        chosen = engine
    else:
        chosen = engines.local if engine == "local" else engines.ray_engine(address=address, workers=workers, waiting=warn)
    with place.alone():
        place.prepare(READINGS, MANIFESTS, ASIDE)
        place.sweep(READINGS, MANIFESTS, ASIDE)
        report = Report()
        began = time.monotonic()
        todo = deque(_planned(place, inputs, report, retry))
        setup = Setup(
            place=place.address if place.remote else os.path.abspath(place.address.removeprefix("file://")),
            make_reader=make_reader or (reader_of_all_cores if engine == "local" else reader_of_one_core),
            code=version("onrecord"),
            mapping=dict(mapping or {}),
            elsewhere=_elsewhere(place, todo),
            whole=not quick,
            patience=patience,
            retry=retry,
        )
        progress(report)
        ledger = _Ledger(place, report, warn)
        try:
            for item, outcome in chosen(todo, setup) if todo else ():
                if ledger.note(item, outcome):
                    todo.append(item)
                report.seconds = time.monotonic() - began
                progress(report)
        finally:
            place.sweep(READINGS, MANIFESTS, ASIDE)
        report.seconds = time.monotonic() - began
        return report


def _planned(place: Place, inputs: Iterable[str | os.PathLike[str]], report: Report, retry: bool) -> list[Input]:
    """The files to be read, the largest first, so that no worker is left with a long one at the end."""
    found = []
    aside = set(place.names(ASIDE))
    for item in find(inputs):
        report.files += 1
        if isinstance(item, SourceError):
            report.fail(item.path, item.reason + (f" ({item.advice})" if item.advice else ""))
            continue
        if _is_within(place, item):
            raise UsageError(f"{item.path} lies in {place.address}, where results go: it cannot be read into itself")
        report.size += item.size or 0
        if f"{item.name}.json" in aside and not retry and (why := _stands_aside(place, item)):
            report.aside.append((item.path, f"{why} (it was set aside before; --retry tries it again)"))
            report.finished_size += item.size or 0
            continue
        found.append(item)
    return sorted(found, key=lambda i: (-(i.size or 0), i.name))


def _is_within(place: Place, item: Input) -> bool:
    if place.remote or item.remote:
        return False
    here = os.path.abspath(item.path)
    return any(here.startswith(place.path(folder) + os.sep) for folder in (READINGS, MANIFESTS, ASIDE))


def _stands_aside(place: Place, item: Input) -> str | None:
    """Why the file was set aside, if neither it nor this program has changed since."""
    try:
        value = json.loads(place.read(f"{ASIDE}/{item.name}.json") or b"")
        same = value["mark"] == item.mark and value["code"] == version("onrecord")
        return str(value["reason"]) if same else None
    except (ValueError, KeyError, TypeError):
        return None


def _elsewhere(place: Place, todo: Iterable[Input]) -> dict[str, str]:
    """Results of inputs that are not asked for now, by the inputs' digest: files may have been moved since they were read."""
    asked = {item.name for item in todo}
    out: dict[str, str] = {}
    for file in place.names(MANIFESTS):
        name = file.removesuffix(".json")
        if name not in asked and (manifest := load(place.read(f"{MANIFESTS}/{file}"))) is not None:
            out.setdefault(manifest.input_digest, name)
    return out


class _Ledger:
    """Enters outcomes into the report, and decides what is tried again."""

    def __init__(self, place: Place, report: Report, warn: Callable[[str], None]) -> None:
        self.place, self.report, self.warn = place, report, warn
        self.tries: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.model = ""
        self.dead: set[str] = set()

    def note(self, item: Input, o: Outcome) -> bool:
        """Enter one outcome. Returns whether the file is to be tried again. Raises OnrecordError when the run cannot go on."""
        r = self.report
        if o.state == "fatal":
            raise OnrecordError(o.reason)
        if o.model:
            if self.model and o.model != self.model:
                raise OnrecordError(
                    f"{o.worker} reads with the model {o.model}, others with {self.model} (install the same on all machines)"
                )
            self.model = o.model
        r.busy += o.seconds
        r.cpu += o.cpu
        if o.memory is not None:
            r.memory[o.worker] = max(o.memory, r.memory.get(o.worker, 0))
        if o.redone:
            r.redone.append((item.path, o.redone))
            self.warn(f"{item.path}: its result did not stand and was made again: {o.redone}")
        if o.state == "died":
            r.deaths += 1
            self.dead.add(item.name)
            if (why := self.place.read(late(item.name))) is not None:
                # It would take as long the next time.
                self.place.remove(late(item.name))
                o = replace(o, reason=why.decode("utf-8", "replace"), again=False)
            if len(self.dead) >= 4 and r.deaths >= 8 and not self.model:
                raise OnrecordError("the workers die whatever they read: there may be too little memory for the model")
        if o.again and self._again(item, o):
            return True
        self._finish(item, o)
        return False

    def _again(self, item: Input, o: Outcome) -> bool:
        if o.lost:
            self.lost[item.name] += 1
            return self.lost[item.name] < _MOST_LOST
        self.tries[item.name] += 1
        return self.tries[item.name] < TRIES

    def _finish(self, item: Input, o: Outcome) -> None:
        r = self.report
        r.finished_size += item.size or 0
        if o.state in ("died", "broken"):
            self._set_aside(item, o)
        elif o.state == "failed":
            r.fail(item.path, o.reason.removeprefix(f"{item.path}: "))
        elif o.state == "unchanged":
            r.unchanged += 1
        elif o.state == "moved":
            r.moved += 1
        else:
            if self.place.size(f"{MANIFESTS}/{item.name}.json") is None:
                raise OutputError(
                    self.place.address,
                    f"{o.worker} wrote its result, but it is not seen here",
                    "give a folder that all machines share, or an object store",
                )
            r.done += 1
            r.documents += o.documents
            r.statements += o.statements
            r.words += o.words
            r.refusals += o.refusals
            r.written += o.size
        if o.state in ("done", "unchanged", "moved"):
            self.place.remove(f"{ASIDE}/{item.name}.json")

    def _set_aside(self, item: Input, o: Outcome) -> None:
        times = self.tries[item.name] or self.lost[item.name] or 1
        value = {"input": item.path, "mark": item.mark, "code": version("onrecord"), "reason": o.reason, "times": times}
        data = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        self.place.write(f"{ASIDE}/{item.name}.json", data.encode("utf-8", "backslashreplace"))
        self.report.aside.append((item.path, f"{o.reason} ({times} times)" if times > 1 else o.reason))
