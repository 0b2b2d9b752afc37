"""Oracles: windows of the shifted grid found by plain loops, numbers by hand."""

from figures.cv import vision_transformer as figure
from tests.frames import captions, numbers, words

NAME = "cv/vision_transformer"


def bands(place):
    """Which of the three bands of the shifted grid a row or column is in."""
    return 0 if place < 2 else 1 if place < 6 else 2


def rolled():
    return [[(i + 2) % 8 * 8 + (j + 2) % 8 for j in range(8)] for i in range(8)]


def test_each_caption_says_what_loops_count():
    found = [numbers(caption) for caption in captions(NAME)]
    wanted = [[4, 2, 9], [2, rolled()[0][0]]]
    for number in range(4):
        up, left = 4 * (number // 2), 4 * (number % 2)
        tokens = [rolled()[up + i][left + j] for i in range(4) for j in range(4)]
        places = [(bands(token // 8), bands(token % 8)) for token in tokens]
        pairs = sum(one == other for one in places for other in places)
        wanted.append([number + 1, len(set(places)), pairs, 256])
    assert found == [*wanted, [2]]
    assert rolled()[0][0] == 18


def test_each_frame_shows_the_tokens_where_they_are():
    flat = [token for row in rolled() for token in row]
    for n in range(7):
        shown = [int(word) for word in words(NAME, n) if word.isdigit()]
        assert sorted(shown) == list(range(64))
    assert len(figure.regions().ravel()) == len(flat) == 64
    for token, region in enumerate(figure.regions().ravel().tolist()):
        assert region == 3 * bands(token // 8) + bands(token % 8)
