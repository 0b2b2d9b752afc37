"""Oracles: networkx, reachability by matrix powers, recursion, closed forms."""

import itertools
import math
import random
import re
from collections import deque

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.algorithms.graph_traversal import (
    CALLS,
    SHAPES,
    SIZES,
    looks,
    pushes,
    random_graph,
)
from benchmarks.growth import exponent
from snippets.algorithms.graph_traversal import (
    bfs_distances,
    count_islands,
    dfs_times,
    grid_distances,
    strong_components,
    topological_order,
    two_coloring,
)

DIAMOND = {0: [1, 2], 1: [3], 2: [3], 3: []}
PAGES = {
    "a": "b",
    "b": "cef",
    "c": "dg",
    "d": "ch",
    "e": "af",
    "f": "g",
    "g": "fh",
    "h": "h",
}


def some_graph(draw, n, p=None):
    """A random digraph, self-loops and repeated edges included, nodes in any order."""
    p = draw.choice([0.1, 0.2, 0.4]) if p is None else p
    nodes = draw.sample(range(n), n)
    graph = {u: [v for v in nodes if draw.random() < p] for u in nodes}
    for successors in graph.values():
        draw.shuffle(successors)
        if successors and draw.random() < 0.1:
            successors.append(successors[0])
    return graph


def to_networkx(graph, kind=nx.MultiDiGraph):
    g = kind()
    g.add_nodes_from(graph)
    g.add_edges_from((u, v) for u in graph for v in graph[u])
    return g


graphs = st.builds(
    lambda seed, n: some_graph(random.Random(seed), n),
    st.integers(0, 2**32),
    st.integers(0, 8),
)


def recursive_times(graph):
    """Discovery and finish, straight from the definition."""
    discovery, finish, clock = {}, {}, itertools.count()

    def visit(u):
        discovery[u] = next(clock)
        for v in graph[u]:
            if v not in discovery:
                visit(v)
        finish[u] = next(clock)

    for u in graph:
        if u not in discovery:
            visit(u)
    return discovery, finish


def has_cycle(graph):
    """By matrix powers: some walk of n edges exists if and only if there is a cycle."""
    nodes = list(graph)
    a = np.array([[int(v in graph[u]) for v in nodes] for u in nodes], dtype=object)
    a = a.reshape(len(nodes), len(nodes))
    walks = np.eye(len(nodes), dtype=object)
    for _ in nodes:
        walks = walks @ a
    return bool(nodes) and bool(walks.any())


def kind(discovery, finish, u, v):
    """Of an edge u -> v, by its four times."""
    du, dv, fu, fv = discovery[u], discovery[v], finish[u], finish[v]
    if du < dv < fv < fu:
        return "tree or forward"
    if dv <= du < fu <= fv:
        return "back"
    assert fv < du
    return "cross"


# Against networkx


@pytest.mark.parametrize("seed", range(3))
def test_500_random_digraphs_against_networkx(seed):
    draw = random.Random(seed)
    for _ in range(500):
        graph = some_graph(draw, draw.randrange(8))
        g = to_networkx(graph)
        for source in graph:
            found = bfs_distances(graph, source)
            assert found == nx.single_source_shortest_path_length(g, source)
            assert list(found.values()) == sorted(found.values())
        parts = strong_components(graph)
        assert sorted(map(sorted, parts)) == sorted(
            map(sorted, nx.strongly_connected_components(g))
        )
        place = {v: i for i, part in enumerate(parts) for v in part}
        assert all(place[u] <= place[v] for u in graph for v in graph[u])
        acyclic = nx.is_directed_acyclic_graph(g)
        if acyclic:
            order = topological_order(graph)
            rank = {v: i for i, v in enumerate(order)}
            assert sorted(order) == sorted(graph)
            assert all(rank[u] < rank[v] for u in graph for v in graph[u])
        else:
            with pytest.raises(ValueError, match="graph must have no cycle, got "):
                topological_order(graph)
        colours = two_coloring(graph)
        assert (colours is not None) == nx.is_bipartite(to_networkx(graph, nx.Graph))
        if colours is not None:
            assert list(colours) == list(graph)
            assert all(colours[u] + colours[v] == 1 for u in graph for v in graph[u])
            for part in nx.weakly_connected_components(g):
                assert colours[next(u for u in graph if u in part)] == 0
        discovery, finish = dfs_times(graph)
        kinds = {kind(discovery, finish, u, v) for u in graph for v in graph[u]}
        assert ("back" in kinds) == (not acyclic) == has_cycle(graph)


