"""What this package offers: python -m snippets.rl.q_learning."""

import pydoc

pydoc.doc(__package__)
