"""What this package offers: python -m snippets.nlp.kimi_vl."""

import pydoc

pydoc.doc(__package__)
