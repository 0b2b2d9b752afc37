"""What this package offers: python -m snippets.ml.gradient_boosting."""

import pydoc

pydoc.doc(__package__)
