"""What this package offers: python -m snippets.algorithms.dynamic_programming."""

import pydoc

pydoc.doc(__package__)
