"""Oracles: scikit-learn, scipy, simulation, brute force and hand counts."""

import itertools
import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from snippets.ml.ensemble_learning import (
    Stump,
    TreeLite,
    adaboost_fit,
    adaboost_predict,
    bagging_predict,
    best_split,
    bias_variance,
    bootstrap_indices,
    combine,
    correlated_accuracy,
    least_squares,
    majority_accuracy,
    margins,
    member_correlation,
    meta_features,
    oob_fraction,
    oob_predict,
    out_of_fold,
    reweight,
    samme_fit,
    samme_predict,
    sign_task,
    stack_fit_predict,
    stacking_errors,
    tree_predictions,
    variance_of_mean,
)

sizes = st.integers(1, 12)
chances = st.sampled_from([0.0, 0.1, 0.45, 0.5, 0.7, 0.99, 1.0])
seeds = st.integers(0, 2**32 - 1)


def assert_same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def normal(n, d, seed=0):
    """Features that are exact in float32, which scikit-learn's trees work in."""
    noise = np.random.default_rng(seed).standard_normal((n, d))
    return noise.astype(np.float32).astype(float)


def constant(value):
    """A member that says the same of every row."""
    return lambda X: np.full(len(X), value)


# Votes


@given(n=sizes, p=chances, ties=st.sampled_from([0.0, 0.5, 1.0]))
def test_majority_equals_the_sum_over_all_outcomes(n, p, ties):
    total = 0.0
    for votes in itertools.product((0, 1), repeat=n):
        chance = math.prod(p if v else 1 - p for v in votes)
        lead = 2 * sum(votes) - n
        total += chance * (1.0 if lead > 0 else ties if lead == 0 else 0.0)
    assert_same(majority_accuracy(n, p, ties), total)
    if n % 2:
        assert majority_accuracy(n, p) == majority_accuracy(n, p, ties)


@pytest.mark.parametrize("n", [101, 1001, 100_001])
@pytest.mark.parametrize("p", [1e-3, 0.45, 0.5, 0.51, 0.999])
def test_large_majorities_match_scipys_binomial_tail(n, p):
    expected = stats.binom.sf(n // 2, n, p)
    np.testing.assert_allclose(majority_accuracy(n, p), expected, rtol=1e-9, atol=1e-12)


def test_published_and_known_majorities():
    assert 1 - majority_accuracy(21, 0.7) == pytest.approx(0.02639, abs=5e-6)
    assert majority_accuracy(101, 0.7) == pytest.approx(0.999987, abs=5e-7)
    assert majority_accuracy(21, 0.6) == pytest.approx(0.82562, abs=5e-6)
    assert majority_accuracy(21, 0.45) == pytest.approx(0.32100, abs=5e-6)
    assert_same(majority_accuracy(3, 0.7), 0.784)
    assert_same(majority_accuracy(2, 0.7, ties=0.5), 0.7)
    assert_same(majority_accuracy(5, 0.5), 0.5)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("p", [0.2, 0.7])
def test_correlated_votes_match_an_adaptive_integral(p, rho):
    def given_luck(z):
        bar = (stats.norm.ppf(p) - math.sqrt(rho) * z) / math.sqrt(1 - rho)
        return stats.norm.pdf(z) * stats.binom.sf(10, 21, stats.norm.cdf(bar))

    expected = integrate.quad(given_luck, -9, 9, epsabs=1e-11, limit=200)[0]
    assert correlated_accuracy(21, p, rho) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("n", "rho"), [(2001, 0.95), (100_001, 0.9), (101, 1e-6)])
def test_large_correlated_crowds_match_a_mean_over_the_median_voter(n, rho):
    # The majority is right if sqrt(rho) z + sqrt(1 - rho) median(e) is below the bar.
    m = np.linspace(-12, 12, 4001) * math.sqrt(math.pi / 2 / n)
    law = stats.beta((n + 1) / 2, (n + 1) / 2)  # of the middle one of n uniforms
    density = law.pdf(stats.norm.cdf(m)) * stats.norm.pdf(m)
    bar = (stats.norm.ppf(0.7) - math.sqrt(1 - rho) * m) / math.sqrt(rho)
    expected = (density * stats.norm.cdf(bar)).sum() / density.sum()
    assert correlated_accuracy(n, 0.7, rho) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("rho", "known"), [(0.0, 0.973), (0.3, 0.812), (0.7, 0.732)])
def test_correlated_votes_match_a_simulation(rho, known):
    rng = np.random.default_rng(0)
    shared, own = rng.standard_normal((40_000, 1)), rng.standard_normal((40_000, 21))
    right = math.sqrt(rho) * shared + math.sqrt(1 - rho) * own < stats.norm.ppf(0.7)
    simulated = float((right.sum(1) > 10).mean())
    assert correlated_accuracy(21, 0.7, rho) == pytest.approx(simulated, abs=0.008)
    assert correlated_accuracy(21, 0.7, rho) == pytest.approx(known, abs=1e-3)


@pytest.mark.parametrize("rho", [0.3, 0.7])
def test_the_majority_of_many_correlated_voters_tends_to_the_shared_part(rho):
    limit = stats.norm.cdf(stats.norm.ppf(0.7) / math.sqrt(rho))
    assert correlated_accuracy(2001, 0.7, rho) == pytest.approx(limit, abs=5e-4)


def test_votes_correlate_less_than_the_scores_behind_them():
    z = stats.norm.ppf(0.7)
    both = stats.multivariate_normal.cdf([z, z], cov=[[1, 0.3], [0.3, 1]])
    assert (both - 0.49) / 0.21 == pytest.approx(0.18, abs=5e-3)


# Variance


@given(
    B=sizes, sigma2=st.sampled_from([0.0, 1.0, 2.5]), share=st.sampled_from([0, 0.4, 1])
)
def test_variance_of_mean_is_the_mean_of_the_covariance_matrix(B, sigma2, share):
    lowest = -1.0 if B == 1 else -1 / (B - 1)
    rho = lowest + share * (1 - lowest)
    matrix = sigma2 * ((1 - rho) * np.eye(B) + rho)
    assert_same(variance_of_mean(sigma2, rho, B), matrix.mean())
    assert variance_of_mean(sigma2, rho, B) >= 0


def test_the_largest_variance_does_not_overflow_on_the_way():
    assert variance_of_mean(1e308, -1.0, 1) == 1e308


def test_variance_of_mean_matches_a_simulation():
    rng = np.random.default_rng(0)
    shared, own = rng.standard_normal((100_000, 1)), rng.standard_normal((100_000, 25))
    mean = (math.sqrt(0.4) * shared + math.sqrt(0.6) * own).mean(1)
    assert_same(variance_of_mean(1.0, 0.4, 25), 0.424)
    assert variance_of_mean(5000.0, 0.4, 25) == pytest.approx(2120)
    assert mean.var() == pytest.approx(0.424, abs=0.01)
    assert variance_of_mean(1.0, 0.4, 10**9) == pytest.approx(0.4)


@given(seed=seeds, R=st.integers(2, 6), n=sizes)
def test_bias_and_variance_add_up_to_the_error(seed, R, n):
    rng = np.random.default_rng(seed)
    predictions, f = rng.standard_normal((R, n)), rng.standard_normal(n)
    parts = bias_variance(predictions, f)
    assert_same(parts.bias2 + parts.variance, ((predictions - f) ** 2).mean())
    assert_same(parts.variance, np.mean([np.var(column) for column in predictions.T]))
    pairs = itertools.permutations(range(R), 2)
    crossed = [((predictions[i] - f) * (predictions[j] - f)).mean() for i, j in pairs]
    assert_same(parts.bias2_unbiased, np.mean(crossed))  # no model meets itself


