"""What a figure was drawn of: a line in the SVG that says so, and that can be checked.

Drawing needs torch and takes a while; whether the code or the drawing has changed since
is seen without. The last line of a figure holds a fingerprint of both.
"""

import ast
import hashlib
import re
from pathlib import Path

from notekit.files import own_modules
from notekit.read import modules

_MARK = re.compile(r"\n?<!-- drawn of ([0-9a-f]{16}) -->\n?\Z")


def marked(svg: str, root: Path, note: str) -> str:
    """The drawing, with the fingerprint of it and of its code.

    Args:
        svg: what `draw` made, as text.
        root: the repository.
        note: the note's name, such as ``cv/detr``.
    """
    svg = bare(svg)
    return f"{svg}\n<!-- drawn of {_fingerprint(svg, root, note)} -->\n"


def bare(svg: str) -> str:
    """The drawing alone."""
    return _MARK.sub("", svg).rstrip("\n")


def stale(path: Path, root: Path, note: str) -> bool:
    """Whether the drawing, or the code that draws it, is another than when it was drawn."""
    text = path.read_text(encoding="utf-8", errors="replace")
    match = _MARK.search(text)
    return match is None or match[1] != _fingerprint(bare(text), root, note)


def _fingerprint(svg: str, root: Path, note: str) -> str:
    digest = hashlib.sha256(svg.encode())
    module = root / f"figures/{note.replace('-', '_')}.py"
    kits = ["figures/style.py"]
    if "<desc lang=" in svg:  # frames, which have captions
        kits += ["figures/steps.py", "figures/record.py"]
    for path in [
        module,
        *(root / kit for kit in kits),
        *own_modules(root / "snippets", note),
    ]:
        digest.update(_code(path).encode())
    return digest.hexdigest()[:16]


def _code(path: Path) -> str:
    """The lines of a module without docstrings and comments, which draw nothing.

    Lines, and not a tree: trees are written otherwise by other versions of Python.
    """
    if not path.is_file() or modules.tree(path) is None:
        return ""
    lines = path.read_text(encoding="utf-8").split("\n")
    for node in modules.nodes(path):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            last = first.end_lineno or first.lineno
            lines[first.lineno - 1 : last] = [""] * (last - first.lineno + 1)
    kept = (line.rstrip() for line in lines)
    return "\n".join(
        line for line in kept if line and not line.lstrip().startswith("#")
    )
