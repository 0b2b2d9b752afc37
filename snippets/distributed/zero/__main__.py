"""What this package offers: python -m snippets.distributed.zero."""

import pydoc

pydoc.doc(__package__)
