"""What this package offers: python -m snippets.ml.ridge_and_lasso."""

import pydoc

pydoc.doc(__package__)
