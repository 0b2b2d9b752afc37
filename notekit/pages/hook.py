"""The one MkDocs hook: write the pages and the navigation before MkDocs reads them."""

from urllib.parse import urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig

from notekit.pages.stage import navigation, stage
from notekit.pages.words import WORDS
from notekit.read.catalogue import Language, read


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Stage the language of this configuration."""
    language: Language = config.extra["language"]
    assert config.site_url is not None
    catalogue = read()
    stage(catalogue, language)
    config.nav = navigation(catalogue, language)
    other: Language = "zh" if language == "en" else "en"
    # English lives at the root of the site, Chinese below it in zh/.
    path = urlsplit(config.site_url).path
    step = "zh/" if language == "en" else "../"
    config.extra |= {
        "words": WORDS[language],
        "other_words": WORDS[other],
        "twin_path": urljoin(path, step),
    }
    return config
