"""Oracles: brute force on strings, all cuts of a text, tiktoken, hand counts."""

import re
import sys
from itertools import pairwise, product
from math import exp, inf, log, nan
from random import Random
from unicodedata import category

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.nlp.bpe_tokenization import TEXT, speech
from snippets.nlp.bpe_tokenization import (
    decode,
    encode,
    encode_word,
    merge_word,
    pretokenize,
    train_bpe,
    unigram_segment,
    vocabulary,
)

HUGS = dict.fromkeys("hugs", 0.05) | {
    "hu": 0.1,
    "ug": 0.3,
    "hug": 0.15,
    "gs": 0.05,
    "ugs": 0.2,
}


def texts(count, letters="ab é中 1,", longest=40):
    draw = Random(0)
    for _ in range(count):
        yield "".join(draw.choices(letters, k=draw.randint(0, longest)))


def ranks_of(merges):
    return {pair: rank for rank, pair in enumerate(merges)}


# Brute force: a word is a string of hexadecimal symbols between spaces, and a merge
# is a substitution in it.


def in_hex(word):
    return " ".join(f"{b:02x}" for b in word.encode())


def substitute(word, a, b):
    return re.sub(rf"(?<!\S){a} {b}(?!\S)", a + b, word)


def brute_train(text, merges):
    words = [in_hex(word) for word in pretokenize(text)]  # each word, not each kind
    found = []
    while len(found) < merges:
        pairs = [pair for word in words for pair in pairwise(word.split())]
        if not pairs:
            break
        most = max(pairs.count(pair) for pair in set(pairs))
        # Two hexadecimal digits a byte: bytes compare as their digits do.
        best = sorted(pair for pair in set(pairs) if pairs.count(pair) == most)[0]
        found.append(best)
        words = [substitute(word, *best) for word in words]
    pairs = [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in found]
    return pairs, [[bytes.fromhex(s) for s in word.split()] for word in words]


def test_training_is_that_of_brute_force_and_encoding_repeats_its_cuts():
    for text in texts(300):
        merges = train_bpe(text, 12)
        expected, cuts = brute_train(text, 12)
        assert merges == expected
        ranks = ranks_of(merges)
        assert [encode_word(w.encode(), ranks) for w in pretokenize(text)] == cuts
        tokens = vocabulary(merges)
        assert [tokens[i] for i in encode(text, merges)] == [
            token for cut in cuts for token in cut
        ]
        assert decode(encode(text, merges), merges, "strict") == text


def test_text_that_was_not_seen_comes_back_too():
    merges = train_bpe("ab ab abba é中中 11", 20)
    for text in texts(300, "ab é中\n 1,\t😀_½"):
        assert decode(encode(text, merges), merges, "strict") == text


def by_tiktokens_rule(word, ranks):
    """tiktoken/_educational.py: the rank is that of what two neighbours make."""
    parts = [bytes([b]) for b in word]
    while True:
        known = [
            (ranks[a + b], i)
            for i, (a, b) in enumerate(pairwise(parts))
            if a + b in ranks
        ]
        if not known:
            return parts
        _, i = min(known)
        parts[i : i + 2] = [parts[i] + parts[i + 1]]


def test_trained_merges_cut_like_tiktokens_rule_which_keeps_tokens_only():
    draw = Random(1)
    seen = tried = 0
    for text in texts(300, "aab", 14):
        merges = train_bpe(text, draw.randint(2, 6))
        ranks = {token: i for i, token in enumerate(vocabulary(merges))}
        assert len(ranks) == 256 + len(merges)  # no two merges make the same
        for _ in range(10):
            word = "".join(draw.choices("ab", k=draw.randint(2, 8))).encode()
            cut = encode_word(word, ranks_of(merges))
            assert cut == by_tiktokens_rule(word, ranks)
            tried, seen = tried + 1, seen + (len(cut) < len(word))
    assert tried == 3000
    assert seen > 1000


def test_training_makes_the_same_bytes_by_one_merge_only():
    for size in range(1, 11):
        for letters in product("ab", repeat=size):
            tokens = vocabulary(train_bpe("".join(letters), 9))
            assert len(set(tokens)) == len(tokens)


BUILT = [(b"a", b"b"), (b"c", b"d"), (b"b", b"c"), (b"bc", b"d"), (b"a", b"bcd")]


