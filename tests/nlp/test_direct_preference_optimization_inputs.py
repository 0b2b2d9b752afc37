"""Example calls of snippets.nlp.direct_preference_optimization."""

from dataclasses import replace

import torch

from snippets.nlp import direct_preference_optimization as d
from tests.inputs import Example, Promises, example, normal, uniform

LOGPS = tuple(normal(4, seed=i) - 9 for i in range(4))
R = normal(2, 5)
REF = torch.tensor(
    [[0.25, 0.125, 0.125, 0.25, 0.25], [0.5, 0.125, 0.125, 0.125, 0.125]]
)
REF = REF.double()
PI = REF.flip(1)
LABELS = torch.tensor([[-100, 2, 0, 3], [-100, -100, 1, -100]])
WINS = torch.tensor([[0, 7, 2], [3, 0, 5], [1, 2, 0]])
TABLE = torch.full((2, 15), 1 / 16, dtype=torch.float64)
TABLE[:, 0] = 2 / 16
COUNTS = torch.arange(30).reshape(2, 15)
PAIRS = (torch.arange(450).reshape(2, 15, 15) % 3) * (1 - torch.eye(15).long())
LOOKS = "looks at its input: probabilities and counts have a range"
TOY = "the toy language and its model are on the CPU"


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def read(tokens, width):
    """Logits of a new toy model; it is float64."""
    return d.ToyLM(generator(), width)(tokens)


def after(train, *args, **kwargs):
    """Log-probabilities of a new toy model after some training in place."""
    model = d.ToyLM(generator(), width=4)
    train(model, *args, **kwargs)
    return d.answer_logps(model).detach()


def minimized(steps):
    return after(lambda m: d.minimize(m, lambda: -d.answer_logps(m).mean(), steps))


EXAMPLES: list[Example] = [
    replace(
        example(lambda width: d.answer_logps(d.ToyLM(generator(), width)), 4),
        of=d.answer_logps,
    ),
    replace(example(d.bt_fit, WINS), meta=LOOKS),
    replace(example(d.bt_probability, R, PI), gives="wide"),
    replace(example(d.compare, TABLE, 9, generator()), meta=LOOKS),
    example(d.demonstrate, 9, generator()),
    example(d.demonstrator),
    replace(
        example(lambda *a: after(d.dpo, *a), TABLE.log(), PAIRS, 0.5, 2),
        of=d.dpo,
        meta=TOY,
        gives="float64",
        detached="the log-probabilities after training",
    ),
    replace(
        example(d.dpo_loss, *LOGPS, 0.25),
        gives="wide",
        detached="the rewards are for the log",
        attached=(0,),
    ),
    replace(
        example(d.dpo_loss, *LOGPS, 1.0, 0.125),
        gives="wide",
        detached="the rewards are for the log",
        attached=(0,),
    ),
    replace(example(d.draw, REF, 6, generator()), meta=LOOKS),
    replace(example(d.expected_wins, TABLE), meta=LOOKS, gives="float64"),
    replace(
        example(lambda *a: after(d.fine_tune, *a), COUNTS, 2), of=d.fine_tune, meta=TOY
    ),
    replace(example(d.fit_reward, WINS.expand(2, 3, 3)), meta=LOOKS),
    replace(
        example(d.ipo_loss, *LOGPS, 0.25),
        gives="wide",
        detached="the rewards are for the log",
        attached=(0,),
    ),
    replace(example(d.kl_estimators, LOGPS[0], LOGPS[1]), gives="wide"),
    replace(
        example(d.kl_objective, PI, R, REF, 0.5),
        meta=LOOKS,
        gives="wide",
        differences="probabilities sum to 1",
        moved=(1,),
    ),
    replace(example(minimized, 2), of=d.minimize),
    replace(
        example(d.optimal_policy, R, REF, 0.5),
        meta=LOOKS,
        gives="wide",
        differences="probabilities sum to 1",
        moved=(0,),
    ),
    replace(
        example(
            lambda logps, reward, beta, steps, batch: after(
                d.policy_gradient, logps, reward, beta, generator(), steps, batch
            ),
            TABLE.log(),
            uniform(2, 15),
            0.5,
            2,
            8,
        ),
        of=d.policy_gradient,
        meta=TOY,
        gives="float64",
        detached="the log-probabilities after training",
    ),
    replace(example(d.sequence_logps, normal(2, 4, 5), LABELS), gives="wide"),
    replace(example(d.total_variation, REF, PI), meta=LOOKS),
    replace(example(read, torch.tensor([[3, 1]]), 4), of=d.ToyLM, meta=TOY),
    example(d.true_reward),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
