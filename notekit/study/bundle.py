"""Scripts that import packages of npm, as one file each, kept by content."""

from pathlib import Path

from notekit.files import hash_of_files
from notekit.node import run_cached

_SCRIPT = Path(__file__).with_name("bundle.mjs")


def bundle(script: Path, root: Path) -> str:
    """The script with all that it imports.

    Args:
        script: a module of the theme.
        root: the repository, whose ``node_modules/`` holds what is imported.

    Raises:
        NodeError: if a package is missing.
    """
    request = {
        "name": script.name,
        "code": script.read_text(encoding="utf-8"),
        "locked": hash_of_files([root / "package-lock.json"]),
    }
    [text] = run_cached(_SCRIPT, [request], root, "esbuild")
    return str(text)
