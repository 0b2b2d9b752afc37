"""For each element, where the next larger or the nearest smaller ones stand: one pass.

On the stack wait the places that have no answer yet. A new element answers the top
ones, takes them off, and waits itself. Each place is pushed once, popped at most once.

References:
    LeetCode 496 and 503, "Next Greater Element I" and "II"; 739, "Daily Temperatures";
    907, "Sum of Subarray Minimums".
"""

from collections.abc import Sequence

from ._checks import _integer, _numbers


# --8<-- [start:greater]
def next_greater(
    a: Sequence[float], strict: bool = True, circular: bool = False
) -> list[int | None]:
    """For each place, that of the first greater value to its right, or None.

    Args:
        a: numbers of any sign, not NaN.
        strict: False asks for the first value that is greater *or equal*.
        circular: after the last place comes the first again. No place answers itself.

    Returns:
        As many places as ``a`` has values, counted from 0.

    Raises:
        ValueError: for NaN, True, False, or anything else that is no number.
    """
    values = _numbers("value", a)
    n = len(values)

    def beats(x: float, top: float) -> bool:
        return top < x if strict else not x < top

    answer: list[int | None] = [None] * n
    waiting: list[int] = []  # places without an answer; their values never rise
    for step in range(2 * n if circular else n):
        i = step % n
        while waiting and waiting[-1] != i and beats(values[i], values[waiting[-1]]):
            answer[waiting.pop()] = i
        if step < n:  # in a second round places only answer
            waiting.append(i)
    return answer
    # --8<-- [end:greater]


# --8<-- [start:bounds]
def smaller_bounds(a: Sequence[float]) -> list[tuple[int, int]]:
    """The stretch around each place in which its value is least: what ends it.

    Args:
        a: numbers of any sign, not NaN.

    Returns:
        For each place (left, right): left is the nearest place before it whose value is
        less *or equal*, else -1; right is the nearest one after it whose value is
        *less*, else the number of values.

    Raises:
        ValueError: for NaN, True, False, or anything else that is no number.
    """
    values = _numbers("value", a)
    n = len(values)
    bounds: dict[int, tuple[int, int]] = {}
    stack: list[int] = []  # places whose values never fall
    for i in range(n + 1):  # place n stands for a value below all others
        while stack and (i == n or values[i] < values[stack[-1]]):
            j = stack.pop()
            bounds[j] = (stack[-1] if stack else -1, i)  # what is below it, what came
        stack.append(i)
    return [bounds[j] for j in range(n)]
    # --8<-- [end:bounds]


# --8<-- [start:minimums]
def sum_subarray_minimums(a: Sequence[int]) -> int:
    """Sum of the least values of all runs of neighbours, in O(n); no modulus.

    Args:
        a: integers of any size and sign.

    Raises:
        ValueError: for anything that is no integer, True and False among them.
    """
    values = [_integer("value", x) for x in a]
    return sum(
        values[j] * (j - left) * (right - j)  # starts times ends of the runs it rules
        for j, (left, right) in enumerate(smaller_bounds(values))
    )
    # --8<-- [end:minimums]
