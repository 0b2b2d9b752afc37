"""What this package offers: python -m snippets.rl.stochastic_approximation."""

import pydoc

pydoc.doc(__package__)
