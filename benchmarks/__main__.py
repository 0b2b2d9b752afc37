"""Run benchmarks: python -m benchmarks --gpu | --cpu [TOPIC/NOTE ...].

With --gpu, each note's GPU-marked tests run first, then its benchmark; both go into
``records/<note>.json``. With --cpu, results go to ``build/bench/<note>.json``; with
``build`` in place of notes, the site is measured (see benchmarks/build.py).
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.record import ROOT, describe, write
from notekit.files import own_modules

HERE = Path(__file__).parent


def on_gpu(module: Path) -> bool:
    """Whether a benchmark refuses to run without a GPU, as its first sentence says."""
    return "GPU" in module.read_text(encoding="utf-8").split('"""')[1]


def modules(gpu: bool) -> dict[str, Path]:
    """Benchmarks of that kind, by note."""
    found = {}
    for path in sorted(HERE.glob("*/*.py")):
        note = path.relative_to(HERE).with_suffix("").as_posix().replace("_", "-")
        if on_gpu(path) == gpu:
            found[note] = path
    return found


def gpu_tests(note: str) -> int:
    """Run the GPU-marked tests and blocks of a note; the number that passed.

    Raises:
        SystemExit: if one failed.
    """
    pages = [ROOT / f"docs/{language}/{note}.md" for language in ("en", "zh")]
    paths = [str(p) for p in [*own_modules(ROOT / "tests", note), *pages]]
    command = [sys.executable, "-m", "pytest", "-m", "gpu", "--require-gpu", *paths]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    print(run.stdout)
    if run.returncode == 5:  # none collected
        return 0
    if run.returncode:
        sys.exit(f"{note}: GPU tests failed; no record was written")
    passed = re.search(r"(\d+) passed", run.stdout)
    return int(passed[1]) if passed else 0


def notes_with_gpu_tests() -> list[str]:
    """Notes one of whose test modules or pages has a GPU mark."""
    found = set()
    for page in sorted((ROOT / "docs/en").glob("*/*.md")):
        note = page.relative_to(ROOT / "docs/en").with_suffix("").as_posix()
        texts = [page, *own_modules(ROOT / "tests", note)]
        if any("pytest.mark.gpu" in t.read_text(encoding="utf-8") for t in texts):
            found.add(note)
    return sorted(found)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--gpu", action="store_true", help="GPU tests and benchmarks")
    kind.add_argument("--cpu", action="store_true", help="benchmarks without a GPU")
    parser.add_argument("notes", nargs="*", help="notes; without any, all")
    if sys.argv[1:3] == ["--cpu", "build"]:
        command = [sys.executable, "-m", "benchmarks.build", *sys.argv[3:]]
        sys.exit(subprocess.run(command, cwd=ROOT).returncode)
    arguments = parser.parse_args()
    if arguments.gpu:
        import torch

        if not torch.cuda.is_available():
            sys.exit("gpu: want a CUDA GPU, and PyTorch finds none on this machine")
    known = modules(arguments.gpu)
    tested = notes_with_gpu_tests() if arguments.gpu else []
    for note in arguments.notes:
        if note not in known and note not in tested:
            sys.exit(
                f"want one of {', '.join(sorted({*known, *tested}))}; got {note!r}"
            )
    for note in arguments.notes or sorted({*known, *tested}):
        folder = ROOT / ("records" if arguments.gpu else "build/bench")
        path = folder / f"{note}.json"
        passed = gpu_tests(note) if arguments.gpu else 0
        if note in known:
            module = f"benchmarks.{note.replace('/', '.').replace('-', '_')}"
            command = [sys.executable, "-m", module, "--output", str(path)]
            if subprocess.run(command, cwd=ROOT).returncode:
                sys.exit(f"{note}: its benchmark failed")
            record = json.loads(path.read_text(encoding="utf-8"))
        else:
            record = describe(note)
        if arguments.gpu:
            write(path, record | {"tests": passed})
        print(f"{note}: wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
