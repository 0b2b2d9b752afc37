"""Oracles: boxes painted pixel by pixel, NMS by its definition, hand counts, scipy."""

import math
import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from figures.cv import nms_and_anchors as figure
from snippets.cv.nms_and_anchors import (
    batched_nms,
    box_iou,
    decode,
    encode,
    make_anchors,
    match,
    nms,
    soft_nms,
)

CLOSE = {"rtol": 0, "atol": 1e-12}
KINDS = ("iou", "giou", "diou", "ciou")
CROWD = [[0, 0, 10, 10], [1, 0, 11, 10], [2, 0, 12, 10], [5, 0, 15, 10]]
CROWD += [[30, 30, 40, 40]]
SCORES = [0.9, 0.8, 0.95, 0.7, 0.6]
CHAIN = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]
MORE = [[5, 2, 9, 9], [9, 8, 15, 14], [4, 1, 8, 6], [1, 6, 9, 11], [5, 4, 10, 8]]


def painted(box):
    x1, y1, x2, y2 = box
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def hull(a, b):
    return [*map(min, a[:2], b[:2]), *map(max, a[2:], b[2:])]


def counted(a, b):
    both, either = painted(a) & painted(b), painted(a) | painted(b)
    return len(both) / len(either) if either else 0.0


def shape(box):
    w, h = box[2] - box[0], box[3] - box[1]
    return math.pi / 2 if h == 0 < w else math.atan(w / h) if h else 0.0


def by_hand(a, b, kind):
    """All four from the painted pixels and from plain Python numbers."""
    iou, whole = counted(a, b), hull(a, b)
    if kind == "iou":
        return iou
    if kind == "giou":
        pixels = painted(whole)
        empty = pixels - painted(a) - painted(b)
        return iou - (len(empty) / len(pixels) if pixels else 0.0)
    centres = [[(c[0] + c[2]) / 2, (c[1] + c[3]) / 2] for c in (a, b)]
    diagonal = math.dist(whole[:2], whole[2:])
    diou = iou - (math.dist(*centres) / diagonal) ** 2 if diagonal else iou
    v = 4 / math.pi**2 * (shape(a) - shape(b)) ** 2
    return diou - (v / (1 - iou + v) * v if kind == "ciou" and v else 0.0)


def sides(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)


boxes_of = st.tuples(sides(-5, 6), sides(-5, 6)).map(
    lambda s: [s[0][0], s[1][0], s[0][1], s[1][1]]
)


@given(st.lists(boxes_of, max_size=4), st.lists(boxes_of, max_size=4))
def test_all_four_are_what_the_painted_pixels_say(a, b):
    for kind in KINDS:
        got = box_iou(a, b, kind)
        assert got.shape == (len(a), len(b))
        assert got.dtype == np.float64
        for (i, p), (j, q) in product(enumerate(a), enumerate(b)):
            assert got[i, j] == pytest.approx(by_hand(p, q, kind), abs=1e-12)


def test_iou_of_integer_boxes_is_the_exact_quotient():
    rng = np.random.default_rng(0)
    corners = np.sort(rng.integers(0, 12, (60, 2, 2)), axis=1).reshape(60, 4)
    boxes = corners.tolist()
    want = [[counted(a, b) for b in boxes] for a in boxes]
    np.testing.assert_array_equal(box_iou(boxes, boxes), want)


def test_the_table_of_the_page():
    want = {
        (1, 1, 3, 3): (1 / 7, -0.079365, 0.031746, 0.031746),
        (4, 0, 6, 2): (0, -1 / 3, -0.4, -0.4),
        (0, 0, 1, 4): (1 / 3, 0.083333, 0.270833, 0.252987),
        (2, 0, 4, 2): (0, 0, -0.2, -0.2),
    }
    for box, numbers in want.items():
        got = [box_iou([[0, 0, 2, 2]], [box], kind)[0, 0] for kind in KINDS]
        np.testing.assert_allclose(got, numbers, rtol=0, atol=5e-7)


@given(boxes_of, boxes_of, st.integers(1, 9), st.integers(-9, 9))
def test_scale_place_and_order_do_not_matter(a, b, scale, shift):
    for kind in KINDS:
        before = box_iou([a], [b], kind)
        after = box_iou(
            np.array([b]) * scale + shift, np.array([a]) * scale + shift, kind
        )
        np.testing.assert_allclose(before.T, after, **CLOSE)


@given(boxes_of, boxes_of)
def test_the_others_are_at_most_iou_and_at_least_minus_one_or_two(a, b):
    iou, giou, diou, ciou = (box_iou([a], [b], kind)[0, 0] for kind in KINDS)
    assert 0 <= iou <= 1
    assert -1 <= giou <= iou + 1e-12
    assert -1 <= diou <= iou
    assert -2 <= ciou <= diou + 1e-12


