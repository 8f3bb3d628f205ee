"""How the shell ends: exit codes, pipes that close, Ctrl-C, a full disk, odd surroundings."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from onrecord import cli
from onrecord.cli import show
from onrecord.document import Document
from onrecord.statement import DateRef, Span, Statement

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


def test_names_of_files_that_are_not_utf8_or_would_steer_the_terminal(tmp_path: Path) -> None:
    text = "The minister said on Monday that the talks had failed.\n"
    for name in (b"na\xffme.txt", b"two\nlines\x1b[2J.txt"):
        (tmp_path / os.fsdecode(name)).write_text(text)
    (tmp_path / "gone\x1b[2J.txt").symlink_to(tmp_path / "nowhere")
    for args in (("read",), ("dates",), ("mentions",), ("text",)):
        r = subprocess.run([*SHELL, *args, str(tmp_path)], capture_output=True, timeout=120, check=False)
        assert b"\x1b" not in r.stdout + r.stderr, args
        assert r.stdout.decode("utf-8"), args
        assert len(r.stderr.decode("utf-8").splitlines()) == r.stderr.count(b"onrecord: "), args
        r = subprocess.run([*SHELL, *args, str(tmp_path), "--format", "jsonl"], capture_output=True, timeout=120, check=False)
        rows = [json.loads(line) for line in r.stdout.decode("utf-8").splitlines()]
        assert rows, args
        paths = {row["document"]["path"] if args == ("read",) else row["path"] for row in rows}
        assert os.fsdecode(bytes(tmp_path) + b"/na\xffme.txt") in paths, args


def test_output_is_utf8_in_a_locale_that_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“Erdoğan met Müller on Monday,” the minister said.\n", encoding="utf8")
    env = os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    for args in (("read",), ("dates",), ("mentions",), ("text",)):
        r = subprocess.run([*SHELL, *args, str(tmp_path / "a.txt")], capture_output=True, timeout=120, check=True, env=env)
        assert r.stdout.decode("utf-8"), args
    r = subprocess.run([*SHELL, "actors", "show", "person:recep-tayyip-erdogan"], capture_output=True, timeout=120, check=False, env=env)
    assert "Erdoğan" in (r.stdout + r.stderr).decode("utf-8") or r.returncode


def test_nothing_on_standard_input_is_said_in_words() -> None:
    r = subprocess.run([*SHELL, "read"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    assert (r.returncode, r.stdout, r.stderr) == (1, "", "onrecord: standard input: there is no text in it\n")


def test_cards_keep_to_a_narrow_terminal(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    d = Document(article.read_text(encoding="utf8"), path="a.txt")
    made = Statement(
        id="x", document=d, kind="direct", source=(Span(25, 29, "Rusk"),), cue=(Span(30, 34, "said"),), content=(Span(0, 24, d.text[:24]),),
        confidence=0.9, act="ASSERT", date=DateRef(None, None, "Wednesday"),
    )  # fmt: skip
    cards = show.writer("cards", out)
    cards.document(d, [made])
    assert max(map(len, out.getvalue().splitlines())) <= 40
    assert "\x1b" not in out.getvalue()
