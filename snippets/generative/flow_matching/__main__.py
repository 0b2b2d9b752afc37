"""What this package offers: python -m snippets.generative.flow_matching."""

import pydoc

pydoc.doc(__package__)
