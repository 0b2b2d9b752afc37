"""Oracles: scikit-learn on the pixels that a matrix counts, a loop over pixels."""

import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from snippets.cv.segmentation_metrics import (
    StreamingConfusion,
    accuracy_per_class,
    confusion_matrix,
    dice_per_class,
    disc,
    fw_iou,
    iou_per_class,
    mean_iou,
    mean_pixel_accuracy,
    pixel_accuracy,
    shrunken_disc,
)

EXAMPLE = [[50, 2, 3], [4, 20, 1], [6, 0, 14]]
ABSENT_LAST = [[80, 2, 0], [3, 10, 0], [0, 0, 0]]
METRICS = (
    accuracy_per_class,
    iou_per_class,
    dice_per_class,
    pixel_accuracy,
    mean_pixel_accuracy,
    mean_iou,
    fw_iou,
)

counts_strategy = st.integers(1, 5).flatmap(
    lambda k: st.lists(
        st.lists(st.integers(0, 20), min_size=k, max_size=k), min_size=k, max_size=k
    ).filter(lambda rows: any(map(any, rows)))
)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def pixels(C) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted class of as many pixels as C counts."""
    C = np.asarray(C)
    true, guess = np.indices(C.shape).reshape(2, -1)
    return np.repeat(true, C.flatten()), np.repeat(guess, C.flatten())


def random_matrices(number: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(1, 60, (k, k)) for k in rng.integers(2, 7, number)]


# The matrix


@given(
    seed=st.integers(0, 1000),
    k=st.integers(2, 6),
    shape=st.sampled_from([(1,), (7,), (3, 4), (2, 3, 2)]),
)
def test_the_matrix_is_that_of_scikit_learn(seed, k, shape):
    rng = np.random.default_rng(seed)
    target, pred = rng.integers(0, k, (2, *shape))
    actual = confusion_matrix(target, pred, k)
    assert actual.dtype == torch.int64
    assert actual.shape == (k, k)
    expected = sk.confusion_matrix(target.flatten(), pred.flatten(), labels=range(k))
    np.testing.assert_array_equal(actual, expected)


def test_no_pixels_or_one_class_still_give_a_matrix():
    nothing = torch.zeros(0, 4).long()
    assert confusion_matrix(nothing, nothing, 2).tolist() == [[0, 0], [0, 0]]
    assert confusion_matrix([9, 9], [0, 1], 2, ignore_index=9).sum() == 0
    assert confusion_matrix(0, 0, 1).tolist() == [[1]]


def test_rows_are_true_and_columns_predicted():
    assert confusion_matrix([0, 0, 0], [1, 1, 0], 2).tolist() == [[1, 2], [0, 0]]


@given(
    seed=st.integers(0, 1000), k=st.integers(1, 4), ignore=st.sampled_from([255, 0, -1])
)
def test_ignored_pixels_are_those_a_loop_would_skip(seed, k, ignore):
    rng = np.random.default_rng(seed)
    target, pred = rng.integers(0, k, (2, 5, 5))
    target[rng.random((5, 5)) < 0.3] = ignore
    expected = np.zeros((k, k), int)
    for t, p in zip(target.flat, pred.flat):
        if t != ignore:
            expected[t, p] += 1
    actual = confusion_matrix(target, pred, k, ignore_index=ignore)
    np.testing.assert_array_equal(actual, expected)


def test_the_prediction_at_an_ignored_pixel_may_be_anything():
    C = confusion_matrix([0, 255, 255], [0, 255, -7], 2, ignore_index=255)
    assert C.tolist() == [[1, 0], [0, 0]]


def test_a_prediction_cannot_excuse_itself_with_the_ignored_index():
    with pytest.raises(ValueError, match=r"^pred must be in \[0, 2\), got 255$"):
        confusion_matrix([0, 1], [0, 255], 2, ignore_index=255)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int64])
def test_small_integer_types_do_not_overflow(dtype):
    labels = torch.arange(150).to(dtype)
    C = confusion_matrix(labels, labels.flip(0), 150)
    expected = np.fliplr(np.eye(150))
    np.testing.assert_array_equal(C, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.uint64])
def test_unsigned_arrays_are_counted_and_scored(dtype):
    labels = np.array([0, 19, 19], dtype=dtype)
    C = confusion_matrix(labels, labels[::-1], 20)
    assert [C[0, 19], C[19, 19], C[19, 0]] == [1, 1, 1]
    assert pixel_accuracy(C.numpy().astype(dtype)) == pytest.approx(1 / 3)


def test_ignoring_minus_one_does_not_drop_255_from_bytes():
    labels = torch.tensor([255, 3], dtype=torch.uint8)
    with pytest.raises(ValueError, match=r"^target must be in \[0, 4\), got 255$"):
        confusion_matrix(labels, labels, 4, ignore_index=-1)


def test_the_last_class_of_a_byte_map_may_be_255():
    labels = torch.tensor([255, 0], dtype=torch.uint8)
    assert confusion_matrix(labels, labels, 256)[255, 255] == 1


def test_masks_of_true_and_false_are_two_classes():
    target, pred = torch.tensor([True, False, True]), torch.tensor([True, True, False])
    assert confusion_matrix(target, pred, 2).tolist() == [[0, 1], [1, 1]]


def test_flipped_read_only_and_empty_maps_are_counted():
    target, pred = np.array([[0, 1], [2, 2]]), np.array([[0, 2], [2, 1]])
    expected = confusion_matrix(target, pred, 3)
    flipped = confusion_matrix(np.fliplr(target), np.fliplr(pred), np.int64(3))
    assert torch.equal(flipped, expected)
    target.flags.writeable = False
    assert torch.equal(confusion_matrix(target, pred, 3), expected)
    assert confusion_matrix([], [], 3).tolist() == [[0] * 3] * 3
    counts = np.flip(expected.numpy())
    assert pixel_accuracy(counts) == pixel_accuracy(expected)


@pytest.mark.parametrize("bad", ["3", "x", 2.0, True, math.nan])
def test_an_index_to_ignore_that_is_no_integer_is_rejected(bad):
    match = f"^ignore_index must be an integer, got {bad!r}$"
    with pytest.raises(ValueError, match=match):
        confusion_matrix([0], [0], 2, ignore_index=bad)
    with pytest.raises(ValueError, match=match):
        StreamingConfusion(2, ignore_index=bad)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("ignore", ["None", "255"])
def test_counting_takes_some_thirty_bytes_a_pixel(ignore):
    program = f"""
