"""The loss scale, which looks for the largest factor that does not overflow.

Source: Micikevicius et al. 2017, arXiv:1710.03740; defaults of torch.amp.GradScaler.
"""

from math import inf, isinf

from ._checks import _between, _flag, _integer


# --8<-- [start:scaler]
class LossScaler:
    """Halve the scale after an overflow, double it after many steps without one.

    Args:
        scale: what the loss is multiplied by at first, > 0.
        growth: factor after ``interval`` good steps in a row, > 1.
        backoff: factor after a step with an overflow, between 0 and 1.
        interval: good steps until the scale grows, >= 1.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self,
        scale: float = 65536.0,
        growth: float = 2.0,
        backoff: float = 0.5,
        interval: int = 2000,
    ) -> None:
        self.scale = _between("scale", scale, 0, inf)
        self.growth = _between("growth", growth, 1, inf)
        self.backoff = _between("backoff", backoff, 0, 1)
        self.interval = _integer("interval", interval, 1)
        self.good = 0

    def update(self, found_inf: bool) -> bool:
        """Take note of a step.

        Args:
            found_inf: whether a gradient was infinite or NaN.

        Returns:
            Whether the optimizer may take the step.

        Raises:
            ValueError: found_inf is neither True nor False.
        """
        found_inf = _flag("found_inf", found_inf)
        self.good = 0 if found_inf else self.good + 1
        if found_inf:
            self._change(self.backoff)
        elif self.good == self.interval:
            self._change(self.growth)
            self.good = 0
        return not found_inf

    def _change(self, factor: float) -> None:
        scale = self.scale * factor
        if scale > 0 and not isinf(scale):
            self.scale = scale
        # --8<-- [end:scaler]
