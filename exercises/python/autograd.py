"""Exercises on reverse mode: adjoints on a graph, and the gradients of a tanh layer."""

import cmath
import math
from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

graph = Exercise(
    en=Words(
        title="Backward on a graph",
        statement="""\
`edges` is the graph that a computation has left: for each node a list of pairs
`(parent, slope)`, one for each input it was computed directly from, with the derivative of the
node by that input. A leaf has an empty list; an operation that takes the same node twice has
two pairs for it. Return a dictionary with the adjoint of every node in `edges`: the
derivative of `root` by that node. It is 1 for `root` itself, and 0 for a node that `root` does
not depend on.

- `edges`: a dictionary from names to lists of pairs, for 1 to 200 nodes, in **any order**. No
  node depends on itself. Slopes are numbers of any sign.
- `root`: one of the names.

Results may be off by $10^{-9}$, relative to their size or to 1. A graph may have more paths
than anybody can follow one by one.
""",
        hints=(
            "An adjoint must be complete before it is passed on. What must have happened"
            " to all nodes that use a node, before its turn comes?",
            "Walk from the root once, and count for each node its uses by nodes that the"
            " root depends on. Then pass adjoints on from the root; a node is ready when"
            " its count has fallen to 0.",
        ),
    ),
    zh=Words(
        title="在计算图上反向传播",
        statement="""\
`edges` 是一次计算留下的计算图：每个节点对应一个列表，其中每个 `(parent, slope)` 表示直接用来计算它的一个输入，以及该节点对这个输入的导数。叶子对应空列表；如果一个运算两次用到同一个节点，列表里就有两项。返回一个字典，给出 `edges` 中每个节点的伴随，也就是 `root` 对该节点的导数。`root` 自己的伴随为 1；`root` 不依赖的节点，伴随为 0。

- `edges`：从节点名到列表的字典，有 1 至 200 个节点，**顺序任意**。图中没有环。导数可正可负。
- `root`：其中一个节点名。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。图中的路径可能非常多，无法逐条枚举。
""",
        hints=(
            "伴随要先加完，才能往下传。轮到一个节点之前，所有用到它的节点必须已经做完什么？",
            "先从根出发走一遍，数出每个节点被使用的次数，只数根所依赖的那些节点的使用。再从根开始传递伴随，计数减到 0 的节点就可以处理了。",
        ),
    ),
    examples="""\
>>> edges = {"x": [], "a": [("x", 2)], "y": [("a", 3), ("x", 5)]}
>>> backward(edges, "y") == {"x": 11, "a": 3, "y": 1}
True
>>> backward({"x": [], "y": [("x", 4), ("x", 4)]}, "y") == {"x": 8, "y": 1}
True
>>> backward({"x": [], "y": [("x", 4)]}, "x") == {"x": 1, "y": 0}
True
""",
    seconds=4,
    tolerance=1e-9,
)


@graph.solution
def backward(edges: dict[str, list[tuple[str, float]]], root: str) -> dict[str, float]:
    uses = dict.fromkeys(edges, 0)
    stack, reached = [root], {root}
    while stack:
        for parent, _ in edges[stack.pop()]:
            uses[parent] += 1
            if parent not in reached:
                reached.add(parent)
                stack.append(parent)
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    ready = [root]
    while ready:
        node = ready.pop()
        for parent, slope in edges[node]:
            bar[parent] += bar[node] * slope
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)
    return bar


@graph.wrong(
    en="The adjoint is set, not added to: of several uses only the last remains.",
    zh="用赋值代替了累加：一个节点用了多次，只留下最后一次的贡献。",
)
def backward_set(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    uses = dict.fromkeys(edges, 0)
    stack, reached = [root], {root}
    while stack:
        for parent, _ in edges[stack.pop()]:
            uses[parent] += 1
            if parent not in reached:
                reached.add(parent)
                stack.append(parent)
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    ready = [root]
    while ready:
        node = ready.pop()
        for parent, slope in edges[node]:
            bar[parent] = bar[node] * slope
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)
    return bar


