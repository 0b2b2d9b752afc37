"""Oracles: scipy's assignment, all permutations, counted cells, autograd, loops."""

import itertools
import math
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from torch import nn

from snippets.cv.detr import (
    TinyDETR,
    batch_criterion,
    box_cxcywh_to_xyxy,
    detections,
    draw_shapes,
    generalized_iou,
    greedy_match,
    hungarian,
    matching_cost,
    score,
    set_criterion,
    train,
    two_queries,
)

exact = {"rtol": 0, "atol": 1e-12}
sizes = st.integers(0, 8)
seeds = st.integers(0, 2**32 - 1)


def tensor(data):
    return torch.tensor(data, dtype=torch.float64)


def total(cost, pairs):
    return cost[pairs].sum().item()


def random_boxes(rng, count):
    """Valid (cx, cy, w, h) within the unit square."""
    sides = rng.uniform(0.05, 0.5, (count, 2))
    centres = sides / 2 + rng.random((count, 2)) * (1 - sides)
    return torch.from_numpy(np.concatenate([centres, sides], axis=1))


def random_scene(seed, queries=6, objects=3, classes=4):
    rng = np.random.default_rng(seed)
    logits = torch.from_numpy(rng.normal(size=(queries, classes + 1)))
    labels = torch.from_numpy(rng.integers(0, classes, objects))
    return logits, random_boxes(rng, queries), labels, random_boxes(rng, objects)


# The assignment


@given(rows=sizes, columns=sizes, seed=seeds, ties=st.booleans())
def test_hungarian_costs_what_scipy_costs(rows, columns, seed, ties):
    rng = np.random.default_rng(seed)
    cost = rng.normal(size=(rows, columns))
    if ties:
        cost = rng.integers(-2, 3, (rows, columns)).astype(float)
    chosen = hungarian(torch.from_numpy(cost))
    best = cost[linear_sum_assignment(cost)].sum()
    assert total(torch.from_numpy(cost), chosen) == pytest.approx(
        best, rel=0, abs=1e-12
    )
    if not ties:
        np.testing.assert_array_equal(chosen, linear_sum_assignment(cost))


@given(rows=sizes, columns=sizes, seed=seeds)
def test_both_matchings_use_each_row_and_column_at_most_once(rows, columns, seed):
    cost = torch.from_numpy(np.random.default_rng(seed).normal(size=(rows, columns)))
    for match in (hungarian, greedy_match):
        chosen_rows, chosen_columns = match(cost)
        assert chosen_rows.dtype == chosen_columns.dtype == torch.int64
        assert len(chosen_rows) == len(chosen_columns) == min(rows, columns)
        assert chosen_rows.tolist() == sorted(set(chosen_rows.tolist()))
        assert len(set(chosen_columns.tolist())) == len(chosen_columns)


def test_hungarian_is_as_good_as_the_best_of_all_permutations():
    rng = np.random.default_rng(0)
    for _ in range(200):
        columns = int(rng.integers(1, 6))
        cost = torch.from_numpy(rng.normal(size=(rng.integers(columns, 8), columns)))
        every = torch.tensor(list(itertools.permutations(range(len(cost)), columns)))
        best = cost[every, torch.arange(columns)].sum(1).min().item()
        assert total(cost, hungarian(cost)) == pytest.approx(best, rel=0, abs=1e-12)


@given(seed=seeds, rows=sizes, columns=sizes)
def test_greedy_walks_the_sorted_entries(seed, rows, columns):
    cost = torch.from_numpy(np.random.default_rng(seed).normal(size=(rows, columns)))
    pairs, used_rows, used_columns = [], set(), set()
    for place in cost.flatten().argsort().tolist():
        row, column = divmod(place, columns)
        if row not in used_rows and column not in used_columns:
            pairs.append((row, column))
            used_rows.add(row)
            used_columns.add(column)
    assert list(zip(*(x.tolist() for x in greedy_match(cost)))) == sorted(pairs)


def test_greedy_pays_eleven_where_three_and_a_half_is_enough():
    cost = tensor([[1, 2], [1.5, 10]])
    assert total(cost, greedy_match(cost)) == 11
    assert total(cost, hungarian(cost)) == 3.5


def test_greedy_is_strictly_worse_on_two_of_five_random_matrices():
    rng = np.random.default_rng(0)
    worse = 0
    for _ in range(1000):
        cost = torch.from_numpy(rng.random((10, 5)))
        gap = total(cost, greedy_match(cost)) - total(cost, hungarian(cost))
        assert gap > -1e-12
        worse += gap > 1e-9
    assert 370 < worse < 470  # 41 or 42 percent


def test_the_prices_of_the_page_prove_two_assignments_best():
    for cost, rows, columns, best in (
        ([[1, 2], [1.5, 10]], [2, 2.5], [-1, 0], 3.5),
        ([[4, 1, 3.5], [2, 0, 5]], [3, 2], [0, -2, 0], 3),
    ):
        sums = np.add.outer(rows, columns)
        assert (sums <= np.array(cost)).all()
        assert (np.array(columns) <= 0).all()
        chosen = hungarian(tensor(cost))
        assert total(tensor(cost), chosen) == sum(rows) + sum(columns) == best
        np.testing.assert_array_equal(tensor(cost)[chosen], sums[tuple(chosen)])
        unused = set(range(len(columns))) - set(chosen[1].tolist())
        assert all(columns[j] == 0 for j in unused)


@given(seed=seeds, n=st.integers(1, 7), extra=st.integers(0, 3))
def test_rounds_are_at_most_columns_even_on_hard_matrices(seed, n, extra):
    # Products of ranks make every path as long as it can be.
    cost = np.outer(np.arange(1, n + 1), np.arange(n + extra, 0, -1)).astype(float)
    cost += 1e-9 * np.random.default_rng(seed).random(cost.shape)
    chosen = hungarian(torch.from_numpy(cost))
    best = cost[linear_sum_assignment(cost)].sum()
    assert total(torch.from_numpy(cost), chosen) == pytest.approx(best, rel=1e-12)


def test_prices_of_rows_do_not_change_the_assignment():
    rng = np.random.default_rng(3)
    cost = torch.from_numpy(rng.normal(size=(5, 5)))
    shifted = cost + torch.from_numpy(100 * rng.normal(size=(5, 1)))
    np.testing.assert_array_equal(hungarian(cost), hungarian(shifted))


