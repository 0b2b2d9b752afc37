"""What this package offers: python -m snippets.ml.pca."""

import pydoc

pydoc.doc(__package__)
