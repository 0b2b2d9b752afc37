"""PCA: the directions in which centred data vary most, from the singular values.

``X`` has shape (n, d), one row a point. Variances divide by n - 1, as in scikit-learn;
those of ``ppca`` by n, since the likelihood wants that.

Sources: Pearson 1901, doi:10.1080/14786440109462720; Schölkopf, Smola, Müller 1998,
doi:10.1162/089976698300017467; Tipping and Bishop 1999, doi:10.1111/1467-9868.00196;
Baik, Ben Arous, Péché 2005, doi:10.1214/009117905000000233.
"""

from .components import explained_ratio, pca_fit, pca_inverse, pca_transform
from .features import kernel_pca
from .noise import spike
from .probabilistic import ppca
from .whitening import whiten

__all__ = [
    "explained_ratio",
    "kernel_pca",
    "pca_fit",
    "pca_inverse",
    "pca_transform",
    "ppca",
    "spike",
    "whiten",
]
