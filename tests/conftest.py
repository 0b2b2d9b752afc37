"""What holds for every test: repeatable, single-threaded, no clock in the verdict."""

import os

os.environ.setdefault("TRITON_INTERPRET", "1")  # before anything imports triton

import pytest
import torch
from hypothesis import settings

settings.register_profile("notes", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("notes")
torch.set_num_threads(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip GPU tests, with the reason, where there is no GPU."""
    if torch.cuda.is_available():
        return
    for item in items:
        if item.get_closest_marker("gpu"):
            item.add_marker(pytest.mark.skip(reason="needs a CUDA GPU, none found"))
