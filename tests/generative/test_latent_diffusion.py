"""Oracles: torch's attention, scipy's ODE solver, DDPM's posterior, closed forms."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from snippets.generative.latent_diffusion import (
    CENTERS,
    SPREAD,
    WORDS,
    Autoencoder,
    Block,
    CrossAttention,
    LatentDiffusion,
    UNet,
    cfg,
    cross_attention,
    ddim_sample,
    ddim_sigma,
    ddim_step,
    ddim_timesteps,
    draw_shapes,
    guided_samples,
    kl_to_standard_normal,
    latent_shape,
    mixture_eps,
    rescale_zero_terminal_snr,
    scaled_linear_alphas,
    time_embedding,
    tokenize,
    train_autoencoder,
    train_diffusion,
    training,
)

ALPHAS = scaled_linear_alphas()
seeds = st.integers(0, 2**32 - 1)
spacings = st.sampled_from(["leading", "trailing", "linspace"])
levels = st.tuples(st.floats(1e-4, 0.999), st.floats(1e-4, 1)).map(sorted)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=1):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def assert_same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


# The schedule


def exact_alphas(T, start, end, power):
    """Products of fractions; betas linear in their power-th power."""
    low, high = start**power, end**power
    product, alphas = Fraction(1), []
    for i in range(T):
        beta = (low + (high - low) * i / max(T - 1, 1)) ** (1 / power)
        product = product * (1 - Fraction(beta))
        product = Fraction(product.limit_denominator(10**40))
        alphas.append(float(product))
    return torch.tensor(alphas, dtype=torch.float64)


@given(st.integers(1, 40), st.floats(1e-5, 0.1), st.floats(0.1, 0.9))
def test_alphas_are_the_product_of_one_minus_squared_equal_spacings(T, start, end):
    alphas = scaled_linear_alphas(T, start, end)
    assert alphas.dtype == torch.float64
    assert_same(alphas, exact_alphas(T, start, end, 0.5))


def test_defaults_are_those_of_stable_diffusion():
    assert ALPHAS.shape == (1000,)
    assert ALPHAS[0].item() == pytest.approx(1 - 0.00085, rel=0, abs=1e-15)
    assert ALPHAS[499].item() == pytest.approx(0.27767, abs=5e-6)
    root = ALPHAS[-1].sqrt().item()
    assert root == pytest.approx(0.0682649, abs=5e-8)
    assert root == pytest.approx(0.068265, abs=5e-7)  # printed by Lin et al.
    snr = (ALPHAS[-1] / (1 - ALPHAS[-1])).item()
    assert snr == pytest.approx(0.00468192, abs=5e-9)
    assert snr == pytest.approx(0.004682, abs=5e-7)  # printed by Lin et al.


def test_betas_linear_themselves_leave_less_signal():
    wrong = exact_alphas(1000, 0.00085, 0.012, 1)[-1].sqrt().item()
    assert wrong == pytest.approx(0.03974, abs=5e-6)
    ddpm = exact_alphas(1000, 1e-4, 0.02, 1)[-1].sqrt().item()
    assert ddpm == pytest.approx(0.0063528, abs=5e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "T must be an integer >= 1, got 0"),
        ((2.0,), "T must be an integer >= 1, got 2.0"),
        ((10, 0.0), "0 < start <= end < 1, got 0.0, 0.012"),
        ((10, 0.1, 0.05), "0 < start <= end < 1, got 0.1, 0.05"),
        ((10, 0.1, 1.0), "0 < start <= end < 1, got 0.1, 1.0"),
    ],
)
def test_impossible_schedules_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        scaled_linear_alphas(*arguments)


def test_rescaling_keeps_the_first_and_ends_without_signal():
    rescaled = rescale_zero_terminal_snr(ALPHAS)
    assert rescaled[-1] == 0
    assert rescaled[0].item() == pytest.approx(ALPHAS[0].item(), rel=0, abs=1e-15)


@given(st.integers(2, 60))
def test_rescaling_is_the_line_through_both_ends_in_the_roots(T):
    roots = scaled_linear_alphas(T).sqrt().numpy()
    line = np.interp(roots[::-1], [roots[-1], roots[0]], [0, roots[0]])[::-1]
    rescaled = rescale_zero_terminal_snr(scaled_linear_alphas(T))
    assert_same(rescaled, torch.from_numpy(line**2))


BAD_ALPHAS = [
    (torch.tensor([0.5, 0.6]), "decrease within"),
    (torch.tensor([0.5, 0.5]), "decrease within"),
    (torch.tensor([0.5, 0.0]), r"\(0, 1\], got 0.5 to 0.0"),
    (torch.tensor([1.5, 0.5]), "got 1.5 to 0.5"),
    (torch.tensor([0.9, math.nan]), "decrease within"),
    (torch.tensor([]), r"\(T,\), floating point, got \(0,\)"),
    (torch.tensor([[0.9, 0.5]]), r"got \(1, 2\)"),
    (torch.tensor([1]), "floating point, got .* of torch.int64"),
]


@pytest.mark.parametrize(("alphas", "message"), BAD_ALPHAS)
def test_what_is_no_schedule_is_refused(alphas, message):
    with pytest.raises(ValueError, match=message):
        rescale_zero_terminal_snr(alphas)
    with pytest.raises(ValueError, match=message):
        ddim_sample(lambda z, t: z, (1,), alphas, 1)


def test_one_alpha_cannot_be_both_first_and_zero():
    with pytest.raises(ValueError, match="at least 2 alphas are wanted, got 1"):
        rescale_zero_terminal_snr(torch.tensor([0.5]))


def test_noise_prediction_cannot_start_from_zero_signal():
    with pytest.raises(ValueError, match=r"got 0\.999"):
        ddim_sample(lambda z, t: z, (1,), rescale_zero_terminal_snr(ALPHAS), 10)


# Which steps


@given(st.integers(1, 60), st.data())
def test_time_steps_match_fractions_rounded_half_to_even(T, data):
    steps = data.draw(st.integers(1, T))
    leading = [i * (T // steps) for i in range(steps)][::-1]
    trailing = [round(T - Fraction(i * T, steps)) - 1 for i in range(steps)]
    gaps = max(steps - 1, 1)
    linspace = [round(Fraction(i * (T - 1), gaps)) for i in range(steps)][::-1]
    for name, expected in zip(
        ("leading", "trailing", "linspace"), (leading, trailing, linspace)
    ):
        t = ddim_timesteps(T, steps, name)
        assert t.dtype == torch.int64
        assert t.tolist() == expected


@given(st.integers(1, 2000), spacings, st.data())
def test_time_steps_fall_and_stay_on_the_grid(T, spacing, data):
    steps = data.draw(st.integers(1, T))
    t = ddim_timesteps(T, steps, spacing)
    assert t.shape == (steps,)
    assert (t.diff() < 0).all()
    assert 0 <= t[-1] <= t[0] < T
    if spacing == "trailing":
        assert t[0] == T - 1
    else:
        assert t[-1] == 0


def test_leading_steps_never_see_the_noisiest_levels():
    assert ddim_timesteps(1000, 50)[0] == 980
    assert ddim_timesteps(1000, 50, "trailing")[[0, 1, -1]].tolist() == [999, 979, 19]
    assert ddim_timesteps(1000, 50, "linspace")[0] == 999
    assert ddim_timesteps(1000, 1).tolist() == [0]
    assert ddim_timesteps(1000, 1, "linspace").tolist() == [0]


@pytest.mark.parametrize("steps", [0, -1, 11, 2.0])
def test_too_few_or_too_many_steps_are_refused(steps):
    with pytest.raises(ValueError, match="steps must be an integer within 1 to 10"):
        ddim_timesteps(10, steps)


def test_unknown_spacing_and_empty_grid_are_refused():
    with pytest.raises(ValueError, match="or 'linspace', got 'karras'"):
        ddim_timesteps(10, 2, "karras")
    with pytest.raises(ValueError, match="T must be an integer >= 1, got 0"):
        ddim_timesteps(0, 1)


# One step


def test_eta_one_adds_the_noise_of_the_ddpm_posterior():
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alphas = np.cumprod(1 - betas)
    posterior = (1 - alphas[:-1]) / (1 - alphas[1:]) * betas[1:]
    for t in range(1, 1000):
        variance = ddim_sigma(alphas[t], alphas[t - 1], 1.0) ** 2
        assert variance == pytest.approx(posterior[t - 1], rel=0, abs=1e-12)
    assert posterior[499] == pytest.approx(0.0048060586, abs=5e-11)


@given(seeds, st.integers(1, 999))
def test_eta_one_steps_to_the_mean_of_the_ddpm_posterior(seed, t):
    a, b = ALPHAS[t].item(), ALPHAS[t - 1].item()
    beta = 1 - a / b
    clean, z = normal(2, 3, seed=seed)
    eps = (z - a**0.5 * clean) / (1 - a) ** 0.5
    mean = b**0.5 * beta / (1 - a) * clean + (a / b) ** 0.5 * (1 - b) / (1 - a) * z
    assert_same(ddim_step(z, eps, a, b, 1.0, torch.zeros(3)), mean)


@given(levels, st.floats(0, 1), seeds)
def test_a_step_with_the_true_noise_lands_on_the_next_level(pair, eta, seed):
    a_t, a_prev = pair
    clean, eps, noise = normal(3, 4, seed=seed)
    z = a_t**0.5 * clean + (1 - a_t) ** 0.5 * eps
    got = ddim_step(z, eps, a_t, a_prev, eta, noise)
    rest = got - a_prev**0.5 * clean
    sigma = ddim_sigma(a_t, a_prev, eta)
    along = (rest - sigma * noise) / eps
    scale = 1 / a_t**0.5  # rounding of z is stretched by this
    assert (along - along[0]).abs().max() < 1e-11 * scale / eps.abs().min()
    assert along.mean().item() ** 2 + sigma**2 == pytest.approx(
        1 - a_prev, abs=1e-10 * scale / eps.abs().min().item()
    )


@given(levels, seeds)
def test_a_deterministic_step_is_eulers_in_the_right_variables(pair, seed):
    a_t, a_prev = (max(a, 0.01) for a in pair)
    z, eps = normal(2, 3, seed=seed)
    noise_to_signal = [math.sqrt(1 / a - 1) for a in (a_t, a_prev)]
    stretched = z / math.sqrt(a_t) + (noise_to_signal[1] - noise_to_signal[0]) * eps
    assert_same(ddim_step(z, eps, a_t, a_prev), math.sqrt(a_prev) * stretched)


def test_a_step_by_hand():
    z, eps = torch.tensor([2.0]), torch.tensor([0.5])
    # clean = (2 - 0.8 * 0.5) / 0.6 = 8 / 3; then 0.8 * 8 / 3 + 0.6 * 0.5
    assert ddim_step(z, eps, 0.36, 0.64).item() == pytest.approx(2.4333333)
    # sigma^2 = 0.25 * 0.36 / 0.64 * (1 - 0.36 / 0.64) = 0.0615234
    noise = torch.tensor([2.0])
    half = 0.8 * 8 / 3 + (0.36 - 0.061523438) ** 0.5 * 0.5 + 0.061523438**0.5 * 2
    assert ddim_step(z, eps, 0.36, 0.64, 0.5, noise).item() == pytest.approx(half)


def test_a_step_to_data_returns_the_clean_estimate_and_adds_no_noise():
    z, eps, noise = normal(3, 5)
    clean = (z - 0.75**0.5 * eps) / 0.5
    assert_same(ddim_step(z, eps, 0.25, 1.0), clean)
    assert_same(ddim_step(z, eps, 0.25, 1.0, 1.0, noise), clean)
    assert_same(ddim_step(z, eps, 1.0, 1.0, 1.0, noise), z)
    assert_same(ddim_step(z, eps, 0.25, 0.25), z)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a_prev": 0.2}, "0 < a_t <= a_prev <= 1, got 0.3, 0.2"),
        ({"a_t": 0.0}, "0 < a_t <= a_prev <= 1, got 0.0, 0.6"),
        ({"a_prev": 1.1}, "0 < a_t <= a_prev <= 1, got 0.3, 1.1"),
        ({"a_t": math.nan}, "0 < a_t <= a_prev <= 1, got nan"),
        ({"eta": -0.1}, "eta must be within 0 to 1, got -0.1"),
        ({"eta": 1.1}, "eta must be within 0 to 1, got 1.1"),
        ({"eta": 0.5}, r"eta > 0 wants noise of shape \(2,\), got None"),
        (
            {"eta": 0.5, "noise": torch.zeros(1)},
            r"eta > 0 wants noise of shape \(2,\), got \(1,\)",
        ),
        ({"eps": torch.zeros(1)}, r"eps must have the shape of z, got \(1,\), \(2,\)"),
    ],
)
def test_bad_steps_are_refused(change, message):
    good = {"z": torch.ones(2), "eps": torch.ones(2), "a_t": 0.3, "a_prev": 0.6}
    ddim_step(**good)
    with pytest.raises(ValueError, match=message):
        ddim_step(**(good | change))


# The sampler


def point_eps(point):
    def eps(z, t):
        return (z - ALPHAS[t].sqrt() * point) / (1 - ALPHAS[t]).sqrt()

    return eps


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("steps", [1, 4, 20])
def test_if_all_data_are_one_point_any_number_of_steps_finds_it(steps, eta, spacing):
    point = normal(3)
    got = ddim_sample(point_eps(point), (2, 3), ALPHAS, steps, eta, seeded(), spacing)
    assert (got - point).abs().max() < 3e-15


GAUSS = 0.25  # the variance of Gaussian data


def gauss_eps(z, t):
    return (1 - ALPHAS[t]).sqrt() * z / (ALPHAS[t] * GAUSS + 1 - ALPHAS[t])


def gauss_map(a):
    """Slope of the exact ODE from noise level a to Gaussian data: keep the quantile."""
    return math.sqrt(GAUSS / (a * GAUSS + 1 - a))


def test_error_on_gaussian_data_is_of_first_order():
    z = torch.randn(5, generator=seeded(), dtype=torch.float64)
    exact = z * gauss_map(ALPHAS[-1].item())
    errors = []
    for steps in (10, 50, 250, 1000):
        got = ddim_sample(gauss_eps, (5,), ALPHAS, steps, 0.0, seeded(), "trailing")
        errors.append(((got - exact) / exact).abs().max().item())
    assert errors == pytest.approx([0.231, 0.0619, 0.0153, 0.0044], abs=5e-4)
    assert errors[0] > 3 * errors[1] > 10 * errors[2] > 30 * errors[3]


def test_the_closed_map_solves_the_probability_flow_ode():
    def slope(a, z):  # in a: d z / d a = (z - eps / sqrt(1 - a)) / (2 a)
        eps = math.sqrt(1 - a) * z / (a * GAUSS + 1 - a)
        return (z - eps / math.sqrt(1 - a)) / (2 * a)

    end = 1 - 1e-9
    solved = integrate.solve_ivp(slope, (0.1, end), [1.0], rtol=1e-10, atol=1e-12)
    assert solved.y[0, -1] == pytest.approx(gauss_map(0.1), abs=1e-7)


@pytest.mark.parametrize("eta", [0.3, 1.0])
@pytest.mark.parametrize("steps", [5, 40])
def test_stochastic_samples_have_the_variance_of_the_linear_recursion(eta, steps):
    visited = np.round(np.arange(1000, 0, -1000 / steps)).astype(int) - 1
    a = np.append(ALPHAS.numpy()[visited], 1.0)
    variance = 1.0
    for a_t, a_prev in pairwise(a):
        ratio = math.sqrt(1 - a_t) / (a_t * GAUSS + 1 - a_t)  # eps / z
        sigma2 = eta**2 * (1 - a_prev) * (a_prev - a_t) / (1 - a_t) / a_prev
        clean = (1 - math.sqrt(1 - a_t) * ratio) / math.sqrt(a_t)
        factor = math.sqrt(a_prev) * clean + math.sqrt(1 - a_prev - sigma2) * ratio
        variance = factor**2 * variance + sigma2
    z = ddim_sample(gauss_eps, (40_000,), ALPHAS, steps, eta, seeded(), "trailing")
    assert z.var().item() == pytest.approx(variance, rel=0.03)


@given(spacings, st.integers(1, 30))
def test_the_model_is_asked_once_at_each_visited_step(spacing, steps):
    asked = []

    def eps(z, t):
        asked.append(t)
        return z

    ddim_sample(eps, (1,), ALPHAS, steps, spacing=spacing)
    assert asked == ddim_timesteps(1000, steps, spacing).tolist()


def test_alphas_of_the_full_grid_in_a_strided_sampler_leave_the_noise_in():
    visited = ddim_timesteps(1000, 20, "trailing").tolist()
    right = wrong = torch.randn(2000, generator=seeded(), dtype=torch.float64)
    for t, then in zip(visited, [*visited[1:], None]):
        level = 1.0 if then is None else ALPHAS[then].item()
        right = ddim_step(right, gauss_eps(right, t), ALPHAS[t], level)
        wrong = ddim_step(wrong, gauss_eps(wrong, t), ALPHAS[t], ALPHAS[t - 1])
    assert right.std().item() == pytest.approx(0.5, abs=0.1)
    assert wrong.std().item() > 0.9


def test_samples_follow_generator_dtype_and_spare_the_global_state():
    state = torch.get_rng_state()
    first = ddim_sample(lambda z, t: z, (2, 3), ALPHAS.float(), 5, 0.5, seeded())
    again = ddim_sample(lambda z, t: z, (2, 3), ALPHAS.float(), 5, 0.5, seeded())
    assert torch.equal(first, again)
    assert torch.equal(state, torch.get_rng_state())
    assert first.shape == (2, 3)
    assert first.dtype == torch.float32
    weight = torch.ones((), dtype=torch.float64, requires_grad=True)
    assert not ddim_sample(lambda z, t: weight * z, (1,), ALPHAS, 2).requires_grad


def test_no_samples_are_fine_and_a_bad_eta_or_number_of_steps_is_not():
    assert ddim_sample(lambda z, t: z, (0, 3), ALPHAS, 5).shape == (0, 3)
    with pytest.raises(ValueError, match="eta must be within 0 to 1, got 2"):
        ddim_sample(lambda z, t: z, (1,), ALPHAS, 5, 2)
    with pytest.raises(ValueError, match="within 1 to 1000, got 1001"):
        ddim_sample(lambda z, t: z, (1,), ALPHAS, 1001)


# Guidance


@given(st.floats(0, 20), seeds)
def test_both_conventions_of_guidance_agree_with_s_one_more_than_w(w, seed):
    eps_u, eps_c = normal(2, 50, seed=seed)
    mine = cfg(eps_u, eps_c, 1 + w)
    assert (mine - ((1 + w) * eps_c - w * eps_u)).abs().max() < 4e-15 * (4 + 8 * w)


def test_scale_zero_and_one_are_the_two_predictions():
    eps_u, eps_c = normal(2, 7)
    assert torch.equal(cfg(eps_u, eps_c, 0), eps_u)
    assert_same(cfg(eps_u, eps_c, 1), eps_c)
    assert cfg(torch.tensor(1.0), torch.tensor(3.0), 7.5) == 16


def test_predictions_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match=r"one shape, got \(1, 3\), \(3,\)"):
        cfg(torch.zeros(1, 3), torch.zeros(3), 2)


@given(st.floats(0.01, 0.99), st.integers(1, 4), st.integers(1, 3), seeds)
def test_mixture_noise_is_minus_the_score_that_autograd_finds(a, k, d, seed):
    centers, z = normal(k, d, seed=seed), normal(5, d, seed=seed + 1)
    z.requires_grad_()
    width = torch.full((k, d), math.sqrt(a * 0.49 + 1 - a), dtype=torch.float64)
    parts = torch.distributions.Independent(
        torch.distributions.Normal(math.sqrt(a) * centers, width), 1
    )
    weights = torch.distributions.Categorical(torch.ones(k, dtype=torch.float64))
    mixture = torch.distributions.MixtureSameFamily(weights, parts)
    (score,) = torch.autograd.grad(mixture.log_prob(z).sum(), z)
    got = mixture_eps(z.detach(), a, centers, 0.7)
    assert_same(got, -math.sqrt(1 - a) * score)


def test_mixture_stays_finite_far_away():
    far = torch.tensor([[1e6, -1e6]], dtype=torch.float64)
    assert mixture_eps(far, 0.99, CENTERS).isfinite().all()


def test_mixture_refuses_levels_and_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="a must lie between 0 and 1, got 1"):
        mixture_eps(CENTERS, 1, CENTERS)
    with pytest.raises(ValueError, match=r"got \(3, 2\), \(3, 1\)"):
        mixture_eps(CENTERS, 0.5, CENTERS[:, :1])


def test_guidance_overshoots_and_narrows_the_wanted_cluster():
    shares, means, spreads = [], [], []
    for scale in (0, 1, 3, 7.5):
        z = guided_samples(scale, 4000)
        nearest = np.argmin(
            np.linalg.norm(z.numpy()[:, None] - CENTERS.numpy(), axis=2), 1
        )
        shares.append(np.mean(nearest == 0))
        means.append(z[:, 0].mean().item())
        spreads.append(z[:, 0].std().item())
    assert shares == pytest.approx([0.34, 0.965, 1, 1], abs=0.01)
    assert means == pytest.approx([0.02, 1.90, 2.88, 3.82], abs=0.02)
    assert spreads == pytest.approx([1.60, 0.77, 0.45, 0.33], abs=0.02)
    assert abs(means[1] - 2) < 0.15
    assert means[3] > 3.5
    assert spreads[3] < 0.4


def test_another_seed_draws_other_points():
    one, other = (guided_samples(1, 5, seed=seed, steps=2) for seed in (0, 1))
    assert (one - other).abs().min() > 1e-6


def test_unguided_samples_fall_short_by_the_signal_that_pure_noise_lacks():
    shift = SPREAD * 2 * ALPHAS[-1].sqrt().item()  # the exact map has slope 0.8
    mean = guided_samples(1, 5000, steps=300)[:, 0].mean().item()
    assert mean == pytest.approx(2 - shift, abs=0.035)
    assert 2 - shift == pytest.approx(1.891, abs=5e-4)


def test_unguided_samples_are_too_narrow_with_50_steps_and_right_with_500():
    few, many = (guided_samples(1, 4000, steps=steps)[:, 0] for steps in (50, 500))
    assert few.std().item() == pytest.approx(0.772, abs=5e-4)
    assert many.std().item() == pytest.approx(SPREAD, abs=0.005)
    assert few.mean().item() == pytest.approx(many.mean().item(), abs=0.01)


def test_a_negative_prompt_leads_away_from_what_it_names():
    def eps(z, t):
        a = ALPHAS[t].item()
        unwanted = mixture_eps(z, a, CENTERS[1:2])
        return cfg(unwanted, mixture_eps(z, a, CENTERS[:1]), 3)

    z = ddim_sample(eps, (4000, 2), ALPHAS, 50, 0.0, seeded(), "trailing")
    plain = guided_samples(3, 4000)
    away = CENTERS[0] - CENTERS[1]
    assert (z.mean(0) @ away).item() > (plain.mean(0) @ away).item() + 1
    assert (
        z[:, 1].mean() < -1 < plain[:, 1].mean() < 1
    )  # the third cluster is not named


def test_in_sixteen_bits_guidance_and_kl_do_not_lose_what_float64_keeps():
    small = torch.tensor([2.0**-7], dtype=torch.bfloat16)
    exact = 0.5 * (math.exp(2.0**-7) - 1 - 2.0**-7)
    found = kl_to_standard_normal(torch.zeros_like(small), small).item()
    assert found == pytest.approx(exact, rel=0.01)
    eps_u, eps_c = torch.tensor([[30000.0], [-30000.0]], dtype=torch.float16)
    guided = cfg(eps_u, eps_c, 1.5).item()  # eps_c - eps_u alone would overflow
    assert guided == pytest.approx(-60000, rel=1e-3)


def test_clusters_stand_on_a_circle_of_radius_two():
    assert_same(CENTERS.norm(dim=1), torch.full((3,), 2.0, dtype=torch.float64))
    assert_same(CENTERS.sum(0), torch.zeros(2, dtype=torch.float64))
    assert SPREAD == 0.8


def gaussian_guided(scale, steps=1000):
    """Mean and std that DDIM reaches for p = N(0, 1), p(x | c) = N(1, 1/4)."""

    def eps(z, t):
        a = ALPHAS[t]
        conditional = (1 - a).sqrt() * (z - a.sqrt()) / (a / 4 + 1 - a)
        return cfg((1 - a).sqrt() * z, conditional, scale)

    z = ddim_sample(eps, (20_000,), ALPHAS, steps, 0.0, seeded(), "trailing")
    return z.mean().item(), z.std().item()


def test_guidance_does_not_sample_the_tilted_gaussian():
    precision = 7.5 * 4 - 6.5 * 1
    assert precision == 23.5
    assert 7.5 * 4 * 1 / precision == pytest.approx(1.2766, abs=5e-5)
    mean, std = gaussian_guided(7.5)
    assert mean > 1.4
    assert std < 0.5 * precision**-0.5
    mean, std = gaussian_guided(1)
    assert (mean, std) == pytest.approx((1, 0.5), abs=0.05)


# Cross-attention


@given(st.tuples(*[st.integers(1, 4)] * 6), seeds)
def test_cross_attention_is_torchs_own(sizes, seed):
    B, H, N, M, d, e = sizes
    q, k = normal(B, H, N, d, seed=seed), normal(B, H, M, d, seed=seed + 1)
    v = normal(B, H, M, e, seed=seed + 2)
    assert_same(cross_attention(q, k, v), F.scaled_dot_product_attention(q, k, v))


def test_cross_attention_at_the_width_of_stable_diffusion_is_exact_to_rounding():
    q, k, v = normal(2, 4, 16, 40), normal(2, 4, 77, 40, seed=2), normal(2, 4, 77, 40)
    expected = F.scaled_dot_product_attention(q, k, v)
    assert (cross_attention(q, k, v) - expected).abs().max() < 2e-15


def test_one_token_is_copied_and_token_order_does_not_matter():
    q, k, v = normal(1, 2, 3, 4), normal(1, 2, 5, 4, seed=2), normal(1, 2, 5, 4, seed=3)
    one = cross_attention(q, k[:, :, :1], v[:, :, :1])
    assert_same(one, v[:, :, :1].expand(1, 2, 3, 4))
    assert_same(cross_attention(q, k.flip(2), v.flip(2)), cross_attention(q, k, v))


def test_huge_scores_stay_finite():
    q, k, v = 1e4 * normal(1, 1, 2, 4), 1e4 * normal(1, 1, 3, 4), normal(1, 1, 3, 4)
    got = cross_attention(q, k, v)
    assert_same(got, v[0, 0, (q @ k.mT)[0, 0].argmax(1)][None, None])


def test_gradients_of_cross_attention_match_finite_differences():
    inputs = [normal(1, 2, n, 3, seed=n).requires_grad_() for n in (2, 4, 4)]
    assert torch.autograd.gradcheck(cross_attention, inputs)


@pytest.mark.parametrize(
    ("q", "k", "v", "message"),
    [
        ((1, 2, 3), (1, 2, 3, 4), (1, 2, 3, 4), "must have 4 axes"),
        ((1, 2, 3, 4), (1, 2, 5, 3), (1, 2, 5, 4), r"want \(B, H, N, d\)"),
        ((1, 2, 3, 4), (1, 1, 5, 4), (1, 1, 5, 4), r"got \(1, 2, 3, 4\), \(1, 1"),
        ((1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 6, 4), r"want \(B, H, N, d\)"),
        ((1, 2, 3, 4), (1, 2, 5, 4), (1, 1, 5, 4), r"want \(B, H, N, d\)"),
        ((1, 2, 3, 4), (1, 2, 0, 4), (1, 2, 0, 4), r"want \(B, H, N, d\)"),
        ((1, 2, 3, 0), (1, 2, 5, 0), (1, 2, 5, 4), r"want \(B, H, N, d\)"),
    ],
)
def test_shapes_that_would_broadcast_are_refused(q, k, v, message):
    with pytest.raises(ValueError, match=message):
        cross_attention(torch.zeros(q), torch.zeros(k), torch.zeros(v))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), seeds)
def test_the_module_is_nn_multihead_attention_with_context(heads, d, M, seed):
    dim, context_dim = heads * d, 5
    module = CrossAttention(dim, context_dim, heads).double()
    for i, parameter in enumerate(module.parameters()):
        parameter.data = normal(*parameter.shape, seed=seed + i)
    theirs = nn.MultiheadAttention(
        dim, heads, kdim=context_dim, vdim=context_dim, bias=True, batch_first=True
    ).double()
    if context_dim == dim:
        weights = [module.to_q.weight, module.to_k.weight, module.to_v.weight]
        theirs.in_proj_weight.data = torch.cat(weights)
    else:
        theirs.q_proj_weight.data = module.to_q.weight.data
        theirs.k_proj_weight.data = module.to_k.weight.data
        theirs.v_proj_weight.data = module.to_v.weight.data
    theirs.out_proj.weight.data = module.to_out.weight.data
    theirs.out_proj.bias.data = module.to_out.bias.data
    x, context = normal(2, 3, dim, seed=seed), normal(2, M, context_dim, seed=seed + 1)
    assert_same(module(x, context), theirs(x, context, context)[0])


@pytest.mark.parametrize(("dim", "heads"), [(6, 4), (6, 0), (0, 1)])
def test_heads_must_divide_the_width(dim, heads):
    with pytest.raises(ValueError, match=f"multiple of heads >= 1, got {dim}, {heads}"):
        CrossAttention(dim, 5, heads)


def test_the_context_of_stable_diffusion_is_77_tokens_of_768():
    module = CrossAttention(320, 768, 8)
    assert sum(p.numel() for p in module.parameters()) == 320 * (2 * 320 + 2 * 768 + 1)
    with torch.no_grad():
        assert module(torch.ones(1, 4, 320), torch.ones(1, 77, 768)).shape == (
            1,
            4,
            320,
        )


# Shapes


def test_a_code_has_48_times_fewer_numbers_and_4096_times_fewer_pairs():
    channels, height, width = latent_shape((512, 512))
    assert (channels, height, width) == (4, 64, 64)
    assert 512 * 512 * 3 / (channels * height * width) == 48
    assert height * width == 4096
    assert (512 * 512) ** 2 / (height * width) ** 2 == 4096


def test_sides_and_factors_may_differ():
    assert latent_shape((768, 512)) == (4, 96, 64)
    assert latent_shape((8, 16), factor=4, channels=3) == (3, 2, 4)


@pytest.mark.parametrize("size", [(512, 500), (500, 512), (0, 8), (-8, 8)])
def test_sides_that_do_not_divide_are_refused(size):
    with pytest.raises(ValueError, match=f"multiples of 8, got {size[0]} x {size[1]}"):
        latent_shape(size)


@pytest.mark.parametrize(("factor", "channels"), [(0, 4), (8, 0)])
def test_factor_and_channels_must_be_positive(factor, channels):
    with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
        latent_shape((8, 8), factor, channels)


# The networks


def test_kl_matches_torch_distributions():
    mean, log_variance = normal(2, 30)
    mine = torch.distributions.Normal(mean, (log_variance / 2).exp())
    standard = torch.distributions.Normal(torch.zeros_like(mean), 1.0)
    expected = torch.distributions.kl_divergence(mine, standard)
    assert_same(kl_to_standard_normal(mean, log_variance), expected)


def test_a_posterior_of_std_two_hundredths_is_far_from_standard_normal():
    log_variance = torch.tensor(2 * math.log(0.02))
    kl = kl_to_standard_normal(torch.tensor(0.0), log_variance).item()
    assert kl == pytest.approx(3.41, abs=0.005)


def test_time_embedding_is_sines_and_cosines_of_geometric_frequencies():
    t = np.array([0.0, 1.0, 999.0])
    frequencies = 1e4 ** -np.linspace(0, 1, 8)
    angles = np.outer(t, frequencies)
    expected = np.concatenate([np.sin(angles), np.cos(angles)], 1)
    got = time_embedding(torch.tensor(t, dtype=torch.float32), 16).numpy()
    np.testing.assert_allclose(got, expected, rtol=0, atol=2e-4)


def test_codes_are_four_by_four_by_four():
    model = Autoencoder()
    mean, log_variance = model.encode(torch.zeros(2, 3, 16, 16))
    assert mean.shape == log_variance.shape == (2, *latent_shape((16, 16), 4))
    assert model.decode(mean).shape == (2, 3, 16, 16)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 3, 16, 18), "multiples of 4, got 16 x 18"),
        ((1, 1, 16, 16), r"must be \(B, 3, h, w\), got \(1, 1, 16, 16\)"),
        ((3, 16, 16), r"must be \(B, 3, h, w\), got \(3, 16, 16\)"),
    ],
)
def test_images_of_the_wrong_shape_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        Autoencoder().encode(torch.zeros(shape))


def test_a_block_is_two_convolutions_then_attention_both_added():
    torch.manual_seed(0)
    block = Block(3, 8, 6, heads=2).double()
    x, time, context = normal(2, 3, 2, 4), normal(2, 6), normal(2, 5, 6)
    weights = dict(block.named_parameters())

    def conv(name, x, padding):
        return F.conv2d(
            x, weights[f"{name}.weight"], weights[f"{name}.bias"], 1, padding
        )

    h = conv("first", x, 1)
    h = (
        h
        + F.linear(time, weights["time.weight"], weights["time.bias"])[..., None, None]
    )
    for name, i in (("second", 0), (None, 1)):
        h = F.group_norm(h, 8, weights[f"norms.{i}.weight"], weights[f"norms.{i}.bias"])
        h = h * torch.sigmoid(h)
        h = conv(name, h, 1) if name else h + conv("skip", x, 0)
    rows = h.permute(0, 2, 3, 1).reshape(2, 8, 8)
    read = block.attention(rows, context).reshape(2, 2, 4, 8).permute(0, 3, 1, 2)
    assert_same(block(x, time, context), h + read)


def test_the_unet_depends_on_code_time_each_word_and_its_place():
    torch.manual_seed(0)
    unet = UNet(9, 3).requires_grad_(False)
    z, t = torch.randn(1, 4, 4, 4), torch.tensor([500.0])
    words = torch.tensor([[1, 4, 7]])
    out = unet(z, t, words)
    assert out.shape == z.shape
    others = [
        unet(z + 0.1, t, words),
        unet(z, t - 200, words),
        unet(z, t, torch.tensor([[2, 4, 7]])),
        unet(z, t, torch.tensor([[4, 1, 7]])),
        unet(z, t, torch.zeros_like(words)),
    ]
    for other in others:
        assert (other - out).abs().max() > 1e-5


def test_rows_of_a_batch_do_not_mix():
    torch.manual_seed(0)
    unet = UNet(9, 3).requires_grad_(False)
    z, t = torch.randn(3, 4, 4, 4), torch.tensor([1.0, 2.0, 3.0])
    words = torch.eye(3, dtype=torch.long)
    together = unet(z, t, words)
    for i in range(3):
        alone = unet(z[i : i + 1], t[i : i + 1], words[i : i + 1])
        torch.testing.assert_close(alone, together[i : i + 1], rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("z", "t", "words", "message"),
    [
        ((2, 4, 3, 4), (2,), (2, 3), "multiples of 2, got 3 x 4"),
        ((2, 4, 4, 4), (1,), (2, 3), r"\(B,\), \(B, 3\), got .*\(1,\)"),
        ((2, 4, 4, 4), (2,), (2, 4), r"\(B, 3\), got .*\(2, 4\)"),
        ((2, 4, 4, 4), (2,), (1, 3), r"\(B, 3\), got .*\(1, 3\)"),
    ],
)
def test_the_unet_refuses_what_does_not_fit(z, t, words, message):
    with pytest.raises(ValueError, match=message):
        UNet(9, 3)(torch.zeros(z), torch.zeros(t), torch.zeros(words, dtype=torch.long))


# Drawn images


def words_of(captions):
    return [" ".join(WORDS[i] for i in row) for row in captions.tolist()]


def test_captions_become_word_numbers_and_back():
    assert words_of(tokenize("red bar right")[None]) == ["red bar right"]
    assert tokenize("").tolist() == [0, 0, 0]


@pytest.mark.parametrize("caption", ["red bar", "pink bar left", "a red bar left"])
def test_unknown_captions_are_refused(caption):
    with pytest.raises(
        ValueError, match=f"want 3 words out of red, .* got '{caption}'"
    ):
        tokenize(caption)


def test_drawn_images_show_what_their_captions_say():
    images, captions = draw_shapes(300, seeded())
    assert images.shape == (300, 3, 16, 16)
    assert -1 <= images.min() < images.max() <= 1
    brightness = (images.numpy() + 1) / 2
    for picture, caption in zip(brightness, words_of(captions)):
        color, shape, side = caption.split()
        assert picture.sum((1, 2)).argmax() == ["red", "green", "blue"].index(color)
        ink = picture.max(0)
        assert (ink[:, :8].sum() > ink[:, 8:].sum()) == (side == "left")
        y, x = np.indices(ink.shape)
        spread = [
            np.sqrt(np.cov(axis.ravel(), aweights=ink.ravel())) for axis in (x, y)
        ]
        ratio = spread[0] / spread[1]
        wanted = {
            "bar": ratio > 1.5,
            "post": ratio < 1 / 1.5,
            "disc": 0.8 < ratio < 1.25,
        }
        assert wanted[shape]
    assert len(set(words_of(captions))) == 18
    assert torch.equal(draw_shapes(300, seeded())[0], images)


def test_at_least_one_image_must_be_drawn():
    with pytest.raises(ValueError, match="n must be an integer >= 1, got 0"):
        draw_shapes(0, seeded())


# Training, in parts


class Recorder(nn.Module):
    """A U-Net that predicts no noise and keeps what it was shown."""

    def __init__(self, words, tokens):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.shown = []

    def forward(self, z, t, captions):
        self.shown.append((z.detach(), t, captions))
        return self.weight * z


def test_the_second_stage_sees_unit_variance_all_times_and_some_empty_captions(
    monkeypatch,
):
    monkeypatch.setattr(training, "UNet", Recorder)
    images, captions = draw_shapes(500, seeded())
    torch.manual_seed(0)
    autoencoder = Autoencoder().requires_grad_(False)
    model = train_diffusion(autoencoder, images, captions, 60, seeded(), 0.2, 1e-9)
    codes = autoencoder.encode(images)[0]
    assert (codes * model.scale).std().item() == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(model.alphas, ALPHAS.float())
    z, t, words = (torch.cat(rows) for rows in zip(*model.unet.shown))
    assert z.shape == (60 * 48, 4, 4, 4)
    assert t.min() < 20
    assert t.max() > 979
    assert t.mean().item() == pytest.approx(499.5, abs=15)
    empty = (words == 0).all(1)
    assert empty.float().mean().item() == pytest.approx(0.2, abs=0.03)
    assert (words[~empty] > 0).all()
    known = {tuple(row) for row in captions.tolist()}
    assert {tuple(row) for row in words[~empty].tolist()} <= known
    a = ALPHAS.float()[t.long()][:, None, None, None]
    mean = codes.mean() * model.scale  # the codes' mean is not removed
    early, late = t < 200, t > 800
    assert z[late].std().item() == pytest.approx(1, abs=0.05)
    assert z[early].std().item() == pytest.approx(1, abs=0.1)
    assert z[early].mean().item() == pytest.approx(
        (a[early].sqrt().mean() * mean).item(), abs=0.05
    )


def test_training_learns_the_noise_and_not_the_code(monkeypatch):
    monkeypatch.setattr(training, "UNet", Recorder)
    images, captions = draw_shapes(200, seeded())
    torch.manual_seed(0)
    frozen = Autoencoder().requires_grad_(False)
    model = train_diffusion(frozen, images, captions, 60, seeded(), 0.1, 0.05)
    mean_root = (1 - ALPHAS).sqrt().mean().item()  # the best single weight
    assert model.unet.weight.item() == pytest.approx(mean_root, abs=0.1)


def test_more_kl_weight_brings_the_codes_closer_to_the_standard_normal():
    images, _ = draw_shapes(200, seeded())
    kls = []
    for weight in (1e-6, 1.0):
        model = train_autoencoder(images, 40, seeded(), kl_weight=weight)
        kls.append(kl_to_standard_normal(*model.encode(images)).mean().item())
    assert kls[1] < 0.2 * kls[0]


class PointUNet(nn.Module):
    """The exact noise if a caption means one code and the empty caption means zero."""

    def __init__(self, code):
        super().__init__()
        self.code = code

    def forward(self, z, t, captions):
        a = ALPHAS.float()[t.long()][:, None, None, None]
        point = (captions != 0).any(1).float()[:, None, None, None] * self.code
        return (z - a.sqrt() * point) / (1 - a).sqrt()


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("scale", [0.0, 1.0, 3.0])
def test_generation_guides_in_scaled_codes_and_decodes_unscaled_ones(scale, eta):
    """For point data, guided DDIM ends at s times the caption's code, exactly."""
    torch.manual_seed(0)
    autoencoder = Autoencoder().requires_grad_(False)
    code = torch.randn(1, 4, 4, 4, generator=seeded())
    model = LatentDiffusion(autoencoder, PointUNet(code), 0.18215, ALPHAS.float())
    images = model.generate(tokenize("red bar left")[None], scale, seeded(), 5, eta)
    expected = autoencoder.decode(scale * code / 0.18215)
    torch.testing.assert_close(images, expected, rtol=0, atol=2e-3)


