"""Example calls of snippets.algorithms.binary_trees."""

from snippets.algorithms import binary_trees as b
from tests.inputs import Example, Promises, example

LETTERS = ["c", "a", "t", None, None, "s", "e"]


def _listed(values):
    return b.to_level_order(b.from_level_order(values))


def _node(value):
    return b.TreeNode(value).value


def _traversed(values, order):
    return b.traverse(b.from_level_order(values), order)


def _morris(values):
    return b.morris_inorder(b.from_level_order(values))


def _built(preorder, inorder):
    return b.to_level_order(b.build_tree(preorder, inorder))


def _ancestor(values):
    root = b.from_level_order(values)
    return b.lowest_common_ancestor(root, root.left, root.right).value


def _diameter(values):
    return b.diameter(b.from_level_order(values))


def _best(values):
    return b.max_path_sum(b.from_level_order(values))


EXAMPLES: list[Example] = [
    Example(_node, ("a",), {}, of=b.TreeNode),
    Example(_listed, (LETTERS,), {}, of=b.from_level_order),
    Example(_listed, (LETTERS,), {}, of=b.to_level_order),
    Example(_traversed, (LETTERS, "post"), {}, of=b.traverse),
    Example(_morris, (LETTERS,), {}, of=b.morris_inorder),
    Example(_built, (list("cats"), list("acst")), {}, of=b.build_tree),
    Example(_ancestor, (LETTERS,), {}, of=b.lowest_common_ancestor),
    Example(_diameter, (LETTERS,), {}, of=b.diameter),
    Example(_best, ([-10.0, 9.5, 20.0, None, None, 15.0, 7.0],), {}, of=b.max_path_sum),
    example(b.diameter, None),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
