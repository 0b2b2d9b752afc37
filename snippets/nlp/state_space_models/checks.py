"""What the torch code and the kernel refuse alike."""

from torch import Tensor


def _check_selective(
    x: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> None:
    """Refuse what ``selective_ssm`` cannot mean.

    Raises:
        ValueError: see ``selective_ssm``.
    """
    tensors = (x, delta, A, Bt, Ct, D)
    ok = x.ndim == 3 and A.ndim == 2 and x.shape == delta.shape
    tokens, n = x.shape[:-1], A.shape[-1:]
    ok = ok and A.shape[:1] == D.shape == x.shape[-1:]
    ok = ok and Bt.shape == Ct.shape == (*tokens, *n)
    if not ok or 0 in (*x.shape, *A.shape):
        got = ", ".join(str(tuple(z.shape)) for z in tensors)
        want = "x and delta (b, t, d), A (d, n), Bt and Ct (b, t, n), D (d,)"
        raise ValueError(f"need {want}, no axis empty; got {got}")
    if not bool((delta >= 0).all()):
        raise ValueError(f"delta must be >= 0, got {delta.min().item()}")
    if not bool((A < 0).all()):
        raise ValueError(f"A must be < 0, got {A.max().item()}")
