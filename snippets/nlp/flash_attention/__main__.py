"""What this package offers: python -m snippets.nlp.flash_attention."""

import pydoc

pydoc.doc(__package__)
