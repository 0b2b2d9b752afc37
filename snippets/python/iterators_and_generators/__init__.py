"""An iterable makes iterators; an iterator gives each item once; ``yield`` writes both.

``CountDown`` can be looped over again and again, ``Peekable`` looks one item ahead. The
others are parts of pipelines: each reads its source item by item, and keeps no more of
it than the result needs.

Sources: PEP 234 (iterators), PEP 255 (generators), PEP 342 (``send``);
J. S. Vitter, Random Sampling with a Reservoir, ACM TOMS 11(1), 1985,
doi:10.1145/3147.3165 (algorithm R).
"""

from .groups import batched, windows
from .merging import flatten, round_robin
from .protocol import CountDown, Peekable
from .streams import reservoir, running_mean

__all__ = [
    "CountDown",
    "Peekable",
    "batched",
    "flatten",
    "reservoir",
    "round_robin",
    "running_mean",
    "windows",
]
