"""Oracle: Pyodide itself, whose stack is shorter than CPython's limit of calls."""

import json

import pytest

from notekit.problem import ROOT
from notekit.read.exercises import sheet
from notekit.study import pyodide
from notekit.study.judge import MARK
from tests.notekit.study.test_exercises import request

NOTE = "algorithms/edit-distance-and-lcs"
HEAD = "from functools import cache\n\n\n"
# As somebody writes them who has not yet met the table: one call for each cell.
RECURSIVE = {
    "min_distance": """\
def min_distance(a, b):
    @cache
    def d(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))
    return d(len(a), len(b))
""",
    "longest_common_subsequence": """\
def longest_common_subsequence(a, b):
    @cache
    def l(i, j):
        if i == 0 or j == 0:
            return 0
        if a[i - 1] == b[j - 1]:
            return l(i - 1, j - 1) + 1
        return max(l(i - 1, j), l(i, j - 1))
    return l(len(a), len(b))
""",
    "min_insertions": """\
def min_insertions(s):
    t = s[::-1]
    @cache
    def l(i, j):
        if i == 0 or j == 0:
            return 0
        if s[i - 1] == t[j - 1]:
            return l(i - 1, j - 1) + 1
        return max(l(i - 1, j), l(i, j - 1))
    return len(s) - l(len(s), len(s))
""",
    "num_distinct": """\
def num_distinct(s, t):
    @cache
    def ways(i, j):
        if j == 0:
            return 1
        if i == 0:
            return 0
        return ways(i - 1, j) + (ways(i - 1, j - 1) if s[i - 1] == t[j - 1] else 0)
    return ways(len(s), len(t))
""",
}


@pytest.mark.timeout(120)
def test_plain_recursion_with_a_cache_passes_in_the_page():
    written = sheet(ROOT, NOTE)
    assert written is not None
    assert {exercise.name for exercise in written.exercises} == set(RECURSIVE)
    asked = [request(NOTE, name, HEAD + text) for name, text in RECURSIVE.items()]
    for name, result in zip(RECURSIVE, pyodide.run(asked, ROOT), strict=True):
        assert result["ok"], f"{name}: {result['error']}"
        line = result["output"].removesuffix("\n").split("\n")[-1]
        verdict = json.loads(line.removeprefix(MARK))["verdict"]
        assert verdict["kind"] == "passed", f"{name}: {verdict}"
