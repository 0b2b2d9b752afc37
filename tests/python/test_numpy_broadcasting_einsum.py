"""Oracles: numpy, PyTorch, exact fractions, hand counts."""

import itertools
import math
import random
import string
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.python.numpy_broadcasting_einsum import (
    broadcast_shape,
    broadcast_strides,
    contiguous_strides,
    einsum_loops,
    einsum_multiplications,
    einsum_terms,
    pairwise_sq_distances,
    sliding_windows,
    unbroadcast,
)

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)
FULL = st.lists(st.integers(1, 3), max_size=4).map(tuple)
TWO = np.lib.NumpyVersion(np.__version__) >= "2.0.0"  # promotion as NEP 50 has it


# Layout


@given(FULL, st.sampled_from("CF"), st.sampled_from([np.uint8, np.float32, np.float64]))
def test_contiguous_strides_are_numpy_s(shape, order, dtype):
    x = np.zeros(shape, dtype, order=order)
    got = contiguous_strides(shape, x.itemsize, order)
    # Numpy may keep any stride where an axis has one element: nothing steps there.
    for n, ours, theirs in zip(shape, got, x.strides, strict=True):
        assert n == 1 or ours == theirs
    assert len(got) == len(shape)


def test_strides_of_both_orders_by_hand():
    assert contiguous_strides((2, 3, 4), 8) == (96, 32, 8)
    assert contiguous_strides((2, 3, 4), 8, "F") == (8, 16, 48)
    assert contiguous_strides((2, 3, 4)) == (12, 4, 1)
    assert contiguous_strides(()) == ()
    assert contiguous_strides((2, 0, 3)) == (0, 3, 1)


def test_the_address_is_the_sum_of_index_times_stride():
    x = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
    for view in (x, x.T, x[:, ::-1, ::2], np.broadcast_to(x[:1], (5, 3, 4))):
        start = view.__array_interface__["data"][0] - x.__array_interface__["data"][0]
        for index in np.ndindex(view.shape):
            address = start + sum(
                i * s for i, s in zip(index, view.strides, strict=True)
            )
            assert x.ravel()[address // 8] == view[index]


def test_strides_of_views_of_three_rows_of_four():
    x = np.arange(12, dtype=np.float64).reshape(3, 4)
    assert x.strides == contiguous_strides(x.shape, 8) == (32, 8)
    assert x[::-1].strides == (-32, 8)
    assert x.T.strides == (8, 32)
    assert x[:, ::2].strides == (32, 16)


def test_windows_are_a_read_only_view():
    x = np.arange(6, dtype=np.float64)
    windows = sliding_windows(x, 3)
    assert windows.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]
    assert windows.strides == (8, 8)
    assert not windows.flags.writeable
    assert x.flags.writeable
    assert np.shares_memory(windows, x)
    x[2] = 9
    assert windows[0, 2] == windows[2, 0] == 9


@given(st.integers(1, 12), st.data())
def test_windows_are_numpy_s_also_of_views(n, data):
    size = data.draw(st.integers(1, n))
    step = data.draw(st.sampled_from([1, 2, -1, -3]))
    x = np.arange(40)[::step][:n]
    expected = np.lib.stride_tricks.sliding_window_view(x, size)
    assert np.array_equal(sliding_windows(x, size), expected)


def test_arithmetic_keeps_the_layout_of_its_operands():
    x = np.arange(12.0).reshape(3, 4)
    assert np.zeros((3, 4)).strides == (32, 8)
    assert (x.T + 1).strides == (x.T * x.T).strides == (8, 32)


def test_what_keeps_the_memory_of_windows_is_no_array():
    x = np.arange(4.0)
    windows = sliding_windows(x, 2)
    assert np.shares_memory(windows, x)
    assert not isinstance(windows.base, np.ndarray)


# Broadcasting


def numpy_s(*shapes):
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def ours(*shapes):
    try:
        return broadcast_shape(*shapes)
    except ValueError:
        return None


