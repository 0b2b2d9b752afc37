"""Buying and selling one share: a machine with the states free, holding, cooling.

References:
    LeetCode 121, 122, 123, 188, 309 and 714, "Best Time to Buy and Sell Stock".
"""

from collections import deque
from collections.abc import Iterable
from math import inf

from ._checks import _integer, _number, _numbers


# --8<-- [start:stocks]
def stock_profit(
    prices: Iterable[float],
    transactions: int | None = None,
    fee: float = 0,
    cooldown: int = 0,
) -> float:
    """The largest profit with at most one share in hand at any time.

    Args:
        prices: one a day, finite numbers >= 0. Without any, the profit is 0.
        transactions: how many sales are allowed, an integer >= 0; None: any number.
        fee: a finite number >= 0, paid at each sale.
        cooldown: full days between a sale and the next purchase, an integer >= 0.

    Raises:
        ValueError: for other arguments.
    """
    days = _numbers("price", prices, 0)
    fee = _number("fee", fee, 0)
    cooldown = min(_integer("cooldown", cooldown, 0), len(days))
    sales, counted = 0, 0  # one layer of states, in which sales are not counted
    if transactions is not None:
        transactions = _integer("transactions", transactions, 0)
        if transactions < len(days) // 2:  # else the limit is none: a sale takes 2 days
            sales, counted = transactions, 1
    # Layer j: the most cash after at most j sales, with the share of the next or not.
    free: list[float] = [0] * (sales + 1)
    holding: list[float] = [-inf] * (sales + 1)
    past = deque([free.copy()] * (cooldown + 1), maxlen=cooldown + 1)
    for price in days:
        cool = past[0]  # what was free already before the days of cooling
        for j in range(counted, sales + 1):
            holding[j] = max(holding[j], cool[j - counted] - price)
            free[j] = max(free[j], holding[j] + price - fee)
        past.append(free.copy())
    return free[sales]
    # --8<-- [end:stocks]
