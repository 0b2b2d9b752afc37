"""What this package offers: python -m snippets.ml.em_and_gmm."""

import pydoc

pydoc.doc(__package__)
