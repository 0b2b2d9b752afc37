"""Oracles: brute force; name here what the code is compared with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.cv.batch_norm import first_result


@given(st.integers(1, 100))
def test_result_equals_brute_force(size):
    assert first_result(size) == sum(range(size + 1))


@pytest.mark.parametrize("size", [0, -1])
def test_bad_size_is_rejected(size):
    with pytest.raises(ValueError, match=f"size must be an integer >= 1, got {size}"):
        first_result(size)
