"""What this package offers: python -m snippets.nlp.performer."""

import pydoc

pydoc.doc(__package__)
