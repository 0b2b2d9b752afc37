"""Oracles: the painted cells of the boxes, and the survivors counted by hand."""

import re

from tests.frames import captions, numbers, words

NAME = "cv/nms_and_anchors"
BOXES = {
    "A": ((4, 1, 14, 11), 0.8),
    "B": ((0, 0, 10, 10), 0.9),
    "C": ((8, 0, 18, 10), 0.7),
    "D": ((22, 1, 30, 9), 0.5),
    "E": ((8, 2, 18, 12), 0.6),
}
ORDER = ["B", "A", "C", "E", "D"]
# Each frame: what is picked, what waits beside it, what is struck out by it.
PICKS = [("B", "ACED", ""), ("B", "ACED", "A"), ("C", "ED", ""), ("C", "ED", "E")]
PICKS += [("D", "", "")]


def painted(name):
    x1, y1, x2, y2 = BOXES[name][0]
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def iou(a, b):
    return len(painted(a) & painted(b)) / len(painted(a) | painted(b))


def test_the_list_is_sorted_by_score():
    assert sorted(BOXES, key=lambda name: -BOXES[name][1]) == ORDER
    assert f"falling score: {', '.join(ORDER)}." in captions(NAME)[0]


def test_each_pick_shows_its_overlaps_and_strikes_out_what_exceeds_the_threshold():
    found = captions(NAME)
    assert len(found) == len(PICKS) + 2
    for at, (best, waiting, out) in enumerate(PICKS, 1):
        pairs = [(name, f"{iou(best, name):.2f}") for name in waiting]
        cells = [f"{name}  {BOXES[name][1]:.1f}" for name in ORDER]
        shown = [*BOXES, *cells, *(value for _, value in pairs)]
        assert sorted(words(NAME, at)) == sorted(shown)
        if out:
            assert out == "".join(name for name in waiting if iou(best, name) > 0.3)
            assert f"{best} by more than 0.3" in found[at]
            assert f"{out} ({iou(best, out):.2f} > 0.3)." in found[at]
        else:
            assert found[at].startswith(f"{best} has the highest score")
            want = [BOXES[best][1], *(float(value) for _, value in pairs)]
            assert numbers(found[at]) == want
            assert re.findall(r"([A-E]) \d", found[at]) == [*waiting]


def test_the_last_frame_says_what_is_kept_and_why():
    last = captions(NAME)[-1]
    assert last.startswith("B, C and D are kept.")
    assert f"A and C overlap by {iou('A', 'C'):.2f}, yet C stays" in last
    assert iou("A", "C") > 0.3 > iou("B", "C")
