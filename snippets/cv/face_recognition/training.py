"""Two experiments in seconds: a margin in the plane, and a net for drawn faces."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import _array, _integer
from .alignment import ARCFACE_TEMPLATE
from .margins import margin_logits
from .pipeline import FacePipeline
from .verification import threshold_at_far

_SIZE = 28  # of the aligned crops


# --8<-- [start:plane]
def plane_angle(m: float, seed: int, steps: int = 200) -> tuple[float, float]:
    """Train 6 Gaussian classes in 10-D into unit features in 2-D, with ArcFace, s = 16.

    Args:
        m: the margin, 0 for none.
        seed: of data and weights.
        steps: of Adam, on all 600 samples at once.

    Returns:
        Mean angle between feature and class weight in degrees, and accuracy, on 600
        fresh samples.

    Raises:
        ValueError: ``m`` not in [0, pi / 2], a seed or steps that are no integer >= 0.
    """
    steps = _integer("steps", steps, 0)
    if not 0 <= m <= math.pi / 2:
        raise ValueError(f"m must be in [0, pi / 2], got {m}")
    g = torch.Generator().manual_seed(_integer("seed", seed, 0))
    centre = 3 * torch.randn(6, 10, generator=g)
    y = torch.arange(6).repeat(100)
    x, fresh = (centre[y] + torch.randn(600, 10, generator=g) for _ in range(2))
    net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
    weight = nn.Parameter(torch.randn(6, 2, generator=g))
    for parameter in net.parameters():
        bound = parameter.shape[-1] ** -0.5
        nn.init.uniform_(parameter, -bound, bound, generator=g)
    adam = torch.optim.Adam([*net.parameters(), weight], lr=0.02)

    def cosines(x: Tensor) -> Tensor:
        return F.normalize(net(x), dim=1) @ F.normalize(weight, dim=1).T

    for _ in range(steps):
        loss = F.cross_entropy(margin_logits(cosines(x), y, "arcface", m, 16), y)
        adam.zero_grad()
        loss.backward()
        adam.step()
    with torch.no_grad():
        cos = cosines(fresh).clamp(-1, 1)
    angle = cos.gather(1, y[:, None]).acos().mean().item()
    return math.degrees(angle), (cos.argmax(1) == y).double().mean().item()
    # --8<-- [end:plane]


# --8<-- [start:photos]
def draw_photos(
    rng: np.random.Generator, people: int, each: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Photos of invented people: eight soft spots on a disc are what makes a person.

    Each photo has its own place, size (by up to 1.3), tilt (up to 40 degrees), light
    and noise, and each key point is off by half a pixel or so.

    Args:
        rng: source of all randomness.
        people: how many.
        each: photos of each.

    Returns:
        Images (N, 64, 64), key points (N, 5, 2) as (x, y), and persons (N,).

    Raises:
        ValueError: a number that is no integer >= 1.
    """
    people, each = _integer("people", people, 1), _integer("each", each, 1)
    images, points, persons = [], [], np.repeat(np.arange(people), each)
    pixel = np.stack(np.meshgrid(np.arange(64), np.arange(64)), -1)
    for _ in range(people):
        spot = rng.uniform((28, 35), (84, 100), (8, 2))
        strength = rng.choice([-1, 1], 8)
        for _photo in range(each):
            angle, scale = rng.uniform(-0.7, 0.7), 0.45 * 1.3 ** rng.uniform(-1, 1)
            R = np.array(
                [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
            )
            t = 32 + rng.uniform(-5, 5, 2) - scale * R @ (56, 68)
            face = (pixel - t) @ R / scale  # each pixel in the frame of the template
            disc = (((face - (56, 68)) / (40, 50)) ** 2).sum(-1)
            image = np.where(disc < 1, 1.0, 0.0)
            for where, power, width in [
                *((p, -1, 4) for p in ARCFACE_TEMPLATE),
                *((p, 0.7 * a, 7) for p, a in zip(spot, strength)),
            ]:
                distance = ((face - where) ** 2).sum(-1)
                image += power * np.exp(-distance / (2 * width**2))
            image = rng.uniform(0.6, 1.4) * image + rng.uniform(-0.3, 0.3)
            images.append(image + 0.1 * rng.standard_normal(image.shape))
            point = scale * ARCFACE_TEMPLATE @ R.T + t
            points.append(point + 0.5 * rng.standard_normal(point.shape))
    return np.array(images), np.array(points), persons
    # --8<-- [end:photos]


def crops_of(images: np.ndarray, points: np.ndarray) -> Tensor:
    """What ``FacePipeline.embed`` shows its net, for all photos: (N, 1, 28, 28).

    Args:
        images: shape (N, H, W), N >= 1.
        points: shape (N, 5, 2), as (x, y).

    Raises:
        ValueError: other shapes, or numbers that are not finite.
    """
    images, points = _array("images", images, 3), _array("points", points, 3)
    if points.shape != (len(images), 5, 2) or 0 in images.shape:
        shapes = f"{images.shape} and {points.shape}"
        raise ValueError(f"need images (N, H, W) and points (N, 5, 2), got {shapes}")
    seen: list[Tensor] = []

    def keep(crop: Tensor) -> Tensor:
        seen.append(crop)
        return crop.flatten(1)

    spy = FacePipeline(keep, 0, _SIZE)
    for image, point in zip(images, points):
        spy.embed(image, point)
    return torch.cat(seen)


# --8<-- [start:train]
def train_net(
    crops: Tensor, y: Tensor, m: float = 0.3, steps: int = 120, seed: int = 0
) -> nn.Module:
    """A small net from crops to 32 features, trained with ArcFace, s = 16.

    Args:
        crops: shape (N, 1, 28, 28), N >= 1, float32 or float64.
        y: persons, int64, shape (N,), 0 to C - 1.
        m: the margin.
        steps: of Adam, on batches of 128.
        seed: of weights and batches.

    Returns:
        The net; the class weights have done their work and are dropped.

    Raises:
        ValueError: another shape or type, a margin out of range, or a number that is no
            integer >= 0.
    """
    known = crops.dtype in (torch.float32, torch.float64)
    if crops.shape[1:] != (1, _SIZE, _SIZE) or not len(crops) or not known:
        want = f"crops must be (N, 1, {_SIZE}, {_SIZE}), float32 or float64"
        raise ValueError(f"{want}, got {tuple(crops.shape)}, {crops.dtype}")
    if y.shape != crops.shape[:1] or y.dtype != torch.int64:
        raise ValueError(f"y must be (N,), int64, got {tuple(y.shape)}, {y.dtype}")
    steps = _integer("steps", steps, 0)
    g = torch.Generator().manual_seed(_integer("seed", seed, 0))
    net = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU()),
        *(nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(32 * 7 * 7, 32)),
    )
    for p in net.parameters():
        fan = p[0].numel() if p.ndim > 1 else 32
        nn.init.normal_(p, std=(2 / fan) ** 0.5 if p.ndim > 1 else 0, generator=g)
    net, device = net.to(crops), crops.device
    weight = torch.randn(int(y.max()) + 1, 32, generator=g)
    weight = nn.Parameter(weight.to(crops))
    adam = torch.optim.Adam([*net.parameters(), weight], lr=0.002)
    for _ in range(steps):
        batch = torch.randint(len(y), (128,), generator=g).to(device)
        cos = F.normalize(net(crops[batch]), dim=1) @ F.normalize(weight, dim=1).T
        logits = margin_logits(cos, y[batch], "arcface", m, 16)
        loss = F.cross_entropy(logits, y[batch])
        adam.zero_grad()
        loss.backward()
        adam.step()
    return net
    # --8<-- [end:train]


