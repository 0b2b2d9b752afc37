"""What an exercise must keep to: its words, its code, and that the judge is independent.

That the reference is right and each wrong solution refused is what a test proves.
"""

import ast
import doctest
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from notekit.language import LANGUAGES, has_han
from notekit.problem import Problem
from notekit.read import exercises, modules
from notekit.read.catalogue import Catalogue, plain_text
from notekit.read.document import Document
from notekit.read.exercises import FOLDER, Exercise, Function, Passage, Sheet
from notekit.read.living import walk
from notekit.rules import (
    content,
    formulas,
    numerals,
    snippets,
    structure,
    twins,
    typography,
)

JUDGE = "notekit.study.judge"
LIBRARIES = ("numpy", "torch")
_CODE = re.compile(r"`([^`\n]+)`")
_LATIN = re.compile(r"(?<![\w$])[a-z]{2,}(?![\w$])")
# Roles whose functions say what is right, and must not ask the reference.
_INDEPENDENT = ("cases", "large", "brute", "drive", "canonical")


def problems(root: Path, note: str) -> Iterator[Problem]:
    """What is wrong with the exercises of a note, if it has any."""
    sheet = exercises.sheet(root, note)
    if sheet is None:
        return
    yield from sheet.problems
    yield from content.code_problems(sheet.path)
    tree = modules.tree(sheet.path)
    if tree is None:
        return
    yield from _imports(sheet.path, tree)
    for line, got in snippets.acting(tree):
        message = "want a file that does nothing when it is imported"
        yield Problem(sheet.path, line, f"{message}; got {got}")
    for exercise in sheet.exercises:
        for line, message in (
            *_parameters(exercise),
            *_examples(exercise),
            *_alone(exercise, tree),
            *_independent(exercise, tree),
            *_alike(exercise, sheet.path),
        ):
            yield Problem(sheet.path, line, message)
    yield from _titles(sheet)
    for words in passages(sheet):
        yield from words.placed(_words(words.document, words.chinese))