@graph.wrong(
    en="Breadth first: a node is passed on when it is first met, maybe half finished.",
    zh="按广度优先访问：节点一遇到就往下传，这时它的伴随可能还没有加完。",
)
def backward_breadth(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    queue, seen = [root], {root}
    for node in queue:
        for parent, slope in edges[node]:
            bar[parent] += bar[node] * slope
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return bar


@graph.wrong(
    en="Each visit passes on all that has come so far, so early parts count again.",
    zh="每次访问都把已有的总和再传一遍，先到的部分被重复计算。",
)
def backward_again(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    stack = [root]
    while stack:
        node = stack.pop()
        for parent, slope in edges[node]:
            bar[parent] += bar[node] * slope
            stack.append(parent)
    return bar


@graph.wrong(
    en="Nodes in the order in which a depth-first walk enters them, not leaves them.",
    zh="按深度优先进入节点的次序处理，而不是按离开的次序倒过来处理。",
)
def backward_entered(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    order = []

    def enter(node):
        if node not in order:
            order.append(node)
            for parent, _ in edges[node]:
                enter(parent)

    enter(root)
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    for node in order:
        for parent, slope in edges[node]:
            bar[parent] += bar[node] * slope
    return bar


@graph.wrong(
    en="Waits for all users in the graph, also for those that the root does not need.",
    zh="等待图中所有的使用者，包括根不依赖的那些，于是有的节点永远等不到。",
)
def backward_waiting(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    uses = dict.fromkeys(edges, 0)
    for parents in edges.values():
        for parent, _ in parents:
            uses[parent] += 1
    bar = dict.fromkeys(edges, 0.0)
    bar[root] = 1.0
    ready = [root]
    while ready:
        node = ready.pop()
        for parent, slope in edges[node]:
            bar[parent] += bar[node] * slope
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)
    return bar


@graph.cases
def graph_cases(
    random: Random,
) -> Iterator[tuple[dict[str, list[tuple[str, float]]], str]]:
    yield {"x": []}, "x"
    yield {"x": [], "y": [("x", 4)]}, "x"
    yield {"x": [], "y": [("x", 4), ("x", 4)]}, "y"
    yield {"x": [], "a": [("x", 2)], "y": [("a", 3), ("x", 5)]}, "y"
    yield {"y": [("x", 5), ("a", 3)], "a": [("x", 2)], "x": []}, "y"
    # The root reaches b before a, which b must wait for; and z, which it does not use.
    yield {"x": [], "b": [("x", 2)], "a": [("b", 3)], "y": [("b", 5), ("a", 1)]}, "y"
    yield {"x": [], "a": [("x", 2)], "y": [("a", 3)], "z": [("a", 5)]}, "y"
    for count in [3, 4, 5, 6, 7] * 8:
        names = random.sample("abcdefg", count)
        edges = {
            name: [
                (random.choice(names[:i]), random.randint(-3, 3))
                for _ in range(random.randint(0, min(3, 2 * i)))
            ]
            for i, name in enumerate(names)
        }
        order = random.sample(names, count)
        yield {name: edges[name] for name in order}, random.choice(names[-2:])


@graph.large
def graph_large(
    random: Random,
) -> Iterator[tuple[dict[str, list[tuple[str, float]]], str]]:
    # Of the doublings of the note, with 2 to the power of 150 paths.
    doubled: dict[str, list[tuple[str, float]]] = {"n0": []}
    for i in range(150):
        doubled[f"n{i + 1}"] = [(f"n{i}", 1), (f"n{i}", 1)]
    yield doubled, "n150"
    mixed: dict[str, list[tuple[str, float]]] = {}
    for i in range(80):
        earlier = list(mixed)[-6:]
        mixed[f"n{i}"] = [
            (parent, random.choice([0.25, 0.5, 1]))
            for parent in random.choices(earlier, k=min(i, 3))
        ]
    names = random.sample(sorted(mixed), len(mixed))
    yield {name: mixed[name] for name in names}, "n79"


@graph.brute
def graph_brute(
    edges: dict[str, list[tuple[str, float]]], root: str
) -> dict[str, float]:
    def paths(start: str, end: str) -> float:
        """The sum over all paths of the products of their slopes."""
        found = 1.0 if start == end else 0.0
        for parent, slope in edges[start]:
            found += slope * paths(parent, end)
        return found

    return {name: paths(root, name) for name in edges}


layer = Exercise(
    en=Words(
        title="The gradients of a tanh layer",
        statement="""\
A layer computes $Y = \\tanh(XW + b)$ for a batch: the bias is added to every row of $XW$, and
$\\tanh$ is taken element by element. Given the adjoint $\\bar Y$ of the result, return the
adjoints of the three inputs, `(x_bar, w_bar, b_bar)`, each in the shape of its input.

- `x`: $n$ rows of $k$ numbers; `w`: $k$ rows of $m$ numbers; `b`: $m$ numbers, of any sign;
  $n, k, m \\ge 1$. They are lists, and `w[i][j]` stands in row $i$.
- `v`: the adjoint $\\bar Y$, $n$ rows of $m$ numbers.

You may use numpy, and return lists or arrays. Results may be off by $10^{-11}$, relative to
their size or to 1, which difference quotients are not good enough for.
""",
        hints=(
            "Go back one operation at a time: through $\\tanh$, through the sum with the"
            " bias, through the matrix product.",
            "The slope of $\\tanh$ is $1 - Y^2$. With $\\bar A$ the product of $\\bar Y$ and"
            " that slope, element by element, the matrix product gives $\\bar A W^\\top$ and"
            " $X^\\top \\bar A$, and the bias, which was used in every row, gets the sum of"
            " the rows.",
        ),
    ),
    zh=Words(
        title="tanh 层的梯度",
        statement="""\
一层网络对一批样本计算 $Y = \\tanh(XW + b)$：偏置加到 $XW$ 的每一行上，$\\tanh$ 逐元素进行。已知结果的伴随 $\\bar Y$，返回三个输入的伴随 `(x_bar, w_bar, b_bar)`，形状分别与对应的输入相同。

- `x`：$n$ 行，每行 $k$ 个数；`w`：$k$ 行，每行 $m$ 个数；`b`：$m$ 个数，可正可负；$n, k, m \\ge 1$。它们都是列表，`w[i][j]` 在第 $i$ 行。
- `v`：伴随 $\\bar Y$，$n$ 行，每行 $m$ 个数。

可以使用 numpy，返回列表或数组均可。允许 $10^{-11}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）；差商达不到这个精度。
""",
        hints=(
            "一个运算一个运算地往回走：先过 $\\tanh$，再过与偏置的加法，最后过矩阵乘法。",
            "$\\tanh$ 的斜率是 $1 - Y^2$。设 $\\bar A$ 为 $\\bar Y$ 与这个斜率逐元素相乘的结果，则矩阵乘法给出 $\\bar A W^\\top$ 和 $X^\\top \\bar A$；偏置在每一行都用到了，所以它的伴随是各行之和。",
        ),
    ),
    examples="""\
>>> layer_gradients([[0], [0]], [[2]], [0], [[1], [3]])
([[2.0], [6.0]], [[0.0]], [4.0])
>>> layer_gradients([[1, 2]], [[1], [-0.5]], [0], [[3]])
([[3.0, -1.5]], [[3.0], [6.0]], [3.0])
""",
    tolerance=1e-11,
    lacks={"empty": "a batch has a row, and a row a number"},
)


@layer.solution
def layer_gradients(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    a_bar = [
        [g * (1 - math.tanh(s + c) ** 2) for g, s, c in zip(adjoint, row, b)]
        for adjoint, row in zip(v, product(x, w))
    ]
    x_bar = product(a_bar, transposed(w))
    w_bar = product(transposed(x), a_bar)
    return x_bar, w_bar, [sum(column) for column in transposed(a_bar)]


@layer.wrong(
    en="The slope of tanh is forgotten: the adjoint passes it unchanged.",
    zh="漏掉了 tanh 的斜率，伴随原样穿过了它。",
)
def layer_gradients_linear(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    x_bar = product(v, transposed(w))
    w_bar = product(transposed(x), v)
    return x_bar, w_bar, [sum(column) for column in transposed(v)]


@layer.wrong(
    en="The slope is taken as one minus the square of what goes into tanh, not of Y.",
    zh="斜率用 1 减去 tanh 输入的平方，而不是输出的平方。",
)
def layer_gradients_input(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    a_bar = [
        [g * (1 - (s + c) ** 2) for g, s, c in zip(adjoint, row, b)]
        for adjoint, row in zip(v, product(x, w))
    ]
    x_bar = product(a_bar, transposed(w))
    w_bar = product(transposed(x), a_bar)
    return x_bar, w_bar, [sum(column) for column in transposed(a_bar)]


@layer.wrong(
    en="The bias gets a row for each sample: broadcasting was not undone by a sum.",
    zh="偏置的伴随每个样本一行：广播没有用求和还原。",
)
def layer_gradients_rows(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[list[float]]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    a_bar = [
        [g * (1 - math.tanh(s + c) ** 2) for g, s, c in zip(adjoint, row, b)]
        for adjoint, row in zip(v, product(x, w))
    ]
    return product(a_bar, transposed(w)), product(transposed(x), a_bar), a_bar


@layer.wrong(
    en="Means over the batch in place of sums, though no mean was taken forwards.",
    zh="对一批样本取了平均而不是求和，而前向计算中并没有取平均。",
)
def layer_gradients_mean(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    a_bar = [
        [g * (1 - math.tanh(s + c) ** 2) for g, s, c in zip(adjoint, row, b)]
        for adjoint, row in zip(v, product(x, w))
    ]
    n = len(x)
    x_bar = product(a_bar, transposed(w))
    w_bar = [[t / n for t in row] for row in product(transposed(x), a_bar)]
    return x_bar, w_bar, [sum(column) / n for column in transposed(a_bar)]


@layer.wrong(
    en="W is not transposed on the way back.",
    zh="反向时没有转置 W。",
)
def layer_gradients_forward(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    def transposed(p):
        return [list(column) for column in zip(*p)]

    def product(p, q):
        columns = transposed(q)
        return [
            [sum(s * t for s, t in zip(row, column)) for column in columns] for row in p
        ]

    a_bar = [
        [g * (1 - math.tanh(s + c) ** 2) for g, s, c in zip(adjoint, row, b)]
        for adjoint, row in zip(v, product(x, w))
    ]
    x_bar = product(a_bar, w)
    w_bar = product(transposed(x), a_bar)
    return x_bar, w_bar, [sum(column) for column in transposed(a_bar)]


@layer.wrong(
    en="Central differences: two runs of the layer for each number, and not exact.",
    zh="用中心差分代替反向传播：每个数要算两遍，而且不精确。",
)
def layer_gradients_differences(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    h = 1e-6

    def total():
        return sum(
            g * math.tanh(sum(s * t for s, t in zip(row, column)) + c)
            for row, adjoint in zip(x, v)
            for g, column, c in zip(adjoint, zip(*w), b)
        )

    def slopes(row):
        found = []
        for i, value in enumerate(row):
            row[i] = value + h
            above = total()
            row[i] = value - h
            found.append((above - total()) / (2 * h))
            row[i] = value
        return found

    return [slopes(row) for row in x], [slopes(row) for row in w], slopes(b)


@layer.cases
def layer_cases(random: Random) -> Iterator[tuple[list, list, list, list]]:
    def matrix(rows: int, columns: int) -> list[list[float]]:
        numbers = [-2, -1, -0.5, 0, 0.5, 1, 2]
        return [[random.choice(numbers) for _ in range(columns)] for _ in range(rows)]

    yield [[0]], [[0]], [0], [[1]]
    yield [[1]], [[0.5]], [0], [[1]]
    yield [[0], [0]], [[2]], [0], [[1], [3]]
    yield [[1, 2]], [[1], [-0.5]], [0], [[3]]
    yield [[1, 0], [0, 1]], [[0, 1], [-1, 0]], [0, 0], [[1, 0], [0, 1]]
    sizes = [[random.randint(1, 3) for _ in range(3)] for _ in range(24)]
    for n, k, m in [*sizes, [6, 5, 4]]:
        yield matrix(n, k), matrix(k, m), matrix(1, m)[0], matrix(n, m)


@layer.brute
def layer_brute(
    x: list[list[float]],
    w: list[list[float]],
    b: list[float],
    v: list[list[float]],
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    # Complex step: no difference, so nothing is lost to rounding.
    step = 1e-30

    def slope(array: list[complex], i: int) -> float:
        """By one number of one of the arrays, which is put back afterwards."""
        array[i] += step * 1j
        total = sum(
            g * cmath.tanh(sum(s * t for s, t in zip(row, column)) + c)
            for row, adjoint in zip(x, v)
            for g, column, c in zip(adjoint, zip(*w), b)
        )
        array[i] = array[i].real
        return complex(total).imag / step

    def slopes(array: list) -> list[float]:
        return [slope(array, i) for i in range(len(array))]

    return [slopes(row) for row in x], [slopes(row) for row in w], slopes(b)
