"""What this package offers: python -m snippets.algorithms.backtracking."""

import pydoc

pydoc.doc(__package__)
