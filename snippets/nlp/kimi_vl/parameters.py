"""How many parameters Kimi-VL has, and how many of them a token uses, from its shapes.

The fields have the values of the published configurations of Moonlight and MoonViT.
Nothing is loaded: every count is a sum of products.

References:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
    Liu et al., "Muon is Scalable for LLM Training", 2025, arXiv:2502.16982 (Moonlight).
    DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024, arXiv:2412.19437 (MLA).
"""

import math
from dataclasses import dataclass, fields

from ._checks import integer


def _at_least(cfg: object, **lowest: int) -> None:
    """Refuse a field that is no integer or below its lowest value, 1 unless given."""
    for field in fields(cfg):  # type: ignore[arg-type]
        name = field.name
        value = integer(name, getattr(cfg, name), lowest.get(name, 1))
        object.__setattr__(cfg, name, value)


@dataclass(frozen=True)
class MoonlightConfig:
    """Shapes of the language model.

    Raises:
        ValueError: if a number is too small, or k or dense_layers too large.
    """

    vocab: int = 163_840
    width: int = 2048
    layers: int = 27
    dense_layers: int = 1  # the first ones, without routing
    dense_width: int = 11_264
    experts: int = 64
    shared: int = 2
    k: int = 6  # routed experts for each token
    expert_width: int = 1408
    heads: int = 16
    nope_dim: int = 128  # of a query or key, without rotary embedding
    rope_dim: int = 64  # of a query or key, with it; all heads share this part of a key
    value_dim: int = 128
    kv_rank: int = 512  # what is kept of keys and values

    def __post_init__(self) -> None:
        _at_least(self, dense_layers=0, shared=0)
        if self.k > self.experts or self.dense_layers > self.layers:
            got = f"{self.k} of {self.experts}, {self.dense_layers} of {self.layers}"
            raise ValueError(f"k <= experts and dense_layers <= layers, got {got}")


@dataclass(frozen=True)
class MoonViTConfig:
    """Shapes of the vision encoder.

    Raises:
        ValueError: if a number is below 1.
    """

    width: int = 1152
    layers: int = 27
    hidden: int = 4304
    patch: int = 14
    channels: int = 3
    table: int = 64  # rows, and columns, of the table of positions

    def __post_init__(self) -> None:
        _at_least(self)


# --8<-- [start:count]
def moonlight_param_count(cfg: MoonlightConfig | None = None) -> dict[str, int]:
    """Parameters of the language model, by part, in total, and active for a token.

    Args:
        cfg: shapes; None means Moonlight's.

    Returns:
        The parts ``embedding``, ``output`` (the matrix to the vocabulary),
        ``attention``, ``dense``, ``routed``, ``shared``, ``router``, ``norms``; their
        sum ``total``; ``body``, the total without ``embedding`` and ``output``;
        ``active``, what of the body a token uses; ``active_output`` and
        ``active_both``, this with the output matrix, and with the embedding too.
    """
    c = cfg or MoonlightConfig()
    routed_layers = c.layers - c.dense_layers
    expert = 3 * c.width * c.expert_width  # gate, up, down
    attention = (
        c.width * c.heads * (c.nope_dim + c.rope_dim)  # queries
        + c.width * (c.kv_rank + c.rope_dim)  # what is cached
        + c.kv_rank * c.heads * (c.nope_dim + c.value_dim)  # keys and values from it
        + c.heads * c.value_dim * c.width  # output
    )
    parts = {
        "embedding": c.vocab * c.width,
        "output": c.vocab * c.width,
        "attention": c.layers * attention,
        "dense": c.dense_layers * 3 * c.width * c.dense_width,
        "routed": routed_layers * c.experts * expert,
        "shared": routed_layers * c.shared * expert,
        "router": routed_layers * c.experts * (c.width + 1),  # 1: the balancing bias
        "norms": c.layers * (2 * c.width + c.kv_rank) + c.width,
    }
    total = sum(parts.values())
    body = total - parts["embedding"] - parts["output"]
    active = body - routed_layers * (c.experts - c.k) * expert
    return parts | {
        "total": total,
        "body": body,
        "active": active,
        "active_output": active + parts["output"],
        "active_both": active + parts["output"] + parts["embedding"],
    }
    # --8<-- [end:count]


