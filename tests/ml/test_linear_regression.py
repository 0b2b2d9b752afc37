"""Oracles: scikit-learn, np.linalg.lstsq, refits without a row, fractions by hand."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from snippets.ml.datasets import three_groups
from snippets.ml.linear_regression import leverages, loo_residuals, ols

FOUR = np.array([[1.0], [2.0], [3.0], [4.0]])
FOUR_Y = np.array([1.0, 3.0, 2.0, 5.0])
TENS = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
QUARTET = (
    (TENS, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]),
    (TENS, [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74]),
    (TENS, [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]),
    (
        [8] * 7 + [19] + [8] * 3,
        [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89],
    ),
)
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


# ---- least squares


def test_the_line_through_four_points_by_hand():
    w, b = ols(FOUR, FOUR_Y)
    close(w, [1.1])
    close(b, 0)
    assert isinstance(b, float)
    w, b = ols(FOUR, FOUR_Y, intercept=False)
    close(w, [33 / 30])  # sum of x y over sum of x x
    assert b == 0.0
    assert isinstance(b, float)


@settings(max_examples=25)
@given(seeds)
def test_least_squares_is_that_of_lstsq_with_the_shortest_weights(seed):
    X, y = rows(seed)
    close(ols(X, y, intercept=False)[0], np.linalg.lstsq(X, y)[0], 1e-9)
    w, b = ols(X, y)
    want = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean())[0]
    close(w, want, 1e-9)
    close(b, y.mean() - X.mean(axis=0) @ want, 1e-9)


@settings(max_examples=25)
@given(seeds)
def test_least_squares_predicts_what_scikit_learn_does(seed):
    X, y = rows(seed)
    for intercept in (True, False):
        w, b = ols(X, y, intercept)
        model = LinearRegression(fit_intercept=intercept).fit(X, y)
        close(X @ w + b, model.predict(X), 1e-9)


@settings(max_examples=25)
@given(seeds)
def test_the_residual_is_orthogonal_to_every_column(seed):
    X, y = rows(seed)
    w, b = ols(X, y)
    close(X.T @ (y - X @ w - b), 0, 1e-9)
    close((y - X @ w - b).sum(), 0, 1e-9)


def test_other_weights_miss_by_more_by_pythagoras():
    X, y = rows(3, 8, 3)
    w, _ = ols(X, y, intercept=False)
    other = w + np.array([0.3, -0.2, 0.5])
    least, more = (np.sum((y - X @ v) ** 2) for v in (w, other))
    close(more, least + np.sum((X @ (w - other)) ** 2), 1e-12)


@pytest.mark.parametrize("eps", [1e-8, 1e-9])
def test_the_matrix_of_lauchli_is_solved_where_the_normal_equation_is_singular(eps):
    X, y = np.array([[1, 1], [eps, 0], [0, eps]]), np.array([2, eps, eps])
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.solve(X.T @ X, X.T @ y)
    close(ols(X, y, intercept=False)[0], [1, 1], 1e-7)


@pytest.mark.parametrize(("degree", "cond"), [(10, 2.3e7), (12, 1.0e9)])
def test_polynomials_lose_twice_the_digits_by_the_normal_equation(degree, cond):
    X = np.vander(np.linspace(0, 1, 21), degree + 1)
    assert np.linalg.cond(X) == pytest.approx(cond, rel=0.02)
    y = X.sum(axis=1)
    assert abs(np.linalg.solve(X.T @ X, X.T @ y) - 1).max() > 1e-5
    assert abs(ols(X, y, intercept=False)[0] - 1).max() < 1e-6


def test_a_large_residual_is_as_sensitive_as_the_square_of_the_condition_number():
    # The exact shift of the solution of a perturbed problem, in fractions.
    def solve(eps, delta, y):
        X = [[Fraction(1), Fraction(1)], [eps, Fraction(0)], [delta, eps]]
        a, b, c = (
            sum(row[i] * row[j] for row in X) for i, j in ((0, 0), (0, 1), (1, 1))
        )
        u, v = (sum(row[i] * t for row, t in zip(X, y)) for i in (0, 1))
        return (c * u - b * v) / (a * c - b * b), (a * v - b * u) / (a * c - b * b)

    eps, delta = Fraction(1, 10**4), Fraction(1, 10**10)
    moved = []
    for y in ([2, eps, eps], [2, eps + 1, eps - 1]):
        before, after = solve(eps, Fraction(0), y), solve(eps, delta, y)
        moved.append(float(abs(after[0] - before[0])))
    cond = math.sqrt(2) / 1e-4
    assert moved[0] < cond * 1e-10
    assert moved[1] > 0.1 * cond**2 * 1e-10


def test_years_in_float32_lose_the_intercept_to_a_column_of_ones_but_not_centred():
    year = np.arange(1990, 2021, dtype=np.float32)
    y = np.float32(0.5) * year - np.float32(997)
    ones = np.stack([year, np.ones_like(year)], axis=1)
    w, b = np.linalg.solve(ones.T @ ones, ones.T @ y)
    assert abs(b + 997) > 0.1
    assert abs(w - 0.5) > 1e-5
    w, b = ols(year[:, None], y)
    close(w, [0.5])
    close(b, -997, 1e-9)


def test_centring_keeps_digits_at_a_large_offset():
    X = FOUR + 1e9
    w, b = ols(X, FOUR_Y)
    close(w, [1.1])
    close(X @ w + b, FOUR @ [1.1], 1e-5)


def test_a_constant_column_gets_weight_zero():
    # The mean of three times 0.1 is not 0.1 in floating point.
    for n in (3, 7, 10):
        w, b = ols(np.full((n, 1), 0.1), np.arange(n))
        assert w[0] == 0
        close(b, (n - 1) / 2)


def test_one_row_has_the_shortest_of_all_exact_fits():
    close(ols([[1.0, 2.0, 3.0]], [7.0], intercept=False)[0], [0.5, 1, 1.5])
    w, b = ols([[1.0, 2.0, 3.0]], [7.0])
    close(w, [0, 0, 0])
    assert b == 7


def test_weak_directions_count_and_those_of_rounding_do_not():
    for weak, second in ((1e-14, 1e14), (1e-16, 0)):
        X = np.array([[1, 0], [0, weak], [0, 0]])
        w, _ = ols(X, [1, 1, 0], False)
        np.testing.assert_allclose(w, [1, second], rtol=1e-12)
        close(leverages(X, intercept=False), [1, float(second > 0), 0])


def test_the_more_rows_the_more_counts_as_rounding():
    X = np.zeros((200, 2))
    X[0, 0], X[1, 1] = 1, 1e-14
    y = np.ones(200)
    close(ols(X, y, False)[0], [1, 0])
    close(ols(X[:4], y[:4], False)[0] * [1, 1e-14], [1, 1])


def test_no_columns_leave_the_mean():
    X = np.empty((4, 0))
    w, b = ols(X, FOUR_Y)
    assert w.shape == (0,)
    assert b == 2.75
    assert ols(X, FOUR_Y, False)[1] == 0
    close(leverages(X), np.full(4, 0.25))
    close(leverages(X, intercept=False), np.zeros(4))
    close(loo_residuals(X, FOUR_Y), (FOUR_Y - 2.75) * 4 / 3)


def test_a_weight_is_the_slope_on_what_the_others_leave_of_its_feature():
    X, target = third_group()
    both = ols(X, target)[0]
    close(both, [1.562, -0.945], 5e-4)
    assert ols(X[:, :1], target)[0][0] == pytest.approx(0.747, abs=5e-4)
    assert ols(X[:, 1:], target)[0][0] == pytest.approx(0.561, abs=5e-4)
    for j in (0, 1):
        w, b = ols(X[:, [1 - j]], X[:, j])
        rest = X[:, j] - X[:, [1 - j]] @ w - b
        close(rest @ target / (rest @ rest), both[j], 1e-10)
    assert rest.var() / X[:, 1].var() == pytest.approx(0.17, abs=0.005)


def test_the_variance_of_a_weight_is_that_of_the_noise_over_the_rest_of_its_feature():
    X, _ = third_group()
    w, b = ols(X[:, 1:], X[:, 0])
    rest = X[:, 0] - X[:, 1:] @ w - b
    noise = np.random.default_rng(0).standard_normal((2000, len(X)))
    drawn = [ols(X, y)[0][0] for y in noise]
    assert np.var(drawn) == pytest.approx(1 / (rest @ rest), rel=0.08)


def test_the_sum_of_squares_over_what_the_parameters_leave_estimates_the_noise():
    X, _ = rows(1, 8, 3)
    noise = 2 * np.random.default_rng(0).standard_normal((2000, 8))
    fits = [(y, *ols(X, y)) for y in noise]
    shares = [np.sum((y - X @ w - b) ** 2) / (8 - 3 - 1) for y, w, b in fits]
    assert np.mean(shares) == pytest.approx(4, rel=0.05)


def test_a_category_of_three_values_needs_two_columns_of_zeros_and_ones():
    kind = np.array([0, 0, 1, 1, 2, 2, 2])
    X = (kind[:, None] == [1, 2]).astype(float)
    y = np.array([1.0, 3, 5, 9, 0, 4, 5])
    w, b = ols(X, y)
    close(b + np.append(0, w), [2, 7, 3])  # the means of the three
    all_three = (kind[:, None] == [0, 1, 2]).astype(float)
    close(all_three @ ols(all_three, y)[0] + ols(all_three, y)[1], X @ w + b)


def test_units_change_a_weight_and_the_condition_number_and_no_fitted_value():
    X, target = third_group()
    w, b = ols(X, target)
    v, c = ols(X * [1, 100], target)
    close(v * [1, 100], w, 1e-10)
    close((X * [1, 100]) @ v + c, X @ w + b, 1e-10)
    before, after = (np.linalg.cond((X - X.mean(axis=0)) * u) for u in ([1], [1, 100]))
    close([before, after], [4.7, 230.4], 0.05)


def test_r_squared_is_one_with_as_many_columns_as_rows_and_never_falls():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((8, 7)), rng.standard_normal(8)
    left = [
        np.sum((y - X[:, :k] @ w - b) ** 2)
        for k in range(8)
        for w, b in [ols(X[:, :k], y)]
    ]
    assert all(a >= b for a, b in pairwise(left))
    assert left[-1] < 1e-20 < left[-2]


@pytest.mark.parametrize(
    ("which", "slope", "share", "largest"),
    [
        (0, 0.50009, 0.66654, 2.52),
        (1, 0.50000, 0.66624, 2.79),
        (2, 0.49973, 0.66632, 4.24),
        (3, 0.49991, 0.66671, None),
    ],
)
def test_four_data_sets_of_anscombe_share_one_line(which, slope, share, largest):
    x, y = np.array(QUARTET[which][0], float)[:, None], np.array(QUARTET[which][1])
    w, b = ols(x, y)
    assert w[0] == pytest.approx(slope, abs=5e-6)
    close(b, 3, 5e-3)
    r = y - x @ w - b
    assert 1 - r @ r / np.sum((y - y.mean()) ** 2) == pytest.approx(share, abs=5e-6)
    if largest is None:
        close(leverages(x)[7], 1)
        close(r[7], 0)
        with pytest.raises(
            ValueError, match="leverage must be below 1, got 1 in row 7"
        ):
            loo_residuals(x, y)
    else:
        close(abs(loo_residuals(x, y)).max(), largest, 5e-3)


def test_results_are_floats_of_python_and_arrays_of_float64():
    w, b = ols(FOUR.astype(int), FOUR_Y.astype(int))
    assert w.dtype == float
    assert type(b) is float
    assert leverages(FOUR.astype(int)).dtype == float
    assert loo_residuals(FOUR.astype(int), FOUR_Y.astype(int)).dtype == float


# ---- leverages and leave-one-out


def test_leverages_and_leave_one_out_of_four_points_by_hand():
    close(leverages(FOUR), [0.7, 0.3, 0.3, 0.7])
    close(leverages(FOUR, intercept=False), FOUR[:, 0] ** 2 / 30)
    close(loo_residuals(FOUR, FOUR_Y), [-1 / 3, 8 / 7, -13 / 7, 2])


@settings(max_examples=25)
@given(seeds, st.booleans())
def test_a_leverage_is_what_a_fitted_value_gains_from_its_target(seed, intercept):
    X, y = rows(seed)
    w, b = ols(X, y, intercept)
    h = leverages(X, intercept)
    for i, one in enumerate(np.eye(len(y))):
        v, c = ols(X, y + one, intercept)
        close((X @ v + c - X @ w - b)[i], h[i], 1e-9)
    ones = np.ones((len(y), int(intercept)))
    close(h.sum(), np.linalg.matrix_rank(np.hstack([X, ones])), 1e-9)


@settings(max_examples=25)
@given(seeds, st.booleans())
def test_leave_one_out_errors_are_those_of_refits(seed, intercept):
    rng = np.random.default_rng(seed)
    X, y = rows(seed, int(rng.integers(6, 9)), int(rng.integers(1, 4)))
    want = []
    for i in range(len(y)):
        w, b = ols(without(i, X), without(i, y), intercept)
        want.append(y[i] - X[i] @ w - b)
    close(loo_residuals(X, y, intercept), want, 1e-7)


def test_leave_one_out_holds_for_dependent_columns():
    X = np.hstack([FOUR, 2 * FOUR, FOUR - 3])
    close(loo_residuals(X, FOUR_Y), [-1 / 3, 8 / 7, -13 / 7, 2])


def test_a_row_that_alone_sets_a_weight_has_no_leave_one_out_error():
    X = np.array([[0.0], [0.0], [5.0]])
    near = np.array([[1.0], [1e-6]])  # of leverage 1 - 1e-12
    for refuse, row in (
        (lambda: loo_residuals(X, [1, 2, 3], False), 2),
        (lambda: loo_residuals([[1.0]], [1]), 0),
        (lambda: loo_residuals(near, [1, 2], False), 0),
    ):
        with pytest.raises(ValueError, match=f"must be below 1, got 1 in row {row}"):
            refuse()
    far = np.array([[0.0], [1.0], [1e4]])  # its leverage is below 1, by 5e-9
    assert abs(loo_residuals(far, [0, 1, 0])[2]) == pytest.approx(1e4, rel=1e-4)


def test_leave_one_out_keeps_its_digits_far_from_zero():
    want = [-1 / 3, 8 / 7, -13 / 7, 2]
    for X, y in ((FOUR + 2.0**40, FOUR_Y), (FOUR, FOUR_Y + 2.0**40)):
        close(loo_residuals(X, y), want)


def test_a_changed_target_changes_its_leave_one_out_error_by_as_much():
    changed = FOUR_Y + np.array([0, 10, 0, 0])
    w, b = ols(FOUR, FOUR_Y)
    v, c = ols(FOUR, changed)
    close((FOUR @ v + c - FOUR @ w - b)[1], 3)
    close(loo_residuals(FOUR, changed)[1] - 8 / 7, 10)


# ---- more unknowns than rows


def test_more_features_than_rows_predict_again_and_the_shortest_fit_shortens():
    true = np.full(400, 0.1)
    errors, lengths = {}, {}
    sizes = [*range(1, 41), 50, 100, 400]
    for used in sizes:
        runs = []
        for seed in range(20):
            rng = np.random.default_rng(seed)
            X = rng.standard_normal((40, 400))
            y = X @ true + 0.5 * rng.standard_normal(40)
            w = np.zeros(400)
            w[:used], _ = ols(X[:, :used], y, intercept=False)
            runs.append((np.sum((w - true) ** 2), np.linalg.norm(w)))
        errors[used] = np.median([run[0] for run in runs])
        lengths[used] = np.array([run[1] for run in runs])
    assert max(errors, key=errors.get) == 40
    assert all(errors[400] < errors[used] for used in sizes if used < 40)
    for a, b in pairwise((40, 50, 100, 400)):
        assert (lengths[b] < lengths[a]).all()


def test_gradient_descent_from_zero_finds_the_shortest_weights():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5, 8)), rng.standard_normal(5)
    shortest, _ = ols(X, y, intercept=False)
    for start in (np.zeros(8), np.ones(8)):
        w = start
        for _ in range(3000):
            i = rng.integers(5, size=2)
            w = w + 0.05 * X[i].T @ (y[i] - X[i] @ w)
        close(X @ w, y, 1e-3)
        # What the rows cannot see of the start stays as it was.
        unseen = start - X.T @ np.linalg.solve(X @ X.T, X @ start)
        close(w - shortest, unseen, 1e-3)
    assert np.linalg.norm(w - shortest) > 0.5


# ---- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ols([1.0, 2.0], [1.0, 2.0]), r"X must have 2 axes, got shape \(2,\)"),
        (lambda: ols(FOUR, FOUR), r"y must have 1 axes, got shape \(4, 1\)"),
        (lambda: ols(np.empty((0, 2)), []), r"at least one row, got shape \(0, 2\)"),
        (lambda: ols(FOUR, FOUR_Y[:3]), r"y must have .* X, 4, got shape \(3,\)"),
        (lambda: ols(FOUR * math.nan, FOUR_Y), "X must hold finite numbers .* got nan"),
        (lambda: ols(FOUR, FOUR_Y * math.inf), "y must hold finite numbers"),
        (lambda: ols(FOUR * 1e141, FOUR_Y), "at most 1e[+]140"),
        (lambda: ols(FOUR, [*FOUR_Y, 0]), r"y must have .* X, 4, got shape \(5,\)"),
        (lambda: ols([["a"]], [1]), "X must be an array of numbers, got"),
        (lambda: ols([[1j]], [1]), "X must be an array of numbers, got"),
        (lambda: ols(np.array([[1j]]), [1]), "X must be an array of numbers, got"),
        (lambda: ols([["1"]], [1]), "X must be an array of numbers, got"),
        (lambda: ols([[10**400]], [1]), "X must be an array of numbers, got"),
        (
            lambda: ols(np.array([["1"]], dtype=object), [1]),
            "X must be an array of numbers, got",
        ),
        (
            lambda: ols(FOUR, np.ma.array(FOUR_Y, mask=FOUR_Y > 4)),
            "y must be an array of numbers, got",
        ),
        (lambda: ols([[1, 2], [3]], [1, 2]), "X must be an array of numbers, got"),
        (lambda: leverages(FOUR_Y), "X must have 2 axes"),
        (lambda: loo_residuals(FOUR, FOUR), r"y must have 1 axes, got shape \(4, 1\)"),
    ],
)
def test_bad_arguments_are_refused_with_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()
