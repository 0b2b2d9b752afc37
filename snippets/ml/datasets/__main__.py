"""What this package offers: python -m snippets.ml.datasets."""

import pydoc

pydoc.doc(__package__)
