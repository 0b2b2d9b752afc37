"""What this package offers: python -m snippets.nlp.bpe_tokenization."""

import pydoc

pydoc.doc(__package__)
