"""The reading room in a real Chromium: every page, the review by keys alone, hostile texts, and axe on all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from onrecord import Document, Statement
from onrecord.record import Query, Record

from .conftest import LETTER, PETROV, Served, filled, statement

Tab = Callable[..., Any]
Library = tuple[str, dict[str, list[Statement]]]


def addresses(held: dict[str, list[Statement]]) -> dict[str, str]:
    """Every page by name, with the plain and the hostile documents in it."""
    plain = next(d for d, s in held.items() if len(s) == 5)
    hostile = next(d for d, s in held.items() if len(s) == 2)
    wire = next(s[0] for s in held.values() if len(s) == 1)
    threat = next(s for s in held[plain] if s.act == "THREATEN")
    return {
        "search": "/search", "one result": "/search?text=%22red+line%22&act=REJECT", "nothing": "/search?text=nowhere",
        "documents": "/documents", "document": f"/documents/{plain}", "hostile document": f"/documents/{hostile}",
        "statement": f"/statements/{threat.id}", "hostile statement": f"/statements/{held[hostile][0].id}",
        "actors": "/actors", "actor": "/actors/person:ivan-petrov", "silent actor": "/actors/person:maria-zakharova",
        "timeline": "/timeline", "share": "/timeline?show=share", "network": "/network", "countries": "/network?of=countries",
        "quotes": "/quotes", "quote": f"/quotes/{wire.id}", "review": "/review", "desk": f"/review/{threat.id}?whole=yes",
        "add": f"/documents/{plain}/add", "hostile add": f"/documents/{hostile}/add", "history": "/history", "agreement": "/agreement",
        "changes": "/changes?speaker=person:ivan-petrov", "nothing left": "/review?text=nowhere", "misspelt": "/search?speaker=Petrof",
        "history of one": "/history?who=Anna&field=status", "no such history": "/history?who=Nobody",
        "one field's agreement": "/agreement?a=Anna&b=Berta+%E2%80%AE%3Cb%3E&field=act",
    }  # fmt: skip


@pytest.fixture(scope="session")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A record in which people have worked: something in every list and table."""
    place = tmp_path_factory.mktemp("corrected") / "r.db"
    held = filled(place)
    with Record.open(place, "rw") as record:
        for i, s in enumerate(s for statements in held.values() for s in statements):
            record.correct(s.id, "status", "accepted", who="Anna", why="plain")
            row = record.correct(s.id, "act", "DENY" if i % 2 else "ASSERT", who="Berta \u202e<b>", why="<i>as the text says</i>")
            if i % 3 == 0:
                record.undo(row.id, who="Anna")
        record.save_search("The <premier>", Query(speaker=("person:ivan-petrov",)))
        later = Document("Premier Ivan Petrov said that the ships would sail.", path="later.txt", published="2021-12-09")
        record.add(later, [statement(later, "Premier Ivan Petrov", "said", "that the ships would sail", speaker=PETROV, act="ASSERT")])
    made = Served(place)
    yield made.address, held
    made.stop()


def axe(page: Any, how: dict[str, Any]) -> list[str]:
    """What axe finds, one line each."""
    source = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf8")
    page.evaluate(source)  # by the debugger: the page's own policy lets no such script in
    found = page.evaluate("how => axe.run(document, {runOnly: how, resultTypes: ['violations']})", how)
    return [f"{v['id']}: {n['html'][:160]} ({n['failureSummary'][:200]})" for v in found["violations"] for n in v["nodes"]]


#: WCAG 2.2 AA and what axe's authors hold to be good besides; in the dark only the colours differ.
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
IN_THE_DARK = ("search", "document", "statement", "actor", "timeline", "network", "quote", "desk", "add", "history")
COLOURS = {"type": "rule", "values": ["color-contrast"]}


@pytest.mark.parametrize(("scheme", "how"), [("light", EVERYTHING), ("dark", COLOURS)])
def test_no_page_has_a_barrier(corrected: Library, tab: Tab, scheme: str, how: dict[str, Any]) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs axe: pip install axe-playwright-python")
    address, held = corrected
    page = tab(color_scheme=scheme)
    faults = {}
    for name, where in addresses(held).items():
        if scheme == "dark" and name not in IN_THE_DARK:
            continue
        page.goto(address + where)
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        if found := axe(page, how):
            faults[name] = found
    assert faults == {}


