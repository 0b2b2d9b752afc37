"""What a for loop calls, and a pipeline of three generators, pulled from the right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, tee
from types import FrameType
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.python.iterators_and_generators import CountDown, batched, windows

ITEMS = (10, 20)
LANES = {"for": 0.0, "iterable": 3.1, "iterator": 6.2}


def loop_calls() -> list[tuple[str, str]]:
    """What a real loop over two items calls, and what its body sees, in order."""
    seen: list[tuple[str, str]] = []

    class Shown:
        def __iter__(self) -> Any:
            seen.append(("iter", ""))
            return Steady()

    class Steady:
        def __init__(self) -> None:
            self.rest = iter(ITEMS)

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> int:
            try:
                item = next(self.rest)
            except StopIteration:
                seen.append(("next", "StopIteration"))
                raise
            seen.append(("next", f"{item}"))
            return item

    for x in Shown():
        seen.append(("body", f"{x}"))
    return seen


def arrow(axes: Axes, start: str, end: str, y: float, label: str, colour: str) -> None:
    """A call (rightwards) or an answer (leftwards) from lane to lane."""
    left, right = LANES[start], LANES[end]
    gap = 0.12 if right > left else -0.12
    style = "-" if right > left else (0, (3, 2))
    axes.annotate(
        "",
        (right - gap, y),
        (left + gap, y),
        arrowprops={
            "arrowstyle": "-|>",
            "color": colour,
            "linestyle": style,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    # Beside the lane of the loop, so that no label stands on the lane in the middle.
    axes.text(1.5, y + 0.1, label, ha="center", va="bottom", size=10)


def sequence() -> Figure:
    figure = new_figure(5.2, 4.3)
    axes = figure.subplots()
    calls = loop_calls()
    lowest = -1.05 * sum(2 if kind == "next" else 1 for kind, _ in calls) - 0.2
    for lane, x in LANES.items():
        axes.plot([x, x], [0.35, lowest], color=GREY, lw=0.8, zorder=1)
        axes.text(x, 0.5, lane, ha="center", va="bottom", weight="bold", size=11)
    y = -0.4
    for kind, value in calls:
        if kind == "iter":
            arrow(axes, "for", "iterable", y, "iter", BLUE)
            axes.annotate(
                "",
                (LANES["iterator"] - 0.12, y),
                (LANES["iterable"] + 0.12, y),
                arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 0},
            )
        elif kind == "next":
            arrow(axes, "for", "iterator", y, "next", BLUE)
            y -= 1
            arrow(axes, "iterator", "for", y, value, GREEN)
        else:
            x = LANES["for"]
            axes.fill_between(
                [x - 0.12, x + 0.12], y - 0.35, y + 0.35, color=ORANGE, lw=0, zorder=3
            )
            axes.text(x - 0.3, y, f"x = {value}", ha="right", va="center", size=10)
        y -= 1
    axes.set_xlim(-1.7, 7.2)
    axes.set_ylim(lowest - 0.1, 1.2)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"iterators_and_generators": sequence()}


START, SIZE, BATCH = 4, 2, 2
STAGES = ("CountDown", "windows", "batched")


@dataclass(frozen=True)
class Event:
    """One generator starts to run, or rests or ends; what it gave, and what is kept."""

    stage: int
    kind: str  # call, yield or end
    value: Any
    k: int | None  # of CountDown, if it has one
    window: tuple[int, ...]  # of windows


def pipeline_events() -> list[tuple[Any, list[Event]]]:
    """For each ``next`` of the loop: what it gave, and the events of the run."""
    source = iter(CountDown(START))
    middle = windows(source, SIZE)
    last = batched(middle, BATCH)
    generators: Any = (source, middle, last)
    codes = {g.gi_code: stage for stage, g in enumerate(generators)}
    log: list[Event] = []

    def look(frame: FrameType, event: str, value: Any) -> None:
        stage = codes.get(frame.f_code)
        if stage is None or event not in ("call", "return"):
            return
        kind = "call" if event == "call" else "end" if value is None else "yield"
        k, window = (
            g.gi_frame.f_locals.get(name) if g.gi_frame else None
            for g, name in zip(generators, ("k", "window"))
        )
        log.append(Event(stage, kind, value, k, tuple(window or ())))

    pulls: list[tuple[Any, list[Event]]] = []
    before = sys.getprofile()
    while True:
        log.clear()
        sys.setprofile(look)
        try:
            batch = next(last, None)
        finally:
            sys.setprofile(before)
        pulls.append((batch, log.copy()))
        if batch is None:
            return pulls


def shown(value: Any) -> str:
    """Tuples without the blanks, so that two of them fit into the picture."""
    return repr(value).replace(" ", "")


BOX, HIGH, GAP, TOP = 92, 62, 38, 26  # pixels
WIDE = 3 * BOX + 3 * GAP + 52


def left(stage: int) -> float:
    return 6 + stage * (BOX + GAP)


@dataclass
class State:
    """How the three generators are, as the events so far say."""

    status: list[str]
    k: int | None
    window: tuple[int, ...]
    collected: list[Any]  # what batched has got for the tuple that it makes
    done: list[Any]  # batches that the loop has got
    most: int = 0  # items that a stage had collected at once, so far

    def picture(self, asking: int | None, flying: tuple[int, str] | None) -> Picture:
        """Boxes; a ``next`` on its way to stage ``asking``; an item that comes back."""
        picture = Picture()
        colours = {"paused": BLUE, "runs": ORANGE, "waits": ORANGE}
        inner = (
            [] if self.k is None else [f"k = {self.k}"],
            [f"window: {', '.join(map(str, self.window))}"] if self.window else [],
            [shown(part) for part in self.collected],
        )
        for stage, name in enumerate(STAGES):
            status, x = self.status[stage], left(stage)
            colour = colours.get(status, GREY)
            inside = {"runs": 0.45, "waits": 0.12, "paused": 0.2}.get(status, 0)
            thick = 2.4 if status == "runs" else 1.2
            dashed = status in ("new", "ended")
            picture.rect(x, TOP, BOX, HIGH, colour, inside, colour, thick, dashed)
            picture.text(x + BOX / 2, TOP + 14, name, size=13, bold=True)
            words = ["✓"] if status == "ended" else inner[stage]
            for i, line in enumerate(words):
                picture.text(x + BOX / 2, TOP + 33 + 16 * i, line, size=12)
        picture.text(left(3) + 22, TOP + 14, "for", size=13, bold=True)
        for i, batch in enumerate(self.done):
            y = TOP + HIGH + 30 + 18 * i
            picture.text(WIDE - 8, y, shown(batch), size=12, anchor="end")
        for stage in range(3):
            tail, head = left(stage + 1) - 4, left(stage) + BOX + 4
            if stage == asking:
                picture.arrow((tail, TOP + 22), (head, TOP + 22), ORANGE)
                picture.text((tail + head) / 2, TOP + 10, "next", size=11)
            if flying and stage == flying[0]:
                picture.arrow((head, TOP + 44), (tail, TOP + 44), GREEN)
                picture.text((tail + head) / 2, TOP + HIGH + 8, flying[1], size=12)
        return picture


def frames() -> Iterator[Frame]:
    """Each call and each answer of the run."""
    state = State(["new"] * 3, None, (), [], [])
    made = f"batched(windows(CountDown({START}), {SIZE}), {BATCH})"
    yield Frame(
        state.picture(None, None),
        f"{made} has been made: three generators, and none has run a line. Dashed: not "
        "begun.",
        f"{made} 已经建好：三个生成器，一行代码都还没有执行。虚线框表示尚未开始。",
    )
    for _, events in pipeline_events():
        for event in events:
            yield told(state, event)
    total = sum(map(len, state.done))
    yield Frame(
        state.picture(None, None),
        f"The loop is over, with {len(state.done)} batches of {total} windows. "
        f"No stage ever had more than {state.most} items collected.",
        f"循环结束：{total} 个窗口，分成 {len(state.done)} 个批次。"
        f"任何时候，一个阶段攒下的都不超过 {state.most} 项。",
    )


def told(state: State, event: Event) -> Frame:
    """The state after an event, and what to say of it."""
    stage = event.stage
    state.k, state.window = event.k, event.window
    state.most = max(state.most, len(event.window), len(state.collected))
    if event.kind == "call":
        return called(state, event)
    if stage < 2:
        state.status[stage + 1] = "runs"
    name = STAGES[stage]
    if event.kind == "end":
        state.status[stage] = "ended"
        en, zh = (
            (
                "CountDown comes to the end of its code and raises StopIteration. That "
                "ends the for loop inside windows.",
                "CountDown 的代码执行完了，抛出 StopIteration。windows 里的 for 循环随之结束。",
            ),
            (
                "windows comes to its end as well. batched gets no second item, and keeps "
                "what it has.",
                "windows 也执行完了。batched 拿不到第二项，手里的照样留着。",
            ),
            (
                "windows has ended, and raises StopIteration at once. The batch stays "
                "empty, so batched ends, and with it the loop.",
                "windows 早已结束，立刻又抛出 StopIteration。批次是空的，"
                "batched 于是结束，循环也随之结束。",
            ),
        )[stage]
        return Frame(state.picture(None, (stage, "end")), en, zh)
    state.status[stage] = "paused"
    words = shown(event.value)
    if stage == 0:
        en = f"CountDown yields {words} and rests at its yield; k = {event.k} is kept. "
        en += "windows goes on."
        zh = f"CountDown 产出 {words}，停在 yield 处，k = {event.k} 保留着。windows 继续执行。"
        return Frame(state.picture(None, (0, words)), en, zh)
    if stage == 1:
        state.collected = [*state.collected, event.value]
        state.most = max(state.most, len(state.collected))
        en = f"The window is full: windows yields {words} and rests. batched has "
        zh = f"窗口满了：windows 产出 {words}，然后停下。batched 有了 {len(state.collected)} 项，"
        if len(state.collected) < BATCH:
            en += f"{len(state.collected)} of {BATCH} items now, and will ask again."
            zh += f"还不足 {BATCH} 项，要再取一次。"
        else:
            en += f"{BATCH} items, and asks for no more."
            zh += "够了，不再往下取。"
        return Frame(state.picture(None, (1, words)), en, zh)
    state.collected = []
    state.done = [*state.done, event.value]
    en = f"{name} yields {words}"
    zh = f"{name} 产出 {words}"
    if len(event.value) < BATCH:
        en += ", a shorter one, as the source has ended"
        zh += "，来源已经结束，所以比较短"
    en += ". The body of the loop runs now, and no generator does."
    zh += "。现在执行循环体，三个生成器都不执行。"
    return Frame(state.picture(None, None), en, zh)


def called(state: State, event: Event) -> Frame:
    """A generator is asked for an item."""
    stage, first = event.stage, state.status[event.stage] == "new"
    state.status[stage] = "runs"
    if stage < 2:
        state.status[stage + 1] = "waits"
    asker, asker_zh = (
        ("windows", "windows"),
        ("batched", "batched"),
        ("The loop", "for 循环"),
    )[stage]
    en = f"{asker} calls next on {STAGES[stage]}, which "
    zh = f"{asker_zh} 对 {STAGES[stage]} 调用 next，"
    en += "begins with its first line." if first else "goes on after its yield."
    zh += "它从第一行开始执行。" if first else "它从 yield 之后继续执行。"
    if stage == 0 and not first:
        short = len(event.window) < SIZE
        en += f" The window has {len(event.window)} of {SIZE} items"
        en += (
            ": one more is needed."
            if short
            else ", and the oldest drops out when one comes."
        )
        zh += f"窗口里有 {len(event.window)} 项，"
        zh += f"不足 {SIZE} 项，还要一项。" if short else "再来一项时，最旧的移出。"
    return Frame(state.picture(stage, None), en, zh)


READS = "abaaabbbb"  # who calls next, in order


@dataclass(frozen=True)
class Read:
    """One next on a copy of ``tee``: who, what came, and what the source had given."""

    who: str
    value: int
    given: tuple[int, ...]


def tee_reads() -> list[Read]:
    """A real ``tee`` over a source that writes down what is taken from it."""
    given: list[int] = []

    def source() -> Iterator[int]:
        for number in count(1):
            given.append(10 * number)
            yield given[-1]

    copies = dict(zip("ab", tee(source()), strict=True))
    return [Read(who, next(copies[who]), tuple(given)) for who in READS]


CELL, LOW = 52, 78  # pixels: width of an item; where the row is


def tee_picture(given: tuple[int, ...], places: dict[str, int], most: int) -> Picture:
    """Items in a row; those kept for the reader that is behind are filled."""
    picture = Picture()
    kept = range(*sorted(places.values()))
    for i in range(most):
        x = 14 + i * CELL
        known = i < len(given)
        colour = ORANGE if i in kept else BLUE if known else GREY
        inside = 0.45 if i in kept else 0
        picture.rect(x, LOW, CELL, 30, colour if known else GREY, inside, colour,
                     1.6 if known else 1, dashed=not known)  # fmt: skip
        if known:
            picture.text(x + CELL / 2, LOW + 15, given[i], bold=i in kept)
    for who, y, tip in (("a", LOW - 36, LOW - 5), ("b", LOW + 66, LOW + 35)):
        x = 14 + places[who] * CELL  # between what was read and what comes next
        picture.arrow((x, y), (x, tip), GREEN)
        picture.text(x, y - 10 if who == "a" else y + 10, who, bold=True)
    return picture


def tee_frames() -> Iterator[Frame]:
    """Each next of one of the two copies, and how many items tee must keep then."""
    reads = tee_reads()
    most = len(reads[-1].given)
    places = {"a": 0, "b": 0}
    longest = 0
    yield Frame(
        tee_picture((), places, most),
        "a, b = tee(source): two readers of one source, and nothing has been taken from "
        "it yet.",
        "a, b = tee(source)：两个读者共用一个来源，一个元素都还没有取。",
    )
    before: tuple[int, ...] = ()
    for read in reads:
        places[read.who] += 1
        ahead = abs(places["a"] - places["b"])
        longest = max(longest, ahead)
        if read.given == before:
            en = f"{read.who} gets {read.value} from what tee has kept: the source is "
            en += f"not asked, and has still given {len(read.given)}. "
            zh = f"{read.who} 拿到 {read.value}，是 tee 留着的：不必问来源，"
            zh += f"来源仍只给出过 {len(read.given)} 个。"
        else:
            en = f"{read.who} is in front, so the source is asked and gives {read.value}, "
            en += f"its item {len(read.given)}. "
            zh = f"{read.who} 走在前面，于是向来源要，得到第 {len(read.given)} 个元素 "
            zh += f"{read.value}。"
        other = "b" if places["a"] > places["b"] else "a"
        if ahead:
            en += f"Kept for {other} (filled): {ahead}."
            zh += f"替 {other} 留着的（填色）：{ahead} 个。"
        else:
            en += f"Both have read it, so {ahead} must be kept."
            zh += f"两个都读过了，要留的有 {ahead} 个。"
        yield Frame(tee_picture(read.given, places, most), en, zh)
        before = read.given
    yield Frame(
        tee_picture(before, places, most),
        f"What must be kept is the lead of one reader over the other: up to {longest} here, "
        "and the whole stream if one reads to the end first.",
        f"要保留的，就是一个读者领先另一个的部分：这里最多 {longest} 个；"
        "如果一个先读到底，就是整个数据流。",
    )


def steps() -> dict[str, Steps]:
    """The run of the pipeline, and that of tee, one call or one answer at a time."""
    name = "iterators_and_generators"
    wide = 28 + len(tee_reads()[-1].given) * CELL
    return {
        f"{name}_steps": Steps(WIDE, TOP + HIGH + 62, [*frames()]),
        f"{name}_tee_steps": Steps(wide, LOW + 96, [*tee_frames()]),
    }
