"""Classifier-free guidance: away from the prediction without a caption.

Reference:
    Ho, Salimans, "Classifier-Free Diffusion Guidance", 2022, arXiv:2207.12598.
"""

from torch import Tensor


# --8<-- [start:cfg]
def cfg(eps_u: Tensor, eps_c: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: go on from the unconditional through the conditional.

    Args:
        eps_u: noise predicted with the empty caption, any shape.
        eps_c: noise predicted with the caption, of the same shape.
        scale: s. 0 ignores the caption, 1 is *no guidance*, 7.5 is the default of
            Stable Diffusion. Ho and Salimans' w is s - 1.

    Raises:
        ValueError: if the shapes differ.
    """
    if eps_u.shape != eps_c.shape:
        got = f"{tuple(eps_u.shape)}, {tuple(eps_c.shape)}"
        raise ValueError(f"both predictions must have one shape, got {got}")
    return eps_u + scale * (eps_c - eps_u)
    # --8<-- [end:cfg]