def moonvit_param_count(cfg: MoonViTConfig | None = None) -> int:
    """Parameters of the vision encoder, biases included.

    Args:
        cfg: shapes; None means MoonViT's.
    """
    c = cfg or MoonViTConfig()
    attention = 4 * c.width * c.width + 4 * c.width
    mlp = 2 * c.width * c.hidden + c.hidden + c.width
    block = attention + mlp + 4 * c.width  # two layer normalizations
    patches = c.channels * c.patch**2 * c.width + c.width
    return patches + c.table**2 * c.width + c.layers * block + 2 * c.width


def projector_param_count(
    vision_width: int = 1152, text_width: int = 2048, k: int = 2
) -> int:
    """Parameters of ``MLPProjector`` of the same arguments.

    Raises:
        ValueError: if a number is no integer >= 1.
    """
    vision_width = integer("vision_width", vision_width, 1)
    text_width, k = integer("text_width", text_width, 1), integer("k", k, 1)
    merged = k * k * vision_width
    norm = 2 * vision_width
    return norm + merged * merged + merged + merged * text_width + text_width


# --8<-- [start:fitted]
def fitted_size(
    height: int, width: int, p: int = 14, k: int = 2, limit: int = 4096
) -> tuple[int, int]:
    """The size that an image gets before it is cut, by the published processor's rule.

    More than ``limit`` patches are shrunk to about that many, the aspect kept up to
    rounding; then each side is padded to the next multiple of p * k.

    Args:
        height, width: in pixels, >= 1.
        p: side of a patch in pixels.
        k: side of the square of patches that becomes one token.
        limit: of patches; 4,096 in the release of April 2025.

    Raises:
        ValueError: if a number is no integer >= 1, or a side has 512 patches or more.
    """
    p, k, limit = (integer(*x, 1) for x in (("p", p), ("k", k), ("limit", limit)))
    height, width = integer("height", height, 1), integer("width", width, 1)
    patches = (height // p) * (width // p)
    if patches > limit:
        scale = math.sqrt(limit / patches)
        height, width = max(1, int(height * scale)), max(1, int(width * scale))
    side = p * k
    height, width = -(-height // side) * side, -(-width // side) * side
    if max(height, width) >= 512 * p:
        got = f"{height // p} x {width // p}"
        raise ValueError(f"a side must have fewer than 512 patches, got {got}")
    return height, width
    # --8<-- [end:fitted]


# --8<-- [start:tokens]
def llm_tokens(height: int, width: int, p: int = 14, k: int = 2) -> int:
    """Tokens that an image costs the language model.

    Args:
        height, width: in pixels, positive multiples of p * k.
        p: side of a patch in pixels.
        k: side of the square of patches that becomes one token.

    Raises:
        ValueError: if a number is no integer >= 1, or a size no multiple of p * k.
    """
    side = integer("p", p, 1) * integer("k", k, 1)
    height, width = integer("height", height, 1), integer("width", width, 1)
    if height % side or width % side:
        got = f"{height} x {width}, p = {p}, k = {k}"
        raise ValueError(f"sizes must be positive multiples of p * k, got {got}")
    return (height // side) * (width // side)
    # --8<-- [end:tokens]


# --8<-- [start:cache]
def cache_numbers(cfg: MoonlightConfig | None = None) -> tuple[int, int]:
    """Numbers that one layer caches for one token: compressed, and expanded.

    Args:
        cfg: shapes; None means Moonlight's.

    Returns:
        Compressed vector and shared rotary key; keys and values of all heads.
    """
    c = cfg or MoonlightConfig()
    expanded = c.heads * (c.nope_dim + c.rope_dim + c.value_dim)
    return c.kv_rank + c.rope_dim, expanded
    # --8<-- [end:cache]
