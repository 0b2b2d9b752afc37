"""Start one process per rank, bound its time, and leave none behind.

A hang is the usual failure of distributed code: one rank waits for a message that
another never sends. So every rank carries a watchdog that ends it at the limit and
writes down which line it was at, and the parent kills what is left in any case.
"""

import faulthandler
import multiprocessing
import os
import pickle
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Literal

import torch
import torch.distributed as dist

from ._checks import _finite, _integer

_GRACE = 1.0  # seconds for the other ranks to say where they are, once one has failed


# --8<-- [start:spawn]
def spawn_ddp(
    fn: Callable[..., Any],
    W: int,
    *args: Any,
    limit: float = 60.0,
    start_limit: float = 60.0,
    init: Literal["file", "tcp"] = "file",
    backend: str = "gloo",
) -> list[Any]:
    """Run ``fn(rank, W, *args)`` in W fresh processes that share a process group.

    Args:
        fn: a function at the top level of a module, since workers import it.
        W: number of processes.
        args: further arguments of ``fn``; they travel by pickle, as do the results.
        limit: seconds that ``fn`` may take on each rank.
        start_limit: seconds for starting Python, importing torch and meeting.
        init: how the ranks meet. "file": at a file in a fresh folder, which cannot
            clash. "tcp": at a port that was free a moment ago.
        backend: "gloo", or "nccl" for one GPU per rank.

    Returns:
        What ``fn`` returned, by rank.

    Raises:
        ValueError: if W is not an integer >= 1, a limit is not finite and > 0, init is
            unknown, or fn cannot be imported by name.
        TimeoutError: naming the ranks that did not finish, and where they were if fn
            had begun.
        RuntimeError: naming the rank that failed first, with its traceback, or those
            that died without one.
    """
    W = _integer("W", W)
    _check(fn, limit, start_limit, init)
    context = multiprocessing.get_context("spawn")  # a fork would copy torch's locks
    with tempfile.TemporaryDirectory(prefix="spawn_ddp-") as name:
        folder = Path(name)
        meet = (folder / "store").as_uri()
        if init == "tcp":
            meet = f"tcp://127.0.0.1:{_free_port()}"
        workers = [
            context.Process(
                target=_work,
                args=(rank, W, fn, args, folder, meet, backend, limit, start_limit),
            )
            for rank in range(W)
        ]
        try:
            for worker in workers:
                worker.start()
            _wait(workers, folder, start_limit + limit)
            late = [rank for rank, worker in enumerate(workers) if worker.is_alive()]
        finally:  # also when this process is interrupted
            for worker in workers:
                if worker.pid is not None:
                    worker.kill()
                    worker.join()
        return _results(workers, folder, late, limit, start_limit)
    # --8<-- [end:spawn]


def _free_port() -> int:
    """A TCP port of this machine that is free now, if not for ever."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check(fn: Callable[..., Any], limit: float, start_limit: float, init: str) -> None:
    for name, seconds in (("limit", limit), ("start_limit", start_limit)):
        _finite(name, seconds, positive=True, unit=" seconds")
    if init not in ("file", "tcp"):
        raise ValueError(f"init must be 'file' or 'tcp', got {init!r}")
    try:
        pickle.dumps(fn)
    except (pickle.PicklingError, AttributeError, TypeError):
        raise ValueError(f"fn must be importable by name, got {fn!r}") from None


# --8<-- [start:work]
def _work(
    rank: int,
    W: int,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    folder: Path,
    meet: str,
    backend: str,
    limit: float,
    start_limit: float,
) -> None:
    """The life of one rank: meet, run, report, leave."""
    torch.set_num_threads(1)
    with open(folder / f"{rank}.stack", "w") as stack:
        try:
            # Else a short fn may end, and hang up, while others are still connecting.
            os.environ["TORCH_DIST_INIT_BARRIER"] = "1"
            # The timeout is for orphans: should the parent die, waiting ends too.
            patience = timedelta(seconds=limit + start_limit)
            dist.init_process_group(
                backend, init_method=meet, rank=rank, world_size=W, timeout=patience
            )
            # Needs no interpreter lock, so it works while torch waits in C++.
            faulthandler.dump_traceback_later(limit, exit=True, file=stack)
            report, name = pickle.dumps(fn(rank, W, *args)), _result(folder, rank).name
        except BaseException:
            report, name = traceback.format_exc().encode(), f"{rank}.error"
        (folder / f"{name}-").write_bytes(report)
        (folder / f"{name}-").rename(folder / name)  # whole or not at all
        if dist.is_initialized():
            dist.destroy_process_group()
        faulthandler.cancel_dump_traceback_later()
    sys.exit(name.endswith("error"))
    # --8<-- [end:work]


def _wait(workers: list[SpawnProcess], folder: Path, seconds: float) -> None:
    """Until all have ended, one has failed (and the grace is over), or time is up.

    A rank fails by ending without a result. How it ends once its result is written does
    not count: a thread of gloo may abort a process that is leaving (pytorch issue
    190489), and that must not cost the others their time.
    """
    deadline = time.monotonic() + seconds
    failed = False
    while running := [worker for worker in workers if worker.exitcode is None]:
        ended = [rank for rank, worker in enumerate(workers) if worker not in running]
        if not failed and any(not _result(folder, rank).exists() for rank in ended):
            failed = True  # the others may now wait for it for ever
            deadline = min(deadline, time.monotonic() + _GRACE)
        if (left := deadline - time.monotonic()) <= 0:
            return
        wait([worker.sentinel for worker in running], timeout=left)


def _result(folder: Path, rank: int) -> Path:
    """Where a rank leaves what ``fn`` returned."""
    return folder / f"{rank}.result"


def _results(
    workers: list[SpawnProcess],
    folder: Path,
    late: list[int],
    limit: float,
    start_limit: float,
) -> list[Any]:
    """What the ranks returned, or the error that came first."""
    W = len(workers)
    stacks = {rank: (folder / f"{rank}.stack") for rank in range(W)}
    texts = {rank: f.read_text() for rank, f in stacks.items() if f.exists()}
    hung = {rank: text for rank, text in texts.items() if text}
    if hung:
        where = "\n".join(f"rank {rank} was here:\n{t}" for rank, t in hung.items())
        raise TimeoutError(
            f"{_name(list(hung), W)} did not finish within the limit of {limit:g} s; "
            f"no rank was left running\n{where}"
        )
    ended = [rank for rank in range(W) if rank not in late]
    silent = [rank for rank in ended if not list(folder.glob(f"{rank}.[re]*[rt]"))]
    if silent:
        codes = ", ".join(str(workers[rank].exitcode) for rank in silent)
        raise RuntimeError(f"{_name(silent, W)} died with exit code {codes}")
    # A rank that fails drops its connections, and its peers then fail after it.
    errors = sorted(folder.glob("*.error"), key=lambda path: path.stat().st_mtime_ns)
    if errors:
        first = int(errors[0].stem)
        raise RuntimeError(f"{_name([first], W)} raised\n{errors[0].read_text()}")
    if late:
        raise TimeoutError(
            f"{_name(late, W)} did not end within the limit of {limit:g} s "
            f"+ {start_limit:g} s to start, and had to be killed"
        )
    return [pickle.loads(_result(folder, rank).read_bytes()) for rank in range(W)]


def _name(ranks: list[int], W: int) -> str:
    plural = "s" if len(ranks) > 1 else ""
    return f"rank{plural} {', '.join(map(str, ranks))} of {W}"
