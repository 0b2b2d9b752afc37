"""Oracle: the files of npm's package, byte for byte, and a note written by hand."""

import json

import pytest

from notekit.pages.words import WORDS
from notekit.problem import ROOT
from notekit.site.running import write_running
from notekit.study import pyodide
from tests.notekit.builder import build_repo


@pytest.fixture
def repo(tmp_path):
    repo = build_repo(tmp_path)
    repo.write("theme/assets/editor.js", "export const open = () => {}\n")
    (repo.root / "site/assets").mkdir(parents=True)
    return repo


def written(repo):
    write_running(repo.catalogue(), repo.root / "site")
    return repo.root / "site/assets"


def known(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_site_gets_python_the_editor_and_the_modules_of_its_notes(repo):
    assets = written(repo)
    facts = known(assets / "pyodide/files.json")
    folder = assets / "pyodide" / facts["folder"]
    for name in pyodide.CORE:
        given = (ROOT / "node_modules/pyodide" / name).read_bytes()
        assert (folder / name).read_bytes() == given
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sizes == facts["bytes"]
    snippet = "snippets/cv/box.py"
    payload = {"files": {snippet: repo.read(snippet)}, "numpy": False}
    assert known(assets / "run/cv/box.json") == payload
    for language in ("en", "zh"):
        words = known(assets / f"run/words.{language}.json")
        assert words["stop"] == WORDS[language]["python_stop"]
    assert "open" in (assets / "editor.js").read_text()
    assert "//" not in (assets / "editor.js").read_text()


def test_the_address_of_python_changes_with_its_content_alone(repo, tmp_path_factory):
    first = known(written(repo) / "pyodide/files.json")["folder"]
    other = build_repo(tmp_path_factory.mktemp("other"))
    other.write("theme/assets/editor.js", "export const open = () => 1\n")
    (other.root / "site/assets").mkdir(parents=True)
    assert known(written(other) / "pyodide/files.json")["folder"] == first
    wheel = other.root / "build/cache/pyodide/numpy.whl"
    wheel.parent.mkdir(parents=True, exist_ok=True)
    wheel.write_bytes(b"numpy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyodide, "numpy", lambda root: wheel)
        facts = known(written(other) / "pyodide/files.json")
        wheel.write_bytes(b"NUMPY")
        changed = known(written(other) / "pyodide/files.json")
    assert len({first, facts["folder"], changed["folder"]}) == 3
    assert facts["bytes"]["numpy.whl"] == 5


def test_without_numpy_its_blocks_have_no_button_and_the_others_do(repo):
    repo.write("snippets/cv/box.py", "import numpy\n" + repo.read("snippets/cv/box.py"))
    assets = written(repo)
    assert not (assets / "run/cv/box.json").exists()
    assert (assets / "run/cv/box-area.json").exists()


def test_a_site_on_which_nothing_runs_carries_no_python(repo):
    for name in ("box", "box_area"):
        place = f"snippets/cv/{name}.py"
        repo.write(place, "import torch\n" + repo.read(place))
    assert not list(written(repo).iterdir())