SAVED = "/searches/The%20%3Cpremier%3E"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_with_nothing_on_it_has_no_barrier(corrected: Library, browser: Any, tmp_path: Path, scheme: str, tab: Tab) -> None:
    """A record without a document, an address without a page, a refused search, a queue that is done, a saved search."""
    pytest.importorskip("axe_playwright_python", reason="needs axe: pip install axe-playwright-python")
    Record.open(tmp_path / "empty.db", "create").close()
    bare = Served(tmp_path / "empty.db")
    # Not by ``tab``: the browser notes in its console that a page was not found.
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = context.new_page()
    empty = ("/search", "/documents", "/actors", "/timeline", "/network", "/quotes", "/review", "/history", "/agreement")
    errors = ("/nowhere", "/statements/nothing", "/documents/nothing", "/searches/nothing", "/search?since=soon", "/search?page=99")
    expected = {"/review?text=nowhere": "Nothing left to review", SAVED: "New in “The <premier>”", "/nowhere": "Not found"}
    faults = {}
    try:
        for address, paths in ((bare.address, empty), (corrected[0], (*errors, "/review?text=nowhere", SAVED))):
            for path in paths:
                page.goto(address + path)
                if address == bare.address:
                    expected[path] = {
                        "/review": "Nothing to review yet",
                        "/history": "Corrections",
                        "/agreement": "Two coders side by side",
                    }.get(path, "Nothing is on record yet")
                if path in expected:
                    assert page.locator("h1").inner_text() == expected[path]
                assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
                if found := axe(page, EVERYTHING):
                    faults[path] = found
    finally:
        context.close()
        bare.stop()
    assert faults == {}


def test_every_page_fits_a_phone(corrected: Library, tab: Tab) -> None:
    address, held = corrected
    page = tab(viewport={"width": 360, "height": 740})
    for name, where in (addresses(held) | {"saved": SAVED}).items():
        page.goto(address + where)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert page.locator("h1").count() == 1, name


def test_pages_work_without_scripts(library: Library, tab: Tab) -> None:
    address, held = library
    page = tab(java_script_enabled=False)
    page.goto(address)
    page.fill("#text", '"red line"')
    page.click("button:has-text('Search')")
    assert page.locator("#count").inner_text() == "1 statement"
    page.click("a.where")
    assert page.locator("#list li").count() == 5
    assert page.url.split("#s-")[1] in page.locator("a.n:target").get_attribute("id")
    page.locator("#list li").nth(2).locator("summary").click()
    page.locator("#list li").nth(2).get_by_text("why, history, permalink").click()
    assert "What is known of it" in page.content()
    page.get_by_role("link", name="Ivan Petrov").first.click()
    assert page.locator("h1").inner_text() == "Ivan Petrov"
    page.goto(f"{address}/timeline")
    page.locator("svg a:has(rect)").last.click()
    assert "/search?" in page.url


def test_hover_and_focus_show_what_is_known_and_why(library: Library, tab: Tab) -> None:
    address, held = library
    page = tab()
    page.goto(address + addresses(held)["document"])
    pop = page.locator("#pop")
    page.hover(".cu >> text=warned")
    pop.wait_for(state="visible")
    assert "within" not in pop.inner_text()
    assert "Ivan Petrov" in pop.inner_text()
    assert "threaten" in pop.inner_text().lower()
    assert "If the blockade went on" in pop.inner_text()
    assert "42%" in pop.inner_text()
    pop.locator(".because li").first.wait_for()
    assert "speaker: named in the source" in pop.locator(".because").inner_text()
    lit = page.locator("#list li.hit")
    assert lit.count() == 1
    assert lit.get_attribute("data-n") == page.locator(".cu >> text=warned").get_attribute("data-n")
    page.keyboard.press("Escape")
    assert pop.is_hidden()
    page.locator("a.n").first.focus()
    page.locator("#pop >> text=no ship").or_(page.locator("#pop .act")).first.wait_for()
    assert "commit" in pop.inner_text().lower()
    # Nested words belong to both; what is shown is the inner one.
    page.keyboard.press("Escape")
    page.hover(".in2 >> text=every word")
    pop.get_by_role("link", name="Anna Berg").wait_for()
    # What it stands within is on this page: the link leads there.
    outer = pop.locator("a[href^='#l-']")
    assert re.fullmatch(r"statement \d", outer.inner_text())
    assert page.locator(outer.get_attribute("href")).get_attribute("data-n") == outer.inner_text().split()[1]
    # The list tells the same when it is asked.
    told = pop.locator(".facts").inner_text()
    item = page.locator("#list li.nested")
    item.locator("summary").click()
    item.locator(".facts").wait_for()
    assert item.locator(".facts").inner_text() == told