@given(graphs)
def test_times_are_those_of_recursion_and_are_nested_or_apart(graph):
    discovery, finish = dfs_times(graph)
    assert (discovery, finish) == recursive_times(graph)
    assert list(discovery.values()) == sorted(discovery.values())
    assert list(finish.values()) == sorted(finish.values())
    assert sorted([*discovery.values(), *finish.values()]) == [*range(2 * len(graph))]
    g = to_networkx(graph, nx.DiGraph)
    for u, v in itertools.combinations(discovery, 2):
        assert discovery[u] < discovery[v]
        nested = finish[v] < finish[u]
        assert nested or finish[u] < discovery[v]
        if nested:  # an interval inside another: there is a path
            assert nx.has_path(g, u, v)


@given(graphs)
def test_times_tell_what_colour_the_far_end_had_when_the_edge_was_read(graph):
    """Three colours, by recursion: white at first, grey on the path, then black."""
    discovery, finish = dfs_times(graph)
    colour = dict.fromkeys(graph, "white")

    def visit(u):
        colour[u] = "grey"
        for v in graph[u]:
            said = kind(discovery, finish, u, v)
            if colour[v] == "white":
                assert said == "tree or forward"
                visit(v)
            elif colour[v] == "grey":
                assert said == "back"
            else:
                forward = discovery[u] < discovery[v]
                assert said == ("tree or forward" if forward else "cross")
        colour[u] = "black"

    for u in graph:
        if colour[u] == "white":
            visit(u)


@given(graphs)
def test_the_reversed_finish_is_a_topological_order_without_cycles(graph):
    _, finish = dfs_times(graph)
    backwards = list(finish)[::-1]
    rank = {v: i for i, v in enumerate(backwards)}
    right = all(rank[u] < rank[v] for u in graph for v in graph[u])
    assert right == (not has_cycle(graph))


@given(graphs)
def test_the_cycle_of_the_message_is_one(graph):
    try:
        topological_order(graph)
    except ValueError as error:
        way = [int(word) for word in str(error).split(", got ")[1].split(" -> ")]
        assert len(way) >= 2
        assert way[0] == way[-1]
        assert len(set(way)) == len(way) - 1
        assert all(v in graph[u] for u, v in itertools.pairwise(way))
    else:
        assert not has_cycle(graph)


@given(graphs)
def test_kosaraju_finds_the_same_components(graph):
    """Latest finish first, each with what still reaches it: the second way."""
    _, finish = dfs_times(graph)
    before = {u: [w for w in graph if u in graph[w]] for u in graph}
    found, taken = [], set()
    for root in list(finish)[::-1]:
        if root not in taken:
            rest = {u: [w for w in before[u] if w not in taken] for u in before}
            part = set(bfs_distances(rest, root))
            found.append(part)
            taken |= part
    assert sorted(map(sorted, found)) == sorted(map(sorted, strong_components(graph)))


# By hand


def test_the_diamond_by_hand():
    assert topological_order(DIAMOND) == [0, 1, 2, 3]
    assert dfs_times(DIAMOND) == ({0: 0, 1: 1, 3: 2, 2: 5}, {3: 3, 1: 4, 2: 6, 0: 7})
    assert bfs_distances(DIAMOND, 0) == {0: 0, 1: 1, 2: 1, 3: 2}
    assert bfs_distances(DIAMOND, 3) == {3: 0}
    assert strong_components(DIAMOND) == [{0}, {2}, {1}, {3}]
    assert two_coloring(DIAMOND) == {0: 0, 1: 1, 2: 1, 3: 0}


def test_the_components_of_the_eight_pages():
    assert strong_components(PAGES) == [set("abe"), set("cd"), set("fg"), set("h")]


def test_kahn_takes_nodes_in_the_order_of_the_keys():
    assert topological_order({2: [], 0: [], 1: []}) == [2, 0, 1]
    assert topological_order({"b": "a", "c": "a", "a": ""}) == ["b", "c", "a"]
    assert topological_order({0: [1, 1], 1: []}) == [0, 1]


def test_nothing_and_one_node():
    assert dfs_times({}) == ({}, {})
    assert topological_order({}) == []
    assert strong_components({}) == []
    assert two_coloring({}) == {}
    assert bfs_distances({"x": []}, "x") == {"x": 0}
    assert strong_components({"x": []}) == [{"x"}]
    assert two_coloring({"x": []}) == {"x": 0}


