"""Oracles: loops over single tokens, PyTorch, complex rotations, counts by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import same_color

from figures.nlp import kv_cache as figure
from figures.style import BLUE, GREY, ORANGE
from snippets.nlp.kv_cache import (
    KVCache,
    PagedAllocator,
    cache_bytes,
    causal_attention,
)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def by_loops(q, k, v, offset):
    """One number after the other, in Python's floats."""
    rows = []
    for r, query in enumerate(q.tolist()):
        seen = range(offset + r + 1)
        scores = [
            math.fsum(a * b for a, b in zip(query, k[j].tolist(), strict=True))
            for j in seen
        ]
        scores = [s / math.sqrt(len(query)) for s in scores]
        weights = [math.exp(s - max(scores)) for s in scores]
        rows.append(
            [
                math.fsum(w * v[j, c] for w, j in zip(weights, seen, strict=True))
                / math.fsum(weights)
                for c in range(v.shape[1])
            ]
        )
    return np.array(rows)


def torchs(q, k, v, **options):
    tensors = [torch.from_numpy(np.asarray(x))[None] for x in (q, k, v)]
    return torch.nn.functional.scaled_dot_product_attention(*tensors, **options)[
        0
    ].numpy()


# ---- attention with an offset


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(0, 6),
    st.integers(0, 3),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_row_r_sees_keys_up_to_offset_plus_r(n, offset, later, d, seed):
    m = offset + n + later
    q, k, v = drawn(seed, n, d), drawn(seed + 1, m, d), drawn(seed + 2, m, 3)
    close(causal_attention(q, k, v, offset), by_loops(q, k, v, offset))


def test_a_whole_pass_is_the_attention_of_torch():
    q, k, v = drawn(0, 3, 12, 8)
    close(causal_attention(q, k, v), torchs(q, k, v, is_causal=True))
    mask = torch.ones(4, 12, dtype=torch.bool).tril(diagonal=8)
    close(causal_attention(q[8:], k, v, 8), torchs(q[8:], k, v, attn_mask=mask))
    close(causal_attention(q[11:], k, v, 11), torchs(q[11:], k, v))


def test_is_causal_of_torch_begins_at_the_top_left():
    q, k, v = drawn(0, 3, 12, 8)
    right = causal_attention(q, k, v)[8:]
    wrong = torchs(q[8:], k, v, is_causal=True)
    close(wrong, causal_attention(q[8:], k, v, 0))
    assert round(abs(wrong - right).max(), 2) == 2.05


def test_equal_scores_give_means_by_hand():
    v = np.array([[1.0], [2.0], [3.0], [6.0]])
    zero = np.zeros((4, 2))
    close(causal_attention(zero, zero, v)[:, 0], [1, 1.5, 2, 3])
    close(causal_attention(zero[:3], zero[:3], v[:3])[:, 0], [1, 1.5, 2])


def test_huge_scores_neither_overflow_nor_leak():
    k = np.array([[1e70], [-1e70], [1e75]])
    v = np.array([[1.0], [2.0], [5.0]])
    close(causal_attention(np.full((3, 1), 1e70), k, v)[:, 0], [1, 1, 5])


def test_a_result_that_the_dtype_of_the_queries_cannot_hold_is_refused():
    one, large = np.ones((1, 1)), np.full((1, 1), 65_520.0)
    q = one.astype(np.float16)
    cache = KVCache(1, 1)
    cache.append(one, large)
    for call in (lambda: causal_attention(q, one, large), lambda: cache.attend(q)):
        with pytest.raises(ValueError, match="want a result that float16 can hold"):
            call()
    with pytest.raises(ValueError, match="want a result that float16 can hold"):
        causal_attention(q, one, np.array([[1.0, -65_520.0]]))
    assert causal_attention(q, one, large - 1)[0, 0] == 65_504
    assert causal_attention(one, one, large)[0, 0] == 65_520
    huge = np.full((1, 1), np.finfo(np.longdouble).max)
    with pytest.raises(ValueError, match="q must hold finite floats"):
        causal_attention(huge, one, one)


def test_the_result_has_the_dtype_of_the_queries():
    q, k, v = drawn(1, 3, 5, 4)
    for dtype in (np.float16, np.float32, np.float64):
        got = causal_attention(q.astype(dtype), k, v)
        assert got.dtype == dtype
        wide = causal_attention(q.astype(dtype).astype(float), k, v)
        assert np.array_equal(got, wide.astype(dtype))


