"""Example calls of snippets.nlp.kimi_vl."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from snippets.nlp import kimi_vl as k
from tests.inputs import Example, Promises, example, normal, uniform

CU = torch.tensor([0, 2, 5])
HW = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]])
GRIDS = torch.tensor([[2, 2], [2, 4]])
SCORES = uniform(5, 4, low=0.1, high=1.0)
PICKS = torch.tensor([[0, 1], [2, 3], [0, 2], [1, 3], [0, 3]])
CUTS = "where a segment ends is read off the cumulative lengths"
SIZES = "the sizes of the grids are read off the data"
ROUTES = "which experts a token goes to is read off the data"
NEGATIVE = "whether a score is negative or a pick no expert is read off the data"
IDS = "the places of the images are read off the ids"


def experts(count: int, seed: int) -> k.Experts:
    """Hidden width 2, width 3."""
    shapes = (count, 2, 3), (count, 2, 3), (count, 3, 2)
    return k.Experts(*(normal(*s, seed=seed + i) for i, s in enumerate(shapes)))


def of_seed(kind: type[torch.nn.Module], *args: int) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return kind(*args).double()


def project(
    tokens: torch.Tensor, grid_hw: torch.Tensor, module: k.MLPProjector
) -> torch.Tensor:
    """A module, as an argument, is moved and converted along with its input."""
    return module(tokens, grid_hw)


def built(vision_width: int, text_width: int, side: int) -> torch.Tensor:
    module = of_seed(k.MLPProjector, vision_width, text_width, side)
    return module(normal(12, 3), GRIDS).detach()


def see(
    x: torch.Tensor, cu: torch.Tensor, hw: torch.Tensor, module: k.MoonViTBlock
) -> torch.Tensor:
    return module(x, cu, hw)


def decode(
    x: torch.Tensor, cu: torch.Tensor, module: k.MoEBlock
) -> tuple[torch.Tensor, torch.Tensor]:
    return module(x, cu)


def answer(
    texts: Sequence[torch.Tensor],
    images: Sequence[torch.Tensor],
    module: k.MiniKimiVL,
) -> k.Output:
    return module(texts, images)


def small(seed: int) -> torch.Tensor:
    with torch.no_grad():
        return k.MiniKimiVL(seed)([torch.tensor([1, 2])], []).logits


EXAMPLES: list[Example] = [
    example(k.patchify, normal(3, 4, 8), 2, 2),
    example(k.fitted_size, 200, 300, 14, 2, 64),
    example(k.llm_tokens, 56, 84, 14, 2),
    example(k.pack, [normal(2, 2, 3), normal(1, 3, 3, seed=1)]),
    replace(
        example(k.varlen_attention, *(normal(5, 2, 4, seed=i) for i in range(3)), CU),
        meta=CUTS,
    ),
    replace(
        example(
            k.varlen_attention, *(normal(5, 2, 4, seed=i) for i in range(3)), CU, True
        ),
        meta=CUTS,
    ),
    replace(example(k.block_mask, CU), meta=CUTS),
    example(k.rope_2d, normal(5, 2, 8), HW, 10000.0),
    example(k.rotate, normal(5, 2, 4), normal(5, 2, seed=1)),
    replace(example(k.grid_positions, GRIDS), meta=SIZES),
    example(k.resize_table, normal(4, 5, 3), 6, 3),
    example(k.resize_table, normal(4, 5, 3), 4, 5),
    example(k.space_to_depth, normal(4, 6, 3), 2),
    replace(
        # A norm, two linear maps and a GELU.
        example(project, normal(12, 3), GRIDS, of_seed(k.MLPProjector, 3, 5, 2)),
        of=k.MLPProjector,
        meta=SIZES,
        rounds=4,
    ),
    replace(example(built, 3, 5, 2), of=k.MLPProjector),
    replace(example(k.topk_route, SCORES, normal(4), 2), meta=NEGATIVE),
    replace(example(k.topk_route, SCORES, normal(4), 3, False), meta=NEGATIVE),
    replace(
        example(
            k.moe_forward,
            normal(5, 3),
            normal(4, 3, seed=1),
            normal(4, seed=2),
            experts(4, 3),
            experts(1, 6),
            2,
            2.0,
        ),
        meta=ROUTES,
    ),
    example(k.update_bias, normal(4), torch.tensor([5, 1, 2, 0]), 0.25),
    replace(example(k.load_balance_loss, SCORES, PICKS), meta=NEGATIVE),
    example(
        k.mla_attention,
        normal(4, 5),
        k.MLAParams(
            normal(2, 7, 5, seed=1),
            normal(10, 5, seed=2),
            normal(2, 3, 6, seed=3),
            normal(2, 2, 6, seed=4),
            normal(5, 2, 2, seed=5),
        ),
        True,
        1000.0,
    ),
    example(k.moonlight_param_count, k.MoonlightConfig()),
    example(k.cache_numbers, k.MoonlightConfig()),
    example(k.moonvit_param_count, k.MoonViTConfig()),
    example(k.projector_param_count, 3, 5, 2),
    example(k.MoonlightConfig, 5, 4, 3, 1, 6, 4, 1, 2),
    example(k.MoonViTConfig, 4, 2, 6, 2, 3, 5),
    replace(
        # Three linear maps, two norms, a GELU and two sums, each rounded.
        example(see, normal(5, 16), CU, HW, of_seed(k.MoonViTBlock)),
        of=k.MoonViTBlock,
        meta=CUTS,
        rounds=4,
    ),
    replace(
        example(decode, normal(5, 24), CU, of_seed(k.MoEBlock)),
        of=k.MoEBlock,
        meta=CUTS,
        rounds=4,
    ),
    replace(
        # Two blocks, a projector, an embedding and a head, each rounded.
        example(
            answer,
            [torch.tensor([5, 0, 0, 7]), torch.tensor([3, 4])],
            [normal(3, 4, 8)],
            of_seed(k.MiniKimiVL),
        ),
        of=k.MiniKimiVL,
        meta=IDS,
        rounds=8,
    ),
    replace(example(small, 0), of=k.MiniKimiVL),
    example(k.next_token_labels, [torch.tensor([5, 0, 0, 7]), torch.tensor([3])]),
]
SPARED: dict[str, str] = {
    "Experts": "a record of matrices; moe_forward checks them",
    "MLAParams": "a record of matrices; mla_attention checks them",
    "MoEResult": "what moe_forward gives",
    "Output": "what MiniKimiVL gives",
    "Packed": "what pack gives",
    "Route": "what topk_route gives",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
