"""Exercises on traversal: LeetCode 994, 207, 127 and 54."""

from collections import deque
from collections.abc import Iterator
from itertools import product
from random import Random

from notekit.study.judge import Exercise, Words

rotting = Exercise(
    en=Words(
        title="Rotting oranges (LeetCode 994)",
        statement="""\
In a grid, 0 is an empty cell, 1 a fresh orange, 2 a rotten one. In each minute, every fresh orange
with a rotten one above, below, left or right of it rots as well. After how many minutes is none
fresh any more? Return $-1$ if some stay fresh for ever, and 0 if none is fresh to begin with.

- `grid`: rows of one length, up to 60 × 60 cells; it may have no rows.
""",
        hints=(
            "All rotten oranges begin at the same time. What if they all stand in the queue"
            " before the search begins?",
            "The answer is the largest distance that a fresh orange gets. Keep count of those"
            " that are still fresh.",
        ),
    ),
    zh=Words(
        title="腐烂的橘子（LeetCode 994）",
        statement="""\
网格里 0 是空格，1 是新鲜橘子，2 是腐烂的橘子。每过一分钟，上下左右挨着腐烂橘子的新鲜橘子都会腐烂。几分钟后没有新鲜橘子？如果有橘子永远不会腐烂，返回 $-1$；如果一开始就没有新鲜橘子，返回 0。

- `grid`：各行等长，最多 60 × 60 格；可以一行也没有。
""",
        hints=(
            "所有腐烂的橘子是同时开始的。搜索之前，让它们全部先入队，会怎样？",
            "答案是新鲜橘子得到的最大距离。另外数着还剩几个新鲜的。",
        ),
    ),
    examples="""\
>>> oranges([[2, 1, 1], [1, 1, 0], [0, 1, 1]])
4
>>> oranges([[2, 1, 1], [0, 1, 1], [1, 0, 1]])
-1
>>> oranges([[0, 2]])
0
""",
    lacks={"negative": "cells are 0, 1 or 2"},
)


@rotting.solution
def oranges(grid: list[list[int]]) -> int:
    distance = {}
    fresh = set()
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            if cell == 2:
                distance[y, x] = 0
            elif cell == 1:
                fresh.add((y, x))
    queue = deque(distance)
    last = 0
    while queue:
        y, x = queue.popleft()
        last = distance[y, x]
        for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
            if near in fresh:
                fresh.remove(near)
                distance[near] = last + 1
                queue.append(near)
    return -1 if fresh else last


@rotting.wrong(
    en="The rotten oranges spread one after the other: the second finds all cells taken.",
    zh="从一个腐烂的橘子搜完，再从下一个搜：轮到第二个时，格子都被占了。",
)
def oranges_one_by_one(grid: list[list[int]]) -> int:
    cells = {(y, x): c for y, row in enumerate(grid) for x, c in enumerate(row)}
    minutes = 0
    for start in [p for p in cells if cells[p] == 2]:
        level = [start]
        while level:
            new = []
            for y, x in level:
                for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
                    if cells.get(near) == 1:
                        cells[near] = 2
                        new.append(near)
            level = new
            minutes += bool(level)
    return -1 if 1 in cells.values() else minutes


@rotting.wrong(
    en="Each round of the queue counts, the last one too, in which nothing rots.",
    zh="队列每处理一层就加 1，最后什么也没有腐烂的那一层也算上了。",
)
def oranges_last_level(grid: list[list[int]]) -> int:
    cells = {(y, x): c for y, row in enumerate(grid) for x, c in enumerate(row)}
    level = [p for p in cells if cells[p] == 2]
    minutes = 0
    while level:
        minutes += 1
        new = []
        for y, x in level:
            for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
                if cells.get(near) == 1:
                    cells[near] = 2
                    new.append(near)
        level = new
    return -1 if 1 in cells.values() else minutes


