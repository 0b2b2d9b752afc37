"""Sequence diagram of ``@lib_export("app.run")``, from a trace of the real calls."""

import sys
from collections.abc import Callable
from types import CodeType, FrameType

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.python.decorators_and_partial import api_export, lib_export

LANES = {"app.py": 0.0, "lib_export": 2.6, "api_export": 5.4, "run": 8.2}


def traced(
    action: Callable[[], object], watched: dict[CodeType, str]
) -> tuple[object, list[str]]:
    """Result of ``action``, and the watched functions it entered, in order."""
    entered = []

    def record(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in watched:
            entered.append(watched[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(record)
    try:
        return action(), entered
    finally:
        sys.setprofile(before)


def arrow(axes: Axes, start: str, end: str, y: float, label: str, color: str) -> None:
    """A call or a return, from lane to lane; the label stands clear of other lanes."""
    left, right = LANES[start], LANES[end]
    lanes = sorted(x for x in LANES.values() if min(left, right) <= x)
    middle = (lanes[0] + lanes[1]) / 2
    gap = 0.09 if right > left else -0.09
    axes.annotate(
        "",
        (right - gap, y),
        (left + gap, y),
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "linestyle": "-" if right > left else (0, (3, 2)),
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    axes.text(middle, y + 0.13, label, ha="center", va="bottom", size=8)


def box(axes: Axes, lane: str, top: float, bottom: float, label: str) -> None:
    """A bar on the lane while its code runs, named on its right."""
    x = LANES[lane]
    axes.fill_between([x - 0.09, x + 0.09], bottom, top, color=ORANGE, lw=0, zorder=3)
    axes.text(x + 0.2, top - 0.05, label, va="top", size=8)


def sequence() -> Figure:
    """Import time above the line, run time below."""

    def run() -> None: ...

    watched = {
        api_export.__init__.__code__: "__init__",
        api_export.__call__.__code__: "__call__",
        run.__code__: "run",
    }
    decorator, first = traced(lambda: lib_export("app.run"), watched)
    returned, second = traced(lambda: decorator(run), watched)
    _, third = traced(returned, watched)
    if (first, second, third, returned) != (["__init__"], ["__call__"], ["run"], run):
        raise RuntimeError(f"the diagram wants other calls: {first, second, third}")
    (key, value), *_ = vars(run).items()
    (filled, api), *_ = lib_export.keywords.items()

    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    axes.axis("off")
    axes.set_xlim(-1.3, 9.3)
    axes.set_ylim(-0.7, 8.9)
    for lane, x in LANES.items():
        axes.plot([x, x], [-0.5, 8.0], color=GREY, lw=0.8, zorder=1)
        axes.text(x, 8.2, lane, ha="center", va="bottom", weight="bold")
    fill = f'("app.run",\n{filled}="{api}")'
    arrow(axes, "app.py", "lib_export", 7.2, '1  ("app.run")', BLUE)
    arrow(axes, "lib_export", "api_export", 6.6, f"2  {fill}", BLUE)
    box(axes, "api_export", 6.7, 5.7, first[0])
    arrow(axes, "api_export", "app.py", 5.8, "decorator", GREEN)
    arrow(axes, "app.py", "api_export", 4.5, "3  decorator(run)", BLUE)
    box(axes, "api_export", 4.6, 2.3, second[0])
    name = f"{key}\n= {value}"
    arrow(axes, "api_export", "run", 3.1, name, BLUE)
    arrow(axes, "api_export", "app.py", 2.4, "run", GREEN)
    axes.plot([-1.3, 9.3], [1.5, 1.5], color=INK, lw=0.8, ls=(0, (5, 3)))
    axes.text(-1.3, 1.65, "import app", style="italic", size=8)
    axes.text(-1.3, 1.35, "app.run()", style="italic", size=8, va="top")
    arrow(axes, "app.py", "run", 0.5, "run()", BLUE)
    box(axes, "run", 0.6, -0.3, third[0])
    arrow(axes, "run", "app.py", -0.2, "", GREEN)
    return figure


def draw() -> dict[str, Figure]:
    return {"decorators_and_partial": sequence()}
