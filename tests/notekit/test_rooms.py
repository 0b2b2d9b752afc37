"""Oracle: the import statements themselves, read by Python's own parser."""

import ast
from pathlib import Path

import pytest

from notekit.problem import ROOT

HERE = ROOT / "notekit"
# From the ground up. A room imports from itself and from floors below, never sideways.
FLOORS = (
    ("cache", "environments", "files", "katex", "language", "node", "problem"),
    ("read",),
    ("prove", "rules", "scaffold"),
    ("study",),
    ("pages",),
    ("site",),
    ("__main__",),
)
HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}


def room_of(path: Path) -> str:
    return path.relative_to(HERE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Rooms that a module imports from, wherever in it the import stands."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: want absolute imports"
            module = node.module or ""
            names = [module]
            if module == "notekit":
                names = [f"notekit.{alias.name}" for alias in node.names]
        else:
            continue
        rooms |= {n.split(".")[1] for n in names if n.startswith("notekit.")}
    return rooms


MODULES = [p for p in sorted(HERE.rglob("*.py")) if p != HERE / "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(HERE)))
def test_imports_run_downwards_only(path):
    here = room_of(path)
    for room in imported(path) - {here}:
        # The ground is one floor of small modules that build on one another.
        ground = HEIGHT[here] == HEIGHT[room] == 0
        assert ground or HEIGHT[room] < HEIGHT[here], f"{here} imports from {room}"


def test_the_ground_is_not_a_circle():
    ground = FLOORS[0]
    left = {room: imported(HERE / f"{room}.py") for room in ground}
    while left:
        free = [room for room, needs in left.items() if not needs & left.keys()]
        assert free, f"a circle among {', '.join(left)}"
        for room in free:
            del left[room]


def test_every_room_has_its_tests():
    rooms = {p.name for p in HERE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms == {room for floor in FLOORS[1:-1] for room in floor}
    for room in rooms:
        assert list((ROOT / f"tests/notekit/{room}").glob("test_*.py")), room
