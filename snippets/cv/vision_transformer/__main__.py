"""What this package offers: python -m snippets.cv.vision_transformer."""

import pydoc

pydoc.doc(__package__)
