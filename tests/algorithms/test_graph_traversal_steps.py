"""Oracles: networkx, and both searches and Kahn's order by recursion or brute force."""

import re

import networkx as nx

from tests.frames import captions, words

BFS, DFS, KAHN = (
    f"algorithms/graph_traversal_{name}" for name in ("bfs", "dfs", "kahn")
)
NODES = "abcdefgh"
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
COURSES = {"A": "BC", "B": "D", "C": "DE", "D": "F", "E": "F", "F": ""}


def shown(name, index, graph):
    """Beside each node what stands there, and the rest of the texts: the row below."""
    notes, rest = {}, words(name, index)
    for node in graph:
        assert rest.pop(0) == node
        if rest and re.fullmatch(r"\d+( /( \d*)?)?", rest[0]):
            notes[node] = rest.pop(0).strip()
    return notes, rest


def test_distances_are_those_of_networkx_and_each_node_enters_once():
    g = nx.DiGraph((u, v) for u in GRAPH for v in GRAPH[u])
    far = nx.single_source_shortest_path_length(g, "a")
    said = captions(BFS)
    entered, left = ["a"], []
    for index in range(len(said)):
        notes, queue = shown(BFS, index, GRAPH)
        assert {v: int(d) for v, d in notes.items()} == {
            v: d for v, d in far.items() if v in notes
        }
        held = [far[v] for v in queue]
        assert held == sorted(held)
        assert not held or held[-1] - held[0] <= 1
        if index:
            [u] = re.findall(r"^(\w) leaves the queue; its distance is", said[index])
            assert f"its distance is {far[u]}." in said[index]
            left.append(u)
            entered += [v for v in notes if v not in entered]
        assert sorted(left + queue) == sorted(notes)
    assert sorted(left) == sorted(entered) == list(NODES)
    assert [far[u] for u in left] == sorted(far.values())
    assert said[-1].endswith("The queue is empty: the search is over.")


def test_marks_met_are_named():
    known = {"a"}
    for caption in captions(BFS)[1:]:
        u = caption[0]
        new = re.search(r"(?:^|\. )((?:\w, )*\w) (?:is|are) unmarked", caption)
        old = re.search(r"(?:^|\. )((?:\w, )*\w) (?:has|have) a mark", caption)
        assert (set(new[1].split(", ")) if new else set()) == set(GRAPH[u]) - known
        assert (set(old[1].split(", ")) if old else set()) == set(GRAPH[u]) & known
        known |= set(GRAPH[u])


def recursive():
    """Each event as time, what it is, node and stack; and what was read before it."""
    events, open_, done = [], [], []

    def visit(u):
        open_.append(u)
        events.append(("discovered", u, list(open_), reads.copy()))
        reads.clear()
        seen = dict.fromkeys(GRAPH[u])
        for v in seen:
            if v in open_:
                reads.append((v, "open: a back edge"))
            elif v not in done:
                visit(v)
            else:
                later = events_of(v) > events_of(u)
                word = "forward" if later else "cross"
                reads.append((v, f"finished: a {word} edge"))
        open_.pop()
        done.append(u)
        events.append(("finished", u, list(open_), reads.copy()))
        reads.clear()

    def events_of(u):
        return [e[:2] for e in events].index(("discovered", u))

    reads = []
    visit("a")
    return events


def test_each_event_of_the_depth_first_search_is_that_of_the_recursion():
    events, said = recursive(), captions(DFS)
    assert len(events) == len(said) == 2 * len(NODES)
    times = {}
    for clock, (what, u, stack, reads) in enumerate(events):
        notes, row = shown(DFS, clock, GRAPH)
        assert row == stack
        times[u] = f"{times[u]}{clock}" if what == "finished" else f"{clock} / "
        assert notes == {v: t.strip() for v, t in times.items()}
        assert f"Time {clock}: " in said[clock]
        assert (
            re.findall(r"reads (\w), which is (\w+: a \w+ edge)", said[clock]) == reads
        )
        if what == "finished":
            assert (
                f"{u} has no more successors. It is finished, {times[u]}" in said[clock]
            )
    kinds = " ".join(said)
    for word in ("back", "cross", "forward"):
        assert f"a {word} edge" in kinds


def test_kahn_counts_the_edges_from_nodes_not_yet_taken():
    said = captions(KAHN)
    taken = []
    for index in range(len(said)):
        notes, row = shown(KAHN, index, COURSES)
        if index:
            taken.append(said[index][0])
        want = {
            v: sum(COURSES[u].count(v) for u in COURSES if u not in taken)
            for v in COURSES
            if v not in taken
        }
        assert {v: int(count) for v, count in notes.items()} == want
        queue, order = row[: len(row) - len(taken)], row[len(row) - len(taken) :]
        assert order == taken
        assert sorted(queue) == [v for v in want if want[v] == 0]
        for v, count in re.findall(r"(\w): (\d)", said[index]):
            assert want[v] == int(count)
    g = nx.DiGraph((u, v) for u in COURSES for v in COURSES[u])
    assert taken in list(nx.all_topological_sorts(g))
    assert f"all {len(COURSES)} nodes are in the order: there is no cycle" in said[-1]
