"""Draw figures and steps again, all or some: python -m figures [TOPIC/NOTE ...]."""

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from figures.steps import Frame, Steps, to_strip
from figures.style import STYLE, to_svg
from notekit.files import LEAST, MOST, STEPS, is_steps, owner_of_figure
from notekit.read.drawn import marked

ROOT = Path(__file__).parent


def modules() -> list[str]:
    """Names of all notes that have a figure module, such as ``cv/receptive-field``."""
    paths = sorted(ROOT.glob("*/*.py"))
    return [
        p.relative_to(ROOT).with_suffix("").as_posix().replace("_", "-") for p in paths
    ]


def render(note: str) -> dict[Path, str]:
    """Path and SVG text of every figure of one note, and of its steps."""
    topic, name = note.replace("-", "_").split("/")
    module = importlib.import_module(f"figures.{topic}.{name}")
    draw = module.draw
    where = f"figures/{topic}/{name}.py:1"
    with matplotlib.rc_context(STYLE):
        drawn = _called(draw, where)
        if not isinstance(drawn, dict) or not drawn:
            raise ValueError(f"{where}: want draw() to return figures; got {drawn!r}")
        for stem, figure in drawn.items():
            _own(stem, note, where)
            if not isinstance(figure, Figure):
                raise ValueError(f"{where}: want a figure in {stem!r}; got {figure!r}")
            if is_steps(stem):
                raise ValueError(
                    f"{where}: want no figure that ends in {STEPS}: {stem}"
                )
            loose = (figure.texts, figure.lines, figure.patches, figure.images)
            if not any(a.has_data() or a.texts for a in figure.axes) and not any(loose):
                raise ValueError(f"{where}: want something in {stem!r}; it is empty")
        svgs = {ROOT / topic / f"{x}.svg": to_svg(f, x) for x, f in drawn.items()}
    if hasattr(module, "steps"):
        strips = _strips(_called(module.steps, where), where)
        for stem in strips:
            _own(stem, note, where)
        svgs |= {ROOT / topic / f"{x}.svg": strip for x, strip in strips.items()}
    return {path: marked(svg, ROOT.parent, note) for path, svg in svgs.items()}


def _called(make: Callable[[], object], where: str) -> Any:
    """What a function of a figure module returns; whatever it raises is told."""
    try:
        return make()
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise ValueError(
            f"{where}: want {make.__name__}() to return; it raised {told}"
        ) from error


def _own(stem: object, note: str, where: str) -> None:
    """Refuse a name that would be another note's file, or lead out of the folder."""
    topic = note.split("/")[0]
    names = [note, *(name for name in modules() if name.split("/")[0] == topic)]
    plain = isinstance(stem, str) and re.fullmatch(r"[a-z0-9_]+", stem)
    if not plain or owner_of_figure(str(stem), names) != note:
        name = note.split("/")[1].replace("-", "_")
        raise ValueError(
            f"{where}: want names of figures that begin with {name}; got {stem!r}"
        )


def _strips(steps: object, where: str) -> dict[str, str]:
    """Name and text of each file that a module's ``steps()`` asks for."""
    if not isinstance(steps, dict) or not steps:
        raise ValueError(f"{where}: want steps() to return frames; got {steps!r}")
    for name, one in steps.items():
        if not is_steps(name):
            raise ValueError(f"{where}: want a name that ends in {STEPS}; got {name!r}")
        whole = isinstance(one, Steps) and all(isinstance(f, Frame) for f in one.frames)
        if not whole or not one.frames:
            raise ValueError(f"{where}: want frames in {name!r}; got {one!r}")
        if not LEAST <= len(one.frames) <= MOST:
            wanted = f"want {LEAST} to {MOST} frames in {name!r}"
            raise ValueError(f"{where}: {wanted}; got {len(one.frames)}")
    return {name: to_strip(one, name) for name, one in steps.items()}


if __name__ == "__main__":
    known = modules()
    for note in sys.argv[1:] or known:
        if note not in known:
            sys.exit(f"no figure module for {note!r}; known: {', '.join(known)}")
        try:
            drawings = render(note)
        except ValueError as error:
            sys.exit(str(error))
        for path, svg in drawings.items():
            path.write_text(svg, encoding="utf-8")
            print(f"{path.relative_to(ROOT.parent)}  {len(svg.encode()) / 1000:.1f} kB")
