"""What this package offers: python -m snippets.generative.normalizing_flows."""

import pydoc

pydoc.doc(__package__)
