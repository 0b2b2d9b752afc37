"""Oracles: numpy, for what frames say."""

import itertools
import re

import numpy as np

from tests.frames import captions, numbers, words

EINSUM = "python/numpy_broadcasting_einsum"
SHAPES = "python/numpy_broadcasting_einsum_shapes"
A = np.array([[1, 2, 3], [4, 5, 6]])
B = np.array([[1, 0], [0, 1], [2, 2]])


def test_the_sums_of_c_are_those_of_numpy_s_products():
    said = captions(EINSUM)
    c = np.zeros((2, 2), int)
    order = itertools.product(range(2), range(2), range(3))
    for caption, (i, k, j) in zip(said[1:-1], order, strict=True):
        c[i, k] += A[i, j] * B[j, k]
        wanted = f"A[{i}, {j}] · B[{j}, {k}] = {A[i, j]} · {B[j, k]} = "
        wanted += (
            f"{A[i, j] * B[j, k]} is added to C[{i}, {k}], which is now {c[i, k]}."
        )
        assert caption.startswith(wanted)
        assert ("is finished" in caption) == (j == 2)
    assert np.array_equal(c, A @ B)
    assert said[-1].startswith(f"{2 * 2 * 3} passes")


def test_the_grids_show_both_matrices_and_the_result_so_far():
    c = np.zeros((2, 2), int)
    order = [None, *itertools.product(range(2), range(2), range(3)), None]
    for index, at in enumerate(order):
        if at:
            i, k, j = at
            c[i, k] += A[i, j] * B[j, k]
        shown = words(EINSUM, index)
        cells = sorted(int(w) for w in shown if re.fullmatch(r"\d+", w))
        assert cells == sorted([*A.ravel(), *B.ravel(), *c.ravel()])
        if at:
            assert f"i = {i}, k = {k}, j = {j}" in shown
            assert f"{A[i, j]} · {B[j, k]} = {A[i, j] * B[j, k]}" in shown


def test_the_shape_is_numpy_s_one_axis_after_the_other():
    said = captions(SHAPES)
    a, b = (8, 1, 6, 1), (7, 1, 5)
    whole = np.broadcast_shapes(a, b)
    for axis, caption in enumerate(said[1:5], 1):
        left, right = a[-axis], b[-axis] if axis <= len(b) else 1
        assert caption.startswith(f"Axis −{axis}: {left} and {right}. ")
        assert f"the result has {whole[-axis]}." in caption
        stretched = "a" if left == 1 else "b"
        if axis > len(b):
            assert f"{stretched} has no such axis" in caption
        else:
            assert f"The only element of {stretched} " in caption
        assert numbers(caption)[-1] == whole[-axis]
        # The result's cells come last, above each other frame's.
        assert words(SHAPES, axis)[-axis:] == [str(n) for n in whole[: -axis - 1 : -1]]


def test_the_strides_are_numpy_s():
    wide = [
        np.broadcast_to(np.zeros(shape), (8, 7, 6, 5)).strides
        for shape in ((8, 1, 6, 1), (7, 1, 5))
    ]
    assert f"a by {wide[0]}, b by {wide[1]}" in captions(SHAPES)[5]
    assert "has shape (8, 7, 6, 5)" in captions(SHAPES)[5]


def test_the_last_pair_is_one_that_numpy_refuses():
    try:
        np.broadcast_shapes((2, 3), (2,))
    except ValueError:
        refused = True
    else:
        refused = False
    assert ("this is an error" in captions(SHAPES)[6]) == refused
    assert np.broadcast_shapes((2, 3), (2, 1)) == (2, 3)
    assert "b[:, None]" in captions(SHAPES)[6]