@rotting.wrong(
    en="Fresh oranges that are never reached are forgotten.",
    zh="没有检查有没有永远烂不到的新鲜橘子。",
)
def oranges_no_check(grid: list[list[int]]) -> int:
    cells = {(y, x): c for y, row in enumerate(grid) for x, c in enumerate(row)}
    queue = deque((p, 0) for p in cells if cells[p] == 2)
    minutes = 0
    while queue:
        (y, x), minutes = queue.popleft()
        for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
            if cells.get(near) == 1:
                cells[near] = 2
                queue.append((near, minutes + 1))
    return minutes


@rotting.wrong(
    en="The grid changes while a minute is swept: an orange rotten just now infects the next.",
    zh="一边扫描一边改：这一分钟刚腐烂的橘子，马上又传给了下一个。",
)
def oranges_sweep(grid: list[list[int]]) -> int:
    cells = {(y, x): c for y, row in enumerate(grid) for x, c in enumerate(row)}
    minutes = 0
    while 1 in cells.values():
        changed = False
        for y, x in cells:
            if cells[y, x] == 1:
                for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
                    if cells.get(near) == 2:
                        cells[y, x] = 2
                        changed = True
        if not changed:
            return -1
        minutes += 1
    return minutes


@rotting.wrong(
    en="No rotten orange gives -1 at once, though there may be no fresh one either.",
    zh="没有腐烂的橘子就返回 -1，可是也许根本没有新鲜橘子。",
)
def oranges_none_rotten(grid: list[list[int]]) -> int:
    cells = {(y, x): c for y, row in enumerate(grid) for x, c in enumerate(row)}
    level = [p for p in cells if cells[p] == 2]
    if not level:
        return -1
    minutes = -1
    while level:
        minutes += 1
        new = []
        for y, x in level:
            for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
                if cells.get(near) == 1:
                    cells[near] = 2
                    new.append(near)
        level = new
    return -1 if 1 in cells.values() else minutes


@rotting.cases
def rotting_cases(random: Random) -> Iterator[tuple[list[list[int]]]]:
    yield ([],)
    yield ([[0]],)
    yield ([[1]],)
    yield ([[2]],)
    yield ([[0, 1]],)
    yield ([[0, 2]],)
    yield ([[2, 1, 1, 2]],)
    yield ([[2, 1, 1], [1, 1, 0], [0, 1, 1]],)
    yield ([[2, 1, 1], [0, 1, 1], [1, 0, 1]],)
    for _ in range(40):
        height, width = random.randint(1, 5), random.randint(1, 5)
        kinds = random.choice([[0, 1, 1, 1, 2], [1, 1, 1, 1, 1, 2], [0, 1, 2]])
        yield ([[random.choice(kinds) for _ in range(width)] for _ in range(height)],)


@rotting.large
def rotting_large(random: Random) -> Iterator[tuple[list[list[int]]]]:
    grid = [[1] * 60 for _ in range(60)]
    grid[0][0] = grid[59][59] = 2
    yield (grid,)
    kinds = [0] + [1] * 20 + [2]
    yield ([[random.choice(kinds) for _ in range(60)] for _ in range(60)],)


@rotting.brute
def rotting_brute(grid: list[list[int]]) -> int:
    """By the wording: each minute looks at the grid as it was at its beginning."""
    minutes = 0
    while any(1 in row for row in grid):
        after = [row.copy() for row in grid]
        for y, row in enumerate(grid):
            for x, cell in enumerate(row):
                beside = row[max(x - 1, 0) : x + 2]
                beside += [grid[i][x] for i in (y - 1, y + 1) if 0 <= i < len(grid)]
                if cell == 1 and 2 in beside:
                    after[y][x] = 2
        if after == grid:
            return -1
        grid, minutes = after, minutes + 1
    return minutes