@pytest.mark.parametrize("scale", [1e-300, 1e300, 1.7e308])
def test_extreme_costs_do_not_overflow(scale):
    cost = tensor([[1, -1, 0.5], [-1, 1, 0.5], [-0.5, -1, 1]])
    for sign in (1, -1):
        np.testing.assert_array_equal(
            hungarian(sign * cost * scale), linear_sum_assignment(sign * cost.numpy())
        )


def test_small_costs_beside_the_largest_do_not_hide_the_overflow():
    cost = tensor([[1.7, -1.7, 0], [-1.7, 1.7, 1e-300], [-0.85, -1.7, 1.7]])
    np.testing.assert_array_equal(
        hungarian(cost * 1e308), linear_sum_assignment(cost.numpy())
    )


def test_sums_of_many_of_the_largest_floats_do_not_overflow():
    cost = np.random.default_rng(0).uniform(-1.7, 1.7, (40, 60))
    np.testing.assert_array_equal(
        hungarian(torch.from_numpy(cost * 1e308)), linear_sum_assignment(cost)
    )


def test_of_equal_entries_greedy_takes_the_first():
    assert [x.tolist() for x in greedy_match(torch.zeros(3, 2))] == [[0, 1], [0, 1]]


@pytest.mark.parametrize("match", [hungarian, greedy_match])
def test_a_small_difference_counts_beside_a_huge_cost(match):
    assert match(tensor([[2e-300, 1e-300, 1e300]]))[1].item() == 1


def test_integer_and_single_costs_are_accepted():
    assert [x.tolist() for x in hungarian(torch.tensor([[7]]))] == [[0], [0]]
    assert [x.tolist() for x in greedy_match(torch.zeros(3, 0))] == [[], []]
    assert [x.tolist() for x in hungarian(torch.zeros(0, 0))] == [[], []]


@pytest.mark.parametrize("match", [hungarian, greedy_match])
def test_matching_leaves_its_argument_alone(match):
    cost = tensor([[1, 2], [1.5, 10]])
    match(cost)
    assert cost.tolist() == [[1, 2], [1.5, 10]]


@pytest.mark.parametrize("match", [hungarian, greedy_match])
def test_impossible_costs_are_refused(match):
    for bad in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="cost must be finite, got 1 NaN or inf"):
            match(tensor([[1, bad]]))
    with pytest.raises(ValueError, match=r"real matrix, got \(2,\)"):
        match(tensor([1, 2]))
    with pytest.raises(ValueError, match=r"real matrix, got .*complex"):
        match(torch.zeros(2, 2, dtype=torch.complex64))


# Boxes

whole_boxes = st.lists(
    st.tuples(*[st.integers(0, 6)] * 4).map(
        lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
    ),
    max_size=3,
)


def cells(box):
    x0, y0, x1, y1 = box
    return set(itertools.product(range(x0, x1), range(y0, y1)))


@given(first=whole_boxes, second=whole_boxes)
def test_giou_counts_cells(first, second):
    a, b = (tensor(boxes).reshape(-1, 4) for boxes in (first, second))
    giou = generalized_iou(a, b)
    assert giou.shape == (len(first), len(second))
    for (i, p), (j, q) in itertools.product(enumerate(first), enumerate(second)):
        union = len(cells(p) | cells(q))
        low, high = np.minimum(p, q)[:2], np.maximum(p, q)[2:]
        hull = len(cells((*low, *high)))
        iou = len(cells(p) & cells(q)) / union if union else 0
        want = iou - ((hull - union) / hull if hull else 0)
        assert giou[i, j].item() == pytest.approx(want, rel=0, abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "want"),
    [
        ([0, 0, 2, 2], [1, 1, 3, 3], -5 / 63),
        ([0, 0, 1, 1], [2, 0, 3, 1], -1 / 3),
        ([3, 4, 5, 8], [3, 4, 5, 8], 1),
        ([0, 0, 1, 1], [1000, 1000, 1001, 1001], -0.999998),
        ([0, 0, 4, 4], [1, 1, 3, 3], 1 / 4),
        ([0, 0, 2, 2], [1, 1, 1, 1], 0),
    ],
)
def test_giou_by_hand(a, b, want):
    giou = generalized_iou(tensor([a]), tensor([b])).item()
    assert giou == pytest.approx(want, rel=0, abs=1e-8)


@given(seed=seeds, scale=st.sampled_from([1e-6, 0.3, 1e6]))
def test_giou_is_symmetric_scale_free_and_at_most_iou(seed, scale):
    rng = np.random.default_rng(seed)
    a, b = (box_cxcywh_to_xyxy(random_boxes(rng, 4)) for _ in range(2))
    giou = generalized_iou(a, b)
    np.testing.assert_allclose(generalized_iou(b, a).T, giou, **exact)
    np.testing.assert_allclose(generalized_iou(a * scale, b * scale), giou, **exact)
    assert giou.min() >= -1
    assert giou.max() <= 1
    assert (generalized_iou(a, a).diagonal() == 1).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("side", [0.005, 0.006, 400.0])
def test_a_box_has_giou_1_with_itself_in_16_bits(dtype, side):
    box = torch.tensor([[0.0, 0.0, side, side]], dtype=dtype)
    giou = generalized_iou(box, box)
    assert giou.dtype == dtype
    assert giou.item() == 1


def test_a_perfect_small_box_costs_nothing_in_float16():
    gt = torch.tensor([[0.5, 0.5, 0.006, 0.006]]).half()
    logits = torch.tensor([[9.0, 0.0]]).half()
    losses = set_criterion(logits, gt, torch.tensor([0]), gt)
    assert losses["giou"].item() == losses["l1"].item() == 0
    assert losses["giou"].dtype == torch.float32


@pytest.mark.parametrize("side", [1e-30, 1e-20, 1e30])
def test_giou_knows_no_unit_in_float32(side):
    a = torch.tensor([[0.0, 0, 2, 2], [0, 0, 0, 0]]) * side
    b = torch.tensor([[1.0, 1, 3, 3], [0, 0, 2, 2], [3, 0, 5, 2]]) * side
    want = [[-5 / 63, 1, -0.2]]
    torch.testing.assert_close(generalized_iou(a[:1], b), torch.tensor(want))
    # A point: no area is shared, and no union but the other box.
    torch.testing.assert_close(
        generalized_iou(a[1:], b), torch.tensor([[-5 / 9, 0, -0.6]])
    )


