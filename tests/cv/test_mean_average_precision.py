"""Oracles: pycocotools for COCO, loops with exact fractions for VOC, counted pixels."""

import contextlib
import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.metrics import average_precision_score

from snippets.cv.mean_average_precision import (
    COCO_IOUS,
    COCO_RECALLS,
    ap_11,
    ap_101,
    ap_all_point,
    ap_trapezoid,
    evaluate,
    interpolated_precision,
    iou_matrix,
    match_coco,
    match_voc,
    pooled,
    pr_curve,
    tables,
)
from snippets.cv.mean_average_precision.flat import _rank_within
from snippets.cv.mean_average_precision.matching import _as_boxes, _overlap

EXAMPLE = np.array([1, 1, 0, 0, 0, 1, 0, 0, 1, 1], dtype=bool)  # of 7 objects
TWELVE = ["AP", "AP50", "AP75", "APs", "APm", "APl"]
TWELVE += ["AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
SHARED = [[0, 0, 100, 100], [30, 0, 130, 100]]  # two objects, one detection between
DETECTED = [[0, 0, 100, 100], [12, 0, 112, 100]]

hits_strategy = st.lists(st.booleans(), max_size=12)
boxes_strategy = st.lists(
    st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 6)] * 2).map(
        lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]
    ),
    max_size=4,
)
data_strategy = {
    "seed": st.integers(0, 10**6),
    "images": st.integers(1, 3),
    "most": st.integers(0, 8),
    "classes": st.integers(1, 4),
}


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def one_image(boxes, scores, objects, **flags):
    """A data set of one image and one class."""
    det = {"boxes": boxes, "scores": scores, "labels": [0] * len(boxes)}
    gt = {"boxes": objects, "labels": [0] * len(objects), **flags}
    return [det], [gt]


