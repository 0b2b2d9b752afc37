"""What this package offers: python -m snippets.generative.nice."""

import pydoc

pydoc.doc(__package__)
