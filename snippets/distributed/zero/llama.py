"""A Llama-like model from its sizes: its parameters, and what its layers keep.

Reference:
    Touvron et al., "Llama 2", 2023, arXiv:2307.09288 (the defaults of LlamaShape).
"""

from dataclasses import dataclass

from ._checks import _count


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

    def __post_init__(self) -> None:
        """Refuse sizes of which there is no model.

        Raises:
            ValueError: for a size that is not an integer >= 1, heads that do not
                divide the hidden size, or key heads that do not divide the heads.
        """
        for name in ("vocabulary", "hidden", "inner", "layers", "heads", "kv_heads"):
            _count(name, getattr(self, name), 1)
        if self.hidden % self.heads or self.heads % self.kv_heads:
            raise ValueError(
                "heads must divide hidden and kv_heads must divide heads, got "
                f"hidden={self.hidden}, heads={self.heads}, kv_heads={self.kv_heads}"
            )

    @property
    def keys(self) -> int:
        """Width of keys, and of values."""
        return self.hidden // self.heads * self.kv_heads


def llama_param_count(cfg: LlamaShape) -> int:
    """Parameters of a model of that shape, which has no biases."""
    h = cfg.hidden
    attention = 2 * h * h + 2 * h * cfg.keys  # query and output, key and value
    feed_forward = 3 * h * cfg.inner  # gate, up, down
    layer = attention + feed_forward + 2 * h  # and two norms
    embeddings = (1 if cfg.tied else 2) * cfg.vocabulary * h
    return embeddings + cfg.layers * layer + h  # and the last norm
    # --8<-- [end:llama]


# --8<-- [start:kept]
def llama_activation_bytes(cfg: LlamaShape, s: int, b: int, fused: bool = True) -> int:
    """Bytes that all layers keep for the backward pass, in 16 bits without dropout.

    Norms and rotations keep what they read or write in 16 bits too; norms that compute
    in 32 bits keep more.

    Args:
        cfg: sizes of the model.
        s: tokens per sequence.
        b: sequences on this device.
        fused: whether the attention computes its s x s weights again (FlashAttention);
            if not, they are kept.

    Raises:
        ValueError: for s or b that is not an integer >= 1.
    """
    s, b = _count("s", s, 1), _count("b", b, 1)
    norms = 4 * cfg.hidden  # what both norms read and what they write
    attention = 2 * cfg.hidden + 2 * cfg.keys  # query and output, key and value
    feed_forward = 4 * cfg.inner  # gate, up, silu(gate), and the product
    weights = 0 if fused else cfg.heads * s
    return 2 * s * b * cfg.layers * (norms + attention + feed_forward + weights)
    # --8<-- [end:kept]