import pathlib, re, torch
from snippets.cv.segmentation_metrics import confusion_matrix

def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])

n = 10_000_000
maps = torch.full((2, n), 3, dtype=torch.uint8)
confusion_matrix(maps[0, :9], maps[1, :9], 150)
before = peak()
confusion_matrix(*maps, 150, {ignore})
print((peak() - before) / n)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert 24 < float(run.stdout) < 36


def test_the_maps_are_left_as_they_were():
    target, pred = torch.tensor([[0, 255]]), torch.tensor([[1, 0]])
    confusion_matrix(target, pred, 2, ignore_index=255)
    assert (target.tolist(), pred.tolist()) == ([[0, 255]], [[1, 0]])


def test_maps_of_different_shape_are_rejected_even_if_they_broadcast():
    match = r"^target and pred must have the same shape, got \(1, 4\) and \(4,\)$"
    with pytest.raises(ValueError, match=match):
        confusion_matrix(torch.zeros(1, 4).long(), torch.zeros(4).long(), 2)
    match = r"^target and pred must have the same shape, got \(4,\) and \(3,\)$"
    with pytest.raises(ValueError, match=match):
        confusion_matrix([0, 0, 0, 0], [0, 0, 0], 2)


@pytest.mark.parametrize("bad", [-1, 2, 255])
def test_classes_out_of_range_are_rejected(bad):
    with pytest.raises(ValueError, match=rf"^target must be in \[0, 2\), got {bad}$"):
        confusion_matrix([0, bad], [0, 0], 2)
    with pytest.raises(ValueError, match=rf"^pred must be in \[0, 2\), got {bad}$"):
        confusion_matrix([0, 0], [0, bad], 2)
    with pytest.raises(ValueError, match=rf"^target must be in \[0, 2\), got {bad}$"):
        confusion_matrix([0, bad], [0, 0], 2, ignore_index=7)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.complex64])
