"""What this package offers: python -m snippets.cv.convolution."""

import pydoc

pydoc.doc(__package__)
