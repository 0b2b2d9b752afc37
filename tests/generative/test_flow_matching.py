"""Oracles: scipy's solver and quadrature, samples near a point, Bayes in Python."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad, solve_ivp

from snippets.generative import flow_matching as f
from snippets.generative.flow_matching.training import train_velocity

DATA = np.array([[-1.0], [1.0], [4.0]])
HUGE = 1e50


def close(got, wanted, atol=1e-12):
    np.testing.assert_allclose(got, wanted, rtol=0, atol=atol)


def narrow(x, t):
    return f.gaussian_velocity(x, t, 2.0, 0.5)


# The path


def test_a_point_between_by_hand():
    point, direction = f.interpolate([1.0, -1.0], [3.0, 1.0], 0.25)
    close(point, [1.5, -0.5])
    close(direction, [2, 2])


@given(st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_each_row_has_its_own_time(n, d, flat):
    rng = np.random.default_rng(n + 7 * d)
    shape = (n,) if flat else (n, d)
    x0, x1, t = rng.normal(size=shape), rng.normal(size=shape), rng.random(n)
    points, directions = f.interpolate(x0, x1, t)
    assert points.shape == directions.shape == shape
    for row in range(n):
        point, direction = f.interpolate(x0[row], x1[row], t[row])
        close(points[row], point)
        close(directions[row], direction)


def test_the_ends_of_the_path_are_noise_and_data():
    x0, x1 = np.random.default_rng(0).normal(size=(2, 5, 3))
    assert (f.interpolate(x0, x1, 0)[0] == x0).all()
    assert (f.interpolate(x0, x1, 1)[0] == x1).all()


# The mean direction, for normal data


def test_the_velocity_has_the_published_values():
    times = (0, 0.25, 0.5, 0.6, 0.75, 1)
    found = [narrow(1.0, t) for t in times]
    close(found, [1, 1.405405, 2, 2.2, 2.153846, 1], 5e-7)


def test_the_velocity_is_the_mean_direction_of_the_pairs_nearby():
    rng = np.random.default_rng(0)
    x0, noise = rng.standard_normal((2, 4_000_000))
    x1 = 2 + 0.5 * noise
    near = np.abs(0.4 * x0 + 0.6 * x1 - 1) < 0.02
    directions = (x1 - x0)[near]
    error = directions.std() / math.sqrt(len(directions))
    assert error < 0.01
    assert abs(directions.mean() - 2.2) < 5 * error


@pytest.mark.parametrize(
    ("t", "mean", "std"), [(0.0, 2, 0.5), (0.3, -1, 3), (0.9, 0.5, 0.2), (1.0, 1, 2)]
)
def test_the_velocity_is_a_conditional_mean_of_joint_normals(t, mean, std):
    x = 0.7
    covariance = t * std**2 - (1 - t)  # of x1 - x0 with x_t
    variance = (1 - t) ** 2 + (t * std) ** 2
    wanted = mean + covariance / variance * (x - t * mean)
    close(f.gaussian_velocity(x, t, mean, std), wanted)


def test_a_mean_for_each_point_and_a_time_for_each_row():
    rng = np.random.default_rng(1)
    x, mean, t = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), rng.random(3)
    found = f.gaussian_velocity(x, t, mean, 0.5)
    for row in range(3):
        for column in range(2):
            at = mean[row, column]
            close(
                found[row, column],
                f.gaussian_velocity(x[row, column], t[row], float(at), 0.5),
            )


def test_one_point_as_data_is_reached_at_constant_speed():
    x = np.array([1.0, -3.0])
    close(f.gaussian_velocity(x, 0.5, 2.0, 0.0), (2 - x) / 0.5)


def test_neither_tiny_nor_huge_spreads_overflow():
    for std in (1e-300, 5e-324, HUGE):
        for t in (0.0, 1e-300, 0.5, 1 - 1e-16, 1.0):
            assert np.isfinite(f.gaussian_velocity(1.0, t, 0.0, std))
    close(f.gaussian_velocity(3.0, 1.0, 1.0, 1e-200), 3)


@pytest.mark.parametrize(("mean", "std"), [(2, 0.5), (0, 1), (-1, 3)])
def test_the_flow_is_the_straight_map_but_its_path_is_bent(mean, std):
    times = np.linspace(0, 1, 11)
    found = solve_ivp(
        lambda t, x: f.gaussian_velocity(x, min(max(t, 0), 1), mean, std),
        (0, 1),
        [1.0, -0.5],
        t_eval=times,
        rtol=1e-10,
        atol=1e-12,
    ).y
    for start, path in zip([1.0, -0.5], found):
        root = np.sqrt((1 - times) ** 2 + (times * std) ** 2)
        close(path, times * mean + start * root, 1e-8)
        close(path[-1], mean + std * start, 1e-8)


def test_halfway_a_standard_normal_has_seven_tenths_of_its_start():
    end = f.integrate(lambda x, t: f.gaussian_velocity(x, t / 2) / 2, 1.0, 400, "heun")
    close(end, math.sqrt(0.5), 1e-5)
    close(f.integrate(f.gaussian_velocity, 1.0, 400, "heun"), 1, 1e-4)


# The loss and its floor


@pytest.mark.parametrize(
    ("std", "published"), [(0.5, 0.785398), (1, 1.570796), (2, 3.141593)]
)
def test_the_least_loss_is_half_pi_times_the_spread(std, published):
    floor = quad(lambda t: std**2 / ((1 - t) ** 2 + (t * std) ** 2), 0, 1)[0]
    close(floor, math.pi * std / 2, 1e-9)
    close(floor, published, 5e-7)
    rng = np.random.default_rng(0)
    x0, noise = rng.standard_normal((2, 500_000))
    t = rng.random(500_000)
    point, direction = f.interpolate(x0, 1 + std * noise, t)
    loss = np.mean((f.gaussian_velocity(point, t, 1.0, std) - direction) ** 2)
    assert abs(loss / floor - 1) < 0.01


def test_another_function_loses_its_distance_to_the_velocity_more():
    rng = np.random.default_rng(1)
    x0, noise = rng.standard_normal((2, 400_000))
    t = rng.random(400_000)
    point, direction = f.interpolate(x0, 2 + 0.5 * noise, t)
    best, other = narrow(point, t), np.tanh(point) + t
    gain = np.mean((other - direction) ** 2) - np.mean((best - direction) ** 2)
    assert abs(gain / np.mean((other - best) ** 2) - 1) < 0.01


def test_the_gradient_is_that_of_the_distance_to_the_velocity():
    # f = a x + b: the gradients of both losses in a and b, by sums over samples
    rng = np.random.default_rng(2)
    x0, noise = rng.standard_normal((2, 400_000))
    t = rng.random(400_000)
    point, direction = f.interpolate(x0, 2 + 0.5 * noise, t)
    for target in (direction, narrow(point, t)):
        rest = 0.3 * point + 1 - target
        found = [2 * np.mean(rest * point), 2 * np.mean(rest)]
        if target is direction:
            first = found
    close(first, found, 0.02)
    assert max(map(abs, first)) > 0.3


def test_pairs_of_one_seed_have_no_floor():
    x0 = np.random.default_rng(0).standard_normal(100_000)
    x1 = 2 + 0.5 * np.random.default_rng(0).standard_normal(100_000)
    t = np.random.default_rng(1).random(100_000)
    point, direction = f.interpolate(x0, x1, t)
    start = (point - 2 * t) / (1 - t + 0.5 * t)
    assert np.mean((2 - 0.5 * start - direction) ** 2) < 1e-20


# The solver


def test_the_three_methods_have_the_published_ends():
    wanted = {
        "euler": [2, 2.2, 2.340541, 2.414785, 2.455683, 2.477364],
        "midpoint": [2.4, 2.494387, 2.498291, 2.499776, 2.499972, 2.499996],
        "heun": [2.5, 2.48, 2.504835, 2.502441, 2.500764, 2.500210],
    }
    for method, ends in wanted.items():
        found = [f.integrate(narrow, 1.0, 2**k, method) for k in range(6)]
        close(found, ends, 5e-7)


def test_twice_the_steps_halve_the_error_of_euler_and_quarter_the_others():
    for method, factor in (("euler", 2), ("midpoint", 4), ("heun", 4)):
        errors = [
            abs(f.integrate(lambda x, t: x * (1 + t), 1.0, n, method) - math.exp(1.5))
            for n in (256, 512)
        ]
        assert abs(errors[0] / errors[1] - factor) < 0.1


def test_on_normal_data_the_midpoint_is_better_than_its_order():
    for method, factor in (("euler", 2), ("midpoint", 8), ("heun", 4)):
        errors = [abs(f.integrate(narrow, 1.0, n, method) - 2.5) for n in (128, 256)]
        assert abs(errors[0] / errors[1] - factor) < 0.1


def test_an_equation_that_scipy_solves_too():
    def velocity(x, t):
        return np.stack([x[1] * t, -x[0] + t**2])

    start = np.array([1.0, -2.0])
    wanted = solve_ivp(
        lambda t, x: velocity(x, t), (0, 1), start, rtol=1e-11, atol=1e-12
    ).y[:, -1]
    for method, steps, error in (
        ("euler", 4000, 1e-3),
        ("midpoint", 500, 1e-5),
        ("heun", 500, 1e-5),
    ):
        close(f.integrate(velocity, start, steps, method), wanted, error)


def test_the_times_that_each_method_asks_for():
    for method, wanted in (
        ("euler", [0, 0.5]),
        ("midpoint", [0, 0.25, 0.5, 0.75]),
        ("heun", [0, 0.5, 0.5, 1]),
    ):
        asked = []

        def velocity(x, t, asked=asked):
            asked.append(t)
            return -x

        f.integrate(velocity, np.ones(3), 2, method)
        assert asked == wanted


def test_heun_needs_a_velocity_at_time_one_and_the_others_do_not():
    def velocity(x, t):
        return f.data_velocity(x, t, DATA)

    for method in ("euler", "midpoint"):
        assert np.isfinite(f.integrate(velocity, [[0.3]], 4, method)).all()
    with pytest.raises(ValueError, match=re.escape("t must be in [0, 1), got 1.0")):
        f.integrate(velocity, [[0.3]], 4, "heun")


def test_one_step_of_euler_sends_all_noise_to_the_mean_of_the_data():
    noise = np.random.default_rng(0).standard_normal((50, 1))
    close(f.integrate(narrow, noise, 1), np.full((50, 1), 2.0))
    ends = f.integrate(lambda x, t: f.data_velocity(x, t, DATA), noise, 1)
    close(ends, np.full((50, 1), 4 / 3))


def test_the_spread_of_eulers_samples_grows_with_the_steps():
    for steps, wanted in ((1, 0), (2, 0.2), (4, 0.3405), (10, 0.4308), (50, 0.4854)):
        low, high = f.integrate(narrow, np.array([0.0, 1.0]), steps)
        close(high - low, wanted, 5e-5)


def test_one_step_of_heun_halves_the_noise_whatever_the_spread():
    for std in (0.1, 0.5, 1, 7):
        low, high = f.integrate(
            lambda x, t, s=std: f.gaussian_velocity(x, t, 3.0, s),
            np.array([0.0, 1.0]),
            1,
            "heun",
        )
        close(high - low, 0.5)


def test_the_start_stays_and_a_velocity_may_write_into_its_argument_and_result():
    start, buffer = np.ones(3), np.empty(3)

    def velocity(x, t):
        np.multiply(x, -1 - t, out=buffer)
        x[:] = 0
        return buffer

    found = f.integrate(velocity, start, 3, "heun")
    assert (start == 1).all()
    close(found, f.integrate(lambda x, t: -(1 + t) * x, start, 3, "heun"))


# Finitely many data


def posterior_mean(x, t, data):
    """Bayes, one density at a time, with logarithms of Python's."""
    logs = [
        -sum((a - t * b) ** 2 for a, b in zip(x, point)) / (2 * (1 - t) ** 2)
        for point in data
    ]
    most = max(logs)
    weights = [math.exp(value - most) for value in logs]
    return [
        sum(w * p[k] for w, p in zip(weights, data)) / sum(weights)
        for k in range(len(x))
    ]


