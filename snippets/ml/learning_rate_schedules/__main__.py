"""What this package offers: python -m snippets.ml.learning_rate_schedules."""

import pydoc

pydoc.doc(__package__)
