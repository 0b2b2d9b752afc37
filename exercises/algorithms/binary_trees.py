"""Exercises on binary trees: order, the nearest leaf, paths downwards, two orders."""

from collections import Counter
from collections.abc import Callable, Iterator
from math import inf
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words


class TreeNode:
    """What the answers are given; the same as the note's."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.left: TreeNode | None = None
        self.right: TreeNode | None = None


def tree(values: list[Any]) -> TreeNode | None:
    """The tree of a level-order list."""
    nodes = [TreeNode(value) for value in values[:1]]
    rest = iter(values[1:])
    for node in nodes:
        for side in ("left", "right"):
            value = next(rest, None)
            if value is not None:
                nodes.append(TreeNode(value))
                setattr(node, side, nodes[-1])
    return nodes[0] if nodes else None


def parents(root: TreeNode | None) -> list[tuple[int, int, bool]]:
    """Of each node its value, the number of its parent (-1 for none), and its side."""
    nodes = [(root, -1, False)] if root is not None else []
    for k, (node, _, _) in enumerate(nodes):
        if node.left is not None:
            nodes.append((node.left, k, False))
        if node.right is not None:
            nodes.append((node.right, k, True))
    return [(node.value, up, right) for node, up, right in nodes]


def some_tree(
    random: Random, n: int, value: Callable[[], int], full: float = 0.6
) -> list[Any]:
    """The list of a random tree; the larger ``full``, the lower it is."""
    values: list[Any] = [value()]
    open_, count = 2, 1
    while open_ and count < n:
        there = random.random() < full or open_ == 1
        values.append(value() if there else None)
        open_ += 1 if there else -1
        count += there
    while values[-1] is None:
        values.pop()
    return values


def search_tree(values: list[int]) -> list[Any]:
    """The list of the search tree into which these values go one by one."""
    root: dict[str, Any] = {}
    for value in values:
        here = root
        while here:
            here = here["left" if value < here["value"] else "right"]
        here |= {"value": value, "left": {}, "right": {}}
    found: list[Any] = []
    queue = [root]
    for node in queue:
        found.append(node.get("value"))
        if node:
            queue += [node["left"], node["right"]]
    while found and found[-1] is None:
        found.pop()
    return found


order = Exercise(
    en=Words(
        title="Is it a search tree? (LeetCode 98)",
        statement="""\
Is the tree a binary search tree? In such a tree **all** values of the left subtree of a node
are smaller than the node's, all values of its right subtree are larger, and no two are equal.

- `root`: a node, or `None` for the empty tree, which is a search tree. A node has `value`,
  `left` and `right`.
- Values are integers of any sign and size. There are at most 3000 nodes, at depth 100 at most.

Cases are shown as level-order lists.
""",
        hints=(
            "Looking at a node and its children is not enough: the bound comes from further up.",
            "Hand two bounds down, or look at the inorder: it must rise. Begin with no bound"
            " at all (`None` or `inf`), not with a number that seems large.",
        ),
    ),
    zh=Words(
        title="验证二叉搜索树（LeetCode 98）",
        statement="""\
判断一棵树是不是二叉搜索树：每个结点左子树里的**所有**值都比它小，右子树里的所有值都比它大，而且没有相等的值。

- `root`：根结点；空树为 `None`，算二叉搜索树。结点有 `value`、`left`、`right` 三个属性。
- 值是任意大小的整数，可正可负；至多 3000 个结点，深度不超过 100。

测试用例以层序列表给出。
""",
        hints=(
            "只比较结点和它的孩子不够：限制可能来自更高的祖先。",
            "把上下界往下传，或者看中序序列是否严格递增。一开始没有界，用 `None` 或 `inf`，不要用某个“够大”的数。",
        ),
    ),
    examples="""\
