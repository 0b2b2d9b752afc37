"""Oracles: the products of three 2 by 2 matrices, and the slopes y and x of x y."""

import numpy as np

from tests.frames import captions, drawings, numbers, words

NAME = "generative/gan"
H = 0.5
MATRICES = {
    "Simultaneous": [[1, -H], [H, 1]],
    "Alternating": [[1, -H], [H, 1 - H * H]],
    "Extragradient": [[1 - H * H, -H], [H, 1 - H * H]],
}


def shown(value):
    text = f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")
    return "0" if text == "−0" else text


def moments():
    for name, matrix in MATRICES.items():
        for at in range(4):
            before = np.linalg.matrix_power(np.array(matrix), at) @ [1, 1]
            yield name, at + 1, before, np.array(matrix) @ before


def test_the_captions_tell_each_step_and_the_slopes_that_made_it():
    found = captions(NAME)
    assert len(found) == 12
    for caption, (name, at, before, after) in zip(found, moments()):
        assert caption.startswith(f"{name}, step {at}: ")
        by_x, by_y = (before[0] - after[0]) / H, (after[1] - before[1]) / H
        want = [by_x, before[0], after[0], by_y, before[1], after[1]]
        want += [before @ before, after @ after]
        np.testing.assert_allclose(numbers(caption)[1:], want, rtol=0, atol=6e-4)


def test_the_pictures_show_the_points_and_the_squared_radius():
    for at, (name, _, before, after) in enumerate(moments()):
        found = words(NAME, at)
        assert name.lower() in found
        assert f"(x, y) = ({shown(before[0])}, {shown(before[1])})" in found
        assert f"→ ({shown(after[0])}, {shown(after[1])})" in found
        assert f"r² = {shown(before @ before)} → {shown(after @ after)}" in found


def test_only_the_extragradient_marks_the_point_that_it_looks_at():
    # One circle for each point so far, one for the next, and one more.
    for drawing, (name, at, _, _) in zip(drawings(NAME), moments()):
        extra = 1 if name == "Extragradient" else 0
        assert drawing.count(b"<circle") == at + 1 + extra
