"""The configuration that a build reads: what a person wrote, and what the notes say.

``mkdocs.yml`` holds the former. The navigation and the words of the templates follow
from the notes, so they are written to ``build/`` before a build begins: whatever program
builds the pages finds all of it in one file, and none has to run code of ours for it.
"""

from pathlib import Path
from typing import Any

import yaml

from notekit.language import LANGUAGES, Language
from notekit.pages.stage import navigation
from notekit.pages.words import WORDS
from notekit.read.catalogue import Catalogue

WRITTEN: dict[Language, str] = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}


def write(catalogue: Catalogue, language: Language) -> Path:
    """Write ``build/mkdocs.<language>.yml``; returns its path."""
    [other] = [x for x in LANGUAGES if x != language]
    # Paths are relative to the file that names them.
    config: dict[str, Any] = {
        "INHERIT": f"../{WRITTEN[language]}",
        "docs_dir": f"pages/{language}",
        "site_dir": f"site-{language}",
        "theme": {"custom_dir": "../theme"},
        "nav": navigation(catalogue, language),
        "extra": {"words": WORDS[language], "other_words": WORDS[other]},
    }
    path = written_to(catalogue.root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=10**6)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path


def written_to(root: Path, language: Language) -> Path:
    """Where the configuration of a language is written."""
    return root / f"build/mkdocs.{language}.yml"
