"""Exercises on linked lists: reverse a part, find a duplicate, interleave two halves."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from types import SimpleNamespace as Node
from typing import Any

from notekit.study.judge import Exercise, Words

part = Exercise(
    en=Words(
        title="Reverse a part of a list",
        statement="""\
LeetCode 92. Reverse the nodes from place `left` to place `right`, counted from 1, by re-linking them, and return the head
of the list.

- `head`: the first node of a list of $n$ nodes, $1 \\le n \\le 3000$. A node has `value` and `next`; `next` of the last one is `None`.
- `left`, `right`: integers, $1 \\le \\text{left} \\le \\text{right} \\le n$.
- New nodes, such as a dummy, are made by `Node(value=…, next=…)`. The list that is
  returned must consist of the nodes given, each with its value.
- 3,000 nodes are too many for a recursion over the links.
- Compare nodes with `is`: `==` looks at the values.

The judge makes the list from `values` and shows the result as a list of values.
""",
        hints=(
            "The node before place `left` must learn of a new successor. Which node is that if `left` is 1?",
            "Put a dummy before the head and go `left - 1` links to the node before the"
            " part. Reverse `right - left + 1` nodes, and let `before` start at the node"
            " behind the part, or hang it on at the end.",
        ),
    ),
    zh=Words(
        title="反转链表的一段",
        statement="""\
LeetCode 92“反转链表 II”。把第 `left` 个到第 `right` 个结点（从 1 数起）反转，只改 `next`，返回链表的头结点。

- `head`：链表的头结点，链表有 $n$ 个结点，$1 \\le n \\le 3000$。结点有 `value` 和 `next` 两个属性，最后一个结点的 `next` 是 `None`。
- `left`、`right`：整数，$1 \\le \\text{left} \\le \\text{right} \\le n$。
- 需要新结点（例如哑结点）时，用 `Node(value=…, next=…)` 创建。返回的链表必须由原来的结点组成，结点里的值不得改动。
- 结点多达 3000 个，不能沿着指针递归。
- 比较结点请用 `is`：`==` 比较的是值。

判题时按 `values` 建好链表，结果显示为值的列表。
""",
        hints=(
            "第 `left` 个结点之前的那个结点，要换一个后继。`left` 为 1 时，它是谁？",
            "在头结点前放一个哑结点，走 `left - 1` 步，到达这一段的前驱。然后反转 `right - left + 1` 个结点：可以让 `before` 从这一段后面的结点开始，也可以最后再接上。",
        ),
    ),
    examples="""\
