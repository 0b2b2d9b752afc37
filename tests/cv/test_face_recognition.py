"""Oracles: scipy and scikit-learn, least squares, autograd, closed forms, loops."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.ndimage import affine_transform
from scipy.stats import norm
from sklearn.metrics import roc_curve

from snippets.cv.face_recognition import (
    ARCFACE_TEMPLATE,
    FacePipeline,
    align,
    arcface_cosine,
    best_threshold_kfold,
    build_pipeline,
    crops_of,
    draw_photos,
    eer,
    estimate_similarity_lstsq,
    margin_logits,
    pair_scores,
    plane_angle,
    roc,
    scale_lower_bound,
    sphereface_psi,
    tar_at_far,
    threshold_at_far,
    train_net,
    training,
    umeyama,
    warp,
)
from snippets.cv.face_recognition.training import _SIZE

exact = {"rtol": 0, "atol": 1e-12}
seeds = st.integers(0, 2**32 - 1)


def rotation(degrees):
    a = math.radians(degrees)
    return np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])


def cosines(*degrees):
    return torch.tensor(np.cos(np.radians(degrees)), dtype=torch.float64)


# Alignment


def test_a_known_similarity_comes_back():
    moved = 1.3 * ARCFACE_TEMPLATE @ rotation(30).T + (5, -7)
    c, R, t = umeyama(ARCFACE_TEMPLATE, moved)
    assert c == pytest.approx(1.3, rel=0, abs=1e-12)
    np.testing.assert_allclose(R, rotation(30), **exact)
    np.testing.assert_allclose(t, [5, -7], **exact)
    M = estimate_similarity_lstsq(ARCFACE_TEMPLATE, moved)
    np.testing.assert_allclose(M, np.c_[1.3 * rotation(30), [5, -7]], **exact)


@given(seed=seeds, n=st.integers(2, 8))
def test_umeyama_is_linear_least_squares_in_the_plane(seed, n):
    rng = np.random.default_rng(seed)
    src, dst = rng.standard_normal((2, n, 2))
    c, R, t = umeyama(src, dst)
    M = estimate_similarity_lstsq(src, dst)
    np.testing.assert_allclose(np.c_[c * R, t], M, rtol=0, atol=1e-9)
    np.testing.assert_allclose(R @ R.T, np.eye(2), **exact)
    assert np.linalg.det(R) == pytest.approx(1)


def test_umeyamas_own_example_needs_the_sign():
    X, Y = np.array([(0, 0), (1, 0), (0, 2)]), np.array([(0, 0), (-1, 0), (0, 2)])
    c, R, t = umeyama(X, Y)
    r = [[0.83205, 0.55470], [-0.55470, 0.83205]]
    np.testing.assert_allclose(R, r, rtol=0, atol=1e-5)
    assert c == pytest.approx(0.72111, abs=1e-5)
    np.testing.assert_allclose(t, [-0.8, 0.4], **exact)
    error = ((Y - (c * X @ R.T + t)) ** 2).sum(1).mean()
    assert error == pytest.approx(0.53333, abs=1e-5)
    U, _, Vt = np.linalg.svd((Y - Y.mean(0)).T @ (X - X.mean(0)))
    assert np.linalg.det(U @ Vt) == pytest.approx(-1)


@pytest.mark.parametrize("shift", [3e7, 1e8])
def test_a_far_origin_does_not_change_the_fit(shift):
    moved = 1.3 * ARCFACE_TEMPLATE @ rotation(30).T
    src, dst = ARCFACE_TEMPLATE + shift, moved + shift
    M = estimate_similarity_lstsq(src, dst)
    np.testing.assert_allclose(M[:, :2], 1.3 * rotation(30), rtol=0, atol=1e-7)
    c, R, _ = umeyama(src, dst)
    np.testing.assert_allclose(c * R, M[:, :2], rtol=0, atol=1e-7)
    np.testing.assert_allclose(src @ M[:, :2].T + M[:, 2], dst, rtol=0, atol=1e-6)


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_mirrored_body_in_space_is_turned_and_not_mirrored(seed, reflected):
    rng = np.random.default_rng(seed)
    src = rng.standard_normal((6, 3)) * (3, 2, 1)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    turn *= np.linalg.det(turn)
    mirror = np.diag([1, 1, -1 if reflected else 1])
    dst = src @ mirror @ turn.T
    c, R, t = umeyama(src, dst)
    U, d, Vt = np.linalg.svd((dst - dst.mean(0)).T @ (src - src.mean(0)) / 6)
    assert (np.linalg.det(U @ Vt) < 0) == reflected
    best = max(
        (np.trace(R_.T @ (U * d @ Vt)), i)
        for i, R_ in enumerate(
            U * np.array(s) @ Vt
            for s in ((1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1))
            if np.prod(s) * np.linalg.det(U @ Vt) > 0
        )
    )[0]
    assert np.trace(R.T @ (U * d @ Vt)) == pytest.approx(best, rel=1e-12)
    assert np.linalg.det(R) == pytest.approx(1)
    if not reflected:
        np.testing.assert_allclose(c * src @ R.T + t, dst, rtol=0, atol=1e-9)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_points_that_are_not_finite_are_refused_at_once(bad):
    spoilt = ARCFACE_TEMPLATE.copy()
    spoilt[2, 0] = bad
    for fit in (umeyama, estimate_similarity_lstsq):
        with pytest.raises(ValueError, match=f"src must be finite.* with {bad}"):
            fit(spoilt, ARCFACE_TEMPLATE)
        with pytest.raises(ValueError, match=f"dst must be finite.* with {bad}"):
            fit(ARCFACE_TEMPLATE, spoilt)
        with pytest.raises(ValueError, match="points must span 1e-150 or more"):
            fit(ARCFACE_TEMPLATE * 1e-200, ARCFACE_TEMPLATE)
    with pytest.raises(ValueError, match="M must be finite and invertible"):
        warp(np.zeros((4, 4)), np.full((2, 3), bad), 3)


def test_no_move_nearby_fits_better_in_space():
    rng = np.random.default_rng(0)
    src, dst = rng.standard_normal((2, 6, 3))
    for with_scale in (True, False):
        c, R, t = umeyama(src, dst, with_scale)
        assert np.linalg.det(R) == pytest.approx(1)
        assert with_scale or c == 1
        best = ((dst - (c * src @ R.T + t)) ** 2).sum()
        for _ in range(100):
            w = 0.01 * rng.standard_normal(3)
            K = np.cross(np.eye(3), w)
            Q, _ = np.linalg.qr(np.eye(3) + K)
            Q *= np.sign(np.diag(Q))
            other = c * (1 + with_scale * 0.01 * rng.standard_normal())
            s = t + 0.01 * rng.standard_normal(3)
            assert ((dst - (other * src @ (Q @ R).T + s)) ** 2).sum() >= best


def test_points_that_fix_no_similarity_are_rejected():
    for fit in (umeyama, estimate_similarity_lstsq):
        with pytest.raises(ValueError, match=r"2 points or more, got 1"):
            fit(np.zeros((1, 2)), np.zeros((1, 2)))
        with pytest.raises(ValueError, match=r"got \(2, 2\) and \(3, 2\)"):
            fit(np.zeros((2, 2)), np.zeros((3, 2)))
        with pytest.raises(ValueError, match=r"got \(2,\) and \(2,\)"):
            fit(np.zeros(2), np.zeros(2))
        with pytest.raises(ValueError, match=r"distinct points, got 3 times the same"):
            fit(np.ones((3, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"points must be \(N, 2\), got \(3, 3\)"):
        estimate_similarity_lstsq(np.eye(3), np.eye(3))


@given(seed=seeds, h=st.integers(1, 6), w=st.integers(1, 6))
def test_warp_is_scipys_affine_transform(seed, h, w):
    rng = np.random.default_rng(seed)
    image = rng.standard_normal((5, 7, 2))
    M = np.c_[
        rng.uniform(0.5, 2) * rotation(rng.uniform(0, 360)), rng.uniform(-3, 3, 2)
    ]
    A = np.linalg.inv(M[:, :2])[::-1, ::-1]  # scipy's axes are (y, x)
    offset = -A @ M[::-1, 2]
    expected = [
        affine_transform(
            image[..., i], A, offset, (h, w), order=1, mode="grid-constant"
        )
        for i in (0, 1)
    ]
    actual = warp(image, M, (h, w))
    np.testing.assert_allclose(actual, np.moveaxis(expected, 0, -1), rtol=0, atol=1e-9)
    np.testing.assert_array_equal(warp(image[..., 0], M, (h, w)), actual[..., 0])


def test_bad_warps_are_rejected():
    M = np.eye(2, 3)
    with pytest.raises(ValueError, match=r"got \(4,\) and \(2, 3\)"):
        warp(np.zeros(4), M, 3)
    with pytest.raises(ValueError, match=r"got \(4, 4\) and \(3, 3\)"):
        warp(np.zeros((4, 4)), np.eye(3), 3)
    with pytest.raises(ValueError, match=r"size must be an integer >= 1, got 0"):
        warp(np.zeros((4, 4)), M, 0)
    with pytest.raises(ValueError, match=r"finite and invertible, got"):
        warp(np.zeros((4, 4)), np.zeros((2, 3)), 3)


@pytest.mark.parametrize("count", [4, 6])
def test_other_than_five_landmarks_are_rejected_by_name(count):
    with pytest.raises(ValueError, match=rf"^landmarks must be .* got \({count}, 2\)"):
        align(np.zeros((9, 9)), np.ones((count, 2)), 3)


def test_aligned_points_land_on_the_template():
    x, y = np.meshgrid(np.arange(112.0), np.arange(112.0))
    dots = sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / 8) for a, b in ARCFACE_TEMPLATE)
    M = np.c_[1.2 * rotation(25), (20, -5)]
    photo = warp(dots, M, 160)
    crop = align(photo, ARCFACE_TEMPLATE @ M[:, :2].T + M[:, 2])
    assert crop.shape == (112, 112)
    assert np.abs(crop - dots).max() < 0.1
    # Half the size: each pixel stands for four, its centre between theirs.
    half = align(dots, ARCFACE_TEMPLATE, 56)
    four = dots.reshape(56, 2, 56, 2).mean((1, 3))
    np.testing.assert_allclose(half, four, **exact)


# Margins


def test_arcface_turns_up_beyond_pi_minus_m_without_a_fallback():
    degrees = np.linspace(0, 180, 20001)
    cos = cosines(*degrees)
    naive = arcface_cosine(cos, 0.5, "none").numpy()
    expected = np.cos(np.radians(degrees) + 0.5)
    np.testing.assert_allclose(naive, expected, rtol=0, atol=1e-9)
    assert degrees[naive.argmin()] == pytest.approx(151.35, abs=0.01)
    for fallback in ("usual", "continuous"):
        assert (np.diff(arcface_cosine(cos, 0.5, fallback).numpy()) < 0).all()


@pytest.mark.parametrize("fallback", ["usual", "continuous", "none"])
def test_the_gradient_of_arcface_is_that_of_finite_differences(fallback):
    cos = cosines(30, 75, 120, 165).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: arcface_cosine(x, 0.5, fallback), cos)


def test_the_usual_fallback_jumps_and_the_continuous_one_does_not():
    m, edge = 0.5, math.cos(math.pi - 0.5)
    assert edge == pytest.approx(-0.877583, abs=1e-6)
    assert m * math.sin(m) == pytest.approx(0.239713, abs=1e-6)
    sides = torch.tensor([edge + 1e-9, edge - 1e-9], dtype=torch.float64)
    for fallback, jump in (("usual", 0.1173), ("continuous", 0)):
        before, after = arcface_cosine(sides, m, fallback)
        assert before - after == pytest.approx(jump, abs=2e-5)
    assert arcface_cosine(sides, m)[1] == pytest.approx(edge - 0.239713, abs=1e-6)


def test_the_wrong_switch_leaves_a_constant_cosine_margin():
    m = 0.5
    cos = cosines(60, 90)
    wrong = torch.where(cos > math.cos(m), torch.zeros(2), cos - m * math.sin(m))
    right = arcface_cosine(cos, m)
    assert right.tolist() == pytest.approx([0.0236, -0.4794], abs=5e-5)
    assert wrong.tolist() == pytest.approx([0.2603, -0.2397], abs=5e-5)
    assert wrong[1] / right[1] == pytest.approx(0.5, abs=1e-4)
    assert (math.cos(m) - 1) / right[1] == pytest.approx(0.255, abs=1e-3)


@pytest.mark.parametrize("s", [16.0, 64.0])
def test_the_pull_towards_the_class_is_s_times_what_it_lacks(s):
    cos = cosines(40, 60, 100)[None].requires_grad_()
    y = torch.tensor([0])
    logits = margin_logits(cos, y, "softmax", s=s)
    slope = torch.autograd.grad(F.cross_entropy(logits, y), cos)[0][0, 0]
    assert slope == pytest.approx(-s * (1 - logits.softmax(1)[0, 0].item()), abs=1e-12)
    assert abs(slope) < s * math.exp(-s * (math.cos(0.698) - math.cos(1.047)) + 0.01)


@pytest.mark.parametrize("s", [16.0, 64.0])
@pytest.mark.parametrize("C", [3, 1000, 85742])
def test_a_lead_of_log_of_the_other_classes_makes_one_half(C, s):
    y = torch.tensor([0])
    for further, share in ((0, 0.5), (4, 1 / (1 + math.exp(-4)))):
        lead = (math.log(C - 1) + further) / s
        cos = torch.full((1, C), -lead / 2, dtype=torch.float64)
        cos[0, 0] += lead
        p = margin_logits(cos, y, "softmax", s=s).softmax(1)[0, 0].item()
        assert p == pytest.approx(share, abs=1e-9)
    # A lead of 3 / s alone, among many classes, leaves the pull as it was.
    cos = torch.zeros(1, 85742, dtype=torch.float64)
    cos[0, 0] = 3 / s
    assert margin_logits(cos, y, "softmax", s=s).softmax(1)[0, 0] < 0.001


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_logits_of_16_bit_cosines_are_float32(dtype):
    a = F.normalize(torch.randn(64, 32, generator=torch.Generator().manual_seed(0)))
    cos = a.to(dtype) @ a.to(dtype).T
    cos[0, 0] = 1 + torch.finfo(dtype).eps  # a product of rounded unit vectors may be
    cos.requires_grad_()
    logits = margin_logits(cos, torch.arange(64))
    assert logits.dtype == torch.float32
    wide = margin_logits(cos.detach().double().clamp(-1, 1), torch.arange(64))
    torch.testing.assert_close(logits.double(), wide, rtol=0, atol=1e-4)
    logits.sum().backward()
    assert cos.grad.isfinite().all()


def test_psi_falls_from_1_to_minus_7():
    degrees = np.linspace(0, 180, 1001)
    psi = sphereface_psi(cosines(*degrees), 4).numpy()
    k = np.minimum(np.floor(degrees / 45), 3)
    expected = (-1) ** k * np.cos(4 * np.radians(degrees)) - 2 * k
    np.testing.assert_allclose(psi, expected, rtol=0, atol=1e-11)
    assert (psi[0], psi[-1]) == pytest.approx((1, -7))
    assert (np.diff(psi) < 1e-12).all()
    x = torch.tensor([0.3, -0.2], dtype=torch.float64)
    np.testing.assert_array_equal(sphereface_psi(x, 1), x)


@given(seed=seeds, n=st.integers(0, 4), c=st.integers(1, 5))
def test_only_the_target_of_each_row_changes(seed, n, c):
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0, math.pi, (n, c))
    y = rng.integers(0, c, n)
    cos = torch.from_numpy(np.cos(theta))
    for kind, m, change in (
        ("softmax", 9, lambda a: math.cos(a)),
        ("cosface", 0.35, lambda a: math.cos(a) - 0.35),
        (
            "arcface",
            0.5,
            lambda a: (
                math.cos(a + 0.5)
                if a < math.pi - 0.5
                else math.cos(a) - 0.5 * math.sin(0.5)
            ),
        ),
        (
            "sphereface",
            2,
            lambda a: math.cos(2 * a) if a < math.pi / 2 else -math.cos(2 * a) - 2,
        ),
    ):
        expected = 30 * np.cos(theta)
        for row, target in enumerate(y):
            expected[row, target] = 30 * change(theta[row, target])
        actual = margin_logits(cos, torch.from_numpy(y), kind, m, 30)
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9)


def test_the_first_step_of_arcface_starts_at_minus_30():
    logits = margin_logits(cosines(90)[None], torch.tensor([0]))
    assert logits.item() == pytest.approx(-30.68, abs=0.005)


def test_gradients_are_finite_at_both_ends_where_acos_gives_nan():
    y = torch.tensor([0, 0, 0])
    for kind, m in (("arcface", 0.5), ("cosface", 0.3), ("sphereface", 4)):
        cos = torch.tensor([[1.0], [-1.0], [1 + 5e-7]], requires_grad=True)
        margin_logits(cos, y, kind, m, 16).sum().backward()
        assert cos.grad.isfinite().all()
    ends = torch.tensor([1.0, -1.0], requires_grad=True)
    sphereface_psi(ends, 4).sum().backward()
    assert ends.grad.tolist() == [16, 16]  # m squared at both ends
    x = torch.tensor([1.0], requires_grad=True)
    torch.cos(torch.acos(x) + 0.5).sum().backward()
    assert not x.grad.isfinite().any()
    z = torch.tensor([1.0], requires_grad=True)
    torch.cos(4 * torch.acos(z)).sum().backward()
    assert z.grad.isnan().all()


def test_gradients_agree_with_finite_differences():
    cos = cosines(10, 70, 100, 160, 40, 130).reshape(3, 2).requires_grad_()
    y = torch.tensor([0, 1, 1])
    for kind, m in (("arcface", 0.5), ("cosface", 0.3), ("sphereface", 4)):
        assert torch.autograd.gradcheck(
            lambda c, k=kind, m=m: margin_logits(c, y, k, m), cos
        )


@pytest.mark.parametrize(("C", "least"), [(10, 3.955), (1000, 9.095), (85742, 13.556)])
def test_the_bound_of_s_reaches_p_on_a_simplex(C, least):
    s = scale_lower_bound(C, 0.9)
    assert s == pytest.approx(least, abs=5e-4)
    simplex = torch.full((1, C), -1 / (C - 1), dtype=torch.float64)
    simplex[0, 0] = 1
    loss = F.cross_entropy(s * simplex, torch.tensor([0]))
    assert math.exp(-loss) == pytest.approx(0.9, abs=1e-12)


def test_perfect_features_pass_through_the_bound_smoothly():
    simplex = torch.full((1, 1000), -1 / 999, dtype=torch.float64)
    simplex[0, 0] = 1
    losses = [
        F.cross_entropy(s * simplex, torch.tensor([0])).item()
        for s in (0, 1, 4, 8, scale_lower_bound(1000, 0.9), 12)
    ]
    assert losses == pytest.approx([6.91, 5.91, 2.96, 0.287, 0.105, 0.006], abs=6e-3)
    assert losses == sorted(losses, reverse=True)
    assert losses[4] == pytest.approx(-math.log(0.9), abs=1e-12)


@given(seed=seeds, C=st.integers(2, 6), D=st.integers(1, 6))
def test_below_the_bound_the_mean_over_the_classes_stays_above_that_of_p(seed, C, D):
    rng = np.random.default_rng(seed)
    features, weights = (
        F.normalize(torch.from_numpy(rng.standard_normal((C, D)))) for _ in range(2)
    )
    s, y = 0.99 * scale_lower_bound(C, 0.9), torch.arange(C)
    for x in (features, weights):  # anywhere, and each on its weight
        logits = margin_logits(x @ weights.T, y, "softmax", s=s)
        assert F.cross_entropy(logits, y) > -math.log(0.9)
    # Of one class alone it may fall far below: its weight one way, the others opposite.
    alone = s * torch.tensor([[1.0] + [-1.0] * (C - 1)])
    assert C == 2 or F.cross_entropy(alone, y[:1]) < -math.log(0.9) / 2


def test_bad_margins_are_rejected():
    cos, y = torch.zeros(2, 3), torch.tensor([0, 2])
    with pytest.raises(ValueError, match=r"got \(2, 3\), \(1,\)"):
        margin_logits(cos, y[:1])
    with pytest.raises(ValueError, match=r"got \(3,\), \(2,\)"):
        margin_logits(cos[0], y)
    for bad in (1 + 2e-6, -1.1, math.nan):
        with pytest.raises(ValueError, match=r"cos must be in \[-1, 1\]"):
            margin_logits(torch.full((2, 3), bad), y)
    for labels in ([0, 3], [-1, 0]):
        with pytest.raises(ValueError, match=r"y must be int64 in \[0, 3\), got"):
            margin_logits(cos, torch.tensor(labels))
    with pytest.raises(ValueError, match=r"y must be int64"):
        margin_logits(cos, y.int())
    for s in (0, -1, math.inf):
        with pytest.raises(ValueError, match=f"s must be positive, got {s}"):
            margin_logits(cos, y, s=s)
    for m in (-0.1, 1.6):
        with pytest.raises(ValueError, match=rf"m must be in \[0, pi / 2\], got {m}"):
            margin_logits(cos, y, "arcface", m)
    with pytest.raises(ValueError, match=r"m must be 0 or more, got -0.1"):
        margin_logits(cos, y, "cosface", -0.1)
    for m in (0, 1.5):
        with pytest.raises(ValueError, match=f"m must be an integer >= 1, got {m}"):
            margin_logits(cos, y, "sphereface", m)
    with pytest.raises(ValueError, match=r"kind must be .*, got 'face'"):
        margin_logits(cos, y, "face")
    with pytest.raises(ValueError, match=r"fallback must be .*, got 'no'"):
        arcface_cosine(cos, 0.5, "no")
    with pytest.raises(ValueError, match=r"C must be an integer >= 2, got 1"):
        scale_lower_bound(1, 0.9)
    for P in (0, 1):
        with pytest.raises(ValueError, match=rf"P must be in \(0, 1\), got {P}"):
            scale_lower_bound(10, P)


# Verification

scores = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@given(genuine=scores, impostor=scores)
def test_roc_is_sklearns(genuine, impostor):
    far, tar, thr = roc(genuine, impostor)
    labels = [1] * len(genuine) + [0] * len(impostor)
    expected = roc_curve(labels, genuine + impostor, drop_intermediate=False)
    for mine, theirs in zip((far, tar, thr), expected):
        np.testing.assert_allclose(mine, theirs, **exact)


@given(genuine=scores, impostor=scores, percent=st.integers(1, 99))
def test_tar_at_far_is_the_best_of_all_thresholds_allowed(genuine, impostor, percent):
    best, lowest = 0, math.inf
    for thr in sorted(genuine + impostor, reverse=True):
        if 100 * sum(i >= thr for i in impostor) <= percent * len(impostor):
            best, lowest = sum(g >= thr for g in genuine) / len(genuine), thr
    assert tar_at_far(genuine, impostor, percent / 100) == best
    assert threshold_at_far(genuine, impostor, percent / 100) == lowest


def test_a_far_exactly_met_is_allowed():
    impostor = np.arange(10)
    for count in range(1, 10):
        assert threshold_at_far([5], impostor, count / 10) == 10 - count
    assert tar_at_far([8], impostor, 0.2) == 1
    assert tar_at_far([8], impostor, 0.19) == 0


def test_equal_error_rates_by_hand():
    assert eer([2, 3], [0, 1]) == 0
    assert eer([0, 1], [2, 3]) == 1
    assert eer([1], [1]) == 0.5
    assert eer([1, 3], [0, 2]) == 0.5
    # (0, .75) at 2, (1, 1) at 1: the line 1 - FAR meets between them, at 0.2.
    assert eer([2, 2, 2, 1], [1, 1]) == pytest.approx(0.2, rel=0, abs=1e-12)


def test_two_gaussians_three_apart_have_the_rates_of_theory():
    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(3, 1, 200_000), rng.normal(0, 1, 200_000)
    assert norm.cdf(-1.5) == pytest.approx(0.066807, abs=1e-6)
    assert eer(genuine, impostor) == pytest.approx(0.066807, abs=1e-3)
    far, tar, _ = roc(genuine, impostor)
    assert norm.cdf(3 / math.sqrt(2)) == pytest.approx(0.98305, abs=1e-5)
    assert np.trapezoid(tar, far) == pytest.approx(0.98305, abs=1e-3)
    assert norm.sf(norm.isf(1e-3) - 3) == pytest.approx(0.4641, abs=1e-4)
    assert tar_at_far(genuine, impostor, 1e-3) == pytest.approx(0.4641, abs=0.02)


@example(seed=51, k=2, pairs=98, apart=1)  # a tie, but for the rounding of the rates
@given(seed=seeds, k=st.integers(2, 5), pairs=st.just(10), apart=st.just(2))
def test_each_fold_is_judged_by_the_others(seed, k, pairs, apart):
    rng = np.random.default_rng(seed)
    labels = np.tile([0, 1], pairs)
    values = rng.integers(0, 8, 2 * pairs) + apart * labels
    accuracies, thresholds = best_threshold_kfold(values, labels, k)
    folds = np.array_split(np.arange(2 * pairs), k)
    for fold, accuracy, threshold in zip(folds, accuracies, thresholds):
        rest = [i for i in range(2 * pairs) if i not in fold]

        def right(thr, where):
            return sum((values[i] >= thr) == labels[i] for i in where)

        candidates = [math.inf, *sorted(set(values[rest]), reverse=True)]
        assert threshold == max(candidates, key=lambda thr: right(thr, rest))
        assert accuracy == right(threshold, fold) / len(fold)


def test_choosing_the_threshold_on_the_test_pairs_flatters():
    rng = np.random.default_rng(0)
    values, labels = rng.standard_normal(40), np.tile([0, 1], 20)  # no signal at all
    far, tar, _ = roc(values[labels == 1], values[labels == 0])
    flattered = ((tar + 1 - far) / 2).max()
    assert best_threshold_kfold(values, labels)[0].mean() < flattered


def test_bad_scores_are_rejected():
    for name, genuine, impostor in (
        ("genuine", [], [1]),
        ("impostor", [1], []),
        ("genuine", [[1]], [1]),
        ("impostor", [1], [math.nan]),
    ):
        for call in (roc, eer):
            with pytest.raises(ValueError, match=f"{name} must be finite, shape"):
                call(genuine, impostor)
    for far in (0, 1, math.nan):
        with pytest.raises(ValueError, match=rf"far must be in \(0, 1\), got {far}"):
            tar_at_far([1], [0], far)
    with pytest.raises(ValueError, match=r"labels must be 0 or 1, shape \(2,\)"):
        best_threshold_kfold([1, 2], [1])
    with pytest.raises(ValueError, match=r"labels must be 0 or 1"):
        best_threshold_kfold([1, 2], [1, 2])
    with pytest.raises(ValueError, match="k must be an integer >= 2, got 1"):
        best_threshold_kfold([1, 2], [0, 1], 1)
    with pytest.raises(ValueError, match=r"k must be in \[2, 2\], got 3"):
        best_threshold_kfold([1, 2], [0, 1], 3)
    with pytest.raises(ValueError, match=r"genuine must be finite"):
        best_threshold_kfold([1, 2, 3], [0, 0, 1], 3)


def test_distance_is_2_minus_2_cosines_for_unit_vectors_only():
    rng = np.random.default_rng(0)
    u, v = rng.standard_normal((2, 8))
    assert abs(((u - v) ** 2).sum() - (2 - 2 * u @ v)) > 0.1
    u, v = u / np.linalg.norm(u), v / np.linalg.norm(v)
    assert ((u - v) ** 2).sum() == pytest.approx(2 - 2 * u @ v, rel=0, abs=1e-12)


# The pipeline


@pytest.fixture(scope="module")
def pipeline():
    return build_pipeline(np.random.default_rng(0))


@pytest.fixture(scope="module")
def strangers():
    return draw_photos(np.random.default_rng(1), people=20, each=4)


@pytest.fixture(scope="module")
def features(pipeline, strangers):
    return np.stack([pipeline.embed(*photo) for photo in zip(*strangers[:2])])


def test_people_never_seen_are_told_apart(features, strangers, pipeline):
    genuine, impostor = pair_scores(features, strangers[2])
    assert (len(genuine), len(impostor)) == (120, 3040)
    assert eer(genuine, impostor) < 0.04
    assert (genuine >= pipeline.threshold).mean() > 0.9
    assert (impostor >= pipeline.threshold).mean() < 0.04


def test_the_threshold_has_the_far_asked_for_on_the_others():
    built = build_pipeline(np.random.default_rng(3), 0.2, people=2, steps=1, others=5)
    rng = np.random.default_rng(3)
    draw_photos(rng, 2, 5)
    images, points, persons = draw_photos(rng, 5, 4)
    rows = np.stack([built.embed(*photo) for photo in zip(images, points)])
    genuine, impostor = pair_scores(rows, persons)
    assert built.threshold == threshold_at_far(genuine, impostor, 0.2)
    assert (impostor >= built.threshold).mean() <= 0.2
    with pytest.raises(ValueError, match="others must be an integer >= 2, got 1"):
        build_pipeline(np.random.default_rng(3), others=1)


def test_without_alignment_the_same_net_fails(strangers):
    fixed = 0.45 * (ARCFACE_TEMPLATE - (56, 68)) + 32
    images, points, persons = draw_photos(np.random.default_rng(0), 48, 5)
    crops = crops_of(images, np.broadcast_to(fixed, points.shape))
    net = train_net(crops, torch.from_numpy(persons))
    crops = crops_of(strangers[0], np.broadcast_to(fixed, strangers[1].shape))
    with torch.no_grad():
        rows = F.normalize(net(crops), dim=1).numpy()
    assert eer(*pair_scores(rows, strangers[2])) > 0.3


def test_an_embedding_is_a_unit_vector_that_ignores_light_and_place(
    pipeline, strangers, features
):
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, rtol=0, atol=1e-5)
    image, points = strangers[0][0], strangers[1][0]
    moved = pipeline.embed(np.pad(image, ((7, 0), (5, 0))), points + np.array([5, 7]))
    grown = pipeline.embed(warp(image, np.eye(2, 3) * 2, 128), 2 * points)
    for other in (moved, grown):
        assert other @ features[0] > 0.9
    # The square is there since normalizing the features alone would remove the gain.
    inside = FacePipeline(
        lambda crop: torch.cat([crop, crop**2], 1).flatten(1), 0, _SIZE
    )
    flat = np.full((300, 300), 0.0)
    flat[100:200, 100:200] = np.random.default_rng(0).standard_normal((100, 100))
    here = 60 * (ARCFACE_TEMPLATE - (56, 68)) / 112 + 150
    one, other, lighter = (
        inside.embed(a * flat + b, here) for a, b in ((1, 0), (3, 0), (1, 2))
    )
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)
    np.testing.assert_allclose(one, lighter, rtol=0, atol=1e-5)


def test_decisions_follow_the_threshold():
    pipeline = FacePipeline(lambda crop: crop, 0.5)
    e, f, g = np.eye(3)
    half = np.array([0.5, math.sqrt(0.75), 0])
    assert pipeline.verify(e, half)
    assert not pipeline.verify(e, g)
    assert pipeline.identify(e, np.stack([g, half, e])) == 2
    assert pipeline.identify(e, np.stack([g, half])) == 1
    assert pipeline.identify(e, np.stack([f, g])) is None
    assert pipeline.identify(e, np.zeros((0, 3))) is None


@pytest.mark.timeout(120)
def test_a_margin_pulls_features_to_their_class_for_seven_of_eight_seeds():
    ratios = []
    for seed in range(8):
        (plain, right), (margin, also) = (plane_angle(m, seed) for m in (0, 0.3))
        ratios.append(margin / plain)
        assert min(right, also) > 0.95
    ratios.sort()
    assert 0.25 < ratios[0] < 0.45
    assert ratios[6] < 0.9
    assert ratios[7] > 1.1


def test_key_points_of_drawn_photos_are_off_by_half_a_pixel():
    _, points, _ = draw_photos(np.random.default_rng(0), 20, 5)
    squares = []
    for found in points:
        c, R, t = umeyama(ARCFACE_TEMPLATE, found)
        squares.append(((found - (c * ARCFACE_TEMPLATE @ R.T + t)) ** 2).sum())
    # Ten numbers with deviation 0.5, of which a similarity takes up four.
    assert np.mean(squares) == pytest.approx(6 * 0.25, rel=0.15)


def test_photos_are_tilted_by_up_to_40_degrees_and_scaled_by_up_to_1_3():
    _, points, _ = draw_photos(np.random.default_rng(0), 40, 5)
    fits = [umeyama(ARCFACE_TEMPLATE, found) for found in points]
    tilt = np.degrees([math.atan2(R[1, 0], R[0, 0]) for _, R, _ in fits])
    size = np.log([c / 0.45 for c, _, _ in fits]) / math.log(1.3)
    # Key points are noisy, so either may be a little more.
    assert -43 < tilt.min() < -37 < 37 < tilt.max() < 43
    assert -1.25 < size.min() < -0.9 < 0.9 < size.max() < 1.25


@pytest.fixture
def margins(monkeypatch):
    """Labels and further arguments of each call of `margin_logits` in training."""
    seen = []

    def spy(cos, y, *rest):
        seen.append((y, rest))
        return margin_logits(cos, y, *rest)

    monkeypatch.setattr(training, "margin_logits", spy)
    return seen


def test_both_experiments_train_with_arcface_and_a_scale_of_16(margins):
    plane_angle(0.2, 0, steps=1)
    train_net(torch.zeros(2, 1, _SIZE, _SIZE), torch.tensor([0, 1]), 0.4, steps=1)
    assert [rest for _, rest in margins] == [("arcface", 0.2, 16), ("arcface", 0.4, 16)]


def test_batches_are_128_draws_from_all_samples_that_depend_on_the_seed(margins):
    crops, y = torch.zeros(400, 1, _SIZE, _SIZE), torch.arange(400)
    for seed in (0, 0, 1):
        train_net(crops, y, steps=1, seed=seed)
    seen = [batch for batch, _ in margins]
    assert all(batch.shape == (128,) and batch.max() > 300 for batch in seen)
    assert torch.equal(seen[0], seen[1])
    assert not torch.equal(seen[0], seen[2])


def test_numpy_integers_and_galleries_with_nan():
    image = np.random.default_rng(0).random((40, 40))
    points = ARCFACE_TEMPLATE / 3
    crop = align(image, points, np.int64(28))
    np.testing.assert_array_equal(crop, align(image, points, 28))
    np.testing.assert_array_equal(
        warp(image, np.eye(2, 3), np.int64(5)), warp(image, np.eye(2, 3), (5, 5))
    )
    pipeline = FacePipeline(lambda crop: crop, 0.5)
    with pytest.raises(ValueError, match=r"gallery must be finite.* with nan"):
        pipeline.identify(np.eye(3)[0], np.stack([np.full(3, math.nan), np.eye(3)[0]]))
    with pytest.raises(ValueError, match=r"one shape \(D,\), got \(3,\) and \(2,\)"):
        pipeline.verify(np.eye(3)[0], np.eye(2)[0])
    with pytest.raises(ValueError, match="threshold must be a number, got nan"):
        FacePipeline(lambda crop: crop, math.nan)


def test_faces_stand_within_five_pixels_of_the_middle():
    _, points, _ = draw_photos(np.random.default_rng(5), 20, 40)
    middles = []
    for point in points:  # where the middle of the template has gone
        c, R, t = umeyama(ARCFACE_TEMPLATE, point)
        middles.append(c * R @ (56, 68) + t - 32)
    middles = np.array(middles)
    assert np.abs(middles).max() < 6.5  # key points are off by half a pixel or so
    for axis in range(2):
        for sign in (-1, 1):
            beyond = (sign * middles[:, axis] > 4).mean()
            assert beyond == pytest.approx(0.1, abs=0.035)


def test_weights_start_at_the_scale_of_he():
    net = train_net(torch.zeros(1, 1, 28, 28), torch.tensor([0]), steps=0)
    for layer, fan in ((0, 9), (2, 144), (5, 1568)):
        weight = net[layer].weight
        rough = 4 / math.sqrt(2 * weight.numel())
        assert weight.std().item() == pytest.approx((2 / fan) ** 0.5, rel=rough)
        assert net[layer].bias.abs().max() == 0


def test_cosines_that_are_whole_numbers_are_refused_by_name():
    with pytest.raises(ValueError, match=r"^cos must be floating point, got torch.int"):
        margin_logits(torch.ones(1, 2, dtype=torch.int64), torch.tensor([0]), "softmax")
