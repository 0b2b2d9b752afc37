"""What this package offers: python -m snippets.nlp.positional_encodings."""

import pydoc

pydoc.doc(__package__)
