"""Exercises with a judge, in Chromium.

Oracle: the exercise's own solutions, right and wrong, and what a reader would see.
"""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from notekit.pages.words import WORDS
from notekit.read.catalogue import LANGUAGES
from notekit.read.exercises import sheet
from tests.site.conftest import ROOT

NOTE = "algorithms/knapsack"
PREFIX = {"en": "", "zh": "zh/"}
PHONE = {"width": 390, "height": 844}
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
PATIENCE = 120_000  # ms that Python may take to start where all cores are busy
EN = WORDS["en"]
STORED = 'JSON.parse(localStorage.getItem("exercises"))'

pytestmark = pytest.mark.timeout(600)


def exercise(name: str):
    found = sheet(ROOT, NOTE)
    assert found is not None
    return next(e for e in found.exercises if e.name == name)


TASK = exercise("lightest_best")
ENDLESS = """\
def lightest_best(volumes, values, capacity):
    while values:
        pass
    return 0, 0
"""


def block(page: Page, name: str = TASK.name) -> Locator:
    return page.locator(f'.exercise[data-name="{name}"]')


def press(within: Locator, word: str) -> None:
    within.get_by_role("button", name=word, exact=True).click()


def begin(within: Locator, language: str = "en") -> None:
    press(within, WORDS[language]["judged_start"])
    expect(within.locator(".cm-content")).to_be_focused(timeout=PATIENCE)


def write(within: Locator, code: str) -> None:
    within.locator(".cm-content").click()
    within.page.keyboard.press("ControlOrMeta+a")
    within.page.keyboard.insert_text(code)


def check(within: Locator, code: str, headline: str | re.Pattern[str]) -> str:
    """Judge an answer by keyboard; what stands below the headline."""
    write(within, code)
    within.page.keyboard.press("ControlOrMeta+Enter")
    line = within.locator(".exercise__headline[data-kind]")
    expect(line).to_have_text(headline, timeout=PATIENCE)
    return within.locator(".exercise__verdict").inner_text()


