"""Oracles: torch autograd, scalar arithmetic, difference quotients, closed forms."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.ml.backpropagation_mlp import bends, linear
from notekit.study.judge import judge
from snippets.ml.backpropagation_mlp import (
    Cache,
    backward,
    forward,
    init_mlp,
    numerical_gradient,
    relu_interpolator,
    softmax_cross_entropy,
)

NAN = math.nan
MAZUR = [
    (np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([0.35, 0.35])),
    (np.array([[0.4, 0.5], [0.45, 0.55]]), np.array([0.6, 0.6])),
]
IN, TARGET = np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]])
SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
LABELS = np.array([0, 1, 1, 0])
BENDS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def by_torch(params, X, activation, y=None, weights=None):
    """Logits, loss and gradients of mean cross-entropy, or of a weighted sum."""
    leaves = [
        (torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True))
        for W, b in params
    ]
    start = H = torch.tensor(X, requires_grad=True)
    for i, (W, b) in enumerate(leaves):
        H = H @ W + b
        if i < len(leaves) - 1:
            H = BENDS[activation](H)
    if y is None:
        loss = (H * torch.tensor(weights)).sum()
    else:
        loss = torch.nn.functional.cross_entropy(H, torch.tensor(y))
    loss.backward()
    gradients = [(W.grad.numpy(), b.grad.numpy()) for W, b in leaves]
    return H.detach().numpy(), float(loss.detach()), gradients, start.grad.numpy()


def noisy(sizes, n, seed=0):
    """Parameters with biases, so that nothing is 0 by accident; features; labels."""
    rng = np.random.default_rng(seed)
    params = [(W, 0.3 * rng.standard_normal(len(b))) for W, b in init_mlp(sizes, seed)]
    X = rng.standard_normal((n, sizes[0]))
    return params, X, rng.integers(0, sizes[-1], n)


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("sizes", [[4, 7, 5, 3], [4, 3], [1, 1, 1], [3, 3, 3, 3]])
@pytest.mark.parametrize("n", [1, 6])
def test_all_gradients_are_those_of_autograd(activation, sizes, n):
    params, X, y = noisy(sizes, n)
    logits, cache = forward(params, X, activation)
    loss, dlogits = softmax_cross_entropy(logits, y)
    gradients, dX = backward(params, cache, dlogits)
    wanted = by_torch(params, X, activation, y)
    close(logits, wanted[0], 1e-14)
    close(loss, wanted[1], 1e-14)
    assert len(gradients) == len(sizes) - 1
    for (dW, db), (want_W, want_b) in zip(gradients, wanted[2], strict=True):
        close(dW, want_W, 1e-15)
        close(db, want_b, 1e-15)
    close(dX, wanted[3], 1e-15)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=5),
    st.integers(1, 4),
    st.sampled_from(sorted(BENDS)),
    st.integers(0, 99),
)
def test_any_gradient_behind_the_logits_goes_back_as_in_torch(sizes, n, bend, seed):
    params, X, _ = noisy(sizes, n, seed)
    weights = np.random.default_rng(seed).standard_normal((n, sizes[-1]))
    _, cache = forward(params, X, bend)
    gradients, dX = backward(params, cache, weights)
    _, _, wanted, want_X = by_torch(params, X, bend, weights=weights)
    scale = max(np.abs(g).max() for pair in wanted for g in pair) + np.abs(want_X).max()
    for (dW, db), (want_W, want_b) in zip(gradients, wanted, strict=True):
        close(dW, want_W, 1e-14 * (1 + scale))
        close(db, want_b, 1e-14 * (1 + scale))
    close(dX, want_X, 1e-14 * (1 + scale))


@pytest.mark.parametrize("activation", BENDS)
def test_gradients_are_the_difference_quotients(activation):
    params, X, y = noisy([3, 5, 4, 2], 5, seed=2)
    logits, cache = forward(params, X, activation)
    gradients, dX = backward(params, cache, softmax_cross_entropy(logits, y)[1])
    for i, pair in enumerate(gradients):
        for part in (0, 1):

            def loss(x, i=i, part=part):
                changed = [list(layer) for layer in params]
                changed[i][part] = x
                return softmax_cross_entropy(forward(changed, X, activation)[0], y)[0]

            close(numerical_gradient(loss, params[i][part]), pair[part], 1e-9)
    at = numerical_gradient(
        lambda x: softmax_cross_entropy(forward(params, x, activation)[0], y)[0], X
    )
    close(at, dX, 1e-9)


def mazur(params):
    """Outputs, deltas of both layers and gradients, one scalar at a time."""
    (W, b), (V, c) = [(w.tolist(), list(x)) for w, x in params]
    (x,), (target,) = IN.tolist(), TARGET.tolist()

    def bend(z):
        return 1 / (1 + math.exp(-z))

    h = [bend(x[0] * W[0][k] + x[1] * W[1][k] + b[k]) for k in (0, 1)]
    o = [bend(h[0] * V[0][k] + h[1] * V[1][k] + c[k]) for k in (0, 1)]
    late = [(o[k] - target[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
    early = [
        (late[0] * V[j][0] + late[1] * V[j][1]) * h[j] * (1 - h[j]) for j in (0, 1)
    ]
    dW = [[x[j] * early[k] for k in (0, 1)] for j in (0, 1)]
    dV = [[h[j] * late[k] for k in (0, 1)] for j in (0, 1)]
    return o, early, late, dW, dV


def passes(params):
    logits, cache = forward(params, IN, "sigmoid")
    out = 1 / (1 + np.exp(-logits))
    delta = (out - TARGET) * out * (1 - out)
    return out, delta, backward(params, cache, delta), cache


def test_the_2_2_2_network_has_the_numbers_of_scalar_arithmetic():
    out, delta, (gradients, _), _ = passes(MAZUR)
    o, early, late, dW, dV = mazur(MAZUR)
    close(out[0], o)
    close(delta[0], late)
    close(gradients[0][1], early)
    close(gradients[0][0], dW)
    close(gradients[1][0], dV)
    close(out[0], [0.751365, 0.772928], 5e-7)
    close(((out - TARGET) ** 2).sum() / 2, 0.298371109, 5e-10)
    close(late, [0.138499, -0.038098], 5e-7)
    close(early, [0.008771, 0.009954], 5e-7)
    slopes = [o[0] - 0.01, o[0] * (1 - o[0]), dV[0][0]]
    close(slopes, [0.7414, 0.1868, 0.0822], 5e-5)
    close(late[0] * 0.4 + late[1] * 0.5, 0.0364, 5e-5)


def test_a_step_of_one_half_moves_the_weights_as_published():
    _, _, (gradients, _), _ = passes(MAZUR)
    W, V = (w - 0.5 * g[0] for (w, _), g in zip(MAZUR, gradients, strict=True))
    close(W.T.ravel(), [0.149781, 0.199561, 0.249751, 0.299502], 5e-7)
    close(V.T.ravel(), [0.358916, 0.408666, 0.511301, 0.561370], 5e-7)
    out = passes([(W, MAZUR[0][1]), (V, MAZUR[1][1])])[0]
    off = 0.291027924 - ((out - TARGET) ** 2).sum() / 2  # what is published of the loss
    assert off == pytest.approx(1.5e-7, rel=0.01)


def test_ten_thousand_steps_on_the_weights_alone_reach_the_target():
    params = MAZUR
    for _ in range(10_000):
        _, _, _, dW, dV = mazur(params)
        steps = (np.array(dW), np.array(dV))
        params = [(w - 0.5 * g, b) for (w, b), g in zip(params, steps, strict=True)]
    out = passes(params)[0]
    close(out[0], [0.015914, 0.984064], 5e-7)
    close(((out - TARGET) ** 2).sum() / 2, 3.5102e-5, 5e-10)


def test_weights_that_were_moved_too_early_give_other_gradients():
    _, delta, (gradients, _), cache = passes(MAZUR)
    moved = [MAZUR[0], (MAZUR[1][0] - 0.5 * gradients[1][0], MAZUR[1][1])]
    wrong, _ = backward(moved, cache, delta)
    close(wrong[0][1], [0.0073, 0.0085], 5e-5)
    close(gradients[0][1], [0.0088, 0.0100], 5e-5)


def test_the_slope_of_the_sigmoid_is_taken_at_its_value():
    h = passes(MAZUR)[3].inputs[1][0, 0]
    twice = 1 / (1 + math.exp(-h))
    close([h * (1 - h), twice * (1 - twice)], [0.2413, 0.2292], 5e-5)


def test_two_linear_layers_are_one():
    rng = np.random.default_rng(0)
    X, W, b = rng.standard_normal((5, 3)), rng.random((3, 4)), rng.random(4)
    V, c = rng.random((4, 2)), rng.random(2)
    one = forward([(W @ V, b @ V + c)], X)[0]
    close(forward([(V, c)], forward([(W, b)], X)[0])[0], one)
    assert np.abs(forward([(W, b), (V, c)], X)[0] - one).max() > 0.1


def test_two_relus_compute_xor():
    hidden = np.ones((2, 2)), np.array([0.0, -1.0])
    params = [hidden, (np.array([[1.0], [-2.0]]), np.zeros(1))]
    logits, cache = forward(params, SQUARE)
    assert cache.inputs[1].tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]
    assert logits[:, 0].tolist() == [0, 1, 1, 0]
    assert forward(params, SQUARE > 0)[0][:, 0].tolist() == [0, 1, 1, 0]


def test_no_linear_score_separates_xor():
    rng = np.random.default_rng(0)
    scores = SQUARE @ rng.standard_normal((2, 1000)) + rng.standard_normal(1000)
    close(scores[0] + scores[3], scores[1] + scores[2])
    right = ((scores > 0) == (LABELS[:, None] > 0)).sum(0)
    assert right.max() == 3


def test_uniform_logits_have_the_loss_log_k_and_gradients_by_hand():
    loss, d = softmax_cross_entropy(np.zeros((3, 5)), [0, 1, 2])
    close(loss, math.log(5))
    wanted = np.full((3, 5), 1 / 15)
    wanted[range(3), range(3)] = -4 / 15
    close(d, wanted)


def test_logits_of_a_thousand_neither_overflow_nor_vanish():
    loss, d = softmax_cross_entropy([[1000.0, 0.0], [-1000.0, 0.0]], [1, 1])
    close(loss, 500)
    close(d, [[0.5, -0.5], [0, 0]])
    loss, d = softmax_cross_entropy([[1e149, -1e149]], [1])
    assert (loss, d.tolist()) == (2e149, [[1, -1]])
    # 1 - p_y keeps its digits where p_y rounds to 1
    _, d = softmax_cross_entropy([[40.0, 0.0]], [0])
    np.testing.assert_allclose(d, [[-math.exp(-40), math.exp(-40)]], rtol=1e-12)


def test_one_class_has_no_loss_and_no_gradient():
    loss, d = softmax_cross_entropy([[3.0], [-2.0]], [0, 0])
    assert loss == 0
    assert d.tolist() == [[0], [0]]
    assert math.copysign(1, loss) == 1
    assert not np.signbit(d).any()


def test_each_row_of_the_gradient_adds_up_to_zero():
    rng = np.random.default_rng(3)
    _, d = softmax_cross_entropy(5 * rng.standard_normal((7, 4)), rng.integers(0, 4, 7))
    close(d.sum(1), np.zeros(7))


def test_the_slope_of_the_relu_at_zero_is_zero():
    params = [(np.ones((1, 1)), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    _, cache = forward(params, [[0.0]])
    gradients, dX = backward(params, cache, [[1.0]])
    assert dX.tolist() == [[0.0]]
    assert gradients[0][1].tolist() == [0.0]
    quotient = numerical_gradient(
        lambda x: float(forward(params, x)[0][0, 0]), np.zeros((1, 1))
    )
    close(quotient, [[0.5]])


def test_zero_weights_move_nothing_but_the_last_bias():
    params = [(W * 0, b) for W, b in init_mlp([2, 4, 4, 2], 0)]
    for activation, still in (("relu", True), ("tanh", True), ("sigmoid", False)):
        logits, cache = forward(params, SQUARE, activation)
        d = softmax_cross_entropy(logits, [0, 1, 1, 1])[1]
        gradients, _ = backward(params, cache, d)
        (last, bias) = gradients[-1]
        assert all(not g.any() for pair in gradients[:-1] for g in pair)
        assert last.any() != still
        close(bias, [0.25, -0.25])


def test_equal_units_stay_equal():
    params, X, y = noisy([3, 6, 4], 8)
    params = [(W * 0 + 0.2, b * 0) for W, b in params]
    params[1][0][:] = [0.1, 0.4, -0.3, 0.2]  # equal for all units, not all classes
    for _ in range(50):
        logits, cache = forward(params, X, "tanh")
        d = softmax_cross_entropy(logits, y)[1]
        gradients, _ = backward(params, cache, d)
        assert gradients[0][0].any()
        params = [
            (W - dW, b - db) for (W, b), (dW, db) in zip(params, gradients, strict=True)
        ]
    close(np.ptp(params[0][0], axis=1), np.zeros(3))
    assert np.ptp(params[0][0], axis=0).min() > 0.01


def test_he_normal_has_the_variance_two_over_inputs_and_the_seed_counts():
    sizes = [400, 300, 5]
    params = init_mlp(sizes, seed=3)
    rng = np.random.default_rng(3)
    for (W, b), d, k in zip(params, sizes, sizes[1:], strict=False):
        close(W, rng.normal(0, math.sqrt(2 / d), (d, k)))
        assert not b.any()
        assert b.shape == (k,)
        assert W.var() == pytest.approx(2 / d, rel=0.1)
    assert (init_mlp([2, 3])[0][0] == init_mlp([2, 3], 0)[0][0]).all()
    assert (init_mlp([2, 3])[0][0] != init_mlp([2, 3], 1)[0][0]).all()


def test_784_256_10_has_203530_parameters():
    assert sum(W.size + b.size for W, b in init_mlp([784, 256, 10])) == 203_530


def test_what_is_given_stays_and_the_cache_holds_each_input():
    params, X, y = noisy([3, 4, 2], 5)
    before = [(W.copy(), b.copy()) for W, b in params]
    logits, cache = forward(params, X, "tanh")
    backward(params, cache, softmax_cross_entropy(logits, y)[1])
    for (W, b), (V, c) in zip(params, before, strict=True):
        assert (W == V).all()
        assert (b == c).all()
    assert cache.activation == "tanh"
    assert [H.shape for H in cache.inputs] == [(5, 3), (5, 4)]
    close(cache.inputs[1], np.tanh(X @ params[0][0] + params[0][1]))
    assert sum(H.size for H in cache.inputs) == 5 * (3 + 4)


def test_sigmoid_and_tanh_bear_huge_inputs():
    params = [(np.array([[1e4]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    for activation, low in (("sigmoid", 0), ("tanh", -1), ("relu", 0)):
        logits, cache = forward(params, [[-1.0], [1.0]], activation)
        high = 1e4 if activation == "relu" else 1
        assert logits[:, 0].tolist() == [low, high]
        _, dX = backward(params, cache, np.ones((2, 1)))
        assert dX[:, 0].tolist() == [0, 1e4 if activation == "relu" else 0]


def test_central_differences_have_the_errors_on_the_page():
    def error(h):
        return abs(float(numerical_gradient(np.exp, 1.0, h)) / math.e - 1)

    assert 1e-11 < error(1e-5) < 3e-11
    assert 1e-6 < error(1e-11) < 2e-5
    assert error(1e-3) == pytest.approx(1e-6 / 6, rel=1e-3)  # h^2 / 6, as it should
    single, e = np.float32, np.float32(math.e)
    found = {}
    for h in (0.05, 0.02, 0.01, 0.005, 0.002, 1e-3, 1e-4, 1e-5):
        step = single(h)
        rise = np.exp(single(1) + step) - np.exp(single(1) - step)
        found[h] = abs(float(rise / (single(2) * step) / e) - 1)
    assert min(found.values()) > 5e-6
    assert found[0.005] < 2e-5
    assert min(found, key=found.__getitem__) == 0.005
    assert found[1e-5] == pytest.approx(4.5e-3, rel=0.05)


def test_a_difference_quotient_has_the_shape_of_x_and_leaves_x_alone():
    x = np.arange(6.0).reshape(2, 3)
    before = x.copy()

    def spoils(v):
        result = float((v**3).sum())
        v[:] = NAN
        return result

    close(numerical_gradient(spoils, x), 3 * before**2, 1e-6)
    assert (x == before).all()
    assert numerical_gradient(lambda v: float(v**2), 3.0).shape == ()
    assert numerical_gradient(lambda v: 0.0, np.zeros((0, 2))).shape == (0, 2)
    # for linear functions any step is right, also one that x rounds
    assert numerical_gradient(lambda v: float(v), 1e6, 1e-9) == 1


def test_an_interpolator_goes_through_its_points_and_on():
    params = relu_interpolator([0, 1, 3], [2, 5, 1])
    assert [W.shape for W, _ in params] == [(1, 2), (2, 1)]
    logits, _ = forward(params, [[-1], [0], [0.5], [1], [2], [3], [4]])
    close(logits[:, 0], [2, 2, 3.5, 5, 3, 1, -1])
    exact = relu_interpolator([Fraction(0), Fraction(1, 4)], [0, 1])
    assert exact[1][0].tolist() == [[4]]
    y = np.array([1.0, 2.0])
    relu_interpolator([0, 1], y)[1][1][:] = 9
    assert y.tolist() == [1, 2]
    with pytest.raises(ValueError, match="must be strictly"):
        relu_interpolator([0, 1, 1], [2, 5, 1])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(-40, 40), min_size=2, max_size=8, unique=True).map(sorted),
    st.integers(0, 99),
)
def test_an_interpolator_is_numpys(x, seed):
    rng = np.random.default_rng(seed)
    x, y = np.array(x) / 2, rng.standard_normal(len(x))
    params = relu_interpolator(x, y)
    assert params[0][0].shape == (1, len(x) - 1)
    t = np.linspace(x[0] - 3, x[-1], 57)
    close(forward(params, t[:, None])[0][:, 0], np.interp(t, x, y), 1e-9)
    slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
    far = forward(params, [[x[-1] + 2]])[0][0, 0]
    close(far, y[-1] + 2 * slope, 1e-9)


@pytest.mark.parametrize("m", [1, 2, 4, 8, 16])
def test_a_parabola_on_m_pieces_is_off_by_a_quarter_over_m_squared(m):
    x = np.linspace(0, 1, m + 1)
    t = np.linspace(0, 1, 2**10 + 1)[:, None]
    gap = forward(relu_interpolator(x, x**2), t)[0] - t**2
    assert gap.max() == 1 / (4 * m * m)
    assert gap.min() == 0


@pytest.mark.parametrize(("k", "pieces"), [(1, 2), (3, 8), (6, 64), (10, 1024)])
def test_k_folds_make_two_to_the_k_pieces_from_6k_plus_1_numbers(k, pieces):
    V, kinks = np.array([[2.0], [-4.0]]), np.array([0.0, -0.5])
    inner = [(V @ np.ones((1, 2)), kinks)] * (k - 1)
    net = [(np.ones((1, 2)), kinks), *inner, (V, np.zeros(1))]
    t = np.linspace(0, 1, 2**14 + 1)
    wanted = t
    for _ in range(k):
        wanted = 1 - np.abs(2 * wanted - 1)
    got = forward(net, t[:, None])[0][:, 0]
    assert (got == wanted).all()
    assert (np.diff(got, 2) != 0).sum() + 1 == pieces == 2**k
    assert sum(W.size + b.size for W, b in net) == 6 * k + 1
    # the same with one hidden layer: a unit for each piece
    x = np.linspace(0, 1, pieces + 1)
    flat = relu_interpolator(x, np.arange(pieces + 1) % 2)
    close(forward(flat, t[::8, None])[0][:, 0], wanted[::8], 1e-9)
    assert len(flat[1][0]) == pieces
    # N units have N kinks at most, so N + 1 pieces: none fewer than pieces - 1 will do.
    # Even that many do not make a tent: each kink of an exact one changes the slope by
    # twice the first slope, and the first slope is a sum of some of these changes.
    slopes = np.diff(got) * (len(t) - 1)
    changes = np.diff(slopes)
    assert set(np.abs(changes[changes != 0])) == {2 * slopes[0]}


def together(width, seeds):
    """Full-batch descent on XOR for all seeds at once: solved, dead units, weights."""
    starts = [init_mlp([2, width, 2], seed) for seed in seeds]
    W, V = (np.stack([s[i][0] for s in starts]) for i in (0, 1))
    b, c = np.zeros((len(W), 1, width)), np.zeros((len(W), 1, 2))
    onehot = np.eye(2)[LABELS]
    for _ in range(2000):
        Z = SQUARE @ W + b
        H = np.where(Z > 0, Z, 0)
        odds = H @ V + c
        p = 1 / (1 + np.exp(odds[..., ::-1] - odds))  # the softmax of two
        d = (p - onehot) / 4
        back = np.where(Z > 0, d @ V.swapaxes(1, 2), 0)
        V, c = (
            V - 0.5 * H.swapaxes(1, 2) @ d,
            c - 0.5 * d.sum(1, keepdims=True),
        )
        W, b = W - 0.5 * SQUARE.T @ back, b - 0.5 * back.sum(1, keepdims=True)
    Z = SQUARE @ W + b
    odds = np.where(Z > 0, Z, 0) @ V + c
    solved = (odds.argmax(-1) == LABELS).all(1)
    return solved, (Z <= 0).all(1).any(-1), W


def test_width_decides_how_often_xor_is_learnt():
    counts = {}
    for width in (2, 3, 4, 8, 16):
        solved, dead, W = together(width, range(100))
        counts[width] = int(solved.sum())
        if width == 2:
            assert dead.sum() == (dead & ~solved).sum() == 61
            start = np.stack([init_mlp([2, 2, 2], seed)[0][0] for seed in range(100)])
            born = (start <= 0).all(1).any(-1)  # the biases are 0
            assert (born & dead).sum() == born.sum() == 42
            for seed in (0, 1):
                params = init_mlp([2, 2, 2], seed)
                for _ in range(2000):
                    logits, cache = forward(params, SQUARE)
                    d = softmax_cross_entropy(logits, LABELS)[1]
                    gradients, _ = backward(params, cache, d)
                    params = [
                        (V - 0.5 * dV, b - 0.5 * db)
                        for (V, b), (dV, db) in zip(params, gradients, strict=True)
                    ]
                close(params[0][0], W[seed], 1e-6)
        if width == 16:
            assert (dead & solved).all()
    assert counts == {2: 22, 3: 53, 4: 66, 8: 96, 16: 100}


def good():
    params, X, y = noisy([3, 4, 2], 5)
    logits, cache = forward(params, X)
    return params, X, y, cache, softmax_cross_entropy(logits, y)[1]


def test_bad_networks_are_refused():
    for sizes, match in (
        ([3], r"sizes must be at least two, got \[3\]"),
        ([], "sizes must be at least two"),
        ([3, 0], "each of sizes must be an integer >= 1, got 0"),
        ([3, 2.5], "each of sizes must be an integer"),
        ([3, True], "each of sizes must be an integer"),
    ):
        with pytest.raises(ValueError, match=match):
            init_mlp(sizes)
    with pytest.raises(ValueError, match="seed must be an integer >= 0, got -1"):
        init_mlp([2, 2], -1)


def test_bad_inputs_of_forward_are_refused():
    params, X, _, _, _ = good()
    (W, b), (V, c) = params
    for bad, match in (
        ([], "params must have at least one layer"),
        ([W], r"params must be pairs \(W, b\)"),
        (3, r"params must be pairs \(W, b\)"),
        ([(W, c)], r"layer 0 must have shapes \(in, out\) and \(out,\), got \(3, 4\)"),
        ([(b, b)], "layer 0 must have shapes"),
        ([(W[:, :0], b[:0])], "layer 0 must have shapes"),
        ([(W, b), (V[:3], c)], "W of layer 1 must have 4 rows, .* got 3"),
        ([(W * NAN, b)], "W of layer 0 must be finite"),
        ([(W, b), (V, c + np.inf)], "b of layer 1 must be finite"),
        ([("a", b)], "W of layer 0 must be an array of numbers"),
    ):
        with pytest.raises(ValueError, match=match):
            forward(bad, X)
    for bad, match in (
        (X[0], r"X must have shape \(n, 3\), n >= 1, got \(3,\)"),
        (X[:0], r"X must have shape \(n, 3\), n >= 1, got \(0, 3\)"),
        (X[:, :2], "X must have shape"),
        (X[None], "X must have shape"),
        (X * NAN, "X must be finite"),
        (X * 1j, "X must be an array of numbers"),
        (X.astype(str), "X must be an array of numbers"),
    ):
        with pytest.raises(ValueError, match=match):
            forward(params, bad)
    for layers in (params, params[:1]):
        with pytest.raises(ValueError, match=r"activation must be one of .* 'gelu'"):
            forward(layers, X, "gelu")
        with pytest.raises(ValueError, match="activation must be one of"):
            forward(layers, X, np.array(["relu", "tanh"]))


def test_overflows_are_refused():
    big = [(np.full((1, 1), 1e140), np.zeros(1))] * 3
    with pytest.raises(ValueError, match="logits must be finite, got an overflow"):
        forward(big, [[1e140]])
    params = [(np.full((1, 1), 1e100), np.zeros(1))] * 2
    _, cache = forward(params, [[1e-100]])
    with pytest.raises(ValueError, match="gradients must be finite"):
        backward(params, cache, [[1e149]])
    # the weights alone, then a bias alone
    params = [(np.full((1, 1), c), np.zeros(1)) for c in (1e-100, 1e100)]
    _, cache = forward(params, [[1e149]])
    with pytest.raises(ValueError, match="gradients must be finite"):
        backward(params, cache, [[1e140]])
    params = [(np.full((1, 1), c), np.ones(1)) for c in (1e-10, 1e149, 1e10)]
    _, cache = forward(params, np.zeros((2, 1)))
    assert np.isfinite(backward(params, cache, [[1e149], [0]])[1]).all()
    with pytest.raises(ValueError, match="gradients must be finite"):
        backward(params, cache, [[1e149], [1e149]])
    params = [(np.full((1, 1), 1e100), np.zeros(1))] * 2
    with pytest.raises(ValueError, match="X must be finite, below 1e"):
        forward(params, [[1e150]])


def test_bad_inputs_of_backward_are_refused():
    params, _, _, cache, d = good()
    for bad in (d[:, :1], d[:3], d[0], d[None]):
        with pytest.raises(ValueError, match=r"dlogits must have shape \(5, 2\), got"):
            backward(params, cache, bad)
    with pytest.raises(ValueError, match="dlogits must be finite"):
        backward(params, cache, d * NAN)
    first, second = cache.inputs
    for inputs in ([first], [], [second, first], [first, second[:3]]):
        with pytest.raises(ValueError, match="cache must hold inputs of shapes"):
            backward(params, Cache(inputs, "relu"), d)
    with pytest.raises(ValueError, match=r"activation must be one of .* 'gelu'"):
        backward(params, Cache([first, second], "gelu"), d)
    for bad in (forward(params, first), None):
        with pytest.raises(ValueError, match="cache must be the Cache of forward, got"):
            backward(params, bad, d)


def test_bad_labels_and_logits_are_refused():
    for logits, y, match in (
        (np.zeros((0, 3)), [], r"logits must have shape \(n, K\), not empty"),
        (np.zeros((2, 0)), [0, 0], "logits must have shape"),
        (np.zeros(3), [0], "logits must have shape"),
        (np.zeros((2, 3)), [0], r"y must have shape \(2,\), got \(1,\)"),
        (np.zeros((2, 3)), [0, 3], r"y must be integers in 0..2, got \[0. 3.\]"),
        (np.zeros((2, 3)), [0, -1], "y must be integers in 0..2"),
        (np.zeros((2, 3)), [0, 0.5], "y must be integers in 0..2"),
        (np.full((2, 3), np.inf), [0, 1], "logits must be finite"),
        (np.zeros((2, 3)), ["0", "1"], "y must be an array of numbers"),
    ):
        with pytest.raises(ValueError, match=match):
            softmax_cross_entropy(logits, y)


def test_bad_steps_and_functions_are_refused():
    for h in (0, -1e-5, NAN, math.inf, "3", True, 1e150, 10**400, None):
        with pytest.raises(
            ValueError, match=r"h must be finite and > 0, below 1e\+150, got"
        ):
            numerical_gradient(np.exp, 1.0, h)
    with pytest.raises(ValueError, match=r"h must be large enough to change 1\.0"):
        numerical_gradient(np.exp, 1.0, 1e-17)
    with pytest.raises(ValueError, match="h must be large enough"):
        numerical_gradient(np.exp, 1.0, 8e-17)  # it changes 1 - h, but not 1 + h
    for value in (np.ones(2), NAN, None, "1", 1j, [1.0], 10**400, -math.inf):
        with pytest.raises(ValueError, match="f must give one finite number"):
            numerical_gradient(lambda x, value=value: value, np.ones(2))
    with pytest.raises(
        ValueError, match="the quotient must be finite, got an overflow"
    ):
        numerical_gradient(lambda x: 1e308 if x > 1 else -1e308, 1.0)
    assert numerical_gradient(lambda x: Fraction(float(x)), 1.0, Fraction(1, 8)) == 1


def test_bad_points_are_refused():
    for x, y, match in (
        ([0], [1], r"same shape \(m,\), m >= 2, got \(1,\) and \(1,\)"),
        ([0, 1], [1], "same shape"),
        ([[0, 1]], [[1, 2]], "same shape"),
        ([1, 0], [1, 2], "x must be strictly increasing"),
        ([0, NAN], [1, 2], "x must be finite"),
        ([0, 1e-300], [0, 1e149], "slopes must be finite, got an overflow"),
        ([0, 1j], [1, 2], "x must be an array of numbers"),
        (["0", "1"], [1, 2], "x must be an array of numbers"),
        ([0, 10**400], [1, 2], "x must be an array of numbers"),
    ):
        with pytest.raises(ValueError, match=match):
            relu_interpolator(x, y)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (
            linear,
            "import numpy as np\n"
            "def linear_backward(H, W, dZ):\n"
            "    W = np.array(W)\n"
            "    H = np.array(H).reshape(-1, len(W))\n"
            "    dZ = np.array(dZ).reshape(-1, len(W[0]))\n"
            "    return H.T @ dZ, dZ.sum(0), dZ @ W.T\n",
        ),
        (
            bends,
            "def relu_weights(x, y):\n"
            "    v = []\n"
            "    for j in range(len(x) - 1):\n"
            "        so_far = y[0] + sum(w * (x[j + 1] - a) for w, a in zip(v, x))\n"
            "        v.append((y[j + 1] - so_far) / (x[j + 1] - x[j]))\n"
            "    return v\n",
        ),
    ],
)
def test_the_judge_accepts_other_right_answers(exercise, answer):
    assert judge(exercise, answer).kind == "passed"
