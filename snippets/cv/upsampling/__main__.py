"""What this package offers: python -m snippets.cv.upsampling."""

import pydoc

pydoc.doc(__package__)
