"""Plants faults in the code of notes and counts those that their tests do not see.

Nothing is written into the checkout: each worker has a copy of it in a temporary folder,
where `notekit.prove.trial` tries one mutant after another. A mutant is tried by the tests
and the English page of its own note. Mutants that change nothing anybody could see are
declared in ``tests/<topic>/<note>_mutants.toml``, see `notekit.read.equivalents`.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from notekit.files import SHARED, note_names, own_modules, write_whole
from notekit.prove.trial import libraries
from notekit.read.equivalents import Equivalent, equivalents
from notekit.read.mutants import Module, Mutant, mutants

REPORT = "build/mutants.json"
_PREFIX = "gradnotes-mutants-"
# In the folder of the project, what is no part of it.
_LEFT_BEHIND = {"node_modules", "build", "site", "site.old", "__pycache__"}
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class MutantsError(Exception):
    """The tests do not pass without a mutant, or could not be started."""


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant.

    Attributes:
        mutant: the fault.
        note: whose tests have tried it.
        end: ``assertion``, ``crash`` or ``time-out``, which killed it; ``equivalent`` or
            ``gpu`` if it is declared; else ``survived``.
        by: the test that killed it, or the reason it is declared with.
        cpu: seconds of a processor.
    """

    mutant: Mutant
    note: str
    end: str
    by: str = ""
    cpu: float = 0.0


def draw(
    root: Path,
    note: str,
    sample: int | None,
    seed: int,
    kinds: tuple[str, ...] = (),
) -> list[Mutant]:
    """Mutants of a note, all or as many as are asked for, in the order of its lines.

    Each draw takes a kind first, so that the many constants do not crowd out the rest;
    ``kinds`` are those to take, or none for all.
    """
    every: dict[str, list[Mutant]] = {}
    texts = {}
    for path in own_modules(root / "snippets", note):
        if path.name == "__main__.py" or path.parent.name in SHARED:
            continue
        name = path.relative_to(root).as_posix()
        texts[name] = Module(path.read_text(encoding="utf-8"))
        for mutant in mutants(name, texts[name].data.decode()):
            if not kinds or mutant.operator in kinds:
                every.setdefault(mutant.operator, []).append(mutant)
    dice = random.Random(f"{seed} {note}")
    drawn: list[Mutant] = []
    while every and (sample is None or len(drawn) < sample):
        kind = dice.choice(sorted(every))
        mutant = every[kind].pop(dice.randrange(len(every[kind])))
        if not every[kind]:
            del every[kind]
        if texts[mutant.file].works(mutant):
            drawn.append(mutant)
    return sorted(drawn, key=lambda m: (m.file, m.start, m.text))