def test_three_thousand_random_sets_of_shapes_broadcast_as_in_numpy():
    draw = random.Random(0)
    refused = 0
    for _ in range(3000):
        shapes = [
            tuple(draw.randint(0, 3) for _ in range(draw.randint(0, 3)))
            for _ in range(draw.randint(1, 3))
        ]
        expected = numpy_s(*shapes)
        assert ours(*shapes) == expected
        refused += expected is None
        if expected is not None:
            for shape in shapes:
                x = np.zeros(shape)
                wide = np.broadcast_to(x, expected).strides
                assert broadcast_strides(shape, x.strides, expected) == wide
    assert refused == 844


def test_shapes_by_hand():
    assert broadcast_shape((3, 1), (4,)) == (3, 4)
    assert broadcast_shape((8, 1, 6, 1), (7, 1, 5)) == (8, 7, 6, 5)
    assert broadcast_shape((0,), (1,)) == (0,)
    assert broadcast_shape() == ()
    assert broadcast_shape((), (2,)) == (2,)
    with pytest.raises(ValueError, match=r"axis -1 must agree or be 1, got \[3, 2\]"):
        broadcast_shape((2, 3), (2,))
    with pytest.raises(ValueError, match=r"axis -2"):
        broadcast_shape((2, 3), (3, 1))


@given(st.lists(SHAPES, max_size=4))
def test_the_order_of_shapes_does_not_matter(shapes):
    assert ours(*shapes) == ours(*reversed(shapes))


def test_a_broadcast_axis_has_stride_0():
    row = np.arange(4, dtype=np.float64)
    assert broadcast_strides(row.shape, row.strides, (3, 4)) == (0, 8)
    wide = np.broadcast_to(row, (3, 4))
    assert wide.strides == (0, 8)
    assert np.shares_memory(wide, row)
    assert broadcast_strides((3,), (-8,), (2, 3)) == (0, -8)
    for target in ((1,), (2,)):
        with pytest.raises(ValueError, match=r"must broadcast to the target .*, got"):
            broadcast_strides((3,), (8,), target)
    with pytest.raises(ValueError, match=r"must broadcast to the target \(3,\), got"):
        broadcast_strides((1, 3), (24, 8), (3,))
    with pytest.raises(ValueError, match="a stride for each of 1 axes"):
        broadcast_strides((3,), (24, 8), (3, 3))


@given(FULL, FULL)
def test_unbroadcast_is_the_gradient_of_torch(shape, other):
    target = ours(shape, other)
    if target is None:
        return
    x = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    weights = torch.arange(math.prod(target), dtype=torch.float64).reshape(target)
    (x.broadcast_to(target) * weights).sum().backward()
    got = unbroadcast(weights.numpy(), shape)
    assert got.shape == shape
    assert np.array_equal(got, x.grad.numpy())


def test_a_gradient_of_ones_counts_the_copies():
    assert unbroadcast(np.ones((5, 3, 4)), (3, 1)).tolist() == [[20], [20], [20]]
    assert unbroadcast(np.ones((5, 3, 4)), ()).tolist() == 60
    for nothing in (unbroadcast([1, 2], ()), unbroadcast(3.0, ())):
        assert isinstance(nothing, np.ndarray)
        assert (nothing.shape, nothing.dtype) == ((), np.float64)
    assert unbroadcast(np.ones((0, 3)), (1, 3)).tolist() == [[0, 0, 0]]
    assert unbroadcast(np.ones((2, 0)), (0,)).tolist() == []
    g = np.ones(3)
    assert not np.shares_memory(unbroadcast(g, (3,)), g)
    with pytest.raises(ValueError, match=r"that of grad, \(3,\), got \(2,\)"):
        unbroadcast(g, (2,))
    with pytest.raises(ValueError, match=r"that of grad, \(1,\), got \(3,\)"):
        unbroadcast(np.ones(1), (3,))


