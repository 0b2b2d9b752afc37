"""What this package offers: python -m snippets.algorithms.edit_distance_and_lcs."""

import pydoc

pydoc.doc(__package__)
