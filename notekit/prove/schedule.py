"""Which tests two processes share out between them, file by file or one by one."""

from xdist.scheduler import LoadScopeScheduling

from notekit.prove.changed import EXERCISES, FIGURES

# Tests that share nothing, of which some take many seconds: in one piece, and last since
# they are few, such a file would keep one process busy for minutes after the others.
APART = (FIGURES, EXERCISES, "tests/notekit/study/test_exercises.py")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """As ``--dist loadfile``, but for the files whose tests go one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.split("::", 1)[0]
        return nodeid if file in APART else file
