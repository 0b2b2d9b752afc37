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
    "a generator": "def test_it():\n    assert (double(n) == 5 for n in range(3))\n",
    "a list of all": "def test_it():\n    assert [double(n) == 5 for n in (1, 2)]\n",
    "a text of it": "def test_it():\n    assert f'{double(2)}'\n",
    "all of nothing": (
        "def test_it():\n    assert all(double(n) == 5 for n in range(0))\n"
    ),
    "a length": "def test_it():\n    assert len(str(double(2))) >= 0\n",
    "a length above -1": "def test_it():\n    assert len([double(2)]) > -1\n",
    "a length, turned": "def test_it():\n    assert 0 <= len([double(2)])\n",
    "approx alone": "def test_it():\n    assert pytest.approx(double(2))\n",
    "a method that nobody calls": "def test_it():\n    assert double(2).__eq__\n",
    "a wide tolerance": (
        "def test_it():\n    assert double(2) == pytest.approx(3, rel=1e9)\n"
    ),
    "a wide tolerance of numpy's": (
        "def test_it():\n    np.testing.assert_allclose(double(2), 9, rtol=1e6)\n"
    ),
    "a wide absolute tolerance": (
        "def test_it():\n    assert math.isclose(double(2), 9, abs_tol=1e9)\n"
    ),
    "a tolerance without an end": (
        "def test_it():\n    assert double(2) == pytest.approx(3, abs=math.inf)\n"
    ),
    "its own number": (
        "def test_it():\n    wanted = 4\n    double(2)\n    assert wanted == 4\n"
    ),
    "its own numbers": (
        "def test_it():\n    a, = 4,\n    b = 'x'\n    double(2)\n    assert b == 'x'\n"
    ),
    "a distance of anything": ("def test_it():\n    assert abs(double(2) - 9) < 1e9\n"),
    "a distance below all": (
        "def test_it():\n    assert np.abs(double(2) - 9).max() <= math.inf\n"
    ),
    "where Python has no asserts": (
        "def test_it():\n    if not __debug__:\n        assert double(2) == 5\n"
    ),
    "a failure that the end drops": (
        "def test_it():\n    try:\n        assert double(2) == 5\n"
        "    finally:\n        return\n"
    ),
    "any of some errors": (
        "def test_it():\n    with pytest.raises((ValueError, Exception)):\n"
        "        assert double(2) == 5\n"
    ),
    "an error that an assertion is": (
        "def test_it():\n    with pytest.raises((AssertionError, ValueError)):\n"
        "        assert double(2) == 5\n"
    ),
    "a failure that returns": (
        "def test_it():\n    try:\n        assert double(2) == 5\n"
        "    except Exception:\n        return\n"
    ),
    "a failure that goes on": (
        "def test_it():\n    for n in (1, 2):\n        try:\n"
        "            assert double(n) == 5\n"
        "        except AssertionError:\n            continue\n"
    ),
    "any object": "def test_it():\n    assert isinstance(double(2), object)\n",
    "any error": (
        "def test_it():\n    with pytest.raises(Exception):\n        double(x)\n"
    ),
    "any error, called": (
        "def test_it():\n    pytest.raises(BaseException, double, x)\n"
    ),
    "an assertion that any error meets": (
        "def test_it():\n    with pytest.raises(BaseException):\n"
        "        assert double(2) == 5\n"
    ),
    "a helper of a telling name": (
        "def check_it(x):\n    return x\n\n\ndef test_it():\n    check_it(double(2))\n"
    ),
    "nothing": "",
    "a call": "def test_it():\n    double(2)\n",
    "a print": "def test_it():\n    print(double(2) == 4)\n",
    "a comparison": "def test_it():\n    double(2) == 4\n",
    "true": "def test_it():\n    double(2)\n    assert True\n",
    "a text": "def test_it():\n    double(2)\n    assert 'double'\n",
    "a tuple": "def test_it():\n    assert (double(2) == 5, 'it doubles')\n",
    "itself": "def test_it():\n    assert double(2) == double(2)\n",
    "itself, named above": (
        "def test_it():\n    wanted = double(2)\n    assert double(2) == wanted\n"
    ),
    "itself, named above in a loop": (
        "def test_it():\n    for n in (1, 2):\n        wanted = double(n)\n"
        "        assert wanted == double(n)\n"
    ),
    "no less than itself": "def test_it():\n    assert double(2) >= double(2)\n",
    "no more than itself, named above": (
        "def test_it():\n    got = double(2)\n    assert got <= double(2)\n"
    ),
    "itself, about": (
        "def test_it():\n    wanted = double(2)\n"
        "    assert double(2) == pytest.approx(wanted)\n"
    ),
    "itself, by a comparison of arrays": (
        "def test_it():\n    wanted = double(2)\n"
        "    assert np.array_equal(double(2), wanted)\n"
    ),
    "itself, asserted by a library": (
        "def test_it():\n    wanted = double(2)\n"
        "    np.testing.assert_allclose(double(2), wanted)\n"
    ),
    "not false": "def test_it():\n    double(2)\n    assert not False\n",
    "numbers only": "def test_it():\n    assert 1 + 1 == 2\n",
    "a lambda": "def test_it():\n    assert lambda: double(2) == 5\n",
    "or True": "def test_it():\n    assert double(2) == 5 or True\n",
    "if False": "def test_it():\n    if False:\n        assert double(2) == 5\n",
    "while 0": "def test_it():\n    while 0:\n        assert double(2) == 5\n",
    "a method": "class TestIt:\n    def test_it(self):\n        double(2)\n",
    "a loop over nothing": (
        "def test_it():\n    for n in []:\n        assert double(n) == 5\n"
    ),
    "a loop over no number": (
        "def test_it():\n    for n in range(0):\n        assert double(n) == 5\n"
    ),
    "a loop over no pair": (
        "def test_it():\n    for n, m in zip((), [1]):\n        assert double(n) == m\n"
    ),
    "a failure suppressed": (
        "def test_it():\n    with contextlib.suppress(Exception):\n"
        "        assert double(2) == 5\n"
    ),
    "a failure suppressed by name": (
        "def test_it():\n    with suppress(ValueError, AssertionError):\n"
        "        assert double(2) == 5\n"
    ),
    "a failure caught": (
        "def test_it():\n    try:\n        assert double(2) == 5\n"
        "    except AssertionError:\n        print('no')\n"
    ),
    "a return above": "def test_it():\n    return\n    assert double(2) == 5\n",
    "a return in both branches": (
        "def test_it(a=1):\n    if a:\n        return\n    else:\n        return\n"
        "    assert double(2) == 5\n"
    ),
    "a break above": (
        "def test_it():\n    while True:\n        break\n        assert "
        "double(2) == 5\n"
    ),
    "a continue above": (
        "def test_it():\n    for n in (1, 2):\n        continue\n"
        "        assert double(n) == 5\n"
    ),
    "not None": "def test_it():\n    assert double(2) is not None\n",
    "not None, twice": (
        "def test_it():\n    a = double(2)\n    assert a is not None and a is "
        "not None\n"
    ),
    "a failure caught, others let through": (
        "def test_it():\n    try:\n        assert double(2) == 5\n"
        "    except Exception as error:\n        print(error)\n"
        "    except BaseException:\n        raise\n"
    ),
    "its kind": "def test_it():\n    assert isinstance(double(2), int)\n",
    "its kinds": (
        "def test_it():\n    assert isinstance(double(2), (int, torch.Tensor))\n"
    ),
    "anything": "def test_it():\n    assert double(2) == ANY\n",
    "anything, by its module": ("def test_it():\n    assert double(2) == mock.ANY\n"),
    **{
        said: f"def test_it():\n    assert {said}\n"
        for said in (
            "repr(double(2))",
            "str(double(2)) != ''",
            "type(double(2))",
            "double(2) == 5 or not double(2) == 5",
            "double(2) == 5 or double(2) != 5",
            "double(2) < 5 or double(2) >= 5 or double(2) == 7",
            "(got := double(2)) == got",
            "double(2) == (got := double(2))",
            "(got := double(2)) == pytest.approx(got)",
        )
    },
    "callable": "def test_it():\n    assert callable(double)\n",
    "a comparison that is false": (
        "def test_it():\n    if 1 == 2:\n        assert double(2) == 5\n"
    ),
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
    **{
        f"always, {condition}": f"@pytest.mark.skipif({condition}, reason='x')\n"
        for condition in (
            "sys.maxsize > 0",
            "sys.version_info >= (3,)",
            "sys.version_info[:2] < (4, 0)",
            "sys.version_info.minor < 2**5",
            "os.name in ('posix', 'nt')",
            "sys.platform != 'riscos' or double(2) == 4",
            "not sys.platform == 'sunos5'",
        )
    },
    "xfail": "@pytest.mark.xfail\n",
    "xfail with a reason": "@pytest.mark.xfail(reason='known')\n",
    "a whole module": "pytestmark = pytest.mark.skip(reason='later')\n\n\n",
    "a module by a call": "pytest.skip('later', allow_module_level=True)\n\n\n",
    "not a test": "__test__ = False\n\n\n",
    "no case": "@pytest.mark.parametrize('n', [])\n",
    "no case by keyword": "@pytest.mark.parametrize('n', argvalues=())\n",
    "no case by name": "CASES = []\n\n\n@pytest.mark.parametrize('n', CASES)\n",
    "a list of none": "@pytest.mark.parametrize('n', list([]))\n",
    "no phase of hypothesis": "@given(st.integers())\n@settings(phases=[])\n",
    "one phase": "@hypothesis.settings(max_examples=9, phases=(Phase.explicit,))\n",
    "importorskip": "pytest.importorskip('jax')\n\n\n",
}


