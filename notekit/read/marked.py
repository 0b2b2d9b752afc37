"""YAML with its lines: the data, and the nodes that know where each of it stands."""

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
