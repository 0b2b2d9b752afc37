"""Oracle: small modules with one fault each, and the line that it stands on."""

from pathlib import Path

import pytest

from notekit.rules.snippets import problems
from tests.notekit.builder import build_repo

FINE = '"""A."""\n\n'


def found(path: Path, place: Path) -> list[str]:
    return [f"{p.path.name}:{p.line}: {p.message}" for p in problems(path, place)]


def package(root: Path, **modules: str) -> Path:
    place = root / "snippets/cv/box"
    place.mkdir(parents=True)
    for name, text in modules.items():
        (place / f"{name}.py").write_text(text)
    return place


@pytest.mark.parametrize(
    "name", ["io", "types", "random", "triton", "torch", "numpy", "notekit", "heapq"]
)
def test_a_module_that_hides_another_is_refused(tmp_path, name):
    place = package(tmp_path, **{name: FINE})
    want = f"{name}.py:1: want a name that hides no module of Python or a library"
    assert found(place / f"{name}.py", place) == [f"{want}; got {name}"]


def test_a_note_that_hides_a_module_is_refused_too(tmp_path):
    place = tmp_path / "queue"
    place.mkdir()
    (place / "__init__.py").write_text(FINE + '__all__ = ["a"]\na = 1\n')
    [line] = found(place / "__init__.py", place)
    assert line.endswith("got queue")
    alone = tmp_path / "bisect.py"
    alone.write_text(FINE)
    assert [line.split(";")[1] for line in found(alone, alone)] == [" got bisect"]


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ("import snippets.cv.box", "snippets.cv.box"),
        ("from snippets.cv.box.one import x", "snippets.cv.box.one"),
        ("def f():\n    from snippets import cv", "snippets"),
    ],
)
def test_an_absolute_import_is_refused(tmp_path, line, got):
    place = package(tmp_path, one=FINE + line.replace("def f", "def _f") + "\n")
    number = 3 + line.count("\n")
    want = "want relative imports within a note, and none from another"
    assert found(place / "one.py", place) == [f"one.py:{number}: {want}; got {got}"]


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ("from .. import other", "from .."),
        ("from ..other import x", "from ..other"),
        ("from ..environments_b import x", "from ..environments_b"),
        ("from ...environments import x", "from ...environments"),
        ("from ..datasets_b import x", "from ..datasets_b"),
    ],
)
def test_an_import_that_leads_out_of_the_folder_is_refused(tmp_path, line, got):
    place = package(tmp_path, one=f"{FINE}{line}\n")
    want = "want imports that stay within the note, since readers copy it alone"
    assert found(place / "one.py", place) == [f"one.py:3: {want}; got {got}"]


def test_a_single_file_has_nothing_to_import_from(tmp_path):
    alone = tmp_path / "box.py"
    alone.write_text(f"{FINE}from .other import x\n")
    [line] = found(alone, alone)
    assert line.endswith("got from .other")


@pytest.mark.parametrize(
    "line",
    [
        "from .two import x",
        "from . import two",
        "from ..environments import World",
        "from ..environments.grid import World",
        "from ..datasets import points",
        "import numpy as np",
        "from collections import Counter",
    ],
)
def test_imports_within_and_of_libraries_are_fine(tmp_path, line):
    place = package(tmp_path, one=f"{FINE}{line}\n")
    assert found(place / "one.py", place) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["1: want __all__, the names that readers use; found none"]),
        ("__all__ = []\n", ["3: want names in __all__; found none"]),
        (
            '__all__ = ["_a", "b"]\n_a = b = 1\n',
            ["3: want public names in __all__; got _a"],
        ),
        ('__all__ = ["a", "b"]\na = b = 1\n', []),
        (
            '__all__ = ["a", "b"]\na = 1\n',
            ["3: want names in __all__ that there are; got 'b'"],
        ),
    ],
)
def test_a_front_door_names_what_is_public(tmp_path, text, wanted):
    place = package(tmp_path, __init__=FINE + text)
    door = place / "__init__.py"
    assert found(door, place) == [f"__init__.py:{line}" for line in wanted]


