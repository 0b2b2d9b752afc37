"""Small faults that could be planted in a module, one token or one call each.

A mutant replaces a piece of the text and leaves the rest as it is, so that a person can
read it: ``n < 1 → n <= 1``. Nothing is written here; where mutants are tried is
`notekit.prove.mutants`. Not touched: annotations, imports, docstrings, texts of errors,
decorators, ``__all__``.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

_EPS = 1e-3  # a float below it is a guard against 0, not a quantity
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        file: path of the module, from the repository.
        function: the function or class that it lies in, dotted; empty for neither.
        line: 1-based line where it begins.
        operator: its kind, such as ``comparison``.
        old, new: the lines that it changes, before and after, joined and stripped.
        occurrence: 1, or how often the function has had these lines so far.
        start, end, text: what to replace, in bytes of the module, and by what.
    """

    file: str
    function: str
    line: int
    operator: str
    old: str
    new: str
    occurrence: int
    start: int
    end: int
    text: str

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What stays when lines move."""
        return self.file, self.function, self.old, self.new, self.occurrence

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.old} → {self.new}"


@dataclass(frozen=True)
class Change:
    """Bytes to replace, and by what."""

    start: int
    end: int
    text: str
    operator: str


class Module:
    """A module's text with the places of its nodes."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in self.data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node that each node stands in."""
        pairs = ((child, n) for n in ast.walk(self.tree) for child in _children(n))
        return dict(pairs)

    @cached_property
    def checks(self) -> set[str]:
        """Functions that only look at arguments: those of a module ``_checks``."""
        found = set()
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "_checks":
                found |= {alias.asname or alias.name for alias in node.names}
        return found

    def start(self, node: ast.AST) -> int:
        """Offset of a node's first byte."""
        return int(self._starts[node.lineno - 1] + node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Offset behind a node's last byte."""
        return int(self._starts[node.end_lineno - 1] + node.end_col_offset)  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        """A node as it is written."""
        return self.data[self.start(node) : self.end(node)].decode()

    def replace(self, node: ast.AST, text: str, operator: str) -> Change:
        """A node changed into a text."""
        return Change(self.start(node), self.end(node), text, operator)

    def token(self, left: int, right: int, pattern: str) -> tuple[int, int] | None:
        """Where a token stands between two offsets, outside comments."""
        gap = re.sub(rb"#[^\n]*", lambda m: b" " * len(m[0]), self.data[left:right])
        found = re.search(pattern.encode(), gap)
        return found and (left + found.start(), left + found.end())

    def apply(self, change: Change | Mutant) -> bytes:
        """The module with one fault in it."""
        return (
            self.data[: change.start] + change.text.encode() + self.data[change.end :]
        )

    def works(self, change: Change | Mutant) -> bool:
        """Whether the changed module is Python, and another program."""
        try:
            changed = ast.parse(self.apply(change))
        except SyntaxError:
            return False
        return ast.dump(changed) != ast.dump(self.tree)


KINDS = (
    *("and/or", "argument", "arithmetic", "axis", "bound", "call", "clamp"),
    *("comparison", "condition", "constant", "detach", "device", "dtype", "eps"),
    *("function", "keepdim", "keyword", "not", "raise", "statement", "transpose"),
)
Operator = Callable[[ast.AST, Module], Iterator[Change]]
OPERATORS: list[Operator] = []


def operator(function: Operator) -> Operator:
    """Enter a function that yields the changes of one node."""
    OPERATORS.append(function)
    return function


def mutants(file: str, text: str) -> list[Mutant]:
    """All faults for a module, in the order of its lines.

    Whether each is Python is for `Module.works` to say, once one is chosen.

    Args:
        file: the name that it goes by, its path from the repository.
        text: its source.
    """
    module = Module(text)
    found: dict[tuple[str, str, str], list[int]] = {}
    made: dict[tuple[str, str, str, str, int], Mutant] = {}
    pairs = (
        (function, change)
        for node, function in _walk(module.tree, "")
        for make in OPERATORS
        for change in make(node, module)
    )
    for function, change in sorted(pairs, key=lambda p: (p[1].start, p[1].end)):
        first, old, new = _lines(module, change)
        places = found.setdefault((function, old, new), [])
        if first not in places:
            places.append(first)
        line = module.data.count(b"\n", 0, change.start) + 1
        mutant = Mutant(
            file,
            function,
            line,
            change.operator,
            old,
            new,
            places.index(first) + 1,
            change.start,
            change.end,
            change.text,
        )
        made.setdefault(mutant.key, mutant)
    return [mutant for mutant in made.values() if mutant.old != mutant.new]


def _lines(module: Module, change: Change) -> tuple[int, str, str]:
    """Where the changed lines begin, and these lines before and after."""
    first = module.data.rfind(b"\n", 0, change.start) + 1
    last = module.data.find(b"\n", change.end)
    last = len(module.data) if last < 0 else last
    old = module.data[first:last].decode()
    new = (
        module.data[first : change.start].decode()
        + change.text
        + module.data[change.end : last].decode()
    )
    return first, *(" ".join(text.split()) for text in (old, new))  # type: ignore[return-value]


# Which nodes are looked at.


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What runs below a node: no annotations, decorators, texts or imports."""
    skipped = {"annotation", "returns", "decorator_list", "type_params", "bases"}
    for name, value in ast.iter_fields(node):
        if name in skipped:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_skipped(child):
                yield child


def _is_skipped(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Assert):
        return True  # inside f-strings, places are exact from Python 3.12 on only
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    if isinstance(node, ast.If):
        names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
        return bool(names & {"TYPE_CHECKING", "__name__"})
    return False


def _walk(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    """Nodes with the dotted name of what they lie in; nothing within a ``raise``."""
    yield node, function
    if isinstance(node, ast.Raise):
        return
    for child in _children(node):
        inner = function
        if isinstance(child, (*_FUNCTION, ast.ClassDef)):
            inner = f"{function}.{child.name}".lstrip(".")
        yield from _walk(child, inner)


def _function_of(node: ast.AST, module: Module) -> ast.AST | None:
    """The function that a node runs in."""
    above = module.parents.get(node)
    while above is not None and not isinstance(above, _FUNCTION):
        above = module.parents.get(above)
    return above


# Operators.

_COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "|"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}
# Functions and methods that are taken for one another.
_TWINS = {
    a: b
    for pair in (
        "min max",
        "minimum maximum",
        "amin amax",
        "argmin argmax",
        "any all",
        "zeros ones",
        "zeros_like ones_like",
        "tril triu",
        "ceil floor",
        "sin cos",
        "cumsum cumprod",
        "var std",
        "bisect_left bisect_right",
        "enable_grad no_grad",
        "eval train",
        "sum mean",
    )
    for a, b in (pair.split(), pair.split()[::-1])
} | {"exp": "expm1", "log": "log1p", "sigmoid": "tanh"}
_ALONE = {"sum", "mean", "eval", "train"}  # twins as methods only
_TYPES = {
    "float64": "float32",
    "float32": "float64",
    "float16": "float32",
    "bfloat16": "float16",
    "int64": "int32",
    "long": "int32",
    "complex128": "complex64",
    "complex64": "complex128",
    "double": "float",
    "float": "double",
}
# Calls that hand on their (first) argument if they are left out.
_LEFT_OUT = {
    "clamp": {"clamp", "clamp_", "clamp_min", "clamp_max", "clip", "relu"},
    "detach": {"detach"},
    "dtype": {"to", "float", "double", "long", "half", "astype", "type_as", "int"},
    "transpose": {"transpose", "permute", "swapaxes", "movedim", "t"},
    "call": {
        *("abs", "sqrt", "square", "exp", "log", "log_softmax", "softmax", "sigmoid"),
        *("tanh", "round", "sorted", "reversed", "copy", "clone", "flip", "cumsum"),
        *("squeeze", "unsqueeze", "flatten", "tril", "triu", "masked_fill", "expand"),
        *("requires_grad_", "bool", "list", "tuple", "set", "ceil", "floor", "trunc"),
    },
}
_MODULES = {"torch", "np", "numpy", "F", "math", "tl", "nn", "functional", "linalg"}
_AXES = {"dim", "axis", "axes", "dims", "dim0", "dim1", "start_dim", "end_dim"}
_ALONG = {  # whose first positional number, or that after a tensor, is an axis
    *("sum", "mean", "softmax", "log_softmax", "logsumexp", "cumsum", "cumprod"),
    *("max", "min", "amax", "amin", "argmax", "argmin", "unsqueeze", "squeeze"),
    *("flatten", "cat", "stack", "concatenate", "var", "std", "any", "all", "prod"),
    *("chunk", "unbind", "flip", "size", "transpose", "movedim", "diff", "argsort"),
    *("sort", "select", "narrow", "gather", "index_select", "repeat_interleave"),
    *("permute", "swapaxes", "unflatten", "scatter", "scatter_add", "index_add"),
}
_KEEP = {"keepdim", "keepdims"}
_SPEED = {"num_warps", "num_stages", "num_ctas", "maxsize"}  # of a run, not its result
_SYMMETRIC = {  # or known by anybody; their arguments are not swapped
    *("isinstance", "issubclass", "getattr", "hasattr", "setattr", "max", "min"),
    *("maximum", "minimum", "add", "mul", "gcd", "logaddexp", "allclose", "equal"),
    *("zip", "print", "TypeVar", "ValueError", "TypeError", "transpose", "swapaxes"),
}
_NO_GRADIENT = {  # attributes of a tensor through which no gradient runs
    *("shape", "dtype", "device", "ndim", "size", "numel", "dim", "requires_grad"),
    *("is_floating_point", "is_complex", "is_sparse", "layout", "new_zeros", "long"),
    *("new_ones", "new_full", "new_empty", "new_tensor", "detach", "element_size"),
    *("argmax", "argmin", "argsort", "isfinite", "isnan", "tolist", "item", "bool"),
    *("any", "all", "isinf", "nonzero", "count_nonzero", "bincount", "unique"),
    *("stride", "is_contiguous", "untyped_storage", "data_ptr", "grad", "data", "int"),
    *("is_meta", "is_cuda", "names", "is_leaf", "get_device", "grad_fn"),
}
_LIKE = {"zeros_like", "ones_like", "full_like", "empty_like", "randn_like", "len"}


@operator
def _comparison(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Compare):
        return
    sides = [node.left, *node.comparators]
    for left, right, op in zip(sides, sides[1:], node.ops, strict=False):
        pattern, others = _COMPARISONS[type(op)]
        place = module.token(module.end(left), module.start(right), pattern)
        if place:
            for other in others:
                yield Change(*place, other, "comparison")


@operator
def _arithmetic(node: ast.AST, module: Module) -> Iterator[Change]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant):
            yield module.replace(node, module.text(node.operand), "arithmetic")
        return
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
    elif isinstance(node, ast.AugAssign):
        left, right = node.target, node.value
    else:
        return
    sign, other = _ARITHMETIC[type(node.op)]
    place = module.token(module.end(left), module.start(right), re.escape(sign))
    if place:
        yield Change(*place, other, "arithmetic")


@operator
def _logic(node: ast.AST, module: Module) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:]):
            place = module.token(module.end(left), module.start(right), rf"\b{word}\b")
            if place:
                yield Change(*place, other, "and/or")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield module.replace(node, f"({module.text(node.operand)})", "not")


@operator
def _condition(node: ast.AST, module: Module) -> Iterator[Change]:
    tests = []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        if not negated and not isinstance(test, ast.Compare | ast.Constant):
            yield module.replace(test, f"not ({module.text(test)})", "condition")


@operator
def _constant(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        kind = "keepdim" if _keyword_of(node, module) in _KEEP else "constant"
        yield module.replace(node, str(not value), kind)
    elif isinstance(value, int):
        kind = "axis" if _is_axis(node, module) else "constant"
        for other in (value + 1, value - 1):
            yield module.replace(node, str(other), kind)
    elif isinstance(value, float):
        if 0 < value < _EPS:
            yield module.replace(node, "0.0", "eps")
            yield module.replace(node, repr(value * 1e3), "eps")
        elif value == 0:
            yield module.replace(node, "1.0", "constant")
        else:
            for number in (value * 2, value / 2):
                yield module.replace(node, repr(number), "constant")
    elif isinstance(value, str) and "->" in value and module.text(node)[0] in "'\"":
        before, after = value.split("->", 1)
        letters = [i for i, letter in enumerate(after) if letter.isalpha()]
        if len(letters) > 1:
            swapped = list(after)
            i, j = letters[-2:]
            swapped[i], swapped[j] = swapped[j], swapped[i]
            text = f'"{before}->{"".join(swapped)}"'
            yield module.replace(node, text, "transpose")


def _keyword_of(node: ast.AST, module: Module) -> str:
    """The keyword that a node is the value of."""
    above = module.parents.get(node)
    if isinstance(above, ast.UnaryOp | ast.Tuple):
        above = module.parents.get(above)
    return (above.arg or "") if isinstance(above, ast.keyword) else ""


def _is_axis(node: ast.AST, module: Module) -> bool:
    if _keyword_of(node, module) in _AXES:
        return True
    above = module.parents.get(node)
    if isinstance(above, ast.UnaryOp):
        above = module.parents.get(above)
    return (
        isinstance(above, ast.Call)
        and isinstance(above.func, ast.Attribute)
        and above.func.attr in _ALONG
    )


@operator
def _bound(node: ast.AST, module: Module) -> Iterator[Change]:
    ends: list[ast.expr | None] = []
    if isinstance(node, ast.Slice):
        ends = [node.lower, node.upper]
    elif isinstance(node, ast.Call) and _name(node) in ("range", "arange"):
        ends = [node.args[min(1, len(node.args) - 1)]] if node.args else []
    for end in ends:
        number = end.operand if isinstance(end, ast.UnaryOp) else end
        if end is not None and not isinstance(number, ast.Constant | ast.Starred):
            for step in ("+ 1", "- 1"):
                yield module.replace(end, f"({module.text(end)}) {step}", "bound")
    if isinstance(node, ast.Attribute) and node.attr == "inf":
        yield module.replace(node, "1e3", "bound")


@operator
def _function(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    name = _name(node)
    function = node.func
    other = _TWINS.get(name)
    if other and not (isinstance(function, ast.Name) and name in _ALONE):
        end = module.end(function)
        yield Change(end - len(name.encode()), end, other, "function")


@operator
def _type(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Attribute) or node.attr not in _TYPES:
        return
    end = module.end(node)
    yield Change(end - len(node.attr), end, _TYPES[node.attr], "dtype")


@operator
def _left_out(node: ast.AST, module: Module) -> Iterator[Change]:
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT", "H", "mH"):
        yield module.replace(node, module.text(node.value), "transpose")
    if not isinstance(node, ast.Call):
        return
    kind = next((k for k, names in _LEFT_OUT.items() if _name(node) in names), None)
    if kind is None:
        return
    function = node.func
    if isinstance(function, ast.Attribute) and _last(function.value) not in _MODULES:
        yield module.replace(node, module.text(function.value), kind)
    elif node.args and not isinstance(node.args[0], ast.Starred):
        yield module.replace(node, f"({module.text(node.args[0])})", kind)


@operator
def _keyword(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    given: list[ast.AST] = [*node.args, *node.keywords]
    given.sort(key=module.start)
    kinds = {"device": "device", "dtype": "dtype"} | dict.fromkeys(_KEEP, "keepdim")
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in _SPEED:
            continue
        kind = kinds.get(keyword.arg, "keyword")
        i = given.index(keyword)
        if len(given) == 1:
            yield Change(module.end(node.func), module.end(node), "()", kind)
        elif i + 1 < len(given):
            yield Change(module.start(keyword), module.start(given[i + 1]), "", kind)
        else:
            yield Change(module.end(given[i - 1]), module.end(keyword), "", kind)


@operator
def _swap(node: ast.AST, module: Module) -> Iterator[Change]:
    if not isinstance(node, ast.Call) or _name(node) in _SYMMETRIC:
        return
    kind = "transpose" if _name(node) in _LEFT_OUT["transpose"] else "argument"
    for left, right in zip(node.args, node.args[1:]):
        if isinstance(left, ast.Starred) or isinstance(right, ast.Starred):
            continue
        between = module.data[module.end(left) : module.start(right)].decode()
        text = module.text(right) + between + module.text(left)
        yield Change(module.start(left), module.end(right), text, kind)


@operator
def _statement(node: ast.AST, module: Module) -> Iterator[Change]:
    above = module.parents.get(node)
    last = isinstance(above, _FUNCTION) and above.body[-1] is node
    match node:
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            kind = "statement"
        case ast.Raise():
            kind = "raise"
        case ast.Return() if not last:
            kind = "statement"
        case ast.Break():
            yield module.replace(node, "continue", "statement")
            kind = "statement"
        case ast.Continue():
            yield module.replace(node, "break", "statement")
            kind = "statement"
        case ast.Assign(targets=[target]) if _is_bound(target, node, module):
            kind = "statement"
        case _:
            return
    yield module.replace(node, "pass", kind)


def _is_bound(target: ast.expr, node: ast.Assign, module: Module) -> bool:
    """Whether what is assigned to has a value without this assignment."""
    if isinstance(target, ast.Subscript):
        return True
    function = _function_of(node, module)
    if not isinstance(target, ast.Name) or not isinstance(function, _FUNCTION):
        return False
    known = {a.arg for a in _given(function)}
    here = (target.lineno, target.col_offset)
    known |= {
        other.id
        for other in ast.walk(function)
        if isinstance(other, ast.Name)
        and isinstance(other.ctx, ast.Store)
        and (other.lineno, other.col_offset) < here
    }
    return target.id in known


@operator
def _gradient(node: ast.AST, module: Module) -> Iterator[Change]:
    """Cut a gradient, and round, where a tensor comes in or goes out."""
    if isinstance(node, ast.Return) and node.value is not None:
        function = _function_of(node, module)
        if isinstance(function, _FUNCTION) and _is_tensor(function.returns):
            text = f"({module.text(node.value)})"
            inner = not isinstance(module.parents.get(function), ast.Module)
            if inner or any(_is_tensor(a.annotation) for a in _given(function)):
                yield module.replace(node.value, f"{text}.detach()", "detach")
            yield module.replace(node.value, f"{text}.float()", "dtype")
        return
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    function = _function_of(node, module)
    if not isinstance(function, _FUNCTION):
        return
    above = module.parents.get(node)
    if any(a.arg == node.id and _is_tensor(a.annotation) for a in _given(function)):
        if _ends_without_gradient(node, module):
            return
        if isinstance(above, ast.keyword):
            return
        if isinstance(above, ast.Call) and (
            above.func is node
            or _name(above) in ("to", "type_as")  # ask its dtype and device only
            or _name(above).startswith("_check")
            or _name(above) in module.checks
        ):
            return
        yield module.replace(node, f"{node.id}.detach()", "detach")


def _ends_without_gradient(node: ast.AST, module: Module) -> bool:
    """Whether an expression that begins with this name ends in a number, or so."""
    above = module.parents.get(node)
    while isinstance(above, ast.Attribute | ast.Call | ast.BinOp | ast.Subscript):
        if isinstance(above, ast.Attribute) and above.attr in _NO_GRADIENT:
            return True
        if isinstance(above, ast.Call) and above.func is not node:
            return _name(above) in _LIKE
        node, above = above, module.parents.get(above)
    return isinstance(above, ast.Compare)


def _given(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _is_tensor(annotation: ast.AST | None) -> bool:
    return annotation is not None and bool(
        re.fullmatch(r"(torch\.)?Tensor( \| None)?", ast.unparse(annotation))
    )


def _name(call: ast.Call) -> str:
    return _last(call.func)


def _last(node: ast.AST) -> str:
    """Last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
