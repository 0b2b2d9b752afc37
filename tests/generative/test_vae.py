"""Oracles: scipy, quadrature, Nelder-Mead, torch.distributions, autograd, by hand."""

import math
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

from figures.generative import vae as figure
from snippets.generative.vae import (
    gaussian_kl,
    gaussian_log_density,
    gradient_samples,
    importance_bound,
    linear_elbo,
    linear_optimum,
    ppca_fit,
    ppca_log_likelihood,
    ppca_posterior,
)
from snippets.generative.vae.network import VAE, train_vae

seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def model(seed, n=5, d=4, k=2):
    rng = np.random.default_rng(seed)
    x, W, b = (rng.standard_normal(s) for s in ((n, d), (d, k), d))
    return x, W, b, float(rng.uniform(0.3, 2))


def full_kl(mean, S, mean_2, S_2):
    """KL of two Gaussians with any covariances."""
    inverse = np.linalg.inv(S_2)
    away = mean_2 - mean
    logs = np.linalg.slogdet(S_2)[1] - np.linalg.slogdet(S)[1]
    return 0.5 * (np.trace(inverse @ S) + away @ inverse @ away - len(mean) + logs)


# ---- Gaussians


def test_divergences_by_hand():
    pairs = [(1, 1, 0.5), (0, 4, 0.806853), (0, 0.01, 1.807585), (0.5, 0.25, 0.443147)]
    for mean, var, want in pairs:
        close(gaussian_kl([mean], [math.log(var)]), want, 6e-7)
        close(want, 0.5 * (mean**2 + var - 1 - math.log(var)), 6e-7)
    far = gaussian_kl([1.0], [math.log(4)], -1.0, math.log(0.25))
    close(far, 14.113706, 6e-7)
    close(far, 0.5 * (4 / 0.25 + 16 - 1 - math.log(16)))


@given(seeds)
def test_the_divergence_is_that_of_full_covariances(seed):
    rng = np.random.default_rng(seed)
    m, lv, m2, lv2 = rng.standard_normal((4, 3))
    want = full_kl(m, np.diag(np.exp(lv)), m2, np.diag(np.exp(lv2)))
    close(gaussian_kl(m, lv, m2, lv2), want, 1e-10)
    both = gaussian_kl(np.stack([m, m2]), np.stack([lv, lv2]), 0.5, -1.0)
    each = [
        gaussian_kl(a, b, np.full(3, 0.5), np.full(3, -1.0))
        for a, b in ((m, lv), (m2, lv2))
    ]
    close(both, each)


def test_the_divergence_is_an_integral():
    def integrand(z):
        return norm.pdf(z, 0.5, 2) * (norm.logpdf(z, 0.5, 2) - norm.logpdf(z, -1, 1.5))

    want = quad(integrand, -25, 25)[0]
    close(gaussian_kl([0.5], [2 * math.log(2)], -1.0, 2 * math.log(1.5)), want, 1e-9)


def test_nearly_equal_gaussians_keep_their_digits():
    for small in (1e-3, 1e-5):
        close(gaussian_kl([0.0], [small]) / small**2, 0.25, small)
        close(gaussian_kl([small], [0.0]) / small**2, 0.5, 1e-9)
    assert gaussian_kl([0.0], [1e-7]) >= 0
    assert gaussian_kl([0.0, 0], [0.0, 0]) == 0
    assert np.isfinite(gaussian_kl([1e50], [200.0], -1e50, -200.0))


def test_a_log_variance_is_neither_a_log_deviation_nor_a_variance():
    # pitfall (a): the deviation of variance 4 is 2, and e^(ln 4) = 4.
    close(math.exp(0.5 * math.log(4)), 2)
    close(gaussian_kl([0.0], [math.log(4)]), 0.806853, 6e-7)


@given(seeds)
def test_densities_are_those_of_scipy(seed):
    rng = np.random.default_rng(seed)
    x, mean, sigma = rng.standard_normal((4, 3)), rng.standard_normal((4, 3)), 0.7
    close(
        gaussian_log_density(x, mean, sigma), norm.logpdf(x, mean, sigma).sum(1), 1e-11
    )
    want = multivariate_normal.logpdf(x, mean[0], sigma**2 * np.eye(3))
    close(gaussian_log_density(x, mean[0], sigma), want, 1e-11)
    close(gaussian_log_density(x[0], mean[0], sigma), want[0], 1e-11)


def test_a_density_may_exceed_one():
    value = gaussian_log_density([0.0], [0.0], 0.01)
    close(value, norm.logpdf(0, 0, 0.01))
    assert 3.68 < value < 3.69


# ---- the linear model


@given(seeds)
@settings(max_examples=40)
def test_likelihood_and_posterior_are_those_of_the_joint_gaussian(seed):
    x, W, b, sigma = model(seed)
    C = W @ W.T + sigma**2 * np.eye(4)
    close(
        ppca_log_likelihood(x, W, b, sigma), multivariate_normal.logpdf(x, b, C), 1e-9
    )
    gain = W.T @ np.linalg.inv(C)  # conditioning the joint covariance of (z, x)
    means, covariance = ppca_posterior(x, W, b, sigma)
    close(means, (x - b) @ gain.T, 1e-9)
    close(covariance, np.eye(2) - gain @ W, 1e-9)
    close(covariance, np.linalg.inv(np.eye(2) + W.T @ W / sigma**2), 1e-9)