>>> from snippets.algorithms.binary_trees import from_level_order
>>> is_valid_bst(from_level_order([2, 1, 3]))
True
>>> is_valid_bst(from_level_order([5, 4, 6, None, None, 3, 7]))
False
""",
)


@order.solution
def is_valid_bst(root: "TreeNode | None") -> bool:
    stack = [(root, -inf, inf)]
    while stack:
        node, low, high = stack.pop()
        if node is None:
            continue
        if not low < node.value < high:
            return False
        stack.append((node.left, low, node.value))
        stack.append((node.right, node.value, high))
    return True


@order.wrong(
    en="Each node is compared with its children only, not with what stands further up.",
    zh="每个结点只与自己的孩子比较，没有考虑更高的祖先。",
)
def is_valid_bst_parent(root: "TreeNode | None") -> bool:
    if root is None:
        return True
    if root.left is not None and root.left.value >= root.value:
        return False
    if root.right is not None and root.right.value <= root.value:
        return False
    return is_valid_bst_parent(root.left) and is_valid_bst_parent(root.right)


@order.wrong(
    en="Equal values pass: the inorder must rise, not only not fall.",
    zh="放过了相等的值：中序序列必须严格递增。",
)
def is_valid_bst_equal(root: "TreeNode | None") -> bool:
    def inorder(node: "TreeNode | None") -> list[int]:
        if node is None:
            return []
        return [*inorder(node.left), node.value, *inorder(node.right)]

    values = inorder(root)
    return values == sorted(values)


@order.wrong(
    en="The bounds begin at ±(2³¹ − 1), so that value itself is refused.",
    zh="上下界的初值取 ±(2³¹ − 1)，值恰好等于它时就判错了。",
)
def is_valid_bst_bounds(root: "TreeNode | None") -> bool:
    def inside(node: "TreeNode | None", low: int, high: int) -> bool:
        if node is None:
            return True
        return (
            low < node.value < high
            and inside(node.left, low, node.value)
            and inside(node.right, node.value, high)
        )

    return inside(root, -(2**31) + 1, 2**31 - 1)


@order.wrong(
    en="The last value of the inorder begins at 0, so negative values are refused.",
    zh="中序遍历时“上一个值”的初值取 0，负数就判错了。",
)
def is_valid_bst_zero(root: "TreeNode | None") -> bool:
    last = 0

    def rises(node: "TreeNode | None") -> bool:
        nonlocal last
        if node is None:
            return True
        if not rises(node.left) or node.value < last:
            return False
        last = node.value + 1
        return rises(node.right)

    return rises(root)


@order.wrong(
    en="`if low and ...`: a bound of 0 is taken for no bound.",
    zh="写成 `if low and ...`：界恰好为 0 时，被当成没有界。",
)
def is_valid_bst_truth(root: "TreeNode | None") -> bool:
    def inside(node: "TreeNode | None", low: int | None, high: int | None) -> bool:
        if node is None:
            return True
        if low and node.value <= low:
            return False
        if high and node.value >= high:
            return False
        return inside(node.left, low, node.value) and inside(
            node.right, node.value, high
        )

    return inside(root, None, None)


@order.cases
def order_cases(random: Random) -> Iterator[tuple[list[Any]]]:
    yield ([],)
    yield ([7],)
    yield ([-7],)
    yield ([0],)
    yield ([1, 1],)
    yield ([1, None, 1],)
    yield ([2, 1, 3],)
    yield ([2**31 - 1],)
    yield ([-(2**31), None, 2**31 - 1],)
    yield ([0, None, -1],)
    yield ([0, 1],)
    yield ([2**63],)
    yield ([10**30],)
    yield ([-(10**30)],)
    yield ([2**53, None, 2**53 + 1],)  # equal as floats
    yield ([5, 4, 6, None, None, 3, 7],)
    yield ([5, 2, 8, 1, 6],)
    for n in range(2, 12):
        values = random.sample(range(-20, 20), n)
        yield (search_tree(values),)
        wrong = search_tree(values)
        wrong[-1] += random.choice([-9, 9])
        yield (wrong,)
        yield (some_tree(random, n, lambda: random.randint(-3, 3)),)


@order.large
def order_large(random: Random) -> Iterator[tuple[list[Any]]]:
    values = random.sample(range(-(10**6), 10**6), 3000)
    yield (search_tree(values),)
    yield (search_tree([*values[:-1], values[0]]),)


@order.brute
def order_brute(root: TreeNode | None) -> bool:
    nodes = parents(root)
    for value, up, right in nodes:
        while up >= 0:  # each pair of a node and one above it
            above, next_, next_right = nodes[up]
            if not (value > above if right else value < above):
                return False
            up, right = next_, next_right
    return True


@order.drive
def order_drive(answer: Callable[..., Any], root: list[Any]) -> Any:
    return answer(tree(root))


near = Exercise(
    en=Words(
        title="The nearest leaf (LeetCode 111)",
        statement="""\
