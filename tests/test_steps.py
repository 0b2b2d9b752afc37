"""Oracles: brute force, closed forms, numpy and scikit-learn, for what frames say.

The committed frames are read; that their code draws them, ``test_figures`` proves.
"""

import ast
import copy
import itertools
import math
import re
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sklearn.tree import DecisionTreeRegressor

from figures.__main__ import ROOT, _strips
from figures.record import record
from figures.steps import Frame, Picture, Steps, to_strip
from notekit.files import STEPS, owner_of_figure
from notekit.problem import ROOT as REPOSITORY
from notekit.read.catalogue import read as read_catalogue
from notekit.read.steps import read
from notekit.rules.steps import problems
from snippets.rl.environments import GridWorld

FILES = sorted(ROOT.glob(f"*/*{STEPS}.svg"))
NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


def frames(name):
    return read(ROOT / f"{name}{STEPS}.svg").frames


def captions(name):
    """In English; the check compares the numbers of the Chinese ones with them."""
    return [frame.captions["en"] for frame in frames(name)]


def number(text):
    return float(text.replace("−", "-"))


def numbers(text):
    return [number(found) for found in NUMBER.findall(text)]


def words(path_name, index):
    """All texts of one frame, shared shapes included."""
    steps = read(ROOT / f"{path_name}{STEPS}.svg")
    shared = etree.fromstring(f"<g>{steps.shared}</g>")
    parts = {part.get("id"): part for part in shared}
    found = []
    for element in etree.fromstring(f"<g>{steps.frames[index].drawing}</g>"):
        name = element.get("href", "").removeprefix("#")
        part = parts[name] if name else element
        found += ["".join(text.itertext()) for text in part.iter("text")]
    return found


def drawings(path_name):
    """All shapes of each frame, shared ones included, as one group."""
    steps = read(ROOT / f"{path_name}{STEPS}.svg")
    shared = etree.fromstring(f"<g>{steps.shared}</g>")
    parts = {part.get("id"): part for part in shared}
    for frame in steps.frames:
        group = etree.fromstring(f"<g>{frame.drawing}</g>")
        for use in group.findall("use"):
            group.append(copy.deepcopy(parts[use.get("href")[1:]]))
        yield etree.tostring(group)


# Every file


