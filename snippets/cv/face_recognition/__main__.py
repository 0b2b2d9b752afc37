"""What this package offers: python -m snippets.cv.face_recognition."""

import pydoc

pydoc.doc(__package__)