courses = Exercise(
    en=Words(
        title="Course schedule (LeetCode 207)",
        statement="""\
There are `n` courses, 0 to $n - 1$. A pair `[a, b]` says that course `b` must be taken before course
`a`. Can all be taken, one after the other? Return `True` or `False`.

- `n`: $0 \\le n \\le 2000$.
- `pairs`: at most 5000; a pair may come twice, and `[a, a]` may come too. No chain of
  different courses, each needed for the next, is longer than 300: a recursive answer does not go too deep.
""",
        hints=(
            "Which course can be taken first? Take it, cross off what it was needed for, and"
            " ask again. When does this get stuck?",
            "Depth first: a course met twice is no harm, a course met again while its own search"
            " is still going on is a cycle. Two marks are not enough.",
        ),
    ),
    zh=Words(
        title="课程表（LeetCode 207）",
        statement="""\
有 `n` 门课，编号 0 到 $n - 1$。`[a, b]` 表示先修完 `b` 才能修 `a`。能不能一门一门把所有课修完？返回 `True` 或 `False`。

- `n`：$0 \\le n \\le 2000$。
- `pairs`：至多 5000 对，可以重复，也可能出现 `[a, a]`。由互不相同的课组成、前一门是后一门先修课的链，不超过 300 门，用递归也不会太深。
""",
        hints=(
            "哪门课可以最先修？修完把它从别人的先修课里划掉，再问一遍。什么时候会卡住？",
            "深度优先搜索：一门课遇到两次没关系；它自己的搜索还没结束又遇到它，才是环。只有两种标记不够。",
        ),
    ),
    examples="""\
>>> can_finish(2, [[1, 0]])
True
>>> can_finish(2, [[1, 0], [0, 1]])
False
""",
    lacks={"negative": "courses are numbered from 0"},
)


@courses.solution
def can_finish(n: int, pairs: list[list[int]]) -> bool:
    unlocks: list[list[int]] = [[] for _ in range(n)]
    missing = [0] * n
    for course, first in pairs:
        unlocks[first].append(course)
        missing[course] += 1
    ready = [course for course in range(n) if missing[course] == 0]
    for course in ready:  # it grows on the way
        for later in unlocks[course]:
            missing[later] -= 1
            if missing[later] == 0:
                ready.append(later)
    return len(ready) == n


@courses.wrong(
    en="A course that was met before counts as a cycle: two ways to it are enough.",
    zh="遇到访问过的课就算有环：其实两条路通到同一门课也会这样。",
)
def can_finish_visited(n: int, pairs: list[list[int]]) -> bool:
    unlocks: list[list[int]] = [[] for _ in range(n)]
    for course, first in pairs:
        unlocks[first].append(course)
    for start in range(n):
        seen, stack = {start}, [start]
        while stack:
            for later in unlocks[stack.pop()]:
                if later in seen:
                    return False
                seen.add(later)
                stack.append(later)
    return True


@courses.wrong(
    en="The search begins at course 0 only, and does not see cycles elsewhere.",
    zh="只从课程 0 出发，别处的环看不到。",
)
def can_finish_from_zero(n: int, pairs: list[list[int]]) -> bool:
    unlocks: list[list[int]] = [[] for _ in range(n)]
    for course, first in pairs:
        unlocks[first].append(course)
    state = [0] * n

    def round_trip(u: int) -> bool:
        state[u] = 1
        for v in unlocks[u]:
            if state[v] == 1 or (state[v] == 0 and round_trip(v)):
                return True
        state[u] = 2
        return False

    return n == 0 or not round_trip(0)


@courses.wrong(
    en="Pairs are stored in sets, but counted with their repetitions: the count never gets to 0.",
    zh="边存进集合去了重，入度却按重复的对数加：永远减不到 0。",
)
def can_finish_sets(n: int, pairs: list[list[int]]) -> bool:
    unlocks: list[set[int]] = [set() for _ in range(n)]
    missing = [0] * n
    for course, first in pairs:
        unlocks[first].add(course)
        missing[course] += 1
    ready = [course for course in range(n) if missing[course] == 0]
    for course in ready:
        for later in unlocks[course]:
            missing[later] -= 1
            if missing[later] == 0:
                ready.append(later)
    return len(ready) == n


