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
    watched.pytest_sessionfinish()
    assert watched.left == ([f"snippets/cv/box.py:{wanted}"] if wanted else [])


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
        plugin.pytest_sessionfinish()
    assert len(registered) == watched
