"""A GPT guesses each next token of a text from those before it, all in one pass.

Axes: b window, h head, t token, d feature. A window is as many tokens as the model
may read at once; ids are int64, counted from 0.

References:
    Radford et al., "Language Models are Unsupervised Multitask Learners", 2019 (GPT-2).
    Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017,
    arXiv:1608.05859 (one matrix for embedding and head).
    Karpathy, nanoGPT, https://github.com/karpathy/nanoGPT (the layout of the code).
"""

from .counting import parameter_count, training_flops_per_token
from .loss import language_model_loss
from .markov import MarkovChain
from .model import GPT, GPTConfig
from .sampling import generate
from .training import batch, train

__all__ = [
    "GPT",
    "GPTConfig",
    "MarkovChain",
    "batch",
    "generate",
    "language_model_loss",
    "parameter_count",
    "train",
    "training_flops_per_token",
]