>>> head = Node(value=1, next=Node(value=2, next=Node(value=3, next=None)))
>>> head = reverse_between(head, 1, 2)
>>> head.value, head.next.value, head.next.next.value
(2, 1, 3)
""",
    lacks={
        "empty": "the part has at least one node",
    },
)


@part.solution
def reverse_between(head: Node | None, left: int, right: int) -> Node | None:
    dummy = Node(value=None, next=head)
    joint = dummy
    for _ in range(left - 1):
        joint = joint.next
    first = joint.next
    before, node = None, first
    for _ in range(right - left + 1):
        node.next, before, node = before, node, node.next
    joint.next, first.next = before, node
    return dummy.next


@part.wrong(
    en="No dummy: the old head is returned, though it is no longer the first if left is 1.",
    zh="没有哑结点：left 为 1 时，头结点已经换了，返回的却还是原来的头结点。",
)
def reverse_between_no_dummy(head: Node | None, left: int, right: int) -> Node | None:
    joint = None
    first = head
    for _ in range(left - 1):
        joint, first = first, first.next
    before, node = None, first
    for _ in range(right - left + 1):
        node.next, before, node = before, node, node.next
    first.next = node
    if joint is not None:
        joint.next = before
    return head


@part.wrong(
    en="One node short: the loop runs right - left times, as if the end did not belong.",
    zh="少反转了一个结点：循环只执行 right - left 次，把右端点当成了开区间。",
)
def reverse_between_short(head: Node | None, left: int, right: int) -> Node | None:
    dummy = Node(value=None, next=head)
    joint = dummy
    for _ in range(left - 1):
        joint = joint.next
    first = joint.next
    before, node = None, first
    for _ in range(right - left):
        node.next, before, node = before, node, node.next
    joint.next, first.next = before, node
    return dummy.next


@part.wrong(
    en="The end of the part is not hung on: all that stood behind it is lost.",
    zh="反转之后没有接上后面的部分：这一段之后的结点全部丢失。",
)
def reverse_between_loose(head: Node | None, left: int, right: int) -> Node | None:
    dummy = Node(value=None, next=head)
    joint = dummy
    for _ in range(left - 1):
        joint = joint.next
    before, node = None, joint.next
    for _ in range(right - left + 1):
        node.next, before, node = before, node, node.next
    joint.next = before
    return dummy.next


@part.wrong(
    en="Hung on to the old successor of the first node, which is in the part: a cycle.",
    zh="把首结点接到了它原来的后继上，而那个结点就在这一段里：形成了环。",
)
def reverse_between_cycle(head: Node | None, left: int, right: int) -> Node | None:
    dummy = Node(value=None, next=head)
    joint = dummy
    for _ in range(left - 1):
        joint = joint.next
    first = joint.next
    successor = first.next
    before, node = None, first
    for _ in range(right - left + 1):
        node.next, before, node = before, node, node.next
    joint.next, first.next = before, successor
    return dummy.next


@part.wrong(
    en="Values are exchanged, and each node stays where it was: nothing is re-linked.",
    zh="交换的是值，结点都留在原处，指针一个也没有改。",
)
def reverse_between_values(head: Node | None, left: int, right: int) -> Node | None:
    nodes, node = [], head
    while node is not None:
        nodes.append(node)
        node = node.next
    i, j = left - 1, right - 1
    while i < j:
        nodes[i].value, nodes[j].value = nodes[j].value, nodes[i].value
        i, j = i + 1, j - 1
    return head


@part.drive
def part_drive(
    reverse_between: Any, values: list[int], left: int, right: int
) -> list[int]:
    nodes = linked(values)
    return listed(reverse_between(nodes[0], left, right), nodes, values)


@part.cases
def part_cases(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield [7], 1, 1
    yield [1, 2], 1, 2
    yield [1, 2], 2, 2
    yield [1, 2, 3], 1, 2
    yield [3, 3, -3], 2, 3
    yield [1, 2, 3, 4, 5], 2, 4
    for _ in range(30):
        n = random.randint(1, 8)
        left = random.randint(1, n)
        values = [random.randint(-9, 9) for _ in range(n)]
        yield values, left, random.randint(left, n)


@part.large
def part_large(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield [random.randint(-(10**9), 10**9) for _ in range(3000)], 2, 2999


@part.brute
def part_brute(head: Node | None, left: int, right: int) -> Node | None:
    nodes = []
    while head is not None:
        nodes.append(head)
        head = head.next
    nodes[left - 1 : right] = nodes[left - 1 : right][::-1]
    for node, after in zip(nodes, [*nodes[1:], None]):
        node.next = after
    return nodes[0]


duplicate = Exercise(
    en=Words(
        title="The value that occurs more than once",
        statement="""\
LeetCode 287. An array of $n + 1$ values from 1 to $n$ has one value that occurs twice or more often. Return it, without changing
the array, and with a constant number of variables (which the judge cannot see).

- `a`: a tuple of $n + 1$ integers, $n \\ge 1$, each from 1 to $n$.
- All values but one occur at most once; some may not occur at all.

In the first example the walk from index 0 goes to 1, 3, 2, 4, 2, 4, …
""",
        hints=(
            "Let index `i` point to index `a[i]`. Which index is the start of the cycle"
            " that the walk from 0 runs into?",
            "First part: one pointer takes one link a step, the other two, until they meet."
            " Second part: one of them starts again at 0, and both take one link.",
        ),
    ),
    zh=Words(
        title="出现不止一次的数",
        statement="""\
LeetCode 287“寻找重复数”。数组里有 $n + 1$ 个数，都在 1 到 $n$ 之间，恰有一个值出现两次或更多次。返回这个值。不得修改数组，只用常数个变量（判题程序看不到变量的个数，请自觉遵守）。

- `a`：$n + 1$ 个整数组成的元组，$n \\ge 1$，每个数在 1 到 $n$ 之间。
- 其余的值至多出现一次，也可能不出现。

第一个例子中，从下标 0 出发，依次走到 1、3、2、4、2、4……
""",
        hints=(
            "让下标 `i` 指向下标 `a[i]`。从 0 出发会走进一个环，环的入口是哪个下标？",
            "第一阶段：一个指针每步走一个，另一个每步走两个，直到相遇。第二阶段：让其中一个回到 0，两个指针每步都走一个。",
        ),
    ),
    examples="""\
