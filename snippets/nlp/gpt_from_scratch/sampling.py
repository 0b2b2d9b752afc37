"""Text from a model: one token a pass, and what was drawn is read in the next."""

import torch
from torch import Tensor

from ._checks import _ids, _integer, _number
from .model import GPT


# --8<-- [start:generate]
@torch.no_grad()
def generate(
    model: GPT,
    ids: Tensor,
    steps: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The ids with more of them behind, drawn one after the other.

    Args:
        model: reads the last ``model.config.context`` ids.
        ids: the prompts, int64, shape (b, t), t >= 1.
        steps: how many tokens are added, >= 0.
        temperature: divides the logits; 0 takes the largest.
        generator: draws the tokens, on the device of ids.

    Returns:
        int64, shape (b, t + steps); it begins with ids.

    Raises:
        ValueError: if an argument does not fit, a prompt is empty, or the model's
            logits are not finite.
    """
    _ids("ids", ids, 2, model.config.vocab)
    steps = _integer("steps", steps, 0)
    temperature = _number("temperature", temperature)
    if ids.shape[1] == 0:
        raise ValueError("the prompt must have a token, got none")
    for _ in range(steps):
        window = ids[:, -model.config.context :]
        logits = model(window)[:, -1].double()  # only the last place is asked
        if not logits.isfinite().all():
            raise ValueError("the model's logits must be finite, got NaN or infinity")
        logits -= logits.amax(-1, keepdim=True)  # a tiny temperature overflows nothing
        if temperature == 0:
            pick = logits.argmax(-1, keepdim=True)
        else:
            p = (logits / temperature).softmax(-1)
            pick = torch.multinomial(p, 1, generator=generator)
        ids = torch.cat([ids, pick], 1)
    return ids.clone()
    # --8<-- [end:generate]
