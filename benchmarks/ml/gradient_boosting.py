"""Time of one tree by exact search and by histograms, both in numpy, on a CPU.

    $ python -m benchmarks.ml.gradient_boosting --output build/bench/boosting.json

What depends on the features alone is timed apart: sorting them, or cutting bins. Both
trees grow to depth 6, without penalties but one on the leaf weights. Beside the
times stand counts that no machine changes: the rows that each search reads and the
boundaries that it tries, both summed over nodes and features.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.record import describe, write
from snippets.ml.gradient_boosting import (
    Node,
    TreeRules,
    build_tree,
    build_tree_histogram,
    make_bins,
    predict_tree,
    presort,
    rows_read,
)

RULES = TreeRules(max_depth=6, min_child_weight=0.0)


def data(rows: int, features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features and the derivatives of the squared error at a constant margin."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, features))
    y = np.sin(3 * X[:, 0]) * X[:, 1] + X[:, 2] ** 2 + rng.standard_normal(rows)
    return X, y.mean() - y, np.ones(rows)


def seconds(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Median and extremes of single calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {
        "median_s": statistics.median(times),
        "min_s": min(times),
        "max_s": max(times),
        "repeats": repeats,
    }


def searched(tree: Node, depth: int = 0) -> int:
    """Nodes of a tree whose boundaries were tried."""
    if depth == RULES.max_depth:
        return 0
    if tree.split is None:
        return 1
    return 1 + sum(searched(child, depth + 1) for child in (tree.left, tree.right))


def compare(rows: int, features: int, bins: int, repeats: int) -> dict:
    """One row: times, counts, and how well either tree fits."""
    X, g, h = data(rows, features)
    order, cut = presort(X), make_bins(X, 1 / bins)
    trees = {
        "exact": build_tree(X, g, h, RULES, order),
        "histogram": build_tree_histogram(X, g, h, RULES, bins=cut),
    }
    # Before a time counts: with a bin a value both trees must be one.
    small = data(500, features)
    same = [build_tree(*small, RULES), build_tree_histogram(*small, RULES, 1 / 500)]
    gap = np.ptp([predict_tree(tree, X[:1000]) for tree in same], axis=0).max()
    if not gap <= 1e-9:
        sys.exit(f"both must agree to 1e-9 before they are timed, got {gap}")
    exact_read, _ = rows_read(trees["exact"], RULES.max_depth)
    _, histogram_read = rows_read(trees["histogram"], RULES.max_depth)
    timed = {
        "sort": seconds(lambda: presort(X), 1),
        "cut": seconds(lambda: make_bins(X, 1 / bins), 1),
        "exact": seconds(lambda: build_tree(X, g, h, RULES, order), repeats),
        "histogram": seconds(
            lambda: build_tree_histogram(X, g, h, RULES, bins=cut), repeats
        ),
    }
    return {
        "rows": rows,
        "features": features,
        "bins": bins,
        **timed,
        "times_faster": timed["exact"]["median_s"] / timed["histogram"]["median_s"],
        "rows_read": {
            "exact": exact_read * features,
            "histogram": histogram_read * features,
        },
        # All values differ, so a node has as many boundaries as rows, but one.
        "boundaries_at_most": {
            "exact": exact_read * features,
            "histogram": searched(trees["histogram"]) * cut.width * features,
        },
        "mean_squared_error": {
            name: float(np.mean((predict_tree(tree, X) + g) ** 2))
            for name, tree in trees.items()
        },
    }


def record(rows: list[dict]) -> dict:
    """The whole record, ready to be written as JSON."""
    made = describe("ml/gradient-boosting")
    made["device"] = (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs"
    )
    size = f"{rows[0]['rows']:,} × {rows[0]['features']}"
    ratios = " / ".join(f"{row['times_faster']:.1f}" for row in rows)
    bins = " / ".join(str(row["bins"]) for row in rows)
    en = f"a tree on {size} values, {bins} bins: {ratios} times as fast as exact"
    zh = f"{size} 的数据，{bins} 个箱：建一棵树的速度为精确搜索的 {ratios} 倍"
    return made | {
        "summary": [{"en": en, "zh": zh}],
        "figures": {"rows": rows},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--features", type=int, default=10, help="at least 3")
    parser.add_argument("--repeats", type=int, default=9, help="of each tree")
    arguments = parser.parse_args()
    for name, least in (("rows", 1000), ("features", 3), ("repeats", 1)):
        if getattr(arguments, name) < least:
            sys.exit(f"--{name} must be >= {least}, got {getattr(arguments, name)}")
    rows = []
    for bins in (64, 256):
        row = compare(arguments.rows, arguments.features, bins, arguments.repeats)
        rows.append(row)
        print(
            f"{bins:3} bins  exact {row['exact']['median_s']:.3f} s  histogram"
            f" {row['histogram']['median_s']:.3f} s  {row['times_faster']:.1f} times"
            f" faster; rows read {row['rows_read']['exact']:,}"
            f" and {row['rows_read']['histogram']:,}; boundaries"
            f" {row['boundaries_at_most']['exact']:,}"
            f" and {row['boundaries_at_most']['histogram']:,}",
            flush=True,
        )
    if arguments.output:
        write(arguments.output, record(rows))


if __name__ == "__main__":
    main()
