"""The form of a record: where, when, with which versions and of which code."""

import datetime
import importlib.metadata
import importlib.util
import json
import platform
from pathlib import Path
from typing import Any

from notekit.files import hash_of_files, own_modules, write_whole

ROOT = Path(__file__).resolve().parent.parent


def describe(note: str) -> dict[str, Any]:
    """All of a record but its figures.

    Args:
        note: its name, such as ``ml/adamw``; all its snippet modules are fingerprinted.
    """
    import torch

    cuda = torch.cuda.is_available()
    versions = {"python": platform.python_version()}
    for package in ("torch", "triton", "numpy"):
        if importlib.util.find_spec(package):
            versions[package] = importlib.metadata.version(package).split("+")[0]
    if cuda and torch.version.cuda:
        versions["cuda"] = torch.version.cuda
    return {
        "note": note,
        "device": torch.cuda.get_device_name() if cuda else platform.processor(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": versions,
        "code": hash_of_files(own_modules(ROOT / "snippets", note)),
    }


def write(path: Path, record: dict[str, Any]) -> None:
    """Write a record whole or not at all."""
    write_whole(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
