"""Example calls of snippets.ml.svm."""

from snippets.ml import svm
from tests.inputs import Example, Promises, example, normal

A, B = normal(4, 3).numpy(), normal(5, 3, seed=1).numpy()
LABELS = [1.0, -1.0, 1.0, -1.0]
ALPHA = [0.5, 0.25, 0.0, 0.75]
MATRIX = [
    [2.0, 0.5, 0.0, 0.25],
    [0.5, 3.0, 1.0, 0.0],
    [0.0, 1.0, 2.0, 0.5],
    [0.25, 0.0, 0.5, 1.0],
]

EXAMPLES: list[Example] = [
    example(svm.rbf_kernel, A, B, 0.5),
    example(svm.poly_kernel, A, B),
    example(svm.poly_kernel, A, B, 3, 0.5),
    example(svm.smo, MATRIX, LABELS, 2.0),
    example(svm.smo, MATRIX, LABELS, 0.5, 1e-6, 1000),
    example(svm.decision, ALPHA, 0.5, LABELS, MATRIX),
    example(svm.dual_objective, ALPHA, MATRIX, LABELS),
    example(svm.primal_objective, A, LABELS, [1.0, -0.5, 2.0], 0.25, 2.0),
    example(svm.kkt_violation, ALPHA, 0.25, MATRIX, LABELS, 1.0),
    example(svm.pegasos, A, LABELS, 0.5, 20, 3),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