def test_a_self_loop_has_no_colours_and_no_order():
    assert two_coloring({0: [0]}) is None
    with pytest.raises(ValueError, match=r"no cycle, got 0 -> 0$"):
        topological_order({0: [0]})
    assert strong_components({0: [0], 1: []}) == [{1}, {0}]


def test_the_message_shows_the_two_ends_of_a_long_cycle():
    def said(n):
        with pytest.raises(ValueError, match="no cycle, got ") as caught:
            topological_order({k: [(k + 1) % n] for k in range(n)})
        return str(caught.value).split(", got ")[1].split(" -> ")

    assert said(19) == [*map(str, range(19)), "0"]
    assert said(20) == [*map(str, range(10)), "...", *map(str, range(11, 20)), "0"]
    assert said(10_000)[10:12] == ["...", "9991"]


def test_a_source_that_is_no_number_at_all_may_be_its_own_key():
    assert bfs_distances({math.nan: [math.nan]}, math.nan) == {math.nan: 0}


def test_odd_rings_have_no_two_colours_and_even_ones_have():
    for n in range(3, 12):
        ring = {k: [(k + 1) % n] for k in range(n)}
        assert (two_coloring(ring) is None) == (n % 2 == 1)


def test_equal_keys_of_other_types_are_the_same_node():
    """The results hold the keys of the dict, not what stood in a list."""
    graph = {0: [np.int64(1)], 1: np.array([0])}
    for nodes in (
        bfs_distances(graph, np.int64(0)),
        dfs_times(graph)[0],
        strong_components(graph)[0],
        topological_order({0: [np.int64(1)], 1: []}),
    ):
        assert sorted(nodes) == [0, 1]
    assert all(type(v) is int for v in strong_components(graph)[0])
    for source in (np.int64(0), False, 0.0):
        assert [type(v) for v in bfs_distances(graph, source)] == [int, int]
    assert [type(v) for v in dfs_times(graph)[0]] == [int, int]


def test_successors_may_be_any_iterable_and_the_graph_stays_as_it_was():
    def fresh():
        return {0: iter([1, 2]), 1: (2,), 2: {0: "x"}, 3: set()}

    for call in (
        dfs_times,
        strong_components,
        two_coloring,
        lambda g: bfs_distances(g, 0),
    ):
        lists = {0: [1, 2], 1: [2], 2: [0], 3: []}
        assert call(fresh()) == call(lists)
        assert lists == {0: [1, 2], 1: [2], 2: [0], 3: []}


@pytest.mark.parametrize(
    "call",
    [
        dfs_times,
        strong_components,
        two_coloring,
        topological_order,
        lambda g: bfs_distances(g, next(iter(g))),
    ],
)
def test_what_is_no_graph_is_refused(call):
    with pytest.raises(
        ValueError, match=r"successor must be a key of the graph, got 2"
    ):
        call({0: [1], 1: [2]})
    with pytest.raises(ValueError, match=r"must be a key of the graph, got \[1\]"):
        call({0: [[1]]})
    with pytest.raises(ValueError, match="successors of 0 must be iterable, got 5"):
        call({0: 5})
    with pytest.raises(
        ValueError, match=r"graph must be a dict .* got \[\[1\], \[\]\]"
    ):
        call([[1], []])


def test_a_source_that_is_no_node_is_refused():
    for bad in (7, "0", None, [0]):
        with pytest.raises(
            ValueError,
            match=re.escape(f"source must be a key of the graph, got {bad!r}"),
        ):
            bfs_distances({0: []}, bad)


def test_long_chains_need_no_recursion():
    n = 20_000
    chain = {k: [k + 1] if k + 1 < n else [] for k in range(n)}
    assert bfs_distances(chain, 0)[n - 1] == n - 1
    assert dfs_times(chain)[1][0] == 2 * n - 1
    assert topological_order(chain) == list(range(n))
    assert strong_components(chain)[n - 1] == {n - 1}
    assert two_coloring(chain)[n - 1] == (n - 1) % 2
    assert count_islands([[1] * n]) == 1
    ring = chain | {n - 1: [0]}
    assert strong_components(ring) == [set(range(n))]


# Marks


