"""Example calls of snippets.ml.ridge_and_lasso."""

from snippets.ml import ridge_and_lasso as rl
from tests.inputs import Example, Promises, example, normal

X = normal(9, 3).numpy()
Y = (X @ [1.0, -2.0, 0.0] + normal(9, seed=1).numpy()).astype("float16").astype(float)

EXAMPLES: list[Example] = [
    example(rl.ridge, X, Y, 2.0),
    example(rl.ridge_dof, X, 2.0),
    example(rl.ridge_loo_residuals, X, Y, 2.0),
    example(rl.lasso, X, Y, 0.25, max_iter=1000, tol=1e-10),
    example(rl.lasso_lambda_max, X, Y),
    example(rl.soft_threshold, X, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
