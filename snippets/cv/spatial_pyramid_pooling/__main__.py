"""What this package offers: python -m snippets.cv.spatial_pyramid_pooling."""

import pydoc

pydoc.doc(__package__)
