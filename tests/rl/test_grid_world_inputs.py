"""Example calls of snippets.rl.grid_world."""

import numpy as np

from snippets.rl import grid_world as g
from tests.inputs import Example, Promises, example

WORLD = g.GridWorld(2, 3, [(0, 1)], (1, 2), r_forbidden=-2.0, r_step=-0.25)
P, R = np.array(WORLD.P), np.array(WORLD.R)
PI = np.full((6, 5), 0.25)
PI[:, 0] = 0.0
ENDS = np.arange(6) == 5

EXAMPLES: list[Example] = [
    example(g.GridWorld, 2, 3, [(0, 1)], (1, 2), -1.0, -2.0, 1.0, 0.5),
    example(g.policy_evaluation, P, R, PI, 0.5),
    example(g.policy_evaluation, P, R, PI, 1.0, ENDS),
    example(g.bellman_backup, P, R, np.arange(6.0), 0.5, ENDS),
    example(g.greedy, R, tie="first"),
    example(g.value_iteration, P, R, 0.5, 0.125),
    example(g.policy_iteration, P, R, 0.5, ENDS),
    example(g.truncated_policy_iteration, P, R, 0.5, 0.125, 3, ENDS),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
