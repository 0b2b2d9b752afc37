"""Oracles: scikit-learn, refits without a row, expectations and minima by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from exercises.ml.ridge_and_lasso import line, soft
from figures.ml.ridge_and_lasso import vanishes
from notekit.study.judge import judge
from snippets.ml.datasets import SLOPES, three_groups
from snippets.ml.linear_regression import loo_residuals, ols
from snippets.ml.ridge_and_lasso import (
    lasso,
    lasso_lambda_max,
    ridge,
    ridge_dof,
    ridge_loo_residuals,
    soft_threshold,
)

FOUR = np.array([[1.0], [2.0], [3.0], [4.0]])
FOUR_Y = np.array([1.0, 3.0, 2.0, 5.0])
LAMS = (0.05, 0.15, 0.3, 0.6)
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def rows(seed, n=None, d=None):
    """Random rows; a few more or fewer than columns, means far from 0 now and then."""
    rng = np.random.default_rng(seed)
    n, d = n or int(rng.integers(2, 9)), int(rng.integers(1, 6)) if d is None else d
    X = rng.standard_normal((n, d)) + rng.integers(-2, 3, d)
    return X, rng.standard_normal(n) + rng.integers(-2, 3)


def without(i, values):
    return np.delete(values, i, axis=0)


def third_group():
    data = three_groups()
    return data.X[data.y == 2], data.target[data.y == 2]


# ---- why shrink


def expected(X, true, sigma, lam):
    """Squared bias and variance of ridge's weights, by solving for both moments."""
    centred = X - X.mean(axis=0)
    gram = centred.T @ centred
    maps = np.linalg.solve(gram + lam * np.eye(len(true)), centred.T)
    bias = maps @ centred @ true - true
    return bias @ bias, sigma**2 * np.sum(maps**2)


def ten_rows():
    return third_group()[0][:10], np.array(SLOPES)


def test_a_single_weight_is_best_shrunk_by_noise_over_signal():
    def error(a, s2=5, sigma=1, true=1):
        return (1 - a) ** 2 * true**2 + a**2 * sigma**2 / s2

    assert error(1) == pytest.approx(1 / 5)
    assert error(5 / 6) == pytest.approx(1 / 6)
    for s2, sigma, true in ((5, 1, 1), (0.3, 2, -4), (40, 0.1, 1e-3)):
        a = s2 / (s2 + sigma**2 / true**2)
        grid = [error(k, s2, sigma, true) for k in np.linspace(0, 1, 1001)]
        assert error(a, s2, sigma, true) <= min(grid)
    # The formula is that of draws: four points, whose squares add up to 5.
    noise = np.random.default_rng(0).standard_normal((20_000, 4))
    w = np.array([ridge(FOUR, FOUR[:, 0] + e, 1)[0][0] for e in noise])
    assert np.mean((w - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)


@pytest.mark.parametrize(
    ("lam", "bias", "variance"),
    [(0, 0, 2.842), (0.5, 0.135, 1.816), (2, 0.761, 0.784), (8, 1.814, 0.181)],
)
def test_bias_and_variance_of_draws_are_those_expected(lam, bias, variance):
    X, true = ten_rows()
    noise = 2 * np.random.default_rng(0).standard_normal((1000, 10))
    w = np.array([ridge(X, X @ true + e, lam)[0] for e in noise])
    got = np.sum((w.mean(axis=0) - true) ** 2), w.var(axis=0).sum()
    close(got, (bias, variance), 6e-4)
    want = expected(X, true, 2, lam)
    close(got[0], want[0], 0.02)
    assert got[1] == pytest.approx(want[1], rel=0.1)


@settings(max_examples=25)
@given(seeds, st.sampled_from([0.1, 1.0, 9.0]))
def test_the_error_is_the_sum_over_directions_of_single_weights(seed, lam):
    X, _ = rows(seed, 8)
    true = np.random.default_rng(seed).standard_normal(X.shape[1])
    _, s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    a = s**2 / (s**2 + lam)
    want = np.sum((1 - a) ** 2 * (Vt @ true) ** 2 + a**2 * 0.3**2 / s**2)
    close(sum(expected(X, true, 0.3, lam)), want, 1e-9)


@settings(max_examples=25)
@given(seeds, st.floats(-100, 100), st.floats(0.05, 10))
def test_some_penalty_beats_least_squares_whatever_the_truth(seed, size, sigma):
    X, _ = rows(seed, 8, 3)
    true = size * np.random.default_rng(seed).standard_normal(3)
    none = sum(expected(X, true, sigma, 0))
    tries = [sum(expected(X, true, sigma, lam)) for lam in np.geomspace(1e-9, 10, 80)]
    assert min(tries) < none


def test_the_picture_shows_what_its_caption_says():
    X, true = ten_rows()
    _, s, Vt = np.linalg.svd(X - X.mean(axis=0))
    close(s, [2.71, 1.29], 5e-3)
    assert 4 < (s[0] / s[1]) ** 2 < 5
    assert abs(Vt[1] @ [1, -1]) > 0.95 * math.sqrt(2)
    lambdas = np.linspace(0, 8, 81)
    bias, variance = np.array([expected(X, true, 2, lam) for lam in lambdas]).T
    assert (np.diff(bias) > 0).all()
    assert (np.diff(variance) < 0).all()
    assert lambdas[(bias + variance).argmin()] == pytest.approx(2, abs=0.3)
    noise = 2 * np.random.default_rng(3).standard_normal((40, 10))
    plain, shrunk = (
        np.array([ridge(X, X @ true + e, lam)[0] - true for e in noise])
        for lam in (0, 2)
    )
    for off, mean in ((plain, 2.9), (shrunk, 1.5)):
        close(np.mean(np.sum(off**2, axis=1)), mean, 0.05)
    assert np.linalg.norm(plain.mean(axis=0)) < 0.1
    assert np.linalg.norm(shrunk.mean(axis=0)) > 0.7  # it is off


def test_the_second_picture_shows_what_its_caption_says():
    X, y = third_group()
    corner, beside = lasso(X, y, 0.4)[0], ridge(X, y, 10)[0]
    assert corner[0] > 0
    assert corner[1] == 0
    assert abs(beside).min() > 0.1
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 8))
    true = np.array([3, -2, 2, -1.5, 1, 0, 0, 0])
    y = X @ true + rng.standard_normal(60)
    lams = np.linspace(0, 1.1 * lasso_lambda_max(X, y), 60)
    zero = np.array([lasso(X, y, lam)[0] == 0 for lam in lams])
    assert (np.diff(zero.astype(int), axis=0) >= 0).all()  # they stay there
    assert len(set(zero.argmax(axis=0))) == 8  # one after another
    assert not zero[0].any()
    assert zero[-1].all()
    shrunk = np.array([ridge(X, y, lam)[0] for lam in np.geomspace(1, 1e4, 50)])
    assert (shrunk[:, :5] != 0).all()
    assert abs(shrunk[-1]).max() < 0.02
    # Between its corners the drawn path is straight, as that of the lasso is.
    ends = [vanishes(X, y, j) for j in range(8)]
    knots = np.array([0, *sorted(ends), lams[-1]])
    drawn = np.array([lasso(X, y, lam)[0] for lam in knots])
    for lam in lams:
        want = [np.interp(lam, knots, drawn[:, j]) for j in range(8)]
        close(lasso(X, y, lam)[0], want, 1e-5)


