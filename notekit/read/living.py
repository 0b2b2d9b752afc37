"""Code that can run and fail: not what a false `if`, a return above or an empty loop keeps out.

Tests and blocks are read with it before anybody runs them: an assertion that is never
reached is green, whatever the code does.
"""

import ast
import copy
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

_COMPOUND = (
    *(ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If),
    *(ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try),
    *(ast.ExceptHandler, ast.match_case),
)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_LITERAL = (
    *(ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Tuple, ast.List),
    *(ast.cmpop, ast.boolop, ast.unaryop, ast.expr_context),
)
_PAIRS: list[tuple[type[ast.cmpop], type[ast.cmpop]]] = [
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
]
# Of conditions that depend on the machine: what they may be made of, and the machines.
_COMPUTABLE = (*_LITERAL, ast.BinOp, ast.operator, ast.Subscript, ast.Slice)
_MACHINES: list[dict[str, object]] = [
    {
        "sys.version_info": (3, minor, 0, "final", 0),
        "sys.version_info.major": 3,
        "sys.version_info.minor": minor,
        "sys.platform": platform,
        "os.name": "nt" if platform == "win32" else "posix",
        "sys.maxsize": 2**bits - 1,
    }
    for minor in range(11, 15)
    for platform in ("linux", "darwin", "win32")
    for bits in (31, 63)
]
_REFLEXIVE = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_BUILDERS = ("list", "tuple", "set", "frozenset", "dict", "iter", "sorted", "reversed")


# Where nodes may lie below the commonest kinds; of the others, `_fields` adds it.
_BELOW: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Name: (),
    ast.Constant: (),
    ast.Attribute: ("value",),
    ast.keyword: ("value",),
    ast.arg: ("annotation",),
}


def walk(tree: ast.AST) -> list[ast.AST]:
    """All nodes but contexts, in the order of `ast.walk`; kept, and not to be changed."""
    found: list[ast.AST] | None = getattr(tree, "_walked", None)
    if found is None:
        found = [tree]
        for node in found:  # grows while it is read
            found += children(node)
        tree._walked = found  # type: ignore[attr-defined]
    return found


