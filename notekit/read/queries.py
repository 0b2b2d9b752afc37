"""What readers type who look for a note: ``tests/site/queries/<topic>/<note>.tsv``.

Each line is a language, a tab and a query; lines that begin with ``#`` are remarks. The
browser session types them all into the built site.
"""

from dataclasses import dataclass
from pathlib import Path

from notekit.language import LANGUAGES, Language, has_han
from notekit.problem import Problem

WHERE = Path("tests/site/queries")
_LANGUAGES: dict[str, Language] = {language: language for language in LANGUAGES}


@dataclass(frozen=True)
class Query:
    """One query, which must find its note."""

    path: Path
    line: int
    note: str
    language: Language
    text: str

    @property
    def folded(self) -> str:
        """What the search does not tell apart from it."""
        return " ".join(self.text.casefold().split())


def files(root: Path) -> dict[str, Path]:
    """Every file of queries, by the note that it names."""
    folder = root / WHERE
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(folder.rglob("*.tsv"))
    }


def read_queries(root: Path) -> tuple[list[Query], list[Problem]]:
    """All queries in the order of the notes' names, and the lines that are none."""
    queries, problems = [], []
    for note, path in files(root).items():
        # What is no UTF-8 reads as a query that finds nothing.
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            language, *words = line.split("\t")
            if len(words) != 1 or not words[0].strip():
                message = f"want `language<TAB>query`; got {line!r}"
                problems.append(Problem(path, number, message))
                continue
            if not words[0].strip().isprintable():
                message = "want a query that somebody can type"
                problems.append(Problem(path, number, f"{message}; got {line!r}"))
                continue
            known = _LANGUAGES.get(language)
            if known is None:
                message = f"want one of {', '.join(_LANGUAGES)}; got {language!r}"
                problems.append(Problem(path, number, message))
                continue
            if known == "en" and has_han(words[0]):
                message = "want queries of the English page without Chinese letters"
                problems.append(Problem(path, number, f"{message}; got {line!r}"))
                continue
            queries.append(Query(path, number, note, known, words[0].strip()))
    return queries, problems
