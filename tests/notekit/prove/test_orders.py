"""Oracles: small suites, each of which fails in one way of being run only."""

import pytest

from notekit.prove.orders import Run, alone, orders, run_all

INI = "[pytest]\naddopts = --import-mode=importlib\n"
BY_ORDER = """
seen = []
def test_a(): seen.append(1)
def test_b(): assert seen
"""
BY_HASH = "def test_set():\n    assert next(iter({'a', 'b'})) == 'a'\n"
BY_FILE = "import sys\ndef test_it():\n    assert sys.modules.get('early')\n"
EARLY = "import sys\nsys.modules['early'] = sys\ndef test_it(): assert sys\n"


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "tests").mkdir()

    def write(**files: str):
        for name, text in files.items():
            (tmp_path / f"tests/{name}.py").write_text(text)
        return tmp_path

    return write


def tried(root, runs) -> tuple[bool, str]:
    said: list[str] = []
    return run_all(root, list(runs), said.append), "\n".join(said)


def test_what_depends_on_the_order_fails_in_some_order(suite):
    root = suite(test_order=BY_ORDER)
    good, said = tried(root, orders(range(6), range(1), ["-n", "0"]))
    assert not good
    assert "1 passed" in said
    assert "2 passed" in said
    assert "  failed: tests/test_order.py::test_b" in said
    assert "PYTHONHASHSEED=0 python -m pytest --randomly-seed=" in said


def test_what_depends_on_a_hash_fails_under_some_seed(suite):
    root = suite(test_hash=BY_HASH)
    good, said = tried(root, orders(range(6), range(3), []))
    assert not good
    assert "1 passed" in said
    assert "  failed: tests/test_hash.py::test_set" in said


def test_what_depends_on_another_file_fails_alone(suite):
    root = suite(test_early=EARLY, test_late=BY_FILE)
    assert tried(root, [Run(("-p", "no:randomly", "-n", "0"), 0)])[0]
    good, said = tried(root, alone(root, ["tests"]))
    assert not good
    assert "  failed: tests/test_late.py::test_it" in said
    assert "test_early.py: 1 passed" in said


def test_what_depends_on_nothing_passes(suite):
    root = suite(test_good="def test_it(): assert 1 + 1 == 2\n")
    good, said = tried(root, orders(range(2), range(1), []))
    assert good
    assert said.count("1 passed") == 2
    assert said.count("-n 2") == 1


def test_all_orders_and_seeds_are_run():
    runs = list(orders(range(20), range(3), ["--notes", "ml"]))
    assert len(set(runs)) == len(runs) == 20
    company = {(run.hash_seed, run.options[2]) for run in runs}
    assert company == {(seed, n) for seed in (0, 1, 2) for n in ("0", "2")}
    assert {run.options[0] for run in runs} == {
        f"--randomly-seed={i}" for i in range(20)
    }
    assert all(run.options[-2:] == ("--notes", "ml") for run in runs)
