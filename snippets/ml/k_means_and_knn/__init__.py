"""k-means finds groups in points without labels; k-NN copies the labels of the nearest.

Distances are Euclidean, and their squares are sums of squared differences, never the
expanded square. Points are rows of an array of shape (n, d), computed in float64.
Differences below 1e-162 have squares of 0: such points count as equal.

Sources: Lloyd 1982, doi:10.1109/TIT.1982.1056489; Arthur and Vassilvitskii 2007,
"k-means++: the advantages of careful seeding"; Cover and Hart 1967,
doi:10.1109/TIT.1967.1053964; Bentley 1975, doi:10.1145/361002.361007.
"""

from .line import kmeans_1d
from .lloyd import inertia, kmeans, lloyd_steps
from .seeding import kmeans_plus_plus
from .silhouettes import silhouette
from .tree import KDTree
from .vote import knn_predict

__all__ = [
    "KDTree",
    "inertia",
    "kmeans",
    "kmeans_1d",
    "kmeans_plus_plus",
    "knn_predict",
    "lloyd_steps",
    "silhouette",
]
