"""What this package offers: python -m snippets.distributed.data_parallel."""

import pydoc

pydoc.doc(__package__)
