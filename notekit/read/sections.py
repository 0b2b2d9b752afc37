"""Sections of a snippet: the lines between two of its comments, which pages embed."""

import textwrap
from pathlib import Path


def section(path: Path, name: str) -> str:
    """The lines between a section's markers, without the markers and common indent.

    Args:
        path: the module.
        name: of the section, which the module must have.
    """
    start, end = f"--8<-- [start:{name}]", f"--8<-- [end:{name}]"
    lines = path.read_text(encoding="utf-8").split("\n")
    first = next(n for n, line in enumerate(lines) if start in line)
    last = next(n for n, line in enumerate(lines) if n > first and end in line)
    inner = [line for line in lines[first + 1 : last] if "# --8<-- [" not in line]
    return textwrap.dedent("\n".join(inner)) + "\n"
