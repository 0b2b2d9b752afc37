"""What this package offers: python -m snippets.rl.grid_world."""

import pydoc

pydoc.doc(__package__)
