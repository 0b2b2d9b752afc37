"""Strong components by Tarjan: one search, and a stack of nodes not yet given away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ._checks import Node, _read


# --8<-- [start:strong]
def strong_components(graph: Mapping[Node, Iterable[Node]]) -> list[set[Node]]:
    """Sets of nodes that reach each other, in topological order of the condensation.

    Raises:
        ValueError: for a successor that is no key.
    """
    successors = _read(graph)
    number: dict[Node, int] = {}  # in order of discovery
    low: dict[Node, int] = {}  # the least waiting number known to be reached
    waiting: list[Node] = []
    on_list: set[Node] = set()
    components: list[set[Node]] = []
    path: list[tuple[Node, Iterator[Node]]] = []

    def enter(node: Node) -> None:
        number[node] = low[node] = len(number)
        waiting.append(node)
        on_list.add(node)
        path.append((node, iter(successors[node])))

    for root in successors:
        if root not in number:
            enter(root)
        while path:
            u, rest = path[-1]
            for v in rest:
                if v not in number:
                    enter(v)
                    break
                if v in on_list:  # else v is in a finished component
                    low[u] = min(low[u], number[v])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[u])
                if low[u] == number[u]:  # nothing older is reached: u leads
                    component: set[Node] = set()
                    while u not in component:
                        component.add(waiting.pop())
                    on_list -= component
                    components.append(component)
    return components[::-1]  # Tarjan's come in reverse order
    # --8<-- [end:strong]
