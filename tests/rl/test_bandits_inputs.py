"""Example calls of snippets.rl.bandits; ``tests/inputs.py`` says what must hold."""

from snippets.rl.bandits import first_result
from tests.inputs import Example, Promises, example

EXAMPLES: list[Example] = [example(first_result, 4)]
SPARED: dict[str, str] = {}  # public names, and why there is nothing to try


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
