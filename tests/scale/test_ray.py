"""The same runs on a real Ray cluster of several machines' worth of raylets, one of which is lost in the middle of the work.

Starting a cluster takes seconds: there is one for all tests of this module.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import UsageError
from onrecord.scale import Report, scale
from tests.scale.conftest import WORDS, tree
from tests.scale.fakes import fake

ray = pytest.importorskip("ray", reason="needs the extra onrecord[ray]")

_STORE = 80 << 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two raylets of one CPU each: one stays, one goes."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["ONRECORD_TEST_SLOW"] = "0.6"  # for the workers, which inherit it from the raylets
    try:
        made = _started()
    finally:
        del os.environ["ONRECORD_TEST_SLOW"]
    yield made
    made.shutdown()


def _started() -> Any:
    from ray.cluster_utils import Cluster

    head = {
        "num_cpus": 1,
        "object_store_memory": _STORE,
        "include_dashboard": False,
        # A raylet that is killed is given up soon; the default is made for networks.
        "_system_config": {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500, "health_check_failure_threshold": 4},
    }
    for tries in range(3):
        made = Cluster()
        try:
            made.add_node(**head)
            made.goes = made.add_node(num_cpus=1, object_store_memory=_STORE)
            return made
        except Exception as e:  # Ray waits half a minute for a raylet, which a machine that is very busy may not keep to
            made.shutdown()
            if tries == 2 or "timed out during startup" not in str(e):
                raise
    raise AssertionError


def test_a_machine_lost_and_a_poison_file(cluster: Any, corpus: Path, tmp_path: Path) -> None:
    for n in range(8):
        (corpus / f"slow{n}.txt").write_text(f"SLOW said {WORDS} {n}")
    (corpus / "poison.txt").write_text("POISON said boo")
    alone = tmp_path / "alone"
    report = scale([corpus], alone, engine="local", make_reader=fake)
    assert (report.done, len(report.aside)) == (15, 1)

    gone = False

    def lose(r: Report) -> None:
        nonlocal gone
        if r.done >= 4 and not gone:
            gone = True
            cluster.remove_node(cluster.goes, allow_graceful=False)

    out = tmp_path / "out"
    report = scale([corpus], out, address=cluster.address, make_reader=fake, progress=lose)
    assert gone
    assert (report.files, report.done, report.failures) == (16, 15, 0)
    assert [Path(p).name for p, _ in report.aside] == ["poison.txt"]
    assert report.deaths > 3  # the poison's three, and the machine's
    assert len(report.memory) >= 2
    assert tree(out) == tree(alone)
    assert not ray.is_initialized()


def test_the_real_reader(cluster: Any, root: Path, tmp_path: Path) -> None:
    """The model itself, loaded once by each actor, against one process with all cores."""
    texts = sorted((root / "examples" / "thirteen-days").glob("*.txt"))[:3]
    alone, out = tmp_path / "alone", tmp_path / "out"
    scale(texts, alone, engine="local")
    report = scale(texts, out, address=cluster.address, workers=1)
    assert report.done == 3
    assert report.statements > 20
    assert len(report.memory) == 1
    assert tree(out) == tree(alone)


def test_no_cluster_where_one_is_said_to_be(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(UsageError, match=r"no Ray cluster could be reached at nothing-there.*ray start --head"):
        scale([corpus], tmp_path / "out", address="nothing-there", make_reader=fake)
