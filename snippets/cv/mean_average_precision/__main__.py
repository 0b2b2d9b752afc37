"""What this package offers: python -m snippets.cv.mean_average_precision."""

import pydoc

pydoc.doc(__package__)
