"""The network of DQN, in PyTorch, its loss, its copy, and cart-pole learnt with them.

References: Mnih et al., "Human-level control through deep reinforcement learning",
Nature 2015, doi:10.1038/nature14236 (replay, copy); van Hasselt, Guez, Silver, "Deep
Reinforcement Learning with Double Q-learning", 2015, arXiv:1509.06461; Wang et al.,
"Dueling Network Architectures for Deep Reinforcement Learning", 2015, arXiv:1511.06581.
"""

import copy

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn
from torch.nn import functional as F

from ..environments import cart_pole, cart_pole_start
from ._checks import generator, integer, share, truth
from .replay import ReplayBuffer


# --8<-- [start:network]
class QNetwork(nn.Module):
    """An observation in, one value for each action out: two hidden layers.

    Args:
        n_obs, n_actions, hidden: sizes, >= 1.
        duel: whether the head has two parts, V and A.

    Raises:
        ValueError: if an argument is not as above.
    """

    def __init__(
        self, n_obs: int, n_actions: int, hidden: int = 64, duel: bool = False
    ) -> None:
        super().__init__()
        n_obs, hidden = integer("n_obs", n_obs, 1), integer("hidden", hidden, 1)
        n_actions = integer("n_actions", n_actions, 1)
        self.body = nn.Sequential(
            *(nn.Linear(n_obs, hidden), nn.ReLU()),
            *(nn.Linear(hidden, hidden), nn.ReLU()),
        )
        self.advantage = nn.Linear(hidden, n_actions)
        self.value = nn.Linear(hidden, 1) if truth("duel", duel) else None

    def forward(self, obs: Tensor) -> Tensor:
        """Values, shape (B, A), of observations, shape (B, n_obs)."""
        seen = self.body(obs)
        a: Tensor = self.advantage(seen)
        if self.value is None:
            return a
        v: Tensor = self.value(seen)
        return v + (a - a.mean(dim=-1, keepdim=True))
        # --8<-- [end:network]


def _checked(batch: dict[str, Tensor]) -> None:
    """ValueError for what would be broadcast in silence, or be the mean of nothing."""
    obs, after, action = batch["obs"], batch["next_obs"], batch["action"]
    if obs.ndim < 1 or not len(obs):
        raise ValueError(f"obs must hold steps, B >= 1, got {tuple(obs.shape)}")
    if after.shape != obs.shape:
        wanted = f"next_obs must have the shape {tuple(obs.shape)}"
        raise ValueError(f"{wanted}, got {tuple(after.shape)}")
    for name in ("action", "reward", "terminated"):
        if batch[name].shape != (len(obs),):
            wanted = f"{name} must have the shape ({len(obs)},)"
            raise ValueError(f"{wanted}, got {tuple(batch[name].shape)}")
    if action.dtype != torch.int64:
        raise ValueError(f"action must be int64, got {action.dtype}")
    if batch["terminated"].dtype != torch.bool:
        raise ValueError(f"terminated must be bool, got {batch['terminated'].dtype}")


# --8<-- [start:loss]
def q_loss(
    online: nn.Module,
    frozen: nn.Module,
    batch: dict[str, Tensor],
    gamma: float,
    double: bool = True,
) -> Tensor:
    """Mean Huber loss between what the network says and what it is moved towards.

    Args:
        online: the network that learns.
        frozen: its copy.
        batch: obs, next_obs, shape (B, n_obs); action, int64, reward and terminated,
            bool, shape (B,).
        gamma: discount factor in [0, 1].
        double: the network chooses the next action, the copy values it.

    Raises:
        ValueError: if a shape, a type, gamma or double is not as above, or B is 0.
    """
    _checked(batch)
    gamma, double = share("gamma", gamma), truth("double", double)
    q = online(batch["obs"]).gather(1, batch["action"][:, None])[:, 0]  # (B,)
    with torch.no_grad():  # the target is data: no gradient flows through it
        values = frozen(batch["next_obs"])
        choice = online(batch["next_obs"]) if double else values
        after = values.gather(1, choice.argmax(dim=1, keepdim=True))[:, 0]
        after = after.masked_fill(batch["terminated"], 0)
        target = batch["reward"] + gamma * after
    return F.huber_loss(q, target)
    # --8<-- [end:loss]


