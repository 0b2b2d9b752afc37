"""Oracles: brute force, for what frames say."""

from tests.frames import captions, numbers


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