def test_a_module_of_no_note_is_found(tmp_path):
    repo = build_repo(tmp_path)
    repo.write("snippets/cv/box_extra.py", FINE)
    repo.write("snippets/cv/environments/world.py", FINE)
    repo.write("tests/cv/test_environments.py", FINE)
    assert repo.problems() == [
        "snippets/cv/box_extra.py:1: want every module to be a note's, "
        "snippets/TOPIC/NOTE.py or snippets/TOPIC/NOTE/; this is none's"
    ]


LOOSE = {
    "figures/cv/other.py": "want every module to be a note's, figures/TOPIC/NOTE.py",
    "tests/cv/helpers.py": "want every module to be a note's, tests/TOPIC/test_NOTE.py",
    "tests/cv/test_gone.py": "want every module to be a note's, tests/TOPIC/test_",
    "tests/cv/test_gone_inputs.py": "want every module to be a note's, tests/TOPIC",
    "tests/cv/test_gone_steps.py": "want every module to be a note's, tests/TOPIC",
}


@pytest.mark.parametrize("name", LOOSE)
def test_a_module_beside_the_notes_tests_and_figures_is_found(tmp_path, name):
    repo = build_repo(tmp_path)
    repo.write(name, FINE)
    [problem] = repo.problems()
    assert problem.startswith(f"{name}:1: {LOOSE[name]}")


def test_a_module_that_a_notes_test_names_is_its_own(tmp_path):
    repo = build_repo(tmp_path)
    repo.write("tests/cv/box_workers.py", FINE)
    test = "tests/cv/test_box.py"
    repo.write(test, f"{repo.read(test)}\n\n# starts tests.cv.box_workers\n")
    assert repo.problems() == []


def as_package(repo, **modules: str) -> None:
    text = repo.read("snippets/cv/box.py")
    (repo.root / "snippets/cv/box.py").unlink()
    for name, more in modules.items():
        repo.write(f"snippets/cv/box/{name}.py", more or text)


@pytest.mark.parametrize(
    ("door", "third", "wanted"),
    [
        ("from .core import double\n", FINE, ["third.py"]),
        ("from .core import double\nfrom . import third\n", FINE, []),
        ("from .core import double\nfrom .third import x\n", FINE, []),
        ("from .core import double\n", f"{FINE}from .third import x\n", ["third.py"]),
    ],
)
def test_a_module_that_its_package_does_not_use_is_found(tmp_path, door, third, wanted):
    repo = build_repo(tmp_path)
    door = f'{FINE}{door}\n__all__ = ["double"]\n'
    as_package(repo, core="", __init__=door, third=third, __main__=FINE)
    words = "want modules that the package, the page or the tests import"
    found = [p.split(":")[0] for p in repo.problems() if words in p]
    assert found == [f"snippets/cv/box/{name}" for name in wanted]


def test_two_modules_that_only_use_each_other_are_found(tmp_path):
    repo = build_repo(tmp_path)
    door = f'{FINE}from .core import double\n\n__all__ = ["double"]\n'
    one, two = f"{FINE}from .two import x\n", f"{FINE}from .one import x\n"
    as_package(repo, core="", __init__=door, one=one, two=two)
    words = "this one nothing does"
    found = [p.split(":")[0] for p in repo.problems() if words in p]
    assert found == [f"snippets/cv/box/{name}.py" for name in ("one", "two")]


def test_a_module_that_only_the_page_imports_is_used(tmp_path):
    repo = build_repo(tmp_path)
    door = f'{FINE}from .core import double\n\n__all__ = ["double"]\n'
    as_package(repo, core="", __init__=door, third=FINE)
    page = "docs/en/cv/box.md"
    repo.edit(page, "::: snippets.cv.box\n", "::: snippets.cv.box.third\n")
    assert not any("third.py" in problem for problem in repo.problems())
