"""Classifier-free guidance: away from the prediction without a caption.

Reference:
    Ho, Salimans, "Classifier-Free Diffusion Guidance", 2022, arXiv:2207.12598.
"""

from torch import Tensor

from ._checks import _wide


# --8<-- [start:cfg]
def cfg(eps_u: Tensor, eps_c: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: go on from the unconditional through the conditional.

    Args:
        eps_u: noise predicted with the empty caption, any shape; with a caption of
            what is not wanted, scale leads away from that (a "negative prompt").
        eps_c: noise predicted with the caption, of the same shape.
        scale: s. 0 ignores the caption, 1 is *no guidance*, 7.5 is the default of
            Stable Diffusion. Ho and Salimans' w is s - 1.

    Raises:
        ValueError: if the shapes differ.
    """
    if eps_u.shape != eps_c.shape:
        got = f"{tuple(eps_u.shape)}, {tuple(eps_c.shape)}"
        raise ValueError(f"both predictions must have one shape, got {got}")
    wide = _wide(eps_u)
    return (wide + scale * (_wide(eps_c) - wide)).to(eps_u.dtype)
    # --8<-- [end:cfg]
