"""Oracles: recursion, paths of all pairs of nodes, all small trees, closed forms."""

import copy
import inspect
import itertools
import math
import pickle
import random
import re
import sys
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeRegressor

from benchmarks.algorithms.binary_trees import (
    Counted,
    Value,
    by_index,
    counted,
    reads_of,
    search_tree,
)
from benchmarks.growth import exponent
from figures.record import record
from snippets.algorithms.binary_trees import (
    TreeNode,
    build_tree,
    diameter,
    from_level_order,
    lowest_common_ancestor,
    max_path_sum,
    morris_inorder,
    to_level_order,
    traverse,
)

ORDERS = ("pre", "in", "post", "level")
SAMPLE = [3, 9, 20, None, None, 15, 7]


# The oracle: recursion, straight from the definitions


def pre(t):
    return [] if t is None else [t.value, *pre(t.left), *pre(t.right)]


def mid(t):
    return [] if t is None else [*mid(t.left), t.value, *mid(t.right)]


def post(t):
    return [] if t is None else [*post(t.left), *post(t.right), t.value]


def levels(t):
    """By depth, each level from left to right."""
    rows = {}

    def put(node, depth):
        if node is not None:
            rows.setdefault(depth, []).append(node.value)
            put(node.left, depth + 1)
            put(node.right, depth + 1)

    put(t, 0)
    return [value for depth in sorted(rows) for value in rows[depth]]


RECURSIVE = {"pre": pre, "in": mid, "post": post, "level": levels}


def shape(t):
    """A tree as nested tuples: equal if and only if the trees are."""
    return None if t is None else (t.value, shape(t.left), shape(t.right))


def height(t):
    return -1 if t is None else 1 + max(height(t.left), height(t.right))


def nodes_of(t):
    return [] if t is None else [t, *nodes_of(t.left), *nodes_of(t.right)]


def ways_down(t):
    """Of each node the list of nodes from the root to it."""
    found = {}

    def go(node, way):
        if node is not None:
            found[node] = [*way, node]
            go(node.left, found[node])
            go(node.right, found[node])

    go(t, [])
    return found


def meeting(ways, p, q):
    """The last node that the ways from the root have in common."""
    return [a for a, b in zip(ways[p], ways[q]) if a is b][-1]


def path(ways, p, q):
    """The nodes of the path from p to q."""
    top = meeting(ways, p, q)
    up, down = (way[way.index(top) :] for way in (ways[p], ways[q]))
    return up[::-1] + down[1:]


def all_paths(t):
    ways = ways_down(t)
    return [path(ways, p, q) for p in ways for q in ways]


def grow(draw, n, value):
    """A random tree of n nodes; every shape can come."""
    if n == 0:
        return None
    left = draw.randrange(n)
    first = grow(draw, left, value)
    return TreeNode(value(draw), first, grow(draw, n - 1 - left, value))


trees = st.builds(
    lambda seed, n: grow(random.Random(seed), n, lambda d: d.randint(-5, 5)),
    st.integers(0, 2**32),
    st.integers(0, 9),
)


def shapes(n, first=1):
    """All trees of n nodes, numbered in preorder from ``first``."""
    if n == 0:
        yield None
    for left in range(n):
        for a in shapes(left, first + 1):
            for b in shapes(n - 1 - left, first + 1 + left):
                yield TreeNode(first, a, b)


def chain(n, side="left", kind=TreeNode):
    root = None
    for value in range(n):
        root = kind(value, **{side: root})
    return root


# Traversals


@pytest.mark.parametrize(
    ("order", "values"),
    [
        ("pre", [3, 9, 20, 15, 7]),
        ("in", [9, 3, 15, 20, 7]),
        ("post", [9, 15, 7, 20, 3]),
        ("level", [3, 9, 20, 15, 7]),
    ],
)
def test_orders_of_the_sample_by_hand(order, values):
    assert traverse(from_level_order(SAMPLE), order) == values
    assert RECURSIVE[order](from_level_order(SAMPLE)) == values


def test_inorder_is_the_default():
    assert traverse(from_level_order(SAMPLE)) == [9, 3, 15, 20, 7]


