"""Whether the site in place is what a build would make: then nothing is to be done."""

import json
import os
import sys
from importlib.metadata import distributions
from pathlib import Path

from notekit.cache import key
from notekit.files import hash_of_files, write_whole

WHERE = "build/site.json"
# All that a build reads.
FILES = (
    *("build/verified.json", "constraints.txt", "mkdocs.yml", "mkdocs.zh.yml"),
    *("package-lock.json", "package.json", "pyproject.toml"),
)
FOLDERS = ("docs", "exercises", "figures", "notekit", "records", "snippets", "theme")
VARIABLES = ("SITE_URL", "SITE_URL_ZH", "GRADNOTES_PYODIDE")


def made_of(root: Path) -> str:
    """Fingerprint of everything that a build reads, programs and settings included."""
    files = [root / name for name in FILES]
    for folder in FOLDERS:
        files += sorted((root / folder).rglob("*"))
    files = [
        path
        for path in files
        if path.is_file() and path.suffix != ".pyc" and path.name != ".DS_Store"
    ]
    names = [path.relative_to(root).as_posix() for path in files]
    programs = sorted(f"{d.name} {d.version}" for d in distributions())
    settings = [f"{name}={os.environ.get(name)}" for name in VARIABLES]
    return key(sys.version, *programs, *settings, *names, hash_of_files(files))


def is_fresh(root: Path, made: str) -> bool:
    """Whether ``site/`` was built from just this, and nobody changed it since."""
    try:
        known = json.loads((root / WHERE).read_text(encoding="utf-8"))
        return bool(known == {"made": made, "site": _listing(root / "site")})
    except (OSError, ValueError):
        return False


def remember(root: Path, made: str) -> None:
    """Note down what the site in place was built from."""
    text = json.dumps({"made": made, "site": _listing(root / "site")})
    write_whole(root / WHERE, text)


def _listing(site: Path) -> str:
    """Names, sizes and ages of all files of the site."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.is_file():
            state = path.stat()
            found.append(
                f"{path.relative_to(site)} {state.st_size} {state.st_mtime_ns}"
            )
    return key(str(len(found)), *found)
