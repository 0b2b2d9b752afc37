"""Oracles: torch's FLOP counter, sums over positions, exact fractions, hand counts."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop
from torch.utils.flop_counter import FlopCounterMode

from exercises.distributed import roofline as exercises
from figures.distributed import roofline as figure
from snippets.distributed.roofline import (
    attainable,
    decode_tokens_per_second,
    forward_flops_per_token,
    matmul_intensity,
    mfu,
    ridge,
    training_flops_per_token,
)

PEAK, BANDWIDTH = 989e12, 4.8e12
SEVEN = 32 * (4 * 4096**2 + 3 * 4096 * 11008) + 4096 * 32000
SHAPE = (SEVEN, 32, 4096)
sizes = st.integers(1, 6)


def near(actual, expected, rel=1e-12):
    assert actual == pytest.approx(expected, rel=rel, abs=0)


class Toy(torch.nn.Module):
    """A Transformer without biases; attention is two explicit products."""

    def __init__(self, layers, heads, head, width, hidden, vocabulary):
        super().__init__()
        self.heads, self.head = heads, head
        inner = heads * head

        def linear(a, b):
            return torch.nn.Linear(a, b, bias=False)

        self.table = torch.nn.Embedding(vocabulary, width)
        self.layers = torch.nn.ModuleList(
            torch.nn.ModuleList(
                [
                    *(linear(width, inner) for _ in "qkv"),
                    linear(inner, width),
                    linear(width, hidden),
                    linear(hidden, width),
                ]
            )
            for _ in range(layers)
        )
        self.out = linear(width, vocabulary)

    def layer(self, x, parts):
        q, k, v, mix, up, down = parts
        t = x.shape[0]
        split = (t, self.heads, self.head)
        q, k, v = (f(x).view(split).transpose(0, 1) for f in (q, k, v))
        mixed = (q @ k.transpose(1, 2)).softmax(-1) @ v
        x = x + mix(mixed.transpose(0, 1).reshape(t, -1))
        return x + down(up(x).relu())

    def forward(self, tokens, again=False):
        x = self.table(tokens)
        for parts in self.layers:
            if again:
                x = checkpoint(self.layer, x, parts, use_reentrant=False)
            else:
                x = self.layer(x, parts)
        return self.out(x)

    def matmul_params(self):
        return sum(p.numel() for p in self.parameters()) - self.table.weight.numel()


def counted(toy, tokens, backward=False, again=False):
    with FlopCounterMode(display=False) as counter:
        loss = toy(tokens, again).sum()
        if backward:
            loss.backward()
    return counter.get_total_flops()


def test_the_counter_finds_the_forward_and_the_training_flops():
    toy, tokens = Toy(2, 4, 16, 64, 256, 100), torch.arange(32)
    assert toy.matmul_params() == 104_704
    assert forward_flops_per_token(104_704, 2, 64, 32) == 225_792
    assert training_flops_per_token(104_704, 2, 64, 32) == 677_376
    assert counted(toy, tokens) == 32 * 225_792
    assert counted(toy, tokens, backward=True) == 32 * 677_376


@settings(max_examples=8)
@given(sizes, sizes, sizes, sizes, sizes, st.integers(2, 9), st.integers(1, 9))
def test_the_counter_agrees_on_any_shape(layers, heads, head, width, hidden, voc, seq):
    toy = Toy(layers, heads, head, width, hidden, voc)
    tokens = torch.zeros(seq, dtype=torch.long)
    shape = (toy.matmul_params(), layers, heads * head, seq)
    assert counted(toy, tokens) == seq * forward_flops_per_token(*shape)
    assert counted(toy, tokens, True) == seq * training_flops_per_token(*shape)


@pytest.mark.parametrize("early", [True, False])
def test_recomputing_the_layers_repeats_less_than_the_forward_pass(early):
    # The head is outside; torch stops a layer when its last saved tensor is there.
    toy, tokens = Toy(2, 4, 16, 64, 256, 100), torch.arange(32)
    with set_checkpoint_early_stop(early):
        again = counted(toy, tokens, backward=True, again=True)
    whole = training_flops_per_token(104_704, 2, 64, 32, recompute=True)
    assert whole == 4 * 225_792 == 903_168
    head, last = 2 * 64 * 100, 2 * 64 * 256
    assert again == 32 * (whole - head - (2 * last if early else 0))


@given(sizes, sizes, st.integers(1, 20), st.integers(1, 1000))
def test_causal_is_the_mean_over_positions(layers, width, seq, params):
    total = 0
    for keys in range(1, seq + 1):  # position i sees i + 1 keys
        for _ in range(layers):
            total += 2 * width * keys + 2 * width * keys
        total += 2 * params
    near(forward_flops_per_token(params, layers, width, seq, causal=True), total / seq)


def test_causal_toy():
    assert forward_flops_per_token(104_704, 2, 64, 32, causal=True) == 217_856
    assert training_flops_per_token(104_704, 2, 64, 32, True) == 3 * 217_856


def test_a_model_of_seven_billion():
    assert SEVEN == 6_607_077_376
    near(2 * SEVEN / 1e9, 13.2142, 1e-5)
    near(forward_flops_per_token(*SHAPE, 4096) / 1e9, 15.3616, 1e-5)
    near(forward_flops_per_token(*SHAPE, 4096, True) / 1e9, 14.2882, 1e-5)
    near(training_flops_per_token(*SHAPE, 4096, True) / 1e9, 42.8645, 1e-5)
    near(training_flops_per_token(*SHAPE, 4096) / (6 * SEVEN), 1.1625, 1e-4)
    assert forward_flops_per_token(*SHAPE, 25_204) == 4 * SEVEN


def test_utilization_depends_on_the_convention():
    near(mfu(10_000, 6 * SEVEN, 1, PEAK), 0.4008, 1e-3)
    near(mfu(10_000, training_flops_per_token(*SHAPE, 4096), 1, PEAK), 0.4660, 1e-3)
    causal = training_flops_per_token(*SHAPE, 4096, True)
    near(mfu(10_000, causal, 1, PEAK), 0.4334, 1e-3)
    hardware = training_flops_per_token(*SHAPE, 4096, recompute=True)
    near(mfu(10_000, hardware, 1, PEAK), 0.6213, 1e-3)
    assert mfu(80_000, 1e10, 8, 1e15) == mfu(10_000, 1e10, 1, 1e15) == 0.1
    near(mfu(2e4, 6 * SEVEN, 1, 2 * PEAK), mfu(1e4, 6 * SEVEN, 1, PEAK))
    assert hardware / training_flops_per_token(*SHAPE, 4096) == 4 / 3


def test_days_of_a_training_run():
    seconds = 6 * SEVEN * 2e12 / (1024 * 0.4 * PEAK)
    near(seconds / 86_400, 2.27, 3e-3)
    near(mfu(2e12 / seconds, 6 * SEVEN, 1024, PEAK), 0.4)


def test_a_billion_additions():
    near(1e9 / PEAK, 1.01e-6, 2e-3)
    near(4e9 / BANDWIDTH, 833e-6, 1e-3)
    near(1e9 / attainable(0.25, PEAK, BANDWIDTH), 833e-6, 1e-3)


def test_the_roof_and_its_ridge():
    near(ridge(PEAK, BANDWIDTH), 206.0417, 1e-6)
    near(attainable(1, PEAK, BANDWIDTH), 4.8e12)
    near(attainable(100, PEAK, BANDWIDTH), 4.8e14)
    near(attainable(1e4, PEAK, BANDWIDTH), 9.89e14)
    assert attainable(206, PEAK, BANDWIDTH) < PEAK == attainable(207, PEAK, BANDWIDTH)
    near(ridge(2 * PEAK, BANDWIDTH), 412.0833, 1e-6)


@given(st.floats(1e-3, 1e3), st.floats(1, 1e6), st.floats(1, 1e6))
def test_the_roof_is_the_slower_of_two_clocks(flops, peak, bandwidth):
    seconds = max(flops / peak, 1 / bandwidth)  # for one byte
    near(attainable(flops, peak, bandwidth), flops / seconds)


@given(sizes, sizes, sizes, st.sampled_from([0.5, 1, 2, 4]))
def test_a_product_is_counted_element_by_element(m, n, k, size):
    flops = sum(2 for _ in range(m) for _ in range(n) for _ in range(k))
    moved = len({("a", i, j) for i in range(m) for j in range(k)})
    moved += len({("b", i, j) for i in range(k) for j in range(n)})
    moved += len({("c", i, j) for i in range(m) for j in range(n)})
    near(matmul_intensity(m, n, k, size), Fraction(flops) / Fraction(moved * size))


def test_intensities_of_square_and_thin_products():
    near(matmul_intensity(64, 64, 64), 21.333, 1e-4)
    near(matmul_intensity(4096, 4096, 4096), 1365.333, 1e-6)
    near(matmul_intensity(1, 4096, 4096), 0.999512, 1e-6)
    near(matmul_intensity(256, 4096, 4096), 227.556, 1e-5)
    top = ridge(PEAK, BANDWIDTH)
    assert matmul_intensity(618, 618, 618) < top < matmul_intensity(619, 619, 619)
    assert matmul_intensity(229, 4096, 4096) < top < matmul_intensity(230, 4096, 4096)
    for shape in permutations((2, 3, 4)):
        near(matmul_intensity(*shape), 48 / 52)


def test_below_a_width_of_412_no_batch_reaches_the_ridge():
    top = ridge(PEAK, BANDWIDTH)
    assert matmul_intensity(10**12, 412, 412) < top < matmul_intensity(10**12, 413, 413)


def test_decoding_without_a_cache():
    def speed(batch, cache=0):
        return decode_tokens_per_second(13.5e9, cache, batch, BANDWIDTH, 6.74e9, PEAK)

    batches = (1, 8, 64, 206, 512)
    assert [round(speed(b)) for b in batches] == [356, 2844, 22_756, 73_244, 73_368]
    cached = [round(speed(b, 2**31)) for b in batches]
    assert cached == [307, 1252, 2035, 2169, 2208]
    assert speed(10**6, 2**31) < BANDWIDTH / 2**31 < 2236


@given(st.integers(1, 10**4), st.integers(0, 10**9), st.integers(1, 10**10))
def test_decoding_is_the_slower_of_two_clocks(batch, cache, params):
    found = decode_tokens_per_second(2 * params, cache, batch, 5, params, 100)
    reading = Fraction(2 * params + batch * cache, 5)
    computing = Fraction(2 * params * batch, 100)
    near(found, float(batch / max(reading, computing)))


def test_more_sequences_than_fit():
    # An H200 reports some 139 GiB; in memory, the table and the norms count too.
    stored = 2 * (SEVEN + 32_000 * 4096 + (2 * 32 + 1) * 4096)
    near(stored, 13.5e9, 2e-3)
    assert math.floor((139 * 2**30 - stored) / 2**31) == 63
    assert 32 * 2 * 4096 * 4096 * 2 == 2**31  # layers, K and V, tokens, width, bytes
    near(64 * 2**31 / (64 * 2**31 + 2 * SEVEN), 0.91, 5e-3)
    assert 4 * 32 * 4096 * 4096 == 2**31  # FLOPs of attention, 1 for each byte


def test_a_decoded_token_takes_222_times_as_long_as_a_prefilled_one():
    prefilled = forward_flops_per_token(*SHAPE, 4096, causal=True) / PEAK
    decoded = 1 / decode_tokens_per_second(2 * SEVEN, 2**31, 1, BANDWIDTH, SEVEN, PEAK)
    near(prefilled, 0.01445e-3, 1e-3)
    assert round(decoded / prefilled) == 222


def test_one_user_at_the_full_bandwidth_has_an_mfu_of_half_a_percent():
    speed = decode_tokens_per_second(2 * SEVEN, 0, 1, BANDWIDTH, SEVEN, PEAK)
    near(mfu(speed, 2 * SEVEN, 1, PEAK), 0.005, 0.03)


def test_the_embedding_table_would_be_six_and_two_percent():
    near(6_400 / 104_704, 0.061, 5e-3)
    near(32_000 * 4096 / SEVEN, 0.0198, 5e-3)


def test_an_eighth_of_the_cache_lifts_the_limit_eightfold():
    def limit(cache):
        return decode_tokens_per_second(1, cache, 10**12, BANDWIDTH, 1, 1e30)

    near(limit(2**28), 17_881, 1e-4)
    near(limit(2**28), 8 * limit(2**31))


def test_numbers_are_floats():
    for found in (
        attainable(1, 2, 3),
        ridge(4, 2),
        matmul_intensity(1, 1, 1),
        forward_flops_per_token(1, 1, 1, 1),
        training_flops_per_token(1, 1, 1, 1),
        mfu(1, 1, 1, 1),
        decode_tokens_per_second(1, 0, 1, 1, 1, 1),
    ):
        assert type(found) is float


GOOD = {
    attainable: dict(intensity=1, peak=1, bandwidth=1),
    ridge: dict(peak=1, bandwidth=1),
    matmul_intensity: dict(m=1, n=1, k=1, bytes_per=2),
    forward_flops_per_token: dict(n_matmul_params=1, n_layers=1, d_attn=1, seq=1),
    training_flops_per_token: dict(n_matmul_params=1, n_layers=1, d_attn=1, seq=1),
    mfu: dict(tokens_per_second=1, flops_per_token=1, n_devices=1, peak=1),
    decode_tokens_per_second: dict(
        weight_bytes=1, kv_bytes=0, batch=1, bandwidth=1, n_params=1, peak=1
    ),
}
COUNTS = {"m", "n", "k", "n_layers", "d_attn", "seq", "n_devices", "batch"}


@pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in GOOD.items() for name in names]
)
def test_what_is_no_positive_number_is_refused(function, name):
    count = name in COUNTS
    wanted = "an integer from 1 to 1e30" if count else "a number from 1e-30 to 1e30"
    assert function(**GOOD[function]) > 0
    bad = [-1, math.nan, math.inf, True, "3", None, 10**31, 10**400]
    bad += [torch.tensor(2), torch.tensor(True), torch.ones((), device="meta").long()]
    bad += [np.array(2), np.array([1, 2]), np.True_, Decimal(2), 1j]
    bad += [0] if name != "kv_bytes" else []
    bad += [1.5] if count else [1e-31]
    for value in bad:
        zero = "0 or " if name == "kv_bytes" else ""
        text = f"{name} must be {zero}{wanted}, got {value!r}"
        with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
            function(**{**GOOD[function], name: value})
    for value in (10**30, *(() if count else (1e30, 1e-30))):
        assert 0 < function(**{**GOOD[function], name: value}) < math.inf


def test_zero_is_a_cache_and_flags_are_flags():
    with pytest.raises(ValueError, match="kv_bytes must be 0 or a number from 1e-30"):
        decode_tokens_per_second(1, -1, 1, 1, 1, 1)
    with pytest.raises(ValueError, match="recompute must be True or False, got 'no'"):
        training_flops_per_token(1, 1, 1, 1, recompute="no")
    both = [True, False]
    for value in (2, 1, 0.0, None, np.array(both), torch.tensor(both)):
        text = re.escape(f"causal must be True or False, got {value!r}")
        with pytest.raises(ValueError, match=f"^{text}$"):
            forward_flops_per_token(1, 1, 1, 4, value)
    assert forward_flops_per_token(1, 1, 1, 4, np.True_) == 12
    assert forward_flops_per_token(1, 1, 1, 4, np.False_) == 18


def test_the_figure_shows_what_the_functions_give():
    assert figure.WEIGHTS == SEVEN
    assert figure.CACHE == 2 * 32 * 4096 * 4096 * 2
    assert figure.POINTS["x+1"] == 0.25
    assert figure.POINTS["LN"] == 1.75
    assert figure.POINTS["q@K.T, p@V"] == 1
    free, cached = figure.speeds(0), figure.speeds(figure.CACHE)
    assert all(a > b for a, b in zip(free, cached, strict=True))
    top = figure.BATCHES.index(256)
    assert free[top - 1] < free[top] == free[-1] == pytest.approx(PEAK / 2 / SEVEN)
    assert cached[-1] < BANDWIDTH / figure.CACHE < 1.01 * cached[-1]
    drawn = figure.draw()["roofline"].axes
    assert [axes.get_xlabel() for axes in drawn] == ["FLOP/byte", "$B$"]


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_a_smallest_batch_is_where_the_clocks_cross(batch):
    peak, bandwidth = int(PEAK), int(BANDWIDTH)
    for k, n in ((4096, 4096), (11008, 4096 * batch)):
        least = exercises.smallest_batch(k, n, 2, peak, bandwidth)
        top = ridge(peak, bandwidth)
        assert matmul_intensity(least - 1, n, k) < top <= matmul_intensity(least, n, k)


def test_the_exercise_counts_what_the_note_counts():
    for causal, total in ((False, 7_225_344), (True, 6_971_392)):
        assert exercises.forward_flops(2, 64, 256, 100, 32, causal) == total
        assert forward_flops_per_token(104_704, 2, 64, 32, causal) * 32 == total
