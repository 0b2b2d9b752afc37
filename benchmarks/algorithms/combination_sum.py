"""How the combination sum grows with the target: search, pruned or not, and count.

    $ python -m benchmarks.algorithms.combination_sum

The candidates stay 2, 3, 5. Nodes are counted, not timed: their exponent is the same on
every machine. Counting is so much faster that it needs larger targets to be timed.
"""

import argparse
from pathlib import Path

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.combination_sum import (
    combination_sum,
    count_combinations,
    search_nodes,
)

CANDIDATES = (2, 3, 5)
SEARCHED = (100, 200, 400)
COUNTED = (20_000, 40_000, 80_000)


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    calls = {
        "search, pruned": (SEARCHED, lambda t: search_nodes(CANDIDATES, t)),
        "search, not pruned": (
            SEARCHED,
            lambda t: search_nodes(CANDIDATES, t, prune=False),
        ),
        "list": (SEARCHED, lambda t: combination_sum(CANDIDATES, t)),
        "count": (COUNTED, lambda t: count_combinations(CANDIDATES, t)),
    }
    results = {}
    for name, (targets, call) in calls.items():

        def prepare(target, call=call):
            return lambda: call(target)

        results[name] = measure(targets, prepare)
        show(name, results[name])
        if name.startswith("search"):
            nodes = [call(target) for target in targets]
            power = exponent(targets, nodes)
            results[name] |= {"nodes": nodes, "exponent of the nodes": power}
            row = "  ".join(f"{n:9}" for n in nodes)
            print(f"{'':22} {row} nodes  exponent {power:.2f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/combination-sum") | results)


if __name__ == "__main__":
    main()
