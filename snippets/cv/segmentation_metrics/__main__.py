"""What this package offers: python -m snippets.cv.segmentation_metrics."""

import pydoc

pydoc.doc(__package__)
