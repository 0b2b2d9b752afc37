"""What this package offers: python -m snippets.cv.u_net."""

import pydoc

pydoc.doc(__package__)
