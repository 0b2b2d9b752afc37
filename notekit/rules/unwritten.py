"""What `nox -s new` wrote for the author to replace, and the author has not yet.

The templates themselves say what that is: a line of prose that still stands as it was
made. Structure (headings, tables' heads, fences, imports) is meant to stay.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from notekit.problem import Problem
from notekit.read.catalogue import Note

TEMPLATES = Path(__file__).parents[1] / "scaffold/templates"
# Lines that every note keeps, or that say nothing by themselves.
_KEPT = re.compile(
    r"""\s*(?:$|\#|---|--8<--|\||```|<!--|</?figure>|<figure\s|</div|::|\$\$|from |import |def |class |return |"{3}$|@|
    with |try:|except |raise |for |if |Args:|Returns:|Raises:|References:|\?\?\?|
    (?:title|created|updated|tags|aliases|requires|renders):|[\d.]+$|EXAMPLES|examples|
    spared|figure |axes|sizes|size |\{%|en\t|zh\t|SPARED|assert |first_result|print\(|ValueError:)""",
    re.VERBOSE,
)


def problems(note: Note, root: Path) -> Iterator[Problem]:
    """Lines of the scaffold in the files of a note.

    Args:
        note: the note.
        root: the repository.
    """
    topic, stem = note.module.split("/")
    for path, template in (
        (root / f"docs/en/{note.name}.md", "en.md.j2"),
        (root / f"docs/zh/{note.name}.md", "zh.md.j2"),
        (root / f"snippets/{note.module}.py", "snippet.py.j2"),
        (root / f"tests/{topic}/test_{stem}.py", "test.py.j2"),
        (root / f"figures/{note.module}.py", "figure.py.j2"),
    ):
        if not path.is_file():
            continue
        patterns = _lines(template)
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, 1):
            if any(pattern.fullmatch(line) for pattern in patterns):
                message = "want words of your own; this line is still the scaffold's"
                yield Problem(path, number, f"{message}: {line.strip()[:60]}")


@cache
def _lines(template: str) -> list[re.Pattern[str]]:
    """The lines of a template that an author replaces, whatever is filled in."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not _KEPT.match(line)]
    filled = [re.split(r"\{\{.*?\}\}", line) for line in lines]
    return [re.compile(".+".join(map(re.escape, parts))) for parts in filled]