def layer(x, causal):
    if causal:
        return x + causal_attention(x, x, x)
    return x + np.concatenate(
        [causal_attention(row[None], x, x, len(x) - 1) for row in x]
    )


def test_a_later_token_changes_no_row_of_any_layer_but_without_the_mask_all():
    x = drawn(0, 6, 4)
    for causal in (True, False):
        five, six = x[:5], x
        for _ in range(3):
            five, six = layer(five, causal), layer(six, causal)
            change = abs(six[:5] - five).max(axis=1)
            assert (change < 1e-13).all() if causal else (change > 1e-3).all()


# ---- the cache


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 99))
def test_any_chunks_give_what_one_pass_gives(sizes, seed):
    t = sum(sizes)
    q, k, v = drawn(seed, t, 4), drawn(seed + 1, t, 4), drawn(seed + 2, t, 3)
    cache, parts = KVCache(t, 4, 3), []
    for n in sizes:
        new = slice(len(cache), len(cache) + n)
        cache.append(k[new], v[new])
        parts.append(cache.attend(q[new]))
    assert len(cache) == t
    close(np.concatenate(parts), causal_attention(q, k, v), 1e-14)


def test_twelve_tokens_in_four_cuts():
    q, k, v = drawn(0, 3, 12, 8)
    whole = causal_attention(q, k, v)
    for sizes in ([12], [1] * 12, [5, 1, 1, 1, 4], [7, 5]):
        cache, at = KVCache(12, 8), 0
        for n in sizes:
            cache.append(k[at : at + n], v[at : at + n])
            close(cache.attend(q[at : at + n]), whole[at : at + n], 1e-15)
            at += n


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 99))
def test_what_was_taken_back_was_never_there(kept, dropped, seed):
    q, k, v = drawn(seed, 3, 16, 4)
    cache, straight = KVCache(16, 4), KVCache(16, 4)
    cache.append(k[:kept], v[:kept])
    if dropped:
        cache.append(k[10 : 10 + dropped], v[10 : 10 + dropped])
    cache.truncate(kept)
    straight.append(k[:kept], v[:kept])
    for both in (cache, straight):
        both.append(k[kept : kept + 2], v[kept : kept + 2])
    assert len(cache) == len(straight) == kept + 2
    assert np.array_equal(cache.attend(q[:2]), straight.attend(q[:2]))
    cache.truncate(0)
    assert len(cache) == 0
    cache.append(k[:16], v[:16])
    close(cache.attend(q), causal_attention(q, k, v))


def test_the_cache_keeps_copies_in_its_dtype_and_full_is_full():
    k, v = drawn(3, 2, 4, 2)
    cache = KVCache(4, 2, dtype=np.float16)
    cache.append(k, v)
    before = cache.attend(k)
    k16, v16 = (x.astype(np.float16).astype(float) for x in (k, v))
    close(before, causal_attention(k, k16, v16))
    queries = k.copy()
    k[:], v[:] = 9, 9
    assert np.array_equal(cache.attend(queries), before)
    with pytest.raises(ValueError, match="want at most 4 tokens, got 5"):
        cache.append(k[:1], v[:1])
    assert len(cache) == 4
    assert np.array_equal(cache.attend(queries), before)


def test_a_failed_append_changes_nothing():
    cache = KVCache(4, 2, dtype=np.float16)
    for k, v in (([1.0, 7e4], [1.0, 1.0]), ([1.0, 1.0], [-7e4, 1.0])):
        with pytest.raises(ValueError, match="want numbers that float16 can hold"):
            cache.append(np.array([k]), np.array([v]))
    with pytest.raises(ValueError, match="want numbers that float16 can hold"):
        cache.append(np.ones((1, 2)), np.full((1, 2), 7e4))
    with pytest.raises(ValueError, match="want numbers that float16 can hold"):
        cache.append(np.full((1, 2), 7e4), np.ones((1, 2)))
    assert len(cache) == 0


