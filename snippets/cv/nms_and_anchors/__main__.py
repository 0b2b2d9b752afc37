"""What this package offers: python -m snippets.cv.nms_and_anchors."""

import pydoc

pydoc.doc(__package__)