def test_generation_takes_twenty_steps_unless_told_otherwise():
    torch.manual_seed(0)
    parts = (part.requires_grad_(False) for part in (Autoencoder(8), UNet(9, 3, 8)))
    model = LatentDiffusion(*parts, 1.0, ALPHAS.float())
    text = tokenize("red bar left")[None]
    untold = model.generate(text, 1, seeded())
    assert torch.equal(untold, model.generate(text, 1, seeded(), 20))
    assert not torch.equal(untold, model.generate(text, 1, seeded(), 10))


@pytest.mark.parametrize("drop", [-0.1, 1.1, math.nan])
def test_a_share_outside_zero_to_one_is_refused(drop):
    images, captions = draw_shapes(4, seeded())
    with pytest.raises(ValueError, match=f"drop must be within 0 to 1, got {drop}"):
        train_diffusion(Autoencoder(8), images, captions, 1, seeded(), drop)


@pytest.mark.parametrize("number", [0.0, math.inf])
def test_codes_without_a_spread_are_refused(number):
    images, captions = draw_shapes(4, seeded())
    flat = Autoencoder(8).requires_grad_(False)
    flat.encoder[2].weight.zero_()
    flat.encoder[2].bias.fill_(number)
    with pytest.raises(ValueError, match="codes must differ and be finite, got std"):
        train_diffusion(flat, images, captions, 1, seeded())


