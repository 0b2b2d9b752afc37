"""Oracles: scikit-learn, scipy's densities and optimiser, fractions, sums by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm
from sklearn.mixture import GaussianMixture

from figures.ml import em_and_gmm as figure
from snippets.ml.datasets import three_groups
from snippets.ml.em_and_gmm import (
    bic,
    e_step,
    elbo,
    em,
    log_likelihood,
    m_step,
    two_coins,
)

HEADS = [5, 9, 8, 4, 7]
SIX = np.array([[-2.0], [-1], [0], [4], [5], [6]])
SIX_START = ([0.5, 0.5], [[-1.0], [3.0]], np.ones((2, 1, 1)))
NAN, INF = math.nan, math.inf
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def blobs():
    rng = np.random.default_rng(0)
    return np.vstack(
        [
            rng.standard_normal((150, 2)) @ [[1, 0.6], [0, 0.5]],
            rng.standard_normal((100, 2)) * 0.7 + np.array([3, 1]),
            rng.standard_normal((50, 2)) - np.array([2, -4]),
        ]
    )


def blobs_start(X):
    return np.full(3, 1 / 3), X[[0, 200, 280]], np.stack([np.eye(2)] * 3)


def pair(d):
    """1000 standard normal numbers about each of -d/2 and d/2."""
    rng = np.random.default_rng(1)
    left, right = rng.standard_normal(1000) - d / 2, rng.standard_normal(1000) + d / 2
    return np.concatenate([left, right])[:, None]


def mixture(seed, k=None, d=None):
    """A random mixture and points, with means that are far from 0 now and then."""
    rng = np.random.default_rng(seed)
    k, d = k or int(rng.integers(1, 5)), d or int(rng.integers(1, 4))
    n = int(rng.integers(10, 30)) * k * d
    A = rng.standard_normal((k, d, d))
    S = A @ A.transpose(0, 2, 1) + 0.3 * np.eye(d)
    w, mu = rng.dirichlet(np.full(k, 3.0)), 3 * rng.standard_normal((k, d))
    return rng.standard_normal((n, d)) * 2 + rng.standard_normal(d), w, mu, S


def scipy_joint(X, w, mu, S):
    return np.stack(
        [w[k] * multivariate_normal(mu[k], S[k]).pdf(X) for k in range(len(w))], axis=1
    ).reshape(len(X), len(w))


# ---- two coins


def test_the_first_step_of_two_coins_by_hand():
    shares = []
    for h in HEADS:
        a = Fraction(6, 10) ** h * Fraction(4, 10) ** (10 - h)
        shares.append(a / (a + Fraction(1, 2) ** 10))
    close([float(r) for r in shares], [0.4491, 0.8050, 0.7335, 0.3522, 0.6472], 6e-5)
    of_a, of_b = (
        sum(r * h for r, h in zip(part, HEADS))
        for part in (shares, [1 - r for r in shares])
    )
    close([float(of_a), float(of_b), float(sum(shares))], [21.30, 11.70, 2.987], 6e-3)
    pA = sum(r * h for r, h in zip(shares, HEADS)) / (10 * sum(shares))
    rest = [1 - r for r in shares]
    pB = sum(r * h for r, h in zip(rest, HEADS)) / (10 * sum(rest))
    path = two_coins(HEADS, 10, (0.6, 0.5))
    assert path[0] == (0.6, 0.5)
    close(path[1], [float(pA), float(pB)])
    close(path[1], [0.713012, 0.581339], 6e-7)
    close(path[2], [0.745292, 0.569256], 6e-7)
    assert len(path) == 11
    close(path[10], [0.796744, 0.519659], 6e-7)


def coins_loss(p):
    chances = [0.5 * sum(q**h * (1 - q) ** (10 - h) for q in p) for h in HEADS]
    return -sum(math.log(c) for c in chances)


def test_two_coins_end_at_the_maximum_that_an_optimiser_finds():
    end = two_coins(HEADS, 10, (0.6, 0.5), 300)[-1]
    close(end, [0.796789, 0.519583], 6e-7)
    best = minimize(coins_loss, [0.7, 0.6], bounds=[(0.01, 0.99)] * 2, tol=1e-14)
    close(end, best.x, 1e-5)
    assert -coins_loss(end) >= -best.fun - 1e-12


def test_equal_coins_stay_equal_and_swapped_ones_stay_swapped():
    for pA, pB in two_coins(HEADS, 10, (0.4, 0.4), 5)[1:]:
        close([pA, pB], [0.66, 0.66])
    there, back = two_coins(HEADS, 10, (0.6, 0.5)), two_coins(HEADS, 10, (0.5, 0.6))
    close(there, [(b, a) for a, b in back])


def test_coins_that_always_or_never_fall_on_heads():
    assert two_coins([0, 0], 7, (0.6, 0.5), 3)[-1] == (0.0, 0.0)
    assert two_coins([7, 7], 7, (0.6, 0.5), 3)[-1] == (1.0, 1.0)
    close(two_coins([0, 7], 7, (0.6, 0.5), 50)[-1], [1, 0])
    # A's share of a round underflows to 0, but its ratio of shares is well defined.
    close(two_coins([10_000], 10_000, (0.1, 0.9), 2)[-1], [1, 1])
    # Nor do chances round to 1 while tails were seen: no NaN up to the most tosses.
    tosses = 2**39
    end = two_coins([tosses] * 2047 + [tosses - 1], tosses, (0.6, 0.5), 5)[-1]
    assert all(0.99 < q <= 1 for q in end)
    close(two_coins([9000, 10_000], 10_000, (0.1, 0.95), 1)[-1][0], 0.9)


def test_rare_heads_in_a_million_million_tosses():
    # Poisson's limit: shares in the ratio of 1 to 3^h exp(-2).
    of_a = [1 / (1 + 3**h * math.exp(-2)) for h in (1, 4)]
    pA = (of_a[0] + 4 * of_a[1]) / sum(of_a)
    path = two_coins([1, 4], 10**12, (1e-12, 3e-12), 1)
    np.testing.assert_allclose(path[1][0], pA * 1e-12, rtol=1e-10)


# ---- Gaussians


def test_six_points_by_hand():
    path = em(SIX, *SIX_START, steps=200)
    logs = [state[3] for state in path]
    close(logs[:3], [-17.654017, -11.486290, -11.456119], 6e-7)
    close(logs[-1], -11.456119, 6e-7)
    w, mu, S, _ = path[1]
    close(w, [0.496946, 0.503054], 6e-7)
    close(mu[:, 0], [-1.006020, 4.969526], 6e-7)
    close(S[:, 0, 0], [0.664745, 0.814764], 6e-7)
    left = e_step(SIX, *SIX_START)[:, 0]
    close(left[:3], [0.999994, 0.999665, 0.982014], 6e-7)
    np.testing.assert_allclose(left[3:], [6.14e-6, 1.13e-7, 2.06e-9], rtol=5e-3)
    # The ratio of the two densities at 0 is exp(-1/2) / exp(-9/2).
    close(left[2], 1 / (1 + math.exp(-4)))


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_densities_and_responsibilities_are_scipys(seed):
    X, w, mu, S = mixture(seed)
    joint = scipy_joint(X, w, mu, S)
    total = joint.sum(axis=1)
    np.testing.assert_allclose(
        log_likelihood(X, w, mu, S), np.log(total).sum(), rtol=1e-11
    )
    close(e_step(X, w, mu, S), joint / total[:, None], 1e-11)


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_an_m_step_gives_weighted_moments_and_no_other_mixture_a_higher_bound(seed):
    X, w, mu, S = mixture(seed, d=2)
    R = np.random.default_rng(seed).dirichlet(np.ones(len(w)), len(X))
    v, m, C = m_step(X, R)
    close(v, R.sum(axis=0) / len(X))
    for k in range(len(w)):
        close(m[k], np.average(X, axis=0, weights=R[:, k]))
        close(C[k], np.cov(X.T, aweights=R[:, k], ddof=0), 1e-11)
        assert (C[k] == C[k].T).all()
    best = elbo(X, R, v, m, C)
    assert best > elbo(X, R, w, mu, S)
    for other in (
        ((v + w) / 2, m, C),
        (v, m + 0.01, C),
        (v, m, 1.01 * C),
        (v, m, C / 1.01),
    ):
        assert best >= elbo(X, R, *other) - 1e-9
    close(m_step(X, R, 0.5)[2], C + 0.5 * np.eye(2))


def test_fifty_steps_are_scikit_learns():
    X = blobs()
    w, mu, S = blobs_start(X)
    path = em(X, w, mu, S, 50)
    assert len(path) == 51
    close(path[-1][3], -948.66485, 6e-6)
    model = GaussianMixture(
        3,
        tol=0,
        reg_covar=0,
        max_iter=50,
        weights_init=w,
        means_init=mu,
        precisions_init=S,
    )
    with pytest.warns(Warning, match="did not converge"):
        model.fit(X)
    close(path[-1][1], model.means_, 1e-7)
    close(path[-1][2], model.covariances_, 1e-7)
    close(path[-1][0], model.weights_, 1e-7)
    close(path[-1][3], model.score(X) * len(X), 1e-6)
    close(bic(path[-1][3], 300, 2, 3), model.bic(X), 1e-6)
    close(bic(path[-1][3], 300, 2, 3), 1994.29401, 6e-6)


def test_the_default_of_scikit_learn_adds_a_millionth_to_each_variance():
    X = blobs()
    w, mu, S = blobs_start(X)
    model = GaussianMixture(
        3, tol=0, max_iter=20, weights_init=w, means_init=mu, precisions_init=S
    )
    with pytest.warns(Warning, match="did not converge"):
        model.fit(X)
    plain, reg = (em(X, w, mu, S, 20, reg=r)[-1] for r in (0.0, 1e-6))
    close(reg[2], model.covariances_, 1e-9)
    assert np.abs(plain[2] - model.covariances_).max() > 5e-7


def test_bic_and_aic_are_least_at_three_components():
    X, found, aics = blobs(), [], []
    for k in range(1, 5):
        model = GaussianMixture(
            k,
            n_init=10 if k == 2 else 1,
            random_state=0,
            reg_covar=0,
            max_iter=200,
            tol=1e-4,
        )
        model.fit(X)
        loglik = log_likelihood(X, model.weights_, model.means_, model.covariances_)
        found.append(bic(loglik, 300, 2, k))
        close(found[-1], model.bic(X), 1e-6)
        aics.append(found[-1] - (6 * k - 1) * (math.log(300) - 2))
        close(aics[-1], model.aic(X), 1e-6)
    close(found[:3], [2430.1, 2105.7, 1994.4], 0.2)
    assert found.index(min(found)) == aics.index(min(aics)) == 2


@pytest.mark.parametrize(
    ("n", "d", "k", "numbers"), [(300, 2, 3, 17), (50, 1, 1, 2), (7, 3, 2, 19)]
)
def test_bic_counts_weights_means_and_covariances(n, d, k, numbers):
    close(bic(-10.0, n, d, k), 20 + numbers * math.log(n))


# ---- the bound


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_the_bound_lies_below_touches_and_the_gap_is_the_divergence(seed):
    X, w, mu, S = mixture(seed)
    loglik = log_likelihood(X, w, mu, S)
    posterior = e_step(X, w, mu, S)
    close(elbo(X, posterior, w, mu, S), loglik, 1e-12 * max(1, abs(loglik)) * 100)
    logs = np.stack(
        [
            np.log(w[k]) + multivariate_normal(mu[k], S[k]).logpdf(X)
            for k in range(len(w))
        ]
    )
    q = np.random.default_rng(seed).dirichlet(np.ones(len(w)), len(X))
    gap = (q * (np.log(q) - (logs - logsumexp(logs, axis=0)).T)).sum()
    close(elbo(X, q, w, mu, S), loglik - gap, 1e-11 * (1 + abs(loglik) + gap))
    assert gap >= -1e-12  # with one component there is none


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_the_likelihood_never_falls(seed):
    X, *_ = mixture(seed, d=2)
    R = np.random.default_rng(seed).dirichlet([1.0, 1.0], len(X))
    logs = [state[3] for state in em(X, *m_step(X, R), 15)]
    assert np.diff(logs).min() > -1e-9
    assert logs[-1] > logs[0]


def test_the_bound_of_old_responsibilities_is_too_low():
    X = blobs()
    path = em(X, *blobs_start(X), 6)
    old = e_step(X, *path[5][:3])
    close(path[6][3] - elbo(X, old, *path[6][:3]), 0.0249, 6e-5)
    close(elbo(X, e_step(X, *path[6][:3]), *path[6][:3]), path[6][3], 1e-9)


def test_the_slope_of_the_bound_is_that_of_the_likelihood():
    X, w, mu, S = mixture(3, k=2, d=2)
    R, h = e_step(X, w, mu, S), 1e-5
    for k, j in ((0, 0), (1, 1)):
        up, down = mu.copy(), mu.copy()
        up[k, j] += h
        down[k, j] -= h
        of_l = (log_likelihood(X, w, up, S) - log_likelihood(X, w, down, S)) / (2 * h)
        of_b = (elbo(X, R, w, up, S) - elbo(X, R, w, down, S)) / (2 * h)
        close(of_b, of_l, 1e-6 * max(1, abs(of_l)))
        assert abs(of_l) > 0.1


def test_an_m_step_moves_means_by_the_gradient_times_covariance_over_share():
    X, w, mu, S = mixture(4, k=3, d=2)
    R, h = e_step(X, w, mu, S), 1e-5
    for k in range(3):
        slope = np.zeros(2)
        for j in range(2):
            up, down = mu.copy(), mu.copy()
            up[k, j] += h
            down[k, j] -= h
            slope[j] = (log_likelihood(X, w, up, S) - log_likelihood(X, w, down, S)) / (
                2 * h
            )
        moved = m_step(X, R)[1][k] - mu[k]
        close(moved, S[k] @ slope / R[:, k].sum(), 1e-6)
        assert np.abs(moved).max() > 0.01


def test_em_is_an_e_step_and_an_m_step_in_turn():
    X, w, mu, S = mixture(6, k=3, d=2)
    for state in em(X, w, mu, S, 4, reg=0.1):
        for part, ours in zip(state, (w, mu, S, log_likelihood(X, w, mu, S))):
            np.testing.assert_allclose(part, ours, rtol=1e-12, atol=1e-12)
        w, mu, S = m_step(X, e_step(X, w, mu, S), 0.1)


def test_other_units_move_the_means_and_lower_the_likelihood_by_the_jacobian():
    X, w, mu, S = mixture(5, k=3, d=2)
    path = em(X, w, mu, S, 10)
    other = em(3 * X + 1, w, 3 * mu + 1, 9 * S, 10)
    close(other[-1][1], 3 * path[-1][1] + 1, 1e-8)
    close(other[-1][3], path[-1][3] - X.size * math.log(3), 1e-7)


def test_data_with_a_mean_of_a_hundred_million():
    X = three_groups().X
    first = (np.full(3, 1 / 3), X[[0, 60, 120]], np.stack([np.eye(2)] * 3))
    near = em(X, *first, 10)[-1]
    far = em(X + 1e8, first[0], first[1] + 1e8, first[2], 10)[-1]
    close(far[1] - 1e8, near[1], 1e-5)
    close(far[2], near[2], 1e-5)


def test_units_of_a_column_do_not_decide_what_is_singular():
    X = three_groups().X
    first = (np.full(3, 1 / 3), X[[0, 60, 120]], np.stack([np.eye(2)] * 3))
    scale = np.array([1e-9, 1e9])
    near = em(X, *first, 5)[-1]
    far = em(
        X * scale, first[0], first[1] * scale, np.stack([np.diag(scale**2)] * 3), 5
    )[-1]
    np.testing.assert_allclose(far[1], near[1] * scale, rtol=1e-9)
    np.testing.assert_allclose(far[3], near[3], rtol=1e-9)  # the scales cancel


# ---- what the page says of k-means, starts, collapse and speed


def test_em_finds_the_shared_groups_better_than_k_means_from_both_starts():
    data = three_groups()
    corner = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    for means in (corner, figure.start()[1]):
        end = em(data.X, np.full(3, 1 / 3), means, np.stack([np.eye(2)] * 3), 300)[-1]
        close(end[3], -488.528036, 1e-5)
        labels = e_step(data.X, *end[:3]).argmax(axis=1)
        table = [np.bincount(labels[data.y == g], minlength=3) for g in range(3)]
        assert 150 - sum(row.max() for row in table) == 5


def test_with_one_round_covariance_for_all_em_is_no_better_than_k_means():
    data, s = three_groups(), 1.0
    mu = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    for _ in range(300):
        R = e_step(data.X, np.full(3, 1 / 3), mu, np.stack([s * np.eye(2)] * 3))
        mu = R.T @ data.X / R.sum(axis=0)[:, None]
        s = (R * ((data.X[:, None] - mu) ** 2).sum(axis=2)).sum() / 300
    table = [np.bincount(R.argmax(axis=1)[data.y == g], minlength=3) for g in range(3)]
    assert 150 - sum(row.max() for row in table) == 12


def test_the_likelihood_of_a_component_on_one_point_grows_without_end():
    logs = [
        log_likelihood(SIX, [0.5, 0.5], [[0.0], [2.0]], [[[sd**2]], [[10.0]]])
        for sd in (1, 0.1, 1e-3, 1e-6, 1e-12)
    ]
    close(logs, [-15.84, -15.80, -11.22, -4.31, 9.50], 6e-3)
    by_hand = math.log(0.5 * norm(0, 1e-6).pdf(0)) + sum(
        math.log(0.5 * norm(2, math.sqrt(10)).pdf(x)) for x in (-2, -1, 4, 5, 6)
    )
    close(logs[3], by_hand, 1e-6)


def collapses(reg, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 2))
    means = X[rng.choice(12, 4, replace=False)]
    start = (np.full(4, 0.25), means, np.stack([np.eye(2)] * 4))
    try:
        return not np.isfinite(em(X, *start, 500, reg=reg)[-1][3])
    except ValueError as error:
        return "positive definite" in str(error)


def test_four_components_on_twelve_points_collapse_unless_variances_have_a_floor():
    assert sum(collapses(0.0, seed) for seed in range(24)) == 23
    assert not any(collapses(0.01, seed) for seed in range(5))
    X = np.random.default_rng(0).standard_normal((12, 2))
    start = (np.full(4, 0.25), X[:4], np.stack([np.eye(2)] * 4))
    floor = min(np.linalg.eigvalsh(S)[0] for S in em(X, *start, 500, reg=0.01)[-1][2])
    close(floor, 0.01, 1e-5)  # one of them lies on the floor


def test_with_reg_the_likelihood_may_fall_and_the_run_ends_there():
    rng = np.random.default_rng(141)
    X = rng.standard_normal((12, 1))
    path = em(X, [0.5, 0.5], X[:2], np.ones((2, 1, 1)), 100, reg=0.1)
    close([state[3] for state in path[-2:]], [-13.184, -13.215], 6e-4)
    assert len(path) == 4


def test_equal_means_stay_equal_for_ever():
    path = em(SIX, [0.5, 0.5], [[2.0], [2.0]], np.ones((2, 1, 1)), 20)
    for w, mu, S, _ in path[1:]:
        close(mu[:, 0], [2, 2])
        close(w, [0.5, 0.5])
        close(S[:, 0, 0], [58 / 6, 58 / 6])


def test_equal_means_with_different_covariances_part():
    x = np.array([[0.0], [0.5], [1], [2], [4], [8], [3]])
    means = em(x, [0.5, 0.5], [[2.0], [2.0]], [[[1.0]], [[9.0]]], 1)[-1][1][:, 0]
    close(means, [1.759, 3.415], 6e-4)
    # About their common centre of symmetry they cannot.
    means = em(SIX, [0.5, 0.5], [[2.0], [2.0]], [[[1.0]], [[25.0]]], 9)[-1][1]
    close(means, [[2], [2]], 1e-9)


def test_labels_of_components_may_be_swapped():
    w, mu, S = (np.array(part)[::-1] for part in SIX_START)
    one, other = em(SIX, *SIX_START, 9), em(SIX, w, mu, S, 9)
    close(other[-1][1][::-1], one[-1][1])
    close(other[-1][3], one[-1][3])


def test_a_single_component_needs_one_step():
    X, w, mu, S = mixture(2, k=1, d=2)
    path = em(X, w, mu, S, 5)
    close(path[1][1][0], X.mean(axis=0))
    close(path[1][2][0], np.cov(X.T, ddof=0))
    close(path[1][3], path[-1][3], 1e-9)


def test_responsibilities_harden_as_equal_variances_vanish():
    x, mu = np.array([[0.0], [1.4], [3.0]]), [[0.0], [3.0]]
    for sd, middle in ((1.0, 0.574), (0.3, 0.966), (0.1, 1.0)):
        R = e_step(x, [0.5, 0.5], mu, np.full((2, 1, 1), sd**2))
        close(R[1, 0], middle, 6e-4)
        by_hand = 1 / (1 + math.exp((1.4**2 - 1.6**2) / (2 * sd**2)))
        close(R[1, 0], by_hand)


def test_hard_centres_of_overlapping_groups_are_too_far_apart():
    want = 2 * norm.pdf(1) + 2 * norm.cdf(1) - 1
    close(want, 1.1666, 6e-5)
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [rng.standard_normal(100_000) - 1, rng.standard_normal(100_000) + 1]
    )
    centres = np.array([-1.0, 1.0])
    for _ in range(30):  # k-means on a line
        middle = centres.mean()
        centres = np.array([x[x < middle].mean(), x[x >= middle].mean()])
    close(centres, [-want, want], 0.02)
    mu = np.array([[-1.2], [1.2]])
    for _ in range(40):  # weights and variances known
        R = e_step(x[::10, None], [0.5, 0.5], mu, np.ones((2, 1, 1)))
        mu = R.T @ x[::10, None] / R.sum(axis=0)[:, None]
    close(mu[:, 0], [-1, 1], 0.05)


def steps_within(logs, gap=1e-4):
    return next(i for i, value in enumerate(logs) if value > logs[-1] - gap)


@pytest.mark.parametrize(
    ("d", "least", "most", "ratio"),
    [(2, 301, 2000, 0.995), (3, 20, 100, 0.921), (4, 5, 20, 0.681), (6, 1, 7, 0.16)],
)
def test_overlap_makes_em_slow(d, least, most, ratio):
    means = [[-d / 2 - 0.3], [d / 2]]
    path = em(pair(d), [0.5, 0.5], means, np.ones((2, 1, 1)), 3000, 1e-6)
    logs = [state[3] for state in path]
    at = steps_within(logs)
    assert least <= at <= most
    rises = np.diff(logs)
    close(math.sqrt(rises[at + 1] / rises[at]), ratio, 6e-3)


@pytest.mark.parametrize("d", [1.5, 2.0, 3.0])
def test_with_known_components_the_error_shrinks_by_the_missing_information(d):
    x = pair(d)
    mu, S = np.array([[-d / 2], [d / 2]]), np.ones((2, 1, 1))
    w, path = np.array([0.2, 0.8]), []
    for _ in range(250):
        path.append(w[0])
        w = e_step(x, w, mu, S).mean(axis=0)
    r = e_step(x, w, mu, S)[:, 0]
    rate = (r * (1 - r)).mean() / (w[0] * w[1])
    off = np.abs(np.array(path) - w[0])
    at = next(i for i, gap in enumerate(off) if gap < 1e-6)
    close(off[at + 1] / off[at], rate, 1e-4)
    assert 0.05 < rate < 0.9


def test_runs_end_where_the_rise_is_below_tol():
    X, w, mu, S = mixture(7, k=2, d=2)
    logs = [state[3] for state in em(X, w, mu, S, 200, 0.01)]
    rises = np.diff(logs)
    assert len(logs) < 100
    assert (rises[:-1] >= 0.01).all()
    assert rises[-1] < 0.01
    assert len(em(X, w, mu, S, 0)) == 1
    assert len(em(X, w, mu, S)) == 101


# ---- the figure


def test_ellipses_are_two_standard_deviations_from_the_mean():
    mean, S = np.array([1.0, -2.0]), np.array([[2.0, 0.7], [0.7, 1.0]])
    off = figure.ellipse(mean, S) - mean
    close(np.einsum("ni,ij,nj->n", off, np.linalg.inv(S), off), np.full(29, 4.0))


def test_both_bounds_of_the_figure_lie_below_touch_and_the_first_is_highest_at_3():
    curve, *bounds = figure.ways().axes[1].lines
    at, height = curve.get_data()
    for bound, touch in zip(bounds, (0, 1), strict=True):
        gap = height - bound.get_ydata()
        assert gap.min() > -1e-9
        close(gap[np.abs(at - touch).argmin()], 0, 1e-9)
        close(at[gap.argmin()], touch)
    close(at[bounds[0].get_ydata().argmax()], 1)


# ---- hostile input


def test_far_points_have_a_log_density_and_responsibilities():
    assert norm(0, 1).pdf(38) > 0 == norm(0, 1).pdf(40)
    far = log_likelihood([[1000.0]], [0.5, 0.5], [[0.0], [0.0]], [[[1.0]], [[4.0]]])
    close(far, -125000 - 0.5 * math.log(2 * math.pi) - math.log(4), 1e-6)
    close(
        log_likelihood([[1000.0]], [0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]]),
        -499001.112086 - 0.5,
        1.0,
    )
    close(e_step([[1000.0]], [0.5, 0.5], [[0.0], [1.0]], np.ones((2, 1, 1)))[0], [0, 1])
    close(log_likelihood([[1000.0]], [1.0], [[0.0]], [[[1.0]]]), -500000.918939, 1e-6)


def test_responsibilities_sum_to_one_at_any_distance():
    for far in (1e4, 1e6, 1e8, 1e100):
        R = e_step([[far]], [0.5, 0.5], [[-1e-9], [1e-9]], np.ones((2, 1, 1)))
        close(R.sum(), 1)
    # Logarithms subtracted, as one also sees it, miss in the fifth digit at a million.
    log_p = np.array([norm(m).logpdf(1e6) for m in (-1e-9, 1e-9)])
    assert 1e-5 < abs(np.exp(log_p - logsumexp(log_p)).sum() - 1) < 1e-4
    end = em(
        [[-1.0], [0.0], [1.0], [1e6]], [0.5, 0.5], [[0.0], [1e-9]], [[[1.0]]] * 2, 3
    )
    assert np.isfinite(end[-1][3])


def test_weights_in_float32_and_a_correlation_near_one_are_taken():
    third = np.full(3, 1 / 3, dtype=np.float32)
    close(e_step([[0.0]], third, np.zeros((3, 1)), np.ones((3, 1, 1))), [[1 / 3] * 3])
    small = log_likelihood([[0.0]], [1.0], [[0.0]], [[[3e-320]]])
    close(small, -(math.log(2 * math.pi) + math.log(3e-320)) / 2, 1e-9)
    r = 1 - 1e-9
    found = log_likelihood([[0.0, 0.0]], [1.0], [[0.0, 0.0]], [[[1.0, r], [r, 1.0]]])
    close(found, -math.log(2 * math.pi) - math.log((1 - r) * (1 + r)) / 2, 1e-6)


def test_a_weight_of_exactly_zero():
    X = SIX
    R = e_step(X, [1.0, 0.0], [[0.0], [1.0]], np.ones((2, 1, 1)))
    close(R, np.repeat([[1.0, 0.0]], 6, axis=0))
    close(
        log_likelihood(X, [1.0, 0.0], [[0.0], [1.0]], np.ones((2, 1, 1))),
        norm(0, 1).logpdf(X).sum(),
    )
    assert (
        elbo(X, np.full((6, 2), 0.5), [1.0, 0.0], [[0.0], [1.0]], np.ones((2, 1, 1)))
        == -INF
    )
    close(
        elbo(X, R, [1.0, 0.0], [[0.0], [1.0]], np.ones((2, 1, 1))),
        norm(0, 1).logpdf(X).sum(),
    )
    with pytest.raises(ValueError, match="own something"):
        em(X, [1.0, 0.0], [[0.0], [1.0]], np.ones((2, 1, 1)))


def test_a_component_on_equal_points_collapses_and_reg_keeps_it():
    X = np.array([[0.0], [0.0], [5.0], [6.0], [7.0]])
    first = ([0.5, 0.5], [[0.0], [6.0]], np.full((2, 1, 1), 0.1))
    with pytest.raises(ValueError, match=r"S\[0\] must be positive definite"):
        em(X, *first)
    end = em(X, *first, 20, reg=0.01)[-1]
    close(end[2][0], [[0.01]])
    close(end[0], [0.4, 0.6])


@pytest.mark.parametrize(
    ("X", "w", "mu", "S", "match"),
    [
        ([0.0, 1.0], [1.0], [[0.0]], [[[1.0]]], "X must have 2 axes"),
        (np.zeros((0, 1)), [1.0], [[0.0]], [[[1.0]]], "X must have 2 axes"),
        ([[NAN]], [1.0], [[0.0]], [[[1.0]]], "X must hold finite"),
        ([[1e141]], [1.0], [[0.0]], [[[1.0]]], "X must hold finite"),
        ([["a"]], [1.0], [[0.0]], [[[1.0]]], "X must be an array of numbers"),
        ([[1j]], [1.0], [[0.0]], [[[1.0]]], "X must be an array of numbers"),
        (np.array([["1"]], dtype=object), [1.0], [[0.0]], [[[1.0]]], "X must be an"),
        (np.ma.array([[1.0]]), [1.0], [[0.0]], [[[1.0]]], "X must be an array"),
        ([[0.0]], [0.9], [[0.0]], [[[1.0]]], "w must sum to 1, got 0.9"),
        ([[0.0]], [1.5, -0.5], [[0.0]] * 2, [[[1.0]]] * 2, "w must not be negative"),
        ([[0.0]], [0.5, 0.5], [[0.0]], [[[1.0]]], "mu must have shape"),
        ([[0.0]], [1.0], [[0.0, 1.0]], [[[1.0]]], "mu must have shape"),
        ([[0.0]], [1.0], [[0.0]], [[[1.0, 0.0]]], "and S"),
        ([[0.0]], [1.0], [[0.0]], [[[0.0]]], "positive definite"),
        ([[0.0]], [1.0], [[0.0]], [[[-1.0]]], "positive definite"),
        ([[0.0, 0.0]], [1.0], [[0.0, 0.0]], [[[1.0, 2.0], [2.0, 1.0]]], "eigenvalue"),
        ([[0.0, 0.0]], [1.0], [[0.0, 0.0]], [[[1.0, 1.0], [1.0, 1.0]]], "eigenvalue"),
        ([[0.0, 0.0]], [1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.0, 1.0]]], "symmetric"),
        (
            [[0.0, 0.0]],
            [1.0],
            [[0.0, 0.0]],
            [[[1e-320, 1e140], [1e140, 1e-320]]],
            "symmetric",
        ),
        ([[1e100]], [1.0], [[0.0]], [[[1e-120]]], "overflow"),
    ],
)
def test_mixtures_that_are_refused(X, w, mu, S, match):
    for call in (log_likelihood, e_step, em):
        with pytest.raises(ValueError, match=match):
            call(X, w, mu, S)
    with pytest.raises(ValueError, match=match):
        elbo(X, np.full((max(len(X), 1), 1), 1.0), w, mu, S)


@pytest.mark.parametrize(
    ("R", "match"),
    [
        ([[0.5, 0.4]] * 6, "each row of R must sum to 1"),
        ([[0.5, 0.5]] * 5 + [[0.5, 0.4]], "each row of R must sum to 1, got 0.9"),
        ([[1.5, -0.5]] * 6, "R must not be negative"),
        ([[1.0, 0.0]] * 5, "a row for each of 6"),
        ([1.0] * 6, "R must have 2 axes"),
    ],
)
def test_responsibilities_that_are_refused(R, match):
    with pytest.raises(ValueError, match=match):
        m_step(SIX, R)
    with pytest.raises(ValueError, match=match):
        elbo(SIX, R, *SIX_START)


def test_other_arguments_that_are_refused():
    for X in ([0.0, 1.0], [[NAN], [0.0]], [["a"], ["b"]], np.zeros((0, 1))):
        with pytest.raises(ValueError, match="X must"):
            m_step(X, [[1.0], [1.0]])
    for share in (0.0, 1e-320):  # of so small a number too few digits are left
        with pytest.raises(ValueError, match="own something"):
            m_step(SIX, [[1.0, share]] * 6)
    with pytest.raises(ValueError, match="R must have 2 columns, got 1"):
        elbo(SIX, [[1.0]] * 6, *SIX_START)
    for reg in (-0.1, NAN, INF, True, 10**400, 1.1e140):
        with pytest.raises(ValueError, match="reg must be"):
            m_step(SIX, [[1.0]] * 6, reg)
        with pytest.raises(ValueError, match="reg must be"):
            em(SIX, *SIX_START, steps=0, reg=reg)
    for tol in (-0.1, NAN, INF, "1"):
        with pytest.raises(ValueError, match="tol must be"):
            em(SIX, *SIX_START, tol=tol)
    for steps in (-1, 2.0, True):
        with pytest.raises(ValueError, match="steps must be an integer >= 0"):
            em(SIX, *SIX_START, steps=steps)
        with pytest.raises(ValueError, match="steps must be an integer >= 0"):
            two_coins(HEADS, 10, (0.6, 0.5), steps)


@pytest.mark.parametrize(
    ("heads", "tosses", "p", "match"),
    [
        ([11], 10, (0.6, 0.5), "heads must be counts within 0..10"),
        ([-1], 10, (0.6, 0.5), "heads must be an integer >= 0"),
        ([2.5], 10, (0.6, 0.5), "heads must be an integer >= 0"),
        ([], 10, (0.6, 0.5), "heads must be counts"),
        ([1], 0, (0.6, 0.5), "tosses must be an integer >= 1"),
        ([1], 10, (0.0, 0.5), "p must be two numbers strictly"),
        ([1], 10, (0.6, 1.0), "p must be two numbers strictly"),
        ([1], 10, (0.6,), "p must be two numbers strictly"),
        ([1], 10, (0.6, NAN), "p must be finite"),
        ([1], 10, (10**400, 0.5), "p must be finite"),
        ([1], 10**400, (0.6, 0.5), "tosses must be an integer of at most"),
        ([1, 2], 2**50, (0.6, 0.5), "at most 2..50 tosses in all, got 2 rounds"),
        ([1], 10, (0.6, "x"), "p must be a number"),
    ],
)
def test_coins_that_are_refused(heads, tosses, p, match):
    with pytest.raises(ValueError, match=match):
        two_coins(heads, tosses, p)


@pytest.mark.parametrize(
    ("loglik", "n", "d", "k"),
    [
        (-1.0, 0, 1, 1),
        (-1.0, 1, 0, 1),
        (-1.0, 1, 1, 0),
        (NAN, 1, 1, 1),
        (-(10**400), 1, 1, 1),
        (-1e308, 1, 1, 1),
        (-1.0, 5, 1, 2**50 + 1),
        (-1.0, 2.5, 1, 1),
    ],
)
def test_counts_that_bic_refuses(loglik, n, d, k):
    with pytest.raises(ValueError, match="must be"):
        bic(loglik, n, d, k)
