"""Draw a step in proportion to its priority, and weigh it by how likely that was.

Reference: Schaul et al., "Prioritized Experience Replay", 2015, arXiv:1511.05952.
"""

import math

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import integer, numbers, real, share


class SumTree:
    """Priorities in the leaves of a binary tree, in each node the sum below it.

    The root is node 1, the children of node k are 2k and 2k + 1; leaves are padded with
    0 to a power of two, so that they stand in order. All priorities are 0 at first.

    Args:
        capacity: leaves, >= 1.

    Raises:
        ValueError: if capacity is not as above.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = integer("capacity", capacity, 1)
        self._first = 1 << (self.capacity - 1).bit_length()  # node of leaf 0
        self._sums = [0.0] * (2 * self._first)

    @property
    def total(self) -> float:
        """Sum of all priorities."""
        return self._sums[1]

    # --8<-- [start:tree]
    def update(self, i: int, p: float) -> None:
        """Set the priority of leaf i, and the sums above it.

        Raises:
            ValueError: if i is no leaf, p negative or not finite, or the total
                overflows; the tree then stays as it was.
        """
        i, wanted = integer("i", i, 0, self.capacity - 1), "a finite number >= 0"
        p = real("p", p, wanted)
        if p < 0:
            raise ValueError(f"p must be {wanted}, got {p}")
        old = self._sums[self._first + i]
        self._set(self._first + i, p)
        if not math.isfinite(self.total):
            self._set(self._first + i, old)
            raise ValueError(f"total must stay finite, got an overflow with p = {p}")

    def _set(self, node: int, value: float) -> None:
        sums = self._sums
        sums[node] = value
        while node > 1:
            node //= 2
            # Added afresh: to add a difference would pile up rounding errors.
            sums[node] = sums[2 * node] + sums[2 * node + 1]

    def find(self, u: float) -> int:
        """The first leaf at which the running sum of the priorities exceeds u.

        Args:
            u: in [0, total). Drawn uniformly, it finds leaf i with chance p_i / total.

        Raises:
            ValueError: if u is not as above, as when all priorities are 0.
        """
        wanted = f"in [0, {self.total})"
        u = real("u", u, wanted)
        if not 0 <= u < self.total:
            raise ValueError(f"u must be {wanted}, got {u}")
        sums, node = self._sums, 1
        while node < self._first:
            node *= 2  # to the left; to the right if u is not below the sum there
            if u >= sums[node] and sums[node + 1] > 0:  # rounding ends at no 0 leaf
                u -= sums[node]
                node += 1
        return node - self._first
        # --8<-- [end:tree]


# --8<-- [start:weights]
def importance_weights(
    probabilities: ArrayLike, beta: float, n: int | None = None
) -> ndarray:
    """Weights (n P)^-beta, divided by the largest of them.

    Of one sample alone the largest differs from sample to sample, and even beta = 1
    leaves a bias: give the chances of all stored steps, and take the drawn weights.

    Args:
        probabilities: chance of each step in one draw, in (0, 1], shape (B,), B >= 1.
        beta: 0 leaves all weights at 1, 1 makes up for the draw; in [0, 1].
        n: steps in the buffer. It cancels with the largest weight, and may be left out.

    Returns:
        Shape (B,), the largest is 1.

    Raises:
        ValueError: if an argument is not as above.
    """
    P, beta = numbers("probabilities", probabilities), share("beta", beta)
    if P.ndim != 1 or not P.size or not ((P > 0) & (P <= 1)).all():
        wanted = "probabilities must be in (0, 1], shape (B,), B >= 1"
        raise ValueError(f"{wanted}, got shape {P.shape}: {P}")
    if n is not None:
        integer("n", n, 1)
    return np.asarray((P.min() / P) ** beta)
    # --8<-- [end:weights]