>>> find_duplicate((1, 3, 4, 2, 2))
2
>>> find_duplicate((3, 3, 3, 3))
3
""",
    lacks={
        "empty": "there are at least two values",
        "one": "there are at least two values",
        "negative": "values are from 1 on",
    },
)


@duplicate.solution
def find_duplicate(a: tuple[int, ...]) -> int:
    slow, fast = a[0], a[a[0]]
    while slow != fast:
        slow, fast = a[slow], a[a[fast]]
    slow = 0
    while slow != fast:
        slow, fast = a[slow], a[fast]
    return slow


@duplicate.wrong(
    en="The meeting point is returned: it is on the cycle, but seldom its start.",
    zh="返回了相遇点：它在环上，但多半不是环的入口。",
)
def find_duplicate_meeting(a: tuple[int, ...]) -> int:
    slow, fast = a[0], a[a[0]]
    while slow != fast:
        slow, fast = a[slow], a[a[fast]]
    return slow


@duplicate.wrong(
    en="The sum less that of 1 to n: right only if every other value occurs once.",
    zh="用总和减去 1 到 n 之和：只有其余的值都恰好出现一次时才正确。",
)
def find_duplicate_sum(a: tuple[int, ...]) -> int:
    n = len(a) - 1
    return sum(a) - n * (n + 1) // 2


@duplicate.wrong(
    en="Exclusive or of all values and of 1 to n, which has the same weakness as the sum.",
    zh="把所有数与 1 到 n 一起异或：与求和的办法有同样的毛病。",
)
def find_duplicate_xor(a: tuple[int, ...]) -> int:
    found = 0
    for i, value in enumerate(a):
        found ^= i ^ value
    return found


@duplicate.wrong(
    en="Neighbours are compared, though nothing says that equal values stand side by side.",
    zh="只比较相邻的数，可是相等的数不一定挨着。",
)
def find_duplicate_neighbours(a: tuple[int, ...]) -> int:
    for x, y in pairwise(a):
        if x == y:
            return x
    return a[0]


@duplicate.cases
def duplicate_cases(random: Random) -> Iterator[tuple[tuple[int, ...]]]:
    yield ((1, 1),)
    yield ((1, 3, 4, 2, 2),)
    yield ((3, 1, 3, 4, 2),)
    yield ((2, 2, 2),)
    yield ((3, 3, 3, 3),)
    for _ in range(30):
        n = random.randint(2, 8)
        again, copies = random.randint(1, n), random.randint(2, n + 1)
        others = [x for x in range(1, n + 1) if x != again]
        a = [again] * copies + random.sample(others, n + 1 - copies)
        random.shuffle(a)
        yield (tuple(a),)


@duplicate.large
def duplicate_large(random: Random) -> Iterator[tuple[tuple[int, ...]]]:
    a = [*range(1, 5001), 1234]
    random.shuffle(a)
    yield (tuple(a),)


@duplicate.brute
def duplicate_brute(a: tuple[int, ...]) -> int:
    return Counter(a).most_common(1)[0][0]


reorder = Exercise(
    en=Words(
        title="First, last, second, last but one",
        statement="""\
LeetCode 143. Re-link the list so that its nodes come in the order first, last, second, last but one, and so on, and return its head.

- `head`: the first node, or `None`. A node has `value` and `next`; `next` of the last
  one is `None`. There are up to 3,001 nodes, too many for a recursion over the links.
- The list that is returned must consist of the nodes given, each with its value, and must end.
- Compare nodes with `is`: `==` looks at the values.

The judge makes the list from `values` and shows the result as a list of values.
""",
        hints=(
            "From the end, a list cannot be walked backwards. What can be reversed first?",
            "Find the middle, cut behind it, reverse the second half, and take nodes from"
            " the two halves in turn. The first half may have one node more.",
        ),
    ),
    zh=Words(
        title="一头一尾，交替排列",
        statement="""\
LeetCode 143“重排链表”。改动 `next`，让结点按第一个、最后一个、第二个、倒数第二个……的次序排列，返回头结点。

- `head`：头结点，或 `None`。结点有 `value` 和 `next` 两个属性，最后一个结点的 `next` 是 `None`。结点最多 3001 个，不能沿着指针递归。
- 返回的链表必须由原来的结点组成，结点里的值不得改动，并且有终点。
- 比较结点请用 `is`：`==` 比较的是值。

判题时按 `values` 建好链表，结果显示为值的列表。
""",
        hints=(
            "单链表不能从尾往头走。可以先把哪一部分反转？",
            "找到中点，在它后面断开，反转后一半，再从两半轮流取结点。前一半可能多一个结点。",
        ),
    ),
    examples="""\
