"""Oracles: np.mean, sums unrolled in fractions, exact error recursions, brentq."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

from snippets.rl.stochastic_approximation import (
    asymptotic_variance,
    constant_step_variance,
    dvoretzky,
    incremental_mean,
    robbins_monro,
    sgd_mean,
    step_conditions,
)

TOLERANCE = {"rtol": 0, "atol": 1e-12}
ROOT = brentq(lambda w: w**3 - 5, 0, 3, xtol=1e-14)
SLOPE = 3 * ROOT**2

small = st.integers(-50, 50)
sizes = st.integers(1, 12)
seeds = st.integers(0, 2**32 - 1)


def cubic(w):
    return w**3 - 5


def tanh_at_1(w):
    return np.tanh(w - 1)


def identity(w):
    return w


def harmonic(k):
    return 1 / k


def over_k(c):
    return lambda k: c / k


def run(g, w0, steps, n=2000, noise=1.0, seed=0, **options):
    return robbins_monro(g, w0, steps, n, noise, np.random.default_rng(seed), **options)


def unrolled(alpha, beta, eta, start):
    """The whole linear recursion as one sum of products, in exact fractions."""
    keep = [1 - Fraction(a) for a in alpha]
    values = [Fraction(start)]
    for n in range(1, len(alpha) + 1):
        total = Fraction(start) * math.prod(keep[:n])
        for k in range(n):
            later = math.prod(keep[k + 1 : n], start=Fraction(1))
            total += Fraction(beta[k]) * Fraction(eta[k]) * later
        values.append(total)
    return np.array([float(v) for v in values])


def n_times_mse(c, n, start):
    """Exact n E[w^2] for g(w) = w under c / k and unit noise, bias and variance."""
    bias = start * math.prod(1 - c / k for k in range(1, n + 1))
    variance = 0.0
    for k in range(1, n + 1):
        variance = (1 - c / k) ** 2 * variance + (c / k) ** 2
    return n * (bias**2 + variance)


# The mean


@given(st.lists(small, min_size=1, max_size=30))
def test_running_means_are_the_means_of_all_prefixes(x):
    expected = [float(Fraction(sum(x[:k]), k)) for k in range(1, len(x) + 1)]
    np.testing.assert_allclose(incremental_mean(x), expected, **TOLERANCE)


def test_after_1000_samples_the_mean_agrees_with_numpy_to_the_last_digits():
    x = np.random.default_rng(0).normal(size=1000)
    assert abs(incremental_mean(x)[-1] - np.mean(x)) <= 1.8e-15


def test_running_means_by_hand():
    np.testing.assert_array_equal(incremental_mean([2, 4, 9, -3]), [2, 3, 5, 3])
    np.testing.assert_array_equal(incremental_mean([7.5]), [7.5])
    np.testing.assert_array_equal(incremental_mean([0, 0]), [0, 0])


def test_a_mean_near_a_billion_keeps_its_digits():
    x = 1e9 + np.random.default_rng(1).normal(size=1000)
    assert abs(incremental_mean(x)[-1] - math.fsum(x) / 1000) < 2e-6
    assert incremental_mean([1e300, 1e300, -1e300])[-1] == pytest.approx(1e300 / 3)


@pytest.mark.parametrize("x", [[1.7e308, -1.7e308], [1.7e308] * 9, [-1.7e308, 1, 2]])
def test_running_means_of_the_largest_numbers_stay_between_them(x):
    means = incremental_mean(x)
    expected = [float(sum(map(Fraction, x[:k])) / k) for k in range(1, len(x) + 1)]
    np.testing.assert_allclose(means, expected, rtol=1e-15, atol=0)


@pytest.mark.parametrize("x", [[], [[1.0]], [math.nan], [math.inf], 3.0])
def test_samples_for_a_running_mean_must_be_a_finite_nonempty_list(x):
    with pytest.raises(ValueError, match=r"x must be finite with shape \(n,\), n >= 1"):
        incremental_mean(x)


# SGD for the mean


@given(sizes, sizes, seeds)
def test_sgd_with_harmonic_steps_gives_the_mean_of_the_samples_used(n, batch, seed):
    x = np.random.default_rng(seed).integers(-50, 50, size=(n, 2))
    if batch > n:
        with pytest.raises(ValueError, match=f"from 1 to {n}, got {batch}"):
            sgd_mean(x, batch, harmonic)
        return
    path = sgd_mean(x, batch, harmonic, w0=[9, -9])
    steps = n // batch
    assert path.shape == (steps + 1, 2)
    np.testing.assert_array_equal(path[0], [9, -9])
    for k in range(1, steps + 1):
        np.testing.assert_allclose(path[k], x[: k * batch].mean(axis=0), **TOLERANCE)


@given(sizes, st.sampled_from([0.25, 0.5, 1.5]), seeds)
def test_sgd_with_a_constant_step_is_the_unrolled_average(n, a, seed):
    x = np.random.default_rng(seed).integers(-50, 50, size=n)
    expected = unrolled([a] * n, [a] * n, x.tolist(), 20)
    np.testing.assert_allclose(sgd_mean(x, 1, a, w0=20), expected, **TOLERANCE)


def test_a_batch_of_ten_divides_the_variance_by_ten():
    x = np.random.default_rng(0).normal(size=(4000, 1000))
    for batch in (1, 10):
        final = sgd_mean(x, batch, 0.1)[-1]
        expected = constant_step_variance(0.1, 1, 1) / batch
        assert np.mean(final**2) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("batch", [0, 4, -1, 1.0])
def test_a_batch_has_from_one_to_all_samples(batch):
    with pytest.raises(ValueError, match=r"batch must be an integer from 1 to 3, got"):
        sgd_mean([1, 2, 3], batch, 0.1)


@pytest.mark.parametrize("x", [[], [[]], [math.nan], [[[1.0]]]])
def test_samples_for_sgd_must_be_finite_and_not_empty(x):
    with pytest.raises(ValueError, match="x must be finite with shape"):
        sgd_mean(x, 1, 0.1)


# Robbins-Monro


def test_functions_that_change_the_shape_are_refused():
    message = r"must keep shape \(2,\), got \(2, 2\)"
    with pytest.raises(ValueError, match=message):
        run(lambda w: w[:, None], np.zeros(2), 0.1)
    with pytest.raises(ValueError, match=message):
        run(identity, np.zeros(2), 0.1, projection=lambda w: np.diag(w))


def test_the_first_steps_of_the_book_example_by_hand():
    path = run(tanh_at_1, 3.0, harmonic, n=2, noise=0)
    second = 3 - math.tanh(2)
    third = second - math.tanh(second - 1) / 2
    np.testing.assert_allclose(path, [3, second, third], **TOLERANCE)


@given(sizes, st.sampled_from([0.5, 1.0, 2.0]), small, seeds)
def test_on_a_line_the_path_is_the_unrolled_sum(n, c, start, seed):
    path = run(lambda w: 2 * (w - 7), start, over_k(c), n, 3.0, seed)
    stream = np.random.default_rng(seed)
    eta = [float(stream.normal()) for _ in range(n)]
    alpha = [2 * Fraction(c) / k for k in range(1, n + 1)]
    beta = [-3 * Fraction(c) / k for k in range(1, n + 1)]
    expected = 7 + unrolled(alpha, beta, eta, start - 7)
    np.testing.assert_allclose(path, expected, rtol=0, atol=1e-9)


@given(st.lists(small, min_size=1, max_size=30))
def test_mean_estimation_is_robbins_monro_with_noise_mean_minus_sample(x):
    mean, samples = 5.0, iter(x)
    path = run(
        lambda w: w - mean,
        99.0,
        harmonic,
        n=len(x),
        noise=lambda rng, shape: np.full(shape, mean - next(samples)),
    )
    np.testing.assert_allclose(path[1:], incremental_mean(x), rtol=0, atol=1e-10)


def test_a_vector_equation_is_solved_too():
    A, b = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([4.0, 5.0])
    path = run(lambda w: A @ w - b, np.zeros(2), harmonic, noise=0.1)
    np.testing.assert_allclose(path[-1], np.linalg.solve(A, b), rtol=0, atol=0.02)


def test_steps_1_over_k_plus_1_count_the_start_as_a_sample():
    path = sgd_mean([2, 4, 9], 1, lambda k: 1 / (k + 1), w0=100)
    assert path[-1] == pytest.approx((100 + 2 + 4 + 9) / 4)
    with pytest.raises(ZeroDivisionError):
        harmonic(0)


def test_zero_steps_return_the_start_and_leave_it_alone():
    start = np.array([3.0, 4.0])
    path = run(identity, start, harmonic, n=0)
    np.testing.assert_array_equal(path, [start])
    run(identity, start, harmonic, n=3)
    np.testing.assert_array_equal(start, [3, 4])


def test_the_noise_stream_does_not_depend_on_the_scale():
    rngs = [np.random.default_rng(4), np.random.default_rng(4)]
    for rng, noise in zip(rngs, (0.0, 2.0)):
        robbins_monro(identity, np.ones(3), harmonic, 5, noise, rng)
    assert rngs[0].normal() == rngs[1].normal()


def test_the_cubic_with_steps_1_over_k_diverges_without_any_noise():
    path = run(cubic, 0.0, harmonic, n=4, noise=0, blowup=1e20)
    np.testing.assert_array_equal(path[:4], [0, 5, -55, 55405])
    assert path[4] == pytest.approx(-4.252e13, rel=1e-3)
    with pytest.raises(
        ValueError, match=r"diverged at step 4: .* <= 1e\+06, got 4.25194e\+13"
    ):
        run(cubic, 0.0, harmonic, n=2000, noise=0)


def test_nan_and_overflow_count_as_divergence():
    with pytest.raises(ValueError, match=r"diverged at step 1: .* got nan"):
        run(lambda w: w * np.nan, 0.0, harmonic)
    with pytest.raises(ValueError, match=r"diverged at step 1: .* got inf"):
        run(np.exp, np.array([0.0, 1e4]), harmonic)


def test_an_infinite_iterate_is_refused_under_any_blowup():
    with pytest.raises(ValueError, match=r"diverged at step 1: .* <= inf, got inf"):
        run(lambda w: w - math.inf, 1.0, 1.0, n=1, noise=0, blowup=math.inf)


def test_an_iterate_may_reach_the_blowup_but_not_pass_it():
    assert run(lambda w: w - 8, 0.0, 1.0, n=1, noise=0, blowup=8)[-1] == 8
    with pytest.raises(ValueError, match="diverged at step 1"):
        run(lambda w: w + 8.001, 0.0, 1.0, n=1, noise=0, blowup=8)


def test_noise_rescues_the_book_example_once_in_two_hundred_runs():
    rng = np.random.default_rng(0)
    w = np.zeros(100_000)
    for k in range(1, 201):
        w = w - (w**3 - 5 + rng.normal(size=w.shape)) / k
        w = w[np.abs(w) < 1e6]
    assert 0.003 < len(w) / 100_000 < 0.007
    assert np.abs(w - ROOT).max() < 0.1


def test_a_tenth_of_the_step_makes_all_runs_on_the_cubic_converge():
    final = run(cubic, np.zeros(200), lambda k: 0.1 / k)[-1]
    assert 1.7045 <= final.mean() <= 1.7092
    assert np.abs(final - ROOT).max() < 0.02
    assert pytest.approx(1.709976, abs=1e-6) == ROOT


def test_a_twentieth_of_the_step_is_still_far_away_after_2000():
    assert abs(0.05 * SLOPE - 0.4386) < 1e-4
    assert run(cubic, 0.0, lambda k: 0.05 / k, noise=0)[-1] == pytest.approx(
        1.529, abs=5e-4
    )
    final = run(cubic, np.zeros(200), lambda k: 0.05 / k)[-1]
    assert final.mean() == pytest.approx(1.529, abs=0.01)


def test_projection_onto_an_interval_cures_the_cubic():
    def into(w):
        return np.clip(w, 0, 3)

    paths = run(cubic, np.zeros(1000), harmonic, projection=into)
    assert paths.min() >= 0
    assert paths.max() <= 3
    expected = math.sqrt(asymptotic_variance(1, SLOPE, 1) / 2000)
    assert paths[-1].std() == pytest.approx(expected, rel=0.1)


def test_tanh_with_noise_converges_at_the_theoretical_rate():
    final = run(tanh_at_1, np.full(4000, 3.0), harmonic)[-1]
    assert final.mean() == pytest.approx(1, abs=0.004)
    theory = math.sqrt(asymptotic_variance(1, 1, 1) / 2000)
    assert theory == pytest.approx(0.0224, abs=5e-5)
    assert theory * 0.95 < final.std() < 0.0283


def test_steps_1_over_k_squared_stop_where_the_sum_ends():
    path = run(tanh_at_1, 20.0, lambda k: 1 / k**2, n=100_000, noise=0)
    assert path[-1] == pytest.approx(18.35508, abs=6e-6)
    assert path[-1] > 20 - math.pi**2 / 6 == pytest.approx(18.35507, abs=6e-6)


def test_one_stationary_point_is_enough_where_the_function_is_not_convex():
    def slope(w):  # of J = log(1 + w^2), which bends down beyond 1
        return 2 * w / (1 + w**2)

    assert slope(3.0) < slope(1.0)
    final = run(slope, np.full(1000, 3.0), harmonic, noise=0.3)[-1]
    assert abs(final.mean()) < 0.01
    theory = math.sqrt(asymptotic_variance(1, 2, 0.3) / 2000)
    assert final.std() == pytest.approx(theory, rel=0.1)


def test_a_state_that_is_visited_a_few_times_only_keeps_its_error():
    visits = np.zeros(2000)
    visits[:5] = 1 / (1 + np.arange(5))  # alpha_k(s) = 1 / k while it is visited
    noise = np.random.default_rng(0).normal(size=(1000, 2000))
    left = [dvoretzky(0.1 * visits, visits, eta, -10.0)[-1] for eta in noise]
    assert np.mean(left) == pytest.approx(
        -10 * math.prod(1 - 0.1 / k for k in (1, 2, 3, 4, 5)), abs=0.2
    )


def test_a_double_well_sends_the_runs_to_both_minima():
    final = run(lambda w: w**3 - w, np.zeros(500), lambda k: 1 / (k + 5))[-1]
    right, left = np.mean(final > 0.5), np.mean(final < -0.5)
    assert 0.4 < right < 0.6
    assert 0.4 < left < 0.6
    assert right + left > 0.97


@pytest.mark.parametrize("a", [0, -0.1, math.nan, math.inf])
def test_a_step_size_must_be_positive(a):
    match = r"step size must be finite and > 0, got .* at k = 3"

    def steps(k):
        return a if k == 3 else 0.1

    with pytest.raises(ValueError, match=match):
        run(identity, 1.0, steps)
    with pytest.raises(ValueError, match=match):
        step_conditions(steps, 5)
    with pytest.raises(ValueError, match=match):
        sgd_mean([1, 2, 3], 1, steps)
    with pytest.raises(ValueError, match="at k = 1"):
        run(identity, 1.0, a)


def test_a_step_size_is_one_number():
    for a in (np.array([0.1]), 0.1 + 0j):
        with pytest.raises(ValueError, match="step size must be finite and > 0, got"):
            run(identity, 1.0, lambda k, a=a: a)


@pytest.mark.parametrize("n", [-1, 2.0, "3", True])
def test_the_number_of_steps_must_be_a_count(n):
    with pytest.raises(ValueError, match="n must be an integer >= 0, got"):
        run(identity, 1.0, harmonic, n=n)
    with pytest.raises(ValueError, match="n must be an integer >= 0, got"):
        step_conditions(harmonic, n)


@pytest.mark.parametrize("noise", [-1, math.nan, math.inf])
def test_the_scale_of_the_noise_must_not_be_negative(noise):
    with pytest.raises(ValueError, match="noise must be a function or finite and >= 0"):
        run(identity, 1.0, harmonic, noise=noise)


# Step sizes


def test_sums_of_harmonic_steps_are_the_logarithm_and_basels_sum():
    total, squares = step_conditions(harmonic, 10_000)
    # Euler and Maclaurin: 0.5772... is Euler's constant.
    expected = math.log(10_000) + 0.5772156649015329 + 1 / 20_000 - 1 / 1.2e9
    assert total == pytest.approx(expected, rel=0, abs=1e-12)
    assert squares == pytest.approx(math.pi**2 / 6 - 1e-4 + 5e-9, rel=0, abs=1e-12)


@given(st.lists(st.integers(1, 64), max_size=12))
def test_step_sums_agree_with_fractions(numerators):
    alphas = [Fraction(p, 16) for p in numerators]
    total, squares = step_conditions(lambda k: float(alphas[k - 1]), len(alphas))
    assert total == sum(alphas)
    assert squares == sum(a * a for a in alphas)


def test_a_number_stands_for_a_constant_step():
    assert step_conditions(0.5, 8) == (4.0, 2.0)


# Dvoretzky


@given(st.lists(st.tuples(*[st.integers(0, 8)] * 2, small), max_size=10), small)
def test_dvoretzky_is_the_unrolled_sum(rows, start):
    alpha, beta, eta = ([row[i] for row in rows] for i in range(3))
    alpha, beta = [a / 4 for a in alpha], [b / 4 for b in beta]
    expected = unrolled(alpha, beta, eta, start)
    result = dvoretzky(alpha, beta, eta, start)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


def test_a_robbins_monro_error_is_a_dvoretzky_process_with_random_alpha():
    n, stream = 400, np.random.default_rng(3)
    path = run(tanh_at_1, 3.0, harmonic, n=n, seed=3)
    eta = np.array([float(stream.normal()) for _ in range(n)])
    a = 1 / np.arange(1, n + 1)
    chord = np.tanh(path[:-1] - 1) / (path[:-1] - 1)  # slope between root and w_k
    np.testing.assert_allclose(
        dvoretzky(a * chord, a, -eta, 2.0), path - 1, rtol=0, atol=1e-12
    )


def test_dvoretzky_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"one shape \(n,\), got \(1,\), \(2,\), \(2,"):
        dvoretzky([0.5], [1, 1], [1, 1], 0)
    with pytest.raises(ValueError, match=r"one shape \(n,\), got \(\), \(\), \(\)"):
        dvoretzky(0.5, 1, 1, 0)
    with pytest.raises(ValueError, match=r"one shape \(n,\)"):
        dvoretzky([0.5, 1], [1, 1], [1], 0)


@pytest.mark.parametrize("bad", [-0.5, math.nan, math.inf])
def test_dvoretzky_refuses_negative_coefficients(bad):
    with pytest.raises(ValueError, match="alpha must be >= 0 and finite, got"):
        dvoretzky([0.5, bad], [1, 1], [1, 1], 0)
    with pytest.raises(ValueError, match="beta must be >= 0 and finite, got"):
        dvoretzky([0.5, 1], [1, bad], [1, 1], 0)


# Rates


def test_n_times_mse_of_4000_runs_is_within_5_percent_of_theory():
    for c, seen in [(1, 0.9906), (2, 1.3146)]:
        final = run(identity, np.zeros(4000), over_k(c), seed=2)[-1]
        scaled = 2000 * np.mean(final**2)
        assert scaled == pytest.approx(asymptotic_variance(c, 1, 1), rel=0.05)
        assert scaled == pytest.approx(seen, abs=5e-4)
        assert n_times_mse(c, 2000, 0) == pytest.approx(
            asymptotic_variance(c, 1, 1), rel=1e-3
        )


def test_small_c_leaves_the_rate_behind():
    for c, exact in [(0.5, 2.4726), (0.25, 37.6474)]:
        assert n_times_mse(c, 2000, 1) == pytest.approx(exact, abs=1e-4)
        final = run(identity, np.ones(4000), over_k(c), seed=2)[-1]
        assert 2000 * np.mean(final**2) == pytest.approx(exact, rel=0.06)


def test_the_exact_error_under_small_c_grows_without_bound():
    assert n_times_mse(0.25, 2000, 1) > 10
    of_the_start = n_times_mse(0.25, 2000, 1) - n_times_mse(0.25, 2000, 0)
    assert of_the_start == pytest.approx(29.8, abs=0.05)
    # c = 1/2 adds about c^2 with each unit of log n, c = 1/4 grows like sqrt(n)
    growth = n_times_mse(0.5, 20_000, 0) - n_times_mse(0.5, 2000, 0)
    assert growth == pytest.approx(math.log(10) / 4, rel=0.01)
    ratio = n_times_mse(0.25, 20_000, 1) / n_times_mse(0.25, 2000, 1)
    assert ratio == pytest.approx(math.sqrt(10), rel=0.02)


@pytest.mark.parametrize(("c", "gprime", "sigma"), [(1, 1, 1), (2, 0.5, 3), (3, 2, 0)])
def test_the_asymptotic_variance_is_the_limit_of_the_exact_recursion(c, gprime, sigma):
    variance, n = 0.0, 20_000
    for k in range(1, n + 1):
        variance = (1 - c * gprime / k) ** 2 * variance + (c * sigma / k) ** 2
    expected = asymptotic_variance(c, gprime, sigma)
    assert n * variance == pytest.approx(expected, rel=1e-3)


def test_the_best_c_is_one_over_the_slope():
    for gprime in (0.5, 1, 4):
        best = asymptotic_variance(1 / gprime, gprime, 2)
        assert best == pytest.approx(4 / gprime**2)
        assert best < asymptotic_variance(0.9 / gprime, gprime, 2)
        assert best < asymptotic_variance(1.1 / gprime, gprime, 2)


@pytest.mark.parametrize(
    ("a", "gprime", "sigma"), [(0.1, 1, 1), (1, 1, 2), (0.5, 3, 1)]
)
def test_the_variance_of_a_constant_step_is_the_fixed_point(a, gprime, sigma):
    variance = 0.0
    for _ in range(500):
        variance = (1 - a * gprime) ** 2 * variance + (a * sigma) ** 2
    expected = constant_step_variance(a, gprime, sigma)
    assert variance == pytest.approx(expected, rel=1e-12)


def test_a_constant_step_never_comes_to_rest():
    assert constant_step_variance(0.1, 1, 1) == pytest.approx(0.05263, abs=5e-6)
    paths = run(identity, np.zeros(4000), 0.1, n=200)
    assert paths[-1].var() == pytest.approx(0.1 / 1.9, rel=0.05)
    assert paths[100].var() == pytest.approx(0.1 / 1.9, rel=0.05)


def test_averaging_large_steps_reaches_the_best_variance_without_knowing_the_slope():
    paths = run(lambda w: 0.25 * w, np.ones(1000), lambda k: 4 * k ** (-2 / 3), n=4000)
    best = 1 / 0.25**2
    averaged = 4000 * np.mean(paths[1:].mean(axis=0) ** 2)
    assert averaged == pytest.approx(best, rel=0.15)
    assert 4000 * np.mean(paths[-1] ** 2) > 3 * best


def test_temporal_differences_with_1_over_k_are_slow_when_gamma_is_near_one():
    gamma, v_pi = 0.9, 10.0

    def error(c):
        final = run(lambda v: v - (1 + gamma * v), np.zeros(500), over_k(c), n=4000)[-1]
        return math.sqrt(np.mean((final - v_pi) ** 2))

    assert error(1) > 4
    expected = math.sqrt(asymptotic_variance(10, 1 - gamma, 1) / 4000)
    assert error(10) == pytest.approx(expected, rel=0.1)


def test_gradient_noise_of_linear_regression_grows_with_the_distance():
    def second_moment(distance):
        # E[(x^2 d - e x - d)^2] over x and e normal: integrate x, e by its variance
        def density(x):
            return ((x * x - 1) ** 2 * distance**2 + x * x) * norm.pdf(x)

        return quad(density, -12, 12)[0]

    for distance, expected in [(0, 1), (1, 3), (10, 201)]:
        assert second_moment(distance) == pytest.approx(expected)
    x, e = np.random.default_rng(0).normal(size=(2, 1_000_000))
    for distance in (0, 1, 10):
        noise = (x * distance - e) * x - distance
        assert noise.var() == pytest.approx(second_moment(distance), rel=0.02)
    # a mean square contracts only if 1 - 2 a + 3 a^2 < 1, that is a < 2/3
    for a in (0.5, 1.0):
        factor = np.mean((1 - a * x**2) ** 2)
        assert factor == pytest.approx(1 - 2 * a + 3 * a**2, rel=0.02)


def test_noise_with_a_mean_moves_the_root():
    path = run(identity, 5.0, harmonic, noise=lambda rng, shape: np.full(shape, 0.3))
    assert path[-1] == pytest.approx(-0.3, abs=1e-12)


@pytest.mark.parametrize("function", [asymptotic_variance, constant_step_variance])
@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0, 1, 1), "must be finite and > 0, got 0"),
        ((1, 0, 1), "gprime must be finite and > 0, got 0"),
        ((1, math.nan, 1), "gprime must be finite and > 0, got nan"),
        ((math.inf, 1, 1), "must be finite and > 0, got inf"),
        ((1, 1, -1), "sigma must be finite and >= 0, got -1"),
        ((1, 1, math.nan), "sigma must be finite and >= 0, got nan"),
        ((1, 1, math.inf), "sigma must be finite and >= 0, got inf"),
    ],
)
def test_rates_need_positive_numbers(function, args, message):
    with pytest.raises(ValueError, match=message):
        function(*args)


def test_rates_are_refused_where_they_do_not_exist():
    with pytest.raises(
        ValueError, match=r"c \* gprime must be finite and > 1/2, got 0.5"
    ):
        asymptotic_variance(0.5, 1, 1)
    with pytest.raises(ValueError, match=r"c \* gprime must be finite .*, got inf"):
        asymptotic_variance(1e200, 1e200, 1.0)  # 0.5, if it could be computed so
    with pytest.raises(ValueError, match=r"a \* gprime must be < 2, got 2"):
        constant_step_variance(1, 2, 1)


def test_what_diverges_or_overflows_is_refused():
    with pytest.raises(ValueError, match=r"diverged at step [0-9]+: w must be finite"):
        sgd_mean(np.arange(3000.0), 1, 3.0)
    with pytest.raises(ValueError, match="diverged at step 1: w must be finite"):
        sgd_mean([[1e308, 0], [1e308, 0]], 2, 0.5)
    with pytest.raises(ValueError, match=r"Delta must stay finite, got .* at step 2$"):
        dvoretzky([0, 1, 0], [0, 1e308, 0], [0, 10, 0], 1.0)
    with pytest.raises(ValueError, match=r"c\^2 sigma\^2 .* must be finite, got inf"):
        asymptotic_variance(1.0, 1.0, 1e200)
    with pytest.raises(ValueError, match=r"a sigma\^2 .* must be finite, got inf"):
        constant_step_variance(0.1, 1.0, 1e200)


def test_only_the_square_of_a_large_number_may_overflow():
    assert asymptotic_variance(1e200, 1e-190, 1e-100) == pytest.approx(5e189)
    assert asymptotic_variance(1e200, 1e100, 1.0) == pytest.approx(5e99)
    assert constant_step_variance(1e-300, 1.0, 1e200) == pytest.approx(5e99)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: run(identity, 1.0, 0.1, n=0, blowup=0), "blowup must be > 0, got 0"),
        (lambda: run(identity, math.nan, 0.1, n=0), "w0 must be finite, got nan"),
        (
            lambda: sgd_mean(np.ones((4, 2)), 1, 0.1, w0=[5.0]),
            r"w0 must be finite, a number or of shape \(d,\), got array\(\[5",
        ),
        (lambda: sgd_mean([1, 2], 1, 0.1, w0=math.inf), "w0 must be finite, a number"),
        (lambda: dvoretzky([], [], [], math.nan), "eta, delta0 must be finite, got"),
    ],
)
def test_a_bad_start_or_blowup_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_path_below_the_rate_shows_in_its_measurements():
    # The mean of the later ones is far from 0, where that of noise alone would be.
    rng, n = np.random.default_rng(0), 4000
    v, last = np.zeros(100), np.zeros(100)
    for k in range(1, n + 1):
        seen = v - (1 + 0.9 * v) + rng.normal(size=100)
        last += seen * (k > n // 2)
        v = v - seen / k
    assert (last / math.sqrt(n // 2) < -5).all()


def test_a_zero_that_is_only_touched_can_hold_the_path():
    # Why the sign must be kept on either side: g = 0 at 2 without a change of sign.
    def g(w):
        return w * (w - 2) ** 2 / (1 + w**2)

    final = run(g, np.full(200, 4.0), harmonic, noise=0.1)[-1]
    assert (final > 1.5).all()
