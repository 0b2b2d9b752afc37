"""Local Deep InfoMax: the code of an image must recognize each of the image's patches.

What the patches share lowers this loss many times over, what one patch has for itself
only once: so the code keeps the shared part. Axes: N images, P patches of an image,
D numbers of a patch, h features in which code and patch are compared.

Reference:
    Hjelm et al., "Learning deep representations by mutual information estimation and
    maximization", ICLR 2019, arXiv:1808.06670.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus


# --8<-- [start:model]
class LocalDIM(nn.Module):
    """An encoder with the two projections that let code and patches be compared.

    Args:
        patch_dim: D, numbers in a patch.
        code_dim: size of the representation that is kept after training.
        hidden: width of the patch features.
        features: h, size of the space in which scores are inner products.
    """

    def __init__(
        self, patch_dim: int, code_dim: int = 2, hidden: int = 32, features: int = 16
    ) -> None:
        super().__init__()
        self.patch_dim = patch_dim
        self.patch_net = nn.Sequential(nn.Linear(patch_dim, hidden), nn.ReLU())
        self.to_code = nn.Linear(hidden, code_dim)
        self.global_head = nn.Sequential(
            nn.Linear(code_dim, hidden), nn.ReLU(), nn.Linear(hidden, features)
        )
        self.local_head = nn.Linear(hidden, features)

    def encode(self, patches: Tensor) -> Tensor:
        """The representation: patches (N, P, D) to codes (N, code_dim)."""
        self._check(patches)
        return self.to_code(self.patch_net(patches).mean(1))

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Patches (N, P, D) to global features (N, h) and local features (N, P, h).

        Raises:
            ValueError: if ``patches`` is not (N, P, D) with P >= 1.
        """
        self._check(patches)
        maps = self.patch_net(patches)
        return self.global_head(self.to_code(maps.mean(1))), self.local_head(maps)

    def _check(self, patches: Tensor) -> None:
        shape = tuple(patches.shape)
        if len(shape) != 3 or shape[1] < 1 or shape[2] != self.patch_dim:
            raise ValueError(
                f"patches must be (N, P, {self.patch_dim}) with P >= 1, got {shape}"
            )
        # --8<-- [end:model]


# --8<-- [start:loss]
def local_dim_loss(g: Tensor, l: Tensor) -> Tensor:  # noqa: E741
    """Minus the JSD objective over all (code, patch) pairs of a batch.

    Args:
        g: global features, shape (N, h), N >= 2.
        l: local features, shape (N, P, h).

    Returns:
        Scalar; 2 log 2 where all scores are 0.

    Raises:
        ValueError: if the shapes do not fit, or N is below 2.
    """
    shapes = tuple(g.shape), tuple(l.shape)
    fits = g.ndim == 2 and l.ndim == 3 and (*g.shape,) == (l.shape[0], l.shape[2])
    if not fits or len(g) < 2 or l.shape[1] < 1:
        raise ValueError(
            "g and l must be (N, h) and (N, P, h) with N >= 2 and P >= 1, "
            f"got {shapes[0]} and {shapes[1]}"
        )
    scores = torch.einsum("ih,jph->ijp", g, l)  # code i, patch p of image j
    same = torch.eye(len(g), dtype=torch.bool, device=g.device)
    return softplus(-scores[same]).mean() + softplus(scores[~same]).mean()
    # --8<-- [end:loss]