>>> head = Node(value=1, next=Node(value=2, next=Node(value=3, next=None)))
>>> head = reorder_list(head)
>>> head.value, head.next.value, head.next.next.value
(1, 3, 2)
>>> print(reorder_list(None))
None
""",
)


@reorder.solution
def reorder_list(head: Node | None) -> Node | None:
    if head is None:
        return None
    slow, fast = head, head.next
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    node, slow.next = slow.next, None
    back = None
    while node is not None:
        node.next, back, node = back, node, node.next
    front = head
    while back is not None:
        after, rest = front.next, back.next
        front.next, back.next = back, after
        front, back = after, rest
    return head


@reorder.wrong(
    en="The first half is not cut off: its last node still points on, and the list has a cycle.",
    zh="没有断开前一半：它的最后一个结点仍指向后面，链表成了环。",
)
def reorder_list_uncut(head: Node | None) -> Node | None:
    if head is None or head.next is None:
        return head
    slow, fast = head, head.next
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    node, back = slow.next, None
    while node is not None:
        node.next, back, node = back, node, node.next
    front = head
    while back is not None:
        after, rest = front.next, back.next
        front.next, back.next = back, after
        front, back = after, rest
    return head


@reorder.wrong(
    en="The second half is not reversed: 1, 3, 2, 4 in place of 1, 4, 2, 3.",
    zh="没有反转后一半：得到 1、3、2、4，而不是 1、4、2、3。",
)
def reorder_list_unreversed(head: Node | None) -> Node | None:
    if head is None:
        return None
    slow, fast = head, head.next
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    back, slow.next = slow.next, None
    front = head
    while back is not None:
        after, rest = front.next, back.next
        front.next, back.next = back, after
        front, back = after or back, rest
    return head


@reorder.wrong(
    en="Only the last node is brought to the front half, once: right up to four nodes.",
    zh="只把最后一个结点移了一次：不超过四个结点时正确。",
)
def reorder_list_once(head: Node | None) -> Node | None:
    if head is None or head.next is None or head.next.next is None:
        return head
    before = head
    while before.next.next is not None:
        before = before.next
    last = before.next
    before.next = None
    last.next, head.next = head.next, last
    return head


@reorder.wrong(
    en="No look at the empty list: it is asked for its next node.",
    zh="没有考虑空链表：对 None 取 next。",
)
def reorder_list_empty(head: Node | None) -> Node | None:
    slow, fast = head, head.next
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    node, slow.next = slow.next, None
    back = None
    while node is not None:
        node.next, back, node = back, node, node.next
    front = head
    while back is not None:
        after, rest = front.next, back.next
        front.next, back.next = back, after
        front, back = after, rest
    return head


@reorder.wrong(
    en="The values are written anew in the right order, and the nodes stay where they were.",
    zh="按正确的次序重写了各个值，结点却都留在原处。",
)
def reorder_list_values(head: Node | None) -> Node | None:
    values, node = [], head
    while node is not None:
        values.append(node.value)
        node = node.next
    node, first = head, True
    while node is not None:
        node.value = values.pop(0) if first else values.pop()
        node, first = node.next, not first
    return head


@reorder.drive
def reorder_drive(reorder_list: Any, values: list[int]) -> list[int]:
    nodes = linked(values)
    return listed(reorder_list(nodes[0] if nodes else None), nodes, values)


@reorder.cases
def reorder_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([5],)
    yield ([1, 2],)
    yield ([1, 2, 3],)
    yield ([1, 2, 3, 4],)
    yield ([2, 2, -2, 2, 2],)
    for _ in range(30):
        yield ([random.randint(-9, 9) for _ in range(random.randint(1, 9))],)


@reorder.large
def reorder_large(random: Random) -> Iterator[tuple[list[int]]]:
    for n in (3000, 3001):
        yield ([random.randint(-(10**9), 10**9) for _ in range(n)],)


@reorder.brute
def reorder_brute(head: Node | None) -> Node | None:
    nodes = []
    while head is not None:
        nodes.append(head)
        head = head.next
    n = len(nodes)
    order = [nodes[i // 2] if i % 2 == 0 else nodes[n - 1 - i // 2] for i in range(n)]
    for node, after in zip(order, [*order[1:], None]):
        node.next = after
    return order[0] if order else None


def linked(values: list[int]) -> list[Any]:
    """The nodes of a list with these values."""
    nodes = [Node(value=value, next=None) for value in values]
    for node, after in pairwise(nodes):
        node.next = after
    return nodes


def listed(head: Any, nodes: list[Any], values: list[int]) -> list[int]:
    """The values of a list that must end and consist of the nodes, unchanged."""
    given = {id(node): value for node, value in zip(nodes, values)}
    found: list[int] = []
    while head is not None:
        if len(found) == len(nodes):
            raise ValueError(f"want {len(nodes)} nodes, got more, or a cycle")
        if id(head) not in given:
            raise ValueError(f"want the nodes given, got {type(head).__name__}")
        value = given[id(head)]
        if head.value != value:
            raise ValueError(f"want {value} still in its node, got {head.value!r}")
        found.append(value)
        head = head.next
    return found
