"""The least number that is left when k digits are removed: a greedy monotonic stack.

Of two numbers of the same length the first digit that differs decides. So a digit is
worth removing when a smaller one follows it directly, the earlier the better.

References:
    LeetCode 402, "Remove K Digits".
"""

from ._checks import _integer, _text


# --8<-- [start:digits]
def remove_k_digits(num: str, k: int) -> str:
    """The least number that the digits make, in their order, without ``k`` of them.

    Args:
        num: digits 0 to 9, leading zeros allowed.
        k: an integer from 0 to the number of digits.

    Returns:
        The number without leading zeros; "0" if no digit is left.

    Raises:
        ValueError: for anything but digits in ``num``, or another ``k``.
    """
    if not set(_text("num", num)) <= set("0123456789"):
        raise ValueError(f"num must consist of the digits 0 to 9, got {num!r}")
    k = _integer("k", k, 0, len(num))
    kept: list[str] = []
    for digit in num:
        while k and kept and digit < kept[-1]:
            kept.pop()
            k -= 1
        kept.append(digit)
    del kept[len(kept) - k :]  # the digits never fall now: the last are the largest
    return "".join(kept).lstrip("0") or "0"
    # --8<-- [end:digits]
