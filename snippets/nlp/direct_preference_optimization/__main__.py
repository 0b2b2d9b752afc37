"""What this package offers: python -m snippets.nlp.direct_preference_optimization."""

import pydoc

pydoc.doc(__package__)
