"""What this package offers: python -m snippets.cv.deformable_convolution."""

import pydoc

pydoc.doc(__package__)
