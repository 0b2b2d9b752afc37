"""What this package offers: python -m snippets.nlp.transnormer."""

import pydoc

pydoc.doc(__package__)