def test_two_points_by_hand():
    two = np.array([[-1.0], [1.0]])
    close(f.data_velocity([[0.0], [0.5]], 0.5, two), [[0], [0.523188]], 5e-7)
    weight = math.exp(-2)
    close(f.data_velocity([[0.5]], 0.5, two), (1 - 3 * weight) / (1 + weight))


def test_three_points_have_the_published_values():
    close(f.data_velocity([[0.5]], 0.5, DATA), 0.585948, 5e-7)
    close(f.data_velocity([[0.5]], 0, DATA), 0.833333, 5e-7)
    close(f.data_velocity([[1e6]], 0.999, DATA), -9.99996e8, 1e-3)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.floats(0, 0.99))
def test_the_velocity_leads_to_the_posterior_mean(n, m, d, t):
    rng = np.random.default_rng(n + 10 * m + 100 * d)
    x, data = rng.normal(size=(n, d)), 2 * rng.normal(size=(m, d))
    found = f.data_velocity(x, t, data)
    for row in range(n):
        mean = posterior_mean(x[row], t, data)
        close(found[row], [(a - b) / (1 - t) for a, b in zip(mean, x[row])], 1e-9)
    alone = f.data_velocity(x, np.full(n, t), data)
    close(alone, found, 1e-9)


def test_many_normal_draws_as_data_have_nearly_the_velocity_of_the_normal():
    data = np.random.default_rng(0).normal(2, 0.5, (100_000, 1))
    close(f.data_velocity([[1.0]], 0.6, data), 2.2, 0.02)


