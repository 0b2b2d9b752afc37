"""What this package offers: python -m snippets.rl.dqn."""

import pydoc

pydoc.doc(__package__)
