"""What this package offers: python -m snippets.rl.bandits."""

import pydoc

pydoc.doc(__package__)