# ---- ridge


def test_ridge_on_four_points_by_hand():
    for lam, slope, b in ((1, 11 / 12, 0.458333), (5, 0.55, 1.375)):
        w, got = ridge(FOUR, FOUR_Y, lam)
        close(w, [slope])
        close(got, b, 1e-6)
    w, b = ridge(FOUR, FOUR_Y, 1, intercept=False)
    close(w, [33 / 31])
    assert b == 0.0


@settings(max_examples=25)
@given(seeds, st.booleans(), st.sampled_from([1e-3, 1.0, 30.0]))
def test_ridge_is_that_of_scikit_learn_and_least_squares_with_more_rows(
    seed, intercept, lam
):
    X, y = rows(seed)
    w, b = ridge(X, y, lam, intercept)
    model = Ridge(alpha=lam, fit_intercept=intercept, solver="svd").fit(X, y)
    close(w, model.coef_, 1e-9)
    close(b, model.intercept_, 1e-9)
    d = X.shape[1]
    if intercept:
        X, y = X - X.mean(axis=0), y - y.mean()
    longer = np.vstack([X, np.sqrt(lam) * np.eye(d)])
    close(w, ols(longer, np.append(y, np.zeros(d)), False)[0], 1e-9)


@settings(max_examples=25)
@given(seeds)
def test_ridge_without_a_penalty_is_least_squares(seed):
    X, y = rows(seed)
    (w, b), (v, c) = ridge(X, y, 0), ols(X, y)
    close(w, v, 1e-9)
    close(b, c, 1e-9)


def test_ridge_is_most_probable_under_a_gaussian_prior():
    X, y = rows(5, 8, 3)
    sigma2, tau2 = 0.5, 2.0
    w, _ = ridge(X, y, sigma2 / tau2, intercept=False)
    # The mean of the Gaussian that the prior becomes, by its precision.
    precision = X.T @ X / sigma2 + np.eye(3) / tau2
    close(w, np.linalg.solve(precision, X.T @ y / sigma2), 1e-10)


