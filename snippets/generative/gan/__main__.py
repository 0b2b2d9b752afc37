"""What this package offers: python -m snippets.generative.gan."""

import pydoc

pydoc.doc(__package__)