# --8<-- [start:blend]
@torch.no_grad()
def blend(frozen: nn.Module, online: nn.Module, tau: float) -> None:
    """Move the copy's parameters the share tau of the way to the network's; 1 copies.

    Buffers, such as the running means of batch normalisation, stay as they are.

    Raises:
        ValueError: if tau is not in [0, 1], or the shapes of the parameters differ.
    """
    tau = share("tau", tau)
    old, new = list(frozen.parameters()), list(online.parameters())
    shapes = [[tuple(p.shape) for p in x] for x in (old, new)]
    if shapes[0] != shapes[1]:
        wanted = f"frozen must have parameters of shapes {shapes[1]}"
        raise ValueError(f"{wanted}, got {shapes[0]}")
    for p, q in zip(old, new, strict=True):
        p.lerp_(q, tau)
    # --8<-- [end:blend]


# --8<-- [start:train]
def train_cart_pole(
    seed: int,
    steps: int = 3000,
    duel: bool = False,
    double: bool = True,
    target_period: int = 200,
) -> tuple[QNetwork, ndarray]:
    """Learn to balance the pole: one update each second step, once 200 are stored.

    Args:
        seed: from 0 to 2^63 - 1.
        steps: steps of the world, >= 1.
        duel: whether the head has two parts, V and A.
        double: whether the network chooses the action that its copy values.
        target_period: steps until the copy is renewed, twice as many as updates; >= 1.

    Returns:
        The network, and the length of each finished or cut episode.

    Raises:
        ValueError: if an argument is not as above.
    """
    seed, double = integer("seed", seed, 0, 2**63 - 1), truth("double", double)
    rng = np.random.default_rng(seed)
    steps = integer("steps", steps, 1)
    target_period = integer("target_period", target_period, 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        online = QNetwork(4, 2, duel=duel)
    frozen = copy.deepcopy(online)
    optimizer = torch.optim.Adam(online.parameters(), lr=1e-3, fused=True)
    buffer = ReplayBuffer(10_000, (4,))
    lengths, length, state = [], 0, cart_pole_start(rng)
    for t in range(1, steps + 1):
        epsilon = max(0.05, 1 - t / 1000)
        if rng.random() < epsilon:
            action = int(rng.integers(2))
        else:
            with torch.no_grad():
                q = online(torch.tensor(state, dtype=torch.float32)[None])
            action = int(q.argmax())
        after, reward, fallen = cart_pole(state, action)
        buffer.add(state, action, float(reward), after, bool(fallen))
        state, length = after, length + 1
        if fallen or length == 500:  # cut at 500, which is stored as going on
            lengths.append(length)
            length, state = 0, cart_pole_start(rng)
        if t >= 200 and t % 2 == 0:
            drawn = {k: torch.from_numpy(v) for k, v in buffer.sample(64, rng).items()}
            batch = {
                k: v.float() if v.is_floating_point() else v for k, v in drawn.items()
            }
            batch["action"] = batch["action"].long()
            optimizer.zero_grad()
            q_loss(online, frozen, batch, 0.99, double).backward()
            optimizer.step()
        if t % target_period == 0:
            blend(frozen, online, 1.0)
    return online, np.array(lengths)
    # --8<-- [end:train]


@torch.no_grad()
def greedy_lengths(
    net: nn.Module, rng: np.random.Generator, n: int = 100, limit: int = 500
) -> ndarray:
    """Lengths of n greedy episodes from random starts, at most limit: shape (n,).

    Raises:
        ValueError: if rng is no numpy Generator, or n or limit no integer >= 1.
    """
    rng = generator(rng)
    n, limit = integer("n", n, 1), integer("limit", limit, 1)
    state, up, length = cart_pole_start(rng, n), np.ones(n, bool), np.zeros(n, int)
    for _ in range(limit):
        action = net(torch.tensor(state, dtype=torch.float32)).argmax(1).numpy()
        after, _, fallen = cart_pole(state, action)
        length += up
        up &= ~fallen
        state = np.where(up[:, None], after, 0.0)  # who has fallen waits upright
        if not up.any():
            break
    return length