@courses.wrong(
    en="Only asks whether two courses need each other: longer rings pass.",
    zh="只看有没有两门课互为先修，更长的环放过了。",
)
def can_finish_two(n: int, pairs: list[list[int]]) -> bool:
    known = {(a, b) for a, b in pairs}
    return not any((b, a) in known for a, b in known)


@courses.wrong(
    en="Directions are forgotten: any ring of the undirected graph counts as a cycle.",
    zh="忘了方向：无向图里的圈也当成了环。",
)
def can_finish_undirected(n: int, pairs: list[list[int]]) -> bool:
    leader = list(range(n))

    def find(u: int) -> int:
        while leader[u] != u:
            u = leader[u]
        return u

    for a, b in {(min(p), max(p)) for p in pairs}:
        if find(a) == find(b):
            return False
        leader[find(a)] = find(b)
    return True


@courses.cases
def courses_cases(random: Random) -> Iterator[tuple[int, list[list[int]]]]:
    yield (0, [])
    yield (1, [])
    yield (1, [[0, 0]])
    yield (2, [[1, 0]])
    yield (2, [[1, 0], [1, 0]])
    yield (2, [[1, 0], [0, 1]])
    yield (3, [[2, 1], [1, 2]])
    yield (3, [[1, 0], [2, 1], [0, 2]])
    yield (3, [[1, 0], [2, 1], [2, 0]])
    yield (4, [[1, 0], [2, 0], [3, 1], [3, 2]])
    yield (5, [[1, 4], [2, 4], [3, 1], [3, 2]])
    for _ in range(30):
        n = random.randint(2, 7)
        label = random.sample(range(n), n)
        pairs = []
        for _ in range(random.randint(1, 9)):
            early, late = sorted(random.choices(range(n), k=2))
            if early < late or random.random() < 0.1:
                pairs.append([label[late], label[early]])
        if random.random() < 0.4 and pairs:
            pairs.append(
                pairs[0][::-1] if random.random() < 0.5 else [label[0], label[-1]]
            )
        yield (n, pairs)


@courses.large
def courses_large(random: Random) -> Iterator[tuple[int, list[list[int]]]]:
    # Layers of 20: a search without marks would go through more than 10 ** 40 chains.
    pairs = [
        [random.randrange(k, k + 20), random.randrange(k - 20, k)]
        for k in range(20, 2000, 20)
        for _ in range(50)
    ]
    yield (2000, pairs)
    ring = [[k + 1, k] for k in range(250)] + [[0, 250]]
    yield (2000, ring)


@courses.brute
def courses_brute(n: int, pairs: list[list[int]]) -> bool:
    """Which courses come before which, by way of each course in turn."""
    before = [[False] * n for _ in range(n)]
    for course, first in pairs:
        before[first][course] = True
    for k in range(n):
        for i in range(n):
            for j in range(n):
                before[i][j] = before[i][j] or (before[i][k] and before[k][j])
    return not any(before[i][i] for i in range(n))


ladder = Exercise(
    en=Words(
        title="Word ladder (LeetCode 127)",
        statement="""\
From `begin` to `end`, change one letter at a time; each word on the way, and `end` too, must be in
`words`. How many words has the shortest ladder, with both ends? Return 0 if there is none.

- `begin`, `end`: different words of the same length, lower-case letters; `begin` need not be in `words`.
- `words`: words of that length, up to 1000; it may be empty, and need not contain `end`.
""",
        hints=(
            "Words are nodes, and an edge joins two that differ in one letter. Which search finds"
            " the fewest edges?",
            "No need to write the edges down: for each letter of a word, try all 26, and look"
            " whether the result is a word that is still unmarked.",
        ),
    ),
    zh=Words(
        title="单词接龙（LeetCode 127）",
        statement="""\
从 `begin` 变到 `end`，每次改一个字母，中间的每个词和 `end` 都必须在 `words` 里。最短的接龙有几个词（两端都算）？做不到则返回 0。

- `begin`、`end`：两个不同的等长小写单词；`begin` 不一定在 `words` 里。
- `words`：同样长度的单词，至多 1000 个；可以为空，也不一定含有 `end`。
""",
        hints=(
            "单词是结点，只差一个字母的两个词之间有边。哪种搜索能找到边数最少的路？",
            "不用把边都写出来：把一个词的每个字母换成 26 个字母，看看得到的词在不在表里、有没有标记过。",
        ),
    ),
    examples="""\
>>> ladder_length("hit", "cog", ["hot", "dot", "dog", "lot", "log", "cog"])
5
>>> ladder_length("hit", "cog", ["hot", "dot", "dog", "lot", "log"])
0
""",
    lacks={"negative": "words are no numbers", "large": "words are no numbers"},
)