def test_far_points_and_late_times_do_not_overflow():
    for x in (HUGE, -HUGE, 1e6, 0.0):
        for t in (0.0, 0.5, 1 - 1e-16):
            assert np.isfinite(f.data_velocity([[x]], t, DATA)).all()
    far = f.data_velocity([[1e8]], 0.5, [[1e8], [1e8 + 1]])
    close(far, 2)  # the second needs less noise, by far


def test_the_exact_optimum_returns_the_training_data():
    noise = np.random.default_rng(0).standard_normal((20_000, 1))
    ends = f.integrate(lambda x, t: f.data_velocity(x, t, DATA), noise, 50)
    assert np.abs(ends - DATA.T).min(1).max() < 1e-9
    for point in DATA[:, 0]:
        assert abs(np.mean(np.abs(ends - point) < 0.1) - 1 / 3) < 0.01


# Couplings


def test_sorting_both_sides_of_a_batch_shortens_the_way():
    rng = np.random.default_rng(0)
    for size, wanted in ((1, 2), (4, 0.851), (16, 0.282), (64, 0.082), (256, 0.023)):
        x0, x1 = rng.standard_normal((2, 400_000 // size, size))
        cost = np.mean((np.sort(x0, 1) - np.sort(x1, 1)) ** 2)
        assert abs(cost - wanted) < 0.02 * wanted + 0.0005


def test_straight_lines_need_not_be_the_shortest():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])

    def velocity(x, t):  # one line through each point: from x0 to x0 turned
        back = np.linalg.inv((1 - t) * np.eye(2) + t * turn)
        return x @ (turn @ back - back).T

    x0 = np.random.default_rng(0).standard_normal((100_000, 2))
    ends = f.integrate(velocity, x0, 1)
    close(ends, x0 @ turn.T)
    close(f.integrate(velocity, x0[:100], 7), ends[:100])
    assert abs(np.mean(np.sum((ends - x0) ** 2, 1)) - 4) < 0.05
    close(np.cov(ends.T), np.eye(2), 0.02)  # the same law: standing still costs 0


