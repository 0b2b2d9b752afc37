"""The public names: python -m snippets.algorithms.prefix_sums_hashing."""

import pydoc

pydoc.doc(__package__)
