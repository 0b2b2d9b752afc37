"""Oracles: hashlib over a folder written by hand, and Node, which reads the worker."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from notekit import node
from notekit.study import offline
from notekit.study.offline import is_kept, leave, unnumbered, write

PAGE = '<section data-offline data-build="" data-bytes="">{}</section>'


@pytest.fixture
def site(tmp_path) -> Path:
    files = {
        "index.html": "home",
        "cv/box/index.html": "box",
        "zh/cv/box/index.html": "方框",
        "offline/index.html": PAGE.format("en"),
        "zh/offline/index.html": PAGE.format("zh"),
        "assets/pyodide/core.wasm": "\0asm",
        "pagefind/index/en.pf_index": "index",
        "twin.txt": "home",
    }
    for name, text in files.items():
        place = tmp_path / "site" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tmp_path / "site"


def listed(place: Path) -> list[list]:
    return json.loads(place.read_text(encoding="utf-8"))["files"]


def test_every_file_is_listed_once_with_its_fingerprint_and_size(site):
    place = write(site)
    found = listed(place)
    paths = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert [name for name, _, _ in found] == sorted(paths - {"sw.js", place.name})
    for name, digest, size in found:
        data = (site / name).read_bytes()
        assert hashlib.sha256(data).hexdigest().startswith(digest)
        assert (len(digest), size) == (32, len(data))


def test_the_pages_say_the_build_and_how_much_it_is_twins_counted_once(site):
    sizes = {p.read_bytes(): p.stat().st_size for p in site.rglob("*") if p.is_file()}
    place = write(site)
    build = place.name.split(".")[1]
    want = f'data-build="{build}" data-bytes="{sum(sizes.values())}"'
    for name in offline.PAGES:
        assert want in (site / name).read_text(encoding="utf-8")


def test_the_same_files_make_the_same_build_and_another_file_another(site, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    first = write(site)
    assert write(copy).name == first.name
    assert (copy / "sw.js").read_bytes() == (site / "sw.js").read_bytes()
    assert listed(copy / first.name) == listed(first)
    again = write(site)  # a site that has a list gets the same, and only one
    assert (again, [*site.glob("offline.*.json")]) == (first, [first])
    (site / "gradnotes.zip").write_bytes(b"PK")  # which is no part of it
    assert write(site).name == first.name
    (site / "cv/box/index.html").write_text("Box", encoding="utf-8")
    assert write(site).name != first.name
    assert [*site.glob("offline.*.json")] != [first]


def test_another_worker_is_another_build(site, monkeypatch, tmp_path):
    first = write(site)
    for name in ("worker.js", "leaving.js"):
        text = (offline._HERE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(f"{text}\nlet more\n", encoding="utf-8")
    monkeypatch.setattr(offline, "_HERE", tmp_path)
    assert write(site).name != first.name


def test_workers_are_scripts_that_name_the_build(site):
    place = write(site)
    code = (site / "sw.js").read_text(encoding="utf-8")
    assert re.match(r'const BUILD="([0-9a-f]+)"', code)[1] in place.name
    check(site / "sw.js")
    leave(site)
    check(site / "sw.js")
    assert "unregister()" in (site / "sw.js").read_text(encoding="utf-8")


def check(script: Path) -> None:
    done = subprocess.run([node.command(), "--check", str(script)], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_what_is_not_kept():
    assert not is_kept("sw.js")
    assert not is_kept("offline.0123abcd.json")
    assert not is_kept("gradnotes.zip")
    for name in ("offline/index.html", "cv/sw.js", "assets/gradnotes.zip", "feed.json"):
        assert is_kept(name)


def test_a_page_without_numbers_keeps_nothing(site):
    before = (site / "offline/index.html").read_text(encoding="utf-8")
    write(site)
    after = (site / "offline/index.html").read_text(encoding="utf-8")
    assert before != after
    assert unnumbered(after) == before


def test_a_site_without_pages_about_it_has_a_worker_all_the_same(site):
    for name in offline.PAGES:
        (site / name).unlink()
    assert write(site).is_file()
