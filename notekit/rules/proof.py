"""Tests that prove something: each asserts, and each public function is called.

What ran is seen when the tests run; here it is read from the test modules, without
running them, so that a module that cannot fail is named before anybody trusts it.
"""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from notekit.files import SHARED, STEPS, TEST_PARTS
from notekit.problem import Problem
from notekit.read import fences, modules
from notekit.read.blocks import uncalled
from notekit.read.catalogue import Note
from notekit.read.living import (
    children,
    constant,
    is_empty,
    living,
    swallows,
    walk,
)
from notekit.rules.clocks import judged

# What makes a test fail, by words in the names of what it calls. A warning is an error
# in these tests, so a block that catches none asserts that there is none.
_ASSERTING = ("assert", "raises", "warns", "fail", "check", "catch_warnings", "expect")

# Tolerances from which on a comparison says nothing: relative ones of the value itself.
_BOUNDS = {
    **dict.fromkeys(("rel", "rtol", "rel_tol"), 1.0),
    **dict.fromkeys(("abs", "atol", "abs_tol"), 1e6),
}
_INFINITY = re.compile(r"(?:math|np|numpy|torch)\.inf|inf|float\('inf(?:inity)?'\)")
_PLAIN = {
    *("object", "int", "float", "bool", "str", "bytes", "list", "tuple", "dict", "set"),
    *("Tensor", "ndarray", "Module", "Sequence", "Iterable", "Callable", "Number"),
}
# What gives something whatever it is given, as an assertion of its own.
_NEVER_EMPTY = ("repr", "type", "id", "dir", "ascii", "object", "iter", "partial")
_COMPARING = ("equal", "array_equal", "allclose", "isclose", "is_close")
# Calls that end the run of all tests, some with the word that all is well.
_ENDING = ("os._exit", "os.abort", "_exit", "pytest.exit", "sys.exit")
# Ways to say that a test need not hold.
_GIVING_UP = ("xfail", "importorskip", "expectedFailure", "SkipTest")


@dataclass(frozen=True)
class _Function:
    """A function of a test module, and what it does that may fail."""

    name: str
    line: int
    asserts: bool
    calls: frozenset[str]  # that are not in what swallows a failure
    gpu: bool
    method: bool = False
    marked: bool = False  # with a decorator, such as that of a fixture


@dataclass(frozen=True)
class _Module:
    """What is known of a test module after one walk through it."""

    functions: list[_Function]
    names: frozenset[str]
    left_out: list[tuple[int, str]]
    timed: list[tuple[int, str]]
    error: tuple[int, str] | None = None


def problems(note: Note, root: Path) -> Iterator[Problem]:
    """What keeps the tests of a note from proving anything.

    Args:
        note: the note; a module that is missing has its own problem.
        root: the repository.
    """
    topic, stem = note.module.split("/")
    own = root / f"tests/{topic}/test_{stem}.py"
    paths = [own] if own.is_file() else []
    paths += sorted((root / f"tests/{topic}/test_{stem}").rglob("test_*.py"))
    frames = root / f"tests/{topic}/test_{stem}{STEPS}.py"
    paths += [frames] if paths and frames.is_file() else []
    modules = {path: _read(path, path.stat().st_mtime_ns) for path in paths}
    for path, module in modules.items():
        if module.error:
            line, reason = module.error
            yield Problem(path, line, f"want Python; {reason}")
            return
    if not modules:
        return
    tests = [f for m in modules.values() for f in m.functions if _is_test(f)]
    if not tests:
        yield Problem(own, 1, "want tests, functions named test_…; found none")
    elif all(test.gpu for test in tests):
        message = (
            "want a test that runs without a GPU, as most of those who verify have"
        )
        got = f"all {len(tests)} are marked gpu"
        yield Problem(own, tests[0].line, f"{message}; {got}")
    for path, module in modules.items():
        helpers = _asserting_helpers(module)
        own_names = frozenset(f.name for f in module.functions)
        for function in filter(_is_test, module.functions):
            if not _asserts(function, helpers, own_names):
                message = "want an assertion that can fail in"
                yield Problem(
                    path, function.line, f"{message} {function.name}; found none"
                )
        for function in module.functions:
            if _idle(function, path, module):
                message = "want tests that run; got"
                got = f"{function.name}, which asserts and which nothing names"
                yield Problem(path, function.line, f"{message} {got}")
        for line, what in module.left_out:
            yield Problem(path, line, f"want tests that run; got {what}")
        for line, what in module.timed:
            message = (
                "want nothing decided by a clock, which is another on each machine"
            )
            yield Problem(path, line, f"{message}; got {what}")
    yield from _untried(root / f"tests/{topic}/test_{stem}_inputs.py")
    yield from _uncalled(note, root, own)
    yield from _uncompared(note, paths)
    for path, what, name in (
        (root / f"tests/{topic}/test_{stem}_inputs.py", "a class", "TestInputs"),
        (root / f"figures/{note.module}.py", "a function", "draw"),
    ):
        if path.is_file() and name not in _defined(path):
            yield Problem(path, 1, f"want {what} {name}; found none")


