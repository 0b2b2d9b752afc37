"""Oracles: scikit-learn, for what frames say; contours through the weights by hand."""

import re

import numpy as np
import pytest
from lxml import etree
from sklearn.linear_model import Lasso, LinearRegression

from snippets.ml.datasets import three_groups
from tests.frames import captions, drawings, numbers

NAME = "ml/ridge_and_lasso_path"


def third_group():
    data = three_groups()
    return data.X[data.y == 2], data.target[data.y == 2]


def fitted(lam):
    X, y = third_group()
    model = LinearRegression() if lam == 0 else Lasso(lam, tol=1e-12, max_iter=100_000)
    model.fit(X, y)
    pulls = abs((X - X.mean(axis=0)).T @ (y - model.predict(X))) / len(y)
    return model.coef_, pulls


def penalty(said):
    return float(re.match(r"λ = (\d(?:\.\d+)?)\. ", said)[1])


def test_weights_and_pulls_are_those_of_scikit_learn():
    all_said = captions(NAME)
    lams = [penalty(said) for said in all_said]
    assert lams == sorted(lams, reverse=True)
    assert lams[-1] == 0
    for lam, said in zip(lams, all_said):
        w, pulls = fitted(lam)
        got = numbers(said.translate(str.maketrans("", "", "₁₂")))[1:]
        if not w.any():
            want = [0, *pulls, 0]
            assert (pulls < lam).all()
        elif not w[1]:
            want = [w[0], pulls[0], pulls[1], 0]
            assert "corner" in said
            assert pulls[1] < lam
        elif lam:
            want = [0, 0, *w, pulls[0]]
            assert "edge" in said
            assert pulls == pytest.approx([lam, lam], abs=1e-6)
        else:
            want = [*w, *pulls]
        assert got == pytest.approx(want, abs=0.000501)


def test_the_second_pull_would_exceed_the_penalty_if_its_weight_stayed_zero():
    X, y = third_group()
    for said in captions(NAME):
        if "would exceed" in said:
            lam = penalty(said)
            alone = Lasso(lam, tol=1e-12).fit(X[:, :1], y)
            r = y - alone.predict(X[:, :1])
            assert abs((X[:, 1] - X[:, 1].mean()) @ r) / len(y) > lam


def test_weight_diamond_and_contour_are_where_they_belong():
    X, y = third_group()
    X, y = X - X.mean(axis=0), y - y.mean()
    for said, drawing in zip(captions(NAME), drawings(NAME)):
        w, pulls = fitted(penalty(said))
        group = etree.fromstring(drawing)
        [dot] = [one for one in group.iter("circle") if one.get("r") == "4.5"]
        at = [float(dot.get(key)) for key in ("cx", "cy")]
        assert at == pytest.approx([82 + 76 * w[0], 84 - 76 * w[1]], abs=0.02)
        loss = np.mean((y - X @ w) ** 2)
        contour, right = 0, []
        for path in group.iter("path"):
            points = np.array(
                re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d")), dtype=float
            )
            if len(points) > 5:
                there = np.stack([points[:, 0] - 82, 84 - points[:, 1]], axis=1) / 76
                losses = np.mean((y[:, None] - X @ there.T) ** 2, axis=0)
                assert losses == pytest.approx(loss, abs=2e-3)
                contour += len(points)
            elif len(points) == 5:
                size = (points[:, 0].max() - points[:, 0].min()) / 2 / 76
                assert size == pytest.approx(abs(w).sum(), abs=1e-3)
                right.append(size)
            elif len(points) == 3:  # of a larger diamond the right half
                right.append((points[1, 0] - 82) / 76)
                down = np.abs(points[:, 0] - 82) + np.abs(points[:, 1] - 84)
                assert down / 76 == pytest.approx([abs(w).sum()] * 3, abs=1e-3)
        assert len(right) == bool(w.any() and penalty(said))
        assert right == pytest.approx([abs(w).sum()] * len(right), abs=1e-3)
        assert contour >= 15 or penalty(said) == 0
        bars = [float(rect.get("height")) for rect in group.iter("rect")]
        assert bars == pytest.approx(134 * pulls, abs=0.02)
