"""Oracle: a dictionary; and files cut short, overwritten and shared by hand."""

import multiprocessing
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notekit.cache import Cache, key


def test_what_was_put_is_there_and_nothing_else(tmp_path):
    cache = Cache(tmp_path, "x")
    assert cache.get(["a", "b"]) == {}
    assert not cache.path.exists()
    cache.put({"a": "1", "中": "文\n"})
    assert Cache(tmp_path, "x").get(["a", "b", "中", "a"]) == {"a": "1", "中": "文\n"}
    assert Cache(tmp_path, "y").get(["a"]) == {}
    cache.put({"a": "2"})
    assert cache.get(["a"]) == {"a": "2"}


def test_more_keys_than_one_statement_takes(tmp_path):
    cache = Cache(tmp_path, "x")
    entries = {str(n): str(n * n) for n in range(3000)}
    cache.put(entries)
    assert cache.get(entries) == entries


@pytest.mark.parametrize("damage", [b"", b"SQLite", b"junk" * 2000, None])
def test_a_damaged_file_is_made_again(tmp_path, damage):
    cache = Cache(tmp_path, "x")
    cache.put({str(n): "v" * 100 for n in range(200)})
    whole = cache.path.read_bytes()
    cache.path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    cache.get(["1"])  # whatever it finds, it does not fail
    cache.put({"new": "1"})
    assert Cache(tmp_path, "x").get(["new"]) == {"new": "1"}


def test_a_file_that_is_gone_or_another_by_now_is_no_longer_read(tmp_path):
    cache, other = Cache(tmp_path, "x"), Cache(tmp_path, "y")
    cache.put({"a": "1"})
    cache.path.unlink()
    assert cache.get(["a"]) == {}
    cache.put({"b": "2"})
    assert cache.get(["a", "b"]) == {"b": "2"}
    other.put({"c": "3"})
    other.path.replace(cache.path)
    assert cache.get(["b", "c"]) == {"c": "3"}
    shutil.rmtree(cache.path.parent)
    cache.put({"d": "4"})
    assert Cache(tmp_path, "x").get(["b", "c", "d"]) == {"d": "4"}


def test_threads_use_the_same_files(tmp_path):
    def work(n: int) -> str:
        return Cache(tmp_path, str(n % 3)).made(str(n), lambda: str(n * n))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(60))) == [str(n * n) for n in range(60)]


def test_few_files_stay_open_and_none_is_left_to_the_collector(tmp_path):
    for n in range(100):
        Cache(tmp_path, str(n)).put({"a": str(n)})
    folder = Path("/proc/self/fd")
    if folder.is_dir():
        held = [link for link in folder.iterdir() if link.is_symlink()]
        files = [str(f.readlink()) for f in held if f.exists()]
        assert 0 < sum(f.startswith(str(tmp_path)) for f in files) <= 20
    assert Cache(tmp_path, "7").get(["a"]) == {"a": "7"}


def _put(root: Path, start: int) -> None:
    for n in range(start, start + 50):
        Cache(root, "x").put({str(n): str(n)})


def test_several_processes_write_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_put, args=(tmp_path, start)) for start in (0, 50, 100)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    wanted = {str(n): str(n) for n in range(150)}
    assert Cache(tmp_path, "x").get(wanted) == wanted


@given(st.lists(st.text()), st.lists(st.text()))
def test_keys_are_equal_only_for_equal_parts(a, b):
    assert (key(*a) == key(*b)) == (a == b)
