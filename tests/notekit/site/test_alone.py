"""Oracle: another process, which holds the folder or dies holding it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from notekit.site.alone import alone

HOLDS = """
import sys, time
from pathlib import Path
from notekit.site.alone import alone
with alone(Path(sys.argv[1]), "site", print):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
    print("let go", flush=True)
"""


@pytest.fixture
def hold(tmp_path) -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def hold(seconds: float) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLDS, str(tmp_path), str(seconds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_the_second_waits_and_says_so(tmp_path, hold):
    other = hold(1.0)
    said: list[str] = []
    with alone(tmp_path, "site", said.append):
        assert other.stdout.read() == "let go\n"  # before, or this would wait for it
    assert said == [
        f"site: another build is at work in {tmp_path / 'build'}; waiting for it"
    ]


def test_the_second_does_not_wait_for_ever(tmp_path, hold):
    hold(60)
    with (
        pytest.raises(SystemExit, match="the other build has not ended in 0 s"),
        alone(tmp_path, "site", lambda line: None, seconds=0.2),
    ):
        pytest.fail("two builds at once")


def test_one_that_was_killed_holds_nothing(tmp_path, hold):
    process = hold(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    said: list[str] = []
    with alone(tmp_path, "site", said.append):
        assert said == []


def test_what_fails_inside_lets_go(tmp_path: Path):
    with pytest.raises(RuntimeError), alone(tmp_path, "site", print):
        raise RuntimeError
    with alone(tmp_path, "site", lambda line: pytest.fail(line)):
        pass
