"""Example calls of snippets.cv.batch_norm; ``tests/inputs.py`` says what must hold."""

from snippets.cv.batch_norm import first_result
from tests.inputs import Example, Promises, example

EXAMPLES: list[Example] = [example(first_result, 4)]
SPARED: dict[str, str] = {}  # public names, and why there is nothing to try


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
