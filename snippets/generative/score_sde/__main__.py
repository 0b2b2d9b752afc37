"""What this package offers: python -m snippets.generative.score_sde."""

import pydoc

pydoc.doc(__package__)