def test_the_flows_own_pairs_are_straight_so_reflow_needs_one_step():
    def again(x, t):  # lines from x0 to 2 + x0 / 2, which is where the flow ends
        return 2 - 0.5 * (x - 2 * t) / (1 - t + 0.5 * t)

    noise = np.random.default_rng(0).standard_normal(20)
    once = f.integrate(again, noise, 1)
    close(once, f.integrate(narrow, noise, 1000, "midpoint"), 1e-5)


# One prediction under four names


def test_a_conversion_by_hand():
    for target, wanted in (("velocity", 0.8), ("x0", 0.5), ("score", -0.666667)):
        close(f.convert(1.3, "x1", target, 0.7, 0.25), wanted, 5e-7)


@given(st.floats(0.01, 0.99), st.floats(-5, 5), st.floats(-5, 5))
def test_the_way_there_and_back_through_each_name(t, x0, x1):
    x, v = f.interpolate(x0, x1, t)
    truth = {"x0": x0, "x1": x1, "velocity": v, "score": -x0 / (1 - t)}
    for source, given_value in truth.items():
        for target, wanted in truth.items():
            close(f.convert(given_value, source, target, x, t), wanted, 1e-8)


def test_the_score_of_normal_data_comes_from_the_velocity():
    x, t = np.linspace(-2, 3, 7), 0.6
    variance = 0.4**2 + (0.6 * 0.5) ** 2
    exact = -(x - 1.2) / variance
    close(f.convert(narrow(x, t), "velocity", "score", x, t), exact)
    close((t * narrow(x, t) - x) / (1 - t), exact)


def test_a_time_for_each_row_is_converted_so():
    x, v = np.random.default_rng(0).normal(size=(2, 3, 2))
    t = np.array([0.25, 0.5, 0.75])
    found = f.convert(v, "velocity", "x1", x, t)
    close(found, x + (1 - t)[:, None] * v)


def test_what_needs_no_division_has_no_overflow():
    close(f.convert(2.0, "x0", "score", 1e9, 1e-300), -2)
    close(f.convert(2.0, "velocity", "x1", 1.0, 1e-300), 3)
    with pytest.raises(ValueError, match="fit into float64, got an overflow"):
        f.convert(2.0, "x0", "x1", 1e9, 1e-300)