def test_the_list_follows_the_text(browser: Any, tab: Tab, tmp_path: Path) -> None:
    d = Document("\n\n".join(f"Speaker{i} said that the number was {i} on that day." for i in range(60)), path="long.txt")
    with Record.open(tmp_path / "l.db", "create") as record:
        record.add(d, [statement(d, f"Speaker{i} ", "", f"the number was {i} ", act="ASSERT") for i in range(60)])
    made = Served(tmp_path / "l.db")
    try:
        page = tab()
        page.goto(f"{made.address}/documents/{d.id}")
        page.evaluate("scrollTo({top: document.body.scrollHeight * 0.7, behavior: 'instant'})")
        for _ in range(100):  # the page's policy lets no waiting function in
            if page.evaluate("document.getElementById('list').scrollTop") > 500:
                break
            page.wait_for_timeout(100)
        page.wait_for_timeout(200)
        first = page.evaluate("[...document.querySelectorAll('a.n')].find(a => a.getBoundingClientRect().top >= 0).textContent")
        box, pane = page.locator(f"#list li[data-n='{first}']").bounding_box(), page.locator("#list").bounding_box()
        assert pane["y"] - 1 <= box["y"] <= pane["y"] + pane["height"]
    finally:
        made.stop()


def test_a_hostile_text_does_nothing(corrected: Library, tab: Tab) -> None:
    address, held = corrected
    page = tab(viewport={"width": 700, "height": 800})
    for name, where in addresses(held).items():
        page.goto(address + where)
        assert page.evaluate("window.pwned") is None, name
        assert page.locator("main img, main script, main iframe").count() == 0, name
        bad = page.evaluate("(document.body.innerHTML.match(/[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f]/g) || []).length")
        assert bad == 0, name
        assert page.evaluate("document.documentElement.scrollWidth") <= 700, name
    page.goto(address + addresses(held)["hostile document"])
    text = page.locator("#text").inner_text()
    assert "<script>window.pwned=1</script>" in text
    assert "⟨202E⟩desrever saw⟨202C⟩" in text
    assert "{{ 7*7 }}" in text
    assert page.locator("#text p").nth(1).get_attribute("dir") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelectorAll('#text p')[1]).direction") == "rtl"


def test_the_whole_review_by_keys_alone(served: str, tab: Tab, path: Path) -> None:
    """Judge, correct act and content, add a missed statement, undo: no mouse anywhere."""
    page = tab()
    keys = page.keyboard

    def loaded(press: str) -> None:
        with page.expect_navigation():
            keys.press(press)

    page.goto(f"{served}/review?act=THREATEN&act=COMMIT&act=DENY")
    assert "Review: 3 left" in page.locator("h1").inner_text()
    assert "warned" in page.locator("#text").inner_text()
    loaded("n")
    assert "denied" in page.locator(".text .cu").inner_text()
    loaded("p")
    # Correct the act in the form, and save.
    keys.press("e")
    keys.type("demand")
    loaded("Control+Enter")
    assert "This statement is corrected" in page.locator("#said").inner_text()
    assert page.locator("#act").input_value() == "DEMAND"
    # Pick other words for the content: to the text, a word at a time.
    keys.press("t")
    assert page.evaluate("document.activeElement.id") == "text"
    words = LETTER[LETTER.index("his country would") :].split()
    keys.press("ArrowRight")
    for _ in range(60):
        if page.evaluate("getSelection().toString()") == "his":
            break
        keys.press("ArrowRight")
    for _ in words[:5]:
        keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowLeft")
    assert page.evaluate("getSelection().toString()") == "his country would answer with"
    keys.press("Shift+ArrowRight")
    keys.press("3")
    assert page.locator("#content-words").inner_text() == "his country would answer with force"
    start = LETTER.index("his country")
    assert page.locator("#content").input_value() == f"{start}-{start + 35}"
    loaded("Control+Enter")
    assert page.locator("#content").input_value() == f"{start}-{start + 35}"
    # A verdict, and taking it back.
    loaded("a")
    assert "accepted" in page.locator("#said").inner_text()
    loaded("z")
    assert "accepted" not in page.locator("#said").inner_text()
    # A statement that was missed.
    loaded("m")
    keys.press("t")
    last = len(re.findall(r"[\w]+|[^\s\w]", LETTER))
    keys.press("ArrowRight")
    for _ in range(last):
        keys.press("ArrowRight")
    assert page.evaluate("getSelection().toString()") == "."
    keys.press("ArrowLeft")
    keys.press("3")
    keys.press("ArrowLeft")
    keys.press("2")
    keys.press("ArrowLeft")
    keys.press("Shift+ArrowLeft")
    keys.press("Shift+ArrowLeft")
    keys.press("1")
    keys.press("8")
    assert page.locator("#said").inner_text() == "speaker: Ms. Berg"
    for role, said in (("source", "Ms. Berg"), ("cue", "said"), ("content", "nothing")):
        assert page.locator(f"#{role}-words").inner_text() == said
    keys.press("e")
    keys.type("decline")
    loaded("Control+Enter")
    assert "#s-" in page.url
    assert page.locator("#list li:target, #list li").count() == 6
    with Record.open(path) as record:
        found = {s.act: s for s in record.statements()}
        assert found["DECLINE"].source[0].text == "Ms. Berg"
        assert found["DECLINE"].speaker.name == "Ms. Berg"
        assert found["DEMAND"].content[0].text == "his country would answer with force"
        rows = [(c.field, c.who) for c in record.corrections()]
        assert ("act", "Anna") in rows
        assert ("content", "Anna") in rows
        assert rows[-1] == ("statement", "Anna")
    # History, by keys too: the button is reached by Tab and pressed.
    page.goto(f"{served}/history")
    undo = page.get_by_role("button", name=re.compile("Undo: statement")).first
    for _ in range(60):
        keys.press("Tab")
        if undo.evaluate("el => el === document.activeElement"):
            break
    loaded("Enter")
    with Record.open(path) as record:
        assert "DECLINE" not in {s.act for s in record.statements()}


