"""Attention lets every token read every other in one step; a Transformer layer is
attention, then the same small network for each token, each added to its input.

Axes: b batch, h head, t token (query side), s token (key side), d feature, v value
feature, f hidden feature of the feed-forward network. A stream of tokens is (b, t, d),
heads are (b, h, t, d / n_heads). In a boolean mask True means: may be read.

References:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
    Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020,
    arXiv:2002.04745 (``norm_first``).
"""

from .attention import causal_mask, multi_head_attention, sdpa
from .experiments import SoftmaxStatistics, recall_accuracy, softmax_statistics
from .layer import EncoderParams, encoder_layer, layer_parameters
from .model import Reversal, TinyLanguageModel, learn_reversal
from .positions import sinusoidal_pe
from .recurrent import gru_cell, lstm_cell, rnn_forward, rnn_gradient_norms

__all__ = [
    "EncoderParams",
    "Reversal",
    "SoftmaxStatistics",
    "TinyLanguageModel",
    "causal_mask",
    "encoder_layer",
    "gru_cell",
    "layer_parameters",
    "learn_reversal",
    "lstm_cell",
    "multi_head_attention",
    "recall_accuracy",
    "rnn_forward",
    "rnn_gradient_norms",
    "sdpa",
    "sinusoidal_pe",
    "softmax_statistics",
]