def _untried(path: Path) -> Iterator[Problem]:
    """Example calls, of which there must be one at least: not all can be spared."""
    module = modules.tree(path) if path.is_file() else None
    for node in module.body if module else ():
        if isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            if "EXAMPLES" in names and node.value is not None and is_empty(node.value):
                message = "want an example call, at least, that is tried; found none"
                yield Problem(path, node.lineno, message)


def _idle(function: _Function, path: Path, module: _Module) -> bool:
    """Whether it would assert, if anything called it: pytest runs what is named test_…."""
    if _is_test(function) or not function.asserts or function.method:
        return False
    if function.name in module.names or function.name[:1] == "_" or function.marked:
        return False
    folder = [p for p in path.parent.glob("*.py") if p != path]
    return not any(function.name in p.read_text("utf-8") for p in folder)


def _defined(path: Path) -> set[str]:
    module = modules.tree(path)
    kinds = (ast.ClassDef, ast.FunctionDef)
    body = module.body if module else []
    return {node.name for node in body if isinstance(node, kinds)}


def _is_test(function: _Function) -> bool:
    return function.name.startswith("test")


@lru_cache(maxsize=1000)
def _read(path: Path, _mtime: int) -> _Module:
    tree = modules.tree(path)
    if tree is None:
        return _Module([], frozenset(), [], [], modules.error(path))
    functions: list[_Function] = []
    names: set[str] = set()
    nodes = modules.nodes(path)
    everywhere = any(_is_gpu(node) for node in tree.body if _is_mark(node))
    for node in tree.body:
        group = node if isinstance(node, ast.ClassDef) else None
        gpu = everywhere or bool(group and any(map(_is_gpu, group.decorator_list)))
        for part in group.body if group else [node]:
            found = _function(part, names)
            if isinstance(part, ast.FunctionDef):
                marked = gpu or any(map(_is_gpu, part.decorator_list))
                decorated = bool(part.decorator_list)
                function = _Function(part.name, part.lineno, *found, marked)
                function = replace(function, method=bool(group), marked=decorated)
                functions.append(function)
    return _Module(
        functions,
        frozenset(names),
        list(_left_out(tree, nodes)),
        list(judged(tree, nodes)),
    )


def _function(part: ast.stmt, names: set[str]) -> tuple[bool, frozenset[str]]:
    """Whether it asserts by itself, and what it calls; names are added to the set."""
    asserts, calls = False, set()
    settled, made = _settled(part), _just_made(part)
    quiet: set[int] = set()  # calls of raises that any failure within would meet
    for node, swallowed in living(part):
        if isinstance(node, ast.With) and swallows(node):
            quiet |= {id(item.context_expr) for item in node.items}
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif swallowed:
            continue
        elif isinstance(node, ast.Call):
            hollow = (
                _any_error(node) or _loose(node) or _of_one(made.get(id(node), node))
            )
            if id(node) not in quiet and not hollow:
                calls.add(modules.called(node))
        elif isinstance(node, ast.Raise) and node.exc is not None:
            asserts = True
        elif isinstance(node, ast.Assert) and not asserts:
            test = made.get(id(node.test), node.test)
            asserts = not _weak(_filled(test, settled))
    return asserts, frozenset(calls)


