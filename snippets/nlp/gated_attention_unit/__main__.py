"""What this package offers: python -m snippets.nlp.gated_attention_unit."""

import pydoc

pydoc.doc(__package__)
