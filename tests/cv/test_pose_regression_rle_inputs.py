"""Example calls of snippets.cv.pose_regression_rle."""

from dataclasses import replace

import torch

from snippets.cv import pose_regression_rle as p
from tests.inputs import Example, Promises, example, normal, uniform

MU, TARGET = normal(3, 2, 2), normal(3, 2, 2, seed=1)
SIGMA = uniform(3, 2, 2, low=0.5, high=2, seed=2)
WEIGHT = torch.tensor([[1.0, 0], [2, 1], [1, 1]], dtype=torch.float64)
MAPS = uniform(2, 4, 5, low=0.1)
FLOW = p.RealNVP2d(2, 5, torch.Generator().manual_seed(0)).double()
SHORT = "float32 or float64"  # what a flow of 16-bit weights is told
POINTS = normal(4, 2)


def _loss(call, mu, sigma, target, *rest):
    """A loss whose flow has the type that fits the arguments."""
    dtype = torch.float64 if mu.dtype == torch.float64 else torch.float32
    flow = p.RealNVP2d(2, 5, torch.Generator().manual_seed(0)).to(mu.device, dtype)
    return call(mu, sigma, target, flow, *rest)


def _flow(layers, hidden, x):
    flow = p.RealNVP2d(layers, hidden, torch.Generator().manual_seed(0)).double()
    return [flow.log_prob(x.double()), flow.push(x.double())]


def _both(flow, x):
    return [flow.log_prob(x), flow.push(x)]


def _fitted(x, steps, generator):
    return p.fit_flow(x, steps, generator).push(x)


EXAMPLES: list[Example] = [
    replace(
        example(_flow, 2, 5, POINTS),
        of=p.RealNVP2d,
        meta="its flow is on the CPU",
        gives="float64",
    ),
    replace(example(_both, FLOW, POINTS), of=p.RealNVP2d, refuses=SHORT),
    replace(
        example(lambda f, n, g: f.sample(n, g), FLOW, 3, torch.Generator()),
        of=p.RealNVP2d,
        refuses=SHORT,
        meta="the generator of the draw is on the CPU",
    ),
    example(p.cross_residuals, 4, torch.Generator()),
    replace(
        example(p.decode_argmax, MAPS),
        gives="wide",
        detached="a place is counted, in pixels",
    ),
    replace(
        example(p.decode_quarter, MAPS),
        gives="wide",
        detached="a place is counted, in quarters of a pixel",
    ),
    replace(example(p.decode_taylor, MAPS), gives="wide"),
    replace(
        example(_fitted, POINTS, 2, torch.Generator()),
        of=p.fit_flow,
        refuses=SHORT,
        differences="it trains a flow on the points, and only the last push counts",
    ),
    example(p.gaussian_heatmap, uniform(2, 2, high=4), (4, 5), 1.5),
    example(p.gaussian_nll, MU, SIGMA, TARGET),
    example(p.laplace_nll, MU, SIGMA, TARGET),
    replace(example(p.log_normalizer, FLOW, "laplace", 8), refuses=SHORT),
    example(p.position_error, "RLE", True, 0, 2),
    replace(example(_loss, p.rle_loss, MU, SIGMA, TARGET), of=p.rle_loss),
    replace(
        example(_loss, p.rle_loss, MU, SIGMA, TARGET, "gaussian", True, 0.5, WEIGHT),
        of=p.rle_loss,
        differences="weights below 0 are refused",
        moved=(0, 1, 2),
    ),
    replace(
        example(_loss, p.rle_loss_released, MU, SIGMA, TARGET), of=p.rle_loss_released
    ),
    replace(example(p.soft_argmax, MAPS, 2.0), gives="wide"),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