def _settled(part: ast.stmt) -> dict[str, ast.Constant]:
    """Names of a function that stand for one number or text and nothing else."""
    if not isinstance(part, ast.FunctionDef):
        return {}
    found: dict[str, ast.Constant] = {}
    for node in part.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found |= {t.id: node.value for t in node.targets if isinstance(t, ast.Name)}
    if not found:
        return {}
    stored = Counter(
        n.id
        for n in walk(part)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    )
    given = {a.arg for a in walk(part) if isinstance(a, ast.arg)}
    return {n: v for n, v in found.items() if stored[n] == 1 and n not in given}


def _filled(test: ast.expr, settled: dict[str, ast.Constant]) -> ast.expr:
    """The condition with such names replaced, if it holds nothing else."""
    names = {n.id for n in walk(test) if isinstance(n, ast.Name)}
    return _with(test, settled) if names and names <= settled.keys() else test


def _with(test: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """The condition with values in the place of their names."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return values.get(node.id, node)

    filled: ast.expr = Fill().visit(copy.deepcopy(test))
    # Read anew: copies keep what was known of the nodes below them.
    return ast.parse(ast.unparse(filled), mode="eval").body


def _just_made(part: ast.stmt) -> dict[int, ast.expr]:
    """What is asserted, with what the line above has named in the place of its name.

    So ``want = f(x)`` and below it ``assert f(x) == want`` compare a call with itself.
    What is named further above may have been changed since.
    """
    found: dict[int, ast.expr] = {}
    for node in walk(part):
        for body in (getattr(node, name, None) for name in ("body", "orelse")):
            for above, below in pairwise(body if isinstance(body, list) else ()):
                if isinstance(above, ast.Assign) and isinstance(
                    below, ast.Assert | ast.Expr
                ):
                    said = below.test if isinstance(below, ast.Assert) else below.value
                    named = {ast.unparse(x): above.value for x in above.targets}
                    found[id(said)] = _with(said, named)
    return found


def _of_one(call: ast.expr) -> bool:
    """Whether it compares a thing with itself, as ``torch.equal(f(x), f(x))`` does."""
    if not isinstance(call, ast.Call):
        return False
    name = modules.called(call)
    compares = name in _COMPARING or name.startswith("assert_")
    return compares and len({ast.unparse(x) for x in call.args[:2]}) < len(
        call.args[:2]
    )


def _loose(call: ast.Call) -> bool:
    """Whether it compares with a tolerance that lets anything pass."""
    for keyword in call.keywords:
        bound = _BOUNDS.get(keyword.arg or "")
        if bound and _at_least(keyword.value, bound):
            return True
    return False


def _at_least(value: ast.expr, bound: float) -> bool:
    """Whether it is a literal number, or infinity by a name of it, no less than that."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float) and value.value >= bound
    return bool(_INFINITY.fullmatch(ast.unparse(value)))


def _any_error(call: ast.Call) -> bool:
    """``raises(Exception)`` without a match: a slip in the test itself would do."""
    if modules.called(call) != "raises" or call.keywords:
        return False
    return any(ast.unparse(x) in ("Exception", "BaseException") for x in call.args[:1])


def _weak(test: ast.expr) -> bool:
    """Whether it holds for whatever code that gives anything at all."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(map(_weak, test.values))
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
        other = test.comparators[0]
        return isinstance(other, ast.Constant) and other.value is None
    if isinstance(test, ast.Compare) and _of_length(test):
        return True
    if isinstance(test, ast.Call) and modules.called(test) == "callable":
        return isinstance(test.args[0], ast.Name)
    if isinstance(test, ast.Call) and modules.called(test) == "isinstance":
        # Of its kind, whatever its value; a class of layers may be all that matters.
        kinds = re.findall(r"\w+(?=[,)|\s]|$)", ast.unparse(test.args[-1]))
        return set(kinds) <= _PLAIN
    if isinstance(test, ast.Compare) and any(
        ast.unparse(side).rpartition(".")[2] == "ANY"
        for side in (test.left, *test.comparators)
    ):
        return True  # of unittest.mock: equal to all
    if isinstance(test, ast.Call) and modules.called(test) == "approx":
        return True  # true by itself: it is compared with nothing
    if isinstance(test, ast.Attribute) and test.attr.startswith("__"):
        return True  # a method, which nobody calls
    if isinstance(test, ast.Call) and getattr(test.func, "id", "") in _NEVER_EMPTY:
        return True
    if _of_one(test):
        return True
    if any(isinstance(node, ast.Call) and _loose(node) for node in walk(test)):
        return True
    if isinstance(test, ast.Compare) and _about_itself(test):
        return True
    if isinstance(test, ast.Compare) and _out_of_reach(test):
        return True
    return constant(test) is not None


def _about_itself(test: ast.Compare) -> bool:
    """Whether it says of a thing that it is about the thing, ``x == approx(x)``."""
    if not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [_names_of(side) for side in (test.left, *test.comparators)]
    return bool(set.intersection(*sides))


def _names_of(side: ast.expr) -> set[str]:
    """All that a side of a comparison is called: ``(y := f(x))`` is y and f(x)."""
    if isinstance(side, ast.Call) and modules.called(side) == "approx" and side.args:
        return _names_of(side.args[0])
    if isinstance(side, ast.NamedExpr):
        return {side.target.id} | _names_of(side.value)
    return {ast.unparse(side)}


def _out_of_reach(test: ast.Compare) -> bool:
    """Whether a distance is compared with a bound that none exceeds."""
    if not isinstance(test.ops[0], ast.Lt | ast.LtE) or "abs" not in {
        modules.called(node) for node in walk(test.left) if isinstance(node, ast.Call)
    }:
        return False
    return _at_least(test.comparators[0], _BOUNDS["abs"])


def _of_length(test: ast.Compare) -> bool:
    """Whether it says that a length is 0 or more, or that a text is not empty."""
    said = ast.unparse(test)
    if re.fullmatch(
        r"(?:repr|str|format)\(.*\) != ''|'' != (?:repr|str|format)\(.*\)", said
    ):
        return True
    return bool(
        re.fullmatch(r"len\(.*\) (?:>= 0|> -1|!= -1)", said)
        or re.fullmatch(r"(?:0 <=|-1 <|-1 !=) len\(.*\)", said)
    )


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _is_gpu(node: ast.AST) -> bool:
    return "mark.gpu" in ast.unparse(node)


def _asserting_helpers(module: _Module) -> set[str]:
    """Functions of the module that assert, themselves or by one another."""
    found: set[str] = set()
    own = frozenset(f.name for f in module.functions)
    while True:
        more = {f.name for f in module.functions if _asserts(f, found, own)} - found
        if not more:
            return found
        found |= more


def _asserts(
    function: _Function, helpers: set[str], own: frozenset[str] = frozenset()
) -> bool:
    """Whether anything in it can fail for what the code does.

    Args:
        function: of a test module.
        helpers: functions of the module that assert.
        own: all functions of the module, which are judged by what they do.
    """
    return function.asserts or any(
        name in helpers
        or (name not in own and any(word in name.lower() for word in _ASSERTING))
        for name in function.calls
    )


def _left_out(tree: ast.Module, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Marks and calls after which tests do not run wherever it is."""
    empty = _empty_names(tree, nodes)
    yield from _passed_over(tree)
    yield from _never_awaited(tree)
    yield from _replaced(tree)
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name.startswith("test"):
            for given_up in _certain(part.body):
                call = given_up.value if isinstance(given_up, ast.Expr) else None
                if isinstance(call, ast.Call) and modules.called(call) == "skip":
                    yield given_up.lineno, f"{ast.unparse(call)} without a condition"
            inside = ast.Module(part.body, [])
            for never in uncalled(inside, walk(inside)):
                name = getattr(never, "name", "")
                yield never.lineno, f"{name}, which {part.name} never calls"
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and _of_tests(node):
            yield node.lineno, f"tests of another module, by {ast.unparse(node)}"
        if isinstance(node, ast.Attribute) and node.attr in _GIVING_UP:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Attribute) and node.attr == "skip":
            mark = isinstance(node.value, ast.Attribute) and node.value.attr == "mark"
            if mark:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call):
            name = modules.called(node)
            if ast.unparse(node.func) in _ENDING:
                yield node.lineno, ast.unparse(node)
            always = node.args and constant(node.args[0])
            if name.lower() == "skipif" and always:
                yield node.lineno, ast.unparse(node)
            if name == "parametrize" and _without_cases(node, empty):
                yield node.lineno, f"no case of {ast.unparse(node)}"
            if name == "settings" and any(k.arg == "phases" for k in node.keywords):
                yield (
                    node.lineno,
                    f"hypothesis without some phases, {ast.unparse(node)}",
                )
            everything = [k for k in node.keywords if k.arg == "allow_module_level"]
            if name == "skip" and everything:
                yield node.lineno, ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.Delete):
            for target in node.targets:
                name = ast.unparse(target)
                if name.rpartition(".")[2] == "__test__" or (
                    isinstance(node, ast.Delete) and name.startswith("test")
                ):
                    yield node.lineno, ast.unparse(node)
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and modules.called(call) in ("skip", "exit"):
            yield node.lineno, ast.unparse(node)


