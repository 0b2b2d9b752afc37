"""What this package offers: python -m snippets.cv.deep_infomax."""

import pydoc

pydoc.doc(__package__)
