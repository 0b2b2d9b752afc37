"""What this package offers: python -m snippets.algorithms.heaps."""

import pydoc

pydoc.doc(__package__)
