"""Oracles: a closed form, for what frames say."""

from tests.frames import captions, numbers


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
