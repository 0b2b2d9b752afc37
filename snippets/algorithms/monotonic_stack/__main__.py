"""What this package offers: python -m snippets.algorithms.monotonic_stack."""

import pydoc

pydoc.doc(__package__)
