"""What is wrong and where: the one form in which every check speaks."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend.

    Attributes:
        path: the file, absolute or relative to the working directory.
        line: 1-based line; 0 when the whole file is meant.
        message: what is wanted, then what came.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        path = self.path
        if path.is_absolute() and path.is_relative_to(ROOT):
            path = path.relative_to(ROOT)
        return f"{path.as_posix()}:{max(self.line, 1)}: {self.message}"
