"""Where the work is done: by one process beside this one, or by Ray's actors wherever Ray has room.

An engine takes files from ``todo`` and yields what came of each as it comes; whoever takes the results may put files back.
Ray places the actors and finds the dead ones. What is left to do here is to hand each idle actor the next file: one at a time, so
that it is known which file an actor died on.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from onrecord.errors import OnrecordError, UsageError
from onrecord.processes import follow_parent
from onrecord.scale.inputs import Input
from onrecord.scale.work import Outcome, Setup, Worker

__all__ = ["Engine", "local", "ray_engine"]

#: Takes the files to read and what each worker is told; yields each file with its outcome.
Engine = Callable[[deque[Input], Setup], Iterator[tuple[Input, Outcome]]]

EXTRA = "pip install 'onrecord[ray]'"
# Megabytes of shared memory for a Ray that is started here: paths go in, counts come out, and nothing large goes through it.
_OBJECT_STORE = 80 << 20


# -- one process

_worker: Worker | None = None


def _start(setup: Setup) -> None:
    global _worker  # noqa: PLW0603 - one worker a process
    follow_parent()
    _worker = Worker(setup)


def _run(item: Input) -> Outcome:
    assert _worker is not None
    return _worker.run(item)


def local(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
    """One process, a child of this one so that a file that kills it does not end the run."""
    executor: ProcessPoolExecutor | None = None
    try:
        while todo:
            item = todo.popleft()
            if executor is None:
                executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_start, initargs=(setup,))
            try:
                outcome = executor.submit(_run, item).result()
            except BrokenProcessPool:
                executor.shutdown(wait=False)
                executor = None
                outcome = Outcome(item.name, "died", "its reader broke down on it", again=True)
            yield item, outcome
    finally:
        if executor is not None:
            processes = list((executor._processes or {}).values())
            executor.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()


# -- Ray


def ray_engine(*, address: str | None = None, workers: int | None = None, waiting: Callable[[str], None] = lambda message: None) -> Engine:
    """An engine of ``workers`` actors (by default one a CPU) in the Ray cluster at ``address``, or in one started on this machine.

    ``waiting`` is told when no worker can be placed. Raises UsageError when Ray is not installed or no cluster is found.
    """
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as e:
        raise UsageError(f"reading with many workers needs the Python package 'ray' ({EXTRA}; or take --engine local)") from e

    def engine(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        mine = not ray.is_initialized()
        if mine:
            _connect(ray, address, workers)
        crew = _Crew(ray, setup, workers or max(1, int(ray.cluster_resources().get("CPU", 1))), waiting)
        try:
            yield from crew.work(todo)
        finally:
            crew.dismiss()
            if mine:
                ray.shutdown()

    return engine


def _connect(ray: Any, address: str | None, workers: int | None) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    quiet: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
    try:
        if address or os.environ.get("RAY_ADDRESS"):
            ray.init(address=address, **quiet)
        else:
            ray.init(num_cpus=workers or _cores(), include_dashboard=False, object_store_memory=_OBJECT_STORE, **quiet)
    except Exception as e:  # ConnectionError, ValueError, RuntimeError and others, by version
        where = f"at {address}" if address else "on this machine"
        words = " ".join(str(e).split())[:200]
        raise UsageError(f"no Ray cluster could be reached {where}: {words} (start one with: ray start --head)") from e


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


class _Actor(Worker):
    """A worker that knows on which machine of the cluster it is."""

    def node(self) -> str:
        import ray

        return str(ray.get_runtime_context().get_node_id())


class _Crew:
    """Actors, each with at most one thing to do: first to say where it is, then one file after the other."""

    def __init__(self, ray: Any, setup: Setup, size: int, waiting: Callable[[str], None]) -> None:
        self.ray, self.size, self.waiting = ray, size, waiting
        # Ray would restart an actor with the file it died on. The file goes back to the queue instead, where any worker may take it:
        # when a machine is lost there may be no room for its actors any more.
        self.kind = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Actor)
        self.setup = ray.put(setup)
        self.crew: list[Any] = []
        #: What each actor is at: its place in the crew, and the file, or null while it is being born.
        self.busy: dict[Any, tuple[Any, Input | None]] = {}
        self.home: dict[Any, str] = {}
        self.stillborn = 0

    def hire(self) -> None:
        actor = self.kind.remote(self.setup)
        self.crew.append(actor)
        self.busy[actor.node.remote()] = (actor, None)

    def work(self, todo: deque[Input]) -> Iterator[tuple[Input, Outcome]]:
        idle: deque[Any] = deque()
        quiet = 0
        while todo or any(item is not None for _, item in self.busy.values()):
            while len(self.crew) < min(self.size, len(todo) + sum(item is not None for _, item in self.busy.values())):
                self.hire()
            while todo and idle:
                actor, item = idle.popleft(), todo.popleft()
                self.busy[actor.run.remote(item)] = (actor, item)
            done, _ = self.ray.wait(list(self.busy), num_returns=1, timeout=10)
            if not done:
                quiet += 1
                if quiet % 6 == 0 and all(item is None for _, item in self.busy.values()):
                    self.waiting("waiting for a free CPU in the cluster")
                continue
            quiet = 0
            actor, task = self.busy.pop(done[0])
            try:
                answer = self.ray.get(done[0])
            except self.ray.exceptions.RayError as e:
                lost = self._bury(actor, e)
                if task is None:
                    self._not_born(e, lost)
                else:
                    reason = "the machine that read it was lost" if lost else "its reader broke down on it"
                    yield task, Outcome(task.name, "died", reason, again=True, lost=lost)
                continue
            if task is None:
                self.stillborn = 0
                self.home[actor] = answer
            else:
                yield task, answer
            idle.append(actor)

    def _bury(self, actor: Any, e: Exception) -> bool:
        """Give an actor up. Returns whether its whole machine went, and not the actor alone."""
        home = self.home.pop(actor, None)
        self.crew.remove(actor)
        with suppress(Exception):
            self.ray.kill(actor)
        gone = home is not None and any(n["NodeID"] == home and not n["Alive"] for n in self.ray.nodes())
        return gone or "node has died" in str(e)

    def _not_born(self, e: Exception, lost: bool) -> None:
        self.stillborn += not lost
        if self.stillborn >= 3:
            words = " ".join(str(e).split())[:300]
            raise OnrecordError(
                f"no worker could be started in the Ray cluster: {words} (install the same onrecord on all machines)"
            ) from e

    def dismiss(self) -> None:
        for actor in self.crew:
            with suppress(Exception):
                self.ray.kill(actor)
