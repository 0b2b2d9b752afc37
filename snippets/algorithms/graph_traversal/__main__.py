"""What this package offers: python -m snippets.algorithms.graph_traversal."""

import pydoc

pydoc.doc(__package__)
