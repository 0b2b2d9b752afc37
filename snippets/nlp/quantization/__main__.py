"""What this package offers: python -m snippets.nlp.quantization."""

import pydoc

pydoc.doc(__package__)
