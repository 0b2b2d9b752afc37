"""Where what is built is published: addresses of the site and of its repository."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load

from notekit.language import Language

# The branch that CI pushes the notebooks to; Colab opens files of GitHub only.
NOTEBOOKS = "notebooks"
_SETTINGS: dict[Language, str] = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}


def home(root: Path, language: Language) -> str:
    """Address of the site in a language, with a slash at its end."""
    address: str = _settings(root / _SETTINGS[language])["site_url"]
    return address.rstrip("/") + "/"


def colab(root: Path, language: Language, note: str) -> str:
    """Address at which Google Colab opens the notebook of a note."""
    repository: str = _settings(root / _SETTINGS[language])["repo_url"]
    place = repository.removeprefix("https://github.com/").strip("/")
    file = f"{language}/{note}.ipynb"
    return f"https://colab.research.google.com/github/{place}/blob/{NOTEBOOKS}/{file}"


@lru_cache(maxsize=8)
def _settings(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as stream:
        settings: dict[str, Any] = yaml_load(stream)
    return settings