How many nodes has the shortest way from the root down to a leaf? A leaf is a node without
children. The root and the leaf count; an empty tree has 0.

- `root`: a node with `value`, `left` and `right`, or `None`.
- There are at most 3000 nodes, at depth 300 at most. Values do not matter.

Cases are shown as level-order lists.
""",
        hints=(
            "What is the answer for a node with one child? Its missing child is not a leaf.",
            "Level by level is the shortest: the first leaf that you meet is the nearest.",
        ),
    ),
    zh=Words(
        title="二叉树的最小深度（LeetCode 111）",
        statement="""\
从根结点往下走到叶子，最短的一条路上有几个结点？没有孩子的结点才是叶子；根和叶子都计入，空树为 0。

- `root`：根结点，有 `value`、`left`、`right` 三个属性；空树为 `None`。
- 至多 3000 个结点，深度不超过 300；值的大小与答案无关。

测试用例以层序列表给出。
""",
        hints=(
            "只有一个孩子的结点，答案是什么？缺的那个孩子不是叶子。",
            "按层遍历最省事：最先遇到的叶子就是最近的。",
        ),
    ),
    examples="""\
>>> from snippets.algorithms.binary_trees import from_level_order
>>> min_depth(from_level_order([3, 9, 20, None, None, 15, 7]))
2
>>> min_depth(from_level_order([2, None, 3]))
2
""",
)


@near.solution
def min_depth(root: "TreeNode | None") -> int:
    level, depth = [root] if root is not None else [], 0
    while level:
        depth += 1
        below = []
        for node in level:
            children = [c for c in (node.left, node.right) if c is not None]
            if not children:
                return depth
            below += children
        level = below
    return 0


@near.wrong(
    en="`1 + min(left, right)`: a missing child counts as a leaf.",
    zh="写成 `1 + min(左, 右)`：把缺的孩子当成了叶子。",
)
def min_depth_min(root: "TreeNode | None") -> int:
    if root is None:
        return 0
    return 1 + min(min_depth_min(root.left), min_depth_min(root.right))


@near.wrong(
    en="The largest depth, `max`, instead of the least.",
    zh="用了 `max`：求成了最大深度。",
)
def min_depth_max(root: "TreeNode | None") -> int:
    if root is None:
        return 0
    return 1 + max(min_depth_max(root.left), min_depth_max(root.right))


@near.wrong(
    en="Edges are counted, not nodes: one too few.",
    zh="数成了边数，比结点数少 1。",
)
def min_depth_edges(root: "TreeNode | None") -> int:
    if root is None or (root.left is None and root.right is None):
        return 0
    return 1 + min(min_depth_edges(c) for c in (root.left, root.right) if c is not None)


@near.wrong(
    en="The walk stops at the first node that lacks one child.",
    zh="遇到第一个缺孩子的结点就停，而它可能还有另一个孩子。",
)
def min_depth_first_gap(root: "TreeNode | None") -> int:
    queue = [(root, 1)] if root is not None else []
    for node, depth in queue:
        if node.left is None or node.right is None:
            return depth
        queue += [(node.left, depth + 1), (node.right, depth + 1)]
    return 0


@near.cases
def near_cases(random: Random) -> Iterator[tuple[list[Any]]]:
    yield ([],)
    yield ([4],)
    yield ([2, None, 3],)
    yield ([2, 3],)
    yield ([2, 2, 2],)
    yield ([3, 9, 20, None, None, 15, 7],)
    yield ([1, 2, 3, 4, None, None, 5],)
    for n in range(2, 30):
        yield (some_tree(random, n, lambda: random.randint(-9, 9)),)


@near.large
def near_large(random: Random) -> Iterator[tuple[list[Any]]]:
    yield (list(range(3000)),)
    yield ([0] + [x for k in range(1, 250) for x in (k, None)],)


@near.brute
def near_brute(root: TreeNode | None) -> int:
    nodes = parents(root)
    above = {up for _, up, _ in nodes}
    depths = []
    for leaf in set(range(len(nodes))) - above:
        depth, here = 0, leaf
        while here >= 0:
            depth, here = depth + 1, nodes[here][1]
        depths.append(depth)
    return min(depths, default=0)


@near.drive
def near_drive(answer: Callable[..., Any], root: list[Any]) -> Any:
    return answer(tree(root))


down = Exercise(
    en=Words(
        title="Paths down with a given sum (LeetCode 437)",
        statement="""\