def test_a_token_may_never_be_produced_and_tiktokens_rule_would():
    assert encode("abcd", BUILT) == [256, 257]
    assert b"abcd" in vocabulary(BUILT)
    ranks = {token: i for i, token in enumerate(vocabulary(BUILT))}
    assert by_tiktokens_rule(b"abcd", ranks) == [b"abcd"]  # as tiktoken 0.14.0: [260]


def test_these_ids_are_those_of_tiktoken():
    text = (
        "Byte pair encoding counts neighbours. A pair that is frequent becomes one "
        "token, and a token that is frequent may become part of a longer token. "
        "你好，世界! It's 2026."
    )
    new = "A token becomes frequent: 世界 is 2 tokens, isn't it?  "
    # tiktoken 0.14.0: Encoding(pat_str=the pattern of this note, mergeable_ranks=these)
    assert encode(new, train_bpe(text, 40)) == [
        *(65, 264, 272, 115, 278, 58, 295, 184, 150, 231, 149, 140, 279),
        *(287, 264, 115, 44, 279, 110, 39, 116, 267, 116, 63, 32, 32),
    ]


def test_ten_merges_of_sixteen_words():
    want = "e s,es t,l o,lo w,_ low,_ n,_n e,_ne w,_new est,_ w"
    merges = [tuple(part.split(" ")) for part in want.split(",")]
    merges = [tuple(s.replace("_", " ").encode() for s in pair) for pair in merges]
    assert train_bpe(TEXT, 10) == merges
    assert train_bpe(TEXT, 3) == merges[:3]
    assert train_bpe(TEXT, 0) == []
    assert len(train_bpe(TEXT, 200)) == 15
    tokens = vocabulary(merges)
    assert b"es" not in [tokens[i] for i in encode(TEXT, merges)]


def test_training_text_that_is_repeated_gives_the_same_merges():
    text = " " + TEXT
    assert train_bpe(text * 7, 12) == train_bpe(text, 12)


def test_no_merge_crosses_the_border_of_a_word():
    tokens = vocabulary(train_bpe(TEXT, 200))
    assert not [token for token in tokens[256:] if b" " in token[1:]]


def test_pairs_are_counted_where_they_overlap():
    text = "aaa aaa xy xy xy"
    assert train_bpe(text, 1) == [(b"a", b"a")]
    # Without overlap (a, a) occurs twice, and pairs with x three times.
    counts = [len(re.findall(pair, text)) for pair in ("aa", "xy", " x")]
    assert counts == [2, 3, 3]
    assert train_bpe("aaa", 5) == [(b"a", b"a"), (b"aa", b"a")]
    four = train_bpe("aaaa", 5)
    assert four == [(b"a", b"a"), (b"aa", b"aa")]
    assert encode_word(b"aaaaa", ranks_of(four)) == [b"aaaa", b"a"]


@pytest.mark.parametrize(
    ("symbols", "pair", "want"),
    [
        ("", "ab", ()),
        ("a", "aa", ("a",)),
        ("ab", "ab", ("ab",)),
        ("aaa", "aa", ("aa", "a")),
        ("aaaa", "aa", ("aa", "aa")),
        ("abcab", "ab", ("ab", "c", "ab")),
        ("bab", "ab", ("b", "ab")),
        (("ba", "b"), "ab", ("ba", "b")),
        (["x", "a"], ("a", "b"), ("x", "a")),
    ],
)
def test_a_pair_is_merged_from_the_left(symbols, pair, want):
    assert merge_word(tuple(symbols), tuple(pair)) == want


@given(st.lists(st.sampled_from(["a", "b", "ab"])), st.sampled_from(["a", "b", "ab"]))
def test_merging_is_a_substitution_in_a_string_of_codes(symbols, first):
    code = {"a": "1", "b": "2", "ab": "3"}
    for second in code:
        merged = re.sub(
            code[first] + code[second], "0", "".join(code[s] for s in symbols)
        )
        name = {"0": first + second, "1": "a", "2": "b", "3": "ab"}
        assert merge_word(symbols, (first, second)) == tuple(name[c] for c in merged)