def test_more_codes_than_coordinates_are_allowed():
    x, W, b, sigma = model(1, d=2, k=3)
    C = W @ W.T + sigma**2 * np.eye(2)
    close(ppca_log_likelihood(x, W, b, sigma), multivariate_normal.logpdf(x, b, C))
    covariance = ppca_posterior(x, W, b, sigma)[1]
    close(covariance, np.linalg.inv(np.eye(3) + W.T @ W / sigma**2))


def test_a_tiny_sigma_keeps_the_likelihood():
    W, sigma = np.array([[1.0], [1.0]]), 1e-12
    want = -0.5 * (
        1 / (2 + sigma**2) * 2 + math.log(2 + sigma**2) + 2 * math.log(sigma)
    )
    got = ppca_log_likelihood([[1.0, 1.0]], W, [0.0, 0.0], sigma)
    close(got, want - math.log(math.tau), 1e-6)
    close(ppca_posterior([[1.0, 1.0]], W, [0.0, 0.0], sigma)[0], [[1.0]], 1e-9)


@given(seeds)
@settings(max_examples=40)
def test_the_likelihood_is_the_elbo_plus_the_divergence_from_the_posterior(seed):
    x, W, b, sigma = model(seed)
    mean, log_var = np.random.default_rng(seed + 1).standard_normal((2, 5, 2))
    posterior, covariance = ppca_posterior(x, W, b, sigma)
    gaps = [
        full_kl(m, np.diag(np.exp(v)), p, covariance)
        for m, v, p in zip(mean, log_var, posterior, strict=True)
    ]
    elbo = linear_elbo(x, W, b, sigma, mean, log_var)
    likelihood = ppca_log_likelihood(x, W, b, sigma)
    np.testing.assert_allclose(likelihood, elbo + gaps, rtol=1e-10, atol=1e-10)


def test_the_elbo_is_an_integral_over_q():
    x, w, b, sigma, m, s, beta = 1.3, 0.8, -0.2, 0.6, 0.4, 0.7, 2.5

    def fit(z):
        return norm.pdf(z, m, s) * norm.logpdf(x, w * z + b, sigma)

    def gap(z):
        return norm.pdf(z, m, s) * (norm.logpdf(z, m, s) - norm.logpdf(z))

    want = quad(fit, -8, 8)[0] - beta * quad(gap, -8, 8)[0]
    got = linear_elbo([[x]], [[w]], [b], sigma, [[m]], [[2 * math.log(s)]], beta)
    close(got, want, 1e-9)


def test_one_point_by_hand():
    point = [[2.0]], [[1.0]], [0.0], 1.0
    close(ppca_log_likelihood(*point), -0.5 * math.log(4 * math.pi) - 1)
    close(ppca_log_likelihood(*point), -2.265512, 6e-7)
    close(linear_elbo(*point, [[0.0]], [[0.0]]), -3.418939, 6e-7)
    close(linear_elbo(*point, [[0.0]], [[0.0]]), -0.5 * math.log(math.tau) - 2.5)
    close(linear_elbo(*point, [[1.0]], [[math.log(0.5)]]), -2.265512, 6e-7)
    close(linear_elbo(*point, [[1.0]], [[0.0]]), -2.418939, 6e-7)
    close(-2.265512 - 0.5 * (2 - 1 - math.log(2)), -2.418939, 1e-6)


@given(seeds, st.integers(1, 3))
@settings(max_examples=25)
def test_the_fit_is_the_maximum_of_the_likelihood(seed, k):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((12, 4)) @ rng.standard_normal((4, 4)) + 3
    W, b, sigma = ppca_fit(x, k)
    values, axes = np.linalg.eigh(np.cov(x.T, ddof=0))
    close(sigma**2, values[: 4 - k].mean(), 1e-9)
    close(b, x.mean(axis=0))
    top = (axes * values) @ axes.T
    close(W @ W.T @ axes[:, -1], (values[-1] - sigma**2) * axes[:, -1], 1e-8)
    close(np.diag(np.diag(W.T @ W)), W.T @ W, 1e-8)
    lengths = np.diag(W.T @ W)
    close(lengths, values[::-1][:k] - sigma**2, 1e-8)
    assert (W[np.abs(W).argmax(axis=0), range(k)] >= 0).all()
    best = ppca_log_likelihood(x, W, b, sigma).mean()
    logs = np.log(values[4 - k :]).sum() + (4 - k) * math.log(sigma**2)
    close(best, -0.5 * (4 * math.log(math.tau) + logs + 4), 1e-9)
    assert top.shape == (4, 4)
    for _ in range(5):
        near = W + 0.05 * rng.standard_normal(W.shape), b, sigma * rng.uniform(0.9, 1.1)
        assert ppca_log_likelihood(x, *near).mean() <= best


