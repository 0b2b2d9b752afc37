"""What this package offers: python -m snippets.algorithms.knapsack."""

import pydoc

pydoc.doc(__package__)
