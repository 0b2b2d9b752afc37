"""Code that runs in the page, in Chromium, and every block of it in Pyodide in Node.

Oracle: the outputs that the pages show, which CPython printed in the notes' tests.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from notekit.pages.words import WORDS
from notekit.read.catalogue import LANGUAGES, Note, read
from notekit.study import pyodide
from notekit.study.playground import playground, runnable, sources
from tests.site.conftest import ROOT, SITE, until

PURE = "algorithms/knapsack/"
NUMPY = "rl/grid-world/"
PREFIX = {"en": "", "zh": "zh/"}
PHONE = {"width": 390, "height": 844}
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
PATIENCE = 60_000  # ms that Python may take to start where all cores are busy
EN = WORDS["en"]

pytestmark = pytest.mark.timeout(300)


def plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def block(page: Page, place: int = 0) -> Locator:
    """A block that prints, on a page."""
    return page.locator("[data-run=prints]").nth(place)


def press(within: Locator, word: str) -> None:
    within.get_by_role("button", name=word, exact=True).click()


def says(within: Locator, text: str | re.Pattern[str]) -> None:
    expect(within.locator(".run__status")).to_have_text(text, timeout=PATIENCE)


def write(within: Locator, code: str) -> None:
    """Put code in the place of a block's, by its editor."""
    page = within.page
    if within.locator(".cm-content").count() == 0:
        press(within, EN["python_edit"])
    within.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def printed(within: Locator) -> str:
    return within.locator(".run__output").text_content() or ""


# Each block


def _content(note: Note) -> list[dict[str, object]]:
    """What of a note runs, in both languages, the same code once."""
    found = {}
    for language in LANGUAGES:
        for each in runnable(note, ROOT, language, pyodide.numpy(ROOT) is not None):
            found[each.fence.content] = {
                "code": each.fence.code,
                "files": sources([each], ROOT),
                "name": f"{note.name}.md:{each.fence.line}",
                "expected": each.fence.expected or "",
            }
    return list(found.values())


def test_pages_have_blocks_that_run():
    assert sum(len(_content(note)) for note in read().notes.values()) > 100


