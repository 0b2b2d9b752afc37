"""Oracle: the same call in float64; ``tests/inputs.py`` says what must hold."""

from tests.inputs import Promises


class TestInputs(Promises):
    topic = "rl"
