"""What this package offers: python -m snippets.distributed.roofline."""

import pydoc

pydoc.doc(__package__)
