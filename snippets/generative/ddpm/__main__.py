"""What this package offers: python -m snippets.generative.ddpm."""

import pydoc

pydoc.doc(__package__)