def test_2000_random_trees_by_recursion():
    draw = random.Random(0)
    for _ in range(2000):
        tree = grow(draw, draw.randrange(10), lambda d: d.randint(-5, 5))
        before = shape(tree)
        for order in ORDERS:
            assert traverse(tree, order) == RECURSIVE[order](tree)
        assert morris_inorder(tree) == mid(tree)
        assert shape(from_level_order(to_level_order(tree))) == before
        assert shape(tree) == before
        paths = all_paths(tree)
        longest = max((len(p) - 1 for p in paths), default=0)
        assert diameter(tree) == longest
        if tree is not None:
            sums = [sum(node.value for node in p) for p in paths]
            assert max_path_sum(tree) == max(sums)
            ways = ways_down(tree)
            p, q = draw.choices(list(ways), k=2)
            assert lowest_common_ancestor(tree, p, q) is meeting(ways, p, q)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("n", range(7))
def test_every_order_of_every_shape(n, order):
    for tree in shapes(n):
        assert traverse(tree, order) == RECURSIVE[order](tree)


@pytest.mark.parametrize("n", range(7))
def test_the_shorter_loop_for_inorder(n):
    """Push while going left; take off, write, go right."""
    for tree in shapes(n):
        found, stack, here = [], [], tree
        while stack or here:
            while here:
                stack.append(here)
                here = here.left
            here = stack.pop()
            found.append(here.value)
            here = here.right
        assert found == traverse(tree)


@pytest.mark.parametrize("n", range(8))
def test_morris_on_every_shape_restores_it(n):
    for tree in shapes(n):
        before = shape(tree)
        assert morris_inorder(tree) == mid(tree)
        assert shape(tree) == before


@given(trees)
def test_every_pair_of_nodes_has_its_lowest_common_ancestor(tree):
    ways = ways_down(tree)
    for p, q in itertools.product(ways, repeat=2):
        assert lowest_common_ancestor(tree, p, q) is meeting(ways, p, q)


# Level-order lists


@given(st.lists(st.booleans(), max_size=12))
def test_the_list_is_read_as_by_pairs_of_children(bits):
    """By the definition: the k-th node that is there has entries 2k + 1 and 2k + 2."""
    values = [0] + [k + 1 if bit else None for k, bit in enumerate(bits)]
    there = [v for v in values if v is not None]
    reachable = 2 * len(there) + 1
    if any(v is not None for v in values[reachable:]) or any(
        v is not None and (k - 1) // 2 >= sum(w is not None for w in values[:k])
        for k, v in enumerate(values)
        if k
    ):
        with pytest.raises(ValueError, match="need a parent for each value, got none"):
            from_level_order(values)
        return
    tree = from_level_order(values)
    by_value = {node.value: node for node in nodes_of(tree)}
    padded = values + [None] * (2 * len(there) + 2)
    for k, value in enumerate(there):
        node = by_value[value]
        for child, place in ((node.left, 2 * k + 1), (node.right, 2 * k + 2)):
            assert (None if child is None else child.value) == padded[place]


@pytest.mark.parametrize(
    ("values", "normal"),
    [
        ([], []),
        ([None], []),
        ([None, None], []),
        ([1], [1]),
        ([1, None], [1]),
        ([1, None, None, None], [1]),
        ([1, None, 2, 3], [1, None, 2, 3]),
        ([0, None, 0], [0, None, 0]),
        ([False, ""], [False, ""]),
        (SAMPLE, SAMPLE),
        ([5, 4, 6, None, None, 3, 7], [5, 4, 6, None, None, 3, 7]),
    ],
)
def test_lists_round_trip_and_lose_none_at_the_end(values, normal):
    given_ = list(values)
    assert to_level_order(from_level_order(values)) == normal
    assert to_level_order(from_level_order(iter(values))) == normal
    assert values == given_


@given(trees)
def test_a_tree_comes_back_from_its_list(tree):
    values = to_level_order(tree)
    assert not values or values[-1] is not None
    assert shape(from_level_order(values)) == shape(tree)