def test_a_loss_that_is_not_finite_ends_the_training():
    images, captions = draw_shapes(4, seeded())
    with pytest.raises(ValueError, match=r"losses must be finite, got .* at step 0"):
        train_autoencoder(1e30 * images, 1, seeded())
    with pytest.raises(ValueError, match=r"losses must be finite, got .* at step 1"):
        train_diffusion(
            Autoencoder(8), images, captions, 3, seeded(), learning_rate=1e30
        )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Block(3, 12, 6), "outputs must be a multiple of 8, got 12"),
        (lambda: Block(3, 8, 6, 3), "dim must be a multiple of heads >= 1, got 8, 3"),
        (lambda: Block(0, 8, 6), "inputs must be an integer >= 1, got 0"),
        (lambda: UNet(9, 3, 12), "outputs must be a multiple of 8, got 12"),
        (lambda: UNet(9, 0), "tokens must be an integer >= 1, got 0"),
    ],
)
def test_networks_of_impossible_widths_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


# The whole pipeline, trained


@pytest.fixture(scope="module")
def pipeline():
    """As the figure trains it: about eight seconds of one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    generator = seeded(5)
    state = torch.get_rng_state()
    images, captions = draw_shapes(4000, generator)
    autoencoder = train_autoencoder(images, 300, generator)
    model = train_diffusion(autoencoder, images, captions, 400, generator)
    assert torch.equal(state, torch.get_rng_state())
    torch.set_num_threads(threads)
    return model, images, captions


def read(pictures, images, captions):
    """Captions of the nearest drawn images."""
    distances = torch.cdist(pictures.flatten(1), images.flatten(1))
    return captions[distances.argmin(1)]


@pytest.fixture(scope="module")
def generated(pipeline):
    model, _, _ = pipeline
    _, wanted = draw_shapes(200, seeded(9))
    scales = (0, 1, 3, 7.5)
    return wanted, {s: model.generate(wanted, s, seeded(2)) for s in scales}


@pytest.mark.timeout(180)
def test_the_judge_reads_fresh_drawings(pipeline):
    _, images, captions = pipeline
    fresh, wanted = draw_shapes(200, seeded(8))
    assert (read(fresh, images, captions) == wanted).all(1).float().mean() > 0.99


@pytest.mark.timeout(180)
def test_a_twelfth_of_the_numbers_restores_the_image(pipeline):
    model, images, captions = pipeline
    fresh, wanted = draw_shapes(200, seeded(8))
    mean, log_variance = model.autoencoder.encode(fresh)
    assert fresh[0].numel() / mean[0].numel() == 12
    restored = model.autoencoder.decode(mean)
    blank = (fresh - fresh.mean(0)).square().mean()
    assert (restored - fresh).square().mean() < 0.35 * blank
    assert (read(restored, images, captions) == wanted).all(1).float().mean() > 0.95
    assert (0.5 * log_variance).exp().mean() < 0.05  # the posterior is nearly a point
    assert kl_to_standard_normal(mean, log_variance).mean() > 3
    assert (mean * model.scale).std().item() == pytest.approx(1, abs=0.05)


@pytest.mark.timeout(180)
def test_standard_normal_codes_decode_to_no_drawing(pipeline, generated):
    model, images, _ = pipeline
    codes = torch.randn(200, 4, 4, 4, generator=seeded()) / model.scale
    gaps = [
        torch.cdist(x.flatten(1), images.flatten(1)).amin(1).mean().item()
        for x in (generated[1][1], model.autoencoder.decode(codes))
    ]
    assert gaps[1] > 2 * gaps[0]


@pytest.mark.timeout(180)
def test_captions_come_true(pipeline, generated):
    _, images, captions = pipeline
    wanted, pictures = generated
    right = {
        s: (read(p, images, captions) == wanted).all(1).float().mean().item()
        for s, p in pictures.items()
    }
    assert right[0] < 0.2  # one in 18, by chance
    assert right[1] > 0.8
    assert right[3] > 0.85


@pytest.mark.timeout(180)
def test_strong_guidance_leaves_the_range_of_colours(generated):
    excess = {
        s: (p.abs() - 1).clamp(min=0).mean().item() for s, p in generated[1].items()
    }
    assert excess[1] < 0.03
    assert excess[7.5] > 5 * excess[1]
    assert excess[7.5] > 2 * excess[3]


@pytest.mark.timeout(180)
def test_scale_zero_does_not_read_the_caption(pipeline):
    model, _, _ = pipeline
    red, blue = (tokenize(f"{color} bar left")[None] for color in ("red", "blue"))
    zero = [model.generate(text, 0, seeded(), 4) for text in (red, blue)]
    assert torch.equal(*zero)
    one = [model.generate(text, 1, seeded(), 4) for text in (red, blue)]
    assert (one[0] - one[1]).abs().max() > 0.1


@pytest.mark.timeout(180)
def test_eta_makes_generation_random_on_the_way(pipeline):
    model, _, _ = pipeline
    text = tokenize("red bar left")[None]
    still, restless = (model.generate(text, 1, seeded(), 4, eta) for eta in (0.0, 1.0))
    assert (still - restless).abs().max() > 0.1


# On a GPU


@pytest.mark.gpu
@pytest.mark.timeout(120)
def test_half_precision_cross_attention_is_as_good_as_the_builtin_but_larger():
    shapes = [(1, 8, 4096, 40), (1, 8, 77, 40), (1, 8, 77, 40)]
    q, k, v = (normal(*s, seed=i).to("cuda", torch.half) for i, s in enumerate(shapes))
    exact = F.scaled_dot_product_attention(q.double(), k.double(), v.double())

    def builtin(q, k, v):
        with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]):
            return F.scaled_dot_product_attention(q, k, v)

    errors, peaks = [], []
    for attention in (builtin, cross_attention):
        attention(q, k, v)
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        out = attention(q, k, v)
        torch.cuda.synchronize()
        peaks.append(torch.cuda.max_memory_allocated() - before)
        errors.append((out.double() - exact).abs().max().item())
    assert errors[1] <= 2 * errors[0] + 1e-4
    assert peaks[1] - peaks[0] >= 8 * 4096 * 77 * 2  # at least the table of scores


def test_training_seeds_no_other_device(monkeypatch):
    def refuse(seed):
        raise AssertionError("torch.manual_seed seeds every GPU, and nothing undoes it")

    monkeypatch.setattr(torch, "manual_seed", refuse)
    images, captions = draw_shapes(4, torch.Generator().manual_seed(0))
    generator, state = torch.Generator().manual_seed(0), torch.get_rng_state()
    autoencoder = train_autoencoder(images, 1, generator)
    train_diffusion(autoencoder, images, captions, 1, generator)
    assert torch.equal(torch.get_rng_state(), state)
