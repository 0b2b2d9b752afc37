"""What this package offers: python -m snippets.nlp.lora."""

import pydoc

pydoc.doc(__package__)