def test_l1_depends_on_the_scale_where_giou_does_not():
    large, small = tensor([[0.5, 0.5, 0.4, 0.4]]), tensor([[0.5, 0.5, 0.04, 0.04]])
    off_large, off_small = (
        box + box[0, 2] / 4 * tensor([1, 0, 0, 0]) for box in (large, small)
    )
    distances = [
        (x - y).abs().sum().item() for x, y in ((large, off_large), (small, off_small))
    ]
    assert distances[0] == pytest.approx(10 * distances[1])
    gious = [
        generalized_iou(box_cxcywh_to_xyxy(x), box_cxcywh_to_xyxy(y)).item()
        for x, y in ((large, off_large), (small, off_small))
    ]
    assert gious[0] == pytest.approx(gious[1]) == pytest.approx(0.6)


def test_giou_pulls_on_boxes_that_do_not_meet():
    b = tensor([[2.0, 0.0, 3.0, 1.0]])
    a = tensor([[0.0, 0.0, 1.0, 1.0]]).requires_grad_()
    giou = generalized_iou(a, b)
    (gradient,) = torch.autograd.grad(giou.sum(), a)
    assert gradient[0, 2] > 0  # a wider box would come nearer; IoU stays 0 there
    rng = np.random.default_rng(0)
    x, y = (box_cxcywh_to_xyxy(random_boxes(rng, 3)) for _ in range(2))
    assert torch.autograd.gradcheck(
        generalized_iou, (x.requires_grad_(), y.requires_grad_())
    )


@given(seed=seeds)
def test_corners_give_back_centre_and_size(seed):
    boxes = random_boxes(np.random.default_rng(seed), 5).reshape(1, 5, 4)
    corners = box_cxcywh_to_xyxy(boxes)
    np.testing.assert_allclose(
        (corners[..., :2] + corners[..., 2:]) / 2, boxes[..., :2], **exact
    )
    np.testing.assert_allclose(
        corners[..., 2:] - corners[..., :2], boxes[..., 2:], **exact
    )


def test_one_box_by_hand():
    corners = box_cxcywh_to_xyxy(tensor([0.5, 0.4, 0.2, 0.6]))
    np.testing.assert_allclose(corners, [0.4, 0.1, 0.6, 0.7], **exact)


def test_bad_boxes_are_refused():
    good = tensor([[0, 0, 1, 1]])
    with pytest.raises(ValueError, match="a must have x0 <= x1 and y0 <= y1, got"):
        generalized_iou(tensor([[1, 0, 0, 1]]), good)
    with pytest.raises(ValueError, match="b must have x0 <= x1 and y0 <= y1, got"):
        generalized_iou(good, tensor([[0, 1, 1, 0]]))
    with pytest.raises(ValueError, match="b must be finite"):
        generalized_iou(good, tensor([[0, 0, 1, math.inf]]))
    with pytest.raises(ValueError, match=r"a must be \(n, 4\), got \(4,\)"):
        generalized_iou(good[0], good)
    with pytest.raises(ValueError, match=r"b must be floating point.*got \(1, 3\)"):
        generalized_iou(good, good[:, :3])
    with pytest.raises(ValueError, match=r"boxes must be floating point.*int64"):
        box_cxcywh_to_xyxy(torch.zeros(1, 4, dtype=torch.int64))


def test_centre_and_size_read_as_corners_give_another_number_or_an_error():
    a, b = tensor([[0.2, 0.2, 0.4, 0.4]]), tensor([[0.3, 0.3, 0.4, 0.4]])
    right = generalized_iou(box_cxcywh_to_xyxy(a), box_cxcywh_to_xyxy(b)).item()
    assert right == pytest.approx(9 / 23 - 2 / 25)
    assert generalized_iou(a, b).item() == pytest.approx(0.25)
    with pytest.raises(ValueError, match="x0 <= x1"):
        generalized_iou(tensor([[0.7, 0.7, 0.2, 0.2]]), b)


# The matching cost


@given(seed=seeds, queries=st.integers(1, 6), objects=st.integers(0, 6))
def test_matching_cost_is_a_double_loop(seed, queries, objects):
    objects = min(queries, objects)
    logits, boxes, labels, gt = random_scene(seed, queries, objects)
    weights = (0.7, 3.0, 1.3)
    cost = matching_cost(logits, boxes, labels, gt, weights)
    assert cost.shape == (queries, objects)
    for q, k in itertools.product(range(queries), range(objects)):
        odds = np.exp(logits[q].numpy())
        corners = [box_cxcywh_to_xyxy(x)[None] for x in (boxes[q], gt[k])]
        want = (
            -0.7 * odds[labels[k]] / odds.sum()
            + 3.0 * sum(abs(boxes[q, i] - gt[k, i]).item() for i in range(4))
            + 1.3 * (1 - generalized_iou(*corners).item())
        )
        assert cost[q, k].item() == pytest.approx(want, rel=0, abs=1e-12)


def test_default_weights_are_one_five_two():
    scene = random_scene(0)
    np.testing.assert_array_equal(
        matching_cost(*scene), matching_cost(*scene, weights=(1, 5, 2))
    )


def test_padding_with_no_object_columns_changes_nothing():
    for seed in range(20):
        cost = matching_cost(*random_scene(seed))
        padded = torch.cat([cost, torch.zeros(6, 3, dtype=cost.dtype)], dim=1)
        queries, columns = hungarian(padded)
        real = columns < 3
        pairs = set(zip(queries[real].tolist(), columns[real].tolist()))
        assert pairs == set(zip(*(x.tolist() for x in hungarian(cost))))


def test_log_probabilities_match_otherwise():
    logits = tensor([[0.02, 0.98], [0.0001, 0.9999]]).log()
    gt = tensor([[0.5, 0.5, 0.2, 0.2]])
    boxes = tensor([[0.52, 0.5, 0.2, 0.2], [0.5, 0.5, 0.2, 0.2]])
    labels = torch.tensor([0])
    cost = matching_cost(logits, boxes, labels, gt)
    by_boxes = matching_cost(logits, boxes, labels, gt, (0, 5, 2))
    assert hungarian(cost)[0].item() == 1
    assert hungarian(by_boxes - logits[:, labels])[0].item() == 0


