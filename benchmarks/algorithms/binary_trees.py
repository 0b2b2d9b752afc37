"""How the work on a tree grows with its nodes: pointers read, and values compared.

    $ python -m benchmarks.algorithms.binary_trees

Reads are counted, not timed: nodes of ``Counted`` count each look at a child, and a
``Value`` each comparison. So their exponents are the same on every machine.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.binary_trees import (
    TreeNode,
    build_tree,
    diameter,
    max_path_sum,
    morris_inorder,
    traverse,
)

SIZES = (2_000, 4_000, 8_000, 16_000)
CHAINS = (125, 250, 500)  # the version by index recurses as deep as the tree


class Counted(TreeNode):
    """A node that counts how often a child of it is read."""

    reads: ClassVar[int] = 0

    @property
    def left(self) -> TreeNode | None:
        Counted.reads += 1
        return self._left

    @left.setter
    def left(self, node: TreeNode | None) -> None:
        self._left = node

    @property
    def right(self) -> TreeNode | None:
        Counted.reads += 1
        return self._right

    @right.setter
    def right(self, node: TreeNode | None) -> None:
        self._right = node


class Value:
    """A number that counts how often it is compared."""

    compared: ClassVar[int] = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        Value.compared += 1
        return isinstance(other, Value) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)


def counted(root: TreeNode | None) -> Counted | None:
    """The same tree, of nodes that count."""
    if root is None:
        return None
    copy = Counted(root.value)
    waiting = [(root, copy)]
    while waiting:
        old, new = waiting.pop()
        for side in ("left", "right"):
            child = getattr(old, side)
            if child is not None:
                setattr(new, side, Counted(child.value))
                waiting.append((child, getattr(new, side)))
    return copy


def search_tree(n: int) -> Counted:
    """A search tree of n values that come in random order."""
    values = list(range(n))
    random.Random(n).shuffle(values)
    root = Counted(values[0])
    for value in values[1:]:
        here: Any = root
        while True:
            side = "left" if value < here.value else "right"
            if getattr(here, side) is None:
                setattr(here, side, Counted(value))
                break
            here = getattr(here, side)
    return root


def reads_of(call: Callable[[Any], object], tree: TreeNode | None) -> int:
    """How many times a call reads a child of a counting tree."""
    Counted.reads = 0
    call(tree)
    return Counted.reads


def by_index(preorder: Iterable[Any], inorder: Iterable[Any]) -> TreeNode | None:
    """The usual recursion: search the root in the inorder, and cut both lists."""
    first, second = list(preorder), list(inorder)
    if not first:
        return None
    k = second.index(first[0])
    return TreeNode(
        first[0],
        by_index(first[1 : k + 1], second[:k]),
        by_index(first[k + 1 :], second[k + 1 :]),
    )


def comparisons(build: Callable[..., object], n: int) -> int:
    """Comparisons of values while a chain to the left is rebuilt."""
    values = [Value(k) for k in range(n)]
    Value.compared = 0
    build(values, values[::-1])
    return Value.compared


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    trees = {n: search_tree(n) for n in SIZES}
    results = {}
    for solve in (traverse, morris_inorder, diameter, max_path_sum):

        def prepare(n, solve=solve):
            return lambda: solve(trees[n])

        name = solve.__name__
        results[name] = measure(SIZES, prepare)
        show(name, results[name])
        reads = [reads_of(solve, trees[n]) for n in SIZES]
        power = exponent(SIZES, reads)
        results[name] |= {"reads": reads, "exponent of the reads": power}
        row = "  ".join(f"{n:9}" for n in reads)
        print(f"{'':22} {row} reads  exponent {power:.2f}")
    for build in (build_tree, by_index):
        work = [comparisons(build, n) for n in CHAINS]
        power = exponent(CHAINS, work)
        results[build.__name__] = {
            "sizes": CHAINS,
            "comparisons": work,
            "exponent": power,
        }
        row = "  ".join(f"{n:9}" for n in work)
        print(f"{build.__name__:22} {row} comparisons  exponent {power:.2f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/binary-trees") | results)


if __name__ == "__main__":
    main()
