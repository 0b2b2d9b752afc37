"""What this package offers: python -m snippets.nlp.gpt_from_scratch."""

import pydoc

pydoc.doc(__package__)