def test_unbiased_models_seem_biased_until_corrected():
    noise = np.random.default_rng(0).standard_normal((10, 20_000))
    parts = bias_variance(noise, np.zeros(20_000))
    assert parts.bias2 == pytest.approx(0.1, abs=5e-3)
    assert parts.bias2_unbiased == pytest.approx(0, abs=5e-3)


def test_member_correlation_recovers_what_made_the_members():
    rng = np.random.default_rng(0)
    shared, own = (
        rng.standard_normal((400, 1, 100)),
        rng.standard_normal((400, 8, 100)),
    )
    members = 2 * (math.sqrt(0.3) * shared + math.sqrt(0.7) * own)
    sigma2, rho = member_correlation(members)
    assert sigma2 == pytest.approx(4, rel=0.03)
    assert rho == pytest.approx(0.3, abs=0.02)
    expected = members.mean(1).var(0).mean()
    assert_same(variance_of_mean(sigma2, rho, 8), expected)


def test_members_that_agree_or_are_opposed_have_a_correlation_in_its_range():
    same = np.array([[[-2.0], [0.0]], [[-1.0], [1.0]], [[-1.0], [1.0]]])
    opposed = np.array([[[0.1], [-0.1]], [[0.3], [-0.3]], [[0.7], [-0.7]]])
    for members, expected in ((same, 1.0), (opposed, -1.0)):
        sigma2, rho = member_correlation(members)
        assert_same(rho, expected)
        of_mean = members.mean(1).var(0).mean()
        assert_same(variance_of_mean(sigma2, rho, 2), of_mean)


# Trees


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_trees_give_what_scikit_learn_gives(depth, weighted):
    X, new = normal(400, 2), normal(200, 2, seed=1)
    rng = np.random.default_rng(2)
    number = np.sin(2 * X[:, 0]) + X[:, 1] + 0.1 * rng.standard_normal(400)
    label = np.digitize(number, [-0.5, 0.5])
    weight = rng.random(400) * (rng.random(400) < 0.8) if weighted else None
    library = DecisionTreeRegressor(max_depth=depth).fit(X, number, weight)
    ours = TreeLite(depth, classify=False).fit(X, number, weight)
    assert_same(ours(new), library.predict(new))
    library = DecisionTreeClassifier(max_depth=depth).fit(X, label, weight)
    ours = TreeLite(depth).fit(X, label, weight)
    assert (ours(new) == library.predict(new)).all()


def test_a_tree_without_questions_says_the_mean_or_the_heaviest_label():
    X, weight = np.arange(3.0)[:, None], np.array([1.0, 1.0, 3.0])
    mean = TreeLite(0, classify=False).fit(X, np.array([1.0, 2.0, 4.0]), weight)
    assert_same(mean(X), 3.0)
    label = TreeLite(0).fit(X, np.array(["a", "a", "b"]), weight)
    assert label(X).tolist() == ["b"] * 3


def test_a_full_tree_of_one_feature_is_the_nearest_neighbour():
    X, new = normal(80, 1), normal(300, 1, seed=1)
    y = np.sin(X[:, 0]) + np.random.default_rng(0).standard_normal(80)
    neighbour = KNeighborsRegressor(1).fit(X, y)
    assert_same(TreeLite(classify=False).fit(X, y)(new), neighbour.predict(new))


@given(seed=seeds, n=st.integers(2, 8), d=st.integers(1, 3))
def test_the_split_is_the_best_of_all(seed, n, d):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (n, d)).astype(float)
    X[0], X[1] = 0, 2  # no column constant
    y, w = rng.standard_normal(n), rng.random(n) + 0.1
    y -= np.average(y, weights=w)

    def deviation(j, threshold):
        total = 0.0
        for side in (X[:, j] <= threshold, X[:, j] > threshold):
            middle = np.average(y[side], weights=w[side])
            total += (w[side] * (y[side] - middle) ** 2).sum()
        return total

    j, threshold = best_split(X, y[:, None], w)
    assert 0 < np.isin(X[:, j], X[X[:, j] <= threshold, j]).sum() < n
    everything = itertools.product(range(d), (0.0, 1.0))
    assert_same(deviation(j, threshold), min(deviation(*cut) for cut in everything))


def test_equal_splits_go_to_the_first_column_and_value():
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    targets = np.array([[1.0], [-2.0], [1.0]])
    assert best_split(X, targets, np.ones(3)) == (0, 0.5)


def test_splits_that_differ_by_rounding_are_ties():
    for seed in range(100):
        rng = np.random.default_rng(seed)
        y = np.append(rng.standard_normal(4) - 9, rng.standard_normal(4) + 9)
        # Both columns part the same rows, summed in another order.
        orders = [np.append(rng.permutation(4), rng.permutation(4) + 4) for _ in "ab"]
        X = np.column_stack(orders).astype(float)
        assert best_split(X, y[:, None], np.ones(8)) == (0, 3.5)


