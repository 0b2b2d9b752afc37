"""What this package offers: python -m snippets.ml.gradient_descent."""

import pydoc

pydoc.doc(__package__)
