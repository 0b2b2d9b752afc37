"""What this package offers: python -m snippets.cv.detr."""

import pydoc

pydoc.doc(__package__)
