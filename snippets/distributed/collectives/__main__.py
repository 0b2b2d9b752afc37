"""What this package offers: python -m snippets.distributed.collectives."""

import pydoc

pydoc.doc(__package__)
