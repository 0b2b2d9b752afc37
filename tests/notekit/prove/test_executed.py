"""Oracle: modules of which a person ran some lines, and counted the others."""

import importlib.util
from types import SimpleNamespace

import pytest

from notekit.prove.executed import Executed, watch

MODULE = """\
def double(width):
    if width < 0:
        raise ValueError(width)
    return 2 * width


def never():
    return 1


if __name__ == "__main__":
    print(double(2))
"""


def run(path, calls):
    spec = importlib.util.spec_from_file_location("watched_box", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for call in calls:
        call(module)


def below_zero(module):
    with pytest.raises(ValueError, match="-1"):
        module.double(-1)


CASES = {
    "nothing": ([], "2: never run here: lines 2-4, 8"),
    "one way": ([lambda m: m.double(1)], "3: never run here: lines 3, 8"),
    "both ways": ([lambda m: m.double(1), below_zero], "8: never run here: lines 8"),
    "all": ([lambda m: m.double(1), below_zero, lambda m: m.never()], None),
}


@pytest.mark.parametrize("folder", ["notes", "notes [v2]", "学习 笔记"])
@pytest.mark.parametrize("case", CASES)
def test_lines_that_no_test_ran_are_named(tmp_path, case, folder):
    calls, wanted = CASES[case]
    path = tmp_path / folder / "snippets/cv/box.py"
    path.parent.mkdir(parents=True)
    path.write_text(MODULE)
    watched = Executed(tmp_path / folder, ["cv/box"])
    run(path, calls)
    watched.pytest_sessionfinish(SimpleNamespace(exitstatus=0))
    assert watched.left == ([f"snippets/cv/box.py:{wanted}"] if wanted else [])


UNREACHED = {
    "an empty loop": ("for x in [y for y in (1, 2) if y > 2]:\n        assert x", [3]),
    "another machine": ("if len('ab') == 3:\n        assert double(1) == 2", [3]),
    "left early": (
        "if double(1) == 2:\n        return\n    assert double(2) == 4",
        [4],
    ),
    "inside": ("def inner():\n        assert double(1) == 3\n    inner", [3]),
    "reached": ("for x in (1, 2):\n        assert double(x) == 2 * x", []),
}


@pytest.mark.parametrize("case", UNREACHED)
@pytest.mark.parametrize("outcome", ["passed", "skipped"])
def test_an_assertion_that_a_passed_test_never_reached_fails_the_run(
    tmp_path, case, outcome
):
    body, lines = UNREACHED[case]
    path = tmp_path / "tests/cv/test_box.py"
    path.parent.mkdir(parents=True)
    path.write_text(f"def test_it(double):\n    {body}\n")
    watched = Executed(tmp_path, ["cv/box"])
    run(path, [lambda m: m.test_it(lambda x: 2 * x)])
    place = "tests/cv/test_box.py::test_it[1]"
    passed = outcome == "passed"
    watched.pytest_runtest_logreport(
        SimpleNamespace(when="call", passed=passed, nodeid=place)
    )
    session = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    watched.pytest_sessionfinish(session)
    want = "want an assertion that is reached; this one never was"
    assert watched.unreached == [
        f"tests/cv/test_box.py:{line}: {want}" for line in (lines if passed else [])
    ]
    assert session.exitstatus == int(bool(lines) and passed)


@pytest.mark.parametrize(
    ("keyword", "marks", "only", "watched"),
    [
        ("", "", False, 1),
        ("area", "", False, 0),
        ("", "gpu", False, 0),
        ("", "", True, 0),
    ],
)
def test_a_run_that_leaves_tests_out_names_no_lines(
    tmp_path, keyword, marks, only, watched
):
    registered = []
    manager = SimpleNamespace(register=lambda plugin, name: registered.append(plugin))
    option = SimpleNamespace(keyword=keyword, markexpr=marks, collectonly=only)
    watch(SimpleNamespace(option=option, pluginmanager=manager), tmp_path, ["cv/box"])
    for plugin in registered:
        plugin.pytest_sessionfinish(SimpleNamespace(exitstatus=0))
    assert len(registered) == watched