def test_the_minimum_of_weight_decay_as_d2l_writes_it():
    X, y = rows(5, 8, 3)
    w, _ = ridge(X, y, 8 * 0.7, intercept=False)
    gradient = -X.T @ (y - X @ w) / 8 + 0.7 * w
    close(gradient, 0, 1e-12)


def test_results_are_floats_of_python_and_arrays_of_float64():
    half = Fraction(1, 2)
    for w, b in (
        ridge(FOUR, FOUR_Y, half),
        lasso(FOUR, FOUR_Y, half),
    ):
        assert w.dtype == float
        assert type(b) is float
    assert type(ridge_dof(FOUR, half)) is float
    assert type(lasso_lambda_max(FOUR, FOUR_Y)) is float
    assert ridge_loo_residuals(FOUR, FOUR_Y, half).dtype == float
    assert soft_threshold([3, 1], half).dtype == float


def test_a_constant_column_gets_weight_zero():
    # The mean of three times 0.1 is not 0.1 in floating point.
    for n in (3, 7, 10):
        X, y = np.full((n, 1), 0.1), np.arange(n)
        for w, b in (ridge(X, y, 0), ridge(X, y, 1e-30), lasso(X, y, 0)):
            assert w[0] == 0
            close(b, (n - 1) / 2)


def test_weak_directions_count_and_those_of_rounding_do_not():
    for weak, second in ((1e-14, 1e14), (1e-16, 0)):
        X = np.array([[1, 0], [0, weak], [0, 0]])
        w, _ = ridge(X, [1, 1, 0], 0, False)
        np.testing.assert_allclose(w, [1, second], rtol=1e-12)
        close(ridge_dof(X, 0, intercept=False), 1 + (second > 0))


def test_the_more_rows_the_more_counts_as_rounding():
    X = np.zeros((200, 2))
    X[0, 0], X[1, 1] = 1, 1e-14
    y = np.ones(200)
    close(ridge(X, y, 0, False)[0], [1, 0])
    close(ridge(X[:4], y[:4], 0, False)[0] * [1, 1e-14], [1, 1])


def test_no_columns_leave_the_mean():
    X = np.empty((4, 0))
    for w, b in (ridge(X, FOUR_Y, 1), lasso(X, FOUR_Y, 1)):
        assert w.shape == (0,)
        assert b == 2.75
    assert ridge(X, FOUR_Y, 1, False)[1] == 0
    assert lasso_lambda_max(X, FOUR_Y) == 0
    assert ridge_dof(X, 1) == 1
    close(ridge_loo_residuals(X, FOUR_Y, 1), (FOUR_Y - 2.75) * 4 / 3)


def test_centring_keeps_digits_at_a_large_offset():
    X = FOUR + 2.0**40
    for fit, slope in ((ridge, 11 / 12), (lasso, 0.3)):
        w, b = fit(X, FOUR_Y + 2.0**40, 1)
        close(w, [slope])
        assert isinstance(b, float)


def test_effective_parameters_by_hand():
    X = np.diag([3.0, 2.0, 1.0])
    for lam, want in ((0, 3), (1, 2.2), (4, 9 / 13 + 1 / 2 + 1 / 5)):
        close(ridge_dof(X, lam, intercept=False), want)
    close(ridge_dof(FOUR, 5), 1.5)
    close(ridge_dof(np.hstack([FOUR, FOUR]), 0), 2)


@settings(max_examples=25)
@given(seeds, st.booleans())
def test_effective_parameters_are_the_trace_of_what_maps_targets_to_fits(
    seed, intercept
):
    X, y = rows(seed)
    total = 0.0
    w, b = ridge(X, y, 0.7, intercept)
    for i, one in enumerate(np.eye(len(y))):
        v, c = ridge(X, y + one, 0.7, intercept)
        total += (X @ v + c - X @ w - b)[i]
    close(ridge_dof(X, 0.7, intercept), total, 1e-9)


def test_a_penalised_intercept_moves_the_slope_with_the_offset_of_the_targets():
    ones = np.hstack([FOUR, np.ones((4, 1))])
    for offset, slope in ((0, 1), (100, 19.18)):
        wrong, _ = ridge(ones, FOUR_Y + offset, 1, intercept=False)
        assert wrong[0] == pytest.approx(slope, abs=5e-3)
        close(ridge(FOUR, FOUR_Y + offset, 1)[0], [11 / 12])


