"""What this package offers: python -m snippets.ml.regularization."""

import pydoc

pydoc.doc(__package__)
