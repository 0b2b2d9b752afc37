"""Oracle: what Python itself prints and raises; the runner is tried in CPython."""

import json
import sys

import pytest

from notekit.study.runner import MOST, Runner

EMPTY = "Expecting value: line 1 column 1 (char 0)"
UNSAYABLE = "class E(Exception):\n def __str__(s): return 1/0\nraise E"


@pytest.fixture
def said():
    return []


@pytest.fixture
def run(tmp_path, said):
    runner = Runner(str(tmp_path / "note"), lambda *what: said.append(what))

    def go(code, files=None, name="block"):
        runner.put(json.dumps(files or {}))
        return json.loads(runner.run(code, name))

    return go


def test_what_is_printed_comes_line_by_line_and_whole(run, said):
    code = """
import sys
print(1, end='')
print(2)
print('e', file=sys.stderr)
print('漢', end='')
"""
    answer = run(code)
    assert said == [("12\n", "stdout"), ("e\n", "stderr"), ("漢", "stdout")]
    assert answer == {"ok": True, "output": "12\n漢", "error": None, "cut": False}


def test_what_is_flushed_comes_at_once(run, said):
    run("print('a', end='', flush=True)\nprint('b', end='')")
    assert said == [("a", "stdout"), ("b", "stdout")]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("\nraise ValueError('no')", ("ValueError", "no", 2)),
        ("x = {}\nx['k']", ("KeyError", "'k'", 2)),
        ("def f():\n    1 / 0\nf()", ("ZeroDivisionError", "division by zero", 2)),
        ("x = 1\ny = (", ("SyntaxError", "'(' was never closed", 2)),
        ("assert 1 == 2", ("AssertionError", "", 1)),
        ("class E(Exception): pass\n\nraise E('a', 1)", ("E", "('a', 1)", 3)),
        (UNSAYABLE, ("E", "<exception str() failed>", 3)),
        ("input('name?')", ("EOFError", "EOF when reading a line", 1)),
        ("import json\njson.loads('')", ("JSONDecodeError", EMPTY, 2)),
        ("raise SystemExit('bad')", ("SystemExit", "bad", 1)),
        ("raise KeyboardInterrupt", ("KeyboardInterrupt", "", 1)),
        ("from a import f\n\nf()", ("TypeError", "deep", 3)),
    ],
)  # fmt: skip
def test_an_error_has_its_type_its_message_and_the_line_of_the_block(run, code, error):
    answer = run(code, {"a.py": "def f():\n\n\n\n    raise TypeError('deep')\n"})
    assert not answer["ok"]
    assert tuple(answer["error"][key] for key in ("type", "message", "line")) == error


def test_ending_in_peace_is_no_error(run):
    assert run("print(1)\nraise SystemExit")["ok"]


def test_what_was_printed_before_an_error_is_kept(run):
    assert run("print(1)\n1 / 0")["output"] == "1\n"


def test_each_run_is_a_module_of_its_own(run):
    assert run("x = 1")["ok"]
    assert run("print(x)")["error"]["type"] == "NameError"
    pickled = "import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A)) is A)"
    assert run(pickled)["output"] == "True\n"
    source = "import inspect\ndef f(): return 7\nprint(inspect.getsource(f))"
    assert "return 7" in run(source)["output"]
    assert run("print(__name__)")["output"] == "__main__\n"


def test_modules_are_those_of_this_run(run):
    first = {"snippets/a/b.py": "value = 1", "c.py": "import snippets.a.b"}
    assert run("from snippets.a.b import value\nimport c\nprint(value)", first)["ok"]
    again = run(
        "from snippets.a.b import value\nprint(value)",
        {"snippets/a/b.py": "value = 22"},
    )
    assert again["output"] == "22\n"
    assert run("import c")["error"]["type"] == "ModuleNotFoundError"
    assert run("import snippets.a.b")["error"]["type"] == "ModuleNotFoundError"
    assert run("import os\nprint(os.listdir())")["output"] == "[]\n"


def test_nothing_of_python_is_left_changed(run):
    before = (
        sys.stdout,
        sys.stderr,
        sys.stdin,
        sys.argv,
        sys.path[:],
        sys.modules["__main__"],
    )
    run("import sys\nsys.path.append('x')\nsys.stdout = None\nsys.argv = []\n1/0")
    assert before == (
        sys.stdout,
        sys.stderr,
        sys.stdin,
        sys.argv,
        sys.path,
        sys.modules["__main__"],
    )


def test_what_is_printed_has_an_end(run, said):
    answer = run(f"for i in range(2):\n    print('x' * {MOST - 1})\nprint('more')")
    assert answer["ok"]
    assert answer["cut"]
    assert len(answer["output"]) == MOST
    assert sum(len(text) for text, _ in said) == MOST


def test_only_text_is_written(run):
    assert run("import sys\nsys.stdout.write(b'x')")["error"]["type"] == "TypeError"