def test_no_gradient_passes_through_the_matching():
    logits, boxes, labels, gt = random_scene(1)
    logits.requires_grad_()
    boxes.requires_grad_()
    assert not matching_cost(logits, boxes, labels, gt).requires_grad


def test_impossible_scenes_are_refused():
    logits, boxes, labels, gt = random_scene(0)
    with pytest.raises(ValueError, match="at most one object per query, got 3 for 2"):
        matching_cost(logits[:2], boxes[:2], labels, gt)
    for bad in (-1, 4):
        with pytest.raises(ValueError, match=r"labels must be int64 in \[0, 4\)"):
            matching_cost(logits, boxes, torch.full((3,), bad), gt)
    with pytest.raises(ValueError, match="labels must be int64"):
        matching_cost(logits, boxes, labels.double(), gt)
    for shapes in (
        (logits[:5], boxes, labels, gt),
        (logits, boxes, labels[:2], gt),
        (logits[0], boxes, labels, gt),
        (logits, boxes, labels[:, None], gt),
    ):
        with pytest.raises(ValueError, match=r"need \(Q, C \+ 1\), \(Q, 4\), \(K,\)"):
            matching_cost(*shapes)
    with pytest.raises(ValueError, match="boxes must be floating"):
        matching_cost(logits, boxes[:, :3], labels, gt)
    for weights in ((-1, 5, 2), (1, math.inf, 2), (1, 5), (1, math.nan, 2)):
        with pytest.raises(ValueError, match="weights must be three numbers >= 0, got"):
            matching_cost(logits, boxes, labels, gt, weights)
    flat = gt.clone()
    flat[1, 2] = 0
    with pytest.raises(ValueError, match="gt must have w > 0 and h > 0"):
        matching_cost(logits, boxes, labels, flat)
    with pytest.raises(ValueError, match="boxes must have w >= 0 and h >= 0"):
        matching_cost(logits, -boxes, labels, gt)
    with pytest.raises(ValueError, match="logits must be finite"):
        matching_cost(logits / 0, boxes, labels, gt)
    with pytest.raises(ValueError, match=r"logits must be finite floats.*int64"):
        matching_cost(logits.long(), boxes, labels, gt)
    with pytest.raises(ValueError, match="gt must be finite"):
        matching_cost(logits, boxes, labels, gt / 0)


def test_a_predicted_box_may_collapse():
    logits, boxes, labels, gt = random_scene(0)
    boxes[:, 2:] = 0
    assert matching_cost(logits, boxes, labels, gt).isfinite().all()


# The loss


def losses_by_hand(logits, boxes, labels, gt, eos):
    """Class, L1 and GIoU parts for one image, by scipy and loops over plain numbers."""
    cost = matching_cost(logits.detach(), boxes.detach(), labels, gt).numpy()
    owner = dict(zip(*(x.tolist() for x in linear_sum_assignment(cost))))
    none = logits.shape[1] - 1
    surprise = weight = l1 = giou = 0.0
    for q in range(len(logits)):
        c = labels[owner[q]].item() if q in owner else none
        w = 1.0 if q in owner else eos
        surprise += w * (logits[q].exp().sum().log() - logits[q, c])
        weight += w
        if q in owner:
            k = owner[q]
            l1 += sum(abs(boxes[q, i] - gt[k, i]) for i in range(4))
            corners = [box_cxcywh_to_xyxy(x)[None] for x in (boxes[q], gt[k])]
            giou += 1 - generalized_iou(*corners)[0, 0]
    return surprise / weight, l1, giou


@given(seed=seeds, objects=st.integers(1, 5), eos=st.sampled_from([0.1, 1.0, 3.0]))
def test_criterion_is_the_loop_over_queries(seed, objects, eos):
    scene = random_scene(seed, 5, objects)
    losses = set_criterion(*scene, eos=eos)
    ce, l1, giou = losses_by_hand(*scene, eos)
    np.testing.assert_allclose(losses["ce"], ce, **exact)
    np.testing.assert_allclose(losses["l1"], l1 / objects, **exact)
    np.testing.assert_allclose(losses["giou"], giou / objects, **exact)
    want = ce + 5 * l1 / objects + 2 * giou / objects
    np.testing.assert_allclose(losses["total"], want, **exact)


def test_gradient_is_that_of_a_fixed_assignment():
    logits, boxes, labels, gt = random_scene(5)
    inputs = [logits.requires_grad_(), boxes.requires_grad_()]
    mine = torch.autograd.grad(set_criterion(*inputs, labels, gt)["total"], inputs)
    ce, l1, giou = losses_by_hand(*inputs, labels, gt, 0.1)
    theirs = torch.autograd.grad(ce + (5 * l1 + 2 * giou) / 3, inputs)
    for x, y in zip(mine, theirs):
        np.testing.assert_allclose(x, y, **exact)


@given(seed=seeds)
def test_order_of_queries_and_of_objects_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    logits, boxes, labels, gt = random_scene(seed)
    q, k = rng.permutation(6), rng.permutation(3)
    one = set_criterion(logits, boxes, labels, gt)
    two = set_criterion(logits[q], boxes[q], labels[k], gt[k])
    for part in ("total", "ce", "l1", "giou"):
        np.testing.assert_allclose(one[part], two[part], **exact)
    pairs = {(q[i], k[j]) for i, j in zip(*(x.tolist() for x in two["indices"]))}
    assert pairs == set(zip(*(x.tolist() for x in one["indices"])))


def test_a_perfect_prediction_costs_nothing():
    _, boxes, labels, gt = random_scene(2)
    boxes[[4, 0, 2]] = gt
    logits = torch.zeros(6, 5, dtype=torch.float64)
    logits[:, 4] = 100
    logits[[4, 0, 2], 4] = 0
    logits[[4, 0, 2], labels] = 100
    losses = set_criterion(logits, boxes, labels, gt)
    assert [losses[part].item() for part in ("ce", "l1", "giou")] == pytest.approx(
        [0, 0, 0]
    )
    assert losses["indices"][0].tolist() == [0, 2, 4]
    assert losses["indices"][1].tolist() == [1, 2, 0]