def test_maps_that_are_not_of_integers_are_rejected(dtype):
    good, bad = torch.zeros(3).long(), torch.zeros(3, dtype=dtype)
    with pytest.raises(ValueError, match=f"^target must be of integers, got {dtype}$"):
        confusion_matrix(bad, good, 2)
    with pytest.raises(ValueError, match=f"^pred must be of integers, got {dtype}$"):
        confusion_matrix(good, bad, 2)


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "2", None, np.float64(2)])
def test_a_bad_number_of_classes_is_rejected(bad):
    match = re.escape(f"num_classes must be an integer >= 1, got {bad!r}")
    with pytest.raises(ValueError, match=match):
        confusion_matrix([0], [0], bad)
    with pytest.raises(ValueError, match=match):
        StreamingConfusion(bad)


# The metrics


def test_the_example_has_the_known_numbers():
    close(pixel_accuracy(EXAMPLE), 0.84)
    close(mean_pixel_accuracy(EXAMPLE), (50 / 55 + 20 / 25 + 14 / 20) / 3)
    close(iou_per_class(EXAMPLE), [50 / 65, 20 / 27, 14 / 24])
    assert mean_pixel_accuracy(EXAMPLE) == pytest.approx(0.8030303, abs=5e-8)
    assert mean_iou(EXAMPLE) == pytest.approx(0.6977683, abs=5e-8)
    assert fw_iou(EXAMPLE) == pytest.approx(0.7249288, abs=5e-8)
    np.testing.assert_allclose(
        iou_per_class(EXAMPLE), [0.769231, 0.740741, 0.583333], rtol=0, atol=5e-7
    )
    assert dice_per_class(EXAMPLE).mean() == pytest.approx(0.8191571, abs=5e-8)


@settings(max_examples=25)
@given(C=counts_strategy)
def test_the_metrics_are_those_of_scikit_learn(C):
    target, pred = pixels(C)
    close(pixel_accuracy(C), sk.accuracy_score(target, pred))
    there = np.unique(np.concatenate([target, pred]))
    jaccard = sk.jaccard_score(target, pred, labels=there, average=None)
    close(iou_per_class(C)[there], jaccard)
    close(mean_iou(C), jaccard.mean())
    known = np.unique(target)
    recall = sk.recall_score(target, pred, labels=known, average=None)
    close(accuracy_per_class(C)[known], recall)
    close(mean_pixel_accuracy(C), recall.mean())
    close(fw_iou(C), sk.jaccard_score(target, pred, labels=there, average="weighted"))
    f1 = sk.f1_score(target, pred, labels=there, average=None)
    close(dice_per_class(C)[there], f1)
    missing = [i for i in range(len(C)) if i not in there]
    assert iou_per_class(C)[missing].isnan().all()
    assert dice_per_class(C)[missing].isnan().all()


@settings(max_examples=25)
@given(C=counts_strategy)
def test_zero_and_one_are_what_scikit_learn_calls_zero_division(C):
    target, pred = pixels(C)
    for absent, zero_division in (("zero", 0), ("one", 1)):
        options = dict(
            labels=range(len(C)), zero_division=zero_division, average="macro"
        )
        close(mean_iou(C, absent), sk.jaccard_score(target, pred, **options))
        close(mean_pixel_accuracy(C, absent), sk.recall_score(target, pred, **options))


def test_mpa_is_balanced_accuracy():
    for C in random_matrices(20):
        target, pred = pixels(C)
        close(mean_pixel_accuracy(C), sk.balanced_accuracy_score(target, pred))


