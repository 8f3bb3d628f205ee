"""A record outlives the death of what fills it, at any step and at any moment: see killing.py, which does the killing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks, which this system cannot")


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is one: what a killed process wrote is there all the same."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("mode", "least", "corrections"),
    [
        pytest.param("steps", 150, 0, id="before every statement that writes"),
        pytest.param("rerun", 50, 3, id="before every statement that writes, while texts are read again"),
        pytest.param("moments", 200, 0, id="at 200 random moments"),
        pytest.param("log", 200, 0, id="within the commits: the log cut anywhere"),
    ],
)
def test_killed(root: Path, quick: Path, mode: str, least: int, corrections: int) -> None:
    command = [sys.executable, "-m", "tests.record.killing", str(quick), mode]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    assert report["kills"] >= least
    assert report.get("corrections", 0) >= corrections
