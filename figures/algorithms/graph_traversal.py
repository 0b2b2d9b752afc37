"""A digraph with its times, kinds of edges and condensation; queue, stack and Kahn at work."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, new_figure
from snippets.algorithms.graph_traversal import (
    bfs_distances,
    dfs_times,
    strong_components,
    topological_order,
)

GRAPH = {
    "a": "b",
    "b": "cef",
    "c": "dg",
    "d": "ch",
    "e": "af",
    "f": "g",
    "g": "fh",
    "h": "h",
}
PLACES = {node: (k % 4, k // 4) for k, node in enumerate("abcdefgh")}
COURSES = {"A": "BC", "B": "D", "C": "DE", "D": "F", "E": "F", "F": ""}
STANDS = {
    "A": (0, 0.5),
    "B": (1, 0),
    "C": (1, 1),
    "D": (2, 0),
    "E": (2, 1),
    "F": (3, 0.5),
}
COLOURS = {"tree": BLUE, "forward": GREEN, "back": ORANGE, "cross": PINK}
DASHES: dict[str, Any] = {
    "tree": "-",
    "forward": (0, (6, 1.5)),
    "back": (0, (3, 1.5)),
    "cross": (0, (1, 1)),
}


def kind(
    u: Any, v: Any, discovery: Mapping[Any, int], finish: Mapping[Any, int]
) -> str:
    """Of an edge, from the times alone; there are no parallel edges here."""
    if discovery[v] <= discovery[u] and finish[u] <= finish[v]:
        return "back"
    if finish[v] < discovery[u]:
        return "cross"
    around = [
        w for w in discovery if discovery[w] < discovery[v] and finish[v] < finish[w]
    ]
    return "tree" if u == max(around, key=discovery.__getitem__) else "forward"


def times() -> Figure:
    discovery, finish = dfs_times(GRAPH)
    parts = strong_components(GRAPH)
    figure = new_figure(4.3, 3.85)
    axes = figure.subplots()

    def at(node: str) -> tuple[float, float]:
        column, row = PLACES[node]
        return 1.35 * column, -1.35 * row

    for part in parts:
        way = [at(node) for node in sorted(part)]
        around = []
        for k in range(72):  # the farthest place in each direction, and a bit further
            to = cos(pi * k / 36), sin(pi * k / 36)
            x, y = max(way, key=lambda p: p[0] * to[0] + p[1] * to[1])
            around.append((x + 0.36 * to[0], y + 0.36 * to[1]))
        axes.fill(*zip(*around), color=GREY, alpha=0.22, lw=0, zorder=0)
    for u in GRAPH:
        for v in GRAPH[u]:
            said = kind(u, v, discovery, finish)
            look = {"color": COLOURS[said], "lw": 1.7, "linestyle": DASHES[said]}
            if u == v:
                x, y = at(u)
                ends, bend = ((x + 0.24, y + 0.17), (x + 0.24, y - 0.17)), -1.7
            else:
                ends, bend = (at(u), at(v)), 0.22 if u in GRAPH[v] else 0.0
            axes.add_patch(
                FancyArrowPatch(
                    *ends,
                    connectionstyle=f"arc3,rad={bend}",
                    arrowstyle="-|>",
                    mutation_scale=11,
                    shrinkA=0 if u == v else 13,
                    shrinkB=0 if u == v else 13,
                    zorder=2,
                    **look,
                )
            )
    for node in GRAPH:
        x, y = at(node)
        axes.plot(x, y, "o", ms=21, mfc="none", mec=INK, mew=1.1, zorder=3)
        axes.text(x, y, node, ha="center", va="center_baseline", fontsize=11, zorder=4)
        up = 0.47 if PLACES[node][1] == 0 else -0.47
        axes.text(
            x,
            y + up,
            f"{discovery[node]} / {finish[node]}",
            ha="center",
            va="center",
            fontsize=9,
        )
    # The condensation, below so that it can be read on a phone: one node for each component, in the order of the code.
    spots = [(0.4, -3.1), (2.05, -2.5), (2.05, -3.7), (3.7, -3.1)]
    for spot, part in zip(spots, parts):
        axes.plot(*spot, "o", ms=32, color=GREY, alpha=0.2, mew=0)
        axes.plot(*spot, "o", ms=32, mfc="none", mec=INK, mew=1.1)
        axes.text(*spot, " ".join(sorted(part)), ha="center", va="center_baseline")
    place = {node: k for k, part in enumerate(parts) for node in part}
    joined = {(place[u], place[v]) for u in GRAPH for v in GRAPH[u]}
    for i, j in sorted(joined):
        if i != j:
            axes.add_patch(
                FancyArrowPatch(
                    spots[i],
                    spots[j],
                    arrowstyle="-|>",
                    mutation_scale=11,
                    shrinkA=18,
                    shrinkB=18,
                    color=INK,
                    lw=1.2,
                )
            )
    axes.set_xlim(-0.55, 4.85)
    axes.set_ylim(-4.15, 0.68)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"graph_traversal": times()}


LEFT, TOP, WIDE, HIGH, RADIUS = 32, 40, 92, 86, 16  # pixels


def spot(places: Mapping[Any, tuple[float, float]], node: Any) -> tuple[float, float]:
    column, row = places[node]
    return LEFT + WIDE * column, TOP + HIGH * row


def graph_seen(
    picture: Picture,
    graph: Mapping[Any, Any],
    places: Mapping[Any, tuple[float, float]],
    nodes: Mapping[Any, str],
    edges: Mapping[tuple[Any, Any], str],
    notes: Mapping[Any, str],
) -> None:
    """The graph, with the colours of the nodes and edges that have one, and notes."""
    for u in graph:
        for v in graph[u]:
            colour = edges.get((u, v), "")
            (x, y), (to, down) = spot(places, u), spot(places, v)
            if u == v:
                thick = 2.4 if colour else 1.2
                picture.circle(x + 18, y - 12, 9, edge=colour or GREY, thick=thick)
                continue
            if u in graph[v]:  # two lines side by side
                far = hypot(to - x, down - y)
                off = 5 * (down - y) / far, -5 * (to - x) / far
                x, y, to, down = x + off[0], y + off[1], to + off[0], down + off[1]
            thick = 2.4 if colour else 1.2
            picture.arrow((x, y), (to, down), colour or GREY, thick, gap=RADIUS + 2)
    for node in graph:
        x, y = spot(places, node)
        colour = nodes.get(node, "")
        thick = 2.5 if colour == ORANGE else 1.5 if colour else 1
        picture.circle(x, y, RADIUS, colour or "none", 0.3, colour or GREY, thick)
        picture.text(x, y, node, bold=colour == ORANGE)
        if node in notes:
            row = places[node][1]
            picture.text(x, y - 27 if row < 0.5 else y + 27, notes[node], size=13)


def row_seen(picture: Picture, items: list[Any], y: float, colour: str) -> None:
    """A queue, whose front is on the left, or a stack, whose top is on the right."""
    picture.line([(LEFT - RADIUS, y + 30), (LEFT + 3 * WIDE + RADIUS, y + 30)], GREY)
    for k, item in enumerate(items):
        x = LEFT - RADIUS + 34 * k
        picture.rect(x, y, 30, 26, colour, 0.3, colour)
        picture.text(x + 15, y + 13, item)


def listed(nodes: Any, joint: str) -> str:
    return joint.join(map(str, nodes))


def breadth() -> Steps:
    """The queue and the distances after each pop."""
    result, moments = record(
        lambda: bfs_distances(GRAPH, "a"),
        bfs_distances,
        ["u = queue.popleft()"],
        lambda seen: {"queue": list(seen["queue"]), "distance": dict(seen["distance"])},
    )
    after = [*moments, {"queue": [], "distance": result}]
    frames = [
        _breadth(
            None,
            after[0],
            "The source a has distance 0, is marked, and waits in the queue (below; the "
            "front is on the left). The other nodes have no distance yet. Colours: orange leaves the queue, blue is in it, green is done.",
            "起点 a 的距离是 0，已做标记，在队列里等着（下方，队首在左）。其余结点还没有距离。橙色是正在出队的结点，蓝色在队列里，绿色已处理完。",
        )
    ]
    for before, then in pairwise(after):
        u = before["queue"][0]
        d = before["distance"][u]
        new = [v for v in then["distance"] if v not in before["distance"]]
        old = list(dict.fromkeys(v for v in GRAPH[u] if v not in new))
        en, zh = (
            f"{u} leaves the queue; its distance is {d}.",
            f"{u} 出队，距离是 {d}。",
        )
        if new:
            they = "is unmarked: it gets" if len(new) == 1 else "are unmarked: they get"
            joins = "joins" if len(new) == 1 else "join"
            en += (
                f" {listed(new, ', ')} {they} the distance {d} + 1 = {d + 1}, and {joins} "
                "the queue at once, marked."
            )
            zh += f"{listed(new, '、')} 还没有标记：距离为 {d} + 1 = {d + 1}，立刻标记并入队。"
        if old:
            has = "has" if len(old) == 1 else "have"
            en += f" {listed(old, ', ')} {has} a mark: nothing to do."
            zh += f"{listed(old, '、')} 已有标记，跳过。"
        if not then["queue"]:
            en += " The queue is empty: the search is over."
            zh += "队列空了，搜索结束。"
        frames.append(_breadth(u, then, en, zh))
    return Steps(LEFT + 3 * WIDE + 40, TOP + HIGH + 88, frames)


def _breadth(u: Any, then: dict[str, Any], en: str, zh: str) -> Frame:
    picture = Picture()
    nodes = {v: GREEN for v in then["distance"]} | {v: BLUE for v in then["queue"]}
    if u is not None:
        nodes[u] = ORANGE
    notes = {v: str(d) for v, d in then["distance"].items()}
    edges = {(u, v): ORANGE for v in GRAPH[u]} if u is not None else {}
    graph_seen(picture, GRAPH, PLACES, nodes, edges, notes)
    row_seen(picture, then["queue"], TOP + HIGH + 48, BLUE)
    return Frame(picture, en, zh)


def depth() -> Steps:
    """The stack and the clock after each discovery and each finish."""
    events = ["discovery[root] = clock", "discovery[v] = clock", "finish[u] = clock"]

    def kept(seen: dict[str, Any]) -> dict[str, Any]:
        return {
            "clock": seen["clock"],
            "path": [node for node, _ in seen.get("stack", [])],
            "root": seen.get("root"),
            "u": seen.get("u"),
            "v": seen.get("v"),
        }

    (discovery, finish), moments = record(
        lambda: dfs_times(GRAPH), dfs_times, [*events, "if v not in discovery:"], kept
    )
    frames: list[Frame] = []
    read: dict[tuple[str, str], str] = {}
    skipped: list[str] = []
    for moment in moments:
        u, v, clock = moment["u"], moment["v"], moment["clock"]
        if moment["line"] not in events:
            said = kind(u, v, discovery, finish)
            read[u, v] = COLOURS[said]
            if said != "tree":
                skipped.append(v)
            continue
        known = {w: t for w, t in discovery.items() if t <= clock}
        done = {w: t for w, t in finish.items() if t <= clock}
        path = moment["path"]
        en = zh = ""
        for w in skipped:
            now = "open" if w not in finish or finish[w] >= clock else "finished"
            edge = kind(u, w, discovery, finish)
            words = {"back": "后向边", "forward": "前向边", "cross": "横向边"}
            en += f"{u} reads {w}, which is {now}: a {edge} edge. "
            state = "还没结束" if now == "open" else "已经结束"
            zh += f"{u} 看到 {w}，它{state}：{words[edge]}。"
        skipped = []
        if moment["line"] == events[0]:
            here, path = moment["root"], [moment["root"]]
            en += f"Time {clock}: the search begins at {here}, the first key. Orange is where it is now, blue is open, green finished; the stack is below, its top on the right."
            zh += f"时刻 {clock}：从第一个键 {here} 开始搜索。橙色是当前结点，蓝色还没结束，绿色已经结束；下方是栈，栈顶在右。"
        elif moment["line"] == events[1]:
            here, path = v, [*path, v]
            en += f"Time {clock}: {u} reads {v}, which is new. It is discovered and goes on top of the stack."
            zh += f"时刻 {clock}：{u} 看到新结点 {v}，于是发现它，压到栈顶。"
        else:
            here, path = u, path[:-1]
            en += f"Time {clock}: {u} has no more successors. It is finished, {discovery[u]} / {clock}, and leaves the stack."
            zh += f"时刻 {clock}：{u} 没有后继可看了，结束（{discovery[u]} / {clock}），出栈。"
            if path:
                en += f" {path[-1]} goes on where it was left."
                zh += f"{path[-1]} 从刚才停下的地方接着看。"
        picture = Picture()
        nodes = {w: GREEN if w in done else BLUE for w in known} | {here: ORANGE}
        notes = {w: f"{t} / {done.get(w, '')}" for w, t in known.items()}
        graph_seen(picture, GRAPH, PLACES, nodes, read, notes)
        row_seen(picture, path, TOP + HIGH + 48, BLUE)
        frames.append(Frame(picture, en, zh))
    return Steps(LEFT + 3 * WIDE + 40, TOP + HIGH + 88, frames)


def kahn() -> Steps:
    """The edges that each node still waits for, the queue and the order."""
    result, moments = record(
        lambda: topological_order(COURSES),
        topological_order,
        ["u = queue.popleft()", "if len(order) < len(successors):"],
        lambda seen: {
            "queue": list(seen["queue"]),
            "waits": dict(seen["waits_for"]),
            "order": list(seen["order"]),
        },
    )
    assert moments[-1]["order"] == result
    free = listed(moments[0]["queue"], ", ")
    frames = [
        _kahn(
            None,
            moments[0],
            f"Beside each node: how many edges come in from nodes not yet taken. Only {free} "
            "waits for nobody, and stands in the queue (upper row).",
            f"结点旁边的数，是从还没取走的结点来的边数。只有 {free} 谁也不用等，进入队列（上面一行）。",
        )
    ]
    for before, then in pairwise(moments):
        u = before["queue"][0]
        less = [f"{v}: {then['waits'][v]}" for v in COURSES[u]]
        new = [v for v in then["queue"] if v not in before["queue"]]
        en = f"{u} is next in the order (lower row)."
        zh = f"{u} 排到次序里（下面一行）。"
        if less:
            en += f" Its edges are crossed off; what is still waited for: {listed(less, ', ')}."
            zh += f"划掉它的边，还要等的边数：{listed(less, '，')}。"
        if new:
            en += f" At 0, into the queue: {listed(new, ', ')}."
            zh += f"减到 0 的入队：{listed(new, '、')}。"
        if not then["queue"]:
            n = len(COURSES)
            en += f" The queue is empty, and all {n} nodes are in the order: there is no cycle."
            zh += f"队列空了，{n} 个结点都排好了：图中没有环。"
        frames.append(_kahn(u, then, en, zh))
    return Steps(LEFT + 3 * WIDE + 40, TOP + HIGH + 124, frames)


def _kahn(u: Any, then: dict[str, Any], en: str, zh: str) -> Frame:
    picture = Picture()
    nodes = {v: GREEN for v in then["order"]} | {v: BLUE for v in then["queue"]}
    if u is not None:
        nodes[u] = ORANGE
    notes = {v: str(t) for v, t in then["waits"].items() if v not in then["order"]}
    edges = {(w, v): GREEN for w in then["order"] for v in COURSES[w]}
    if u is not None:
        edges |= {(u, v): ORANGE for v in COURSES[u]}
    graph_seen(picture, COURSES, STANDS, nodes, edges, notes)
    row_seen(picture, then["queue"], TOP + HIGH + 48, BLUE)
    row_seen(picture, then["order"], TOP + HIGH + 84, GREEN)
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    return {
        "graph_traversal_bfs_steps": breadth(),
        "graph_traversal_dfs_steps": depth(),
        "graph_traversal_kahn_steps": kahn(),
    }
