"""The fewest coins that make an amount, and which ones.

References:
    LeetCode 322, "Coin Change".
"""

from collections.abc import Iterable
from math import inf

from ._checks import _integer


# --8<-- [start:coins]
def fewest_coins(coins: Iterable[int], amount: int) -> list[int] | None:
    """A shortest list of coins that sums to the amount; each may be used again.

    Args:
        coins: integers >= 1, in any order; one that is given twice counts once.
        amount: an integer >= 0.

    Returns:
        The coins, the smallest first, or None if no coins make the amount. Of several
        shortest lists it is any one.

    Raises:
        ValueError: for another coin or amount, True and False among them.
    """
    kinds = sorted({_integer("coin", coin, 1) for coin in coins})
    amount = _integer("amount", amount, 0)
    fewest: list[float] = [0] + [inf] * amount  # state j: how many coins make j
    last = [0] * (amount + 1)  # and the coin that was added last
    for j in range(1, amount + 1):
        for coin in kinds:
            if coin <= j and fewest[j - coin] + 1 < fewest[j]:
                fewest[j], last[j] = fewest[j - coin] + 1, coin
    if fewest[amount] == inf:
        return None
    taken = []
    while amount > 0:  # walk back, from state to state
        taken.append(last[amount])  # the smallest coin that any best choice has
        amount -= last[amount]
    return taken
    # --8<-- [end:coins]