def test_all_background_scores_high_on_pixels_and_low_on_classes():
    C = confusion_matrix([0] * 95 + [1] * 5, [0] * 100, 2)
    close(
        [pixel_accuracy(C), mean_pixel_accuracy(C), mean_iou(C), fw_iou(C)],
        [0.95, 0.5, 0.475, 0.9025],
    )


def test_fwiou_is_at_most_pa_and_miou_at_most_mpa():
    for C in random_matrices(2000):
        assert fw_iou(C) <= pixel_accuracy(C) + 1e-12
        assert mean_iou(C) <= mean_pixel_accuracy(C) + 1e-12


@given(C=counts_strategy)
def test_the_inequalities_hold_with_absent_classes_too(C):
    assert fw_iou(C) <= pixel_accuracy(C) + 1e-12
    for absent in ("nan", "zero", "one"):
        assert mean_iou(C, absent) <= mean_pixel_accuracy(C, absent) + 1e-12


def test_dice_is_a_function_of_iou_class_by_class_but_not_for_means():
    for C in random_matrices(200):
        iou, dice = iou_per_class(C), dice_per_class(C)
        close(dice, 2 * iou / (1 + iou))
        assert dice.mean() <= 2 * iou.mean() / (1 + iou.mean()) + 1e-12
    m = mean_iou(EXAMPLE)
    assert 2 * m / (1 + m) == pytest.approx(0.8220, abs=5e-5)


@given(ious=st.lists(st.integers(0, 20), min_size=1, max_size=5))
def test_mean_dice_is_lower_than_from_miou_unless_all_ious_are_equal(ious):
    # Class i: n of 20 true pixels found, the others called by the last class.
    k = len(ious)
    C = np.zeros((k + 1, k + 1), dtype=int)
    for i, n in enumerate(ious):
        C[i, i], C[i, k] = n, 20 - n
    iou, dice = (f(C)[:k].numpy() for f in (iou_per_class, dice_per_class))
    close(iou, np.array(ious) / 20)
    from_mean = 2 * iou.mean() / (1 + iou.mean())
    if len(set(ious)) == 1:
        assert dice.mean() == pytest.approx(from_mean, abs=1e-12)
    else:
        assert dice.mean() < from_mean - 1e-6


def test_the_pooled_quotient_is_pa_over_2_minus_pa_for_iou_and_pa_for_dice():
    C = torch.tensor(EXAMPLE, dtype=torch.float64)
    hits, rows, columns = C.diagonal().sum(), C.sum(), C.sum()
    iou, dice = hits / (rows + columns - hits), 2 * hits / (rows + columns)
    close(iou, 0.84 / 1.16)
    assert iou == pytest.approx(0.724, abs=5e-4)
    close(dice, 0.84)


def test_pooling_counts_over_classes_gives_pa_again():
    for C in random_matrices(50):
        target, pred = pixels(C)
        pa = pixel_accuracy(C)
        close(sk.jaccard_score(target, pred, average="micro"), pa / (2 - pa))
        close(sk.f1_score(target, pred, average="micro"), pa)


def test_transposing_changes_mpa_and_fwiou_but_neither_pa_nor_miou():
    C, T = torch.tensor(EXAMPLE), torch.tensor(EXAMPLE).T
    close(pixel_accuracy(T), pixel_accuracy(C))
    close(mean_iou(T), mean_iou(C))
    close(dice_per_class(T), dice_per_class(C))
    target, pred = pixels(C)
    close(mean_pixel_accuracy(T), sk.precision_score(target, pred, average="macro"))
    assert mean_pixel_accuracy(T) == pytest.approx(0.8401, abs=5e-5)
    assert fw_iou(T) == pytest.approx(0.7295, abs=5e-5)


