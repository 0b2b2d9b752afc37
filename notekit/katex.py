"""Formulas as HTML and MathML, rendered by KaTeX and kept by content.

One Node process renders all formulas that the cache lacks, at about 2 ms each.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from notekit.node import run_cached
from notekit.problem import ROOT

SCRIPT = Path(__file__).with_name("katex.mjs")


# What a formula stands between in a page that is being built, and in no finished one.
BEGIN, END = "<!--formula-->", "<!--/formula-->"
MARKED = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)


class KatexError(ValueError):
    """A formula that KaTeX refuses."""


@dataclass(frozen=True)
class Formula:
    """TeX without its dollar signs."""

    tex: str
    display: bool


@dataclass(frozen=True)
class Rendering:
    """HTML, or the error and the position in the TeX where it stands."""

    html: str = ""
    error: str = ""
    position: int = 0


def render(formulas: Iterable[Formula], root: Path = ROOT) -> dict[Formula, Rendering]:
    """Render each formula once; results are kept in ``build/cache/katex.sqlite``.

    Errors are results, not exceptions, so that a caller can report them all.

    Raises:
        NodeError: if Node or KaTeX cannot be run.
    """
    wanted = list(dict.fromkeys(formulas))
    if not wanted:
        return {}
    requests = [{"tex": f.tex, "display": f.display} for f in wanted]
    answers = run_cached(SCRIPT, requests, root, "katex")
    return {f: Rendering(**answer) for f, answer in zip(wanted, answers, strict=True)}
