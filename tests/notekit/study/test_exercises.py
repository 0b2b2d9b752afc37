"""Oracle: CPython, which judges the same answers; and what the page is to be sent."""

import importlib
import json
import re
from collections.abc import Sequence

import pytest

from notekit.pages.exercises import said
from notekit.problem import ROOT
from notekit.read.catalogue import read
from notekit.read.exercises import sheet
from notekit.study import exercises as study
from notekit.study import pyodide
from notekit.study.judge import MARK, exercises, judge
from tests.notekit.builder import build_repo
from tests.notekit.read.test_exercises import FINE

AT_ONCE = 4  # notes, so that no process of Node runs into its time on a busy machine
FOLDER = ROOT / "exercises"
NAMES = [  # of notes with exercises that a page judges
    path.relative_to(FOLDER).with_suffix("").as_posix().replace("_", "-")
    for path in sorted(FOLDER.rglob("*.py"))
    if study.runs_in_page(path)
]


def request(note: str, name: str, answer: str) -> dict[str, object]:
    """What the page's script runs for an answer."""
    made = study.payload(ROOT, note, said())
    assert made is not None
    data = json.loads(made.text)
    read_it = 'open("answer.txt", encoding="utf-8").read()'
    call = f"tell({data['module']!r}, {name!r}, {read_it})"
    code = f"from notekit.study.judge import tell\n{call}"
    return {"code": code, "files": data["files"] | {"answer.txt": answer}}


def answers(notes: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Note, function, kind and text of answers to the exercises of notes.

    Of each the solution, the starter and one that is wrong; CPython judges them all.
    """
    numpy = pyodide.numpy(ROOT) is not None
    found = []
    for note in notes:
        here = sheet(ROOT, note)
        assert here is not None
        needs = "import numpy" in here.path.read_text(encoding="utf-8")
        if needs and not numpy:
            continue
        for exercise in here.exercises:
            found.append((note, exercise.name, "solution", exercise.solution))
            found.append((note, exercise.name, "starter", exercise.starter))
            found.append((note, exercise.name, "wrong", exercise.wrong[-1]))
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "notes",
    [NAMES[start : start + AT_ONCE] for start in range(0, len(NAMES), AT_ONCE)],
    ids=" ".join,
)
def test_pyodide_judges_as_cpython_does_within_the_time(notes):
    given = answers(notes)
    requests = [request(note, name, text) for note, name, _, text in given]
    results = pyodide.run(requests, ROOT)
    assert given or pyodide.numpy(ROOT) is None
    for (note, name, kind, text), result in zip(given, results, strict=True):
        where = f"{note} {name} {kind}\n{text}"
        assert result["ok"], f"{where}\n{result['error']}"
        assert not result["cut"], where
        lines = result["output"].removesuffix("\n").split("\n")
        there = json.loads(lines[-1].removeprefix(MARK))["verdict"]
        module = importlib.import_module(
            f"exercises.{note.replace('/', '.').replace('-', '_')}"
        )
        task = exercises(module)[name]
        here = judge(task, text)
        assert (there["kind"] == "passed") == (kind == "solution"), where
        for key in ("kind", "passed", "total", "given", "line"):
            assert there[key] == getattr(here, key), f"{where}\n{key}"
        assert result["seconds"] < task.seconds, where


def test_no_file_of_the_judge_asks_for_numpy_by_naming_it():
    """A page loads it where a text names it; the judge needs none."""
    assert "numpy" not in study._judge()


def test_the_page_is_sent_the_exercises_of_its_note_and_no_other(tmp_path):
    repo = build_repo(tmp_path)
    repo.write("exercises/cv/box_area.py", FINE)
    words = {"en": {"check": "Check"}, "zh": {"check": "判题"}}
    assert study.payload(tmp_path, "cv/box", words) is None
    made = study.payload(tmp_path, "cv/box-area", words)
    assert made is not None
    data = json.loads(made.text)
    assert data["module"] == "exercises.cv.box_area"
    assert data["files"]["exercises/cv/box_area.py"] == FINE
    assert set(data["files"]) == {"exercises/cv/box_area.py", study.JUDGE}
    assert list(data["exercises"]) == ["area"]
    assert data["exercises"]["area"]["title"]["zh"] == "方框的面积"
    repo.edit("exercises/cv/box_area.py", "seconds=3", "seconds=4")
    again = study.payload(tmp_path, "cv/box-area", words)
    assert again is not None
    assert again.name != made.name
    site = tmp_path / "out"
    study.write(read(tmp_path), site, words)
    files = {p.relative_to(site).as_posix() for p in site.rglob("*.json")}
    assert files == {"assets/exercises/index.json", f"assets/exercises/{again.name}"}
    index = json.loads((site / "assets/exercises/index.json").read_text("utf-8"))
    assert index["notes"] == {"cv/box-area": ["area"]}


def test_exercises_that_need_torch_are_not_sent_to_the_page(tmp_path):
    repo = build_repo(tmp_path)
    repo.write(
        "exercises/cv/box_area.py", FINE.replace("SIDES", "import torch\n\nSIDES")
    )
    assert sheet(tmp_path, "cv/box-area").problems == ()
    assert study.payload(tmp_path, "cv/box-area", {"en": {}, "zh": {}}) is None


def test_every_word_of_the_script_is_there_in_both_languages():
    script = (ROOT / "theme/assets/exercises.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\b(?:words|said|words\[language\])\.(\w+)", script))
    words = said()
    assert used == set(words["en"]) == set(words["zh"])
    for name, text in words["en"].items():
        assert text.count("{}") == words["zh"][name].count("{}"), name
