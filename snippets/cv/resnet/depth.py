"""What depth does to a stack of residual blocks before training: variance and paths."""

from ._checks import choice, finite, integer


# --8<-- [start:variance]
def residual_variance(
    blocks: int, branch: str = "free", scale: float = 1.0
) -> list[float]:
    """Variance before each block and after the last, from 1, of x + scale * F(x).

    F(x) is uncorrelated with x, so that variances add up.

    Args:
        blocks: how many.
        branch: "free" if F(x) has the variance of x, "normalised" if it has 1.
        scale: of the branch.

    Raises:
        ValueError: for negative or broken ``blocks``, an unknown ``branch``, or a
            ``scale`` that is not finite.
    """
    blocks, scale = integer("blocks", blocks, 0), finite("scale", scale)
    branch = choice("branch", branch, ("free", "normalised"))
    variance = [1.0]
    for _ in range(blocks):
        v = variance[-1]
        variance.append(v + scale * scale * (v if branch == "free" else 1.0))
    return variance
    # --8<-- [end:variance]


# --8<-- [start:paths]
def path_length_law(blocks: int, keep: float = 0.5) -> list[float]:
    """Probability that a path goes through 0, 1, ..., ``blocks`` branches.

    Args:
        blocks: how many.
        keep: probability of the branch at each block; at 0.5 all paths weigh alike.

    Raises:
        ValueError: for negative or broken ``blocks``, or ``keep`` outside [0, 1].
    """
    blocks, p = integer("blocks", blocks, 0), finite("keep", keep)
    if not 0 <= p <= 1:
        raise ValueError(f"keep must be in [0, 1], got {keep!r}")
    law = [1.0]
    for _ in range(blocks):
        past, through = [*law, 0.0], [0.0, *law]
        law = [(1 - p) * a + p * b for a, b in zip(past, through)]
    return law
    # --8<-- [end:paths]