@pytest.mark.parametrize("eos", [1e-3, 0.1, 1.0])
def test_no_information_costs_log_92(eos):
    _, boxes, labels, gt = random_scene(0)
    logits = torch.zeros(6, 92, dtype=torch.float64)
    ce = set_criterion(logits, boxes, labels, gt, eos)["ce"].item()
    assert ce == pytest.approx(math.log(92)) == pytest.approx(4.5218, abs=5e-5)


def test_the_weight_of_no_object_is_in_the_normaliser_too():
    logits, boxes, labels, gt = random_scene(0)
    losses = set_criterion(logits, boxes, labels, gt, eos=0.1)
    classes = torch.full((6,), 4)
    classes[losses["indices"][0]] = labels[losses["indices"][1]]
    each = F.cross_entropy(logits, classes, reduction="none")
    weight = torch.where(classes == 4, 0.1, tensor(1.0))
    weighted = (each * weight).sum()
    np.testing.assert_allclose(losses["ce"], weighted / (3 + 3 * 0.1), **exact)
    assert losses["ce"].item() > 1.5 * weighted.item() / 6  # not a mean over queries


@pytest.mark.parametrize(("eos", "best"), [(0.1, 0.655), (1.0, 0.95)])
def test_what_a_model_without_information_says_of_no_object(eos, best):
    # Weighted shares: 95 eos against 5. There the gradient of the common logit is 0.
    assert 95 * eos / (95 * eos + 5) == pytest.approx(best, abs=5e-4)
    rng = np.random.default_rng(0)
    boxes, gt = random_boxes(rng, 100), random_boxes(rng, 5)
    slopes = []
    for p in (best - 0.01, 95 * eos / (95 * eos + 5), best + 0.01):
        shared = tensor([0.0, math.log(p / (1 - p))]).requires_grad_()
        labels = torch.zeros(5, dtype=torch.int64)
        ce = set_criterion(shared.expand(100, 2), boxes, labels, gt, eos)["ce"]
        slopes.append(torch.autograd.grad(ce, shared)[0][1].item())
    assert slopes[0] < -1e-3
    assert abs(slopes[1]) < 1e-12
    assert slopes[2] > 1e-3


def test_a_batch_shares_one_count_of_boxes_and_one_sum_of_weights():
    scenes = [random_scene(0, objects=1), random_scene(1, objects=4)]
    logits, boxes = (torch.stack([scene[i] for scene in scenes]) for i in (0, 1))
    targets = [(labels, gt) for _, _, labels, gt in scenes]
    batch = batch_criterion(logits, boxes, targets)
    alone = [set_criterion(*scene) for scene in scenes]
    for part in ("l1", "giou"):
        want = (alone[0][part] * 1 + alone[1][part] * 4) / 5
        np.testing.assert_allclose(batch[part], want, **exact)
    shares = (1 + 5 * 0.1, 4 + 2 * 0.1)
    want = sum(x["ce"] * w for x, w in zip(alone, shares)) / sum(shares)
    np.testing.assert_allclose(batch["ce"], want, **exact)
    for pair, one in zip(batch["indices"], alone):
        np.testing.assert_array_equal(pair, one["indices"])
    fixed = batch_criterion(logits, boxes, targets, num_boxes=2.5)
    np.testing.assert_allclose(fixed["l1"], 2 * batch["l1"], **exact)
    np.testing.assert_allclose(fixed["giou"], 2 * batch["giou"], **exact)


def test_weights_act_in_the_matching_and_in_the_total():
    logits, boxes, labels, gt = random_scene(8)
    weights = (2.0, 0.0, 1.0)
    losses = batch_criterion(logits[None], boxes[None], [(labels, gt)], weights=weights)
    want = 2 * losses["ce"] + losses["giou"]
    np.testing.assert_allclose(losses["total"], want, **exact)
    cost = matching_cost(logits, boxes, labels, gt, weights)
    np.testing.assert_array_equal(losses["indices"][0], hungarian(cost))


def test_an_image_without_objects_only_asks_for_silence():
    logits, boxes, labels, gt = random_scene(0, objects=0)
    boxes.requires_grad_()
    losses = set_criterion(logits, boxes, labels, gt)
    assert losses["l1"].item() == losses["giou"].item() == 0  # and not 0 / 0
    want = -logits.log_softmax(-1)[:, -1].mean()
    np.testing.assert_allclose(losses["ce"], want, **exact)
    losses["total"].backward()
    assert (boxes.grad == 0).all()


def test_a_second_perfect_box_is_told_to_be_silent():
    gt = tensor([[0.5, 0.5, 0.2, 0.2]])
    logits = tensor([[9.0, 0.0], [9.0, 0.0]]).requires_grad_()
    losses = set_criterion(logits, gt.repeat(2, 1), torch.tensor([0]), gt)
    (gradient,) = torch.autograd.grad(losses["ce"], logits)
    (taken,) = losses["indices"][0].tolist()
    assert gradient[1 - taken, 1] < -0.05  # descent raises its "no object"
    assert abs(gradient[taken, 1]) < 1e-3


def test_extreme_logits_give_finite_losses_and_gradients():
    logits, boxes, labels, gt = random_scene(0)
    logits = (logits * 1e4).float().requires_grad_()
    total = set_criterion(logits, boxes.float(), labels, gt.float())["total"]
    total.backward()
    assert total.isfinite()
    assert logits.grad.isfinite().all()


def test_bad_batches_are_refused():
    logits, boxes, labels, gt = random_scene(0)
    for eos in (0, -0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"eos must be > 0, got {eos}"):
            set_criterion(logits, boxes, labels, gt, eos)
    for number in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"num_boxes must be > 0, got {number}"):
            batch_criterion(logits[None], boxes[None], [(labels, gt)], num_boxes=number)
    with pytest.raises(ValueError, match="targets must be a sequence, got generator"):
        batch_criterion(logits[None], boxes[None], (x for x in [(labels, gt)]))
    with pytest.raises(ValueError, match="of one batch size > 0, got 1, 1, 0"):
        batch_criterion(logits[None], boxes[None], [])
    with pytest.raises(ValueError, match="of one batch size > 0, got 0, 0, 0"):
        batch_criterion(logits[None][:0], boxes[None][:0], [])


