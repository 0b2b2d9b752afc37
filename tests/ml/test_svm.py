"""Oracles: scikit-learn, SLSQP on the dual, duality, solutions by hand."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.metrics.pairwise import rbf_kernel as library_rbf
from sklearn.svm import SVC, LinearSVC

from figures.record import record
from snippets.ml.datasets import three_groups
from snippets.ml.svm import (
    decision,
    dual_objective,
    kkt_violation,
    pegasos,
    poly_kernel,
    primal_objective,
    rbf_kernel,
    smo,
)

NAN = math.nan
LINE = np.array([[-2.0], [-1.0], [0.5], [1.0], [2.0]])
SIDES = np.array([-1, -1, -1, 1, 1])
XOR = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
XOR_Y = np.array([-1, 1, 1, -1])
CORNERS = np.array([[3.0, 3.0], [4.0, 3.0], [1.0, 1.0]])
CORNERS_Y = np.array([1, 1, -1])


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def hundred(seed=0):
    """The two groups that overlap, and their labels."""
    groups = three_groups(seed=seed)
    return groups.X[:100], np.where(groups.y[:100] == 0, -1, 1)


def sixty():
    """The points of the figure."""
    X, y = hundred()
    kept = np.r_[0:30, 50:80]
    return X[kept], y[kept]


SIXTY, SIXTY_Y = sixty()
KERNELS = {"linear": SIXTY @ SIXTY.T, "rbf": rbf_kernel(SIXTY, SIXTY, 0.5)}
SETTINGS = [(name, C) for name in KERNELS for C in (0.1, 1.0, 10.0)]


def test_three_points_by_hand():
    K = CORNERS @ CORNERS.T
    alpha, b = smo(K, CORNERS_Y, C=10)
    close(alpha, [0.25, 0, 0.25])
    assert b == pytest.approx(-2, abs=1e-12)
    w = (alpha * CORNERS_Y) @ CORNERS
    close(w, [0.5, 0.5])
    assert 1 / np.linalg.norm(w) == pytest.approx(math.sqrt(2))
    assert dual_objective(alpha, K, CORNERS_Y) == pytest.approx(0.25)
    assert primal_objective(CORNERS, CORNERS_Y, w, b, 10) == pytest.approx(0.25)
    close(decision(alpha, b, CORNERS_Y, K), [1, 1.5, -1])


def test_a_hard_margin_has_multipliers_that_add_up_to_the_squared_norm():
    for X, y in ((CORNERS, CORNERS_Y), (LINE, SIDES)):
        alpha, _ = smo(X @ X.T, y, C=1000)
        w = (alpha * y) @ X
        assert alpha.sum() == pytest.approx(w @ w)


def test_exclusive_or_by_hand():
    alpha, b = smo(poly_kernel(XOR, XOR), XOR_Y, C=10)
    close(alpha, np.full(4, 0.125))
    assert b == pytest.approx(0, abs=1e-12)
    new = np.array([[0.5, 0.5], [2.0, -3.0], [7.0, 0.0]])
    close(decision(alpha, b, XOR_Y, poly_kernel(new, XOR)), [-0.25, 6, 0])
    for a in (0.1, 0.125, 0.2):
        equal = dual_objective(np.full(4, a), poly_kernel(XOR, XOR), XOR_Y)
        assert equal == pytest.approx(4 * a - 16 * a * a)


@pytest.mark.parametrize(
    ("C", "w", "b", "objective"),
    [
        (0.1, 0.35, -0.475, 0.33875),
        (1, 2 / 3, -1 / 3, 17 / 9),
        (8, 4, -3, 8),
        (10, 4, -3, 8),
        (100, 4, -3, 8),
    ],
)
def test_five_points_by_hand(C, w, b, objective):
    K = LINE @ LINE.T
    alpha, intercept = smo(K, SIDES, C)
    slope = (alpha * SIDES) @ LINE
    close([slope[0], intercept], [w, b], 1e-9)
    value = primal_objective(LINE, SIDES, slope, intercept, C)
    assert value == pytest.approx(objective, abs=1e-9)
    assert dual_objective(alpha, K, SIDES) == pytest.approx(objective, abs=1e-9)
    library = SVC(kernel="linear", C=C, tol=1e-9).fit(LINE, SIDES)
    assert library.coef_[0, 0] == pytest.approx(w, abs=1e-6)
    assert library.intercept_[0] == pytest.approx(b, abs=1e-6)


def test_a_price_below_eight_does_not_buy_the_hard_margin():
    alpha, _ = smo(LINE @ LINE.T, SIDES, 7.9)
    assert ((alpha * SIDES) @ LINE)[0] < 3.999


def test_third_and_fourth_point_stand_in_the_street():
    alpha, b = smo(LINE @ LINE.T, SIDES, 1)
    margins = SIDES * decision(alpha, b, SIDES, LINE @ LINE.T)
    close(margins, [5 / 3, 1, 0, 1 / 3, 1], 1e-9)
    close(alpha, [0, 1 / 18, 1, 1, 1 / 18], 1e-9)


def test_an_intercept_from_a_point_at_the_bound_is_wrong():
    alpha, b = smo(LINE @ LINE.T, SIDES, 1)
    w = ((alpha * SIDES) @ LINE)[0]
    assert alpha[2] == 1
    assert SIDES[2] - w * LINE[2, 0] == pytest.approx(-4 / 3)
    assert b == pytest.approx(-1 / 3)


@pytest.mark.parametrize(("name", "C"), SETTINGS)
def test_sixty_points_equal_the_library(name, C):
    K = KERNELS[name]
    alpha, b = smo(K, SIXTY_Y, C, tol=1e-8, max_iter=1_000_000)
    library = SVC(kernel="precomputed", C=C, tol=1e-8).fit(K, SIXTY_Y)
    close(decision(alpha, b, SIXTY_Y, K), library.decision_function(K), 1e-4)
    assert kkt_violation(alpha, b, K, SIXTY_Y, C) < 1e-7
    assert set((alpha > 0).nonzero()[0]) == set(library.support_)


@pytest.mark.parametrize(("name", "C"), SETTINGS)
def test_dual_and_primal_meet(name, C):
    K = KERNELS[name]
    alpha, b = smo(K, SIXTY_Y, C, tol=1e-9, max_iter=1_000_000)
    signed = alpha * SIXTY_Y
    square = signed @ K @ signed
    slack = np.maximum(0, 1 - SIXTY_Y * (K @ signed + b)).sum()
    dual = alpha.sum() - square / 2
    assert square / 2 + C * slack == pytest.approx(dual, rel=1e-7)
    assert dual_objective(alpha, K, SIXTY_Y) == pytest.approx(dual, rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_a_general_solver_finds_no_better_dual(seed):
    rng = np.random.default_rng(seed)
    X, C = rng.standard_normal((8, 2)), [0.3, 3.0][seed % 2]
    y = np.where(rng.permutation(8) < 4, -1, 1)
    K = rbf_kernel(X, X, 0.7)
    Q = K * np.outer(y, y)
    best = minimize(
        lambda a: a @ Q @ a / 2 - a.sum(),
        np.zeros(8),
        jac=lambda a: Q @ a - 1,
        bounds=[(0, C)] * 8,
        constraints={"type": "eq", "fun": lambda a: a @ y, "jac": lambda a: y},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    alpha, _ = smo(K, y, C, tol=1e-10)
    assert dual_objective(alpha, K, y) == pytest.approx(-best.fun, abs=1e-7)
    close(alpha, best.x, 1e-4)


points = st.lists(
    st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=7
)


@settings(max_examples=60, deadline=None)
@given(points, st.randoms(use_true_random=False), st.sampled_from([0.05, 1.0, 20.0]))
def test_duality_proves_each_result_optimal(rows, random, C):
    X = np.array(rows, float)
    y = np.array([random.choice([-1, 1]) for _ in rows])
    y[:2] = 1, -1
    alpha, b = smo(X @ X.T, y, C, tol=1e-9)
    assert (alpha >= 0).all()
    assert (alpha <= C).all()
    assert alpha @ y == pytest.approx(0, abs=1e-9)
    w = (alpha * y) @ X
    primal = w @ w / 2 + C * np.maximum(0, 1 - y * (X @ w + b)).sum()
    assert primal == pytest.approx(alpha.sum() - w @ w / 2, abs=1e-6)
    assert primal_objective(X, y, w, b, C) == pytest.approx(primal)
    assert kkt_violation(alpha, b, X @ X.T, y, C) < 1e-8


def test_an_interval_of_intercepts_gives_its_midpoint():
    X, y = np.array([[-1.0], [1.0]]), np.array([-1, 1])
    alpha, b = smo(X @ X.T, y, 0.1)
    close(alpha, [0.1, 0.1], 0)
    assert b == 0
    values = [primal_objective(X, y, [0.2], c, 0.1) for c in (-0.8, 0, 0.8)]
    close(values, [0.18] * 3)
    for c in (-0.9, 0.9):
        assert primal_objective(X, y, [0.2], c, 0.1) == pytest.approx(0.19)
    shifted = np.array([[1.0], [3.0], [4.0]])
    alpha, b = smo(shifted @ shifted.T, [-1, 1, 1], 0.01)
    # w = 0.02: the point at 3, at its bound, asks for 0.94, that at 4, at 0, for 0.92.
    close(alpha, [0.01, 0.01, 0])
    assert b == pytest.approx(0.93, abs=1e-12)
    alpha, b = smo(shifted @ shifted.T, [1, -1, -1], 0.01)
    close(alpha, [0.01, 0.01, 0])
    assert b == pytest.approx(-0.93, abs=1e-12)
    for sides, middle in (([-1, 1, 1], 0.93), ([1, -1, -1], -0.93)):
        library = SVC(kernel="linear", C=0.01, tol=1e-9).fit(shifted, sides)
        assert library.intercept_[0] == pytest.approx(middle, abs=1e-6)


def test_free_multipliers_determine_the_intercept_by_their_mean():
    alpha, b = smo(KERNELS["rbf"], SIXTY_Y, 1.0, tol=0.05)
    free = (alpha > 0) & (alpha < 1)
    asks = SIXTY_Y - KERNELS["rbf"] @ (alpha * SIXTY_Y)
    assert free.sum() > 2
    assert np.ptp(asks[free]) > 1e-3
    assert b == pytest.approx(asks[free].mean(), abs=1e-12)


def test_a_huge_price_where_nothing_can_overflow():
    assert smo(np.zeros((2, 2)), [1, -1], 1e308)[0].tolist() == [1e308, 1e308]


def test_flat_and_bent_down_matrices_go_to_the_wall():
    # Not positive semidefinite: curvatures 0 and below, of entries below 0.
    for K in (-np.ones((2, 2)), -np.eye(2), np.array([[0.0, 3.0], [3.0, 0.0]])):
        assert smo(K, [1, -1], 2.0)[0].tolist() == [2, 2]


def test_points_infinitely_far_apart_have_a_kernel_of_zero():
    assert rbf_kernel([[1e100]], [[-1e100]], 1e200).tolist() == [[0]]


def test_two_points_need_one_step():
    for gap in (0.5, 3.0):
        X = np.array([[1.0, 1.0], [1.0, 1.0 + gap]])
        alpha, _ = smo(X @ X.T, [-1, 1], C=100)
        close(alpha, [2 / gap**2] * 2)
        w = (alpha * [-1, 1]) @ X
        assert np.linalg.norm(w) == pytest.approx(2 / gap)


def test_hostile_kernels():
    assert [x.tolist() for x in smo(np.ones((2, 2)), [1, -1], 5)[:1]] == [[5.0, 5.0]]
    alpha, b = smo(np.zeros((3, 3)), [1, -1, 1], 1.0)
    assert alpha.tolist() == [1, 1, 0]
    assert b == 1
    rows = np.array([[0.0, 0], [1, 1], [2, 2], [2, 2], [1, 1]])
    y = np.array([-1, 1, 1, 1, -1])  # collinear, twice the same, once with both labels
    alpha, b = smo(rows @ rows.T, y, 1e3)
    assert kkt_violation(alpha, b, rows @ rows.T, y, 1e3) < 1e-6
    assert alpha[1] == 1e3
    assert alpha[4] == 1e3
    same = np.repeat(CORNERS, 2, axis=0)
    alpha, b = smo(same @ same.T, np.repeat(CORNERS_Y, 2), 1e3)
    close((alpha * np.repeat(CORNERS_Y, 2)) @ same, [0.5, 0.5], 1e-9)
    assert b == pytest.approx(-2, abs=1e-9)


def test_duplicates_go_to_the_wall_in_one_step():
    alpha, _ = smo(np.ones((2, 2)), [1, -1], 1e4, max_iter=3)
    assert alpha.tolist() == [1e4, 1e4]


def test_near_points_far_from_zero_are_no_duplicates():
    X = np.array([[1e5], [1e5 + 1]])
    close(smo(X @ X.T, [-1, 1], 100)[0], [2, 2])


def test_small_and_large_units_change_nothing_else():
    for unit in (1e-8, 1e8):
        X = LINE * unit
        alpha, b = smo(X @ X.T, SIDES, 10 / unit**2)
        assert ((alpha * SIDES) @ X)[0] * unit == pytest.approx(4)
        assert b == pytest.approx(-3)


def test_results_are_as_exact_as_promised_after_many_rounds():
    X, y = hundred()
    K = X @ X.T
    alpha, _ = smo(K, y, 1000, tol=1e-9, max_iter=1_000_000)
    F = y - K @ (alpha * y)
    up = np.where(y > 0, alpha < 1000, alpha > 0)
    down = np.where(y > 0, alpha > 0, alpha < 1000)
    assert F[up].max() - F[down].min() <= 1.1e-9


def test_a_slightly_asymmetric_matrix_is_made_symmetric():
    K = CORNERS @ CORNERS.T
    K[0, 1] += 1e-11
    close(smo(K, CORNERS_Y)[0], [0.25, 0, 0.25], 1e-9)
    given = K.copy()
    smo(K, CORNERS_Y)
    assert (given == K).all()


@pytest.mark.parametrize(("C", "seed"), [(0.45, 97), (0.45, 106), (0.45, 254)])
def test_multipliers_at_a_bound_are_the_bound_itself(C, seed):
    # Here a + (C - a), or a - a after steps to and fro, rounds to another number.
    X = np.random.default_rng(seed).integers(-4, 5, (9, 2)).astype(float)
    y = np.where(np.arange(9) < 4, -1, 1)
    alpha, _ = smo(X @ X.T, y, C)
    near = (np.abs(alpha) < 1e-9) | (np.abs(alpha - C) < 1e-9)
    assert near.any()
    assert set(alpha[near]) <= {0.0, C}


def test_of_entries_that_rounding_made_differ_the_mean_counts():
    violation = kkt_violation([1, 1], 0, [[1.0, 4e-10], [0.0, 1.0]], [1, -1], 5)
    assert violation == pytest.approx(2e-10, rel=1e-3)


def test_matrices_that_are_not_symmetric_but_for_rounding_are_refused():
    with pytest.raises(ValueError, match="K must be symmetric"):
        smo([[1.0, 1e-8], [0.0, 1.0]], [1, -1])


def test_a_pair_that_differs_by_the_tolerance_is_left_alone():
    assert smo(np.eye(2), [1, -1], tol=2)[0].tolist() == [0, 0]
    assert smo(np.eye(2), [1, -1], tol=1.999)[0].tolist() == [1, 1]


def test_kkt_violations_by_hand():
    K = np.eye(2)
    y = np.array([1, -1])
    # f = (a, -c) + b: margins a + b and c - b
    assert kkt_violation([1, 1], 0, K, y, 5) == 0
    assert kkt_violation([0, 0], 0, K, y, 5) == 1  # both margins are 0
    assert kkt_violation([0, 0], 0.25, K, y, 5) == 1.25
    assert kkt_violation([5, 5], 0, K, y, 5) == 4  # at C with margins of 5
    assert kkt_violation([0.75, 0.75], 0, K, y, 0.75) == 0  # at C, inside the street
    assert kkt_violation([0.75, 0.75], 0, K, y, 0.7) == pytest.approx(0.05)
    assert kkt_violation([-3, -3], 0, np.zeros((2, 2)), y, 5) == 3
    assert kkt_violation([0, 3], 0, np.zeros((2, 2)), y, 5) == 3  # sum alpha y
    assert kkt_violation([2, 2], 0, K, y, 5) == 1  # strictly inside, margins 2
    assert kkt_violation([0.5, 0.5], 0, 4 * K, y, 5) == 1  # the same
    assert kkt_violation([0, 0], 3, np.zeros((2, 2)), y, 5) == 4
    assert kkt_violation([0, 0], 0, -np.ones((2, 2)), y, 5) == 1  # no kernel, but read


def test_objectives_by_hand():
    X, y = np.array([[1.0, 2.0], [0.0, -1.0]]), [1, -1]
    # f = (1, 2) . x - 0.5: 4.5 and -2.5
    assert primal_objective(X, y, [1, 2], -0.5, 3) == 2.5
    # f = (0, 0.25) . x: 0.5 and -0.25: slacks 0.5 and 0.75
    assert primal_objective(X, y, [0, 0.25], 0, 2) == 0.03125 + 2.5
    K = [[2.0, 1.0], [1.0, 3.0]]
    assert dual_objective([1, 2], K, [1, -1]) == 3 - (2 + 12 - 4) / 2
    close(decision([1, 2], 0.5, [1, -1], [[1, 1], [0, 4], [2, 0]]), [-0.5, -7.5, 2.5])


def test_kernels_equal_the_library():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    close(rbf_kernel(A, B, 0.7), library_rbf(A, B, gamma=0.7))
    for degree, start in ((1, 0.0), (2, 1.0), (3, 0.5), (3, -2.0)):
        want = polynomial_kernel(A, B, degree=degree, gamma=1, coef0=start)
        close(poly_kernel(A, B, degree, start), want, 1e-10)
    close(poly_kernel([[2.0, 1.0]], [[3.0, -1.0]]), [[36]])
    close(rbf_kernel([[2.0, 1.0]], [[3.0, -1.0]], 0.2), [[math.exp(-1)]])


def test_the_quadratic_kernel_has_six_features():
    def features(x):
        a, c = x.T
        root = math.sqrt(2)
        return np.stack([a**0, root * a, root * c, a * a, c * c, root * a * c], 1)

    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 2)), rng.standard_normal((4, 2))
    close(poly_kernel(A, B), features(A) @ features(B).T)


def test_an_rbf_kernel_keeps_its_digits_far_from_zero():
    far = LINE + 1e8
    close(rbf_kernel(far, far, 0.5), rbf_kernel(LINE, LINE, 0.5), 0)
    close(np.diag(rbf_kernel(far, far, 1e6)), np.ones(5), 0)


def test_a_linear_kernel_far_from_zero_loses_the_slope_in_silence():
    far = LINE + 1e8
    K = far @ far.T
    alpha, b = smo(K, SIDES, 1.0)
    assert ((alpha * SIDES) @ far)[0] == pytest.approx(0.5, abs=1e-6)
    assert kkt_violation(alpha, b, K, SIDES, 1.0) < 1e-6
    centred = far - far.mean(0)
    alpha, _ = smo(centred @ centred.T, SIDES, 1.0)
    assert ((alpha * SIDES) @ centred)[0] == pytest.approx(2 / 3, abs=1e-6)


def test_a_large_gamma_learns_by_heart():
    X, y = hundred()
    K = rbf_kernel(X, X, 1e4)
    alpha, b = smo(K, y)
    assert ((decision(alpha, b, y, K) > 0) == (y > 0)).all()
    assert (alpha > 0).all()
    far = decision(alpha, b, y, rbf_kernel([[50.0, 50.0]], X, 1e4))
    assert far[0] == b
    # Elsewhere: the sign of b, but for new points that lie on old ones.
    new, _ = hundred(1)
    f = decision(alpha, b, y, rbf_kernel(new, X, 1e4))
    assert np.median(np.abs(f - b)) < 1e-6


@pytest.mark.parametrize(("C", "wrong"), [(0.5, 10), (1.0, 0)])
def test_learning_by_heart_takes_a_price_of_one(C, wrong):
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = np.where(np.arange(50) < 40, 1, -1)  # the rarer class is outvoted by b
    K = rbf_kernel(X, X, 1e6)
    alpha, b = smo(K, y, C)
    assert ((decision(alpha, b, y, K) > 0) != (y > 0)).sum() == wrong
    assert (alpha > 0).all()


def test_a_small_gamma_with_a_large_price_is_a_linear_machine():
    X, y = hundred()
    alpha, b = smo(X @ X.T, y, 1.0)
    line = decision(alpha, b, y, X @ X.T)
    apart = []
    for gamma in (1e-3, 1e-4):
        K = rbf_kernel(X, X, gamma)
        alpha, b = smo(K, y, 1 / (2 * gamma), tol=1e-5)
        apart.append(np.abs(decision(alpha, b, y, K) - line).max())
    assert apart[1] < 0.1
    assert apart[1] < apart[0] / 3


def test_scale_of_the_library():
    X, y = hundred()
    gamma = 1 / (2 * X.var())
    assert gamma == pytest.approx(0.2434, abs=5e-5)
    library = SVC(gamma="scale", tol=1e-8).fit(X, y)
    K = rbf_kernel(X, X, gamma)
    alpha, b = smo(K, y, tol=1e-8)
    close(decision(alpha, b, y, K), library.decision_function(X), 1e-5)


@pytest.mark.parametrize(("unit", "wrong"), [(1, 5), (1000, 25)])
def test_a_feature_in_another_unit_decides_alone(unit, wrong):
    X, y = hundred()
    X = X * [1, unit]
    K = rbf_kernel(X, X, 1 / (2 * X.var()))
    alpha, b = smo(K, y)
    assert ((decision(alpha, b, y, K) > 0) != (y > 0)).sum() == wrong


def test_leaving_one_out_errs_at_most_on_the_support_vectors():
    found = []
    for name, C in SETTINGS:
        K = KERNELS[name]
        alpha, _ = smo(K, SIXTY_Y, C)
        assert ((alpha > 0) & (alpha < C)).any()
        errors = []
        for i in range(60):
            rest = np.arange(60) != i
            machine = SVC(kernel="precomputed", C=C, tol=1e-6)
            machine.fit(K[np.ix_(rest, rest)], SIXTY_Y[rest])
            if machine.predict(K[i : i + 1, rest])[0] != SIXTY_Y[i]:
                errors.append(i)
        assert (alpha[errors] > 0).all()
        found.append((len(errors), int((alpha > 0).sum())))
    errors, supports = np.array(found).T
    close([errors.min() / 60, errors.max() / 60], [0.067, 0.1], 5e-4)
    close([supports.min() / 60, supports.max() / 60], [0.167, 0.8], 5e-4)


def test_counts_of_the_figure():
    for C, all_, bound in ((0.1, 20, 17), (10.0, 10, 7)):
        alpha, _ = smo(KERNELS["linear"], SIXTY_Y, C)
        assert ((alpha > 0).sum(), (alpha == C).sum()) == (all_, bound)


@pytest.mark.parametrize(("C", "pairs"), [(0.1, 30), (1.0, 600), (100.0, 2800)])
def test_how_many_pairs_it_takes(C, pairs):
    X, y = hundred()
    X = X - X.mean(0)
    _, seen = record(lambda: smo(X @ X.T, y, C, 1e-3), smo, ["curvature ="], "i")
    assert len(seen) == pytest.approx(pairs, rel=0.15)


def test_what_three_losses_estimate():
    losses: dict[str, Callable[[float], float]] = {
        "hinge": lambda m: max(0.0, 1 - m),
        "logistic": lambda m: math.log1p(math.exp(-m)),
        "squared": lambda m: max(0.0, 1 - m) ** 2,
    }
    for p, want in ((0.7, (1, 0.8473, 0.4)), (0.9, (1, 2.1972, 0.8))):
        for loss, f in zip(losses.values(), want, strict=True):
            best = minimize_scalar(
                lambda z, p=p, loss=loss: p * loss(z) + (1 - p) * loss(-z),
                bounds=(-5, 5),
                options={"xatol": 1e-9},
                method="bounded",
            )
            assert best.x == pytest.approx(f, abs=5e-5)


def test_the_library_moved_platt_scaling_out_of_the_machine():
    with pytest.warns(FutureWarning, match="CalibratedClassifierCV"):
        SVC(probability=True).fit(SIXTY, SIXTY_Y)
    machine = CalibratedClassifierCV(SVC(), ensemble=False).fit(SIXTY, SIXTY_Y)
    chances = machine.predict_proba(SIXTY)
    close(chances.sum(1), np.ones(60))
    # One sigmoid of f, so in the order of f.
    order = np.argsort(SVC().fit(SIXTY, SIXTY_Y).decision_function(SIXTY))
    assert (np.diff(chances[order, 1]) >= 0).all()


def test_the_four_points_of_logistic_regression():
    X = np.array([[1.0, 1.0], [4.0, 0.0], [-1.0, -1.0], [0.0, -3.0]])
    y = np.array([1, 1, -1, -1])
    alpha, b = smo(X @ X.T, y, 100)
    close((alpha * y) @ X, [0.5, 0.5])
    assert b == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("intercept", [False, True])
def test_descent_goes_to_the_hard_margin_of_what_it_learns(intercept):
    # A learned intercept is one more weight there; the SVM leaves it free.
    X, y = np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([1, -1])
    A, w = np.column_stack([X, np.full(2, float(intercept))]), np.zeros(3)
    for _ in range(100_000):
        w += 0.5 * (y / (1 + np.exp(y * (A @ w)))) @ A
    widest = minimize(
        lambda v: v @ v / 2,
        np.ones(3),
        jac=lambda v: v,
        constraints={"type": "ineq", "fun": lambda v: y * (A @ v) - 1},
        method="SLSQP",
    ).x
    ends = w[:2] / np.linalg.norm(w[:2])
    close(ends, widest[:2] / np.linalg.norm(widest[:2]), 0.08)
    alpha, _ = smo(X @ X.T, y, 1000)
    hard = (alpha * y) @ X
    assert ends @ hard / np.linalg.norm(hard) < 0.9


def test_appending_a_one_is_another_problem():
    plain = LinearSVC(loss="hinge", C=1, tol=1e-10, max_iter=10**6).fit(LINE, SIDES)
    close([plain.coef_[0, 0], plain.intercept_[0]], [0.75, -0.25], 1e-6)
    alpha, b = smo(LINE @ LINE.T, SIDES, 1)
    close([((alpha * SIDES) @ LINE)[0], b], [2 / 3, -1 / 3], 1e-9)


def test_a_hyperbolic_tangent_is_no_kernel():
    assert math.tanh(-1) == pytest.approx(-0.7616, abs=5e-5)
    X, _ = hundred()
    assert np.linalg.eigvalsh(np.tanh(X @ X.T - 1)).min() < -1


def with_ones():
    X, y = hundred()
    return np.column_stack([X - X.mean(0), np.ones(100)]), y


def iterates(A, y, lam, steps, seed):
    """Weights after each step of Pegasos, number by number."""
    rng, w, kept = np.random.default_rng(seed), [0.0] * len(A[0]), []
    for k in range(1, steps + 1):
        i = rng.integers(len(A))
        rate = 1 / (lam * k)
        margin = y[i] * sum(a * c for a, c in zip(A[i], w, strict=True))
        w = [(1 - rate * lam) * c for c in w]
        if margin < 1:
            w = [c + rate * y[i] * a for a, c in zip(A[i], w, strict=True)]
        kept.append(w)
    return np.array(kept)


def test_pegasos_comes_near_the_optimum():
    A, y = with_ones()

    def objective(w):
        return 0.005 * w @ w + np.maximum(0, 1 - y * (A @ w)).mean()

    # 1 / (n lam) = 1
    machine = LinearSVC(
        loss="hinge", C=1, fit_intercept=False, tol=1e-9, max_iter=10**6
    )
    best = objective(machine.fit(A, y).coef_[0])
    assert best == pytest.approx(0.1403, abs=5e-5)
    excess = [objective(pegasos(A, y, 0.01, 10_000, seed)) - best for seed in range(8)]
    close([min(excess), max(excess)], [0.0002, 0.0011], 5e-5)
    assert excess[0] == objective(pegasos(A, y, 0.01)) - best  # the default
    last = [objective(iterates(A, y, 0.01, 10_000, seed)[-1]) for seed in range(8)]
    assert np.ptp(last) > 1.5 * np.ptp(excess)
    assert objective(pegasos(A, y, 0.01, 1000)) - best < 0.02


@pytest.mark.parametrize("steps", [1, 2, 3, 50])
def test_pegasos_step_by_step(steps):
    A, y = with_ones()
    want = np.mean(iterates(A, y, 0.25, steps, 7)[steps // 2 :], axis=0)
    close(pegasos(A, y, 0.25, steps, seed=7), want, 1e-10)


def test_pegasos_with_one_class():
    w = pegasos([[2.0], [2.0]], [1, 1], lam=1, steps=20_000)
    assert w[0] == pytest.approx(0.5, abs=0.01)  # the margin 1: 2 w = 1
    # A margin of exactly 1 costs nothing: w is 1, then halved, then moved on.
    assert pegasos([[1.0]], [1], 1.0, 1)[0] == 1
    assert pegasos([[1.0]], [1], 1.0, 2)[0] == 0.5


MATRIX = [[1.0, 0.0], [0.0, 1.0]]
BAD = [
    (lambda: smo(MATRIX, [0, 1]), "y must be -1 or 1, got"),
    (lambda: smo(MATRIX, [1, 1]), "y must have both labels, got only 1"),
    (lambda: smo(MATRIX, [-1, -1]), "y must have both labels, got only -1"),
    (lambda: smo([[1.0, 0.0]], [1, -1]), r"K must have shape \(2, 2\), got \(1, 2\)"),
    (lambda: smo(MATRIX, [1, -1, 1]), r"K must have shape \(3, 3\)"),
    (lambda: smo([[1.0, 0.5], [0.0, 1.0]], [1, -1]), "K must be symmetric"),
    (lambda: smo([[1.0, NAN], [NAN, 1.0]], [1, -1]), "K must be finite"),
    (lambda: smo(MATRIX, [1, -1], 0), "C must be finite and > 0, got 0"),
    (lambda: smo(MATRIX, [1, -1], math.inf), "C must be a finite number, got inf"),
    (lambda: smo(MATRIX, [1, -1], True), "C must be a finite number, got True"),
    (lambda: smo(MATRIX, [1, -1], "1"), "C must be a finite number, got '1'"),
    (lambda: smo(MATRIX, [1, -1], tol=0), "tol must be finite and > 0, got 0"),
    (lambda: smo(MATRIX, [1, -1], max_iter=0), "max_iter must be an integer >= 1"),
    (lambda: smo(MATRIX, [1, -1], max_iter=True), "max_iter must be an integer >= 1"),
    (lambda: smo(MATRIX, [1, -1], max_iter=2), "max_iter must be enough to converge"),
    (lambda: smo(np.array([]), []), "y must have 1 axes and not be empty"),
    (lambda: rbf_kernel([[1.0]], [[1.0]], 0), "gamma must be finite and > 0"),
    (lambda: rbf_kernel([[1.0]], [[1.0, 2.0]], 1), "A and B must have equally many"),
    (lambda: rbf_kernel([1.0], [[1.0]], 1), "A must have 2 axes"),
    (lambda: rbf_kernel([[-1e150]], [[1.0]], 1), "A must be finite"),
    (lambda: rbf_kernel([["a"]], [[1.0]], 1), "A must be an array of numbers"),
    (lambda: rbf_kernel([[1j]], [[1.0]], 1), "A must be an array of numbers"),
    (lambda: poly_kernel([[1.0]], [[1.0]], 0), "degree must be an integer >= 1"),
    (lambda: poly_kernel([[1e100]], [[1.0]], 9), "degree must leave the powers finite"),
    (lambda: poly_kernel([[1.0]], [[1.0]], 2, NAN), "coef0 must be a finite number"),
    (lambda: decision([1.0], 0, [1, -1], MATRIX), r"alpha must have shape \(2,\)"),
    (lambda: decision([1.0, 1.0], NAN, [1, -1], MATRIX), "b must be a finite number"),
    (lambda: primal_objective(MATRIX, [1, -1], [1.0], 0, 1), r"w must have shape"),
    (lambda: primal_objective(MATRIX, [1, -1], [1.0, 1], 0, -1), "C must be finite"),
    (lambda: dual_objective([1.0, 1.0], [[1.0]], [1, -1]), "K must have shape"),
    (lambda: kkt_violation([1.0, 1], 0, MATRIX, [1, -1], 0), "C must be finite"),
    (lambda: smo(MATRIX, [1, -1], 10**400), "C must be a finite number, got 1000"),
    (lambda: smo([[1e140] * 2] * 2, [1, -1], 5e167), "C must leave the result finite"),
    (lambda: smo(MATRIX, ["1", "-1"]), "y must be an array of numbers"),
    (lambda: poly_kernel([[1.0]], [[1.0]], 10**400), "degree must be a finite number"),
    (
        lambda: dual_objective([1e140] * 2, [[1e140] * 2] * 2, [1, 1]),
        "alpha must leave the result finite",
    ),
    (
        lambda: dual_objective([1e140] * 32, np.diag([1e140, -1e140] * 16), [1] * 32),
        "alpha must leave the result finite",
    ),
    (
        lambda: primal_objective(MATRIX, [1, -1], [9.0, 9.0], 1e308, 9.0),
        "C and b must leave the result finite, it is inf",
    ),
    (lambda: pegasos(MATRIX, [1, -1], 0), "lam must be finite and > 0, got 0"),
    (lambda: pegasos(MATRIX, [1, 0], 1), "y must be -1 or 1"),
    (lambda: pegasos(MATRIX, [1, -1], 1, 0), "steps must be an integer >= 1"),
    (lambda: pegasos(MATRIX, [1, -1], 1, 5, -1), "seed must be an integer >= 0"),
    (lambda: pegasos([[1e149]], [1], 1e-300, 3), "lam must leave the weights finite"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_three_rounds_are_enough_for_two_points():
    close(smo(MATRIX, [1, -1], max_iter=3)[0], [1, 1])


def test_numbers_are_python_s_and_fractions_are_taken():
    alpha, b = smo(MATRIX, [1, -1], Fraction(3, 4))
    close(alpha, [0.75, 0.75], 0)
    half = rbf_kernel([[0.0]], [[2.0]], Fraction(1, 2))
    close(half, [[math.exp(-2)]])
    numbers = (
        b,
        kkt_violation(alpha, b, MATRIX, [1, -1], 1.0),
        dual_objective(alpha, MATRIX, [1, -1]),
        primal_objective(MATRIX, [1, -1], [1.0, 1.0], b, 1.0),
    )
    assert [type(number) for number in numbers] == [float] * 4


def test_integers_and_other_floats_are_numbers():
    one = smo(np.array(MATRIX, np.float16), np.array([1, -1], np.int8), np.float32(2))
    two = smo(MATRIX, [1.0, -1.0], 2.0)
    close(one[0], two[0], 0)
    assert one[1] == two[1]
    assert one[0].dtype == np.float64
