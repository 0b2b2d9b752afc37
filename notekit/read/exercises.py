"""The exercises of a note as their file has them, read without running it.

The build and the check show and judge the form of what stands in
``exercises/<topic>/<note>.py``; only the judge itself imports the file.
"""

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from notekit.language import LANGUAGES, Language
from notekit.problem import Problem
from notekit.read import modules
from notekit.read.living import children, walk

FOLDER = "exercises"
ROLES = {  # what a decorator says of a function, and how many of it there must be
    "solution": (1, 1),
    "starter": (0, 1),
    "wrong": (3, 99),
    "cases": (1, 1),
    "large": (0, 1),
    "brute": (1, 1),
    "drive": (0, 1),
    "canonical": (0, 1),
}
_WORDS = ("title", "statement", "hints")
_SETTINGS = ("examples", "seconds", "tolerance", "lacks")


@dataclass(frozen=True)
class Passage:
    """Text of an exercise, and the line of the file on which it begins."""

    text: str
    line: int


@dataclass(frozen=True)
class Function:
    """A function of the file, with its role in an exercise if it has one."""

    node: ast.FunctionDef
    role: str = ""
    sentence: dict[Language, Passage] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return self.node.name


@dataclass(frozen=True)
class Exercise:
    """One exercise; code is text that defines the function asked for."""

    name: str
    line: int
    title: dict[Language, Passage]
    statement: dict[Language, Passage]
    hints: dict[Language, tuple[Passage, ...]]
    examples: Passage
    seconds: float
    starter: str
    solution: str
    functions: tuple[Function, ...]
    wrong: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return f"exercise-{self.name.replace('_', '-')}"

    @property
    def mistakes(self) -> list[dict[Language, Passage]]:
        """What is wrong with each of the wrong solutions."""
        return [f.sentence for f in self.functions if f.role == "wrong"]


@dataclass(frozen=True)
class Sheet:
    """All exercises of a note, and what is wrong with the form of the file."""

    path: Path
    exercises: tuple[Exercise, ...]
    problems: tuple[Problem, ...]


def place(root: Path, note: str) -> Path:
    """Where the exercises of a note are, if it has any."""
    return root / FOLDER / f"{note.replace('-', '_')}.py"


def sheet(root: Path, note: str) -> Sheet | None:
    """The exercises of a note; None if it has no such file."""
    path = place(root, note)
    return _sheet(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=2000)
def _sheet(path: Path, _mtime: int) -> Sheet:
    tree = modules.tree(path)
    if tree is None:
        line, reason = modules.error(path) or (1, "")
        return Sheet(path, (), (Problem(path, line, f"want Python; {reason}"),))
    reader = _Reader(path, tree)
    return Sheet(path, tuple(reader.exercises()), tuple(sorted(set(reader.problems))))


