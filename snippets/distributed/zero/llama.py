"""How many parameters a Llama-like model has, from its sizes.

Reference:
    Touvron et al., "Llama 2", 2023, arXiv:2307.09288 (the defaults of LlamaShape).
"""

from dataclasses import dataclass

from .memory import _count


# --8<-- [start:llama]
@dataclass(frozen=True)
class LlamaShape:
    """Sizes of a Llama-like model; the defaults are those of LLaMA-2-7B."""

    vocabulary: int = 32_000
    hidden: int = 4096  # h
    inner: int = 11_008  # width inside the gated feed-forward network
    layers: int = 32
    heads: int = 32  # a
    kv_heads: int = 32  # fewer than ``heads``: keys and values are shared by groups
    tied: bool = False  # whether input and output embeddings are one matrix


def llama_param_count(cfg: LlamaShape) -> int:
    """Parameters of a model of that shape, which has no biases.

    Raises:
        ValueError: for a size that is not an integer >= 1, heads that do not divide
            the hidden size, or key heads that do not divide the heads.
    """
    for name in ("vocabulary", "hidden", "inner", "layers", "heads", "kv_heads"):
        _count(name, getattr(cfg, name), 1)
    if cfg.hidden % cfg.heads or cfg.heads % cfg.kv_heads:
        raise ValueError(
            "heads must divide hidden and kv_heads must divide heads, got "
            f"hidden={cfg.hidden}, heads={cfg.heads}, kv_heads={cfg.kv_heads}"
        )
    h, keys = cfg.hidden, cfg.hidden // cfg.heads * cfg.kv_heads
    attention = 2 * h * h + 2 * h * keys  # query and output, key and value
    feed_forward = 3 * h * cfg.inner  # gate, up, down
    layer = attention + feed_forward + 2 * h  # and two norms
    embeddings = (1 if cfg.tied else 2) * cfg.vocabulary * h
    return embeddings + cfg.layers * layer + h  # and the last norm
    # --8<-- [end:llama]
