"""Exercises on wrappers: a decorator that remembers results, and partial by hand."""

import functools
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

memory = Exercise(
    en=Words(
        title="A decorator that remembers",
        statement="""\
Write the decorator `remember`: the function that it returns gives what `function` gives,
but calls `function` only once for each tuple of arguments, and has its name.

- All arguments are given by position, and each of them is hashable.
- Each decorated function remembers for itself; results of 0, `None` and the like are
  remembered as well.

The judge decorates two functions, `add` and `subtract`, calls both with each tuple of
`calls`, and compares the results, how often each of the two was really called, and the
names. Without arguments, `add` gives 0 and `subtract` gives `None`.
""",
        hints=(
            "The wrapper needs a dictionary that lives longer than one call and belongs to"
            " one decorated function. In which function must it be made?",
            "The tuple `args` of `def wrapper(*args)` can be the key. Ask `args in known`,"
            " not whether the stored result is true. `functools.wraps` keeps the name.",
        ),
    ),
    zh=Words(
        title="记住结果的装饰器",
        statement="""\
编写装饰器 `remember`：它返回的函数与 `function` 的结果相同，名字也相同，但对每一组参数只真正调用一次 `function`。

- 参数全部按位置传入，并且都可哈希。
- 每个被装饰的函数各记各的；结果为 0、`None` 等值时也要记住。

判题时会装饰 `add` 和 `subtract` 两个函数，用 `calls` 中的每个元组分别调用它们，再比较结果、两个函数真正被调用的次数，以及名字。不带参数时，`add` 返回 0，`subtract` 返回 `None`。
""",
        hints=(
            "包装函数需要一个字典，它在多次调用之间一直存在，又只属于一个被装饰的函数。它应当在哪个函数里创建？",
            "`def wrapper(*args)` 中的元组 `args` 可以作为键。应当判断 `args in known`，而不是判断存下的结果是否为真。`functools.wraps` 可以保留名字。",
        ),
    ),
    examples="""\
>>> @remember
... def square(x):
...     print("working")
...     return x * x
>>> square(4)
working
16
>>> square(4)
16
>>> square.__name__
'square'
>>> remember(len)("abc")
3
""",
)


