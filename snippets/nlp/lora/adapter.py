"""The formula: a matrix and a thin product beside it, kept apart or added up."""

from torch import Tensor

from ._checks import _factors, _floats, _one_device, _positive, _shape, _wide


# --8<-- [start:forward]
def lora_forward(
    x: Tensor,
    weight: Tensor,
    a: Tensor,
    b: Tensor,
    alpha: float,
    bias: Tensor | None = None,
) -> Tensor:
    """The layer's output plus alpha / r times that of the two thin factors.

    Args:
        x: shape (..., i).
        weight: the frozen matrix, shape (o, i).
        a, b: the factors, shapes (r, i) and (o, r) with r from 1 to min(o, i).
        alpha: above 0; it is divided by r here.
        bias: shape (o,), or None.

    Returns:
        Shape (..., o), dtype of ``x``.

    Raises:
        ValueError: shapes or devices do not fit, something is no tensor of floats of
            16 bits or more, or alpha is no finite number above 0.
    """
    scale = _positive("alpha", alpha) / _factors(weight, a, b)
    return _forward(x, weight, a, b, scale, bias)


def _forward(
    x: Tensor, weight: Tensor, a: Tensor, b: Tensor, scale: float, bias: Tensor | None
) -> Tensor:
    _check(x, weight, bias)
    given = (x, weight, a, b)
    y, w, thin, tall = (t.to(_wide(*given)) for t in given)
    # Two thin products: b @ a is never formed.
    h = y @ w.mT + scale * (y @ thin.mT) @ tall.mT
    return (h if bias is None else h + bias).to(x.dtype)
    # --8<-- [end:forward]


def _plain(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """The same without factors, as after a merge."""
    _check(x, weight, bias)
    y, w = (t.to(_wide(x, weight)) for t in (x, weight))
    h = y @ w.mT
    return (h if bias is None else h + bias).to(x.dtype)


# --8<-- [start:merge]
def merge(weight: Tensor, a: Tensor, b: Tensor, alpha: float) -> Tensor:
    """One matrix that does the work of three: weight + alpha / r * b @ a.

    Args:
        weight: shape (o, i); it is left as it was.
        a, b, alpha: as in ``lora_forward``.

    Returns:
        Shape (o, i), dtype of ``weight``: in 16 bits the update is rounded with it.

    Raises:
        ValueError: as in ``lora_forward``.
    """
    scale = _positive("alpha", alpha) / _factors(weight, a, b)
    return _merged(weight, a, b, scale)


def _merged(weight: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    w, thin, tall = (t.to(_wide(weight, a, b)) for t in (weight, a, b))
    return (w + scale * tall @ thin).to(weight.dtype)
    # --8<-- [end:merge]


def _check(x: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    o, i = weight.shape
    _floats("x", x)
    if x.ndim == 0 or x.shape[-1] != i:
        raise ValueError(f"x must have shape (..., {i}), got {_shape(x)}")
    if bias is not None:
        _floats("bias", bias)
        if _shape(bias) != (o,):
            raise ValueError(f"bias must have shape ({o},), got {_shape(bias)}")
    _one_device(x=x, weight=weight, bias=bias)