def _certain(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run wherever and whatever the code does."""
    for part in body:
        yield part
        if isinstance(part, ast.If) and (always := constant(part.test)) is not None:
            yield from _certain(part.body if always else part.orelse)
        elif isinstance(part, ast.With | ast.Try):
            yield from _certain(part.body)


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The module's statements, and those of its classes."""
    yield tree.body
    yield from (node.body for node in tree.body if isinstance(node, ast.ClassDef))


def _never_awaited(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Tests whose body pytest does not run: coroutines, generators, and those marked."""
    for body in _bodies(tree):
        for node in body:
            within = isinstance(node, ast.Assign | ast.AnnAssign)
            if within and ast.unparse(node).startswith(("__test__ =", "__test__: ")):
                yield node.lineno, ast.unparse(node)
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for mark in node.decorator_list:
                call = mark.func if isinstance(mark, ast.Call) else mark
                if ast.unparse(call) in ("skip", "unittest.skip"):
                    yield node.lineno, f"@{ast.unparse(mark)}"
            if not node.name.startswith("test"):
                continue
            if isinstance(node, ast.AsyncFunctionDef):
                yield node.lineno, f"async def {node.name}, which nothing awaits"
            elif any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _directly(node)):
                yield (
                    node.lineno,
                    f"{node.name}, a generator, which nothing goes through",
                )


def _of_tests(node: ast.ImportFrom) -> bool:
    """Whether it brings tests in: all that another module of tests has, or some by name."""
    whole = (node.module or "").rpartition(".")[2].startswith("test_")
    return whole and any(a.name == "*" or a.name.startswith("test") for a in node.names)


def _directly(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Nodes of a function that are in no function within it."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    queue: list[ast.AST] = [*function.body]
    for node in queue:  # grows while it is read
        yield node
        if not isinstance(node, inner):
            queue += children(node)


def _replaced(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Tests that a later one of the same name takes the place of, and code under test
    that a test module defines itself."""
    for body in _bodies(tree):
        first: dict[str, int] = {}
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                if node.name in first:
                    yield node.lineno, f"{node.name} twice, of which only one runs"
                first.setdefault(node.name, node.lineno)
    own = {
        alias.asname or alias.name
        for node in walk(tree)  # a test may import within itself
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).startswith("snippets")
    }
    for node in tree.body:
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Lambda):
            for target in node.targets:
                if ast.unparse(target) in own:
                    yield node.lineno, f"{ast.unparse(node)} in place of the note's"
    for other in walk(tree):
        if isinstance(other, ast.FunctionDef) and other.name in own:
            yield other.lineno, f"{other.name} of its own in place of the note's"
        elif isinstance(other, ast.Assign) and isinstance(other.value, ast.Lambda):
            for target in other.targets:
                if ast.unparse(target) in own:
                    yield other.lineno, f"{ast.unparse(other)} in place of the note's"
        for place in _stored(other):
            start = ast.unparse(place).partition(".")[0]
            if isinstance(place, ast.Attribute) and start in own | {"snippets"}:
                yield place.lineno, f"a new {ast.unparse(place)}, which is the note's"
        yield from _mocked(other, own)


