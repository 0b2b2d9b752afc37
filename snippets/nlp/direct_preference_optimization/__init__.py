"""DPO fits a policy to preferences through the reward that the policy implies.

The implied reward of an answer is ``beta * (log pi - log ref)``; the loss is logistic
regression on its difference within a pair. Log-probabilities are those of whole
answers: sums over answer tokens, not means, given the prompt. w is the answer that won
(chosen), l the one that lost (rejected); p stands for the policy, r for the reference,
so ``pw`` is the policy's log-probability of the winner.

Axes: b sequence or pair, t token, v vocabulary.

References:
    Rafailov et al., "Direct Preference Optimization: Your Language Model is
    Secretly a Reward Model", NeurIPS 2023, arXiv:2305.18290.
    Azar et al., "A General Theoretical Paradigm to Understand Learning from Human
    Preferences", 2023, arXiv:2310.12036 (IPO).
    Schulman, "Approximating KL Divergence", joschu.net/blog/kl-approx.html, 2020.
"""

from .divergence import kl_estimators
from .losses import dpo_loss, ipo_loss, sequence_logps
from .reward import bt_fit, bt_probability, kl_objective, optimal_policy
from .stages import (
    compare,
    dpo,
    expected_wins,
    fine_tune,
    fit_reward,
    minimize,
    policy_gradient,
)
from .toy import (
    ANSWERS,
    IGNORE,
    PROMPTS,
    ToyLM,
    answer_logps,
    demonstrate,
    demonstrator,
    draw,
    total_variation,
    true_reward,
)

__all__ = [
    "ANSWERS",
    "IGNORE",
    "PROMPTS",
    "ToyLM",
    "answer_logps",
    "bt_fit",
    "bt_probability",
    "compare",
    "demonstrate",
    "demonstrator",
    "dpo",
    "dpo_loss",
    "draw",
    "expected_wins",
    "fine_tune",
    "fit_reward",
    "ipo_loss",
    "kl_estimators",
    "kl_objective",
    "minimize",
    "optimal_policy",
    "policy_gradient",
    "sequence_logps",
    "total_variation",
    "true_reward",
]
