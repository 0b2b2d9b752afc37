"""What an action value is moved towards, and a table moved along recorded steps."""

from collections import Counter
from collections.abc import Callable, Iterable

from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, integer, real, share, step_sizes, table, truth

StepSize = float | Callable[[int], float]
"""A number in (0, 1], or a function from the visit count n = 1, 2, ... to one."""


# --8<-- [start:target]
def q_target(q: ArrayLike, r: float, s2: int, gamma: float, done: bool) -> float:
    """The reward, plus the discounted largest value in s2 unless s2 is terminal.

    Args:
        q: action values, shape (S, A).
        r: reward of the step.
        s2: the state entered, 0 to S - 1.
        gamma: discount factor in [0, 1].
        done: whether s2 is terminal.

    Raises:
        ValueError: if an argument is not as above, or the target overflows.
    """
    q = table("q", q)
    s2 = integer("s2", s2, 0, len(q) - 1)
    after = 0.0 if truth("done", done) else float(q[s2].max())
    return finite(real("r", r) + share("gamma", gamma) * after)
    # --8<-- [end:target]


# --8<-- [start:double]
def double_q_target(
    q_a: ArrayLike, q_b: ArrayLike, r: float, s2: int, gamma: float, done: bool
) -> float:
    """The target of table A: its own choice of action, at the value of table B.

    Args:
        q_a, q_b: two tables, shape (S, A) each; the first of equals in q_a counts.
        r, s2, gamma, done: as in ``q_target``.

    Raises:
        ValueError: as in ``q_target``, or if the shapes of the tables differ.
    """
    q_a, q_b = table("q_a", q_a), table("q_b", q_b)
    if q_a.shape != q_b.shape:
        raise ValueError(f"q_b must have the shape {q_a.shape}, got {q_b.shape}")
    s2 = integer("s2", s2, 0, len(q_a) - 1)
    after = 0.0 if truth("done", done) else float(q_b[s2, q_a[s2].argmax()])
    return finite(real("r", r) + share("gamma", gamma) * after)
    # --8<-- [end:double]


# --8<-- [start:replay]
def q_replay(
    q: ArrayLike,
    transitions: Iterable[tuple[int, int, float, int, bool]],
    alpha: StepSize,
    gamma: float,
) -> ndarray:
    """The table after all recorded steps, in their order: a new array.

    Args:
        q: action values before, shape (S, A).
        transitions: steps (s, a, r, s2, done), from whatever policy.
        alpha: step size in (0, 1], or a function from the count n = 1, 2, ... of the
            visits to the pair (s, a) to one.
        gamma: discount factor in [0, 1].

    Raises:
        ValueError: if an argument is not as above, or a value overflows.
    """
    q, size, gamma = table("q", q), step_sizes(alpha), share("gamma", gamma)
    visits: Counter[tuple[int, int]] = Counter()
    for s, a, r, s2, done in transitions:
        s, a = integer("s", s, 0, len(q) - 1), integer("a", a, 0, len(q[0]) - 1)
        target = q_target(q, r, s2, gamma, done)
        visits[s, a] += 1
        old = float(q[s, a])
        q[s, a] = finite(old + size(visits[s, a]) * (target - old))
    return q
    # --8<-- [end:replay]
