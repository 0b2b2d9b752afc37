"""How every figure looks, and how it becomes an SVG that suits light and dark pages.

A figure module has one function, ``draw() -> dict[str, Figure]``: the name of each
file, without suffix, and its figure. ``python -m figures cv/receptive-field``
writes them beside the module. Labels are symbols, numbers, and code names only, so that
the notes in both languages share one file; the caption on the page does the talking.
"""

import io
import re
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from scour import scour

# The colour of text and axes. It leaves the SVG as `currentColor`, so that the page's
# own text colour applies in both schemes.
INK = "#0b1c2d"
# Each has a contrast of at least 3:1 with the page, white or dark.
BLUE, ORANGE, GREEN, PINK, PURPLE = (
    "#4a7fb5",
    "#c9762b",
    "#2f9268",
    "#c9557a",
    "#8a6fc0",
)
GREY = "#82878f"
CYCLE = [BLUE, ORANGE, GREEN, PINK, PURPLE, GREY]
# For heat maps: light to dark would vanish on one of the schemes at one of its ends,
# so give cells an edge in GREY, or write the numbers into them.
SEQUENTIAL = "viridis"

STYLE: dict[str, Any] = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.6,
    "mathtext.fontset": "dejavusans",
    "savefig.transparent": True,
    "svg.fonttype": "none",  # text stays text: small, selectable, in the page's font
    "svg.hashsalt": "gradnotes",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def new_figure(width: float = 7.0, height: float = 3.0) -> Figure:
    """An empty figure in the house style, ``width`` x ``height`` inches, for OO use."""
    return Figure(figsize=(width, height))


def to_svg(figure: Figure, prefix: str) -> str:
    """The figure as a small SVG, the same on every run.

    Args:
        figure: made by ``new_figure``.
        prefix: unique among the site's figures, since ids share a page when inlined.
    """
    raw = io.StringIO()
    nothing = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    figure.savefig(raw, format="svg", metadata=nothing)
    options = scour.sanitizeOptions()
    options.remove_metadata = options.strip_comments = options.strip_ids = True
    options.shorten_ids = options.strip_xml_prolog = options.enable_viewboxing = True
    options.shorten_ids_prefix = re.sub(r"\W+", "-", prefix) + "-"
    options.indent_type, options.digits = "none", 4
    options.protect_ids_noninkscape = False
    small: str = scour.scourString(raw.getvalue(), options)
    small = _rounded(small)
    # A style element inside an inlined SVG would style the whole page.
    small = re.sub(r"<style.*?</style>", "", small, flags=re.S)
    small = re.sub(r"<!DOCTYPE[^>]*>|<defs>\s*</defs>", "", small)
    small = re.sub(r"(<svg\b[^>]*?) height=\"[^\"]*\"", r"\1", small, count=1)
    # The page supplies the family of the letters.
    small = re.sub(
        r"""\s*font-family=("[^"]*"|'[^']*')|font-family:[^;"]*;?""", "", small
    )
    small = re.sub(r"font:\s*([^;\"]*?)([\d.]+px)[^;\"]*;?", _without_family, small)
    # No blank line may remain: Markdown would end the inlined HTML block there.
    lines = [line for line in small.replace(INK, "currentColor").splitlines() if line]
    return "\n".join(lines) + "\n"


def _rounded(svg: str) -> str:
    """A tenth of a point is finer than any eye; Matplotlib places letters to 1e-6."""

    def place(match: re.Match[str]) -> str:
        return f'{match[1]}="{round(float(match[2]), 1) or 0:g}"'

    upright = re.sub(r' transform="rotate\(-?0 [^)"]*\)"', "", svg)
    return re.sub(r'\b(x|y)="(-?[\d.]+(?:e-?\d+)?)"', place, upright)


def _without_family(match: re.Match[str]) -> str:
    slant = "font-style:italic;" if re.search("italic|oblique", match[1]) else ""
    return f"{slant}font-size:{match[2]};"
