"""What this package offers: python -m snippets.python.autograd."""

import pydoc

pydoc.doc(__package__)
