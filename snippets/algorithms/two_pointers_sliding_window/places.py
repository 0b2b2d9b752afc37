"""Two pointers in the same direction: one reads, one writes, in place."""

from ._checks import rising


# --8<-- [start:duplicates]
def remove_duplicates(a: list[int]) -> int:
    """Bring the different values of a sorted list to its front, in place; LeetCode 26.

    Args:
        a: a list of integers in rising order. Its first places are written to; what
            stands behind them afterwards means nothing.

    Returns:
        How many different values there are: they are ``a[:count]``.

    Raises:
        ValueError: for anything that is no integer, and if ``a`` is not in order; then
            nothing was written.
        TypeError: for what cannot be written to by its index.
    """
    if not hasattr(a, "__setitem__") or isinstance(a, dict):
        raise TypeError(f"want a list to write into, got {a!r}")
    rising(a)
    write = 0
    for read in range(len(a)):
        if write == 0 or a[read] != a[write - 1]:
            a[write] = a[read]  # write <= read: nothing unread is lost
            write += 1
    return write
    # --8<-- [end:duplicates]
