"""Oracle: test modules that cannot fail, written by hand, and ones that can."""

import pytest

from tests.notekit.builder import Repo, build_repo

TEST, SNIPPET = "tests/cv/test_box.py", "snippets/cv/box.py"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


HEAD = '''"""Oracles: a sum by hand."""

import pytest

from snippets.cv.box import double

'''
HOLLOW = {
    "nothing": "",
    "a call": "def test_it():\n    double(2)\n",
    "a print": "def test_it():\n    print(double(2) == 4)\n",
    "a comparison": "def test_it():\n    double(2) == 4\n",
    "true": "def test_it():\n    double(2)\n    assert True\n",
    "a text": "def test_it():\n    double(2)\n    assert 'double'\n",
    "a tuple": "def test_it():\n    assert (double(2) == 5, 'it doubles')\n",
    "itself": "def test_it():\n    assert double(2) == double(2)\n",
    "not false": "def test_it():\n    double(2)\n    assert not False\n",
    "numbers only": "def test_it():\n    assert 1 + 1 == 2\n",
    "a lambda": "def test_it():\n    assert lambda: double(2) == 5\n",
    "or True": "def test_it():\n    assert double(2) == 5 or True\n",
    "if False": "def test_it():\n    if False:\n        assert double(2) == 5\n",
    "while 0": "def test_it():\n    while 0:\n        assert double(2) == 5\n",
    "a method": "class TestIt:\n    def test_it(self):\n        double(2)\n",
    "a hollow helper": (
        "def compare(a, b):\n    return a == b\n\n\n"
        "def test_it():\n    compare(double(2), 5)\n"
    ),
}


@pytest.mark.parametrize("case", HOLLOW)
def test_a_module_that_cannot_fail_is_named(repo, case):
    repo.write(TEST, HEAD + "\n" + HOLLOW[case])
    wanted = "want tests, " if case == "nothing" else "want an assertion that can fail"
    assert any(p.startswith(f"{TEST}:") and wanted in p for p in repo.problems())


