"""What this package offers: python -m snippets.nlp.recurrent_networks."""

import pydoc

pydoc.doc(__package__)
