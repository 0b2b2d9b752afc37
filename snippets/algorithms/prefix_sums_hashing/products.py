"""Prefix and suffix products, where division is no way out."""

from collections.abc import Iterable

from ._checks import integers


# --8<-- [start:products]
def product_except_self(a: Iterable[int]) -> list[int]:
    """For each place, the product of all other numbers; LeetCode 238.

    Args:
        a: integers; zeros are allowed. Of a single number the others multiply to 1.

    Raises:
        ValueError: for anything that is no integer.
    """
    a = integers(a)
    products, before, after = [], 1, 1
    for x in a:
        products.append(before)
        before *= x
    for i in reversed(range(len(a))):
        products[i] *= after
        after *= a[i]
    return products
    # --8<-- [end:products]
