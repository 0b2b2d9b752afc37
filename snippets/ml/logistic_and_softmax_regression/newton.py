"""Newton's method with halved steps, and the proof that there is nothing to find."""

from collections.abc import Callable

import numpy as np

Derivatives = tuple[float, np.ndarray, np.ndarray]
FLAT = 1e-8  # a curvature below this asks for the proof
ROUNDING = 1e-15  # between the least and the largest curvature: nothing is left of it
FAR = 18.0  # a margin above this: exp(-18) is about FLAT
MOVED = 0.5  # by more in a step: Newton adds 1 to a margin whose loss is exp(-margin)


# --8<-- [start:step]
def least_squares_step(H: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The step -x with H x = gradient, the shortest where H is singular.

    Args:
        H: symmetric, no eigenvalue below 0, shape (m, m).
        gradient: shape (m,).
    """
    scale = np.sqrt(np.diag(H))
    scale[scale == 0] = 1
    # With ones on the diagonal, columns of other units do not look singular.
    x = np.linalg.lstsq(H / np.outer(scale, scale), gradient / scale, rcond=None)[0]
    with np.errstate(over="ignore"):  # infinite where almost no curvature is left
        return -x / scale
    # --8<-- [end:step]


# --8<-- [start:damped]
def minimise(
    of: Callable[[np.ndarray], Derivatives],
    margins: np.ndarray,
    size: int,
    tol: float,
    max_iter: int,
    penalised: bool,
) -> np.ndarray:
    """Newton's method from zero, with the step halved while the loss rises.

    Args:
        of: gives loss, gradient and Hessian at a parameter of shape (size,).
        size: number of parameters.
        margins: shape (m, size). Its product with the parameter has one number for each
            row and wrong class: by how much the logit of the right class is larger.
        tol: stop when a step moves no margin by more than this, relative to the largest
            margin or 1.
        max_iter: most steps.
        penalised: whether there must be a minimum.

    Raises:
        ValueError: if there is no minimum, or ``max_iter`` steps did not reach it.
    """
    a = step = np.zeros(size)
    loss, gradient, H = of(a)
    for _ in range(max_iter):
        curvatures = np.linalg.eigvalsh(H)
        flat = not penalised and curvatures[0] * len(margins) < FLAT
        if flat and (recedes(margins, a, FAR) or recedes(margins, step, MOVED)):
            raise ValueError(
                "X must leave the classes overlapping where lam = 0, got classes that a"
                " plane separates: larger weights always fit better"
            )
        step = newton = least_squares_step(H, gradient)
        moved = of(a + step)
        rounding = 1e-14 * (1 + np.abs(margins @ a).max())
        while moved[0] > loss + rounding:
            step = step / 2
            moved = of(a + step)
        a, (loss, gradient, H) = a + step, moved
        # A step that was halved is short, but has not arrived: ask the whole one.
        done = np.abs(margins @ newton).max() <= tol * (1 + np.abs(margins @ a).max())
        if done and not (flat and curvatures[0] < ROUNDING * curvatures[-1]):
            return a
        if done:
            break
    if flat and curvatures[0] < ROUNDING * curvatures[-1]:
        raise ValueError(
            "X must determine the weights in float64, got rows so far away that"
            " the others look equal"
        )
    raise ValueError(f"max_iter must be enough to converge, got {max_iter}")
    # --8<-- [end:damped]


# --8<-- [start:recedes]
def recedes(margins: np.ndarray, way: np.ndarray, least: float) -> bool:
    """Whether a direction near ``way`` is seen along which the loss falls for ever.

    Such a direction lowers no margin and raises one. It is looked for among those in
    which all margins stand still that ``way`` raises by ``least`` or less.
    """
    far = margins @ way > least
    _, sizes, rows = np.linalg.svd(margins[~far], full_matrices=False)
    fixed = rows[sizes > 1e-13]
    if len(fixed) == len(way):  # they stand still in no direction
        return False
    direction = way - fixed.T @ (fixed @ way)
    rise = margins[far] @ direction
    # Another may stand still as well: all but 0 is then what rounding leaves.
    rounding = 1e-12 * np.linalg.norm(margins[far], axis=1) * np.linalg.norm(way)
    return bool((rise >= -rounding).all() and (rise > rounding).any())
    # --8<-- [end:recedes]