@pytest.mark.parametrize(
    "values",
    [
        [None, 1],
        [None, 0],
        [None, None, False],
        [1, None, None, 2],
        [1, None, None, 0],
        [1, 2, None, None, None, None, 3],
    ],
)
def test_a_value_below_nothing_is_refused(values):
    with pytest.raises(
        ValueError, match=f"need a parent for each value, got none for {values[-1]}$"
    ):
        from_level_order(values)


def test_numpy_values_and_arrays_are_values():
    tree = from_level_order(np.array([1, 2, 3], dtype=np.int8))
    assert traverse(tree) == [2, 1, 3]


def test_none_is_no_value_of_a_list():
    with pytest.raises(ValueError, match="need values other than None"):
        to_level_order(TreeNode(None))
    assert traverse(TreeNode(None)) == [None]


def in_heap_order(t):
    """The list of a heap: the children of place i are at 2i + 1 and 2i + 2."""
    places = {}

    def put(node, place):
        if node is not None:
            places[place] = node.value
            put(node.left, 2 * place + 1)
            put(node.right, 2 * place + 2)

    put(t, 0)
    return [places.get(k) for k in range(max(places, default=-1) + 1)]


def test_a_heap_s_list_is_another_one_but_for_complete_trees():
    tree = from_level_order([1, None, 2, 3])
    assert in_heap_order(tree) == [1, None, 2, None, None, 3]
    for n in range(20):
        assert in_heap_order(from_level_order(range(n))) == list(range(n))


def test_a_decision_tree_of_scikit_learn_is_two_arrays():
    x = np.arange(20.0)[:, None]
    tree = DecisionTreeRegressor(max_depth=3).fit(x, (x[:, 0] * 7) % 5).tree_
    nodes = [TreeNode(k) for k in range(tree.node_count)]
    for node, a, b in zip(nodes, tree.children_left, tree.children_right):
        node.left, node.right = (None if k < 0 else nodes[k] for k in (a, b))
    assert min(tree.children_left) == -1
    assert traverse(nodes[0], "pre") == list(range(tree.node_count))


# Construction


@pytest.mark.parametrize("n", range(7))
def test_every_shape_is_rebuilt_from_preorder_and_inorder(n):
    for tree in shapes(n):
        assert shape(build_tree(pre(tree), mid(tree))) == shape(tree)


@pytest.mark.parametrize("n", range(6))
def test_orders_that_no_tree_has_are_refused_and_all_others_are_not(n):
    real = {(tuple(pre(t)), tuple(mid(t))) for t in shapes(n)}
    first = tuple(range(1, n + 1))
    for second in itertools.permutations(first):
        if (first, second) in real:
            assert mid(build_tree(first, second)) == list(second)
        else:
            with pytest.raises(
                ValueError, match=r"no tree has preorder .* got inorder"
            ):
                build_tree(first, second)


