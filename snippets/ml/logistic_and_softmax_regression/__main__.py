"""What this package offers: python -m snippets.ml.logistic_and_softmax_regression."""

import pydoc

pydoc.doc(__package__)