class _Reader:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path, self.tree = path, tree
        self.source = path.read_text(encoding="utf-8")
        self.lines = self.source.split("\n")
        self.problems: list[Problem] = []

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))

    def exercises(self) -> Iterator[Exercise]:
        declared = {
            node.targets[0].id: node
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            and modules.called(node.value) == "Exercise"
        }
        roles = self._roles(set(declared))
        if not declared:
            self.wrong(1, "want exercises, NAME = Exercise(…); found none")
        for variable, node in declared.items():
            assert isinstance(node.value, ast.Call)
            found = self._exercise(node.value, roles[variable])
            if found is not None:
                yield found

    def _roles(self, variables: set[str]) -> dict[str, list[Function]]:
        """Functions by exercise, as their decorators say."""
        found: dict[str, list[Function]] = {name: [] for name in variables}
        for node in self.tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                call = mark if isinstance(mark, ast.Call) else None
                at = call.func if call else mark
                if not isinstance(at, ast.Attribute) or not isinstance(
                    at.value, ast.Name
                ):
                    continue
                variable, role = at.value.id, at.attr
                if variable not in variables:
                    continue
                if role not in ROLES or (role == "wrong") != (call is not None):
                    forms = ", ".join(
                        f"{variable}.{name}{'(en=…, zh=…)' * (name == 'wrong')}"
                        for name in ROLES
                    )
                    got = ast.unparse(mark)[:60]
                    self.wrong(mark.lineno, f"want one of {forms}; got {got}")
                    continue
                sentence = {}
                if call:
                    given = self._keywords(call, LANGUAGES, LANGUAGES)
                    sentence = {x: self._passage(given.get(x)) for x in LANGUAGES}
                found[variable].append(Function(node, role, sentence))
        return found

    def _exercise(self, call: ast.Call, functions: list[Function]) -> Exercise | None:
        before = len(self.problems)
        line = call.lineno
        given = self._keywords(call, (*LANGUAGES, *_SETTINGS), (*LANGUAGES, "examples"))
        for role, (least, most) in ROLES.items():
            number = sum(function.role == role for function in functions)
            if not least <= number <= most:
                wanted = f"at least {least}" if most > 1 else str(least or "at most 1")
                self.wrong(line, f"want {wanted} of @….{role}; got {number}")
        parts: dict[Language, dict[str, ast.expr]] = {}
        for language in LANGUAGES:
            words = given.get(language)
            if isinstance(words, ast.Call) and modules.called(words) == "Words":
                parts[language] = self._keywords(words, _WORDS, _WORDS)
            elif words is not None:
                got = ast.unparse(words)[:60]
                self.wrong(words.lineno, f"want Words(title=…, …); got {got}")
        seconds = self._number(given.get("seconds"), 5.0)
        examples = self._passage(given.get("examples"))
        if len(self.problems) > before:
            return None
        [solution] = [f for f in functions if f.role == "solution"]
        starters = [f for f in functions if f.role == "starter"]
        name = solution.name
        hints = {x: self._passages(parts[x]["hints"]) for x in LANGUAGES}
        exercise = Exercise(
            name=name,
            line=line,
            title={x: self._passage(parts[x]["title"]) for x in LANGUAGES},
            statement={x: self._passage(parts[x]["statement"]) for x in LANGUAGES},
            hints=hints,
            examples=examples,
            seconds=seconds,
            starter=self._code(starters[0].node, name)
            if starters
            else self._bare(solution.node),
            solution=self._code(solution.node, name),
            functions=tuple(functions),
            wrong=tuple(
                self._code(f.node, name) for f in functions if f.role == "wrong"
            ),
        )
        return exercise if len(self.problems) == before else None

    def _keywords(
        self, call: ast.Call, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, ast.expr]:
        """The keywords of a call, of which only some may and some must be there."""
        found = {k.arg: k.value for k in call.keywords if k.arg}
        what = modules.called(call)
        for name in needed:
            if name not in found:
                self.wrong(call.lineno, f"want {name}=… in {what}(…); it is missing")
        for name in (*found, *("a value without a name" for _ in call.args)):
            if name not in known:
                wanted = ", ".join(known)
                self.wrong(call.lineno, f"want only {wanted} in {what}(…); got {name}")
        return {name: value for name, value in found.items() if name in known}

    def _passage(self, node: ast.expr | None) -> Passage:
        """A string literal; its first line is the next if it begins with a backslash."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            if node is not None:
                got = ast.unparse(node)[:60]
                self.wrong(node.lineno, f"want a string, written out; got {got}")
            return Passage("", node.lineno if node else 1)
        if not node.value.strip():
            self.wrong(node.lineno, "want words; got an empty string")
        row = self.lines[node.lineno - 1].encode()[node.col_offset :].decode()
        below = row.lstrip("rR") == '"""\\'
        return Passage(textwrap.dedent(node.value), node.lineno + below)

    def _passages(self, node: ast.expr) -> tuple[Passage, ...]:
        if not isinstance(node, ast.Tuple) or not node.elts:
            got = ast.unparse(node)[:60]
            self.wrong(node.lineno, f"want a tuple of strings; got {got}")
            return ()
        return tuple(self._passage(item) for item in node.elts)

    def _number(self, node: ast.expr | None, default: float) -> float:
        if node is None:
            return default
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, int | float) and 0 < value <= 60:
            return float(value)
        got = ast.unparse(node)[:60]
        self.wrong(node.lineno, f"want seconds, a number up to 60; got {got}")
        return default

    # Code as the reader gets it

    def _code(self, node: ast.FunctionDef, name: str) -> str:
        """The function under the name asked for, below the imports that it needs."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        text = _renamed("\n".join(lines) + "\n", node.name, name)
        return self._imports(node) + text

    def _bare(self, node: ast.FunctionDef) -> str:
        """The first line of a function, and a body for the reader to write."""
        lines = self.lines[node.lineno - 1 : node.body[0].lineno - 1]
        head = [line for line in lines if not line.lstrip().startswith("#")]
        return self._imports(node) + "\n".join(head) + "\n    ...\n"

    def _imports(self, node: ast.FunctionDef) -> str:
        """The module's imports of which the function uses a name."""
        used = names(node)
        kept = []
        for statement in self.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                taken = [
                    alias
                    for alias in statement.names
                    if (alias.asname or alias.name).split(".")[0] in used
                ]
                if taken:
                    kept.append(ast.unparse(_with(statement, taken)))
        return "\n".join(kept) + "\n\n\n" if kept else ""


def names(function: ast.FunctionDef) -> set[str]:
    """Names that stand anywhere within, its decorators aside."""
    return {
        node.id
        for part in children(function)
        if part not in function.decorator_list
        for node in walk(part)
        if isinstance(node, ast.Name)
    }


def _with(
    statement: ast.Import | ast.ImportFrom, taken: list[ast.alias]
) -> ast.Import | ast.ImportFrom:
    if isinstance(statement, ast.Import):
        return ast.Import(taken)
    return ast.ImportFrom(statement.module, taken, statement.level)


def _renamed(code: str, old: str, new: str) -> str:
    """The code with one name in the place of another, strings and comments aside."""
    if old == new:
        return code
    lines = code.split("\n")
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    for token in reversed(tokens):
        if token.type == tokenize.NAME and token.string == old:
            row, (start, end) = token.start[0] - 1, (token.start[1], token.end[1])
            lines[row] = lines[row][:start] + new + lines[row][end:]
    return "\n".join(lines)