def test_the_sample_is_rebuilt():
    tree = build_tree([3, 9, 20, 15, 7], [9, 3, 15, 20, 7])
    assert to_level_order(tree) == SAMPLE
    assert traverse(tree, "post") == [9, 15, 7, 20, 3]
    assert build_tree([], []) is None
    assert shape(build_tree(iter("ab"), iter("ba"))) == ("a", ("b", None, None), None)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([1], [], "need as many values in both orders, got 1 and 0"),
        ([], [1], "need as many values in both orders, got 0 and 1"),
        ([1, 1], [1, 1], "need distinct values in the preorder, got [1, 1]"),
        ([1, 2], [2, 2], "need distinct values in the inorder, got [2, 2]"),
        ([1, 2], [1, 3], "no tree has preorder [1, 2] and got inorder [1, 3]"),
        ([1, 2, 3], [3, 1, 2], "no tree has preorder [1, 2, 3] and got inorder"),
        ([[1]], [[1]], "need values that can be hashed, got [[1]]"),
        ([math.nan], [float("nan")], "need values that equal themselves, got [nan]"),
        ([math.nan], [math.nan], "need values that equal themselves"),
        ([1, 2, math.nan], [math.nan, 2, 1], "need values that equal themselves"),
        (
            [0, 1],
            [1, np.float32("nan")],
            "need values that equal themselves, got [1, np.float32(nan)]",
        ),
    ],
)
def test_bad_orders_are_refused(first, second, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        build_tree(first, second)


def test_the_stack_by_hand():
    """The parent on whose right a node is hung, if any, and what has come off."""
    _, moments = record(
        lambda: build_tree([3, 9, 20, 15, 7], [9, 3, 15, 20, 7]),
        build_tree,
        ["path.append(node)"],
        lambda seen: {
            "node": seen["node"].value,
            "right of": getattr(seen["parent"], "value", None),
            "left of": None
            if seen["parent"] or not seen["path"]
            else seen["path"][-1].value,
            "off": seen["done"],
        },
    )
    assert [tuple(m.values())[1:] for m in moments] == [
        (3, None, None, 0),
        (9, None, 3, 0),
        (20, 3, None, 2),
        (15, None, 20, 2),
        (7, 20, None, 4),
    ]


def all_of_pre_and_post(first, last):
    """The shapes that have these two orders, of all there are."""
    rename = dict(enumerate(first, start=1))
    return [t for t in shapes(len(first)) if [rename[v] for v in post(t)] == list(last)]


def catalan(n):
    return math.comb(2 * n, n) // (n + 1)


def motzkin(n):
    """By the recurrence: a path begins flat, or with an arch over a shorter one."""
    m = [1]
    for k in range(n):
        m.append(m[k] + sum(m[i] * m[k - 1 - i] for i in range(k)))
    return m[n]


def test_shapes_are_catalan_numbers():
    counts = [sum(1 for _ in shapes(n)) for n in range(1, 8)]
    assert counts == [1, 2, 5, 14, 42, 132, 429] == [catalan(n) for n in range(1, 8)]


@pytest.mark.parametrize("n", range(1, 8))
def test_pre_and_postorder_leave_each_only_child_its_side(n):
    classes = Counter()
    for tree in shapes(n):
        key = tuple(post(tree))
        only = sum((t.left is None) != (t.right is None) for t in nodes_of(tree))
        classes[key, only] += 1
    assert len({key for key, _ in classes}) == len(classes)  # all have as many
    assert all(count == 2**only for (_, only), count in classes.items())
    assert len(classes) == motzkin(n - 1)
    assert max(classes.values()) == 2 ** (n - 1)


def test_pairs_of_pre_and_postorder_by_number():
    assert [motzkin(n - 1) for n in range(1, 7)] == [1, 1, 2, 4, 9, 21]
    assert len(all_of_pre_and_post([1, 2, 3], [3, 2, 1])) == 4


@given(trees)
def test_leaves_are_one_more_than_nodes_with_two_children(tree):
    nodes = nodes_of(tree)
    leaves = sum(t.left is None and t.right is None for t in nodes)
    forks = sum(t.left is not None and t.right is not None for t in nodes)
    assert leaves == forks + 1 or not nodes


@pytest.mark.parametrize("n", range(1, 9))
def test_heights_go_from_the_logarithm_to_the_chain(n):
    heights = {height(t) for t in shapes(n)}
    assert heights == set(range(math.floor(math.log2(n)), n))


@pytest.mark.parametrize("n", range(1, 9))
def test_the_widest_level_has_at_most_half_the_nodes_and_a_half(n):
    def widths(t):
        depths = Counter()
        for node, way in ways_down(t).items():
            depths[len(way)] += node is not None
        return depths.values()

    widest = max(max(widths(t)) for t in shapes(n))
    assert widest == (n + 1) // 2 or n not in (1, 3, 7)  # reached by perfect trees
    assert widest <= (n + 1) / 2


def test_ten_leaves_and_no_only_child_make_nineteen_nodes_of_height_four_to_nine():
    def full(leaves):
        """Heights of all trees of so many leaves without an only child."""
        if leaves == 1:
            return {0}
        return {
            1 + max(a, b)
            for k in range(1, leaves)
            for a in full(k)
            for b in full(leaves - k)
        }

    assert full(10) == set(range(4, 10))


# Ancestors and paths


@pytest.mark.parametrize(("q", "top"), [(1, 3), (4, 5), (5, 5), (3, 3)])
def test_ancestors_of_the_sample(q, top):
    tree = from_level_order([3, 5, 1, 6, 2, 0, 8, None, None, 7, 4])
    node = {t.value: t for t in nodes_of(tree)}
    assert lowest_common_ancestor(tree, node[5], node[q]) is node[top]
    assert lowest_common_ancestor(tree, node[q], node[5]) is node[top]


def test_ancestors_go_by_identity_where_values_are_equal():
    tree = from_level_order([1, 1, 1])
    assert lowest_common_ancestor(tree, tree.left, tree.right) is tree
    assert lowest_common_ancestor(tree, tree.left, tree.left) is tree.left


def test_a_node_of_another_tree_has_no_ancestor_here():
    tree, other = from_level_order([1, 2]), TreeNode(2)
    with pytest.raises(
        ValueError, match=r"p must be a node of the tree, got TreeNode\(2"
    ):
        lowest_common_ancestor(tree, other, tree)
    with pytest.raises(
        ValueError, match=r"q must be a node of the tree, got TreeNode\(2"
    ):
        lowest_common_ancestor(tree, tree, other)
    with pytest.raises(ValueError, match="p must be a node of the tree, got None"):
        lowest_common_ancestor(None, None, None)
    with pytest.raises(ValueError, match=r"q must be a node of the tree, got \[\]"):
        lowest_common_ancestor(tree, tree, [])


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([], 0),
        ([1], 0),
        ([1, 2], 1),
        ([1, 2, 3, 4, 5], 3),
        ([1, 2, None, 3, 4, 5, None, None, 6], 4),
    ],
)
def test_diameters_in_edges(values, edges):
    assert diameter(from_level_order(values)) == edges


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ([-10, 9, 20, None, None, 15, 7], 42),
        ([-3], -3),
        ([2, -1], 2),
        ([1, 2, 3], 6),
        ([-2, -1, -3], -1),
        ([10**400, 1], 10**400 + 1),
        ([0.5, -0.25, 1], 1.5),
    ],
)
def test_path_sums_by_hand(values, best):
    found = max_path_sum(from_level_order(values))
    assert found == best
    assert isinstance(found, float) == any(isinstance(v, float) for v in values)


