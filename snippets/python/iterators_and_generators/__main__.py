"""What this package offers: python -m snippets.python.iterators_and_generators."""

import pydoc

pydoc.doc(__package__)
