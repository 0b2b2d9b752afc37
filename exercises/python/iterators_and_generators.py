"""Exercises on iterators: sums of neighbours, turns, a look ahead, nested lists."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, pairwise, zip_longest
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

sums = Exercise(
    en=Words(
        title="Sums of neighbours",
        statement="""\
Write the generator function `pairwise_sums(iterable)`: it yields the sum of the first and the
second number, of the second and the third, and so on. Of fewer than two numbers it yields nothing.

- `iterable` may be an iterator: it can be read once, and has no length and no index.
- It may be infinite: take no number before it is needed, so that the first sum comes after
  two numbers, and each later one after one more.

The judge passes an iterator if `once`, else an iterable that is none; it has an `__iter__`, and neither
length nor index. It compares pairs: each sum, and how many numbers had been taken when it came.
""",
        hints=(
            "Which single number has to be remembered from one step to the next?",
            "`it = iter(iterable)`; the first number comes from `next(it, …)` or a `for` loop"
            " that is left at once, and a `for` loop over the same `it` reads the rest.",
        ),
    ),
    zh=Words(
        title="相邻两数之和",
        statement="""\
编写生成器函数 `pairwise_sums(iterable)`：依次产出第一个与第二个数之和、第二个与第三个数之和，等等。不足两个数时什么也不产出。

- `iterable` 可能是迭代器：只能读一遍，没有长度，也不能用下标。
- 它可能是无限的，所以不要提前取数：取了两个数就产出第一个和，此后每多取一个数就产出一个和。

`once` 为真时，传入的是迭代器；否则传入的是可迭代对象，只有 `__iter__`，没有长度，也不能用下标。比较的是二元组：每个和，以及产出它时一共取了多少个数。
""",
        hints=(
            "从一步到下一步，只需要记住哪一个数？",
            "先写 `it = iter(iterable)`。第一个数用 `next(it, …)` 取，或者用 `for` 循环取一个就跳出；余下的数用 `for` 循环从同一个 `it` 里读。",
        ),
    ),
    examples="""\
>>> list(pairwise_sums([1, 2, 3, 4]))
[3, 5, 7]
>>> list(pairwise_sums(iter([5])))
[]
""",
)


@sums.solution
def pairwise_sums(iterable: Iterable[int]) -> Iterator[int]:
    it = iter(iterable)
    for before in it:  # once: the inner loop reads the rest
        for number in it:
            yield before + number
            before = number


@sums.wrong(
    en="It uses indices, which an iterator does not have.",
    zh="用了下标，而迭代器没有下标。",
)
def sums_by_index(iterable: Iterable[int]) -> Iterator[int]:
    for i in range(len(iterable) - 1):  # type: ignore[arg-type]
        yield iterable[i] + iterable[i + 1]  # type: ignore[index]


@sums.wrong(
    en="It reads all numbers into a list first: the first sum comes after the last number.",
    zh="先把所有数读进列表：读完最后一个数，才产出第一个和。",
)
def sums_of_a_list(iterable: Iterable[int]) -> Iterator[int]:
    numbers = list(iterable)
    for i in range(1, len(numbers)):
        yield numbers[i - 1] + numbers[i]


@sums.wrong(
    en="Both arguments of `zip` are the same iterator: pairs do not overlap.",
    zh="`zip` 的两个参数是同一个迭代器：二元组不重叠。",
)
def sums_of_the_same(iterable: Iterable[int]) -> Iterator[int]:
    it = iter(iterable)
    for a, b in zip(it, it):
        yield a + b


@sums.wrong(
    en="An unguarded `next` on an empty stream: a `RuntimeError` instead of nothing.",
    zh="流为空时没有防住 `next`：抛出 `RuntimeError`，而不是什么也不产出。",
)
def sums_unguarded(iterable: Iterable[int]) -> Iterator[int]:
    it = iter(iterable)
    before = next(it)
    for number in it:
        yield before + number
        before = number


@sums.wrong(
    en="The truth of the number decides whether there is one before: after a 0 a sum is lost.",
    zh="用数的真假判断前面有没有数：0 之后的和会丢失。",
)
def sums_by_truth(iterable: Iterable[int]) -> Iterator[int]:
    before = 0
    for number in iterable:
        if before:
            yield before + number
        before = number


@sums.wrong(
    en="`next` is called on the iterable itself, which need not be an iterator.",
    zh="直接对可迭代对象调用 `next`，而它不一定是迭代器。",
)
def sums_without_iter(iterable: Iterable[int]) -> Iterator[int]:
    before = next(iterable, None)  # type: ignore[call-overload]
    for number in iterable:
        yield before + number
        before = number


@sums.drive
def sums_drive(
    pairwise_sums: Any, numbers: list[int], once: bool
) -> list[tuple[int, int]]:
    taken: list[int] = []

    class Numbers:
        def __iter__(self):
            for number in numbers:
                taken.append(number)
                yield number

    source = iter(Numbers()) if once else Numbers()
    return [(found, len(taken)) for found in islice(pairwise_sums(source), 5000)]


@sums.cases
def sums_cases(random: Random) -> Iterator[tuple[list[int], bool]]:
    yield [], True
    yield [5], True
    yield [5], False
    yield [0, 1], True
    yield [1, 2, 3], True
    yield [1, 2, 3], False
    yield [2, 2, 2, 2], True
    yield [-1, 1, -1], True
    for i in range(20):
        numbers = [random.randint(-9, 9) for _ in range(random.randint(2, 9))]
        yield numbers, i % 2 == 0
    yield [random.randint(-(10**6), 10**6) for _ in range(1000)], True


@sums.brute
def sums_brute(iterable: Iterable[int]) -> Iterator[int]:
    return (sum(pair) for pair in pairwise(iterable))


turns = Exercise(
    en=Words(
        title="Zigzag iterator (LeetCode 281)",
        statement="""\