# Times


def test_the_shift_has_the_published_values():
    found = f.shift_time([0, 0.1, 0.5, 0.9, 1], 3)
    close(found, [0, 0.25, 0.75, 0.964286, 1], 5e-7)


@given(st.floats(0.01, 0.99), st.floats(0.1, 10), st.floats(0.1, 10))
def test_shifts_multiply_odds_and_compose(t, first, second):
    once = f.shift_time(t, first)
    close(once / (1 - once), first * t / (1 - t), 1e-9)
    close(f.shift_time(once, second), f.shift_time(t, first * second))
    close(f.shift_time(once, 1 / first), t)
    # the same formula on noise levels 1 - t is the inverse shift on t
    close(1 - f.shift_time(1 - t, first), f.shift_time(t, 1 / first))


def test_extreme_shifts_keep_the_ends():
    for shift in (5e-324, 1e-50, HUGE):
        assert f.shift_time([0, 1], shift).tolist() == [0, 1]


def test_the_density_has_the_published_values():
    close(f.logit_normal_density([0.1, 0.5, 0.9]), [0.396575, 1.595769, 0.396575], 5e-7)
    close(f.logit_normal_density([0.5, 0.02], 0, 2), [0.798, 1.532], 5e-4)


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (0, 2), (-0.5, 0.7), (2, 1.5)])
def test_the_density_integrates_to_the_normal_law(mean, std):
    for low, high in ((0, 1), (0.2, 0.7)):
        found = quad(lambda t: float(f.logit_normal_density(t, mean, std)), low, high)
        ends = [
            math.log(e / (1 - e)) if 0 < e < 1 else (-1) ** (e == 0) * math.inf
            for e in (low, high)
        ]
        wanted = stats.norm.cdf(ends[1], mean, std) - stats.norm.cdf(ends[0], mean, std)
        close(found[0], wanted, 1e-6)


def test_a_shift_of_logit_normal_times_moves_their_mean():
    t = np.array([0.1, 0.4, 0.8])
    moved = f.shift_time(t, 3)
    slope = moved * (1 - moved) / (t * (1 - t))
    found = f.logit_normal_density(moved, math.log(3), 1) * slope
    close(found, f.logit_normal_density(t))


def test_densities_at_the_edge_of_float64():
    assert f.logit_normal_density(1e-320) == 0
    assert f.logit_normal_density(0.5, HUGE) == 0
    with pytest.raises(ValueError, match="got an overflow"):
        f.logit_normal_density(1e-320, 0.0, 1000.0)


def test_fluxs_shift_at_a_megapixel_is_the_exponential_of_its_mu():
    mu = 1.15
    for noise in (0.2, 0.5, 0.9):
        theirs = math.exp(mu) / (math.exp(mu) + (1 / noise - 1))
        close(f.shift_time(noise, math.exp(mu)), theirs)
    assert (round(math.exp(0.5), 2), round(math.exp(mu), 2)) == (1.65, 3.16)


def test_a_spread_of_two_makes_two_hills_and_a_spread_of_one_makes_one():
    t = np.linspace(0.005, 0.995, 199)
    for std, hills in ((1, 1), (2, 2)):
        rises = np.diff(f.logit_normal_density(t, 0, std)) > 0
        assert 1 + int((~rises[:-1] & rises[1:]).sum()) == hills


def test_the_ends_of_time_need_no_data_but_the_mean():
    x = np.array([-1.0, 0.5, 3.0])
    for s in (0.5, 2):
        close(f.gaussian_velocity(x, 0, 2, s), 2 - x)
        close(f.gaussian_velocity(x, 1, 2, s), x)


def test_with_the_sign_of_the_other_convention_samples_run_away():
    noise = np.random.default_rng(0).standard_normal(1000)
    ends = f.integrate(lambda x, t: -narrow(x, t), noise, 50)
    assert ends.mean() < -2


# A trained net


def two_peaks(n, generator):
    side = torch.randint(2, (n, 1), generator=generator) * 2.0 - 1
    return side + 0.25 * torch.randn((n, 1), generator=generator)


def peaks_velocity(x, t):
    variance = t**2 / 16 + (1 - t) ** 2
    right = 1 / (1 + np.exp(-2 * t * x / variance))
    halves = [f.gaussian_velocity(x, t, mean, 0.25) for mean in (1.0, -1.0)]
    return right * halves[0] + (1 - right) * halves[1]


def distance(samples):
    law = [stats.norm(mean, 0.25).cdf for mean in (-1, 1)]
    return stats.kstest(
        samples.ravel(), lambda x: (law[0](x) + law[1](x)) / 2
    ).statistic