def test_twelve_notes_have_frames():
    names = [note.name for note in read_catalogue(REPOSITORY).notes.values()]
    owners = {
        owner_of_figure(
            path.stem, [n for n in names if n.split("/")[0] == path.parent.name]
        )
        for path in FILES
    }
    assert len(owners) == 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_captions_and_weight_are_as_the_check_wants_them(path):
    glossary = read_catalogue(REPOSITORY).glossary
    assert list(problems(path, glossary)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_number_of_a_caption_is_written_by_hand(path):
    """Numbers of a run stand in a module between braces, never in the words."""
    note = path.stem.removesuffix(STEPS)
    modules = [m for m in path.parent.glob("*.py") if note.startswith(m.stem)]
    [module] = sorted(modules, key=lambda m: len(m.stem))[-1:]
    tree = ast.parse(module.read_text(encoding="utf-8"))
    formats = {id(n.format_spec) for n in ast.walk(tree) if hasattr(n, "format_spec")}
    said = [
        (part.lineno, part.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and id(node) not in formats
        for part in node.values
        if isinstance(part, ast.Constant)
    ]
    said += [
        (node.lineno, re.sub(r"\{[^}]*\}", "", node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search("[\u4e00-\u9fff]", node.value)
    ]
    for line, words_ in said:
        typed = set(re.findall(r"\d+(?:\.\d+)?", words_))
        assert typed <= {"0", "1"}, f"{module.name}:{line}: {words_!r}"


# Notes, one by one


def best(volumes, values, capacity):
    """Most value of any subset that fits."""
    sums = [
        (sum(v for v, _ in chosen), sum(w for _, w in chosen))
        for size in range(len(volumes) + 1)
        for chosen in itertools.combinations(zip(volumes, values), size)
    ]
    return max(value for volume, value in sums if volume <= capacity)


def test_each_cell_of_the_knapsack_is_what_the_best_subset_is_worth():
    volumes, values = [1, 2, 3, 4], [2, 4, 4, 5]
    said = captions("algorithms/knapsack")
    seen = []
    for caption in said[1:19]:
        [(i, where)] = re.findall(r"^Item (\d), j = ([\d, ]+): ", caption)
        [result] = re.findall(
            r"(?:above it: ([\d, ]+)\.|Equal: (\d+) either|larger is (\d+):)",
            caption,
        )
        results = "".join(result).split(", ")
        for j, value in zip(where.split(", "), results, strict=True):
            seen.append((int(i), int(j)))
            assert int(value) == best(volumes[: int(i)], values[: int(i)], int(j))
    assert seen == [(i, j) for i in range(1, 5) for j in range(6)]
    assert said[-1].endswith(f"= {best(volumes, values, 5)}, the last cell.")
    table = [int(word) for word in words("algorithms/knapsack", -1) if word.isdigit()]
    filled = [best(volumes[:i], values[:i], j) for i in range(5) for j in range(6)]
    assert sorted(table) == sorted([*filled, *range(6), 0])  # and the margins


def test_the_search_tree_ends_with_all_combinations_and_nodes():
    candidates, target = [2, 3, 6, 7], 7
    paths = [
        path
        for size in range(4)
        for path in itertools.combinations_with_replacement(candidates, size)
        if sum(path) <= target
    ]
    last = captions("algorithms/combination_sum")[-1]
    [listed] = re.findall(f" of {target}: (.*);", last)
    found = [" + ".join(map(str, path)) for path in paths if sum(path) == target]
    assert sorted(listed.split(" and ")) == sorted(found)
    assert f"{len(paths)} nodes were visited" in last


def test_the_largest_gap_is_that_of_the_sorted_values():
    values = sorted([13, 2, 27, 0, 1, 26, 3])
    gap = max(b - a for a, b in itertools.pairwise(values))
    assert captions("algorithms/maximum_gap")[-1].startswith(f"The answer is {gap}. ")


@pytest.mark.parametrize("kind", ["value", "policy"])
def test_the_last_grid_holds_the_optimal_values(kind):
    forbidden = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
    world = GridWorld(5, 5, forbidden, target=(3, 2))
    v = np.zeros(25)
    for _ in range(1000):
        v = (world.R + 0.9 * world.P @ v).max(axis=1)
    shown = [number(w) for w in words(f"rl/grid_world_{kind}", -1) if "." in w]
    np.testing.assert_allclose(sorted(shown), sorted(v), rtol=0, atol=0.00501)
    last = captions(f"rl/grid_world_{kind}")[-1]
    assert ("worth 10.00" if kind == "value" else "up to 0.00") in last


def test_the_target_and_the_errors_of_each_sweep_are_those_of_the_backup():
    said = captions("rl/grid_world_value")
    for sweep in said[1:-1]:
        [k] = re.findall(r"Sweep (\d+)", sweep)
        [backup] = re.findall(r"now worth (.*?)\. The", sweep)
        before, after = (10 * (1 - 0.9**n) for n in (int(k) - 1, int(k)))
        assert backup == f"1 + 0.9 × {before:.2f} = {after:.2f}"
        # The optimum of the target is 10, and nothing is farther off than the target.
        assert numbers(sweep)[-2 if "new" in sweep else -1] == pytest.approx(
            10 * 0.9 ** int(k), abs=0.00501
        )
    [settled] = [k for k, sweep in enumerate(said) if "optimal from here on" in sweep]
    assert all("No move changes" in sweep for sweep in said[settled + 1 : -1])


def test_moves_that_are_new_in_a_round_are_as_many_as_the_round_before_said():
    said = captions("rl/grid_world_policy")
    will = [re.findall(r"will change (\d+)", text) for text in said]
    new = [re.findall(r"(\d+) moves are new", text) for text in said]
    assert will[:-1] == new[1:]
    circles = [
        sum(
            "fill-opacity" in c.attrib for c in etree.fromstring(drawing).iter("circle")
        )
        for drawing in drawings("rl/grid_world_policy")
    ]
    assert [[str(number)] for number in circles[1:]] == new[1:]


def test_the_returns_of_the_episode_are_discounted_sums():
    texts = words("rl/monte_carlo", -1)
    start = texts.index("G") + 1
    rows = [texts[k : k + 5] for k in range(start, start + 45, 5)]
    rewards = [number(row[3]) for row in rows]
    for i, row in enumerate(rows):
        g = sum(0.9**k * r for k, r in enumerate(rewards[i:]))
        assert number(row[4]) == pytest.approx(g, abs=0.00501)
    first, every = captions("rl/monte_carlo")[-2:]
    pair = max(
        ((row[1], row[2]) for row in rows), key=[(r[1], r[2]) for r in rows].count
    )
    g = [number(row[4]) for row in rows if (row[1], row[2]) == pair]
    assert len(g) >= 3
    steps = [i for i, row in enumerate(rows) if (row[1], row[2]) == pair]
    assert numbers(first)[-3:] == [len(g), steps[0], g[0]]
    assert numbers(every)[:-1] == [len(g), *(len(rows) - i for i in steps)]
    assert numbers(every)[-1] == pytest.approx(np.mean(g), abs=0.011)


def test_the_episode_says_which_draws_were_not_greedy():
    """Greedy here: no value iteration of the note, but every policy that moves once."""
    forbidden = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
    world = GridWorld(5, 5, forbidden, target=(3, 2))
    v = np.zeros(25)
    for _ in range(1000):
        v = (world.R + 0.9 * world.P @ v).max(axis=1)
    q = world.R + 0.9 * world.P @ v
    moves = ["up", "right", "down", "left", "stay"]
    for said in captions("rl/monte_carlo")[:9]:
        [(row, column, move)] = re.findall(
            r"\((\d), (\d)\) the policy draws “(\w+)”", said
        )
        s = 5 * int(row) + int(column)
        best = np.flatnonzero(q[s] > q[s].max() - 1e-9)
        if found := re.findall(r"not the greedy “(\w+)”", said):
            assert moves.index(found[0]) in best
            assert moves.index(move) != moves.index(found[0])
        else:
            assert moves.index(move) in best


def test_the_errors_of_boosting_are_those_of_trees_of_scikit_learn():
    x = np.linspace(0.02, 0.98, 24)
    y = np.sin(2 * np.pi * x) + 0.15 * np.random.default_rng(5).standard_normal(24)
    margin = np.full(24, y.mean())
    said = captions("ml/gradient_boosting")
    assert len(said) == 14
    for added in said[2:-1:2]:
        left = np.abs(y - margin)
        tree = DecisionTreeRegressor(max_depth=2).fit(x[:, None], y - margin)
        margin += 0.5 * tree.predict(x[:, None])
        [after] = re.findall(r"to (\d\.\d+);", added)
        assert float(after) == pytest.approx(((y - margin) ** 2).mean(), abs=0.000501)
        assert numbers(added)[-2:] == [(np.abs(y - margin) < left).sum(), 24]


def test_a_share_of_each_tree_is_worse_on_the_rows_and_better_on_the_curve():
    x = np.linspace(0.02, 0.98, 24)
    y = np.sin(2 * np.pi * x) + 0.15 * np.random.default_rng(5).standard_normal(24)
    fine = np.linspace(0, 1, 201)
    errors = []
    for eta in (1, 0.5):
        margin, line = np.full(24, y.mean()), np.full(201, y.mean())
        for _ in range(6):
            tree = DecisionTreeRegressor(max_depth=2).fit(x[:, None], y - margin)
            margin += eta * tree.predict(x[:, None])
            line += eta * tree.predict(fine[:, None])
        on_rows = ((y - margin) ** 2).mean()
        errors.append((on_rows, ((np.sin(2 * np.pi * fine) - line) ** 2).mean()))
    (full, full_off), (half, half_off) = errors
    assert full < half
    assert full_off > half_off
    said = numbers(captions("ml/gradient_boosting")[-1])
    assert said[:4] == pytest.approx([6, 1, full, half], abs=0.000501)
    # Between the rows scikit-learn rounds its thresholds another way.
    assert said[4:] == pytest.approx([full_off, half_off, 0.5], abs=0.0015)


def test_the_bound_of_adaboost_is_the_product_over_its_errors():
    said = captions("ml/ensemble_learning")
    errors = [float(re.findall(r"of weight (\d\.\d+)", s)[0]) for s in said[1:-1:2]]
    bound = math.prod(2 * math.sqrt(e * (1 - e)) for e in errors)
    assert len(errors) == 3
    *_, wrong, rows, shown = numbers(said[-1])
    assert shown == pytest.approx(bound, rel=0.02)
    assert wrong / rows <= bound
    for caption in said[2:-1:2]:
        assert "now hold 0.500, half" in caption
    for caption, error in zip(said[1:-1:2], errors, strict=True):
        alpha = math.log((1 - error) / error) / 2
        assert numbers(caption)[-1] == pytest.approx(alpha, rel=0.005)


def test_only_in_the_corner_does_the_vote_say_plus():
    said = captions("ml/ensemble_learning")
    alphas = [numbers(s)[-1] for s in said[1:-1:2]]
    assert [re.findall(r"(says .) ", s) for s in said[1:-1:2]] == [
        ["says +"],
        ["says +"],
        ["says −"],
    ]
    sums = [
        float(f"{a * alphas[0] + b * alphas[1] - alphas[2]:.2f}")
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    shown = [number(w) for w in words("ml/ensemble_learning", -1)]
    assert sorted(shown) == pytest.approx(sorted(sums), abs=0.011)
    assert sum(s > 0 for s in shown) == 1


def test_the_window_is_what_reaches_the_output():
    layers = [(3, 1), (2, 2), (3, 1), (3, 2)]  # kernel, stride

    def window(output):
        seen = {output}
        for kernel, stride in reversed(layers):
            seen = {u * stride + tap for u in seen for tap in range(kernel)}
        return min(seen), max(seen), len(seen)

    said = captions("cv/receptive_field")
    assert said[-2].endswith(f"= {window(0)[2]}.")
    for upper, caption in zip((4, 3, 2, 1), said[1:-1], strict=True):
        kernel, stride = layers[upper - 1]
        assert f"Layer {upper} has k = {kernel} and s = {stride}." in caption
        assert f"on layer {upper - 1} " in caption
    first, last, size = window(1)
    shift = first - window(0)[0]
    assert numbers(said[-1]) == [first, last, size, shift, size - shift]


def test_the_rows_written_are_those_of_causal_attention():
    generator = torch.Generator().manual_seed(358)
    q, k, v = (
        x[0, 0].double().numpy()
        for x in 1.6 * torch.randn(3, 1, 1, 6, 2, generator=generator)
    )
    scores = np.where(np.tri(6) > 0, q @ k.T / math.sqrt(2), -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    texts = words("nlp/flash_attention", -1)
    written = texts[texts.index("O") + 1 :]
    rows = [numbers(text) for text in written if " " in text]
    np.testing.assert_allclose(rows, weights @ v, rtol=0, atol=0.00501)
    said = captions("nlp/flash_attention")
    assert "6 tiles in all" in said[-1]
    # What a caption adds up is right to the decimals that it shows.
    rises = [
        found
        for s in said
        for found in re.findall(r"ℓ = (\S+) × (\S+) \+ (\S+) = (\S+),", s)
    ]
    stays = [
        found for s in said for found in re.findall(r"ℓ = (\S+) \+ (\S+) = (\S+),", s)
    ]
    assert len(rises) >= 2
    assert stays
    for factor, before, added, total in rises:
        assert f"{float(factor) * float(before) + float(added):.2f}" == total
    for before, added, total in stays:
        assert f"{float(before) + float(added):.2f}" == total


def test_the_assignment_is_the_cheapest_of_all():
    texts = [number(w) for w in words("cv/detr", 0) if "." in w]
    cost = np.array([t for t in texts if t != 0]).reshape(3, 6)
    total = min(
        sum(cost[range(3), columns]) for columns in itertools.permutations(range(6), 3)
    )
    pairs, prices, greedy, *_ = numbers(captions("cv/detr")[-1])
    assert pairs == prices == pytest.approx(total, abs=1e-9)  # of what is shown
    assert greedy > pairs + 1


def test_each_distance_is_the_sum_that_stands_before_it():
    """Costs of the picture minus prices of the picture, to the last decimal."""
    searches = [s for s in captions("cv/detr") if "at distance" in s]
    sums = []
    for said in searches:
        [way] = re.findall(r"at distance ([^:]*):", said)
        if "=" in way:
            left, far = way.split(" = ")
            sums.append(way)
            assert eval(left.replace("−", "-")) == pytest.approx(float(far), abs=1e-9)
    assert sums == ["2.24 + 2.43 − 1.81 = 2.86"]


def test_prices_bound_all_costs_and_meet_those_of_the_pairs():
    for index, said in enumerate(captions("cv/detr")):
        if "The prices follow" not in said:
            continue
        found = [number(w) for w in words("cv/detr", index) if "." in w]
        # Six prices of queries, then rows of a price and six costs.
        columns, rows = np.array(found[:6]), np.array(found[6:]).reshape(3, 7)
        slack = rows[:, 1:] - rows[:, :1] - columns
        assert slack.min() > -1e-9
        pairs = re.findall(r"k(\d) → q(\d)", said)
        assert pairs
        assert all(abs(slack[int(k), int(q)]) < 1e-9 for k, q in pairs)


def test_the_gradients_are_the_derivatives_by_hand():
    a, t = 2 * 0.25, math.tanh(2 * 0.25)
    slope = t + a * (1 - t * t)
    x, w = numbers(captions("python/autograd")[-1])
    assert x == pytest.approx(0.25 * slope, rel=0.005)
    assert w == pytest.approx(2 * slope, rel=0.005)


def test_the_slope_of_each_edge_is_what_its_symbol_is_worth():
    x, w = 2, 0.25
    a, t = x * w, math.tanh(x * w)
    worth = {"x": x, "w": w, "a": a, "t": t, "1 − t²": 1 - t * t}
    found = {}
    for said in captions("python/autograd"):
        for node, parent, symbol, slope in re.findall(
            r"∂(\w)/∂(\w) = (w|x|a|t|1 − t²) = ([\d.]+)", said
        ):
            found[node + parent] = symbol
            assert float(slope) == pytest.approx(worth[symbol], rel=0.002)
    # The derivatives of a = x w, t = tanh a and y = a t.
    assert found == {"ya": "t", "yt": "a", "ta": "1 − t²", "ax": "w", "aw": "x"}


def test_the_bytes_of_zero_are_those_of_the_formula():
    parameters, ranks = 4 * (8 * 8 + 8), 2
    said = captions("distributed/zero")
    states = (2 + 2 + 12) * parameters // ranks
    sent = 3 * parameters * 2 * (ranks - 1) // ranks
    assert numbers(said[-1]) == [sent, states]
    layer = parameters // 4
    without_gradients = (2 + 12) * parameters // ranks
    whole = 2 * layer  # bytes of a layer in bfloat16, which the copy takes
    assert numbers(said[0]) == [0, whole, without_gradients + whole, whole // ranks]
    # Dropping frees the whole copy, not only the half that came from the other rank.
    for n, (after, dropped) in enumerate(zip(said[:8:2], said[1:8:2], strict=True)):
        assert numbers(after)[2] - numbers(dropped)[1] == whole
        assert numbers(after)[3] == (n + 1) * whole // ranks


# How frames become a file, and how a run is looked at


def expanded(strip):
    """Shapes of each frame, with each use in place of what it uses."""
    root = etree.fromstring(strip.encode())
    space = "{http://www.w3.org/2000/svg}"
    shared = {g.get("id"): list(g) for g in root.find(f"{space}defs")}
    for frame in root.findall(f"{space}svg"):
        yield [
            shape.get("x")
            for part in frame
            if part.tag != f"{space}desc"
            for shape in (
                shared[part.get("href")[1:]] if part.tag == f"{space}use" else [part]
            )
        ]


@given(st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=5))
def test_sharing_changes_no_frame(runs):
    steps = []
    for run in runs:
        picture = Picture()
        for x in run:
            picture.rect(x, 0, 1, 1)
        steps.append(Frame(picture, "a", "b"))
    strip = to_strip(Steps(4, 2, steps), "x_steps")
    assert list(expanded(strip)) == [[str(x) for x in run] for run in runs]


def test_what_frames_share_stands_in_the_file_once():
    pictures = []
    for n in range(3):
        picture = Picture()
        picture.text(1, 1, "always")
        picture.text(2, 2, f"only {n}")
        pictures.append(Frame(picture, f"a < {n}", f"b {n}"))
    strip = to_strip(Steps(4, 2, pictures), "x_steps")
    assert strip.count("always") == 1
    assert strip.count('<use href="#x-steps-0"/>') == 3
    assert '<desc lang="en">a &lt; 2</desc>' in strip
    assert 'viewBox="0 0 4 6"' in strip


@pytest.mark.parametrize("made", [None, {}, {"a": 1}, {"a_steps": 1}])
def test_steps_that_return_no_frames_are_an_error(made):
    with pytest.raises(ValueError, match=r"^figures/cv/x.py:1: want "):
        _strips(made, "figures/cv/x.py:1")
    with pytest.raises(ValueError, match="want frames in 'a_steps'"):
        _strips({"a_steps": Steps(1, 1, [])}, "figures/cv/x.py:1")


def doubled(numbers):
    total = []

    def inner(x):
        y = 2 * x
        total.append(y)

    for x in numbers:
        inner(x)
    return total


def test_a_run_is_recorded_where_it_comes_to_a_line():
    before = sys.gettrace()
    result, moments = record(
        lambda: doubled([1, 5]), doubled, ["total.append", "return total"], "x y total"
    )
    assert result == [2, 10]
    assert moments == [
        {"line": "total.append", "x": 1, "y": 2, "total": []},
        {"line": "total.append", "x": 5, "y": 10, "total": [2]},
        {"line": "return total", "x": 5, "total": [2, 10]},
    ]
    assert sys.gettrace() is before


def test_what_is_kept_may_be_made_by_a_function():
    _, moments = record(
        lambda: doubled([3]),
        doubled,
        ["total.append"],
        lambda seen: {"z": seen["y"] + 1},
    )
    assert moments == [{"line": "total.append", "z": 7}]


@pytest.mark.parametrize(
    ("numbers", "line", "said"),
    [
        ([1], "nowhere", "want a line of doubled that begins 'nowhere'; found none"),
        ([], "total.append", "want a run that comes to 'total.append' of doubled"),
    ],
)
def test_a_line_that_is_not_there_or_not_reached_is_an_error(numbers, line, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        record(lambda: doubled(numbers), doubled, [line], "x")


@pytest.mark.parametrize("number", [1, 2, 61, 90])
def test_too_few_or_too_many_frames_are_refused_before_they_are_written(number):
    frames = [Frame(Picture(), "a", "b")] * number
    with pytest.raises(ValueError, match=f"3 to 60 frames in 'a_steps'; got {number}$"):
        _strips({"a_steps": Steps(1, 1, frames)}, "figures/cv/x.py:1")
