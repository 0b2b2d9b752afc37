"""Oracles: breadth-first search over edits, and a replay, for what frames say."""

import re
from collections import deque

from figures.algorithms import edit_distance_and_lcs as figure
from tests.frames import captions, numbers, words

STEPS = "algorithms/edit_distance_and_lcs"
A, B = "horse", "ros"


def bfs(a, b):
    """Layer by layer over all strings that edits of a can make."""
    waiting, steps = deque([a]), {a: 0}
    while b not in steps:
        s = waiting.popleft()
        near = [s[:i] + s[i + 1 :] for i in range(len(s))]
        near += [s[:i] + x + s[i + 1 :] for i in range(len(s)) for x in B]
        near += [s[:i] + x + s[i:] for i in range(len(s) + 1) for x in B]
        for t in near:
            if t not in steps and len(t) <= max(len(a), len(b)):
                steps[t] = steps[s] + 1
                waiting.append(t)
    return steps[b]


TABLE = [[bfs(A[:i], B[:j]) for j in range(4)] for i in range(6)]
CELLS = [(i, j) for i in range(1, 6) for j in range(1, 4)]


def test_each_cell_names_its_three_candidates_and_their_least():
    for frame, (i, j) in enumerate(CELLS, 1):
        caption, same = captions(STEPS)[frame], A[i - 1] == B[j - 1]
        assert caption.startswith(f"{A[:i]} → {B[:j]}: ")
        assert ("diagonal is free" in caption) is same
        candidates = [TABLE[i - 1][j - 1], TABLE[i - 1][j], TABLE[i][j - 1]]
        added = [0 if same else 1, 1, 1]
        said = [n for pair in zip(candidates, added) for n in pair]
        assert numbers(caption) == [*said, TABLE[i][j]]
        assert TABLE[i][j] == min(c + d for c, d in zip(candidates, added))
        if not same:
            assert f"change {A[i - 1]} to {B[j - 1]}," in caption
            assert f"delete {A[i - 1]}," in caption
            assert f"insert {B[j - 1]}," in caption


def test_the_strong_arrows_come_from_the_cheapest_candidates(monkeypatch):
    drawn, picture = [], figure.picture
    monkeypatch.setattr(
        figure, "picture", lambda *given: (drawn.append(given), picture(*given))[1]
    )
    figure.steps()
    for (_, _, now, sources, _, _), (i, j) in zip(drawn[1:], CELLS):
        assert now == (i, j)
        costs = {(i - 1, j): 1, (i, j - 1): 1, (i - 1, j - 1): A[i - 1] != B[j - 1]}
        for (row, column), extra in costs.items():
            best = TABLE[row][column] + extra == TABLE[i][j]
            assert sources[row, column] is best


def test_the_cells_show_the_distances_so_far():
    for frame in range(len(CELLS) + 1):
        shown = [int(text) for text in words(STEPS, frame) if text.isdigit()]
        borders = [*range(4), *range(1, 6)]
        filled = [TABLE[i][j] for i, j in CELLS[:frame]]
        assert sorted(shown) == sorted(borders + filled)


def test_the_walk_back_starts_at_the_distance_and_its_script_makes_ros():
    back = captions(STEPS)[len(CELLS) + 1 :]
    made, i, j = [], len(A), len(B)
    for caption in back:
        assert numbers(caption)[0] == TABLE[i][j]
        if kept := re.search(r"Keep (\w)\.", caption):
            assert A[i - 1] == B[j - 1] == kept[1]
            assert "diagonal" in caption
            made.append(kept[1])
            i, j = i - 1, j - 1
        elif changed := re.search(r"Change (\w) to (\w)\.", caption):
            assert (A[i - 1], B[j - 1]) == changed.groups()
            assert TABLE[i][j] == TABLE[i - 1][j - 1] + 1
            assert numbers(caption)[1:3] == [TABLE[i - 1][j - 1], 1]
            made.append(changed[2])
            i, j = i - 1, j - 1
        else:
            assert re.search(r"Delete (\w)\.", caption)[1] == A[i - 1]
            assert TABLE[i][j] == TABLE[i - 1][j] + 1 != TABLE[i - 1][j - 1] + 1
            said = [TABLE[i - 1][j - 1], 1, TABLE[i][j], TABLE[i - 1][j], 1]
            assert numbers(caption)[1:6] == said
            i -= 1
    assert (i, j) == (0, 0)
    assert "".join(reversed(made)) == B
    edits = sum("Keep" not in caption for caption in back)
    assert f"Done: {bfs(A, B)} edits" in back[-1]
    assert edits == bfs(A, B)


def test_the_last_frame_lists_the_script_from_the_top():
    shown = words(STEPS, len(captions(STEPS)) - 1)
    assert shown[-5:] == ["h → r", "o", "− r", "s", "− e"]
