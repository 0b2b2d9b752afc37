"""What this package offers: python -m snippets.nlp.transformer."""

import pydoc

pydoc.doc(__package__)