@ladder.solution
def ladder_length(begin: str, end: str, words: list[str]) -> int:
    unmarked = set(words) - {begin}
    queue = deque([(begin, 1)])
    while queue:
        word, count = queue.popleft()
        if word == end:
            return count
        for k in range(len(word)):
            for letter in "abcdefghijklmnopqrstuvwxyz":
                near = word[:k] + letter + word[k + 1 :]
                if near in unmarked:
                    unmarked.remove(near)
                    queue.append((near, count + 1))
    return 0


@ladder.wrong(
    en="Counts the changes, not the words: one too few.",
    zh="数的是变化次数，不是单词数，少了 1。",
)
def ladder_length_steps(begin: str, end: str, words: list[str]) -> int:
    def differ(a: str, b: str) -> int:
        return sum(x != y for x, y in zip(a, b, strict=True))

    unmarked = set(words) - {begin}
    level, count = [begin], 0
    while level:
        if end in level:
            return count
        near = {w for w in unmarked for v in level if differ(v, w) == 1}
        unmarked -= near
        level, count = list(near), count + 1
    return 0


@ladder.wrong(
    en="Takes `end` for a word of the list, though it is not in it.",
    zh="`end` 不在词表里，却当成在里面。",
)
def ladder_length_end(begin: str, end: str, words: list[str]) -> int:
    def differ(a: str, b: str) -> int:
        return sum(x != y for x, y in zip(a, b, strict=True))

    unmarked = {*words, end} - {begin}
    level, count = [begin], 1
    while level:
        if end in level:
            return count
        near = {w for w in unmarked for v in level if differ(v, w) == 1}
        unmarked -= near
        level, count = list(near), count + 1
    return 0


@ladder.wrong(
    en="Depth first: the first ladder found is an answer, but not the shortest.",
    zh="用了深度优先搜索：先找到的接龙不一定最短。",
)
def ladder_length_depth(begin: str, end: str, words: list[str]) -> int:
    def differ(a: str, b: str) -> int:
        return sum(x != y for x, y in zip(a, b, strict=True))

    unmarked = set(words) - {begin}
    stack = [(begin, 1)]
    while stack:
        word, count = stack.pop()
        if word == end:
            return count
        for near in sorted(w for w in unmarked if differ(word, w) == 1):
            unmarked.remove(near)
            stack.append((near, count + 1))
    return 0


@ladder.wrong(
    en="Compares which letters the words have, not where: `on` and `no` are neighbours then.",
    zh="只比较有哪些字母，不看位置：`on` 和 `no` 也成了邻居。",
)
def ladder_length_letters(begin: str, end: str, words: list[str]) -> int:
    unmarked = set(words) - {begin}
    level, count = [begin], 1
    while level:
        if end in level:
            return count
        near = {w for w in unmarked for v in level if len(set(v) - set(w)) <= 1}
        unmarked -= near
        level, count = list(near), count + 1
    return 0


