"""What this package offers: python -m snippets.algorithms.binary_trees."""

import pydoc

pydoc.doc(__package__)
