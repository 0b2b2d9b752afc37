"""Oracles: scikit-learn, scipy, linear programs, autograd, closed forms."""

import math
from contextlib import nullcontext
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from snippets.ml.datasets import three_groups
from snippets.ml.logistic_and_softmax_regression import (
    binary,
    descent_path,
    fit_logistic,
    fit_softmax,
    irls_path,
    log_softmax,
    logistic_loss,
    multiclass,
    prior_shift,
    sigmoid,
)
from snippets.ml.logistic_and_softmax_regression.design import design
from snippets.ml.logistic_and_softmax_regression.multiclass import _sum_zero
from snippets.ml.logistic_and_softmax_regression.newton import (
    least_squares_step,
    minimise,
    recedes,
)

NAN = math.nan
HOURS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5]
HOURS += [2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
X = np.array(HOURS)[:, None]
Y = np.array([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1])
SLOPE, INTERCEPT = 1.5046454, -4.0777134
X3 = np.array([0, 1, 2, 3, 4, 5, 1.5, 3.5])[:, None]
Y3 = np.array([0, 0, 1, 1, 2, 2, 1, 2])
APART = np.array([[1.0, 1.0], [4.0, 0.0], [-1.0, -1.0], [0.0, -3.0]])
SIDES = np.array([1, 1, 0, 0])
QUASI, QUASI_Y = np.array([[0.0], [1.0], [1.0], [2.0]]), np.array([0, 0, 1, 1])
SEPARATED = (
    "X must leave the classes overlapping where lam = 0, got classes that a plane"
)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def noisy(seed=0, n=60, d=3, classes=2):
    """Overlapping classes: logits of the features, and a fair share of noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    Z = X @ rng.standard_normal((d, classes)) + rng.gumbel(size=(n, classes))
    return X, Z.argmax(1)


def cross_entropy(X, y, W, b, lam):
    Z = X @ W + b
    rows = logsumexp(Z, axis=1) - Z[np.arange(len(y)), y]
    return rows.mean() + lam / 2 * (W**2).sum()


# The students: numbers that stand on the page


def test_the_students():
    w, b = fit_logistic(X, Y)
    close([w[0], b], [SLOPE, INTERCEPT], 1e-6)
    assert (type(b), type(irls_path(X, Y)[1][1])) == (float, float)
    assert type(logistic_loss(X, Y, w, b)) is float
    assert logistic_loss(X, Y, w, b) == pytest.approx(0.401494, abs=5e-7)
    p = sigmoid(X @ w + b)
    assert p.sum() == pytest.approx(10, abs=1e-9)
    close(sigmoid(np.array([2.0, 4.0]) * w[0] + b), [0.2557, 0.8744], 5e-5)
    assert math.exp(w[0]) == pytest.approx(4.5026, abs=5e-5)
    assert -b / w[0] == pytest.approx(2.7101, abs=5e-5)


@pytest.mark.parametrize(
    ("lam", "slope", "intercept"),
    [(0.05, 1.148604, -3.139525), (0.1, 0.972837, -2.670692), (1, 0.332979, -0.92611)],
)
def test_the_students_under_a_penalty(lam, slope, intercept):
    w, b = fit_logistic(X, Y, lam)
    close([w[0], b], [slope, intercept], 1e-6)
    C = 1 / (len(Y) * lam)
    library = LogisticRegression(C=C, tol=1e-10).fit(X, Y)
    close([w[0], b], [library.coef_[0, 0], library.intercept_[0]], 1e-5)


def test_the_library_penalises_by_default_as_lam_one_over_the_rows():
    default = LogisticRegression(tol=1e-10).fit(X, Y)
    assert default.coef_[0, 0] == pytest.approx(1.1486, abs=5e-5)
    free = LogisticRegression(C=np.inf, tol=1e-10).fit(X, Y)
    assert free.coef_[0, 0] == pytest.approx(1.5046, abs=5e-5)


def test_undamped_steps_from_zero():
    path = irls_path(X, Y, steps=5)
    assert len(path) == 6
    losses = [0.693147, 0.428014, 0.403398, 0.401513, 0.401494, 0.401494]
    close([loss for _, _, loss in path], losses, 5e-7)
    w, b, _ = path[1]
    close([w[0], b], [0.938382, -2.615741], 5e-7)
    assert len(irls_path(X, Y)) == 9
    [(w, b, loss)] = irls_path(X, Y, steps=0)
    assert (w.tolist(), b, loss) == ([0.0], 0.0, pytest.approx(math.log(2)))


def test_steps_that_leave_float64_are_refused():
    for steps in (100, 600):
        assert irls_path(APART, SIDES, steps=steps)[-1][2] < 1e-40
    with pytest.raises(ValueError, match="steps must end before the weights overflow"):
        irls_path(APART, SIDES, steps=1200)


def test_the_first_step_is_four_times_a_least_squares_line():
    slope, start = np.polyfit(X[:, 0], Y - 0.5, 1)
    w, b, _ = irls_path(X, Y)[1]
    close([w[0], b], [4 * slope, 4 * start])
    line = np.polyfit(X[:, 0], Y, 1)
    close(line, [0.2346, -0.1539], 5e-5)


def test_each_step_is_the_weighted_fit_of_a_working_response():
    X, y = noisy(3)
    path = irls_path(X, y, steps=4)
    for (w, b, _), (after, intercept, _) in pairwise(path):
        z = X @ w + b
        s = expit(z) * (1 - expit(z))
        root = np.sqrt(s)
        A = np.column_stack([X, np.ones(len(X))]) * root[:, None]
        answer = np.linalg.lstsq(A, root * (z + (y - expit(z)) / s), rcond=None)[0]
        close(np.append(after, intercept), answer, 1e-9)


def test_penalised_steps_reach_the_penalised_minimum():
    w, b, loss = irls_path(X, Y, lam=0.1, steps=8)[-1]
    close([w[0], b], [0.972837, -2.670692], 1e-6)
    assert loss == logistic_loss(X, Y, w, b, 0.1)


def test_one_far_student_bends_the_line_and_leaves_the_curve():
    more, y = np.append(X[:, 0], 20.0), np.append(Y, 1)
    w, b = fit_logistic(more[:, None], y)
    close([w[0], b], [SLOPE, INTERCEPT], 1e-6)
    before, after = np.polyfit(X[:, 0], Y, 1), np.polyfit(more, y, 1)
    assert (0.5 - before[1]) / before[0] == pytest.approx(2.79, abs=0.005)
    assert (0.5 - after[1]) / after[0] == pytest.approx(3.18, abs=0.005)


def test_from_a_bad_start_newton_runs_away_and_halved_steps_arrive():
    A = np.column_stack([X, np.ones(20)])
    bad = np.array([3.0, 0.0])
    calls = []

    def of(a):
        calls.append(a)
        z = A @ (a + bad)
        p = expit(z)
        H = (A.T * (p * (1 - p))) @ A / 20
        return float((np.logaddexp(0, z) - Y * z).mean()), A.T @ (p - Y) / 20, H

    a = bad.copy()
    slopes = []
    for _ in range(2):
        _, gradient, H = of(a - bad)
        a = a - np.linalg.solve(H, gradient)
        slopes.append(a[0])
    assert slopes[0] == pytest.approx(-220, abs=1)
    assert abs(slopes[1]) > 1e17
    calls.clear()
    sign = 2.0 * Y - 1
    found = bad + minimise(of, sign[:, None] * A, 2, 1e-10, 100, True)
    close(found, [SLOPE, INTERCEPT], 1e-6)
    assert 10 < len(calls) < 60


def test_a_rise_that_is_rounding_shortens_no_step():
    def of(a):  # so flat that the loss does not show it, but for noise
        return 1.0 + 3e-15 * bool(a[0]), 1e-17 * (a - 1), np.array([[1e-17]])

    close(minimise(of, np.ones((1, 1)), 1, 1e-10, 3, True), [1])

    seen = []

    def wall(a):  # a rise that is none of rounding: the step is shortened
        seen.append(float(a[0]))
        return 1.0 + 1e-12 * bool(a[0] > 0.75), a - 1, np.eye(1)

    with pytest.raises(ValueError, match="max_iter must be enough to converge"):
        minimise(wall, np.ones((1, 1)), 1, 1e-10, 2, True)
    assert seen == [0, 1, 0.5, 1, 0.75]


def test_a_step_counts_whichever_way_it_moves_the_margins():
    def of(a):  # a curvature twice too large: each step goes half of the way
        return float((a[0] + 1) ** 2 / 2), a + 1, np.array([[2.0]])

    close(minimise(of, np.ones((1, 1)), 1, 1e-10, 100, True), [-1], 1e-9)


# Likelihood, gradient, Hessian


def test_the_loss_is_minus_the_log_likelihood_a_row():
    w, b = np.array([1.5]), -4.0
    likelihood = 1.0
    for x, y in zip(X[:, 0], Y):
        p = 1 / (1 + math.exp(-(1.5 * x - 4)))
        likelihood *= p if y else 1 - p
    assert logistic_loss(X, Y, w, b) == pytest.approx(-math.log(likelihood) / 20)
    penalised = logistic_loss(X, Y, w, b, 0.3)
    assert penalised - logistic_loss(X, Y, w, b) == pytest.approx(0.15 * 1.5**2)


@pytest.mark.parametrize("lam", [0.0, 0.3])
def test_gradient_and_hessian_are_those_of_autograd(lam):
    X, y = noisy(5)
    a = torch.tensor([0.3, -0.7, 0.2, 0.4], dtype=torch.float64)
    A = np.column_stack([X, np.ones(len(X))])

    def loss(a):
        z = torch.from_numpy(A) @ a
        rows = torch.nn.functional.binary_cross_entropy_with_logits(
            z, torch.from_numpy(y.astype(float))
        )
        return rows + lam / 2 * (a[:-1] ** 2).sum()

    gradient = torch.autograd.functional.jacobian(loss, a).numpy()
    H = torch.autograd.functional.hessian(loss, a).numpy()
    p = expit(A @ a.numpy())
    penalty = np.diag([lam, lam, lam, 0.0])
    close(gradient, A.T @ (p - y) / len(y) + penalty @ a.numpy())
    close(H, (A.T * (p * (1 - p))) @ A / len(y) + penalty)


@pytest.mark.parametrize("lam", [0.0, 0.3])
@pytest.mark.parametrize(("module", "classes"), [(binary, 2), (multiclass, 3)])
def test_what_the_fits_descend_is_the_loss_with_its_derivatives(
    monkeypatch, module, classes, lam
):
    X, y = noisy(4, n=30, d=2, classes=classes)
    seen = []

    def look(of, margins, size, tol, max_iter, penalised):
        a = np.linspace(-0.6, 0.9, size)
        seen.append((a, of, penalised))
        return a

    monkeypatch.setattr(module, "minimise", look)
    if classes == 2:
        w, b = fit_logistic(X, y, lam)
        loss = logistic_loss(X, y, w, b, lam)
    else:
        W, b = fit_softmax(X, y, 3, lam)
        loss = cross_entropy(X, y, W, b, lam)
    [(a, of, penalised)] = seen
    assert penalised == (lam > 0)
    found, gradient, H = of(a)
    assert found == pytest.approx(loss, abs=1e-12)
    for i, unit in enumerate(1e-5 * np.eye(len(a))):
        (up, slope_up, _), (down, slope_down, _) = of(a + unit), of(a - unit)
        assert gradient[i] == pytest.approx((up - down) / 2e-5, abs=1e-9)
        close(H[i], (slope_up - slope_down) / 2e-5, 1e-8)


def test_the_slopes_of_softmax_cross_entropy():
    z = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64)
    label = torch.tensor(1)
    loss = torch.nn.functional.cross_entropy
    slope = torch.autograd.functional.jacobian(lambda z: loss(z, label), z).numpy()
    p = np.exp(log_softmax(z.numpy()))
    close(slope, p - np.eye(3)[1])
    jacobian = torch.autograd.functional.jacobian(lambda z: z.softmax(0), z).numpy()
    close(jacobian, np.diag(p) - np.outer(p, p))


def test_the_fit_adds_up_to_the_labels_and_along_each_feature():
    X, y = noisy(1)
    w, b = fit_logistic(X, y)
    residual = expit(X @ w + b) - y
    close(residual.sum(), 0, 1e-10)
    close(X.T @ residual, 0, 1e-10)
    w, b = fit_logistic(X, y, 0.7)  # the intercept is free under a penalty too
    close((expit(X @ w + b) - y).sum(), 0, 1e-10)


def test_one_binary_feature_is_a_two_by_two_table():
    x = np.repeat([0.0, 0.0, 1.0, 1.0], [45, 5, 30, 20])[:, None]
    y = np.repeat([0, 1, 0, 1], [45, 5, 30, 20])
    w, b = fit_logistic(x, y)
    close([w[0], b], [math.log(6), -math.log(9)], 1e-10)


def test_squared_error_of_the_sigmoid_dies_and_is_not_convex():
    def loss(z):
        return 0.5 * (expit(z) - 1) ** 2

    p = float(expit(-20))
    assert (p - 1) * p * (1 - p) == pytest.approx(-2.06e-9, rel=0.01)
    assert p - 1 == pytest.approx(-1, abs=1e-8)
    middle, ends = loss(-4.0), (loss(-8.0) + loss(0.0)) / 2
    assert middle > ends


def test_labels_of_minus_one_leave_the_loss_without_a_bound():
    signs = 2 * Y - 1

    def loss(w, b):
        z = w * X[:, 0] + b
        return (np.logaddexp(0, z) - signs * z).mean()

    w = 1e3
    assert loss(w, -3 * w) < -100
    assert loss(10 * w, -30 * w) < -1000
    right = np.logaddexp(0, -signs * (SLOPE * X[:, 0] + INTERCEPT)).mean()
    assert right == pytest.approx(0.401494, abs=5e-7)


# Against minimisers


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lam", [0.0, 0.03, 2.0])
def test_logistic_is_what_scipy_and_the_library_find(seed, lam):
    X, y = noisy(seed)
    w, b = fit_logistic(X, y, lam)

    def loss(a):
        z = X @ a[:-1] + a[-1]
        return (np.logaddexp(0, z) - y * z).mean() + lam / 2 * a[:-1] @ a[:-1]

    found = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    close(np.append(w, b), found.x, 2e-6)
    assert logistic_loss(X, y, w, b, lam) <= found.fun + 1e-12
    C = 1 / (len(y) * lam) if lam else np.inf
    library = LogisticRegression(C=C, tol=1e-10, max_iter=1000).fit(X, y)
    close(np.append(w, b), np.append(library.coef_, library.intercept_), 1e-4)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lam", [0.0, 0.05])
def test_softmax_is_what_scipy_and_the_library_find(seed, lam):
    X, y = noisy(seed, n=120, d=2, classes=4)
    W, b = fit_softmax(X, y, 4, lam)
    close(W.sum(1), 0, 1e-12)
    close(b.sum(), 0, 1e-12)

    def loss(a):
        return cross_entropy(X, y, a[:8].reshape(2, 4), a[8:], lam)

    found = minimize(loss, np.zeros(12), method="BFGS", options={"gtol": 1e-9})
    assert cross_entropy(X, y, W, b, lam) <= found.fun + 1e-12
    C = 1 / (len(y) * lam) if lam else np.inf
    library = LogisticRegression(C=C, tol=1e-10, max_iter=2000).fit(X, y)
    ours = np.exp(log_softmax(X @ W + b))
    close(ours, library.predict_proba(X), 1e-5)
    if lam:
        close(W, library.coef_.T, 1e-5)


def test_three_classes_on_a_line():
    W, b = fit_softmax(X3, Y3, 3, 0.1)
    close(W, [[-1.129285, -0.064997, 1.194282]], 1e-6)
    close(b, [2.090837, 0.889910, -2.980747], 1e-6)
    assert cross_entropy(X3, Y3, W, b, 0.1) == pytest.approx(0.585352, abs=5e-7)


def test_a_penalty_of_sixteen_bits_is_a_number():
    half = np.float16(0.25)
    close(fit_logistic(X, Y, half)[0], fit_logistic(X, Y, 0.25)[0], 0)


def test_two_classes_are_logistic_regression_at_half_the_penalty():
    W, b = fit_softmax(X, Y, 2, 0.1)
    close(W, [[-0.574302, 0.574302]], 1e-6)
    w, intercept = fit_logistic(X, Y, 0.05)
    close([W[0, 1] - W[0, 0], b[1] - b[0]], [w[0], intercept], 1e-8)
    close([w[0], intercept], [1.148604, -3.139525], 1e-6)
    W, b = fit_softmax(X, Y, 2)
    close([W[0, 1] - W[0, 0], b[1] - b[0]], [SLOPE, INTERCEPT], 1e-6)


def test_the_penalty_fixes_what_the_probabilities_leave_open():
    W, b = fit_softmax(X3, Y3, 3, 0.1)
    shifted = W + 0.3
    close(np.exp(log_softmax(X3 @ shifted + b)), np.exp(log_softmax(X3 @ W + b)))
    assert (shifted**2).sum() > (W**2).sum()


@given(K=st.integers(2, 9))
def test_the_coordinates_whose_sum_is_zero_are_orthonormal(K):
    C = _sum_zero(K)
    close(C.T @ C, np.eye(K - 1))
    close(C.sum(0), 0)


# Separable data


def separable(X, y, K):
    """Whether a direction lowers no margin and raises one: a linear program."""
    A = np.column_stack([X, np.ones(len(X))])
    E = np.eye(K)
    rows = [np.kron(a, E[k] - E[j]) for a, k in zip(A, y) for j in range(K) if j != k]
    M = np.array(rows)
    best = linprog(-M.sum(0), A_ub=-M, b_ub=np.zeros(len(M)), bounds=(-1, 1))
    return -best.fun > 1e-7


@settings(max_examples=80, deadline=None)
@given(data=st.data(), d=st.integers(1, 3), n=st.integers(3, 11))
def test_two_classes_are_refused_where_a_linear_program_separates_them(data, d, n):
    cell = st.integers(-2, 2)
    X = np.array(data.draw(st.lists(cell, min_size=n * d, max_size=n * d)), float)
    X = X.reshape(n, d)
    y = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    assume(0 < y.sum() < n)
    if separable(X, y, 2):
        with pytest.raises(ValueError, match=SEPARATED):
            fit_logistic(X, y)
    else:
        w, b = fit_logistic(X, y)
        residual = expit(X @ w + b) - y
        close(np.append(X.T @ residual, residual.sum()), 0, 1e-8)


@settings(max_examples=30, deadline=None)
@given(data=st.data(), d=st.integers(1, 2), n=st.integers(5, 14))
def test_three_classes_are_refused_where_a_linear_program_separates_them(data, d, n):
    cell = st.integers(-2, 2)
    X = np.array(data.draw(st.lists(cell, min_size=n * d, max_size=n * d)), float)
    X = X.reshape(n, d)
    y = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    assume(set(y) == {0, 1, 2})
    if separable(X, y, 3):
        with pytest.raises(ValueError, match=SEPARATED):
            fit_softmax(X, y, 3)
    else:
        W, b = fit_softmax(X, y, 3)
        residual = np.exp(log_softmax(X @ W + b)) - np.eye(3)[y]
        close(np.column_stack([X, np.ones(n)]).T @ residual, 0, 1e-7)


@pytest.mark.parametrize(("X", "y"), [(APART, SIDES), (QUASI, QUASI_Y)])
def test_separable_and_quasi_separable_data_have_a_minimum_under_a_penalty_only(X, y):
    with pytest.raises(ValueError, match=SEPARATED):
        fit_logistic(X, y)
    w, b = fit_logistic(X, y, 1e-6)
    for nearby in 1e-3 * np.eye(X.shape[1]):
        for sign in (-1, 1):
            moved = logistic_loss(X, y, w + sign * nearby, b, 1e-6)
            assert moved > logistic_loss(X, y, w, b, 1e-6)


def test_weights_grow_like_the_log_of_the_steps_and_turn_to_the_widest_margin():
    at = [100, 1000, 10_000, 100_000]
    path = descent_path(APART, SIDES, 0.5, at)
    assert [step for step, _, _ in path] == at
    norms = [float(np.linalg.norm(w)) for _, w, _ in path]
    close(norms, [2.896, 4.435, 6.036, 7.657], 5e-4)
    close([loss for _, _, loss in path], [0.0088, 0.00096, 9.9e-5, 1.0e-5], 5e-5)
    growth = np.diff(norms)
    assert abs(growth[2] / growth[1] - 1) < 0.15
    assert growth[2] == pytest.approx(math.log(10) / math.sqrt(2), rel=0.01)
    close(path[0][1] / norms[0], [0.677, 0.736], 5e-4)
    close(path[-1][1] / norms[-1], [0.689, 0.725], 5e-4)
    svm = SVC(kernel="linear", C=1e6).fit(APART, SIDES)
    direction = svm.coef_[0] / np.linalg.norm(svm.coef_)
    close(direction, [math.sqrt(0.5)] * 2, 1e-3)
    away = [abs(w / np.linalg.norm(w) - direction).max() for _, w, _ in path]
    assert away == sorted(away, reverse=True)


def test_descent_takes_plain_steps():
    (_, w, loss), (_, after, _) = descent_path(X, Y, 0.1, [0, 1])
    assert (w.tolist(), loss) == ([0.0], pytest.approx(math.log(2)))
    close(after, 0.1 * X.T @ (Y - 0.5) / 20)
    (_, one, _), (_, two, _) = descent_path(X, Y, 0.1, [1, 2])
    close(two, one + 0.1 * X.T @ (Y - expit(X @ one)) / 20)
    assert descent_path(X, Y, 0.1, []) == []
    (_, first, _), (_, again, _) = descent_path(X, Y, Fraction(1, 2), [1, 1])
    assert first is not again
    assert first.dtype == float


def test_a_far_row_is_no_separation():
    for far, y in ((1e3, 1), (1e5, 1), (1e7, 1)):
        w, b = fit_logistic(np.append(X[:, 0], far)[:, None], np.append(Y, y))
        close([w[0], b], [SLOPE, INTERCEPT], 1e-6)
    w, b = fit_logistic(np.append(X[:, 0], 1e6)[:, None], np.append(Y, 0))
    assert -1e-4 < w[0] < 0
    for far in (1e9, 1e12):
        with pytest.raises(ValueError, match="X must determine the weights in float64"):
            fit_logistic(np.append(X[:, 0], far)[:, None], np.append(Y, 1))


def test_a_direction_that_raises_the_far_margins_is_the_proof():
    margins = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert recedes(margins, np.array([30.0, 0.3]), 18.0)  # the last two stand still
    assert not recedes(margins, np.array([10.0, 0.3]), 18.0)  # nothing is far yet


def test_a_row_of_large_numbers_does_not_hide_what_a_small_one_gains():
    margins = np.array([[1e13, 1.0], [0.0, 1e-3]])
    assert recedes(margins, np.array([0.0, 1.0]), 1e-4)
    assert not recedes(margins[1:], np.array([0.0, 30.0]), 18.0)
    one_falls = np.array([[1.0, 0.0], [-0.1, 3.0], [0.0, 1.0]])
    assert (one_falls @ [30.0, 10.0]).round().tolist() == [30, 27, 10]
    assert not recedes(one_falls, np.array([30.0, 10.0]), 18.0)
    assert recedes(np.abs(one_falls), np.array([30.0, 10.0]), 18.0)
    # A far margin may stand still beside one that rises; if all do, nothing is proved.
    still = np.array([[1.0, 0.0], [-1.0, 0.0], [90.0, 0.0], [0.0, 1.0]])
    assert recedes(still, np.array([0.3, 30.0]), 18.0)
    assert not recedes(still[:3], np.array([0.3, 30.0]), 18.0)
    assert recedes(still, np.array([0.1, 1.0]), 0.5)


HARD = [  # rows of very different size; which of the two it is, a linear program says
    (
        [
            [0, 0, -1000, 2000],
            [-10, 0, -20, -10],
            [0, 0, -2, 2],
            [0, 1, 1, 2],
            [-2000, 0, 2000, 1000],
            [0, 10, 20, 0],
            [-1000, -2000, 2000, 2000],
            [200, 200, -100, -200],
            [1000, -2000, -1000, 1000],
        ],
        [0, 0, 1, 2, 2, 0, 0, 1, 0],
    ),
    (
        [
            [0.466, -1.594],
            [0.485, -0.157],
            [-0.72, -0.78],
            [-0.181, 0.376],
            [1.449, 2.995],
            [0.524, 0.052],
            [-0.064, -0.368],
            [0.197, -43.235],
            [-0.213, -2.21],
            [74.232, -0.224],
            [0.041, -2.222],
            [-0.337, 6.473],
        ],
        [0, 0, 2, 2, 0, 2, 2, 1, 1, 0, 2, 0],
    ),
    (
        [
            [2.34, 0.015, 0.969],
            [0.372, -1.0, 0.359],
            [0.141, 8.4, 0.483],
            [0.294, 0.17, -0.096],
            [-0.001, 19.068, -1.495],
            [0.479, -0.473, -1.045],
            [-0.338, -2.508, 0.513],
            [0.267, 0.301, 0.678],
            [-1.694, -0.448, -9.616],
            [11.522, -0.561, -0.666],
        ],
        [1, 1, 0, 1, 1, 2, 2, 2, 2, 1],
    ),
]


def some_direction_separates(X, y, classes):
    X = np.asarray(X, float)
    A = np.column_stack([X / np.abs(X).max(0), np.ones(len(X))])
    unit = np.eye(classes)
    margins = np.array(
        [
            np.outer(row, unit[right] - unit[k]).ravel()
            for row, right in zip(A, y)
            for k in range(classes)
            if k != right
        ]
    )
    best = linprog(-margins.sum(0), A_ub=-margins, b_ub=np.zeros(len(margins)))
    box = linprog(
        -margins.sum(0),
        A_ub=-margins,
        b_ub=np.zeros(len(margins)),
        bounds=[(-1, 1)] * margins.shape[1],
    )
    return best.status == 3 or -box.fun > 1e-6


@pytest.mark.parametrize(("X", "y"), HARD)
def test_separation_is_seen_among_rows_of_very_different_size(X, y):
    assert some_direction_separates(X, y, 3)
    with pytest.raises(ValueError, match=SEPARATED):
        fit_softmax(X, y, 3)


def test_wild_rows_are_judged_as_a_linear_program_does():
    rng = np.random.default_rng(11)
    seen = []
    for _ in range(60):
        n, d, K = rng.integers(4, 20), rng.integers(1, 5), int(rng.integers(2, 4))
        X = rng.integers(-2, 3, (n, d)) * 10.0 ** rng.integers(0, 4, (n, 1))
        y = rng.integers(0, K, n)
        if len(set(y.tolist())) < K or not np.abs(X).max(0).all():
            continue
        seen.append(some_direction_separates(X, y, K))
        separated = pytest.raises(ValueError, match=SEPARATED)
        with separated if seen[-1] else nullcontext():
            _ = fit_logistic(X, y) if K == 2 else fit_softmax(X, y, K)
    assert 10 < sum(seen) < len(seen) - 10


def test_a_halved_step_that_is_short_has_not_arrived():
    def of(a):  # what the step says is a rise, until it is very short
        return float(abs(a[0]) > 1e-12), np.array([-1.0]), np.eye(1)

    with pytest.raises(ValueError, match="max_iter must be enough to converge, got 3"):
        minimise(of, np.ones((1, 1)), 1, 1e-10, 3, True)


def test_rows_closer_than_rounding_are_one_and_some_rows_hide_the_others():
    for far in (1e14, 1e20):
        with pytest.raises(ValueError, match="X must "):
            fit_logistic(np.append(X[:, 0], far)[:, None], np.append(Y, 1))
    overlap = [[-100, -200, -200], [-1, 0, 2], [0, -2, -2], [100, 100, 200]]
    overlap += [[-200, 100, 0], [-20, -10, -20], [1, 2, 0], [2, 2, 1]]
    overlap += [[-100, 0, 100], [-100, -200, 200], [1000, -1000, -1000]]
    overlap += [[10, 20, 10], [-10, 0, -10], [-2, -1, -1], [2, 2, -1], [-1, 0, -2]]
    y = [0, 2, 0, 2, 2, 0, 2, 2, 2, 0, 0, 1, 0, 2, 0, 0]
    assert not some_direction_separates(overlap, y, 3)
    with pytest.raises(ValueError, match="X must determine the weights in float64"):
        fit_softmax(overlap, y, 3)
    with pytest.raises(ValueError, match="X must spread enough for finite weights"):
        fit_logistic(np.arange(4.0)[:, None] * 5e-324, [0, 1, 0, 1])


def test_one_separable_class_of_three_is_enough():
    groups = three_groups()
    with pytest.raises(ValueError, match=SEPARATED):
        fit_softmax(groups.X, groups.y, 3)
    w, _ = fit_logistic(groups.X[:100], groups.y[:100])
    assert np.isfinite(w).all()
    with pytest.raises(ValueError, match=SEPARATED):
        fit_logistic(groups.X, groups.y == 2)
    W, b = fit_softmax(groups.X, groups.y, 3, 0.01)
    assert ((groups.X @ W + b).argmax(1) == groups.y).sum() == 143


# Conditioning


def test_a_feature_far_from_zero_keeps_its_digits():
    w, b = fit_logistic(X + 1e8, Y)
    assert w[0] == pytest.approx(SLOPE, abs=1e-6)
    assert b == pytest.approx(INTERCEPT - 1e8 * SLOPE, rel=1e-6)
    assert irls_path(X + 1e8, Y)[-1][2] == pytest.approx(0.401494, abs=5e-7)
    W, _ = fit_softmax(X + 1e8, Y, 2, 0.1)
    close(W, [[-0.574302, 0.574302]], 1e-6)
    A = np.column_stack([X + 1e8, np.ones(20)])  # the control: not centred
    assert np.linalg.cond(A.T @ A) > 1e16


def test_columns_that_say_the_same_share_the_weight_and_constants_get_none():
    constant, twice = np.full((20, 1), 0.1), np.hstack([X, X])
    w, b = fit_logistic(np.hstack([X, constant]), Y)
    close([*w, b], [SLOPE, 0, INTERCEPT], 1e-6)
    w, b = fit_logistic(twice, Y)
    close([*w, b], [SLOPE / 2, SLOPE / 2, INTERCEPT], 1e-6)
    w, b = fit_logistic(np.hstack([X, 2 * X]), Y)  # of least norm: in the ratio 1 to 2
    close([*w, b], [SLOPE / 5, 2 * SLOPE / 5, INTERCEPT], 1e-6)
    w, b, _ = irls_path(np.hstack([X, constant]), Y)[-1]
    close([*w, b], [SLOPE, 0, INTERCEPT], 1e-6)
    w, b, _ = irls_path(twice, Y)[-1]
    close([*w, b], [SLOPE / 2, SLOPE / 2, INTERCEPT], 1e-6)
    w, b = fit_logistic(constant, Y)
    close([*w, b], [0, 0], 1e-12)
    W, b = fit_softmax(np.full((6, 1), 7.0), np.array([0, 1, 1, 2, 2, 2]), 3)
    close(W, 0)
    close(np.exp(log_softmax(b)), [1 / 6, 2 / 6, 3 / 6])


@pytest.mark.parametrize("lam", [0.0, 0.1])
def test_units_of_the_columns_do_not_matter(lam):
    X, y = noisy(2, d=2)
    unit = np.array([1e-20, 1e9])
    if lam:  # the penalty does depend on units: scaled weights on a scaled penalty
        close(fit_logistic(1e9 * X, y, 1e18 * lam)[0] * 1e9, fit_logistic(X, y, lam)[0])
        tiny = fit_logistic(X * [1, 1e-20], y, lam)[0]
        close(tiny, [fit_logistic(X[:, :1], y, lam)[0][0], 0], 1e-8)
    else:
        w, b = fit_logistic(X * unit, y)
        plain, intercept = fit_logistic(X, y)
        close(w * unit, plain, 1e-8)
        assert b == pytest.approx(intercept, abs=1e-8)


@pytest.mark.parametrize("shape", [(7, 3), (3, 5)])
def test_the_basis_without_a_penalty_is_orthonormal_and_spans_the_columns(shape):
    X = np.random.default_rng(0).standard_normal(shape) + 3
    to = design(X, 0.0)
    rank = min(shape[0], shape[1] + 1)
    close(to.basis.T @ to.basis, np.eye(rank))
    a = np.arange(rank) + 1.0
    w, b = to.weights(a)
    close(X @ w + b, to.basis @ a, 1e-11)
    if rank <= shape[1]:  # no other has these logits and a smaller norm
        z = to.basis @ a
        least = np.linalg.pinv(X - X.mean(0)) @ (z - z.mean())
        close(w, least, 1e-11)


def test_a_singular_hessian_gets_the_shortest_step():
    H = np.array([[2.0, 2.0], [2.0, 2.0]])
    close(least_squares_step(H, np.array([4.0, 4.0])), [-1, -1])
    close(least_squares_step(np.zeros((2, 2)), np.array([1.0, 1.0])), [0, 0])
    scaled = np.diag([1e-30, 1e30])
    close(least_squares_step(scaled, np.array([1e-30, 1e30])), [-1, -1])


def test_large_weights_of_a_tiny_penalty_are_found():
    X, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    lam = 1e-12
    w, b = fit_logistic(X, y, lam)
    assert lam * w[0] == pytest.approx(expit(-w[0]), rel=1e-6)  # the slope is 0
    assert b == pytest.approx(0, abs=1e-9)


def test_few_steps_are_not_enough_and_are_refused():
    for call in (
        lambda: fit_logistic(X, Y, max_iter=2),
        lambda: fit_softmax(X3, Y3, 3, 0.1, max_iter=2),
    ):
        with pytest.raises(
            ValueError, match="max_iter must be enough to converge, got 2"
        ):
            call()
    # The sixth step still moves more than the default of tol.
    for call in (fit_logistic, lambda X, y, **o: fit_softmax(X3, Y3, 3, 0.1, **o)):
        with pytest.raises(ValueError, match="max_iter must be enough to converge"):
            call(X, Y, max_iter=6)
        call(X, Y, max_iter=7)
    loose, _ = fit_logistic(X, Y, tol=0.5, max_iter=3)
    assert 0.01 < abs(loose[0] - SLOPE) < 0.2


# Sampling, and many features


def test_unequal_sampling_shifts_the_intercept_only():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(400_000)
    y = rng.random(400_000) < expit(x - 6)
    cases, others = np.flatnonzero(y), np.flatnonzero(~y)
    kept = np.concatenate([cases, rng.choice(others, len(cases), replace=False)])
    w, b = fit_logistic(x[kept, None], y[kept])
    assert len(cases) == 1669
    close([w[0], b], [1.12, -0.542], 5e-3)
    assert prior_shift(b, 0.5, y.mean()) == pytest.approx(-6.017, abs=5e-4)
    # Of two groups the kept odds are exact: keep each tenth row of label 0.
    x = np.repeat([0.0, 0.0, 1.0, 1.0], [4500, 50, 3000, 200])[:, None]
    y = np.repeat([0, 1, 0, 1], [4500, 50, 3000, 200])
    few = np.repeat([0.0, 0.0, 1.0, 1.0], [450, 50, 300, 200])[:, None]
    few_y = np.repeat([0, 1, 0, 1], [450, 50, 300, 200])
    (w, b), (u, c) = fit_logistic(x, y), fit_logistic(few, few_y)
    assert u[0] == pytest.approx(w[0], abs=1e-9)
    assert c - b == pytest.approx(math.log(10), abs=1e-9)
    assert prior_shift(c, few_y.mean(), y.mean()) == pytest.approx(b, abs=1e-9)


def test_the_shift_by_hand():
    assert type(prior_shift(1, 0.5, 0.5)) is float
    assert prior_shift(1.0, 0.5, 0.1) == pytest.approx(1 - math.log(9))
    assert prior_shift(1.0, 0.25, 0.5) == pytest.approx(1 + math.log(3))


def test_with_five_rows_a_feature_the_fit_exaggerates():
    factors = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        truth = np.full(100, math.sqrt(5 / 100))
        X = rng.standard_normal((500, 100))
        y = rng.random(500) < expit(X @ truth)
        factors.append(fit_logistic(X, y)[0].mean() / truth[0])
        w, b = fit_logistic(X, y)
        new = rng.standard_normal((4000, 100))
        z = new @ w + b  # on new rows, logits must be shrunk to be right
        shrink, _ = fit_logistic(z[:, None], rng.random(4000) < expit(new @ truth))
        assert shrink[0] < 0.7
        assert abs(expit(z) - 0.5).mean() > abs(expit(new @ truth) - 0.5).mean() + 0.02
    assert np.median(factors) == pytest.approx(1.60, abs=0.005)
    assert min(factors) > 1.1


# Stable code


@given(st.floats(-800, 800))
def test_sigmoid_keeps_its_digits(z):
    value = float(sigmoid(np.array(z)))
    assert value == pytest.approx(float(expit(z)), rel=1e-14, abs=0)


def test_sigmoid_at_the_ends():
    close(sigmoid([-np.inf, -1000.0, 0.0, 1000.0, np.inf]), [0, 0, 0.5, 1, 1], 0)
    assert sigmoid(np.array(-700.0)) == pytest.approx(math.exp(-700), rel=1e-12)
    assert sigmoid([]).shape == (0,)
    with pytest.raises(ValueError, match="z must be numbers, got"):
        sigmoid([0.0, NAN])


@given(st.lists(st.floats(-2000, 2000), min_size=1, max_size=6), st.integers(0, 1))
def test_log_softmax_is_scipys(z, axis):
    Z = np.array([z, z[::-1]])
    close(log_softmax(Z, axis), Z - logsumexp(Z, axis=axis, keepdims=True), 1e-9)
    close(log_softmax(Z), log_softmax(Z, 1), 0)


def test_losses_of_extreme_logits():
    x, w = np.array([[1.0]]), np.array([-1000.0])
    assert logistic_loss(x, [1], w, 0.0) == 1000
    assert logistic_loss(x, [0], w, 0.0) == 0
    assert logistic_loss(x, [1], np.array([40.0]), 0.0) == pytest.approx(
        math.exp(-40), rel=1e-12
    )
    close(log_softmax(np.array([1000.0, 0.0])), [0, -1000], 0)
    with np.errstate(divide="ignore"):
        assert -np.log(sigmoid(-1000.0)) == np.inf


@pytest.mark.parametrize(("K", "floor"), [(2, 0.3133), (10, 1.4612), (1000, 5.9095)])
def test_a_softmax_before_the_cross_entropy_has_a_floor(K, floor):
    sure = torch.nn.functional.one_hot(torch.tensor([0]), K).double() * 1e3
    loss = torch.nn.functional.cross_entropy(sure.softmax(1), torch.tensor([0]))
    assert float(loss) == pytest.approx(floor, abs=5e-5)
    assert math.log(math.e + K - 1) - 1 == pytest.approx(floor, abs=5e-5)
    rng = np.random.default_rng(K)
    q = rng.dirichlet(np.full(min(K, 10), 0.1), 200)
    losses = logsumexp(q, axis=1) - q[:, 0]
    assert losses.min() >= math.log(math.e + q.shape[1] - 1) - 1 - 1e-12


# What is refused

BINARY = [
    lambda X, y, lam: logistic_loss(X, y, np.zeros(1), 0.0, lam),
    irls_path,
    fit_logistic,
    lambda X, y, lam: fit_softmax(X, y, 2, lam),
    lambda X, y, lam: descent_path(X, y, 0.5 if lam == 0 else lam, [1]),
]


@pytest.mark.parametrize("call", BINARY)
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([0.0, 1.0], [0, 1], r"X must have shape \(n, d\), not empty, got \(2,\)"),
        (np.empty((0, 1)), [], r"X must have shape \(n, d\), not empty, got \(0, 1\)"),
        (np.empty((2, 0)), [0, 1], r"X must have shape \(n, d\), not empty"),
        ([[0.0], [NAN]], [0, 1], r"X must be finite, below 1e\+150"),
        ([[0.0], [1e150]], [0, 1], r"X must be finite, below 1e\+150"),
        ([["a"], ["b"]], [0, 1], "X must be an array of numbers"),
        ([[0.0], [1.0]], [0, 1, 1], r"y must have shape \(2,\), got \(3,\)"),
        ([[0.0], [1.0]], [[0], [1]], r"y must have shape \(2,\), got \(2, 1\)"),
        ([[0.0], [1.0]], [0, NAN], "y must be finite"),
        ([[0.0], [1.0]], [0, 2], r"y must be integers in 0\.\.1, got"),
        ([[0.0], [1.0]], [-1, 1], r"y must be integers in 0\.\.1, got"),
        ([[0.0], [1.0]], [0, 0.5], r"y must be integers in 0\.\.1, got"),
    ],
)
def test_bad_data_are_refused(call, X, y, message):
    with pytest.raises(ValueError, match=message):
        call(X, y, 0.0)


@pytest.mark.parametrize("call", BINARY[:4])
@pytest.mark.parametrize("lam", [-0.1, NAN, math.inf, "1"])
def test_bad_penalties_are_refused(call, lam):
    with pytest.raises(ValueError, match=r"lam must be >= 0 and below 1e\+150, got"):
        call(X, Y, lam)


@pytest.mark.parametrize("call", BINARY[1:4])
def test_a_class_without_an_example_is_refused(call):
    for label, missing in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match=rf"each class, got none of \[{missing}\]"):
            call(X, np.full(20, label), 0.1)
    with pytest.raises(ValueError, match=r"got none of \[1\]"):  # one row
        call([[1.0]], [0], 0.1)


def test_other_arguments_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"got none of \[2\]"):
        fit_softmax(X3, Y3 % 2, 3, 0.1)
    for classes in (1, 2.5, True):
        with pytest.raises(ValueError, match="n_classes must be an integer >= 2, got"):
            fit_softmax(X, Y, classes)
    for fit in (fit_logistic, lambda X, y, **o: fit_softmax(X, y, 2, **o)):
        for tol in (0, -1, NAN, math.inf):
            with pytest.raises(ValueError, match="tol must be finite and > 0, got"):
                fit(X, Y, tol=tol)
        for steps in (0, 1.5):
            with pytest.raises(ValueError, match="max_iter must be an integer >= 1"):
                fit(X, Y, max_iter=steps)
    with pytest.raises(ValueError, match="steps must be an integer >= 0, got -1"):
        irls_path(X, Y, steps=-1)
    with pytest.raises(ValueError, match="rate must be finite and > 0, got 0"):
        descent_path(X, Y, 0, [1])
    with pytest.raises(ValueError, match="at must be an integer >= 3, got 2"):
        descent_path(X, Y, 0.1, [3, 2])
    for rates, name in (((0, 0.5), "train_rate"), ((0.5, 1), "true_rate")):
        with pytest.raises(ValueError, match=rf"{name} must be in \(0, 1\), got"):
            prior_shift(0.0, *rates)
    tiny = Fraction(1, 10**400)  # a number in (0, 1) that is none as a float
    for rate in (tiny, 1 - tiny, "0.5"):
        with pytest.raises(ValueError, match=r"train_rate must be in \(0, 1\), got"):
            prior_shift(0.0, rate, 0.5)
    with pytest.raises(ValueError, match="rate must be finite and > 0, got 1/10"):
        descent_path(X, Y, tiny, [1])
    with pytest.raises(ValueError, match=r"b must be a number, got shape \(1,\)"):
        prior_shift([0.0], 0.5, 0.5)
    with pytest.raises(ValueError, match=r"got none of \[3, 4, 5, 6, 7\]"):
        fit_softmax(X3, Y3, 10**9, 0.1)
    with pytest.raises(
        ValueError, match=r"Z must have entries along axis -1, got \(\)"
    ):
        log_softmax(1.0)
    missing = [[None, 1]]
    for odd in (X + 1j, X.astype(str), X.astype("M8[D]"), [[10**400]] * 20, missing):
        for call in (sigmoid, log_softmax, lambda odd: fit_logistic(odd, Y)):
            if call is sigmoid or odd is not missing:
                with pytest.raises(ValueError, match=r"must be (an array of )?numbers"):
                    call(odd)
    with pytest.raises(ValueError, match="b must be finite"):
        prior_shift(NAN, 0.5, 0.5)
    with pytest.raises(ValueError, match=r"w must have shape \(1,\) and b \(\), got"):
        logistic_loss(X, Y, np.zeros(2), 0.0)
    with pytest.raises(ValueError, match=r"and b \(\), got \(1,\) and \(1,\)"):
        logistic_loss(X, Y, np.zeros(1), np.zeros(1))
    with pytest.raises(ValueError, match="Z must have entries along axis -1, got"):
        log_softmax(np.empty((2, 0)))
    for axis in (2, -3):
        with pytest.raises(ValueError, match="axis"):
            log_softmax(np.zeros((2, 2)), axis)
