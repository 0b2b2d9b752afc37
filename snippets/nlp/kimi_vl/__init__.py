"""Kimi-VL in miniature: images become patches, patches become tokens, tokens go to a
language model whose feed-forward networks are experts.

One block of each kind, the shapes small, the wiring the real one's, but for two things:
attention of the decoder is plain multi-head, where Moonlight compresses keys and values
(MLA, in ``mla.py``), and the decoder has no dense first layer.

Axes: t token, h head, d feature, e expert. Sequences are packed: no batch axis.

References:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

from .balance import load_balance_loss, update_bias
from .experts import Experts, MoEResult, Route, moe_forward, topk_route
from .mla import MLAParams, mla_attention
from .model import (
    IGNORE,
    IMAGE,
    MiniKimiVL,
    MoEBlock,
    MoonViTBlock,
    Output,
    next_token_labels,
)
from .packing import Packed, block_mask, pack, patchify, varlen_attention
from .parameters import (
    MoonlightConfig,
    MoonViTConfig,
    cache_numbers,
    fitted_size,
    llm_tokens,
    moonlight_param_count,
    moonvit_param_count,
    projector_param_count,
)
from .positions import grid_positions, resize_table, rope_2d, rotate
from .projector import MLPProjector, space_to_depth

__all__ = [
    "IGNORE",
    "IMAGE",
    "Experts",
    "MLAParams",
    "MLPProjector",
    "MiniKimiVL",
    "MoEBlock",
    "MoEResult",
    "MoonViTBlock",
    "MoonViTConfig",
    "MoonlightConfig",
    "Output",
    "Packed",
    "Route",
    "block_mask",
    "cache_numbers",
    "fitted_size",
    "grid_positions",
    "llm_tokens",
    "load_balance_loss",
    "mla_attention",
    "moe_forward",
    "moonlight_param_count",
    "moonvit_param_count",
    "next_token_labels",
    "pack",
    "patchify",
    "projector_param_count",
    "resize_table",
    "rope_2d",
    "rotate",
    "space_to_depth",
    "topk_route",
    "update_bias",
    "varlen_attention",
]
