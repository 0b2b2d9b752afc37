"""Oracle: blocks, lengths and free blocks after each call, written down by hand."""

from tests.frames import captions, drawings, numbers, words

NAME = "nlp/kv_cache"
# The call, the tables with the tokens, the free list, how many cells are coloured.
WANTED = [
    ("extend(a, 6)", ["a: 0 1  (6)"], "7 6 5 4 3 2"),
    ("fork(a, b)", ["a: 0 1  (6)", "b: 0 1  (6)"], "7 6 5 4 3 2"),
    ("extend(b, 1)", ["a: 0 1  (6)", "b: 0 2  (7)"], "7 6 5 4 3"),
    ("extend(a, 1)", ["a: 0 1  (7)", "b: 0 2  (7)"], "7 6 5 4 3"),
    ("extend(a, 1)", ["a: 0 1  (8)", "b: 0 2  (7)"], "7 6 5 4 3"),
    ("fork(a, c)", ["a: 0 1  (8)", "b: 0 2  (7)", "c: 0 1  (8)"], "7 6 5 4 3"),
    ("extend(c, 1)", ["a: 0 1  (8)", "b: 0 2  (7)", "c: 0 1 3  (9)"], "7 6 5 4"),
    ("release(a)", ["b: 0 2  (7)", "c: 0 1 3  (9)"], "7 6 5 4"),
    ("release(b)", ["c: 0 1 3  (9)"], "7 6 5 4 2"),
    ("release(c)", [], "7 6 5 4 2 3 1 0"),
]


def test_each_frame_shows_the_tables_and_the_free_list():
    assert len(captions(NAME)) == len(WANTED)
    for n, (_, tables, free) in enumerate(WANTED):
        blocks = [str(block) for block in range(8)]
        assert words(NAME, n) == [*blocks, *tables, f"free: {free}"]


def test_each_caption_names_the_call_and_how_many_blocks_are_free():
    for caption, (call, _, free) in zip(captions(NAME), WANTED, strict=True):
        assert caption.startswith(f"{call}: ")
        assert len(free.split()) in numbers(caption)
        assert ("copied there" in caption) == (call == "extend(b, 1)")
        assert ("is free again" in caption or "are free again" in caption) == (
            call in ("release(b)", "release(c)")
        )


def test_captions_name_the_blocks_that_are_taken_copied_kept_and_freed():
    found = [numbers(caption) for caption in captions(NAME)]
    assert found == [
        [6, 6, 4, 0, 1, 6],
        [6, 6],
        [1, 1, 2, 1, 5],
        [1, 1, 5],
        [1, 1, 5],
        [8, 1, 5],
        [1, 3, 4],
        [0, 1, 4],
        [2, 0, 5],
        [3, 1, 0, 8],
    ]


def test_a_block_is_striped_by_the_sequences_that_hold_it():
    shared = [drawing.count(b'height="9"') for drawing in drawings(NAME)]
    assert shared == [0, 4, 2, 2, 2, 2, 2, 2, 0, 0]
    thirds = [drawing.count(b'height="6"') for drawing in drawings(NAME)]
    assert thirds == [0, 0, 0, 0, 0, 3, 3, 0, 0, 0]
