"""Example calls of snippets.generative.latent_diffusion."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from snippets.generative import latent_diffusion as d
from tests.inputs import Example, Promises, example, normal, uniform


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def built(make, *args: int):
    """A module whose weights do not depend on what ran before, in float64."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return make(*args).double()


Z, EPS = normal(2, 4, 4, 4), normal(2, 4, 4, 4, seed=1)
Q, K, V = normal(2, 2, 3, 4), normal(2, 2, 5, 4, seed=1), normal(2, 2, 5, 6, seed=2)
IMAGES = uniform(3, 3, 16, 16, low=-1.0)
WORDS = torch.tensor([[1, 4, 7], [2, 5, 8], [3, 6, 7]])
ATTENTION = built(d.CrossAttention, 8, 6, 2)
AUTOENCODER = built(d.Autoencoder, 8)
BLOCK = built(d.Block, 4, 16, 6, 2)
UNET = built(d.UNet, 9, 3, 8)
ALPHAS = d.scaled_linear_alphas(50)
MODEL = d.LatentDiffusion(AUTOENCODER, UNET, 0.5, ALPHAS)
COARSE = torch.tensor([0.875, 0.5, 0.125], dtype=torch.float64)


def read(attention: d.CrossAttention, x: Tensor, context: Tensor) -> Tensor:
    return attention(x, context)


def there(autoencoder: d.Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    return autoencoder.encode(images)


def back(autoencoder: d.Autoencoder, codes: Tensor) -> Tensor:
    return autoencoder.decode(codes)


def block(module: d.Block, x: Tensor, time: Tensor, context: Tensor) -> Tensor:
    return module(x, time, context)


def unet(module: d.UNet, z: Tensor, t: Tensor, captions: Tensor) -> Tensor:
    return module(z, t, captions)


def generate(
    model: d.LatentDiffusion,
    captions: Tensor,
    guidance: float,
    generator: torch.Generator,
    steps: int,
) -> Tensor:
    return model.generate(captions, guidance, generator, steps)


def shrink(z: Tensor, t: int) -> Tensor:
    return z / 2


CHECKED = "the values are checked"
TRAINS = "losses are read as numbers"

EXAMPLES: list[Example] = [
    example(d.Autoencoder, 8),
    replace(example(there, AUTOENCODER, IMAGES), of=d.Autoencoder, rounds=3),
    replace(example(back, AUTOENCODER, Z), of=d.Autoencoder, rounds=3),
    example(d.Block, 4, 8, 6, 2),
    replace(
        example(block, BLOCK, Z, normal(2, 6), normal(2, 3, 6)), of=d.Block, rounds=12
    ),
    example(d.CrossAttention, 8, 6, 2),
    replace(
        example(read, ATTENTION, normal(2, 4, 8), normal(2, 3, 6)),
        of=d.CrossAttention,
        rounds=4,
    ),
    replace(
        example(generate, MODEL, WORDS, 2.0, seeded(), 2),
        of=d.LatentDiffusion,
        refuses="alphas must",
        meta=CHECKED,
        detached="sampling is not trained through",
    ),
    example(d.UNet, 9, 3, 8),
    replace(
        example(unet, UNET, Z, torch.tensor([3.0, 40.0]).double(), WORDS[:2]),
        of=d.UNet,
        rounds=40,
    ),
    example(d.cfg, Z, EPS, 7.5),
    replace(
        example(d.cross_attention, Q, K, V),
        library=F.scaled_dot_product_attention,
    ),
    replace(
        example(d.ddim_sample, shrink, (2, 3), COARSE, 2, 0.5, seeded(), "trailing"),
        refuses="alphas must be float32 or float64, got",
        meta=CHECKED,
        detached="sampling is not trained through",
    ),
    example(d.ddim_sigma, 0.25, 0.5, 0.5),
    example(d.ddim_step, Z, EPS, 0.25, 0.5, 0.5, Z + 1),
    example(d.ddim_timesteps, 10, 3, "trailing"),
    example(d.draw_shapes, 3, seeded()),
    example(d.guided_samples, 2.0, 4, 0, 3),
    example(d.kl_to_standard_normal, Z, EPS),
    example(d.latent_shape, (16, 32), 8, 4),
    example(d.mixture_eps, normal(5, 2), 0.5, normal(3, 2, seed=1)),
    replace(example(d.rescale_zero_terminal_snr, COARSE), meta=CHECKED),
    example(d.scaled_linear_alphas, 6, 0.125, 0.5),
    example(d.time_embedding, torch.tensor([0.0, 3.0, 40.0]).double(), 8),
    example(d.tokenize, "red disc left"),
    replace(
        example(d.train_autoencoder, IMAGES, 2, seeded(), 0.5, 0.25),
        refuses="images must be float32 or float64, got",
        meta=TRAINS,
    ),
    replace(
        example(d.train_diffusion, AUTOENCODER, IMAGES, WORDS, 2, seeded()),
        refuses="images must be float32 or float64, got",
        meta=TRAINS,
        detached="a trained net's losses and weights",
    ),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
