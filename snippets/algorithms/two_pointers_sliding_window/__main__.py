"""The public names: python -m snippets.algorithms.two_pointers_sliding_window."""

import pydoc

pydoc.doc(__package__)
