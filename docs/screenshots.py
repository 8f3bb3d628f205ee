# ruff: noqa: E501
"""Pictures of the reading room for its page: `python docs/screenshots.py`.

Reads the Thirteen Days into a record of its own, adds two more reports of one statement and some corrections, so that no page is empty,
and takes each page in Debian's Chromium. Needs playwright and chromium; writes docs/img/*.png.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from onrecord.cli.demo import fill
from onrecord.document import Document
from onrecord.reader import Reader
from onrecord.record import Query, Record
from onrecord.web import Settings, create_app

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "img"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"

#: Two more outlets' reports of what Stevenson said, in our own words but for the quotation.
WIRE = (
    ("Harbor Gazette", "1962-10-26", "NEW YORK, Oct. 25 — “I am prepared to wait for my answer until hell freezes over, if that’s your decision,” Adlai Stevenson told the Soviet delegate, Valerian Zorin, on Thursday."),
    ("Valley Courier", "1962-10-27", "“I am prepared to wait for my answer until hell freezes over,” Adlai Stevenson said at the United Nations."),
)  # fmt: skip


def made(place: Path) -> dict[str, str]:
    """Fill the record; ids of what is shown, by name."""
    os.chdir(ROOT)  # paths are shown as they are given
    fill(place, Path("examples/thirteen-days"))
    with Record.open(place, "rw") as record:
        reader = Reader()
        record.start_run(model=reader.model)
        for outlet, day, text in WIRE:
            d = Document(text, path=f"{outlet}.txt", title="Stevenson Will Wait", published=day, outlet=outlet, reader="text/1")
            record.add(d, reader.read(d))
        by_place = {d.path or "": d.id for d in record.documents()}
        letter = next(i for p, i in by_place.items() if "letter" in p)
        for s in list(record.statements(Query(document=(letter,))))[:8]:
            for who in ("Anna", "Berta"):
                record.correct(s.id, "status", "accepted", who=who)
        one = record.statements_of(letter)[3]
        record.correct(one.id, "act", "DEMAND", who="Anna", why="an ultimatum")
        record.correct(one.id, "act", "APPEAL", who="Berta", why="he asks")
        record.save_search("Quarantine", Query(text="quarantine"))
        frozen = record.search(Query(text='"hell freezes over"')).statements
        threat = record.search(Query(act=("THREATEN",), document=(letter,))).statements
    return {"letter": letter, "quote": frozen[0].id, "threat": threat[0].id if threat else one.id}


def serve(place: Path) -> tuple[str, Any]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(place, Settings(who="Anna")), log_level="warning"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{listening.getsockname()[1]}", server


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        place = Path(folder) / "thirteen-days.db"
        ids = made(place)
        address, server = serve(place)
        browser = p.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=FLAGS.split())
        for name, where, scheme, size, hover in (
            ("search", "/search?text=missiles", "light", (1280, 860), None),
            ("search-phone", "/search?text=missiles", "light", (390, 760), None),
            ("document", f"/documents/{ids['letter']}", "light", (1280, 860), ".cu >> text=warned"),
            ("document-dark", f"/documents/{ids['letter']}", "dark", (1280, 860), None),
            ("statement", f"/statements/{ids['threat']}", "light", (1280, 900), None),
            ("actor", "/actors/person:nikita-khrushchev", "light", (1280, 860), None),
            ("timeline", "/timeline", "light", (1280, 860), None),
            ("network", "/network?of=countries", "light", (1280, 760), None),
            ("quote", f"/quotes/{ids['quote']}", "light", (1280, 640), None),
            ("review", "/review", "light", (1280, 860), None),
            ("review-dark", f"/review/{ids['threat']}", "dark", (1280, 860), None),
            ("agreement", "/agreement", "light", (1280, 640), None),
            ("add", f"/documents/{ids['letter']}/add", "light", (1280, 800), None),
        ):
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address + where)
            if hover:
                page.hover(hover)
                page.locator("#pop .because").wait_for()
            if name == "add":
                for key in ("t", *["ArrowRight"] * 30, *["Shift+ArrowRight"] * 6, "3"):
                    page.keyboard.press(key)
            # The port is another at each run; it stands in citations only.
            page.evaluate(
                "() => { for (const t of document.querySelectorAll('textarea')) t.value = t.value.replace(/127\\.0\\.0\\.1:\\d+/, '127.0.0.1:8400'); }"
            )
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()
            print(re.sub(r"^.*/docs/", "docs/", str(IMAGES / f"{name}.png")))
        browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main()