def test_two_equal_columns_share_the_weight_but_the_lasso_keeps_the_first():
    twice = np.hstack([FOUR, FOUR])
    close(ols(twice, FOUR_Y)[0], [0.55, 0.55])
    close(ridge(twice, FOUR_Y, 1)[0], [0.5, 0.5])
    close(lasso(twice, FOUR_Y, 0.5)[0], [0.7, 0])


def test_a_feature_in_thousandths_escapes_the_penalty():
    metres, _ = ridge(FOUR, FOUR_Y, 5)
    millimetres, _ = ridge(FOUR * 1000, FOUR_Y, 5)
    close(metres, [0.55])
    close(millimetres * 1000, [1.1], 1e-5)


def test_tiny_and_huge_penalties_and_features_have_limits():
    for scale in (1e-170, 1e130):
        w, _ = ridge(FOUR * scale, FOUR_Y, 0)
        close(w * scale, [1.1])
        assert ridge_dof(FOUR * scale, 0) == pytest.approx(2)
    assert ridge(FOUR * 1e-170, FOUR_Y, 1)[0][0] == pytest.approx(5.5e-170)
    assert abs(ridge(FOUR, FOUR_Y, 1e300)[0][0]) < 1e-299
    assert ridge_dof(FOUR * 1e-170, 1e300) == 1


def test_under_a_strong_penalty_each_feature_speaks_for_itself():
    X, y = third_group()
    alone = (X - X.mean(axis=0)).T @ (y - y.mean())
    close(alone, [50.40, 33.85], 5e-3)
    np.testing.assert_allclose(1e9 * ridge(X, y, 1e9)[0], alone, rtol=1e-6)


def test_the_same_penalty_weighs_half_as_much_when_the_rows_double():
    X, y = rows(3, 12, 3)
    twice = np.vstack([X, X]), np.append(y, y)
    close(ridge(*twice, 2)[0], ridge(X, y, 1)[0], 1e-10)
    close(lasso(*twice, 0.1)[0], lasso(X, y, 0.1)[0], 1e-8)


# ---- leave-one-out


@settings(max_examples=25)
@given(seeds, st.booleans(), st.sampled_from([0.0, 0.3, 4.0]))
def test_leave_one_out_errors_are_those_of_refits(seed, intercept, lam):
    rng = np.random.default_rng(seed)
    X, y = rows(seed, int(rng.integers(6, 9)), int(rng.integers(1, 4)))
    want = []
    for i in range(len(y)):
        model = Ridge(alpha=lam, fit_intercept=intercept, solver="svd")
        model.fit(without(i, X), without(i, y))
        want.append(y[i] - model.predict(X[i : i + 1])[0])
    close(ridge_loo_residuals(X, y, lam, intercept), want, 1e-7)
    if lam == 0:
        close(loo_residuals(X, y, intercept), want, 1e-7)


def test_leave_one_out_holds_for_dependent_columns():
    X = np.hstack([FOUR, 2 * FOUR, FOUR - 3])
    close(ridge_loo_residuals(X, FOUR_Y, 0), [-1 / 3, 8 / 7, -13 / 7, 2])


def test_a_row_that_alone_sets_a_weight_has_no_leave_one_out_error():
    X = np.array([[0.0], [0.0], [5.0]])
    near = np.array([[1.0], [1e-6]])  # of leverage 1 - 1e-12
    for refuse, row in (
        (lambda: ridge_loo_residuals(X, [1, 2, 3], 0), 2),
        (lambda: ridge_loo_residuals([[1.0]], [1], 1), 0),
        (lambda: ridge_loo_residuals(near, [1, 2], 0, False), 0),
    ):
        with pytest.raises(ValueError, match=f"must be below 1, got 1 in row {row}"):
            refuse()
    close(ridge_loo_residuals(X, [1, 2, 3], 5.0, False), [1, 2, 3])
    far = np.array([[0.0], [1.0], [1e4]])  # its leverage is below 1, by 5e-9
    errors = ridge_loo_residuals(far, [0, 1, 0], 0)
    assert abs(errors[2]) == pytest.approx(1e4, rel=1e-4)


def test_leave_one_out_keeps_its_digits_far_from_zero():
    want = [-1 / 3, 8 / 7, -13 / 7, 2]
    for X, y in ((FOUR + 2.0**40, FOUR_Y), (FOUR, FOUR_Y + 2.0**40)):
        close(ridge_loo_residuals(X, y, 0), want)
        close(ridge_loo_residuals(X, y, 1), ridge_loo_residuals(FOUR, FOUR_Y, 1))


# ---- cross-validation


def validated(X, y, fold, columns, scales):
    """Error of ridge by five folds, on columns and in units that a function chose."""
    squares = []
    for k in range(5):
        kept, out = fold != k, fold == k
        j, size = columns(kept), scales(kept)
        w, b = ridge(X[kept][:, j] / size[j], y[kept], 1)
        squares.extend((y[out] - X[out][:, j] / size[j] @ w - b) ** 2)
    return np.mean(squares)


