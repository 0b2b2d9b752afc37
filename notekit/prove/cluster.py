"""The distributed notes on two hosts: same results, a host lost, and training resumed.

The commands are those of the pages, as a reader would type them on two real machines.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from notekit.prove.hosts import PREFIX, Host, HostsError, Program, two_hosts

PER_HOST = 2
EPOCHS = 300
RESUME = "snippets.distributed.data_parallel.resume"
# Seconds: for a run, on a busy machine; until a rank gives up one that is gone; and
# from then until torchrun has ended.
LIMIT, PATIENCE, GRACE = 240.0, 30.0, 60.0
# Seconds that a lost host takes to be back: more than the 15 for which the rendezvous keeps
# a silent one (its keep_alive_interval times its keep_alive_max_attempt).
BOOT = 20.0
_LAST = 2.0  # seconds for what the others have to say, once one has failed
_TORCHRUN = (sys.executable, "-m", "torch.distributed.run")
_COMMAND = re.compile(r"^\$ torchrun --nproc-per-node=\d+ -m (\S+)$", re.M)


@dataclass(frozen=True)
class Run:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def good(self) -> bool:
        """Whether it ended well."""
        return self.code == 0

    @property
    def raced(self) -> bool:
        """Whether gloo's thread lost a race with Python's end: pytorch issue 190489."""
        return "terminate called without an active exception" in self.err

    @property
    def lines(self) -> list[str]:
        """What it printed."""
        return [line for line in self.out.splitlines() if line.strip()]


def modules(root: Path) -> list[str]:
    """Modules that a page of the topic says to run by torchrun."""
    pages = sorted((root / "docs/en/distributed").glob("*.md"))
    found = [m for p in pages for m in _COMMAND.findall(p.read_text(encoding="utf-8"))]
    return list(dict.fromkeys(found))


def run(root: Path, say: Callable[[str], object]) -> None:
    """All of it; each line that is said is something that was tried and held.

    Raises:
        HostsError: what did not hold, or why nothing can be tried here.
    """
    with two_hosts() as hosts, tempfile.TemporaryDirectory(prefix=f"{PREFIX}-") as tmp:
        for module in modules(root):
            alone, both = _alone(root, hosts[0], module), _both(root, hosts, module)
            _same(module, both, alone)
            say(f"cluster: {module}: on two hosts as on one: {both[-1]}")
        for line in _losses(root, hosts, Path(tmp)):
            say(f"cluster: {line}")


def _losses(root: Path, hosts: tuple[Host, Host], tmp: Path) -> Iterator[str]:
    """A host is lost in mid-run: without restarts, and with them."""
    whole = _both(root, hosts, *_script(tmp / "whole"))
    _same(RESUME, whole, _alone(root, hosts[0], *_script(tmp / "alone")))
    yield f"{RESUME}: on two hosts as on one, bit by bit: {whole[-1]}"

    left, _ = _started(root, hosts, 0, *_script(tmp / "lost"))
    _lose(hosts[1], left, tmp / "lost")
    lost = _wait(hosts[0], left, PATIENCE + GRACE)
    hosts[1].plug()
    if lost.good:
        raise HostsError(f"want an error on {hosts[0].name}; got none\n{lost.out}")
    seconds = f"{lost.seconds:.0f} s, of {PATIENCE + GRACE:.0f} allowed"
    yield f"a host lost in mid-run: an error on the other after {seconds}"

    script = _script(tmp / "resumed")
    left, _ = _started(root, hosts, 3, *script)
    _lose(hosts[1], left, tmp / "resumed")
    time.sleep(BOOT)
    hosts[1].plug()
    again = hosts[1].start(_torchrun(3, *script), _environment(root), root)
    _same("resumed", _printed(_all(hosts, [left, again])), whole)
    yield f"a host lost, started again, training resumed, bit by bit: {whole[-1]}"


def _same(what: str, got: list[str], wanted: list[str]) -> None:
    if got != wanted or not got:
        texts = ["\n".join(lines) for lines in (wanted, got)]
        raise HostsError(f"{what}: want\n{texts[0]}\ngot\n{texts[1]}")


def _script(folder: Path) -> tuple[str, ...]:
    folder.mkdir()
    options = ("--epochs", str(EPOCHS), "--patience", str(PATIENCE))
    return RESUME, str(folder), *options


def _torchrun(restarts: int, *script: str) -> list[str]:
    """What a reader types on each host."""
    meet = ["--rdzv-backend=c10d", "--rdzv-endpoint=node0:29400", "--rdzv-id=notes"]
    size = ["--nnodes=2", f"--nproc-per-node={PER_HOST}", f"--max-restarts={restarts}"]
    return [*_TORCHRUN, *size, *meet, "-m", *script]


def _environment(root: Path) -> dict[str, str]:
    paths = f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep)
    # Else the one that is new in a round waits for an address that the others remember
    # from the round before, and do not write down again: pytorch issue 135712.
    shared = {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    return os.environ | shared | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths}


def _alone(root: Path, host: Host, *script: str) -> list[str]:
    """What as many processes on one host print."""
    size = ["--standalone", f"--nproc-per-node={2 * PER_HOST}"]
    command = [*_TORCHRUN, *size, "-m", *script]

    def once() -> list[Run]:
        return [_wait(host, host.start(command, _environment(root), root), LIMIT)]

    return _printed(_unless_raced(once))


def _both(root: Path, hosts: tuple[Host, Host], *script: str) -> list[str]:
    """What the processes on two hosts print; one of the hosts has rank 0."""

    def once() -> list[Run]:
        return _all(hosts, _started(root, hosts, 0, *script))

    return _printed(_unless_raced(once))


def _unless_raced(once: Callable[[], list[Run]]) -> list[Run]:
    for _ in range(2):
        runs = once()
        if not any(r.raced and not r.good for r in runs):
            return runs
    return once()


def _printed(runs: list[Run]) -> list[str]:
    for run in runs:
        if not run.good:
            raise HostsError(f"want exit code 0; got {run.code}\n{run.out}{run.err}")
    return [line for run in runs for line in run.lines]


def _started(
    root: Path, hosts: tuple[Host, Host], restarts: int, *script: str
) -> list[Program]:
    command, environment = _torchrun(restarts, *script), _environment(root)
    return [host.start(command, environment, root) for host in hosts]


def _wait(host: Host, program: Program, seconds: float) -> Run:
    """Until a program has ended, which must be soon enough."""
    started = time.monotonic()
    try:
        code = program.process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        said = "".join(program.read())
        raise HostsError(
            f"{host.name}: not done within {seconds:.0f} s\n{said}"
        ) from None
    return Run(code, *program.read(), time.monotonic() - started)


def _all(hosts: tuple[Host, Host], programs: list[Program]) -> list[Run]:
    """Until all have ended, or one has with an error: it may leave the others waiting."""
    started = time.monotonic()
    while not all(p.over() for p in programs):
        if any(p.process.poll() for p in programs):
            time.sleep(_LAST)
            break
        if time.monotonic() - started > LIMIT:
            said = "\n".join("".join(p.read()) for p in programs)
            raise HostsError(f"not done within {LIMIT:.0f} s\n{said}")
        time.sleep(0.05)
    for host in hosts:
        host.kill()
    seconds = time.monotonic() - started
    return [Run(p.process.returncode, *p.read(), seconds) for p in programs]


def _lose(host: Host, other: Program, folder: Path) -> None:
    """Switch a host off once training is under way, and before it is over."""
    deadline = time.monotonic() + LIMIT
    while not (folder / "last.pt").exists():
        if other.over() or time.monotonic() > deadline:
            raise HostsError(f"want a run under way; got\n{''.join(other.read())}")
        time.sleep(0.02)
    host.cut()
    host.kill()
    if other.over():
        raise HostsError(f"want to stop it in mid-run; got\n{''.join(other.read())}")