def test_numpy_s_integers_do_not_overflow():
    values = [np.int8(100), np.int8(100), np.int8(100)]
    assert max_path_sum(from_level_order(values)) == 300
    half = [np.float16(60000), np.float16(60000)]
    assert max_path_sum(from_level_order(half)) == 2 * float(np.float16(60000))


def test_no_path_is_in_an_empty_tree():
    with pytest.raises(ValueError, match="need at least one node, got None"):
        max_path_sum(None)


@pytest.mark.parametrize("bad", ["3", True, False, 1j, [1], np.True_])
def test_what_is_no_number_has_no_sum(bad):
    with pytest.raises(
        ValueError, match=re.escape(f"need integers or floats, got {bad!r}")
    ):
        max_path_sum(TreeNode(1, TreeNode(bad)))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_has_no_sum(bad):
    with pytest.raises(ValueError, match=f"need finite numbers, got {bad}"):
        max_path_sum(TreeNode(1.0, TreeNode(bad)))


@pytest.mark.parametrize("beyond", [10**400, Fraction(10**400, 3)])
def test_a_number_beyond_floats_beside_a_float_is_refused(beyond):
    with pytest.raises(ValueError, match="got one that no float holds"):
        max_path_sum(TreeNode(0.5, TreeNode(beyond)))


def test_a_sum_beyond_floats_is_refused():
    with pytest.raises(ValueError, match="need a sum that a float holds, got inf"):
        max_path_sum(TreeNode(-1.0, TreeNode(1e308, TreeNode(1e308))))
    assert max_path_sum(TreeNode(-1e308, TreeNode(-1e308), TreeNode(-1e308))) == -1e308


def test_fractions_are_added_as_floats():
    assert max_path_sum(TreeNode(Fraction(1, 2), TreeNode(1))) == 1.5


# What is no tree

