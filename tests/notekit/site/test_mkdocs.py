"""Oracle: MkDocs' own command, in a process that was started for it."""

import multiprocessing
import re
import sys
import threading
from pathlib import Path

import pytest

from notekit.site import mkdocs

PAGE = "# A page\n\nSome words.\n"
NEEDS_FORK = pytest.mark.skipif(sys.platform != "linux", reason="copies are for Linux")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(PAGE)
    (tmp_path / "mkdocs.yml").write_text("site_name: a\ntheme: null\nplugins: []\n")
    return tmp_path


def arguments(project: Path, place: str) -> list[str]:
    config = str(project / "mkdocs.yml")
    return ["build", "--strict", "-f", config, "-d", str(project / place)]


def files(place: Path) -> dict[str, bytes]:
    return {
        p.relative_to(place).as_posix(): re.sub(rb"Build Date.*", b"", p.read_bytes())
        for p in place.rglob("*")
        if p.is_file() and not p.name.startswith("sitemap")
    }


@NEEDS_FORK
def test_copies_build_what_a_fresh_process_builds(project):
    calls = [arguments(project, "a"), arguments(project, "b")]
    outcomes = mkdocs._forked(calls)
    assert [status for status, _ in outcomes] == [0, 0], outcomes
    status, _ = mkdocs._started(arguments(project, "c"), project)
    assert status == 0
    assert files(project / "a") == files(project / "b") == files(project / "c") != {}


@NEEDS_FORK
def test_a_copy_that_fails_says_what_it_said(project, capfd):
    (project / "docs/index.md").write_text("[a](missing.md)\n")
    good = project / "other"
    (good / "docs").mkdir(parents=True)
    (good / "docs/index.md").write_text(PAGE)
    (good / "mkdocs.yml").write_text("site_name: b\ntheme: null\nplugins: []\n")
    failed, built = mkdocs._forked([arguments(project, "a"), arguments(good, "b")])
    assert failed[0] == 1
    assert "missing.md" in failed[1]
    assert "strict mode" in failed[1]
    assert built[0] == 0
    assert capfd.readouterr().out == ""


@NEEDS_FORK
def test_a_copy_that_breaks_leaves_its_traceback(project):
    (project / "mkdocs.yml").write_text(
        "site_name: a\ntheme: null\nplugins: []\nhooks: [hook.py]\n"
    )
    (project / "hook.py").write_text("def on_files(files, config): 1 / 0\n")
    [(status, said)] = mkdocs._forked([arguments(project, "a")])
    assert status == 1
    assert "ZeroDivisionError" in said


@NEEDS_FORK
def test_a_copy_that_is_killed_is_a_failure(project):
    (project / "mkdocs.yml").write_text(
        "site_name: a\ntheme: null\nplugins: []\nhooks: [hook.py]\n"
    )
    (project / "hook.py").write_text(
        "import os, signal\n"
        "def on_files(files, config): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    [(status, _)] = mkdocs._forked([arguments(project, "a")])
    assert status == -9
    assert multiprocessing.active_children() == []


def test_no_copy_is_made_of_a_process_with_threads_or_of_another_tool(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(mkdocs, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert mkdocs._may_fork(tmp_path) is (sys.platform == "linux")
    assert not mkdocs._may_fork(tmp_path / "other")
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not mkdocs._may_fork(tmp_path)
