"""What this package offers: python -m snippets.nlp.state_space_models."""

import pydoc

pydoc.doc(__package__)
