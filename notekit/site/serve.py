"""A live preview: the whole site once, then what changes as it is saved.

With the name of a note, a save rebuilds that note's two pages only, in about a second.
"""

import logging
import shutil
import time
from collections.abc import Callable
from functools import partial

import click
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer

from notekit.files import hash_of_files
from notekit.pages.stage import stage
from notekit.problem import ROOT
from notekit.read.catalogue import LANGUAGES, Catalogue, Language, read
from notekit.site.build import build_pages, finish
from notekit.site.layout import CONFIGS, FOLDERS, BuildError
from notekit.site.search import index_search
from notekit.site.styles import shared

RAW = ROOT / "build/preview"  # as MkDocs wrote it, so that a dirty build can go on
SHOWN = ROOT / "build/serve"
WATCHED = ("docs", "snippets", "figures", "theme", "notekit/pages/templates")


def serve(note: str | None, port: int) -> None:
    """Serve ``build/serve`` until interrupted; ``site/`` is not touched.

    Args:
        note: the one whose pages follow every save, or None to rebuild all each time.
        port: on the local machine.
    """
    started = time.perf_counter()
    logging.getLogger("mkdocs.commands.build").addFilter(_not_about_dirty)
    _whole()
    click.echo(f"serve: built in {time.perf_counter() - started:.1f} s")
    follow: Callable[[], None] = _whole
    watched = [ROOT / name for name in WATCHED]
    if note:
        catalogue = read()
        shown = _states(catalogue, note)
        follow = partial(_one, note, shown)
        watched = [page.path for page in catalogue.notes[note].pages.values()]
        watched += [
            *catalogue.notes[note].snippets(ROOT),
            *catalogue.notes[note].figures(ROOT),
        ]
        click.echo(
            f"serve: following {note} in both languages only. All other pages, lists of "
            "notes, search, feeds and tags stay as built just now; restart to renew them."
        )
    server = LiveReloadServer(
        builder=lambda: _told(follow),
        host="127.0.0.1",
        port=port,
        root=str(SHOWN),
        mount_path="/",
        polling_interval=0.2,
    )
    server.error_handler = lambda code: _error_page(code)
    for path in watched:
        server.watch(str(path))
    page = f"{note}/" if note else ""
    click.echo(
        f"serve: http://127.0.0.1:{port}/{page}  (Chinese: /zh/{page})  Ctrl-C ends"
    )
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        server.shutdown()


def _not_about_dirty(record: logging.LogRecord) -> bool:
    """MkDocs warns of dirty builds; what ours leaves out is said at the start."""
    return "dirty" not in record.getMessage()


def _told(follow: Callable[[], None]) -> None:
    started = time.perf_counter()
    try:
        follow()
    except (BuildError, OSError, ValueError) as error:
        click.echo(
            f"{error}\nserve: not rebuilt; the last good pages are shown", err=True
        )
    else:
        click.echo(f"serve: rebuilt in {time.perf_counter() - started:.1f} s")


def _checked() -> Catalogue:
    catalogue = read()
    if catalogue.problems:
        raise BuildError("\n".join(map(str, catalogue.problems)))
    return catalogue


def _whole() -> None:
    """Everything but the trimming of styles and fonts."""
    catalogue = _checked()
    shutil.rmtree(RAW, ignore_errors=True)
    build_pages(catalogue, RAW)
    fresh = SHOWN.with_name("serve.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(RAW, fresh)
    finish(catalogue, fresh, trim=False)
    index_search(catalogue, fresh)
    shutil.rmtree(SHOWN, ignore_errors=True)
    fresh.replace(SHOWN)


def _states(catalogue: Catalogue, note: str) -> dict[Language, str]:
    """What each page of a note is made of: its staged text, its code, its figures."""
    own = catalogue.notes[note]
    parts = hash_of_files([*own.snippets(ROOT), *own.figures(ROOT)])
    texts = {x: stage(catalogue, x) / f"{note}.md" for x in LANGUAGES}
    return {x: parts + path.read_text(encoding="utf-8") for x, path in texts.items()}


def _one(note: str, shown: dict[Language, str]) -> None:
    """The pages of one note that changed, in the navigation of the whole.

    Args:
        note: its name.
        shown: language and fingerprint of what is shown; kept up to date here.
    """
    catalogue = _checked()
    sheet = next((SHOWN / "assets").glob("site.*.css")).name
    for language, state in _states(catalogue, note).items():
        if shown[language] == state:
            continue
        # Its snippet may have changed, and MkDocs looks at the age of this file only.
        (ROOT / f"build/pages/{language}/{note}.md").touch()
        folder = RAW / FOLDERS[language]
        config = load_config(
            str(ROOT / CONFIGS[language]), site_dir=str(folder), strict=False
        )
        config.plugins.on_startup(command="build", dirty=True)
        config.plugins.pop("rss", None)  # it would know of the changed page only
        mkdocs_build(config, dirty=True)
        page = folder / note / "index.html"
        html = shared(
            page.read_text(encoding="utf-8"), f"assets/{sheet}", language == "zh"
        )
        target = SHOWN / FOLDERS[language] / note / "index.html"
        target.write_text(html, encoding="utf-8")
        shown[language] = state


def _error_page(code: int) -> bytes | None:
    return (SHOWN / "404.html").read_bytes() if code == 404 else None
