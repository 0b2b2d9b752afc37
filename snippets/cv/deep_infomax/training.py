"""An experiment in seconds: patches that share a class and differ in all else.

Local Deep InfoMax learns codes of drawn patches; the principal components, which keep
what varies most, are what its codes are compared with. Axes: N images, P patches of an
image, D numbers of a patch.
"""

import torch
from torch import Tensor

from .local import LocalDIM, local_dim_loss


def toy_patches(
    count: int, generator: torch.Generator, patches: int = 6
) -> tuple[Tensor, Tensor]:
    """Images of one of 4 hidden classes, with noise louder than the signal.

    The first 2 of the 6 numbers of a patch are its image's corner (+-1, +-1) plus noise
    of standard deviation 1; the other 4 are noise of standard deviation 4.

    Returns:
        Patches, shape (count, patches, 6), and classes, shape (count,).
    """
    label = torch.randint(4, (count,), generator=generator)
    corner = torch.stack([label % 2, label // 2], 1) * 2.0 - 1
    scale = torch.tensor([1.0, 1, 4, 4, 4, 4])
    x = torch.randn(count, patches, 6, generator=generator) * scale
    x[..., :2] += corner[:, None]
    return x, label


# --8<-- [start:fit]
def fit(patches: Tensor, steps: int, seed: int, batch: int = 128) -> LocalDIM:
    """Train a 2-D local DIM on patches (N, P, D), without labels; 0 steps: untrained.

    The global random state is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LocalDIM(patches.shape[2])
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        chosen = torch.randint(len(patches), (batch,), generator=generator)
        loss = local_dim_loss(*model(patches[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
    # --8<-- [end:fit]


def centroid_accuracy(codes: Tensor, labels: Tensor) -> float:
    """Share of the second half of the codes whose nearest class centroid is right.

    Args:
        codes: shape (N, c); the centroids are those of the first half.
        labels: integer classes, shape (N,); every class occurs in the first half.
    """
    half = len(codes) // 2
    classes = labels.unique()
    first, first_labels = codes[:half], labels[:half]
    centroids = torch.stack([first[first_labels == c].mean(0) for c in classes])
    nearest = classes[torch.cdist(codes[half:], centroids).argmin(1)]
    return (nearest == labels[half:]).double().mean().item()


def pca_codes(patches: Tensor, components: int = 2) -> Tensor:
    """Patch means projected on their leading principal axes, (N, P, D) to (N, c)."""
    means = patches.mean(1)
    centered = means - means.mean(0)
    axes = torch.linalg.svd(centered, full_matrices=False).Vh[:components]
    return centered @ axes.T
