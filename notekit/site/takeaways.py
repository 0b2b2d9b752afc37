"""What readers take away, written where the pages link to it."""

from collections.abc import Iterator
from pathlib import Path

from notekit.files import write_whole
from notekit.language import LANGUAGES, Language
from notekit.pages.published import home
from notekit.pages.stage import used_topics
from notekit.pages.words import WORDS
from notekit.read.catalogue import Catalogue
from notekit.site.layout import FOLDERS
from notekit.study import notebooks as study
from notekit.study.cards import deck, file_name
from notekit.study.notebooks import SUFFIX


def add(catalogue: Catalogue, target: Path) -> None:
    """Each note's notebook and each topic's deck beside their pages."""
    add_notebooks(catalogue, target)
    for language, topic, content in decks(catalogue):
        path = target / FOLDERS[language] / topic / file_name(topic, language)
        path.write_bytes(content)


def add_notebooks(catalogue: Catalogue, target: Path, only: str = "") -> None:
    """The notebook of each note, or of one, beside its pages."""
    for language, name, text in notebooks(catalogue, only):
        stem = name.rpartition("/")[2]
        path = target / FOLDERS[language] / name / f"{stem}{SUFFIX}"
        path.write_text(text, encoding="utf-8")


def write_notebooks(catalogue: Catalogue, folder: Path) -> int:
    """All notebooks as ``<language>/<note>.ipynb``, and nothing else; their number."""
    written = set()
    for language, name, text in notebooks(catalogue):
        path = folder / language / f"{name}{SUFFIX}"
        write_whole(path, text)
        written.add(path)
    for path in folder.rglob(f"*{SUFFIX}"):
        if path not in written:
            path.unlink()
    return len(written)


def notebooks(
    catalogue: Catalogue, only: str = ""
) -> Iterator[tuple[Language, str, str]]:
    """Language, note and text of each notebook."""
    for language in LANGUAGES:
        address = home(catalogue.root, language)
        made = study.notebooks(catalogue, language, address, WORDS[language], only)
        yield from ((language, name, text) for name, text in made.items())


def write_decks(catalogue: Catalogue, folder: Path) -> int:
    """All decks, and nothing else, in a folder; their number."""
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for language, topic, content in decks(catalogue):
        path = folder / file_name(topic, language)
        path.write_bytes(content)
        written.add(path)
    for path in folder.iterdir():
        if path not in written:
            path.unlink()
    return len(written)


def decks(catalogue: Catalogue) -> Iterator[tuple[Language, str, bytes]]:
    """Each topic's deck in each language, as the content of its file."""
    for language in LANGUAGES:
        address = home(catalogue.root, language)
        for topic in used_topics(catalogue):
            content = deck(catalogue, topic, language, address, WORDS[language])
            yield language, topic, content