# The model


def small_model(**options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TinyDETR(**options).double()


def some_images(count=2, size=16):
    return torch.from_numpy(
        np.random.default_rng(0).normal(size=(count, 1, size, size))
    )


def test_model_gives_one_class_vector_and_one_box_per_query():
    logits, boxes = small_model(classes=3, queries=5, size=8)(some_images(size=8))
    assert logits.shape == (2, 5, 4)
    assert boxes.shape == (2, 5, 4)
    assert boxes.min() > 0
    assert boxes.max() < 1


def test_the_miniature_differs_from_the_paper_as_its_docstring_says():
    model = TinyDETR(layers=2)
    assert model.encoder.norm_first
    assert all(layer.norm_first for layer in model.decoder.layers)
    dropouts = [m.p for m in model.modules() if isinstance(m, nn.Dropout)]
    assert dropouts
    assert not any(dropouts)
    assert sum(isinstance(m, nn.Linear) for m in model.to_box) == 2
    assert model.position.requires_grad
    assert model.query.requires_grad


# From answers to detections


def test_detections_keep_every_query_with_its_best_class_but_no_object():
    probability = tensor([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]])
    boxes = tensor([[0.5, 0.5, 0.2, 0.4], [0.25, 0.5, 0.5, 1]])
    scores, labels, corners = detections(probability.log(), boxes, 100, 200)
    np.testing.assert_allclose(scores, [0.2, 0.6], **exact)
    assert labels.tolist() == [1, 0]
    np.testing.assert_allclose(corners, [[80, 30, 120, 70], [0, 0, 100, 100]], **exact)
    for bad in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match="height and width must be > 0, got"):
            detections(probability.log(), boxes, bad, 200)
    with pytest.raises(ValueError, match=r"need logits .* got \(2, 3\) and \(1, 4\)"):
        detections(probability, boxes[:1], 1, 1)


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_corners_are_float32_for_16_bits_and_a_whole_size(half):
    boxes = torch.full((1, 4), 0.3).to(half)
    scores, _, corners = detections(torch.zeros(1, 3).to(half), boxes, 1000, 999)
    assert scores.dtype == corners.dtype == torch.float32
    exact = box_cxcywh_to_xyxy(boxes.double()) * tensor([999, 1000, 999, 1000])
    assert (corners - exact).abs().max() < 1e-3


@given(seed=st.integers(0, 999), classes=st.integers(1, 4))
def test_a_query_that_says_no_object_scores_at_most_one_half(seed, classes):
    logits = torch.from_numpy(
        3 * np.random.default_rng(seed).normal(size=(6, classes + 1))
    )
    scores, _, _ = detections(logits, torch.full((6, 4), 0.5), 10, 10)
    empty = logits.argmax(1) == classes
    assert (scores[empty] <= 0.5).all()


def test_an_empty_query_may_also_cost_average_precision():
    from snippets.cv.mean_average_precision import evaluate

    chance = torch.tensor([[0.45, 0.05, 0.5], [0.4, 0.35, 0.25]]).double()
    boxes = torch.tensor([[0.8, 0.8, 0.2, 0.2], [0.3, 0.3, 0.2, 0.2]]).double()
    truth = [{"boxes": box_cxcywh_to_xyxy(boxes[1:]) * 16, "labels": [0]}]
    for kept, want in (([0, 1], 0.5), ([1], 1.0)):
        found = detections(chance.log()[kept], boxes[kept], 16, 16)
        found = [dict(zip(("scores", "labels", "boxes"), found))]
        assert evaluate(found, truth)["AP50"] == want


def test_a_class_may_be_ruled_out_but_not_all():
    boxes = torch.full((2, 4), 0.5)
    logits = torch.tensor([[-math.inf, 0.0, 0.0], [1.0, 0.0, -math.inf]])
    scores, labels, _ = detections(logits, boxes, 8, 8)
    assert labels.tolist() == [1, 0]
    assert scores.isfinite().all()
    for bad in (math.inf, math.nan):
        with pytest.raises(ValueError, match="logits must be floats < inf"):
            detections(torch.tensor([[bad, 0.0, 0.0]]), boxes[:1], 8, 8)
    with pytest.raises(ValueError, match="logits must be floats < inf"):
        detections(torch.full((1, 3), -math.inf), boxes[:1], 8, 8)


@pytest.mark.timeout(180)  # it may be the one that trains
def test_average_precision_is_not_lower_with_all_queries(trained, unseen):
    from snippets.cv.mean_average_precision import evaluate

    images, targets = unseen
    with torch.no_grad():
        logits, boxes = trained[0](images)
    truth = [
        {"boxes": box_cxcywh_to_xyxy(gt) * 16, "labels": labels}
        for labels, gt in targets
    ]
    ap = {}
    for rule in ("all", "without empty"):
        found = []
        for one, its in zip(logits, boxes):
            kept = one.argmax(-1) < 2
            kept = kept | (rule == "all")
            scores, labels, corners = (x[kept] for x in detections(one, its, 16, 16))
            found.append({"boxes": corners, "scores": scores, "labels": labels})
        ap[rule] = evaluate(found, truth)["AP50"]
    assert ap["all"] >= ap["without empty"] > 0.8


@torch.no_grad()
def test_permuting_the_queries_permutes_the_outputs():
    model, order = small_model(queries=6, layers=2), [3, 0, 5, 1, 4, 2]
    before = model(some_images())
    model.query.copy_(model.query[order])
    for old, new in zip(before, model(some_images())):
        np.testing.assert_allclose(new, old[:, order], **exact)


@torch.no_grad()
def test_equal_queries_give_equal_boxes():
    model = small_model()
    model.query[1] = model.query[0]
    for out in model(some_images()):
        np.testing.assert_allclose(out[:, 0], out[:, 1], **exact)
        assert (out[:, 0] - out[:, 2]).abs().max() > 1e-3