def children(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes directly below one, without the contexts that names are in; kept too."""
    kept: tuple[ast.AST, ...] | None = getattr(node, "_below", None)
    if kept is None:
        found: list[ast.AST] = []
        for name in _fields(node):
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [part for part in value if isinstance(part, ast.AST)]
        kept = tuple(found)
        node._below = kept  # type: ignore[attr-defined]
    return kept


def _fields(node: ast.AST) -> tuple[str, ...]:
    """Where nodes may lie below one; the context that a name is in is none."""
    kind = type(node)
    if kind not in _BELOW:
        _BELOW[kind] = tuple(name for name in kind._fields if name != "ctx")
    return _BELOW[kind]


def living(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """All nodes within that may run, and whether a failed assertion there is swallowed."""
    queue = [(node, False)]
    while queue:
        here, swallowed = queue.pop()
        yield here, swallowed
        compound = isinstance(here, _COMPOUND)
        never = _never(here) if compound else ""
        quiet = swallows(here) if compound else False
        for name in _fields(here):
            value = getattr(here, name, None)
            if isinstance(value, ast.AST):
                queue.append((value, swallowed))
            elif isinstance(value, list) and name != never:
                inside = swallowed or (quiet and name == "body")
                parts = value[: _reached(value)] if compound else value
                queue += [(part, inside) for part in parts if isinstance(part, ast.AST)]


def unreachable(nodes: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements that never run: the first of each stretch, and loops over nothing.

    Args:
        nodes: all nodes of a tree.
    """
    for node in nodes:
        if not isinstance(node, _COMPOUND):
            continue
        never = _never(node)
        if never and isinstance(node, ast.stmt):
            yield node if never == "body" else getattr(node, never)[0]
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            rest = body[_reached(body) :] if isinstance(body, list) else []
            # `return` and then `yield` makes a generator of nothing.
            if rest and not isinstance(getattr(rest[0], "value", None), ast.Yield):
                yield rest[0]
        if isinstance(node, ast.While) and isinstance(node.body[0], ast.Break):
            yield node


# What leaves a body, with whatever was raised left behind.
_LEAVES = (ast.Return, ast.Continue, ast.Break)


def swallows(node: ast.AST) -> bool:
    """Whether a failed assertion in its body is not seen outside."""
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [item.context_expr for item in node.items]
        asserts = any(isinstance(n, ast.Assert) for n in walk(node))
        return any(suppresses(call) or _expects_all(call, asserts) for call in calls)
    if isinstance(node, ast.Try):
        if any(isinstance(part, _LEAVES) for part in node.finalbody):
            return True  # whatever was raised is dropped
        return any(takes_all(h.type) and not _raises(h.body) for h in node.handlers)
    return False


def _raises(body: list[ast.stmt]) -> bool:
    """Whether an except clause ends in an error again, on each of its ways."""
    return _ends(body) and not any(
        isinstance(node, _LEAVES) for part in body for node in walk(part)
    )


def _expects_all(call: ast.AST, asserts: bool) -> bool:
    """Whether it is ``raises`` of any error, a failed assertion and a slip among them.

    Args:
        call: what a ``with`` enters.
        asserts: whether an assertion stands in its body, whose failure would do.
    """
    if not isinstance(call, ast.Call) or call.keywords:
        return False
    name = ast.unparse(call.func).rpartition(".")[2]
    if name != "raises" or not call.args:
        return False
    caught = call.args[0]
    said = {ast.unparse(c) for c in getattr(caught, "elts", [caught])}
    wide = {"Exception", "BaseException"} | ({"AssertionError"} if asserts else set())
    return bool(said & wide)


def suppresses(call: ast.AST) -> bool:
    """Whether it is ``suppress`` of what a failed assertion raises."""
    if not isinstance(call, ast.Call):
        return False
    name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    return name == "suppress" and any(map(takes_all, call.args))


def takes_all(caught: ast.expr | None) -> bool:
    """Whether an except clause takes AssertionError as well."""
    names = ast.unparse(caught) if caught else "BaseException"
    return bool(re.search(r"\b(?:BaseException|Exception|AssertionError)\b", names))


def is_empty(value: ast.expr) -> bool:
    """Whether it holds nothing, as one sees."""
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes) and not value.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        name, given = value.func.id, value.args
        if name == "range" and given:
            stop = given[0] if len(given) == 1 else None
            return isinstance(stop, ast.Constant) and stop.value == 0
        if name in _BUILDERS and not value.keywords:
            return all(map(is_empty, given))
        return name in ("zip", "enumerate") and any(map(is_empty, given))
    return False


