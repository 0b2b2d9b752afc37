"""What this package offers: python -m snippets.generative.latent_diffusion."""

import pydoc

pydoc.doc(__package__)