@torch.no_grad()
def test_the_decoder_of_pytorch_is_equivariant_too():
    layer = nn.TransformerDecoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
    decoder = nn.TransformerDecoder(layer, 2).double()
    rng = np.random.default_rng(0)
    queries, memory = (torch.from_numpy(rng.normal(size=(1, n, 16))) for n in (5, 9))
    order = torch.tensor([4, 2, 0, 1, 3])
    out = decoder(queries, memory)
    np.testing.assert_allclose(
        decoder(queries[:, order], memory), out[:, order], **exact
    )
    same = decoder(queries[:, :1].expand(-1, 5, -1), memory)
    np.testing.assert_allclose(same, same[:, :1].expand(-1, 5, -1), **exact)


@torch.no_grad()
def test_queries_see_each_other_and_images_do_not():
    model = small_model()
    before = model(some_images())[0]
    model.query[0, 0] += 1  # one feature: LayerNorm would undo a shift of them all
    assert (model(some_images())[0] - before)[:, 1].abs().max() > 1e-6
    alone = small_model()(some_images()[:1])[0]
    np.testing.assert_allclose(alone[0], before[0], **exact)


@pytest.mark.parametrize("layers", [1, 2])
@torch.no_grad()
def test_what_a_query_has_read_reaches_the_others_from_a_second_layer_on(layers):
    model = small_model(layers=layers)
    before = model(some_images())[1]

    def disturb(module, args, out):
        out[0][:, 1, 0] += 1  # one feature: LayerNorm would undo a shift of them all
        return out

    model.decoder.layers[0].multihead_attn.register_forward_hook(disturb)
    change = (model(some_images())[1] - before).abs().amax((0, 2))
    assert change[1] > 1e-3
    assert (change[0] > 1e-6) == (layers == 2)


@torch.no_grad()
def test_the_image_reaches_the_queries_with_its_places():
    model = small_model()
    one, flipped = some_images(1), some_images(1).flip(-1)
    assert (model(one)[1] - model(flipped)[1]).abs().max() > 1e-6
    before = model(one)[1]
    model.position.copy_(model.position.flip(0))
    assert (model(one)[1] - before).abs().max() > 1e-6


def test_bad_models_and_images_are_refused():
    for bad in (
        {"classes": 0},
        {"queries": 0},
        {"size": 10},
        {"width": 6},
        {"layers": 0},
    ):
        match = "must be an integer >= 1, got 0|size and width must be multiples of 4"
        with pytest.raises(ValueError, match=match):
            TinyDETR(**bad)
    with pytest.raises(
        ValueError, match=r"images must be \(B, 1, 16, 16\), got \(2, 1, 8"
    ):
        small_model()(some_images(size=8))


# The experiments


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_matched_scalars_learn_the_set_and_ordered_ones_its_mean(seed):
    path = two_queries(True, seed=seed)
    goal = tensor([0.2, 0.8])
    rest = 0.9 ** torch.arange(201, dtype=torch.float64)[:, None]
    np.testing.assert_allclose(path, goal + rest * (path[0] - goal), **exact)
    assert (path[-1] - goal).abs().max() < 1e-3
    assert ((path[-1] - goal) ** 2).mean() < 1e-14
    ordered = two_queries(False, seed=seed)
    np.testing.assert_allclose(ordered.mean(1), 0.5, **exact)
    assert (ordered[-1, 1] - ordered[-1, 0]).abs() < 0.25
    loss = ((ordered[-50:].sort(1)[0] - goal) ** 2).mean()
    assert 0.03 < loss < 0.12


def test_ordered_scalars_follow_the_shuffled_targets():
    order = np.random.default_rng(4)
    query = np.array([0.45, 0.55])
    for _ in range(7):
        query = 0.9 * query + 0.1 * order.permutation([0.2, 0.8])
    np.testing.assert_allclose(two_queries(False, steps=7, seed=4)[-1], query, **exact)
    assert two_queries(True, steps=0).shape == (1, 2)


