"""What the tests of all Triton kernels share: who runs where, and compiling alone."""

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HAS_TRITON = importlib.util.find_spec("triton") is not None
needs_triton = pytest.mark.skipif(not HAS_TRITON, reason="no triton on this platform")
interpreted = pytest.mark.skipif(
    not HAS_TRITON or os.environ.get("TRITON_INTERPRET") != "1",
    reason="kernels are compiled here; the gpu-marked tests check them",
)


def lines_of_compiler(script: str, cache: Path) -> list[str]:
    """What a script prints in a process of its own, where kernels are compiled.

    The tests run in Triton's interpreter, which knows no types. Compiling takes no GPU.
    """
    environment = {**os.environ, "TRITON_CACHE_DIR": str(cache)}
    environment.pop("TRITON_INTERPRET", None)
    done = subprocess.run(
        # Triton itself builds nodes in a way that is deprecated since Python 3.13.
        [
            *(sys.executable, "-W", "error"),
            *("-W", "ignore:AnnAssign.__init__ missing:DeprecationWarning"),
            *("-c", textwrap.dedent(script)),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
