"""Oracles: the same run in fractions, for what frames say and draw."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.frames import captions, drawings, number

POINTS = ((6, 1), (5, 2), (4, 4), (2, 1), (1, 3), (4, 5))
SIDES = (-1, -1, -1, 1, 1, 1)
C = 1


def exact_run():
    """Each pair, what it asked for and got, then multipliers, dual and primal."""
    alpha, found = [Fraction(0)] * 6, []
    inner = [[a * c + b * d for c, d in POINTS] for a, b in POINTS]
    while True:
        F = [
            y - sum(inner[k][m] * alpha[m] * SIDES[m] for m in range(6))
            for k, y in enumerate(SIDES)
        ]
        rise = [k for k in range(6) if (alpha[k] < C if SIDES[k] > 0 else alpha[k] > 0)]
        fall = [k for k in range(6) if (alpha[k] > 0 if SIDES[k] > 0 else alpha[k] < C)]
        b = (max(F[k] for k in rise) + min(F[k] for k in fall)) / 2
        w = [
            sum(alpha[m] * SIDES[m] * POINTS[m][axis] for m in range(6))
            for axis in (0, 1)
        ]
        square = w[0] ** 2 + w[1] ** 2
        slack = [
            max(0, 1 - y * (w[0] * p[0] + w[1] * p[1] + b))
            for p, y in zip(POINTS, SIDES, strict=True)
        ]
        state = (
            list(alpha),
            sum(alpha) - square / 2,
            square / 2 + C * sum(slack),
            w,
            b,
        )
        i = max(rise, key=lambda k: F[k])
        j = min(fall, key=lambda k: F[k])
        if F[i] <= F[j]:
            return found, state
        if found:
            found[-1] += (state,)
        top = (F[i] - F[j]) / (inner[i][i] + inner[j][j] - 2 * inner[i][j])
        t = min(
            top,
            C - alpha[i] if SIDES[i] > 0 else alpha[i],
            alpha[j] if SIDES[j] > 0 else C - alpha[j],
        )
        alpha[i] += SIDES[i] * t
        alpha[j] -= SIDES[j] * t
        found.append((i, j, F[i], F[j], top, t))


RUN, LAST = exact_run()
RUN[-1] += (LAST,)


def test_each_frame_is_a_pair_of_the_exact_run():
    said = captions("ml/svm")
    assert len(said) == len(RUN) + 2 == 7
    assert "primal objective is 6, the dual 0" in said[0]
    assert said[0].startswith("Start: all α are 0")
    for k, (text, step) in enumerate(zip(said[1:-1], RUN, strict=True), 1):
        i, j, up, down, top, t, (_, dual, primal, _, _) = step
        assert text.startswith(f"Pair {k}: points {i + 1} and {j + 1} differ most")
        asked = re.search(r"F = (\S+) and (\S+)\. ", text)
        assert number(asked[1]) == pytest.approx(float(up), abs=5.1e-5)
        assert number(asked[2]) == pytest.approx(float(down), abs=5.1e-5)
        if t < top:
            place = re.search(r"top is at t = (\S+), the box stops it at (\S+) ", text)
            assert number(place[1]) == pytest.approx(float(top), abs=5.1e-5)
            assert number(place[2]) == pytest.approx(float(t), abs=5.1e-5)
        else:
            place = re.search(r"top, t = (\S+), lies inside the box", text)
            assert number(place[1]) == pytest.approx(float(t), abs=5.1e-5)
        ends = re.search(r"dual (\S+), primal (\S+), gap (\S+)\.$", text)
        wanted = (dual, primal, primal - dual)
        for got, want in zip(ends.groups(), wanted, strict=True):
            assert number(got) == pytest.approx(float(want), abs=5.1e-5)


def test_the_dual_rises_and_the_gap_need_not_fall():
    duals = [step[-1][1] for step in RUN]
    gaps = [step[-1][2] - step[-1][1] for step in RUN]
    assert all(b > a for a, b in pairwise([0, *duals]))
    assert gaps[1] > gaps[0]
    assert RUN[1][-1][2] > RUN[0][-1][2]  # nor the primal
    assert gaps[-1] == 0


def test_the_last_frame_says_where_each_point_stands():
    alpha, _, _, w, b = LAST
    text = captions("ml/svm")[-1]
    found = re.search(r"w = \((\S+), (\S+)\), b = (\S+)\. Points (.*), strictly", text)
    close = [number(found[k]) for k in (1, 2, 3)]
    assert close == pytest.approx([float(w[0]), float(w[1]), float(b)])
    margins = [
        y * (w[0] * p[0] + w[1] * p[1] + b) for p, y in zip(POINTS, SIDES, strict=True)
    ]
    inside = [str(k + 1) for k in range(6) if 0 < alpha[k] < C]
    assert found[4] == ", ".join(inside) == "2, 4, 6"
    assert all(margins[int(k) - 1] == 1 for k in inside)
    assert [k + 1 for k in range(6) if alpha[k] == C] == [3]
    assert "3, with α = C, is on the wrong side" in text
    assert margins[2] < 0
    assert "1, 5, with α = 0," in text
    assert all(margins[k] > 1 for k in (0, 4))


def test_bars_are_as_high_as_the_multipliers():
    frames = list(drawings("ml/svm"))
    states = [[Fraction(0)] * 6, *[step[-1][0] for step in RUN], LAST[0]]
    for drawn, alpha in zip(frames, states, strict=True):
        bars = re.findall(
            rb'<rect x="([\d.]+)" y="[\d.]+" width="18" height="([\d.]+)"', drawn
        )
        got = {round((float(x) - 232) / 30): float(high) for x, high in bars}
        want = {k: 70 * float(a) for k, a in enumerate(alpha) if a}
        assert got == pytest.approx(want, abs=0.011)
