"""What the site costs to build, check and preview: python -m benchmarks.build.

--notes 41 160 measures copies of the project with that many notes (default: as many as
there are, and 160). In seconds, first of CPU in all processes, then on the wall: a cold
build, one more without a change, one after a change of one English page, and `check`;
last a preview, from saving a page until the server shows what was saved. Prints a table
and writes build/bench/build.json. It needs no torch.
"""

import argparse
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from benchmarks.record import write
from benchmarks.synthetic import ROOT, grow
from notekit.files import note_names

NOTE = "cv/upsampling"
PATIENCE = 20  # seconds for a save to show


class Times(NamedTuple):
    """Seconds of CPU, in all processes that were started, and on the wall."""

    cpu: float
    wall: float


def measured(folder: Path, *arguments: str) -> Times:
    """What a command of notekit takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "notekit", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    if done.returncode:
        said = f"{done.stdout}{done.stderr}".strip() or "it said nothing"
        sys.exit(f"notekit {arguments[0]} ended with {done.returncode}: {said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Times(round(cpu, 1), round(wall, 1))


def edit(folder: Path, words: str) -> None:
    """Add a paragraph to the English page of a note; its twin becomes stale."""
    page = folder / f"docs/en/{NOTE}.md"
    text = page.read_text(encoding="utf-8")
    place = text.index("\n## ")
    page.write_text(f"{text[:place]}\n{words}\n{text[place:]}", encoding="utf-8")


def save_shown(folder: Path) -> float | None:
    """Seconds from a save to the page that shows it; None if it did not in time."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "notekit", "serve", NOTE, "--port", str(port)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}/{NOTE}/"
        if shown(address, "<h1", 600) is None:
            sys.exit(f"notekit serve shows no page at {address}")
        time.sleep(2)  # until it watches
        words = f"Saved at {time.time_ns()}."
        edit(folder, words)
        return shown(address, words, PATIENCE)
    finally:
        server.terminate()
        server.wait()


def shown(address: str, words: str, patience: float) -> float | None:
    """Seconds until a page has these words."""
    start = time.perf_counter()
    while (passed := time.perf_counter() - start) < patience:
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                if words in page.read().decode():
                    return round(passed, 2)
        except OSError:
            pass
        time.sleep(0.05)
    return None


class Result(NamedTuple):
    """All figures of one copy of the project."""

    cold: Times
    again: Times
    one_page: Times
    check: Times
    save: float | None
    page: int  # bytes of one, on average


def measure(folder: Path) -> Result:
    """Build, check and preview a copy of the project."""
    cold, again = measured(folder, "site"), measured(folder, "site")
    pages = [page.stat().st_size for page in folder.glob("site/*/*/index.html")]
    edit(folder, "One more paragraph.")
    one_page, check = measured(folder, "site"), measured(folder, "check")
    size = sum(pages) // len(pages)
    return Result(cold, again, one_page, check, save_shown(folder), size)


def main() -> None:
    """Measure what was asked for."""
    there = len(note_names(ROOT))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, nargs="+", default=[there, 160])
    sizes = parser.parse_args().notes
    if small := [size for size in sizes if size < there]:
        sys.exit(f"want at least the {there} notes there are; got {small[0]}")
    results: dict[int, Result] = {}
    print("notes        cold       again    one page       check   save  kB/page")
    for size in sizes:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "notes"
            grow(ROOT, folder, size)
            results[size] = found = measure(folder)
        row = "".join(f"{times.cpu:>6}{times.wall:>6}" for times in found[:4])
        print(f"{size:>5}{row} {found.save!s:>6} {found.page / 1000:>8.0f}", flush=True)
    if len(results) > 1:
        few, many = min(results), max(results)
        grown = results[many].cold.cpu - results[few].cold.cpu
        print(f"cold, for one more page: {grown / (many - few) / 2:.2f} s of CPU")
    path = ROOT / "build/bench/build.json"
    notes = {
        size: {
            name: value._asdict() if isinstance(value, Times) else value
            for name, value in found._asdict().items()
        }
        for size, found in results.items()
    }
    write(path, {"cores": os.cpu_count(), "notes": notes})
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