How many paths have the sum `target`? A path begins at any node, goes down from parent to child,
and ends at any node; a single node is a path.

- `root`: a node with `value`, `left` and `right`, or `None`.
- `target`: an integer. Values are integers as well, of any sign.
- There are at most 3000 nodes, at depth 300 at most.

Cases show the tree as a level-order list.
""",
        hints=(
            "Trying all beginnings is right, and slow on a deep tree. On the way down, keep the"
            " sums from the root; a path is the difference of two of them.",
            "Count the sums of the nodes above in a `Counter` that begins with 0 once. On the"
            " way back up, take the node's own sum out again: it is not above its sibling.",
        ),
    ),
    zh=Words(
        title="路径总和 III（LeetCode 437）",
        statement="""\
和为 `target` 的路径有多少条？路径从任意结点出发，只能往下走（从父结点到孩子），可以在任意结点结束；单个结点也算一条路径。

- `root`：根结点，有 `value`、`left`、`right` 三个属性；空树为 `None`。
- `target`：整数。结点的值也是整数，可正可负。
- 至多 3000 个结点，深度不超过 300。

测试用例中的树以层序列表给出。
""",
        hints=(
            "枚举所有起点是对的，但树很深时太慢。往下走时记住从根开始的前缀和：一条路径的和，是两个前缀和之差。",
            "用 `Counter` 记录祖先的前缀和，先放入一个 0。往回走时把这个结点的前缀和减掉：它不是兄弟的祖先。",
        ),
    ),
    examples="""\
