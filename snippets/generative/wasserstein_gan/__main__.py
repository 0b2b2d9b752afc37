"""What this package offers: python -m snippets.generative.wasserstein_gan."""

import pydoc

pydoc.doc(__package__)