def bfs_that_marks_at_pop(n, steps, test_again):
    """How many pushes; with ``test_again`` a marked cell is dropped at its pop."""
    queue, marked, count = deque([(0, 0)]), set(), 1
    while queue:
        y, x = queue.popleft()
        if (y, x) in marked and test_again:
            continue
        marked.add((y, x))
        for dy, dx in steps:
            a, b = y + dy, x + dx
            if 0 <= a < n and 0 <= b < n and (a, b) not in marked:
                queue.append((a, b))
                count += 1
    return count


FOUR = ((-1, 0), (0, -1), (0, 1), (1, 0))


@pytest.mark.parametrize(("n", "at_pop"), [(4, 25), (8, 113), (10, 181)])
def test_marking_at_pop_pushes_cells_again(n, at_pop):
    assert bfs_that_marks_at_pop(n, FOUR, True) == at_pop
    assert at_pop == n * n + (n - 1) ** 2
    assert pushes(n) == n * n


@pytest.mark.parametrize(("n", "paths"), [(4, 69), (8, 12_869), (10, 184_755)])
def test_without_another_test_there_is_an_entry_for_each_path(n, paths):
    right_down = ((0, 1), (1, 0))
    assert bfs_that_marks_at_pop(n, right_down, False) == paths
    cells = itertools.product(range(n), repeat=2)
    assert paths == sum(math.comb(y + x, x) for y, x in cells)
    assert paths == math.comb(2 * n, n) - 1


def test_a_stack_that_marks_at_push_is_not_depth_first():
    graph = {0: [1, 2, 3], 1: [3], 2: [], 3: []}
    marked, order, stack = {0}, [], [0]
    while stack:
        u = stack.pop()
        order.append(u)
        for v in reversed(graph[u]):
            if v not in marked:
                marked.add(v)
                stack.append(v)
    assert order == [0, 1, 2, 3]
    assert list(dfs_times(graph)[0]) == [0, 1, 3, 2]


@given(graphs)
def test_the_queue_holds_two_distances_at_most_in_order(graph):
    """The invariant behind the shortest ways, at each pop of a search of its own."""
    for source in graph:
        distance, queue = {source: 0}, deque([source])
        while queue:
            held = [distance[v] for v in queue]
            assert held == sorted(held)
            assert held[-1] - held[0] <= 1
            u = queue.popleft()
            for v in graph[u]:
                if v not in distance:
                    distance[v] = distance[u] + 1
                    queue.append(v)
        assert bfs_distances(graph, source) == distance


# Tarjan's mistakes


def tarjan_with(graph, also_finished=False):
    """Recursive, and wrong on request: ``low`` of finished components counts too."""
    number, low, stack, parts = {}, {}, [], []

    def visit(u):
        number[u] = low[u] = len(number)
        stack.append(u)
        for v in graph[u]:
            if v not in number:
                visit(v)
                low[u] = min(low[u], low[v])
            elif v in stack or also_finished:
                low[u] = min(low[u], low[v])
        if low[u] == number[u]:
            at = stack.index(u)
            parts.append(set(stack[at:]))
            del stack[at:]

    for u in graph:
        if u not in number:
            visit(u)
    return parts[::-1]


def test_low_of_a_finished_component_must_not_count():
    graph = {0: [1, 2], 1: [], 2: [1]}
    assert tarjan_with(graph) == strong_components(graph) == [{0}, {2}, {1}]
    assert tarjan_with(graph, also_finished=True) == [{0, 2}, {1}]


@given(graphs)
def test_low_of_a_node_on_the_list_may_stand_for_its_number(graph):
    assert tarjan_with(graph) == strong_components(graph)


# Grids


def cells_graph(grid, diagonal):
    g = nx.Graph()
    for y, row in enumerate(grid):
        for x, mark in enumerate(row):
            if str(mark) == "1":
                g.add_node((y, x))
    reach = 2 if diagonal else 1
    g.add_edges_from(
        (p, q)
        for p, q in itertools.combinations(g, 2)
        if (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 <= reach
    )
    return g


@given(
    st.integers(0, 5).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(0, 1), min_size=w, max_size=w), max_size=5
        )
    ),
    st.booleans(),
)
def test_islands_are_components_of_the_land(grid, diagonal):
    before = [row.copy() for row in grid]
    want = nx.number_connected_components(cells_graph(grid, diagonal))
    assert count_islands(grid, diagonal) == want
    assert grid == before
    assert count_islands(["".join(map(str, row)) for row in grid], diagonal) == want


