"""Hosts that are not there: network namespaces, each with a name, an address and processes.

Programs in them reach each other through a virtual cable only, read their own
``/etc/hosts``, and see no processes but the host's. So a host can be switched off: its
cable is cut, and all that ran on it is gone without a farewell.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "gradnotes"
FOLDER = f"{PREFIX}-hosts"
# In the namespaces of the host: its own names, and then the program.
_ENTER = 'mount --bind "$1" /etc/hosts && hostname "$2" && shift 2 && exec "$@"'
# Killed with the process that started it, and all that is below it with it.
_OWN = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--uts", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"),
)


class HostsError(Exception):
    """Why no hosts can be made here, or why a program on one did not end well."""


@dataclass(frozen=True)
class Program:
    """A program that was started on a host."""

    process: "subprocess.Popen[str]"
    out: Path
    err: Path

    def over(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def read(self) -> tuple[str, str]:
        """What it has said so far, to standard output and error."""
        out, err = (f.read_text("utf-8", "replace") for f in (self.out, self.err))
        return out, err


@dataclass
class Host:
    """One host; ``name`` and ``address`` are what the others call it."""

    name: str
    address: str
    space: str
    names: Path
    running: list[Program] = field(default_factory=list)
    started: int = 0

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> Program:
        """Start a program on the host; what it says is kept in files."""
        enter = ["ip", "netns", "exec", self.space, *_OWN]
        self.started += 1
        path = self.names.with_name(f"{self.name}-{self.started}")
        out, err = path.with_suffix(".out"), path.with_suffix(".err")
        with out.open("w") as to_out, err.open("w") as to_err:
            process = subprocess.Popen(
                [*enter, "sh", "-c", _ENTER, "sh", self.names, self.name, *command],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
                text=True,
                start_new_session=True,  # what the terminal sends is for us to pass on
            )
        self.running.append(Program(process, out, err))
        return self.running[-1]

    def cut(self) -> None:
        """Pull the cable: nobody is told, messages go nowhere."""
        _ip("-n", self.space, "link", "set", "wire", "down")

    def plug(self) -> None:
        """Put the cable back."""
        _ip("-n", self.space, "link", "set", "wire", "up")

    def kill(self) -> None:
        """End all that runs on the host, at once."""
        for program in self.running:
            program.process.kill()
            program.process.wait()
        self.running.clear()
        for _ in range(3000):  # processes of a killed namespace take a moment to go
            if not (left := self.processes()):
                return
            # One that had just been started may not yet have been bound to end with it.
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        raise HostsError(f"{self.name}: still running: {self.processes()}")

    def processes(self) -> list[int]:
        """What runs on the host."""
        return [int(pid) for pid in _ip("netns", "pids", self.space).split()]


@contextlib.contextmanager
def two_hosts() -> Iterator[tuple[Host, Host]]:
    """Two hosts and the cable between them; nothing of them is left afterwards.

    Raises:
        HostsError: if this machine, or its user, cannot have them.
    """
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}-{os.getpid()}-") as folder:
        names = Path(folder) / "hosts"
        hosts = tuple(
            Host(f"node{i}", f"10.77.0.{i + 1}", f"{PREFIX}-{os.getpid()}-{i}", names)
            for i in range(2)
        )
        lines = ["127.0.0.1 localhost", *(f"{h.address} {h.name}" for h in hosts)]
        names.write_text("\n".join(lines) + "\n")
        try:
            for host in hosts:
                _ip("netns", "add", host.space)
                _ip("-n", host.space, "link", "set", "lo", "up")
            ends = [("netns", host.space) for host in hosts]
            cable = ["type", "veth", "peer", "name", "wire", *ends[1]]
            _ip("link", "add", "wire", *ends[0], *cable)
            for host in hosts:
                _ip(
                    "-n", host.space, "addr", "add", f"{host.address}/24", "dev", "wire"
                )
                host.plug()
            yield hosts[0], hosts[1]
        finally:
            made = set(spaces())
            for host in hosts:
                if host.space in made:
                    host.kill()
                    _ip("netns", "del", host.space)  # and its end of the cable


def spaces() -> list[str]:
    """Namespaces that this module has made, here or in another process."""
    listed = _ip("netns", "list").splitlines()
    return [line.split()[0] for line in listed if line.startswith(f"{PREFIX}-")]


def sweep() -> None:
    """Remove what a run that was killed could not remove itself."""
    for space in spaces():
        owner = space.split("-")[1]
        if not Path(f"/proc/{owner}").exists():
            for pid in _ip("netns", "pids", space).split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            _ip("netns", "del", space)
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}-*"):
        if not Path(f"/proc/{folder.name.split('-')[2]}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _ip(*arguments: str) -> str:
    """What `ip` says, or why it cannot."""
    if os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid():
        raise HostsError("want root, to make network namespaces; got another user")
    try:
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        raise HostsError(
            "want the command ip, to make network namespaces; found none. "
            "On Debian and Ubuntu: apt-get install iproute2"
        ) from None
    if done.returncode:
        words = f"ip {' '.join(arguments)}: {done.stderr.strip()}"
        raise HostsError(f"want to make network namespaces; got {words}")
    return done.stdout
