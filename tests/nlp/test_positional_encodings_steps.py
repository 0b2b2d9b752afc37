"""Oracle: angles counted in whole twelfths of a turn, by hand."""

import math

from tests.frames import captions, numbers, words

NAME = "nlp/positional_encodings"
PLACES = [
    (2, 0),
    (3, 1),
    (4, 2),
    (5, 3),
    (6, 4),
    (6, 3),
    (6, 2),
    (6, 1),
    (6, 0),
    (14, 0),
]
OWN = math.degrees(math.atan2(3, 4))  # k = (0.8, 0.6) before it turns


def seen(i, j):
    """Angle of the query, of the key, from key to query, and the score."""
    query, key = 30 * i % 360, (30 * j + OWN) % 360
    gap = (query - key + 180) % 360 - 180
    return query, round(key), round(gap), round(math.cos(math.radians(gap)), 2)


def test_each_caption_says_where_both_stand_and_what_they_score():
    found = captions(NAME)
    assert len(found) == len(PLACES)
    for (i, j), caption in zip(PLACES, found, strict=True):
        _, _, gap, score = seen(i, j)
        assert caption.startswith(f"Query at {i}, key at {j}: ")
        said = numbers(caption)
        assert score in said
        if (i, j) == (2, 0):
            assert said == [2, 0, 1, 0, 60, 0.8, 0.6, 37, gap, score]
        elif (i, j) == (14, 0):
            assert said == [14, 0, 14, 12, 2, 2, score]
        else:
            assert said == [i, j, 30, gap, i - j, score]


def test_the_score_stays_while_the_distance_stays_and_then_changes():
    scores = [seen(i, j)[3] for i, j in PLACES]
    assert set(scores[:5]) == {scores[-1]} == {0.92}
    assert len(set(scores[4:9])) == 5
    found = captions(NAME)
    for caption in found[1:5]:
        assert "both have turned" in caption
        assert "the score stays" in caption
    for caption in found[5:9]:
        assert "only the key has moved back" in caption


def test_each_frame_shows_both_angles_the_distance_and_the_score():
    for n, (i, j) in enumerate(PLACES):
        query, key, _, score = seen(i, j)
        assert words(NAME, n) == [
            f"q, i = {i}: {query}°",
            f"k, j = {j}: {key}°",
            f"i − j = {i - j}",
            f"q·k = {score:.2f}".replace("-", "−"),
        ]