@ladder.cases
def ladder_cases(random: Random) -> Iterator[tuple[str, str, list[str]]]:
    yield ("a", "b", [])
    yield ("a", "b", ["b"])
    yield ("y", "z", ["z"])
    yield ("aa", "zz", ["az", "zz"])
    yield ("a", "c", ["a", "b", "c"])
    yield ("aa", "bb", ["ab", "bb"])
    yield ("aa", "bb", ["bb"])
    yield ("on", "no", ["no"])
    yield ("aa", "bb", ["ab", "ba"])
    yield ("hit", "cog", ["hot", "dot", "dog", "lot", "log", "cog"])
    yield ("hit", "cog", ["hot", "dot", "dog", "lot", "log"])
    for _ in range(40):
        length, letters = random.choice([(2, "abc"), (3, "abc"), (3, "ab")])
        every = {"".join(random.choices(letters, k=length)) for _ in range(14)}
        begin, end, *rest = random.sample(sorted(every), len(every))
        if random.random() < 0.8:
            rest.insert(random.randint(0, len(rest)), end)
        yield (begin, end, rest)


@ladder.large
def ladder_large(random: Random) -> Iterator[tuple[str, str, list[str]]]:
    every = sorted({"".join(random.choices("abcdef", k=5)) for _ in range(1000)})
    random.shuffle(every)
    yield (every[0], every[1], every[1:])
    yield ("aaaaa", "zzzzz", every)
    # All words of nine letters a and b: 9! shortest ladders, so marks must come early.
    cube = ["".join(letters) for letters in product("ab", repeat=9)]
    random.shuffle(cube)
    yield ("a" * 9, "b" * 9, cube)


@ladder.brute
def ladder_brute(begin: str, end: str, words: list[str]) -> int:
    """Lengths get better until nothing changes, as in Bellman and Ford's method."""
    far = len(words) + 2
    length = dict.fromkeys(words, far) | {begin: 1}
    for _ in range(far):
        for a in length:
            for b in words:
                if [x == y for x, y in zip(a, b, strict=True)].count(False) == 1:
                    length[b] = min(length[b], length[a] + 1)
    best = length[end] if end in words else far
    return best if best < far else 0


spirals = Exercise(
    en=Words(
        title="Spiral matrix (LeetCode 54)",
        statement="""\
Read the numbers of a matrix along a spiral: from the upper left corner to the right, then down,
to the left, up, and so on inwards, until each has been read once.

- `matrix`: rows of one length, at least one number each, integers of any sign; up to
  60 × 60. There may be no rows.
""",
        hints=(
            "Keep four borders: the first and the last row and column not yet read. Each side"
            " that is read moves one of them.",
            "What is left may be a single row or column. Then two of the four sides have nothing"
            " to read: ask before each.",
        ),
    ),
    zh=Words(
        title="螺旋矩阵（LeetCode 54）",
        statement="""\
按螺旋次序读出矩阵里的数：从左上角出发，向右、向下、向左、向上，一圈圈往里走，每个数恰好读一次。

- `matrix`：各行等长，每行至少一个数，可正可负，最多 60 × 60；可以一行也没有。
""",
        hints=(
            "记住四条边界：还没读的第一行、最后一行、第一列、最后一列。每读完一条边，移动一条边界。",
            "剩下的可能只有一行或一列，这时四条边里有两条没有东西可读：读之前先问一下。",
        ),
    ),
    examples="""\
>>> spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
[1, 2, 3, 6, 9, 8, 7, 4, 5]
>>> spiral([[1, 2, 3, 4]])
[1, 2, 3, 4]
""",
)


@spirals.solution
def spiral(matrix: list[list[int]]) -> list[int]:
    found: list[int] = []
    top, bottom = 0, len(matrix) - 1
    left, right = 0, len(matrix[0]) - 1 if matrix else -1
    while top <= bottom and left <= right:
        found += [matrix[top][x] for x in range(left, right + 1)]
        found += [matrix[y][right] for y in range(top + 1, bottom + 1)]
        if top < bottom:
            found += [matrix[bottom][x] for x in range(right - 1, left - 1, -1)]
        if left < right:
            found += [matrix[y][left] for y in range(bottom - 1, top, -1)]
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1
    return found


