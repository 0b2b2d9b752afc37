"""YAML with its lines: the data, and the nodes that know where each of it stands."""

import re
from datetime import date
from typing import Any

import yaml


def load(text: str) -> tuple[yaml.Node | None, Any]:
    """The tree of nodes and the data of one document, from one reading.

    Raises:
        yaml.YAMLError: as the loader of pure Python says it, which names things better.
        ValueError: for a date that does not exist.
    """
    fast = getattr(yaml, "CSafeLoader", None)  # libyaml is not everywhere
    if fast is not None:
        try:
            return _load(text, fast)
        except yaml.YAMLError:
            pass
    return _load(text, yaml.SafeLoader)


def _load(text: str, kind: Any) -> tuple[yaml.Node | None, Any]:
    loader = kind(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def line_of_date(text: str) -> int:
    """The first line with what YAML takes for a date, of those that do not exist."""
    for number, line in enumerate(text.split("\n"), 1):
        for year, month, day in re.findall(r"\b(\d{4})-(\d\d?)-(\d\d?)\b", line):
            try:
                date(int(year), int(month), int(day))
            except ValueError:
                return number
    return 1
