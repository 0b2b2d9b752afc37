"""Oracles: the kernel's own lists of namespaces and processes."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from notekit.problem import ROOT
from notekit.prove import hosts
from notekit.prove.hosts import HostsError, spaces, two_hosts

try:
    spaces()
    # Root within a container may be kept from making a network.
    made = subprocess.run(["unshare", "--net", "true"], capture_output=True)
    HERE = made.stderr.decode().strip() if made.returncode else ""
except (HostsError, OSError) as error:
    HERE = str(error)
needs_root = pytest.mark.skipif(bool(HERE), reason=HERE)
SLEEP = ("sleep", "612")


def said(host, *command) -> str:
    program = host.start(command, os.environ, ROOT)
    assert program.process.wait(timeout=30) == 0, program.read()
    return program.read()[0]


def own(pid: int | None = None) -> list[str]:
    return [s for s in spaces() if s.split("-")[1] == str(pid or os.getpid())]


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{hosts.FOLDER}-*"))


@needs_root
def test_hosts_have_names_and_addresses_and_see_their_own_processes_only():
    with two_hosts() as (first, second):
        assert said(first, "hostname") == "node0\n"
        assert said(second, "hostname") == "node1\n"
        for host in (first, second):
            names = said(host, "getent", "hosts", "node0", "node1").split()
            assert names == ["10.77.0.1", "node0", "10.77.0.2", "node1"]
        seen = said(first, "sh", "-c", "cat /proc/[0-9]*/cmdline; true # here")
        assert "# here" in seen
        mine = Path("/proc/self/cmdline").read_bytes().decode()
        assert mine not in seen
        assert said(second, "sh", "-c", "ip route get 10.77.0.1").split()[2] == "wire"
        assert os.uname().nodename != "node0"


@needs_root
def test_a_cut_cable_carries_nothing_and_a_plugged_one_does():
    serve = "import socket; s = socket.create_server(('node0', 4000))"
    serve += "; print(1, flush=True); s.accept()[0].send(b'here')"
    reach = "import socket; s = socket.create_connection(('node0', 4000), 2)"
    read = f"{reach}; print(s.recv(9))"
    with two_hosts() as (first, second):
        server = first.start([sys.executable, "-c", serve], os.environ, ROOT)
        while not server.read()[0]:
            assert not server.over(), server.read()
        second.cut()
        program = second.start([sys.executable, "-c", read], os.environ, ROOT)
        assert program.process.wait(timeout=30) != 0
        second.plug()
        assert said(second, sys.executable, "-c", read) == "b'here'\n"


@needs_root
def test_a_killed_host_has_no_processes_left_not_even_in_sessions_of_their_own():
    with two_hosts() as (first, _):
        first.start(
            ["sh", "-c", "setsid sleep 612 & setsid sleep 612"], os.environ, ROOT
        )
        while sum("sleep" in name(pid) for pid in first.processes()) < 2:
            pass
        first.kill()
        assert first.processes() == []


def name(pid: int) -> str:
    """What a process runs; empty if there is none, or only its exit code is left."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    command, state = stat.split("(")[1].split(") ")
    return "" if state[0] in "ZX" else command


@needs_root
def test_nothing_is_left_after_an_error():
    before = folders()

    def fail() -> None:
        with two_hosts() as pair:
            for host in pair:
                host.start(SLEEP, os.environ, ROOT)
            assert len(own()) == 2
            assert folders() > before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert own() == []
    assert folders() == before


PROGRAM = """
import os, signal, sys
from notekit.problem import ROOT
from notekit.prove.hosts import two_hosts
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs
with two_hosts() as hosts:
    for host in hosts:
        up = host.start(["sh", "-c", "echo up; exec sleep 612"], os.environ, ROOT)
        while not up.read()[0]:
            pass
    print(*(host.running[0].process.pid for host in hosts), flush=True)
    while True:
        signal.pause()
"""


@needs_root
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_after_an_interruption(how):
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    started = [int(pid) for pid in program.stdout.readline().split()]
    assert len(started) == len(own(program.pid)) == 2
    program.send_signal(how)
    program.communicate(timeout=30)
    if how == signal.SIGKILL:  # it could not tidy up; the next one does
        while any(name(pid) for pid in started):  # but its programs end with it
            pass
        with two_hosts():
            pass
    assert own(program.pid) == []
    assert not any(f"-{program.pid}-" in folder.name for folder in folders())
    assert [name(pid) for pid in started] == ["", ""]


def test_who_cannot_have_hosts_is_told_why(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with (
        pytest.raises(HostsError, match=r"want root, .*; got another user"),
        two_hosts(),
    ):
        pass


def test_a_machine_without_ip_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HostsError, match="apt-get install iproute2"), two_hosts():
        pass
