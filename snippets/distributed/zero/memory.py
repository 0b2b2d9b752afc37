"""The memory calculator: which bytes of a model's states each of N devices holds.

Bytes per parameter are a convention, and the caller's to change: by default 16-bit
parameters and gradients, and 12 bytes of optimizer states (a 32-bit copy of the
parameters and AdamW's two averages). GB is 10^9 bytes; divide by 2^30 for GiB.

References:
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", SC 2020, arXiv:1910.02054.
    Ren et al., "ZeRO-Offload: Democratizing Billion-Scale Model Training", USENIX ATC
    2021, arXiv:2101.06840.
"""

from fractions import Fraction

from ._checks import _count, _number, _stage

_FIRST_SHARDED = {"params": 3, "grads": 2, "optim": 1}  # the stage that begins it


# --8<-- [start:states]
def model_state_bytes(
    n_params: int,
    stage: int,
    n_devices: int,
    bytes_param: float = 2,
    bytes_grad: float = 2,
    bytes_optim: float = 12,
) -> dict[str, float]:
    """Bytes of model states on each device.

    Args:
        n_params: parameters of the model, >= 0.
        stage: 0 is plain data parallelism; ZeRO-1 shards the optimizer states, ZeRO-2
            the gradients too, ZeRO-3 the parameters too.
        n_devices: N, how many devices share them.
        bytes_param: bytes per parameter.
        bytes_grad: bytes per gradient element.
        bytes_optim: bytes of optimizer state per parameter, the 32-bit copy included.

    Returns:
        Bytes of "params", "grads", "optim" and their "total": averages, where
        ``n_devices`` does not divide ``n_params``. Activations are not in it.

    Raises:
        ValueError: for a count that is not an integer or is too small, a stage other
            than 0 to 3, or bytes that are negative or not finite.
    """
    n_params = _count("n_params", n_params, 0)
    held: dict[str, float] = {}
    sizes = {"params": bytes_param, "grads": bytes_grad, "optim": bytes_optim}
    for part, share in _shares(stage, n_devices).items():
        size = _number(f"bytes of {part}", sizes[part], 0)
        held[part] = n_params * size / share
    return held | {"total": sum(held.values())}


def _shares(stage: int, n_devices: int) -> dict[str, int]:
    """Over how many devices each part is spread: 1 or all of them."""
    stage = _stage(stage)
    n_devices = _count("n_devices", n_devices, 1)
    return {part: n_devices if stage >= s else 1 for part, s in _FIRST_SHARDED.items()}
    # --8<-- [end:states]


def max_params(
    mem_bytes: int,
    stage: int,
    n: int,
    bytes_param: int = 2,
    bytes_grad: int = 2,
    bytes_optim: int = 12,
) -> int:
    """Most parameters whose states alone fit into ``mem_bytes`` on each of n devices.

    Raises:
        ValueError: for a count, bytes included, that is not an integer or is too small,
            a stage other than 0 to 3, or no bytes per parameter at all.
    """
    mem_bytes = _count("mem_bytes", mem_bytes, 0)
    sizes = {"params": bytes_param, "grads": bytes_grad, "optim": bytes_optim}
    per_param = Fraction(0)  # exact: at the border, rounding would be one off
    for part, share in _shares(stage, n).items():
        per_param += Fraction(_count(f"bytes of {part}", sizes[part], 0), share)
    if not per_param:
        raise ValueError("a parameter must take some bytes, got 0 for each part")
    return int(mem_bytes / per_param)


# --8<-- [start:volume]
def comm_volume(
    n_params: int,
    stage: int,
    n_devices: int | None = None,
    micro_batches: int = 1,
) -> dict[str, float]:
    """Elements that each device sends per step, by collective.

    An all-reduce counts as the reduce-scatter and the all-gather that it is made of.
    Stages 0 and 1 hold the whole gradient and reduce it once; stage 2 has room for a
    shard only, so it reduces after each micro-batch; stage 3 also gathers each time.

    Args:
        n_params: parameters of the model, >= 0.
        stage: 0 to 3. ZeRO-3 gathers twice, for forward and for backward.
        n_devices: N. In each collective a device sends (N - 1) / N of the elements;
            None for the limit of many devices, as the paper counts.
        micro_batches: k, how many gradients add up to one step.

    Raises:
        ValueError: for a count that is not an integer or is too small, or a stage
            other than 0 to 3.
    """
    once: float = _count("n_params", n_params, 0)
    stage, k = _stage(stage), _count("micro_batches", micro_batches, 1)
    if n_devices is not None:
        n_devices = _count("n_devices", n_devices, 1)
        once = once * (n_devices - 1) / n_devices
    reduces, gathers = {0: (1, 1), 1: (1, 1), 2: (k, 1), 3: (k, 2 * k)}[stage]
    sent = {"reduce_scatter": reduces * once, "all_gather": gathers * once}
    return sent | {"total": (reduces + gathers) * once}
    # --8<-- [end:volume]


def offload_bytes(
    n_params: int,
    n_devices: int = 1,
    bytes_param: float = 2,
    bytes_grad: float = 2,
    bytes_optim: float = 12,
) -> dict[str, float]:
    """ZeRO-Offload: ZeRO-2 whose gradients and optimizer states live in host memory.

    Returns:
        Per device: bytes on the "device", its share of bytes on the "host", and the
        bytes that cross "to_host" (gradients) and "to_device" (parameters) per step.

    Raises:
        ValueError: as ``model_state_bytes``.
    """
    held = model_state_bytes(
        n_params, 2, n_devices, bytes_param, bytes_grad, bytes_optim
    )
    return {
        "device": held["params"],
        "host": held["grads"] + held["optim"],
        "to_host": held["grads"],
        "to_device": held["params"] / n_devices,  # the rest comes from the others
    }
