"""Text cut into tokens: byte pair encoding over bytes, and the unigram model.

Byte pair encoding starts from the 256 bytes and merges, again and again, the pair of
neighbours that is most frequent in a training text; new text is cut by the same merges,
the earliest first. The unigram model gives each piece a probability and takes the most
probable cut. A merge is a pair of bytes objects, the token of merge r has the id
256 + r, and a merge never crosses the border of two words.

References:
    Gage, "A New Algorithm for Data Compression", C Users Journal, February 1994.
    Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword
    Units", ACL 2016, arXiv:1508.07909.
    Kudo, "Subword Regularization: Improving Neural Network Translation Models with
    Multiple Subword Candidates", ACL 2018, arXiv:1804.10959 (the unigram model).
"""

from .coding import decode, encode, encode_word, vocabulary
from .training import merge_word, train_bpe
from .unigram import unigram_segment
from .words import pretokenize

__all__ = [
    "decode",
    "encode",
    "encode_word",
    "merge_word",
    "pretokenize",
    "train_bpe",
    "unigram_segment",
    "vocabulary",
]