# Text, and the line on which it is said.
NOT_RUN = {
    "a coroutine": ("async def test_more():\n    assert double(2) == 5\n", "1"),
    "a generator": ("def test_more():\n    yield\n    assert double(2) == 5\n", "1"),
    "a generator of others": (
        "class TestMore:\n    def test_it(self):\n        yield from []\n"
        "        assert double(2) == 5\n",
        "2",
    ),
    "unittest's skip": (
        "class TestMore(unittest.TestCase):\n    @unittest.skip('later')\n"
        "    def test_it(self):\n        assert double(2) == 5\n",
        "3",
    ),
    "a class that is no test": (
        "class TestMore:\n    __test__ = False\n\n    def test_it(self):\n"
        "        assert double(2) == 5\n",
        "2",
    ),
    "unittest's skipIf": (
        "class TestMore(unittest.TestCase):\n    @unittest.skipIf(True, 'later')\n"
        "    def test_it(self):\n        assert double(2) == 5\n",
        "2",
    ),
    "an expected failure": (
        "class TestMore(unittest.TestCase):\n    @unittest.expectedFailure\n"
        "    def test_it(self):\n        assert double(2) == 5\n",
        "2",
    ),
    "a skip that is raised": (
        "def test_more():\n    raise unittest.SkipTest('later')\n",
        "2",
    ),
    "a class that is no test, with a type": (
        "class TestMore:\n    __test__: bool = False\n\n    def test_it(self):\n"
        "        assert double(2) == 5\n",
        "2",
    ),
    "a skip by a condition that always holds": (
        "def test_more():\n    if sys.maxsize > 0:\n        pytest.skip('later')\n"
        "    assert double(2) == 5\n",
        "3",
    ),
    "a skip within with": (
        "def test_more():\n    with torch.no_grad():\n        pytest.skip('later')\n"
        "    assert double(2) == 5\n",
        "3",
    ),
    "the note's own function put aside": (
        "import snippets.cv.box as box\n\n\n"
        "def test_more():\n    box.double = lambda x: 5\n"
        "    assert box.double(2) == 5\n",
        "5",
    ),
    "patched where a test imports it": (
        "def test_more(monkeypatch):\n    from snippets.cv import box\n\n"
        "    monkeypatch.setattr(box, 'double', lambda x: 5)\n"
        "    assert box.double(2) == 5\n",
        "4",
    ),
    "the same by its whole name": (
        "def test_more():\n    snippets.cv.box.double = abs\n"
        "    assert snippets.cv.box.double(5) == 5\n",
        "2",
    ),
    "a skip without a condition": (
        "def test_more():\n    pytest.skip('later')\n    assert double(2) == 5\n",
        "2",
    ),
    "a mock in its place": ("double = mock.Mock(return_value=5)\n", "1"),
    "the end, by sys": (
        "def test_more():\n    assert double(2)\n    sys.exit(0)\n",
        "3",
    ),
    "the end of all": (
        "def test_more():\n    os._exit(0)\n    assert double(2)\n",
        "2",
    ),
    "the end, all well": (
        "def test_more():\n    assert double(2) == 4\n    pytest.exit('x', 0)\n",
        "3",
    ),
    "a second of its name": (
        "def test_more():\n    assert double(2) == 5\n\n\n"
        "def test_more():\n    assert double(2) == 4\n",
        "5",
    ),
    "a name that is no test's": (
        "def doubles_well():\n    assert double(2) == 5\n",
        "1",
    ),
    "tests of others": ("from tests.cv.test_wheel import *\n", "1"),
    "a test of others": ("from tests.cv.test_wheel import test_it as wheel\n", "1"),
    "a function in its place": ("def double(n):\n    return 2 * n\n", "1"),
    "a lambda in its place": (
        "def test_more():\n    double = lambda n: 5\n    assert double(2) == 5\n",
        "2",
    ),
    "a mock": (
        "def test_more():\n    with mock.patch(__name__ + '.double', lambda n: 5):\n"
        "        assert double(2) == 5\n",
        "2",
    ),
    "a patch": (
        "import snippets.cv.box as whole\n\n\ndef test_more(monkeypatch):\n"
        "    monkeypatch.setattr(whole, 'double', lambda n: 5)\n"
        "    assert whole.double(2) == 5\n",
        "5",
    ),
    "a patch by name": (
        "def test_more(monkeypatch):\n"
        "    monkeypatch.setattr('snippets.cv.box.double', lambda n: 5)\n"
        "    assert double(2) == 5\n",
        "2",
    ),
    "a fixture that patches": (
        "@pytest.fixture(autouse=True)\ndef five(monkeypatch):\n"
        "    monkeypatch.setitem(globals(), 'double', lambda n: 5)\n",
        "3",
    ),
}