def constant(test: ast.expr) -> bool | None:
    """Its truth, if it does not depend on anything."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Name) and test.id == "__debug__":
        return True
    if isinstance(test, ast.Tuple | ast.List | ast.Set):
        return bool(test.elts)
    if isinstance(test, ast.Dict):
        return bool(test.keys)
    if isinstance(test, ast.Compare):
        left = ast.dump(test.left)
        same = [ast.dump(other) == left for other in test.comparators]
        if all(same) and all(isinstance(op, _REFLEXIVE) for op in test.ops):
            return True
    if isinstance(test, ast.Lambda | ast.GeneratorExp | ast.JoinedStr):
        return True  # the thing itself, which nobody calls or goes through
    listed = isinstance(test, ast.ListComp | ast.SetComp | ast.DictComp)
    if listed and not any(part.ifs for part in getattr(test, "generators", [])):
        return True  # as many as it goes through, whatever they are
    if isinstance(test, ast.Call) and getattr(test.func, "id", "") in ("all", "any"):
        parts = getattr(test.args[0], "generators", None) if test.args else None
        if parts and is_empty(parts[0].iter):
            return getattr(test.func, "id", "") == "all"
    if isinstance(test, ast.BoolOp):
        known = [constant(value) for value in test.values]
        if isinstance(test.op, ast.Or) and (True in known or _either(test.values)):
            return True
        if isinstance(test.op, ast.And) and False in known:
            return False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = constant(test.operand)
        return None if inner is None else not inner
    if not any(isinstance(n, ast.Name | ast.Call) for n in ast.walk(test)):
        return _computed(
            test
        )  # numbers and texts only: the same whatever the code does
    return _anywhere(test)


def _either(values: list[ast.expr]) -> bool:
    """Whether one of them holds whenever another does not."""
    said = {ast.unparse(value) for value in values}
    return any(ast.unparse(_opposite(value)) in said for value in values)


def _opposite(test: ast.expr) -> ast.expr:
    """What holds just when it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        for one, other in _PAIRS:
            for op, against in ((one, other), (other, one)):
                if isinstance(test.ops[0], op):
                    return ast.Compare(test.left, [against()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


def _anywhere(test: ast.expr) -> bool | None:
    """Its truth, if it depends on the machine only and is the same on all there are."""
    if not any(isinstance(n, ast.Name) and n.id in ("sys", "os") for n in walk(test)):
        return None
    asked = (_On(machine).visit(copy.deepcopy(test)) for machine in _MACHINES)
    found = {_evaluated(each, _COMPUTABLE) for each in asked}
    return found.pop() if len(found) == 1 else None


def _evaluated(test: ast.expr, kinds: tuple[type[ast.AST], ...]) -> bool | None:
    """Its truth, if it is made of these kinds of nodes and Python can tell at once."""
    for node in ast.walk(test):
        large = isinstance(node, ast.BinOp) and not _small(node)
        if large or not isinstance(node, kinds):
            return None
    whole = ast.fix_missing_locations(ast.Expression(test))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of literals that are compared by `is`
            code = compile(whole, "", "eval")
        return bool(eval(code, {"__builtins__": {}}))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


class _On(ast.NodeTransformer):
    """What is said of the machine, as one machine has it."""

    def __init__(self, machine: dict[str, object]) -> None:
        self.machine = machine

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = ast.unparse(node)
        if name not in self.machine:
            return node
        return ast.parse(repr(self.machine[name]), mode="eval").body


def _small(node: ast.BinOp) -> bool:
    """Whether it is computed at once, as 2**32 is."""
    return all(
        isinstance(side, ast.Constant)
        and isinstance(side.value, int)
        and abs(side.value) < 100
        for side in (node.left, node.right)
    )


def _computed(test: ast.expr) -> bool:
    """The truth of a comparison of literals; of sums and the like, that they hold."""
    return _evaluated(test, _LITERAL) is not False


def _never(node: ast.AST) -> str:
    """The part of a statement that cannot run, if one can see that."""
    if isinstance(node, ast.If | ast.While):
        known = constant(node.test)
        if known is False:
            return "body"
        if known and isinstance(node, ast.If) and node.orelse:
            return "orelse"
    if isinstance(node, ast.For | ast.AsyncFor) and is_empty(node.iter):
        return "body"
    return ""


def _reached(body: list[Any]) -> int:
    """How many of the statements are reached: all up to the first that ends the block."""
    for place, statement in enumerate(body, 1):
        if isinstance(statement, ast.stmt) and _ends([statement]):
            return place
    return len(body)


def _ends(body: list[ast.stmt]) -> bool:
    """Whether what stands below is never reached."""
    for statement in body:
        if isinstance(statement, _ENDS):
            return True
        if isinstance(statement, ast.If) and _ends(statement.body):
            if statement.orelse and _ends(statement.orelse):
                return True
            if constant(statement.test):
                return True
    return False
