"""What this package offers: python -m snippets.distributed.mixed_precision."""

import pydoc

pydoc.doc(__package__)