@spirals.wrong(
    en="A single row or column that is left is read there and back.",
    zh="剩下单独一行或一列时，来回读了两遍。",
)
def spiral_there_and_back(matrix: list[list[int]]) -> list[int]:
    found: list[int] = []
    top, bottom = 0, len(matrix) - 1
    left, right = 0, len(matrix[0]) - 1 if matrix else -1
    while top <= bottom and left <= right:
        found += [matrix[top][x] for x in range(left, right + 1)]
        found += [matrix[y][right] for y in range(top + 1, bottom + 1)]
        found += [matrix[bottom][x] for x in range(right - 1, left - 1, -1)]
        found += [matrix[y][left] for y in range(bottom - 1, top, -1)]
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1
    return found


@spirals.wrong(
    en="The number of rows stands for that of columns too: right for squares only.",
    zh="列数也用了行数：只对方阵成立。",
)
def spiral_square(matrix: list[list[int]]) -> list[int]:
    found: list[int] = []
    n = len(matrix)
    for ring in range((n + 1) // 2):
        last = n - 1 - ring
        if ring == last:
            found.append(matrix[ring][ring])
            break
        found += [matrix[ring][x] for x in range(ring, last)]
        found += [matrix[y][last] for y in range(ring, last)]
        found += [matrix[last][x] for x in range(last, ring, -1)]
        found += [matrix[y][ring] for y in range(last, ring, -1)]
    return found


@spirals.wrong(
    en="Cells read are marked by 0, so a real 0 is taken for a mark.",
    zh="用 0 标记读过的格子，真正的 0 也被当成了标记。",
)
def spiral_zero_marks(matrix: list[list[int]]) -> list[int]:
    if not matrix:
        return []
    found: list[int] = []
    y, x, dy, dx = 0, 0, 0, 1
    for _ in range(len(matrix) * len(matrix[0])):
        found.append(matrix[y][x])
        matrix[y][x] = 0
        a, b = y + dy, x + dx
        if not (0 <= a < len(matrix) and 0 <= b < len(matrix[0]) and matrix[a][b]):
            dy, dx = dx, -dy
        y, x = (y + dy) % len(matrix), (x + dx) % len(matrix[0])
    return found


@spirals.wrong(
    en="Full rings only: what remains in the middle of an odd matrix is lost.",
    zh="只读完整的圈：奇数行（列）时，中间剩下的丢了。",
)
def spiral_no_middle(matrix: list[list[int]]) -> list[int]:
    found: list[int] = []
    top, bottom = 0, len(matrix) - 1
    left, right = 0, len(matrix[0]) - 1 if matrix else -1
    while top < bottom and left < right:
        found += [matrix[top][x] for x in range(left, right)]
        found += [matrix[y][right] for y in range(top, bottom)]
        found += [matrix[bottom][x] for x in range(right, left, -1)]
        found += [matrix[y][left] for y in range(bottom, top, -1)]
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1
    return found


@spirals.cases
def spirals_cases(random: Random) -> Iterator[tuple[list[list[int]]]]:
    yield ([],)
    yield ([[7]],)
    yield ([[0]],)
    yield ([[1, 2]],)
    yield ([[1], [2]],)
    yield ([[1, 2, 3, 4]],)
    yield ([[1, 2], [3, 4]],)
    yield ([[1, 0], [0, -1]],)
    yield ([[1, 2, 3], [4, 5, 6], [7, 8, 9]],)
    yield ([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],)
    for height in range(1, 6):
        for width in range(1, 6):
            yield (
                [[random.randint(-9, 9) for _ in range(width)] for _ in range(height)],
            )


@spirals.large
def spirals_large(random: Random) -> Iterator[tuple[list[list[int]]]]:
    for height, width in ((60, 60), (60, 3), (1, 60)):
        yield (
            [[random.randint(-999, 999) for _ in range(width)] for _ in range(height)],
        )


@spirals.brute
def spirals_brute(matrix: list[list[int]]) -> list[int]:
    """Take the first row, turn the rest by a quarter to the left, and again."""
    found: list[int] = []
    while matrix:
        found += matrix[0]
        matrix = [list(column) for column in zip(*matrix[1:], strict=True)][::-1]
    return found
