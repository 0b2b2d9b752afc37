"""Windows from one stream of tokens, and the loop that learns from them."""

import torch
from torch import Tensor

from ._checks import _ids, _integer, _number
from .loss import language_model_loss
from .model import GPT


# --8<-- [start:batch]
def batch(
    data: Tensor, context: int, size: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Windows from random places of the stream, and what comes next at each token.

    Args:
        data: ids, int64, shape (n,), n > context.
        context: tokens of a window, >= 1.
        size: number of windows, >= 1.
        generator: draws the starts, from 0 to n - context - 1, on the CPU.

    Returns:
        x and y, both (size, context); y is x one token later.

    Raises:
        ValueError: if a number or a type does not fit, or the stream is too short.
    """
    context, size = _integer("context", context, 1), _integer("size", size, 1)
    _stream(data, context)
    starts = torch.randint(len(data) - context, (size, 1), generator=generator)
    at = (starts + torch.arange(context)).to(data.device)
    return data[at], data[at + 1]
    # --8<-- [end:batch]


def _stream(data: Tensor, context: int, vocab: int | None = None) -> None:
    _ids("data", data, 1, vocab)
    if len(data) <= context:
        raise ValueError(f"data must have more than {context} tokens, got {len(data)}")


# --8<-- [start:train]
def train(
    model: GPT,
    data: Tensor,
    steps: int,
    size: int,
    lr: float = 3e-3,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Change the weights by AdamW, one batch a step.

    Args:
        model: is changed.
        data: ids below the vocabulary, int64, shape (n,), n > context.
        steps: number of batches, >= 0.
        size: windows of a batch, >= 1.
        lr: learning rate, >= 0.
        generator: draws the batches, on the CPU.

    Returns:
        The loss of each batch, before the model learnt from it.

    Raises:
        ValueError: if an argument does not fit.
    """
    steps, size = _integer("steps", steps, 0), _integer("size", size, 1)
    lr, context = _number("lr", lr), model.config.context
    _stream(data, context, model.config.vocab)
    optimizer = torch.optim.AdamW(model.parameters(), lr)
    losses = []
    for _ in range(steps):
        x, y = batch(data, context, size, generator)
        loss = language_model_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses
    # --8<-- [end:train]
