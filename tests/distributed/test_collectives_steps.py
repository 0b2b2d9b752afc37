"""Oracles: arcs of a ring, each rank of a sum named by hand."""

from tests.frames import captions, words

NAME, W = "distributed/collectives", 4


def arc(first: int, length: int) -> str:
    """The ranks from ``first`` on, in order of their numbers."""
    return "".join(sorted(str((first + k) % W) for k in range(length)))


def held(t: int) -> list[list[str]]:
    """After t steps, by rank and chunk: chunk c begins at rank c + 1."""
    rows = []
    for r in range(W):
        row = []
        for c in range(W):
            at = (r - c - 1) % W  # how far rank r is from where chunk c begins
            length = at + 1 if at <= min(t, W - 1) else 1
            if t >= W and (r - c) % W <= t - W + 1:
                length = W  # and from rank c on the whole sum goes round
            row.append(arc(r - length + 1, length))
        rows.append(row)
    return rows


def test_each_frame_shows_which_ranks_are_in_each_sum():
    heads = [f"c = {c}" for c in range(W)] + [f"r = {r}" for r in range(W)]
    for t in range(2 * W - 1):
        cells = [name for row in held(t) for name in row]
        assert sorted(words(NAME, t)) == sorted(heads + cells)
    assert held(W - 1)[2][2] == "0123"
    assert held(2 * W - 2) == [["0123"] * W] * W


def test_captions_say_what_rank_0_sends_and_what_rank_1_then_has():
    said = captions(NAME)
    assert len(said) == 7
    for t in range(1, 7):
        c = (-t) % W if t < W else (W - t) % W
        names = held(t - 1)[0][c]
        assert f"t = {(t - 1) % 3}: " in said[t]
        assert f"Rank 0 sends chunk {c} with {names}; " in said[t].replace(
            "rank 0", "Rank 0"
        )
        assert f"has {held(t)[1][c]} there. Each rank has sent {t} chunks" in said[t]
    assert "diagonal is complete" in said[3]
