"""What notes are called, in all the ways that readers type it."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from opencc import OpenCC
from pypinyin import lazy_pinyin

from notekit.language import LANGUAGES, Language
from notekit.read.catalogue import Catalogue, Note

_SHORT = 8  # characters of a name that is one word or two
_HAN = re.compile("[\u3400-\u9fff]+")


def of(
    catalogue: Catalogue, language: Language, notes: Mapping[str, Note]
) -> dict[str, list[list[str]]]:
    """Names of the notes, for the script of the search.

    Args:
        catalogue: all notes, topics and terms.
        language: of the pages that are searched.
        notes: by the number that the index knows them by.

    Returns:
        By number, the names of each note, its title first, and its tags, its topic last.
    """
    found: dict[str, list[list[str]]] = {}
    for number, note in notes.items():
        matter = note.pages[language].matter
        terms = catalogue.glossary.explained_in(note.name)
        names = [matter.title, *matter.aliases]
        names += [name for term in terms for name in term.names(language)]
        # Of the other language the term alone; its other words stand in the text.
        names += [term.name(x) for term in terms for x in LANGUAGES]
        if language == "zh":
            names += [word for term in terms for word in term.avoid]
        topic = catalogue.topics[note.topic][language].matter.title
        # Written with other spaces or capitals it is the same name.
        own: dict[str, str] = {}
        for name in names:
            own.setdefault("".join(name.split()).casefold(), name)
        found[number] = [[*own.values()], [*matter.tags, topic]]
    return found


def more(catalogue: Catalogue, found: Mapping[str, list[list[str]]]) -> dict[str, Any]:
    """What Chinese queries in letters, or in traditional characters, are read with.

    Args:
        catalogue: all notes.
        found: their names.

    Returns:
        ``traditional``, characters in pairs with the simplified one; ``taiwan``, what is
        said otherwise there, with the name here; and ``sounds``, each syllable with the
        characters of the names that are read so.
    """
    words = sorted({word for both in found.values() for part in both for word in part})
    used = {c for note in catalogue.notes.values() for c in note.pages["zh"].body}
    return {
        "traditional": traditional(used.union(*words)),
        "taiwan": taiwan(words),
        "sounds": sounds(words),
    }


def traditional(used: Iterable[str]) -> str:
    """Traditional characters that no page uses, each before the simplified one in use.

    Args:
        used: the characters of the pages.
    """
    known = set(used)
    every = [chr(n) for n in range(0x3400, 0xA000)]
    simple = _converter("t2s").convert("\n".join(every)).split("\n")
    pairs = zip(every, simple, strict=True)
    return "".join(
        a + b for a, b in pairs if len(b) == 1 and b in known and a not in known
    )


def sounds(words: Iterable[str]) -> list[str]:
    """Syllables without tones, each before the characters that the words read so."""
    found: dict[str, set[str]] = {}
    for word in words:
        for run in _HAN.findall(word):
            for character, syllable in zip(run, lazy_pinyin(run), strict=True):
                found.setdefault(syllable, set()).add(character)
    return [syllable + "".join(sorted(found[syllable])) for syllable in sorted(found)]


def taiwan(words: Iterable[str]) -> list[list[str]]:
    """Names as they are said there (網路 for 网络), in simplified characters, and here.

    Args:
        words: names; long ones, such as titles, are left out.
    """
    there, back = _converter("s2twp"), _converter("t2s")
    return [
        [said, word]
        for word in words
        if _HAN.search(word)
        and len(word) <= _SHORT
        and (said := back.convert(there.convert(word))) != word
    ]


@cache
def _converter(kind: str) -> OpenCC:
    return OpenCC(kind)
