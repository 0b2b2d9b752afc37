"""Oracles: PyTorch, scikit-learn, plain gradient descent, all masks, fractions."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from snippets.ml.datasets import three_groups
from snippets.ml.regularization import (
    clip_by_norm,
    dropout,
    dropout_linear,
    early_stopping_shrinkage,
    optimal_logit_gap,
    ridge_shrinkage,
    smooth_labels,
    smoothed_cross_entropy,
)

THREE = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, -1.0]])
THREE_Y = np.array([1.0, 2.0, 2.0])
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def problem(seed, n=8, d=4):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.standard_normal(n)


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


# ---- shrinkage


def test_the_factors_of_four_directions_by_hand():
    s = np.sqrt([10, 1, 0.1, 0.01])
    got = early_stopping_shrinkage(s, 0.05, 40)
    close(got, [1, 0.871488, 0.181680, 0.019806], 5e-7)
    close(ridge_shrinkage(s, 0.5), [20 / 21, 2 / 3, 1 / 6, 1 / 51])
    want = [1 - (1 - Fraction(1, 20) * v) ** 40 for v in (10, 1, Fraction(1, 10))]
    close(got[:3], [float(f) for f in want])


@settings(max_examples=20)
@given(seeds, st.integers(0, 30))
def test_gradient_descent_keeps_what_the_factors_say(seed, steps):
    X, y = problem(seed)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    w = np.zeros(4)
    for _ in range(steps):
        w = w + 0.02 * X.T @ (y - X @ w)
    close(w, Vt.T @ (early_stopping_shrinkage(s, 0.02, steps) * (U.T @ y) / s), 1e-9)


@settings(max_examples=20)
@given(seeds, st.floats(0.001, 100))
def test_ridge_keeps_what_the_factors_say(seed, lam):
    X, y = problem(seed)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    w = Ridge(lam, fit_intercept=False).fit(X, y).coef_
    close(w, Vt.T @ (ridge_shrinkage(s, lam) * (U.T @ y) / s), 1e-8)


def test_edges_of_the_factors():
    assert ridge_shrinkage([0.0, 2.0, 1e-160], 0).tolist() == [0, 1, 1]
    assert ridge_shrinkage([1e140, 1e-140, 1e-300], 1.0).tolist() == [1, 1e-280, 0]
    assert early_stopping_shrinkage([0.0, 3.0], 0.1, 0).tolist() == [0, 0]
    assert early_stopping_shrinkage([0.0, 3.0], 0.0, 9).tolist() == [0, 0]
    assert early_stopping_shrinkage([1.0], 1.0, 1).tolist() == [1]
    assert early_stopping_shrinkage([1.0], 2.0, 3).tolist() == [2]  # it swings
    assert early_stopping_shrinkage([1.0], 3.0, 2).tolist() == [-3]
    close(early_stopping_shrinkage([0.5**0.5, 0.7], 1.0, 2), [0.75, 1 - 0.51**2])
    assert ridge_shrinkage([True], 1).tolist() == [0.5]
    assert early_stopping_shrinkage(1.0, 1.5, 2).shape == ()
    assert ridge_shrinkage(np.ones((2, 3)), 1).shape == (2, 3)
    assert ridge_shrinkage([], 1).shape == early_stopping_shrinkage([], 1, 1).shape


def test_descent_gets_to_least_squares_only_below_two_over_the_square():
    close(early_stopping_shrinkage([1.0], 1.9, 500), [1])
    assert abs(early_stopping_shrinkage([1.0], 2.1, 500)[0]) > 1e20


def test_weak_directions_keep_their_digits():
    # 1 - (1 - 1e-18) ** 100 is 0 in floating point.
    np.testing.assert_allclose(
        early_stopping_shrinkage([1e-9], 1.0, 100), [1e-16], rtol=1e-12
    )
    close(early_stopping_shrinkage([1e-200], 1e300, 1) / 1e-100, 1)
    long = early_stopping_shrinkage([1e-6], 1.0, 10**12)
    np.testing.assert_allclose(long, 1 - math.exp(-1), rtol=1e-9)


def test_both_agree_for_weak_directions_and_differ_by_a_fifth_between():
    s = np.geomspace(1e-4, 1e4, 20_001)
    gap = early_stopping_shrinkage(s, 1e-12, 10**12) - ridge_shrinkage(s, 1.0)
    weak = s**2 < 1e-3
    assert (np.abs(gap / s**2)[weak] < 6e-4).all()
    assert gap.min() >= -1e-12
    close(gap.max(), 0.2036, 5e-5)


def gaussian_risk(f, c):
    """Expected squared error of a direction; its weight has variance 1."""
    return (1 - f) ** 2 + f**2 / c


def test_no_factor_beats_that_of_ridge_under_a_gaussian_prior():
    c = np.geomspace(1e-3, 1e3, 61)
    best = gaussian_risk(ridge_shrinkage(np.sqrt(c), 1.0), c)
    close(best, 1 / (1 + c))
    for f in np.linspace(0, 1.5, 151):
        assert (gaussian_risk(f, c) >= best - 1e-15).all()


def test_stopping_at_one_over_lambda_costs_at_most_a_fifth_more():
    c = np.geomspace(1e-4, 1e4, 50_001)
    f = early_stopping_shrinkage(np.sqrt(c), 1e-10, 10**10)
    c, f = c[c < 1e3], f[c < 1e3]
    cost = gaussian_risk(f, c) * (1 + c)
    close(cost.max(), 1.2147, 5e-5)
    close(c[cost.argmax()], 3.21, 0.01)
    # At the best time of each spectrum it costs less.
    rng, costs = np.random.default_rng(0), []
    times = np.geomspace(0.01, 100, 200)[:, None]
    for _ in range(300):
        c = np.exp(rng.uniform(np.log(1e-3), np.log(1e3), rng.integers(1, 30)))
        risks = gaussian_risk(-np.expm1(-times * c), c).sum(axis=1)
        costs.append(risks.min() / np.sum(1 / (1 + c)))
    assert min(costs) >= 1
    assert max(costs) < 1.06
    assert np.mean(costs) < 1.02


def test_the_experiment_of_the_page():
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        w, X = rng.standard_normal(25) / 5, rng.standard_normal((30, 25))
        y = X @ w + rng.standard_normal(30)
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        a, true = U.T @ y / s, Vt @ w
        assert 0.005 * s[0] ** 2 < 1  # no factor swings
        ways = (
            [np.ones(25)],
            [ridge_shrinkage(s, lam) for lam in np.geomspace(1, 1000, 100)],
            [early_stopping_shrinkage(s, 0.005, t) for t in range(61)],
            [np.full(25, f) for f in np.linspace(0, 1, 101)],
        )
        errors.append([min(np.sum((f * a - true) ** 2) for f in way) for way in ways])
        close(errors[-1][0], np.sum((np.linalg.lstsq(X, y)[0] - w) ** 2), 1e-8)
    least, ridge, stopped, single = np.array(errors).T
    assert (stopped / ridge > 0.85).all()
    assert (stopped / ridge < 1.2).all()
    assert (least / ridge > 1.5).all()
    close(np.mean(errors, axis=0), [8.03, 0.59, 0.59, 0.82], 0.006)
    assert single.mean() > 1.3 * max(ridge.mean(), stopped.mean())
    assert (single < stopped).any()  # worse on average, not for every seed


def test_training_error_falls_while_that_on_new_rows_turns():
    rng = np.random.default_rng(0)
    w, X = rng.standard_normal(25) / 5, rng.standard_normal((30, 25))
    y = X @ w + rng.standard_normal(30)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    train, new = [], []
    for t in range(200):
        kept = early_stopping_shrinkage(s, 0.005, t)
        fit = Vt.T @ (kept * (U.T @ y) / s)
        train.append(np.mean((y - X @ fit) ** 2))
        new.append(1 + np.sum((fit - w) ** 2))
    assert (np.diff(train) < 0).all()
    turn = int(np.argmin(new))
    assert turn == 5
    assert (np.diff(new)[:turn] < 0).all()
    assert (np.diff(new)[turn:] > 0).all()
    rows = rng.standard_normal((100_000, 25))
    targets = rows @ w + rng.standard_normal(100_000)
    close(np.mean((targets - rows @ fit) ** 2), new[-1], 0.05)


# ---- noise on the inputs, dropout


def test_noise_on_the_inputs_is_ridge_by_enumeration():
    # Noise of +-0.5 in each of six entries: 64 equally likely matrices.
    copies = [
        THREE + 0.5 * np.reshape(sign, (3, 2)) for sign in product([-1, 1], repeat=6)
    ]
    w = np.linalg.lstsq(np.concatenate(copies), np.tile(THREE_Y, 64))[0]
    ridge = Ridge(3 * 0.25, fit_intercept=False, tol=1e-12).fit(THREE, THREE_Y).coef_
    close(w, ridge, 1e-9)


@pytest.mark.parametrize(
    ("p", "want"),
    [
        (0, (0.771084, 0.204819)),
        (0.2, (0.618042, 0.184261)),
        (0.5, (0.388060, 0.134328)),
    ],
)
def test_linear_dropout_is_least_squares_over_all_masks(p, want):
    got = dropout_linear(THREE, THREE_Y, p)
    close(got, want, 5e-7)
    rows, targets = [], []
    for mask in product([0, 1], repeat=6):
        chance = (1 - p) ** sum(mask) * p ** (6 - sum(mask))
        dropped = THREE * np.reshape(mask, (3, 2)) / (1 - p)
        rows.append(dropped * chance**0.5)
        targets.append(THREE_Y * chance**0.5)
    close(got, np.linalg.lstsq(np.concatenate(rows), np.concatenate(targets))[0], 1e-9)


def test_linear_dropout_by_fractions():
    # (X'X + diag(X'X)) w = X'y at p = 1/2: [[28, 1], [1, 12]] w = (11, 2).
    det = 28 * 12 - 1
    want = [Fraction(11 * 12 - 2, det), Fraction(28 * 2 - 11, det)]
    close(dropout_linear(THREE, THREE_Y, 0.5), [float(w) for w in want])


@settings(max_examples=20)
@given(seeds, st.floats(0, 0.95))
def test_the_scale_of_a_feature_does_not_matter_to_linear_dropout(seed, p):
    X, y = problem(seed)
    scales = np.array([1e-3, 1.0, 1e4, 7.0])
    w = dropout_linear(X, y, p)
    close(dropout_linear(X * scales, y, p) * scales, w, 1e-9)


def test_the_scale_of_a_feature_matters_to_ridge():
    data = three_groups()
    X, y = data.X[data.y == 2], data.target[data.y == 2]
    X, y = X - X.mean(axis=0), y - y.mean()
    fits = [
        (A @ Ridge(10, fit_intercept=False).fit(A, y).coef_)[0]
        for A in (X, X * [1000, 1])
    ]
    close(fits, [-0.1792, -0.1340], 6e-5)
    close((X @ dropout_linear(X, y, 0.1))[0], -0.1620, 6e-5)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_one_feature_keeps_one_minus_p_of_its_weight(p):
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 2.0])
    close(dropout_linear(X, y, p), [(1 - p) * 11 / 14])


def test_hostile_columns_of_linear_dropout():
    zero = np.stack([THREE[:, 0], np.zeros(3)], axis=1)
    close(dropout_linear(zero, THREE_Y, 0), [11 / 14, 0])
    twice = np.stack([THREE[:, 0], 2 * THREE[:, 0]], axis=1)
    close(dropout_linear(twice, THREE_Y, 0), [11 / 28, 11 / 56])
    close(dropout_linear(twice, THREE_Y, 1e-9), [11 / 28, 11 / 56], 1e-8)
    tiny = dropout_linear(THREE * 1e-120, THREE_Y, 0.2)
    np.testing.assert_allclose(tiny * 1e-120, dropout_linear(THREE, THREE_Y, 0.2))
    huge = dropout_linear(THREE * 1e139, THREE_Y, 0.2)
    np.testing.assert_allclose(huge * 1e139, dropout_linear(THREE, THREE_Y, 0.2))
    below = -np.abs(THREE)  # no entry above 0
    close(dropout_linear(below, THREE_Y, 0.2), -dropout_linear(-below, THREE_Y, 0.2))
    nearly = np.array([[1, 1], [1, 1 + 1e-9], [1, 1 - 1e-9]])  # and yet not dependent
    w = dropout_linear(nearly, nearly @ [3.0, -2.0], 0)
    close(w, [3, -2], 1e-4)
    assert dropout_linear(np.ones((3, 0)), THREE_Y, 0.2).shape == (0,)
    assert dropout_linear(np.zeros((3, 2)), THREE_Y, 0.2).tolist() == [0, 0]
    close(dropout_linear([[2.0, 1.0]], [4.0], 0.5), [2 / 3, 4 / 3])  # one row
    with pytest.raises(ValueError, match="weights overflow, got 3e-310"):
        dropout_linear(THREE * 1e-310, THREE_Y, 0.2)


def test_dropout_keeps_the_mean_and_drops_the_share_p():
    x = dropout(np.ones(10**6), 0.2, np.random.default_rng(0))
    close(x.mean(), 1, 0.002)
    close(x.var(), 0.25, 0.002)
    close((x == 0).mean(), 0.2, 0.002)
    assert set(x.tolist()) == {0.0, 1.25}


def test_dropout_has_the_statistics_of_pytorch():
    torch.manual_seed(0)
    theirs = F.dropout(torch.full((10**6,), 3.0, dtype=torch.float64), 0.9).numpy()
    ours = dropout(np.full(10**6, 3.0), 0.9, np.random.default_rng(0))
    close(np.unique(ours), np.unique(theirs))
    close(ours.mean(), theirs.mean(), 0.05)


def test_dropout_draws_one_number_for_each_value_and_leaves_its_input():
    x = np.arange(1.0, 13).reshape(3, 4)
    before = x.copy()
    got = dropout(x, 0.5, np.random.default_rng(3))
    keep = np.random.default_rng(3).random((3, 4)) >= 0.5
    assert (got == 2 * before * keep).all()
    assert (x == before).all()
    rows = dropout(np.ones((50, 20)), 0.5, np.random.default_rng(0))
    assert len(np.unique(rows, axis=0)) == 50


def test_no_drop_in_evaluation_and_at_zero():
    x, rng = np.ones((2, 2)), np.random.default_rng(0)
    for got in (dropout(x, 0.9, rng, train=False), dropout(x, 0, rng)):
        assert (got == x).all()
        assert not np.shares_memory(got, x)
    # Nothing was drawn in evaluation.
    rng, other = np.random.default_rng(1), np.random.default_rng(1)
    dropout(x, 0.9, rng, train=False)
    assert rng.random() == other.random()
    assert dropout(np.ones((0, 3)), 0.5, rng).shape == (0, 3)


class Zeros(np.random.Generator):
    """Draws the smallest number that a generator can draw."""

    def random(self, size):
        return np.zeros(size)


def test_at_zero_even_the_smallest_draw_drops_nothing():
    rng = Zeros(np.random.PCG64(0))
    assert dropout([2.0, 3.0], 0, rng).tolist() == [2, 3]
    assert dropout([2.0, 3.0], 0.5, rng).tolist() == [0, 0]


@pytest.mark.parametrize("p", [0.25, 0.5])
def test_one_softmax_layer_is_the_geometric_mean_of_all_its_sub_models(p):
    rng = np.random.default_rng(0)
    x, W = rng.standard_normal(6), rng.standard_normal((6, 3))
    masks = np.array(list(product([0, 1], repeat=6)))
    chances = np.prod(np.where(masks, 1 - p, p), axis=1)
    each = np.array([softmax(x * mask / (1 - p) @ W) for mask in masks])
    geometric = np.exp(chances @ np.log(each))
    close(geometric / geometric.sum(), softmax(x @ W), 1e-14)
    if p == 0.5:
        close((chances @ each)[0], 0.3165, 5e-5)
        close(softmax(x @ W)[0], 0.2905, 5e-5)


def test_dropout_before_normalization_shifts_the_variance():
    x = np.random.default_rng(0).standard_normal(10**6) + 1
    dropped = dropout(x, 0.5, np.random.default_rng(1))
    close(np.mean(dropped**2), np.mean(x**2) / 0.5, 0.02)
    close(dropped.mean(), x.mean(), 0.005)


def test_the_backward_pass_of_dropout_uses_its_mask():
    torch.manual_seed(0)
    x = torch.arange(1.0, 101, requires_grad=True)
    out = F.dropout(x, 0.2)
    out.sum().backward()
    assert ((out == 0) == (x.grad == 0)).all()
    assert (x.grad[out != 0] == 1.25).all()


def test_dropout_commutes_with_relu_and_not_with_the_sigmoid():
    z = np.random.default_rng(0).standard_normal(100)
    one, two = (np.random.default_rng(1) for _ in range(2))
    before = np.maximum(dropout(z, 0.3, one), 0)
    close(before, dropout(np.maximum(z, 0), 0.3, two))
    assert 1 / (1 + np.exp(-0.0)) == 0.5


# ---- labels


def test_smoothed_labels_are_those_of_szegedy():
    close(smooth_labels([2], 4, 0.2), [[0.05, 0.05, 0.85, 0.05]])
    close(smooth_labels([1, 0], 2, 0), [[0, 1], [1, 0]])
    close(smooth_labels([1], 2, 1), [[0.5, 0.5]])
    close(smooth_labels([3], 10, 0.1)[0, 2:4], [0.01, 0.91])
    assert smooth_labels(np.array([1], dtype=np.int8), 300, 0.5).shape == (1, 300)


@settings(max_examples=30)
@given(seeds, st.floats(0, 1), st.integers(2, 6))
def test_the_smoothed_loss_is_that_of_pytorch(seed, eps, K):
    rng = np.random.default_rng(seed)
    logits, y = 5 * rng.standard_normal((4, K)), rng.integers(0, K, 4)
    want = F.cross_entropy(
        torch.tensor(logits), torch.tensor(y), label_smoothing=eps
    ).item()
    close(smoothed_cross_entropy(logits, y, eps), want, 1e-11)
    soft = smooth_labels(y, K, eps)
    by_rows = -np.mean([q @ np.log(softmax(z)) for q, z in zip(soft, logits)])
    close(want, by_rows, 1e-11)


def test_the_smoothed_loss_by_hand():
    # ln(e^2 + 1 + 1/e) - 2, and the same plus 0.1 (2 - 1/3)
    plain = math.log(math.exp(2) + 1 + math.exp(-1)) - 2
    close(smoothed_cross_entropy([[2, 0, -1]], [0], 0), plain)
    close(smoothed_cross_entropy([[2, 0, -1]], [0], 0.1), plain + 0.1 * 5 / 3)
    close([plain, plain + 0.1 * 5 / 3], [0.169846, 0.336513], 5e-7)
    close(smoothed_cross_entropy([[30, 0, 0]], [0], 0.1), 2.0, 1e-6)
    close(smoothed_cross_entropy([[1000, 0]], [1], 0), 1000)
    close(smoothed_cross_entropy([[-1000, -1000]], [1], 0.3), math.log(2))
    apart = [[1000, 1000], [-1000, -1000]]
    close(smoothed_cross_entropy(apart, [0, 1], 0.3), math.log(2))
    close(smoothed_cross_entropy([[1e140, 0]], [1], 0) / 1e140, 1)
    both = [[2, 0, -1], [30, 0, 0]]
    close(smoothed_cross_entropy(both, [0, 0], 0.1), (0.336513 + 2) / 2, 1e-6)


@pytest.mark.parametrize(
    ("K", "eps", "floor", "gap"),
    [
        (10, 0.1, 0.500288, 4.510860),
        (1000, 0.1, 1.014848, 9.105091),
        (2, 0.2, 0.325083, 2.197225),
    ],
)
def test_the_loss_has_its_floor_at_the_best_gap(K, eps, floor, gap):
    q = smooth_labels([0], K, eps)[0]
    close(-q @ np.log(q), floor, 5e-7)
    close(optimal_logit_gap(K, eps), gap, 5e-7)
    best = optimal_logit_gap(K, eps)
    losses = [
        smoothed_cross_entropy([[best + off] + [0] * (K - 1)], [0], eps)
        for off in (0, -0.01, 0.01, 20)
    ]
    close(losses[0], floor, 5e-7)
    assert losses[0] < min(losses[1:])


def test_no_logits_get_below_the_floor():
    rng = np.random.default_rng(0)
    for scale in (0.1, 1, 4, 30):
        for z in scale * rng.standard_normal((200, 10)):
            assert smoothed_cross_entropy([z], [z.argmax()], 0.1) > 0.500288


def test_edges_of_the_gap():
    assert optimal_logit_gap(10, 0) == math.inf
    assert optimal_logit_gap(7, 1) == 0.0
    close(optimal_logit_gap(10, 5e-324), math.log(10) - math.log(5e-324), 1e-9)
    close(optimal_logit_gap(2, 1 - 2**-50), 2**-49, 1e-24)
    assert type(optimal_logit_gap(3, 0.5)) is float
    assert type(smoothed_cross_entropy([[1, 2]], [0], 0.5)) is float


# ---- clipping, and the length of weights before a norm


def test_clipping_keeps_the_direction_and_each_by_itself_does_not():
    together, norm = clip_by_norm([np.array([3.0]), np.array([4.0])], 1.0)
    close(together, [[0.6], [0.8]])
    assert norm == 5.0
    apart = [clip_by_norm([g], 1.0)[0][0] for g in ([3.0], [4.0])]
    assert [float(g[0]) for g in apart] == [1.0, 1.0]


@settings(max_examples=25)
@given(seeds, st.floats(0.01, 20))
def test_clipping_is_that_of_pytorch_but_for_its_millionth(seed, bound):
    rng = np.random.default_rng(seed)
    grads = [rng.standard_normal(shape) for shape in ((3, 2), (4,), ())]
    params = [torch.zeros(g.shape, dtype=torch.float64) for g in grads]
    for param, g in zip(params, grads):
        param.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(params, bound).item()
    got, before = clip_by_norm(grads, bound)
    close(before, norm, 1e-9)
    for g, param in zip(got, params):
        np.testing.assert_allclose(g, param.grad.numpy(), rtol=1e-5)
    flat = np.concatenate([g.ravel() for g in grads])
    close(before, np.linalg.norm(flat), 1e-9)
    after = np.linalg.norm(np.concatenate([g.ravel() for g in got]))
    close(after, min(bound, before), 1e-9)


def test_clipped_minibatches_need_not_average_to_the_clipped_mean():
    batches = [3.0, -1.0, -1.0, -1.0]
    assert sum(batches) == 0
    assert np.mean([clip_by_norm([[g]], 1.0)[0][0] for g in batches]) == -0.5


def test_hostile_gradients():
    same, norm = clip_by_norm([np.zeros(2), np.zeros((2, 2))], 1.0)
    assert norm == 0.0
    assert same[1].shape == (2, 2)
    assert clip_by_norm([], 1.0) == ([], 0.0)
    assert clip_by_norm([np.zeros((0, 2))], 1.0)[1] == 0.0
    within, norm = clip_by_norm([[0.6, 0.8]], 1.0)
    assert within[0].tolist() == [0.6, 0.8]
    close(clip_by_norm([[3.0, 4.0]], 0)[0], [[0, 0]])
    huge, norm = clip_by_norm([[3e200], [4e200]], 1.0)
    close(huge, [[0.6], [0.8]])
    np.testing.assert_allclose(norm, 5e200)
    tiny, norm = clip_by_norm([[3e-200, 4e-200]], 1e-200)
    np.testing.assert_allclose(norm, 5e-200)
    np.testing.assert_allclose(tiny[0], [6e-201, 8e-201])
    x = np.array([3.0, 4.0])
    clip_by_norm([x], 1.0)
    kept, _ = clip_by_norm([x], 9.0)
    assert x.tolist() == [3.0, 4.0]
    assert not np.shares_memory(kept[0], x)


def test_sgd_clipped_at_each_step_goes_one_length_and_adam_ignores_the_bound():
    rng = np.random.default_rng(0)
    grads = 20 + 10 * rng.standard_normal((20, 3))
    ends = []
    for bound in (1.0, 0.1, 0.01):
        clipped = [clip_by_norm([g], bound)[0][0] for g in grads]
        close(np.linalg.norm(clipped, axis=1), bound)
        w = torch.zeros(3, dtype=torch.float64)
        adam = torch.optim.Adam([w], lr=0.1)
        for g in clipped:
            w.grad = torch.tensor(g)
            adam.step()
        ends.append(w.numpy().copy())
    close(ends[1], ends[0], 1e-5)
    close(ends[2], ends[0], 1e-5)


def test_the_length_of_weights_before_a_norm_is_free_but_for_a_bias_or_a_residual():
    gen = torch.Generator().manual_seed(0)
    shapes = ((8, 5), (5, 4), (4,), (8, 4))
    x, W, b, rest = (torch.randn(s, generator=gen).double() for s in shapes)

    def layer(z):
        return F.layer_norm(z, (4,), eps=0)

    def batch(z):
        return F.batch_norm(z, None, None, training=True, eps=1e-100)

    close(layer(3 * x @ W), layer(x @ W))
    close(batch(3 * x @ W + b), batch(x @ W + b))
    for other in (b, rest):
        assert (layer(3 * x @ W + other) - layer(x @ W + other)).abs().max() > 0.1


def test_only_uncorrelated_weights_have_the_same_variance_in_every_direction():
    _, _, Vt = np.linalg.svd(np.array([[1.0, 1], [1, 1], [1, -1]]))
    close(np.diag(Vt @ np.eye(2) @ Vt.T), [1, 1])
    close(np.diag(Vt @ np.ones((2, 2)) @ Vt.T), [2, 0])


def test_noise_and_decay_balance_the_length_of_weights_before_a_norm():
    rng = np.random.default_rng(1)
    w, lr, decay, seen, turns = rng.standard_normal((1000, 4)), 0.1, 0.01, [], []
    for t in range(2000):
        size = np.linalg.norm(w, axis=1, keepdims=True)
        g = rng.standard_normal(w.shape)
        g -= w * np.sum(w * g, axis=1, keepdims=True) / size**2
        new = w - lr * (g / size + decay * w)
        if t >= 1000:
            seen.append(np.mean(size**4))
            cosine = np.sum(w * new, axis=1) / size[:, 0] / np.linalg.norm(new, axis=1)
            turns.append(np.mean(np.arccos(np.clip(cosine, -1, 1)) ** 2))
        w = new
    close(np.mean(seen), 15, 0.3)
    close(np.mean(turns) ** 0.5, (2 * lr * decay) ** 0.5, 0.005)


# ---- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ridge_shrinkage([-1.0], 1), "s must hold singular values >= 0, got"),
        (lambda: ridge_shrinkage([1.0, -1e-300], 1), "s must hold singular values"),
        (lambda: ridge_shrinkage([1.0], -1), "lam must be a finite number >= 0, got"),
        (lambda: ridge_shrinkage([1.0], True), "lam must be a finite number"),
        (lambda: ridge_shrinkage([1.0], 10**400), "lam must be a finite number"),
        (lambda: ridge_shrinkage(["a"], 1), "s must be an array of numbers"),
        (lambda: ridge_shrinkage([1j], 1), "s must be an array of numbers"),
        (lambda: ridge_shrinkage(["1"], 1), "s must be an array of numbers"),
        (
            lambda: ridge_shrinkage(np.array([1.0, "1"], dtype=object), 1),
            "s must be an array of numbers",
        ),
        (
            lambda: ridge_shrinkage(np.ma.masked_array([1.0, 2.0], [0, 1]), 1),
            "s must be an array of numbers",
        ),
        (lambda: ridge_shrinkage(np.array(["2026"], "M8[D]"), 1), "array of numbers"),
        (lambda: ridge_shrinkage([2e140], 1), "at most 1e.140 in size, got 2e.140"),
        (lambda: ridge_shrinkage([math.nan], 1), "s must hold finite numbers"),
        (lambda: early_stopping_shrinkage([1.0], -0.1, 1), "lr must be a finite"),
        (lambda: early_stopping_shrinkage([1.0], math.inf, 1), "lr must be a finite"),
        (lambda: early_stopping_shrinkage([1.0], 0.1, -1), "steps must be an integer"),
        (lambda: early_stopping_shrinkage([1.0], 0.1, 1.5), "steps must be an integer"),
        (lambda: early_stopping_shrinkage([1.0], 0.1, True), "steps must be an integ"),
        (lambda: early_stopping_shrinkage([1.0], 0.1, 2**53 + 1), "from 0 to 2"),
        (lambda: early_stopping_shrinkage([9.0], 9.0, 999), "lr . s..2 is 729"),
        (lambda: dropout([1.0], 1, np.random.default_rng(0)), r"p must be in \[0, 1\)"),
        (lambda: dropout([1.0], -0.1, np.random.default_rng(0)), "p must be in"),
        (lambda: dropout([1.0], math.nan, np.random.default_rng(0)), "p must be in"),
        (lambda: dropout([1.0], 10**400, np.random.default_rng(0)), "p must be in"),
        (lambda: optimal_logit_gap(3, Fraction(10**400, 3)), "eps must be in"),
        (lambda: dropout([1.0], False, np.random.default_rng(0)), "p must be in"),
        (lambda: dropout([1.0], 0.5, 0), "rng must be a numpy Generator, got 0"),
        (lambda: dropout([math.inf], 0.5, np.random.default_rng(0)), "x must hold fin"),
        (lambda: dropout_linear(THREE, THREE_Y[:2], 0.5), "as many rows"),
        (lambda: dropout_linear(THREE[:0], THREE_Y[:0], 0.5), "at least one, got"),
        (lambda: dropout_linear(THREE_Y, THREE_Y, 0.5), "X must have 2 axes"),
        (lambda: dropout_linear(THREE, THREE, 0.5), "y must have 1 axes"),
        (
            lambda: dropout_linear(THREE, THREE_Y, 1.0),
            r"p must be in \[0, 1\), got 1.0",
        ),
        (lambda: smooth_labels([0], 1, 0.1), "n_classes must be an integer from 2"),
        (lambda: smooth_labels([2], 2, 0.1), "integers from 0 to 1, got 2"),
        (lambda: smooth_labels([-1], 2, 0.1), "integers from 0 to 1, got -1"),
        (lambda: smooth_labels([0.5], 2, 0.1), "integers from 0 to 1, got 0.5"),
        (lambda: smooth_labels([], 2, 0.1), "at least one label"),
        (lambda: smooth_labels([[0]], 2, 0.1), "y must have 1 axes"),
        (lambda: smooth_labels([0], 2, 1.1), r"eps must be in \[0, 1\], got 1.1"),
        (lambda: smoothed_cross_entropy([[1, 2]], [0, 1], 0.1), "row of logits, 1"),
        (lambda: smoothed_cross_entropy([[1]], [0], 0.1), "K >= 2"),
        (lambda: smoothed_cross_entropy(np.ones((0, 2)), [], 0.1), "n >= 1"),
        (lambda: smoothed_cross_entropy([1, 2], [0], 0.1), "logits must have 2 axes"),
        (lambda: smoothed_cross_entropy([[1, 2]], [2], 0.1), "from 0 to 1, got 2"),
        (lambda: smoothed_cross_entropy([[1, 2]], [0], -0.1), "eps must be in"),
        (lambda: optimal_logit_gap(1, 0.1), "n_classes must be an integer from 2"),
        (lambda: optimal_logit_gap(3, 2), r"eps must be in \[0, 1\], got 2"),
        (lambda: clip_by_norm([[1.0]], -1), "max_norm must be a finite number >= 0"),
        (lambda: clip_by_norm([[math.nan]], 1), "grads must hold finite numbers"),
        (lambda: clip_by_norm([[1e308] * 4], 1), "the norm must be finite, got 2 tim"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