@given(
    st.integers(1, 5).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(0, 1), min_size=w, max_size=w), min_size=1, max_size=5
        )
    ),
    st.integers(0, 2**32),
)
def test_distances_in_a_grid_are_the_least_over_the_sources(grid, seed):
    free = [[1 - cell for cell in row] for row in grid]
    g = cells_graph(free, diagonal=False)
    draw = random.Random(seed)
    sources = draw.sample(sorted(g), draw.randint(0, min(3, len(g))))
    found = grid_distances(grid, sources)
    ways = [nx.single_source_shortest_path_length(g, s) for s in sources]
    for y, row in enumerate(found):
        for x, d in enumerate(row):
            reached = [way[y, x] for way in ways if (y, x) in way]
            assert d == min(reached, default=None)
    marks = ["".join(".#"[cell] for cell in row) for row in grid]
    assert grid_distances(marks, sources) == found


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_chain_of_corners_is_one_island_whichever_way_it_turns(turns, mirrored):
    grid = ["000001", "001010", "000100"]  # its left end is reached from below only
    for _ in range(turns):
        grid = ["".join(row) for row in zip(*grid[::-1])]
    grid = [row[::-1] for row in grid] if mirrored else grid
    assert count_islands(grid, diagonal=True) == 1
    assert count_islands(grid) == 4


def test_islands_by_hand():
    assert count_islands(["11110", "11010", "11000", "00000"]) == 1
    assert count_islands(["11000", "11000", "00100", "00011"]) == 3
    assert count_islands(["11000", "11000", "00100", "00011"], diagonal=True) == 1
    assert count_islands([]) == count_islands([[]]) == count_islands(["", ""]) == 0
    assert count_islands(np.eye(3, dtype=np.int8)) == 3
    assert count_islands(np.eye(3, dtype=bool), np.True_) == 1
    assert count_islands(iter([iter("101")])) == 2


def test_the_oranges_by_hand():
    grid = [[2, 1, 1], [1, 1, 0], [0, 1, 1]]
    walls = [[int(cell == 0) for cell in row] for row in grid]
    assert grid_distances(walls, [(0, 0)]) == [[0, 1, 2], [1, 2, None], [None, 3, 4]]


def test_grids_without_cells_or_sources():
    assert grid_distances([], []) == []
    assert grid_distances([[]], []) == [[]]
    assert grid_distances(["..", "#."], []) == [[None, None], [None, None]]
    assert grid_distances(["..", "#."], [(0, 0), (0, 0)]) == [[0, 1], [None, 2]]
    assert grid_distances(["."], iter([iter([0, 0])])) == [[0]]


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (["10", "1"], "rows must have one length, got 2 and 1"),
        ([[1], []], "rows must have one length, got 1 and 0"),
        ([[2]], "each cell must be one of 0, '0', 1, '1', got 2"),
        ([["1", None]], "got None"),
        (["W"], "got 'W'"),
        ([[[1]]], "got [1]"),
        ([1, 0], "each row must be a string or a sequence, got 1"),
        ({"1", "0"}, "grid must be a sequence of rows, got {"),
        ({"10": 0}, "grid must be a sequence of rows, got {'10': 0}"),
        ([{1: 0}], "each row must be a string or a sequence, got {1: 0}"),
        ([frozenset([1])], "each row must be a string or a sequence, got frozenset"),
        ("10", "grid must be a sequence of rows, got '10'"),
        (5, "grid must be a sequence of rows, got 5"),
        ([[math.nan]], "got nan"),
    ],
)
def test_bad_grids_are_refused(grid, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        count_islands(grid)
    with pytest.raises(ValueError, match="got "):
        grid_distances(grid, [])


def test_bad_neighbourhoods_are_refused():
    with pytest.raises(ValueError, match="diagonal must be True or False, got 'yes'"):
        count_islands(["1"], "yes")


@pytest.mark.parametrize("source", [(-1, 0), (0, -1), (1, 0), (0, 2), (0, 1), (5, 5)])
def test_sources_outside_or_on_a_wall_are_refused(source):
    with pytest.raises(
        ValueError,
        match=re.escape(f"sources must be free cells of the grid, got {source}"),
    ):
        grid_distances([".#"], [source])


def test_sources_that_are_no_pairs_are_refused():
    for bad in (0, (0,), (0, 0, 0), {0, 1}, {0: 0, 1: 1}):
        with pytest.raises(ValueError, match=r"pair \(row, column\), got "):
            grid_distances(["."], [bad])
    for none in (None, 5):
        with pytest.raises(ValueError, match=rf"sources must be pairs .* got {none}"):
            grid_distances(["."], none)
    with pytest.raises(TypeError, match="interpreted as an integer"):
        grid_distances(["."], [(0.0, 0)])
    with pytest.raises(ValueError, match=r"free cells of the grid, got \(0, 0\)"):
        grid_distances([], [(0, 0)])


# From the border inwards


def uphill(heights, start):
    """The cells from which water reaches one of the cells to start from."""
    reached, stack = set(start), list(start)
    while stack:
        y, x = stack.pop()
        for near in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
            if near not in reached and heights.get(near, -1) >= heights[y, x]:
                reached.add(near)
                stack.append(near)
    return reached


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32))
def test_both_oceans_need_a_search_each_and_what_both_reach(height, width, seed):
    """Against each cell's own way down, with the edges of networkx."""
    draw = random.Random(seed)
    cells = list(itertools.product(range(height), range(width)))
    heights = {cell: draw.randrange(4) for cell in cells}
    g = nx.DiGraph()
    g.add_nodes_from(cells)
    for p, q in itertools.permutations(cells, 2):
        beside = abs(p[0] - q[0]) + abs(p[1] - q[1]) == 1
        if beside and heights[p] >= heights[q]:
            g.add_edge(p, q)
    pacific = {c for c in cells if c[0] == 0 or c[1] == 0}
    atlantic = {c for c in cells if c[0] == height - 1 or c[1] == width - 1}
    want = set()
    for cell in cells:
        down = {cell} | nx.descendants(g, cell)
        if down & pacific and down & atlantic:
            want.add(cell)
    assert uphill(heights, pacific) & uphill(heights, atlantic) == want