def test_generating_with_a_cache_passes_each_token_once():
    assert sum(range(1, 65)) == 2080 == 64 * 65 // 2
    assert 2080 / 64 == 32.5
    assert sum(range(1, 1025)) == 524_800
    assert sum(range(1000)) == 499_500  # rows that concatenating copies
    for t in (1, 2, 7, 64):  # pairs that are scored, without a cache and with one
        assert (
            sum(i * (i + 1) // 2 for i in range(1, t + 1)) == t * (t + 1) * (t + 2) // 6
        )


# ---- sixteen bits and eight


def int8(x, axis):
    step = abs(x).max(axis=axis, keepdims=True) / 127
    return step * np.rint(x / step)


def errors(seed, factor):
    """float16; int8 with a scale a token; with keys that have a scale a feature."""
    q, k, v = drawn(seed, 3, 512, 64)
    scale = np.where(np.arange(64) == 5, factor, 1)
    query, keys = q[-1:] / scale, k * scale
    exact = causal_attention(query, keys, v, 511)
    caches = (
        (keys.astype(np.float16), v.astype(np.float16)),
        (int8(keys, 1), int8(v, 1)),
        (int8(keys, 0), int8(v, 1)),
    )
    return [abs(causal_attention(query, *kept, 511) - exact).max() for kept in caches]


def test_an_outlier_hurts_a_scale_a_token_and_neither_float16_nor_a_scale_a_feature():
    plain, hurt = (np.mean([errors(s, f) for s in range(8)], axis=0) for f in (1, 30))
    assert plain[0] < 1e-4
    assert 1e-3 < plain[1] < 2e-3
    assert 1e-3 < plain[2] < 2e-3
    assert 5 < hurt[1] / plain[1] < 10
    assert 0.8 < hurt[0] / plain[0] < 1.25
    assert abs(hurt[2] / plain[2] - 1) < 1e-6


def test_errors_of_the_seed_on_the_page():
    close(errors(0, 1), [5.1e-5, 1.56e-3, 1.41e-3], 1e-5)
    assert 7 < errors(0, 30)[1] / errors(0, 1)[1] < 8
    assert max(errors(s, 1)[0] for s in range(8)) < 2e-4


def test_a_float16_sum_of_ones_stops_at_2048():
    assert np.add.accumulate(np.ones(4096, np.float16))[-1] == 2048
    assert np.spacing(np.float16(2048)) == 2


# ---- memory


def test_bytes_of_published_models():
    assert cache_bytes(32, 8, 128, 1) == 131_072
    assert cache_bytes(32, 32, 128, 4096) == 2 * 2**30
    assert cache_bytes(80, 8, 128, 131_072) == 40 * 2**30
    assert cache_bytes(28, 4, 128, 1) == 57_344
    assert cache_bytes(12, 12, 64, 1) == 36 * 1024
    assert cache_bytes(32, 32, 128, 1) == 512 * 1024
    assert cache_bytes(126, 8, 128, 1) == 504 * 1024
    assert cache_bytes(80, 64, 128, 1) == 2.5 * 2**20
    assert cache_bytes(32, 8, 128, 131_072) == 16 * 2**30
    assert cache_bytes(32, 8, 128, 8192, 16) == 16 * 2**30
    assert cache_bytes(32, 8, 128, 0) == 0
    assert round(16 * 2**30 / 1e9, 1) == 17.2
    # One model with 8 sets, one, and a latent vector of 576 = 2 * 288 numbers.
    sets = ((8, 128, 128), (1, 128, 16), (1, 288, 36))
    for heads, width, kibibytes in sets:
        assert cache_bytes(32, heads, width, 1) == kibibytes * 1024


def llama(vocabulary=128_256, width=4096, hidden=14_336, layers=32):
    """Weights of Llama 3.1 8B: one table of words, a layer, all."""
    table = vocabulary * width
    attention = 2 * width * width + 2 * width * 8 * 128
    layer = attention + 3 * width * hidden + 2 * width
    return table, layer, 2 * table + layers * layer + width


def test_the_weights_of_the_model_are_counted_from_its_configuration():
    table, layer, all_of_them = llama()
    assert (table, layer, all_of_them) == (525_336_576, 218_112_000, 8_030_261_248)
    assert all_of_them - table == 7_504_924_672
    assert 2 * all_of_them // 131_072 == 122_532


def test_fractions_are_exact_and_numpys_integers_do_not_overflow():
    assert cache_bytes(1, 1, 1, 5, bytes_per=Fraction(1, 10)) == 1
    assert cache_bytes(1, 1, 1, 1, bytes_per=Fraction(1, 10**400)) == 1
    assert cache_bytes(1, 1, 1, 1, bytes_per=10**400) == 2 * 10**400
    got = cache_bytes(np.int32(2**20), 2**10, 127, np.int32(2**30), 1, np.int8(2))
    assert got == 4 * 127 * 2**60


@given(
    st.lists(st.integers(1, 50), min_size=3, max_size=3),
    st.integers(0, 9),
    st.integers(1, 5),
    st.sampled_from([0.5, 1, 2, 4, 0.5625, np.float32(0.5), Fraction(1, 2)]),
)
def test_bytes_are_counted_number_by_number(sizes, tokens, batch, size):
    layers, heads, width = sizes
    each = sum(layers * heads * width for _ in ("key", "value"))
    got = cache_bytes(*sizes, tokens, batch, size)
    assert type(got) is int
    assert got - 1 < tokens * batch * each * float(size) <= got


def test_steps_of_a_gpu_on_the_page():
    table, _, everything = llama()
    used, tokens = everything - table, 4096
    weights = 2 * used
    wanted = {1: (3.24, 0.015), 8: (4.02, 0.12), 64: (10.29, 0.97), 256: (31.76, 3.89)}
    for batch, (read, compute) in wanted.items():
        cache = cache_bytes(32, 8, 128, tokens, batch)
        close((weights + cache) / 4.8e9, read, 0.006)
        close(weights * batch / 989e9, compute, 0.006)
    one, eight, most = (
        (weights + cache_bytes(32, 8, 128, tokens, b)) for b in (1, 8, 256)
    )
    assert round(eight / one, 2) == 1.24
    assert round(8 * one / eight, 1) == 6.4
    assert round((most - weights) / most, 1) == 0.9
    kept = 2 * everything + cache_bytes(32, 8, 128, tokens, 256)
    assert kept > 141 * 2**30
    assert round(kept / 1e9) == 153
    assert (weights / 989e9) / (one / 4.8e9) < 0.01
    close(weights / 4.8e9, 3.1, 0.05)
    close(weights * tokens / 989e9, 62.2, 0.05)
    # Scores: two products of 32 heads of 128 in 32 layers, two operations each.
    assert 4 * 32 * 32 * 128 * tokens < weights


def test_from_which_batch_and_up_to_which_length_arithmetic_takes_longer():
    table, _, everything = llama()
    used = everything - table

    def computing_is_longer(batch, tokens):
        read = 2 * used + cache_bytes(32, 8, 128, tokens, batch)
        return 2 * used * batch / 989e12 > read / 4.8e12

    # A pass over a prompt of n tokens, with nothing in the cache, is a batch of n.
    assert computing_is_longer(207, 0)
    assert not computing_is_longer(206, 0)
    assert round(989e12 / 4.8e12) == 206
    assert computing_is_longer(10**9, 555)
    for batch in (1, 256, 10**4, 10**9):
        assert not computing_is_longer(batch, 556)


# ---- positions


def test_without_the_oldest_tokens_turned_keys_score_as_before_in_one_layer_only():
    x = drawn(5, 9, 8)

    def turned(rows, first):
        speeds = 10000.0 ** (-np.arange(4) / 4)
        pairs = rows[:, 0::2] + 1j * rows[:, 1::2]
        pairs = pairs * np.exp(
            1j * np.outer(np.arange(first, first + len(rows)), speeds)
        )
        return np.stack([pairs.real, pairs.imag], axis=-1).reshape(rows.shape)

    def one(rows, first):
        at = turned(rows, first)
        return rows + causal_attention(at, at, rows)

    # The last token reads keys 3 to 8, at their old places or counted from 0 again.
    query, keys = turned(x[8:], 8), turned(x, 0)[3:]
    kept = causal_attention(query, keys, x[3:], 5)
    again = causal_attention(turned(x[8:], 5), turned(x[3:], 0), x[3:], 5)
    close(kept, again)
    # Above the first layer, what is left has read what was dropped.
    whole, short = one(x, 0)[3:], one(x[3:], 0)
    assert abs(whole - short).max() > 0.1


# ---- blocks


def test_extend_fork_copy_and_release_by_hand():
    paged = PagedAllocator(8, 4)
    assert paged.free == [7, 6, 5, 4, 3, 2, 1, 0]
    assert paged.extend("a", 6) is None
    assert paged.tables == {"a": [0, 1]}
    assert len(paged.free) == 6
    paged.fork("a", "b")
    assert len(paged.free) == 6
    assert paged.extend("b") == (1, 2)
    assert paged.tables == {"a": [0, 1], "b": [0, 2]}
    assert paged.lengths == {"a": 6, "b": 7}
    assert len(paged.free) == 5
    assert paged.extend("a") is None
    assert paged.users == [2, 1, 1, 0, 0, 0, 0, 0]
    paged.release("a")
    assert len(paged.free) == 6
    assert paged.users == [1, 0, 1, 0, 0, 0, 0, 0]
    paged.release("b")
    assert sorted(paged.free) == list(range(8))
    assert paged.tables == paged.lengths == {}


def test_a_fork_at_a_full_block_copies_nothing():
    paged = PagedAllocator(8, 4)
    paged.extend("a", 8)
    paged.fork("a", "b")
    assert paged.extend("b") is None
    assert paged.tables == {"a": [0, 1], "b": [0, 1, 2]}


def test_a_table_that_was_forked_is_not_the_same_list():
    paged = PagedAllocator(3, 2)
    paged.extend("a", 2)
    paged.fork("a", "b")
    paged.extend("a", 1)
    assert paged.tables["b"] == [0]
    assert paged.lengths["b"] == 2


def test_three_forks_on_the_page_use_eight_blocks():
    paged = PagedAllocator(20, 4)
    paged.extend("a", 10)
    paged.fork("a", "b")
    paged.fork("a", "c")
    assert [paged.extend(seq, 3) for seq in "abc"] == [(2, 3), (2, 5), None]
    assert 20 - len(paged.free) == 8


def test_a_token_lies_at_block_times_size_plus_remainder():
    paged = PagedAllocator(6, 4)
    paged.extend("other", 5)
    paged.extend("a", 6)
    assert [paged.slot("a", i) for i in range(6)] == [8, 9, 10, 11, 12, 13]
    paged.release("other")
    paged.extend("a", 3)
    assert paged.tables["a"] == [2, 3, 0]
    assert paged.slot("a", 8) == 0


def state(paged):
    return (
        {seq: list(table) for seq, table in paged.tables.items()},
        dict(paged.lengths),
        list(paged.users),
        list(paged.free),
    )


def test_without_a_free_block_nothing_changes():
    paged = PagedAllocator(2, 4)
    paged.extend("a", 6)
    before = state(paged)
    for seq, n in (("a", 3), ("b", 1)):
        with pytest.raises(MemoryError, match="want 1 free blocks, got 0"):
            paged.extend(seq, n)
        assert state(paged) == before
    paged.fork("a", "b")
    before = state(paged)
    with pytest.raises(MemoryError, match="want 1 free blocks, got 0"):
        paged.extend("b")
    assert state(paged) == before
    paged.release("a")
    assert paged.extend("b", 2) is None
    assert PagedAllocator(1, 1).extend("a", 1) is None


calls = st.lists(
    st.tuples(
        st.sampled_from(["extend", "fork", "release"]),
        st.sampled_from("abc"),
        st.sampled_from("abc"),
        st.integers(1, 7),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(calls, st.integers(1, 4))
def test_memory_written_through_the_tables_reads_as_plain_lists(operations, size):
    """The oracle: each sequence as a list of its own, of tokens with a number each."""
    paged, texts, number = PagedAllocator(9, size), {}, 0
    memory = [None] * (9 * size)
    for name, seq, other, n in operations:
        if name == "extend":
            try:
                moved = paged.extend(seq, n)
            except MemoryError:
                continue
            if moved:
                old, new = (block * size for block in moved)
                memory[new : new + size] = memory[old : old + size]
            text = texts.setdefault(seq, [])
            for _ in range(n):
                number += 1
                memory[paged.slot(seq, len(text))] = number
                text.append(number)
        elif name == "fork" and seq in texts and other not in texts:
            paged.fork(seq, other)
            texts[other] = list(texts[seq])
        elif name == "release" and seq in texts:
            paged.release(seq)
            del texts[seq]
        assert paged.lengths == {s: len(t) for s, t in texts.items()}
        for s, text in texts.items():
            assert [memory[paged.slot(s, i)] for i in range(len(text))] == text
        named = [b for table in paged.tables.values() for b in table]
        assert paged.users == [named.count(b) for b in range(9)]
        assert sorted(paged.free) == [b for b in range(9) if b not in named]


def test_attention_through_a_table_is_that_of_a_plain_cache():
    q, k, v = drawn(2, 3, 11, 4)
    paged, memory = PagedAllocator(9, 2), np.zeros((2, 18, 4))
    for i in range(11):
        paged.extend("a")
        if i % 3 == 0:
            paged.extend("between")
        memory[:, paged.slot("a", i)] = k[i], v[i]
    rows = [paged.slot("a", i) for i in range(11)]
    assert rows != sorted(rows) or rows[-1] - rows[0] > 10
    close(causal_attention(q, *memory[:, rows]), causal_attention(q, k, v), 1e-14)


def test_used_shares_of_reserved_memory():
    lengths = np.random.default_rng(0).integers(1, 2049, 10_000)
    for size, share, lost in (
        (2048, 0.5, 1023.5),
        (256, 0.89, 127.5),
        (16, 0.993, 7.5),
    ):
        reserved = -(-lengths // size) * size
        close(lengths.sum() / reserved.sum(), share, 0.01)
        # Of a block of b the mean loss is (b - 1) / 2, if lengths are spread evenly.
        close((reserved - lengths).mean(), lost, 0.02 * lost)
    paged = PagedAllocator(3000, 16)
    for name, length in enumerate(lengths[:40].tolist()):
        paged.extend(name, length)
    assert 3000 - len(paged.free) == sum(math.ceil(n / 16) for n in lengths[:40])


# ---- what is refused

X = np.ones((3, 2))


def filled():
    cache = KVCache(4, 2, 3)
    cache.append(X, np.ones((3, 3)))
    return cache


def pages():
    paged = PagedAllocator(4, 2)
    paged.extend("a", 3)
    return paged


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: causal_attention(X, X, X, -1),
            "offset must be an integer >= 0, got -1",
        ),
        (
            lambda: causal_attention(X, X, X, True),
            "offset must be an integer >= 0, got True",
        ),
        (
            lambda: causal_attention(X, X, X, False),
            "offset must be an integer >= 0, got False",
        ),
        (
            lambda: causal_attention(X, X, X, 1.0),
            "offset must be an integer >= 0, got 1.0",
        ),
        (
            lambda: causal_attention(X, X, X, 1),
            "offset must be at most m - n = 0, got 1",
        ),
        (lambda: causal_attention(X, X[:2], X[:2]), "at most m - n = -1, got 0"),
        (
            lambda: causal_attention(X, X[:, :1], X),
            r"shapes \(m, 2\) and \(m, dv\), got \(3, 1\)",
        ),
        (lambda: causal_attention(X, X, X[:2]), r"got \(3, 2\) and \(2, 2\)"),
        (
            lambda: causal_attention(X[0], X, X),
            r"q must hold finite floats, shape \(n, d\), all at",
        ),
        (lambda: causal_attention(X[:0], X, X), r"all at least 1, got \(0, 2\)"),
        (
            lambda: causal_attention(X[:, :0], X[:, :0], X),
            r"all at least 1, got \(3, 0\)",
        ),
        (
            lambda: causal_attention(X, X.astype(int), X),
            "k must hold finite floats.*dtype int64",
        ),
        (lambda: causal_attention(X, X, X * math.nan), "v must hold finite.*got nan"),
        (
            lambda: causal_attention(X, X, X * -1e151),
            "at most 1e.150 in size, got -1e.151",
        ),
        (lambda: causal_attention([[1], [1, 2]], X, X), "q must hold finite floats"),
        (lambda: causal_attention(np.ma.masked_array(X), X, X), "got a masked array"),
        (lambda: KVCache(0, 2), "capacity must be an integer >= 1, got 0"),
        (lambda: KVCache(2, 0), "d must be an integer >= 1, got 0"),
        (lambda: KVCache(2, 2, 0), "dv must be an integer >= 1, got 0"),
        (lambda: KVCache(2, 2, dtype=np.int8), "dtype must be a float type, got int8"),
        (lambda: KVCache(2, 2, dtype="x"), "dtype must be a float type, got 'x'"),
        (
            lambda: KVCache(2, 2, dtype={"names": ["a"]}),
            "dtype must be a float type, got {'names'",
        ),
        (lambda: causal_attention(X, [[1.0, math.inf]] * 3, X), "k must.*got inf"),
        (
            lambda: KVCache(2, 2, dtype=complex),
            "dtype must be a float type, got complex",
        ),
        (
            lambda: filled().append(X[:1], X[:1]),
            r"v must hold finite floats, shape \(n, 3\)",
        ),
        (
            lambda: filled().append(np.ones((1, 3)), np.ones((1, 3))),
            r"k must hold.*\(n, 2\)",
        ),
        (
            lambda: filled().append(X[:1], np.ones((2, 3))),
            "as many keys as values, got 1 and 2",
        ),
        (
            lambda: filled().append(X[:2], np.ones((2, 3))),
            "want at most 4 tokens, got 5",
        ),
        (
            lambda: filled().append(X[:0], np.ones((0, 3))),
            r"all at least 1, got \(0, 2\)",
        ),
        (
            lambda: filled().attend(np.ones((4, 2))),
            "queries of at most 3 tokens, got 4",
        ),
        (
            lambda: filled().attend(np.ones((1, 3))),
            r"q must hold finite floats, shape \(n, 2\)",
        ),
        (lambda: KVCache(2, 2).attend(X[:1]), "queries of at most 0 tokens, got 1"),
        (lambda: filled().truncate(-1), "n must be an integer >= 0, got -1"),
        (lambda: filled().truncate(4), "n must be at most 3, got 4"),
        (lambda: cache_bytes(0, 1, 1, 1), "layers must be an integer >= 1, got 0"),
        (lambda: cache_bytes(1, 0, 1, 1), "kv_heads must be an integer >= 1, got 0"),
        (lambda: cache_bytes(1, 1, 0, 1), "head_dim must be an integer >= 1, got 0"),
        (lambda: cache_bytes(1, 1, 1, -1), "tokens must be an integer >= 0, got -1"),
        (lambda: cache_bytes(1, 1, 1, 1, 0), "batch must be an integer >= 1, got 0"),
        (
            lambda: cache_bytes(1, 1, 1, 1, 1, 0),
            "bytes_per must be a finite number > 0, got 0",
        ),
        (
            lambda: cache_bytes(1, 1, 1, 1, 1, math.inf),
            "bytes_per must be a finite number",
        ),
        (
            lambda: cache_bytes(1, 1, 1, 1, 1, math.nan),
            "bytes_per must be a finite number",
        ),
        (lambda: cache_bytes(1, 1, 1, 1, 1, True), "bytes_per must be a finite number"),
        (lambda: cache_bytes(1, 1, 1, 1, 1, "2"), "bytes_per must be a finite number"),
        (lambda: PagedAllocator(0, 1), "blocks must be an integer >= 1, got 0"),
        (lambda: PagedAllocator(1, 0), "block_size must be an integer >= 1, got 0"),
        (lambda: pages().extend("a", 0), "n must be an integer >= 1, got 0"),
        (lambda: pages().extend([], 1), r"want a hashable name, got \[\]"),
        (lambda: pages().fork("b", "c"), "src must be a known sequence, got 'b'"),
        (lambda: pages().fork("a", "a"), "dst must be a new sequence, got 'a'"),
        (lambda: pages().release("b"), "seq must be a known sequence, got 'b'"),
        (lambda: pages().slot("b", 0), "seq must be a known sequence, got 'b'"),
        (lambda: pages().slot("a", 3), "i must be less than 3, got 3"),
        (lambda: pages().slot("a", -1), "i must be an integer >= 0, got -1"),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the figure


def test_the_figure_shows_what_is_read_and_how_much_is_kept():
    left, right = figure.draw()["kv_cache"].axes
    cells = {
        (round(p.get_x() + 0.44), round(p.get_y() + 0.44)): p.get_alpha()
        for p in left.patches
    }
    assert set(cells) == {(j, i) for i in range(8) for j in range(i + 1)}
    cached = {place for place, alpha in cells.items() if alpha < 1}
    assert cached == {(j, i) for i in (6, 7) for j in range(i)}
    for p in left.patches:
        row = round(p.get_y() + 0.44)
        made = BLUE if row < 6 else ORANGE
        wanted = made if p.get_alpha() == 1 else GREY
        assert same_color(p.get_facecolor()[:3], wanted)
    for line, numbers in zip(
        right.lines, (2 * 32 * 128, 2 * 8 * 128, 576), strict=False
    ):
        tokens, sizes = line.get_data()
        close(sizes, [2 * 32 * numbers * t / 2**30 for t in tokens])
    close(right.lines[3].get_ydata(), np.full(2, 2 * 8_030_261_248 / 2**30))
