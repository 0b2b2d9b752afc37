"""Oracles: all partitions, scikit-learn, scipy's cKDTree, and numbers by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier

from snippets.ml.datasets import three_groups
from snippets.ml.k_means_and_knn import (
    KDTree,
    inertia,
    kmeans,
    kmeans_1d,
    kmeans_plus_plus,
    knn_predict,
    lloyd_steps,
    silhouette,
)

LINE = [1.0, 2, 3, 10, 11, 12, 20]
NAN, INF = math.nan, math.inf
integers = st.integers(-3, 3)
points = st.integers(1, 3).flatmap(
    lambda d: st.lists(
        st.lists(integers, min_size=d, max_size=d), min_size=1, max_size=8
    )
)


def rectangle(length):
    return np.array([[0, 0], [0, 1], [length, 0], [length, 1.0]])


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def least_cost(X, k):
    """Of all partitions into k clusters, none empty."""
    rest = itertools.product(range(k), repeat=len(X) - 1)
    labels = np.array([(0, *r) for r in rest])
    members = (labels[:, :, None] == np.arange(k)).astype(float)
    sizes = members.sum(axis=1)
    members, sizes = members[sizes.min(axis=1) > 0], sizes[sizes.min(axis=1) > 0]
    means = np.einsum("pij,id->pjd", members, X) / sizes[:, :, None]
    off = X[None, :, None] - means[:, None]
    return float((members * (off**2).sum(axis=3)).sum(axis=(1, 2)).min())


# Lloyd


def test_the_rectangle_has_two_optima_and_one_is_as_bad_as_you_like():
    for length, bad in ((2, 4.0), (10, 100.0)):
        X = rectangle(length)
        assert lloyd_steps(X, [[length / 2, 0], [length / 2, 1]])[-1][2] == bad
        assert lloyd_steps(X, [[0, 0.5], [length, 0.5]])[-1][2] == 1
        assert kmeans(X, 2)[2] == 1


def test_a_run_on_the_line_stops_at_a_bad_optimum():
    steps = lloyd_steps(np.array(LINE)[:, None], [[1], [2], [3]])
    close([cost for _, _, cost in steps], [146.8, 63.25, 63.25])
    close(steps[-1][1][:, 0], [1, 2.5, 13.25])
    assert [labels.tolist() for labels, _, _ in steps] == [
        [0, 1, 2, 2, 2, 2, 2],
        [0, 1, 1, 2, 2, 2, 2],
        [0, 1, 1, 2, 2, 2, 2],
    ]


def test_of_equally_near_centres_the_lower_one_takes_the_point():
    [(labels, *_), *_] = lloyd_steps([[0.0], [1], [2]], [[0], [2]])
    assert labels.tolist() == [0, 0, 1]


def test_an_empty_cluster_takes_the_farthest_point_of_a_cluster_that_has_others():
    [(labels, centers, cost), *_] = lloyd_steps(
        [[0.0], [1], [7], [30]], [[0], [29], [99]]
    )
    # 7 is 7 away from its centre; 30 is alone.
    assert labels.tolist() == [0, 0, 2, 1]
    close(centers, [[0.5], [30], [7]])
    close(cost, 0.5)


def test_two_empty_clusters_take_two_points():
    [(labels, centers, cost), *_] = lloyd_steps(
        [[0.0], [1], [5], [9]], [[0], [50], [60]]
    )
    assert labels.tolist() == [0, 0, 2, 1]
    close(centers, [[0.5], [9], [5]])
    close(cost, 0.5)


def test_a_point_alone_is_not_taken_though_its_centre_is_far():
    steps = lloyd_steps([[0.0], [1], [100]], [[0], [60], [-500]])
    assert steps[0][0].tolist() == [0, 2, 1]
    assert steps[-1][2] == 0


def test_without_care_for_empty_clusters_all_centres_but_one_become_nan():
    X, start = np.array([[0.0], [1], [2]]), np.array([[0.0], [9], [50]])
    centers = start
    with np.errstate(invalid="ignore"):
        for joined in (0, 1, 0, 1):  # the first that was empty, in turn
            labels = ((X[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
            sums = [X[labels == j].sum(axis=0) for j in range(3)]
            centers = np.array(sums) / np.bincount(labels, minlength=3)[:, None]
            assert set(labels.tolist()) == {joined}
            assert np.isnan(centers).sum() == 2
            assert centers[joined] == X.mean()
    assert np.isfinite(lloyd_steps(X, start)[-1][1]).all()


@given(points, st.data())
def test_costs_never_rise_and_every_cluster_has_its_mean(rows, data):
    X = np.array(rows, float)
    k = data.draw(st.integers(1, len(X)))
    same = st.lists(integers, min_size=X.shape[1], max_size=X.shape[1])
    start = data.draw(st.lists(same, min_size=k, max_size=k))
    steps = lloyd_steps(X, np.array(start, float))
    costs = [cost for _, _, cost in steps]
    assert all(b <= a + 1e-12 for a, b in itertools.pairwise(costs))
    for labels, centers, cost in steps:
        assert set(labels.tolist()) == set(range(k))
        for j in range(k):
            close(centers[j], X[labels == j].mean(axis=0))
        close(cost, sum(((x - centers[j]) ** 2).sum() for x, j in zip(X, labels)))
    assert len(steps) < 100
    assert (steps[-1][0] == steps[-2][0]).all()
    assert all((a[0] != b[0]).any() for a, b in itertools.pairwise(steps[:-1]))


def test_where_rounded_means_let_labels_go_round_a_run_ends_all_the_same():
    X, start = np.full((4, 1), 0.1), np.array([[0.1], [-0.2]])
    # The mean of three numbers 0.1 is above 0.1, so the point alone draws them all.
    assert np.full((3, 1), 0.1).mean(axis=0) != 0.1
    steps = lloyd_steps(X, start)
    assert 3 <= len(steps) < 10
    seen = [labels.tolist() for labels, _, _ in steps]
    assert seen[-1] in seen[:-2]
    assert seen[-1] != seen[-2]
    assert steps[-1][2] < 1e-30


@given(points, st.data())
def test_no_run_goes_round_on_numbers_that_are_rounded(rows, data):
    X = np.array(rows) * 0.1
    k = data.draw(st.integers(1, len(X)))
    same = st.lists(integers, min_size=X.shape[1], max_size=X.shape[1])
    start = np.array(data.draw(st.lists(same, min_size=k, max_size=k))) * 0.1
    seen = [labels.tolist() for labels, _, _ in lloyd_steps(X, start)]
    assert len(seen) < 100
    assert seen.index(seen[-1]) < len(seen) - 1
    assert all(seen.index(labels) == i for i, labels in enumerate(seen[:-1]))


def test_scikit_learn_does_one_run_and_stops_early_and_gives_away_the_farthest_point():
    X = np.random.default_rng(0).random((300, 2))
    runs = [KMeans(20, random_state=0, n_init=n).fit(X) for n in (1, 10)]
    plain = KMeans(20, random_state=0).fit(X)
    assert plain.inertia_ == runs[0].inertia_ > runs[1].inertia_
    exact = KMeans(20, init=X[:20], tol=0, max_iter=300).fit(X)
    early = KMeans(20, init=X[:20], tol=0.01, max_iter=300).fit(X)
    assert early.n_iter_ < exact.n_iter_
    four, start = np.array([[0.0], [1], [7], [30]]), np.array([[0.0], [29], [99]])
    theirs = KMeans(3, init=start, tol=0).fit(four)
    close(theirs.cluster_centers_, lloyd_steps(four, start)[-1][1])
    # Far from 0 in float32, where expanded squares fail: it subtracts the mean.
    far = (np.random.default_rng(0).standard_normal((200, 2)) + 1e4).astype(np.float32)
    labels = KMeans(5, init=far[:5], tol=0).fit(far).labels_
    assert (labels == lloyd_steps(far, far[:5])[-1][0]).all()


def test_runs_end_where_those_of_scikit_learn_end():
    for seed in range(10):
        X = np.random.default_rng(seed).standard_normal((60, 3))
        start = X[:4]
        theirs = KMeans(4, init=start, n_init=1, tol=0, max_iter=300).fit(X)
        labels, centers, cost = lloyd_steps(X, start)[-1]
        assert (labels == theirs.labels_).all()
        close(centers, theirs.cluster_centers_)
        close(cost, theirs.inertia_, 1e-10)
        close(inertia(X, centers), theirs.inertia_, 1e-10)


def test_a_run_ends_after_a_hundred_steps_unless_more_are_asked_for():
    X = np.arange(2000.0)[:, None]
    centers = X[:12]  # all at one end, from which the others are reached step by step
    assert len(lloyd_steps(X, centers, 10_000)) == 238
    assert len(lloyd_steps(X, centers)) == 100


def test_max_iter_ends_a_run_and_the_repeat_is_included():
    X = np.array(LINE)[:, None]
    assert [len(lloyd_steps(X, [[1], [2], [3]], m)) for m in (1, 2, 3, 9)] == [
        1,
        2,
        3,
        3,
    ]


def test_inertia_takes_the_nearest_centre():
    cost = inertia([[0.0, 0], [3, 4], [6, 8]], [[0, 0], [6, 8]])
    assert cost == 25
    assert type(cost) is float


def test_one_start_is_often_not_optimal_and_the_best_of_twenty_nearly_always():
    rng = np.random.default_rng(0)
    first, best, worst = 0, 0, 1.0
    for _ in range(60):
        X = rng.standard_normal((7, 2))
        least = least_cost(X, 3)
        costs = [
            lloyd_steps(X, X[rng.choice(7, 3, replace=False)])[-1][2] for _ in range(20)
        ]
        assert min(costs) > least - 1e-12
        first += costs[0] < least + 1e-9
        best += min(costs) < least + 1e-9
        worst = max(worst, costs[0] / least)
    assert first < 35
    assert best > 50
    assert worst > 1.5


def test_kmeans_is_the_best_of_its_runs_and_follows_the_seed():
    X = np.random.default_rng(2).random((40, 2))
    costs = [kmeans(X, 6, 3, n)[2] for n in (1, 2, 5, 20)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
    assert type(costs[0]) is float
    centers, labels, cost = kmeans(X, 6, 3, 20)
    again = kmeans(X, 6, 3, 20)
    assert (centers == again[0]).all()
    assert (labels == again[1]).all()
    close(inertia(X, centers), cost)
    assert kmeans(X, 6, 4, 1)[2] != costs[0]
    assert kmeans(X, 6)[2] == kmeans(X, 6, 0, 10)[2]
    assert kmeans(X, 6, 0, 9)[2] >= kmeans(X, 6)[2]


def test_the_mean_splits_the_sum_of_squares_in_two():
    X = three_groups().X
    _, labels, within = kmeans(X, 3)
    total = ((X - X.mean(axis=0)) ** 2).sum()
    parts = [X[labels == j] for j in range(3)]
    between = sum(len(p) * ((p.mean(0) - X.mean(0)) ** 2).sum() for p in parts)
    close(within + between, total, 1e-9)


def test_the_mean_does_not_minimise_the_sum_of_plain_distances():
    x = np.array([0.0, 0, 0, 10])
    [(_, centers, _), *_] = lloyd_steps(x[:, None], [[5]])
    assert np.abs(x - centers[0, 0]).sum() == 15
    assert np.abs(x - np.median(x)).sum() == 10


# On a line


def test_on_a_line_the_optimum_is_found():
    for k, cost in ((1, 281.714286), (2, 64.75), (3, 4), (7, 0)):
        got, clusters = kmeans_1d(LINE[::-1], k)
        close(got, cost, 1e-6)
        assert list(itertools.chain(*clusters)) == LINE
        assert len(clusters) == k
    assert kmeans_1d(LINE, 3)[1] == [[1, 2, 3], [10, 11, 12], [20]]
    assert kmeans_1d(LINE, 2)[1] == [[1, 2, 3], [10, 11, 12, 20]]
    assert type(kmeans_1d(LINE, 2)[0]) is type(kmeans_1d(LINE, 2)[1][0][0]) is float


@given(st.lists(integers, min_size=1, max_size=7), st.data())
def test_no_partition_of_the_line_is_better(numbers, data):
    k = data.draw(st.integers(1, min(4, len(numbers))))
    cost, clusters = kmeans_1d(np.array(numbers, float), k)
    close(cost, least_cost(np.array(numbers, float)[:, None], k))
    assert list(itertools.chain(*clusters)) == sorted(numbers)
    assert all(clusters)
    close(cost, sum(((np.array(c) - np.mean(c)) ** 2).sum() for c in clusters))


def test_far_from_zero_nothing_cancels_on_the_line():
    x = np.array([0.0, 1, 2, 8, 9, 10])
    cost, clusters = kmeans_1d(x + 2.0**40, 2)
    assert cost == 4
    assert [len(c) for c in clusters] == [3, 3]
    squares = (x + 2.0**40) ** 2
    cancelled = squares[:3].sum() - (x[:3] + 2.0**40).sum() ** 2 / 3
    assert abs(cancelled - 2) > 1


# Seeds


def test_seeds_of_the_rectangle_are_drawn_with_the_right_chances():
    """Enumerated: the bad pairs are those on one short side."""
    for length, chance in ((2, 0.1), (10, 0.5 / 101)):
        X = rectangle(length)
        bad = 0.0
        for a in range(4):
            squares = ((X - X[a]) ** 2).sum(axis=1)
            for b in set(range(4)) - {a}:
                cost = lloyd_steps(X, X[[a, b]])[-1][2]
                assert (cost > 1) == (X[a, 0] == X[b, 0])
                bad += (cost > 1) * squares[b] / squares.sum() / 4
        close(bad, chance)


def test_the_share_of_bad_pairs_is_that_of_the_chances():
    X = rectangle(2)
    rng = np.random.default_rng(0)
    seeds = [kmeans_plus_plus(X, 2, rng) for _ in range(4000)]
    firsts = [tuple(s[0]) for s in seeds]
    for corner in X:
        assert abs(firsts.count(tuple(corner)) / 4000 - 0.25) < 0.03
    squares = np.array([((a - b) ** 2).sum() for a, b in seeds])
    for square in (1, 4, 5):
        assert abs((squares == square).mean() - square / 10) < 0.03


def test_the_chance_is_that_of_the_nearest_of_all_seeds():
    # With seeds 0 and 10 drawn, only 4 is away from both; so it is the third.
    X = np.array([[0.0], [0], [10], [10], [4]])
    for seed in range(50):
        drawn = kmeans_plus_plus(X, 3, np.random.default_rng(seed))[:, 0]
        assert sorted(drawn) == [0, 4, 10]
        # However small the unit is.
        small = kmeans_plus_plus(X * 2.0**-80, 3, np.random.default_rng(seed))[:, 0]
        assert (small == drawn * 2.0**-80).all()


def test_of_equal_points_any_is_drawn():
    seeds = kmeans_plus_plus(np.ones((3, 2)), 3, np.random.default_rng(0))
    assert (seeds == 1).all()
    assert seeds.shape == (3, 2)


def test_chances_by_distance_draw_the_bad_pair_twice_as_often():
    lengths = np.array([1, 2, math.sqrt(5)])
    assert round(lengths[0] / lengths.sum(), 2) == 0.19
    rng = np.random.default_rng(1)
    X = rectangle(2)
    pairs = [kmeans_plus_plus(X, 2, rng) for _ in range(4000)]
    bad = np.mean([a[0] == b[0] for a, b in pairs])
    assert abs(bad - 0.1) < 0.03


def blobs():
    rng = np.random.default_rng(1)
    grid = np.array([[a, b] for a in range(5) for b in range(5)], float)
    return np.repeat(grid, 20, axis=0) + 0.1 * rng.standard_normal((500, 2)), grid


def test_careful_seeds_are_twice_as_good_as_uniform_ones_and_promise_no_single_run():
    X, grid = blobs()
    ideal = lloyd_steps(X, grid)[-1][2]
    careful, uniform, before = [], [], []
    for seed in range(40):
        seeds = kmeans_plus_plus(X, 25, np.random.default_rng(seed))
        before.append(inertia(X, seeds) / ideal)
        careful.append(lloyd_steps(X, seeds)[-1][2] / ideal)
        drawn = np.random.default_rng(seed).choice(500, 25, replace=False)
        uniform.append(lloyd_steps(X, X[drawn])[-1][2] / ideal)
    assert np.mean(before) < 8 * (math.log(25) + 2)
    assert np.mean(careful) < 3.2
    assert np.mean(uniform) > 4
    assert 3 <= np.isclose(careful, 1).sum() <= 15
    assert not np.isclose(uniform, 1).any()


# How many clusters, and of which shape


def test_silhouettes_are_those_of_scikit_learn():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = rng.integers(0, 4, (20, 2)).astype(float)
        labels = rng.integers(-1, 3, 20)
        labels[0] = 7  # alone
        close(silhouette(X, labels), silhouette_score(X, labels))


def test_a_silhouette_by_hand():
    # 0, 1 | 5: of 0: a = 1, b = 5; of 1: a = 1, b = 4; 5 is alone.
    close(silhouette([[0.0], [1], [5]], np.array([0, 0, 1])), (4 / 5 + 3 / 4 + 0) / 3)
    assert silhouette(np.zeros((3, 1)), np.array([0, 0, 1])) == 0
    small = np.array([0, 0, 1], np.uint8)
    assert type(silhouette([[0.0], [1], [5]], small)) is float


def test_the_silhouette_finds_the_three_groups_and_finds_groups_in_noise_too():
    X = three_groups().X
    scores = [silhouette(X, kmeans(X, k)[1]) for k in (2, 3, 4, 5)]
    assert np.argmax(scores) == 1
    noise = np.random.default_rng(0).random((150, 2))
    assert min(silhouette(noise, kmeans(noise, k)[1]) for k in (2, 3, 4, 5)) > 0.35


def test_what_was_drawn_costs_more_than_what_k_means_finds():
    data = three_groups()
    means = np.array([data.X[data.y == g].mean(axis=0) for g in range(3)])
    drawn = ((data.X - means[data.y]) ** 2).sum()
    assert drawn > kmeans(data.X, 3)[2] + 30


# The expanded square


def test_the_expanded_square_fails_far_from_zero():
    rng = np.random.default_rng(0)
    near = rng.standard_normal((200, 4))
    far = (near + 1e4).astype(np.float32)
    right = ((far[:, None].astype(float) - far[None]) ** 2).sum(axis=2)
    for x, fails in ((far, True), (far - far.mean(axis=0), False)):
        norms = (x**2).sum(axis=1)
        wrong = norms[:, None] - 2 * x @ x.T + norms
        off = np.abs(wrong - right).max()
        assert (off > 10) == fails
        assert (wrong.min() < -10) == fails
        close(inertia(x, x[:1]), right[0].sum(), 0.1)


# k-NN


def test_votes_by_hand():
    X, y = np.arange(5.0)[:, None], np.array([0, 0, 1, 1, 0])
    Q = [[1.4], [1.6], [3.6]]
    for k, weights, expected in (
        (1, "uniform", [0, 1, 0]),
        (2, "uniform", [0, 0, 0]),
        (3, "uniform", [0, 1, 1]),
        (3, "distance", [0, 1, 0]),
        (5, "uniform", [0, 0, 0]),
        (5, "distance", [0, 1, 0]),
    ):
        assert knn_predict(X, y, Q, k, weights).tolist() == expected
        theirs = KNeighborsClassifier(k, weights=weights).fit(X, y).predict(Q)
        assert theirs.tolist() == expected


def test_votes_are_those_of_scikit_learn():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X, Q = rng.standard_normal((50, 3)), rng.standard_normal((30, 3))
        y = rng.integers(0, 4, 50) * 10
        Q[:5] = X[:5]
        for k in (1, 2, 3, 7, 50):
            for weights in ("uniform", "distance"):
                theirs = KNeighborsClassifier(k, weights=weights).fit(X, y).predict(Q)
                assert (knn_predict(X, y, Q, k, weights) == theirs).all()


def test_of_equal_distances_the_lower_index_and_of_equal_votes_the_smaller_label():
    X = np.array([[1.0], [-1], [1], [-1]])
    assert knn_predict(X, ["b", "a", "a", "a"], [[0.0]], 1).tolist() == ["b"]
    assert knn_predict(X, ["b", "a", "a", "a"], [[0.0]], 2).tolist() == ["a"]
    assert knn_predict(X, [3, 2, 1, 0], [[0.0]], 4).tolist() == [0]


def test_the_lower_index_is_nearer_among_many_equal_points_too():
    rng = np.random.default_rng(0)
    X, Q = rng.integers(0, 3, (200, 2)).astype(float), rng.random((20, 2))
    Q[:9] = [[a, b] for a in range(3) for b in range(3)]
    first = [min((math.dist(x, q), i) for i, x in enumerate(X))[1] for q in Q]
    assert knn_predict(X, np.arange(200), Q).tolist() == first
    votes = np.zeros(200, int)
    for q in Q[:9]:
        order = sorted((math.dist(x, q), i) for i, x in enumerate(X))
        votes[:] = 1
        votes[[i for _, i in order[:5]]] = 0
        assert knn_predict(X, votes, [q], 9).tolist() == [0]


def test_points_at_distance_zero_vote_alone():
    X = np.array([[0.0], [0], [0.001], [0.001], [0.001]])
    y = np.array([1, 1, 0, 0, 0])
    assert knn_predict(X, y, [[0.0]], 5, "distance").tolist() == [1]
    assert knn_predict(X, y, [[0.0]], 5).tolist() == [0]
    # Beside one point at 0, and with votes that would overflow.
    assert knn_predict(X[1:], y[1:], [[0.0], [5]], 4, "distance").tolist() == [1, 0]
    tiny = np.array([[1e-150], [-2e-150], [3e-150]])
    assert knn_predict(tiny, [1, 0, 0], [[0.0]], 3, "distance").tolist() == [1]
    # Votes that differ in the tenth digit.
    near = np.array([[1.0], [-1 - 1e-9]])
    assert knn_predict(near, [1, 0], [[0.0]], 2, "distance").tolist() == [1]


def test_labels_at_equal_distances_have_equal_votes_however_they_are_rounded():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        off, first = rng.random(8) + 0.5, rng.integers(0, 2, 8)
        X, y = np.full((17, 1), 0.4), np.full(17, 2)
        X[2 * np.arange(8) + first, 0], X[2 * np.arange(8) + 1 - first, 0] = off, -off
        y[2 * np.arange(8) + first], y[2 * np.arange(8) + 1 - first] = 1, 0
        assert knn_predict(X, y, [[0.0]], 17, "distance").tolist() == [0]


def test_among_vectors_of_length_one_the_nearest_has_the_largest_dot_product():
    rng = np.random.default_rng(0)
    X, q = rng.standard_normal((50, 8)), rng.standard_normal(8)
    X, q = X / np.linalg.norm(X, axis=1, keepdims=True), q / np.linalg.norm(q)
    _, found = KDTree(X).query(q, 50)
    assert found.tolist() == (X @ q).argsort()[::-1].tolist()


def test_a_feature_decides_by_its_differences_not_by_its_numbers():
    # The first is in the millions but hardly differs.
    X, q = np.array([[1e6, 5], [1e6 + 1, 0]]), np.array([[1e6, 0.0]])
    assert knn_predict(X, [0, 1], q).tolist() == [1]


def test_a_feature_in_large_units_decides_alone():
    X, q = np.array([[9.0, 1010], [2, 1100]]), np.array([[1.0, 1000]])
    assert knn_predict(X, [0, 1], q).tolist() == [0]
    scale = np.array([1, 1000])
    assert knn_predict(X / scale, [0, 1], q / scale).tolist() == [1]


def test_one_neighbour_errs_twice_as_often_as_it_must_and_fifteen_hardly_more():
    rng = np.random.default_rng(0)
    X, Q = rng.random((2000, 2)), rng.random((2000, 2))

    def labels(points):
        flipped = rng.random(len(points)) < 0.3
        return (points[:, 0] > 0.5).astype(int) ^ flipped

    y, target = labels(X), labels(Q)
    one, many = ((knn_predict(X, y, Q, k) != target).mean() for k in (1, 15))
    assert abs(one - 0.42) < 0.03
    assert 0.28 < many < 0.34
    nearly_all = knn_predict(X, y, Q[:400], 1999)
    assert (nearly_all != target[:400]).mean() > 0.45
    assert (knn_predict(X, y, X[:400], 1) == y[:400]).all()


# The k-d tree


def test_the_tree_finds_what_ckdtree_finds():
    for d in (2, 5, 10, 20):
        rng = np.random.default_rng(d)
        X, Q = rng.random((300, d)), rng.random((50, d))
        trees, theirs = (KDTree(X), KDTree(X, leaf=7)), cKDTree(X)
        for i, q in enumerate(Q):
            k = (1, 3, 8)[i % 3]
            distances, indices = theirs.query(q, [*range(1, k + 1)])
            got, found = trees[i % 2].query(q, k)
            close(got, distances)
            assert (found == indices).all()


@given(points, st.data())
def test_equal_points_come_in_the_order_of_their_indices(rows, data):
    X = np.array(rows, float)
    q = np.array(
        data.draw(st.lists(integers, min_size=X.shape[1], max_size=X.shape[1]))
    )
    k = data.draw(st.integers(1, len(X)))
    tree = KDTree(X, data.draw(st.integers(1, 4)))
    distances, indices = tree.query(q, k)
    wanted = sorted((math.dist(q, x), i) for i, x in enumerate(X.tolist()))[:k]
    assert indices.tolist() == [i for _, i in wanted]
    close(distances, [d for d, _ in wanted])
    assert k <= tree.visited <= len(X)


def test_the_tree_skips_nearly_all_points_in_the_plane_and_none_in_twenty_dimensions():
    seen = {}
    for d in (2, 5, 10, 20):
        rng = np.random.default_rng(0)
        X, Q = rng.random((2000, d)), rng.random((20, d))
        tree, visited = KDTree(X), []
        for q in Q:
            tree.query(q, 3)
            visited.append(tree.visited)
        seen[d] = np.mean(visited)
    assert 7 < seen[2] < 13
    assert 80 < seen[5] < 140
    assert 1300 < seen[10] < 1700
    assert seen[20] > 1990


def test_visited_counts_the_last_query_only():
    tree = KDTree(np.arange(8.0)[:, None])
    tree.query([0.1])
    # The plane at 1 is 0.9 away, farther than the point at 0.
    assert tree.visited == 1
    tree.query([3.4])
    assert tree.visited == 2
    # On a plane: its own point first, which is on the right, then the left for ties.
    tree.query([4.0])
    assert tree.visited == 2
    tree.query([0.1], 8)
    assert tree.visited == 8
    assert KDTree(np.arange(8.0)[:, None], leaf=8).visited == 0


def test_equal_points_and_a_constant_axis_do_no_harm():
    X = np.zeros((3000, 2))
    X[:, 1] = np.arange(3000) // 1500
    distances, indices = KDTree(X).query([0.0, 0.9], 2)
    close(distances, [0.1, 0.1])
    assert indices.tolist() == [1500, 1501]
    assert KDTree(np.ones((1, 3))).query([0.0, 0, 0])[0].tolist() == [math.sqrt(3)]


def test_the_tree_keeps_its_own_points():
    X = np.array([[0.0], [5]])
    tree = KDTree(X)
    X[:] = 9
    assert tree.query([1.0])[0].tolist() == [1]


def test_pruning_by_the_distance_against_a_squared_bound_would_lose_this_neighbour():
    distances, indices = KDTree(np.array([[0.0], [0.5]])).query([0.3])
    assert indices.tolist() == [1]
    close(distances, [0.2])
    # The first leaf has 0, at 0.3; the plane is 0.2 away.
    assert 0.2**2 < 0.3**2 < 0.2


def test_in_many_dimensions_all_points_are_nearly_equally_far():
    ratios = []
    for d in (2, 10, 100, 1000):
        rng = np.random.default_rng(d)
        X = rng.random((2000, d))
        off = [np.sqrt(((X - q) ** 2).sum(axis=1)) for q in rng.random((50, d))]
        ratios.append(np.median([o.max() / o.min() for o in off]))
    assert ratios[0] > 50
    assert 3 < ratios[1] < 6
    assert 1.3 < ratios[2] < 1.6
    assert 1.05 < ratios[3] < 1.2


# Hostile input


def test_equal_points_one_point_and_as_many_clusters_as_points():
    X = np.full((5, 2), 3.0)
    for k in (1, 3, 5):
        centers, labels, cost = kmeans(X, k)
        assert cost == 0
        assert (centers == 3).all()
        assert set(labels.tolist()) == set(range(k))
    assert kmeans([[1.0, 2]], 1)[2] == 0
    X = np.random.default_rng(0).random((6, 2))
    assert kmeans(X, 6)[2] == 0
    assert kmeans_1d([5.0] * 4, 2)[0] == 0
    assert inertia([[9.9e-163]], [[0.0]]) == 0 < inertia([[2e-162]], [[0.0]])


def test_centres_far_from_all_data_come_back():
    X = np.random.default_rng(0).random((20, 2))
    steps = lloyd_steps(X, np.full((3, 2), 1e6))
    assert (steps[-1][1] < 1).all()
    assert steps[-1][2] < ((X - X.mean(axis=0)) ** 2).sum()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: inertia([1.0], [[1.0]]), "X must have 2 axes"),
        (lambda: inertia(np.zeros((0, 2)), [[1.0, 1]]), "X must have 2 axes"),
        (lambda: inertia([[NAN]], [[1.0]]), "X must be finite"),
        (lambda: inertia([[1e150]], [[1.0]]), "X must be finite"),
        (lambda: inertia([[1j]], [[1.0]]), "X must be real numbers"),
        (lambda: inertia(np.array([[1j]]), [[1.0]]), "X must be real numbers"),
        (lambda: inertia([["1"]], [[1.0]]), "X must be real numbers, got .*'1'"),
        (lambda: inertia([[b"1"]], [[1.0]]), "X must be real numbers"),
        (lambda: inertia([[10**400]], [[1.0]]), "X must be real numbers"),
        (lambda: inertia(iter([[1.0]]), [[1.0]]), "X must be real numbers"),
        (lambda: inertia(np.zeros((1, 1), "M8[D]"), [[1.0]]), "X must be real"),
        (lambda: inertia(np.zeros((1, 1), "m8[D]"), [[1.0]]), "X must be real"),
        (
            lambda: knn_predict([[1.0]], [1], [[1.0]], 1, np.array(["a", "b"])),
            "weights must be one of",
        ),
        (lambda: inertia([[1.0]], [[INF]]), "centers must be finite"),
        (lambda: inertia([[1.0]], [[1.0, 2]]), "centers must have 1 columns, got 2"),
        (lambda: lloyd_steps([[1.0]], [[1.0, 2]]), "centers must have 1 columns"),
        (lambda: lloyd_steps([[NAN]], [[1.0]]), "X must be finite"),
        (lambda: lloyd_steps([[1.0]], [[1.0], [2]]), r"centers must be an .* 1\.\.1"),
        (lambda: lloyd_steps([[1.0]], [[1.0]], 0), "max_iter must be an integer >= 1"),
        (lambda: kmeans([[1.0]], 2), r"k must be an integer in 1\.\.1, got 2"),
        (lambda: kmeans([[1.0]], 0), r"k must be an integer in 1\.\.1, got 0"),
        (lambda: kmeans([[1.0], [2], [3]], True), "k must be an integer .* got True"),
        (lambda: lloyd_steps([[1.0]], [[1.0]], True), "max_iter must be .* got True"),
        (lambda: kmeans([[1.0]], 1, n_init=0), "n_init must be an integer >= 1, got 0"),
        (lambda: kmeans([[1.0]], 1, seed=-1), "seed must be an integer >= 0, got -1"),
        (lambda: kmeans_plus_plus([[1.0]], 1, 0), "rng must be a numpy Generator"),
        (
            lambda: kmeans_plus_plus([[1.0]], 2, np.random.default_rng(0)),
            r"k must be an integer in 1\.\.1",
        ),
        (lambda: kmeans_1d([[1.0]], 1), "x must have 1 axis"),
        (lambda: kmeans_1d([], 1), "x must have 1 axis"),
        (lambda: kmeans_1d([1.0], 2), r"k must be an integer in 1\.\.1, got 2"),
        (lambda: knn_predict([[1.0]], [1], [[1.0]], 2), "k must be an integer in"),
        (lambda: knn_predict([[1.0]], [1], [[1.0, 2]]), "Q must have 1 columns"),
        (lambda: knn_predict([[1.0]], [1, 2], [[1.0]]), "y must be 1 labels"),
        (lambda: knn_predict([[1.0]], [NAN], [[1.0]]), "y must be 1 labels, none"),
        (
            lambda: knn_predict([[1.0]], [1], [[1.0]], 1, "linear"),
            "weights must be one of .* got 'linear'",
        ),
        (lambda: KDTree([[1.0]], 0), "leaf must be an integer >= 1, got 0"),
        (lambda: KDTree([1.0]), "X must have 2 axes"),
        (lambda: KDTree([[1.0]]).query([1.0], 2), r"k must be an integer in 1\.\.1"),
        (lambda: KDTree([[1.0]]).query([1.0, 2]), "q must have 1 numbers, got 2"),
        (lambda: KDTree([[1.0]]).query([NAN]), "q must be finite"),
        (lambda: silhouette([[1.0], [2]], np.array([0, 1])), "clusters must be an"),
        (lambda: silhouette(np.zeros((3, 1)), np.zeros(3, int)), "clusters must be"),
        (lambda: silhouette([[1.0]], np.array([0.5])), "labels must be 1 integers"),
        (lambda: silhouette([[1.0]], np.array([0, 1])), "labels must be 1 integers"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
