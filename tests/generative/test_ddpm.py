"""Oracles: a closed form, Bayes with precisions, finite differences, recursion."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.generative import ddpm as d

LINEAR = d.Schedule(d.linear_betas())
COSINE = d.Schedule(d.cosine_betas())
FOUR = d.Schedule(np.array([0.1, 0.2, 0.3, 0.4]))
TEN = d.Schedule(d.linear_betas(10, 0.01, 0.9))
HUNDRED = d.Schedule(d.linear_betas(100, 0.001, 0.2))
OBJECTS = np.array(["0.1", "0.2", True], dtype=object)
LISTS = st.lists(st.floats(1e-4, 0.99), min_size=2, max_size=8)


def close(got, wanted, atol=1e-12):
    np.testing.assert_allclose(got, wanted, rtol=0, atol=atol)


def recursion(betas, mean, var, variance, weight=1.0):
    """Mean and variance of what the sampler gives: each step is a straight line."""
    share = np.cumprod([1 - b for b in betas])
    at, v = 0.0, 1.0
    for t in reversed(range(len(betas))):
        b, a = betas[t], share[t]
        before = share[t - 1] if t else 1.0
        # eps = s (x - m mean) / spread, and mu = (x - b / s eps) / sqrt(1 - b)
        spread = a * var + 1 - a
        slope = (1 - b / spread) / math.sqrt(1 - b)
        at = slope * at + b / spread * math.sqrt(a) * mean / math.sqrt(1 - b)
        noise = {"beta": b, "posterior": (1 - before) / (1 - a) * b}[variance]
        v = slope**2 * v + (noise * weight if t else 0.0)
    return at, v


# The schedules


def test_the_linear_schedule_has_the_published_ends():
    close(d.linear_betas()[[0, -1]], [1e-4, 0.02])
    close(LINEAR.alphas_bar[[0, 499]], [0.9999, 0.078587], 5e-7)
    close(LINEAR.alphas_bar[999], 4.035830e-5, 5e-12)
    close(math.sqrt(LINEAR.alphas_bar[999]), 0.006353, 5e-7)


def test_the_cosine_schedule_is_a_squared_cosine_but_for_one_step():
    betas = d.cosine_betas()
    close(betas[[0, 499, 998, 999]], [4.128422e-5, 0.003146, 0.749999, 0.999], 5e-7)
    assert int((betas == 0.999).sum()) == 1
    turn = [math.cos((t / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for t in (0, 500)]
    close(COSINE.alphas_bar[499], turn[1] / turn[0])
    close(COSINE.alphas_bar[[499, 999]], [0.493844, 2.42877e-9], 5e-7)


def test_half_of_the_signal_is_lost_later_with_the_cosine():
    assert int((LINEAR.alphas_bar < 0.5).argmax()) == 259
    assert int((COSINE.alphas_bar < 0.5).argmax()) == 496
    nearly = [int((s.alphas_bar < 0.01).sum()) for s in (LINEAR, COSINE)]
    assert nearly == [327, 65]


def test_a_tenth_of_the_steps_with_the_same_range_leaves_a_third_of_the_signal():
    short = d.Schedule(d.linear_betas(100))
    close(short.alphas_bar[-1], 0.363563, 5e-7)
    close(recursion(short.betas, 3.0, 0.25, "posterior")[0], 2.6251, 5e-5)
    close(recursion(LINEAR.betas, 3.0, 0.25, "posterior")[0], 3, 5e-4)


def test_four_steps_by_hand():
    close(FOUR.alphas_bar, [0.9, 0.72, 0.504, 0.3024])
    close(FOUR.previous, [1, 0.9, 0.72, 0.504])
    close(FOUR.noise_bar, [0.1, 0.28, 0.496, 0.6976])
    close(FOUR.posterior_variance, [0, 0.071429, 0.169355, 0.284404], 5e-7)
    assert len(FOUR) == 4


@given(LISTS)
def test_the_shares_are_those_of_sums_of_logarithms(betas):
    schedule = d.Schedule(np.array(betas))
    for t in range(len(betas)):
        share = math.exp(math.fsum(math.log(1 - b) for b in betas[: t + 1]))
        close(schedule.alphas_bar[t], share)
        close(schedule.alphas_bar[t] + schedule.noise_bar[t], 1)


def test_tiny_variances_keep_their_digits():
    tiny = d.Schedule(np.array([1e-20, 3e-20]))
    np.testing.assert_allclose(tiny.noise_bar, [1e-20, 4e-20], rtol=1e-12)
    np.testing.assert_allclose(tiny.posterior_variance[1], 0.75e-20, rtol=1e-12)


def test_the_ends_of_what_a_schedule_may_hold():
    assert d.Schedule([0.999] * 86).alphas_bar[-1] > 0
    assert d.Schedule([1e-30]).noise_bar[0] == 1e-30
    close(d.linear_betas(3, 0.1, 0.1), [0.1] * 3)


def test_the_best_prediction_for_a_point_keeps_its_digits_in_little_noise():
    close(d.gaussian_eps(1e-10, 0, d.Schedule([1e-20]), 0.0, 0.0), 1)


def test_half_precision_loses_the_first_step():
    assert np.float16(1) - np.float16(1e-4) == 1
    given16 = d.Schedule(np.array([1e-4, 0.02], dtype=np.float16))
    assert given16.alphas[0] < 1


def test_a_schedule_cannot_be_changed_and_owns_its_numbers():
    betas = np.array([0.1, 0.2])
    schedule = d.Schedule(betas)
    betas[0] = 0.5
    close(schedule.betas, [0.1, 0.2])
    with pytest.raises(ValueError, match="read-only"):
        schedule.alphas_bar[0] = 1


# The jump, the posterior, the three predictions


def test_the_jump_has_the_moments_of_the_steps_one_by_one():
    mean, var = 1.5, 0.0
    for t, beta in enumerate(FOUR.betas):
        mean, var = math.sqrt(1 - beta) * mean, (1 - beta) * var + beta
        close(d.q_sample(1.5, t, 0.0, FOUR), mean)
        close(d.q_sample(0.0, t, 1.0, FOUR), math.sqrt(var))


def test_each_row_may_have_its_own_step():
    x, t = np.ones((3, 2, 2)), np.array([3, 0, 1], dtype=np.int32)
    noise = np.arange(12.0).reshape(3, 2, 2)
    got = d.q_sample(x, t, noise, FOUR)
    for row in range(3):
        close(got[row], d.q_sample(x[row], int(t[row]), noise[row], FOUR))
    assert d.posterior(x, noise, t, FOUR)[1].shape == (3, 1, 1)


@given(LISTS, st.floats(-3, 3), st.floats(-3, 3), st.data())
def test_the_posterior_is_bayes_rule_with_precisions(betas, x0, xt, data):
    schedule = d.Schedule(np.array(betas))
    t = data.draw(st.integers(1, len(betas) - 1))
    share = math.prod(1 - b for b in betas[:t])
    prior, seen = 1 / (1 - share), (1 - betas[t]) / betas[t]
    mean = (prior * math.sqrt(share) * x0 + seen * xt / math.sqrt(1 - betas[t])) / (
        prior + seen
    )
    got = d.posterior(x0, xt, t, schedule)
    close(got[0], mean, 1e-9)
    close(got[1], 1 / (prior + seen), 1e-10)


def test_before_step_zero_only_the_data_are_left():
    mean, variance = d.posterior(np.array([2.0]), np.array([-5.0]), 0, LINEAR)
    close(mean, [2.0])
    assert variance == 0


def test_the_worked_example():
    mean, variance = d.posterior(1.5, -0.4, 2, FOUR)
    close([mean, variance], [0.580911, 0.169355], 5e-7)
    x0 = d.convert(0.3, "eps", "x0", -0.4, 2, FOUR)
    v = d.convert(0.3, "eps", "v", -0.4, 2, FOUR)
    close([x0, v], [-0.861046, 0.819390], 5e-7)
    from_noise = (-0.4 - 0.3 / math.sqrt(0.496) * 0.3) / math.sqrt(0.7)
    close(d.posterior(x0, -0.4, 2, FOUR)[0], from_noise)
    close(from_noise, -0.630831, 5e-7)


@given(LISTS, st.floats(-3, 3), st.floats(-3, 3), st.data())
def test_predictions_say_the_same_and_come_back(betas, x0, noise, data):
    schedule = d.Schedule(np.array(betas))
    t = data.draw(st.integers(0, len(betas) - 1))
    share = math.prod(1 - b for b in betas[: t + 1])
    m, s = math.sqrt(share), math.sqrt(1 - share)
    xt = m * x0 + s * noise
    truth = {"eps": noise, "x0": x0, "v": m * noise - s * x0}
    for source in truth:
        for target in truth:
            got = d.convert(truth[source], source, target, xt, t, schedule)
            close(got, truth[target], 1e-12 / min(m, s) ** 2)


def test_an_error_in_the_noise_is_large_in_the_data_near_the_end():
    for t, factor in ((499, 3.42414), (999, 157.407)):
        off = d.convert(0.0, "eps", "x0", 1.0, t, LINEAR) - d.convert(
            1.0, "eps", "x0", 1.0, t, LINEAR
        )
        close(off, factor, 5e-4)


def test_the_last_cosine_step_multiplies_an_error_by_thirty():
    one = d.Schedule(d.cosine_betas(50))
    x0 = [d.convert(e, "eps", "x0", 1.0, 49, one) for e in (0.0, 1.0)]
    means = [d.posterior(x, 1.0, 49, one)[0] for x in x0]
    close(means[0] - means[1], 31.6, 0.05)
    x0 = [d.convert(e, "v", "x0", 1.0, 49, one) for e in (0.0, 1.0)]
    means = [d.posterior(x, 1.0, 49, one)[0] for x in x0]
    assert abs(means[0] - means[1]) < 0.05
    noise = [d.convert(x, "x0", "eps", 1.0, 0, LINEAR) for x in (0.0, 1.0)]
    close(noise[0] - noise[1], 100, 0.01)
    x0 = [d.convert(e, "eps", "x0", 1.0, 999, LINEAR) for e in (0.0, 1.0)]
    means = [d.posterior(x, 1.0, 999, LINEAR)[0] for x in x0]
    close(means[0] - means[1], 0.0202, 5e-5)
    x0 = [d.convert(e, "eps", "x0", 1.0, 99, HUNDRED) for e in (0.0, 1.0)]
    means = [d.posterior(x, 1.0, 99, HUNDRED)[0] for x in x0]
    close(means[0] - means[1], 0.2236, 5e-4)


def test_an_error_in_v_is_one_in_the_noise_over_the_root_of_the_share():
    for t in range(4):
        off = np.diff([float(d.convert(e, "eps", "v", 0.7, t, FOUR)) for e in (0, 1)])
        close(off[0] ** 2, 1 / FOUR.alphas_bar[t])


def test_what_is_already_of_the_kind_wanted_stays_as_it_is():
    for kind in ("eps", "x0", "v"):
        assert d.convert(0.1, kind, kind, 1e30, 2, FOUR) == 0.1


def test_the_best_prediction_is_a_regression_of_the_noise():
    rng = np.random.default_rng(0)
    x0, noise = 3 + 0.5 * rng.standard_normal(200_000), rng.standard_normal(200_000)
    xt = d.q_sample(x0, 1, noise, FOUR)
    slope, start = np.polyfit(xt, noise, 1)
    got = d.gaussian_eps(np.array([0.0, 1.0]), 1, FOUR, 3.0, 0.25)
    close(got, [start, start + slope], 0.02)
    point = d.gaussian_eps(xt, 1, FOUR, x0, 0.0)  # each point's own data are known
    close(point, noise, 1e-9)


# Sampling


@pytest.mark.parametrize(
    ("mean", "var", "variance", "wanted"),
    [
        (3, 0.25, "posterior", (2.999748, 0.126355)),
        (3, 0.25, "beta", (2.999748, 0.316473)),
        (0, 1, "beta", (0, 0.99)),
        (0, 1, "posterior", (0, 0.602102)),
    ],
)
def test_ten_steps_give_the_variance_of_the_recursion(mean, var, variance, wanted):
    found = recursion(TEN.betas, mean, var, variance)
    close(found, wanted, 5e-7)
    x = d.ancestral_sample(
        lambda x, t: d.gaussian_eps(x, t, TEN, mean, var),
        (400_000,),
        TEN,
        np.random.default_rng(1),
        variance,
    )
    assert abs(x.mean() - wanted[0]) < 0.005
    assert abs(x.var() / wanted[1] - 1) < 0.02
    if var == 0.25:
        assert abs(x.var() / 0.25 - 1) > 0.2


def test_a_thousand_steps_come_close():
    close(recursion(LINEAR.betas, 0, 0.25, "posterior")[1], 0.246125, 5e-7)
    close(recursion(LINEAR.betas, 0, 0.25, "beta")[1], 0.250752, 5e-7)
    close(recursion(LINEAR.betas, 0, 1, "posterior")[1], 0.991067, 5e-7)
    close(recursion(LINEAR.betas, 0, 1, "beta")[1], 0.9999)


def test_a_single_point_is_hit_with_either_variance():
    for variance in ("posterior", "beta"):
        x = d.ancestral_sample(
            lambda x, t: d.gaussian_eps(x, t, TEN, 3.0, 0.0),
            (20,),
            TEN,
            np.random.default_rng(0),
            variance,
        )
        close(x, np.full(20, 3.0), 1e-9)


@given(LISTS, st.floats(0.01, 4))
def test_the_right_variance_of_a_step_back_depends_on_the_data(betas, var):
    # Var(x_before | x_t) = posterior + what the unknown noise adds to the mean
    s = d.Schedule(np.array(betas))
    t = len(betas) - 1
    before = s.previous[t] * var + 1 - s.previous[t]
    after = s.alphas[t] * before + s.betas[t]
    true = before - s.alphas[t] * before**2 / after
    unknown = s.alphas_bar[t] * var / (s.alphas_bar[t] * var + s.noise_bar[t])
    added = 2 * d.loss_weights(s, "beta")[t] * s.betas[t] * unknown
    close(true, s.posterior_variance[t] + added, 1e-9)
    if var <= 1:
        assert s.posterior_variance[t] - 1e-9 <= true <= s.betas[t] + 1e-9
    else:
        assert true > s.betas[t] - 1e-9


def test_a_missing_root_gives_too_little_noise():
    # sigma^2 z instead of sigma z: the noise has the variance sigma^4
    right = recursion(HUNDRED.betas, 0, 0.25, "posterior")[1]
    x, rng = np.random.default_rng(0).standard_normal(50_000), np.random.default_rng(1)
    for t in reversed(range(100)):
        x0 = d.convert(
            d.gaussian_eps(x, t, HUNDRED, 0, 0.25), "eps", "x0", x, t, HUNDRED
        )
        x, variance = d.posterior(x0, x, t, HUNDRED)
        x = x + variance * rng.standard_normal(50_000)
    assert x.var() < 0.1 * right


@pytest.mark.parametrize("variance", ["beta", "posterior"])
def test_the_sampler_is_the_papers_algorithm_with_the_same_draws(variance):
    rng, share = np.random.default_rng(0), [0.9, 0.72, 0.504, 0.3024]
    x = rng.standard_normal(5)
    for t in (3, 2, 1, 0):
        b = FOUR.betas[t]
        x = (x - b / math.sqrt(1 - share[t]) * (np.sin(x) + t)) / math.sqrt(1 - b)
        if t:
            tilde = (1 - share[t - 1]) / (1 - share[t]) * b
            spread = math.sqrt(b if variance == "beta" else tilde)
            x = x + spread * rng.standard_normal(5)
    got = d.ancestral_sample(
        lambda x, t: np.sin(x) + t, (5,), FOUR, np.random.default_rng(0), variance
    )
    close(got, x)


def test_the_last_step_draws_nothing_from_the_generator():
    a, b = np.random.default_rng(0), np.random.default_rng(0)
    d.ancestral_sample(lambda x, t: x, (3,), FOUR, a)
    b.standard_normal(12)  # the start, and three steps
    assert a.random() == b.random()


def test_noise_in_the_last_step_stays_in_the_sample():
    quiet = recursion(TEN.betas, 0, 0.25, "beta")[1]
    x = d.ancestral_sample(
        lambda x, t: d.gaussian_eps(x, t, TEN, 0, 0.25),
        (200_000,),
        TEN,
        np.random.default_rng(3),
        "beta",
    )
    assert abs(x.var() - quiet) < 0.4 * TEN.betas[0]


def test_the_net_sees_the_steps_downwards_and_may_write_into_what_it_sees():
    seen = []

    def eps(x, t):
        seen.append(t)
        found = x.copy()
        x[:] = 0.0
        return found

    a = d.ancestral_sample(eps, (3, 2), FOUR, np.random.default_rng(0))
    b = d.ancestral_sample(lambda x, t: x, (3, 2), FOUR, np.random.default_rng(0))
    assert seen == [3, 2, 1, 0]
    close(a, b)
    assert d.ancestral_sample(eps, (0,), FOUR, np.random.default_rng(0)).shape == (0,)


# The bound


def test_the_weights_of_the_bound_vary_a_hundredfold():
    wanted = [0.500050, 0.272692, 0.073717, 0.005503, 0.010204]
    close(d.loss_weights(LINEAR)[[0, 1, 9, 499, 999]], wanted, 5e-7)
    weights = d.loss_weights(LINEAR)
    more = np.flatnonzero(weights > weights.mean())
    assert list(more) == [*range(102), *range(966, 1000)]
    assert weights.argmin() == 348
    b, s2, a, n = 0.3, FOUR.posterior_variance[2], 0.7, 0.496
    close(d.loss_weights(FOUR, "posterior")[2], b**2 / (2 * s2 * a * n))
    close(d.loss_weights(FOUR, "posterior")[0], 0.01 / (2 * 0.071429 * 0.9 * 0.1), 1e-5)


def test_the_bound_of_normal_data():
    close(0.5 * math.log(math.tau * math.e), 1.418939, 5e-7)
    close(d.gaussian_bound(LINEAR, 1, "beta"), 1.418939, 5e-7)
    close(d.gaussian_bound(LINEAR, 1, "posterior"), 1.997533, 5e-7)
    close(d.gaussian_bound(LINEAR, 0.25, "beta"), 0.726884, 5e-7)
    close(d.gaussian_bound(LINEAR, 0.25, "posterior"), 1.295717, 5e-7)
    close(0.5 * math.log(math.tau * math.e / 4), 0.725791, 5e-7)
    close(d.gaussian_bound(TEN, 1, "posterior"), 6.014410, 5e-7)


@pytest.mark.parametrize("var", [0.25, 1.0])
def test_with_the_posterior_variance_the_bound_is_loose_not_the_likelihood(var):
    entropy = 0.5 * math.log(math.tau * math.e * var)
    s2 = LINEAR.posterior_variance
    found = recursion(LINEAR.betas, 0, var, "posterior")[1] + s2[1]
    likelihood = -0.5 * (math.log(math.tau * found) + var / found)
    assert 0 < -likelihood - entropy < 1e-4
    assert d.gaussian_bound(LINEAR, var, "posterior") - entropy > 0.5
    # what each step loses: half of r - 1 - ln r, r the right variance over the model's
    after = LINEAR.alphas_bar * var + LINEAR.noise_bar
    before = LINEAR.previous * var + 1 - LINEAR.previous
    right = before - LINEAR.alphas * before**2 / after
    ratio = right / np.where(s2 == 0, s2[1], s2)
    lost = 0.5 * (ratio - 1 - np.log(ratio))
    assert lost[:10].sum() > 0.5
    assert lost[:10].sum() > 0.8 * lost.sum()


def test_a_single_point_is_reached_with_the_posterior_variance_as_the_right_one():
    # Given x_t, the point before has the posterior variance, not beta
    after = FOUR.noise_bar
    before = 1 - FOUR.previous
    right = before - FOUR.alphas * before**2 / after
    close(right, FOUR.posterior_variance)
    assert np.all(right < FOUR.betas - 0.01)


@pytest.mark.parametrize("variance", ["beta", "posterior"])
@pytest.mark.parametrize("var", [0.25, 1.0, 2.0])
def test_the_bound_is_the_mean_of_log_ratios_along_the_chain(variance, var):
    # Draw x_0, ..., x_4; average ln q(x_1 .. x_4 | x_0) - ln p(x_0 .. x_4).
    rng, n = np.random.default_rng(0), 200_000
    sigma2 = FOUR.betas if variance == "beta" else FOUR.posterior_variance
    sigma2 = np.where(sigma2 == 0, sigma2[1], sigma2)

    def log_normal(x, mean, v):
        return -0.5 * (x - mean) ** 2 / v - 0.5 * math.log(math.tau * v)

    x = math.sqrt(var) * rng.standard_normal(n)
    total, at = np.zeros(n), x
    for t, beta in enumerate([0.1, 0.2, 0.3, 0.4]):
        after = math.sqrt(1 - beta) * at + math.sqrt(beta) * rng.standard_normal(n)
        share = float(FOUR.alphas_bar[t])
        eps = d.gaussian_eps(after, t, FOUR, 0, var)
        mean = (after - beta / math.sqrt(1 - share) * eps) / math.sqrt(1 - beta)
        total += log_normal(after, math.sqrt(1 - beta) * at, beta)
        total -= log_normal(at, mean, sigma2[t])
        at = after
    total -= log_normal(at, 0, 1)
    wrong = total.std() / math.sqrt(n)
    assert abs(total.mean() - d.gaussian_bound(FOUR, var, variance)) < 5 * wrong + 1e-9


# Training


def two_hills(n, rng):
    return rng.choice([-1.0, 1.0], (n, 1)) + 0.25 * rng.standard_normal((n, 1))


def best(x, t, schedule):
    m = np.sqrt(schedule.alphas_bar)[t]
    spread = schedule.alphas_bar[t] / 16 + schedule.noise_bar[t]
    return d.gaussian_eps(x, t, schedule, np.tanh(m * x / spread), 1 / 16)


def test_the_closed_form_of_the_two_hills_is_bayes_rule():
    x, s, grid = np.array([0.7]), HUNDRED, np.linspace(-3, 3, 6001)
    prior = np.exp(-8 * (grid - 1) ** 2) + np.exp(-8 * (grid + 1) ** 2)
    for t in (0, 30, 99):
        m, n = np.sqrt(s.alphas_bar[t]), s.noise_bar[t]
        weight = prior * np.exp(-((x[0] - m * grid) ** 2) / (2 * n))
        noise = (x[0] - m * grid) / np.sqrt(n)
        close(best(x, t, s)[0], (weight @ noise) / weight.sum(), 1e-8)


def test_a_step_may_be_of_any_integer_type():
    net, x = d.Denoiser(2, 1000, np.random.default_rng(0)), np.ones((2, 2))
    wide = net(x, np.array([3, 200]))
    for kind in (np.uint8, np.int16, np.uint64):
        np.testing.assert_array_equal(net(x, np.array([3, 200], dtype=kind)), wide)


def test_gradients_are_those_of_finite_differences():
    from snippets.generative.ddpm.training import _gradients

    rng = np.random.default_rng(0)
    net = d.Denoiser(2, 4, rng, 5)
    x, t, wanted = rng.standard_normal((6, 2)), rng.integers(4, size=6), np.ones((6, 2))

    def loss():
        return ((net(x, t) - wanted) ** 2).sum() / 6

    for weights, gradient in zip(net.weights, _gradients(net, x, t, wanted)):
        for at in np.ndindex(weights.shape):
            weights[at] += 1e-5
            up = loss()
            weights[at] -= 2e-5
            down = loss()
            weights[at] += 1e-5
            close(gradient[at], (up - down) / 2e-5, 1e-8)


def excess_and_samples(target, seed):
    s = d.Schedule(d.cosine_betas(50))
    rng = np.random.default_rng(seed)
    net = d.train_denoiser(two_hills, s, 200, rng, target)

    def eps(x, t):
        return d.convert(net(x, t), target, "eps", x, t, s)

    x = d.ancestral_sample(eps, (1000, 1), s, rng)
    gap = [
        np.mean((eps(xt, t) - best(xt, t, s)) ** 2)
        for t in range(50)
        for xt in [d.q_sample(two_hills(200, rng), t, rng.standard_normal((200, 1)), s)]
    ]
    return np.mean(gap), x[:, 0]


def test_a_net_for_v_draws_the_hills_and_one_for_the_noise_throws_points_far_away():
    far = {"eps": [], "v": []}
    gaps = {"eps": [], "v": []}
    for target, found in far.items():
        for seed in range(3):
            gap, x = excess_and_samples(target, seed)
            found.append(np.mean(np.abs(x) > 2))
            gaps[target].append(gap)
            if target == "v":
                assert 0.35 < np.mean(x > 0) < 0.65
                assert 0.85 < np.mean(np.abs(x[np.abs(x) < 2])) < 1.1
    assert min(far["eps"]) > 0.03 > max(far["v"])
    assert np.mean(gaps["v"]) < 0.1
    assert np.mean(gaps["eps"]) < 0.1
    for one, other in zip(gaps["eps"], gaps["v"]):
        assert 0.5 < one / other < 2


def test_the_first_step_throws_and_the_net_does_not_bring_back():
    s = d.Schedule(d.cosine_betas(50))
    for seed in range(2):
        net = d.train_denoiser(two_hills, s, 200, np.random.default_rng(seed))

        def mended(x, t):
            return best(x, t, s) if t == 49 else net(x, t)  # noqa: B023

        def spoilt(x, t):
            return net(x, t) if t == 49 else best(x, t, s)  # noqa: B023

        def clipped(x, t):
            eps = net(x, t)  # noqa: B023
            if t < 49:  # in the last step it would bound the samples by itself
                return eps
            x0 = d.convert(eps, "eps", "x0", x, t, s)
            return d.convert(np.clip(x0, -2, 2), "x0", "eps", x, t, s)

        far = []
        for eps in (net, mended, spoilt, clipped):
            x = d.ancestral_sample(eps, (1000, 1), s, np.random.default_rng(seed))
            far.append(np.mean(np.abs(x) > 2))
        assert far[0] > 0.03 > max(far[1:])


def test_training_is_torchs_adam_on_the_simple_loss_with_a_falling_rate():
    import torch

    steps, rng, share = 6, np.random.default_rng(3), FOUR.alphas_bar

    def draw(n, rng):
        return rng.standard_normal((n, 2))

    got = d.train_denoiser(draw, FOUR, steps, np.random.default_rng(3), "v", 8, 0.05)
    draw(1, rng)
    start = d.Denoiser(2, 4, rng).weights
    weights = [torch.tensor(w, requires_grad=True) for w in start]
    adam = torch.optim.Adam(weights, 0.05, (0.9, 0.99))
    for step in range(steps):
        x0, t, noise = (
            draw(8, rng),
            rng.integers(4, size=8),
            rng.standard_normal((8, 2)),
        )
        m, s = np.sqrt(share[t])[:, None], np.sqrt(1 - share[t])[:, None]
        xt, wanted = m * x0 + s * noise, m * noise - s * x0
        turns = np.outer(t / 4 * math.pi, [0.5, 1, 2, 4])
        value = torch.tensor(np.hstack([xt, np.sin(turns), np.cos(turns)]))
        for w in weights[:-1]:
            value = torch.tanh(value @ w[:-1] + w[-1])
        guess = value @ weights[-1][:-1] + weights[-1][-1]
        adam.zero_grad()
        ((guess - torch.tensor(wanted)) ** 2).sum(1).mean().backward()
        adam.param_groups[0]["lr"] = 0.05 * (1 - step / steps)
        adam.step()
    for mine, its in zip(got.weights, weights):
        close(mine, its.detach().numpy(), 1e-9)


def test_the_weights_are_drawn_such_that_variance_one_stays():
    first, second, _ = d.Denoiser(2, 4, np.random.default_rng(0), 400).weights
    assert abs(first[:-1].var() * 10 - 1) < 0.1
    assert abs(second[:-1].var() * 400 - 1) < 0.02


def test_one_step_for_the_whole_batch_makes_the_loss_jump():
    net = d.train_denoiser(two_hills, COSINE, 100, np.random.default_rng(0))
    rng, losses = np.random.default_rng(1), {"one": [], "each": []}
    for _ in range(200):
        for kind, found in losses.items():
            t = rng.integers(1000, size=None if kind == "one" else 32)
            x0, noise = two_hills(32, rng), rng.standard_normal((32, 1))
            xt = d.q_sample(x0, t, noise, COSINE)
            found.append(np.mean((net(xt, t) - noise) ** 2))
    assert np.std(losses["one"]) > 1.5 * np.std(losses["each"])


def test_without_updates_the_net_stays_as_it_was_drawn():
    a = d.train_denoiser(two_hills, FOUR, 0, np.random.default_rng(0))
    b = d.train_denoiser(two_hills, FOUR, 1, np.random.default_rng(0), rate=0.0)
    for one, other in zip(a.weights, b.weights):
        close(one, other)
    assert np.all(a.weights[0][-1] == 0)


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: d.linear_betas(0), "T must be an integer from 1 to 1000000, got 0"),
        (lambda: d.linear_betas(True), "T must be an integer from 1"),
        (lambda: d.linear_betas(2.0), "T must be an integer from 1"),
        (lambda: d.cosine_betas(0), "T must be an integer from 1"),
        (lambda: d.linear_betas(5, 0.3, 0.2), "start must not exceed end"),
        (lambda: d.linear_betas(5, 0.0, 0.2), "start must be a number from 1e-30"),
        (lambda: d.linear_betas(5, 0.1, 1.0), "end must be a number"),
        (lambda: d.linear_betas(5, 0.1, 10**400), "end must be a number"),
        (lambda: d.cosine_betas(5, -0.1), "s must be a number from 0 to 1"),
        (lambda: d.cosine_betas(5, 0.1, 1.0), "max_beta must be a number"),
        (lambda: d.Schedule([]), "betas must have shape (T,), T >= 1, got (0,)"),
        (lambda: d.Schedule([[0.1]]), "betas must have shape (T,)"),
        (lambda: d.Schedule([0.1, 1.0]), "betas must lie in [1e-30, 1), got 1.0"),
        (lambda: d.Schedule([0.0]), "betas must lie in [1e-30, 1), got 0.0"),
        (lambda: d.Schedule([math.nan]), "betas must hold finite numbers"),
        (lambda: d.Schedule([1e-31]), "betas must lie in [1e-30, 1), got 1e-31"),
        (lambda: d.Schedule(OBJECTS), "betas must be an array of numbers"),
        (lambda: d.Schedule(OBJECTS[::2]), "betas must be an array of numbers"),
        (lambda: d.q_sample([None], 0, [1.0], FOUR), "x0 must be an array of numbers"),
        (lambda: d.q_sample(1.0, [[1], [1, 2]], 1.0, FOUR), "t must be an integer"),
        (lambda: d.Schedule(["a"]), "betas must be an array of numbers"),
        (lambda: d.Schedule([0.999] * 87), "a share of signal of at least e^-600"),
        (lambda: d.q_sample(1.0, True, 1.0, FOUR), "t must be an integer from 0 to 3"),
        (lambda: d.q_sample(1.0, 4, 1.0, FOUR), "t must be an integer from 0 to 3"),
        (lambda: d.q_sample(1.0, -1, 1.0, FOUR), "t must be an integer from 0 to 3"),
        (lambda: d.q_sample(1.0, 1.0, 1.0, FOUR), "t must be an integer from 0 to 3"),
        (lambda: d.q_sample([1.0], [0, 1], [1.0], FOUR), "or have shape (1,)"),
        (lambda: d.q_sample([[1.0]], [[1]], [[1.0]], FOUR), "or have shape (1,)"),
        (lambda: d.q_sample([1.0], 0, 1.0, FOUR), "noise must have the shape of x0"),
        (lambda: d.q_sample(1.0, 0, 1.0, [0.1]), "schedule must be a Schedule"),
        (lambda: d.q_sample(1.01e50, 0, 1.0, FOUR), "of at most 1e+50 in size"),
        (lambda: d.q_sample(np.ma.ones(2), 0, [1, 1], FOUR), "x0 must be an array of"),
        (
            lambda: d.q_sample([1.0], np.ma.array([1]), [1.0], FOUR),
            "t must be an integ",
        ),
        (lambda: d.posterior([1.0], 1.0, 0, FOUR), "xt must have the shape of x0"),
        (lambda: d.convert(1.0, "e", "v", 1.0, 0, FOUR), "source must be one of eps"),
        (lambda: d.convert(1.0, "v", "x", 1.0, 0, FOUR), "target must be one of eps"),
        (lambda: d.convert([1.0], "v", "v", 1.0, 0, FOUR), "prediction must have the"),
        (lambda: d.gaussian_eps(1.0, 0, FOUR, 0, -1), "var must be a number from 0"),
        (lambda: d.gaussian_eps(1.0, 0, FOUR, [0.0]), "mean must be a number, or have"),
        (lambda: d.gaussian_bound(FOUR, -1), "var must be a number from 0"),
        (lambda: d.gaussian_bound(FOUR, True), "var must be a number from 0"),
        (lambda: d.gaussian_bound(FOUR, "1"), "var must be a number from 0"),
        (lambda: d.loss_weights(FOUR, "b"), "variance must be one of posterior, beta"),
        (
            lambda: d.loss_weights(d.Schedule([0.1]), "posterior"),
            "schedule must have at least 2 steps, got 1",
        ),
    ],
)
def test_bad_values_are_refused(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_bad_samplers_and_trainings_are_refused():
    rng = np.random.default_rng(0)

    def sample(eps=lambda x, t: x, shape=(2,), rng=rng, variance="beta"):
        return d.ancestral_sample(eps, shape, FOUR, rng, variance)

    def train(draw=two_hills, steps=1, rng=rng, **more):
        return d.train_denoiser(draw, FOUR, steps, rng, **more)

    def wider(n, rng):
        return np.zeros((n, 1 if n == 1 else 2))

    for call, message in (
        (lambda: sample(shape=3), "shape must be a tuple of integers"),
        (lambda: sample(shape=(1.5,)), "shape must be an integer from 0"),
        (lambda: sample(rng=0), "rng must be a numpy Generator"),
        (lambda: sample(variance=1), "variance must be one of"),
        (lambda: sample(lambda x, t: x[:1]), "the prediction of eps_fn must have"),
        (lambda: sample(lambda x, t: x * math.inf), "must hold finite numbers"),
        (lambda: train(lambda n, rng: np.zeros(n)), "what draw gives must have shape"),
        (
            lambda: train(wider),
            "what draw gives must have shape (128, 1), got (128, 2)",
        ),
        (lambda: train(rng=None), "rng must be a numpy Generator, got None"),
        (lambda: d.Denoiser(1, 3, 0), "rng must be a numpy Generator, got 0"),
        (lambda: train(steps=-1), "steps must be an integer from 0"),
        (
            lambda: train(lambda n, rng: np.zeros((n, 0))),
            "what draw gives must have sh",
        ),
        (lambda: train(batch=0), "batch must be an integer from 1"),
        (lambda: train(rate=2.0), "rate must be a number from 0 to 1"),
        (lambda: train(target="noise"), "target must be one of eps, x0, v"),
        (lambda: d.Denoiser(0, 3, rng), "d must be an integer from 1"),
        (lambda: d.Denoiser(2, 3, rng)([[1.0]], 0), "x must have shape (n, 2)"),
        (lambda: d.Denoiser(1, 3, rng)([[1.0]], 3), "t must be an integer from 0"),
        (lambda: d.Denoiser(1, 0, rng), "T must be an integer from 1"),
        (lambda: d.Denoiser(1, 3, rng, 0), "hidden must be an integer from 1"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