def test_the_lowest_rank_is_merged_first_wherever_it_stands():
    assert encode_word(b"abc", {(b"b", b"c"): 0, (b"a", b"b"): 1}) == [b"a", b"bc"]
    assert encode_word(b"abc", {(b"b", b"c"): 1, (b"a", b"b"): 0}) == [b"ab", b"c"]
    merges = [(b"a", b"b"), (b"b", b"c"), (b"bc", b"d")]
    assert encode("abcd", merges) == [256, 99, 100]
    # A merge may make a pair of a lower rank, in lists written by hand.
    assert encode_word(b"abc", {(b"ab", b"c"): 0, (b"a", b"b"): 1}) == [b"abc"]
    assert encode_word(b"", {}) == []


def test_of_equal_tokens_and_equal_pairs_the_first_counts():
    twice = [(b"a", b"b"), (b"ab", b"c"), (b"b", b"c"), (b"a", b"bc")]
    assert vocabulary(twice)[256:] == [b"ab", b"abc", b"bc", b"abc"]
    assert encode("abc", twice) == [257]
    late = [(b"x", b"a"), (b"b", b"c"), (b"a", b"bc"), (b"a", b"b"), (b"ab", b"c")]
    assert encode("abc", late) == [258]
    again = [(b"a", b"b"), (b"b", b"c"), (b"a", b"b")]
    assert encode("abc", again) == [256, 99]
    assert decode([257, 258], twice) == "abcbc"


def test_bytes_are_tokens():
    for text, ids in {
        "é": [195, 169],
        "中": [228, 184, 173],
        "😀": [240, 159, 152, 128],
    }.items():
        assert encode(text, []) == ids
        assert decode(ids, []) == text
    assert vocabulary([]) == [bytes([i]) for i in range(256)]
    assert len(encode("你好，世界", [])) == 15
    assert encode("", BUILT) == []
    assert decode([], BUILT) == ""
    assert encode("<|endoftext|>", []) == list(b"<|endoftext|>")


def test_part_of_a_character_is_not_readable():
    assert [decode([i], []) for i in (228, 184, 173)] == ["\ufffd"] * 3
    assert decode([228, 184], [], "ignore") == ""
    with pytest.raises(UnicodeDecodeError):
        decode([228, 184], [], "strict")


def test_the_words_of_a_sentence():
    found = pretokenize("Hello world, it's 2026!  ok\n")
    want = ["Hello", " world", ",", " it", "'", "s", " 2026", "!", " ", " ok", "\n"]
    assert found == want
    assert pretokenize("你好，世界") == ["你好", "，", "世界"]
    assert pretokenize("a_b  \t12.5") == ["a", "_", "b", "  ", "\t", "12", ".", "5"]
    assert pretokenize("½ e\u0301") == ["½", " e", "\u0301"]
    assert pretokenize("") == []


def test_a_word_of_hindi_falls_apart_at_its_marks():
    word = "\u0939\u093f\u0928\u094d\u0926\u0940"
    assert pretokenize(word) == list(word)
    kinds = [category(character)[0] for character in word]
    assert kinds == list("LMLMLM")  # GPT-2's pattern has letters as \p{L}


def test_what_the_pattern_does_not_cut_is_one_word():
    for text in ("中文" * 400, "-" * 800, "a" * 800):
        assert pretokenize(text) == [text]
    assert pretokenize("abc123!") == ["abc", "123", "!"]


def test_a_space_at_the_end_is_a_token_that_training_never_saw_alone():
    merges = train_bpe(TEXT, 10)
    assert encode("low ", merges) == [259, 32]
    assert encode("low", merges) == [259]
    assert encode(" low", merges) == [260]
    assert encode("Low", merges) == [76, 111, 119]
    assert 32 not in encode(TEXT, merges)


def test_gpt_2_writes_bytes_as_characters_that_can_be_printed():
    # src/encoder.py: what can be printed stays, the rest follows from 256 on, in order.
    stay = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = [byte for byte in range(256) if byte not in stay]
    table = {b: chr(b) for b in stay} | {b: chr(256 + i) for i, b in enumerate(moved)}
    written = {t: "".join(table[b] for b in t.encode()) for t in (" ", "\n", "中")}
    assert written == {" ": "Ġ", "\n": "Ċ", "中": "ä¸Ń"}


