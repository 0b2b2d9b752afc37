"""Oracles: the episode written in the frames, followed by hand-written formulas."""

import re
from math import exp

from tests.frames import captions, numbers, words

NAME = "rl/policy_gradient"
STATES, ACTIONS, REWARDS = [0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 2, 0]
BASELINE = [1.5, 1.4]
RETURNS = [1 + 0.9 * (0.9 * 2), 0.9 * 2, 2, 0]
POLICY = {0: 1 / (1 + exp(-0.5)), 1: 1 / (1 + exp(-0.5))}


def said(value):
    return f"{round(value, 2):.2f}".replace("-", "−")


def test_returns_are_filled_from_the_right():
    frames = captions(NAME)
    assert len(frames) == 10
    for frame, t in enumerate((3, 2, 1, 0), 1):
        step, reward, _, after, total = numbers(frames[frame])
        assert (step, reward) == (t, REWARDS[t])
        assert after == round(RETURNS[t + 1], 2) if t < 3 else after == 0
        assert total == round(RETURNS[t], 2)
        assert said(RETURNS[t]) in words(NAME, frame)


def test_weights_scores_and_the_new_policy_are_right():
    gradient = [[0.0, 0.0], [0.0, 0.0]]
    for t, (s, a) in enumerate(zip(STATES, ACTIONS, strict=True)):
        caption, weight = captions(NAME)[5 + t], 0.9**t * (RETURNS[t] - BASELINE[s])
        found = numbers(caption)
        assert found[0] == t
        assert found[4] == round(weight, 2)
        assert (
            f"action {a} of state {s} {'rises' if weight > 0 else 'falls'}" in caption
        )
        for other, chance in enumerate((POLICY[s], 1 - POLICY[s])):
            gradient[s][other] += weight * ((other == a) - chance)
        assert {said(x) for row in gradient for x in row} <= set(words(NAME, 5 + t))
    last = re.findall(r"(\d\.\d+) → (\d\.\d+)", captions(NAME)[-1])
    for s, (before, after) in enumerate(last):
        moved = 0.5 + 0.5 * (gradient[s][0] - gradient[s][1])
        assert float(before) == round(POLICY[s], 2)
        assert float(after) == round(1 / (1 + exp(-moved)), 2)
    assert len(last) == 2
