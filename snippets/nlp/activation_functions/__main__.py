"""What this package offers: python -m snippets.nlp.activation_functions."""

import pydoc

pydoc.doc(__package__)