def test_words_that_are_joined_are_the_text_with_each_character_of_unicode():
    characters = [chr(code) for code in range(sys.maxunicode + 1)]
    mixed = characters[: 1 << 16 : 7] * 2
    Random(4).shuffle(mixed)
    for text in ("".join(characters), " ".join(mixed), "".join(mixed)):
        words = pretokenize(text)
        assert "".join(words) == text
        assert len(words) > 1000


def all_cuts(text):
    for borders in product([0, 1], repeat=max(len(text) - 1, 0)):
        cut, start = [], 0
        for place, border in enumerate(borders, 1):
            if border:
                cut.append(text[start:place])
                start = place
        yield [*cut, text[start:]]


def test_the_unigram_cut_is_the_best_of_all_cuts():
    draw = Random(2)
    solved = 0
    for _ in range(200):
        pieces = {"".join(draw.choices("abc", k=draw.randint(1, 4))) for _ in range(9)}
        logs = {piece: log(draw.uniform(0.01, 1)) for piece in sorted(pieces)}
        text = "".join(draw.choices("abc", k=draw.randint(1, 8)))
        sums = [
            sum(logs[t] for t in cut) for cut in all_cuts(text) if set(cut) <= set(logs)
        ]
        if sums:
            found, value = unigram_segment(text, logs)
            assert "".join(found) == text
            assert value == pytest.approx(max(sums), rel=0, abs=1e-12)
            assert sum(logs[t] for t in found) == pytest.approx(value, rel=0, abs=1e-12)
            solved += 1
        else:
            with pytest.raises(ValueError, match="sequence of known pieces"):
                unigram_segment(text, logs)
    assert 50 < solved < 200


def test_hugs():
    logs = {piece: log(p) for piece, p in HUGS.items()}
    pieces, value = unigram_segment("hugs", logs)
    assert pieces == ["h", "ugs"]
    assert exp(value) == pytest.approx(0.01)
    values = {
        " ".join(cut): exp(sum(logs[t] for t in cut))
        for cut in all_cuts("hugs")
        if set(cut) <= set(logs)
    }
    assert len(values) == 7
    for cut, want in {"hug s": 0.0075, "hu gs": 0.005, "h ug s": 0.00075}.items():
        assert values[cut] == pytest.approx(want)
    assert unigram_segment("", logs) == ([], 0.0)
    assert unigram_segment("", {}) == ([], 0.0)


def test_of_equal_sums_the_longest_last_piece_is_taken():
    logs = dict.fromkeys(["a", "aa"], 0.0)
    assert unigram_segment("aaa", logs)[0] == ["a", "aa"]
    assert unigram_segment("aaaa", logs)[0] == ["aa", "aa"]


def test_a_long_text_is_cut_in_time_that_grows_as_its_length():
    # Each end has as many beginnings as the longest piece; all would be 8 * 10^8.
    pieces, value = unigram_segment("ab" * 20_000, {"a": -1, "b": -1, "ab": -1.5})
    assert pieces == ["ab"] * 20_000
    assert value == -30_000.0


def test_bytes_per_token_grow_with_the_merges_and_hold_on_new_text():
    seen, new = speech()
    merges = train_bpe(seen, 500)
    assert len(merges) == 401
    before, gains = (0.0, 0.0), []
    for size in (0, 10, 20, 50, 100, 200, len(merges)):
        ratios = []
        for text in (seen, new):
            ids = encode(text, merges[:size])
            assert decode(ids, merges[:size]) == text
            ratios.append(len(text) / len(ids))
        assert all(now > then for now, then in zip(ratios, before))
        assert ratios[1] == pytest.approx(ratios[0], rel=0.05)
        gains.append((size, ratios[0]))
        before = tuple(ratios)
    assert len(encode(seen, merges)) == 3000  # each word is one token
    slopes = [(y - x) / (b - a) for (a, x), (b, y) in pairwise(gains)]
    assert slopes == sorted(slopes, reverse=True)  # the first merges gain most