>>> from snippets.algorithms.binary_trees import from_level_order
>>> paths_with_sum(from_level_order([10, 5, -3, 3, 2, None, 11, 3, -2, None, 1]), 8)
3
>>> paths_with_sum(from_level_order([1, -1, 1]), 0)
1
""",
)


@down.solution
def paths_with_sum(root: "TreeNode | None", target: int) -> int:
    above = Counter([0])

    def count(node: "TreeNode | None", total: int) -> int:
        if node is None:
            return 0
        total += node.value
        found = above[total - target]
        above[total] += 1
        found += count(node.left, total) + count(node.right, total)
        above[total] -= 1
        return found

    return count(root, 0)


@down.wrong(
    en="Only paths that begin at the root are counted.",
    zh="只数了从根结点出发的路径。",
)
def paths_with_sum_root(root: "TreeNode | None", target: int) -> int:
    if root is None:
        return 0
    rest = target - root.value
    below = paths_with_sum_root(root.left, rest) + paths_with_sum_root(root.right, rest)
    return (rest == 0) + below


@down.wrong(
    en="The sum is not taken out on the way back up: it counts for nodes beside it, too.",
    zh="往回走时没有减掉前缀和：旁边的子树也用上了它。",
)
def paths_with_sum_kept(root: "TreeNode | None", target: int) -> int:
    above = Counter([0])

    def count(node: "TreeNode | None", total: int) -> int:
        if node is None:
            return 0
        total += node.value
        found = above[total - target]
        above[total] += 1
        return found + count(node.left, total) + count(node.right, total)

    return count(root, 0)


@down.wrong(
    en="The counter does not begin with 0: paths from the root are lost.",
    zh="没有先放入前缀和 0：从根结点出发的路径全丢了。",
)
def paths_with_sum_no_zero(root: "TreeNode | None", target: int) -> int:
    above: Counter[int] = Counter()

    def count(node: "TreeNode | None", total: int) -> int:
        if node is None:
            return 0
        total += node.value
        found = above[total - target]
        above[total] += 1
        found += count(node.left, total) + count(node.right, total)
        above[total] -= 1
        return found

    return count(root, 0)


@down.wrong(
    en="The own sum is stored before the question: with target 0 the empty path counts.",
    zh="先存后查：目标为 0 时，把空路径也数了进去。",
)
def paths_with_sum_empty(root: "TreeNode | None", target: int) -> int:
    above = Counter([0])

    def count(node: "TreeNode | None", total: int) -> int:
        if node is None:
            return 0
        total += node.value
        above[total] += 1
        found = above[total - target]
        found += count(node.left, total) + count(node.right, total)
        above[total] -= 1
        return found

    return count(root, 0)


@down.cases
def down_cases(random: Random) -> Iterator[tuple[list[Any], int]]:
    yield [], 0
    yield [], 1
    yield [0], 0
    yield [3], 3
    yield [3], 0
    yield [1, -1, 1], 0
    yield [1, 1, 1], 2
    yield [1, -2, -3, 1, 3, -2, None, -1], -1
    yield [10, 5, -3, 3, 2, None, 11, 3, -2, None, 1], 8
    for n in range(2, 30):
        yield some_tree(random, n, lambda: random.randint(-3, 3)), random.randint(-4, 4)


@down.large
def down_large(random: Random) -> Iterator[tuple[list[Any], int]]:
    yield [random.randint(-1000, 1000) for _ in range(3000)], 500
    yield [0] + [x for _ in range(1, 250) for x in (random.randint(-2, 2), None)], 0


@down.brute
def down_brute(root: TreeNode | None, target: int) -> int:
    nodes = parents(root)
    found = 0
    for end in range(len(nodes)):
        total, here = 0, end
        while here >= 0:
            total, here = total + nodes[here][0], nodes[here][1]
            found += total == target
    return found


@down.drive
def down_drive(answer: Callable[..., Any], root: list[Any], target: int) -> Any:
    return answer(tree(root), target)


rebuild = Exercise(
    en=Words(
        title="The preorder of an inorder and a postorder (after LeetCode 106)",
        statement="""\
A tree of distinct values has this inorder and this postorder. What is its preorder? Return it
as a list; the tree itself need not be built.

- `inorder`, `postorder`: lists of the same 0 to 500 distinct integers, the two orders of one
  tree. Its depth is 150 at most.
""",
        hints=(
            "Where in the postorder does the root stand? Where does it cut the inorder?",
            "The last of the postorder is the root. With `k` values left of it in the inorder,"
            " the first `k` of the postorder are the left subtree, and the next ones, without"
            " the last, are the right one.",
        ),
    ),
    zh=Words(
        title="由中序和后序求前序（改自 LeetCode 106）",
        statement="""\
给定一棵二叉树的中序序列和后序序列，各结点的值互不相同，求前序序列，以列表返回；不必真的建出树来。

- `inorder`、`postorder`：同一棵树的两个序列，由同样的 0 到 500 个互不相同的整数组成；树的深度不超过 150。
""",
        hints=(
            "根在后序序列的什么位置？它把中序序列分成哪两段？",
            "后序的最后一个是根。若中序里它的左边有 `k` 个值，后序的前 `k` 个就是左子树，再往后（去掉最后一个）是右子树。",
        ),
    ),
    examples="""\
