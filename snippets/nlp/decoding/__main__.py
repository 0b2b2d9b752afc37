"""What this package offers: python -m snippets.nlp.decoding."""

import pydoc

pydoc.doc(__package__)
