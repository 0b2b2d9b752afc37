"""FLOPs of a Transformer for each token, and the share of the peak they amount to."""

from ._checks import _count, _flag, _number


# --8<-- [start:forward]
def forward_flops_per_token(
    n_matmul_params: float, n_layers: int, d_attn: int, seq: int, causal: bool = False
) -> float:
    """FLOPs of the matrix products of one forward pass, for each token.

    Args:
        n_matmul_params: weights that a token is multiplied by: all matrices with the
            output head, without the embedding table, biases and norms, > 0.
        n_layers: layers with attention, >= 1.
        d_attn: heads times the size of a head, >= 1.
        seq: tokens of the sequence, >= 1.
        causal: whether a token is compared with itself and earlier ones only; the
            result is then the mean over the positions.

    Raises:
        ValueError: if an argument is not what is wanted above.
    """
    weights = 2 * _number("n_matmul_params", n_matmul_params)
    layers, width = _count("n_layers", n_layers), _count("d_attn", d_attn)
    seq = _count("seq", seq)
    doubled_keys = seq + 1 if _flag("causal", causal) else 2 * seq
    return weights + 2 * layers * width * doubled_keys  # q @ k.T, and weights @ v
    # --8<-- [end:forward]


# --8<-- [start:training]
def training_flops_per_token(
    n_matmul_params: float,
    n_layers: int,
    d_attn: int,
    seq: int,
    causal: bool = False,
    recompute: bool = False,
) -> float:
    """FLOPs of the matrix products of forward and backward pass, for each token.

    Args:
        n_matmul_params: as in forward_flops_per_token.
        n_layers: as there.
        d_attn: as there.
        seq: as there.
        causal: as there.
        recompute: whether the whole forward pass is done once more in the backward
            pass; such FLOPs belong in HFU, and not in MFU.

    Raises:
        ValueError: if an argument is not what is wanted there, or recompute no bool.
    """
    forward = forward_flops_per_token(n_matmul_params, n_layers, d_attn, seq, causal)
    return (4 if _flag("recompute", recompute) else 3) * forward


def mfu(
    tokens_per_second: float, flops_per_token: float, n_devices: int, peak: float
) -> float:
    """Model FLOPs utilization: the share of the peak that the model's FLOPs use.

    Args:
        tokens_per_second: of all devices together, > 0.
        flops_per_token: of the model, > 0; with those of recomputation it is HFU.
        n_devices: devices that share the work, >= 1.
        peak: FLOP/s of one device, for dense matrices in the dtype used, > 0.

    Returns:
        A fraction; above 1 one of the arguments is wrong.

    Raises:
        ValueError: if an argument is not what is wanted above.
    """
    done = _number("tokens_per_second", tokens_per_second) * _number(
        "flops_per_token", flops_per_token
    )
    return done / (_count("n_devices", n_devices) * _number("peak", peak))
    # --8<-- [end:training]