def test_equal_variances_leave_no_code():
    W, _, sigma = ppca_fit([[1, 0], [-1, 0], [0, 1], [0, -1]], 1)
    close(W, 0, 1e-7)
    close(sigma**2, 0.5)


def test_rounding_of_a_large_mean_is_no_variance():
    t = np.random.default_rng(0).standard_normal((10, 1)) * 1e-9
    constant = np.full((10, 1), 1 / 3)
    x = np.concatenate([1e6 * constant, t, 3e6 * constant], axis=1)
    assert x.mean(axis=0)[0] != x[0, 0]  # ten thirds are not ten times one
    with pytest.raises(ValueError, match="must vary in more than k = 1"):
        ppca_fit(x, 1)


def test_few_points_in_many_dimensions():
    W, _, sigma = ppca_fit([[0, 0, 0, 0], [2.0, 0, 0, 0], [0, 1, 0, 0]], 1)
    values = np.linalg.eigvalsh(np.cov([[0, 2, 0], [0, 0, 1]], ddof=0))
    close(sigma**2, values[0] / 3)
    close((W**2).sum(), values[1] - values[0] / 3)


def test_the_best_elbo_of_the_linear_vae_is_the_likelihood_of_ppca():
    x = np.random.default_rng(0).standard_normal((40, 4)) @ np.diag([3, 2, 1, 1])
    W, b, sigma = ppca_fit(x, 2)
    means, covariance = ppca_posterior(x, W, b, sigma)
    close(covariance - np.diag(np.diag(covariance)), 0)  # orthogonal columns
    log_var = np.broadcast_to(np.log(np.diag(covariance)), means.shape)
    got = linear_elbo(x, W, b, sigma, means, log_var)
    close(got, ppca_log_likelihood(x, W, b, sigma), 1e-11)


def test_a_diagonal_encoder_pays_for_a_turned_latent_space():
    point, W, want = [[1.0, -2.0, 0.5]], np.array([[2.0, 0], [0, 1], [0, 0]]), []
    for degrees, gap in ((0, 0), (15, 0.050322), (45, 0.176570)):
        turn = math.radians(degrees)
        R = np.array(
            [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
        )
        given_point = point, W @ R, np.zeros(3), 0.5
        means, S = ppca_posterior(*given_point)
        likelihood = ppca_log_likelihood(*given_point)

        def lost(log_var, given_point=given_point, means=means, likelihood=likelihood):
            return (likelihood - linear_elbo(*given_point, means, log_var[None]))[0]

        found = minimize(lost, np.zeros(2), method="Nelder-Mead", tol=1e-10)
        close(found.fun, gap, 1e-6)
        best = -np.log(np.diag(np.linalg.inv(S)))
        close(lost(best), gap, 6e-7)
        want.append(float(likelihood[0]))
    close(want, want[0], 1e-10)  # turning leaves the likelihood alone


def test_columns_of_equal_length_stay_orthogonal_in_every_turn():
    W = 2 * np.linalg.qr(np.random.default_rng(0).standard_normal((3, 2)))[0]
    R = np.linalg.qr(np.random.default_rng(1).standard_normal((2, 2)))[0]
    means, S = ppca_posterior([[1.0, -2.0, 0.5]], W @ R, np.zeros(3), 0.5)
    model = [[1.0, -2.0, 0.5]], W @ R, np.zeros(3), 0.5
    elbo = linear_elbo(*model, means, np.log(np.diag(S))[None])
    close(elbo, ppca_log_likelihood(*model))


# ---- beta, sigma and collapse


def best_direction(variance, sigma, beta):
    """The mean objective of one direction, maximised by Nelder-Mead."""

    def loss(v):
        w, a, log_s2 = v
        s2 = math.exp(log_s2)
        error = variance * (1 - a * w) ** 2 + w**2 * s2
        return error / (2 * sigma**2) + beta / 2 * (a**2 * variance + s2 - 1 - log_s2)

    starts = ((1.0, 0.5, -1.0), (0.3, 0.1, 0.0))
    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000}
    found = [minimize(loss, s, method="Nelder-Mead", options=options) for s in starts]
    w, a, log_s2 = min(found, key=lambda f: f.fun).x
    s2 = math.exp(log_s2)
    return w**2, s2, 0.5 * (a**2 * variance + s2 - 1 - log_s2), a**2 * variance + s2


def test_the_optimum_of_a_direction():
    hand = {1: (1.5, 0.25, 0.693147), 3: (0.5, 0.75, 0.143841), 4: (0, 1, 0)}
    for beta, want in hand.items():
        close(linear_optimum(2.0, math.sqrt(0.5), beta), want, 6e-7)
    for variance, sigma, beta in (
        (2, 0.5**0.5, 1),
        (2, 0.5**0.5, 3),
        (2, 0.5**0.5, 5),
        (0.7, 1, 0.4),
        (1, 2, 1),
    ):
        *want, aggregated = best_direction(variance, sigma, beta)
        close(linear_optimum(variance, sigma, beta), want, 2e-5)
        close(aggregated, 1, 2e-5)  # although each q is far from the prior
        if variance > beta * sigma**2:  # the noise to draw with
            close(want[0] + beta * sigma**2, variance, 2e-5)


