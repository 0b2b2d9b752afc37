"""Single pages, made again while somebody writes them: MkDocs is set up once.

A build reads every page and renders every one; for a page that was just saved, only it
is read and rendered, in the navigation that the last whole build had.
"""

from pathlib import Path
from typing import Any

from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.structure.nav import get_navigation

from notekit.language import Language
from notekit.pages.config import written_to
from notekit.pages.stage import Stage
from notekit.read.catalogue import Catalogue


class Preview:
    """The pages of one language."""

    def __init__(self, root: Path, language: Language) -> None:
        """Read the configuration, and which pages there are.

        Args:
            root: the repository, whose configurations and pages are staged.
            language: of the pages.
        """
        self.root, self.language = root, language
        config = load_config(str(written_to(root, language)), strict=False)
        config.plugins.clear()  # feeds and the like are for whole builds
        self.config = config
        self.env = config.theme.get_env()
        self.files = get_files(config)
        self.files.add_files_from_theme(self.env, config)
        set_exclusions(self.files, config)
        self.navigation = get_navigation(self.files, config)

    def stage(self, catalogue: Catalogue, note: str) -> str:
        """Write the staged page of a note; returns its text."""
        text = Stage(catalogue, self.language).note(catalogue.notes[note])
        path = self.root / f"build/pages/{self.language}/{note}.md"
        path.write_text(text, encoding="utf-8")
        return text

    def render(self, note: str) -> str:
        """The page of a note as HTML, from what is staged."""
        file = self.files.get_file_from_path(f"{note}.md")
        if file is None or file.page is None:
            raise ValueError(f"want a note of the last build; {note} is new: restart")
        page: Any = file.page
        page.read_source(self.config)
        page.render(self.config, self.files)
        page.active = True
        try:
            context = get_context(self.navigation, self.files, self.config, page)
            html: str = self.env.get_template("main.html").render(context)
        finally:
            page.active = False
        return html