WALKS = [
    lambda t: traverse(t, "pre"),
    lambda t: traverse(t, "in"),
    lambda t: traverse(t, "post"),
    lambda t: traverse(t, "level"),
    to_level_order,
    diameter,
    max_path_sum,
    lambda t: lowest_common_ancestor(t, t, t),
]


@pytest.mark.parametrize("walk", WALKS)
def test_rings_and_shared_subtrees_are_refused(walk):
    ring = TreeNode(1, TreeNode(2))
    ring.left.right = ring
    with pytest.raises(ValueError, match=r"need a tree, got two ways to TreeNode\(1\)"):
        walk(ring)
    shared = TreeNode(3)
    with pytest.raises(ValueError, match=r"need a tree, got two ways to TreeNode\(3\)"):
        walk(TreeNode(1, shared, shared))


@pytest.mark.parametrize("walk", [*WALKS[:-1], morris_inorder])
@pytest.mark.parametrize("bad", [3, [3], "3", TreeNode])
def test_what_is_no_node_is_refused(walk, bad):
    with pytest.raises(
        ValueError, match=re.escape(f"need a TreeNode or None, got {bad!r}")
    ):
        walk(bad)
    with pytest.raises(
        ValueError, match=re.escape(f"need a TreeNode or None, got {bad!r}")
    ):
        walk(TreeNode(1, None, bad))


@pytest.mark.parametrize(
    "order", ["In", "", None, "level order", ["in"], np.array(["in", "pre"])]
)
def test_another_order_is_refused(order):
    with pytest.raises(ValueError, match=re.escape(f"'level'), got {order!r}")):
        traverse(None, order)


@pytest.mark.parametrize("walk", [*WALKS[:-1], morris_inorder])
@pytest.mark.parametrize("bad", [0, False, [], "", "x"])
def test_what_is_no_node_is_refused_on_the_left_and_below_as_well(walk, bad):
    said = re.escape(f"need a TreeNode or None, got {bad!r}")
    for tree in (
        bad,
        TreeNode(1, bad),
        TreeNode(1, TreeNode(2, None, bad)),
        TreeNode(4, TreeNode(2, None, TreeNode(3, bad))),
    ):
        with pytest.raises(ValueError, match=said):
            walk(tree)


def test_refused_half_way_morris_leaves_its_threads():
    tree = TreeNode(4, TreeNode(2, None, TreeNode(3, "x")))
    with pytest.raises(ValueError, match="need a TreeNode or None, got 'x'"):
        morris_inorder(tree)
    assert tree.left.right.right is tree


def test_no_thread_is_left_in_a_chain_to_the_right():
    tree = TreeNode(1, None, TreeNode(2, None, "x"))
    with pytest.raises(ValueError, match="need a TreeNode or None, got 'x'"):
        morris_inorder(tree)
    assert tree.right.right == "x"


@pytest.mark.parametrize("walk", [*WALKS, morris_inorder])
def test_nothing_is_left_on_the_nodes(walk):
    tree = from_level_order(SAMPLE)
    before = [dict(vars(node)) for node in nodes_of(tree)]
    walk(tree)
    assert [vars(node) for node in nodes_of(tree)] == before


# Depth


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_chain_of_5001_nodes_is_no_trap(side):
    tree = chain(5001, side)
    down = list(range(5000, -1, -1))
    for order in ORDERS:
        straight = order in ("pre", "level") or (order, side) == ("in", "right")
        assert traverse(tree, order) == (down if straight else down[::-1])
    assert morris_inorder(tree) == traverse(tree)
    assert diameter(tree) == 5000
    assert max_path_sum(tree) == 5000 * 5001 // 2
    bottom = tree
    while getattr(bottom, side) is not None:
        bottom = getattr(bottom, side)
    assert lowest_common_ancestor(tree, bottom, getattr(tree, side)).value == 4999
    again = build_tree(down, down[::-1] if side == "left" else down)
    values = to_level_order(again)
    assert values == to_level_order(tree)
    assert to_level_order(from_level_order(values)) == values
    assert repr(tree) == "TreeNode(5000)"
    for recursive in (pre, mid, post, height, copy.deepcopy, pickle.dumps):
        with pytest.raises(RecursionError):
            recursive(tree)