def test_the_ends_of_the_ranges_are_allowed():
    close(linear_optimum(1e50, 1.0)[2], 25 * math.log(10))
    assert linear_optimum(1.0, 1e50) == (0.0, 1.0, 0.0)
    close(linear_optimum(1e-50, 1e-50)[2], 25 * math.log(10))


def test_beta_and_the_decoder_variance_are_one_knob():
    for beta in (0.25, 1, 4):
        same = linear_optimum(2.0, 0.5 * math.sqrt(beta))
        close(linear_optimum(2.0, 0.5, beta), same)


def test_a_mean_over_784_pixels_is_a_variance_of_392():
    close(1 / (2 * 392), 1 / 784)
    assert linear_optimum(391.9, math.sqrt(392))[0] == 0
    assert linear_optimum(392.1, math.sqrt(392))[0] > 0
    assert 784 * 0.25 < 392  # the variance of a number in [0, 1] is at most 1/4


def test_error_at_the_optimum_is_the_smaller_of_noise_and_variance():
    for variance, beta in ((2.0, 1), (2.0, 3), (2.0, 9), (0.5, 0.1)):
        w2, s2, _ = linear_optimum(variance, 0.7, beta)
        a = math.sqrt(w2) / (w2 + beta * 0.49)
        error = variance * (1 - a * math.sqrt(w2)) ** 2 + w2 * s2
        close(error, min(beta * 0.49, variance))


def test_means_of_the_decoder_vary_less_than_its_samples():
    W, sigma = np.array([[2.0, 0], [0, 1], [0, 0]]), 0.5
    z = np.random.default_rng(0).standard_normal((4, 2))
    assert (z @ W.T)[:, 2].std() == 0  # the third coordinate never moves
    close(
        ppca_log_likelihood([[0, 0, 0.5]], W, np.zeros(3), sigma)
        - ppca_log_likelihood([[0, 0, 0.0]], W, np.zeros(3), sigma),
        -0.5,
    )


def test_binary_cross_entropy_of_a_grey_pixel_is_no_density():
    grey = np.linspace(0.01, 0.99, 99)
    losses = -0.5 * np.log(grey) - 0.5 * np.log(1 - grey)
    close(losses.min(), 0.693147, 6e-7)
    close(grey[losses.argmin()], 0.5)
    area = quad(lambda x: 0.1**x * 0.9 ** (1 - x), 0, 1)[0]
    close(1 / area, 2.746531, 6e-7)
    close(1 / area, 2 * math.atanh(0.8) / 0.8)


# ---- gradients


