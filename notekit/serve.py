"""A live preview: the whole site once, then what changes as it is saved.

With the name of a note, a save rebuilds that note's two pages only, in about a second.
"""

import shutil
import time
from collections.abc import Callable

import click
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer

from notekit.catalogue import LANGUAGES, Catalogue, read
from notekit.problem import ROOT
from notekit.site import (
    CONFIGS,
    FOLDERS,
    BuildError,
    build_pages,
    finish,
    index_search,
    shared,
)

RAW = ROOT / "build/preview"  # as MkDocs wrote it, so that a dirty build can go on
SHOWN = ROOT / "build/serve"
WATCHED = ("docs", "snippets", "figures", "theme", "notekit/templates")


def serve(note: str | None, port: int) -> None:
    """Serve ``build/serve`` until interrupted; ``site/`` is not touched.

    Args:
        note: the one whose pages follow every save, or None to rebuild all each time.
        port: on the local machine.
    """
    started = time.perf_counter()
    _whole()
    click.echo(f"serve: built in {time.perf_counter() - started:.1f} s")
    follow: Callable[[], None] = _whole
    watched = [ROOT / name for name in WATCHED]
    if note:
        catalogue = read()
        follow = lambda: _one(note)  # noqa: E731
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
    index_search(ROOT, fresh)
    shutil.rmtree(SHOWN, ignore_errors=True)
    fresh.replace(SHOWN)


def _one(note: str) -> None:
    """The two pages of one note, in the navigation of the whole."""
    _checked()
    sheet = next((SHOWN / "assets").glob("site.*.css")).name
    for language in LANGUAGES:
        folder = RAW / FOLDERS[language]
        config = load_config(
            str(ROOT / CONFIGS[language]), site_dir=str(folder), strict=False
        )
        config.plugins.on_startup(command="build", dirty=True)
        # Its index and feeds would know of the changed pages only.
        config.plugins.pop("rss", None)
        mkdocs_build(config, dirty=True)
        page = folder / note / "index.html"
        html = shared(
            page.read_text(encoding="utf-8"), f"assets/{sheet}", language == "zh"
        )
        target = SHOWN / FOLDERS[language] / note / "index.html"
        target.write_text(html, encoding="utf-8")


def _error_page(code: int) -> bytes | None:
    return (SHOWN / "404.html").read_bytes() if code == 404 else None
