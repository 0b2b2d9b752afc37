"""Bring a Chinese page up to its English twin: its code, and the note that it is.

Code is written on the English page only. On the Chinese one, an empty ```en fence
stands for the block that comes next there, with its output.
"""

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from notekit.files import write_whole
from notekit.problem import ROOT, Problem
from notekit.read import fences
from notekit.read.catalogue import hash_of


class TwinError(ValueError):
    """A Chinese page whose blocks cannot be told to be the English page's."""


class _Block(NamedTuple):
    """A block of a page: its lines, with what belongs to it above and below."""

    start: int  # 1-based, both inclusive
    end: int
    fence: fences.Fence
    lines: list[str]  # as written, without the indentation
    indent: str


def twin(name: str, root: Path = ROOT) -> int:
    """Write the English page's code into the Chinese page, and which text it renders.

    Args:
        name: the note, such as ``cv/my-note``.
        root: the repository.

    Returns:
        How many blocks of the Chinese page are others than before.

    Raises:
        FileNotFoundError: if one of the pages is absent.
        TwinError: before anything is written, if the pages differ in their number of
            blocks.
    """
    english, chinese = (root / f"docs/{x}/{name}.md" for x in ("en", "zh"))
    wanted, own = _blocks(english), _blocks(chinese)
    if len(wanted) != len(own):
        raise TwinError(str(_other_number(chinese, wanted, own)))
    lines = chinese.read_text(encoding="utf-8").split("\n")
    changed = 0
    for theirs, block in reversed(list(zip(wanted, own))):
        if block.fence.info != fences.FROM_ENGLISH and _same(theirs, block):
            continue
        start, new = block.start, theirs.lines
        if theirs.fence.kind == block.fence.kind == "display-only":  # its reason stays
            start, new = block.fence.line, new[theirs.fence.line - theirs.start :]
        text = textwrap.indent("\n".join(new), block.indent)
        lines[start - 1 : block.end] = text.split("\n")
        changed += 1
    if changed:
        write_whole(chinese, "\n".join(lines))
    stamp(name, root)
    return changed


def _same(one: _Block, other: _Block) -> bool:
    """Whether they are the same to a reader; why a block is not run, each page says."""
    a, b = one.fence, other.fence
    return (a.info, a.kind, a.content) == (b.info, b.kind, b.content)


def _blocks(path: Path) -> list[_Block]:
    """The blocks of a page; an output belongs to the block that prints it."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    blocks: list[_Block] = []
    for fence in fences.census(path, text):
        start, end = fence.line, fence.end
        if fence.kind == "output":
            printing = blocks.pop()
            start, fence = printing.start, printing.fence
        elif fence.gpu or fence.kind == "display-only":
            start = next(n for n in range(start - 1, 0, -1) if lines[n - 1].strip())
        own = textwrap.dedent("\n".join(lines[start - 1 : end])).split("\n")
        opening = lines[fence.line - 1]
        indent = opening[: len(opening) - len(opening.lstrip())]
        blocks.append(_Block(start, end, fence, own, indent))
    return blocks


def _other_number(path: Path, wanted: list[_Block], own: list[_Block]) -> Problem:
    pairs = zip(wanted, own)
    first = next(
        (i for i, (a, b) in enumerate(pairs) if not _same(a, b)),
        min(len(wanted), len(own)),
    )
    line = own[first].fence.line if first < len(own) else 1
    message = (
        f"want {len(wanted)} blocks as on the English page, got {len(own)}; put an "
        f"empty ```{fences.FROM_ENGLISH} fence where one is missing, or take one out"
    )
    return Problem(path, line, message)


def stamp(name: str, root: Path = ROOT) -> str:
    """Set ``renders`` on the Chinese page to the hash of the present English body."""
    english = (root / f"docs/en/{name}.md").read_text(encoding="utf-8")
    body = re.sub(r"\A---\n.*?\n---[ \t]*\n", "", english, count=1, flags=re.DOTALL)
    renders = hash_of(body)
    # YAML would read digits alone as a number.
    shown = f'"{renders}"' if renders.isdecimal() else renders
    path = root / f"docs/zh/{name}.md"
    text = path.read_text(encoding="utf-8")
    front, rest = text.split("\n---", 1)
    if re.search(r"^renders:", front, re.MULTILINE):
        front = re.sub(r"^renders:.*$", f"renders: {shown}", front, flags=re.MULTILINE)
    else:
        front += f"\nrenders: {shown}"
    write_whole(path, f"{front}\n---{rest}")
    return renders
