"""What a leaf and a split are worth by the second-order objective.

``gain`` and ``gamma`` are the paper's: half of the library's ``gain=`` and ``gamma``.

Sources: Chen and Guestrin, arXiv:1603.02754, equations 5 to 7 and algorithm 3; the L1
term follows xgboost's ``src/tree/param.h``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._checks import _curvatures, _derivatives, _integer, _penalty


class Split(NamedTuple):
    """Where a node divides its rows.

    ``threshold`` is infinite if all values go left and only missing ones right;
    ``default_left`` says where a missing value goes.
    """

    feature: int
    threshold: float
    gain: float
    default_left: bool


@dataclass(frozen=True)
class TreeRules:
    """How a tree may grow.

    Args:
        max_depth: splits on the longest path, in 1..100 (the search recurses).
        lam: L2 penalty on leaf weights, >= 0.
        gamma: penalty per leaf in the paper's scale, >= 0; prunes from the bottom up.
        alpha: L1 penalty on leaf weights, >= 0.
        min_child_weight: smallest sum of second derivatives in a child, >= 0.

    Raises:
        ValueError: if a value is out of range.
    """

    max_depth: int = 6
    lam: float = 1.0
    gamma: float = 0.0
    alpha: float = 0.0
    min_child_weight: float = 1.0

    def __post_init__(self) -> None:
        _integer("max_depth", self.max_depth, 1, 100)
        for name in ("lam", "gamma", "alpha", "min_child_weight"):
            _penalty(name, getattr(self, name))


# --8<-- [start:leaf]
def leaf_weight(
    G: np.ndarray | float, H: np.ndarray | float, lam: float, alpha: float = 0.0
) -> np.ndarray | float:
    """The weight that minimises a leaf's quadratic: -soft(G, alpha) / (H + lam).

    Args:
        G: sum of first derivatives over the leaf's rows, any shape.
        H: sum of second derivatives, the same shape. Where ``H + lam`` is 0 the
            weight is 0; the library's is 0 wherever ``H`` is 0.
        lam: L2 penalty, >= 0.
        alpha: L1 penalty, >= 0.

    Returns:
        The shape of ``G``, in units of the margin.

    Raises:
        ValueError: if a number is not finite, ``H`` or a penalty is negative, or the
            shapes differ.
    """
    TreeRules(lam=lam, alpha=alpha)
    G, H = _derivatives("G", G), _curvatures("H", H)
    if G.shape != H.shape:
        raise ValueError(f"G and H must have one shape, got {G.shape} and {H.shape}")
    soft = np.sign(G) * np.maximum(np.abs(G) - alpha, 0)
    down = H + lam
    return np.divide(-soft, down, out=np.zeros_like(down), where=down > 0)[()]
    # --8<-- [end:leaf]


def _score(G: np.ndarray, H: np.ndarray, lam: float, alpha: float) -> np.ndarray:
    """What a leaf takes off the objective, times 2: soft(G, alpha)**2 / (H + lam)."""
    soft = np.maximum(np.abs(G) - alpha, 0)
    down = H + lam
    return np.divide(soft * soft, down, out=np.zeros_like(down), where=down > 0)


# --8<-- [start:gain]
def split_gain(
    GL: float,
    HL: float,
    GR: float,
    HR: float,
    lam: float,
    gamma: float = 0.0,
    alpha: float = 0.0,
) -> float:
    """How much a split lowers the objective, in the paper's scale.

    Args:
        GL: sum of first derivatives on the left; ``GR`` on the right.
        HL: sum of second derivatives on the left; ``HR`` on the right.
        lam: L2 penalty, >= 0.
        gamma: penalty for the extra leaf, >= 0.
        alpha: L1 penalty, >= 0.

    Raises:
        ValueError: if a number is not finite, or ``HL``, ``HR`` or a penalty negative.
    """
    TreeRules(lam=lam, gamma=gamma, alpha=alpha)
    G, H = _derivatives("GL, GR", [GL, GR]), _curvatures("HL, HR", [HL, HR])
    G, H = np.append(G, G.sum()), np.append(H, H.sum())
    left, right, parent = _score(G, H, lam, alpha)
    return float(0.5 * (left + right - parent) - gamma)
    # --8<-- [end:gain]


# --8<-- [start:boundary]
def _best_boundary(
    g: np.ndarray,
    h: np.ndarray,
    G: float,
    H: float,
    missing: tuple[float, float] | None,
    rules: TreeRules,
) -> tuple[float, int, bool] | None:
    """The best of all boundaries between the groups of one feature in one node.

    A group is one distinct value, or one bin. Each boundary is tried twice, with the
    missing rows on the right and on the left, and the one behind the last group sets
    all values against the missing rows.

    Args:
        g: shape (k,), first derivatives summed over each group, groups in order.
        h: shape (k,), the same for second derivatives.
        G: sum over all rows of the node, missing ones too; ``H`` likewise.
        missing: both sums over the rows without a value; None if there are none.
        rules: penalties and the smallest child.

    Returns:
        The gain without gamma, the last group on the left, and whether missing rows
        go left; None if no boundary is allowed. On ties the last boundary, missing
        rows to the right.
    """
    if len(g) == 0:
        return None
    side = np.array([[0.0], [1.0]] if missing else [[0.0]])  # share of missing on left
    # Summed from both ends: H - HL would round a child of weight 1 to just below 1,
    # and one of weight 0 to just above 0.
    (GL, GR), (HL, HR) = (
        (np.cumsum(x) + side * rest, _after(x) + (1 - side) * rest)
        for x, rest in zip((g, h), missing or (0.0, 0.0))
    )
    children = _score(GL, HL, rules.lam, rules.alpha)
    children += _score(GR, HR, rules.lam, rules.alpha)
    parent = _score(np.array(G), np.array(H), rules.lam, rules.alpha)
    # The sums still round, so the limit is taken with a margin of 1e-9 of itself.
    allowed = np.minimum(HL, HR) >= rules.min_child_weight * (1 - 1e-9)
    allowed[-1, -1] = False  # all rows on the left
    gain = np.where(allowed, 0.5 * (children - parent), -np.inf)
    best = gain.max()
    if best == -np.inf:
        return None
    # Equal partitions differ by rounding; they are ties.
    sides, groups = np.nonzero(gain >= best - 1e-9 * abs(best))
    group = groups[sides == sides[0]].max()
    return float(gain[sides[0], group]), int(group), bool(sides[0])
    # --8<-- [end:boundary]


def _after(x: np.ndarray) -> np.ndarray:
    """Sum of what comes after each entry, shape (k,); summed from the end."""
    return np.append(np.cumsum(x[:0:-1])[::-1], 0.0)


def _between(below: float, above: float) -> float:
    """A threshold that sends ``below`` left and ``above`` right, halfway if it can."""
    middle = below / 2 + above / 2
    return middle if below < middle <= above else above


def _better(new: Split | None, old: Split | None) -> bool:
    """Whether a later feature's split replaces an earlier one: not on a tie."""
    if new is None or old is None:
        return new is not None
    return new.gain > old.gain + 1e-9 * abs(old.gain)