def pair_scores(
    features: np.ndarray, persons: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of all pairs of rows: those of one person, and those of two.

    Args:
        features: unit vectors, shape (N, D).
        persons: shape (N,).

    Returns:
        genuine (G,) and impostor (I,).

    Raises:
        ValueError: other shapes, or features that are not finite.
    """
    features, persons = _array("features", features, 2), np.asarray(persons)
    if persons.shape != features.shape[:1]:
        raise ValueError(f"persons must be ({len(features)},), got {persons.shape}")
    one, other = np.triu_indices(len(persons), 1)
    scores = (features @ features.T)[one, other]
    same = persons[one] == persons[other]
    return scores[same], scores[~same]


# --8<-- [start:build]
def build_pipeline(
    rng: np.random.Generator,
    far: float = 0.01,
    people: int = 48,
    steps: int = 120,
    others: int = 20,
) -> FacePipeline:
    """Train on some people and set the threshold on others, at the FAR asked for.

    Args:
        rng: draws the photos.
        far: of the threshold, in (0, 1).
        people: to train on.
        steps: of the training.
        others: people to set the threshold on, 2 or more.

    Returns:
        A pipeline for people it has never seen.

    Raises:
        ValueError: a rate or a number out of range.
    """
    if not 0 < far < 1:
        raise ValueError(f"far must be in (0, 1), got {far}")
    others = _integer("others", others, 2)
    images, points, persons = draw_photos(rng, people, each=5)
    crops, y = crops_of(images, points), torch.from_numpy(persons)
    net = train_net(crops, y, steps=steps)
    pipeline = FacePipeline(net, 0, _SIZE)
    images, points, persons = draw_photos(rng, others, each=4)
    features = np.stack([pipeline.embed(*photo) for photo in zip(images, points)])
    threshold = threshold_at_far(*pair_scores(features, persons), far)
    return FacePipeline(net, threshold, _SIZE)
    # --8<-- [end:build]
