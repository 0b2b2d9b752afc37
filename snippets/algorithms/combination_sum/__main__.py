"""What this package offers: python -m snippets.algorithms.combination_sum."""

import pydoc

pydoc.doc(__package__)
