"""Ways up a flight of stairs: a sum over the last step.

References:
    LeetCode 70, "Climbing Stairs"; 377, "Combination Sum IV".
"""

from collections.abc import Iterable

from ._checks import _integer


# --8<-- [start:stairs]
def climb_ways(n: int, steps: Iterable[int] = (1, 2)) -> int:
    """In how many orders steps of the given heights make up ``n`` stairs.

    Args:
        n: stairs, an integer >= 0. There is one way up none: no step.
        steps: integers >= 1; a height that is given twice counts once.

    Returns:
        The exact number; 1 + 2 and 2 + 1 are two ways.

    Raises:
        ValueError: for another ``n`` or step, True and False among them.
    """
    n = _integer("n", n, 0)
    heights = {_integer("step", step, 1) for step in steps}
    ways = [1] + [0] * n  # state i: ways up i stairs
    for i in range(1, n + 1):
        ways[i] = sum(ways[i - step] for step in heights if step <= i)  # the last step
    return ways[n]
    # --8<-- [end:stairs]