def test_one_search_from_both_oceans_does_not_tell_who_reaches_both():
    heights = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    pacific, atlantic = {(0, 0), (0, 1), (1, 0)}, {(1, 1), (0, 1), (1, 0)}
    assert uphill(heights, pacific | atlantic) == set(heights)
    assert uphill(heights, pacific) & uphill(heights, atlantic) == {(0, 1), (1, 0)}


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32))
def test_surrounded_regions_are_what_the_border_does_not_reach(height, width, seed):
    draw = random.Random(seed)
    grid = [[draw.randrange(2) for _ in range(width)] for _ in range(height)]
    g = cells_graph(grid, diagonal=False)
    border = {(y, x) for y, x in g if y in (0, height - 1) or x in (0, width - 1)}
    want = set()
    for part in nx.connected_components(g):
        if not part & border:
            want |= part
    walls = [[1 - cell for cell in row] for row in grid]
    found = grid_distances(walls, border)
    assert {(y, x) for y, x in g if found[y][x] is None} == want


# The pitfalls, as beginners write them


def undirected_cycle(graph, leave_parent):
    """Depth first; a marked neighbour counts, but for one edge to the parent."""
    marked = set()

    def closes(u, parent):
        marked.add(u)
        rest = list(graph[u])
        if leave_parent and parent is not None:
            rest.remove(parent)
        return any(v in marked or closes(v, u) for v in rest)

    return any(u not in marked and closes(u, None) for u in graph)


@given(st.integers(0, 2**32))
def test_an_undirected_cycle_is_a_marked_neighbour_but_one_edge_to_the_parent(seed):
    draw = random.Random(seed)
    g = nx.gnm_random_graph(6, draw.randint(0, 7), seed=draw.randrange(1000))
    graph = {u: list(g[u]) for u in g}
    assert undirected_cycle(graph, leave_parent=True) == (not nx.is_forest(g))
    assert undirected_cycle(graph, leave_parent=False) == (g.number_of_edges() > 0)


def test_no_edge_of_an_undirected_search_is_a_cross_edge():
    for seed in range(200):
        graph = random_graph(8, 2.5, seed)
        times = dfs_times(graph)
        kinds = {kind(*times, u, v) for u in graph for v in graph[u]}
        assert kinds == {"back", "tree or forward"}


