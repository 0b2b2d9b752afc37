"""A recurrent network reads a sequence step by step with one set of weights, into a
state of fixed size; gates decide what of that state stays.

Axes: b batch, t step, x input feature, d state feature. Batches come first:
PyTorch's layers want the step first unless ``batch_first=True``. Weights have
PyTorch's shapes and its order of blocks.

References:
    Elman, "Finding Structure in Time", 1990, doi:10.1207/s15516709cog1402_1.
    Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997,
    doi:10.1162/neco.1997.9.8.1735 (without forget gate).
    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014,
    arXiv:1406.1078 (the GRU).
    Pascanu, Mikolov, Bengio, "On the difficulty of training Recurrent Neural Networks",
    2013, arXiv:1211.5063.
    Tallec, Ollivier, "Can recurrent neural networks warp time?", 2018,
    arXiv:1804.11188.
"""

from .bptt import rnn_backward
from .clipping import clip_by_global_norm
from .forward import rnn
from .gated import gru, lstm, memory_half_life
from .remember import remember

__all__ = [
    "clip_by_global_norm",
    "gru",
    "lstm",
    "memory_half_life",
    "remember",
    "rnn",
    "rnn_backward",
]