@pytest.mark.parametrize("case", NOT_RUN)
def test_what_no_run_would_show_is_named(repo, case):
    text, line = NOT_RUN[case]
    assert found(repo, text, "want tests that run; got") == [line]


RUN = [
    "def test_more(monkeypatch):\n    monkeypatch.setattr(torch, 'save', None)\n"
    "    assert double(2) == 4\n",
    "def test_more(monkeypatch):\n    seen = []\n\n    def spy(n):\n"
    "        return seen.append(n) or double(n)\n\n"
    "    monkeypatch.setattr('snippets.cv.box.double', spy)\n    assert seen == []\n",
    "@pytest.fixture\ndef box():\n    assert double(2) == 4\n    yield 1\n",
    "def test_more():\n    def pairs():\n        yield 2, 4\n\n"
    "    for n, m in pairs():\n        assert double(n) == m\n",
    "def test_more():\n    wanted = 4\n    assert double(2) == wanted\n",
    "def test_more():\n    assert isinstance(double(2), nn.Identity)\n",
    "def test_more():\n    wanted = double(3)\n    assert double(2) == wanted\n",
    "def test_more():\n    first = double(box)\n    box.clear()\n"
    "    assert double(box) == first\n",
    "def test_more():\n    first = double(2)\n"
    "    np.testing.assert_allclose(double(3), first)\n",
    "def test_more():\n    n = 0\n    for _ in range(2):\n        n += double(1)\n"
    "    assert n == 4\n",
    "def test_more():\n    with pytest.raises(AssertionError):\n"
    "        np.testing.assert_allclose(double(2), 5)\n",
    "def test_more():\n    assert double(2) == pytest.approx(4, rel=1e-3, abs=10)\n",
]


