"""What this package offers: python -m snippets.nlp.linear_attention."""

import pydoc

pydoc.doc(__package__)
