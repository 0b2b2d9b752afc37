"""Oracles: brute force on strings, each word as often as it stands in the text."""

import re
from collections import Counter
from itertools import pairwise

from tests.frames import captions, numbers, words

NAME = "nlp/bpe_tokenization"
COUNTS = {"␣low": 4, "␣lower": 2, "␣newest": 6, "␣widest": 3, "low": 1}
ORDER = ["low", "␣low", "␣lower", "␣newest", "␣widest"]


def before_each_merge():
    """The words, cut by spaces, and the pairs with their counts, ten times."""
    cut = {word: " ".join(word) for word in ORDER}
    while True:
        pairs = Counter()
        for word, line in cut.items():
            pairs.update(list(pairwise(line.split())) * COUNTS[word])
        # The sign for a space is behind the letters, the space itself before them.
        order = sorted(
            pairs, key=lambda p: (-pairs[p], [s.replace("␣", " ") for s in p])
        )
        yield cut, pairs, order
        a, b = order[0]
        cut = {
            word: re.sub(rf"(?<!\S){a} {b}(?!\S)", a + b, line)
            for word, line in cut.items()
        }


RUN = list(zip(before_each_merge(), range(11)))


def test_each_caption_gives_the_most_frequent_pair_its_count_and_its_ties():
    found = captions(NAME)
    assert len(found) == 11
    for ((cut, pairs, order), rank), caption in zip(RUN, found[:-1]):
        a, b = order[0]
        assert caption.startswith(f"Merge {rank}: {a} + {b} stands at ")
        [places] = re.findall(r"stands at (.*) places,", caption)
        parts = [COUNTS[word] for word in ORDER if f"{a} {b}" in cut[word]]
        assert numbers(places) == parts + [sum(parts)] * (len(parts) > 1)
        assert sum(parts) == pairs[a, b]
        ties = list(pairs.values()).count(pairs[a, b])
        assert (f"{ties} pairs are as frequent" in caption) == (ties > 1)
        assert ("No other pair is as frequent" in caption) == (ties == 1)
        assert f"So {a + b} becomes a token, with the id {256 + rank}." in caption


def test_each_frame_shows_the_words_as_they_are_cut_and_the_five_best_pairs():
    for (cut, pairs, order), rank in RUN[:10]:
        shown = words(NAME, rank)
        symbols = [
            text for word in ORDER for text in [str(COUNTS[word]), *cut[word].split()]
        ]
        table = [text for p in order[:5] for text in (" + ".join(p), str(pairs[p]))]
        assert sorted(shown) == sorted(symbols + table)


def test_the_last_frame_counts_what_is_whole_and_all_tokens():
    (cut, _, _), _ = RUN[10]
    whole = sum(COUNTS[word] for word in ORDER if " " not in cut[word])
    used = sum(COUNTS[word] * len(cut[word].split()) for word in ORDER)
    size = sum(COUNTS[word] * len(word) for word in ORDER)
    last = captions(NAME)[-1]
    assert numbers(last) == [10, whole, 16, size, used]
    assert (whole, size, used) == (11, 94, 29)