@pytest.mark.parametrize(
    "bad",
    [
        *[(2.0,), (True,), (np.bool_(1),), (-1,), "3", 3, None, np.array(3)],
        *[{3, 4}, frozenset(), {3: 1}, b"\x03", [[3]]],
    ],
)
def test_sizes_are_integers_from_0(bad):
    for call in (
        lambda: broadcast_shape((2,), bad),
        lambda: broadcast_strides(bad, (8,), (3, 3)),
        lambda: broadcast_strides((1,), (8,), bad),
        lambda: contiguous_strides(bad),
        lambda: unbroadcast(np.ones(3), bad),
        lambda: einsum_multiplications("i", bad),
    ):
        with pytest.raises(ValueError, match=r"integer.*, got"):
            call()


def test_other_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="order must be 'C' or 'F', got 'A'"):
        contiguous_strides((2,), 8, "A")
    for size in (0, -1, True, 2.0):
        with pytest.raises(ValueError, match="itemsize must be an integer >= 1, got"):
            contiguous_strides((2,), size)
        with pytest.raises(ValueError, match="size must be an integer >= 1, got"):
            sliding_windows([1, 2], size)
    with pytest.raises(ValueError, match=r"at most len\(x\) = 2, got 3"):
        sliding_windows([1, 2], 3)
    with pytest.raises(ValueError, match=r"at most len\(x\) = 0, got 1"):
        sliding_windows([], 1)
    for x in (5, [[1, 2]]):
        with pytest.raises(ValueError, match="one axis, got"):
            sliding_windows(x, 1)
    with pytest.raises(ValueError, match="integer, got True"):
        broadcast_strides((1,), (True,), (1,))
    for a, b in (([1, 2], [[1, 2]]), ([[1, 2]], [1, 2]), ([[1, 2]], [[1]])):
        with pytest.raises(ValueError, match=r"want shapes \(n, d\) and \(m, d\), got"):
            pairwise_sq_distances(a, b)
    with pytest.raises(ValueError, match="real numbers, got complex128"):
        pairwise_sq_distances([[1j]], [[1]])
    for bad in ([["a"]], [[1], [1, 2]], iter([[1]])):
        with pytest.raises(ValueError, match="b must be an array of numbers, got"):
            pairwise_sq_distances([[1]], bad)


# Distances


def test_distances_are_those_of_exact_fractions():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(4, 3)) + 100, rng.normal(size=(5, 3)) + 100
    got = pairwise_sq_distances(a, b)
    assert got.shape == (4, 5)
    for i, j in itertools.product(range(4), range(5)):
        pairs = zip(a[i], b[j], strict=True)
        exact = sum((Fraction(x) - Fraction(y)) ** 2 for x, y in pairs)
        assert got[i, j] == pytest.approx(float(exact), rel=1e-15)
    assert pairwise_sq_distances(np.zeros((2, 0)), np.zeros((3, 0))).shape == (2, 3)
    assert pairwise_sq_distances(np.zeros((0, 2)), np.zeros((3, 2))).shape == (0, 3)