def test_trained_nets_have_nearly_the_velocity_and_the_law_of_the_data():
    rng = np.random.default_rng(9)
    noise = rng.standard_normal((10_000, 1))
    x0 = rng.standard_normal((4000, 1))
    x1 = two_peaks(4000, torch.Generator().manual_seed(9)).numpy().astype(float)
    for seed in range(3):
        net = train_velocity(two_peaks, 500, seed)
        gaps = []
        for t in np.linspace(0.025, 0.975, 20):
            x = f.interpolate(x0, x1, t)[0]
            gaps.append(np.mean((net(x, t) - peaks_velocity(x, t)) ** 2))
        assert np.mean(gaps) < 0.1
        assert distance(f.integrate(net, noise, 50)) < 0.1
        assert distance(f.integrate(net, noise, 1)) > 0.4


def test_lines_turned_by_90_degrees_cross_but_never_at_one_time():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    for t in np.linspace(0, 1, 11):
        assert np.linalg.det((1 - t) * np.eye(2) + t * turn) >= 0.5 - 1e-12
    a = np.array([1.0, 0.0])
    b = np.array([1.0, -1.0]) / np.sqrt(2)
    # Where both lines meet in the plane, and when each is there.
    when = np.linalg.solve(np.stack([turn @ a - a, -(turn @ b - b)], 1), b - a)
    assert (when > 0).all()
    assert (when < 1).all()
    assert abs(when[0] - when[1]) > 0.1


def test_the_floor_of_two_peaks():
    rng = np.random.default_rng(0)
    x0 = rng.standard_normal((200_000, 1))
    x1 = rng.choice([-1.0, 1.0], (200_000, 1)) + 0.25 * rng.standard_normal(
        (200_000, 1)
    )
    losses = []
    for t in (np.arange(20) + 0.5) / 20:
        x, direction = f.interpolate(x0, x1, t)
        losses.append(np.mean((peaks_velocity(x, t) - direction) ** 2))
    close(np.mean(losses), 1.38, 0.02)
    close(np.mean((x1 - x0) ** 2), 2.06, 0.02)  # of a net that always says 0


def test_training_is_the_same_again_and_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, second, other = (train_velocity(two_peaks, 2, s, 4, 8) for s in (0, 0, 1))
    x = np.ones((2, 1))
    assert (first(x, 0.5) == second(x, 0.5)).all()
    assert (first(x, 0.5) != other(x, 0.5)).all()
    assert torch.equal(torch.get_rng_state(), state)
    for bad in ("updates", "width", "batch"):
        sizes = {"updates": 1, "width": 1, "batch": 1, bad: 0}
        with pytest.raises(ValueError, match=f"{bad} must be an integer from 1"):
            train_velocity(two_peaks, seed=0, **sizes)


# What is refused


