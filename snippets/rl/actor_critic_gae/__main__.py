"""What this package offers: python -m snippets.rl.actor_critic_gae."""

import pydoc

pydoc.doc(__package__)