def test_distances_take_the_differences_and_their_squares():
    a, b = np.ones((90, 60)), np.zeros((110, 60))
    tracemalloc.start()
    pairwise_sq_distances(a, b)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    kept, _ = tracemalloc.get_traced_memory()
    (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    _, expanded = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 2 <= peak / (90 * 110 * 60 * 8) < 2.1
    assert (expanded - kept) / (90 * 110 * 8) < 4


def test_the_expanded_square_cancels_and_the_difference_does_not():
    a, b = np.float64(1e8), np.float64(1e8 + 1)
    assert a * a + b * b - 2 * a * b == 0
    assert pairwise_sq_distances([[a]], [[b]]) == 1
    a, b = np.array([1000], np.float32), np.array([1000.01], np.float32)
    assert a * a + b * b - 2 * a * b == 0
    assert float((b - a)[0]) ** 2 == pytest.approx(1.00195e-4, rel=1e-5)


@pytest.mark.parametrize("product", ["matmul", "sum"])
def test_the_error_of_the_gram_formula_grows_with_the_square_of_the_shift(product):
    points = np.random.default_rng(0).normal(size=(100, 3))
    errors, relative = [], []
    for shift in (0, 10, 100, 1000):
        p = (points + shift).astype(np.float32)
        wide = p.astype(np.float64)
        exact = pairwise_sq_distances(wide, wide)
        dots = p @ p.T if product == "matmul" else (p[:, None] * p).sum(-1)
        norms = (p * p).sum(-1)
        errors.append(np.abs(norms[:, None] + norms - 2 * dots - exact).max())
        direct = ((p[:, None] - p) ** 2).sum(-1)
        apart = exact > 0
        relative.append(np.abs(direct / np.where(apart, exact, 1) - 1)[apart].max())
    assert all(b >= 10 * a for a, b in itertools.pairwise(errors))
    assert max(relative) < 2.3e-7 * 1.5
    assert errors == pytest.approx([3.0e-6, 1.2e-4, 9e-3, 0.97], rel=0.2)


# Einsum

SPECS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ii->", (3, 3)),
    ("ii->i", (3, 3)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("i,j->ij", (2,), (3,)),
    ("ij,ij->i", (2, 3), (2, 3)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ij,j->i", (2, 3), (3,)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)),
    ("ba", (2, 3)),
    ("ij,ji->", (2, 3), (3, 2)),
    ("i,ij,j->", (2,), (2, 3), (3,)),
    ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 2, 2, 4)),
    ("", ()),
    (",", (), ()),
    ("i->", (0,)),
    ("aB", (2, 3)),
    ("i,i->i", (0,), (0,)),
    (" i j , j k -> i k ", (2, 3), (3, 2)),
]


@pytest.mark.parametrize(("spec", "shapes"), [(s[0], s[1:]) for s in SPECS])
@pytest.mark.parametrize("kind", ["float", "int", "complex"])
def test_einsum_is_numpy_s(spec, shapes, kind):
    rng = np.random.default_rng(0)
    operands = [rng.integers(-4, 5, size=shape) * 1.0 for shape in shapes]
    if kind == "int":
        operands = [x.astype(np.int32) for x in operands]
    elif kind == "complex":
        operands = [x + 1j * x[::-1] if x.ndim else x + 2j for x in operands]
    got = einsum_loops(spec, *operands)
    expected = np.einsum(spec, *operands)
    assert got.shape == expected.shape
    assert np.array_equal(got, expected)
    dtypes = {"float": "float64", "int": "int64", "complex": "complex128"}
    assert got.dtype == dtypes[kind]


def test_einsum_is_torch_s():
    rng = np.random.default_rng(2)
    for spec, *shapes in SPECS[:14]:
        operands = [rng.normal(size=shape) for shape in shapes]
        expected = torch.einsum(spec, *map(torch.tensor, operands)).numpy()
        np.testing.assert_allclose(
            einsum_loops(spec, *operands), expected, rtol=0, atol=1e-12
        )


@given(st.data())
def test_random_specs_are_numpy_s(data):
    sizes = dict(zip("abcd", (1, 2, 3, 2), strict=True))
    parts = data.draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(parts)))
    output = "".join(data.draw(st.permutations(used)))[: data.draw(st.integers(0, 4))]
    spec = ",".join(parts)
    if data.draw(st.booleans()):
        spec += "->" + output
    rng = np.random.default_rng(len(spec))
    operands = [rng.integers(-3, 4, size=[sizes[x] for x in p]) for p in parts]
    assert np.array_equal(einsum_loops(spec, *operands), np.einsum(spec, *operands))


