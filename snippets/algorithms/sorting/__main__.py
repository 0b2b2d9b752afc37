"""What this package offers: python -m snippets.algorithms.sorting."""

import pydoc

pydoc.doc(__package__)