>>> preorder_from([9, 3, 15, 20, 7], [9, 15, 7, 20, 3])
[3, 9, 20, 15, 7]
>>> preorder_from([2, 1], [2, 1])
[1, 2]
""",
    lacks={"ties": "the values of the tree are distinct"},
)


@rebuild.solution
def preorder_from(inorder: list[int], postorder: list[int]) -> list[int]:
    place = {value: k for k, value in enumerate(inorder)}
    found = []
    stack = [(0, 0, len(inorder))]  # where each list begins, and how many values
    while stack:
        first, last, size = stack.pop()
        if size:
            root = postorder[last + size - 1]
            k = place[root] - first  # values of the left subtree
            found.append(root)
            stack.append((first + k + 1, last + k, size - k - 1))
            stack.append((first, last, k))
    return found


@rebuild.wrong(
    en="The root is taken from the front of the postorder: that is a leaf.",
    zh="从后序的开头取根：那是叶子。",
)
def preorder_from_front(inorder: list[int], postorder: list[int]) -> list[int]:
    if not inorder:
        return []
    root = postorder[0]
    k = inorder.index(root)
    return [
        root,
        *preorder_from_front(inorder[:k], postorder[1 : k + 1]),
        *preorder_from_front(inorder[k + 1 :], postorder[k + 1 :]),
    ]


@rebuild.wrong(
    en="Roots are popped from the end, but the left subtree is built first.",
    zh="从后序末尾逐个取根，却先建左子树。",
)
def preorder_from_left_first(inorder: list[int], postorder: list[int]) -> list[int]:
    left_over = list(postorder)

    def go(values: list[int]) -> list[int]:
        if not values or not left_over:
            return []
        root = left_over.pop()
        if root not in values:
            return [root]
        k = values.index(root)
        return [root, *go(values[:k]), *go(values[k + 1 :])]

    return go(inorder)


@rebuild.wrong(
    en="The postorder read backwards: the right subtree comes before the left one.",
    zh="直接把后序倒过来：右子树排到了左子树前面。",
)
def preorder_from_backwards(inorder: list[int], postorder: list[int]) -> list[int]:
    return postorder[::-1]


@rebuild.wrong(
    en="The part of the right subtree still holds the root at its end.",
    zh="右子树那一段没有去掉末尾的根。",
)
def preorder_from_with_root(inorder: list[int], postorder: list[int]) -> list[int]:
    if not inorder:
        return []
    root = postorder[-1]
    k = inorder.index(root)
    return [
        root,
        *preorder_from_with_root(inorder[:k], postorder[:k]),
        *preorder_from_with_root(inorder[k + 1 :], postorder[k + 1 :]),
    ]


def orders(root: TreeNode | None) -> tuple[list[int], list[int]]:
    if root is None:
        return [], []
    (left_in, left_post), (right_in, right_post) = orders(root.left), orders(root.right)
    inorder = [*left_in, root.value, *right_in]
    return inorder, [*left_post, *right_post, root.value]


@rebuild.cases
def rebuild_cases(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield [], []
    yield [5], [5]
    yield [2, 1], [2, 1]
    yield [1, 2], [2, 1]
    yield [9, 3, 15, 20, 7], [9, 15, 7, 20, 3]
    for n in range(2, 8):
        for full in (0.4, 0.6, 0.8):
            values = iter(random.sample(range(-50, 50), n + 1))
            yield orders(tree(some_tree(random, n, lambda v=values: next(v), full)))


@rebuild.large
def rebuild_large(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield orders(tree(search_tree(random.sample(range(-(10**6), 10**6), 500))))
    yield list(range(140)), list(range(140))


@rebuild.brute
def rebuild_brute(inorder: list[int], postorder: list[int]) -> list[int]:
    """The one of all trees with this inorder that has this postorder."""

    def every(values: list[int]) -> Iterator[tuple[list[int], list[int]]]:
        if not values:
            yield [], []
        for k, root in enumerate(values):
            for first, last in every(values[:k]):
                for next_first, next_last in every(values[k + 1 :]):
                    both = [*last, *next_last, root]
                    yield [root, *first, *next_first], both

    [found] = [first for first, last in every(inorder) if last == postorder]
    return found
