"""Exercises on actor-critic: GAE over a rollout, and one step of both tables."""

from collections.abc import Iterator
from math import exp
from random import Random

from notekit.study.judge import Exercise, Words

Rollout = tuple[
    list[float], list[float], list[bool], list[bool], list[float], float, float
]

estimate = Exercise(
    en=Words(
        title="Generalised advantage estimation",
        statement="""\
One environment ran $T$ steps and was reset whenever an episode ended. Return the list of the
$T$ advantages $A_t$, computed from the end:

- the TD error of step $t$ is `rewards[t]` plus $\\gamma$ times the next value, minus `values[t]`;
- the next value is 0 if `terminated[t]`; else `final_values[t]` if `truncated[t]`; else
  `values[t + 1]`;
- $A_t$ is the TD error, plus $\\gamma\\lambda A_{t+1}$ unless the episode ended at step $t$,
  in either way. There is nothing to add after the last step.

What you are given:

- `rewards`, `final_values`: lists of $T$ numbers of any sign, maybe none.
- `values`: a list of $T + 1$ numbers.
- `terminated`, `truncated`: lists of $T$ truth values; a step may have both.
- `gamma`, `lam`: $\\gamma$ and $\\lambda$, numbers from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Go from `t = T - 1` down to 0, and carry the advantage of the step after.",
            "Two questions at each step: which next value counts, and is anything"
            " carried over? At a truncation a value counts, but nothing is carried.",
        ),
    ),
    zh=Words(
        title="广义优势估计",
        statement="""\
一个环境连续走了 $T$ 步，回合一结束就重置。返回 $T$ 个优势 $A_t$ 的列表，从末尾往前算：

- 第 $t$ 步的 TD 误差，是 `rewards[t]` 加上 $\\gamma$ 乘以下一个值，再减去 `values[t]`；
- 下一个值这样取：`terminated[t]` 为真时是 0；否则，`truncated[t]` 为真时是 `final_values[t]`；再否则是 `values[t + 1]`；
- $A_t$ 等于 TD 误差，再加上 $\\gamma\\lambda A_{t+1}$；如果回合在第 $t$ 步结束（不论哪一种），就不加。最后一步之后没有可加的。

已知：

- `rewards`、`final_values`：$T$ 个数的列表，可正可负，也可以为空。
- `values`：$T + 1$ 个数的列表。
- `terminated`、`truncated`：$T$ 个真假值的列表，同一步可以两者都为真。
- `gamma`、`lam`：$\\gamma$ 和 $\\lambda$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "从 `t = T - 1` 走到 0，随身带着后一步的优势。",
            "每一步问两件事：下一个值取哪个？后面的优势要不要带过来？截断处要取值，但什么也不带过来。",
        ),
    ),
    examples="""\
>>> cut = [False, True, False, False]
>>> found = gae([1, 0, 2, -1], [0.5, 1, -1, 2, 3], [False] * 4, cut, [0, 7, 0, 0], 0.9, 0.8)
>>> [round(x, 6) for x in found]
[5.216, 5.3, 4.584, -0.3]
""",
    tolerance=1e-9,
)