def _stored(node: ast.AST) -> list[ast.expr]:
    """What a statement assigns to or deletes."""
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _mocked(function: ast.AST, own: set[str]) -> Iterator[tuple[int, str]]:
    """Patches of the very function whose results a test asserts.

    Args:
        function: of a test module.
        own: names in the module that come from the note's code.
    """
    if not isinstance(function, ast.FunctionDef):
        return
    asserted = {
        modules.called(node)
        for part in _directly(function)
        if isinstance(part, ast.Assert)
        for node in walk(part.test)
        if isinstance(node, ast.Call)
    }
    for call in walk(function):
        name = _patched(call, own) if isinstance(call, ast.Call) else ""
        everywhere = name in own and "globals()" in ast.unparse(call)
        if isinstance(call, ast.Call) and (name in asserted - {""} or everywhere):
            yield call.lineno, f"a patch of {name}, which is what it tests"


def _patched(call: ast.Call, own: set[str]) -> str:
    """Name of the note's function that a call puts something else in place of, or none."""
    kind, given = modules.called(call), call.args
    if not given or kind not in ("setattr", "setitem", "patch", "object"):
        return ""
    where = ast.unparse(given[0])
    ours = where.partition(".")[0] in own or where == "globals()"
    for place in given[:2]:
        found = [n.value for n in walk(place) if isinstance(n, ast.Constant)]
        if texts := [text for text in found if isinstance(text, str)]:
            break
    else:
        return ""
    if not ours and "snippets." not in where and "__name__" not in where:
        return ""
    return texts[-1].rpartition(".")[2]


