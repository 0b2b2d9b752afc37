"""Example calls of snippets.nlp.bpe_tokenization."""

from math import log

from snippets.nlp import bpe_tokenization as m
from tests.inputs import Example, Promises, example

MERGES = [(b"a", b"b"), (b"b", b"c"), (b"bc", b"d")]
LOGS = {"a": log(0.5), "ab": log(0.25), "b": log(0.125)}

EXAMPLES: list[Example] = [
    example(m.decode, [256, 99, 100], MERGES),
    example(m.decode, [228, 184], [], "ignore"),
    example(m.encode, "abcd 中", MERGES),
    example(m.encode_word, b"abcd", {(b"a", b"b"): 0, (b"b", b"c"): 1}),
    example(m.merge_word, ("b", "a", "b"), ("a", "b")),
    example(m.merge_word, (b"a", b"a", b"a"), (b"a", b"a")),
    example(m.pretokenize, "Hello world"),
    example(m.train_bpe, "low lower lowest", 3),
    example(m.unigram_segment, "abab", LOGS),
    example(m.vocabulary, MERGES),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
