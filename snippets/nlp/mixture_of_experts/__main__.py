"""What this package offers: python -m snippets.nlp.mixture_of_experts."""

import pydoc

pydoc.doc(__package__)
