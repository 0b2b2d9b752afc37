"""What this package offers: python -m snippets.cv.batch_norm."""

import pydoc

pydoc.doc(__package__)
