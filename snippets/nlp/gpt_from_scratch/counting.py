"""How many numbers a model learns, and what a token of training costs.

Reference:
    Kaplan et al., "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361.
"""

from .model import GPTConfig


# --8<-- [start:parameters]
def parameter_count(config: GPTConfig, embeddings: bool = True) -> int:
    """Number of parameters; a tied head counts once.

    Args:
        config: the sizes.
        embeddings: False leaves out the token, position and head matrices.
    """
    layers, d = config.layers, config.width
    blocks = layers * (12 * d * d + 13 * d) + 2 * d
    if not embeddings:
        return blocks
    tables = config.vocab * (1 if config.tied else 2) + config.context
    return blocks + tables * d
    # --8<-- [end:parameters]


# --8<-- [start:flops]
def training_flops_per_token(config: GPTConfig) -> int:
    """Operations of one token, forward and backward, in windows of full length.

    Only matrix products count: 2 for each product and sum forward, 4 more backward.
    The scores are counted as all T x T of them, as the code computes them.
    """
    layers, d = config.layers, config.width
    matrices = 12 * layers * d * d + config.vocab * d
    return 6 * matrices + 12 * layers * config.context * d
    # --8<-- [end:flops]
