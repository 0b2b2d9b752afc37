"""What this package offers: python -m snippets.nlp.efficient_attention."""

import pydoc

pydoc.doc(__package__)
