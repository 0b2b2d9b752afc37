"""Oracles: recursion over the tree, and its sorted values, for what frames say."""

import re

from tests.frames import captions, drawings, words

STACK, MORRIS = "algorithms/binary_trees", "algorithms/binary_trees_morris"
TREE = (4, (2, (1, None, None), (3, None, None)), (5, None, None))


def events(tree):
    """What inorder does with each node: it comes to it, and it writes it."""
    if tree is not None:
        value, left, right = tree
        yield value, "come"
        yield from events(left)
        yield value, "write"
        yield from events(right)


def above(tree, wanted):
    """Of the nodes on the way down: what is still to be done, the next one last."""
    value, left, right = tree
    if wanted == value:
        return []
    if wanted < value:
        later = [str(right[0])] if right else []
        return [*later, str(value), *above(left, wanted)]
    return above(right, wanted)


def test_nodes_come_from_the_stack_as_recursion_enters_and_leaves_them():
    said = captions(STACK)[1:]
    found = [
        (int(text[0]), "write" if "comes marked" in text else "come") for text in said
    ]
    assert found == list(events(TREE))
    assert all(("first time" in t) != ("second time" in t) for t in said)


def test_output_and_stack_hold_what_is_done_and_what_is_to_do():
    written = []
    for index, (value, kind) in enumerate(events(TREE), start=1):
        if kind == "write":
            written.append(str(value))
        shown = words(STACK, index)
        tree, rest = shown[:5], shown[5:]
        assert sorted(tree) == ["1", "2", "3", "4", "5"]
        todo = len(rest) - len(written)
        assert rest[todo:] == written
        waiting = above(TREE, value)
        children = {4: "52", 2: "31"}.get(value, "")
        if kind == "come" and children:
            waiting += [children[0], str(value), children[1]]
        elif kind == "come":
            waiting += [str(value)]
        elif children:
            waiting += [children[0]]
        assert rest[:todo] == waiting
    assert captions(STACK)[-1].endswith("over: 1, 2, 3, 4, 5.")


def test_each_thread_leads_from_a_value_to_the_next_one_and_is_cut():
    said = captions(MORRIS)
    hung = [re.findall(r"thread from (\d) to (\d)", text) for text in said]
    hung = [(int(a), int(b)) for found in hung for a, b in found]
    assert hung == [(3, 4), (1, 2)]  # of nodes with a left child, in preorder
    assert all(b == a + 1 for a, b in hung)
    cut = [re.findall(r"thread of (\d) led back to (\d)", text) for text in said]
    assert [(int(a), int(b)) for found in cut for a, b in found] == [(1, 2), (3, 4)]


def test_as_many_threads_are_drawn_as_are_hung_and_not_yet_cut():
    there = 0
    written = []
    frames = zip(captions(MORRIS), drawings(MORRIS), strict=True)
    for index, (said, drawing) in enumerate(frames):
        there += "hang a thread" in said
        there -= "Cut the thread" in said
        heads = re.findall(rb'd="M[^"]*z"', drawing)
        assert len(heads) == there
        written += re.findall(r"write (\d)|^(\d) has no left subtree", said)
        assert words(MORRIS, index)[5:] == [a or b for a, b in written]
    assert there == 0
    assert [a or b for a, b in written] == ["1", "2", "3", "4", "5"]