def test_two_points_two_lines_and_two_negative_sides():
    point, line = [3, 3, 3, 3], [0, 0, 4, 0]
    for kind in KINDS:
        assert box_iou([point], [point], kind)[0, 0] == 0
        assert box_iou([line], [line], kind)[0, 0] == 0
        assert box_iou([[0, 0, 1, 1]], [[0, 0, 1, 1]], kind)[0, 0] == 1
    assert box_iou([[0, 0, 1, 1]], [[2, 2, 3, 3]])[0, 0] == 0
    # A lying and a standing line: v is 1, so alpha is 1 / 2 and the term 1 / 2.
    assert box_iou([line], [[0, 0, 0, 4]], "ciou")[0, 0] == pytest.approx(-0.75)


def test_giou_is_blind_inside_and_diou_is_not():
    whole = [[0, 0, 4, 4]]
    for x, y in product((0, 0.5, 1, 2), repeat=2):
        inner = [[x, y, x + 2, y + 2]]
        assert box_iou(inner, whole, "giou")[0, 0] == 0.25
    assert box_iou([[1, 1, 3, 3]], whole, "diou")[0, 0] == 0.25
    assert box_iou([[0, 0, 2, 2]], whole, "diou")[0, 0] == 0.1875


def test_a_shift_of_eight_pixels_hurts_small_boxes_most():
    for side, want in ((16, 1 / 3), (64, 7 / 9), (256, 31 / 33)):
        got = box_iou([[0, 0, side, side]], [[8, 0, 8 + side, side]])[0, 0]
        assert got == pytest.approx(want, abs=1e-12)


def test_large_and_small_numbers_neither_overflow_nor_vanish():
    for scale in (1e100, 1e-70, 1e-150):
        for kind in KINDS:
            got = box_iou([[0, 0, scale, scale]], [[0, 0, scale, scale / 2]], kind)
            want = box_iou([[0, 0, 1, 1]], [[0, 0, 1, 0.5]], kind)
            np.testing.assert_allclose(got, want, **CLOSE)


def test_thin_boxes_have_an_overlap_while_their_area_is_a_float64():
    for thin in (1e-305, 1e-200):
        box = [[0, 0, 1e100, thin]]
        half = [[0, 0, 5e99, thin]]
        assert [box_iou(box, box, kind)[0, 0] for kind in KINDS] == [1] * 4
        assert box_iou(box, half)[0, 0] == pytest.approx(0.5)


def climbed(kind, schedule):
    """Gradient ascent by central differences, from a box far from its target."""
    h = 1e-4
    moves = np.concatenate([np.eye(4), -np.eye(4)]) * h
    box, touched = np.array([20.0, 5, 26, 15]), 0
    for rate, count in schedule:
        for _ in range(count):
            values = box_iou(box + moves, [[0, 0, 10, 10]], kind)[:, 0]
            box = box + rate * (values[:4] - values[4:]) / (2 * h)
            touched += box[0] >= 10
    return box_iou([box], [[0, 0, 10, 10]])[0, 0], touched


def test_ascent_on_iou_stands_still_and_on_the_others_arrives():
    schedule = [(20, 2000), (2, 1000)]
    assert climbed("iou", schedule) == (0, 3000)
    assert climbed("giou", schedule)[0] > 0.9
    assert climbed("diou", schedule)[0] > 0.9


def slopes(box, kind):
    h = 1e-4
    moves = np.concatenate([np.eye(4), -np.eye(4)]) * h
    values = box_iou(np.array(box) + moves, [[0, 0, 10, 10]], kind)[:, 0]
    return (values[:4] - values[4:]) / (2 * h)


def test_giou_lengthens_the_box_of_the_page_and_shortens_a_flat_one():
    assert slopes([20, 5, 26, 15], "giou")[2] > 0.009
    assert slopes([20, 5, 26, 7], "giou")[2] < -0.008


def test_diou_spares_the_far_edge_since_the_diagonal_shrinks_with_it():
    # Of rho^2 / c^2 both edges move the centre alike: rho / c^2 each, at one diagonal.
    near, far = slopes([20, 5, 26, 15], "diou")[[0, 2]]
    across, diagonal = 23 - 5, 26**2 + 15**2
    down = 10 - 5
    assert near == pytest.approx(-across / diagonal, abs=1e-6)
    distance = across**2 + down**2
    shrinks = distance / diagonal**2 * 2 * 26  # what the shorter diagonal costs
    assert far == pytest.approx(-across / diagonal + shrinks, abs=1e-6)
    assert abs(far) < abs(near) / 5


def test_with_long_steps_throughout_the_overlap_keeps_jumping():
    h, target = 1e-4, [[0, 0, 10, 10]]
    moves = np.concatenate([np.eye(4), -np.eye(4)]) * h
    for kind in ("giou", "diou", "ciou"):
        box, ious = np.array([20.0, 5, 26, 15]), []
        for _ in range(600):
            values = box_iou(box + moves, target, kind)[:, 0]
            box = box + 20 * (values[:4] - values[4:]) / (2 * h)
            ious.append(box_iou([box], target)[0, 0])
        assert min(ious[-100:]) < 0.5
        assert max(ious[-100:]) > 0.9