def test_absent_classes_follow_the_policy():
    policies = ("nan", "zero", "one")
    miou = [mean_iou(ABSENT_LAST, absent) for absent in policies]
    np.testing.assert_allclose(miou, [0.804, 0.536, 0.869], rtol=0, atol=5e-4)
    close(miou, [(16 / 17 + 2 / 3) / 2, (16 / 17 + 2 / 3) / 3, (16 / 17 + 5 / 3) / 3])
    recall = 80 / 82 + 10 / 13
    mpa = [mean_pixel_accuracy(ABSENT_LAST, absent) for absent in policies]
    close(mpa, [recall / 2, recall / 3, (recall + 1) / 3])
    assert fw_iou(ABSENT_LAST) == fw_iou([[80, 2], [3, 10]])


def test_detectron2_would_leave_out_the_class_that_a_stray_pixel_calls():
    C = np.array([[79, 2, 1], [3, 10, 0], [0, 0, 0]])
    # As in its evaluator, which asks for a true pixel of the class.
    rows, columns, right = C.sum(1), C.sum(0), C.diagonal()
    there = rows > 0
    iou = right[there] / (rows + columns - right)[there]
    assert iou.mean() == pytest.approx(0.798, abs=5e-4)
    assert mean_iou(C) == pytest.approx(0.532, abs=5e-4)


def test_a_class_predicted_but_never_true_is_zero_for_iou_and_undefined_for_recall():
    C = [[9, 1], [0, 0]]
    close(iou_per_class(C), [0.9, 0])
    close(dice_per_class(C), [18 / 19, 0])
    close(accuracy_per_class(C), [0.9, math.nan])
    close([mean_iou(C), mean_pixel_accuracy(C), fw_iou(C)], [0.45, 0.9, 0.9])


@pytest.mark.parametrize("scale", [1, 10**15])
def test_a_perfect_prediction_scores_one_and_a_swapped_one_zero(scale):
    right, wrong = [[scale, 0], [0, 1]], [[0, scale], [1, 0]]
    for metric in METRICS:
        assert np.all(np.asarray(metric(right)) == 1)
        assert np.all(np.asarray(metric(wrong)) == 0)
    assert pixel_accuracy([[scale]]) == 1


def test_shares_instead_of_counts_give_the_same_metrics():
    C = torch.tensor(EXAMPLE)
    for metric in METRICS:
        close(metric(C / C.sum(dtype=torch.float64)), metric(C))
        close(metric(np.array(EXAMPLE, dtype=np.int32)), metric(C))


@pytest.mark.parametrize("metric", METRICS)
def test_bad_matrices_are_rejected(metric):
    for bad in ([[1, 2]], [1, 2], 3, [[[1]]]):
        with pytest.raises(ValueError, match=r"^C must be a square matrix, got shape"):
            metric(bad)
    for bad in ([[1, -1], [0, 2]], [[math.nan]], [[math.inf]]):
        with pytest.raises(ValueError, match=r"^C must hold finite counts >= 0, got"):
            metric(bad)
    for bad in ([[0]], [[0, 0], [0, 0]], np.zeros((0, 0)), [[1e308] * 2] * 2):
        with pytest.raises(ValueError, match=r"^C must count at least one pixel, got"):
            metric(bad)


@pytest.mark.parametrize("bad", ["skip", "", None, 0, ["nan"]])
def test_an_unknown_policy_is_rejected(bad):
    for metric in (mean_iou, mean_pixel_accuracy):
        with pytest.raises(ValueError, match=r"^absent must be one of \['nan', 'zero'"):
            metric(EXAMPLE, bad)


# Over a data set


def test_ten_updates_of_100_pixels_equal_one_pass():
    rng = np.random.default_rng(0)
    target, pred = rng.integers(0, 5, (2, 10, 100))
    target[rng.random((10, 100)) < 0.1] = 255
    stream = StreamingConfusion(5, ignore_index=255)
    for t, p in zip(target, pred):
        stream.update(t, p)
    whole = confusion_matrix(target, pred, 5, ignore_index=255)
    assert torch.equal(stream.compute(), whole)
    assert whole.sum() == (target != 255).sum()


