"""The best order to burst balloons: ask which one is last, in each interval.

References:
    LeetCode 312, "Burst Balloons".
"""

from collections.abc import Iterable

from ._checks import _integer


# --8<-- [start:balloons]
def burst_balloons(nums: Iterable[int]) -> int:
    """The most that bursting all balloons, one by one, can pay.

    A balloon pays the product of its number and those of its two neighbours at that
    time; beyond both ends stands a 1.

    Args:
        nums: integers >= 0. Without balloons the answer is 0.

    Raises:
        ValueError: for a number that is negative or no integer.
    """
    a = [1, *(_integer("balloon", x, 0) for x in nums), 1]
    n = len(a)
    # State (i, j): all balloons strictly between i and j are burst, both still stand.
    best = [[0] * n for _ in range(n)]
    for length in range(2, n):  # short intervals first: the long ones read them
        for i in range(n - length):
            j = i + length
            for k in range(i + 1, j):  # k is burst last: its neighbours are i and j
                paid = best[i][k] + best[k][j] + a[i] * a[k] * a[j]
                best[i][j] = max(best[i][j], paid)
    return best[0][n - 1]
    # --8<-- [end:balloons]
