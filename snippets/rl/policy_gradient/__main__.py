"""What this package offers: python -m snippets.rl.policy_gradient."""

import pydoc

pydoc.doc(__package__)
