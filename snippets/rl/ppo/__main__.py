"""What this package offers: python -m snippets.rl.ppo."""

import pydoc

pydoc.doc(__package__)