Write the generator function `zigzag(iterators)` for a list of iterators: it yields the first
item of each, in the order of the list, then the second item of each that has one, and so on,
until all are used up. An iterator without a next item drops out; the others go on. Any item is possible, 0
and `None` as well.

Take an item from an iterator only when it is that one's turn. The judge compares pairs: each item, and how many had been
taken from all the iterators together when it came.
""",
        hints=(
            "Keep the iterators in a queue. Which one is next, and where does it go"
            " after its item?",
            "`deque`: take one from the left, ask it for an item with `next`, and append it on"
            " the right only if it had one.",
        ),
    ),
    zh=Words(
        title="锯齿迭代器（LeetCode 281）",
        statement="""\
编写生成器函数 `zigzag(iterators)`，参数是迭代器的列表：按列表的次序产出每个迭代器的第一个元素，再产出每个还有元素的迭代器的第二个元素，依此类推，直到全部取完。没有下一个元素的迭代器退出，其余的继续。元素可以是任何值，包括 0 和 `None`。

轮到哪个迭代器，才从它那里取元素。判题时比较的是二元组：每个元素，以及产出它时从所有迭代器一共取了多少个元素。
""",
        hints=(
            "把迭代器放进队列。下一个轮到谁？产出元素以后，它应当去哪里？",
            "用 `deque`：从左端取出一个，用 `next` 向它要元素；只有要到了，才把它放回右端。",
        ),
    ),
    examples="""\