BAD = [
    (
        f.interpolate,
        ([1.0], [1.0, 2.0], 0.5),
        "x1 must have the shape of x0, (1,), got (2,)",
    ),
    (f.interpolate, (1.0, 2.0, 1.5), "t must be in [0, 1], got 1.5"),
    (f.interpolate, (1.0, 2.0, -0.5), "t must be in [0, 1], got -0.5"),
    (f.interpolate, ([1.0], [2.0], [0.5, 0.5]), "or have shape (1,), one for each row"),
    (f.interpolate, (math.nan, 1.0, 0.5), "x0 must hold finite numbers of at most"),
    (f.interpolate, (1e51, 1.0, 0.5), "x0 must hold finite numbers of at most"),
    (f.interpolate, ("1", 1.0, 0.5), "x0 must be an array of numbers, got '1'"),
    (f.interpolate, (np.array([1.0, "2"], dtype=object), 1.0, 0.5), "x0 must be an"),
    (f.interpolate, (1j, 1.0, 0.5), "x0 must be an array of numbers, got 1j"),
    (f.interpolate, (np.ma.array([1.0]), 1.0, 0.5), "x0 must be an array of numbers"),
    (f.interpolate, ([True], [1.0], 0.5), "x0 must be an array of numbers"),
    (f.interpolate, ([[1.0], [1.0, 2.0]], 1.0, 0.5), "x0 must be an array of numbers"),
    (f.gaussian_velocity, (1.0, 0.5, 0.0, -1.0), "std must be a number from 0 to"),
    (f.gaussian_velocity, (1.0, 0.5, 0.0, True), "std must be a number from 0 to"),
    (f.gaussian_velocity, (1.0, 0.5, 0.0, 10**400), "std must be a number from 0 to"),
    (f.gaussian_velocity, (1.0, 1.0, 0.0, 0.0), "t must be in [0, 1), got 1.0"),
    (f.gaussian_velocity, ([1.0], 0.5, [0.0, 1.0]), "mean must be a number, or have"),
    (f.data_velocity, ([1.0], 0.5, DATA), "x must have shape (n, d), got (1,)"),
    (f.data_velocity, ([[1.0]], 0.5, [1.0]), "data must have shape (m, 1), m >= 1"),
    (f.data_velocity, ([[1.0]], 0.5, np.empty((0, 1))), "data must have shape (m, 1)"),
    (f.data_velocity, ([[1.0]], 0.5, [[1.0, 2.0]]), "data must have shape (m, 1)"),
    (f.data_velocity, ([[1.0]], 1.0, DATA), "t must be in [0, 1), got 1.0"),
    (f.convert, (1.0, "x1", "x0", 1.0, 0.0), "t must be in (0, 1), got 0.0"),
    (f.convert, (1.0, "x1", "x0", 1.0, 1.0), "t must be in (0, 1), got 1.0"),
    (f.convert, (1.0, "x1", "x1", 1.0, 1.0), "t must be in (0, 1), got 1.0"),
    (f.convert, (1.0, "eps", "x0", 1.0, 0.5), "source must be one of velocity, x1"),
    (f.convert, (1.0, "x1", None, 1.0, 0.5), "target must be one of velocity, x1"),
    (f.convert, ([1.0], "x1", "x0", 1.0, 0.5), "prediction must have the shape of x"),
    (
        f.integrate,
        (narrow, 1.0, 0),
        "steps must be an integer from 1 to 1000000, got 0",
    ),
    (f.integrate, (narrow, 1.0, True), "steps must be an integer from 1 to 1000000"),
    (f.integrate, (narrow, 1.0, 2.0), "steps must be an integer from 1 to 1000000"),
    (f.integrate, (narrow, 1.0, 1_000_001), "steps must be an integer from 1 to"),
    (f.integrate, (narrow, 1.0, 2, "rk4"), "method must be one of euler, midpoint"),
    (f.integrate, (lambda x, t: [1.0], 1.0, 2), "velocity(x, t) must have the shape"),
    (f.integrate, (lambda x, t: 2 * HUGE + 0 * x, 1.0, 2, "heun"), "must hold finite"),
    (f.integrate, (lambda x, t: x, HUGE, 2), "a point on the way must hold finite"),
    (f.shift_time, (1.5, 3.0), "t must be in [0, 1], got 1.5"),
    (f.shift_time, (0.5, 0.0), "shift must be a number above 0 and up to"),
    (f.shift_time, (0.5, math.inf), "shift must be a number above 0 and up to"),
    (f.logit_normal_density, (0.0,), "t must be in (0, 1), got 0.0"),
    (f.logit_normal_density, (1.0,), "t must be in (0, 1), got 1.0"),
    (f.logit_normal_density, (0.5, [0.0]), "mean must be a number, got shape (1,)"),
    (f.logit_normal_density, (0.5, 0.0, 0.0), "std must be a number above 0 and up to"),
]


