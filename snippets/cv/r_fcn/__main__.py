"""What this package offers: python -m snippets.cv.r_fcn."""

import pydoc

pydoc.doc(__package__)