def _without_cases(call: ast.Call, empty: set[str]) -> bool:
    """Whether a test is tried with nothing."""
    given = [k.value for k in call.keywords if k.arg == "argvalues"] or call.args[1:2]
    return any(
        is_empty(value) or (isinstance(value, ast.Name) and value.id in empty)
        for value in given
    )


def _empty_names(tree: ast.Module, nodes: list[ast.AST]) -> set[str]:
    """Names of the module for what holds nothing, and never will."""
    found = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and is_empty(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes if found else ():
        if isinstance(node, ast.Attribute | ast.Subscript | ast.AugAssign):
            place = node.target if isinstance(node, ast.AugAssign) else node.value
            found.discard(getattr(place, "id", ""))
    return found


def _passed_over(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Classes with tests that pytest does not take for tests."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = {ast.unparse(base) for node in classes for base in node.bases}
    for node in classes:
        inner = [n.name for n in node.body if isinstance(n, ast.FunctionDef)]
        tests = any(name.startswith("test") for name in inner)
        if tests and node.name not in bases:
            if not node.name.startswith("Test") and not node.bases:
                got = f"class {node.name}, whose name does not begin with Test"
                yield node.lineno, got
            elif "__init__" in inner:
                yield node.lineno, f"class {node.name}, which has an __init__"


def _uncalled(note: Note, root: Path, own: Path) -> Iterator[Problem]:
    """Public functions that no test of the topic names."""
    snippets = note.snippets(root)
    if not snippets or not own.is_file():
        return
    used: set[str] = set()
    for path in sorted(own.parent.rglob("*.py")):
        # Example calls are tried, frames are read: neither compares a call.
        if not path.stem.endswith(TEST_PARTS):
            used |= _read(path, path.stat().st_mtime_ns).names
    front = modules.tree(snippets[0])
    public = _public(front) if front else set()
    for path in snippets:
        tree = modules.tree(path)
        for node in tree.body if tree and path.parent.name not in SHARED else []:
            if (
                isinstance(node, ast.FunctionDef)
                and node.name in public
                and node.name not in used
            ):
                test = own.relative_to(root).as_posix()
                message = f"want a test in {test} that calls {node.name}; found none"
                yield Problem(path, node.lineno, message)


def _uncompared(note: Note, tests: list[Path]) -> Iterator[Problem]:
    """Output of a command that no test runs and compares with the page."""
    name = f"{note.name.split('/')[1]}.md"
    for page in note.pages.values():
        found = fences.census(page.path)
        for command, output in pairwise(found):
            if command.info != "console" or output.info != "text":
                continue
            if output.line - command.end > 2 or output.kind != "other":
                continue
            if not any(name in path.read_text("utf-8") for path in tests):
                message = (
                    f"want a test that runs the command and compares what {name} shows"
                )
                yield Problem(page.path, output.line, f"{message}; found none")


def _public(front: ast.Module) -> set[str]:
    """Names of ``__all__``, or all without an underscore where there is none."""
    if named := modules.exports(front):
        return set(named.names)
    functions = [node for node in front.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if node.name[0] != "_"}
