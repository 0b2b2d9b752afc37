"""What this package offers: python -m snippets.nlp.kv_cache."""

import pydoc

pydoc.doc(__package__)
