"""Text from a language model: which token to take next, by chance or by search.

A temperature sharpens or flattens the distribution of the next token, its tail is cut
by rank (top-k), by mass (top-p) or relative to its peak (min-p), and a token is drawn.
Or the most probable text is looked for: token by token (greedy), or several at once
(beam search). A model is a function from a tuple of tokens to log probabilities.

References:
    Fan, Lewis, Dauphin, "Hierarchical Neural Story Generation", ACL 2018,
    arXiv:1805.04833 (top-k).
    Holtzman, Buys, Du, Forbes, Choi, "The Curious Case of Neural Text Degeneration",
    ICLR 2020, arXiv:1904.09751 (top-p).
    Nguyen et al., "Turning Up the Heat", ICLR 2025, arXiv:2407.01082 (min-p).
    Wu et al., "Google's Neural Machine Translation System", 2016, arXiv:1609.08144
    (length normalization in beam search).
"""

from .cuts import min_p, softmax, top_k, top_p
from .drawing import sample
from .searching import beam_search, greedy

__all__ = ["beam_search", "greedy", "min_p", "sample", "softmax", "top_k", "top_p"]