def test_depth_and_not_size_breaks_recursion():
    tree = from_level_order(range(5001))
    assert height(tree) == 12
    assert mid(tree) == traverse(tree)


# Work, counted by nodes that count how often they are read


@pytest.mark.parametrize("make", [search_tree, lambda n: counted(chain(n))])
@pytest.mark.parametrize("order", ORDERS)
def test_a_traversal_reads_each_pointer_once(make, order):
    for n in (1, 10, 1000):
        assert reads_of(lambda t: traverse(t, order), make(n)) == 2 * n


@pytest.mark.parametrize("order", ORDERS[:3])
@pytest.mark.parametrize("n", range(1, 7))
def test_the_stack_is_no_longer_than_twice_the_height_and_three(n, order):
    longest = Counter()
    for tree in shapes(n):
        _, moments = record(
            lambda t=tree: traverse(t, order),
            traverse,
            ["node, seen = stack.pop()"],
            lambda seen: {"size": len(seen["stack"])},
        )
        high = height(tree)
        longest[high] = max(longest[high], *(m["size"] for m in moments))
    assert all(size <= 2 * high + 3 for high, size in longest.items())
    # Of a chain to the left: in preorder only the right subtrees wait.
    assert longest[n - 1] == (n + 2 if order == "pre" else 2 * n + 1)


def spine(tree):
    return 0 if tree is None else 1 + spine(tree.right)


def moves(tree):
    """How often Morris' walk goes along a pointer, by the lines that are executed."""
    code = morris_inorder.__code__
    text, first = inspect.getsourcelines(morris_inorder)
    counts = Counter()

    def trace(frame, event, _):
        if frame.f_code is code and event == "line":
            counts[text[frame.f_lineno - first].strip()[:11]] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        morris_inorder(tree)
    finally:
        sys.settrace(before)
    # Each time that it looks right, it has come to a node, from above or from the left.
    return counts["here = here"] + counts["while (afte"]


def by_formula(tree):
    nodes = nodes_of(tree)
    return (
        len(nodes)
        + sum(t.left is not None for t in nodes)
        + 2 * (len(nodes) - spine(tree))
    )


@pytest.mark.parametrize("n", range(7))
def test_morris_moves_as_often_as_the_formula_says(n):
    for tree in shapes(n):
        assert moves(tree) == by_formula(tree)


def test_morris_moves_about_three_and_a_half_times_a_node_of_a_search_tree():
    for n in (1000, 2000, 4000):
        assert 3.45 < by_formula(search_tree(n)) / n < 3.5
    assert moves(search_tree(1000)) == by_formula(search_tree(1000))


@pytest.mark.parametrize("n", range(1, 8))
def test_morris_moves_from_n_to_4n_minus_3(n):
    found = [by_formula(tree) for tree in shapes(n)]
    assert min(found) == n
    assert max(found) == 4 * n - 3


def test_stopped_half_way_morris_leaves_a_ring():
    tree = from_level_order([4, 2, 5, 1, 3])
    seen = []

    class Stop(Exception):  # noqa: N818
        pass

    def stop():
        seen.append(None)
        if len(seen) == 2:
            raise Stop

    class Hurried(TreeNode):
        @property
        def value(self):
            stop()
            return self._value

        @value.setter
        def value(self, value):
            self._value = value

    def hurried(t):
        return t and Hurried(t.value, hurried(t.left), hurried(t.right))

    tree = hurried(tree)
    with pytest.raises(Stop):
        morris_inorder(tree)
    with pytest.raises(ValueError, match="two ways"):
        traverse(tree, "pre")


@pytest.mark.parametrize("n", range(1, 8))
def test_rebuilding_compares_at_most_twice_a_value_less_one(n):
    most = 0
    for tree in shapes(n):
        first, last = ([Value(k) for k in walk(tree)] for walk in (pre, mid))
        Value.compared = 0
        build_tree(first, last)
        most = max(most, Value.compared)
    assert most <= 2 * n - 1


