"""What this package offers: python -m snippets.nlp.normalization."""

import pydoc

pydoc.doc(__package__)