def test_selecting_before_the_folds_are_cut_explains_noise_and_scaling_hardly_does():
    ratios = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((40, 300)), rng.standard_normal(40)
        fold, every = rng.permutation(40) % 5, np.full(40, True)

        def ten(rows, X=X, y=y):
            pull = (X[rows] - X[rows].mean(axis=0)).T @ (y[rows] - y[rows].mean())
            return np.argsort(-abs(pull / X[rows].std(axis=0)))[:10]

        def spread(rows, X=X):
            return X[rows].std(axis=0)

        ratios.append(
            [
                validated(X, y, fold, columns, scales) / y.var()
                for columns, scales in (
                    (lambda rows: ten(every), spread),  # noqa: B023
                    (ten, spread),
                    (ten, lambda rows: spread(every)),  # noqa: B023
                )
            ]
        )
    outside, inside, scaled = np.mean(ratios, axis=0)
    assert outside == pytest.approx(2 / 3, abs=0.05)
    assert inside > 1
    assert scaled == pytest.approx(inside, rel=0.05)


# ---- lasso


def test_the_soft_threshold_by_hand():
    close(soft_threshold([-3, 0.5, 3, -0.5, 1], 1), [-2, 0, 2, 0, 0])
    assert soft_threshold(-3, 1) == -2
    assert str(soft_threshold(-0.5, 1)) == "0.0"
    assert soft_threshold(2.5, 0) == 2.5
    assert soft_threshold(np.array([[5.0], [-1]]), 2).tolist() == [[3], [0]]


@settings(max_examples=25)
@given(st.floats(-5, 5), st.floats(0, 3), st.floats(-9, 9))
def test_the_soft_threshold_minimises_half_the_square_plus_the_size(z, t, other):
    def loss(v):
        return (v - z) ** 2 / 2 + t * abs(v)

    assert loss(soft_threshold(z, t)) <= loss(other) + 1e-12


def test_the_lasso_on_four_points_by_hand():
    for lam in (0, 0.5, 1, 1.375, 2):
        w, b = lasso(FOUR, FOUR_Y, lam)
        slope = max(0, (5.5 - 4 * lam) / 5)
        close(w, [slope])
        close(b, 2.75 - 2.5 * slope)
    assert lasso_lambda_max(FOUR, FOUR_Y) == 1.375
    assert lasso(FOUR, FOUR_Y, 1.375)[0][0] == 0
    assert lasso(FOUR, FOUR_Y, 1.37499)[0][0] > 0
    assert lasso_lambda_max(FOUR, FOUR_Y, intercept=False) == 8.25


def test_an_orthogonal_design_shrinks_by_a_factor_or_by_an_amount():
    y = np.array([3, -1, 0.5])
    close(ridge(np.eye(3), y, 1, intercept=False)[0], [1.5, -0.5, 0.25])
    close(lasso(np.eye(3), y, 1 / 3, intercept=False)[0], [2, 0, 0])


