"""Oracles: PyTorch's losses, numpy's targets, gradients by hand, a random policy."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from snippets.rl.dqn import dqn_targets, huber  # noqa: E402
from snippets.rl.dqn.dqn_training import (  # noqa: E402
    QNetwork,
    blend,
    greedy_lengths,
    q_loss,
    train_cart_pole,
)


def networks(duel=False, seed=0):
    torch.manual_seed(seed)
    return (QNetwork(4, 3, 8, duel).double() for _ in range(2))


def batch(n=5):
    generator = torch.Generator().manual_seed(1)
    return {
        "obs": torch.randn(n, 4, generator=generator).double(),
        "next_obs": torch.randn(n, 4, generator=generator).double(),
        "action": torch.arange(n) % 3,
        "reward": 3 * torch.randn(n, generator=generator).double(),
        "terminated": torch.arange(n) == 2,
    }


@pytest.mark.parametrize("double", [False, True])
def test_the_loss_is_that_of_the_numpy_targets(double):
    online, frozen = networks()
    data = batch()
    with torch.no_grad():
        q = online(data["obs"]).numpy()[np.arange(5), data["action"].numpy()]
        y = dqn_targets(
            data["reward"].numpy(),
            data["terminated"].numpy(),
            frozen(data["next_obs"]).numpy(),
            0.9,
            online(data["next_obs"]).numpy() if double else None,
        )
    loss = q_loss(online, frozen, data, 0.9, double)
    assert float(loss.detach()) == pytest.approx(huber(q - y).mean(), abs=1e-12)
    assert (abs(q - y) > 1).any()  # the line of the loss is in play
    assert (abs(q - y) < 1).any()


@pytest.mark.parametrize("double", [False, True])
def test_no_gradient_flows_through_the_target(double):
    online, frozen = networks()
    data = batch()
    q_loss(online, frozen, data, 0.9, double).backward()
    got = online.advantage.bias.grad.clone()
    assert all(p.grad is None for p in frozen.parameters())
    with torch.no_grad():
        q = online(data["obs"]).numpy()[np.arange(5), data["action"].numpy()]
        y = dqn_targets(
            data["reward"].numpy(),
            data["terminated"].numpy(),
            frozen(data["next_obs"]).numpy(),
            0.9,
            online(data["next_obs"]).numpy() if double else None,
        )
    want = np.zeros(3)
    np.add.at(want, data["action"].numpy(), np.clip(q - y, -1, 1) / 5)
    np.testing.assert_allclose(got.numpy(), want, rtol=0, atol=1e-12)


def test_a_terminal_row_of_the_copy_may_be_infinite():
    online, frozen = networks()
    data = batch()
    data["next_obs"][2] = torch.inf
    assert torch.isfinite(q_loss(online, frozen, data, 0.9, False))


def test_the_mean_over_the_actions_of_a_dueling_head_is_its_value():
    net, _ = networks(duel=True)
    obs = batch()["obs"]
    value = net.value(net.body(obs))[:, 0]
    torch.testing.assert_close(net(obs).mean(1), value, rtol=0, atol=1e-12)
    plain, _ = networks()
    assert plain.value is None
    assert plain(obs).shape == (5, 3)


def test_a_gather_without_its_axis_broadcasts_to_a_square():
    q, y = torch.zeros(5, 3), torch.arange(5.0)
    kept = q.gather(1, torch.zeros(5, 1, dtype=torch.long))
    assert (kept - y).shape == (5, 5)
    assert (kept[:, 0] - y).shape == (5,)


def test_the_copy_moves_the_share_tau_and_tau_one_copies():
    online, frozen = networks()
    before = copy.deepcopy(frozen)
    blend(frozen, online, 0.25)
    for now, old, new in zip(
        frozen.parameters(), before.parameters(), online.parameters(), strict=True
    ):
        torch.testing.assert_close(now, 0.75 * old + 0.25 * new)
    blend(frozen, online, 1.0)
    for now, new in zip(frozen.parameters(), online.parameters(), strict=True):
        assert torch.equal(now, new)
        assert now is not new
    with pytest.raises(ValueError, match=r"tau must be in \[0, 1\], got 1.5"):
        blend(frozen, online, 1.5)


@pytest.mark.parametrize("delta", [0.5, 1, 2])
def test_huber_is_that_of_pytorch(delta):
    x = np.linspace(-5, 5, 101)
    zeros = torch.zeros(101, dtype=torch.float64)
    want = torch.nn.functional.huber_loss(
        torch.from_numpy(x), zeros, reduction="none", delta=delta
    )
    np.testing.assert_allclose(huber(x, delta), want.numpy(), rtol=0, atol=1e-12)
    smooth = torch.nn.functional.smooth_l1_loss(
        torch.from_numpy(x), zeros, reduction="none", beta=delta
    )
    np.testing.assert_allclose(
        huber(x, delta), delta * smooth.numpy(), rtol=0, atol=1e-12
    )


def test_clamping_before_squaring_kills_the_gradient_of_large_errors():
    x = torch.tensor([-3.0, -0.5, 0.5, 3.0], requires_grad=True)
    (x.clamp(-1, 1) ** 2 / 2).sum().backward()
    assert x.grad.tolist() == [0, -0.5, 0.5, 0]
    x.grad = None
    torch.nn.functional.huber_loss(x, torch.zeros(4), reduction="sum").backward()
    assert x.grad.tolist() == [-1, -0.5, 0.5, 1]


class Coin(torch.nn.Module):
    """Values drawn anew each time: a random policy."""

    def __init__(self, seed):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, obs):
        return torch.rand(len(obs), 2, generator=self.generator)


class Left(torch.nn.Module):
    def forward(self, obs):
        return torch.tensor([1.0, 0.0]).expand(len(obs), 2)


def test_a_random_policy_lasts_about_22_steps_and_pushing_left_about_9():
    coin = greedy_lengths(Coin(0), np.random.default_rng(0), 2000)
    assert coin.mean() == pytest.approx(22, abs=1)
    left = greedy_lengths(Left(), np.random.default_rng(0), 2000)
    assert left.mean() == pytest.approx(9.3, abs=0.3)
    assert greedy_lengths(Left(), np.random.default_rng(0), 5, 3).tolist() == [3] * 5


def test_cart_pole_is_learnt_well_beyond_chance():
    """Greedy means of 100 starts, limit 500; chance gives 22."""
    state = torch.get_rng_state()
    means = []
    for seed in range(3):
        net, lengths = train_cart_pole(seed, 2000)
        greedy = greedy_lengths(net, np.random.default_rng(99))
        means.append(greedy.mean())
        assert lengths[:10].mean() < 40
    assert min(means) > 45
    assert np.mean(means) > 70
    assert torch.equal(state, torch.get_rng_state())


def test_the_same_seed_trains_the_same_network_also_a_dueling_one():
    one, lengths = train_cart_pole(3, 240, duel=True, target_period=205)
    other, again = train_cart_pole(3, 240, duel=True, target_period=205)
    assert lengths.tolist() == again.tolist()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    assert one.value is not None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: QNetwork(0, 2), "n_obs must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 0), "n_actions must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 2, 0), "hidden must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 2, 8, 1), "duel must be True or False, got 1"),
        (lambda: q_loss(*networks(), batch(), 2), r"gamma must be in \[0, 1\], got 2"),
        (lambda: q_loss(*networks(), batch(), 1, 1), "double must be True or False"),
        (lambda: train_cart_pole(-1), "seed must be an integer >= 0, got -1"),
        (lambda: train_cart_pole(0, 0), "steps must be an integer >= 1, got 0"),
        (
            lambda: train_cart_pole(0, 9, target_period=0),
            "target_period must be an integer >= 1, got 0",
        ),
        (
            lambda: greedy_lengths(Left(), np.random.default_rng(0), 0),
            "n must be an integer >= 1, got 0",
        ),
        (
            lambda: greedy_lengths(Left(), np.random.default_rng(0), 1, 0),
            "limit must be an integer >= 1, got 0",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