def test_by_index_and_slices_is_quadratic_on_a_chain():
    sizes, work, linear = (100, 200, 400), [], []
    for n in sizes:
        first = [Value(k) for k in range(n)]
        Value.compared = 0
        by_index(first, first[::-1])
        work.append(Value.compared)
        Value.compared = 0
        build_tree(first, first[::-1])
        linear.append(Value.compared)
    assert 1.9 < exponent(sizes, work) < 2.1
    assert 0.9 < exponent(sizes, linear) < 1.1


def test_by_index_is_right():
    for tree in shapes(5):
        assert shape(by_index(pre(tree), mid(tree))) == shape(tree)


def test_counted_trees_are_trees():
    tree = counted(from_level_order(SAMPLE))
    assert isinstance(tree, Counted)
    assert to_level_order(tree) == SAMPLE


# Wrong solutions, each with the input that gives it away


def test_a_looking_at_the_parent_only_accepts_what_is_no_search_tree():
    def parent_only(t):
        return t is None or (
            (t.left is None or t.left.value < t.value)
            and (t.right is None or t.right.value > t.value)
            and parent_only(t.left)
            and parent_only(t.right)
        )

    tree = from_level_order([5, 4, 6, None, None, 3, 7])
    assert parent_only(tree)
    assert traverse(tree) == [4, 5, 3, 6, 7]


def test_b_the_least_of_both_depths_takes_a_missing_child_for_a_leaf():
    def least(t):
        return 0 if t is None else 1 + min(least(t.left), least(t.right))

    assert least(from_level_order([2, None, 3])) == 1


def test_c_through_the_root_only():
    tree = from_level_order([1, 2, None, 3, 4, 5, None, None, 6])
    assert height(tree.left) + height(tree.right) + 2 == 3 != diameter(tree)


def without_floor(t, best, floor=False):
    """Path sums without max(0, .): returns what is handed up."""
    if t is None:
        return 0
    left, right = (without_floor(s, best, floor) for s in (t.left, t.right))
    best.append(t.value + left + right)
    return t.value + max(left, right)


def test_d_without_zero_a_bad_side_is_dragged_along():
    best = []
    without_floor(from_level_order([2, -1]), best)
    assert max(best) == 1 != max_path_sum(from_level_order([2, -1]))


def test_e_a_fork_handed_up_is_no_path():
    def fork(t):
        if t is None:
            return 0
        here = t.value + max(0, fork(t.left)) + max(0, fork(t.right))
        best.append(here)
        return here

    best = []
    tree = from_level_order([1, 2, None, 3, 4])
    fork(tree)
    assert max(best) == 10
    assert max_path_sum(tree) == 9


def test_f_inorder_with_marks_does_not_tell_trees_apart():
    def marked(t):
        return ["#"] if t is None else [*marked(t.left), t.value, *marked(t.right)]

    one, other = from_level_order([2, 1]), from_level_order([1, None, 2])
    assert marked(one) == marked(other) == ["#", 1, "#", 2, "#"]


def test_f_a_list_without_none_is_the_list_of_several_trees():
    one, other = from_level_order([1, 2]), from_level_order([1, None, 2])
    assert traverse(one, "pre") == traverse(other, "pre")
    assert traverse(one, "level") == traverse(other, "level")
    assert "".join(map(str, [1, 12])) == "".join(map(str, [11, 2]))


def test_g_equal_values_leave_two_trees():
    assert pre(from_level_order([1, 1])) == mid(from_level_order([1, 1])) == [1, 1]
    assert pre(from_level_order([1, None, 1])) == mid(from_level_order([1, 1]))


def test_h_a_default_list_is_shared_between_calls():
    def collect(t, found=[]):  # noqa: B006
        if t is not None:
            collect(t.left, found)
            found.append(t.value)
            collect(t.right, found)
        return found

    tree = from_level_order([2, 1])
    assert collect(tree) == [1, 2]
    assert collect(tree) == [1, 2, 1, 2]


def test_recording_needs_the_lines_of_the_walk():
    """The stepper looks on at these lines: they must be there."""
    _, moments = record(
        lambda: traverse(from_level_order([2, 1])),
        traverse,
        ["_enter(node, met)", "values.append(node.value)"],
        lambda seen: {"value": seen["node"].value},
    )
    assert [m["value"] for m in moments] == [2, 1, 1, 2]