def test_drawn_targets_are_what_the_pixels_show():
    images, targets = draw_shapes(np.random.default_rng(1), 60)
    assert images.shape == (60, 1, 16, 16)
    assert {len(labels) for labels, _ in targets} == {0, 1, 2}
    assert {label for labels, _ in targets for label in labels.tolist()} == {0, 1}
    first_half = {bool(b[0, 0] > 0.5) for _, b in targets if len(b) == 2}
    assert first_half == {True, False}
    for image, (labels, boxes) in zip(images[:, 0].numpy(), targets):
        seen = {}
        for half in (0, 1):
            part = np.where(np.arange(16) // 8 == half, image, 0)
            y, x = np.nonzero(abs(part) > 0.5)
            if len(x):
                box = x.min(), y.min(), x.max() + 1, y.max() + 1
                seen[tuple(int(edge) for edge in box)] = int(part[y[0], x[0]] < 0)
        corners = (box_cxcywh_to_xyxy(boxes) * 16).int().tolist()
        assert seen == dict(zip(map(tuple, corners), labels.tolist()))


class Stub(nn.Module):
    """Answers every image alike."""

    def __init__(self, probabilities, boxes):
        super().__init__()
        self.answer = torch.tensor(probabilities).log(), torch.tensor(boxes)

    def forward(self, images):
        return tuple(x.repeat(len(images), 1, 1) for x in self.answer)


def test_the_noise_of_the_drawn_images_has_a_standard_deviation_of_a_tenth():
    images, _ = draw_shapes(np.random.default_rng(1), 60)
    noise = images[images.abs() < 0.5]
    assert noise.std().item() == pytest.approx(0.1, abs=0.003)
    assert noise.mean().item() == pytest.approx(0.0, abs=0.003)


def test_score_refuses_what_does_not_fit():
    images, targets = draw_shapes(np.random.default_rng(1), 2)
    model = Stub([[0.8, 0.1, 0.1]], [[0.3, 0.3, 0.2, 0.2]])
    with pytest.raises(ValueError, match="a target for each of 2 images, got 1"):
        score(model, images, targets[:1])
    with pytest.raises(ValueError, match=r"a target for each of 2 images, got .*iter"):
        score(model, images, iter(targets))
    with pytest.raises(ValueError, match=r"\(K,\) and \(K, 4\), got .*\(1, 3\)"):
        score(model, images, [(torch.zeros(1), torch.zeros(1, 3))] * 2)
    for eos in (0, math.inf, math.nan):
        with pytest.raises(ValueError, match=f"eos must be > 0, got {eos}"):
            score(model, images, targets, eos)


def test_score_counts_by_hand():
    here, there = [0.3, 0.3, 0.2, 0.2], [0.7, 0.7, 0.2, 0.2]
    # Query 0 is right, 1 repeats it, 2 has the wrong class, 3 says "no object".
    sure, wrong, none = [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.3, 0.1, 0.6]
    model = Stub([sure, sure, wrong, none], [here, here, there, there])
    two = torch.zeros(2, dtype=torch.int64), torch.tensor([here, there])
    nothing = torch.zeros(0, dtype=torch.int64), torch.zeros(0, 4)
    images = torch.zeros(2, 1, 16, 16)
    assert score(model, images, [two, nothing]) == (2, 1, 6)
    # 0.1 / 0.1 beats 0.8: dividing "no object" by a small weight silences all.
    assert score(model, images, [two, nothing], eos=0.1) == (2, 0, 0)
    one = torch.zeros(1, dtype=torch.int64), torch.tensor([here])
    for width, found in ((0.09, 0), (0.11, 1)):  # IoU and GIoU are 0.45 and 0.55
        loose = Stub([sure], [[0.3, 0.3, width, 0.2]])
        assert score(loose, images[:1], [one]) == (1, found, 1)


@pytest.fixture(scope="module")
def trained():
    """One training for all: the model and the global random state around it."""
    before = torch.get_rng_state()
    model = train()
    return model, before, torch.get_rng_state()


@pytest.fixture(scope="module")
def unseen():
    return draw_shapes(np.random.default_rng(99), 300)


@pytest.mark.timeout(180)  # it may be the one that trains
def test_tiny_detr_finds_most_of_what_is_drawn(trained, unseen):
    objects, found, detections = score(trained[0], *unseen)
    assert found > 0.75 * objects
    assert detections < 2 * objects  # of 1,200 queries; nothing suppresses duplicates
    fresh = score(small_model().float(), *unseen)
    assert fresh.found < 0.1 * objects


@pytest.mark.timeout(180)  # it may be the one that trains
def test_undoing_the_weight_of_no_object_trades_recall_for_precision(trained, unseen):
    raw, undone = score(trained[0], *unseen), score(trained[0], *unseen, eos=0.1)
    assert undone.found < raw.found
    assert undone.detections < raw.detections
    assert raw.detections > raw.objects
    precision = [s.found / s.detections for s in (raw, undone)]
    assert precision[1] > precision[0] + 0.02
    assert (
        0.75 < undone.detections / undone.objects < 1.25
    )  # about as many as there are


@pytest.mark.timeout(180)  # it may be the one that trains
def test_training_leaves_the_global_random_state_alone(trained):
    assert torch.equal(trained[1], trained[2])


def test_training_repeats():
    first, second, other = train(steps=5), train(steps=5), train(steps=5, seed=1)
    for x, y in zip(first.parameters(), second.parameters()):
        np.testing.assert_allclose(x.detach(), y.detach(), rtol=0, atol=1e-6)
    assert (first.query - other.query).abs().max() > 0.1


def test_every_step_uses_the_gradient_of_its_own_batch_alone():
    rng = np.random.default_rng(0)
    images, targets = draw_shapes(rng, 1024)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = TinyDETR()
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=4e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=4)
    for _ in range(4):
        chosen = rng.integers(0, 1024, 16)
        losses = batch_criterion(*model(images[chosen]), [targets[i] for i in chosen])
        gradient = torch.autograd.grad(losses["total"], parameters)
        size = math.sqrt(sum(float((g**2).sum()) for g in gradient))
        for p, g in zip(parameters, gradient):
            p.grad = g / max(1.0, size)
        optimizer.step()
        schedule.step()
    for mine, theirs in zip(train(steps=4).parameters(), parameters):
        # The mean: Adam turns rounding into whole steps where a gradient is near 0.
        assert (mine - theirs).abs().mean() < 1e-4


def test_the_optimizer_shrinks_the_weights_as_the_paper_does(monkeypatch):
    made, build = [], torch.optim.AdamW

    def spy(*arguments, **options):
        made.append(build(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(torch.optim, "AdamW", spy)
    train(steps=1, batch=1)
    assert [optimizer.defaults["weight_decay"] for optimizer in made] == [1e-4]


def test_losses_are_made_where_the_predictions_are():
    rng = np.random.default_rng(3)
    logits = torch.from_numpy(rng.normal(size=(1, 4, 3)))
    boxes, gt = random_boxes(rng, 4)[None], random_boxes(rng, 2)
    scene = (logits, boxes, [(torch.tensor([0, 1]), gt)])
    with torch.device("meta"):  # what is made by default has no numbers
        found = batch_criterion(*scene)["total"]
    assert found.item() == batch_criterion(*scene)["total"].item()


@pytest.mark.gpu
def test_gpu_share_of_the_assignment_in_a_step(record_property):
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.normal(size=(8, 100, 92))).cuda()
    boxes = torch.stack([random_boxes(rng, 100) for _ in range(8)]).cuda()
    targets = [
        (torch.from_numpy(rng.integers(0, 91, 20)).cuda(), random_boxes(rng, 20).cuda())
        for _ in range(8)
    ]

    def seconds(work):
        work()
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        return time.perf_counter() - start

    def build():
        return [
            matching_cost(*x, *target) for *x, target in zip(logits, boxes, targets)
        ]

    costs = [cost.cpu() for cost in build()]
    parts = {
        "cost_on_gpu": seconds(build),
        "assignment_on_cpu": seconds(lambda: [hungarian(cost) for cost in costs]),
        "whole_loss": seconds(lambda: batch_criterion(logits, boxes, targets)),
    }
    for name, value in parts.items():
        record_property(name, f"{1000 * value:.2f} ms")  # logged, never judged
    on_gpu = batch_criterion(logits, boxes, targets)
    here = [(labels.cpu(), gt.cpu()) for labels, gt in targets]
    on_cpu = batch_criterion(logits.cpu(), boxes.cpu(), here)
    for part in ("ce", "l1", "giou", "total"):
        np.testing.assert_allclose(on_gpu[part].cpu(), on_cpu[part], rtol=0, atol=1e-9)
