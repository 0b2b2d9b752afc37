"""Example calls of snippets.ml.linear_regression."""

from snippets.ml import linear_regression as lr
from tests.inputs import Example, Promises, example, normal

X = normal(9, 3).numpy()
Y = (X @ [1.0, -2.0, 0.0] + normal(9, seed=1).numpy()).astype("float16").astype(float)

EXAMPLES: list[Example] = [
    example(lr.ols, X, Y),
    example(lr.ols, X, Y, intercept=False),
    example(lr.leverages, X),
    example(lr.loo_residuals, X, Y),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
