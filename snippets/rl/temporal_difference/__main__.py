"""What this package offers: python -m snippets.rl.temporal_difference."""

import pydoc

pydoc.doc(__package__)
