"""What this package offers: python -m snippets.cv.pose_regression_rle."""

import pydoc

pydoc.doc(__package__)
