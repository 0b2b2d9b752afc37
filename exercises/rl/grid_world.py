"""Exercises on the Bellman equations: best values of a drawn grid, and where a policy gains."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

from notekit.study.judge import Exercise, Words

drawn = Exercise(
    en=Words(
        title="The best values of a drawn grid",
        statement="""\
The grid world of the note is given as a drawing, one string a row: `.` is a free cell, `x` a
forbidden one, `T` a target; there may be no target, or several. In each cell the agent may
go up, right, down or left, or stay. A move off the grid leaves it where it is and pays
$-1$, whatever the cell. Every other move, staying too, pays for the cell in which it ends:
`r_forbidden` for `x`, 1 for `T`, 0 for `.`. Nothing ever ends the task.

Return $v^*$ as a list of rows, each a list of numbers.

- `grid`: at least one row and one column, at most 50 cells; all rows are equally long.
- `r_forbidden`: an integer from $-1000$ to 1. Forbidden cells that pay are odd, but allowed.
- `gamma`: $\\gamma$, a number from 0 to 0.9.

Results may be off by $10^{-6}$, relative to their size or to 1.
""",
        hints=(
            "Start from $v = 0$ and repeat $v \\leftarrow Tv$: for each cell, the largest of"
            " five sums, reward of the move plus $\\gamma$ times the value of the cell in"
            " which it ends.",
            "When to stop? If the last change is $\\Delta$, the error may still be"
            " $\\gamma \\Delta / (1 - \\gamma)$. Or take 300 sweeps: $0.9^{300}$ is below"
            " $10^{-13}$.",
        ),
    ),
    zh=Words(
        title="从地图求最优状态值",
        statement="""\
正文里的网格世界，用一张字符地图给出，每行一个字符串：`.` 是普通格，`x` 是禁区，`T` 是目标格；目标格可以没有，也可以不止一个。在每一格，智能体可以向上、右、下、左走一步，也可以不动。走出边界时留在原地，得 $-1$，与所在的格子无关。其他每一步（包括不动）按走完后所在的格子计奖励：`x` 得 `r_forbidden`，`T` 得 1，`.` 得 0。任务永不结束。

返回 $v^*$：一个列表，每行是一个由数组成的列表。

- `grid`：至少一行一列，至多 50 格，各行等长。
- `r_forbidden`：$-1000$ 到 1 的整数。禁区也给正奖励虽然奇怪，但允许。
- `gamma`：折扣因子 $\\gamma$，0 到 0.9 之间的数。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "从 $v = 0$ 开始，反复做 $v \\leftarrow Tv$：每一格有五个和，即这一步的奖励，加上 $\\gamma$ 乘以走完后所在格子的值，取其中最大的。",
            "什么时候停？最后一次变化是 $\\Delta$ 时，误差还可能有 $\\gamma \\Delta / (1 - \\gamma)$。也可以干脆扫 300 遍：$0.9^{300}$ 不到 $10^{-13}$。",
        ),
    ),
    examples="""\
>>> values = best_values([".x", ".T"], -1, 0.9)
>>> [[round(value, 3) for value in row] for row in values]
[[9.0, 10.0], [10.0, 10.0]]
>>> round(best_values(["x"], -10, 0.5)[0][0], 3)
-2.0
""",
    tolerance=1e-6,
    lacks={"empty": "a grid has at least one cell"},
)


@drawn.solution
def best_values(grid: list[str], r_forbidden: int, gamma: float) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    change = 1.0
    while change > 1e-10:
        new = []
        for row in range(n_rows):
            new.append([])
            for col in range(n_cols):
                q = []
                for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                    r, c = row + down, col + right
                    if 0 <= r < n_rows and 0 <= c < n_cols:
                        q.append(pays[grid[r][c]] + gamma * v[r][c])
                    else:
                        q.append(-1 + gamma * v[row][col])
                new[row].append(max(q))
        change = max(
            abs(b - a)
            for old_row, new_row in zip(v, new)
            for a, b in zip(old_row, new_row)
        )
        v = new
    return v


