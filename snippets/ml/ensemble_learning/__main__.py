"""What this package offers: python -m snippets.ml.ensemble_learning."""

import pydoc

pydoc.doc(__package__)