@memory.solution
def remember(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args not in known:
            known[args] = function(*args)
        return known[args]

    return wrapper


@memory.starter
def remember_starter(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


@memory.wrong(
    en="The truth of the result decides: a result of 0 is computed again and again.",
    zh="用结果的真假来判断：结果为 0 时每次都重新计算。",
)
def remember_truth(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    @functools.wraps(function)
    def wrapper(*args):
        if not known.get(args):
            known[args] = function(*args)
        return known[args]

    return wrapper


@memory.wrong(
    en="`None` stands for what is not known yet: a result of `None` is never remembered.",
    zh="用 `None` 表示还没有算过：结果为 `None` 时永远记不住。",
)
def remember_none(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    @functools.wraps(function)
    def wrapper(*args):
        result = known.get(args)
        if result is None:
            result = known[args] = function(*args)
        return result

    return wrapper


@memory.wrong(
    en="The hash is the key: -1 and -2 have the same one.",
    zh="用哈希值作为键：-1 和 -2 的哈希值相同。",
)
def remember_hash(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    @functools.wraps(function)
    def wrapper(*args):
        key = hash(args)
        if key not in known:
            known[key] = function(*args)
        return known[key]

    return wrapper


@memory.wrong(
    en="`lru_cache` as it is keeps 128 results, and forgets the others.",
    zh="直接使用 `lru_cache`，它只保留 128 个结果，其余的会被丢弃。",
)
def remember_recent(function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.lru_cache(function)


@memory.wrong(
    en="The dictionary is a default argument: all decorated functions share it.",
    zh="把字典写成默认参数：所有被装饰的函数共用同一个字典。",
)
def remember_shared(
    function: Callable[..., Any],
    known: dict[Any, Any] = {},  # noqa: B006
) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args):
        if args not in known:
            known[args] = function(*args)
        return known[args]

    return wrapper


@memory.wrong(
    en="The dictionary is made anew in each call, and remembers nothing.",
    zh="每次调用都新建字典，什么也没有记住。",
)
def remember_nothing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args):
        known = {}
        if args not in known:
            known[args] = function(*args)
        return known[args]

    return wrapper


@memory.wrong(
    en="The first argument alone is the key.",
    zh="只用第一个参数作为键。",
)
def remember_first(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    @functools.wraps(function)
    def wrapper(*args):
        key = args[0] if args else None
        if key not in known:
            known[key] = function(*args)
        return known[key]

    return wrapper


@memory.wrong(
    en="Without `functools.wraps` the function is called `wrapper`.",
    zh="没有使用 `functools.wraps`，函数名变成了 `wrapper`。",
)
def remember_nameless(function: Callable[..., Any]) -> Callable[..., Any]:
    known = {}

    def wrapper(*args):
        if args not in known:
            known[args] = function(*args)
        return known[args]

    return wrapper


@memory.drive
def memory_drive(remember: Any, calls: list[tuple[int, ...]]) -> Any:
    counts = {"add": 0, "subtract": 0}

    def add(*numbers):
        counts["add"] += 1
        return sum(numbers)

    def subtract(*numbers):
        counts["subtract"] += 1
        return numbers[0] - sum(numbers[1:]) if numbers else None

    first, second = remember(add), remember(subtract)
    results = [(first(*call), second(*call)) for call in calls]
    return results, counts, [first.__name__, second.__name__]


@memory.cases
def memory_cases(random: Random) -> Iterator[tuple[list[tuple[int, ...]]]]:
    yield ([],)
    yield ([()],)
    yield ([(), ()],)
    yield ([(3,)],)
    yield ([(0,), (0,)],)
    yield ([(1, 2), (1, 3)],)
    yield ([(-1,), (-2,)],)  # whose hashes are equal
    for _ in range(20):
        calls = range(random.randint(1, 6))
        yield (
            [
                tuple(random.randint(-2, 2) for _ in range(random.randint(0, 2)))
                for _ in calls
            ],
        )
    yield ([(random.randint(0, 9), random.randint(0, 9)) for _ in range(200)],)
    yield ([(number, 1) for number in range(150)] * 2,)  # more than lru_cache keeps


@memory.brute
def memory_brute(function: Callable[..., Any]) -> Callable[..., Any]:
    asked, answers = [], []

    def again(*args):
        for known, answer in zip(asked, answers):
            if known == args:
                return answer
        asked.append(args)
        answers.append(function(*args))
        return answers[-1]

    again.__name__ = function.__name__
    return again


binding = Exercise(
    en=Words(
        title="partial by hand",
        statement="""\
Write `bind(function, positions, names)` without `functools`. It returns a function that
calls `function` with the values of the list `positions` before its own positional
arguments, and with the keywords of the dictionary `names`, of which its own keywords
override those of the same name.

The judge calls what `bind` returns twice: first with `later` and `later_names`, then with
nothing. `function` returns what it was given, so that the arguments can be compared.
""",
        hints=(
            "`function(*positions, *args, **…)` passes two lists one after the other. Which"
            " dictionary must win where both have a key?",
            "`{**names, **more}` is a new dictionary in which the later one wins. It leaves"
            " `names` as it is, which the next call needs.",
        ),
    ),
    zh=Words(
        title="自己实现 partial",
        statement="""\
不用 `functools`，编写 `bind(function, positions, names)`。它返回一个函数：调用 `function` 时，先传入列表 `positions` 中的值，再接上自己的位置参数；关键字参数取自字典 `names`，同名时以自己的关键字参数为准。

判题时会把 `bind` 返回的函数调用两次：第一次传入 `later` 和 `later_names`，第二次什么都不传。`function` 会原样返回收到的参数，以便比较。
""",
        hints=(
            "`function(*positions, *args, **…)` 可以依次传入两个列表。两个字典有相同的键时，应当以哪一个为准？",
            "`{**names, **more}` 会建立一个新字典，同名时以后者为准，而 `names` 保持不变，下一次调用还要用它。",
        ),
    ),
    examples="""\
>>> def show(*args, **names):
...     return args, names
>>> bind(show, [1], {"sep": 2})(3, end=4)
((1, 3), {'sep': 2, 'end': 4})
>>> bind(show, [], {"sep": 2})(sep=5)
((), {'sep': 5})
""",
)


@binding.solution
def bind(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        return function(*positions, *args, **{**names, **more})

    return bound


@binding.wrong(
    en="The later positional arguments come first.",
    zh="把后来的位置参数放到了前面。",
)
def bind_order(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        return function(*args, *positions, **{**names, **more})

    return bound


@binding.wrong(
    en="The bound keywords win over those of the call.",
    zh="同名时以绑定的关键字参数为准，调用时给出的被覆盖了。",
)
def bind_override(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        return function(*positions, *args, **{**more, **names})

    return bound


@binding.wrong(
    en="`update` changes the bound dictionary: the first call shows in the second.",
    zh="用 `update` 改动了绑定的字典：第一次调用影响了第二次。",
)
def bind_update(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        names.update(more)
        return function(*positions, *args, **names)

    return bound


@binding.wrong(
    en="Both are passed as they are: a keyword given twice is a `TypeError`.",
    zh="把两个字典原样展开：同名的关键字传了两次，抛出 `TypeError`。",
)
def bind_twice(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        return function(*positions, *args, **names, **more)

    return bound


@binding.drive
def binding_drive(
    bind: Any,
    positions: list[int],
    names: dict[str, int],
    later: list[int],
    later_names: dict[str, int],
) -> Any:
    def show(*args, **given):
        return args, given

    bound = bind(show, positions, names)
    return bound(*later, **later_names), bound()


@binding.cases
def binding_cases(random: Random) -> Iterator[tuple[Any, ...]]:
    def names() -> dict[str, int]:
        chosen = random.sample("abc", random.randint(0, 3))
        return {name: random.randint(-9, 9) for name in chosen}

    yield [], {}, [], {}
    yield [1], {}, [2], {}
    yield [], {"a": 1}, [], {"a": 2}
    yield [], {}, [], {"a": 1}
    for _ in range(30):
        lists = [
            [random.randint(-9, 9) for _ in range(random.randint(0, 3))] for _ in "12"
        ]
        yield lists[0], names(), lists[1], names()
    yield list(range(100)), {}, list(range(100)), {}


@binding.brute
def binding_brute(
    function: Callable[..., Any], positions: list[Any], names: dict[str, Any]
) -> Callable[..., Any]:
    def bound(*args, **more):
        every = list(positions)
        every.extend(args)
        given = {}
        for name in [*names, *more]:
            given[name] = more[name] if name in more else names[name]
        return function(*every, **given)

    return bound