def test_all_letters_may_be_used_at_once():
    low, high = string.ascii_lowercase, string.ascii_uppercase
    ones = np.ones((1,) * 26)
    assert einsum_loops(f"{low},{high}->", 2 * ones, 3 * ones) == 6


def test_the_twelve_classics_are_what_their_names_say():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    u, v = rng.normal(size=3), rng.normal(size=3)
    s, t = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 4, 5))
    q, k = rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(2, 5, 2, 4))
    scores = q.transpose(0, 2, 1, 3) @ k.transpose(0, 2, 3, 1)
    for spec, operands, expected in (
        ("ij->ji", [a], a.T),
        ("ii->", [a], np.trace(a)),
        ("ii->i", [a], np.diagonal(a)),
        ("ij->j", [a], a.sum(axis=0)),
        ("i,i->", [u, v], np.dot(u, v)),
        ("i,j->ij", [u, v], np.outer(u, v)),
        ("ij,j->i", [a, v], a @ v),
        ("ij,jk->ik", [a, b], a @ b),
        ("ij,ij->i", [a, b], (a * b).sum(axis=1)),
        ("ij,ji->", [a, b], np.trace(a @ b)),
        ("bij,bjk->bik", [s, t], s @ t),
        ("bqhd,bkhd->bhqk", [q, k], scores),
    ):
        np.testing.assert_allclose(
            einsum_loops(spec, *operands), expected, rtol=0, atol=1e-12
        )


def test_terms_name_their_letters_factors_and_cell():
    a, b = np.array([[1, 2], [3, 4]]), np.array([[5], [6]])
    terms = list(einsum_terms("ij,jk->ik", a, b))
    assert [t.factors for t in terms] == [(1, 5), (2, 6), (3, 5), (4, 6)]
    assert [t.cell for t in terms] == [(0, 0), (0, 0), (1, 0), (1, 0)]
    assert terms[1].at == {"i": 0, "j": 1, "k": 0}
    assert [t.factors for t in einsum_terms("ba->", a)] == [(1,), (3,), (2,), (4,)]


def count(spec, *operands):
    return sum(len(term.factors) - 1 for term in einsum_terms(spec, *operands))


def test_multiplications_are_those_of_the_loop():
    a, b, c = np.ones((2, 7)), np.ones((7, 3)), np.ones((3, 5))
    for spec, *operands in (
        ("ij,jk->ik", a, b),
        ("ij,jk,kl->il", a, b, c),
        ("ij->", a),
        ("ij,ij->", a, a),
        ("ij,jk->", np.ones((0, 2)), np.ones((2, 2))),
    ):
        shapes = [x.shape for x in operands]
        assert einsum_multiplications(spec, *shapes) == count(spec, *operands)


def test_square_matrices_take_n_cubed_in_pairs_and_n_to_the_fourth_at_once():
    for n in (2, 4, 8):
        a = np.ones((n, n))
        assert 2 * count("ij,jk->ik", a, a) == 2 * n**3
        assert count("ij,jk,kl->il", a, a, a) == 2 * n**4


def test_the_order_of_contraction_costs_a_hundred_times():
    spec = "ij,jk->ik"
    left = einsum_multiplications(spec, (10, 1000), (1000, 10))
    left += einsum_multiplications(spec, (10, 10), (10, 1000))
    right = einsum_multiplications(spec, (1000, 10), (10, 1000))
    right += einsum_multiplications(spec, (10, 1000), (1000, 1000))
    assert (left, right) == (200_000, 20_000_000)
    # One loop has 10 * 1000 * 10 * 1000 passes, of two multiplications each.
    shapes = (10, 1000), (1000, 10), (10, 1000)
    assert einsum_multiplications("ij,jk,kl->il", *shapes) == 2 * 10**8
    path, _ = np.einsum_path("ij,jk,kl->il", *map(np.ones, shapes))
    assert path == ["einsum_path", (0, 1), (0, 1)]


