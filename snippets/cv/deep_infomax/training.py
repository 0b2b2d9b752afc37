"""An experiment in seconds: patches that share a class and differ in all else.

Local Deep InfoMax learns codes of drawn patches; the principal components, which keep
what varies most, are what its codes are compared with. Axes: N images, M patches of an
image, F numbers of a patch.
"""

import torch
from torch import Tensor

from ._checks import _in_float32, _integer, _shape
from .local import LocalDIM, local_dim_loss


def toy_patches(
    count: int, generator: torch.Generator, patches: int = 6
) -> tuple[Tensor, Tensor]:
    """Images of one of 4 hidden classes, with noise louder than the signal.

    The first 2 of the 6 numbers of a patch are its image's corner (+-1, +-1) plus noise
    of standard deviation 1; the other 4 are noise of standard deviation 4.

    Returns:
        Patches, shape (count, patches, 6), and classes, shape (count,).

    Raises:
        ValueError: if a number is no integer >= 1.
    """
    count, patches = _integer("count", count, 1), _integer("patches", patches, 1)
    device = generator.device
    label = torch.randint(4, (count,), generator=generator, device=device)
    corner = torch.stack([label % 2, label // 2], 1) * 2.0 - 1
    scale = torch.tensor([1.0, 1, 4, 4, 4, 4], device=device)
    noise = torch.randn(count, patches, 6, generator=generator, device=device)
    x = scale * noise
    x[..., :2] += corner[:, None]
    return x, label


# --8<-- [start:fit]
def fit(patches: Tensor, steps: int, seed: int, batch: int = 128) -> LocalDIM:
    """Train a 2-D local DIM on patches (N, M, F), without labels; 0 steps: untrained.

    The global random state is left as it was.

    Raises:
        ValueError: if ``patches`` is not finite, float32 or float64, of such a shape,
            ``steps`` or ``seed`` no integer >= 0, or ``batch`` no integer >= 2.
    """
    _check_patches(patches)
    steps, seed = _integer("steps", steps, 0), _integer("seed", seed, 0)
    batch = _integer("batch", batch, 2)
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.default_generator.manual_seed(seed)  # torch's own would seed GPUs too
        model = LocalDIM(patches.shape[2]).to(patches)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        chosen = torch.randint(len(patches), (batch,), generator=generator)
        chosen = chosen.to(patches.device)
        loss = local_dim_loss(*model(patches[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
    # --8<-- [end:fit]


@_in_float32
def centroid_accuracy(codes: Tensor, labels: Tensor) -> float:
    """Share of the second half of the codes whose nearest class centroid is right.

    Args:
        codes: shape (N, c); the centroids are those of the first half.
        labels: integer classes, shape (N,), N >= 2; those of the first half are known.

    Raises:
        ValueError: if the shapes do not fit, a code is not finite, or a class occurs in
            the second half only.
    """
    if codes.ndim != 2 or labels.shape != codes.shape[:1] or 0 in codes.shape:
        got = f"{_shape(codes)} and {_shape(labels)}"
        raise ValueError(f"codes and labels must be (N, c) and (N,), got {got}")
    _check_finite("codes", codes)
    half = len(codes) // 2
    classes = labels[:half].unique()
    unknown = labels[half:][~torch.isin(labels[half:], classes)]
    if len(unknown):
        got = f"{unknown.unique().tolist()} in the second only"
        raise ValueError(f"each class must occur in the first half, got {got}")
    first, first_labels = codes[:half], labels[:half]
    centroids = torch.stack([first[first_labels == c].mean(0) for c in classes])
    nearest = classes[torch.cdist(codes[half:], centroids).argmin(1)]
    return (nearest == labels[half:]).double().mean().item()


@_in_float32
def pca_codes(patches: Tensor, components: int = 2) -> Tensor:
    """Patch means projected on their leading principal axes, (N, M, F) to (N, c).

    Raises:
        ValueError: if ``patches`` has another shape or a number that is not finite, or
            there are fewer than c images or numbers.
    """
    if patches.ndim != 3 or 0 in patches.shape or not patches.is_floating_point():
        got = f"{_shape(patches)}, {patches.dtype}"
        raise ValueError(f"patches must be (N, M, F), floating point, got {got}")
    components = _integer("components", components, 1)
    most = min(patches.shape[0], patches.shape[2])
    if components > most:
        raise ValueError(f"components must be at most {most}, got {components}")
    _check_finite("patches", patches)
    means = patches.mean(1)
    centered = means - means.mean(0)
    axes = torch.linalg.svd(centered, full_matrices=False).Vh[:components]
    return centered @ axes.T


def _check_patches(patches: Tensor) -> None:
    known = patches.dtype in (torch.float32, torch.float64)
    if patches.ndim != 3 or 0 in patches.shape or not known:
        got = f"{_shape(patches)}, {patches.dtype}"
        raise ValueError(
            f"patches must be (N, M, F), float32 or float64 to train, got {got}"
        )
    _check_finite("patches", patches)


def _check_finite(name: str, numbers: Tensor) -> None:
    if not numbers.is_meta and not numbers.isfinite().all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