LEFT_OUT = {
    "skip": "@pytest.mark.skip(reason='later')\n",
    "a bare skip": "@pytest.mark.skip\n",
    "always": "@pytest.mark.skipif(True, reason='later')\n",
    "one": "@pytest.mark.skipif(1, reason='later')\n",
    "xfail": "@pytest.mark.xfail\n",
    "xfail with a reason": "@pytest.mark.xfail(reason='known')\n",
    "a whole module": "pytestmark = pytest.mark.skip(reason='later')\n\n\n",
    "a module by a call": "pytest.skip('later', allow_module_level=True)\n\n\n",
    "not a test": "__test__ = False\n\n\n",
    "importorskip": "pytest.importorskip('jax')\n\n\n",
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_tests_that_never_run_are_named(repo, case):
    test = "def test_it():\n    assert double(2) == 4\n"
    repo.write(TEST, f"{HEAD}\n{LEFT_OUT[case]}{test}")
    line = repo.line(TEST, LEFT_OUT[case].strip())
    assert any(
        problem.startswith(f"{TEST}:{line}: want tests that run; got")
        for problem in repo.problems()
    )


SOUND = [
    "def test_it():\n    assert double(2) == 4\n",
    "def test_it():\n    with pytest.raises(TypeError):\n        double(None)\n",
    "def test_it():\n    if double(2) != 4:\n        raise AssertionError\n",
    "def test_it():\n    if double(2) != 4:\n        pytest.fail('no')\n",
    "def same(a, b):\n    assert a == b\n\n\ndef test_it():\n    same(double(2), 4)\n",
    "def same(a, b):\n    equal(a, b)\n\n\ndef equal(a, b):\n    assert a == b\n\n\n"
    "def test_it():\n    same(double(2), 4)\n",
    "def test_it():\n    if True:\n        assert double(2) == 4\n",
    "class TestIt:\n    def test_it(self):\n        assert double(2) == 4\n",
    "@pytest.mark.skipif(double(2) == 5, reason='odd')\n"
    "def test_it():\n    assert double(2) == 4\n",
    "@pytest.mark.gpu\ndef test_it():\n    assert double(2) == 4\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_a_module_that_can_fail_is_left_alone(repo, text):
    repo.write(TEST, f"{HEAD}\n{text}")
    assert [p for p in repo.problems() if "want an ass" in p or "that run" in p] == []


def test_a_public_function_that_no_test_calls_is_named(repo):
    more = (
        '\n\ndef triple(width: float) -> float:\n    """Thrice."""\n    return width\n'
    )
    repo.write(SNIPPET, repo.read(SNIPPET) + more)
    line = repo.line(SNIPPET, "def triple")
    message = f"want a test in {TEST} that calls triple; found none"
    assert f"{SNIPPET}:{line}: {message}" in repo.problems()
    repo.write(
        TEST, f"{repo.read(TEST)}\n\ndef test_more():\n    assert triple(1) == 3\n"
    )
    assert not any("triple" in problem for problem in repo.problems())


def test_a_helper_needs_no_test_of_its_own(repo):
    more = "\n\ndef _triple(width):\n    return width\n"
    repo.write(SNIPPET, repo.read(SNIPPET) + more)
    assert repo.problems() == []


SNIPPETS = {
    "a parameter that is none": (
        '    """Twice the width."""\n',
        '    """Twice the width.\n\n    Args:\n        wide: how wide.\n    """\n',
        "def double",
        "want parameters of double in its docstring; got wide",
    ),
    "one of two": (
        '    """Twice the width."""\n',
        '    """Twice the width.\n\n    Args:\n        width, height: a.\n    """\n',
        "def double",
        "want parameters of double in its docstring; got height",
    ),
    "an assert": (
        "    return 2 * width",
        "    assert width > 0\n    return 2 * width",
        "    assert",
        "want errors that readers get, with raise; got assert width > 0",
    ),
    "a print at import": (
        "class Shape",
        "print(double(1))\n\n\nclass Shape",
        "print(",
        "want an import that prints, seeds and changes nothing; got print(double(1))",
    ),
    "a hidden print": (
        "class Shape",
        "_ = [print(1)]\n\n\nclass Shape",
        "_ = [",
        "want an import that prints, seeds and changes nothing; got print(1)",
    ),
    "a seed at import": (
        "class Shape",
        "import random\n\nrandom.seed(0)\n\n\nclass Shape",
        "random.seed",
        "want an import that prints, seeds and changes nothing; got random.seed(0)",
    ),
    "a section without an end": (
        "# --8<-- [end:core]",
        "# the end",
        "# --8<-- [start:core]",
        "want [end:core] below; found none",
    ),
    "a section without a start": (
        "class Shape",
        "# --8<-- [end:other]\n\n\nclass Shape",
        "# --8<-- [end:other]",
        "want [start:other] above; found none",
    ),
    "an empty section": (
        "class Shape",
        "# --8<-- [start:b]\n# a comment\n# --8<-- [end:b]\n\n\nclass Shape",
        "# --8<-- [start:b]",
        "want code in section 'b'; found none",
    ),
}


@pytest.mark.parametrize("case", SNIPPETS)
def test_a_fault_of_a_snippet_is_named(repo, case):
    old, new, where, message = SNIPPETS[case]
    repo.edit(SNIPPET, old, new)
    assert f"{SNIPPET}:{repo.line(SNIPPET, where)}: {message}" in repo.problems()


def test_what_runs_only_as_a_program_may_print(repo):
    text = 'if __name__ == "__main__":\n    print(double(2))\n'
    repo.write(SNIPPET, f"{repo.read(SNIPPET)}\n\n{text}")
    assert repo.problems() == []


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("tests/cv/test_box_inputs.py", "want a class TestInputs; found none"),
        ("figures/cv/box.py", "want a function draw; found none"),
    ],
)
@pytest.mark.parametrize("text", ["", '"""Nothing."""\n', "x = \0\n", "def f(:\n"])
def test_modules_that_define_nothing_are_named(repo, file, wanted, text):
    repo.write(file, text)
    assert f"{file}:1: {wanted}" in repo.problems()
