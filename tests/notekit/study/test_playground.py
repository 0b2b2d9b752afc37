"""Oracle: small notes whose imports were written, and judged, by hand."""

import pytest

from notekit.study.playground import needs_numpy, playground, runnable, sources
from tests.notekit.builder import build_repo

HERE = "snippets/cv/box.py"


@pytest.fixture
def repo(tmp_path):
    return build_repo(tmp_path)


def judged(repo, snippet, block="from snippets.cv.box import double\n", language="en"):
    """Whether the note's block runs in the page, and with what."""
    repo.write(HERE, snippet)
    for name in ("en", "zh"):
        place = f"docs/{name}/cv/box.md"
        text = repo.read(place)
        repo.write(place, text.replace("from snippets.cv.box import double\n", block))
    note = repo.catalogue().notes["cv/box"]
    return runnable(note, repo.root, language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_block_brings_the_modules_that_it_imports(repo, language):
    [block] = judged(repo, "import math\n", language=language)
    assert block.files == (HERE,)
    assert not block.numpy
    note = repo.catalogue().notes["cv/box"]
    assert block.fence.path == note.pages[language].path
    assert runnable(note, repo.root, language) == [block]  # as it was kept
    assert sources([block, block], repo.root) == {HERE: "import math\n"}


@pytest.mark.parametrize(
    "line",
    [
        "import torch",
        "import torch.nn as nn",
        "from torch import nn",
        "def f():\n    import scipy",
        "try:\n    import triton\nexcept ImportError:\n    triton = None",
        "import threading",
        "from asyncio import run",
        "from concurrent.futures import ThreadPoolExecutor",
    ],
)
def test_what_a_browser_lacks_keeps_a_block_from_running(repo, line):
    assert judged(repo, f"{line}\n") == []
    assert judged(repo, "", f"{line}\nfrom snippets.cv.box import double\n") == []


@pytest.mark.parametrize(
    "line", ["import numpy as np", "from numpy.linalg import norm", "import numpy.fft"]
)
def test_numpy_is_told_apart(repo, line):
    [block] = judged(repo, f"{line}\n")
    assert block.numpy
    catalogue = repo.catalogue()
    assert needs_numpy(catalogue)
    assert list(playground(catalogue)) == ["cv/box", "cv/box-area"]
    assert list(playground(catalogue, numpy=False)) == ["cv/box-area"]


def test_a_package_is_judged_by_all_that_importing_a_part_of_it_runs(repo):
    (repo.root / HERE).unlink()
    repo.write("snippets/cv/box/__init__.py", "from .a import f\n")
    repo.write("snippets/cv/box/a.py", "from ._deep import g as f\n")
    repo.write("snippets/cv/box/_deep.py", "import numpy\n")
    repo.write("snippets/cv/box/c.py", "from . import a\n")
    note = repo.catalogue().notes["cv/box"]
    [block] = runnable(note, repo.root)
    names = [path.removeprefix("snippets/cv/box/") for path in block.files]
    assert names == ["__init__.py", "_deep.py", "a.py"]
    assert block.numpy
    repo.write("snippets/cv/box/_deep.py", "import torch\n")
    assert runnable(repo.catalogue().notes["cv/box"], repo.root) == []


def test_what_is_not_of_the_note_is_not_there(repo):
    block = "from snippets.cv.other import double\n"
    assert judged(repo, "", block) == []


@pytest.mark.parametrize("shared", ["environments", "datasets"])
def test_a_block_may_use_what_its_topic_shares(repo, shared):
    place = f"snippets/cv/{shared}/__init__.py"
    repo.write(place, "import numpy\n")
    line = f"from snippets.cv.{shared} import numpy as points\n"
    [block] = judged(repo, "", line)
    assert block.files == (place,)
    assert block.numpy
    [path] = repo.catalogue().notes["cv/box"].snippets(repo.root)[1:]
    assert path == repo.root / place


def test_what_another_topic_shares_does_not_come(repo):
    repo.write("snippets/ml/datasets/__init__.py", "points = 1\n")
    assert judged(repo, "", "from snippets.ml.datasets import points\n") == []


def test_a_block_that_is_declared_runs_in_neither_language(repo):
    place = "docs/en/cv/box.md"
    reason = "<!-- not-in-page: asks what machine it is -->\n```python\n"
    repo.write(place, repo.read(place).replace("```python\n", reason))
    note = repo.catalogue().notes["cv/box"]
    assert [runnable(note, repo.root, language) for language in ("en", "zh")] == [
        [],
        [],
    ]


def test_a_block_for_a_gpu_does_not_run(repo):
    for language in ("en", "zh"):
        place = f"docs/{language}/cv/box.md"
        marked = "<!--pytest.mark.gpu-->\n```python\n"
        repo.write(place, repo.read(place).replace("```python\n", marked))
    assert "cv/box" not in playground(repo.catalogue())