@drawn.wrong(
    en="A target ends the task: it is worth 0, and its neighbours 1.",
    zh="把目标格当成了终点：它的值成了 0，相邻的格子成了 1。",
)
def best_values_terminal(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    for _ in range(300):
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            if grid[row][col] == "T":
                continue
            q = []
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                r, c = row + down, col + right
                if 0 <= r < n_rows and 0 <= c < n_cols:
                    q.append(pays[grid[r][c]] + gamma * v[r][c])
                else:
                    q.append(-1 + gamma * v[row][col])
            new[row][col] = max(q)
        v = new
    return v


@drawn.wrong(
    en="Pays for the cell that is left, not for the one in which the move ends.",
    zh="按离开的格子计奖励，而不是按走完后所在的格子。",
)
def best_values_leaving(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    for _ in range(300):
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            q = []
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                r, c = row + down, col + right
                if 0 <= r < n_rows and 0 <= c < n_cols:
                    q.append(pays[grid[row][col]] + gamma * v[r][c])
                else:
                    q.append(-1 + gamma * v[row][col])
            new[row][col] = max(q)
        v = new
    return v


@drawn.wrong(
    en="Only the far borders are looked at: index $-1$ is the other side of the grid.",
    zh="只检查了下标是否过大：下标 $-1$ 会绕到网格的另一边。",
)
def best_values_wraps(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    for _ in range(300):
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            q = []
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                try:
                    cell = grid[row + down][col + right]
                    q.append(pays[cell] + gamma * v[row + down][col + right])
                except IndexError:
                    q.append(-1 + gamma * v[row][col])
            new[row][col] = max(q)
        v = new
    return v


@drawn.wrong(
    en="The largest of the five starts at 0, so no cell can be worth less.",
    zh="求最大值时从 0 开始比较，负的状态值都变成了 0。",
)
def best_values_from_zero(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    for _ in range(300):
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            best = 0.0
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                r, c = row + down, col + right
                if 0 <= r < n_rows and 0 <= c < n_cols:
                    best = max(best, pays[grid[r][c]] + gamma * v[r][c])
                else:
                    best = max(best, -1 + gamma * v[row][col])
            new[row][col] = best
        v = new
    return v


@drawn.wrong(
    en="Stops when the change is below $10^{-6}$: the error is up to nine times that.",
    zh="变化小于 $10^{-6}$ 就停：误差可以达到它的 9 倍。",
)
def best_values_early(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    change = 1.0
    while change > 1e-6:
        change = 0.0
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            q = []
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)):
                r, c = row + down, col + right
                if 0 <= r < n_rows and 0 <= c < n_cols:
                    q.append(pays[grid[r][c]] + gamma * v[r][c])
                else:
                    q.append(-1 + gamma * v[row][col])
            new[row][col] = max(q)
            change = max(change, abs(new[row][col] - v[row][col]))
        v = new
    return v


@drawn.wrong(
    en="The agent cannot stay, so that it has to leave a target again and again.",
    zh="漏了“不动”这个动作，到了目标格又只能离开。",
)
def best_values_restless(
    grid: list[str], r_forbidden: int, gamma: float
) -> list[list[float]]:
    n_rows, n_cols = len(grid), len(grid[0])
    pays = {".": 0, "x": r_forbidden, "T": 1}
    v = [[0.0] * n_cols for _ in grid]
    for _ in range(300):
        new = [[0.0] * n_cols for _ in grid]
        for row, col in product(range(n_rows), range(n_cols)):
            q = []
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1)):
                r, c = row + down, col + right
                if 0 <= r < n_rows and 0 <= c < n_cols:
                    q.append(pays[grid[r][c]] + gamma * v[r][c])
                else:
                    q.append(-1 + gamma * v[row][col])
            new[row][col] = max(q)
        v = new
    return v


@drawn.cases
def drawn_cases(random: Random) -> Iterator[tuple[list[str], int, float]]:
    yield ["."], -1, 0.9
    yield ["T"], -1, 0
    yield ["x"], -10, 0.5
    yield ["xx"], -3, 0.75
    yield [".x", ".T"], -1, 0.9
    yield [".xT"], -1, 0.75  # the price is worth paying
    yield ["T........"], -1, 0.9
    yield ["T..", "...", "..."], 0, 0.9
    yield ["x.x", "xxx"], -1000, 0.9
    for _ in range(16):
        n_rows, n_cols = random.randint(1, 3), random.randint(1, 4)
        yield (
            [
                "".join(random.choices(".xT", [5, 3, 1], k=n_cols))
                for _ in range(n_rows)
            ],
            random.choice([-10, -3, -1, 0, 1]),
            random.choice([0, 0.5, 0.75, 0.9]),
        )


@drawn.large
def drawn_large(random: Random) -> Iterator[tuple[list[str], int, float]]:
    rows = ["".join(random.choices(".x", [2, 1], k=7)) for _ in range(7)]
    rows[5] = rows[5][:5] + "T" + rows[5][6:]
    yield rows, -5, 0.9


@drawn.brute
def drawn_brute(grid: list[str], r_forbidden: int, gamma: float) -> list[list[float]]:
    # Policy iteration: all moves are certain, so a policy's path runs into a circle,
    # whose return is a geometric series.
    n_rows, n_cols = len(grid), len(grid[0])
    cells = list(product(range(n_rows), range(n_cols)))

    def after(cell: tuple[int, int], move: int) -> tuple[tuple[int, int], int]:
        r = cell[0] + (-1, 1, 0, 0, 0)[move]
        c = cell[1] + (0, 0, -1, 1, 0)[move]
        if (r, c) not in cells:
            return cell, -1
        if grid[r][c] == "T":
            return (r, c), 1
        return (r, c), r_forbidden if grid[r][c] == "x" else 0

    policy = dict.fromkeys(cells, 4)
    while True:
        worth = {}
        for start in cells:
            path, paid, cell = [], [], start
            while cell not in path:
                path.append(cell)
                cell, reward = after(cell, policy[cell])
                paid.append(reward)
            turn = paid[path.index(cell) :]
            total = sum(r * gamma**i for i, r in enumerate(turn))
            total /= 1 - gamma ** len(turn)
            for reward in reversed(paid[: path.index(cell)]):
                total = reward + gamma * total
            worth[start] = total
        better = False
        for cell in cells:
            for move in range(5):
                end, reward = after(cell, move)
                kept, now = after(cell, policy[cell])
                if reward + gamma * worth[end] > now + gamma * worth[kept] + 1e-9:
                    policy[cell], better = move, True
        if not better:
            return [[worth[r, c] for c in range(n_cols)] for r in range(n_rows)]


gains = Exercise(
    en=Words(
        title="Where can a policy be improved?",
        statement="""\
A policy takes action `actions[s]` in state $s$. Return, in ascending order, the states in
which another action, taken once before the policy is followed again, would be better:
those with $q(s, a) > v_\\pi(s) + 10^{-6}$ for some $a$, where $v_\\pi$ is the value of the
given policy and $q$ the action value for $v_\\pi$. If there are none, the policy is
optimal, within $10^{-5}$.

- `P`: nested lists, `P[s][a][t]` is the chance that action $a$ in state $s$ leads to state
  $t$. There are 1 to 15 states and up to 5 actions.
- `R`: nested lists, `R[s][a]` is the mean reward of that move, of any sign.
- `actions`: for each state an action, counted from 0.
- `gamma`: $\\gamma$, a number from 0 to 0.9.

In the first example, waiting in state 0 is worth 0. Moving once to state 1, which pays 1
for ever, is worth $0.5 \\cdot 2 = 1$.
""",
        hints=(
            "First evaluate the policy: solve $(I - \\gamma P_\\pi) v = r_\\pi$, or repeat"
            " $v \\leftarrow r_\\pi + \\gamma P_\\pi v$ until nothing changes.",
            "Then one backup: $q = r + \\gamma P v$. Compare numbers, not actions: an"
            " action that only ties with the policy's own is not better.",
        ),
    ),
    zh=Words(
        title="策略在哪些状态还能改进",
        statement="""\
某个策略在状态 $s$ 做动作 `actions[s]`。如果在一个状态先换一个动作做一次，此后仍按这个策略走，回报的期望更大，就说策略在这个状态还能改进。也就是说，存在 $a$ 使 $q(s, a) > v_\\pi(s) + 10^{-6}$，其中 $v_\\pi$ 是给定策略的状态值，$q$ 是按 $v_\\pi$ 计的动作值。请按从小到大的顺序返回所有这样的状态；一个也没有，说明策略已是最优，至多差 $10^{-5}$。

- `P`：嵌套列表，`P[s][a][t]` 是在状态 $s$ 做动作 $a$ 后到达状态 $t$ 的概率。状态有 1 到 15 个，动作至多 5 个。
- `R`：嵌套列表，`R[s][a]` 是这一步奖励的均值，可正可负。
- `actions`：每个状态的动作，从 0 开始编号。
- `gamma`：折扣因子 $\\gamma$，0 到 0.9 之间的数。

第一个例子中，在状态 0 一直等下去，值是 0；先到状态 1 去，那里永远每步得 1，值是 $0.5 \\cdot 2 = 1$。
""",
        hints=(
            "先对策略求值：解 $(I - \\gamma P_\\pi) v = r_\\pi$，或者反复做 $v \\leftarrow r_\\pi + \\gamma P_\\pi v$，直到不再变化。",
            "再更新一次：$q = r + \\gamma P v$。要比较的是值，不是动作：与策略自己的动作打平的，不算更好。",
        ),
    ),
    examples="""\
>>> P = [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]
>>> improvable(P, [[0, 0], [1, 1]], [0, 0], 0.5)
[0]
>>> improvable(P, [[0, 0], [1, 1]], [1, 0], 0.5)
[]
""",
    lacks={"empty": "there is at least one state and one action"},
)


@gains.solution
def improvable(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [0.0] * len(P)
    for _ in range(300):  # 0.9**300 is below 1e-13
        v = [
            R[s][a] + gamma * sum(p * x for p, x in zip(P[s][a], v))
            for s, a in enumerate(actions)
        ]
    q = [
        [r + gamma * sum(p * x for p, x in zip(P[s][a], v)) for a, r in enumerate(row)]
        for s, row in enumerate(R)
    ]
    return [s for s in range(len(P)) if max(q[s]) > v[s] + 1e-6]


@gains.wrong(
    en="Compares actions, not values: an equally good action is taken for a better one.",
    zh="比较的是动作而不是值：把一样好的动作也当成了更好的。",
)
def improvable_ties(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [0.0] * len(P)
    for _ in range(300):
        v = [
            R[s][a] + gamma * sum(p * x for p, x in zip(P[s][a], v))
            for s, a in enumerate(actions)
        ]
    found = []
    for s, row in enumerate(R):
        q = [
            round(r + gamma * sum(p * x for p, x in zip(P[s][a], v)), 9)
            for a, r in enumerate(row)
        ]
        if q.index(max(q)) != actions[s]:
            found.append(s)
    return found


@gains.wrong(
    en="Looks at the next reward alone.",
    zh="只看下一步的奖励。",
)
def improvable_greedy(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    return [s for s, row in enumerate(R) if max(row) > row[actions[s]] + 1e-6]


@gains.wrong(
    en="Measures by $v^*$ instead of $v_\\pi$: lists the states whose action is not optimal.",
    zh="用 $v^*$ 代替了 $v_\\pi$：列出的是动作不是最优的状态。",
)
def improvable_optimal(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [0.0] * len(P)
    for _ in range(300):
        q = [
            [
                r + gamma * sum(p * x for p, x in zip(P[s][a], v))
                for a, r in enumerate(row)
            ]
            for s, row in enumerate(R)
        ]
        v = [max(row) for row in q]
    return [s for s, a in enumerate(actions) if v[s] > q[s][a] + 1e-6]


@gains.wrong(
    en="Evaluates the policy by one sweep, which is its next reward only.",
    zh="对策略求值时只扫了一遍，得到的只是下一步的奖励。",
)
def improvable_one_sweep(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [R[s][a] for s, a in enumerate(actions)]
    q = [
        [r + gamma * sum(p * x for p, x in zip(P[s][a], v)) for a, r in enumerate(row)]
        for s, row in enumerate(R)
    ]
    return [s for s, a in enumerate(actions) if max(q[s]) > q[s][a] + 1e-6]


@gains.wrong(
    en="Evaluates the policy that draws its actions at random, not the given one.",
    zh="求值时对各个动作取了平均，评价的是随机策略，而不是给定的策略。",
)
def improvable_average(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [0.0] * len(P)
    for _ in range(300):
        q = [
            [
                r + gamma * sum(p * x for p, x in zip(P[s][a], v))
                for a, r in enumerate(row)
            ]
            for s, row in enumerate(R)
        ]
        v = [sum(row) / len(row) for row in q]
    return [s for s, a in enumerate(actions) if max(q[s]) > q[s][a] + 1e-6]


@gains.wrong(
    en="Evaluates with $\\gamma$, but forgets it in $q$.",
    zh="求值时用了 $\\gamma$，算 $q$ 时却漏了它。",
)
def improvable_undiscounted(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    v = [0.0] * len(P)
    for _ in range(300):
        v = [
            R[s][a] + gamma * sum(p * x for p, x in zip(P[s][a], v))
            for s, a in enumerate(actions)
        ]
    q = [
        [r + sum(p * x for p, x in zip(P[s][a], v)) for a, r in enumerate(row)]
        for s, row in enumerate(R)
    ]
    return [s for s in range(len(P)) if max(q[s]) > v[s] + 1e-6]


GainsCase = tuple[list[list[list[float]]], list[list[float]], list[int], float]


def drawn_task(random: Random, n_states: int, n_actions: int) -> GainsCase:
    """A task whose chances are eighths; some actions of a state are equal."""
    P, R = [], []
    for _ in range(n_states):
        P.append([])
        R.append([])
        for a in range(n_actions):
            if a and random.random() < 0.3:
                P[-1].append(P[-1][0].copy())
                R[-1].append(R[-1][0])
                continue
            chances = [0.0] * n_states
            for t in random.choices(range(n_states), k=random.choice([1, 2, 8])):
                chances[t] += 1
            total = sum(chances)
            P[-1].append([chance / total for chance in chances])
            R[-1].append(random.randint(-3, 3))
    actions = [random.randrange(n_actions) for _ in range(n_states)]
    return P, R, actions, random.choice([0, 0.5, 0.75])


@gains.cases
def gains_cases(random: Random) -> Iterator[GainsCase]:
    yield [[[1]]], [[-2]], [0], 0.5
    yield [[[1], [1]]], [[0, 0]], [0], 0
    yield [[[1], [1]]], [[0, 3]], [0], 0.9
    yield [[[1], [1]]], [[2, 2]], [1], 0.5
    wait_or_move = [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]
    yield wait_or_move, [[0, 0], [1, 1]], [0, 0], 0.5
    yield wait_or_move, [[0, 0], [1, 1]], [1, 0], 0.5
    yield wait_or_move, [[1, 0], [2, 2]], [0, 1], 0.75
    yield wait_or_move, [[0, -1], [0, 3]], [0, 0], 0.75  # moving pays off later only
    for _ in range(30):
        yield drawn_task(random, random.randint(2, 4), random.randint(2, 3))


@gains.large
def gains_large(random: Random) -> Iterator[GainsCase]:
    for n_states in (8, 15):
        P, R, actions, _ = drawn_task(random, n_states, 3)
        yield P, R, actions, 0.9


@gains.brute
def gains_brute(
    P: list[list[list[float]]],
    R: list[list[float]],
    actions: list[int],
    gamma: float,
) -> list[int]:
    # In exact fractions, by elimination.
    n, rate = len(P), Fraction(gamma)
    rows = [
        [Fraction(s == t) - rate * Fraction(P[s][a][t]) for t in range(n)]
        + [Fraction(R[s][a])]
        for s, a in enumerate(actions)
    ]
    for k in range(n):
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k])]
    v = [row[n] for row in rows]
    return [
        s
        for s in range(n)
        if any(
            R[s][a] + rate * sum(Fraction(p) * x for p, x in zip(P[s][a], v))
            > v[s] + Fraction(1, 10**6)
            for a in range(len(R[s]))
        )
    ]
