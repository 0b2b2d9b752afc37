"""The oracle is pytest's own count of what ran, was skipped, or was left alone."""

import gc
import sys
from pathlib import Path

import pytest

from notekit.environments import PARALLEL
from notekit.prove.libraries import import_libraries
from notekit.prove.pytest_plugin import has_gpu, may_have_gpu
from notekit.prove.schedule import APART

GPU_TEST = """
import pytest

@pytest.mark.gpu
def test_on_the_gpu():
    pass

def test_anywhere():
    pass
"""


@pytest.fixture
def project(pytester):
    """A folder with one marked module and one that imports what is not there."""
    pytester.makepyfile(test_marked=GPU_TEST, test_other="import no_such_package")
    pytester.makeini("[pytest]\nmarkers = gpu: needs a GPU")
    return pytester


def run(project, *arguments):
    """pytest with the plugin under test, apart from this session's settings."""
    options = ["-p", "notekit.prove.pytest_plugin", "-p", "no:randomly", "-rs"]
    return project.runpytest_inprocess(*options, *arguments)


def test_gpu_tests_are_collected_and_skipped_with_their_reason(project):
    if has_gpu():
        return  # then the same run executes them
    result = run(project, "test_marked.py")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*needs a CUDA GPU, found none*"])


def test_asking_for_gpu_tests_reads_only_files_that_have_some(project):
    result = run(project, "-m", "gpu")
    result.assert_outcomes(deselected=1, **{"passed" if has_gpu() else "skipped": 1})


def test_without_that_wish_a_broken_module_is_an_error(project):
    run(project).assert_outcomes(errors=1)


def test_requiring_a_gpu_without_one_is_a_usage_error(project):
    if has_gpu():
        return
    result = run(project, "--require-gpu", "test_marked.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*want a CUDA GPU for the GPU tests; found none*"])


@pytest.mark.parametrize(
    ("device", "asks"),
    [
        ("nvidiactl", True),
        ("nvidia0", True),
        ("nvhost-gpu", True),
        ("dxg", True),
        ("kfd", True),
        ("nvme0", False),
        ("null", False),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch is asked")
def test_torch_is_asked_where_there_may_be_a_gpu_and_not_imported_else(
    tmp_path, device, asks
):
    (tmp_path / device).touch()
    assert may_have_gpu(tmp_path) is asks
    assert may_have_gpu(tmp_path / "none")


def test_what_stays_is_spared_the_collector_of_cycles_and_what_goes_is_not(project):
    project.makepyfile(
        test_cycles="""
        import gc
        import weakref

        class Node:
            pass

        STAYS = [Node()]

        def test_it():
            assert not any(x is STAYS for x in gc.get_objects())
            node = Node()
            node.itself = node
            gone = weakref.ref(node)
            del node
            gc.collect()
            assert gone() is None
        """
    )
    frozen = gc.get_freeze_count()
    run(project, "test_cycles.py").assert_outcomes(passed=1)
    assert (gc.get_freeze_count() > 0) == (frozen > 0)


def test_random_numbers_do_not_depend_on_what_ran_before(project):
    import_libraries()  # here, and once: each run below forgets what it imports
    project.makepyfile(
        test_seeds="""
        import random
        import numpy as np
        import torch

        def numbers():
            return random.random(), np.random.rand(), torch.rand(1).item()

        def test_first():
            print("first", numbers())

        def test_second():
            numbers()
            print("second", numbers())
        """
    )

    def printed(*arguments):
        lines = run(project, "-s", *arguments).outlines
        return [line for line in lines if "first" in line or "second" in line]

    together = printed("test_seeds.py")
    assert len(together) == 2
    alone = [
        *printed("test_seeds.py::test_first"),
        *printed("test_seeds.py::test_second"),
    ]
    assert [x.split("(")[1] for x in together] == [x.split("(")[1] for x in alone]


SHARING = """
import os
import random
import pytest

@pytest.fixture(scope="module")
def network():
    print("made")
    return os.getpid()

@pytest.mark.parametrize("turn", range(6))
def test_it(network, turn):
    with open(os.environ["LEDGER"], "a") as ledger:
        print(network, os.getpid(), turn, random.random(), file=ledger)

"""
ALONE = """
import os
import random
import pytest

@pytest.mark.parametrize("turn", range(6))
def test_by_itself(turn):
    with open(os.environ["LEDGER"], "a") as ledger:
        print("alone", os.getpid(), turn + 6, random.random(), file=ledger)
"""


def test_what_a_module_makes_once_is_made_once(project, monkeypatch, tmp_path):
    pytest.importorskip("xdist")
    project.makepyfile(test_sharing=SHARING, test_alone=ALONE)
    draws = []
    for name, options in (
        ("one", []),
        ("two", ["-n", "2", *PARALLEL[2:]]),
    ):
        ledger = tmp_path / name
        monkeypatch.setenv("LEDGER", str(ledger))
        assert run(project, *options, "test_sharing.py", "test_alone.py").ret == 0
        rows = [line.split() for line in ledger.read_text().splitlines()]
        assert len(rows) == 12
        shared = [row for row in rows if row[0] != "alone"]
        assert len({(made, used) for made, used, *_ in shared}) == 1
        draws.append({turn: number for *_, turn, number in rows})
        if name == "two":
            assert len({row[1] for row in rows}) == 2
    # And its random numbers are those of a run on one core.
    assert draws[0] == draws[1]


def test_tests_that_share_nothing_are_shared_out_one_by_one(project, tmp_path):
    """By which process each runs, as it says itself: 12 tests each of two files.

    Those of the one file wait until the other process has run one of them.
    """
    text = """
import os, time
from pathlib import Path

import pytest

LEDGER, OWN = Path({ledger!r}), (Path(__file__).name, os.environ["PYTEST_XDIST_WORKER"])

@pytest.mark.parametrize("n", range(12))
def test_it(n):
    with LEDGER.open("a") as file:
        print(*OWN, file=file)
    late = time.monotonic() + {wait}
    while time.monotonic() < late:
        rows = [tuple(line.split()) for line in LEDGER.read_text().splitlines()]
        if any(row[0] == OWN[0] and row != OWN for row in rows):
            break
        time.sleep(0.01)
"""
    ledger = tmp_path / "ledger"
    for path, wait in ((APART[0], 20), ("tests/test_others.py", 0)):
        place = project.path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(text.format(ledger=str(ledger), wait=wait), encoding="utf-8")
    assert run(project, "-n", "2", *PARALLEL[2:], "tests").ret == 0
    rows = [line.split() for line in ledger.read_text("utf-8").splitlines()]
    assert len(rows) == 24
    by = {name: {worker for file, worker in rows if file == name} for name, _ in rows}
    assert len(by["test_others.py"]) == 1
    assert len(by[Path(APART[0]).name]) == 2


def test_an_unknown_note_is_refused(project):
    result = run(project, "--notes", "no/such-note")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*want names of notes; got 'no/such-note'*"])