@pytest.mark.parametrize(
    ("spec", "shapes", "message"),
    [
        ("ij,jk->ik", [(2, 3)], "wants 2 operands, got 1"),
        ("ij", [], "wants 1 operands, got 0"),
        ("ij->i", [(2,)], r"wants 2 axes, got shape \(2,\)"),
        ("ij,jk->ik", [(2, 3), (4, 2)], "one size for 'j', got 3 and 4"),
        ("ij,jk->ik", [(2, 1), (4, 2)], "one size for 'j', got 1 and 4"),
        ("ii->i", [(2, 3)], "one size for 'i', got 2 and 3"),
        ("ij->ii", [(2, 3)], "each once, got"),
        ("ij->k", [(2, 3)], "letters of the operands, each once, got"),
        ("i->,", [(2,)], "letters of the operands, each once, got"),
        ("...i->i", [(2,)], "letters and commas before '->', got"),
        ("i->...", [(2,)], "letters of the operands, each once, got"),
        ("i1->i", [(2, 2)], "letters and commas before '->', got"),
        ("é->é", [(2,)], "letters and commas before '->', got"),
        ("i->i->i", [(2,)], "letters of the operands, each once, got"),
        (3, [(2,)], "spec must be a string such as 'ij,jk->ik', got 3"),
    ],
)
def test_specs_that_do_not_fit_are_refused(spec, shapes, message):
    operands = [np.ones(shape) for shape in shapes]
    for call in (
        lambda: einsum_loops(spec, *operands),
        lambda: einsum_terms(spec, *operands),
        lambda: einsum_multiplications(spec, *shapes),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_whole_numbers_do_not_wrap_around():
    big = np.array([200], np.uint8)
    assert einsum_loops("i,i->", big, big) == 40_000
    assert np.einsum("i,i->", big, big) == 40_000 % 256
    assert einsum_loops("i->", [True, True]) == 2
    with pytest.raises(ValueError, match="must fit int64, got"):
        einsum_loops(",", 2**40, 2**40)
    huge = [np.uint64(2**63)] * 19  # their product is beyond a float64
    assert einsum_loops("," * 19, *huge, 0.5) == np.inf
    assert not np.isfinite(einsum_loops("," * 19, *huge, 0.5j))
    assert einsum_loops(",", 2 + 1j, 3) == 6 + 3j
    with pytest.raises(ValueError, match="each operand must be an array of numbers"):
        einsum_loops("i", ["a"])


# What the page says of numpy


def test_numpy_stretches_an_axis_of_length_1_of_an_einsum():
    assert np.einsum("i,i->", np.ones(1), np.ones(3)) == 3


def test_dots_stand_for_axes_without_a_letter():
    a, b = np.ones((5, 2, 3, 4)), np.ones((2, 4, 6))
    assert np.array_equal(np.einsum("...ij,...jk->...ik", a, b), a @ b)


def test_a_perfect_fit_seems_to_have_an_error():
    y, p = np.array([1.0, 2, 3]), np.array([[1.0], [2], [3]])
    assert (y - p).shape == (3, 3)
    assert ((y - p) ** 2).mean() == pytest.approx(4 / 3, rel=1e-15)
    means = np.full((3, 1), y.mean())
    assert f"{((y - means) ** 2).mean():.4f}" == "0.6667"
    for step in np.eye(3)[:, :, None] * 0.1:  # whichever guess moves, it gets worse
        for moved in (means + step, means - step):
            assert ((y - moved) ** 2).mean() > ((y - means) ** 2).mean()
    q = np.arange(9.0).reshape(3, 3)
    assert (q - q.mean(1)).mean(1).tolist() == [-3, 0, 3]
    assert (q - q.mean(1, keepdims=True)).mean(1).tolist() == [0, 0, 0]


def test_a_diagonal_by_einsum_is_a_view_that_can_be_written():
    a = np.zeros((3, 3))
    np.einsum("ii->i", a)[:] = 1
    assert np.array_equal(a, np.eye(3))


def test_torch_has_the_same_rules_and_other_strides():
    x = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    assert x.stride() == (4, 1)
    assert x[0].expand(3, 4).stride() == x[0].broadcast_to(3, 4).stride() == (0, 1)
    with pytest.raises(ValueError, match="step must be greater than zero"):
        x[::-1]
    assert x.flip(0).data_ptr() != x.data_ptr()
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        x.T.view(12)
    assert torch.broadcast_shapes((8, 1, 6, 1), (7, 1, 5)) == (8, 7, 6, 5)
    assert (torch.ones(2, dtype=torch.int64) + 0.5).dtype == torch.float32
    single, double = torch.ones(2), torch.tensor(3, dtype=torch.float64)
    assert (single + double).dtype == torch.float32
    assert (single + double[None]).dtype == torch.float64


def test_reshape_copies_what_no_strides_can_read():
    x = np.arange(12.0).reshape(3, 4)
    assert np.shares_memory(x.reshape(2, 6), x)
    assert not np.shares_memory(x.T.reshape(12), x)
    assert np.shares_memory(x[:, :2].reshape(3, 2, 1), x)
    assert not np.shares_memory(x[[0, 1]], x)
    assert not np.shares_memory(x[x > 3], x)
    assert not np.shares_memory(x.flatten(), x)
    assert np.shares_memory(x.ravel(), x)
    assert x[[0, 1]].reshape(8).base is not None


def test_reshape_is_no_transpose():
    x = np.arange(6).reshape(2, 3)
    assert x.reshape(3, 2).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert x.T.tolist() == [[0, 3], [1, 4], [2, 5]]


def test_writing_through_a_slice_reaches_the_parent_and_through_a_mask_once():
    x = np.zeros(4)
    x[1:3][0] = 7
    assert x.tolist() == [0, 7, 0, 0]
    x[x > 5][0] = 1
    assert x.tolist() == [0, 7, 0, 0]
    x[x > 5] = 1
    assert x.tolist() == [0, 1, 0, 0]


def test_a_slice_among_index_arrays_moves_their_axis_to_the_front():
    x = np.zeros((2, 3, 4))
    assert x[0, :, [0, 1]].shape == (2, 3)
    assert x[:, [0, 1], [0, 1]].shape == (2, 2)
    assert x[0][:, [0, 1]].shape == (3, 2)


def test_updates_through_repeated_or_overlapping_places():
    a = np.zeros(3)
    a[[0, 0, 2]] += 1
    assert a.tolist() == [1, 0, 1]
    np.add.at(a := np.zeros(3), [0, 0, 2], 1)
    assert a.tolist() == np.bincount([0, 0, 2], minlength=3).tolist() == [2, 0, 1]
    z = np.arange(5)
    z[1:] += z[:-1]
    assert z.tolist() == [0, 1, 3, 5, 7]
    assert np.cumsum(np.arange(5)).tolist() == [0, 1, 3, 6, 10]


def test_narrow_numbers_wrap_and_stall():
    assert (np.array([200], np.uint8) + np.array([100], np.uint8)).tolist() == [44]
    assert np.float16(2048) + np.float16(1) == 2048
    assert (np.ones(2, np.float32) + 3.0).dtype == np.float32
    assert (np.float32(3) + np.float64(3)).dtype == np.float64
    assert (np.array([1]) + 0.5).dtype == np.float64
    assert (np.float32(3) + 3.0).dtype == (np.float32 if TWO else np.float64)
    wide = np.ones(2, np.float32) + np.float64(3)
    assert wide.dtype == (np.float64 if TWO else np.float32)


def test_a_python_number_too_large_for_the_type():
    try:
        got = (np.uint8(1) + 300).dtype.name
    except OverflowError:
        got = "refused"
    assert got == ("refused" if TWO else np.dtype(int).name)