@pytest.mark.parametrize("text", RUN)
def test_what_a_run_would_show_is_left_alone(repo, text):
    assert found(repo, text, "want tests that run; got") == []
    assert found(repo, text, "want an assertion") == []


@pytest.mark.parametrize("case", LEFT_OUT)
def test_tests_that_never_run_are_named(repo, case):
    test = "def test_it():\n    assert double(2) == 4\n"
    repo.write(TEST, f"{HEAD}\n{LEFT_OUT[case]}{test}")
    last = LEFT_OUT[case].strip().split("\n")[-1]
    line = repo.line(TEST, last)
    assert any(
        problem.startswith(f"{TEST}:{line}: want tests that run; got")
        for problem in repo.problems()
    )


SOUND = [
    "def test_it():\n    assert double(2) == 4 or not double(2) == 5\n",
    "def test_it():\n    assert double(2) > 3 or double(2) < 5\n",
    "def test_it():\n    assert (got := double(2)) == 4 and got\n",
    "def test_it():\n    assert double(2).type(int) == 4\n",
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
    *(
        f"@pytest.mark.skipif({condition}, reason='x')\n"
        "def test_it():\n    assert double(2) == 4\n"
        for condition in (
            "sys.maxsize < 2**32",
            "sys.version_info < (3, 14)",
            "sys.version_info[1] != 13",
            "sys.platform == 'win32'",
            "os.name == 'nt'",
            "not os.path.exists('/proc')",
            "sys.maxsize < 9**9**9",
            "sys.maxsize[0]",
        )
    ),
    "@pytest.mark.gpu\ndef test_it():\n    assert double(2) == 4\n\n\n"
    "def test_more():\n    assert double(3) == 6\n",
    "def test_it():\n    for n in [2]:\n        assert double(n) == 2 * n\n",
    "def test_it():\n    if double(2) == 5:\n        return\n    assert "
    "double(2) == 4\n",
    "def test_it():\n    for n in (1, 2):\n        if n == 1:\n            continue\n"
    "        assert double(n) == 4\n",
    "def test_it():\n    found = double(2)\n    assert found is not None\n"
    "    assert found == 4\n",
    "def test_it():\n    with contextlib.suppress(KeyError):\n"
    "        assert double(2) == 4\n",
    "def test_it():\n    try:\n        assert double(2) == 4\n"
    "    except AssertionError:\n        raise\n",
    "@pytest.mark.parametrize('n', [1])\ndef test_it(n):\n    assert double(n) == 2\n",
    "CASES = []\nCASES.append(1)\n\n\n@pytest.mark.parametrize('n', CASES)\n"
    "def test_it(n):\n    assert double(n) == 2\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_a_module_that_can_fail_is_left_alone(repo, text):
    repo.write(TEST, f"{HEAD}\n{text}")
    assert [p for p in repo.problems() if "want an ass" in p or "that run" in p] == []


def found(repo: Repo, text: str, words: str) -> list[str]:
    """Lines on which it is said, in a test module of this text."""
    repo.write(TEST, f"{HEAD}\n{text}")
    start = repo.read(TEST).index(text)
    above = repo.read(TEST)[:start].count("\n")
    lines = [p.split(":")[1] for p in repo.problems() if words in p]
    return [str(int(line) - above) for line in lines]


GPU_ONLY = {
    "each": "@pytest.mark.gpu\ndef test_it():\n    assert double(2) == 4\n",
    "the class": (
        "@pytest.mark.gpu\nclass TestIt:\n    def test_it(self):\n"
        "        assert double(2) == 4\n"
    ),
    "the module": (
        "pytestmark = [pytest.mark.gpu]\n\n\ndef test_it():\n    assert double(2)\n"
    ),
}


@pytest.mark.parametrize("case", GPU_ONLY)
def test_tests_that_all_need_a_gpu_prove_nothing_to_most(repo, case):
    assert found(repo, GPU_ONLY[case], "want a test that runs without a GPU")


PASSED_OVER = [
    "class Doubling:\n    def test_it(self):\n        assert double(2) == 4\n",
    "class TestIt:\n    def __init__(self):\n        pass\n\n    def test_it(self):\n"
    "        assert double(2) == 4\n",
]


@pytest.mark.parametrize("text", PASSED_OVER)
def test_a_class_that_pytest_does_not_collect_is_named(repo, text):
    assert found(repo, text, "want tests that run; got class") == ["1"]


def test_a_class_that_others_build_on_may_have_any_name(repo):
    text = (
        "class Doubling:\n    def test_it(self):\n        assert double(2) == 4\n\n\n"
        "class TestIt(Doubling):\n    pass\n"
    )
    assert found(repo, text, "want tests that run") == []


TIMED = {
    "a difference": (
        "import time\n\n\ndef test_it():\n    start = time.perf_counter()\n    "
        "double(2)\n"
        "    assert time.perf_counter() - start < 1\n",
        "7",
    ),
    "a helper": (
        "import time as clock\nfrom time import monotonic\n\n\ndef took(f):\n"
        "    start = monotonic()\n    f()\n    return monotonic() - start\n\n\n"
        "def test_it():\n    assert took(double) > 4 * took(double)\n",
        "12",
    ),
    "an inner function": (
        "import time\n\n\ndef test_it():\n    def took():\n        return "
        "time.time()\n\n"
        "    a = took()\n    b = a + 1\n    if b > 3:\n        raise AssertionError\n",
        "10",
    ),
    "a date": (
        "from datetime import datetime\n\n\ndef test_it():\n"
        "    assert datetime.now().year < 2030\n",
        "5",
    ),
}


@pytest.mark.parametrize("case", TIMED)
def test_what_a_clock_decides_is_no_proof(repo, case):
    text, line = TIMED[case]
    assert found(repo, text, "want nothing decided by a clock") == [line]


UNTIMED = [
    "import time\n\n\ndef test_it(record_property):\n    start = time.time()\n"
    "    record_property('seconds', time.time() - start)\n    assert double(2) == 4\n",
    "import time\n\n\ndef test_it():\n    ours = time.time()\n\n\n"
    "def test_more():\n    ours = double(2)\n    assert ours == 4\n",
    "def test_it():\n    time = double(2)\n    assert time == 4\n",
    "from datetime import timedelta\n\n\ndef test_it():\n"
    "    assert timedelta(seconds=double(1)).seconds == 2\n",
]


@pytest.mark.parametrize("text", UNTIMED)
def test_a_time_may_be_written_down(repo, text):
    assert found(repo, text, "want nothing decided by a clock") == []


def test_output_of_a_command_is_compared_by_a_test(repo):
    shown = "```console\n$ python -m snippets.cv.box\n```\n\n```text\nhuge\n```\n\n"
    for page in ("docs/en/cv/box.md", "docs/zh/cv/box.md"):
        repo.edit(page, "::: snippets.cv.box\n", f"{shown}::: snippets.cv.box\n")
        line = repo.line(page, "```text\nhuge")
        message = "want a test that runs the command and compares what box.md shows"
        assert f"{page}:{line}: {message}; found none" in repo.problems()
    repo.write(TEST, f"{repo.read(TEST)}\n\n# compares docs/en/cv/box.md\n")
    assert not any("runs the command" in problem for problem in repo.problems())


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
    "a parameter that is not there": (
        '    """Twice the width."""\n',
        '    """Twice.\n\n    Args:\n        the others: as always.\n    """\n',
        "def double",
        "want each parameter of double in its docstring; found no width",
    ),
    "an error that nothing raises": (
        '    """Twice the width."""\n',
        '    """Twice.\n\n    Raises:\n        ValueError: if odd.\n    """\n',
        "def double",
        "want errors that double, or what it calls, raises; got ValueError in "
        "its docstring",
    ),
    "another error": (
        '    """Twice the width."""\n    return',
        '    """Twice.\n\n    Raises:\n        TypeError, ValueError: if odd.\n '
        '   """\n'
        "    if width < 0:\n        raise ValueError(width)\n    return",
        "def double",
        "want errors that double, or what it calls, raises; got TypeError in "
        "its docstring",
    ),
    "an environment that is set": (
        "class Shape",
        'import os\n\nos.environ["A"] = "1"\n\n\nclass Shape',
        "os.environ",
        "want an import that neither reads nor sets the environment; "
        "got os.environ['A'] = '1'",
    ),
    "an environment that is read": (
        "class Shape",
        'import os\n\nHOME = os.getenv("HOME")\n\n\nclass Shape',
        "HOME",
        "want an import that neither reads nor sets the environment; "
        "got HOME = os.getenv('HOME')",
    ),
    "an environment set within a class": (
        "class Shape:\n",
        'import os\n\n\nclass Shape:\n    os.environ.setdefault("A", "1")\n',
        "    os.environ",
        "want an import that neither reads nor sets the environment; "
        "got os.environ.setdefault('A', '1')",
    ),
    "a switch of a library": (
        "class Shape",
        "import math\n\nmath.pi = 3\n\n\nclass Shape",
        "math.pi",
        "want an import that prints, seeds and changes nothing; got math.pi = 3",
    ),
    "a print within a class": (
        "class Shape:\n",
        "class Shape:\n    print(1)\n",
        "    print(1)",
        "want an import that prints, seeds and changes nothing; got print(1)",
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


COPIED = {
    "a star": ("from math import *\n", "want imports by name"),
    "a library": ("import pandas as pd\n", "want imports of Python, of "),
    "the tool": ("from notekit import files\n", "want imports of Python, of "),
    "the network": ("import urllib.request\n", "want code that reaches no network"),
    "a program": ("from subprocess import run\n", "want code that reaches no network"),
    "text as code": ("X = eval('1')\n", "want code that stands there"),
    "a hidden import": (
        "def _f():\n    import_module('snippets.cv.wheel')\n",
        "want code that stands there",
    ),
    "a shared state": (
        "import random as r\n\n\ndef _f():\n    return r.random()\n",
        "want random numbers from a generator that is given",
    ),
    "numpy's shared state": (
        "import numpy as np\n\n\ndef _f():\n    return np.random.rand(3)\n",
        "want random numbers from a generator that is given",
    ),
    "a generator of the module": (
        "import numpy as np\n\n_RNG = np.random.default_rng(0)\n",
        "want random numbers from a generator that is given",
    ),
    "any error": (
        "def _f():\n    try:\n        return 1\n    except:\n        return 2\n",
        "want the errors that are caught by name",
    ),
    "a shared default": ("def _f(x, seen=[]):\n    return seen\n", "want defaults"),
    "another alphabet": ("_\u0430 = 1\n", "want names in Latin or Greek letters"),
    "a file": ("_X = open('a.txt').read()\n", "want a module that reads nothing"),
    "a loop": ("while True:\n    pass\n", "want a module that only defines"),
    "no types": (
        'def triple(n):\n    """Thrice."""\n    return n\n',
        "want types of what triple takes and gives",
    ),
    "a name that is not there": ("__all__ = ['doubled']\n", "want names in __all__"),
    "a public name left out": ("__all__ = ['Shape']\n", "want public names in __all"),
    "a long module": ("_X = 1\n" * 500, "want a module of about 120 lines"),
}


@pytest.mark.parametrize("case", COPIED)
def test_code_that_nobody_should_copy_is_named(repo, case):
    text, wanted = COPIED[case]
    repo.write(SNIPPET, f"{repo.read(SNIPPET)}\n\n{text}")
    assert any(p.startswith(SNIPPET) and wanted in p for p in repo.problems())


def test_random_numbers_may_come_from_a_generator_that_is_given(repo):
    text = (
        "import random\n\nimport numpy as np\n\n\n"
        "def _f(rng: np.random.Generator, seed: int) -> float:\n"
        "    return rng.random() + random.Random(seed).random()\n"
    )
    repo.write(SNIPPET, f"{repo.read(SNIPPET)}\n\n{text}")
    assert not any("random numbers" in problem for problem in repo.problems())


@pytest.mark.parametrize("case", SNIPPETS)
def test_a_fault_of_a_snippet_is_named(repo, case):
    old, new, where, message = SNIPPETS[case]
    repo.edit(SNIPPET, old, new)
    assert f"{SNIPPET}:{repo.line(SNIPPET, where)}: {message}" in repo.problems()


PROMISES = [
    '    """Twice.\n\n    Raises:\n        ValueError: if odd.\n    """\n    '
    "_odd(width)\n",
    '    """Twice.\n\n    Raises:\n        ValueError: if odd.\n    """\n    '
    "Width(width)\n",
    '    """Twice.\n\n    Raises:\n        RecursionError: if deep.\n    """\n',
    '    """Twice.\n\n    Args:\n        size: of it; ``width`` too.\n    """\n',
]
HELPERS = (
    "def _odd(n):\n    if n % 2:\n        raise ValueError(n)\n\n\n"
    'class Width:\n    """A."""\n\n    def __init__(self, n):\n        _odd(n)\n\n\n'
)


@pytest.mark.parametrize("said", PROMISES)
def test_a_promise_may_be_kept_by_what_is_called(repo, said):
    repo.edit(SNIPPET, "class Shape", f"{HELPERS}class Shape")
    repo.edit(SNIPPET, '    """Twice the width."""\n', said)
    found = [p for p in repo.problems() if "in its docstring" in p]
    assert [p for p in found if not p.endswith("got size")] == []


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
