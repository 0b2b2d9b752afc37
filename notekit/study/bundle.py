"""Scripts that import packages of npm, as one file each, kept by content."""

import re
from pathlib import Path

from notekit.node import run_cached, version

_PACKAGE = re.compile(r'^import .* from "([^."][^"]*)"', re.MULTILINE)
_SCRIPT = Path(__file__).with_name("bundle.mjs")


def bundle(script: Path, root: Path) -> str:
    """The script with all that it imports.

    Args:
        script: a module of the theme.
        root: the repository, whose ``node_modules/`` holds what is imported.

    Raises:
        NodeError: if a package is missing.
    """
    code = script.read_text(encoding="utf-8")
    # Which versions are imported counts too.
    names = sorted(set(_PACKAGE.findall(code)))
    versions = {name: version(name, root) for name in names}
    request = {"name": script.name, "code": code, "versions": versions}
    [text] = run_cached(_SCRIPT, [request], root, "esbuild")
    return str(text)