def violations(page: Page, within: str) -> list[tuple[str, list[str]]]:
    """Broken rules of axe, and by what; first, all boxes have got their size."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
    )
    page.evaluate(AXE)
    found = page.evaluate("within => axe.run({include: [within]})", within)
    return [
        (rule["id"], [node["html"] for node in rule["nodes"]])
        for rule in found["violations"]
    ]


def said(word: str, *values: object) -> str:
    return EN[f"exercise_{word}"].replace("{}", "%s") % values


def test_starter_wrong_raising_endless_and_right_answers_get_their_verdicts(
    visit, site
):
    page = visit.open(f"{NOTE}/")
    before = len(site.log)
    task = block(page)
    begin(task)
    fetched = [place for place, _, _ in site.log[before:]]
    assert any(
        re.search(r"/exercises/algorithms/knapsack\.\w+\.json", x) for x in fetched
    )
    assert not [place for place in fetched if "pyodide" in place]

    # The starter, untouched: Python comes now.
    page.keyboard.press("ControlOrMeta+Enter")
    line = task.locator(".exercise__headline[data-kind=bad]")
    expect(line).to_have_text(said("failed", 1, 51), timeout=PATIENCE)
    shown = task.locator(".exercise__verdict").inner_text()
    assert re.search(r"Input\s+volumes = \[\]\nvalues = \[\]\ncapacity = 0", shown)
    assert re.search(r"Expected\s+\(0, 0\)\s+Got\s+None", shown)
    assert not [place for place, _, _ in site.log[before:] if ".whl" in place]

    # Taken twice, by running up: the case is one that shows it.
    shown = check(task, TASK.wrong[0], said("failed", 5, 51))
    assert re.search(r"volumes = \[1\]\nvalues = \[2\]\ncapacity = 2", shown)
    assert re.search(r"Expected\s+\(2, 1\)\s+Got\s+\(4, 2\)", shown)

    raising = "def lightest_best(volumes, values, capacity):\n    return volumes[0]\n"
    shown = check(task, raising, said("failed", 1, 51))
    assert "IndexError: list index out of range (line 2)" in shown

    shown = check(task, "def lightest_best(:\n", EN["exercise_unreadable"])
    assert re.search(r"SyntaxError: .* \(line 1\)", shown)
    check(task, "x = 1\n", said("missing", TASK.name))

    printing = TASK.solution.replace(
        "    row =", "    print('here', capacity)\n    row ="
    )
    shown = check(task, printing.replace("-minus", "1"), said("failed", 1, 51))
    assert re.search(r"Printed\s+here 0", shown)

    shown = check(task, ENDLESS, said("late", 3, 51, f"{TASK.seconds:g}"))
    assert re.search(r"volumes = \[0\]\nvalues = \[3\]", shown)
    assert (
        page.evaluate(f"{STORED}.notes['{NOTE}'].lightest_best.solved ?? null") is None
    )

    check(task, TASK.solution, said("passed", 51, 51))
    expect(task.locator(".exercise__done")).to_have_text(EN["exercise_solved"])
    kept = page.evaluate(f"{STORED}.notes['{NOTE}'].lightest_best")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["solved"])
    assert kept["answer"] == TASK.solution.replace("\r", "")

    # A loop that is stopped says so; what was solved stays solved.
    write(task, ENDLESS)
    press(task, EN["exercise_check"])
    press(task, EN["exercise_stop"])
    expect(task.locator(".exercise__headline")).to_have_text(EN["exercise_stopped"])

    page.reload()
    expect(block(page).locator(".exercise__done")).to_have_text(EN["exercise_solved"])
    begin(block(page))
    expect(block(page).locator(".cm-content")).to_contain_text("while values")
    press(block(page), EN["exercise_reset"])
    expect(block(page).locator(".cm-content")).not_to_contain_text("while")


@pytest.mark.parametrize("language", LANGUAGES)
def test_hints_come_one_by_one_and_the_solution_after_them(visit, language):
    words = WORDS[language]
    page = visit.open(f"{PREFIX[language]}{NOTE}/", viewport=PHONE)
    task = block(page)
    begin(task, language)
    folded = page.locator(
        f"h4#{TASK.id} ~ details:not(h4#{exercise('fewest_from_till').id} ~ details)"
    )
    expect(folded).to_have_count(3)
    for opened in range(3):
        states = folded.evaluate_all("all => all.map(part => part.open)")
        assert states == [True] * opened + [False] * (3 - opened)
        press(task, words["exercise_hint" if opened < 2 else "exercise_solution"])
        expect(folded.nth(opened).locator("summary")).to_be_focused()
    expect(folded.nth(2)).to_contain_text(TASK.mistakes[0][language].text)
    assert violations(page, "article") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_each_exercise_is_whole(visit, site, language):
    start = len(site.log)
    page = visit.open(f"{PREFIX[language]}{NOTE}/", java_script_enabled=False)
    found = sheet(ROOT, NOTE)
    assert found is not None
    for each in found.exercises:
        heading = page.locator(f"#{each.id}")
        expect(heading).to_contain_text(each.title[language].text)
        expect(block(page, each.name)).to_contain_text(f"def {each.name}(")
        expect(block(page, each.name)).to_contain_text(f">>> {each.name}(")
        solution = page.locator(f"#{each.id} ~ details.success").first
        expect(solution).to_contain_text(each.solution.split("\n")[-2].strip())
    assert page.locator(".exercise__bar:visible").count() == 0
    assert not [place for place, _, _ in site.log[start:] if "exercises" in place]


def test_a_reader_without_progress_fetches_nothing_of_the_exercises(visit, site):
    for path in (f"{NOTE}/", "algorithms/", "map/"):
        start = len(site.log)
        page = visit.open(path)
        page.wait_for_load_state("networkidle")
        assert not [place for place, _, _ in site.log[start:] if "exercises" in place]


def store(page: Page, text: str) -> None:
    page.evaluate("text => localStorage.setItem('exercises', text)", text)


def progress(**solved: str) -> str:
    notes = {NOTE: {name: {"solved": day} for name, day in solved.items()}}
    return json.dumps({"version": 1, "notes": notes})


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_shows_on_the_topic_s_page_and_on_the_map(visit, language):
    page = visit.open(f"{PREFIX[language]}map/")
    store(page, progress(lightest_best="2026-11-01"))
    page.reload()
    box = page.locator(f'.learning-map__note[href$="{NOTE}/"] .exercise__count')
    expect(box).to_have_text("1/2")
    expect(page.locator("#list ~ ol .exercise__count")).to_have_text("1/2")
    index = ROOT / "site/assets/exercises/index.json"
    notes = json.loads(index.read_text(encoding="utf-8"))["notes"]
    total = sum(map(len, notes.values()))
    count = WORDS[language]["exercise_count"].replace("{}", "%s") % (1, total)
    expect(page.locator(".progress [role=status]")).to_have_text(count)
    store(page, progress(lightest_best="2026-11-01", fewest_from_till="2026-11-02"))
    page.goto(page.url.replace("map/", "algorithms/"))
    expect(page.locator(".note-card .exercise__count")).to_have_text("✓ 2/2")
    assert violations(page, "body") == []


def test_progress_is_exported_imported_and_forgotten(visit, tmp_path):
    page = visit.open("map/")
    store(page, progress(lightest_best="2026-11-05"))
    page.reload()
    panel = page.locator(".progress")
    with page.expect_download() as waiting:
        press(panel, EN["progress_export"])
    saved = tmp_path / "saved.json"
    waiting.value.save_as(saved)
    assert json.loads(saved.read_text("utf-8")) == json.loads(
        progress(lightest_best="2026-11-05")
    )

    page.on("dialog", lambda dialog: dialog.accept())
    press(panel, EN["progress_forget"])
    expect(page.locator(".exercise__count")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('exercises')") is None

    # What was solved earlier stays so; what is new is added.
    store(page, progress(lightest_best="2026-11-09", fewest_from_till="2026-11-02"))
    panel.get_by_label(EN["progress_import"]).set_input_files(saved)
    expect(panel).to_contain_text(EN["exercise_imported"])
    notes = page.evaluate(f"{STORED}.notes")[NOTE]
    assert notes["lightest_best"]["solved"] == "2026-11-05"
    assert notes["fewest_from_till"]["solved"] == "2026-11-02"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '{"version": 2, "notes": {}}',
        '{"version": 1, "notes": []}',
        '{"version": 1, "notes": {"__proto__": {"a": {"solved": "2026-11-01"}}}}',
        '{"version": 1, "notes": {"cv/detr": {"a": {"solved": 3}, "b": null}}}',
        '{"version": 1, "notes": {"<img>/x": {"a": {"solved": "2026-11-01"}}}}',
    ],
)
def test_what_is_no_progress_is_refused_and_harms_nothing(visit, tmp_path, text):
    page = visit.open("map/")
    store(page, text)  # whatever another script has left there
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".exercise__count")).to_have_count(0)
    store(page, progress(lightest_best="2026-11-05"))
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    page.get_by_label(EN["progress_import"]).set_input_files(bad)
    line = page.locator(".progress [role=status]")
    expect(line).to_contain_text(said("unreadable_file", "bad.json"))
    assert page.evaluate(STORED) == json.loads(progress(lightest_best="2026-11-05"))


def test_an_exercise_that_cannot_be_fetched_says_so_and_can_be_tried_again(visit):
    page = visit.open(f"{NOTE}/")
    page.route("**/exercises/algorithms/*.json", lambda route: route.abort())
    press(block(page), EN["judged_start"])
    expect(block(page)).to_contain_text(EN["exercise_offline"])
    page.unroute_all()
    begin(block(page))
    visit.errors.clear()  # the browser names what was aborted