def random_data(seed, images, most, classes, scores=4):
    """Integer boxes, many near an object, equal scores, crowds, empty images."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([8, 40, 130])

    def random_boxes(n):
        corner, side = rng.integers(0, 20, (n, 2)), rng.integers(2, sizes, (n, 2))
        return np.hstack([corner, corner + side]).astype(float)

    detections, ground_truths = [], []
    for _ in range(images):
        n, m = rng.integers(0, most + 1, 2)
        gt, det = random_boxes(m), random_boxes(n)
        gt_labels, labels = (rng.integers(0, classes, k) for k in (m, n))
        for i in range(n):
            if m and rng.random() < 0.8:
                j = rng.integers(m)
                near = gt[j] + rng.integers(-2, 3, 4)
                det[i] = near if (near[2:] > near[:2]).all() else gt[j]
                labels[i] = gt_labels[j]
        values = rng.integers(0, scores, n) / 10
        detections.append({"boxes": det, "scores": values, "labels": labels})
        crowd, difficult = rng.random((2, m)) < 0.2
        flags = {"crowd": crowd, "difficult": difficult}
        if rng.random() < 0.5:  # the area of a mask
            flags["area"] = (gt[:, 2] - gt[:, 0]) * (gt[:, 3] - gt[:, 1]) // 2
        ground_truths.append({"boxes": gt, "labels": gt_labels, **flags})
    return detections, ground_truths


def pycocotools(detections, ground_truths):
    """The evaluated COCOeval of the same data."""
    labels = {
        int(x) for image in [*detections, *ground_truths] for x in image["labels"]
    }

    def index(images):
        rows = []
        for number, image in enumerate(images):
            for i, (x0, y0, x1, y1) in enumerate(np.asarray(image["boxes"]).tolist()):
                row = {"id": len(rows) + 1, "image_id": number}
                row["category_id"] = int(image["labels"][i])
                row["bbox"] = [x0, y0, x1 - x0, y1 - y0]
                row["area"] = float(image.get("area", {i: (x1 - x0) * (y1 - y0)})[i])
                row["iscrowd"] = int(image.get("crowd", {i: 0})[i])
                row["score"] = float(image.get("scores", {i: 0})[i])
                rows.append(row)
        coco = COCO()
        coco.dataset = {
            "images": [{"id": i} for i in range(len(images))],
            "categories": [{"id": label} for label in sorted(labels)],
            "annotations": rows,
        }
        coco.createIndex()
        return coco

    with contextlib.redirect_stdout(io.StringIO()):
        oracle = COCOeval(index(ground_truths), index(detections), "bbox")
        oracle.evaluate()
        oracle.accumulate()
        oracle.summarize()
    return oracle


def exact_ap(hits, n_gt, levels):
    """AP by its definition in whole numbers: the best precision at each level."""
    points = [(sum(hits[: i + 1]), i + 1) for i in range(len(hits))]
    reached = [
        [Fraction(tp, n) for tp, n in points if Fraction(tp, n_gt) >= level]
        for level in levels
    ]
    return sum((max(p, default=Fraction(0)) for p in reached), Fraction(0))


def exact_ap_11(hits, n_gt):
    return exact_ap(hits, n_gt, [Fraction(k, 10) for k in range(11)]) / 11


def exact_ap_all_point(hits, n_gt):
    # Recall rises by 1 / n_gt at each object found: n_gt levels of equal width.
    return exact_ap(hits, n_gt, [Fraction(k, n_gt) for k in range(1, n_gt + 1)]) / n_gt


def pixel_iou(a, b, last):
    """Pixels in both over pixels in either, counted along each axis."""

    def pixels(first, second):
        sides = [
            set(range(first[k], first[k + 2] + last))
            & set(range(second[k], second[k + 2] + last))
            for k in (0, 1)
        ]
        return len(sides[0]) * len(sides[1])

    both = pixels(a, b)
    return Fraction(both, pixels(a, a) + pixels(b, b) - both)


def looped_voc(detections, ground_truths, average):
    """VOC as its development kit goes about it, one detection after the other."""
    per_class = {}
    labels = {int(x) for image in ground_truths for x in image["labels"]}
    for label in sorted(labels):
        listed = []
        for number, image in enumerate(detections):
            for box, score, its in zip(
                image["boxes"], image["scores"], image["labels"]
            ):
                if its == label:
                    listed.append((-score, number, [int(x) for x in box]))
        listed.sort(key=lambda entry: entry[0])
        objects = {
            (number, j): (box.astype(int).tolist(), image["difficult"][j])
            for number, image in enumerate(ground_truths)
            for j, box in enumerate(image["boxes"])
            if image["labels"][j] == label
        }
        hits, taken = [], set()
        for _, number, box in listed:
            best, best_overlap = None, Fraction(0)
            for (where, j), (gt, _) in objects.items():
                if where == number and pixel_iou(box, gt, 1) > best_overlap:
                    best, best_overlap = (where, j), pixel_iou(box, gt, 1)
            if best_overlap < Fraction(1, 2):
                hits.append(0)
            elif not objects[best][1]:
                hits.append(int(best not in taken))
                taken.add(best)
        n_gt = sum(not difficult for _, difficult in objects.values())
        if n_gt:
            per_class[label] = float(average(hits, n_gt))
    return per_class


# Overlap.


@given(a=boxes_strategy, b=boxes_strategy, inclusive=st.booleans())
def test_iou_counts_the_pixels_in_both_and_in_either(a, b, inclusive):
    expected = [[float(pixel_iou(x, y, inclusive)) for y in b] for x in a]
    actual = iou_matrix(a, b, inclusive)
    assert actual.shape == (len(a), len(b))
    close(actual, np.reshape(expected, (len(a), len(b))))


def test_the_pixel_convention_moves_an_iou_from_two_sevenths_to_one_third():
    a, b = [[0, 0, 9, 9]], [[5, 0, 14, 9]]
    close(iou_matrix(a, b), 36 / 126)
    close(iou_matrix(a, b, inclusive=True), 50 / 150)


def test_boxes_apart_in_both_directions_do_not_overlap():
    assert iou_matrix([[0, 0, 1, 1]], [[5, 5, 9, 9]])[0, 0] == 0
    assert _overlap(np.array([0, 0, 1, 1]), np.array([5, 5, 9, 9]))[0] == 0


def test_boxes_that_touch_overlap_only_as_pixels():
    assert iou_matrix([[0, 0, 2, 2]], [[2, 0, 4, 2]])[0, 0] == 0
    close(iou_matrix([[0, 0, 2, 2]], [[2, 0, 4, 2]], inclusive=True), 3 / 15)


def test_a_pixel_is_a_box_only_where_coordinates_are_pixels():
    assert iou_matrix([[3, 3, 3, 3]], [[3, 3, 3, 3]], inclusive=True)[0, 0] == 1
    with pytest.raises(ValueError, match=r"a must have x1 > x0 and y1 > y0, got \[3"):
        iou_matrix([[3, 3, 3, 4]], [[3, 3, 3, 3]])


@pytest.mark.parametrize("scale", [1e-60, 1e-3, 1e6, 1e60])
def test_iou_does_not_depend_on_the_unit(scale):
    close(iou_matrix(np.multiply(SHARED, scale), np.multiply(DETECTED, scale)), IOUS)


IOUS = np.array([[1, 88 / 112], [70 / 130, 82 / 118]])


# Matching.


def test_coco_gives_the_second_best_object_where_voc_sees_a_duplicate():
    close(iou_matrix(SHARED, DETECTED), IOUS)  # 0.786 and 0.695 for the second
    assert match_coco(DETECTED, SHARED).tolist() == [True, True]
    assert match_voc(DETECTED, SHARED).tolist() == [True, False]
    data = one_image(DETECTED, [0.9, 0.8], SHARED)
    assert evaluate(*data)["AP50"] == 1
    close(evaluate(*data, "voc10")["mAP"], 0.5)
    close(evaluate(*data, "voc07")["mAP"], 6 / 11)


@given(**data_strategy, level=st.integers(0, 9))
def test_match_coco_is_what_pycocotools_matches_in_one_image(
    seed, images, most, classes, level
):
    detections, ground_truths = random_data(seed, 1, most, 1)
    ground_truths[0]["crowd"][:] = False
    det, gt = detections[0], ground_truths[0]
    order = np.argsort(-det["scores"], kind="stable")
    actual = match_coco(det["boxes"][order], gt["boxes"], COCO_IOUS[level])
    if len(det["boxes"]) and len(gt["boxes"]):
        expected = pycocotools(detections, ground_truths).evalImgs[0]["dtMatches"]
        np.testing.assert_array_equal(actual, expected[level] > 0)
    else:
        assert not actual.any()


@given(dets=boxes_strategy, gts=boxes_strategy, inclusive=st.booleans())
def test_match_voc_gives_each_object_to_the_first_that_has_it_as_its_best(
    dets, gts, inclusive
):
    expected, taken = [], set()
    for det in dets:
        overlaps = [pixel_iou(det, gt, inclusive) for gt in gts]
        best = overlaps.index(max(overlaps)) if gts else None
        hit = bool(gts) and max(overlaps) >= Fraction(1, 2) and best not in taken
        taken |= {best} if hit else set()
        expected.append(hit)
    assert match_voc(dets, gts, inclusive=inclusive).tolist() == expected


def test_an_overlap_of_exactly_the_threshold_is_a_match():
    object_, half = [[0, 0, 10, 10]], [[0, 0, 10, 5]]
    assert match_voc(half, object_).tolist() == [True]
    assert match_coco(half, object_).tolist() == [True]
    assert match_coco(object_, object_, iou=1).tolist() == [True]
    assert match_coco([[0, 0, 10, 9.999]], object_, iou=1).tolist() == [False]


def test_of_equal_overlaps_voc_takes_the_first_and_coco_the_last_object():
    # Detection 0 fits both objects equally; detection 1 fits only one of them.
    objects = [[0, 0, 10, 10], [4, 0, 14, 10]]
    first, between = [[-3, 0, 7, 10]], [[2, 0, 12, 10]]
    assert match_voc(between + first, objects).tolist() == [True, False]
    assert match_coco(between + first, objects).tolist() == [True, True]
    last = [[7, 0, 17, 10]]
    assert match_voc(between + last, objects).tolist() == [True, True]
    assert match_coco(between + last, objects).tolist() == [True, False]
    for second, voc, coco in ((first, 1 / 2, 1), (last, 1, 51 / 101)):
        close(evaluate(*one_image(between + second, [2, 1], objects))["AP50"], coco)
        pixels = [np.subtract(x, [0, 0, 1, 1]) for x in (between + second, objects)]
        data = one_image(pixels[0], [2, 1], pixels[1])
        close(evaluate(*data, "voc10")["mAP"], voc)


@given(seed=st.integers(0, 10**6), dets=st.integers(0, 9), gts=st.integers(1, 5))
def test_without_equal_overlaps_coco_never_finds_fewer_than_voc(seed, dets, gts):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 4, (dets + gts, 2))
    boxes = np.hstack([corner, corner + rng.uniform(6, 9, (dets + gts, 2))])
    voc, coco = (match(boxes[gts:], boxes[:gts]) for match in (match_voc, match_coco))
    assert (np.cumsum(coco) >= np.cumsum(voc)).all()
    for average in (ap_11, ap_101, ap_all_point):
        assert average(*pr_curve(coco, gts)) >= average(*pr_curve(voc, gts)) - 1e-12


@pytest.mark.parametrize("match", [match_voc, match_coco])
def test_nothing_matches_nothing(match):
    assert match([], []).shape == (0,)
    assert match([], [[0, 0, 1, 1]]).shape == (0,)
    assert match([[0, 0, 1, 1]], []).tolist() == [False]


@pytest.mark.parametrize("match", [match_voc, match_coco])
@pytest.mark.parametrize("iou", [0, -0.5, 1.01, float("nan"), True])
def test_a_threshold_must_be_above_0_and_at_most_1(match, iou):
    with pytest.raises(ValueError, match="iou must be above 0 and at most 1, got"):
        match(SHARED, SHARED, iou)
    with pytest.raises(ValueError, match="iou must be above 0 and at most 1, got"):
        pooled.match_all_voc(*tables([DET], [GT])[:2], iou)


# Curves.


@given(hits=hits_strategy, missed=st.integers(0, 9))
def test_recall_and_precision_are_counts(hits, missed):
    n_gt = max(1, sum(hits) + missed)
    recall, precision = pr_curve(np.array(hits, dtype=bool), n_gt)
    found = [sum(hits[: i + 1]) for i in range(len(hits))]
    close(recall, [n / n_gt for n in found])
    close(precision, [n / (i + 1) for i, n in enumerate(found)])


@given(hits=hits_strategy, missed=st.integers(0, 9))
def test_ap_11_and_all_point_are_their_definitions_in_whole_numbers(hits, missed):
    n_gt = max(1, sum(hits) + missed)
    curve = pr_curve(hits, n_gt)
    close(ap_11(*curve), float(exact_ap_11(hits, n_gt)))
    close(ap_all_point(*curve), float(exact_ap_all_point(hits, n_gt)))


@given(hits=hits_strategy, missed=st.integers(0, 9))
def test_interpolated_precision_is_the_highest_to_the_right(hits, missed):
    recall, precision = pr_curve(hits, max(1, sum(hits) + missed))
    levels = np.linspace(0, 1.1, 7)
    expected = [max(precision[recall >= level], default=0) for level in levels]
    close(interpolated_precision(recall, precision, levels), expected)


@given(hits=hits_strategy, kept=st.integers(0, 12))
def test_cutting_the_list_never_raises_ap(hits, kept):
    n_gt = max(1, sum(hits))
    for average in (ap_11, ap_101, ap_all_point):
        whole = average(*pr_curve(hits, n_gt))
        assert average(*pr_curve(hits[:kept], n_gt)) <= whole + 1e-12


@pytest.mark.parametrize(
    ("hits", "n_gt", "eleven", "area", "hundred"),
    [
        (EXAMPLE, 7, 0.5, 0.5, 0.5),
        ([1, 0, 1, 0, 1], 3, 0.763636, 0.755556, 0.756436),
        ([1], 2, 6 / 11, 0.5, 51 / 101),
        (
            [1, 1, 0, 0, 0, 1, 1, 1, 0, 0],
            7,
            (3 + 5 * 5 / 8) / 11,
            31 / 56,
            (29 + 43 * 5 / 8) / 101,
        ),
        ([0, 0], 2, 0, 0, 0),
        ([], 2, 0, 0, 0),
        ([1, 1], 2, 1, 1, 1),
    ],
)
def test_three_averages_of_hand_tables(hits, n_gt, eleven, area, hundred):
    curve = pr_curve(hits, n_gt)
    assert ap_11(*curve) == pytest.approx(eleven, abs=5e-7)
    assert ap_all_point(*curve) == pytest.approx(area, abs=5e-7)
    assert ap_101(*curve) == pytest.approx(hundred, abs=5e-7)


def test_the_curve_of_the_example_by_hand():
    recall, precision = pr_curve(EXAMPLE, 7)
    close(recall * 7, [1, 2, 2, 2, 2, 3, 3, 3, 4, 5])
    expected = [1, 1, 2 / 3, 1 / 2, 2 / 5, 1 / 2, 3 / 7, 3 / 8, 4 / 9, 1 / 2]
    close(precision, expected)
    levels = interpolated_precision(recall, precision, np.arange(11) / 10)
    close(levels, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 0, 0])


def test_the_trapezoid_of_the_zigzag_is_none_of_the_rules():
    # By hand, in sevenths: 1, 1, then the mean of both ends of each rise.
    by_hand = (2 + (0.4 + 0.5) / 2 + (3 / 8 + 4 / 9) / 2 + (4 / 9 + 1 / 2) / 2) / 7
    close(ap_trapezoid(*pr_curve(EXAMPLE, 7)), by_hand)
    assert by_hand == pytest.approx(0.476, abs=5e-4)
    assert ap_trapezoid([], []) == 0


def test_sklearn_neither_interpolates_nor_knows_the_missed_objects():
    ap = average_precision_score(EXAMPLE, -np.arange(10))
    assert ap == pytest.approx(0.6889, abs=5e-5)
    assert ap * 5 / 7 == pytest.approx(0.4921, abs=5e-5)
    recall, precision = pr_curve(EXAMPLE, 7)
    close(ap * 5 / 7, np.diff(recall, prepend=0) @ precision)


def test_steps_of_a_tenth_miss_a_recall_of_three_tenths():
    recall, precision = pr_curve([1, 1, 1], 10)
    close(ap_11(recall, precision), 4 / 11)
    levels = np.arange(0, 1.1, 0.1)  # holds 0.30000000000000004
    close(interpolated_precision(recall, precision, levels).mean(), 3 / 11)


def test_ap_101_keeps_the_rounding_of_pycocotools():
    boxes = [[20 * i, 0, 20 * i + 9, 9] for i in range(10)]
    data = one_image(boxes[:7], np.arange(7, 0, -1) / 10, boxes)
    assert pycocotools(*data).stats[0] == pytest.approx(70 / 101, abs=1e-12)
    close(evaluate(*data)["AP"], 70 / 101)  # with exact levels it would be 71 / 101
    assert np.count_nonzero(np.arange(101) / 100 < COCO_RECALLS) == 10


# Whole data sets.


@given(**data_strategy)
def test_evaluate_equals_pycocotools_with_ties_crowds_and_empty_classes(
    seed, images, most, classes
):
    data = random_data(seed, images, most, classes)
    result = evaluate(*data)
    oracle = pycocotools(*data)
    close([result[name] for name in TWELVE], oracle.stats)
    per_class = {}
    for k, label in enumerate(oracle.params.catIds):
        values = oracle.eval["precision"][:, :, k, 0, 2]
        if values.min() > -1:
            per_class[label] = values.mean()
    assert result["per_class"].keys() == per_class.keys()
    close([*result["per_class"].values()], [*per_class.values()])


@pytest.mark.parametrize("seed", range(3))
def test_evaluate_equals_pycocotools_beyond_100_detections_in_an_image(seed):
    data = random_data(seed, 2, 6, 1, scores=50)
    crowded = random_data(seed, 1, 150, 2, scores=50)[0][0]
    data[0][0] = {key: np.resize(v, (130, *v.shape[1:])) for key, v in crowded.items()}
    expected = pycocotools(*data).stats
    close([evaluate(*data)[name] for name in TWELVE], expected)


@given(**data_strategy)
def test_evaluate_equals_the_loops_of_voc(seed, images, most, classes):
    data = random_data(seed, images, most, classes)
    for style, average in (("voc07", exact_ap_11), ("voc10", exact_ap_all_point)):
        result = evaluate(*data, style)
        expected = looped_voc(*data, average)
        assert result["per_class"].keys() == expected.keys()
        close([*result["per_class"].values()], [*expected.values()])
        close(result["mAP"], np.mean([*expected.values()]) if expected else -1)


@given(**data_strategy)
def test_the_loops_and_the_tables_match_the_same_detections(
    seed, images, most, classes
):
    detections, ground_truths = random_data(seed, 1, most, 1)
    for flag in ("crowd", "difficult"):
        ground_truths[0][flag][:] = False
    dets, gts, _ = tables(detections, ground_truths)
    counted = np.ones((len(gts.boxes), 1), dtype=bool)
    for iou in (0.5, 0.75):
        fast, ignored = pooled.match_all_coco(dets, gts, np.array([iou]), counted)
        slow = match_coco(dets.boxes, gts.boxes, iou)
        np.testing.assert_array_equal(fast[:, 0, 0], slow)
        fast, ignored = pooled.match_all_voc(dets, gts, iou)
        slow = match_voc(dets.boxes, gts.boxes, iou, inclusive=True)
        np.testing.assert_array_equal(fast, slow)
        assert not ignored.any()


@given(**data_strategy)
def test_what_is_not_counted_is_not_a_true_positive(seed, images, most, classes):
    dets, gts, _ = tables(*random_data(seed, images, most, classes), inclusive=True)
    tp, ignored = pooled.match_all_voc(dets, gts)
    assert not (tp & ignored).any()
    assert tp.sum() <= np.count_nonzero(~gts.difficult)


@pytest.mark.parametrize("block", [1, 5, 64])
def test_the_size_of_a_block_of_pairs_changes_nothing(block, monkeypatch):
    data = random_data(3, 3, 8, 2)
    expected = {style: evaluate(*data, style) for style in ("voc10", "coco")}
    monkeypatch.setattr(pooled, "_BLOCK", block)
    assert {style: evaluate(*data, style) for style in expected} == expected


@given(**data_strategy)
def test_the_order_of_the_images_does_not_matter_where_no_scores_are_equal(
    seed, images, most, classes
):
    data = random_data(seed, images, most, classes)
    rng = np.random.default_rng(seed)
    for image in data[0]:
        image["scores"] = rng.random(len(image["scores"]))
    for style in ("voc07", "coco"):
        forward = evaluate(*data, style)["per_class"]
        backward = evaluate(*(part[::-1] for part in data), style)["per_class"]
        assert forward.keys() == backward.keys()
        close([*forward.values()], [*backward.values()])


# Twins by hand.

SQUARES = [[20 * i, 0, 20 * i + 9, 9] for i in range(3)]  # far from each other


def test_coco_by_hand_on_three_objects():
    # Overlaps 0.83, 0.63, 0 and 0.97, in order of falling score.
    objects = [[200 * i, 0, 200 * i + 100, 100] for i in range(3)]
    boxes = [[0, 0, 100, 83], [200, 0, 300, 63], [900, 0, 950, 50], [400, 0, 500, 97]]
    data = one_image(boxes, [0.9, 0.8, 0.7, 0.6], objects)
    result = evaluate(*data)
    strict = [(67 + 34 * 3 / 4) / 101, (34 + 33 / 2) / 101, 34 / 4 / 101]
    assert [round(x, 4) for x in strict] == [0.9158, 0.5, 0.0842]
    close(result["AP"], (3 * strict[0] + 4 * strict[1] + 3 * strict[2]) / 10)
    close([result["AP"], result["AP50"], result["AP75"]], [0.5, 92.5 / 101, 0.5])
    assert result["AP50"] == pytest.approx(0.91584, abs=5e-6)
    close([result[name] for name in TWELVE], pycocotools(*data).stats)
    for t, iou in enumerate(COCO_IOUS):
        curve = pr_curve(match_coco(boxes, objects, iou), 3)
        close(ap_101(*curve), strict[[0, 0, 0, 1, 1, 1, 1, 2, 2, 2][t]])


def test_voc_by_hand_on_two_images_and_two_classes():
    # Class 1: hit, false, hit of 3. Class 2: duplicate after a hit, of 1.
    detections = [
        {"boxes": SQUARES[:2], "scores": [0.9, 0.6], "labels": [1, 2]},
        {
            "boxes": [SQUARES[2], SQUARES[0], SQUARES[1], SQUARES[1]],
            "scores": [0.8, 0.7, 0.5, 0.9],
            "labels": [1, 1, 2, 2],
        },
    ]
    ground_truths = [
        {"boxes": [SQUARES[0], SQUARES[1]], "labels": [1, 1]},
        {"boxes": [SQUARES[0], SQUARES[1]], "labels": [1, 2]},
    ]
    result = evaluate(detections, ground_truths, "voc10")
    assert result["per_class"] == pytest.approx({1: (1 + 2 / 3) / 3, 2: 1}, abs=1e-12)
    close(result["mAP"], (5 / 9 + 1) / 2)
    result = evaluate(detections, ground_truths, "voc07")
    # Class 1: precision 1 at the levels 0 to 0.3, then 2/3 at 0.4 to 0.6.
    assert result["per_class"] == pytest.approx({1: 6 / 11, 2: 1}, abs=1e-12)


def test_a_detection_of_a_difficult_object_is_neither_right_nor_wrong():
    boxes = [SQUARES[0], SQUARES[1], SQUARES[1], SQUARES[2]]
    data = one_image(boxes, [0.9, 0.8, 0.7, 0.6], SQUARES, difficult=[0, 1, 0])
    assert evaluate(*data, "voc10")["mAP"] == 1
    data[1][0].pop("difficult")
    close(evaluate(*data, "voc10")["mAP"], (1 + 1 + 3 / 4) / 3)
    dropped = one_image(boxes, [0.9, 0.8, 0.7, 0.6], [SQUARES[0], SQUARES[2]])
    close(evaluate(*dropped, "voc10")["mAP"], (1 + 2 / 4) / 2)


def test_a_crowd_absorbs_any_number_of_detections():
    crowd = [0, 0, 1000, 1000]  # each detection lies inside: its own area divides
    boxes = [[0, 0, 50, 50], [60, 0, 110, 50], [200, 200, 300, 300]]
    data = one_image(boxes, [0.9, 0.8, 0.7], [boxes[2], crowd], crowd=[0, 1])
    assert evaluate(*data)["AP"] == 1
    data[1][0].pop("crowd")
    close(evaluate(*data)["AP"], 51 / 3 / 101)  # one hit of two, after two false ones


def test_an_object_that_counts_comes_before_a_better_one_that_does_not():
    # The detection fits the crowd fully, the object with 0.6, and takes the object.
    data = one_image(
        [[0, 0, 10, 6]], [0.9], [[0, 0, 10, 10], [0, 0, 10, 6]], crowd=[0, 1]
    )
    assert evaluate(*data)["AP50"] == 1
    assert evaluate(*data)["AP75"] == 0


def test_only_the_best_100_detections_of_an_image_and_class_count():
    boxes = [[2000, 0, 2009, 9]] * 100 + [SQUARES[0]]
    scores = np.arange(101, 0, -1) / 200
    assert evaluate(*one_image(boxes, scores, SQUARES[:1]))["AP"] == 0
    close(evaluate(*one_image(boxes[1:], scores[1:], SQUARES[:1]))["AP"], 1 / 100)
    close(evaluate(*one_image(boxes, scores, SQUARES[:1]), "voc10")["mAP"], 1 / 101)
    detections, ground_truths = one_image(boxes, scores, SQUARES[:1])
    detections[0]["labels"] = [1] * 100 + [0]  # of another class: they take no place
    assert evaluate(detections, ground_truths)["AP"] == 1


def test_average_recall_stops_after_1_10_and_100_detections():
    boxes = [[20 * i, 0, 20 * i + 9, 9] for i in range(20)]
    result = evaluate(*one_image(boxes, np.arange(20, 0, -1) / 20, boxes))
    close([result[name] for name in ("AR1", "AR10", "AR100")], [0.05, 0.5, 1])


def test_an_area_of_exactly_32_squared_is_small_and_medium():
    boxes = [[0, 0, 32, 32], [100, 0, 200, 100], [300, 0, 310, 10]]
    data = one_image(boxes, [0.9, 0.8, 0.7], [*boxes[:2], [600, 0, 610, 10]])
    result = evaluate(*data)
    # Small: found 1 of 2, then a false one. Medium: 1 of 1. Large: 1 of 1.
    close([result[name] for name in ("APs", "APm", "APl")], [51 / 101, 1, 1])
    close([result[name] for name in ("ARs", "ARm", "ARl")], [0.5, 1, 1])
    data[1][0]["area"] = [100, 100, 100]  # of the masks: now all three are small
    result = evaluate(*data)
    assert [result[name] for name in ("APm", "APl")] == [-1, -1]
    close(result["ARs"], 2 / 3)


def test_a_false_detection_of_exactly_32_squared_is_wrong_in_both_ranges():
    boxes = [[500, 0, 532, 32], [0, 0, 50, 50], [200, 0, 220, 20]]
    data = one_image(boxes, [0.9, 0.8, 0.7], boxes[1:])
    result = evaluate(*data)
    close([result["APs"], result["APm"], result["APl"]], [0.5, 0.5, -1])
    close([result[name] for name in TWELVE], pycocotools(*data).stats)


def test_equal_scores_keep_their_order():
    # Image 0 holds a false detection, image 1 a right one, with the same score.
    false, right = ({"boxes": [b], "scores": [0.5], "labels": [0]} for b in SQUARES[1:])
    nothing = {"boxes": [], "labels": []}
    there = {"boxes": [SQUARES[2]], "labels": [0]}
    for style, name in (("coco", "AP"), ("voc10", "mAP"), ("voc07", "mAP")):
        first = evaluate([right, false], [there, nothing], style)[name]
        last = evaluate([false, right], [nothing, there], style)[name]
        close([first, last], [1, 0.5])


def test_classes_without_objects_are_left_out_and_unfound_ones_are_zero():
    detections = [{"boxes": SQUARES, "scores": [0.9, 0.8, 0.7], "labels": [3, 7, 7]}]
    ground_truths = [{"boxes": SQUARES[:1] * 2, "labels": [3, 5]}]
    for style, name in (("coco", "AP"), ("voc10", "mAP"), ("voc07", "mAP")):
        result = evaluate(detections, ground_truths, style)
        assert result["per_class"] == {3: 1, 5: 0}
        assert result[name] == 0.5


def test_nothing_to_find_gives_minus_one():
    nothing = {"boxes": np.empty((0, 4)), "labels": []}
    false = {"boxes": SQUARES, "scores": [1, 2, 3], "labels": [0, 1, 1]}
    for detections, ground_truths in (([], []), ([false], [nothing])):
        result = evaluate(detections, ground_truths)
        assert result == {**dict.fromkeys(TWELVE, -1), "per_class": {}}
        result = evaluate(detections, ground_truths, "voc07")
        assert result == {"mAP": -1, "per_class": {}}


def test_the_mean_of_ap_per_image_is_another_number():
    # Image 0: one hit at 0.9. Image 1: false at 0.8, then a hit at 0.1.
    detections = [
        {"boxes": SQUARES[:1], "scores": [0.9], "labels": [0]},
        {"boxes": SQUARES[:2], "scores": [0.8, 0.1], "labels": [0, 0]},
    ]
    ground_truths = [
        {"boxes": SQUARES[:1], "labels": [0]},
        {"boxes": SQUARES[1:2], "labels": [0]},
    ]
    pairs = zip(detections, ground_truths)
    close(evaluate(detections, ground_truths, "voc10")["mAP"], (1 + 2 / 3) / 2)
    each = [evaluate([d], [g], "voc10")["mAP"] for d, g in pairs]
    close(np.mean(each), (1 + 1 / 2) / 2)
    detections[1]["scores"] = [0.95, 0.1]  # above the hit: now pooling is the lower
    close(evaluate(detections, ground_truths, "voc10")["mAP"], 2 / 3)


@given(hits=hits_strategy, missed=st.integers(0, 9))
def test_a_hit_never_lowers_precision_and_an_error_never_raises_it(hits, missed):
    recall, precision = pr_curve(hits, max(1, sum(hits) + missed))
    for n in range(1, len(hits)):
        before, after = precision[n - 1], precision[n]
        if hits[n]:
            assert recall[n] > recall[n - 1]
            assert after > before or before == after == 1
        else:
            assert recall[n] == recall[n - 1]
            assert after < before or before == after == 0


@given(**data_strategy)
def test_scores_count_by_their_order_within_a_class_alone(seed, images, most, classes):
    detections, ground_truths = random_data(seed, images, most, classes)
    bent = [
        {**image, "scores": np.exp((image["labels"] + 1) * image["scores"]) - 7}
        for image in detections
    ]
    for style in ("voc07", "voc10", "coco"):
        plain = evaluate(detections, ground_truths, style)
        assert evaluate(bent, ground_truths, style) == plain


@pytest.mark.parametrize("side", [2e4, 2e5])
def test_very_large_objects_are_large_up_to_ten_to_the_ten_pixels(side):
    data = one_image([[0, 0, side, side]], [0.5], [[0, 0, side, side]])
    result = evaluate(*data)
    close([result[name] for name in TWELVE], pycocotools(*data).stats)
    assert result["APl"] == (1 if side < 1e5 else -1)


def test_a_threshold_of_1_bears_rounding_in_the_tables_too():
    boxes = [[0.1, 0.2, 0.4, 0.7], [0.3, 0.1, 0.9, 1.3]]
    dets, gts, _ = tables(*one_image(boxes, [0.9, 0.8], boxes))
    counted = np.ones((2, 1), dtype=bool)
    fast = pooled.match_all_coco(dets, gts, np.array([1.0]), counted)[0]
    assert fast[:, 0, 0].tolist() == [True, True]
    assert match_coco(boxes, boxes, 1.0).tolist() == [True, True]
    for bad in ([0.0], [1.5], [np.nan], [], [[0.5]]):
        with pytest.raises(ValueError, match=r"ious must be in \(0, 1\], shape \(T,\)"):
            pooled.match_all_coco(dets, gts, np.array(bad), counted)
    with pytest.raises(
        ValueError, match=r"counted must be bool, \(2, A\), got float64"
    ):
        pooled.match_all_coco(dets, gts, np.array([0.5]), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"must be bool, \(2, A\), got bool, \(2,\)"):
        pooled.match_all_coco(dets, gts, np.array([0.5]), np.ones(2, dtype=bool))


@pytest.mark.parametrize("side", [1e-170, 1e200])
def test_boxes_whose_area_is_no_number_are_refused(side):
    with pytest.raises(ValueError, match=r"a must have sides from 1e-150 to 1e\+150"):
        iou_matrix([[0, 0, side, side]], SHARED)


def test_curves_with_impossible_numbers_are_refused():
    for bad in (7, -0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match="precision must be from 0 to 1, got"):
            ap_all_point([0.5, 1.0], [1.0, bad])
    for bad in ([0.2, 1.2], [-0.1, 0.2], [np.nan, 0.2]):
        with pytest.raises(ValueError, match="recall must be from 0 to 1, got"):
            ap_101(bad, [1.0, 1.0])
    with pytest.raises(ValueError, match="levels must be numbers, got"):
        interpolated_precision([0.5], [1.0], [np.nan])


def test_noise_on_the_corners_costs_ap75_before_ap50():
    rng = np.random.default_rng(0)
    box = np.array([0.0, 0, 100, 100])
    rows = []
    for sigma in (2, 5, 10, 15):
        boxes = box + rng.normal(0, sigma, (1000, 4))
        scores = rng.random(1000)
        detections = [
            {"boxes": [b], "scores": [s], "labels": [0]} for b, s in zip(boxes, scores)
        ]
        result = evaluate(detections, [{"boxes": [box], "labels": [0]}] * 1000)
        rows.append([result[name] for name in ("AP50", "AP75", "AP")])
    expected = [
        [1, 1, 0.901],
        [1, 0.953, 0.709],
        [0.982, 0.226, 0.433],
        [0.818, 0.041, 0.231],
    ]
    np.testing.assert_allclose(rows, expected, rtol=0, atol=6e-4)
    ap50, ap75, ap = np.transpose(rows)
    assert (ap50 >= ap).all()
    assert (np.diff(ap75[1:]) < 0).all()
    assert (np.diff(ap[1:]) < 0).all()


def test_data_may_come_in_other_number_types():
    data = one_image(np.array(DETECTED, np.int32), np.float32([0.9, 0.8]), SHARED)
    assert evaluate(*data)["AP50"] == 1
    assert _rank_within(np.array([4, 2, 4, 4, 2])).tolist() == [0, 0, 1, 2, 1]


# Bad input.


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[0, 0, 1]], r"a must have shape \(N, 4\), got \(1, 3\)"),
        ([0, 0, 1, 1], r"a must have shape \(N, 4\), got \(4,\)"),
        (
            [[0, 0, 1, 1], [5, 0, 5, 1]],
            r"x1 > x0 .* got \[5.0, 0.0, 5.0, 1.0\] in row 1",
        ),
        ([[0, 3, 1, 2]], "x1 > x0 and y1 > y0"),
        ([[0, 0, np.nan, 1]], "a must be finite"),
        ([[0, 0, np.inf, 1]], "a must be finite"),
    ],
)
def test_bad_boxes_are_refused(boxes, message):
    with pytest.raises(ValueError, match=message):
        iou_matrix(boxes, SHARED)
    with pytest.raises(ValueError, match=message.replace("a must", "boxes must")):
        _as_boxes(boxes)


def test_pixel_boxes_must_not_run_backwards():
    with pytest.raises(ValueError, match="b must have x1 >= x0 and y1 >= y0"):
        iou_matrix(SHARED, [[3, 0, 2, 0]], inclusive=True)


def test_voc_takes_a_box_of_one_pixel_and_coco_refuses_it():
    data = one_image([[3, 3, 3, 3]], [0.9], [[3, 3, 3, 3]])
    assert evaluate(*data, "voc10")["mAP"] == evaluate(*data, "voc07")["mAP"] == 1
    with pytest.raises(ValueError, match=r"detections\[0\] boxes must have x1 > x0"):
        evaluate(*data, "coco")


@pytest.mark.parametrize("n_gt", [0, -1, 2.5, float("nan"), None, True])
def test_there_must_be_something_to_find(n_gt):
    with pytest.raises(ValueError, match="n_gt must be an integer >= 1, got"):
        pr_curve([True], n_gt)


@pytest.mark.parametrize("tp", [[[True]], [2], [0.5], [np.nan], True])
def test_hits_must_be_a_list_of_booleans(tp):
    with pytest.raises(ValueError, match=r"tp must be booleans of shape \(D,\), got"):
        pr_curve(tp, 3)


def test_more_hits_than_objects_are_refused():
    with pytest.raises(ValueError, match="tp must have at most n_gt = 1 hits, got 2"):
        pr_curve([True, True], 1)


@pytest.mark.parametrize("average", [ap_11, ap_101, ap_all_point, ap_trapezoid])
def test_a_curve_must_have_equal_lengths_and_rising_recall(average):
    with pytest.raises(ValueError, match=r"same shape \(D,\), got \(2,\) and \(1,\)"):
        average([0, 1], [1])
    with pytest.raises(ValueError, match=r"recall must not fall, got \[0.5, 0.2\]"):
        average([0.5, 0.2], [1, 1])


DET = {"boxes": SHARED, "scores": [0.9, 0.8], "labels": [0, 0]}
GT = {"boxes": SHARED, "labels": [0, 0]}


@pytest.mark.parametrize(
    ("det", "gt", "message"),
    [
        ({"scores": [0.9]}, {}, r"detections\[0\] scores must have shape \(2,\), got"),
        ({"scores": [0.9, np.nan]}, {}, r"detections\[0\] scores must be finite, got"),
        ({"labels": [0]}, {}, r"detections\[0\] labels must be integers of shape \(2,"),
        ({"labels": [0.0, 1.0]}, {}, "labels must be integers .* got float64"),
        ({"boxes": [[0, 0, 0, 1]] * 2}, {}, r"detections\[0\] boxes must have x1 > x0"),
        ({"score": [1, 1]}, {}, r"detections\[0\] must have the keys \['boxes'"),
        ({}, {"iscrowd": [0, 0]}, r"may have \['area', 'crowd', 'difficult'\], got"),
        ({}, {"crowd": [0]}, r"ground_truths\[0\] crowd must have shape \(2,\)"),
        ({}, {"area": [1, np.inf]}, r"ground_truths\[0\] area must be finite"),
        ({}, {"labels": [[0], [0]]}, r"ground_truths\[0\] labels must be integers"),
    ],
)
def test_bad_data_are_refused_by_image_and_key(det, gt, message):
    with pytest.raises(ValueError, match=message):
        evaluate([{**DET, **det}], [{**GT, **gt}])


def test_a_missing_key_is_named():
    with pytest.raises(ValueError, match=r"must have the keys \['boxes', 'labels', 's"):
        evaluate([{"boxes": [], "labels": []}], [GT])


def test_the_style_must_be_known_and_the_images_the_same():
    with pytest.raises(ValueError, match=r"style must be 'voc07', .* got 'voc12'"):
        evaluate([DET], [GT], "voc12")
    with pytest.raises(ValueError, match="must have as many images, got 1 and 2"):
        evaluate([DET], [GT, GT])