def test_the_figure_shows_the_language_of_the_page():
    draw = Random(0)
    syllables = [c + v for c in "bdgklmnrst" for v in "aeo"]
    words = []
    while len(words) < 200:
        word = "".join(draw.choices(syllables, k=draw.randint(1, 4)))
        words += [word] * (word not in words)
    assert len(set(words)) == 200
    texts = [
        " ".join(draw.choices(words, [1 / k for k in range(1, 201)], k=3000))
        for _ in range(2)
    ]
    assert list(speech()) == texts
    assert len(encode(texts[0], [])) == len(texts[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pretokenize(b"a"), "text must be a str, got b'a'"),
        (lambda: train_bpe(None, 1), "text must be a str, got None"),
        (lambda: encode(3, []), "text must be a str, got 3"),
        (lambda: unigram_segment(["a"], {}), "text must be a str"),
        (lambda: train_bpe("a", -1), "merges must be an integer >= 0, got -1"),
        (lambda: train_bpe("a", True), "merges must be an integer >= 0, got True"),
        (lambda: train_bpe("a", 1.0), "merges must be an integer >= 0, got 1.0"),
        (lambda: decode([256], []), "id must be at most 255, got 256"),
        (lambda: decode([0, 258], BUILT[:2]), "id must be at most 257, got 258"),
        (lambda: decode([-1], []), "id must be an integer >= 0, got -1"),
        (lambda: decode([False], []), "id must be an integer >= 0, got False"),
        (lambda: decode(["a"], []), "id must be an integer >= 0, got 'a'"),
        (lambda: encode_word(b"", {(b"a", b"a"): 0.5}), "rank must be an integer >= 0"),
        (lambda: encode_word("a", {}), "word must be bytes, got 'a'"),
        (lambda: encode_word(b"a", [(b"a", b"b")]), "ranks must be a dict from pair"),
        (lambda: encode_word(b"a", {b"ab": 0}), "merge must be two bytes objects"),
        (lambda: encode_word(b"a", {("a", "b"): 0}), "merge must be two bytes objects"),
        (lambda: merge_word(b"aaa", (b"a", b"a")), "symbols must be bytes as the pair"),
        (lambda: merge_word([b"a"], ("a", "a")), "symbols must be str as the pair"),
        (lambda: merge_word([1, 2], (1, 2)), "pair must be two bytes or two str, got"),
        (lambda: merge_word([], ("a", b"a")), "pair must be two bytes or two str, got"),
        (lambda: merge_word(("a",), ("a",)), "pair must have two symbols"),
        (lambda: merge_word(("a",), "ab"), "pair must have two symbols, got 'ab'"),
        (lambda: vocabulary([("a", "b")]), "a merge must be two bytes objects"),
        (lambda: vocabulary([(b"a", b"")]), "a merge must be two bytes objects"),
        (lambda: encode("", [(b"a",)]), "a merge must be two bytes objects"),
        (lambda: decode([], [b"ab"]), "a merge must be two bytes objects"),
        (lambda: unigram_segment("a", {"a": 0.5}), "finite number <= 0, got 0.5"),
        (lambda: unigram_segment("a", {"a": -(10**400)}), "finite number <= 0, got -1"),
        (lambda: unigram_segment("a", {"a": nan}), "finite number <= 0, got nan"),
        (lambda: unigram_segment("a", {"a": -inf}), "finite number <= 0, got -inf"),
        (lambda: unigram_segment("a", {"a": False}), "finite number <= 0, got False"),
        (lambda: unigram_segment("a", {"a": "0"}), "finite number <= 0, got '0'"),
        (lambda: unigram_segment("a", {"": -1.0}), "str that is not empty, got ''"),
        (lambda: unigram_segment("a", {b"a": -1.0}), "not empty, got b'a'"),
        (lambda: unigram_segment("a", [("a", -1)]), "log_probs must be a dict"),
        (lambda: unigram_segment("ab", {"a": -1.0}), "known pieces, got 'ab'"),
        (lambda: unigram_segment("a", {}), "known pieces, got 'a'"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_a_lone_surrogate_has_no_bytes():
    for call in (lambda: encode("\ud800", []), lambda: train_bpe("a\ud800", 1)):
        with pytest.raises(UnicodeEncodeError):
            call()


def test_numpys_integers_and_floats_count():
    assert train_bpe(TEXT, np.int64(2)) == train_bpe(TEXT, 2)
    assert decode(np.array([97, 98]), []) == "ab"
    pieces, value = unigram_segment("ab", {"a": np.float16(-0.5), "b": -1})
    assert (pieces, value) == (["a", "b"], -1.5)
    assert type(value) is float
