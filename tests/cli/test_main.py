"""How the shell ends: exit codes, pipes that close, Ctrl-C, a full disk, odd surroundings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from onrecord import cli

SHELL = [sys.executable, "-m", "onrecord"]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text("“The ships have turned,” Rusk said on Wednesday. He warned that others might come.\n", encoding="utf8")
    return path


def ended(command: click.Command, monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    monkeypatch.setattr(cli._Lazy, "get_command", lambda *_: command)
    with pytest.raises(SystemExit) as stop:
        cli.main(["x", *args])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "onrecord: stopped"),
        (click.UsageError("no such thing"), 2, "no such thing"),
        (ValueError("seven"), 70, "a fault in the program"),
        (OSError(28, "No space left on device"), 1, "could not be written: no space left"),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
        (SystemExit(3), 3, ""),
    ],
)
def test_what_stops_a_command(
    fault: BaseException, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise fault

    monkeypatch.setattr(cli, "_forget_output", lambda: None)
    assert ended(command, monkeypatch) == code
    err = capfd.readouterr().err
    assert told in err
    assert "Traceback" not in err
    assert bool(err) == bool(told)


def test_the_process_ends_with_everything_written_and_its_exit_functions_called(tmp_path: Path) -> None:
    code = "import atexit, sys; atexit.register(print, 'bye'); sys.argv = ['onrecord', 'sources']; from onrecord.cli import main; main()"
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=out, timeout=120)
    written = (tmp_path / "out").read_text(encoding="utf8")
    assert written.startswith("format ")
    assert written.endswith("bye\n")


def test_a_pipe_that_closes_is_no_error(article: Path) -> None:
    for args in (["read", *[str(article)] * 40], ["dates", str(article)], ["mentions", str(article)], ["text", str(article)], ["sources"]):
        p = subprocess.Popen([*SHELL, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert p.stdout
        p.stdout.close()
        err = p.stderr.read() if p.stderr else b""
        assert (p.wait(120), err) == (0, b""), args


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line(article: Path) -> None:
    with open("/dev/full", "wb") as full:
        r = subprocess.run([*SHELL, "read", str(article)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert r.returncode == 1
    assert r.stderr == "onrecord: the output could not be written: no space left on device\n"


def test_ctrl_c_ends_with_130_and_one_line() -> None:
    p = subprocess.Popen([*SHELL, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)  # it waits for standard input by then
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    assert (p.returncode, out) == (130, "")
    assert "Traceback" not in err
