"""What this package offers: python -m snippets.python.decorators_and_partial."""

import pydoc

pydoc.doc(__package__)
