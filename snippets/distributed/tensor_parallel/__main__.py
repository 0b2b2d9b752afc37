"""What this package offers: python -m snippets.distributed.tensor_parallel."""

import pydoc

pydoc.doc(__package__)
