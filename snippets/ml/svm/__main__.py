"""What this package offers: python -m snippets.ml.svm."""

import pydoc

pydoc.doc(__package__)
