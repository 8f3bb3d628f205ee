"""`onrecord ingest` and `onrecord quotes` from the shell: what they print, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import onrecord.record.pool
from onrecord.cli import _group
from onrecord.cli.ingest import _clock
from onrecord.record import Record
from tests.record.fakes import Fake, text


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onrecord.record.pool, "default_reader", Fake())
    monkeypatch.delenv("ONRECORD_RECORD", raising=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(text(n))
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "r.db"


def shell(*arguments: object, stdin: bytes = b"", **options: object) -> Result:
    return CliRunner().invoke(_group, [str(a) for a in arguments], input=stdin, **options)  # type: ignore[arg-type]


def ingest(db: Path, *arguments: object, stdin: bytes = b"") -> Result:
    return shell("ingest", *arguments, "--record", db, "--workers", 0, stdin=stdin)


def test_the_summary_says_what_was_done(db: Path, corpus: Path) -> None:
    done = ingest(db, corpus)
    assert (done.exit_code, done.stderr) == (0, "")
    words = sum(len(text(n).split()) for n in range(3))
    assert re.fullmatch(rf"3 documents read, 12 statements in {words} words \(\d+:\d\d, [\d,]+ words a second\)\n", done.stdout)
    again = ingest(db, corpus)
    assert again.exit_code == 0
    assert re.fullmatch(r"0 documents read, 0 statements in 0 words \(\d+:\d\d\)\n3 files unchanged\n", again.stdout)


def test_the_summary_as_json(db: Path, corpus: Path) -> None:
    made = json.loads(ingest(db, corpus, "--format", "json").stdout)
    assert (made["documents"], made["statements"], made["refusals"], made["unchanged"]) == (3, 12, 0, 0)
    assert json.loads(ingest(db, corpus, "--format", "json").stdout)["unchanged"] == 3


def test_standard_input_and_mapping(db: Path, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": text(n), "published": "1962-10-24"}) + "\n" for n in range(4)).encode()
    assert ingest(db, "-", stdin=lines).stdout.startswith("4 documents")
    assert "4 texts known already" in ingest(db, stdin=lines).stdout
    (tmp_path / "t.csv").write_text(f'story,day\n"{text(9)}",1962-10-25\n')
    wrong = ingest(db, tmp_path / "t.csv", "--map", "text=nothing")
    assert wrong.exit_code == 1
    assert "nothing" in wrong.stderr
    done = ingest(db, tmp_path / "t.csv", "--map", "text=story,published=day")
    assert done.stdout.startswith("1 document read, 4 statements")
    with Record.open(db) as r:
        assert {d.published for d in r.documents()} == {"1962-10-24", "1962-10-25"}


def test_what_is_refused_is_told_and_listed(db: Path, corpus: Path) -> None:
    (corpus / "bad\x1b[31m.zip").write_bytes(b"PK\x03\x04" + b"\0" * 60)
    done = ingest(db, corpus, corpus / "missing.txt")
    assert done.exit_code == 1
    assert "3 documents read" in done.stdout
    assert "2 could not be read" in done.stdout
    assert f"--refused --record {db}" in done.stdout
    assert done.stderr.count("onrecord: ") == 2
    assert "missing.txt: there is no such file" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    listed = shell("ingest", "--refused", "--record", db)
    assert listed.exit_code == 0
    assert listed.stdout.count("\n") == 2
    assert "\x1b" not in listed.stdout
    as_json = [json.loads(line) for line in shell("ingest", "--refused", "--record", db, "--format", "json").stdout.splitlines()]
    assert {r["error"] for r in as_json} == {"UnreadableError", "DamagedError"}


def test_other_languages_are_no_failure(db: Path, tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_text(
        "Le ministre a dit que les navires ne seraient pas arrêtés par la flotte, et que le gouvernement attendait une réponse."
    )
    done = ingest(db, tmp_path / "fr.txt")
    assert done.exit_code == 0
    assert "1 text not in English" in done.stdout


def test_a_rerun(db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(db, corpus)
    monkeypatch.setattr(onrecord.record.pool, "default_reader", Fake("fake-2", act="DENY"))
    assert ingest(db, "--rerun").stdout.startswith("3 documents read, 12 statements")
    assert ingest(db, "--rerun").stdout.startswith("0 documents read")
    assert "3 texts known already" in ingest(db, corpus, "--rerun").stdout
    with Record.open(db) as r:
        assert {s.act for s in r.statements()} == {"DENY"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["corpus", "--record", "r.db", "--map", "body"], "FIELD=COLUMN"),
        (["corpus", "--record", "r.db", "--published", "yesterday"], "--published"),
        (["corpus", "--record", "r.db", "--input-format", "tablet"], "there is no format"),
        (["corpus", "--record", "r.db", "--workers", "-1"], "--workers"),
        (["corpus/0.txt", "--record", "corpus/0.txt"], "cannot be read into itself"),
    ],
)
def test_calls_that_make_no_sense(corpus: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str) -> None:
    monkeypatch.chdir(corpus.parent)
    done = shell("ingest", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_record_that_is_none(db: Path, corpus: Path) -> None:
    db.write_text("not a record" * 100)
    from onrecord.cli import main

    with pytest.raises(SystemExit) as stopped:
        main(["ingest", str(corpus), "--record", str(db), "--workers", "0"])
    assert stopped.value.code == 1
    assert db.read_text() == "not a record" * 100


def test_the_record_may_come_from_the_environment(db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_RECORD", str(db))
    assert shell("ingest", corpus, "--workers", 0).exit_code == 0
    assert shell("quotes").exit_code == 0


_SCRIPT = """
import sys, onrecord.record.pool as pool
from tests.record.fakes import Fake
pool.default_reader = Fake(wait=0.01)
from onrecord.cli import main
main(sys.argv[1:])
"""


def test_a_bar_on_a_terminal(root: Path, db: Path, corpus: Path) -> None:
    (corpus / "broken.zip").write_bytes(b"PK\x03\x04" + b"\0" * 60)
    for n in range(3, 60):
        (corpus / f"{n}.txt").write_text(text(n))
    here, there = pty.openpty()
    command = [sys.executable, "-c", _SCRIPT, "ingest", str(corpus), "--record", str(db), "--workers", "0"]
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm", "COLUMNS": "140"}
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=there)
    os.close(there)
    shown = b""
    try:
        while piece := os.read(here, 65536):
            shown += piece
    except OSError:  # the other end was closed
        pass
    out, _ = process.communicate(timeout=60)
    os.close(here)
    said = shown.decode()
    assert process.returncode == 1
    assert "words/s" in said
    assert "left" in said
    assert "%" in said
    assert "broken.zip" in said
    assert out.decode().startswith("60 documents read")


def test_hours() -> None:
    assert [_clock(s) for s in (0, 59.6, 3599, 3600, 36_061)] == ["0:00", "1:00", "59:59", "1:00:00", "10:01:01"]


COPY = "Rusk said that the ships of the second squadron had turned back at the line before noon."


@pytest.fixture
def copied(db: Path) -> Path:
    articles = [
        {"text": f"From Washington. {COPY}", "outlet": "Gazette", "published": "1962-10-25"},
        {"text": f"Late news tonight. {COPY}", "outlet": "Herald", "published": "1962-10-24"},
        {
            "text": f"=Radio report: {COPY.replace(' before noon', '').replace('turned', 'gone')}",
            "outlet": "=Echo",
            "published": "1962-10-26",
        },
        {"text": "In London Kennedy said that nothing was known of any ships yet.", "outlet": "Herald", "published": "1962-10-24"},
    ]
    assert ingest(db, stdin="".join(json.dumps(a) + "\n" for a in articles).encode()).exit_code == 0
    return db


def test_quotes_as_a_table(copied: Path) -> None:
    done = shell("quotes", "--record", copied)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Rusk: that the ships of the second squadron had turned back at the line before noon"
    assert lines[1].startswith("  3 articles in 3 outlets (cluster ")
    assert lines[2].startswith("  1962-10-24  Herald")
    assert lines[2].endswith("  first")
    assert lines[3].endswith("  the same words")
    assert lines[4].endswith("  “turned” → “gone”; cut “before noon”")
    assert lines[-1] == "1-1 of 1 quotes"
    assert "no quote found" in shell("quotes", "squadron", "--speaker", "kennedy", "--record", copied).stdout
    assert shell("quotes", "--page", 2, "--record", copied).stdout == "no quote here; 1 in all\n"


def test_quotes_as_data(copied: Path) -> None:
    (made,) = [json.loads(x) for x in shell("quotes", "--format", "jsonl", "--record", copied).stdout.splitlines()]
    assert made["times"] == 3
    assert made["outlets"] == ["Herald", "Gazette", "=Echo"]
    assert made["variants"][2]["changes"] == [
        {"op": "changed", "was": "turned", "now": "gone"},
        {"op": "cut", "was": "before noon", "now": ""},
    ]
    assert made["variants"][0]["statement"]["speaker"]["name"] == "Rusk"
    rows = list(csv.DictReader(io.StringIO(shell("quotes", "--format", "csv", "--record", copied).stdout)))
    assert [r["outlet"] for r in rows] == ["Herald", "Gazette", "'=Echo"]  # no formula reaches a spreadsheet
    assert rows[2]["changes"] == "“turned” → “gone”; cut “before noon”"
    assert {r["quote"] for r in rows} == {made["id"]}
    assert len(shell("quotes", "--least", 1, "--format", "jsonl", "--record", copied).stdout.splitlines()) == 2


def test_quotes_of_no_record(db: Path) -> None:
    from onrecord.cli import main

    with pytest.raises(SystemExit) as stopped:
        main(["quotes", "--record", str(db)])
    assert stopped.value.code == 1
    assert not db.exists()
    assert shell("quotes", "--since", "when", "--record", db).exit_code == 2


def test_the_page_names_every_option_and_its_links_lead_somewhere(root: Path) -> None:
    from onrecord.cli import ingest as ingest_module
    from onrecord.cli import quotes as quotes_module
    from onrecord.cli.filters import filters

    page = (root / "docs" / "ingest.md").read_text(encoding="utf8")
    shared = {o for p in filters(lambda: None).__click_params__ for o in (*p.opts, *p.secondary_opts)}  # type: ignore[attr-defined]
    for module in (ingest_module, quotes_module):
        options = {o for p in module.command.params if p.param_type_name == "option" for o in p.opts}
        assert {o for o in options - shared if o not in page} == set()
    for link in re.findall(r"\]\(([^)#]+)\)", page):
        assert (root / "docs" / link).exists(), link
