"""What this package offers: python -m snippets.cv.receptive_field."""

import pydoc

pydoc.doc(__package__)
