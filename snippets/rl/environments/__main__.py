"""What this package offers: python -m snippets.rl.environments."""

import pydoc

pydoc.doc(__package__)
