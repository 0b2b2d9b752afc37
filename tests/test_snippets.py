"""The oracle is another machine: a folder that holds a copy of one note and no more.

There the file or folder of every note, below a parent of another name, must import and
do what the first block of its page shows, and each of its modules must run directly.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from notekit.files import SHARED
from notekit.problem import ROOT
from notekit.read.catalogue import TOPICS, Note, read
from notekit.read.fences import census

NOTES = read(ROOT).notes
PARENT = "borrowed"
# Runs what it is given, in one process for all notes of a topic: importing torch once.
PROGRAM = """
import contextlib, io, json, pkgutil, runpy, sys, traceback, warnings
sys.path.insert(0, {folder!r})
project = {project!r}
for path in sys.path:
    assert not path.startswith(project) or "site-packages" in path, path
wrong = {{}}
for name, code, expected, modules in json.loads(sys.stdin.read()):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(code, name, "exec"), {{"__name__": "block"}})
        if expected is not None and said.getvalue().strip() != expected.strip():
            wrong[name] = f"want {{expected!r}}; got {{said.getvalue()!r}}"
        with warnings.catch_warnings():
            # Python warns where a package has imported the module that is to be run.
            warnings.filterwarnings("ignore", ".*found in sys.modules", RuntimeWarning)
            for module, run_name in modules.items():
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    runpy.run_module(module, run_name=run_name, alter_sys=True)
                if module.endswith("__main__") and not out.getvalue():
                    wrong[module] = "want its documentation; it said nothing"
    except BaseException:
        wrong[name] = traceback.format_exc()[-1500:]
strangers = {{name.split(".")[0] for name in sys.modules}} & {{"snippets", "notekit"}}
assert not strangers, strangers
print(json.dumps(wrong))
"""


def copied(note: Note, folder: Path) -> dict[str, str]:
    """Copy what a reader would; returns its modules there, and what to run each as."""
    topic, stem = note.module.split("/")
    target = folder / PARENT
    target.mkdir(exist_ok=True)
    source = ROOT / "snippets" / note.module
    leave = shutil.ignore_patterns("__pycache__")
    if source.is_dir():
        shutil.copytree(source, target / stem, ignore=leave)
    else:
        shutil.copy(source.with_suffix(".py"), target)
    # What the notes of a topic share, if this note or its page uses it.
    for shared in {path.parent.name for path in note.snippets(ROOT)} & set(SHARED):
        shutil.copytree(
            ROOT / "snippets" / topic / shared,
            target / shared,
            ignore=leave,
            dirs_exist_ok=True,
        )
    names = {}
    for path in note.snippets(ROOT):
        parts = path.relative_to(ROOT / "snippets" / topic).with_suffix("").parts
        # A program for torchrun is only imported here; the note's tests launch it.
        program = 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")
        if parts[-1] != "__init__":
            names[".".join((PARENT, *parts))] = "copied" if program else "__main__"
    return names


def first_block(note: Note) -> tuple[str, str | None]:
    """The first block of the page that uses the note's own code, and its output."""
    own = f"from snippets.{note.module.replace('/', '.')} import"
    page = note.pages["en"].path
    for fence in census(page):
        if fence.kind == "run" and not fence.gpu and own in fence.code:
            topic = f"snippets.{note.topic}."
            return fence.code.replace(topic, f"{PARENT}."), fence.expected
    raise AssertionError(f"{page}: want a block that imports from {own}; found none")


def run_alone(work: list[object], folder: Path) -> dict[str, str]:
    program = PROGRAM.format(folder=str(folder), project=str(ROOT))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    run = subprocess.run(
        [sys.executable, "-P", "-c", program],
        input=json.dumps(work),
        cwd=folder,
        env=environment | {"TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    wrong: dict[str, str] = json.loads(run.stdout.splitlines()[-1])
    return wrong


@pytest.mark.timeout(240)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_note_works_wherever_it_is_copied(topic, tmp_path):
    work: list[object] = []
    for note in NOTES.values():
        if note.topic == topic:
            modules = copied(note, tmp_path)
            work.append([note.name, *first_block(note), modules])
    assert run_alone(work, tmp_path) == {}


def test_code_that_leans_on_the_project_is_found_out(tmp_path):
    (tmp_path / PARENT).mkdir()
    for name, line in (
        ("outside", "from snippets.ml.adamw import adam_step"),
        ("in_", ""),
    ):
        (tmp_path / PARENT / f"{name}.py").write_text(f'"""A."""\n\n{line}\n')
    work: list[object] = [
        [name, f"import {PARENT}.{name}", None, {}] for name in ("outside", "in_")
    ]
    wrong = run_alone(work, tmp_path)
    assert list(wrong) == ["outside"]
    assert "No module named 'snippets'" in wrong["outside"]
    wrong = run_alone([["x", "print(1)", "2\n", {}]], tmp_path)
    assert wrong == {"x": "want '2\\n'; got '1\\n'"}


@pytest.mark.parametrize("note", ["cv/detr", "algorithms/maximum-gap"])
def test_a_note_runs_by_its_name(note):
    dotted = f"snippets.{NOTES[note].module.replace('/', '.')}"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", dotted],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    is_package = (ROOT / "snippets" / NOTES[note].module).is_dir()
    assert ("FUNCTIONS" in run.stdout) == is_package