>>> list(zigzag([iter([1, 2]), iter([3, 4, 5, 6])]))
[1, 3, 2, 4, 5, 6]
>>> list(zigzag([iter("abc"), iter("d"), iter("ef")]))
['a', 'd', 'e', 'b', 'f', 'c']
>>> list(zigzag([]))
[]
""",
)


@turns.solution
def zigzag(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    waiting = deque(iterators)
    while waiting:
        it = waiting.popleft()
        for item in it:
            yield item
            waiting.append(it)
            break


@turns.wrong(
    en="`zip` ends with the shortest iterator.",
    zh="`zip` 到最短的迭代器就结束。",
)
def zigzag_shortest(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    for row in zip(*iterators):
        yield from row


@turns.wrong(
    en="It removes from the list that it loops over: the neighbour misses its turn.",
    zh="一边遍历列表一边删除：相邻的迭代器少了一轮。",
)
def zigzag_removing(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    left = list(iterators)
    while left:
        for it in left:
            try:
                yield next(it)
            except StopIteration:
                left.remove(it)


@turns.wrong(
    en="Holes are recognised by their truth: an item 0 is lost as well.",
    zh="用真假判断空位：值为 0 的元素也丢了。",
)
def zigzag_truth(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    while True:
        row = [next(it, None) for it in iterators]
        if all(item is None for item in row):
            return
        yield from filter(None, row)


@turns.wrong(
    en="`None` stands for the end: an iterator that gives `None` drops out too early.",
    zh="用 `None` 表示结束：给出 `None` 的迭代器过早退出。",
)
def zigzag_none(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    waiting = deque(iterators)
    while waiting:
        it = waiting.popleft()
        item = next(it, None)
        if item is not None:
            yield item
            waiting.append(it)


@turns.wrong(
    en="`zip_longest` gives the right order, but takes a whole row before its first item comes.",
    zh="`zip_longest` 次序对，但取完一整行才产出这一行的第一个元素。",
)
def zigzag_rows(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    hole = object()
    for row in zip_longest(*iterators, fillvalue=hole):
        yield from (item for item in row if item is not hole)


@turns.wrong(
    en="One after the other instead of in turn.",
    zh="一个接一个，而不是轮流。",
)
def zigzag_chained(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    return chain.from_iterable(iterators)


@turns.drive
def turns_drive(zigzag: Any, lists: list[list[Any]]) -> list[tuple[Any, int]]:
    taken: list[Any] = []

    def source(items):
        for item in items:
            taken.append(item)
            yield item

    result = zigzag([source(items) for items in lists])
    return [(item, len(taken)) for item in islice(result, 5000)]


@turns.cases
def turns_cases(random: Random) -> Iterator[tuple[list[list[Any]]]]:
    yield ([],)
    yield ([[]],)
    yield ([[1]],)
    yield ([[0], [0]],)
    yield ([[1, 2], [3, 4, 5, 6]],)
    yield ([[], [1], []],)
    yield ([[1], [2, 2], [3, 3]],)
    yield ([[None, 1], [2]],)
    for _ in range(25):
        yield (
            [
                [
                    random.choice([None, False, "", *range(-3, 4)])
                    for _ in range(random.randint(0, 4))
                ]
                for _ in range(random.randint(1, 4))
            ],
        )
    yield ([list(range(500)), list(range(3)), list(range(1000))],)


@turns.brute
def turns_brute(iterators: list[Iterator[Any]]) -> Iterator[Any]:
    alive = [True] * len(iterators)
    while any(alive):
        for i, it in enumerate(iterators):
            if alive[i]:
                found = list(islice(it, 1))
                alive[i] = bool(found)
                yield from found


ahead = Exercise(
    en=Words(
        title="Peeking iterator (LeetCode 284)",
        statement="""\
Write `peeking(iterator)`. It returns three functions without parameters, `(take, peek, more)`:

- `take()` gives the next item and moves on;
- `peek()` gives the same item and stays;
- `more()` says whether an item is left, `True` or `False`.

`take()` and `peek()` raise `StopIteration` when no item is left. The iterator may be infinite, any item is
possible (0 and `None` as well), and items are taken from it only when a call needs them. LeetCode asks for a class; the three functions
share their variables as methods share `self`.

The judge makes the calls named in `calls` and compares `(result, how, taken)`: what each gave or raised,
`"returned"` or `"raised"`, and how many items had been taken by then.
""",
        hints=(
            "Hold at most one item. How do you know that one is held, if every value is"
            " possible?",
            "A list of length 0 or 1 says both: whether an item is held, and which. The inner"
            " functions can append to it and pop from it without `nonlocal`.",
        ),
    ),
    zh=Words(
        title="窥视迭代器（LeetCode 284）",
        statement="""\
