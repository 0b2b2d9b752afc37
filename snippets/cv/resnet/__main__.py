"""What this package offers: python -m snippets.cv.resnet."""

import pydoc

pydoc.doc(__package__)