@dataclass(frozen=True)
class Words:
    """A passage of the exercises as a page of its own."""

    document: Document
    above: int  # lines of the file above it
    chinese: bool

    def placed(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Problems of the passage, on the lines of the file."""
        for problem in problems:
            yield replace(problem, line=problem.line + self.above)


def passages(sheet: Sheet) -> Iterator[Words]:
    """Each passage of the exercises."""
    for exercise in sheet.exercises:
        for language in LANGUAGES:
            for passage in _passages(exercise, language == "zh"):
                document = _parsed(sheet.path, passage.text)
                yield Words(document, passage.line - 1, language == "zh")


@lru_cache(maxsize=200)
def _parsed(path: Path, text: str) -> Document:
    return Document(path, text)


def orphans(catalogue: Catalogue) -> Iterator[Problem]:
    """Files of exercises that belong to no note."""
    root = catalogue.root
    for path in sorted((root / FOLDER).rglob("*.py")):
        note = path.relative_to(root / FOLDER).with_suffix("").as_posix()
        note = note.replace("_", "-")
        if not any((root / f"docs/{x}/{note}.md").exists() for x in LANGUAGES):
            message = f"want {FOLDER}/TOPIC/NOTE.py with the name of a note"
            yield Problem(path, 1, f"{message}; this one is none's")


def _passages(exercise: Exercise, chinese: bool) -> Iterator[Passage]:
    language = LANGUAGES[1] if chinese else LANGUAGES[0]
    yield exercise.title[language]
    yield exercise.statement[language]
    yield from exercise.hints[language]
    for mistake in exercise.mistakes:
        yield mistake[language]


def _titles(sheet: Sheet) -> Iterator[Problem]:
    """Titles by which readers tell the exercises of a note apart."""
    for language in LANGUAGES:
        first: dict[str, int] = {}
        for exercise in sheet.exercises:
            title = exercise.title[language]
            name = title.text.strip().casefold()
            if name in first:
                message = "want titles that readers can tell apart; that of line"
                got = f"{first[name]} is {title.text!r} too"
                yield Problem(sheet.path, title.line, f"{message} {got}")
            first.setdefault(name, title.line)


def _alike(exercise: Exercise, path: Path) -> Iterator[tuple[int, str]]:
    """What both languages say: as many hints, the same numbers and formulas."""
    en, zh = (exercise.hints[language] for language in LANGUAGES)
    if len(en) != len(zh):
        line = zh[0].line if zh else exercise.title["zh"].line
        yield line, f"want {len(en)} hints, as in English; got {len(zh)}"
        return
    passages = [(x["en"], x["zh"]) for x in (exercise.title, exercise.statement)]
    passages += zip(en, zh)
    passages += [(mistake["en"], mistake["zh"]) for mistake in exercise.mistakes]
    examples = exercise.examples.text
    for theirs, own in passages:
        english = f"{theirs.text} {examples}"
        counted = numerals.counts(english)
        given = numerals.numbers(theirs.text) | numerals.counts(theirs.text)
        known = given | {"0", "1"}  # which are words as often as not
        message = "want the numbers of the English words"
        for place, said in enumerate(own.text.split("\n"), own.line):
            for number in twins.new_numbers(said, known, theirs.text):
                yield place, f"{message}; got {number}"
            for numeral in numerals.uncounted(said, counted):
                yield place, f"{message}; got {numeral}"
            for code in _CODE.findall(said):
                if not has_han(code) and not twins.stands_in(code, english):
                    what = "want code of the English words or the examples"
                    yield place, f"{what}; got `{code}`"
        yield from _formulas(_parsed(path, theirs.text), _parsed(path, own.text), own)
        translated = any(map(has_han, _CODE.findall(own.text)))
        for code in () if translated else _CODE.findall(theirs.text):
            if not twins.stands_in(code, own.text):
                what = "want the code of the English words"
                yield own.line, f"{what}; found no `{code}`"
        mine = numerals.numbers(own.text) | numerals.in_chinese(own.text)
        for number in numerals.ANY_NUMBER.findall(theirs.text):
            if numerals.digits(number) not in mine | {"0", "1"}:
                yield own.line, f"{message}; found no {number}"


def _formulas(
    english: Document, chinese: Document, own: Passage
) -> Iterator[tuple[int, str]]:
    """Formulas of a passage that only one language has."""
    mine = [*(f.tex for _, f in chinese.formulas), *_CODE.findall(own.text)]
    known = twins.tight(english.text.replace("`", "").replace("$", ""))
    for line, formula in chinese.formulas:
        if twins.tight(formula.tex) not in known:
            message = "want formulas of the English words"
            yield own.line + line - 1, f"{message}; got ${formula.tex}$"
    for _, formula in english.formulas:
        if twins.lacking(formula.tex, mine, own.text):
            message = "want the formulas of the English words"
            yield own.line, f"{message}; found no ${formula.tex}$"


def _words(document: Document, chinese: bool) -> Iterator[Problem]:
    yield from content.problems(document)
    found = [*formulas.problems(document.text), *structure.lists(document)]
    if chinese:
        found += typography.problems(document.text)
    found += _in_its_language(document, chinese)
    for heading in document.headings:
        found.append((heading.line, f"want no heading here; got {heading.text!r}"))
    for token in document.tokens:
        if token.type in ("fence", "code_block") and token.map:
            message = "want code in `examples`, which is run; got a block of code"
            found.append((token.map[0] + 1, message))
    if document.embeds:
        found.append((document.embeds[0][0], "want no embedded file here; got one"))
    for line, message in found:
        yield Problem(document.path, line, message)


def _in_its_language(document: Document, chinese: bool) -> list[tuple[int, str]]:
    """A passage that was left in the other language."""
    masked = typography.mask(document.text)
    words = _LATIN.findall(masked)
    line = next((n for n, x in enumerate(masked.split("\n"), 1) if x.strip()), 1)
    shown = " ".join(masked.split())[:60]
    if chinese and len(words) > 1 and not has_han(masked):
        return [(line, f"want it in Chinese; got {shown!r}")]
    if not chinese and has_han(masked):
        return [(line, f"want it in English; got {shown!r}")]
    if chinese:
        return [
            (number, f"want it in Chinese; got {said.strip()[:60]!r}")
            for number, said in enumerate(masked.split("\n"), 1)
            if not has_han(said) and len(re.findall(r"(?!x+\b)\b[a-z]{2,}", said)) > 3
        ]
    return []


def _imports(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Of the standard library, numpy, torch and the judge: nothing of the note's code."""
    for node in walk(tree):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = ["." * node.level + (node.module or "")]
        else:
            continue
        for name in named:
            first = name.split(".")[0]
            if name != JUDGE and first == "importlib":
                message = "want imports in sight, not by importlib"
                yield Problem(path, node.lineno, f"{message}; got {name}")
            elif name != JUDGE and first not in (*sys.stdlib_module_names, *LIBRARIES):
                message = f"want imports of Python, {', '.join(LIBRARIES)} and {JUDGE}: exercises share no code with the note"
                yield Problem(path, node.lineno, f"{message}; got {name}")


def _parameters(exercise: Exercise) -> Iterator[tuple[int, str]]:
    """All solutions are called alike, with arguments by place."""
    wanted = _named(_one(exercise, "solution").node)
    for function in exercise.functions:
        if function.role in ("wrong", "brute", "starter"):
            got = _named(function.node)
            own = got[: len(got) - len(function.node.args.defaults)]
            # A mistake may be a default argument of its own.
            as_wanted = function.role == "wrong" and own == wanted
            if got != wanted and not as_wanted:
                message = f"want the parameters of {exercise.name}, {', '.join(wanted)}"
                yield function.node.lineno, f"{message}; got {', '.join(got) or 'none'}"
        given = function.node.args
        if given.kwonlyargs or given.vararg or given.kwarg or given.posonlyargs:
            message = "want plain parameters, which a case gives by place"
            yield function.node.lineno, f"{message}; got {ast.unparse(given)}"


def _named(node: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in node.args.args]


def _one(exercise: Exercise, role: str) -> Function:
    return next(f for f in exercise.functions if f.role == role)


def _examples(exercise: Exercise) -> Iterator[tuple[int, str]]:
    line = exercise.examples.line
    try:
        found = doctest.DocTestParser().get_examples(exercise.examples.text)
    except ValueError as error:
        yield line, f"want examples as in a session of Python; {error}"
        return
    if not any(f"{exercise.name}(" in example.source for example in found):
        yield line, f"want an example, >>> {exercise.name}(…), and its result"
    for example in found:
        if not example.want and f"{exercise.name}(" in example.source.split(" = ")[0]:
            message = "want the result below each example; got none below"
            yield line + example.lineno, f"{message} {example.source.strip()}"
    for title in exercise.title.values():
        try:
            plain_text(title.text)
        except ValueError as error:
            yield title.line, f"{error} in a title; got {title.text!r}"
        if "\n" in title.text.strip() or "`" in title.text or "$" in title.text:
            yield title.line, f"want a title of plain words; got {title.text!r}"


def _alone(exercise: Exercise, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Solutions that the reader could have written: with nothing but their imports."""
    defined = _defined(tree)
    for function in exercise.functions:
        if function.role in ("solution", "wrong", "starter"):
            own = {function.name, exercise.name}
            for name in sorted((exercises.names(function.node) & defined) - own):
                if name not in _bound(function.node):
                    message = f"want {function.name} to be whole in itself"
                    yield function.node.lineno, f"{message}; it uses {name} of the file"


def _independent(exercise: Exercise, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Cases and brute force that do not ask the solutions what is right."""
    uses = {
        node.name: exercises.names(node) - _bound(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    judged = {f.name for f in exercise.functions if f.role in ("solution", "wrong")}
    for function in exercise.functions:
        if function.role not in _INDEPENDENT:
            continue
        reached: set[str] = set()
        left = [function.name]
        while left:
            name = left.pop()
            if name not in reached:
                reached.add(name)
                left += uses.get(name, set()) & uses.keys()
        for name in sorted(reached & judged):
            message = f"want @….{function.role} to share nothing with the solutions"
            yield function.node.lineno, f"{message}; it uses {name}"


def _defined(tree: ast.Module) -> set[str]:
    """What the module itself defines, imports aside."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def _bound(node: ast.FunctionDef) -> set[str]:
    """Names that a function gives a value itself."""
    found = {a.arg for n in walk(node) if isinstance(n, ast.arguments) for a in n.args}
    for part in walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.ClassDef):
            found.add(part.name)
    return found