编写 `peeking(iterator)`，返回三个不带参数的函数 `(take, peek, more)`：

- `take()` 返回下一个元素，并前进一步；
- `peek()` 返回同一个元素，但不前进；
- `more()` 返回 `True` 或 `False`，表示是否还有元素。

没有元素时，`take()` 和 `peek()` 抛出 `StopIteration`。迭代器可能是无限的，元素可以是任何值（包括 0 和 `None`），而且只在调用需要时才从中取元素。力扣要求写一个类；这里三个函数共用变量，就像方法共用 `self`。

判题时按 `calls` 依次调用，比较三元组 `(result, how, taken)`：返回的值或抛出的异常；是返回（`"returned"`）还是抛出（`"raised"`）；到那时一共取了多少个元素。
""",
        hints=(
            "最多存一个元素。任何值都可能出现，怎样知道是否存着一个？",
            "用长度为 0 或 1 的列表，既能表示存没存，也能表示存的是什么。内层函数可以直接对它 append 和 pop，不需要 `nonlocal`。",
        ),
    ),
    examples="""\
>>> take, peek, more = peeking(iter([1, None]))
>>> peek(), peek(), take(), peek(), more()
(1, 1, 1, None, True)
>>> take(), more()
(None, False)
""",
)


@ahead.solution
def peeking(
    iterator: Iterator[Any],
) -> tuple[Callable[[], Any], Callable[[], Any], Callable[[], bool]]:
    held: list[Any] = []

    def more():
        if not held:
            held.extend(islice(iterator, 1))
        return bool(held)

    def peek():
        if not more():
            raise StopIteration
        return held[0]

    def take():
        if not more():
            raise StopIteration
        return held.pop()

    return take, peek, more


@ahead.wrong(
    en="`peek` and `more` take an item and forget it.",
    zh="`peek` 和 `more` 取走一个元素，却没有存下来。",
)
def peeking_forgets(iterator: Iterator[Any]) -> Any:
    def take():
        return next(iterator)

    def more():
        for _ in iterator:
            return True
        return False

    return take, take, more


@ahead.wrong(
    en="All items are read into a list at the beginning.",
    zh="一开始就把所有元素读进列表。",
)
def peeking_list(iterator: Iterator[Any]) -> Any:
    items = deque(iterator)

    def peek():
        if not items:
            raise StopIteration
        return items[0]

    def take():
        if not items:
            raise StopIteration
        return items.popleft()

    return take, peek, lambda: bool(items)


@ahead.wrong(
    en="`None` stands for “nothing held”: an item `None` is taken and lost.",
    zh="用 `None` 表示没有存：值为 `None` 的元素取出后就丢了。",
)
def peeking_none(iterator: Iterator[Any]) -> Any:
    held = [None]

    def peek():
        if held[0] is None:
            held[0] = next(iterator)
        return held[0]

    def take():
        item = peek()
        held[0] = None
        return item

    def more():
        try:
            peek()
        except StopIteration:
            return False
        return True

    return take, peek, more


@ahead.wrong(
    en="`more` gives the truth of the next item: 0 looks like the end.",
    zh="`more` 返回的是下一个元素的真假：0 被当成结束。",
)
def peeking_truth(iterator: Iterator[Any]) -> Any:
    held: list[Any] = []

    def peek():
        if not held:
            held.append(next(iterator))
        return held[0]

    def take():
        item = peek()
        held.clear()
        return item

    def more():
        try:
            return bool(peek())
        except StopIteration:
            return False

    return take, peek, more


@ahead.wrong(
    en="The first item is taken when the functions are made, and the next one with each `take`: one too early.",
    zh="建立函数时就取第一个元素，每次 `take` 又多取一个：总是提前一个。",
)
def peeking_early(iterator: Iterator[Any]) -> Any:
    held = list(islice(iterator, 1))

    def peek():
        if not held:
            raise StopIteration
        return held[0]

    def take():
        item = peek()
        held[:] = islice(iterator, 1)
        return item

    return take, peek, lambda: bool(held)


@ahead.wrong(
    en="At the end `take` and `peek` give `None`, which any item may be, instead of raising.",
    zh="到头时 `take` 和 `peek` 返回 `None`，而不是抛出异常；`None` 也可能是元素。",
)
def peeking_default(iterator: Iterator[Any]) -> Any:
    held: list[Any] = []

    def more():
        if not held:
            held.extend(islice(iterator, 1))
        return bool(held)

    return (
        lambda: held.pop() if more() else None,
        lambda: held[0] if more() else None,
        more,
    )


@ahead.drive
def ahead_drive(
    peeking: Any, items: list[Any], calls: list[str]
) -> list[tuple[Any, str, int]]:
    taken: list[Any] = []

    def source():
        for item in items:
            taken.append(item)
            yield item

    functions = dict(zip(("take", "peek", "more"), peeking(source()), strict=True))
    found: list[tuple[Any, str, int]] = []
    for name in calls:
        try:
            result, how = functions[name](), "returned"
        except StopIteration:
            result, how = "StopIteration", "raised"
        found.append((result, how, len(taken)))
    return found


@ahead.cases
def ahead_cases(random: Random) -> Iterator[tuple[list[Any], list[str]]]:
    yield [], []
    yield [], ["more"]
    yield [], ["peek"]
    yield [], ["take", "take"]
    yield [1], ["take"]
    yield [1], ["peek", "more", "take", "more"]
    yield [0], ["more", "take"]
    yield [None, 2], ["peek", "peek", "take", "take"]
    for _ in range(30):
        kinds = [None, False, "", 0, 1, -1]
        items = [random.choice(kinds) for _ in range(random.randint(0, 5))]
        yield items, random.choices(["take", "peek", "more"], k=random.randint(1, 9))
    yield list(range(1000)), ["more", "peek", "take"] * 50


@ahead.brute
def ahead_brute(iterator: Iterator[Any]) -> Any:
    seen: list[Any] = []
    at = [0]

    def fill():
        if at[0] == len(seen):
            for item in iterator:
                seen.append(item)
                return

    def look(step):
        fill()
        if at[0] == len(seen):
            raise StopIteration
        at[0] += step
        return seen[at[0] - step]

    def more():
        fill()
        return at[0] < len(seen)

    return lambda: look(1), lambda: look(0), more


nests = Exercise(
    en=Words(
        title="Flatten a nested list (LeetCode 341)",
        statement="""\
