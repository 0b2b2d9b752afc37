"""Oracles: ODEs of the moments by scipy, autograd of torch's mixtures, hand counts."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from torch import distributions, nn

from snippets.generative.score_sde import (
    VESDE,
    VPSDE,
    EpsilonNet,
    dsm_loss,
    fit,
    gmm_log_prob,
    gmm_sample,
    gmm_score,
    ode_log_likelihood,
    probability_flow,
    probability_flow_sample,
    reverse_sde_sample,
    score_from_eps,
    score_from_v,
    score_from_x0,
)

F64 = torch.float64
VP, VE = VPSDE(), VESDE()
sdes = pytest.mark.parametrize("sde", [VP, VE, VPSDE(0.5, 0.5), VESDE(0.1, 3.0)])
times = st.floats(0, 1)
sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)

# The data of most tests: N(2, 0.5^2).
MEAN, STD = 2.0, 0.5


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=1):
    return torch.randn(shape, generator=seeded(seed), dtype=F64)


def tensor(values):
    return torch.tensor(values, dtype=F64)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def drift_and_noise(sde, t):
    """f(x, t) / x and g(t)^2 from their definitions, in Python floats."""
    if isinstance(sde, VPSDE):
        beta = (1 - t) * sde.beta_min + t * sde.beta_max
        return -beta / 2, beta
    ratio = sde.sigma_max / sde.sigma_min
    return 0.0, 2 * math.log(ratio) * (sde.sigma_min * ratio**t) ** 2


def moments(sde, t):
    """Mean and standard deviation of p_t for the data N(MEAN, STD^2)."""
    m, s = (value.item() for value in sde.marginal(t))
    return m * MEAN, math.sqrt((m * STD) ** 2 + s**2)


def gaussian_score(sde, factor=1.0):
    def score(x, t):
        mean, std = moments(sde, t)
        return factor * (mean - x) / std**2

    return score


MIXTURE = tensor([0.3, 0.7]), tensor([[-2.0], [1.5]]), tensor([0.3, 0.4])


def mixture_cdf(x):
    return 0.3 * stats.norm.cdf(x, -2, 0.3) + 0.7 * stats.norm.cdf(x, 1.5, 0.4)


def mixture_score(sde):
    return lambda x, t: gmm_score(x, t, sde, *MIXTURE)


def ks(sample):
    return stats.kstest(sample[:, 0].numpy(), mixture_cdf).statistic


# The forward processes


@sdes
def test_drift_and_diffusion_are_as_defined(sde):
    x = normal(4, 3)
    for t in (0.0, 0.25, 0.7, 1.0):
        slope, g2 = drift_and_noise(sde, t)
        assert_same(sde.drift(x, t), slope * x)
        assert sde.diffusion(t).item() == pytest.approx(math.sqrt(g2), rel=1e-12)
        assert sde.diffusion(t).shape == ()


@sdes
def test_marginal_solves_the_differential_equations_of_the_moments(sde):
    def slopes(t, state):  # d mean/dt = a mean, d var/dt = 2 a var + g^2
        a, g2 = drift_and_noise(sde, t)
        return [a * state[0], 2 * a * state[1] + g2]

    grid = [0.1, 0.3, 0.55, 0.8, 1.0]
    path = integrate.solve_ivp(
        slopes, (0, 1), [1.0, 0.0], t_eval=grid, rtol=1e-11, atol=1e-13
    )
    m, s = sde.marginal(tensor(grid))
    np.testing.assert_allclose(m, path.y[0], rtol=1e-8, atol=0)
    np.testing.assert_allclose(s**2, path.y[1], rtol=1e-8, atol=0)


def test_vp_at_one_is_almost_standard_noise():
    m, s = VP.marginal(1.0)
    assert m.item() == pytest.approx(math.exp(-5.025), rel=1e-12)
    assert m.item() == pytest.approx(0.00657159, abs=5e-9)
    assert s.item() == pytest.approx(0.99997841, abs=5e-9)


def test_variance_a_quarter_has_grown_to_0_70_at_0_3():
    m, s = (value.item() for value in VP.marginal(0.3))
    assert m == pytest.approx(0.629550, abs=5e-7)
    assert 0.25 * m**2 + s**2 == pytest.approx(0.702750, abs=5e-7)


def test_vp_keeps_the_variance_of_unit_data_and_of_no_other():
    for t in (0.1, 0.5, 1.0):
        m, s = VP.marginal(t)
        assert_same(m**2 + s**2, tensor(1.0))
        assert_same(0.25 * m**2 + s**2, 1 - 0.75 * m**2)


def test_ddpm_is_vp_in_a_thousand_steps():
    betas = np.linspace(0.1, 20, 1000) / 1000
    assert betas[[0, -1]] == pytest.approx([1e-4, 0.02])
    alpha_bar = np.prod(1 - betas)
    assert alpha_bar == pytest.approx(4.0358e-5, abs=5e-10)
    assert VP.marginal(1.0)[0].item() ** 2 == pytest.approx(4.3186e-5, abs=5e-10)

    def gap(steps):  # on times i / N the product converges
        alphas = 1 - np.linspace(0.1, 20, steps) / steps
        return abs(np.log(np.prod(alphas)) - 2 * -5.025)

    assert gap(100_000) < 1e-3 < gap(1000)
    # The betas are those of the formula in the docstring, and not beta(i / N) / N.
    i = np.arange(1, 1001)
    np.testing.assert_allclose(betas, (0.1 + 19.9 * (i - 1) / 999) / 1000, rtol=1e-12)
    other = np.prod(1 - (0.1 + 19.9 * i / 1000) / 1000)
    assert other == pytest.approx(3.9956e-5, abs=5e-10)


def test_ve_adds_the_integral_of_the_squared_diffusion():
    total = integrate.quad(lambda t: VE.diffusion(t).item() ** 2, 0, 1, epsrel=1e-12)
    assert total[0] == pytest.approx(2499.9999, abs=1e-6)
    assert VE.marginal(1.0)[1].item() ** 2 == pytest.approx(2499.9999, abs=1e-6)


def test_sub_vp_has_the_square_of_the_vp_standard_deviation():
    def slope(t, variance):  # g^2 = beta (1 - m^4), with m of VP
        a, beta = drift_and_noise(VP, t)
        m = VP.marginal(t)[0].item()
        return 2 * a * variance + beta * (1 - m**4)

    path = integrate.solve_ivp(slope, (0, 0.3), [0.0], rtol=1e-10, atol=1e-13)
    assert math.sqrt(path.y[0, -1]) == pytest.approx(VP.marginal(0.3)[1].item() ** 2)


def test_marginals_keep_their_digits_close_to_zero():
    t = 1e-14
    assert VP.marginal(t)[1].item() == pytest.approx(math.sqrt(0.1 * t), rel=1e-9)
    g2 = 2 * math.log(5000) * 0.01**2
    assert VE.marginal(t)[1].item() == pytest.approx(math.sqrt(g2 * t), rel=1e-9)
    for sde in (VP, VE):
        m, s = sde.marginal(0)
        assert (m.item(), s.item()) == (1, 0)
        single = sde.marginal(torch.tensor([[1e-5]]))[1]
        assert single.dtype == torch.float32
        assert single.item() == pytest.approx(sde.marginal(1e-5)[1].item(), rel=1e-5)


def test_prior_stds_are_one_and_sigma_max():
    assert VP.prior_std() == 1
    assert VE.prior_std() == 50
    assert VESDE(0.1, 3.0).prior_std() == 3


@sdes
def test_a_time_for_each_point_gives_the_rows_of_single_times(sde):
    x, t = normal(3, 2), tensor([[0.1], [0.5], [1.0]])
    for i in range(3):
        row, when = x[i : i + 1], t[i].item()
        assert_same(sde.drift(x, t)[i : i + 1], sde.drift(row, when))
        part = gmm_score(
            row, when, sde, tensor([1.0]), tensor([[0.5, 1]]), MIXTURE[2][:1]
        )
        whole = gmm_score(x, t, sde, tensor([1.0]), tensor([[0.5, 1]]), MIXTURE[2][:1])
        assert_same(whole[i : i + 1], part)
    assert sde.diffusion(t).shape == sde.marginal(t)[0].shape == (3, 1)


def test_the_noise_of_a_step_is_its_square_root():
    def end(steps, power):
        x = torch.zeros(4000, dtype=F64)
        generator = seeded()
        for _ in range(steps):
            noise = torch.randn(4000, generator=generator, dtype=F64)
            x = x + steps**-power * noise
        return x.std().item()

    for steps in (100, 1000):
        assert end(steps, 0.5) == pytest.approx(1, abs=0.04)
        assert end(steps, 1) == pytest.approx(steps**-0.5, rel=0.04)
    assert end(1000, 1) == pytest.approx(0.032, abs=0.002)
    assert end(100, 1) == pytest.approx(0.103, abs=0.005)


def test_euler_steps_of_the_forward_sde_reach_the_marginal():
    x, generator = torch.full((20_000, 1), 3.0, dtype=F64), seeded()
    for k in range(300):  # to t = 0.3 in steps of 1 / 1000
        noise = torch.randn(x.shape, generator=generator, dtype=F64)
        t = k / 1000
        x = x + VP.drift(x, t) / 1000 + VP.diffusion(t) * math.sqrt(1e-3) * noise
    m, s = VP.marginal(0.3)
    assert x.mean().item() == pytest.approx(3 * m.item(), abs=0.02)
    assert x.std().item() == pytest.approx(s.item(), abs=0.02)


# Mixtures


def random_mixture(k, d, seed):
    weights = normal(k, seed=seed).softmax(0)
    return (
        weights,
        2 * normal(k, d, seed=seed + 1),
        0.2 + normal(k, seed=seed + 2).abs(),
    )


def torch_density(sde, t, weights, means, stds):
    m, s = sde.marginal(t)
    scale = ((m * stds) ** 2 + s**2).sqrt()[:, None].expand(means.shape)
    return distributions.MixtureSameFamily(
        distributions.Categorical(weights),
        distributions.Independent(distributions.Normal(m * means, scale), 1),
    )


@given(sizes, sizes, times, seeds, st.sampled_from([VP, VESDE(0.1, 3.0)]))
def test_mixture_score_is_autograd_of_torchs_log_density(k, d, t, seed, sde):
    mixture = random_mixture(k, d, seed)
    x = (2 * normal(5, d, seed=seed + 3)).requires_grad_()
    log_prob = torch_density(sde, t, *mixture).log_prob(x)
    (expected,) = torch.autograd.grad(log_prob.sum(), x)
    actual = gmm_score(x, t, sde, *mixture).detach()
    assert actual.shape == (5, d)
    torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-11)
    assert_same(gmm_log_prob(x, t, sde, *mixture), log_prob, atol=1e-10)


def test_the_score_at_half_time_is_autograds_to_the_last_digits():
    x = torch.linspace(-3, 3, 61, dtype=F64)[:, None].requires_grad_()
    log_prob = torch_density(VP, 0.5, *MIXTURE).log_prob(x)
    (expected,) = torch.autograd.grad(log_prob.sum(), x)
    gap = (gmm_score(x, 0.5, VP, *MIXTURE) - expected).abs().max()
    assert gap < 5e-15


def test_mixture_score_survives_far_points_zero_weights_and_no_points():
    far = gmm_score(tensor([[1e8], [-1e8]]), 0.0, VP, *MIXTURE)
    expected = tensor([[(1.5 - 1e8) / 0.16], [(1e8 + 1.5) / 0.16]])
    torch.testing.assert_close(far, expected, rtol=1e-12, atol=0)
    weights = tensor([0.0, 1.0])
    alone = gmm_score(normal(4, 1), 0.2, VP, weights, *MIXTURE[1:])
    one = [part[1:] for part in (weights, *MIXTURE[1:])]
    assert_same(alone, gmm_score(normal(4, 1), 0.2, VP, *one))
    assert gmm_score(normal(0, 1), 0.2, VP, *MIXTURE).shape == (0, 1)


def test_single_precision_points_keep_their_dtype():
    mixture = [part.float() for part in MIXTURE]
    x = normal(3, 1)
    score = gmm_score(x.float(), 0.4, VP, *mixture)
    assert score.dtype == torch.float32
    expected = gmm_score(x, 0.4, VP, *MIXTURE)
    torch.testing.assert_close(score.double(), expected, rtol=1e-5, atol=1e-5)
    assert VP.drift(x.float(), 0.4).dtype == torch.float32


def test_sixteen_bit_times_and_points_are_widened_before_they_are_squared():
    x = torch.tensor([[300.0]], dtype=torch.float16)  # its square is no float16
    expected = stats.norm(2, 20).logpdf(300.0)
    one = tensor([1.0]), tensor([[2.0]]), tensor([20.0])
    assert gmm_log_prob(x, 0.0, VP, *one).item() == pytest.approx(expected, rel=1e-3)
    t = torch.tensor([[1e-3]], dtype=torch.bfloat16)
    s = VP.marginal(t.double())[1].item()
    assert VP.marginal(t)[1].item() == pytest.approx(s, rel=4e-3)


def test_gmm_sample_has_the_mixtures_law():
    x = gmm_sample(20_000, *MIXTURE, seeded())
    assert x.shape == (20_000, 1)
    assert x.dtype == F64
    assert ks(x) < 0.0137  # 0.1 % level: 1.95 / sqrt(n)
    assert torch.equal(x, gmm_sample(20_000, *MIXTURE, seeded()))
    plane = gmm_sample(9000, *random_mixture(1, 2, 5), seeded())
    _, means, stds = random_mixture(1, 2, 5)
    assert_same(plane.mean(0), means[0], atol=0.05)
    assert_same(plane.T.cov(), stds[0] ** 2 * torch.eye(2, dtype=F64), atol=0.1)


# The reverse SDE


def reverse_chain(sde, steps, factor=1.0, last_noise=False, sign=1.0):
    """Mean and std after Euler steps on Gaussian data: every step is affine."""
    mean, variance = 0.0, sde.prior_std() ** 2
    for k in range(steps, 0, -1):
        a, g2 = drift_and_noise(sde, k / steps)
        center, std = moments(sde, k / steps)
        pull = factor * g2 / std**2
        gain = 1 - sign * (a + pull) / steps
        mean = gain * mean + sign * pull * center / steps
        variance = gain**2 * variance
        if k > 1 or last_noise:
            variance += g2 / steps
    return mean, math.sqrt(variance)


def draw_reverse(sde, steps, factor=1.0, n=20_000):
    score = gaussian_score(sde, factor)
    return reverse_sde_sample(score, sde, n, 1, steps, seeded())


@pytest.mark.parametrize(
    ("steps", "mean", "std"),
    [(50, 2.023, 0.506), (200, 2.009, 0.507), (1000, 2.011, 0.501)],
)
def test_reverse_sde_returns_to_the_data(steps, mean, std):
    x = draw_reverse(VP, steps)
    wanted_mean, wanted_std = reverse_chain(VP, steps)
    assert x.mean().item() == pytest.approx(wanted_mean, abs=0.015)
    assert x.std().item() == pytest.approx(wanted_std, abs=0.01)
    # the numbers of another draw of 20,000
    assert mean == pytest.approx(wanted_mean, abs=0.015)
    assert std == pytest.approx(wanted_std, abs=0.01)
    assert x.std().item() == pytest.approx(STD, abs=0.015)


@sdes
@pytest.mark.parametrize("steps", [3, 30])
def test_a_coarse_reverse_sde_has_the_moments_of_its_affine_steps(sde, steps):
    x = draw_reverse(sde, steps, n=50_000)
    mean, std = reverse_chain(sde, steps)
    assert x.mean().item() == pytest.approx(mean, abs=0.02 * std + 1e-9)
    assert x.std().item() == pytest.approx(std, rel=0.015)


@sdes
def test_one_reverse_step_is_deterministic_after_the_start(sde):
    x = reverse_sde_sample(gaussian_score(sde), sde, 7, 2, 1, seeded(3))
    start = sde.prior_std() * torch.randn(7, 2, generator=seeded(3), dtype=F64)
    a, g2 = drift_and_noise(sde, 1.0)
    mean, std = moments(sde, 1.0)
    expected = start - (a * start - g2 * (mean - start) / std**2)
    torch.testing.assert_close(x, expected, rtol=1e-10, atol=1e-10)


def test_half_the_score_in_the_sde_spreads_the_sample():
    std = draw_reverse(VP, 1000, factor=0.5).std().item()
    assert std == pytest.approx(1.768, abs=0.03)
    assert std == pytest.approx(reverse_chain(VP, 1000, factor=0.5)[1], abs=0.03)


def test_a_plus_in_front_of_dt_runs_away():
    _, std = reverse_chain(VP, 1000, sign=-1.0)
    assert std > 500
    x, generator = torch.randn(2000, 1, generator=seeded(), dtype=F64), seeded(1)
    score = gaussian_score(VP)
    for k in range(1000, 0, -1):
        t = k / 1000
        g = VP.diffusion(t)
        x = x + (VP.drift(x, t) - g**2 * score(x, t)) / 1000
        x = x + g * math.sqrt(1e-3) * torch.randn(
            2000, 1, generator=generator, dtype=F64
        )
    assert x.std().item() > 500


def test_noise_in_the_last_step_widens_the_sample():
    without = reverse_chain(VP, 50)[1]
    assert without == pytest.approx(STD, abs=0.005)
    with_noise = reverse_chain(VP, 50, last_noise=True)[1]
    assert with_noise**2 - without**2 == pytest.approx((0.1 + 19.9 / 50) / 50)
    assert with_noise == pytest.approx(0.51, abs=0.005)


def test_with_less_noise_goes_less_of_the_score():
    for strength in (0.0, 0.5, 1.0, 1.5):  # lambda, in dx = ... + lambda g dw
        steps, mean, variance = 4000, 0.0, 1.0
        for k in range(steps, 0, -1):
            a, g2 = drift_and_noise(VP, k / steps)
            center, std = moments(VP, k / steps)
            pull = (1 + strength**2) / 2 * g2 / std**2
            mean += (pull * (center - mean) - a * mean) / steps
            variance *= (1 - (a + pull) / steps) ** 2
            variance += strength**2 * g2 / steps
        assert mean == pytest.approx(MEAN, abs=0.02)
        assert math.sqrt(variance) == pytest.approx(STD, abs=0.005)


def test_a_langevin_step_leaves_the_density_of_its_time_alone():
    center, std = moments(VP, 0.3)  # of p_t; a corrector moves at a fixed time
    x, generator = center + std * normal(50_000, 1), seeded(2)
    for _ in range(20):
        step = 0.02 * std**2
        noise = torch.randn(x.shape, generator=generator, dtype=F64)
        x = x + step * gaussian_score(VP)(x, 0.3) + math.sqrt(2 * step) * noise
    assert x.mean().item() == pytest.approx(center, abs=0.02)
    assert x.std().item() == pytest.approx(std, rel=0.02)


def test_the_loss_is_score_matching_weighted_by_the_variance_of_the_noise():
    x, eps, s = normal(9, 2), normal(9, 2, seed=2), 0.3
    predicted = 0.9 * eps + 0.1
    by_noise = (predicted - eps).square()
    by_score = (score_from_eps(predicted, s) - score_from_eps(eps, s)).square()
    assert_same(by_noise, s**2 * by_score)
    assert x.shape == eps.shape


def test_scores_of_conditions_add_up():
    # x ~ N(2, 0.5^2) blurred to time 0.3, y = x + N(0, 0.4^2) was seen as 1.1.
    mean, std = moments(VP, 0.3)
    x = normal(7, 1)
    given = (1.1 - x) / 0.4**2
    precision = 1 / std**2 + 1 / 0.4**2
    posterior = (mean / std**2 + 1.1 / 0.4**2) / precision
    assert_same(gaussian_score(VP)(x, 0.3) + given, (posterior - x) * precision)


def test_one_start_fills_both_modes_with_the_sde_and_one_point_with_the_ode():
    class NoNoiseAtTheStart(VPSDE):
        def prior_std(self):
            return 0.0

    sde = NoNoiseAtTheStart()
    x = reverse_sde_sample(mixture_score(VP), sde, 4000, 1, 100, seeded())
    assert (x < 0).double().mean().item() == pytest.approx(0.3, abs=0.03)
    assert ks(x) < 0.04
    x = probability_flow_sample(mixture_score(VP), sde, 5, 1, 100, seeded())
    assert x.unique().numel() == 1


def test_the_score_is_never_asked_at_zero_by_euler():
    asked = []

    def score(x, t):
        asked.append(t)
        return -x

    reverse_sde_sample(score, VP, 2, 3, 4, seeded())
    probability_flow_sample(score, VP, 2, 3, 4, seeded())
    assert asked == [1, 0.75, 0.5, 0.25] * 2


def test_samples_repeat_with_the_seed_and_have_the_asked_dtype():
    for sample in (reverse_sde_sample, probability_flow_sample):
        one = sample(gaussian_score(VP), VP, 5, 2, 3, seeded(4))
        assert one.dtype == F64
        assert one.shape == (5, 2)
        assert torch.equal(one, sample(gaussian_score(VP), VP, 5, 2, 3, seeded(4)))
        assert not torch.equal(one, sample(gaussian_score(VP), VP, 5, 2, 3, seeded(5)))
        single = sample(gaussian_score(VP), VP, 5, 2, 3, seeded(), dtype=torch.float32)
        assert single.dtype == torch.float32


# The probability-flow ODE


@sdes
def test_the_ode_carries_quantiles_to_quantiles(sde):
    z = torch.arange(-2, 3, dtype=F64)[:, None]
    (mean1, std1) = moments(sde, 1.0)
    x = probability_flow(mean1 + std1 * z, gaussian_score(sde), sde, 400)
    assert_same(x, MEAN + STD * z, atol=1e-7)
    back = probability_flow(x, gaussian_score(sde), sde, 400, start=0.0, stop=1.0)
    torch.testing.assert_close(back, mean1 + std1 * z, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_halving_the_step_divides_the_error_by_two_to_the_order(method, order):
    mean1, std1 = moments(VP, 1.0)
    start = tensor([[mean1 + 2 * std1]])

    def error(steps):
        x = probability_flow(start, gaussian_score(VP), VP, steps, method=method)
        return abs(x.item() - MEAN - 2 * STD)

    ratio = error(100) / error(200)
    assert math.log2(ratio) == pytest.approx(order, abs=0.25)


def test_the_ode_follows_scipys_solution_between_any_two_times():
    start, stop = 0.8, 0.15
    x = tensor([[-1.0], [0.2], [2.0]])

    def slope(t, y):
        points = torch.from_numpy(y)[:, None]
        a, g2 = drift_and_noise(VP, t)
        score = torch.autograd.functional.jacobian(
            lambda p: torch_density(VP, t, *MIXTURE).log_prob(p).sum(), points
        )
        return (a * points - g2 / 2 * score)[:, 0].numpy()

    path = integrate.solve_ivp(slope, (start, stop), x[:, 0], rtol=1e-8, atol=1e-10)
    ours = probability_flow(x, mixture_score(VP), VP, 200, start, stop)
    np.testing.assert_allclose(ours[:, 0], path.y[:, -1], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("steps", "mean", "std"),
    [(50, 1.997, 0.501), (200, 1.988, 0.504), (1000, 1.985, 0.505)],
)
def test_the_ode_samples_the_data_from_noise(steps, mean, std):
    x = probability_flow_sample(gaussian_score(VP), VP, 20_000, 1, steps, seeded())
    assert x.mean().item() == pytest.approx(mean, abs=0.012)
    assert x.std().item() == pytest.approx(std, abs=0.008)


def test_sampling_by_rk4_is_the_flow_of_the_drawn_noise():
    x = probability_flow_sample(
        gaussian_score(VE), VE, 6, 2, 50, seeded(2), method="rk4"
    )
    start = 50 * torch.randn(6, 2, generator=seeded(2), dtype=F64)
    assert_same(x, probability_flow(start, gaussian_score(VE), VE, 50))
    euler = probability_flow(start, gaussian_score(VE), VE, 50, method="euler")
    drawn = probability_flow_sample(gaussian_score(VE), VE, 6, 2, 50, seeded(2))
    assert_same(drawn, euler)
    assert not torch.allclose(drawn, x)


def test_the_full_score_in_the_ode_collapses_the_sample():
    score = gaussian_score(VP, factor=2.0)  # the ODE halves it again
    x = probability_flow_sample(score, VP, 20_000, 1, 1000, seeded())
    assert x.std().item() == pytest.approx(0.0016, abs=1e-4)


def test_ve_started_from_unit_noise_collapses_in_the_ode_only():
    class UnitPrior(VESDE):
        def prior_std(self):
            return 1.0

    score = gaussian_score(VE)
    flow = probability_flow_sample(
        score, UnitPrior(), 4000, 1, 200, seeded(), method="rk4"
    )
    assert flow.std().item() == pytest.approx(STD / moments(VE, 1.0)[1], rel=0.05)
    assert flow.std().item() == pytest.approx(0.01, abs=5e-4)
    noisy = reverse_sde_sample(score, UnitPrior(), 4000, 1, 200, seeded())
    assert noisy.std().item() == pytest.approx(STD, abs=0.03)


@pytest.mark.parametrize("sample", [reverse_sde_sample, probability_flow_sample])
def test_the_exact_score_gives_the_mixture(sample):
    x = sample(mixture_score(VP), VP, 10_000, 1, 100, seeded(1))
    assert ks(x) < 0.03
    assert (x < 0).double().mean().item() == pytest.approx(0.3, abs=0.02)


# Likelihood


def terminal(sde):
    mean, std = moments(sde, 1.0)
    return distributions.Independent(
        distributions.Normal(tensor([mean]), tensor([std])), 1
    ).log_prob


def test_the_exact_terminal_law_gives_the_data_density():
    x = tensor([[1.3]])
    exact = ode_log_likelihood(x, gaussian_score(VP), VP, "exact", terminal(VP))
    assert exact.item() == pytest.approx(stats.norm.logpdf(1.3, 2, 0.5), abs=1e-6)
    assert exact.item() == pytest.approx(-1.2057914, abs=1e-6)


def test_the_exact_divergence_takes_four_d_backward_passes_a_step(monkeypatch):
    calls, grad = [], torch.autograd.grad
    monkeypatch.setattr(
        torch.autograd, "grad", lambda *a, **k: calls.append(1) or grad(*a, **k)
    )
    ode_log_likelihood(normal(2, 3), gaussian_score(VP), VP, steps=10)
    assert len(calls) == 4 * 3 * 10


def test_the_standard_prior_is_0_018_nats_off():
    x = tensor([[1.3]])
    likelihood = ode_log_likelihood(x, gaussian_score(VP), VP)
    assert likelihood.item() == pytest.approx(-1.1874620, abs=1e-6)
    mean, std = moments(VP, 1.0)
    assert mean == pytest.approx(0.0131, abs=5e-5)
    z = (1.3 - MEAN) / STD  # the ODE keeps it
    mismatch = stats.norm.logpdf(mean + std * z) - stats.norm.logpdf(z) + math.log(std)
    assert likelihood.item() + 1.2057914 == pytest.approx(mismatch, abs=1e-6)
    assert mismatch == pytest.approx(0.0183, abs=5e-5)


@pytest.mark.parametrize("sde", [VP, VESDE(0.1, 30.0)])
def test_mixtures_in_the_plane_get_their_own_density(sde):
    mixture = random_mixture(3, 2, seed=11)
    x = gmm_sample(6, *mixture, seeded())
    actual = ode_log_likelihood(
        x,
        lambda y, t: gmm_score(y, t, sde, *mixture),
        sde,
        "exact",
        lambda y: gmm_log_prob(y, 1.0, sde, *mixture),
        steps=200,
    )
    expected = torch_density(sde, 0.0, *mixture).log_prob(x)
    assert actual.shape == (6,)
    assert_same(actual, expected, atol=1e-4)


def test_the_standard_prior_of_ve_has_sigma_max():
    x = tensor([[1.3], [2.4]])
    mean, std = moments(VE, 1.0)
    z = (x[:, 0] - MEAN) / STD
    end = mean + std * z.numpy()
    expected = stats.norm.logpdf(end, scale=50) + math.log(std / STD)
    actual = ode_log_likelihood(x, gaussian_score(VE), VE, steps=400)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6)


def test_likelihood_may_start_later_and_take_coarse_steps():
    x = tensor([[1.3]])
    mean, std = moments(VP, 0.2)
    later = ode_log_likelihood(
        x, gaussian_score(VP), VP, "exact", terminal(VP), start=0.2
    )
    assert later.item() == pytest.approx(stats.norm.logpdf(1.3, mean, std), abs=1e-6)
    coarse = ode_log_likelihood(x, gaussian_score(VP), VP, steps=3)
    assert abs(coarse.item() + 1.1874620) > 1e-4
    assert not coarse.requires_grad
    assert ode_log_likelihood(x[:0], gaussian_score(VP), VP).shape == (0,)


# Parameterisations and training


def test_noise_data_and_v_name_the_same_score():
    """Given x, all three conditional means follow from Gaussian regression."""
    for t in (0.01, 0.3, 1.0):
        m, s = (value.item() for value in VP.marginal(t))
        mean, std = moments(VP, t)
        x = normal(5, 2)
        x0 = MEAN + m * STD**2 / std**2 * (x - mean)
        eps = s / std**2 * (x - mean)
        expected = gaussian_score(VP)(x, t)
        assert_same(score_from_eps(eps, s), expected, atol=1e-10)
        assert_same(score_from_x0(x, x0, m, s), expected, atol=1e-10)
        assert_same(score_from_v(x, m * eps - s * x0, m, s), expected, atol=1e-10)


def test_score_from_eps_by_hand():
    assert score_from_eps(tensor([[0.5, -2.0]]), 0.25).tolist() == [[-2, 8]]
    assert score_from_eps(tensor([[1.0], [1.0]]), tensor([[2.0], [4.0]])).tolist() == [
        [-0.5],
        [-0.25],
    ]


@pytest.mark.parametrize("sde", [VP, VESDE(0.1, 3.0)])
def test_the_best_possible_loss_is_the_variance_of_the_noise_given_x(sde):
    x0 = MEAN + STD * normal(200_000, 1)

    def best(x, t):
        m, s = sde.marginal(t)
        return s * (x - m * MEAN) / (m**2 * STD**2 + s**2)

    def left(t):  # Var(eps | x_t) = m^2 v / (m^2 v + s^2)
        m, s = (value.item() for value in sde.marginal(t))
        return (m * STD) ** 2 / ((m * STD) ** 2 + s**2)

    loss = dsm_loss(best, x0, sde, seeded(3)).item()
    assert loss == pytest.approx(integrate.quad(left, 0, 1)[0], abs=0.006)
    worse = dsm_loss(lambda x, t: 1.1 * best(x, t), x0, sde, seeded(3)).item()
    assert worse > loss + 0.002
    assert dsm_loss(lambda x, t: 0 * x, x0, sde, seeded()).item() == pytest.approx(
        1, abs=0.02
    )


def test_loss_averages_over_points_and_coordinates_and_spreads_the_times():
    seen = {}

    def net(x, t):
        seen["x"], seen["t"] = x, t
        return torch.zeros_like(x)

    dsm_loss(net, torch.full((4000, 3), 2.0, dtype=F64), VP, seeded())
    assert seen["t"].shape == (4000, 1)
    assert stats.kstest(seen["t"][:, 0].numpy(), "uniform").pvalue > 0.01
    m, s = VP.marginal(seen["t"])
    noise = ((seen["x"] - 2 * m) / s).flatten()
    assert stats.kstest(noise.numpy(), "norm").pvalue > 0.01
    single = dsm_loss(net, torch.ones(2, 1), VP, seeded())
    assert single.dtype == torch.float32


def test_epsilon_net_reads_the_marginal_and_its_score_divides_by_it():
    net = EpsilonNet(2, VP, hidden=8, generator=seeded()).double()
    x, t = normal(5, 2), torch.full((5, 1), 0.3, dtype=F64)
    m, s = VP.marginal(t)
    by_hand = torch.cat([x, m, s], dim=1)
    for i, layer in enumerate(layer for layer in net.layers if hasattr(layer, "bias")):
        by_hand = by_hand @ layer.weight.T + layer.bias
        if i < 2:
            by_hand = by_hand * torch.sigmoid(by_hand)
    assert_same(net(x, t), by_hand)
    assert_same(net.score(x, 0.3), -by_hand / s)
    again = EpsilonNet(2, VP, hidden=8, generator=seeded()).double()
    assert_same(net(x, t), again(x, t))
    assert all(
        p.abs().max() <= p.new_tensor(4.0) ** -0.5 for p in net.layers[0].parameters()
    )
    assert 0.9 * 8**-0.5 < net.layers[2].weight.abs().max() <= 8**-0.5


def test_fit_is_adam_with_torchs_cosine_schedule():
    data = 2 + normal(50, 1)
    nets = [EpsilonNet(1, VP, 4, seeded(1)).double() for _ in range(2)]
    losses = fit(nets[0], data, VP, 5, seeded(2), batch=16, learning_rate=0.1)
    generator = seeded(2)
    optimizer = torch.optim.Adam(nets[1].parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
    for ours in losses:
        rows = torch.randint(50, (16,), generator=generator)
        loss = dsm_loss(nets[1], data[rows], VP, generator)
        assert ours == pytest.approx(loss.item(), rel=0, abs=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    assert len(losses) == 5
    for ours, theirs in zip(nets[0].parameters(), nets[1].parameters()):
        assert_same(ours, theirs)
    assert fit(nets[0], data, VP, 0, seeded()) == []
    before = nets[0].layers[0].weight.detach().clone()
    assert len(fit(nets[0], data, VP, 2, seeded(), learning_rate=0)) == 2
    assert torch.equal(nets[0].layers[0].weight, before)


@pytest.mark.timeout(60)
def test_a_network_trained_on_samples_learns_the_score():
    net = EpsilonNet(1, VP, hidden=48, generator=seeded(0)).double()
    data = gmm_sample(5000, *MIXTURE, seeded(1))
    losses = fit(net, data, VP, 800, seeded(2), learning_rate=0.02)
    assert sum(losses[-50:]) < 0.75 * sum(losses[:50])
    m, s = VP.marginal(0.5)
    x = m * gmm_sample(4000, *MIXTURE, seeded(3)) + s * normal(4000, 1)
    with torch.no_grad():
        gap = net.score(x, 0.5) - mixture_score(VP)(x, 0.5)
    size = mixture_score(VP)(x, 0.5).square().mean()
    assert (gap.square().mean() / size).item() < 0.015
    sample = reverse_sde_sample(net.score, VP, 4000, 1, 100, seeded(4))
    assert ks(sample) < 0.08
    assert (sample < 0).double().mean().item() == pytest.approx(0.3, abs=0.05)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [100, 101, 102])
def test_the_experiment_goes_alike_with_other_seeds(seed):
    net = EpsilonNet(1, VP, hidden=48, generator=seeded(seed)).double()
    data = gmm_sample(2000, *MIXTURE, seeded(seed + 1000))
    fit(net, data, VP, 400, seeded(seed + 2000), batch=256, learning_rate=0.02)
    for sample in (reverse_sde_sample, probability_flow_sample):
        x = sample(mixture_score(VP), VP, 3000, 1, 100, seeded(seed + 3000))
        assert ks(x) < 0.03
    x = reverse_sde_sample(net.score, VP, 3000, 1, 100, seeded(seed + 3000))
    assert 0.02 < ks(x) < 0.07


def test_standard_priors_of_several_coordinates_add_up():
    x = tensor([[1.3, 2.4, 0.9]])
    together = ode_log_likelihood(x, gaussian_score(VE), VE, steps=20)
    single = [
        ode_log_likelihood(y, gaussian_score(VE), VE, steps=20) for y in x.T[..., None]
    ]
    assert_same(together, sum(single))


# Refusals


@pytest.mark.parametrize("bad", [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0), (1.0, math.inf)])
def test_bad_betas_and_sigmas_are_refused(bad):
    with pytest.raises(
        ValueError, match=rf"^betas must be .* got {bad[0]} and {bad[1]}"
    ):
        VPSDE(*bad)
    with pytest.raises(ValueError, match=rf"^sigmas must be .* got {bad[0]} and "):
        VESDE(*bad)


def test_equal_sigmas_are_refused_and_equal_betas_are_not():
    with pytest.raises(ValueError, match=r"^sigmas must be .* got 1.0 and 1.0"):
        VESDE(1.0, 1.0)
    assert VPSDE(1.0, 1.0).beta_max == 1


@sdes
@pytest.mark.parametrize(
    "bad", [-0.1, 1.1, math.nan, torch.tensor([0.5, 1.5]), torch.tensor(1)]
)
def test_times_outside_zero_to_one_are_refused(sde, bad):
    wanted = r"^t must be floating point, in \[0, 1\], got"
    for function in (sde.diffusion, sde.marginal):
        with pytest.raises(ValueError, match=wanted):
            function(bad)
    if not (isinstance(bad, torch.Tensor) and bad.ndim):
        with pytest.raises(ValueError, match=wanted):
            sde.drift(normal(2, 2), bad)
        with pytest.raises(ValueError, match=wanted):
            gmm_score(normal(2, 1), bad, sde, *MIXTURE)


@sdes
def test_times_that_would_broadcast_along_coordinates_are_refused(sde):
    t = tensor([0.2, 0.4])
    wanted = r"^t must be a number or \(2, 1\), got \(2,\)"
    with pytest.raises(ValueError, match=wanted):
        sde.drift(normal(2, 2), t)
    with pytest.raises(ValueError, match=wanted):
        gmm_score(normal(2, 1), t, sde, *MIXTURE)


def test_bad_mixtures_are_refused():
    weights, means, stds = MIXTURE
    cases = [
        ((tensor([0.3, 0.6]), means, stds), r"^weights must be >= 0 and sum to 1, got"),
        ((tensor([-0.3, 1.3]), means, stds), r"^weights must be >= 0 and sum to 1"),
        ((weights, means, tensor([0.3, 0.0])), r"^stds must be positive, got \[0.3, 0"),
        ((weights, means, tensor([-0.3, 1.0])), r"^stds must be positive, got \[-0.3"),
        ((weights[:1], means, stds), r"^weights, means, stds must be .* got \(1,\)"),
        ((weights, means[:, 0], stds), r"^weights, means, stds must be"),
        ((weights, means, stds[0]), r"^weights, means, stds must be"),
    ]
    for mixture, wanted in cases:
        for function in (gmm_score, gmm_log_prob):
            with pytest.raises(ValueError, match=wanted):
                function(normal(2, 1), 0.5, VP, *mixture)
        with pytest.raises(ValueError, match=wanted):
            gmm_sample(3, *mixture, seeded())


@pytest.mark.parametrize("bad", [normal(2, 2), normal(2), torch.ones(2, 1).int()])
def test_points_that_do_not_fit_the_mixture_are_refused(bad):
    with pytest.raises(ValueError, match=r"^x must be \(n, 1\), floating point, got"):
        gmm_score(bad, 0.5, VP, *MIXTURE)


@pytest.mark.parametrize("bad", [0, -1, 2.0])
def test_bad_counts_are_refused(bad):
    for sample in (reverse_sde_sample, probability_flow_sample):
        for position, name in enumerate(("n", "dim", "steps")):
            counts = [2, 2, 2]
            counts[position] = bad
            with pytest.raises(
                ValueError, match=f"^{name} must be an integer >= 1, got {bad}"
            ):
                sample(gaussian_score(VP), VP, *counts, seeded())
    with pytest.raises(ValueError, match=f"^n must be an integer >= 1, got {bad}"):
        gmm_sample(bad, *MIXTURE, seeded())
    with pytest.raises(ValueError, match=f"^steps must be an integer >= 1, got {bad}"):
        probability_flow(normal(2, 1), gaussian_score(VP), VP, bad)


def test_unknown_methods_and_priors_are_refused():
    with pytest.raises(
        ValueError, match=r"^method must be 'euler' or 'rk4', got 'heun'"
    ):
        probability_flow_sample(
            gaussian_score(VP), VP, 2, 1, 2, seeded(), method="heun"
        )
    x = normal(2, 1)
    with pytest.raises(
        ValueError, match=r"^prior must be 'exact' or 'standard', got 'n"
    ):
        ode_log_likelihood(x, gaussian_score(VP), VP, prior="normal")
    with pytest.raises(ValueError, match=r"^prior 'exact' needs terminal"):
        ode_log_likelihood(x, gaussian_score(VP), VP, prior="exact")


@pytest.mark.parametrize("bad", [normal(2), torch.ones(2, 1).int()])
def test_likelihood_and_loss_refuse_what_are_no_points(bad):
    with pytest.raises(ValueError, match=r"^x must be floating, \(n, d\), got torch"):
        ode_log_likelihood(bad, gaussian_score(VP), VP)
    with pytest.raises(ValueError, match=r"^x0 must be \(n, d\), n >= 1, floating"):
        dsm_loss(nn.Identity(), bad, VP, seeded())


def test_no_data_no_steps_and_no_noise_are_refused():
    with pytest.raises(ValueError, match=r"^x0 must be .* got \(0, 1\) of torch"):
        dsm_loss(nn.Identity(), normal(0, 1), VP, seeded())
    with pytest.raises(ValueError, match=r"^steps must be an integer >= 0, got -1"):
        fit(EpsilonNet(1, VP), normal(2, 1), VP, -1, seeded())
    one = normal(1, 1)
    for bad in (0.0, -1.0, tensor([[1.0], [0.0]])):
        for call in (
            lambda std: score_from_eps(one, std),
            lambda std: score_from_x0(one, one, 0.5, std),
            lambda std: score_from_v(one, one, 0.5, std),
        ):
            with pytest.raises(
                ValueError, match=r"^std must be positive and finite, got"
            ):
                call(bad)


def test_predictions_and_scales_that_would_broadcast_are_refused():
    x = normal(4, 4)
    wanted = r"^prediction and x must have one shape \(4, 4\), got \(4, 1\)"
    for call in (score_from_x0, score_from_v):
        with pytest.raises(ValueError, match=wanted):
            call(x, x[:, :1], 0.5, 0.5)
        for m, s in ((x[0], 0.5), (0.5, x[0].abs())):
            with pytest.raises(ValueError, match=r"must be numbers or \(4, 1\), got"):
                call(x, x, m, s)
    with pytest.raises(ValueError, match=r"must be numbers or \(4, 1\), got"):
        score_from_eps(x, x[0].abs())


def test_a_score_of_another_shape_does_not_broadcast():
    sde, generator = VPSDE(), torch.Generator().manual_seed(0)
    x = torch.zeros(4, 1, dtype=torch.float64)

    def flat(x, t):
        return -x[:, 0]

    for call in (
        lambda: reverse_sde_sample(flat, sde, 4, 1, 2, generator),
        lambda: probability_flow_sample(flat, sde, 4, 1, 2, generator),
        lambda: probability_flow(x, flat, sde, 2),
        lambda: ode_log_likelihood(x, flat, sde, steps=2),
    ):
        with pytest.raises(
            ValueError, match=r"score must return shape \(4, 1\), got \(4,\)"
        ):
            call()
    with pytest.raises(
        ValueError, match=r"terminal must return shape \(4,\), got \(4, 1\)"
    ):
        ode_log_likelihood(x, lambda x, t: -x, sde, "exact", lambda x: x, steps=2)


def test_a_fit_that_fails_leaves_the_weights_as_they_were():
    sde, generator = VPSDE(), torch.Generator().manual_seed(0)
    net = EpsilonNet(1, sde, 4, generator)
    before = [weight.detach().clone() for weight in net.parameters()]
    with pytest.raises(ValueError, match="losses must be finite, got nan at step 0"):
        fit(net, torch.full((3, 1), math.nan), sde, 2, generator)
    for weight, old in zip(net.parameters(), before):
        assert torch.equal(weight, old)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_scores_have_the_type_of_the_prediction(dtype):
    x, other = torch.ones(2, 3, dtype=dtype), torch.zeros(2, 3, dtype=dtype)
    for std in (0.5, torch.full((2, 1), 0.5, dtype=torch.float64)):
        assert score_from_eps(x, std).dtype == dtype
        assert score_from_x0(x, other, 0.5, std).dtype == dtype
        assert score_from_v(x, other, 0.5, std).dtype == dtype


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64])
def test_samplers_refuse_types_in_which_small_steps_are_lost(dtype):
    for sample in (reverse_sde_sample, probability_flow_sample):
        with pytest.raises(ValueError, match="points must be float32 or float64, got"):
            sample(lambda x, t: -x, VP, 2, 1, 1, seeded(), dtype=dtype)
