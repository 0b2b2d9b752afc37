"""Jupyter kernels without their start: copies of one process that has imported all.

A kernel of its own for each notebook is honest, but half of its time goes into
importing torch once more. `Nursery` imports it once, in a process that has nothing of
this project on its path, and each kernel is a fork of that. To Jupyter it is a kernel
like any other: the command of its specification waits until the fork ends.

Run as a program, this file is one of the two ends of that: `nursery.py serve SOCKET` is
the process that is copied, `nursery.py wait SOCKET CONNECTION` the command.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

NAME = "forked"


class Nursery:
    """A kernel specification named ``forked`` in ``folder``, while it is open."""

    def __init__(self, folder: Path, libraries: tuple[str, ...]) -> None:
        self.socket = str(folder / "s")
        command = [sys.executable, "-I", __file__]
        place = folder / "kernels" / NAME
        place.mkdir(parents=True)
        waits = [*command[:1], "-I", "-S", __file__, "wait", self.socket]
        specification = {
            "argv": [*waits, "{connection_file}"],
            "display_name": NAME,
            "language": "python",
        }
        (place / "kernel.json").write_text(json.dumps(specification))
        with (folder / "errors").open("wb") as errors:
            self.process = subprocess.Popen(
                [*command, "serve", self.socket, *libraries],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)  # forks that are left as well
        self.process.communicate()


def serve(path: str, libraries: list[str]) -> None:
    """Import, then fork a kernel for each that connects."""
    import importlib

    from ipykernel.kernelapp import IPKernelApp

    for name in libraries:
        module = importlib.import_module(name)
        if name == "torch":
            module.set_num_threads(1)  # threads would not survive a fork
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no one waits for the forks
    print("ready", flush=True)
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            folder, connection = json.loads(caller.makefile().readline())
            os.chdir(folder)
            sys.argv = ["kernel", "-f", connection]
            sys.path.insert(0, "")  # as where a notebook lies
            IPKernelApp.launch_instance()
            os._exit(0)
        caller.close()


def wait(path: str, connection: str) -> None:
    """Ask for a kernel, and end when it has ended."""
    caller = socket.socket(socket.AF_UNIX)
    caller.connect(path)
    caller.sendall(json.dumps([os.getcwd(), connection]).encode() + b"\n")
    caller.recv(1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        wait(sys.argv[2], sys.argv[3])