def moments(mean, std, kind, shift=0.0):
    """Mean and variance of the estimate for z^2, by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    g = gradient_samples(
        lambda z: (z**2).sum(axis=1) - shift,
        lambda z: 2 * z,
        mean,
        std,
        nodes[:, None],
        kind,
    )[:, 0]
    return weights @ g, weights @ g**2 - (weights @ g) ** 2


def test_both_gradients_are_unbiased_and_only_one_is_calm():
    table = {(1, 1): (2, 4, 30), (1, 0.1): (2, 0.04, 114.15), (0, 1): (0, 4, 15)}
    for (mean, std), (slope, path, score) in table.items():
        close(moments(mean, std, "pathwise"), (slope, path), 1e-9)
        close(moments(mean, std, "score"), (slope, score), 1e-9)
    close(moments(1, 0.1, "score", shift=1.01)[1], 8.1, 1e-9)


def test_the_pathwise_gradient_is_that_of_autograd():
    noise = np.random.default_rng(0).standard_normal((6, 3))
    mean = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    z = mean + 0.3 * torch.tensor(noise)
    (z**4).sum().backward()
    got = gradient_samples(
        lambda z: (z**4).sum(axis=1),
        lambda z: 4 * z**3,
        mean.detach().numpy(),
        0.3,
        noise,
        "pathwise",
    )
    close(got.sum(axis=0), mean.grad, 1e-9)


def test_the_pathwise_gradient_is_not_always_the_calmer_one():
    noise = np.random.default_rng(0).standard_normal((5000, 1))

    def wave(z):
        return np.sin(50 * z[:, 0])

    args = wave, lambda z: 50 * np.cos(50 * z), 0.0, 1.0, noise
    score, path = (gradient_samples(*args, kind) for kind in ("score", "pathwise"))
    assert path.var() > 1000 * score.var()
    step = gradient_samples(
        lambda z: (z[:, 0] > 0) * 1.0, np.zeros_like, 0.0, 1.0, noise, "score"
    )
    assert abs(step.mean() - norm.pdf(0)) < 0.05
    assert not gradient_samples(  # wrong, since f jumps
        lambda z: (z[:, 0] > 0) * 1.0, np.zeros_like, 0.0, 1.0, noise, "pathwise"
    ).any()


def test_small_beta_is_no_bound():
    point = [[2.0]], [[1.0]], [0.0], 1.0
    likelihood = ppca_log_likelihood(*point)
    assert linear_elbo(*point, [[1.0]], [[math.log(0.5)]], 0.5) > likelihood
    assert linear_elbo(*point, [[1.0]], [[math.log(0.5)]], 2.0) < likelihood


def test_the_score_gradient_grows_with_the_dimension():
    rng = np.random.default_rng(0)
    for dims, by_hand in ((1, 15), (10, 168), (100, 10608)):
        assert by_hand == (dims + 2) * (dims + 4)
        rest = rng.chisquare(dims - 1, 200_000) if dims > 1 else 0.0
        noise = rng.standard_normal((200_000, 1))
        args = (
            lambda z, rest=rest: z[:, 0] ** 2 + rest,
            lambda z: 2 * z,
            0.0,
            1.0,
            noise,
        )
        assert abs(gradient_samples(*args, "score").var() / by_hand - 1) < 0.1
        assert abs(gradient_samples(*args, "pathwise").var() / 4 - 1) < 0.1


# ---- several draws


def test_the_importance_bound_by_hand():
    close(importance_bound([-2000.0, -2000.0]), -2000)
    close(importance_bound([[3.5], [-7.0]]), [3.5, -7])
    close(importance_bound([-np.inf, 0.0]), -math.log(2))
    assert importance_bound([-np.inf, -np.inf]) == -np.inf
    close(importance_bound([math.log(1), math.log(3)]), math.log(2))
    close(importance_bound([1e308, 1e308]), 1e308)
    close(importance_bound([1e308, -1e308]), 1e308)
    close(importance_bound([0.0, -800.0]), -math.log(2))
    # each point has its own top
    close(importance_bound([[0.0, 0.0], [-800.0, -800.0]]), [0, -800])


@given(seeds)
def test_the_importance_bound_is_that_of_torch(seed):
    log_w = np.random.default_rng(seed).standard_normal((3, 4, 5)) * 30
    want = torch.logsumexp(torch.tensor(log_w), -1) - math.log(5)
    close(importance_bound(log_w), want)
    shuffled = np.random.default_rng(seed).permutation(log_w, axis=-1)
    close(importance_bound(shuffled), want)


def test_more_draws_tighten_the_bound():
    rng, found = np.random.default_rng(0), []
    for K, want in (
        (1, -3.4189),
        (2, -2.755),
        (10, -2.335),
        (100, -2.272),
        (1000, -2.266),
    ):
        z = rng.standard_normal((500_000 // K, K, 1))
        log_w = gaussian_log_density(np.full_like(z, 2.0), z, 1.0)
        bounds = importance_bound(log_w)
        error = bounds.std() / math.sqrt(len(bounds))
        assert abs(bounds.mean() - want) < 5 * error + 0.002
        found.append(bounds.mean())
    assert found == sorted(found)
    assert found[-1] < -2.2655 + 0.01


# ---- bad input

NAN = float("nan")
X, W, B = [[1.0, 2.0]], [[1.0], [0.5]], [0.0, 0.0]
BAD = [
    (lambda: gaussian_kl([0.0, 1], [0.0]), "log_var must have the shape of mean"),
    (lambda: gaussian_kl(0.0, 0.0), r"mean must have shape \(..., k\)"),
    (lambda: gaussian_kl([NAN], [0.0]), "mean must hold finite .*got nan"),
    (lambda: gaussian_kl([0.0], [np.inf]), "log_var must hold finite .*got inf"),
    (lambda: gaussian_kl([0.0], [201.0]), "log_var must .* at most 200"),
    (lambda: gaussian_kl([0.0], [0.0], [0.0, 1]), "mean_2 must be a number, or"),
    (lambda: gaussian_kl([0.0], [0.0], 0.0, 300.0), "log_var_2 must hold"),
    (lambda: gaussian_kl(np.eye(2), np.eye(2), [0.0, 1]), "mean_2 must be a number"),
    (lambda: gaussian_kl(["a"], [0.0]), "mean must be an array of numbers"),
    (lambda: gaussian_kl([True], [0.0]), "mean must be an array of numbers"),
    (lambda: gaussian_kl(np.ma.array([1.0]), [0.0]), "mean must be an array"),
    (
        lambda: gaussian_kl(np.array([True, 1.0], dtype=object), [0.0, 0]),
        "mean must be an array of numbers",
    ),
    (
        lambda: gaussian_kl(np.array(["1", 1.0], dtype=object), [0.0, 0]),
        "mean must be an array of numbers",
    ),
    (lambda: ppca_fit(np.eye(3) * 1e-170, 1), "x must leave sigma >= 1e-50, got 0"),
    (lambda: gaussian_log_density([1.0], [1.0], 0.0), "sigma must be a number"),
    (lambda: gaussian_log_density([1.0], [1.0], -1.0), "sigma must be a number"),
    (lambda: gaussian_log_density([1.0], [1.0], True), "sigma must be .*True"),
    (lambda: gaussian_log_density([1.0], [1.0], 10**400), "sigma must be"),
    (lambda: gaussian_log_density([1.0], [1.0], "1"), "sigma must be"),
    (lambda: gaussian_log_density([1.0], [1.0, 2], 1.0), "x must have shape"),
    (lambda: gaussian_log_density(1.0, 1.0, 1.0), "x must have shape"),
    (lambda: gaussian_log_density([1.0, 2], 1.0, 1.0), "x must have shape"),
    (lambda: ppca_posterior([1.0, 2], W, B, 1.0), r"x must have shape \(n, 2\)"),
    (lambda: ppca_posterior([[1.0]], W, B, 1.0), r"x must have shape \(n, 2\)"),
    (lambda: ppca_posterior(X, [1.0, 2], B, 1.0), "W must have shape"),
    (lambda: ppca_posterior(X, np.zeros((2, 0)), B, 1.0), "W must have shape"),
    (lambda: ppca_log_likelihood(X, W, [0.0], 1.0), r"b must have shape \(2,\)"),
    (lambda: ppca_log_likelihood(X, W, B, 0), "sigma must be a number from"),
    (lambda: ppca_fit(X * 3, 0), "k must be an integer from 1 to 1, got 0"),
    (lambda: ppca_fit(X * 3, 2), "k must be an integer from 1 to 1, got 2"),
    (lambda: ppca_fit(X * 3, True), "k must be an integer .*True"),
    (lambda: ppca_fit(X * 3, 1.0), "k must be an integer"),
    (lambda: ppca_fit(X * 3, 1), "must vary in more than k = 1"),
    (lambda: ppca_fit([[0, 0], [1, 1e-17], [2, 0]], 1), "must vary in more"),
    (lambda: ppca_fit([1.0, 2], 1), "x must have shape"),
    (lambda: ppca_fit([[1.0], [2]], 1), "x must have shape"),
    (lambda: ppca_fit(np.zeros((0, 3)), 1), "x must have shape"),
    (
        lambda: linear_elbo(X, W, B, 1.0, [[0.0, 0]], [[0.0, 0]]),
        r"mean must have shape \(1, 1\)",
    ),
    (lambda: linear_elbo(X, W, B, 1.0, [[0.0]], [0.0]), "log_var must have the shape"),
    (lambda: linear_elbo(X, W, B, 1.0, [[0.0]], [[0.0]], -1.0), "beta must be 0 or"),
    (lambda: linear_optimum(0.0, 1.0), "variance must be a number"),
    (lambda: linear_optimum(1.0, 1.0, 0.0), "beta must be a number"),
    (lambda: importance_bound([]), "log_w must have shape"),
    (lambda: importance_bound(1.0), "log_w must have shape"),
    (lambda: importance_bound([NAN, 0]), "got NaN or"),
    (lambda: importance_bound([np.inf, 0]), "got NaN or"),
    (
        lambda: gradient_samples(len, len, 0.0, 1.0, [[1.0]], "best"),
        'kind must be .*"score"',
    ),
    (lambda: gradient_samples(len, len, 0.0, 0.0, [[1.0]], "score"), "std must be"),
    (lambda: gradient_samples(len, len, 0.0, 1.0, [1.0], "score"), "noise must have"),
    (
        lambda: gradient_samples(len, len, [0.0, 1], 1.0, [[1.0]], "score"),
        "noise must have",
    ),
    (
        lambda: gradient_samples(len, len, 0.0, 1.0, [[1.0]], "score"),
        r"f must give shape \(1,\)",
    ),
    (
        lambda: gradient_samples(len, lambda z: z[0], 0.0, 1.0, [[1.0]], "pathwise"),
        "df must give",
    ),
    (
        lambda: gradient_samples(
            lambda z: z[:, 0] * NAN, len, 0.0, 1.0, [[1.0]], "score"
        ),
        "what f gives",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=range(len(BAD)))
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_beta_zero_leaves_the_fit_alone():
    fit = linear_elbo(X, W, B, 1.0, [[0.0]], [[0.0]], 0.0)
    full = linear_elbo(X, W, B, 1.0, [[0.0]], [[0.0]], 1)
    close(fit, full)  # q is the prior here
    want = gaussian_log_density(X, B, 1.0) - 0.5 * 1.25
    close(fit, want)


# ---- the network


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("hidden", [0, 3])
def test_both_terms_are_those_of_torch_distributions(hidden):
    torch.manual_seed(0)
    net = VAE(4, 2, hidden).double()
    net.log_sigma.data.fill_(-0.7)
    x, noise = torch.randn(5, 4).double(), torch.randn(5, 2).double()
    mean, log_var = net.encode(x)
    q = torch.distributions.Normal(mean, log_var.exp().sqrt())
    prior = torch.distributions.Normal(torch.zeros_like(mean), 1.0)
    p = torch.distributions.Normal(net.decode(mean + q.scale * noise), math.exp(-0.7))
    fit, kl = net.terms(x, noise)
    close(fit.detach(), p.log_prob(x).sum(1).detach())
    close(kl.detach(), torch.distributions.kl_divergence(q, prior).detach())
    close(
        kl.sum(1).detach(), gaussian_kl(mean.detach().numpy(), log_var.detach().numpy())
    )
    depth = len(list(net.encoder.parameters()))
    assert depth == (4 if hidden else 2)


def test_the_mean_over_noise_is_the_closed_form():
    torch.manual_seed(1)
    net = VAE(3, 2).double()
    x = torch.randn(1, 3).double()
    noise = torch.randn(40_000, 2, generator=generator()).double()
    with torch.no_grad():
        fit, kl = net.terms(x.expand(40_000, 3), noise)
        mean, log_var = net.encode(x)
        linear = net.decoder.weight.numpy(), net.decoder.bias.numpy(), 1.0
    elbo = (fit - kl.sum(1)).numpy()
    want = linear_elbo(x.numpy(), *linear, mean.numpy(), log_var.numpy())[0]
    assert abs(elbo.mean() - want) < 5 * elbo.std() / 200


def test_samples_have_the_noise_of_the_decoder_too():
    net = VAE(3, 1).double().requires_grad_(False)
    net.log_sigma.fill_(math.log(0.5))
    drawn = net.sample(40_000, generator()).numpy()
    w = net.decoder.weight.numpy()
    close(np.cov(drawn.T), w @ w.T + 0.25 * np.eye(3), 0.02)
    close(drawn.mean(axis=0), net.decoder.bias, 0.03)
    again = net.sample(3, generator(1))
    assert again.dtype == torch.float64
    assert torch.equal(again, net.sample(3, generator(1)))


@cache
def linear_run(seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    x = rng.standard_normal((200, 4)) * [3, 1.5, 0.5, 0.5] @ turn
    net = train_vae(torch.tensor(x), 2, 400, generator(seed))
    mean, log_var = (v.numpy() for v in net.encode(torch.tensor(x)))
    linear = (
        net.decoder.weight.numpy(),
        net.decoder.bias.numpy(),
        net.log_sigma.exp().item(),
    )
    elbo = linear_elbo(x, *linear, mean, log_var).mean()
    return x, linear, elbo, mean.var(axis=0) + np.exp(log_var).mean(axis=0)


def test_training_ends_at_the_likelihood_of_ppca():
    gaps, cosines, sigmas, aggregated = [], [], [], []
    for seed in range(3):
        x, (W, b, sigma), elbo, variance = linear_run(seed)
        best = ppca_fit(x, 2)
        top = ppca_log_likelihood(x, *best).mean()
        reached = ppca_log_likelihood(x, W, b, sigma).mean()
        assert elbo <= reached <= top
        gaps.append(top - elbo)
        cosines.append(abs(W[:, 0] @ W[:, 1]) / np.prod(np.linalg.norm(W, axis=0)))
        sigmas.append(sigma / best[2])
        aggregated.append(variance)
    assert np.mean(gaps) < 0.005
    assert np.max(gaps) < 0.01
    assert np.max(cosines) < 0.1  # the encoder is diagonal: principal axes
    close(sigmas, 1, 0.03)
    close(aggregated, 1, 0.08)


def collapse(seed, **options):
    """Mean KL at the end, for variances 2 and 0.1, sigma^2 = 0.5 and k = 1."""
    x = torch.randn(300, 2, generator=generator(seed), dtype=torch.float64)
    x = (x - x.mean(0)) / x.std(0, correction=0) * torch.tensor([2, 0.1]).sqrt()
    net = train_vae(x, 1, 200, generator(seed), sigma=0.5**0.5, **options)
    return net.terms(x, torch.zeros(300, 1).double())[1].mean().item()


def test_free_bits_undo_a_collapse_that_warm_up_does_not():
    alive = [collapse(s, beta=1.0) for s in range(3)]
    close(np.mean(alive), linear_optimum(2.0, 0.5**0.5)[2], 0.05)
    assert max(alive) - min(alive) < 0.1
    for seed in range(2):
        assert collapse(seed, beta=5.0) < 0.03
        assert collapse(seed, beta=5.0, warm_up=100) < 0.03
        assert abs(collapse(seed, beta=5.0, free=0.5) - 0.5) < 0.1


def test_warm_up_starts_without_the_kl_term():
    x = torch.randn(20, 2, generator=generator(), dtype=torch.float64)
    options = {"sigma": 1.0, "beta": 3.0}
    one = train_vae(x, 1, 1, generator(), **options, warm_up=5)
    none = train_vae(x, 1, 1, generator(), sigma=1.0, beta=0.0)
    full = train_vae(x, 1, 1, generator(), **options)
    assert torch.equal(one.encoder.weight, none.encoder.weight)
    assert not torch.equal(one.encoder.weight, full.encoder.weight)
    late = train_vae(x, 1, 3, generator(), **options, warm_up=1)
    assert not torch.equal(
        late.encoder.weight, train_vae(x, 1, 3, generator(), **options).encoder.weight
    )


def test_an_autoencoder_without_kl_is_worse_to_sample_from():
    runs = {
        beta: [figure.ring_model(beta, seed, 200) for seed in range(3)]
        for beta in (0.0, 1.0)
    }
    shares = {b: np.mean([figure.share(*run) for run in runs[b]]) for b in runs}
    assert shares[0.0] < 0.5 < shares[1.0]
    x = figure.ring(200, generator())
    narrow, wide = (
        [(0.5 * net.encode(x)[1]).exp().mean().item() for net, _ in runs[b]]
        for b in (0.0, 1.0)
    )
    assert all(a < b / 2 for a, b in zip(narrow, wide, strict=True))


def test_training_leaves_the_data_alone_and_needs_no_grad_mode():
    x = torch.randn(4, 2, generator=generator(), requires_grad=True)
    one = train_vae(x, 1, 2, generator())
    assert x.grad is None
    with torch.no_grad():
        two = train_vae(x, 1, 2, generator())
    assert torch.equal(one.decoder.weight, two.decoder.weight)


def test_training_is_repeatable_and_leaves_the_global_generator_alone():
    x = torch.randn(10, 3, generator=generator())
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, two = (train_vae(x, 1, 3, generator(4), 2) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(
        torch.equal(a, b)
        for a, b in zip(one.parameters(), two.parameters(), strict=True)
    )
    assert one.log_sigma.dtype == torch.float32
    assert not any(p.requires_grad for p in one.parameters())
    fixed = train_vae(x, 1, 3, generator(4), sigma=0.3)
    close(fixed.log_sigma.exp(), 0.3, 1e-6)
    assert one.log_sigma != 0


def test_each_step_takes_one_draw_for_each_point():
    x = torch.randn(10, 3, generator=generator())
    given, counted = generator(4), generator(4)
    train_vae(x, 2, 3, given)
    torch.randint(2**31, (), generator=counted)  # the seed of the initial weights
    for _ in range(3):
        torch.randn(10, 2, generator=counted)
    assert torch.equal(given.get_state(), counted.get_state())


F = torch.zeros(4, 2)
NET = [
    (lambda: VAE(0, 1), "d must be an integer >= 1, got 0"),
    (lambda: VAE(2, 0), "k must be an integer >= 1, got 0"),
    (lambda: VAE(2, 1, -1), "hidden must be an integer >= 0, got -1"),
    (lambda: VAE(2, True), "k must be an integer >= 1, got True"),
    (lambda: VAE(2.0, 1), "d must be an integer"),
    (lambda: VAE(3, 1).encode(F), r"x must have shape \(n, 3\), got \(4, 2\)"),
    (lambda: VAE(3, 1).decode(F), r"z must have shape \(n, 1\)"),
    (lambda: VAE(3, 1).decode(F[0]), r"z must have shape \(n, 1\)"),
    (lambda: VAE(2, 1).terms(F, F), r"noise must have shape \(4, 1\), got \(4, 2\)"),
    (lambda: VAE(2, 1).terms(F, F[:1, :1]), r"noise .* \(4, 1\), got \(1, 1\)"),
    (lambda: VAE(2, 1).terms(F[:1], F[:, :1]), r"noise .* \(1, 1\), got \(4, 1\)"),
    (lambda: VAE(2, 1).encode([[0.0, 0.0]]), "x must be a tensor, got .*list"),
    (
        lambda: VAE(2, 1).sample(1, None),
        "generator must be a torch.Generator, got None",
    ),
    (lambda: train_vae(F, 1, 1, 0), "generator must be a torch.Generator, got 0"),
    (lambda: train_vae(F.numpy(), 1, 1, generator()), "x must be a tensor .*ndarray"),
    (lambda: train_vae(F, 1, 1, generator(), beta="1"), "beta must be from .*'1'"),
    (lambda: train_vae(F, 1, 1, generator(), beta=True), "beta must be from .*True"),
    (lambda: train_vae(F, 1, 1, generator(), sigma=1e31), "sigma must be .*1e.31"),
    (lambda: train_vae(F, 1, 1, generator(), free=1e31), "free must be from 0"),
    (lambda: train_vae(F, 1, 2, generator(), learning_rate=1e30), "got .* at step 1"),
    (lambda: VAE(2, 1).sample(0, generator()), "n must be an integer >= 1"),
    (lambda: train_vae(F[0], 1, 1, generator()), r"x must be a tensor \(n, d\)"),
    (lambda: train_vae(F[:0], 1, 1, generator()), r"x must be a tensor \(n, d\)"),
    (lambda: train_vae(F.half(), 1, 1, generator()), "float16"),
    (lambda: train_vae(F, 1, 0, generator()), "steps must be an integer >= 1"),
    (
        lambda: train_vae(F, 1, 1, generator(), beta=-1.0),
        "beta must be from 0 to 1e30, got -1.0",
    ),
    (
        lambda: train_vae(F, 1, 1, generator(), free=NAN),
        "free must be from 0 to 1e30, got nan",
    ),
    (
        lambda: train_vae(F, 1, 1, generator(), learning_rate=math.inf),
        "learning_rate must",
    ),
    (lambda: train_vae(F, 1, 1, generator(), sigma=0.0), "sigma must be from 1e-30 to"),
    (
        lambda: train_vae(F, 1, 1, generator(), warm_up=-1),
        "warm_up must be an integer >= 0",
    ),
    (
        lambda: train_vae(F * NAN, 1, 1, generator()),
        "losses must be finite, got nan at step 0",
    ),
]


@pytest.mark.parametrize(("call", "message"), NET, ids=range(len(NET)))
def test_bad_input_to_the_network_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
