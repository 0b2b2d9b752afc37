"""Oracle: what a reader's browser gets from the preview, before and after a save."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.notekit.builder import Repo, add_tool, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(port: int, *arguments: str) -> list[str]:
    return [
        sys.executable,
        "-u",
        "-m",
        "notekit",
        "serve",
        *arguments,
        "--port",
        str(port),
    ]


@contextmanager
def preview(root: Path, *arguments: str) -> Iterator[tuple[int, Path]]:
    """A running preview: its port, and the file that it speaks into."""
    port, said = free_port(), root / "said.txt"
    with said.open("w") as out:
        run = subprocess.Popen(
            command(port, *arguments),
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root), "NO_MKDOCS_2_WARNING": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            wait(
                lambda: "Ctrl-C ends" in said.read_text() or run.poll() is not None, 90
            )
            assert run.poll() is None, said.read_text()
            yield port, said
        finally:
            run.terminate()
            run.wait(20)


def wait(true, seconds: float = 20) -> float:
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "it never came"
        time.sleep(0.05)
    return time.monotonic() - start


def page(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as answer:
        return answer.read().decode("utf-8")


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = build_repo(tmp_path)
    add_tool(repo)
    return repo


@pytest.mark.timeout(240)
def test_a_save_of_page_or_code_shows_and_a_fault_keeps_the_last_good_page(repo):
    with preview(repo.root, "cv/box") as (port, said):
        assert "nothing else counts" in page(port, "cv/box/")
        assert "unregister()" in page(port, "sw.js")  # an older worker goes
        repo.edit(EN, "nothing else counts", "nothing more counts")
        wait(lambda: "nothing more counts" in page(port, "cv/box/"))
        assert "assets/site." in page(port, "cv/box/")
        snippet = repo.read("snippets/cv/box.py")
        repo.write("snippets/cv/box.py", snippet.replace("2 * width", "width + width"))
        for path in ("cv/box/", "zh/cv/box/"):
            wait(lambda path=path: "width + width" in page(port, path))
        front = repo.read(EN)
        repo.write(EN, front.replace("tags: [shape]", "tags: shape"))
        kept = "serve: not rebuilt; the last good pages are shown"
        wait(lambda: kept in said.read_text())
        assert f"{EN}:" in said.read_text()
        assert "nothing more counts" in page(port, "cv/box/")
        repo.write(EN, front.replace("nothing more counts", "all is well"))
        wait(lambda: "all is well" in page(port, "cv/box/"))
        assert "Traceback" not in said.read_text()
    seconds = re.findall(r"cv/box rebuilt in ([\d.]+) s", said.read_text())
    assert len(seconds) >= 3


@pytest.mark.timeout(240)
def test_without_a_name_a_note_s_save_makes_that_note_and_others_make_all(repo):
    with preview(repo.root) as (port, said):
        repo.write(ZH, repo.read(ZH).replace("方框", "方形框"))
        wait(lambda: "方形框" in page(port, "zh/cv/box/"), 60)
        assert "cv/box rebuilt in" in said.read_text()
        index = repo.read("docs/en/index.md")
        repo.write("docs/en/index.md", index + "\nGreetings.\n")
        wait(lambda: "Greetings." in page(port, ""), 90)
        assert "all pages rebuilt in" in said.read_text()


@pytest.mark.timeout(120)
def test_what_is_wrong_at_the_start_is_told_and_nothing_is_shown(repo):
    repo.edit(EN, "tags: [shape]", "tags: shape")
    run = subprocess.run(
        command(free_port()),
        cwd=repo.root,
        env=os.environ | {"PYTHONPATH": str(repo.root)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"{EN}:")
    assert run.stderr.endswith("serve: mend this first; nothing is shown\n")
    assert "Traceback" not in run.stderr


@pytest.mark.timeout(120)
def test_a_port_in_use_is_one_line_before_any_work(repo):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            command(port),
            cwd=repo.root,
            env=os.environ | {"PYTHONPATH": str(repo.root)},
            capture_output=True,
            text=True,
        )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == f"serve: port {port} is in use; choose another with --port\n"


def test_nobody_answers_on_a_port_that_nobody_took():
    with pytest.raises(URLError):
        page(free_port(), "")
