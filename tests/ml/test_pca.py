"""Oracles: scikit-learn, scipy, np.linalg.eigh, simulation, sums by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA, KernelPCA
from sklearn.metrics.pairwise import rbf_kernel

from figures.ml import pca as figure
from snippets.ml.datasets import three_groups
from snippets.ml.pca import (
    explained_ratio,
    kernel_pca,
    pca_fit,
    pca_inverse,
    pca_transform,
    ppca,
    spike,
    whiten,
)

TEN = np.array(
    [
        [2.5, 0.5, 2.2, 1.9, 3.1, 2.3, 2.0, 1.0, 1.5, 1.1],
        [2.4, 0.7, 2.9, 2.2, 3.0, 2.7, 1.6, 1.1, 1.6, 0.9],
    ]
).T
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def rows(seed, n=None, d=None):
    """Random rows; a few more or fewer than columns, means far from 0 now and then."""
    rng = np.random.default_rng(seed)
    n, d = n or int(rng.integers(2, 9)), d or int(rng.integers(1, 6))
    return rng.standard_normal((n, d)) * rng.integers(1, 4, d) + rng.integers(-5, 5, d)


def plane_data():
    """50 points with two true directions in five columns."""
    rng = np.random.default_rng(0)
    long = rng.standard_normal((50, 2)) @ rng.standard_normal((2, 5)) * 2
    return long + rng.standard_normal((50, 5)) + 3


def spiked(theta, seed, n=400, d=200):
    X = np.random.default_rng(seed).standard_normal((n, d))
    X[:, 0] *= math.sqrt(1 + theta)
    return X


# ---- components


def test_ten_points_by_hand():
    mean, components, variances = pca_fit(TEN)
    close(mean, [1.81, 1.91])
    S = np.array([[0.616556, 0.615444], [0.615444, 0.716556]])
    total, product = S.trace(), S[0, 0] * S[1, 1] - S[0, 1] ** 2
    root = math.sqrt(total**2 - 4 * product)
    close(variances, [(total + root) / 2, (total - root) / 2], 2e-6)
    close(variances, [1.284028, 0.049083], 6e-7)
    close(components, [[0.677873, 0.735179], [0.735179, -0.677873]], 6e-7)
    close(components[0, 1] / components[0, 0], 1.0845, 6e-5)
    Z = pca_transform(TEN, mean, components)
    close(Z[:3, 0], [0.827970, -1.777580, 0.992197], 6e-7)
    close(explained_ratio(TEN), [0.963181, 0.036819], 6e-7)
    close(np.cov(Z.T), np.diag(variances))
    error = TEN - pca_inverse(Z[:, :1], mean, components[:1])
    close((error**2).sum(), 0.441751, 6e-7)
    close((error**2).sum(), 9 * variances[1])


@settings(max_examples=30)
@given(seeds)
def test_components_are_those_of_scikit_learn_up_to_sign(seed):
    X = rows(seed)
    k = min(len(X) - 1, X.shape[1])
    mean, components, variances = pca_fit(X)
    model = PCA(k).fit(X)
    close(mean, model.mean_, 1e-12)
    close(variances, model.explained_variance_, 1e-10)
    close(abs((components * model.components_).sum(axis=1)), 1, 1e-6)
    close(explained_ratio(X), model.explained_variance_ratio_, 1e-12)
    assert components.shape == (k, X.shape[1])
    fewer = pca_fit(X, 1)
    close(fewer[1], components[:1])
    close(fewer[2], variances[:1])


@settings(max_examples=30)
@given(seeds)
def test_variances_are_eigenvalues_of_the_covariance(seed):
    X = rows(seed, n=8)
    _, components, variances = pca_fit(X)
    S = np.atleast_2d(np.cov(X.T))
    close(np.linalg.eigvalsh(S)[::-1], variances, 1e-10)
    close(S @ components.T, components.T * variances, 1e-10)
    close(components @ components.T, np.eye(len(components)))


@settings(max_examples=30)
@given(seeds)
def test_variance_and_error_add_up_and_no_plane_is_nearer(seed):
    X = rows(seed, n=8, d=4)
    mean, components, _ = pca_fit(X, 2)
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((4, 2)))[0].T
    totals, errors = [], []
    for axes in (components, Q):
        Z = pca_transform(X, mean, axes)
        error = ((X - pca_inverse(Z, mean, axes)) ** 2).sum()
        totals.append((Z**2).sum() + error)
        errors.append(error)
    close(totals, ((X - X.mean(axis=0)) ** 2).sum(), 1e-9)
    assert errors[0] <= errors[1] + 1e-9
    close(errors[0], 7 * pca_fit(X)[2][2:].sum(), 1e-9)


@settings(max_examples=30)
@given(seeds)
def test_the_largest_entry_of_each_component_is_positive(seed):
    components = pca_fit(rows(seed))[1]
    largest = np.take_along_axis(
        components, abs(components).argmax(axis=1)[:, None], axis=1
    )
    assert (largest > 0).all()


def test_of_entries_that_tie_the_first_is_positive():
    for X in ([[0, 0], [1, -1]], [[0, 0], [-3, 3]], [[0.1, 0.3], [0.3, 0.1]]):
        assert pca_fit(X, 1)[1][0, 0] > 0
    assert pca_fit([[0, 0], [1, -1 - 1e-7]], 1)[1][0, 1] > 0  # no tie


def test_two_standardised_columns_have_the_diagonals_whatever_the_correlation():
    for seed in range(40):  # both entries tie, up to rounding
        X = np.random.default_rng(seed).standard_normal((9, 2))
        components = pca_fit(X / X.std(axis=0, ddof=1))[1]
        close(components[:, 0], [0.5**0.5, 0.5**0.5], 1e-9)
        close(abs(components[:, 1]), [0.5**0.5, 0.5**0.5], 1e-9)


def test_columns_of_truth_values_count_as_0_and_1():
    close(pca_fit(np.eye(3, dtype=bool))[0], [1 / 3, 1 / 3, 1 / 3])


def test_all_components_give_the_points_back_and_new_points_are_transformed():
    X = rows(3, 9, 4)
    mean, components, _ = pca_fit(X)
    Z = pca_transform(X, mean, components)
    close(pca_inverse(Z, mean, components), X)
    close(pca_transform(X[:1] + 1, mean, components), [components @ (X[0] + 1 - mean)])


def test_four_points_in_ten_dimensions_span_three():
    X = rows(0, 4, 10)
    assert pca_fit(X)[1].shape == (3, 10)
    assert explained_ratio(X).shape == (3,)
    close(explained_ratio(X).sum(), 1)
    assert pca_fit(X, 4)[2][3] < 1e-28
    mean, components, _ = pca_fit(X)
    close(pca_inverse(pca_transform(X, mean, components), mean, components), X)


def test_hostile_columns():
    X = np.hstack([TEN, np.full((10, 1), 7.0)])
    _, components, variances = pca_fit(X)
    close(components[2], [0, 0, 1])
    assert variances[2] == 0
    twice = np.hstack([TEN[:, :1], TEN[:, :1]])
    close(pca_fit(twice, 1)[1], [[0.5**0.5, 0.5**0.5]])
    close(pca_fit(twice)[2], [2 * 0.61655556, 0], 1e-8)
    one = pca_fit(TEN[:, :1])
    close(one[1], [[1.0]])
    close(one[2], [TEN[:, 0].var(ddof=1)])
    # An offset costs only the digits of the input.
    far = pca_fit(TEN + 1e6)
    close(far[1], pca_fit(TEN)[1], 1e-9)
    close(far[2], pca_fit(TEN)[2], 1e-9)
    close(explained_ratio(TEN * 1e-200), explained_ratio(TEN))
    close(explained_ratio(TEN * 1e130), explained_ratio(TEN))
    close(pca_fit(np.full((3, 2), 0.1))[2], [0, 0], 0)


def test_forgetting_to_centre_finds_the_mean_and_units_find_their_column():
    close(abs(np.linalg.svd(TEN)[2][0]), [0.686478, 0.727151], 6e-7)
    shifted = TEN + np.array([100, 0])
    close(abs(np.linalg.svd(shifted)[2][0]), [0.9998, 0.0188], 6e-5)
    direction = shifted.mean(axis=0) / np.linalg.norm(shifted.mean(axis=0))
    assert abs(np.linalg.svd(shifted)[2][0]) @ direction > 0.999999
    close(pca_fit(TEN * [100, 1])[1][0], [0.99995, 0.00998], 6e-6)


def test_without_centring_a_wide_spread_still_hides_a_small_mean():
    X = np.random.default_rng(0).standard_normal((1000, 2)) * [10, 1] + [0, 3]
    first = abs(np.linalg.svd(X, full_matrices=False)[2][0])
    assert first[0] > 0.999  # the mean is nearly (0, 3)


def test_one_outlier_turns_the_first_direction():
    first = pca_fit(np.vstack([TEN, [10, -10]]), 1)[1]
    close(first, [[-0.556, 0.831]], 6e-4)


def test_signs_are_those_of_scikit_learn_and_its_default_may_lose_digits():
    for seed in range(20):
        X = rows(seed, n=8, d=4)
        close(pca_fit(X)[1], PCA(svd_solver="full").fit(X).components_, 1e-9)
    long, wide = rows(0, n=40, d=4), rows(0, n=39, d=4)
    assert PCA().fit(long)._fit_svd_solver == "covariance_eigh"
    assert PCA().fit(wide)._fit_svd_solver == "full"
    close(pca_fit(long)[1], PCA().fit(long).components_, 1e-9)
    X = graded()
    exact = PCA(svd_solver="full").fit(X).explained_variance_[-1] * 49
    assert exact == pytest.approx(1e-18, rel=1e-4)
    assert abs(PCA().fit(X).explained_variance_[-1] * 49 - 1e-18) > 4e-18


def test_loadings_of_standardised_columns_are_correlations_with_the_scores():
    X = plane_data()
    X = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
    mean, components, variances = pca_fit(X)
    Z = pca_transform(X, mean, components)
    loadings = components.T * np.sqrt(variances)
    close(loadings, np.corrcoef(X.T, Z.T)[:5, 5:])


def test_rows_that_were_in_the_fit_are_rebuilt_better_than_new_ones():
    X = np.random.default_rng(0).standard_normal((60, 30))
    errors = []
    for fitted in (X[:40], X):
        mean, components, _ = pca_fit(fitted, 10)
        Z = pca_transform(X[40:], mean, components)
        errors.append(((X[40:] - pca_inverse(Z, mean, components)) ** 2).mean())
    assert errors[1] < 0.85 * errors[0]


def graded():
    """50 points with mean 0 and the singular values 1, 1e-3, 1e-9."""
    rng = np.random.default_rng(0)
    ones = np.ones((50, 1))
    U = np.linalg.qr(np.hstack([ones, rng.standard_normal((50, 3))]))[0][:, 1:]
    V = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    return U * [1, 1e-3, 1e-9] @ V.T


def test_the_product_loses_what_singular_values_keep():
    X = graded()
    assert pca_fit(X)[2][-1] * 49 == pytest.approx(1e-18, rel=1e-4)
    centred = X - X.mean(axis=0)
    assert abs(np.linalg.eigvalsh(centred.T @ centred)[0]) > 5e-18


# ---- what variance does not say


def test_three_groups_need_both_scores():
    data = three_groups()
    Z = pca_transform(data.X, *pca_fit(data.X)[:2])
    middle = np.array([np.median(Z[data.y == g], axis=0) for g in range(3)])
    spread = np.array([Z[data.y == g].std(axis=0) for g in range(3)])

    def apart(g, h, j):
        return abs(middle[g, j] - middle[h, j]) / (spread[g, j] + spread[h, j])

    assert apart(0, 2, 0) > 2
    assert apart(1, 2, 0) > 1.5
    assert apart(0, 1, 0) < 1
    assert apart(0, 1, 1) > 1.4
    close(explained_ratio(data.X), [0.649, 0.351], 6e-4)


def test_the_small_component_may_carry_all_of_the_target():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 2)) * [100, 1]
    Z = pca_transform(X, *pca_fit(X)[:2])
    R2 = [np.corrcoef(z, X[:, 1])[0, 1] ** 2 for z in Z.T]
    assert R2[0] < 0.01
    assert R2[1] > 0.99
    close(X.var(axis=0)[1] / X.var(axis=0)[0], 1e-4, 3e-5)


# ---- whitening


@settings(max_examples=25)
@given(seeds, st.sampled_from(["pca", "zca"]))
def test_white_data_have_the_identity_as_covariance(seed, kind):
    X = rows(seed, n=12, d=3)
    white = whiten(X, kind)
    close(np.cov(white.T), np.eye(3), 1e-9)
    close(white.mean(axis=0), np.zeros(3))
    eps = 0.5
    values, V = np.linalg.eigh(np.cov(X.T))
    shrunk = np.cov(whiten(X, kind, eps).T)
    close(np.linalg.eigvalsh(shrunk), np.sort(values / (values + eps)), 1e-9)
    if kind == "zca":
        root = V / np.sqrt(values + eps) @ V.T
        close(whiten(X, kind, eps), (X - X.mean(axis=0)) @ root, 1e-9)
    else:
        mean, components, variances = pca_fit(X)
        scores = pca_transform(X, mean, components)
        close(whiten(X), scores / np.sqrt(variances), 1e-9)
        close(abs(whiten(X)), abs(PCA(whiten=True).fit_transform(X)), 1e-9)


def test_zca_is_the_white_data_nearest_to_the_points():
    centred = TEN - TEN.mean(axis=0)
    close(((whiten(TEN, "zca") - centred) ** 2).sum(), 5.61, 5e-3)
    close(((whiten(TEN, "pca") - centred) ** 2).sum(), 18.87, 6e-3)
    nearest = ((whiten(TEN, "zca") - centred) ** 2).sum()
    for turn in np.linspace(0, 2 * np.pi, 60):
        R = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
        for mirror in (1, -1):
            other = whiten(TEN) @ R * [1, mirror]
            assert ((other - centred) ** 2).sum() >= nearest - 1e-9


def test_whitening_few_rows_needs_eps():
    X = rows(1, 4, 6)
    for kind in ("pca", "zca"):
        with pytest.raises(ValueError, match="every direction must vary"):
            whiten(X, kind)
        white = whiten(X, kind, 0.1)
        values = np.linalg.eigvalsh(np.cov(X.T))
        close(np.linalg.eigvalsh(np.cov(white.T)), values / (values + 0.1), 1e-9)
    for singular in (np.hstack([TEN, TEN[:, :1]]), rows(1, 3, 3), np.ones((3, 2))):
        with pytest.raises(ValueError, match="every direction must vary"):
            whiten(singular)
    close(whiten(np.ones((3, 2)), eps=1), np.zeros((3, 2)))
    close(np.cov(whiten(rows(1, 4, 3)).T), np.eye(3), 1e-9)


def test_whitening_keeps_its_scale_where_squares_would_not():
    for kind in ("pca", "zca"):
        close(whiten(TEN * 1e-200, kind), whiten(TEN, kind), 1e-9)
        close(whiten(TEN * 1e139, kind), whiten(TEN, kind), 1e-9)
    # What is rounding counts as 0, however small eps is.
    for tiny in (5e-324, 1e-40):
        white = whiten(np.hstack([TEN, TEN]), eps=tiny)
        close(np.cov(white.T), np.diag([1, 1, 0, 0]), 1e-9)
        few = whiten(rows(1, 4, 6), eps=tiny)
        close(np.cov(few.T), np.diag([1, 1, 1, 0, 0, 0]), 1e-9)


# ---- kernel


def test_a_linear_kernel_is_pca():
    X = plane_data()
    scores = pca_transform(X, *pca_fit(X)[:2])
    got = kernel_pca(X @ X.T, 5)
    close(abs(got), abs(scores), 1e-11)
    close(kernel_pca(X @ X.T, 2), got[:, :2])
    assert (np.take_along_axis(got, abs(got).argmax(axis=0)[None], axis=0) > 0).all()
    close(kernel_pca(X @ X.T, 7)[:, 5:], np.zeros((50, 2)), 0)


def test_an_rbf_kernel_is_that_of_scikit_learn():
    X = plane_data()
    want = KernelPCA(3, kernel="rbf", gamma=0.1).fit_transform(X)
    got = kernel_pca(rbf_kernel(X, gamma=0.1), 3)
    close(abs(got), abs(want), 1e-12)
    # By hand: exp(-0.1 |x - y|^2), centred by H on both sides.
    K = np.exp(-0.1 * ((X[:, None] - X) ** 2).sum(axis=2))
    H = np.eye(50) - 1 / 50
    close(got.T @ got, np.diag(np.linalg.eigvalsh(H @ K @ H)[::-1][:3]), 1e-10)
    close(got.sum(axis=0), 0, 1e-10)


def test_the_square_kernel_separates_circles():
    turn = np.arange(8) * np.pi / 4
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    X = np.concatenate([circle, 3 * circle])
    close(explained_ratio(X), [0.5, 0.5])
    score = kernel_pca((X @ X.T) ** 2, 3)[:, 2]
    radius = ((X**2).sum(axis=1) - 5) / math.sqrt(2)
    close(score, radius * np.sign(score[0] * radius[0]), 1e-9)
    close(score, np.repeat([1, -1], 8) * math.sqrt(8) * np.sign(score[0]), 1e-9)


def test_minus_half_the_squared_distances_give_the_scores():
    D = ((TEN[:, None] - TEN) ** 2).sum(axis=2)
    scores = pca_transform(TEN, *pca_fit(TEN)[:2])
    close(abs(kernel_pca(-D / 2, 2)), abs(scores))


def test_without_centring_the_first_kernel_score_is_nearly_constant():
    K = rbf_kernel(plane_data(), gamma=0.001)
    vector = np.linalg.eigh(K)[1][:, -1]
    assert abs(vector).min() > 0.7 * abs(vector).max()
    close(kernel_pca(K, 1).sum(), 0, 1e-10)


def test_an_offset_costs_a_kernel_twice_its_digits():
    scores = pca_transform(TEN, *pca_fit(TEN)[:2])
    for offset, atol in ((0, 1e-12), (1e3, 1e-6)):
        moved = TEN + offset
        close(abs(kernel_pca(moved @ moved.T, 2)), abs(scores), atol)
    moved = TEN + 1e8  # squares need 16 digits before the point
    close(kernel_pca(moved @ moved.T, 2), np.zeros((10, 2)), 0)
    close(pca_fit(moved)[1], pca_fit(TEN)[1], 1e-6)


def test_rounding_of_a_kernel_is_cut_at_four_n_eps():
    v, eps = np.array([1, 1, -1, -1]) / 2, np.finfo(float).eps
    for factor, kept in ((2, False), (16, True)):
        score = kernel_pca(1 + factor * 4 * eps * np.outer(v, v), 1)
        assert bool(score.any()) is kept


def test_a_kernel_may_be_asymmetric_by_rounding_and_no_more():
    K = plane_data()[:6] @ plane_data()[:6].T
    for size in (1e-10, 1e-9):
        bent = K + size * abs(K).max() * np.triu(np.ones((6, 6)), 1)
        close(kernel_pca(bent, 2), kernel_pca(bent.T, 2), 1e-12)
    with pytest.raises(ValueError, match="K must be symmetric"):
        kernel_pca(K + 1e-6 * abs(K).max() * np.triu(np.ones((6, 6)), 1), 2)


def test_kernels_of_equal_features_and_negative_values_count_as_zero():
    close(kernel_pca(np.full((4, 4), 0.3), 2), np.zeros((4, 2)), 0)
    close(kernel_pca(-np.eye(3), 3), np.zeros((3, 3)), 0)
    close(kernel_pca(np.zeros((2, 2)), 1), np.zeros((2, 1)), 0)


# ---- probabilistic PCA


def test_ppca_by_hand():
    X = plane_data()
    for k, noise, likelihood in (
        (1, 2.943146, -550.3410),
        (2, 0.894811, -489.2317),
        (3, 0.757747, -487.5995),
    ):
        _, sigma2, loglik = ppca(X, k)
        assert sigma2 == pytest.approx(noise, abs=6e-7)
        assert loglik == pytest.approx(likelihood, abs=6e-5)
        assert type(sigma2) is type(loglik) is float


@settings(max_examples=20)
@given(seeds, st.integers(1, 3))
def test_the_likelihood_is_that_of_the_normal_density(seed, k):
    X = rows(seed, n=12, d=4)
    W, sigma2, loglik = ppca(X, k)
    mean = X.mean(axis=0)
    C = W @ W.T + sigma2 * np.eye(4)
    assert loglik == pytest.approx(multivariate_normal(mean, C).logpdf(X).sum(), 1e-9)
    values = np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1]
    assert sigma2 == pytest.approx(values[k:].mean(), rel=1e-9)
    close(W.T @ W, np.diag(values[:k] - sigma2), 1e-9)
    # No neighbour is likelier.
    rng = np.random.default_rng(seed)
    for _ in range(3):
        V = W + 0.05 * rng.standard_normal(W.shape)
        other = V @ V.T + sigma2 * math.exp(0.1 * rng.standard_normal()) * np.eye(4)
        assert multivariate_normal(mean, other).logpdf(X).sum() < loglik


def test_scikit_learns_score_lies_below_the_maximum():
    X = plane_data()
    assert PCA(2).fit(X).score(X) * 50 == pytest.approx(-489.257, abs=6e-4)
    assert ppca(X, 2)[2] == pytest.approx(-489.232, abs=6e-4)
    # By hand: the same covariance, times n / (n - 1).
    W, sigma2, _ = ppca(X, 2)
    C = (W @ W.T + sigma2 * np.eye(5)) * 50 / 49
    density = multivariate_normal(X.mean(axis=0), C).logpdf(X).sum()
    assert density == pytest.approx(-489.257, abs=6e-4)


def test_ppca_of_few_rows_spreads_the_noise_over_all_directions():
    X = rows(2, 4, 6)
    values = np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1]
    W, sigma2, loglik = ppca(X, 2)
    assert sigma2 == pytest.approx(values[2] / 4, rel=1e-9)
    C = W @ W.T + sigma2 * np.eye(6)
    density = multivariate_normal(X.mean(axis=0), C).logpdf(X).sum()
    assert loglik == pytest.approx(density, rel=1e-9)
    for bad in (X, rows(2, 4, 6)[:, [0, 0, 1, 1, 2, 2]], np.ones((5, 6))):
        with pytest.raises(ValueError, match="sigma2 must be above 0"):
            ppca(bad, 3)
    with pytest.raises(ValueError, match="sigma2 must be above 0"):
        ppca(TEN * 1e-170, 1)


def test_round_data_leave_no_length_and_no_nan():
    for d in range(2, 8):
        for scale in (0.1, 0.3, 7.7):
            X = scale * np.vstack([np.eye(d), -np.eye(d)])
            W, sigma2, _ = ppca(X, 1)
            close(W, np.zeros((d, 1)), 1e-6)
            assert sigma2 == pytest.approx(scale**2 / d, rel=1e-12)


def test_columns_of_w_are_orthogonal_and_the_longest_comes_first():
    W = ppca(plane_data(), 2)[0]
    lengths = (W**2).sum(axis=0)
    assert lengths[0] > lengths[1]
    close(W[:, 0] @ W[:, 1], 0)
    for column in W.T:
        assert column[abs(column).argmax()] > 0


def filled(X, known, with_variance):
    """Fill and fit in turn; sigma2 at the end."""
    n, d = X.shape
    mean = np.nanmean(np.where(known, X, np.nan), axis=0)
    C = np.eye(d)
    for _ in range(30):
        full, extra = np.where(known, X, 0.0), np.zeros((d, d))
        for row, seen in enumerate(known):
            hid = ~seen
            gain = np.linalg.solve(C[np.ix_(seen, seen)], C[np.ix_(seen, hid)]).T
            full[row, hid] = mean[hid] + gain @ (X[row, seen] - mean[seen])
            left = C[np.ix_(hid, hid)] - gain @ C[np.ix_(seen, hid)]
            extra[np.ix_(hid, hid)] += left
        mean = full.mean(axis=0)
        S = np.cov(full.T, bias=True) + with_variance * extra / n
        values, V = np.linalg.eigh(S)
        sigma2 = values[:-2].mean()
        V, values = V[:, -2:], values[-2:]
        C = V * (values - sigma2) @ V.T + sigma2 * np.eye(d)
    return sigma2


def test_filling_without_its_variance_makes_the_noise_too_small():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 2)) @ rng.standard_normal((2, 6)) * 2
    X = X + rng.standard_normal((300, 6))
    known = rng.random(X.shape) > 0.3
    assert filled(X, known, True) == pytest.approx(ppca(X, 2)[1], rel=0.15)
    assert filled(X, known, False) < 0.75 * ppca(X, 2)[1]


# ---- noise


def test_the_largest_variance_of_noise_is_near_the_edge():
    found, shares = [], []
    for seed in range(20):
        X = np.random.default_rng(seed).standard_normal((200, 100))
        values = pca_fit(X)[2]
        found.append(values[0])
        shares.append(explained_ratio(X)[0])
    assert np.mean(found) == pytest.approx(2.83, abs=5e-3)
    assert np.mean(shares) == pytest.approx(0.028, abs=5e-4)
    assert spike(0.5, 0.1)[0] == pytest.approx(2.914, abs=5e-4)


@pytest.mark.parametrize(
    ("theta", "cosine", "value", "low", "high"),
    [
        (0.4, 0.036, 2.862, 0.0, 0.1),
        (1, 0.305, 3.004, 0.2, 0.42),
        (2, 0.698, 3.735, 0.6, 0.8),
        (5, 0.893, 6.585, 0.86, 0.92),
    ],
)
def test_a_spike_is_found_as_well_as_the_limit_says(theta, cosine, value, low, high):
    found = [pca_fit(spiked(theta, seed), 1) for seed in range(20)]
    cosines = [components[0, 0] ** 2 for _, components, _ in found]
    assert low <= np.mean(cosines) < high
    assert np.mean(cosines) == pytest.approx(cosine, abs=6e-4)
    assert np.mean([v[0] for _, _, v in found]) == pytest.approx(value, abs=6e-4)
    if theta == 2:  # the true variance along what was found
        assert round(1 + theta * np.mean(cosines), 2) == 2.40
    limit = spike(0.5, theta)
    assert np.mean(cosines) == pytest.approx(limit[1], abs=0.04)
    if theta == 1:
        assert min(cosines) == pytest.approx(0.004, abs=5e-4)
        assert max(cosines) == pytest.approx(0.53, abs=5e-3)


def test_limits_of_a_spike_by_hand():
    close(spike(0.5, 1), (3, 1 / 3))
    close(spike(0.5, 2), (3.75, 0.7))
    close(spike(0.5, 5), (6.6, 0.98 / 1.1))
    close(spike(1, 1), (4, 0))
    close(spike(4, 1.5), (9, 0))
    close(spike(0.25, 0.5), (2.25, 0))
    for gamma in np.arange(1, 60) / 20:  # at the threshold exactly 0, no rounding
        assert spike(gamma, math.sqrt(gamma))[1] == 0
    value, cos2 = spike(0.25, 0.5 * (1 + 1e-6))  # both join without a jump
    assert value == pytest.approx(2.25, abs=1e-5)
    assert 0 < cos2 < 1e-5
    close(spike(1e-12, 1), (2, 1), 1e-11)


def test_the_spike_of_the_figure_stands_outside():
    values = figure.spiked()
    assert round(float(values[0]), 2) == 3.76
    assert values[1] < (1 + math.sqrt(0.5)) ** 2 < values[0]


def test_a_random_walk_has_cosines_as_scores():
    n, d = 1000, 2000
    X = np.random.default_rng(0).standard_normal((n, d)).cumsum(axis=0)
    centred = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T)  # n x n: half the cost
    shares = (values / values.sum())[::-1][:3]
    close(shares, [0.602, 0.158, 0.065], 6e-4)
    wave = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    assert abs(np.corrcoef(vectors[:, -1], wave)[0, 1]) == pytest.approx(
        0.9999, abs=5e-5
    )
    small = X[:60, :40]
    close(
        kernel_pca(small @ small.T, 1)[:, 0] ** 2,
        pca_transform(small, *pca_fit(small, 1)[:2])[:, 0] ** 2,
        1e-6,
    )
    close(6 / (np.pi * np.arange(1, 4)) ** 2, [0.608, 0.152, 0.068], 6e-4)


# ---- refusals

NAN = [[1.0, math.nan], [2.0, 3.0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pca_fit([[1.0, 2.0]]), "X must have at least 2 rows"),
        (lambda: pca_fit(np.zeros((3, 0))), "and a column, got shape"),
        (lambda: pca_fit([1.0, 2.0]), "X must have 2 axes"),
        (lambda: pca_fit(NAN), "X must hold finite numbers"),
        (lambda: pca_fit([[1e141], [0.0]]), "at most 1e"),
        (lambda: pca_fit("ab"), "X must be an array of numbers"),
        (lambda: pca_fit(TEN + 1j), "X must be an array of numbers"),
        (lambda: pca_fit([["1", "2"], ["3", "5"]]), "X must be an array of numbers"),
        (lambda: pca_fit([[10**400, 1], [2, 3]]), "X must be an array of numbers"),
        (lambda: pca_fit(np.ma.masked_less(TEN, 1)), "X must be an array of numbers"),
        (lambda: pca_fit(np.array([["2026-01-01"]] * 2, "M8")), "an array of numbers"),
        (lambda: whiten(TEN, eps=10**400), "eps must be a number >= 0"),
        (lambda: whiten(TEN, np.array(["pca", "zca"])), 'kind must be "pca" or "zca"'),
        (lambda: spike(10**400, 1), "gamma must be a number > 0"),
        (lambda: pca_fit(TEN, 0), "k must be an integer from 1 to 2, got 0"),
        (lambda: pca_fit(TEN, 3), "k must be an integer from 1 to 2, got 3"),
        (lambda: pca_fit(TEN, True), "got True"),
        (lambda: pca_fit(TEN, 1.5), "got 1.5"),
        (lambda: pca_transform(np.ones((0, 2)), [0, 0], np.eye(2)), "at least 1 rows"),
        (lambda: pca_transform(TEN, [0], np.eye(2)), "components must have shape"),
        (lambda: pca_transform(TEN, [0, 0], np.ones((0, 2))), "with k >= 1"),
        (lambda: pca_transform(TEN, [0], [[1.0]]), "X must have 1 columns"),
        (lambda: pca_transform(TEN, [[0, 0]], np.eye(2)), "mean must have 1 axes"),
        (lambda: pca_inverse(TEN, [0, 0], [[1.0, 0.0]]), "Z must have 1 columns"),
        (lambda: explained_ratio(np.ones((3, 2))), "must not all be equal"),
        (lambda: explained_ratio([[1.0, 2.0]]), "at least 2 rows"),
        (lambda: whiten(TEN, "cholesky"), 'kind must be "pca" or "zca"'),
        (lambda: whiten(TEN, eps=-1), "eps must be a number >= 0"),
        (lambda: whiten(TEN, eps=math.nan), "eps must be a number >= 0"),
        (lambda: kernel_pca(np.ones((2, 3)), 1), "K must have shape"),
        (lambda: kernel_pca([[1.0]], 1), "n >= 2"),
        (lambda: kernel_pca([[1.0, 2.0], [0.0, 1.0]], 1), "K must be symmetric"),
        (lambda: kernel_pca(np.eye(3), 4), "k must be an integer from 1 to 3"),
        (lambda: ppca(TEN, 2), "k must be an integer from 1 to 1"),
        (lambda: ppca(TEN[:, :1], 1), "X must have at least 2 columns"),
        (
            lambda: ppca(TEN[:2].repeat(2, axis=1), 3),
            "k must be an integer from 1 to 2",
        ),
        (lambda: spike(0, 1), "gamma must be a number > 0"),
        (lambda: spike(1, 0), "theta must be a number > 0"),
        (lambda: spike(1, math.inf), "theta must be a number > 0"),
        (lambda: spike(True, 1), "gamma must be a number > 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