@estimate.solution
def gae(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = final_values[t] if truncated[t] else values[t + 1]
        if terminated[t]:
            after = 0.0
        if terminated[t] or truncated[t]:
            carried = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = float(carried)
    return found


@estimate.wrong(
    en="The loop runs forwards: the advantage of an earlier step is carried to a later one.",
    zh="循环从前往后：把前一步的优势带到了后一步。",
)
def gae_forward(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in range(len(rewards)):
        after = final_values[t] if truncated[t] else values[t + 1]
        if terminated[t]:
            after = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = carried
        if terminated[t] or truncated[t]:
            carried = 0.0
    return found


@estimate.wrong(
    en="The value is zeroed where the episode ends, but the next episode's advantage is"
    " still carried back.",
    zh="回合结束处值取了 0，却仍把下一回合的优势带了回来。",
)
def gae_carried(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = final_values[t] if truncated[t] else values[t + 1]
        if terminated[t]:
            after = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = carried
    return found


@estimate.wrong(
    en="At a truncation the next episode's advantage is carried back; only termination"
    " stops it.",
    zh="截断处把下一回合的优势带了回来，只有终止才切断。",
)
def gae_through_truncation(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = final_values[t] if truncated[t] else values[t + 1]
        if terminated[t]:
            after = carried = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = carried
    return found


@estimate.wrong(
    en="One flag for both ends: a truncated step gets the next value 0.",
    zh="两种结束用了同一个标志：截断的那一步，下一个值成了 0。",
)
def gae_one_flag(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = values[t + 1]
        if terminated[t] or truncated[t]:
            after = carried = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = carried
    return found


@estimate.wrong(
    en="At a truncation the value of the next episode's first state is used.",
    zh="截断处用了下一回合第一个状态的值。",
)
def gae_next_episode(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found, carried = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = 0.0 if terminated[t] else values[t + 1]
        if terminated[t] or truncated[t]:
            carried = 0.0
        carried = rewards[t] + gamma * after - values[t] + gamma * lam * carried
        found[t] = carried
    return found


@estimate.cases
def estimate_cases(random: Random) -> Iterator[Rollout]:
    yield [], [5.0], [], [], [], 0.5, 0.5
    yield [3], [2, 7], [False], [False], [9], 0.5, 0.5
    yield [3], [2, 7], [True], [True], [9], 0.5, 0.5
    yield [1, 1, 1], [1, 1, 1, 1], [False] * 3, [False, True, False], [1] * 3, 1, 1
    for _ in range(40):
        T = random.randint(1, 8)
        yield (
            [random.randint(-5, 5) for _ in range(T)],
            [random.randint(-5, 5) for _ in range(T + 1)],
            [random.random() < 0.25 for _ in range(T)],
            [random.random() < 0.25 for _ in range(T)],
            [random.randint(-5, 5) for _ in range(T)],
            random.choice([0, 0.5, 0.9, 1]),
            random.choice([0, 0.5, 0.95, 1]),
        )


@estimate.large
def estimate_large(random: Random) -> Iterator[Rollout]:
    T = 4000
    yield (
        [random.uniform(-1, 1) for _ in range(T)],
        [random.uniform(-1, 1) for _ in range(T + 1)],
        [random.random() < 0.001 for _ in range(T)],
        [random.random() < 0.001 for _ in range(T)],
        [random.uniform(-1, 1) for _ in range(T)],
        0.99,
        0.95,
    )


@estimate.brute
def estimate_brute(
    rewards: list[float],
    values: list[float],
    terminated: list[bool],
    truncated: list[bool],
    final_values: list[float],
    gamma: float,
    lam: float,
) -> list[float]:
    found = []
    for start in range(len(rewards)):  # each step on its own, forwards, to its end
        total, weight = 0.0, 1.0
        for t in range(start, len(rewards)):
            over = terminated[t] or truncated[t]
            total += weight * (rewards[t] - values[t])
            if not over:
                total += weight * gamma * values[t + 1]
            elif not terminated[t]:
                total += weight * gamma * final_values[t]
            weight *= gamma * lam
            if over or weight < 1e-18:
                break
        found.append(total)
    return found


step = Exercise(
    en=Words(
        title="One step of actor and critic",
        statement="""\
The actor has the preferences `h` in this state and acted by their softmax $\\pi$; the critic
has the value `v` of this state and `v_next` of the next. The action `a` paid `r`. Make one
step of both, with one TD error, computed before anything changes:

- $\\delta = r + \\gamma$ `v_next` $-$ `v`, where `v_next` counts 0 if the episode has
  terminated (`done`);
- `v` grows by $\\alpha_v \\delta$;
- each preference `h[b]` grows by $\\alpha_\\pi \\delta$ times $1 - \\pi_b$ if `b` is the action
  taken, else times $-\\pi_b$.

Return one list: the new preferences, and after them the new value.

- `h`: a list of 1 to 2000 numbers between -1000 and 1000.
- `a`: an index into `h`. `done`: true or false.
- `v`, `v_next`, `r`: numbers of any sign. `gamma`, `alpha_v`, `alpha_pi`: from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Subtract the largest preference before you take exponentials.",
            "The same $\\delta$ serves both: keep it in a variable.",
        ),
    ),
    zh=Words(
        title="演员和评论家各走一步",
        statement="""\
演员在当前状态有偏好 `h`，按它的 softmax 概率 $\\pi$ 行动；评论家给当前状态的值是 `v`，给下一个状态的值是 `v_next`。动作 `a` 得到奖励 `r`。用同一个 TD 误差让两者各更新一步，这个误差要在任何数改变之前算好：

- $\\delta = r + \\gamma$ `v_next` $-$ `v`；如果回合已经终止（`done`），`v_next` 按 0 计；
- `v` 加上 $\\alpha_v \\delta$；
- 每个偏好 `h[b]` 加上 $\\alpha_\\pi \\delta$ 的若干倍：`b` 是所取的动作时乘以 $1 - \\pi_b$，否则乘以 $-\\pi_b$。

返回一个列表：先是新的偏好，最后是新的值。

- `h`：1 到 2000 个数的列表，每个都在 -1000 到 1000 之间。
- `a`：`h` 的下标。`done`：真或假。
- `v`、`v_next`、`r`：可正可负的数。`gamma`、`alpha_v`、`alpha_pi`：0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "取指数之前，先减去最大的偏好。",
            "两边用的是同一个 $\\delta$：把它存进变量。",
        ),
    ),
    examples="""\
>>> actor_critic_step([0, 0], 0.5, 1, 1, 2, False, 0.5, 0.2, 0.1)
[-0.1, 0.1, 0.9]
""",
    tolerance=1e-9,
    lacks={"empty": "there is an action"},
)


@step.solution
def actor_critic_step(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    new = [
        x + alpha_pi * delta * ((b == a) - weights[b] / total) for b, x in enumerate(h)
    ]
    return [*new, float(v + alpha_v * delta)]


@step.wrong(
    en="The value is moved first, and the actor gets a TD error computed afterwards.",
    zh="先更新了值，再用更新后的值给演员算 TD 误差。",
)
def actor_critic_step_late(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    v += alpha_v * delta
    delta = r + gamma * (0 if done else v_next) - v
    new = [
        x + alpha_pi * delta * ((b == a) - weights[b] / total) for b, x in enumerate(h)
    ]
    return [*new, v]


@step.wrong(
    en="Only the preference of the action taken moves; the others must fall.",
    zh="只动了所取动作的偏好；其余的也要相应地变。",
)
def actor_critic_step_taken(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    new = list(h)
    new[a] += alpha_pi * delta * (1 - weights[a] / total)
    return [*new, v + alpha_v * delta]


@step.wrong(
    en="The next value counts although the episode has terminated.",
    zh="回合已经终止，却仍用了下一个状态的值。",
)
def actor_critic_step_terminal(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * v_next - v
    new = [
        x + alpha_pi * delta * ((b == a) - weights[b] / total) for b, x in enumerate(h)
    ]
    return [*new, v + alpha_v * delta]


@step.wrong(
    en="The actor is moved by the reward, not by the TD error.",
    zh="演员用的是奖励，而不是 TD 误差。",
)
def actor_critic_step_reward(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    new = [x + alpha_pi * r * ((b == a) - weights[b] / total) for b, x in enumerate(h)]
    return [*new, v + alpha_v * delta]


@step.wrong(
    en="The gradient is that of the probability, not of its logarithm: a factor pi too much.",
    zh="求的是概率的梯度，不是它的对数的梯度：多乘了一个概率。",
)
def actor_critic_step_plain(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    top = max(h)
    weights = [exp(x - top) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    new = [
        x + alpha_pi * delta * weights[a] / total * ((b == a) - weights[b] / total)
        for b, x in enumerate(h)
    ]
    return [*new, v + alpha_v * delta]


@step.wrong(
    en="The exponentials are taken of the preferences themselves, and overflow.",
    zh="直接对偏好取指数，溢出了。",
)
def actor_critic_step_unshifted(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    weights = [exp(x) for x in h]
    total = sum(weights)
    delta = r + gamma * (0 if done else v_next) - v
    new = [
        x + alpha_pi * delta * ((b == a) - weights[b] / total) for b, x in enumerate(h)
    ]
    return [*new, v + alpha_v * delta]


Step = tuple[list[float], float, float, int, float, bool, float, float, float]


@step.cases
def step_cases(random: Random) -> Iterator[Step]:
    yield [0.5], 1, 2, 0, 3, False, 0.5, 0.5, 0.5
    yield [0, 0], 0.5, 1, 1, 2, False, 0.5, 0.2, 0.1
    yield [1000, -1000, 1000], -1, 4, 1, -2, False, 1, 1, 1
    yield [-1000, -1001], 1, 2, 0, -3, False, 0.5, 0.5, 0.5
    yield [-1000, 1000], 1, 2, 0, -3, False, 0.5, 0.5, 0.5
    yield [0, 1], 1, 5, 0, 2, True, 1, 0.5, 0.5
    for _ in range(30):
        n = random.randint(1, 5)
        yield (
            [random.randint(-3, 3) for _ in range(n)],
            random.randint(-5, 5),
            random.randint(-5, 5),
            random.randrange(n),
            random.randint(-5, 5),
            random.random() < 0.3,
            random.choice([0, 0.5, 0.9, 1]),
            random.choice([0.1, 0.5, 1]),
            random.choice([0.1, 0.5, 1]),
        )


@step.large
def step_large(random: Random) -> Iterator[Step]:
    h = [random.uniform(-3, 3) for _ in range(2000)]
    yield h, 0.5, -0.25, 7, 1.5, False, 0.99, 0.1, 0.2


@step.brute
def step_brute(
    h: list[float],
    v: float,
    v_next: float,
    a: int,
    r: float,
    done: bool,
    gamma: float,
    alpha_v: float,
    alpha_pi: float,
) -> list[float]:
    target = r if done else r + gamma * v_next
    found = []
    for b in range(len(h)):
        ratio = 1 / sum(exp(min(x - h[b], 600)) for x in h)  # pi of b
        slope = 1 - ratio if b == a else -ratio
        found.append(h[b] + alpha_pi * (target - v) * slope)
    return [*found, float((1 - alpha_v) * v + alpha_v * target)]