@settings(max_examples=25)
@given(seeds, st.booleans(), st.sampled_from([0.03, 0.2, 0.7]))
def test_no_direction_lowers_the_objective_of_the_lasso(seed, intercept, lam):
    X, y = rows(seed)
    w, b = lasso(X, y, lam, intercept)
    r = y - X @ w - b
    centred = X - X.mean(axis=0) if intercept else X
    pull = centred.T @ r / len(y)
    assert (abs(pull) <= lam + 1e-8).all()
    close(pull[w != 0], lam * np.sign(w[w != 0]), 1e-8)
    if intercept:
        close(r.sum(), 0, 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_lasso_is_that_of_scikit_learn(seed):
    X, y = rows(seed, 30, 8)
    for intercept in (True, False):
        w, b = lasso(X, y, 0.1, intercept)
        model = Lasso(0.1, fit_intercept=intercept, tol=1e-12, max_iter=100_000)
        model.fit(X, y)
        close(w, model.coef_, 1e-7)
        close(b, model.intercept_, 1e-7)


@settings(max_examples=25)
@given(seeds, st.booleans())
def test_from_lambda_max_on_every_weight_is_zero_and_below_it_not(seed, intercept):
    X, y = rows(seed)
    top = lasso_lambda_max(X, y, intercept)
    assert not lasso(X, y, top, intercept)[0].any()
    if top > 1e-9:
        assert lasso(X, y, 0.99 * top, intercept)[0].any()


def test_the_lasso_in_other_units_is_the_same():
    X, y = rows(7, 20, 4)
    w, b = lasso(X, y, 0.1)
    for scale in (1e-60, 1e60):
        v, c = lasso(X, scale * y, 0.1 * scale)
        close(v / scale, w, 1e-8)
        close(c / scale, b, 1e-8)


def test_scaled_features_are_swept_as_often_with_the_same_end():
    X, y = third_group()
    w, b = lasso(X, y, 0.05, tol=1e-2)
    for scale in (2.0**12, 2.0**-12):
        v, c = lasso(X * scale, y, 0.05 * scale, tol=1e-2)
        close(v * scale, w)
        close(c, b)


def test_an_offset_of_the_targets_or_repeated_rows_end_the_search_no_sooner():
    X, y = third_group()
    w, b = lasso(X, y, 0.05, tol=1e-2)
    v, c = lasso(X, y + 1024, 0.05, tol=1e-2)
    close(v, w, 1e-9)
    close(c, b + 1024, 1e-9)
    v, c = lasso(np.tile(X, (64, 1)), np.tile(y, 64), 0.05, tol=1e-2)
    close(v, w, 1e-9)
    close(c, b, 1e-9)


def test_tiny_features_are_not_taken_for_constant_ones():
    w, _ = lasso(FOUR * 1e-152, FOUR_Y, 0)
    close(w * 1e-152, [1.1])


def test_targets_of_zero_need_one_sweep():
    w, b = lasso(FOUR, np.zeros(4), 0.1, max_iter=1)
    assert w[0] == b == 0


def test_one_column_is_right_after_a_sweep_and_known_to_be_after_two():
    close(lasso(FOUR, FOUR_Y, 0.5, max_iter=2)[0], [0.7])
    with pytest.raises(ValueError, match="got 1: the last sweep moved the fit by"):
        lasso(FOUR, FOUR_Y, 0.5, max_iter=1)


def test_too_few_sweeps_are_said():
    X, y = third_group()
    with pytest.raises(ValueError, match=r"max_iter must be larger .* got 3: the last"):
        lasso(X, y, 0.05, max_iter=3)
    loose, tight = lasso(X, y, 0.05, max_iter=30, tol=1e-2), lasso(X, y, 0.05)
    assert 1e-4 < abs(loose[0] - tight[0]).max() < 0.3


@settings(max_examples=25)
@given(seeds, st.sampled_from([1e-1, 1e-2, 1e-4]), st.booleans())
def test_the_tolerance_bounds_how_far_pulls_are_from_the_condition(seed, tol, copies):
    X, y = rows(seed, 20, 5)
    if copies:
        X = X[:, :1] + 0.2 * X
    lam = 0.05
    w, b = lasso(X, y, lam, tol=tol, max_iter=100_000)
    centred, target = X - X.mean(axis=0), y - y.mean()
    pull = centred.T @ (y - X @ w - b) / 20
    off = np.where(w != 0, abs(pull - lam * np.sign(w)), abs(pull) - lam)
    lengths = np.linalg.norm(centred, axis=0) * np.linalg.norm(target)
    assert (off <= 5 * tol * lengths / 20 + 1e-12).all()


def test_without_a_penalty_near_copies_stop_with_the_right_fit_and_other_weights():
    X, y = np.array([[1, 1], [1e-8, 0], [0, 1e-8]]), np.array([2, 1e-8, 1e-8])
    w, _ = lasso(X, y, 0, intercept=False)
    close(w, [2, 0], 1e-9)
    close(X @ w, y, 1.01e-8)


def test_near_copies_can_exhaust_the_sweeps():
    x, e = np.random.default_rng(1).standard_normal((2, 50))
    X = np.stack([x, x + 1e-2 * e], axis=1)
    with pytest.raises(ValueError, match="max_iter must be larger"):
        lasso(X, X @ [1, 2], 0)


def test_of_two_equal_columns_the_second_gets_no_more_than_rounding():
    for seed in range(30):
        x, y = rows(seed, 12, 1)
        w, _ = lasso(np.hstack([x, x]), y, 0.05)
        close(w, [lasso(x, y, 0.05)[0][0], 0], 1e-12)


def test_the_lasso_drops_a_true_feature_that_another_imitates():
    X, y = third_group()
    w, _ = lasso(X, y, 0.2)
    assert w[0] > 0.5
    assert w[1] == 0


def test_the_true_features_are_found_only_if_signed_coefficients_stay_below_one():
    for share, found in ((0.45, True), (0.6, False)):  # they add up to 0.9 and 1.2
        rng = np.random.default_rng(0)
        X = rng.standard_normal((20_000, 2))
        false = share * X.sum(axis=1) + rng.standard_normal(20_000)
        y = X.sum(axis=1) + rng.standard_normal(20_000)
        X = np.column_stack([X, false])
        for lam in (0.3, 0.1, 0.05):
            assert (lasso(X, y, lam)[0] != 0).tolist() == [True, True, not found]


@pytest.mark.parametrize(
    "body",
    [
        "return math.copysign(max(abs(z) - t, 0), z)",
        "return z - max(-t, min(t, z))",
        "return max(z - t, 0) - max(-z - t, 0)",
        "return 0 if abs(z) <= t else z - t if z > 0 else z + t",
    ],
)
def test_the_judge_takes_zero_as_an_integer_or_a_float(body):
    answer = f"import math\ndef soft_threshold(z, t):\n    {body}\n"
    assert judge(soft, answer).kind == "passed"


def test_the_judge_sees_raw_products_of_targets_far_from_zero():
    answer = """\
def ridge_line(xs, ys, lam):
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    up = sum(x * y for x, y in zip(xs, ys)) - n * x_mean * y_mean
    down = sum((x - x_mean) ** 2 for x in xs) + lam
    w = up / down if down > 0 else 0.0
    return w, y_mean - w * x_mean
"""
    assert judge(line, answer).kind == "wrong"


# ---- the elastic net, and what follows a selection


def elastic_net(X, y, one, two):
    """By the lasso, on more rows."""
    n, d = X.shape
    longer = np.vstack([X, np.sqrt(n * two) * np.eye(d)])
    return lasso(longer, np.append(y, np.zeros(d)), one * n / (n + d), False)[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_elastic_net_is_the_lasso_on_more_rows_and_that_of_scikit_learn(seed):
    X, y = rows(seed, 20, 5)
    model = ElasticNet(0.3, l1_ratio=1 / 3, fit_intercept=False, tol=1e-12)
    model.fit(X, y)
    w = elastic_net(X, y, 0.1, 0.2)
    close(w, model.coef_, 1e-7)
    q = np.mean(X**2, axis=0)
    z = X.T @ (y - X @ w) / 20 + q * w
    close(w, soft_threshold(z, 0.1) / (q + 0.2), 1e-8)


def test_equal_columns_share_under_the_elastic_net():
    x = FOUR - 2.5
    for two, want in ((0, [0.7, 0]), (0.01, [0.875 / 2.51] * 2), (1, [0.25, 0.25])):
        w = elastic_net(np.hstack([x, x]), FOUR_Y - 2.75, 0.5, two)
        close(w, want, 1e-7)


def test_of_two_near_copies_the_noise_decides_which_the_lasso_takes():
    kept = []
    for seed in range(40):
        x, e, noise = np.random.default_rng(seed).standard_normal((3, 50))
        X = np.stack([x, x + 0.05 * e], axis=1)
        w, _ = lasso(X, X @ [1, 1] + noise, 0.1, tol=1e-6)
        kept.append(tuple(w != 0))
    first, second = kept.count((True, False)), kept.count((False, True))
    assert first + second > 20
    assert min(first, second) > 5


def test_usual_standard_errors_are_too_small_after_a_selection():
    large, all_kept = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((60, 100)), rng.standard_normal(60)  # only noise
        kept = np.flatnonzero(lasso(X, y, 0.8 * lasso_lambda_max(X, y))[0])
        w, b = ols(X[:, kept], y)
        r = y - X[:, kept] @ w - b
        centred = X[:, kept] - X[:, kept].mean(axis=0)
        variance = r @ r / (60 - len(kept) - 1)
        errors = np.sqrt(variance * np.diag(np.linalg.inv(centred.T @ centred)))
        large += np.sum(abs(w) > 2 * errors)
        all_kept += len(kept)
    assert large > 0.5 * all_kept  # one in twenty, were they right


# ---- the experiment


def excess(true, seed):
    """Errors on new rows beyond the noise: lasso, best ridge, shortest; lasso's w."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 100))
    y = X @ true + 0.5 * rng.standard_normal(60)
    w, _ = lasso(X, y, 0.15, intercept=False)
    ridges = [ridge(X, y, lam, intercept=False)[0] for lam in (0.1, 1, 10, 100)]
    shortest = ols(X, y, intercept=False)[0]
    return (
        np.sum((w - true) ** 2),
        min(np.sum((v - true) ** 2) for v in ridges),
        np.sum((shortest - true) ** 2),
        w,
    )


def test_the_lasso_wins_where_the_truth_is_sparse():
    true = np.zeros(100)
    true[:5] = 3, -2, 2, -1.5, 1
    runs = [excess(true, seed) for seed in range(20)]
    means = np.mean([run[:3] for run in runs], axis=0)
    close(means, [0.21, 8.02, 8.04], 6e-3)
    assert min(run[1] / run[0] for run in runs) > 5
    assert all(run[3][:5].all() for run in runs)
    assert np.mean([np.sum(run[3] != 0) for run in runs]) == pytest.approx(9.2)


def test_ridge_wins_where_all_weights_are_equal():
    true = np.full(100, 0.45)
    assert true @ true == pytest.approx(9 + 4 + 4 + 2.25 + 1)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((60, 100))
        y = X @ true + 0.5 * rng.standard_normal(60)
        fits = [lasso(X, y, lam, False, tol=1e-5)[0] for lam in LAMS]
        best = min(np.sum((w - true) ** 2) for w in fits)
        assert excess(true, seed)[1] < best


# ---- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ridge(FOUR, FOUR_Y, -1), "lam must be a finite number >= 0, got -1"),
        (lambda: ridge(FOUR, FOUR_Y, math.nan), "lam must be a finite number"),
        (lambda: ridge(FOUR, FOUR_Y, "1"), "lam must be a finite number >= 0, got '1'"),
        (lambda: lasso(FOUR, FOUR_Y, -1), "lam must be a finite number >= 0, got -1"),
        (lambda: lasso(FOUR, FOUR_Y, 1, tol=0), "tol must be a finite number > 0"),
        (lambda: lasso(FOUR, FOUR_Y, 1, max_iter=0), "integer of at least 1, got 0"),
        (lambda: lasso(FOUR, FOUR_Y, 1, max_iter=2.5), "max_iter must .* got 2.5"),
        (lambda: lasso(FOUR, FOUR_Y, 1, max_iter=True), "max_iter must .* got True"),
        (lambda: soft_threshold(1, -1), "t must be a finite number >= 0, got -1"),
        (lambda: ridge(FOUR, FOUR_Y, 10**400), "lam must be a finite number >= 0"),
        (lambda: ridge(FOUR, FOUR_Y, True), "lam must be .* number >= 0, got True"),
        (lambda: lasso(FOUR, FOUR_Y, 1, tol=math.inf), "tol must be a finite number"),
        (lambda: soft_threshold([[1], [2, 3]], 1), "z must be an array of numbers"),
        (lambda: soft_threshold(math.nan, 1), "z must hold finite numbers"),
        (lambda: ridge_dof(FOUR, -1), "lam must be a finite number >= 0"),
        (lambda: ridge_loo_residuals(FOUR, FOUR_Y, -1), "lam must be a finite number"),
        (
            lambda: ridge([1.0, 2.0], [1.0, 2.0], 1),
            r"X must have 2 axes, got shape \(2,\)",
        ),
        (lambda: ridge(FOUR, FOUR, 1), r"y must have 1 axes, got shape \(4, 1\)"),
        (
            lambda: ridge(np.empty((0, 2)), [], 1),
            r"at least one row, got shape \(0, 2\)",
        ),
        (lambda: ridge(FOUR, FOUR_Y[:3], 1), r"y must have .* X, 4, got shape \(3,\)"),
        (
            lambda: ridge(FOUR * math.nan, FOUR_Y, 1),
            "X must hold finite numbers .* got nan",
        ),
        (lambda: ridge(FOUR, FOUR_Y * math.inf, 1), "y must hold finite numbers"),
        (lambda: ridge(FOUR * 1e141, FOUR_Y, 1), "at most 1e[+]140"),
        (
            lambda: ridge(FOUR, [*FOUR_Y, 0], 1),
            r"y must have .* X, 4, got shape \(5,\)",
        ),
        (lambda: ridge([["a"]], [1], 1), "X must be an array of numbers, got"),
        (lambda: ridge([[1j]], [1], 1), "X must be an array of numbers, got"),
        (lambda: ridge(np.array([[1j]]), [1], 1), "X must be an array of numbers, got"),
        (lambda: ridge([["1"]], [1], 1), "X must be an array of numbers, got"),
        (lambda: ridge([[10**400]], [1], 1), "X must be an array of numbers, got"),
        (
            lambda: ridge(np.array([["1"]], dtype=object), [1], 1),
            "X must be an array of numbers, got",
        ),
        (
            lambda: ridge(FOUR, np.ma.array(FOUR_Y, mask=FOUR_Y > 4), 1),
            "y must be an array of numbers, got",
        ),
        (
            lambda: soft_threshold(np.ma.array([1.0, 2.0], mask=[0, 1]), 1),
            "z must be an array of numbers, got",
        ),
        (lambda: ridge([[1, 2], [3]], [1, 2], 1), "X must be an array of numbers, got"),
    ],
)
def test_bad_arguments_are_refused_with_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()
