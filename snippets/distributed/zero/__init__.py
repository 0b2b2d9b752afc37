"""ZeRO: data parallelism in which no two ranks store the same state.

``optimizer`` has ZeRO-1's step, simulated in one process. ``memory`` is the memory
calculator, ``activations`` counts what a layer keeps for the backward pass, ``steps``
has stages 0 to 3 over real processes, ``launch`` is a script that runs them. N, or
``n``, is the number of ranks; shards are cut from one flat vector, padded with zeros.

References:
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", SC 2020, arXiv:1910.02054.
"""

from .activations import Block, Mode, activation_bytes, saved_bytes
from .llama import LlamaShape, llama_activation_bytes, llama_param_count
from .memory import comm_volume, max_params, model_state_bytes, offload_bytes
from .optimizer import (
    DEFAULTS,
    AdamWSettings,
    ShardState,
    adamw_,
    empty_state,
    zero1_step,
)
from .steps import Zero
from .units import Unit, Wire

__all__ = [
    "DEFAULTS",
    "AdamWSettings",
    "Block",
    "LlamaShape",
    "Mode",
    "ShardState",
    "Unit",
    "Wire",
    "Zero",
    "activation_bytes",
    "adamw_",
    "comm_volume",
    "empty_state",
    "llama_activation_bytes",
    "llama_param_count",
    "max_params",
    "model_state_bytes",
    "offload_bytes",
    "saved_bytes",
    "zero1_step",
]
