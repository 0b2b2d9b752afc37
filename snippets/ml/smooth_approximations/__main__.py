"""What this package offers: python -m snippets.ml.smooth_approximations."""

import pydoc

pydoc.doc(__package__)