@pytest.mark.parametrize("size", [1e-320, 1e308])
def test_the_size_of_the_weights_changes_no_tree(size):
    X, y = np.arange(4.0)[:, None], np.array([1.0, 1.0, 2.0, 2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predict = TreeLite(1, classify=False).fit(X, y, np.full(4, size))
    assert predict(X).tolist() == y.tolist()


def test_tiny_weights_still_count():
    X = np.arange(4.0)[:, None]
    weight = np.array([1.0, 1.0, 1e-30, 1e-30])
    predict = TreeLite().fit(X, np.array([0, 0, 1, 2]), weight)
    assert predict(X).tolist() == [0, 0, 1, 2]


def test_a_row_without_weight_is_as_good_as_absent():
    X, weight = np.arange(3.0)[:, None], np.array([1.0, 0.0, 1.0])
    assert TreeLite().fit(X, np.array([0, 1, 0]), weight)(X).tolist() == [0, 0, 0]
    mean = TreeLite(classify=False).fit(X, np.array([2.0, 9.0, 2.0]), weight)
    assert mean(X).tolist() == [2.0, 2.0, 2.0]


def test_neighbouring_and_huge_values_can_be_parted():
    one = np.nextafter(1, 2)
    for low, high in ((1.0, one), (one, np.nextafter(one, 2)), (1e308, 1.7e308)):
        X = np.array([[low], [high]])
        assert Stump().fit(X, np.array([3, 4]))(X).tolist() == [3, 4]


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1.0, 1e160, 1e308])
def test_the_size_of_the_numbers_changes_no_split(size):
    X, y = np.arange(4.0)[:, None], np.array([1.0, 1.0, -1.0, -1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predict = TreeLite(1, classify=False).fit(X, size * y)
        assert best_split(X, size * y[:, None], np.full(4, size)) == (0, 1.5)
    assert predict.args[0].threshold == 1.5
    assert predict(X).tolist() == (size * y).tolist()


def test_small_differences_below_a_large_one_still_split():
    X, y = np.arange(5.0)[:, None], np.array([1.0, 3e-170, 3e-170, 0.0, 0.0])
    assert TreeLite(2, classify=False).fit(X, y)(X).tolist() == y.tolist()


def test_weights_too_small_beside_the_largest_to_be_scaled_are_absent():
    X, weight = np.arange(4.0)[:, None], np.array([1e308, 1e308, 1e-320, 1e-320])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predict = TreeLite().fit(X, np.array([0, 1, 2, 3]), weight)
    assert predict(X).tolist() == [0, 1, 1, 1]


def test_samme_survives_an_error_just_above_the_least_that_counts():
    X, y = np.arange(6.0)[:, None], np.arange(6)
    said, weights = y.copy(), []
    said[0] = 1
    tiny = np.finfo(float).tiny

    def learner(X, y, weight):
        if not weights:
            weight[:] = [tiny, *[1 / 5] * 5]  # the first row has all but lost
        weights.append(weight.copy())
        return constant_rows(said)

    alphas, _ = samme_fit(X, y, 2, learner)
    assert np.isfinite(alphas).all()
    assert np.isfinite(weights[1]).all()
    assert weights[1].sum() == pytest.approx(1)


def test_a_tree_may_be_deeper_than_python_recurses():
    X, y = np.arange(1000.0)[:, None], 2.0 ** np.arange(1000)
    assert TreeLite(classify=False).fit(X, y)(X).tolist() == y.tolist()


def test_labels_of_different_lengths_stay_whole():
    X, y = np.arange(3.0)[:, None], np.array(["b", "b", "abc"])
    assert TreeLite().fit(X, y)(X).tolist() == ["b", "b", "abc"]


def test_a_constant_added_to_the_numbers_changes_no_split():
    X = normal(60, 2)
    y = np.round(8 * np.sin(2 * X[:, 0]) + X[:, 1])  # integers stay exact
    tree = TreeLite(3, classify=False)
    shifted = tree.fit(X, y + 2.0**33)(X) - 2.0**33
    np.testing.assert_allclose(shifted, tree.fit(X, y)(X), rtol=0, atol=1e-4)


def test_equal_rows_with_different_labels_share_a_leaf():
    X = np.zeros((3, 2))
    assert TreeLite().fit(X, np.array(["b", "a", "b"]))(X).tolist() == ["b"] * 3
    mean = TreeLite(classify=False).fit(X, np.array([1.0, 2.0, 6.0]))(X)
    assert_same(mean, 3.0)


def test_a_tree_settings_object_can_fit_many():
    X = np.arange(4.0)[:, None]
    stump = Stump()
    first = stump.fit(X, np.array([0, 0, 1, 1]))
    second = stump.fit(X, np.array([1, 1, 0, 0]))
    assert first(X).tolist() == [0, 0, 1, 1]
    assert second(X).tolist() == [1, 1, 0, 0]


def test_each_question_draws_its_features_anew():
    X = normal(300, 4)
    y = X @ np.array([8.0, 4.0, 2.0, 1.0])
    first = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tree = TreeLite(1, classify=False, max_features=1, rng=rng).fit(X, y)
        first.append(tree.args[0].feature)
    assert set(first) == {0, 1, 2, 3}
    deep = TreeLite(3, classify=False, max_features=1, rng=np.random.default_rng(0))
    root = deep.fit(X, y).args[0]
    inner = [root, root.left, root.right, root.left.left, root.left.right]
    assert len({node.feature for node in inner}) > 1


def test_a_question_draws_among_features_that_can_split():
    X = np.column_stack([np.zeros(20), np.arange(20.0)])
    y = np.arange(20) % 3
    for seed in range(5):
        rng = np.random.default_rng(seed)
        tree = TreeLite(max_features=1, rng=rng).fit(X, y)
        assert (tree(X) == y).all()


# Bagging


@given(n=st.integers(1, 30), seed=seeds)
def test_bootstrap_draws_n_rows_of_n(n, seed):
    rows = bootstrap_indices(n, np.random.default_rng(seed))
    assert rows.shape == (n,)
    assert set(rows) <= set(range(n))


def test_bootstrap_samples_are_drawn_evenly_and_with_replacement():
    rng = np.random.default_rng(0)
    samples = np.array([bootstrap_indices(100, rng) for _ in range(4000)])
    counts = np.bincount(samples.ravel(), minlength=100)
    assert abs(counts - 4000).max() < 5 * math.sqrt(4000)
    missed = np.mean([100 - len(set(rows)) for rows in samples]) / 100
    assert missed == pytest.approx(oob_fraction(100), abs=3e-3)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_oob_fraction_counts_the_samples_without_row_0(n):
    samples = list(itertools.product(range(n), repeat=n))
    expected = sum(0 not in rows for rows in samples) / len(samples)
    assert_same(oob_fraction(n), expected)


def test_oob_fraction_is_not_yet_one_over_e_at_100():
    assert oob_fraction(100) == pytest.approx(0.36603, abs=5e-6)
    assert 1 - oob_fraction(100) == pytest.approx(0.63397, abs=5e-6)
    assert oob_fraction(10**7) == pytest.approx(math.exp(-1), abs=1e-7)
    assert oob_fraction(10**15) == pytest.approx(math.exp(-1), rel=1e-14)


def test_bagging_and_out_of_bag_match_scikit_learn_on_the_same_samples():
    X, new = normal(80, 1), normal(50, 1, seed=1)
    y = np.sin(2 * X[:, 0]) + np.random.default_rng(2).standard_normal(80)
    library = BaggingRegressor(
        DecisionTreeRegressor(), 40, oob_score=True, random_state=0
    )
    library.fit(X, y)
    samples = np.array(library.estimators_samples_)
    tree = TreeLite(classify=False).fit
    members = [tree(X[rows], y[rows])(new) for rows in samples]
    assert_same(combine(np.array(members)), library.predict(new))
    assert_same(oob_predict(X, y, samples, tree), library.oob_prediction_)


def test_bagged_votes_match_scikit_learn_on_the_same_samples():
    X, new = normal(80, 1), normal(50, 1, seed=1)
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    y = np.where(np.random.default_rng(2).random(80) < 0.2, 0, y)
    library = BaggingClassifier(DecisionTreeClassifier(), 15, random_state=0).fit(X, y)
    members = [TreeLite().fit(X[i], y[i])(new) for i in library.estimators_samples_]
    assert (combine(np.array(members), classify=True) == library.predict(new)).all()


def test_trees_with_all_features_bag_to_scikit_learns_forest():
    X, new = normal(400, 3), normal(100, 3, seed=1)
    y = X @ [1.0, 2.0, 3.0] + 0.1 * np.random.default_rng(2).standard_normal(400)
    forest = RandomForestRegressor(20, max_depth=3, max_features=None, random_state=0)
    forest.fit(X, y)
    learner = TreeLite(3, classify=False).fit
    members = [learner(X[i], y[i])(new) for i in forest.estimators_samples_]
    assert_same(combine(np.array(members)), forest.predict(new))


def test_bagging_predict_is_its_own_loop():
    X, y, new = normal(20, 2), np.arange(20) % 3, normal(5, 2, seed=1)
    rng = np.random.default_rng(7)
    samples = [bootstrap_indices(20, rng) for _ in range(4)]
    members = np.array([TreeLite().fit(X[i], y[i])(new) for i in samples])
    again = np.random.default_rng(7)
    for classify in (False, True):
        again = np.random.default_rng(7)
        result = bagging_predict(X, y, new, TreeLite().fit, 4, again, classify)
        assert_same(result, combine(members, classify))


def test_votes_are_counted_and_ties_go_to_the_smallest_label():
    said = np.array([["b", "c"], ["a", "b"], ["b", "a"]])
    assert combine(said, classify=True).tolist() == ["b", "a"]
    assert_same(combine(np.array([[1.0, 5.0], [3.0, 5.0]])), [2.0, 5.0])
    assert combine(np.zeros((2, 0)), classify=True).shape == (0,)
    assert np.isfinite(combine(np.full((4, 1), 3e38, np.float32))).all()


def test_a_row_in_every_sample_has_no_out_of_bag_prediction():
    X, y = np.arange(3.0)[:, None], np.array([10.0, 20.0, 60.0])
    samples = np.array([[0, 1, 1], [0, 1, 2], [0, 2, 2]])
    mean = lambda X, y: constant(y.mean())  # noqa: E731
    result = oob_predict(X, y, samples, mean)
    assert math.isnan(result[0])
    assert_same(result[1:], [130 / 3, 50 / 3])


def test_bagging_lowers_the_variance_and_not_the_bias():
    rng = np.random.default_rng(0)
    points = np.linspace(0, 1, 100)[:, None]
    f = np.sin(2 * np.pi * points[:, 0])

    def learner(X, y):
        return DecisionTreeRegressor(random_state=0).fit(X, y).predict

    plain, bagged = np.empty((60, 100)), np.empty((60, 100))
    for r in range(60):
        X = rng.random((100, 1))
        y = np.sin(2 * np.pi * X[:, 0]) + 0.3 * rng.standard_normal(100)
        plain[r] = learner(X, y)(points)
        bagged[r] = bagging_predict(X, y, points, learner, 30, rng)
    one, bag = bias_variance(plain, f), bias_variance(bagged, f)
    assert one.bias2 == pytest.approx(0.0017, abs=2e-4)
    assert one.variance == pytest.approx(0.0881, abs=5e-3)
    assert bag.bias2 == pytest.approx(0.0011, abs=1e-4)
    assert bag.variance == pytest.approx(0.0416, abs=3e-3)
    # The seeming loss of bias is the variance of an average of 60 models.
    assert abs(one.bias2_unbiased) < 6e-4
    assert abs(bag.bias2_unbiased) < 6e-4


def test_one_bagged_tree_is_worse_than_the_tree_and_many_approach_the_floor():
    trees = tree_predictions(R=20, B=15, n=50)
    variance = [
        bias_variance(trees.bagged[:, :B].mean(1), trees.truth).variance
        for B in (5, 15)
    ]
    plain = bias_variance(trees.plain, trees.truth).variance
    sigma2, rho = member_correlation(trees.bagged)
    assert sigma2 > plain > variance[0] > variance[1] > rho * sigma2
    assert variance[1] == pytest.approx(plain / 2, rel=0.1)


def test_bagging_a_line_gains_next_to_nothing():
    rng = np.random.default_rng(0)
    points, f = np.linspace(0, 1, 50)[:, None], np.linspace(0, 2, 50)
    plain, bagged = np.empty((200, 50)), np.empty((200, 50))
    for r in range(200):
        X = rng.random((50, 1))
        y = 2 * X[:, 0] + rng.standard_normal(50)
        plain[r] = least_squares(X, y)(points)
        bagged[r] = bagging_predict(X, y, points, least_squares, 15, rng)
    one, bag = bias_variance(plain, f), bias_variance(bagged, f)
    assert bag.variance > 0.95 * one.variance


def test_scikit_learns_forest_averages_probabilities_and_a_vote_may_differ():
    X, new = normal(200, 2), normal(500, 2, seed=1)
    y = np.digitize(X[:, 0] + X[:, 1] ** 2, [0.3, 1.5])
    forest = RandomForestClassifier(9, max_depth=2, random_state=0).fit(X, y)
    trees = forest.estimators_
    mean = np.mean([tree.predict_proba(new) for tree in trees], axis=0)
    assert (mean.argmax(1) == forest.predict(new)).all()
    votes = combine(np.array([tree.predict(new) for tree in trees]), classify=True)
    assert (votes != forest.predict(new)).any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fewer_features_make_trees_worse_and_less_alike(seed):
    full = tree_predictions(15, 8, 60, d=4, seed=seed)
    forest = tree_predictions(15, 8, 60, d=4, max_features=2, seed=seed)
    (sigma2, rho), (more, less) = map(member_correlation, (full.bagged, forest.bagged))
    assert more > 1.15 * sigma2
    assert less < 0.7 * rho
    assert less * more < 0.8 * rho * sigma2
    parts = [bias_variance(t.bagged.mean(1), t.truth) for t in (full, forest)]
    assert parts[1].bias2_unbiased > parts[0].bias2_unbiased


def test_the_librarys_forests_choose_among_root_d_features_or_all():
    assert RandomForestClassifier().max_features == "sqrt"
    assert RandomForestRegressor().max_features == 1.0


def test_extra_trees_fit_every_tree_to_all_rows_by_default():
    for forest in (ExtraTreesClassifier(), ExtraTreesRegressor()):
        assert forest.bootstrap is False
    assert RandomForestClassifier().bootstrap is True


# AdaBoost


def test_the_member_of_least_error_lowers_the_exponential_loss_most():
    X, y = sign_task(40, 0.2, np.random.default_rng(0))
    stumps = [
        lambda X, j=j, cut=cut, side=side: side * np.where(X[:, j] <= cut, -1, 1)
        for j in range(2)
        for cut in np.sort(X[:, j])[:-1]
        for side in (-1, 1)
    ]

    def learner(X, y, weight):
        return min(stumps, key=lambda h: weight[h(X) != y].sum())

    alphas, _, bounds = adaboost_fit(X, y, 4, learner)
    score = np.zeros(40)
    for alpha, bound in zip(alphas, bounds):

        def loss(a, h, score=score):
            return np.exp(-y * (score + a * h(X))).mean()

        found = [optimize.minimize_scalar(loss, args=(h,)) for h in stumps]
        best = min(range(len(stumps)), key=lambda k: found[k].fun)
        assert abs(found[best].x) == pytest.approx(alpha, abs=1e-6)
        assert found[best].fun == pytest.approx(bound, abs=1e-9)
        score = score + found[best].x * stumps[best](X)


def test_a_member_worse_than_a_coin_can_lower_the_loss_more_if_alpha_may_be_negative():
    y = np.array([1, -1] * 10)
    good, bad = y.copy(), -y
    good[:2] *= -1  # errs with 0.1
    bad[0] *= -1  # errs with 0.95

    def least(h, low, high):
        def loss(alpha):
            return np.exp(-y * alpha * h).mean()

        return optimize.minimize_scalar(loss, bounds=(low, high)).fun

    assert least(good, 0, 9) < 0.61 < 0.99 < least(bad, 0, 9)
    assert least(bad, -9, 9) < 0.45 < least(good, -9, 9)


def test_flipped_labels_hold_twice_their_share_of_the_weight_in_the_mean_of_ten_sets():
    shares = []
    for seed in range(10):
        X, y = sign_task(300, 0.2, np.random.default_rng(seed))
        flipped = y != np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
        alphas, learners, _ = adaboost_fit(X, y, 20, TreeLite(3).fit)
        score = sum(a * h(X) for a, h in zip(alphas, learners))
        weight = np.exp(-y * score)
        shares.append(weight[flipped].sum() / weight.sum())
    assert np.mean(shares) == pytest.approx(0.43, abs=0.01)


def test_a_learning_rate_shrinks_each_vote_as_in_scikit_learn():
    X, y = sign_task(200, 0.2, np.random.default_rng(0))
    X = X.astype(np.float32).astype(float)
    library = AdaBoostClassifier(
        DecisionTreeClassifier(max_depth=2),
        n_estimators=20,
        learning_rate=0.3,
        random_state=0,
    ).fit(X, y)
    members = iter(library.estimators_)
    learner = lambda X, y, weight: next(members).predict  # noqa: E731
    alphas, learners, bounds = adaboost_fit(X, y, 20, learner, 0.3)
    np.testing.assert_allclose(2 * alphas, library.estimator_weights_, atol=1e-9)
    score = sum(a * h(X) for a, h in zip(alphas, learners))
    assert_same(np.exp(-y * score).mean(), bounds[-1])


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_adaboost_matches_scikit_learn_whose_weights_are_twice_as_large(depth, seed):
    X, y = sign_task(200, 0.2, np.random.default_rng(seed))
    X, new = X.astype(np.float32).astype(float), normal(500, 2, seed=seed + 9)
    library = AdaBoostClassifier(
        DecisionTreeClassifier(max_depth=depth), n_estimators=20, random_state=0
    ).fit(X, y)
    # Its own members: where two splits tie, the last bit of a weight would decide.
    members = iter(library.estimators_)

    def learner(X, y, weight):
        return next(members).predict

    alphas, learners, _ = adaboost_fit(X, y, 20, learner)
    np.testing.assert_allclose(2 * alphas, library.estimator_weights_, atol=1e-9)
    for rows in (X, new):
        predictions = adaboost_predict(rows, alphas, learners)
        assert (predictions == library.predict(rows)).all()


def test_adaboost_with_our_stumps_matches_scikit_learn():
    X = normal(200, 3)
    noise = np.random.default_rng(1).standard_normal(200)
    y = np.where(X.sum(1) + noise > 0.3, 1, -1)
    new = normal(500, 3, seed=2)
    alphas, learners, _ = adaboost_fit(X, y, 12, Stump().fit)
    library = AdaBoostClassifier(n_estimators=12, random_state=0).fit(X, y)
    np.testing.assert_allclose(2 * alphas, library.estimator_weights_, atol=1e-9)
    predictions = adaboost_predict(new, alphas, learners)
    assert (predictions == library.predict(new)).all()


@pytest.mark.parametrize("depth", [1, 2])
def test_samme_matches_scikit_learn_on_six_classes(depth):
    X, new = normal(300, 2), normal(500, 2, seed=1)
    cell = 3 * (X[:, 0] > 0.2) + np.digitize(X[:, 1], [-0.5, 0.4])
    y = np.array(list("abcdef"))[cell]
    flips = np.random.default_rng(2).random(300) < 0.15
    y = np.where(flips, "a", y)
    library = AdaBoostClassifier(
        DecisionTreeClassifier(max_depth=depth), n_estimators=15, random_state=0
    ).fit(X, y)
    members = iter(library.estimators_)

    def learner(X, y, weight):
        return next(members).predict

    alphas, learners = samme_fit(X, y, 15, learner)
    np.testing.assert_allclose(alphas, library.estimator_weights_, atol=1e-9)
    if depth == 1:
        assert library.estimator_errors_[0] > 0.5  # two classes would have stopped
    predictions = samme_predict(new, alphas, learners, library.classes_)
    assert (predictions == library.predict(new)).all()


def test_samme_on_two_classes_is_adaboost_with_twice_the_weights():
    X, y = sign_task(150, 0.2, np.random.default_rng(0))
    half, learners, _ = adaboost_fit(X, y, 10, Stump().fit)
    whole, members = samme_fit(X, y, 10, Stump().fit)
    np.testing.assert_allclose(whole, 2 * half, rtol=0, atol=1e-9)
    votes = samme_predict(X, whole, members, [-1, 1])
    assert (votes == adaboost_predict(X, half, learners)).all()


def test_samme_by_hand_on_four_classes():
    wrong = np.array([True, True, False, False])
    X, y = np.arange(4.0)[:, None], np.array([0, 1, 2, 3])
    weights = []

    def learner(X, y, weight):
        weights.append(weight)
        return constant_rows(np.where(wrong, (y + 1) % 4, y))

    alphas, _ = samme_fit(X, y, 2, learner)
    assert_same(alphas, [math.log(3), 0.0][: len(alphas)])
    assert_same(weights[1], [3 / 8, 3 / 8, 1 / 8, 1 / 8])


def test_half_the_logarithm_trusts_a_member_that_guessing_beats():
    X, y = np.zeros((10, 1)), np.arange(10) % 3
    said = np.where(np.arange(10) < 7, (y + 1) % 3, y)
    assert 0.5 * math.log(0.3 / 0.7) + math.log(2) > 0
    with pytest.raises(ValueError, match=r"error must be < 1 - 1/3, got 0\.7"):
        samme_fit(X, y, 1, lambda *_: constant_rows(said))


def test_alpha_for_an_error_of_three_tenths():
    y = np.array([1, -1] * 5)
    X = np.arange(10.0)[:, None]
    said = np.where(np.arange(10) < 3, -y, y)
    alphas, _, bounds = adaboost_fit(X, y, 1, lambda X, y, w: lambda rows: said)
    assert alphas[0] == pytest.approx(0.42365, abs=5e-6)
    assert_same(bounds, [2 * math.sqrt(0.21)])


@given(seed=seeds, n=st.integers(2, 20))
def test_after_reweighting_the_member_is_as_good_as_a_coin(seed, n):
    rng = np.random.default_rng(seed)
    weight = rng.random(n) + 0.01
    weight /= weight.sum()
    agreement = rng.choice([-1, 1], n)
    agreement[:2] = 1, -1
    error = weight[agreement < 0].sum()
    alpha = math.log((1 - error) / error) / 2
    new, Z = reweight(weight, agreement, alpha)
    assert_same(new.sum(), 1)
    assert_same(new[agreement < 0].sum(), 0.5)
    assert_same(Z, 2 * math.sqrt(error * (1 - error)))


def test_the_bound_is_the_mean_exponential_loss_and_stays_above_the_error():
    X, y = sign_task(200, 0.0, np.random.default_rng(3))
    alphas, learners, bounds = adaboost_fit(X, y, 15, TreeLite(2).fit)
    for T in range(1, 16):
        score = sum(a * h(X) for a, h in zip(alphas[:T], learners[:T]))
        assert_same(np.exp(-y * score).mean(), bounds[T - 1])
        error = (adaboost_predict(X, alphas[:T], learners[:T]) != y).mean()
        assert error <= bounds[T - 1]
    assert error == 0
    assert bounds[-1] < 2e-3


def test_stumps_cannot_vote_for_a_product_but_trees_of_depth_two_can():
    X, y = sign_task(200, 0.0, np.random.default_rng(3))
    alphas, learners, bounds = adaboost_fit(X, y, 20, Stump().fit)
    assert (adaboost_predict(X, alphas, learners) != y).mean() > 0.35
    assert bounds[-1] > 0.95
    alphas, learners, _ = adaboost_fit(X, y, 15, TreeLite(2).fit)
    assert (adaboost_predict(X, alphas, learners) == y).all()
    assert margins(X, y, alphas, learners).min() > 0.2


def test_margins_keep_rising_after_the_training_error_is_zero():
    X, y = sign_task(200, 0.0, np.random.default_rng(1))
    alphas, learners, _ = adaboost_fit(X, y, 100, TreeLite(2).fit)
    few, many = (margins(X, y, alphas[:T], learners[:T]) for T in (5, 100))
    assert few.min() > 0
    assert many.min() > few.min() + 0.1


def test_a_vote_of_axis_parallel_cuts_follows_a_diagonal():
    X, new = normal(400, 2), normal(2000, 2, seed=1)
    y, truth = (np.where(rows.sum(1) > 0, 1, -1) for rows in (X, new))
    alphas, learners, _ = adaboost_fit(X, y, 60, Stump().fit)
    one = (learners[0](new) != truth).mean()
    vote = (adaboost_predict(new, alphas, learners) != truth).mean()
    assert one > 0.2
    assert vote < 0.07


def test_boosting_learns_flipped_labels_and_pays_for_it():
    few, many, training = [], [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y = sign_task(300, 0.2, rng)
        new, truth = sign_task(2000, 0.0, rng)
        alphas, learners, _ = adaboost_fit(X, y, 150, TreeLite(3).fit)
        few.append((adaboost_predict(new, alphas[:15], learners[:15]) != truth).mean())
        many.append((adaboost_predict(new, alphas, learners) != truth).mean())
        training.append((adaboost_predict(X, alphas, learners) != y).mean())
    assert np.mean(training) < 0.02
    assert np.mean(few) < 0.12 < 0.16 < np.mean(many)


def test_a_perfect_member_ends_the_rounds():
    X, y = np.arange(4.0)[:, None], np.array([-1, -1, 1, 1])
    alphas, learners, bounds = adaboost_fit(X, y, 10, Stump().fit)
    assert (len(learners), bounds.tolist()) == (1, [0.0])
    assert np.isfinite(alphas).all()
    assert (adaboost_predict(X, alphas, learners) == y).all()
    alphas, learners = samme_fit(X, y, 10, Stump().fit)
    assert len(learners) == 1
    assert np.isfinite(alphas).all()
    library = AdaBoostClassifier(n_estimators=10).fit(X, y)
    assert len(library.estimators_) == 1


def test_a_late_perfect_member_outvotes_all_before_it():
    X, y = np.arange(4.0)[:, None], np.array([-1, -1, 1, 1])
    for fit in (adaboost_fit, samme_fit):
        members = iter([np.array([1, -1, 1, 1]), np.array([-1, 1, 1, 1]), y])
        said = lambda X, y, w, m=members: constant_rows(next(m))  # noqa: E731
        alphas, learners, *_ = fit(X, y, 9, said)
        assert len(alphas) == 3
        assert alphas[-1] == pytest.approx(1 + alphas[:-1].sum())
        assert (samme_predict(X, alphas, learners, [-1, 1]) == y).all()


def test_a_member_whose_mistakes_have_lost_all_weight_is_not_perfect():
    X, y = np.arange(5.0)[:, None], np.array([1, -1, 1, -1, 1])
    for fit in (adaboost_fit, samme_fit):
        # Three members in turn err on rows 0, 2, 3; row 1 loses a quarter each round.
        errors = iter([(0, 2, 3)[t % 3] for t in range(3500)] + [1])

        def learner(X, y, weight, errors=errors):
            said = y.copy()
            said[next(errors)] *= -1
            return constant_rows(said)

        alphas, learners, *_ = fit(X, y, 3501, learner)
        assert len(learners) == 3500
        assert alphas.max() < 3  # a perfect member would get 1 + sum(alphas)


def constant_rows(values):
    return lambda X: values


def test_a_later_coin_ends_the_rounds_without_joining_them():
    X, y = np.arange(4.0)[:, None], np.array([-1, -1, 1, 1])
    said = np.array([1, -1, 1, 1])
    for fit in (adaboost_fit, samme_fit):
        members = iter([said, -said])
        alphas, learners, *_ = fit(
            X, y, 9, lambda *_, m=members: constant_rows(next(m))
        )
        assert (len(alphas), len(learners)) == (1, 1)


def test_margins_are_shares_of_the_vote_and_a_tie_is_minus_one():
    X = np.zeros((2, 1))
    learners = [constant(1), constant(-1), constant(1)]
    result = margins(X, np.array([1, -1]), np.array([1.0, 2.0, 5.0]), learners)
    assert_same(result, [0.5, -0.5])
    assert adaboost_predict(X, np.array([1.0, 1.0]), learners[:2]).tolist() == [-1, -1]
    assert adaboost_predict(X, np.array([3.0, 1.0]), learners[:2]).tolist() == [1, 1]
    tied = samme_predict(X, np.array([1.0, 1.0]), learners[:2], [1, -1])
    assert tied.tolist() == [1, 1]  # the first label given


# Stacking


class Recorder(RegressorMixin, BaseEstimator):
    """A final estimator that remembers what it was given."""

    def fit(self, X, y):
        self.seen_ = X
        return self

    def predict(self, X):
        return X[:, 0]


class ClassRecorder(ClassifierMixin, BaseEstimator):
    """The same for labels."""

    def fit(self, X, y):
        self.seen_, self.classes_ = X, np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize(("n", "k"), [(20, 5), (23, 5), (10, 10), (7, 2)])
def test_out_of_fold_features_are_what_scikit_learn_gives_its_final_regressor(n, k):
    X = normal(n, 1)
    y = X[:, 0] ** 2 + np.random.default_rng(1).standard_normal(n)
    base = [("tree", DecisionTreeRegressor()), ("line", LinearRegression())]
    library = StackingRegressor(base, Recorder(), cv=KFold(k)).fit(X, y)
    learners = [TreeLite(classify=False).fit, least_squares]
    assert_same(out_of_fold(X, y, learners, k), library.final_estimator_.seen_)


def test_stacked_predictions_are_scikit_learns():
    X, new = normal(60, 1), normal(30, 1, seed=1)
    y = X[:, 0] ** 2 + np.random.default_rng(2).standard_normal(60)
    base = [("tree", DecisionTreeRegressor(max_depth=2)), ("line", LinearRegression())]
    library = StackingRegressor(base, LinearRegression(), cv=KFold(4)).fit(X, y)
    learners = [TreeLite(2, classify=False).fit, least_squares]
    result = stack_fit_predict(X, y, new, learners, 4)
    np.testing.assert_allclose(result, library.predict(new), rtol=0, atol=1e-9)


def test_stacking_classifiers_matches_scikit_learn_down_to_the_labels():
    X, new = normal(90, 2), normal(40, 2, seed=1)
    y = np.digitize(X[:, 0] + X[:, 1] ** 2, [0.3, 1.5])
    base = [
        ("tree", DecisionTreeClassifier(max_depth=2, random_state=0)),
        ("logistic", LogisticRegression()),
    ]
    learners = [
        lambda X, y, model=model: (
            type(model)(**model.get_params()).fit(X, y).predict_proba
        )
        for _, model in base
    ]
    seen = StackingClassifier(base, ClassRecorder(), cv=KFold(5)).fit(X, y)
    features = out_of_fold(X, y, learners, 5)
    assert features.shape == (90, 6)
    assert_same(features, seen.final_estimator_.seen_)
    library = StackingClassifier(base, LogisticRegression(), cv=KFold(5)).fit(X, y)
    meta = lambda Z, y: LogisticRegression().fit(Z, y).predict  # noqa: E731
    result = stack_fit_predict(X, y, new, learners, 5, meta)
    assert (result == library.predict(new)).all()


def test_scikit_learn_drops_the_first_of_two_class_probabilities():
    X = normal(60, 2)
    y = (X[:, 0] > 0).astype(int)
    base = [("logistic", LogisticRegression())]
    seen = StackingClassifier(base, ClassRecorder(), cv=KFold(3)).fit(X, y)
    learner = lambda X, y: LogisticRegression().fit(X, y).predict_proba  # noqa: E731
    features = out_of_fold(X, y, [learner], 3)
    assert features.shape == (60, 2)
    assert_same(features[:, 1:], seen.final_estimator_.seen_)


def test_least_squares_is_linear_regression_and_survives_equal_columns():
    X, new = normal(30, 3), normal(10, 3, seed=1)
    y = X @ [1.0, -2.0, 0.5] + 3 + np.random.default_rng(2).standard_normal(30)
    library = LinearRegression().fit(X, y)
    np.testing.assert_allclose(
        least_squares(X, y)(new), library.predict(new), rtol=0, atol=1e-11
    )
    unit = np.array([1e-20, 1.0, 1e20])  # a small unit must not make a column vanish
    in_units = least_squares(X * unit, y)(new * unit)
    np.testing.assert_allclose(in_units, library.predict(new), rtol=0, atol=1e-11)
    twice = np.repeat(X[:, :1], 2, axis=1)
    once = least_squares(X[:, :1], y)(new[:, :1])
    np.testing.assert_allclose(
        least_squares(twice, y)(np.repeat(new[:, :1], 2, axis=1)), once, atol=1e-11
    )


def test_what_a_line_cannot_be_fitted_to_is_refused():
    X, y = np.eye(3), np.arange(3.0)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="X must be finite, got NaN or infinity"):
            least_squares(X + bad, y)
        with pytest.raises(ValueError, match="y must be finite, got NaN or infinity"):
            least_squares(X, y + bad)
    with pytest.raises(ValueError, match=r"above 1e300 may overflow, got 1e\+301"):
        least_squares(X * 1e301, y)
    with pytest.raises(
        ValueError, match=re.escape("X must have shape (m, 3), got (2, 2)")
    ):
        least_squares(X, y)(np.eye(2))
    assert least_squares(X, y)(np.zeros((0, 3))).shape == (0,)


def test_no_row_is_predicted_by_a_member_that_saw_it():
    X = np.arange(11.0)[:, None]

    def memory(X, y):
        known = set(X[:, 0])
        return lambda rows: np.array([x in known for x in rows[:, 0]], float)

    assert out_of_fold(X, X[:, 0], [memory], 4).max() == 0
    assert meta_features([memory(X, X[:, 0])], X).min() == 1


def test_stacking_on_training_predictions_trusts_the_tree_and_loses_every_time():
    errors = np.array([stacking_errors(seed) for seed in range(10)])
    assert (errors[:, 1] < errors[:, 0]).all()
    assert 1.7 < errors[:, 0].mean() < 2.3  # the noise of a neighbour, and one's own
    assert 1.0 < errors[:, 1].mean() < 1.08


def test_labels_of_the_sign_task_are_flipped_as_often_as_asked():
    rng = np.random.default_rng(0)
    X, y = sign_task(20_000, 0.2, rng)
    assert (y != np.sign(X[:, 0] * X[:, 1])).mean() == pytest.approx(0.2, abs=0.01)
    X, y = sign_task(100, 0.0, rng)
    assert (y == np.sign(X[:, 0] * X[:, 1])).all()


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0.5), "n must be an integer >= 1, got 0"),
        ((2.5, 0.5), "n must be an integer >= 1, got 2.5"),
        ((3, 1.1), "p must be in [0, 1], got 1.1"),
        ((3, math.nan), "p must be in [0, 1], got nan"),
        ((4, 0.5), "n must be odd unless ties is given, got 4"),
        ((4, 0.5, 2), "ties must be in [0, 1], got 2"),
    ],
)
def test_impossible_votes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        majority_accuracy(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 0.5, -0.1), "rho must be in [0, 0.95], got -0.1"),
        ((3, 0.5, 1.0), "rho must be in [0, 0.95], got 1.0"),
        ((3, 1.0, 0.5), "p must be in (0, 1), got 1.0"),
        ((4, 0.5, 0.5), "n must be odd"),
    ],
)
def test_impossible_correlated_votes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        correlated_accuracy(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 0.5, 0), "B must be an integer >= 1, got 0"),
        ((-1.0, 0.5, 2), "sigma2 must be finite and >= 0, got -1.0"),
        ((1.0, 1.1, 2), "rho must be in [-1, 1] for B = 2, got 1.1"),
        ((1.0, -0.3, 5), "rho must be in [-0.25, 1] for B = 5, got -0.3"),
        ((1.0, math.nan, 5), "rho must be in"),
    ],
)
def test_impossible_variances_are_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        variance_of_mean(*arguments)