Write the generator function `flatten(nested)`: it yields the numbers and strings of a nested
list from left to right. What is inside is a number, a string, or again such a list.

A string is one item, not its letters. The same list may come several times, but none contains itself. Lists may be nested 5,000 deep: a function that calls itself for each level ends with a
`RecursionError`, so keep the open levels yourself.

The judge puts `nested` into `depth` more lists, one in the other, before the call.
""",
        hints=(
            "What has to be remembered of each list that is not finished? An iterator knows"
            " where it stopped.",
            "A stack of iterators. Take the next item of the last one: a list puts its iterator"
            " on the stack, the end of an iterator takes it off.",
        ),
    ),
    zh=Words(
        title="扁平化嵌套列表（LeetCode 341）",
        statement="""\
编写生成器函数 `flatten(nested)`：从左到右产出嵌套列表中的数和字符串。列表里的每一项是数、字符串，或者又是这样的列表。

字符串算一个元素，不要拆成字符。同一个列表可以出现多次，但列表不会包含自己。嵌套可深达 5,000 层：每层调用一次自己的写法会以 `RecursionError` 结束，所以还没走完的各层要自己保存。

判题时，先把 `nested` 再套上 `depth` 层列表，然后调用。
""",
        hints=(
            "对每个还没走完的列表，要记住什么？迭代器知道自己停在哪里。",
            "用一个由迭代器组成的栈。取栈顶迭代器的下一项：是列表，就把它的迭代器压栈；迭代器到头，就出栈。",
        ),
    ),
    examples="""\