def run(
    root: Path,
    notes: list[str] | None,
    sample: int | None,
    seed: int,
    workers: int,
    say: Callable[[str], None],
    kinds: tuple[str, ...] = (),
    least: float = 20,
    clock: float = 60,
) -> list[Outcome]:
    """Try mutants of notes, in parallel.

    Args:
        root: the repository, which is only read but for ``build/mutants.json``.
        notes: their names; None for all.
        sample: how many mutants of each; None for all there are.
        seed: of the draw.
        workers: how many are tried at once.
        say: takes lines for the reader: survivors as they are found, then the sums.
        kinds: of mutants, such as ``detach``; none for all.
        least: seconds of a processor that the tests may take whatever they took
            without a mutant.
        clock: seconds, by the clock, that each test may take likewise.

    Raises:
        MutantsError: if the tests of a note fail without a mutant; the other notes'
            outcomes are in ``build/mutants.json``.
    """
    if not hasattr(os, "fork"):
        raise MutantsError("mutants: want a system that can fork; this one cannot")
    outcomes: list[Outcome] = []
    jobs = []
    for note in note_names(root) if notes is None else notes:
        known = {e.key: e for e in equivalents(root, note)}
        tried = []
        for mutant in draw(root, note, sample, seed, kinds):
            if declared := known.get(mutant.key):
                outcomes.append(_declared(mutant, note, declared))
            else:
                tried.append(mutant)
        jobs.append((note, tried))
    jobs = [job for whole in jobs for job in _split(*whole, workers // len(jobs))]
    number = sum(len(tried) for _, tried in jobs)
    say(f"mutants: seed {seed}, {number} to try, {len(outcomes)} declared")
    failed: list[str] = []
    with ExitStack() as stack:
        copies: SimpleQueue[Path] = SimpleQueue()
        _sweep()
        alive, hold = os.pipe()
        stack.callback(os.close, alive)
        let_go = stack.enter_context(_closing(hold))
        for _ in range(workers):
            copies.put(stack.enter_context(_copy(root)))
        writing = threading.Lock()

        def one(job: tuple[str, list[Mutant]]) -> None:
            copy = copies.get()
            try:
                for outcome in _tried(copy, *job, alive, least, clock):
                    with writing:
                        outcomes.append(outcome)
                        if outcome.end == "survived":
                            say(f"{outcome.mutant}  [{outcome.mutant.operator}]")
                        _save(root, seed, outcomes)
            except MutantsError as error:
                failed.append(str(error))
                say(str(error))
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(workers) as pool:
            try:
                list(pool.map(one, jobs))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                let_go()
                raise
    _save(root, seed, outcomes)
    for line in summary(outcomes):
        say(line)
    if failed:
        raise MutantsError("\n".join(failed))
    return outcomes


def summary(outcomes: list[Outcome]) -> list[str]:
    """The sums, in two lines."""
    ends = Counter(outcome.end for outcome in outcomes)
    killed = ends["assertion"] + ends["crash"] + ends["time-out"]
    count = killed + ends["survived"]
    share = f", {100 * killed / count:.1f} % of those that count" if count else ""
    cpu = sum(outcome.cpu for outcome in outcomes)
    return [
        f"mutants: {killed} of {count} killed{share}: {ends['assertion']} by an assertion, "
        f"{ends['crash']} by a crash, {ends['time-out']} by the time limit",
        f"mutants: {ends['equivalent']} declared equivalent, {ends['gpu']} seen on a GPU "
        f"only, {ends['survived']} survived; {cpu / max(count, 1):.1f} s of CPU each",
    ]


def _declared(mutant: Mutant, note: str, declared: Equivalent) -> Outcome:
    end = "gpu" if declared.gpu else "equivalent"
    return Outcome(mutant, note, end, declared.reason)


def _split(
    note: str, tried: list[Mutant], parts: int
) -> list[tuple[str, list[Mutant]]]:
    """One job, or several where there are more workers than notes."""
    parts = min(max(parts, 1), len(tried))
    return [(note, tried[i::parts]) for i in range(parts)]


def _tried(
    copy: Path,
    note: str,
    mutants: list[Mutant],
    alive: int,
    least: float,
    clock: float,
) -> Iterator[Outcome]:
    """Outcomes as a process says them, which ends with this one's pipe ``alive``."""
    place = copy / "checkout"
    paths = own_modules(place / "tests", note)
    page = place / f"docs/en/{note}.md"
    paths += [page] if page.is_file() else []
    texts = [*paths, *own_modules(place / "snippets", note)]
    said, report = os.pipe()
    job = {
        "paths": [path.relative_to(place).as_posix() for path in paths],
        "libraries": libraries([path.read_text(encoding="utf-8") for path in texts]),
        "mutants": [asdict(mutant) for mutant in mutants],
        "temporary": str(copy / "tests"),
        "least": least,
        "clock": clock,
        "report": report,
        "alive": alive,
    }
    file, log = copy / "job.json", copy / "log.txt"
    file.write_text(json.dumps(job), encoding="utf-8")
    environment = os.environ | _ONE_THREAD
    environment |= {"PYTHONPATH": str(place), "TMPDIR": str(copy / "temporary")}
    (copy / "temporary").mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "notekit.prove.trial", str(file)],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(report, alive),
            start_new_session=True,
        )
    os.close(report)
    with os.fdopen(said, encoding="utf-8") as lines:
        first = lines.readline()
        unchanged = json.loads(first) if first else {"end": "crash", "by": "pytest"}
        if unchanged["end"] == "survived":
            for mutant, line in zip(mutants, lines):
                told = json.loads(line)
                yield Outcome(mutant, note, told["end"], told["by"], told["cpu"])
    code = process.wait()
    if code:
        text = log.read_text(encoding="utf-8", errors="replace").replace(str(place), "")
        lines_of_log = "\n".join(text.strip().splitlines()[-12:])
        raise MutantsError(
            f"{note}: want tests that pass without a mutant; got {unchanged['end']} by "
            f"{unchanged['by']}\n{lines_of_log}"
        )


def _save(root: Path, seed: int, outcomes: list[Outcome]) -> None:
    found = [asdict(o) | {"mutant": str(o.mutant)} | _place(o) for o in outcomes]
    text = json.dumps({"seed": seed, "outcomes": found}, indent=1, ensure_ascii=False)
    write_whole(root / REPORT, text + "\n")


def _place(outcome: Outcome) -> dict[str, Any]:
    mutant = outcome.mutant
    return {
        "operator": mutant.operator,
        "function": mutant.function,
        "occurrence": mutant.occurrence,
    }


@contextmanager
def _closing(end: int) -> Iterator[Callable[[], None]]:
    """Closes a pipe's end once, early if asked to: then the workers stop."""
    open_ends = [end]

    def close() -> None:
        if open_ends:
            os.close(open_ends.pop())

    try:
        yield close
    finally:
        close()


@contextmanager
def _copy(root: Path) -> Iterator[Path]:
    """A temporary folder that holds a copy of the project as ``checkout``."""
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        shutil.copytree(root, folder / "checkout", ignore=_ignored, symlinks=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _LEFT_BEHIND or name.startswith(".")}


def _sweep() -> None:
    """Remove what a run left that was killed and could not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, PermissionError):
            continue
