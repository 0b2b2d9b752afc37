"""Time of a COCO evaluation of boxes, beside pycocotools in the same run, on a CPU.

    $ python -m benchmarks.cv.mean_average_precision --output build/bench/map.json

The data are 500 images of 100 objects and 100 detections each, spread over 1, 20 and 80
classes. For pycocotools only ``evaluate()`` and ``accumulate()`` are timed; its index
is built before. Ours is timed from the arrays to the result. The twelve numbers of both
must agree before a time counts.
"""

import argparse
import contextlib
import importlib.metadata
import io
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.record import describe, write
from snippets.cv.mean_average_precision import evaluate

CLASSES = (1, 20, 80)
Images = list[dict[str, np.ndarray]]


def random_images(images: int, boxes: int, classes: int) -> tuple[Images, Images]:
    """Objects of 10 to 200 pixels a side, and for each a detection 10 % off."""
    rng = np.random.default_rng(0)
    detections, ground_truths = [], []
    for _ in range(images):
        side = np.exp(rng.uniform(np.log(10), np.log(200), (boxes, 2)))
        corner = rng.uniform(0, 500, (boxes, 2))
        gt = np.hstack([corner, corner + side])
        det = gt + 0.1 * rng.standard_normal((boxes, 4)) * np.hstack([side, side])
        det[:, 2:] = np.maximum(det[:, 2:], det[:, :2] + 1)
        labels = rng.integers(0, classes, boxes)
        ground_truths.append({"boxes": gt, "labels": labels})
        scores = rng.random(boxes)
        detections.append({"boxes": det, "scores": scores, "labels": labels})
    return detections, ground_truths


def as_coco(images: Images, classes: int) -> COCO:
    """The index that pycocotools needs."""
    rows = []
    for number, image in enumerate(images):
        for i, (x0, y0, x1, y1) in enumerate(image["boxes"].tolist()):
            row = {"id": len(rows) + 1, "image_id": number, "iscrowd": 0}
            row |= {"category_id": int(image["labels"][i])}
            row |= {"bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0)}
            if "scores" in image:
                row["score"] = float(image["scores"][i])
            rows.append(row)
    coco = COCO()
    coco.dataset = {
        "images": [{"id": number} for number in range(len(images))],
        "categories": [{"id": label} for label in range(classes)],
        "annotations": rows,
    }
    coco.createIndex()
    return coco


def seconds(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Median and extremes of single calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {
        "median_s": statistics.median(times),
        "min_s": min(times),
        "max_s": max(times),
        "repeats": repeats,
    }


def compare(images: int, boxes: int, classes: int, repeats: int) -> dict:
    """One row: both times, their ratio, and the largest difference of the numbers."""
    detections, ground_truths = random_images(images, boxes, classes)
    with contextlib.redirect_stdout(io.StringIO()):
        oracle = COCOeval(
            as_coco(ground_truths, classes), as_coco(detections, classes), "bbox"
        )

        def theirs() -> None:
            oracle.evaluate()
            oracle.accumulate()

        slow = seconds(theirs, 1)
        oracle.summarize()
    result = evaluate(detections, ground_truths)  # also warms up
    ours = np.array([value for name, value in result.items() if name != "per_class"])
    difference = float(np.abs(ours - oracle.stats).max())
    if not difference <= 1e-12:
        sys.exit(f"both must agree to 1e-12 before they are timed, got {difference}")
    fast = seconds(lambda: evaluate(detections, ground_truths), repeats)
    return {
        "classes": classes,
        "images": images,
        "boxes_per_image": boxes,
        "pycocotools": slow,
        "evaluate": fast,
        "times_faster": slow["median_s"] / fast["median_s"],
        "largest_difference": difference,
    }


def record(rows: list[dict]) -> dict:
    """The whole record, ready to be written as JSON."""
    made = describe("cv/mean-average-precision")
    made["device"] = (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs"
    )
    made["versions"]["pycocotools"] = importlib.metadata.version("pycocotools")
    least = min(row["times_faster"] for row in rows)
    most = max(row["times_faster"] for row in rows)
    size = f"{rows[0]['images']} × {rows[0]['boxes_per_image']}"
    en = f"{least:.0f} to {most:.0f} times as fast as pycocotools on {size} boxes"
    zh = f"{size} 个框，速度为 pycocotools 的 {least:.0f} 到 {most:.0f} 倍"
    return made | {
        "summary": [{"en": en, "zh": zh}],
        "figures": {"rows": rows},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--boxes", type=int, default=100, help="per image")
    parser.add_argument("--repeats", type=int, default=5, help="of our evaluation")
    arguments = parser.parse_args()
    for name in ("images", "boxes", "repeats"):
        if getattr(arguments, name) < 1:
            sys.exit(f"--{name} must be >= 1, got {getattr(arguments, name)}")
    rows = []
    for classes in CLASSES:
        row = compare(arguments.images, arguments.boxes, classes, arguments.repeats)
        rows.append(row)
        print(
            f"{classes:3} classes  pycocotools {row['pycocotools']['median_s']:8.3f} s"
            f"  evaluate {row['evaluate']['median_s']:7.3f} s"
            f"  {row['times_faster']:6.1f} times faster",
            flush=True,
        )
    if arguments.output:
        write(arguments.output, record(rows))


if __name__ == "__main__":
    main()
