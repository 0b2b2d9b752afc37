"""What this package offers: python -m snippets.rl.monte_carlo."""

import pydoc

pydoc.doc(__package__)
