"""Frames that a page may show: few bytes, captions in both languages, and no two alike."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from notekit.files import LEAST, MOST, is_steps
from notekit.language import has_han
from notekit.problem import Problem
from notekit.read import modules
from notekit.read.document import Document
from notekit.read.glossary import Glossary
from notekit.read.steps import Steps, StepsError, read, weight
from notekit.rules import typography

# Frames stand in the page itself, so that they need no JavaScript, no second request and
# no server; a first visit to the page must still fit 100 kB.
LIMIT = 12_000  # bytes, compressed
LONGEST = {"en": 320, "zh": 160}  # letters of a caption, which stands below the drawing
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TYPED = re.compile(r"(?<![A-Za-z.\d])\d+(?:\.\d+)?")  # and no part of a name
# Such as 2k + 1, whose numbers are no results.
_FORMULA = re.compile(
    r"\d*(?<![A-Za-z])[A-Za-z](?![A-Za-z])(?:\s*[-+−×/]\s*\d*[A-Za-z]?)+"
)


def unused(paths: list[Path], module: Path, page: Document) -> Iterator[Problem]:
    """Files of frames that no function draws, or that the page does not show.

    Args:
        paths: of the files of a note.
        module: of its figures.
        page: in English; the twin has the same figures.
    """
    tree = modules.tree(module) if module.is_file() else None
    body = tree.body if tree else []
    drawn = any(isinstance(x, ast.FunctionDef) and x.name == "steps" for x in body)
    shown = {Path(name).name for _, name, _ in page.embeds}
    for path in filter(is_steps, paths):
        if not drawn:
            message = "want a function steps, whose frames are in"
            yield Problem(module, 1, f"{message} {path.name}; found none")
        if path.name not in shown:
            message = f"want the frames of {path.name} on the page; found them nowhere"
            yield Problem(page.path, 1, message)


def typed(module: Path) -> Iterator[Problem]:
    """Numbers in the words of captions; those of a run stand between braces.

    Args:
        module: of the figures of a note, with a function ``steps``.
    """
    nodes = modules.nodes(module)
    formats = {id(n.format_spec) for n in nodes if isinstance(n, ast.FormattedValue)}
    strings = [n for n in nodes if isinstance(n, ast.JoinedStr)]
    between = {id(v) for n in strings if id(n) not in formats for v in n.values}
    for part in nodes:
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            continue
        words = re.sub(r"\{[^}]*\}", "", part.value)
        if id(part) not in between and not has_han(words):
            continue  # it may be no caption; in an English one no number can change
        written = {*_TYPED.findall(_FORMULA.sub("", words))} - {"0", "1"}
        for number in sorted(written):
            message = "want the numbers of a caption from the run, between braces"
            yield Problem(module, part.lineno, f"{message}; got {number} in {words!r}")


def problems(path: Path, glossary: Glossary) -> Iterator[Problem]:
    """What is wrong with a file of frames.

    Args:
        path: the file.
        glossary: whose words Chinese captions must not avoid.
    """
    try:
        steps = read(path)
    except StepsError as error:
        yield Problem(path, error.line, str(error))
        return
    size = weight(path)
    if size > LIMIT:
        message = f"want frames of at most {LIMIT} bytes, compressed; got {size}"
        yield Problem(path, 1, message)
    number = len(steps.frames)
    if not LEAST <= number <= MOST:
        yield Problem(path, 1, f"want {LEAST} to {MOST} frames; got {number}")
    for line, message in (*_captions(steps, glossary), *_alike(steps)):
        yield Problem(path, line, message)


def _captions(steps: Steps, glossary: Glossary) -> Iterator[tuple[int, str]]:
    for frame in steps.frames:
        en, zh = frame.captions["en"], frame.captions["zh"]
        if not en.strip() or has_han(en):
            yield frame.line, f"want a caption in English; got {en!r}"
        if not zh.strip() or not has_han(zh):
            yield frame.line, f"want a caption in Chinese; got {zh!r}"
        for language, said in (("en", en), ("zh", zh)):
            if len(said) > (most := LONGEST[language]):
                message = f"want a caption of at most {most} letters; got {len(said)}"
                yield frame.line, f"{message}: {said[:40]!r} …"
        # Words may count in one language and digits in the other; no digit is new.
        new = sorted({*_NUMBER.findall(zh)} - {*_NUMBER.findall(en)})
        if new and en.strip():
            message = "want numbers of the English caption only"
            yield frame.line, f"{message}; got {', '.join(new)} in {zh!r}"
        for _, message in typography.problems(zh):
            yield frame.line, message
        for term in glossary.terms:
            for word in term.avoid:
                if word in zh:
                    want = f"want the glossary's word for {term.en!r}, {term.zh}"
                    yield frame.line, f"{want}; got {word} in {zh!r}"


def _alike(steps: Steps) -> Iterator[tuple[int, str]]:
    """Frames that show what the one before shows."""
    for before, after in zip(steps.frames, steps.frames[1:]):
        if (before.captions, before.drawing) == (after.captions, after.drawing):
            yield after.line, "want a frame unlike the one before; got the same"