def sink(grid, y, x, depth=0, wrap=False, land=1):
    """Recursive; returns the depth. ``wrap`` forgets that an index may be -1."""
    deepest = depth
    grid[y][x] = 0
    for a, b in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)):
        inside = (wrap or (a >= 0 and b >= 0)) and a < len(grid) and b < len(grid[0])
        if inside and grid[a][b] == land:
            # All arguments: Python 3.13.0 counts no calls that leave some out.
            deepest = max(deepest, sink(grid, a, b, depth + 1, wrap, land))
    return deepest


def test_an_open_grid_is_thousands_of_cells_deep():
    """Measured on 20 x 20 cells, where recursion is still possible: all of them."""
    assert sink([[1] * 20 for _ in range(20)], 0, 0) == 399
    with pytest.raises(RecursionError):
        sink([[1] * 100 for _ in range(100)], 0, 0)


def test_an_index_of_minus_one_joins_both_ends():
    right, wrong = [[1, 0, 1]], [[1, 0, 1]]
    sink(right, 0, 0)
    sink(wrong, 0, 0, wrap=True)
    assert (right, wrong) == ([[0, 0, 1]], [[0, 0, 0]])
    assert count_islands([[1, 0, 1]]) == 2


def test_rows_that_are_one_row_share_their_marks():
    rows = [[0] * 3] * 2
    rows[0][0] = 1
    assert rows == [[1, 0, 0], [1, 0, 0]]


# Numbers of the page


def labelled_dags(n):
    """All digraphs without self-loops that have an order."""
    pairs = list(itertools.permutations(range(n), 2))
    found = 0
    for bits in itertools.product((False, True), repeat=len(pairs)):
        graph = {k: [] for k in range(n)}
        for there, (u, v) in zip(bits, pairs, strict=True):
            if there:
                graph[u].append(v)
        try:
            topological_order(graph)
        except ValueError:
            continue
        found += 1
    return found


def robinson(n):
    """By inclusion and exclusion over the k nodes that nothing points to."""
    a = [1]
    for m in range(1, n + 1):
        a.append(
            sum(
                (-1) ** (k + 1) * math.comb(m, k) * 2 ** (k * (m - k)) * a[m - k]
                for k in range(1, m + 1)
            )
        )
    return a[n]


def test_labelled_dags_are_counted():
    assert [labelled_dags(n) for n in range(1, 5)] == [1, 3, 25, 543]
    assert [robinson(n) for n in range(6)] == [1, 1, 3, 25, 543, 29_281]


@given(graphs)
def test_components_are_as_many_as_nodes_exactly_without_a_cycle_of_two(graph):
    loops = {u: [v for v in graph[u] if v != u] for u in graph}
    assert (len(strong_components(graph)) == len(graph)) == (not has_cycle(loops))


def share(c, n=2000, seed=1):
    graph = random_graph(n, c, seed)
    return max(map(len, strong_components(graph))) / n


def survival(c):
    """The root of s = 1 - exp(-c s), from above."""
    s = 1.0
    for _ in range(10_000):
        s = 1 - math.exp(-c * s)
    return s


def test_a_giant_component_appears_at_mean_degree_one():
    assert share(0.5) == 0.006 < 0.03
    assert share(1) == 0.0375
    assert 0.76 <= share(2) <= 0.84
    assert share(2) == 0.8015
    assert survival(2) == pytest.approx(0.7968, abs=5e-5)
    assert survival(0.5) < 1e-12


def test_strong_components_of_an_undirected_graph_are_its_components():
    graph = random_graph(300, 1.2, 5)
    assert sorted(map(sorted, strong_components(graph))) == sorted(
        map(sorted, nx.connected_components(to_networkx(graph, nx.Graph)))
    )


@pytest.mark.parametrize("name", sorted(CALLS))
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_work_grows_with_nodes_and_edges_together(name, shape):
    sizes = [SIZES[shape][0] // 4, SIZES[shape][0] // 2, SIZES[shape][0]]
    work, input_ = zip(*(looks(name, shape, n) for n in sizes), strict=True)
    assert exponent(input_, work) == pytest.approx(1, abs=0.06)


def test_the_observer_sees_quadratic_work():
    """A search that asks a list, not a set, whether a node is marked."""

    def slow(graph):
        marked, queue = [next(iter(graph))], deque([next(iter(graph))])
        while queue:
            for v in graph[queue.popleft()]:
                if v not in marked:
                    marked.append(v)
                    queue.append(v)

    work, input_ = zip(*(looks(slow, "chain", n) for n in (50, 100, 200)), strict=True)
    assert exponent(input_, work) == pytest.approx(2, abs=0.1)