@pytest.mark.parametrize(
    ("predictions", "f", "message"),
    [
        (np.zeros((3, 2)), np.zeros(3), "must be (R, n) and (n,), got (3, 2) and (3,)"),
        (np.zeros(2), np.zeros(2), "shape (R, n), none 0, got float64 of shape (2,)"),
        (np.zeros((3, 0)), np.zeros(0), "shape (R, n), none 0, got float64 of shape"),
        (
            np.array([["a"]]),
            np.zeros(1),
            "must be numbers of shape (R, n), none 0, got",
        ),
        (
            np.full((2, 2), 1e200),
            np.zeros(2),
            "values above 1e150 overflow, got 1e+200",
        ),
        (np.zeros((1, 2)), np.zeros(2), "must hold >= 2 models, got 1"),
        (np.full((2, 2), np.nan), np.zeros(2), "must be finite"),
        (np.zeros((2, 2)), np.array([0, np.inf]), "must be finite"),
    ],
)
def test_impossible_error_parts_are_refused(predictions, f, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        bias_variance(predictions, f)


def test_impossible_members_are_refused():
    with pytest.raises(ValueError, match=re.escape("R, B >= 2, got (2, 1, 3)")):
        member_correlation(np.zeros((2, 1, 3)))
    with pytest.raises(
        ValueError, match=re.escape("(R, B, n), none 0, got float64 of shape (2, 3)")
    ):
        member_correlation(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"must vary and be finite, got variance 0\.0"):
        member_correlation(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match="must vary and be finite, got variance inf"):
        member_correlation(1e200 * np.arange(12.0).reshape(2, 2, 3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_depth": -1}, "max_depth must be an integer >= 0, got -1"),
        ({"max_depth": math.nan}, "max_depth must be an integer >= 0, got nan"),
        ({"max_depth": 2.5}, "max_depth must be an integer >= 0, got 2.5"),
        ({"max_features": 0}, "max_features must be an integer >= 1, got 0"),
        ({"max_features": 1}, "max_features needs an rng, got None"),
    ],
)
def test_impossible_trees_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TreeLite(**options)


@pytest.mark.parametrize(
    ("X", "y", "weight", "message"),
    [
        (np.zeros(3), np.zeros(3), None, "X must be numbers of shape (n, d), none 0"),
        (np.zeros((0, 1)), np.zeros(0), None, "got float64 of shape (0, 1)"),
        (np.zeros((3, 1)), np.zeros(2), None, "(n,), n >= 1, got (3, 1) and (2,)"),
        (np.zeros((3, 1)), np.zeros(3), np.ones(2), "need 3 weights >= 0, not all 0"),
        (np.full((3, 1), np.nan), np.zeros(3), None, "X must be finite"),
        (np.array([["a"]]), np.zeros(1), None, "X must be numbers of shape (n, d)"),
        (np.zeros((2, 1)), np.zeros(2), np.zeros(2), "got shape (2,), 0.0 to 0.0"),
        (np.zeros((2, 1)), np.zeros(2), np.array([2, -1]), "(2,), -1.0 to 2.0"),
        (np.zeros((2, 1)), np.zeros(2), np.array([1, np.nan]), "weight must be finite"),
        (np.zeros((2, 1)), np.array([1, np.inf]), None, "y must be finite"),
    ],
)
def test_data_a_tree_cannot_learn_is_refused(X, y, weight, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TreeLite(classify=False).fit(X, y, weight)


def test_a_label_that_is_no_number_and_a_row_without_values_are_refused():
    X = np.arange(2.0)[:, None]
    with pytest.raises(ValueError, match="y must be finite, got NaN or infinity"):
        TreeLite().fit(X, np.array([1.0, np.nan]))
    predict = TreeLite().fit(X, np.array([0, 1]))
    with pytest.raises(ValueError, match="X must be finite, got NaN or infinity"):
        predict(np.array([[np.nan]]))
    assert predict(np.zeros((0, 1))).shape == (0,)


def test_new_rows_with_other_features_are_refused():
    predict = Stump().fit(np.zeros((2, 3)), np.zeros(2))
    with pytest.raises(ValueError, match=re.escape("shape (m, 3), got (4, 2)")):
        predict(np.zeros((4, 2)))


def test_impossible_bags_are_refused():
    X, y, rng = np.zeros((3, 1)), np.zeros(3), np.random.default_rng(0)
    with pytest.raises(ValueError, match="n must be an integer >= 1, got 0"):
        bootstrap_indices(0, rng)
    with pytest.raises(ValueError, match="n must be an integer >= 1, got 0"):
        oob_fraction(0)
    with pytest.raises(ValueError, match="B must be an integer >= 1, got 0"):
        bagging_predict(X, y, X, Stump().fit, 0, rng)
    rows = re.escape("X and y must be (n, d) and (n,), n >= 1, got (3, 1) and (2,)")
    with pytest.raises(ValueError, match=rows):
        bagging_predict(X, y[:2], X, Stump().fit, 1, rng)
    with pytest.raises(ValueError, match=rows):
        oob_predict(X, y[:2], np.zeros((1, 3), int), Stump().fit)
    for sample in ([0, 1, 3], [-1, 0, 0], [0.0, 1.0, 2.0]):
        with pytest.raises(ValueError, match=re.escape("rows of 0..2, got [")):
            oob_predict(X, y, [sample], Stump().fit)
    with pytest.raises(ValueError, match="a mean needs numbers, got <U1"):
        combine(np.array([["a"]]))
    with pytest.raises(ValueError, match="labels must be comparable, got NaN"):
        combine(np.array([[0.0, np.nan]]), classify=True)
    with pytest.raises(ValueError, match=re.escape("(B >= 1, m), got (0, 3)")):
        combine(np.zeros((0, 3)))


def test_impossible_boosting_is_refused():
    X, y = np.zeros((4, 1)), np.array([-1, 1, -1, 1])
    for fit in (adaboost_fit, samme_fit):
        for T in (0, 2.5, math.nan):
            with pytest.raises(ValueError, match=f"T must be an integer >= 1, got {T}"):
                fit(X, y, T, Stump().fit)
        with pytest.raises(ValueError, match=re.escape("got (4, 1) and (3,)")):
            fit(X, y[:3], 1, Stump().fit)
        with pytest.raises(
            ValueError, match=re.escape("must predict (4,), got (4, 1)")
        ):
            fit(X, y, 1, lambda X, y, w: lambda X: np.ones((len(X), 1)))
    with pytest.raises(
        ValueError, match=re.escape("y must be -1 or 1, shape (n,), got")
    ):
        adaboost_fit(X, np.array([0, 1, 0, 1]), 1, Stump().fit)
    for rate in (0.0, 1.5, math.nan):
        with pytest.raises(ValueError, match=re.escape(f"in (0, 1], got {rate}")):
            adaboost_fit(X, y, 1, Stump().fit, rate)
    with pytest.raises(ValueError, match=r"error must be < 1/2, got 0\.5"):
        adaboost_fit(X, y, 1, Stump().fit)
    with pytest.raises(ValueError, match="learner must predict -1 or 1"):
        adaboost_fit(X, y, 1, lambda X, y, w: constant(0.5))
    with pytest.raises(ValueError, match="y must hold >= 2 classes, got 1"):
        samme_fit(X, np.zeros(4), 1, Stump().fit)
    with pytest.raises(ValueError, match=r"error must be < 1 - 1/4, got 0\.75"):
        samme_fit(X, np.arange(4), 1, Stump().fit)


def test_members_without_weights_are_refused():
    X = np.zeros((2, 1))
    with pytest.raises(ValueError, match="each of >= 1 learners, got \\(0,\\) and 0"):
        adaboost_predict(X, np.array([]), [])
    with pytest.raises(ValueError, match="each of >= 1 learners, got \\(2,\\) and 1"):
        margins(X, np.ones(2), np.ones(2), [constant(1)])
    with pytest.raises(ValueError, match="each of >= 1 learners, got \\(2,\\) and 1"):
        samme_predict(X, np.ones(2), [constant(1)], [0, 1])
    with pytest.raises(ValueError, match=r"labels must have shape \(K >= 1,\), got"):
        samme_predict(X, np.ones(1), [constant(1)], [])
    with pytest.raises(ValueError, match=r"all that members predict, got \[0 1\]"):
        samme_predict(X, np.ones(1), [constant(7)], [0, 1])
    with pytest.raises(ValueError, match="alphas must be finite, got"):
        adaboost_predict(X, np.array([np.nan]), [constant(1)])
    with pytest.raises(ValueError, match="sum of all alphas must be > 0, got 0"):
        margins(X, np.ones(2), np.zeros(1), [constant(1)])


@pytest.mark.parametrize(
    ("weight", "agreement", "alpha", "message"),
    [
        ([0.0, 0.0], [1, -1], 1.0, "with sum 1, got 2 rows, 2 weights with sum 0"),
        ([1.5, -0.5], [1, -1], 1.0, "need a weight >= 0 for each row"),
        ([1.0], [1, -1], 1.0, "got 2 rows, 1 weights"),
        ([0.49, 0.49], [1, -1], 1.0, "2 weights with sum 0.98"),
        ([0.5, np.nan], [1, -1], 1.0, "weight must be finite"),
        ([0.5, 0.5], [1, 0], 1.0, "agreement must be -1 or 1"),
        ([0.5, 0.5], [1, -1], math.inf, "alpha must be in [-700, 700], got inf"),
    ],
)
def test_weights_that_are_none_are_refused(weight, agreement, alpha, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        reweight(np.array(weight), np.array(agreement), alpha)


@pytest.mark.parametrize(
    ("X", "targets", "w", "message"),
    [
        (
            np.ones((2, 1)),
            np.ones((2, 1)),
            np.ones(2),
            "may be constant, got 1.0 in all",
        ),
        (np.eye(2), np.ones((3, 1)), np.ones(2), "targets (n, c), w (n,) > 0, got"),
        (np.eye(2), np.ones((2, 1)), np.zeros(2), "least weight 0.0"),
        (np.eye(2), np.ones(2), np.ones(2), "targets must be numbers of shape (n, c)"),
    ],
)
def test_rows_that_cannot_be_split_are_refused(X, targets, w, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        best_split(X, targets, w)


def test_impossible_stacks_are_refused():
    X, y = np.zeros((3, 1)), np.zeros(3)
    for k in (0, 1, 2.5):
        with pytest.raises(
            ValueError, match=f"k_folds must be an integer >= 2, got {k}"
        ):
            stack_fit_predict(X, y, X, [least_squares], k)
    with pytest.raises(ValueError, match=r"k_folds must be in 2\.\.3, got 4"):
        stack_fit_predict(X, y, X, [least_squares], 4)
    with pytest.raises(ValueError, match=re.escape("got (3, 1) and (2,)")):
        out_of_fold(X, y[:2], [least_squares], 2)
    with pytest.raises(ValueError, match="need at least one learner, got none"):
        out_of_fold(X, y, [], 2)


def test_nothing_warns_at_the_extremes():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        majority_accuracy(100_001, 1e-9)
        TreeLite().fit(np.array([[1e300], [-1e300]]), np.array([0, 1]))
