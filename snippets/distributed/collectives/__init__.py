"""In a collective all ranks of a group call one function, and all depend on all.

W is the number of ranks, a rank counts from 0; what a rank gives is a vector, and a
chunk is one of its W equal pieces. Here ranks are entries of a list, in one process;
``launch`` does the same in real ones. alpha is in seconds a message, beta in seconds a
byte; other authors write beta for the bandwidth, the inverse.

References:
    Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
    workstations", JPDC 2009, doi:10.1016/j.jpdc.2008.09.002.
    NVIDIA, nccl-tests, doc/PERFORMANCE.md.
"""

from .cost import bus_bandwidth, cost, crossover_bytes
from .exchange import all_to_all
from .ring import ring_all_gather, ring_reduce_scatter
from .tree import tree_all_reduce

__all__ = [
    "all_to_all",
    "bus_bandwidth",
    "cost",
    "crossover_bytes",
    "ring_all_gather",
    "ring_reduce_scatter",
    "tree_all_reduce",
]