@given(boxes_of, boxes_of)
def test_apart_giou_is_the_filled_share_of_the_hull_less_one(a, b):
    whole = painted(hull(a, b))
    if whole and not painted(a) & painted(b):
        want = len(painted(a) | painted(b)) / len(whole) - 1
        got = box_iou([a], [b], "giou")[0, 0]
        assert got == pytest.approx(want, abs=1e-12)


def test_pixels_instead_of_points_change_small_boxes():
    assert box_iou([[0, 0, 4, 4]], [[2, 0, 6, 4]])[0, 0] == pytest.approx(1 / 3)
    assert box_iou([[0, 0, 5, 5]], [[2, 0, 7, 5]])[0, 0] == pytest.approx(3 / 7)
    off = []
    for side in (4, 16, 64):  # moved by half a side
        points = box_iou([[0, 0, side, side]], [[side // 2, 0, side * 3 // 2, side]])
        last = side + 1
        pixels = box_iou([[0, 0, last, last]], [[side // 2, 0, side // 2 + last, last]])
        off.append(float(pixels[0, 0] - points[0, 0]))
    assert off[0] > off[1] > off[2] > 0


def test_ascent_with_a_falling_rate_as_on_the_page():
    schedule = [(20, 100), (2, 100), (0.2, 100)]
    for kind, steps in (("giou", 15), ("diou", 30), ("ciou", 30)):
        iou, touched = climbed(kind, schedule)
        assert iou > 0.98
        assert touched == steps


# Anchors


def test_anchors_of_a_small_grid_by_hand():
    got = make_anchors((2, 3), 16, (32,))
    first = [-14.627417, -3.313709, 30.627417, 19.313709]
    np.testing.assert_allclose(got[0], first, rtol=0, atol=1e-6)
    assert got.shape == (18, 4)
    want = []
    for row, column, size, ratio in product(range(2), range(3), (32, 8), (0.5, 1, 4)):
        x, y = 16 * (column + 0.5), 16 * (row + 0.5)
        h = size * math.sqrt(ratio)
        w = size * size / h
        want.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    got = make_anchors([2, 3], 16, [32, 8], [0.5, 1, 4])
    np.testing.assert_allclose(got, want, **CLOSE)


def test_counts_of_anchors_and_empty_grids():
    assert make_anchors((38, 50), 16).shape == (17_100, 4)
    assert make_anchors((50, 84), 16).shape == (37_800, 4)
    for grid, sizes in (((0, 3), (8,)), ((3, 0), (8,)), ((2, 2), ())):
        assert make_anchors(grid, 16, sizes).shape == (0, 4)


def test_the_ratio_is_height_by_width_at_one_area():
    for box, ratio in zip(make_anchors((1, 1), 4, (6,), (0.25, 1, 3)), (0.25, 1, 3)):
        w, h = box[2] - box[0], box[3] - box[1]
        assert h / w == pytest.approx(ratio)
        assert w * h == pytest.approx(36)


# Matching


def matched(anchors, truth, high, low, force):
    """The rule in words, one anchor after another."""
    found = []
    for anchor in anchors:
        overlaps = [counted(anchor, box) for box in truth]
        best = max(overlaps, default=0.0)
        if overlaps and best >= high:
            found.append(overlaps.index(best))
        else:
            found.append(-2 if overlaps and best >= low else -1)
    if force:
        for k, box in enumerate(truth):
            overlaps = [counted(anchor, box) for anchor in anchors]
            for i, overlap in enumerate(overlaps):
                if overlap > 0 and overlap == max(overlaps):
                    found[i] = k
    return found


eighths = st.integers(0, 8)


@given(
    st.lists(boxes_of, max_size=5),
    st.lists(boxes_of, max_size=3),
    st.tuples(eighths, eighths).map(sorted),
    st.booleans(),
)
def test_matching_follows_its_rule(anchors, truth, borders, force):
    low, high = (border / 8 for border in borders)
    got = match(anchors, truth, high, low, force)
    assert got.dtype == np.intp
    assert got.tolist() == matched(anchors, truth, high, low, force)


def test_matching_of_the_page():
    anchors = [CROWD[i] for i in (0, 2, 4, 3)]
    truth = [[1, 0, 11, 10], [33, 33, 43, 43]]
    assert match(anchors, truth).tolist() == [0, 0, 1, -2]
    assert match(anchors, truth, force=False).tolist() == [0, 0, -2, -2]
    assert match(anchors, []).tolist() == [-1] * 4
    assert match([], truth).tolist() == []
    far = [[90, 90, 95, 95]]
    assert match(anchors, far).tolist() == [-1] * 4


def test_two_objects_that_want_one_anchor():
    truth = [[0, 0, 10, 10], [0, 0, 10, 14]]
    assert match([[0, 0, 10, 10]], truth).tolist() == [1]
    assert match([[0, 0, 10, 10]], truth, force=False).tolist() == [0]


def test_thresholds_of_matching_belong_to_the_upper_side():
    anchor, box = [[0, 0, 10, 10]], [[0, 0, 10, 5]]  # IoU 1 / 2
    assert match(anchor, box, 0.5, 0.3, force=False).tolist() == [0]
    assert match(anchor, box, 0.7, 0.5, force=False).tolist() == [-2]
    assert match(anchor, box, 0.7, 0.51, force=False).tolist() == [-1]


def test_matching_compares_without_a_tolerance():
    anchor, box = [[0, 0, 10, 10]], [[0, 0, 10, 5]]  # IoU 1 / 2
    above = math.nextafter(0.5, 1)
    assert match(anchor, box, above, 0.3, force=False).tolist() == [-2]
    assert match(anchor, box, above, above, force=False).tolist() == [-1]
    nearly = [[0, 0, 10, 10], [0, 0, 10, 10 + 1e-7]]  # one is best by 5e-9
    assert match(nearly, box, 0.9, 0.3).tolist() == [0, -2]
    assert match(anchor, [[9, 9, 19, 19]]).tolist() == [0]  # IoU 1 / 199


# Coding


def test_coding_by_hand():
    got = encode([[10, 20, 50, 40]], [[0, 0, 40, 40]])
    np.testing.assert_allclose(got, [[0.25, 0.25, 0, -math.log(2)]], **CLOSE)
    got = encode([[10, 20, 50, 40]], [[0, 0, 40, 40]], (10, 10, 5, 5))
    np.testing.assert_allclose(got, [[2.5, 2.5, 0, -5 * math.log(2)]], **CLOSE)
    assert encode([], []).shape == decode([], []).shape == (0, 4)


def test_decoding_undoes_encoding():
    rng = np.random.default_rng(1)
    start, size = rng.uniform(0, 400, (2, 500, 2)), rng.uniform(20, 300, (2, 500, 2))
    boxes, anchors = np.concatenate([start, start + size], axis=-1)
    for weights in ((1, 1, 1, 1), (10, 10, 5, 5)):
        deltas = encode(boxes, anchors, weights)
        back = decode(deltas, anchors, weights)
        np.testing.assert_allclose(back, boxes, rtol=0, atol=1e-10)


def test_deltas_of_tiny_boxes_are_those_of_large_ones():
    for side in (1e-90, 1e-9, 1, 1e90):
        got = encode([[side, 0, 2 * side, 2 * side]], [[0, 0, side, side]])
        np.testing.assert_allclose(got, [[1, 0.5, 0, math.log(2)]], **CLOSE)


def test_deltas_do_not_change_with_the_scale_of_the_image():
    rng = np.random.default_rng(2)
    far = np.array([0, 0, 200, 200])
    boxes, anchors = (rng.uniform(0, 100, (9, 4)) + far for _ in "ab")
    np.testing.assert_allclose(
        encode(boxes, anchors), encode(7 * boxes, 7 * anchors), **CLOSE
    )


def test_a_box_beyond_the_limit_does_not_come_back():
    anchor = [[0, 0, 1, 1]]
    for width in (62, 62.5, 63):
        box = [[-5, 0, width - 5, 1]]
        back = decode(encode(box, anchor), anchor)[0]
        assert back[2] - back[0] == pytest.approx(min(width, 62.5))


def test_the_limit_is_applied_after_the_weights():
    anchor = [[0, 0, 16, 16]]
    box = decode([[0, 0, 10, -10]], anchor)[0]
    np.testing.assert_allclose(box[2] - box[0], 1000, rtol=1e-12)
    np.testing.assert_allclose(box[3] - box[1], 16 * math.exp(-10), rtol=1e-9)
    box = decode([[0, 0, 10, 0]], anchor, limit=20)[0]
    assert box[2] - box[0] == pytest.approx(352_423, abs=0.5)
    box = decode([[0, 0, -30, 0]], [[-8, -8, 8, 8]])[0]  # no limit below
    assert box[2] - box[0] == pytest.approx(16 * math.exp(-30), rel=1e-12)
    box = decode([[0, 0, 20, 20]], anchor, (1, 1, 5, 5))[0]
    assert box[2] - box[0] == pytest.approx(16 * math.exp(4))
    np.testing.assert_allclose(
        decode([[0.5, 0.25, 0, 0]], [[0, 0, 40, 20]], (1, 2, 1, 1)),
        [[20, 2.5, 60, 22.5]],
        **CLOSE,
    )


# Suppression


def suppressed_by_definition(boxes, scores, threshold):
    """A box is kept if no kept box before it overlaps it by more."""
    order = sorted(range(len(boxes)), key=lambda i: (-scores[i], i))

    def stays(rank):
        return all(
            counted(boxes[order[rank]], boxes[order[r]]) <= threshold
            for r in range(rank)
            if stays(r)
        )

    return [order[rank] for rank in range(len(order)) if stays(rank)]


def drawn(rng, count):
    corner, size = rng.integers(0, 8, (count, 2)), rng.integers(0, 7, (count, 2))
    boxes = np.concatenate([corner, corner + size], axis=1).tolist()
    return boxes, (rng.integers(0, 4, count) / 4).tolist()


def test_nms_is_what_its_definition_says_in_300_sets_with_ties():
    rng = np.random.default_rng(3)
    for _ in range(300):
        boxes, scores = drawn(rng, rng.integers(0, 9))
        threshold = rng.integers(0, 9) / 8
        got = nms(boxes, scores, threshold)
        assert got.dtype == np.intp
        assert got.tolist() == suppressed_by_definition(boxes, scores, threshold)


def test_nms_of_the_page():
    for threshold, want in ((0.5, [2, 4]), (0.6, [2, 3, 4]), (0.7, [2, 0, 3, 4])):
        assert nms(CROWD, SCORES, threshold).tolist() == want
    assert nms(CROWD, SCORES, 1).tolist() == [2, 0, 1, 3, 4]
    assert nms(CHAIN, [0.9, 0.8, 0.7], 0.4).tolist() == [0, 2]
    want = [[1, 3 / 7, 1 / 9], [3 / 7, 1, 3 / 7], [1 / 9, 3 / 7, 1]]
    np.testing.assert_allclose(box_iou(CHAIN, CHAIN), want, **CLOSE)


def test_a_lower_threshold_can_keep_more():
    kept = [len(nms(MORE, [0.7, 0.5, 0.3, 0.9, 0.1], t / 10)) for t in (2, 3, 4, 5)]
    assert kept == [4, 3, 4, 5]
    overlap = box_iou(MORE, MORE)
    assert overlap[3, 0] == pytest.approx(0.214, abs=5e-4)
    assert overlap[0, 2] > 0.3
    assert overlap[0, 4] > 0.3


def test_the_crowd_of_the_figure():
    assert box_iou(figure.CROWD[[0]], figure.CROWD[[1]])[0, 0] == 0.6
    assert nms(figure.CROWD, figure.SCORES, 0.5).tolist() == [0]
    assert nms(figure.CROWD, figure.SCORES, 0.7).tolist() == [0, 1]
    kept, worth = soft_nms(figure.CROWD, figure.SCORES)
    assert kept[:2].tolist() == [0, 1]
    assert 0.45 < worth[1] / figure.SCORES[1] < 0.55
    assert worth[2:].max() < 0.1


def test_the_threshold_itself_is_borne_and_ties_go_by_index():
    third = [[0, 0, 16, 16], [8, 0, 24, 16]]  # IoU 1 / 3
    assert nms(third, [1, 0], 1 / 3).tolist() == [0, 1]
    assert nms(third, [1, 0], math.nextafter(1 / 3, 0)).tolist() == [0]
    same = [[0, 0, 1, 1]] * 3
    assert nms(same, [0.5] * 3).tolist() == [0]
    assert nms(CROWD, [0.5] * 5, 1).tolist() == [0, 1, 2, 3, 4]
    assert nms(CROWD * 20, [0.5, 0.25] * 50, 1).tolist() == [
        *range(0, 100, 2),
        *range(1, 100, 2),
    ]
    assert nms([], []).tolist() == []
    assert nms(CROWD[:2], [-math.inf, math.inf]).tolist() == [1]
    # Boxes without area have IoU 0 with all, themselves too: each is kept.
    assert nms([[1, 1, 1, 1]] * 2, [1, 1], 0).tolist() == [0, 1]


def test_batched_nms_is_nms_of_each_label():
    rng = np.random.default_rng(4)
    for _ in range(100):
        boxes, scores = drawn(rng, rng.integers(0, 12))
        labels = rng.integers(-1, 2, len(boxes)).tolist()
        want = []
        for label in set(labels):
            mine = [i for i, k in enumerate(labels) if k == label]
            kept = suppressed_by_definition(
                [boxes[i] for i in mine], [scores[i] for i in mine], 0.25
            )
            want += [mine[i] for i in kept]
        got = batched_nms(boxes, scores, labels, 0.25)
        assert got.dtype == np.intp
        assert got.tolist() == sorted(want, key=lambda i: (-scores[i], i))


def test_many_boxes_and_many_labels_all_stay_where_none_overlaps():
    boxes = [[2 * x, 0, 2 * x + 1, 1] for x in range(200)]
    scores = [1 - x / 1000 for x in range(200)]
    assert nms(boxes, scores, 0).tolist() == list(range(200))
    assert soft_nms(boxes, scores)[0].tolist() == list(range(200))
    same = [[0, 0, 1, 1]] * 200
    assert batched_nms(same, scores, range(200), 0).tolist() == list(range(200))
    assert nms(same, scores).tolist() == [0]


def test_labels_by_offset_lose_digits():
    offset = np.float32(90 * 1334)
    assert offset == 120_060
    assert np.spacing(offset) == 1 / 128
    assert float(offset + np.float32(0.01) - offset) == 0.0078125
    sides = [offset + np.float32(side) for side in (0.003, 0.013)]
    assert float(sides[1] - sides[0]) == 2 * 0.0078125
    assert np.finfo(np.float16).max == 65_504


def softened(boxes, scores, weight, floor):
    left, out = dict(enumerate(scores)), []
    while left and max(left.values()) >= floor:
        best = min(left, key=lambda i: (-left[i], i))
        out.append((best, left.pop(best)))
        for i in left:
            left[i] *= weight(counted(boxes[best], boxes[i]))
    return out


@pytest.mark.parametrize("method", ["gaussian", "linear"])
def test_soft_nms_is_the_loop_in_plain_python(method):
    rng = np.random.default_rng(5)

    def weight(iou):
        if method == "gaussian":
            return math.exp(-(iou**2) / 0.3)
        return 1 - iou if iou > 0.25 else 1.0

    for _ in range(100):
        boxes, scores = drawn(rng, rng.integers(0, 9))
        kept, worth = soft_nms(boxes, scores, method, 0.3, 0.25, 0.1)
        assert kept.dtype == np.intp
        assert worth.dtype == np.float64
        want = softened(boxes, scores, weight, 0.1)
        assert kept.tolist() == [i for i, _ in want]
        np.testing.assert_allclose(worth, [s for _, s in want], **CLOSE)


def test_soft_nms_of_the_page():
    kept, worth = soft_nms(CROWD, SCORES)
    assert kept.tolist() == [2, 4, 3, 0, 1]
    want = [0.95, 0.6, 0.391975, 0.296274, 0.038076]
    np.testing.assert_allclose(worth, want, rtol=0, atol=5e-7)
    kept, worth = soft_nms(CROWD, SCORES, "linear")
    assert kept.tolist() == [2, 4, 3, 0, 1]
    want = [0.95, 0.6, 0.323077, 0.2, 0.015112]
    np.testing.assert_allclose(worth, want, rtol=0, atol=5e-7)
    near = [[0, 0, 10, 10], [2.5, 0, 12.5, 10]]
    assert box_iou(near, near)[0, 1] == 0.6
    assert nms(near, [0.9, 0.85]).tolist() == [0]
    assert soft_nms(near, [0.9, 0.85])[1][1] == pytest.approx(0.4137, abs=5e-5)


def test_the_floor_ends_the_loop_and_is_itself_kept():
    apart = [[0, 0, 1, 1], [5, 5, 6, 6], [9, 9, 10, 10]]
    assert soft_nms(apart, [0.5, 0.25, 0.125], floor=0.25)[0].tolist() == [0, 1]
    assert soft_nms(apart, [0.5, 0.25, 0], floor=0)[0].tolist() == [0, 1, 2]
    assert soft_nms(apart, [0.5, 0.25, 0.001])[0].tolist() == [0, 1, 2]
    assert soft_nms(apart, [0.5, 0.25, 0.0009])[0].tolist() == [0, 1]
    assert soft_nms([[0, 0, 1, 1]] * 2, [0.5, 0.5], "linear")[0].tolist() == [0]
    third = [[0, 0, 16, 16], [8, 0, 24, 16]]  # IoU 1 / 3, which is borne
    assert soft_nms(third, [1, 0.5], "linear", threshold=1 / 3)[1].tolist() == [1, 0.5]


def test_float32_and_integers_give_what_float64_gives():
    boxes, scores = np.float32(CROWD), np.float32([0.5, 0.25, 0.75, 0.125, 0.0625])
    assert nms(boxes, scores).tolist() == [2, 4]
    assert nms(np.uint8(CROWD), np.int8([3, 2, 4, 1, 0])).tolist() == [2, 4]
    np.testing.assert_array_equal(
        box_iou(np.uint8(CROWD), np.float16(CROWD)), box_iou(CROWD, CROWD)
    )
    np.testing.assert_allclose(
        (1 - box_iou(CROWD[:4], CROWD[:4])) / (1 + box_iou(CROWD[:4], CROWD[:4])),
        cdist([[0], [1], [2], [5]], [[0], [1], [2], [5]]) / 10,  # (1-IoU)/(1+IoU) = d/w
        **CLOSE,
    )


class Graded:
    """What a tensor with a gradient does when numpy asks for its numbers."""

    def __array__(self, *_, **__):
        raise RuntimeError("detach first")


ONE = [[0, 0, 1, 1]]
BAD = [
    (lambda: box_iou(Graded(), ONE), "a must be an array of numbers of shape (n, 4)"),
    (lambda: nms(ONE, Graded()), "scores must be 1 numbers, one a box, got <"),
    (lambda: batched_nms(ONE, [0.5], Graded()), "labels must be 1 integers, one a"),
    (lambda: batched_nms(ONE * 2, [1, 1], [[1], 2]), "labels must be 2 integers, one"),
    (lambda: box_iou(np.ma.masked_less(ONE, 1), ONE), "a must be an array of numbers"),
    (lambda: make_anchors({2, 3}, 16), "grid must be two integers >= 0, rows and"),
    (lambda: make_anchors({2: 1, 3: 1}, 16), "grid must be two integers >= 0, rows"),
    (lambda: nms(ONE * 2, [0.5, math.nan]), "scores must be numbers, got [0.5, nan]"),
    (lambda: box_iou(np.array(ONE) + 1j, ONE), "a must be an array of numbers of"),
    (lambda: batched_nms(ONE, [1], [True]), "labels must be 1 integers, one a box"),
    (lambda: box_iou([[1, 0, 0, 1]], ONE), "a must have x1 <= x2 and y1 <= y2, got"),
    (lambda: box_iou(ONE, [[0, 1, 1, 0]]), "b must have x1 <= x2 and y1 <= y2, got"),
    (lambda: box_iou([[0, 0, math.nan, 1]], ONE), "a must be finite, at most 1e100"),
    (lambda: box_iou([[0, 0, math.inf, 1]], ONE), "a must be finite, at most 1e100"),
    (lambda: box_iou([[-2e100, 0, 0, 1]], ONE), "at most 1e100 in size, got -2e+100"),
    (lambda: box_iou([*ONE, [5, 0, 4, 1]], ONE), "y1 <= y2, got [5.0, 0.0, 4.0, 1.0]"),
    (lambda: encode([*ONE, [5, 0, 5, 1]], ONE * 2), "got [5.0, 0.0, 5.0, 1.0]"),
    (lambda: box_iou([0, 0, 1, 1], ONE), "got shape (4,)"),
    (lambda: box_iou([[0, 0, 1]], ONE), "got shape (1, 3)"),
    (lambda: box_iou("box", ONE), "a must be an array of numbers of shape (n, 4), got"),
    (lambda: box_iou([[0, 0, 1, True]] * 0 + [[False] * 4], ONE), "got [[False"),
    (lambda: box_iou([[0, 0, 1, 1], [0]], ONE), "a must be an array of numbers"),
    (lambda: box_iou(ONE, ONE, "IoU"), "kind must be one of iou, giou, diou, ciou"),
    (lambda: box_iou(ONE, ONE, 3), "kind must be one of iou, giou, diou, ciou, got 3"),
    (lambda: make_anchors((2, -1), 16), "grid must be two integers >= 0"),
    (lambda: make_anchors((2, 2.0), 16), "grid must be two integers >= 0"),
    (lambda: make_anchors((2, True), 16), "grid must be two integers >= 0"),
    (lambda: make_anchors((True, 2), 16), "grid must be two integers >= 0"),
    (lambda: make_anchors((2, 2, 2), 16), "grid must be two integers >= 0"),
    (lambda: make_anchors((2, 2), 0), "stride must be a number in [1e-100, 1e+09]"),
    (lambda: make_anchors((2, 2), 2e9), "stride must be a number in [1e-100, 1e+09]"),
    (lambda: make_anchors((2, 2), 10**400), "stride must be a number in"),
    (lambda: make_anchors((2, 2), "16"), "stride must be a number in"),
    (lambda: make_anchors((2, 2), True), "stride must be a number in"),
    (lambda: make_anchors((2, 2), 16, (0,)), "sizes must be a list of numbers in"),
    (lambda: make_anchors((2, 2), 16, 8), "sizes must be a list of numbers in"),
    (lambda: make_anchors((2, 2), 16, (8,), (-1,)), "ratios must be a list of numbers"),
    (lambda: make_anchors((2, 2), 16, (8,), (2e9,)), "ratios must be a list of"),
    (lambda: match(ONE, ONE, 0.3, 0.7), "low must be at most high = 0.3, got 0.7"),
    (lambda: match(ONE, ONE, 1.5), "high must be a number in [0, 1], got 1.5"),
    (lambda: match(ONE, ONE, 0.5, -1), "low must be a number in [0, 1], got -1"),
    (lambda: match(ONE, ONE, force=1), "force must be a bool, got 1"),
    (lambda: encode([[0, 0, 0, 1]], ONE), "boxes must have sides of at least 1e-100"),
    (lambda: encode(ONE, [[0, 0, 1, 0]]), "anchors must have sides of at least 1e-100"),
    (lambda: encode(ONE, ONE * 2), "anchors must have the shape (1, 4), one a row"),
    (lambda: encode(ONE, ONE, (1, 1, 1)), "weights must be 4 numbers in [1e-9, 1e9]"),
    (lambda: encode(ONE, ONE, (1, 1, 1, 0)), "weights must be 4 numbers in"),
    (lambda: decode([[math.nan, 0, 0, 0]], ONE), "deltas must be finite, at most"),
    (lambda: decode(ONE * 2, ONE), "anchors must have the shape (2, 4), one a row"),
    (lambda: decode(ONE, ONE, limit=0), "limit must be a number in [1e-100, 100]"),
    (lambda: decode(ONE, ONE, limit=101), "limit must be a number in [1e-100, 100]"),
    (lambda: nms(ONE, [0.5, 0.5]), "scores must be 1 numbers, one a box, got shape"),
    (lambda: nms(ONE, [math.nan]), "scores must be numbers, got [nan]"),
    (lambda: nms(ONE, ["a"]), "scores must be 1 numbers, one a box, got ['a']"),
    (lambda: nms(ONE, [0.5], 1.01), "threshold must be a number in [0, 1], got 1.01"),
    (lambda: nms(ONE, [0.5], math.nan), "threshold must be a number in [0, 1]"),
    (lambda: batched_nms(ONE, [0.5], [0, 1]), "labels must be 1 integers, one a box"),
    (lambda: batched_nms(ONE, [0.5], [0.5]), "labels must be 1 integers, one a box"),
    (lambda: batched_nms(ONE, [0.5], [0], -0.1), "threshold must be a number in"),
    (lambda: batched_nms([], [], [], 2), "threshold must be a number in"),
    (lambda: soft_nms(ONE, [-0.5]), "scores must be finite and >= 0, got [-0.5]"),
    (lambda: soft_nms(ONE, [math.inf]), "scores must be finite and >= 0, got [inf]"),
    (lambda: soft_nms(ONE, [math.nan]), "scores must be numbers, got [nan]"),
    (lambda: soft_nms(ONE, [0.5], "hard"), "method must be gaussian or linear, got"),
    (lambda: soft_nms(ONE, [0.5], 1), "method must be gaussian or linear, got 1"),
    (lambda: soft_nms(ONE, [0.5], sigma=0), "sigma must be a number in"),
    (lambda: soft_nms(ONE, [0.5], threshold=2), "threshold must be a number in"),
    (lambda: soft_nms(ONE, [0.5], floor=-1), "floor must be a number >= 0, got -1"),
    (lambda: soft_nms(ONE, [0.5], floor=math.nan), "floor must be a number >= 0"),
]


@pytest.mark.parametrize(
    ("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))]
)
def test_what_is_wrong_is_refused_with_what_came(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_the_ends_of_what_is_allowed_are_allowed():
    ends = make_anchors((1, 1), 1e9, (1e-9, 1e9), (1e-9, 1e9))
    assert ends.shape == (4, 4)
    for size in (9e-10, 1.1e9):
        with pytest.raises(ValueError, match="sizes must be"):
            make_anchors((1, 1), 1, (size,))
    assert encode(ONE, ONE, (1e-9, 1e9, 1, 1)).tolist() == [[0, 0, 0, 0]]
    wide = decode([[0, 0, 99, 0]], ONE, limit=100)[0]
    assert wide[2] - wide[0] == pytest.approx(math.exp(99))
    assert match(ONE, ONE, 1, 1, force=False).tolist() == [0]
    assert match(ONE, ONE, 0, 0, np.bool_(False)).tolist() == [0]
    assert soft_nms(ONE * 2, [1, 1], sigma=1e100)[1].tolist() == [1, 1]
    assert soft_nms(ONE * 2, [1, 1], "linear", threshold=1)[1].tolist() == [1, 1]
    assert nms(ONE, [0.5], 0).tolist() == [0]
    assert soft_nms(ONE, [1e300])[1].tolist() == [1e300]


def test_the_smallest_sides_and_settings_do_not_overflow():
    thin, far = [[0, 0, 1e-100, 1]], [[-1e100, 0, 1e100, 1]]
    assert encode(far, thin, (1e9,) * 4)[0, 2] == pytest.approx(
        1e9 * (math.log(2) + 200 * math.log(10))
    )
    assert 0 <= encode(thin, far, (1e9,) * 4)[0, 0] < 1e-150
    assert np.isfinite(decode([[1e100, -1e100, 1, -1e100]], far, (1e-9,) * 4)).all()
    assert soft_nms(ONE * 2, [1, 1], sigma=1e-100)[0].tolist() == [0]
    assert make_anchors((1, 1), 1e-100, (1,)).shape == (3, 4)


def test_fractions_are_numbers():
    kept, worth = soft_nms(CROWD, SCORES, sigma=Fraction(1, 2), floor=Fraction(1, 1000))
    want = soft_nms(CROWD, SCORES)
    np.testing.assert_array_equal(kept, want[0])
    np.testing.assert_array_equal(worth, want[1])
    got = make_anchors((2, 2), Fraction(33, 2), (8,))
    np.testing.assert_array_equal(got, make_anchors((2, 2), 16.5, (8,)))


def test_what_is_given_stays_as_it_was():
    boxes, scores = np.array(CROWD, float), np.array(SCORES)
    before = boxes.copy(), scores.copy()
    soft_nms(boxes, scores)
    batched_nms(boxes, scores, [0, 1, 0, 1, 0])
    np.testing.assert_array_equal(boxes, before[0])
    np.testing.assert_array_equal(scores, before[1])
