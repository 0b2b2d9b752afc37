"""What readers take away, written where the pages link to it."""

from collections.abc import Iterator
from pathlib import Path

from notekit.files import write_whole
from notekit.language import LANGUAGES, Language
from notekit.pages.published import home
from notekit.pages.words import WORDS
from notekit.read.catalogue import Catalogue, Note
from notekit.site.layout import FOLDERS
from notekit.study.notebooks import SUFFIX, notebook


def add_notebooks(catalogue: Catalogue, target: Path) -> None:
    """Each note's notebook beside its page, in both languages."""
    for language, note, text in notebooks(catalogue):
        stem = note.name.rpartition("/")[2]
        path = target / FOLDERS[language] / note.name / f"{stem}{SUFFIX}"
        path.write_text(text, encoding="utf-8")


def write_notebooks(catalogue: Catalogue, folder: Path) -> int:
    """All notebooks as ``<language>/<note>.ipynb``, and nothing else; their number."""
    written = set()
    for language, note, text in notebooks(catalogue):
        path = folder / language / f"{note.name}{SUFFIX}"
        write_whole(path, text)
        written.add(path)
    for path in folder.rglob(f"*{SUFFIX}"):
        if path not in written:
            path.unlink()
    return len(written)


def notebooks(catalogue: Catalogue) -> Iterator[tuple[Language, Note, str]]:
    """Each note's notebook in each language, as the text of its file."""
    for language in LANGUAGES:
        address = home(catalogue.root, language)
        for note in catalogue.notes.values():
            text = notebook(catalogue, note, language, address, WORDS[language])
            yield language, note, text
