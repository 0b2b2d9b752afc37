"""The optimum as beta varies, the gradient's weight, and the toy language's answers."""

import copy

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.nlp.direct_preference_optimization import (
    ANSWERS,
    IGNORE,
    ToyLM,
    answer_logps,
    compare,
    demonstrate,
    dpo,
    dpo_loss,
    expected_wins,
    fine_tune,
    fit_reward,
    optimal_policy,
    total_variation,
    true_reward,
)

REWARD = torch.tensor([1.0, 2.0, 0.0, -1.0], dtype=torch.float64)
REF = torch.tensor([0.4, 0.1, 0.3, 0.2], dtype=torch.float64)
BETA = 0.5


def optimum() -> Figure:
    """Left, the four probabilities stacked; right, the slope of the loss."""
    figure = new_figure(7, 2.9)
    path, slope = figure.subplots(1, 2, width_ratios=[1.35, 1])
    betas = np.logspace(-1.5, 1.5, 61)
    pi = np.array([optimal_policy(REWARD, REF, b)[0].numpy() for b in betas])
    colours = (BLUE, ORANGE, GREEN, PURPLE)
    areas = path.stackplot(betas, pi.T, colors=colours, alpha=0.75)
    for area in areas:
        area.set_linewidth(0)
    path.axvline(BETA, color=INK, linestyle=":", linewidth=1.2)
    path.set_xscale("log")
    path.set_xticks([0.1, 0.5, 1, 10], labels=["0.1", "0.5", "1", "10"])
    path.minorticks_off()
    path.set_xlim(betas[0], betas[-1])
    path.set_ylim(0, 1)
    path.set_xlabel("$β$")
    path.set_title("$π^*(y)$")
    middles = pi[-1].cumsum() - pi[-1] / 2
    for k, y in enumerate(middles):
        path.text(
            betas[-1] * 1.1, y, f"$y_{k + 1}$", va="center", color=colours[k], size=10
        )

    margin = torch.linspace(-5, 5, 61, dtype=torch.float64, requires_grad=True)
    zero = torch.zeros_like(margin)
    dpo_loss(margin, zero, zero, zero, beta=1.0)[0].sum().backward()
    x, weight = margin.detach().numpy(), -margin.grad.numpy()
    slope.plot(x, weight, color=BLUE)
    slope.plot(0, 0.5, "o", color=INK, markersize=4)
    slope.plot(0.15, 1 / (1 + np.exp(0.15)), "o", color=ORANGE, markersize=4)
    slope.text(0.35, 0.52, "0.5")
    slope.text(0.45, 0.41, "0.4626", color=ORANGE)
    slope.set_xlabel(r"$\hat r_w - \hat r_l$")
    slope.set_title(r"$\sigma(\hat r_l - \hat r_w)$")
    slope.set_ylim(0, 1.02)
    return figure


def toy() -> Figure:
    """Left, the answers to prompt 3; right, the distance from the true optimum."""
    generator = torch.Generator().manual_seed(0)
    model = ToyLM(generator)
    fine_tune(model, demonstrate(2000, generator))
    ref_logps = answer_logps(model).detach()
    ref = ref_logps.exp()
    star = optimal_policy(true_reward(), ref, BETA)[0]

    def tuned(wins: torch.Tensor) -> torch.Tensor:
        policy = copy.deepcopy(model)
        dpo(policy, ref_logps, wins, BETA)
        return answer_logps(policy).detach().exp()

    figure = new_figure(7.2, 3.1)
    bars, distance = figure.subplots(1, 2, width_ratios=[2, 1])
    order = star[0].argsort(descending=True)
    at = np.arange(len(ANSWERS))
    bars.bar(at - 0.2, ref[0, order].numpy(), width=0.38, color=GREY)
    bars.bar(at + 0.2, star[0, order].numpy(), width=0.38, color=BLUE)
    everything = tuned(expected_wins(ref))
    bars.plot(at + 0.2, everything[0, order].numpy(), "o", color=INK, markersize=4)
    sampled = tuned(compare(ref, 2000, torch.Generator().manual_seed(1)))
    bars.plot(at + 0.2, sampled[0, order].numpy(), "x", color=ORANGE, markersize=5)
    words = ["".join(str(t) for t in y if t != IGNORE) for y in ANSWERS.tolist()]
    bars.set_xticks(at, labels=[words[k] for k in order], rotation=60, fontsize=8)
    for y, label, colour in (
        (0.9, "ref", GREY),
        (0.81, "optimal_policy", BLUE),
        (0.72, "dpo(expected_wins)", INK),
        (0.63, "dpo(compare, 2000)", ORANGE),
    ):
        bars.text(0.45, y, label, color=colour, transform=bars.transAxes)
    bars.set_title("PROMPTS[0] = 3")

    sizes = [1000, 2000, 5000, 10000, 20000, 50000]
    spread = []
    for pairs in sizes:
        found = [
            compare(ref, pairs, torch.Generator().manual_seed(s)) for s in range(20)
        ]
        policies = [optimal_policy(fit_reward(w), ref, BETA)[0] for w in found]
        spread.append([total_variation(p, star) for p in policies])
    mean = np.mean(spread, axis=1)
    distance.loglog(sizes, mean, color=PURPLE)
    low, high = np.quantile(spread, [0.1, 0.9], axis=1)
    distance.fill_between(sizes, low, high, color=PURPLE, alpha=0.25, linewidth=0)
    root = mean[-1] * np.sqrt(sizes[-1] / np.array(sizes))
    distance.loglog(sizes, root, color=INK, linestyle=":", linewidth=1.2)
    distance.plot(2000, total_variation(sampled, star), "x", color=ORANGE, markersize=6)
    distance.set_yticks([0.02, 0.05, 0.1, 0.2], labels=["0.02", "0.05", "0.1", "0.2"])
    distance.minorticks_off()
    distance.set_xlabel("pairs")
    distance.set_title("total_variation")
    return figure


def draw() -> dict[str, Figure]:
    return {
        "direct_preference_optimization": optimum(),
        "direct_preference_optimization_toy": toy(),
    }