def _parts() -> dict[str, list[Note]]:
    """Notes of a topic, a few together: a Python for each of them costs seconds."""
    found, catalogue = {}, read()
    running = playground(catalogue, pyodide.numpy(ROOT) is not None)
    for topic in catalogue.topics:
        notes = [note for note in catalogue.in_topic(topic) if note.name in running]
        for start in range(0, len(notes), 5):
            part = notes[start : start + 5]
            found[f"{topic}, from {part[0].name.rpartition('/')[2]}"] = part
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("notes", _parts().values(), ids=_parts())
def test_every_block_prints_in_pyodide_what_its_page_shows(notes):
    items = [item for note in notes for item in _content(note)]
    answers = pyodide.run(items, ROOT)
    wrong = [
        f"docs/en/{item['name']}: want {item['expected']!r}, got {answer}"
        for item, answer in zip(items, answers, strict=True)
        if not answer["ok"] or plain(answer["output"]) != plain(str(item["expected"]))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_pages_have_buttons_where_the_code_can_run_and_nowhere_else(visit):
    numpy = pyodide.numpy(ROOT) is not None
    catalogue = read()
    found = playground(catalogue, numpy)
    for name in catalogue.notes:
        for language in LANGUAGES:
            html = (SITE / PREFIX[language] / name / "index.html").read_text()
            assert html.count(" data-run=") == len(found.get(name, [])), name
    page = visit.open(PURE)
    assert page.locator(".run__run").count() == len(found["algorithms/knapsack"])
    blocks = page.locator("[data-run]").evaluate_all(
        "all => all.map(block => block.querySelector('pre').textContent)"
    )
    assert blocks == [b.fence.code.rstrip("\n") for b in found["algorithms/knapsack"]]


# A reader's session


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_block_runs_on_the_first_click_and_nothing_is_fetched_before(
    visit, site, language
):
    words = WORDS[language]
    start = len(site.log)
    page = visit.open(PREFIX[language] + PURE)
    page.wait_for_timeout(300)
    scripts = [
        place for place, *_ in site.log[start:] if re.search("js|pyodide", place)
    ]
    # The page has a stepper, too.
    assert sorted(x.split("/")[-1] for x in scripts) == ["page.js", "steps.js"]
    first = block(page)
    press(first, words["python_run"])
    says(first, words["python_same"])
    shown = first.evaluate("block => block.nextElementSibling.textContent")
    assert plain(printed(first)) == plain(shown)
    fetched = [place.split("/")[-1] for place, *_ in site.log[start:]]
    assert {"pyodide.asm.wasm", "python_stdlib.zip", "run.js"} <= {*fetched}
    # What this note does not need, and what only an editor needs.
    assert not [name for name in fetched if name.endswith(".whl") or "editor" in name]
    start = len(site.log)
    for place in (0, 1):
        press(block(page, place), words["python_run"])
        says(block(page, place), words["python_same"])
    assert site.log[start:] == []  # the second run has all that it needs


def test_python_is_fetched_once_whatever_the_server_says_of_keeping_it(visit, site):
    """This server says nothing, so that the browser asks it again for what it must."""
    page = visit.open(PURE)
    old = "caches.open(`python ${new URL('assets/pyodide/', location.origin)}`)"
    page.evaluate(
        f"{old}.then(kept => kept.put('/assets/pyodide/0/old', new Response()))"
    )
    press(block(page), EN["python_run"])
    says(block(page), EN["python_same"])
    heavy = ["pyodide.asm.wasm", "python_stdlib.zip"]
    names = "all.map(one => one.url.split('/').pop())"
    wanted = f"{heavy}.every(name => names.includes(name)) && !names.includes('old')"
    until(
        page,
        f"{old}.then(kept => kept.keys()).then(all => {names}).then(names => {wanted})",
    )
    start = len(site.log)
    page.reload()
    press(block(page), EN["python_run"])
    says(block(page), EN["python_same"])
    assert not {*heavy} & {place.split("/")[-1] for place, *_ in site.log[start:]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks_that_need_numpy_print_in_the_browser_what_the_page_shows(
    visit, site, language
):
    if pyodide.numpy(ROOT) is None:
        pytest.skip("this site was built without numpy for the page; see its build")
    page = visit.open(PREFIX[language] + NUMPY)
    unfold = "document.querySelectorAll('details').forEach(d => { d.open = true })"
    page.evaluate(unfold)
    bars = page.locator("[data-run]")
    for place in range(bars.count()):  # all at once: each waits for the one before
        press(bars.nth(place), WORDS[language]["python_run"])
    for place in range(bars.count()):
        says(bars.nth(place), WORDS[language]["python_same"])
    wheels = [place for place, *_ in site.log if place.endswith(".whl")]
    assert wheels
    assert page.locator(".run__status[data-kind=same]").count() == bars.count() > 5


def test_output_streams_and_stop_ends_an_endless_loop_at_once(visit):
    page = visit.open(PURE)
    first, second = block(page, 0), block(page, 1)
    write(first, "print('begun')\nwhile True:\n    pass\n")
    press(first, EN["python_run"])
    expect(first.locator(".run__output")).to_have_text("begun\n", timeout=PATIENCE)
    says(first, EN["python_running"])
    press(second, EN["python_run"])
    says(second, EN["python_waiting"])
    press(first, EN["python_stop"])
    says(first, EN["python_stopped"])
    assert printed(first) == "begun\n"
    says(second, EN["python_same"])
    write(first, "print(begun)\n")  # nothing is left of what was stopped
    press(first, EN["python_run"])
    says(first, "NameError, line 1")


def test_stop_ends_the_loading_too(visit):
    page = visit.open(PURE)
    held: list[object] = []
    page.route("**/*.wasm", lambda route: held.append(route))
    press(block(page), EN["python_run"])
    expect(block(page).locator(".run__stop")).to_be_visible()
    until(page, "document.querySelector('.run__status').textContent.includes('MB')")
    press(block(page), EN["python_stop"])
    says(block(page), EN["python_stopped"])
    page.unroute("**/*.wasm")
    press(block(page), EN["python_run"])
    says(block(page), EN["python_same"])


def test_an_edit_is_run_compared_and_taken_back(visit):
    page = visit.open(PURE)
    first = block(page)
    original = first.locator("pre").first.text_content()
    write(first, "import sys\nprint('other')\nprint('warned', file=sys.stderr)\n")
    page.keyboard.press("ControlOrMeta+Enter")
    says(first, re.compile("^Done in"))
    assert printed(first) == "other\nwarned\n"
    # An error says what Python says, and where in the block.
    write(first, "def f():\n    raise ValueError('want 1, got 2')\n\nf()\n")
    press(first, EN["python_run"])
    says(first, "ValueError, line 2")
    assert printed(first) == "ValueError, line 2\nwant 1, got 2\n"
    write(first, "x = (\n")
    press(first, EN["python_run"])
    says(first, "SyntaxError, line 1")
    write(first, "for i in range(10 ** 9):\n    print(i)\n    if i > 50_000: break\n")
    press(first, EN["python_run"])
    says(first, re.compile("^Done in"))
    assert "Only the first 100,000 characters" in printed(first)
    assert len(printed(first)) < 101_000
    write(first, "import os\nos._exit(1)\n")
    press(first, EN["python_run"])
    says(first, EN["python_crashed"])
    press(first, EN["python_reset"])
    expect(first.locator(".cm-content")).to_have_count(0)
    expect(first.locator(".run__edit")).to_be_focused()
    assert first.locator("pre").first.text_content() == original
    press(first, EN["python_run"])
    says(first, EN["python_same"])


def test_tab_indents_and_after_escape_leaves_the_editor(visit):
    page = visit.open(PURE)
    first = block(page)
    press(first, EN["python_edit"])
    editor = first.locator(".cm-content")
    expect(editor).to_be_focused()
    expect(editor).to_have_accessible_name(EN["python_editor"])
    write(first, "x")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(editor).to_have_text("    x")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(first.locator(".run__run")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Tab")  # entered again, it indents again
    expect(editor).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_telephone_does_not_scroll_sideways(visit, scheme):
    page = visit.open(PURE, color_scheme=scheme, viewport=PHONE)
    first = block(page)
    write(first, "print('x' * 300)\nprint(1 / 0)  # " + "long " * 30)
    press(first, EN["python_run"])
    says(first, "ZeroDivisionError, line 2")
    press(block(page, 1), EN["python_run"])
    says(block(page, 1), EN["python_same"])
    page.evaluate(AXE)
    found = page.evaluate("axe.run('[data-run]', {resultTypes: ['violations']})")
    assert [v["id"] for v in found["violations"]] == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    # On paper there is the page, as it was written.
    page.emulate_media(media="print")
    for name in (".run", ".run__output", ".run__editor"):
        assert page.locator(f"{name}:visible").count() == 0, name
    expect(first.locator("pre").first).to_be_visible()


def test_without_the_network_it_says_so_and_works_later(visit):
    page = visit.open(PURE)
    page.route("**/pyodide/**", lambda route: route.abort())
    press(block(page), EN["python_run"])
    says(block(page), EN["python_unreachable"])
    page.unroute("**/pyodide/**")
    press(block(page), EN["python_run"])
    says(block(page), EN["python_same"])
    again = visit.open(PURE)
    again.route("**/run.js", lambda route: route.abort())
    press(block(again), EN["python_run"])
    says(block(again), EN["python_unreachable"])
    visit.errors.clear()  # what could not be fetched


def test_a_page_without_javascript_shows_no_controls(visit):
    page = visit.open(PURE, java_script_enabled=False)
    assert page.locator(".run").count() == 0
    expect(block(page)).to_be_visible()


# Safety

# What a program may try, and must not get: each is tried through all that Python can
# reach of JavaScript.
ATTEMPTS = """
import js, pyodide_js
from pyodide.ffi import to_js

found, refused = [], {}
names = (
    "document", "window", "localStorage", "sessionStorage", "indexedDB", "caches",
    "fetch", "XMLHttpRequest", "WebSocket", "navigator", "Worker", "BroadcastChannel",
    "importScripts", "postMessage",
)
for name in names:
    if callable(getattr(js, name, None)) and name != "fetch":
        found.append(name)

def attempt(what, f):
    try:
        got = f()
    except BaseException as error:
        refused[what] = str(error)
        return
    if got is not None:
        found.append(f"{what}: {got}")

maker = to_js([]).constructor.constructor
attempt("Function", lambda: maker("return self")())
attempt("eval", lambda: js.eval("self"))
attempt("run_js", lambda: __import__("pyodide.code").code.run_js("self.origin"))
attempt("fetch", lambda: js.fetch("/"))
attempt("timer", lambda: js.setTimeout("postMessage('out')", 0) and None)
attempt("IDBFS", lambda: pyodide_js.FS.filesystems.IDBFS.indexedDB())
attempt("open", lambda: __import__("pyodide.http").http.open_url("/index.html").read())
print("reached:", found)
print(refused["Function"])
"""


def test_code_reaches_neither_the_page_nor_its_storage_nor_the_network(visit, site):
    page = visit.open(PURE)
    page.evaluate("localStorage.setItem('secret', 'x')")
    first = block(page)
    press(first, EN["python_run"])
    says(first, EN["python_same"])
    start = len(site.log)
    write(first, ATTEMPTS)
    asked = [place for place, *_ in site.log[start:]]
    assert [place.split("/")[-1] for place in asked] == ["editor.js"]
    press(first, EN["python_run"])
    says(first, re.compile("^Done in"))
    reached, function = printed(first).split("\n", 1)
    assert reached == "reached: []"
    assert function.startswith("EvalError")  # by the policy, which has no 'unsafe-eval'
    assert len(site.log) == start + 1


def test_the_policy_of_the_page_holds_in_the_thread_that_runs_code(visit):
    page = visit.open(PURE)
    [thread] = _threads(page)
    for name in ("indexedDB", "caches", "fetch", "XMLHttpRequest", "navigator"):
        assert thread.evaluate(f"typeof self.{name}") == "undefined", name
    failures = []
    page.on("requestfailed", lambda request: failures.append(request.failure))
    thread.evaluate("import('http://127.0.0.1:9/x.js').catch(() => {})")
    page.wait_for_timeout(100)
    print(failures)
    assert failures == ["csp"]
    visit.strangers.clear()
    visit.errors.clear()


def _threads(page: Page) -> list[object]:
    press(block(page), EN["python_run"])
    says(block(page), EN["python_same"])
    return list(page.workers)
