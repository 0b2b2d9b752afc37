"""What the site costs to build, check and preview: python -m benchmarks.build.

--notes 41 160 measures copies of the project with that many notes (default: as many
as there are, and 160). In seconds, first of CPU in all processes, then on the wall: a
cold build, one more without a change, one after a change of one English page, and
`check`; then a preview, from saving a page until the server shows it; the memory of
the largest process of a cold build; and, where there is Playwright, a reader's first
search: bytes fetched, and seconds from the query to the first result. Prints a table
and the exponents by which each grows with the notes, and writes
build/bench/build.json. It needs no torch.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.growth import exponent
from benchmarks.record import write
from benchmarks.synthetic import ROOT, grow
from notekit.files import note_names

NOTE = "cv/upsampling"
QUERY = "transposed convolution"
PATIENCE = 20  # seconds for a save to show


class Times(NamedTuple):
    """What a command took.

    Attributes:
        cpu: seconds in all processes that were started.
        wall: seconds until it ended.
        memory: megabytes of its largest process.
    """

    cpu: float
    wall: float
    memory: int


def measured(folder: Path, *arguments: str) -> Times:
    """What a command of notekit takes."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        command = subprocess.Popen(
            [sys.executable, "-m", "notekit", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(command.pid, 0)
        wall = time.perf_counter() - start
        command.returncode = os.waitstatus_to_exitcode(status)
        if command.returncode:
            said.seek(0)
            why = said.read().strip() or "it said nothing"
            sys.exit(f"notekit {arguments[0]} ended with {command.returncode}: {why}")
    cpu = used.ru_utime + used.ru_stime
    return Times(round(cpu, 1), round(wall, 1), used.ru_maxrss // 1000)


class Search(NamedTuple):
    """A reader's first search: bytes fetched for it, seconds to the first result."""

    size: int
    seconds: float


def searched(site: Path) -> Search | None:
    """Search a built site for the first time, in a browser that has nothing of it."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.site.conftest import FLAGS, serve
    except ImportError:
        return None
    with serve(under=site) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=FLAGS,
        )
        page = browser.new_page()
        page.goto(f"{served.url}{NOTE}/")
        page.wait_for_load_state("networkidle")
        served.log.clear()
        page.keyboard.press("/")
        page.wait_for_selector(".search__input:focus")
        start = time.perf_counter()
        page.locator(".search__input").fill(QUERY)
        page.wait_for_selector(".search__results li")
        seconds = time.perf_counter() - start
        page.wait_for_load_state("networkidle")
        browser.close()
        size = sum(body for _, _, body in served.log)
    return Search(size, round(seconds, 2))


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
    search: Search | None


GROWS: dict[str, Callable[[Result], float]] = {
    "cold build, CPU": lambda result: result.cold.cpu,
    "build without a change, CPU": lambda result: result.again.cpu,
    "build of one page, CPU": lambda result: result.one_page.cpu,
    "check, CPU": lambda result: result.check.cpu,
    "save until shown": lambda result: result.save or 0,
    "memory of a cold build": lambda result: result.cold.memory,
    "bytes of a first search": lambda result: (
        result.search.size if result.search else 0
    ),
    "time of a first search": lambda result: (
        result.search.seconds if result.search else 0
    ),
}


def measure(folder: Path) -> Result:
    """Build, check and preview a copy of the project."""
    cold, again = measured(folder, "site"), measured(folder, "site")
    pages = [page.stat().st_size for page in folder.glob("site/*/*/index.html")]
    search = searched(folder / "site")
    edit(folder, "One more paragraph.")
    one_page, check = measured(folder, "site"), measured(folder, "check")
    size = sum(pages) // len(pages)
    return Result(cold, again, one_page, check, save_shown(folder), size, search)


def main() -> None:
    """Measure what was asked for."""
    there = len(note_names(ROOT))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, nargs="+", default=[there, 160])
    sizes = parser.parse_args().notes
    if small := [size for size in sizes if size < there]:
        sys.exit(f"want at least the {there} notes there are; got {small[0]}")
    results: dict[int, Result] = {}
    print(
        "notes        cold       again    one page       check   save  kB/page     MB"
        "  search kB    s"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "notes"
            grow(ROOT, folder, size)
            results[size] = found = measure(folder)
        row = "".join(f"{times.cpu:>6}{times.wall:>6}" for times in found[:4])
        rest = f"{found.page / 1000:>9.0f} {found.cold.memory:>6}"
        first = found.search
        search = f"{first.size / 1000:>11.0f} {first.seconds:>4}" if first else ""
        print(f"{size:>5}{row} {found.save!s:>6}{rest}{search}", flush=True)
    if len(results) > 1:
        few, many = min(results), max(results)
        grown = results[many].cold.cpu - results[few].cold.cpu
        print(f"cold, for one more page: {grown / (many - few) / 2:.2f} s of CPU")
        for name, get in GROWS.items():
            values = [get(results[size]) for size in sorted(results)]
            if all(values):
                found_exponent = exponent(sorted(results), values)
                print(f"{name}: grows with the notes to the power {found_exponent:.2f}")
    path = ROOT / "build/bench/build.json"
    notes = {
        size: {
            name: value._asdict() if isinstance(value, Times | Search) else value
            for name, value in found._asdict().items()
        }
        for size, found in results.items()
    }
    write(path, {"cores": os.cpu_count(), "notes": notes})
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
