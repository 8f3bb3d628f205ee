"""The wheel: installs without its dependencies' sources, holds the model, reads offline."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

OFFLINE = """
import socket, sys
def no(*a, **k): raise OSError("no network in this test")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = no
import onrecord
assert sys.argv[1] in onrecord.__file__, onrecord.__file__
(s,) = onrecord.read("The minister said the talks had failed.")
print(s.to_json())
"""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(root)]
    subprocess.run(command, check=True, timeout=280)
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_the_model_and_nothing_else_of_weight(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("tagger.onnx", "tokenizer.json", "manifest.json", "cue_words.txt"):
        assert f"onrecord/tagger/weights/{needed}" in names
    assert "onrecord/py.typed" in names
    assert not [n for n in names if n.startswith(("tests/", "training/", "benchmarks/"))]
    assert wheel.stat().st_size < 30e6


def test_an_installed_wheel_reads_offline(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)], check=True, timeout=120
    )
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHONPATH": str(target)}
    r = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(target)], capture_output=True, text=True, env=env, cwd=tmp_path, check=True, timeout=120
    )
    assert "the talks had failed" in r.stdout
