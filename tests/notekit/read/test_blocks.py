"""Oracle: blocks that a person marked as proof or as none, and lines of faults."""

import ast

import pytest

from notekit.read.blocks import refused
from notekit.read.living import walk

NEVER = "must not hold what never runs"
SWALLOWED = "must not swallow a failed assertion"
ALWAYS = "must not assert what is always true"
WRONG = {
    "a function that is not called": ("def f():\n    assert g() == 2\n", 1, NEVER),
    "one of two": (
        "def f():\n    assert g() == 2\ndef h():\n    assert g() == 3\nf()\n",
        3,
        NEVER,
    ),
    "two that call each other": (
        "def f():\n    h()\ndef h():\n    assert g() == 3\n    f()\n",
        3,
        NEVER,
    ),
    "one that calls itself": ("def f():\n    assert g() == 2\n    f()\n", 1, NEVER),
    "an inner function": (
        "def f():\n    def h():\n        assert g() == 2\n    return 1\nf()\n",
        2,
        NEVER,
    ),
    "a suppressed assertion": (
        "import contextlib\nwith contextlib.suppress(AssertionError):\n    "
        "assert g()\n",
        2,
        SWALLOWED,
    ),
    "all errors suppressed": (
        "from contextlib import suppress\nwith suppress(KeyError, Exception):\n "
        "   f()\n",
        2,
        SWALLOWED,
    ),
    "a caught assertion": (
        "try:\n    assert g()\nexcept AssertionError:\n    print(1)\n",
        1,
        SWALLOWED,
    ),
    "a pass": ("try:\n    f()\nexcept:\n    pass\n", 1, SWALLOWED),
    "an ellipsis": ("try:\n    f()\nexcept Exception:\n    ...\n", 1, SWALLOWED),
    "a loop that ends at once": ("while True:\n    break\n    assert g()\n", 1, NEVER),
    "what stands below a break": (
        "while g():\n    f()\n    break\n    assert g()\n",
        4,
        NEVER,
    ),
    "what stands below a return": (
        "def f():\n    return 1\n    assert g()\nf()\n",
        3,
        NEVER,
    ),
    "what stands below a return that is always taken": (
        "def f():\n    if True:\n        return 1\n    assert g()\nf()\n",
        4,
        NEVER,
    ),
    "what stands below a raise": ("raise g()\nassert g()\n", 2, NEVER),
    "an else of what is true": ("if True:\n    f()\nelse:\n    assert g()\n", 4, NEVER),
    "a loop over nothing": ("for x in []:\n    assert g(x)\n", 1, NEVER),
    "a loop over no text": ("for x in '':\n    assert g(x)\n", 1, NEVER),
    "a loop over no number": ("for x in range(0):\n    assert g(x)\n", 1, NEVER),
    "a loop over an empty list": ("for x in list():\n    assert g(x)\n", 1, NEVER),
    "if 0": ("if 0:\n    assert g()\n", 1, NEVER),
    "if not True": ("if not True:\n    assert g()\n", 1, NEVER),
    "if 1 > 2": ("if 1 > 2:\n    assert g()\n", 1, NEVER),
    "False and": ("if False and g():\n    assert g()\n", 1, NEVER),
    "a star": ("from snippets.cv.box import *\nprint(f())\n", 1, "must name what it"),
    "a constant": ("assert 'ok'\n", 1, ALWAYS),
    "a tuple": ("assert (g() == 2, 'message')\n", 1, ALWAYS),
    "or True": ("assert g() == 2 or True\n", 1, ALWAYS),
    "itself": ("x = g()\nassert x == x\n", 2, ALWAYS),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_block_that_cannot_fail_is_refused(case):
    code, line, message = WRONG[case]
    found = list(refused(code))
    assert any(at == line and message in what for at, what in found), found


RIGHT = [
    "def f():\n    assert g() == 2\nf()\n",
    "def f():\n    assert g() == 2\nrun(f)\n",
    "def f():\n    h()\ndef h():\n    assert g() == 3\nf()\n",
    "@register\ndef f():\n    assert g() == 2\n",
    "class A:\n    def forward(self):\n        assert g() == 2\nprint(A()(1))\n",
    "def f():\n    return 1\nprint(2)\n",
    "from contextlib import suppress\nwith suppress(KeyError):\n    assert g()\n",
    "try:\n    g()\nexcept ValueError as error:\n    print(error)\n",
    "try:\n    g()\nexcept Exception as error:\n    print(error)\n",
    "try:\n    assert g()\nexcept AssertionError:\n    raise\n",
    "while True:\n    if g():\n        break\n",
    "for x in [1]:\n    assert g(x)\n",
    "for x in range(n):\n    assert g(x)\n",
    "def nothing():\n    return\n    yield\nprint(list(nothing()))\n",
    "if 2 > 1:\n    assert g()\n",
    "assert 0.1 + 0.2 != 0.3\n",
    "assert not g() == 2\n",
]


@pytest.mark.parametrize("code", RIGHT)
def test_a_block_that_can_fail_is_left_alone(code):
    assert list(refused(code)) == []


@pytest.mark.parametrize("code", [*RIGHT, *(code for code, _, _ in WRONG.values())])
def test_a_walk_meets_what_pythons_own_meets_in_its_order(code):
    tree = ast.parse(code)
    contexts = (ast.Load, ast.Store, ast.Del)
    assert walk(tree) == [n for n in ast.walk(tree) if not isinstance(n, contexts)]
