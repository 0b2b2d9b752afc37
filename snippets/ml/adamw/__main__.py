"""What this package offers: python -m snippets.ml.adamw."""

import pydoc

pydoc.doc(__package__)
