"""What this package offers: python -m snippets.ml.loss_functions_and_information."""

import pydoc

pydoc.doc(__package__)