@pytest.mark.parametrize(("call", "args", "message"), BAD)
def test_bad_input_is_refused_with_what_is_wanted(call, args, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(*args)


def test_the_largest_step_count_and_number_are_allowed():
    assert f.interpolate(HUGE, -HUGE, 0.5)[0] == 0
    assert f.shift_time(0.5, HUGE) == 1
    count = 0

    def velocity(x, t):
        nonlocal count
        count += 1
        if count > 3:
            raise KeyError  # it began: that is enough
        return x

    with pytest.raises(KeyError):
        f.integrate(velocity, 0.0, 1_000_000)


def test_for_one_data_point_the_floor_is_zero():
    rng = np.random.default_rng(0)
    x0, t = rng.standard_normal((50, 2)), 0.99 * rng.random(50)
    data = np.array([[1.0, -2.0]])
    x, direction = f.interpolate(x0, np.repeat(data, 50, axis=0), t)
    found = [f.data_velocity(x[i : i + 1], t[i], data)[0] for i in range(50)]
    np.testing.assert_allclose(found, direction, rtol=0, atol=1e-9)


def test_a_point_far_away_does_not_blur_the_weights_of_those_nearby():
    data = np.array([[0.0], [1.0], [1e40]])
    share = math.exp(-0.5) / (1 + math.exp(-0.5))  # noise 0 or -1
    found = f.data_velocity(np.array([[0.0]]), 0.5, data)
    np.testing.assert_allclose(found, [[share / 0.5]], rtol=1e-12)


def test_each_update_draws_one_batch():
    drawn = []

    def draw(n, rng):
        drawn.append(n)
        return torch.randn(n, 1, generator=rng)

    train_velocity(draw, 3, 0, width=4, batch=5)
    assert drawn == [1, 5, 5, 5]


def test_each_pair_has_a_time_of_its_own_and_the_rate_falls_to_zero(monkeypatch):
    seen, rates = [], []

    def cat(parts, axis):
        seen.append(parts)
        return join(parts, axis)

    class Falling(torch.optim.lr_scheduler.LinearLR):
        def step(self, *args):
            super().step(*args)
            rates.append(self.get_last_lr()[0])

    join = torch.cat
    monkeypatch.setattr(torch, "cat", cat)
    monkeypatch.setattr(torch.optim.lr_scheduler, "LinearLR", Falling)
    # Data so far away that the point tells the time.
    train_velocity(lambda n, rng: torch.full((n, 1), 1e6), 4, 0, width=4)
    assert len(seen) == 4
    for points, t in seen:
        assert points.shape == t.shape == (256, 1)
        assert (points / 1e6 - t).abs().max() < 1e-4
        assert 0.25 < t.std() < 0.33
    np.testing.assert_allclose(rates, [0.01, 0.0075, 0.005, 0.0025, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (lambda n: torch.ones(1, 1), "shape (5, d), got (1, 1)"),
        (lambda n: torch.ones(n), "shape (1, d), got (1,)"),
        (lambda n: np.ones((n, 1)), "shape (1, d), got ndarray"),
        (lambda n: torch.ones(n, 1).double(), "float32 numbers, got torch.float64"),
        (lambda n: torch.full((n, 1), math.nan), "finite float32 numbers, got"),
    ],
)
def test_data_that_would_broadcast_or_spoil_the_net_are_refused(drawn, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        train_velocity(lambda n, rng: drawn(n), 1, 0, width=4, batch=5)


def test_the_floor_of_two_peaks_by_quadrature_rounds_to_the_number_on_the_page():
    x, floors = np.linspace(-6, 6, 4001), []
    for t in (np.arange(200) + 0.5) / 200:
        variance = (1 - t) ** 2 + t**2 / 16
        right, left = (stats.norm.pdf(x, m * t, variance**0.5) / 2 for m in (1, -1))
        slope = (t / 16 - (1 - t)) / variance
        both = right * left / np.maximum(right + left, 1e-300)
        between = (2 * (1 - t * slope)) ** 2 * both.sum() * (x[1] - x[0])
        floors.append(1 / 16 / variance + between)
    assert round(float(np.mean(floors)), 2) == 1.39


def test_the_floor_depends_on_the_law_of_the_times():
    def floor(s, law):
        return quad(lambda t: law(t) * s**2 / ((1 - t) ** 2 + (s * t) ** 2), 0, 1)[0]

    close(floor(1, lambda t: 1), math.pi / 2)

    def law(std):
        return lambda t: float(f.logit_normal_density(t, 0, std)) if 0 < t < 1 else 0.0

    for std, wanted in ((1, 1.74), (2, 1.51)):
        close(floor(1, law(std)), wanted, 0.005)
    assert floor(1, law(1)) > 1.7
    assert floor(3, law(1)) < 4.4 < 3 * math.pi / 2


def test_one_time_for_a_batch_makes_the_loss_jump_about():
    rng, own, one = np.random.default_rng(0), [], []
    for _ in range(300):
        x0, x1 = rng.standard_normal((2, 256))
        for t, losses in ((rng.random(256), own), (rng.random(), one)):
            x, direction = f.interpolate(x0, x1, t)
            losses.append(np.mean((f.gaussian_velocity(x, t) - direction) ** 2))
    assert np.std(one) > 1.8 * np.std(own)
    assert 0.3 < np.mean(np.array(own) < math.pi / 2) < 0.7  # below the floor by chance


def test_reflow_pairs_have_another_velocity_at_the_start():
    x0 = np.array([-1.0, 0.0, 1.0])
    x, direction = f.interpolate(x0, 2 + 0.5 * x0, 0.0)
    close(x + direction, 2 + 0.5 * x0)  # one step is right, and no mean
    assert (f.gaussian_velocity(x, 0, 2, 0.5) != direction).any()


def test_a_density_too_high_for_float64_says_so():
    with pytest.raises(ValueError, match="or std to 0, for these numbers"):
        f.logit_normal_density(0.5, 0.0, 1e-320)