def test_single_keys_can_be_turned_off_and_leave_fields_alone(served: str, tab: Tab) -> None:
    page = tab()
    page.goto(f"{served}/review")
    at = page.url
    page.locator("#speaker_name").focus()
    page.keyboard.type("nra")
    assert page.locator("#speaker_name").input_value().count("nra") == 1
    assert page.url == at
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.uncheck("#single")
    page.locator("#main").focus()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert page.url == at
    page.reload()
    assert not page.locator("#single").is_checked()
    page.locator("#keys > summary").click()
    page.check("#single")
    page.locator("#main").focus()
    with page.expect_navigation():
        page.keyboard.press("n")


def test_a_selection_counts_code_points(browser: Any, tab: Tab, tmp_path: Path) -> None:
    """Letters outside the basic plane, combining marks, controls and line breaks before the words that are picked."""
    text = "😀😀 \u202eabc\u202c e\u0301t\u00e9\r\nshort line\n𝔘nicode 한국 said nothing"
    d = Document(text, path="odd.txt")
    with Record.open(tmp_path / "o.db", "create") as record:
        record.add(d, [])
    made = Served(tmp_path / "o.db")
    try:
        page = tab()
        page.goto(f"{made.address}/documents/{d.id}/add")
        page.keyboard.press("t")
        page.keyboard.press("ArrowRight")
        for _ in range(40):
            if page.evaluate("getSelection().toString()") == "nothing":
                break
            page.keyboard.press("ArrowRight")
        page.keyboard.press("3")
        i = text.index("nothing")
        assert page.locator("#content").input_value() == f"{i}-{i + 7}"
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("1")
        i = text.index("𝔘")
        assert page.locator("#source").input_value() == f"{i}-{i + 10}"
        assert page.locator("#source-words").inner_text() == "𝔘nicode 한국"
        # The mouse: from the first letter of the text over the control characters to the line break.
        page.evaluate(
            "() => { const p = document.querySelector('#text p'); const last = [...p.childNodes].find(e => e.data?.startsWith(' e'));"
            "getSelection().setBaseAndExtent(p.firstChild, 0, last, 3); }"
        )
        page.keyboard.press("4")
        assert page.locator("#condition").input_value() == f"0-{text.index(' e') + 3}"
    finally:
        made.stop()


def test_copying_a_citation(library: Library, tab: Tab) -> None:
    address, held = library
    page = tab(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address + addresses(held)["statement"])
    page.click("[data-copy]")
    page.locator("[data-copy]:has-text('Copied')").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite").input_value()


def test_saving_a_search_and_a_facet_in_the_browser(served: str, tab: Tab) -> None:
    page = tab()
    page.goto(f"{served}/search")
    page.locator(".facet a", has_text="Ivan Petrov").click()
    assert page.locator("#count").inner_text() == "4 statements"
    page.fill("#name", "Petrov & <co>")
    page.click("button:has-text('Save')")
    assert page.locator(".saved a").first.inner_text() == "Petrov & <co>"
    with page.expect_download() as got:
        page.click("a:has-text('JSONL')")
    assert got.value.suggested_filename.endswith("-jsonl.zip")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_printed_says_what_was_asked_in_black_on_white(library: Library, tab: Tab, scheme: str) -> None:
    address, held = library
    page = tab(color_scheme=scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    page.goto(f"{address}/search?text=strait&act=COMMIT")
    assert page.locator(".printed").inner_text() == "Words: strait"
    assert page.locator(".chosen li").first.is_visible()
    assert page.locator("header nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('blockquote')).color") == "rgb(0, 0, 0)"
    page.goto(address + addresses(held)["document"])
    assert page.locator("#list li").first.is_visible()
    assert page.locator("#list summary").first.is_hidden()
