"""Local Deep InfoMax: the code of an image must recognize each of the image's patches.

What the patches share lowers this loss many times over, what one patch has for itself
only once: so a small code should keep the shared part. Axes: N images, M patches of an
image, F numbers of a patch, h features in which code and patch are compared.

Reference:
    Hjelm et al., "Learning deep representations by mutual information estimation and
    maximization", ICLR 2019, arXiv:1808.06670.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ._checks import _in_float32, _integer, _shape


# --8<-- [start:model]
class LocalDIM(nn.Module):
    """An encoder with the two projections that let code and patches be compared.

    Args:
        patch_dim: F, numbers in a patch.
        code_dim: size of the representation that is kept after training.
        hidden: width of the patch features.
        features: h, size of the space in which scores are inner products.

    Raises:
        ValueError: if a size is no integer >= 1.
    """

    def __init__(
        self, patch_dim: int, code_dim: int = 2, hidden: int = 32, features: int = 16
    ) -> None:
        super().__init__()
        self.patch_dim = patch_dim = _integer("patch_dim", patch_dim, 1)
        code_dim = _integer("code_dim", code_dim, 1)
        hidden = _integer("hidden", hidden, 1)
        features = _integer("features", features, 1)
        self.patch_net = nn.Sequential(nn.Linear(patch_dim, hidden), nn.ReLU())
        self.to_code = nn.Linear(hidden, code_dim)
        self.global_head = nn.Sequential(
            nn.Linear(code_dim, hidden), nn.ReLU(), nn.Linear(hidden, features)
        )
        self.local_head = nn.Linear(hidden, features)

    def encode(self, patches: Tensor) -> Tensor:
        """The representation: patches (N, M, F) to codes (N, code_dim)."""
        self._check(patches)
        return self.to_code(self.patch_net(patches).mean(1))

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Patches (N, M, F) to global features (N, h) and local features (N, M, h).

        Raises:
            ValueError: if ``patches`` is not (N, M, F) with M >= 1.
        """
        self._check(patches)
        maps = self.patch_net(patches)
        return self.global_head(self.to_code(maps.mean(1))), self.local_head(maps)

    def _check(self, patches: Tensor) -> None:
        shape = tuple(patches.shape)
        if len(shape) != 3 or shape[1] < 1 or shape[2] != self.patch_dim:
            raise ValueError(
                f"patches must be (N, M, {self.patch_dim}) with M >= 1, got {shape}"
            )
        # --8<-- [end:model]


# --8<-- [start:loss]
@_in_float32
def local_dim_loss(g: Tensor, l: Tensor) -> Tensor:  # noqa: E741
    """Minus the JSD objective over all (code, patch) pairs of a batch.

    Args:
        g: global features, shape (N, h), N >= 2.
        l: local features, shape (N, M, h).

    Returns:
        Scalar; 2 log 2 where all scores are 0.

    Raises:
        ValueError: if the shapes do not fit, or N is below 2.
    """
    fits = g.ndim == 2 and l.ndim == 3 and (*g.shape,) == (l.shape[0], l.shape[2])
    if not fits or len(g) < 2 or 0 in l.shape:
        raise ValueError(
            "g and l must be (N, h) and (N, M, h) with N >= 2, M >= 1 and h >= 1, "
            f"got {_shape(g)} and {_shape(l)}"
        )
    scores = torch.einsum("ih,jmh->ijm", g, l)  # code i, patch m of image j
    pos = scores.diagonal()  # code and patches of one image
    same = torch.eye(len(g), dtype=torch.bool, device=g.device)[:, :, None]
    neg = softplus(scores).masked_fill(same, 0).sum() / (scores.numel() - pos.numel())
    return softplus(-pos).mean() + neg
    # --8<-- [end:loss]
