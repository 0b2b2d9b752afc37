"""Example calls of snippets.ml.pca."""

from snippets.ml import pca
from tests.inputs import Example, Promises, example, normal

X = normal(9, 3).numpy()
MEAN, AXES = [0.5, -1.0, 0.25], [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]

EXAMPLES: list[Example] = [
    example(pca.pca_fit, X),
    example(pca.pca_fit, X, 2),
    example(pca.pca_transform, X, MEAN, AXES),
    example(pca.pca_inverse, X[:, :2], MEAN, AXES),
    example(pca.explained_ratio, X),
    example(pca.whiten, X, "pca", 0.5),
    example(pca.whiten, X, "zca", 0.0),
    example(pca.kernel_pca, [[4.0, 1.0, 0.5], [1.0, 3.0, 0.0], [0.5, 0.0, 2.0]], 2),
    example(pca.ppca, X, 1),
    example(pca.spike, 0.5, 2.0),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
