"""Alignment moves a face by the similarity that best puts its key points on a template.

Points are ``(x, y)`` with integers at pixel centres, so pixel ``image[y, x]`` lies at
``(x, y)``. Transforms map the photo to the crop: ``crop point = M @ (x, y, 1)``.

Source: Umeyama 1991, doi:10.1109/34.88573.
"""

import numpy as np

from ._checks import _array, _integer

_LEAST, _MOST = 1e-150, 1e150  # squares of these still are numbers

# Left eye, right eye, nose, left and right corner of the mouth, as the viewer sees
# them, on a crop of 112 x 112: the points that ArcFace models are trained with.
ARCFACE_TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)


def _points(src: np.ndarray, dst: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shapes = f"{np.shape(src)} and {np.shape(dst)}"
    if np.ndim(src) != 2 or np.shape(src) != np.shape(dst) or 0 in np.shape(src)[1:]:
        raise ValueError(f"src and dst must be (N, D), D >= 1, got {shapes}")
    src, dst = _array("src", src, 2), _array("dst", dst, 2)
    if len(src) < 2:
        raise ValueError(f"src must have 2 points or more, got {len(src)}")
    if np.all(src == src[0]):
        raise ValueError(
            f"src must have distinct points, got {len(src)} times the same"
        )
    spread, most = np.ptp(src, axis=0).max(), np.abs([src, dst]).max()
    if spread < _LEAST or most > _MOST:
        want = f"points must span {_LEAST} or more and be at most {_MOST}"
        raise ValueError(f"{want}, got {spread:g} and {most:g}")
    return src, dst


# --8<-- [start:umeyama]
def umeyama(
    src: np.ndarray, dst: np.ndarray, with_scale: bool = True
) -> tuple[float, np.ndarray, np.ndarray]:
    """The similarity without reflection that brings ``src`` closest to ``dst``.

    Args:
        src: shape (N, D), N >= 2.
        dst: shape (N, D).
        with_scale: False fixes the scale at 1.

    Returns:
        Scale c, rotation R (D, D) and shift t (D,), so that c R x + t fits y.

    Raises:
        ValueError: fewer than 2 points, points of ``src`` that are all equal or span
            less than 1e-150, a point that is not finite or beyond 1e150, or shapes that
            differ.
    """
    src, dst = _points(src, dst)
    x, y = src - src.mean(0), dst - dst.mean(0)
    U, d, Vt = np.linalg.svd(y.T @ x / len(x))
    sign = np.ones(len(d))
    if np.linalg.det(U) * np.linalg.det(Vt) < 0:
        sign[-1] = -1  # give up the weakest direction rather than mirror the face
    R = U * sign @ Vt
    c = float(d @ sign / (x**2).sum(1).mean()) if with_scale else 1.0
    return c, R, dst.mean(0) - c * R @ src.mean(0)
    # --8<-- [end:umeyama]


# --8<-- [start:lstsq]
def estimate_similarity_lstsq(src: np.ndarray, dst: np.ndarray) -> np.ndarray:
    """The same fit in the plane, as linear least squares.

    Means are subtracted first: beside coordinates of a map, or of any far origin, the
    solver would take the shape of the face for rounding.

    Args:
        src: shape (N, 2), N >= 2.
        dst: shape (N, 2).

    Returns:
        M, shape (2, 3): rows (a, -b, t_x) and (b, a, t_y), with a = c cos, b = c sin.

    Raises:
        ValueError: as ``umeyama``, or points that are not in the plane.
    """
    src, dst = _points(src, dst)
    if src.shape[1] != 2:
        raise ValueError(f"points must be (N, 2), got {src.shape}")
    x, y = (src - src.mean(0)).T
    rows = np.concatenate([np.stack([x, -y], 1), np.stack([y, x], 1)])
    goal = (dst - dst.mean(0)).T.ravel()
    a, b = np.linalg.lstsq(rows, goal, rcond=None)[0]
    A = np.array([[a, -b], [b, a]])
    return np.column_stack([A, dst.mean(0) - A @ src.mean(0)])
    # --8<-- [end:lstsq]


# --8<-- [start:warp]
def warp(image: np.ndarray, M: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Draw the image as ``M`` moves it: bilinear, zero outside of the image.

    Args:
        image: shape (H, W) or (H, W, C).
        M: shape (2, 3), from points of the image to points of the result.
        size: height and width of the result; an integer for both.

    Returns:
        float64, shape (height, width) or (height, width, C).

    Raises:
        ValueError: an image or matrix of another shape, a size that is no integer >= 1,
            or ``M`` not invertible.
    """
    image, M = np.asarray(image, dtype=float), np.asarray(M, dtype=float)
    height, width = size if np.ndim(size) else (size, size)
    height, width = _integer("size", height, 1), _integer("size", width, 1)
    if image.ndim not in (2, 3) or M.shape != (2, 3):
        raise ValueError(
            f"image must be (H, W[, C]) and M (2, 3), got {image.shape} and {M.shape}"
        )
    if not np.isfinite(M).all() or np.linalg.det(M[:, :2]) == 0:
        raise ValueError(f"M must be finite and invertible, got {M.tolist()}")
    target = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1)
    # Ask for each target pixel where it comes from: going forward leaves holes.
    with np.errstate(all="ignore"):
        source = (target - M[:, 2]) @ np.linalg.inv(M[:, :2]).T
    if not np.isfinite(source).all():
        raise ValueError(f"M must be finite and invertible, got {M.tolist()}")
    corner = np.floor(source)
    right, down = np.moveaxis(source - corner, -1, 0)
    corner = np.clip(corner, -2, max(image.shape[:2]) + 1).astype(int)
    padded = np.pad(image, [(1, 1), (1, 1)] + [(0, 0)] * (image.ndim - 2))
    result = np.zeros((height, width, *image.shape[2:]))
    for dy, row in ((0, 1 - down), (1, down)):
        for dx, column in ((0, 1 - right), (1, right)):
            x = np.clip(corner[..., 0] + dx, -1, image.shape[1]) + 1
            y = np.clip(corner[..., 1] + dy, -1, image.shape[0]) + 1
            weight = (row * column).reshape(height, width, *[1] * (image.ndim - 2))
            result += weight * padded[y, x]
    return result
    # --8<-- [end:warp]
