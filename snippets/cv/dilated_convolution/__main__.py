"""What this package offers: python -m snippets.cv.dilated_convolution."""

import pydoc

pydoc.doc(__package__)
