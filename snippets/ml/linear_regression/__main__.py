"""What this package offers: python -m snippets.ml.linear_regression."""

import pydoc

pydoc.doc(__package__)
