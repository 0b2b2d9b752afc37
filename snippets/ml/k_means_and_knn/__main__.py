"""What this package offers: python -m snippets.ml.k_means_and_knn."""

import pydoc

pydoc.doc(__package__)