>>> list(flatten([[1, 1], 2, [1, "ab"]]))
[1, 1, 2, 1, 'ab']
>>> list(flatten([1, [4, [6, []]]]))
[1, 4, 6]
""",
)


@nests.solution
def flatten(nested: list[Any]) -> Iterator[Any]:
    stack = [iter(nested)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, list):
                stack.append(iter(item))
                break
            yield item
        else:
            stack.pop()


@nests.wrong(
    en="Recursion: right, until the nesting is deeper than Python's limit of about 1,000 calls.",
    zh="递归：嵌套没有超过 Python 约 1,000 层的调用上限时，结果是对的。",
)
def flatten_recursive(nested: list[Any]) -> Iterator[Any]:
    for item in nested:
        if isinstance(item, list):
            yield from flatten_recursive(item)
        else:
            yield item


@nests.wrong(
    en="Only the outermost level is opened.",
    zh="只拆开最外面的一层。",
)
def flatten_once(nested: list[Any]) -> Iterator[Any]:
    for item in nested:
        if isinstance(item, list):
            yield from item
        else:
            yield item


@nests.wrong(
    en="The parts of a list are pushed in their order: the last one comes out first.",
    zh="按原来的次序压栈：最后一项最先出来。",
)
def flatten_reversed(nested: list[Any]) -> Iterator[Any]:
    stack = [nested]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        else:
            yield item


@nests.wrong(
    en="Whatever can be iterated over is opened, so a string falls apart into letters.",
    zh="凡是可迭代的都拆开，字符串就散成了字符。",
)
def flatten_letters(nested: list[Any]) -> Iterator[Any]:
    stack = [iter(nested)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, list) or (isinstance(item, str) and len(item) > 1):
                stack.append(iter(item))
                break
            yield item
        else:
            stack.pop()


@nests.wrong(
    en="A list that has been opened once is not opened again, even where it only comes twice.",
    zh="拆过一次的列表不再拆：同一个列表出现两次，第二次就丢了。",
)
def flatten_seen(nested: list[Any]) -> Iterator[Any]:
    stack, seen = [iter(nested)], {id(nested)}
    while stack:
        for item in stack[-1]:
            if not isinstance(item, list):
                yield item
            elif id(item) not in seen:
                seen.add(id(item))
                stack.append(iter(item))
                break
        else:
            stack.pop()


@nests.wrong(
    en="After an inner list the loop starts again from the front: an index is missing.",
    zh="走完里层列表后又从头开始：少了记录位置的下标。",
)
def flatten_again(nested: list[Any]) -> Iterator[Any]:
    stack = [nested]
    while stack:
        for item in stack.pop():
            if isinstance(item, list):
                stack.append(item)
                break
            yield item


@nests.drive
def nests_drive(flatten: Any, nested: list[Any], depth: int) -> list[Any]:
    for _ in range(depth):
        nested = [nested]
    return list(islice(flatten(nested), 5000))


@nests.cases
def nests_cases(random: Random) -> Iterator[tuple[list[Any], int]]:
    def draw(levels: int) -> list[Any]:
        return [
            draw(levels - 1)
            if levels and random.random() < 0.4
            else random.choice([0, 1, -7, 0.5, "ab", ""])
            for _ in range(random.randint(0, 3))
        ]

    yield [], 0
    yield [1], 0
    yield [2, 2], 0
    yield [[], [[]]], 0
    yield [1, [2], 3], 0
    yield [[[1, [2]], 3], "ab"], 0
    twice = [1, 0.5]
    yield [twice, [twice], 2, twice], 0
    for _ in range(30):
        yield draw(4), random.randint(0, 2)
    yield [1, [-2, "ab"], 3], 4998
    yield [list(range(1000)), [list(range(500))]], 1


@nests.brute
def nests_brute(nested: list[Any]) -> list[Any]:
    items = [nested]
    while any(isinstance(item, list) for item in items):
        items = [
            part
            for item in items
            for part in (item if isinstance(item, list) else [item])
        ]
    return items