def test_a_stream_starts_empty_hands_out_copies_and_survives_a_bad_batch():
    stream = StreamingConfusion(2)
    assert stream.compute().tolist() == [[0, 0], [0, 0]]
    stream.update(torch.zeros(0).long(), torch.zeros(0).long())
    stream.update([1], [0])
    stream.compute().zero_()
    with pytest.raises(ValueError, match=r"^pred must be in \[0, 2\), got 2$"):
        stream.update([0], [2])
    assert stream.compute().tolist() == [[0, 0], [1, 0]]


def test_the_mean_over_images_is_not_the_metric_of_the_data_set():
    perfect, background = [[90, 0], [0, 10]], [[95, 0], [5, 0]]
    per_image = (mean_iou(perfect) + mean_iou(background)) / 2
    whole = mean_iou(torch.tensor(perfect) + torch.tensor(background))
    close([per_image, whole], [0.7375, (185 / 190 + 10 / 15) / 2])
    assert whole == pytest.approx(0.8202, abs=5e-5)


# The discs


@pytest.mark.parametrize(("radius", "size"), [(0, 1), (3, 8), (3, 7), (5, 20)])
def test_a_disc_holds_the_pixels_within_its_radius(radius, size):
    middle = size // 2
    expected = [
        [int(math.hypot(x - middle, y - middle) <= radius) for x in range(size)]
        for y in range(size)
    ]
    actual = disc(radius, size)
    assert actual.dtype == torch.int64
    assert actual.tolist() == expected


def test_one_pixel_costs_small_objects_iou_and_large_ones_pixel_accuracy():
    radii = (4, 8, 16, 64)
    matrices = [shrunken_disc(radius) for radius in radii]
    pa = [pixel_accuracy(C) for C in matrices]
    iou = [iou_per_class(C)[1].item() for C in matrices]
    np.testing.assert_allclose(
        pa, [0.99969, 0.99927, 0.99866, 0.9939], rtol=0, atol=5e-6
    )
    np.testing.assert_allclose(iou, [0.592, 0.756, 0.890, 0.969], rtol=0, atol=5e-4)
    assert min(pa) > 0.99
    assert iou[0] < 0.6
    assert pa == sorted(pa, reverse=True)
    assert iou == sorted(iou)
    assert matrices[0].tolist() == [[65487, 0], [20, 29]]


def test_the_iou_of_a_shrunken_disc_follows_the_ratio_of_areas():
    for radius in (30, 60, 120):
        C = shrunken_disc(radius)
        assert iou_per_class(C)[1] == pytest.approx((1 - 1 / radius) ** 2, abs=0.005)
        wrong = 1 - pixel_accuracy(C)
        assert wrong == pytest.approx(math.pi * (2 * radius - 1) / 256**2, rel=0.05)


@pytest.mark.parametrize(("radius", "size"), [(128, 256), (4, 8), (-1, 8)])
def test_a_disc_that_does_not_fit_is_rejected(radius, size):
    match = rf"^radius must be in \[0, {(size - 1) // 2}\], got {radius}$"
    with pytest.raises(ValueError, match=match):
        disc(radius, size)


def test_a_disc_of_one_pixel_cannot_shrink():
    with pytest.raises(ValueError, match=r"^radius must be an integer >= 1, got 0$"):
        shrunken_disc(0)
    assert shrunken_disc(1, 3).tolist() == [[4, 0], [4, 1]]


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_a_gpu_counts_the_same_matrix():
    generator = torch.Generator().manual_seed(0)
    target, pred = torch.randint(0, 21, (2, 8, 1024, 1024), generator=generator)
    target[:, :8] = 255
    expected = confusion_matrix(target, pred, 21, ignore_index=255)
    maps = target.cuda(), pred.cuda()
    for _ in range(3):
        actual = confusion_matrix(*maps, 21, ignore_index=255)
        assert actual.is_cuda
        assert torch.equal(actual.cpu(), expected)
    stream = StreamingConfusion(21, ignore_index=255)
    stream.update(*maps)
    assert torch.equal(stream.compute(), expected)
    assert mean_iou(actual) == pytest.approx(mean_iou(expected), rel=0, abs=1e-12)
