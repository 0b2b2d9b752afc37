"""Draw figures again, all or some: python -m figures [TOPIC/NOTE ...]."""

import importlib
import sys
from pathlib import Path

import matplotlib

from figures.style import STYLE, to_svg

ROOT = Path(__file__).parent


def modules() -> list[str]:
    """Names of all notes that have a figure module, such as ``cv/receptive-field``."""
    paths = sorted(ROOT.glob("*/*.py"))
    return [
        p.relative_to(ROOT).with_suffix("").as_posix().replace("_", "-") for p in paths
    ]


def render(note: str) -> dict[Path, str]:
    """Path and SVG text of every figure of one note."""
    topic, name = note.replace("-", "_").split("/")
    draw = importlib.import_module(f"figures.{topic}.{name}").draw
    with matplotlib.rc_context(STYLE):
        drawn = draw().items()
        return {ROOT / topic / f"{stem}.svg": to_svg(fig, stem) for stem, fig in drawn}


if __name__ == "__main__":
    known = modules()
    for note in sys.argv[1:] or known:
        if note not in known:
            sys.exit(f"no figure module for {note!r}; known: {', '.join(known)}")
        for path, svg in render(note).items():
            path.write_text(svg, encoding="utf-8")
            print(f"{path.relative_to(ROOT.parent)}  {len(svg.encode()) / 1000:.1f} kB")
