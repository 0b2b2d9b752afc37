"""A live preview: the whole site once, then what changes as it is saved.

A save of a note's page, code or figure makes that note's two pages again, in well under
a second. With the name of a note, only its files are watched; without one, a save of
anything else builds the whole again.
"""

import errno
import logging
import shutil
import time
from pathlib import Path

import click
from mkdocs.livereload import LiveReloadServer

from notekit.language import LANGUAGES, Language
from notekit.problem import ROOT
from notekit.read import exercises
from notekit.read.catalogue import Catalogue, Note, read
from notekit.read.survey import survey
from notekit.site import takeaways
from notekit.site.alone import alone
from notekit.site.build import build_pages, finish
from notekit.site.layout import FOLDERS, BuildError
from notekit.site.preview import Preview
from notekit.site.running import write_modules
from notekit.site.search import index_search
from notekit.site.styles import finished, shared
from notekit.study import offline, pyodide
from notekit.study.playground import runnable

SHOWN = ROOT / "build/serve"
WATCHED = (
    "docs",
    "exercises",
    "snippets",
    "figures",
    "theme",
    "notekit/pages/templates",
)


class _Server(LiveReloadServer):
    """Takes its port before the first build, so that a port in use costs nothing."""

    taken = False

    def server_bind(self) -> None:
        if not self.taken:
            super().server_bind()

    def server_activate(self) -> None:
        # Two may bind the same port, but only one may listen on it.
        if not self.taken:
            super().server_activate()
            self.taken = True


def serve(note: str | None, port: int) -> None:
    """Serve ``build/serve`` until interrupted; ``site/`` is not touched.

    Args:
        note: the one whose files are watched, or None to watch all there is.
        port: on the local machine.
    """
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    session = Session(note)
    server = _Server(
        builder=session.follow,
        host="127.0.0.1",
        port=port,
        root=str(SHOWN),
        mount_path="/",
        polling_interval=0.15 if note else 0.5,
    )
    try:
        server.server_bind()
        server.server_activate()
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        why = "is in use" if taken else f"cannot be used: {error.strerror}"
        raise SystemExit(
            f"serve: port {port} {why}; choose another with --port"
        ) from None
    server.build_delay = 0.05
    server.error_handler = lambda code: _error_page(code)
    started = time.perf_counter()
    try:
        session.whole()
    except (BuildError, OSError, ValueError) as error:
        server.server_close()
        raise SystemExit(f"{error}\nserve: mend this first; nothing is shown") from None
    click.echo(f"serve: built in {time.perf_counter() - started:.1f} s")
    for path in session.watched():
        server.watch(str(path))
    if note:
        click.echo(
            f"serve: following {note} in both languages only. All other pages, lists of "
            "notes, search, feeds and tags stay as built just now; restart to renew them."
        )
    page = f"{note}/" if note else ""
    click.echo(
        f"serve: http://127.0.0.1:{port}/{page}  (Chinese: /zh/{page})  Ctrl-C ends"
    )
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        server.shutdown()


class Session:
    """What is shown, and what it was made of."""

    def __init__(self, note: str | None) -> None:
        self.only = note
        self.files: list[Path] = []
        self.previews: dict[Language, Preview] = {}
        self.staged: dict[tuple[Language, str], str] = {}
        self.seen: dict[Path, tuple[int, int]] = {}

    def watched(self) -> list[Path]:
        """Files and folders whose changes count."""
        if not self.only:
            places = [ROOT / name for name in WATCHED]
            return [place for place in places if place.exists()]
        # While a page cannot be read, its note is none; its files stay the same.
        note = read().notes.get(self.only)
        if note is not None:
            self.files = _files(note)
        return self.files

    def follow(self) -> None:
        """Make again what changed since the last time, and say so."""
        started = time.perf_counter()
        try:
            what = self._changed()
        except (BuildError, OSError, ValueError) as error:
            click.echo(
                f"{error}\nserve: not rebuilt; the last good pages are shown", err=True
            )
        else:
            seconds = time.perf_counter() - started
            click.echo(f"serve: {what} rebuilt in {seconds:.2f} s")

    def _changed(self) -> str:
        before, self.seen = self.seen, self._state()
        paths = {p for p, _ in before.items() ^ self.seen.items()}
        catalogue = _checked()
        # With a name, nothing else is watched: no need to look for all others' files.
        watched = [self.only] if self.only else catalogue.notes
        owners = {p: name for name in watched for p in _files(catalogue.notes[name])}
        notes = {owners.get(path, "") for path in paths}
        if "" in notes or not all(
            (x, n) in self.staged for x in LANGUAGES for n in notes
        ):
            self.whole()
            return "all pages"
        for name in sorted(notes):
            self._one(catalogue, name)
        return ", ".join(sorted(notes)) or "nothing"

    def _one(self, catalogue: Catalogue, note: str) -> None:
        """The two pages of a note, in the navigation of the whole."""
        sheet = next((SHOWN / "assets").glob("site.*.css")).name
        numpy = pyodide.numpy(ROOT) is not None
        if blocks := runnable(catalogue.notes[note], ROOT, numpy=numpy):
            write_modules(note, blocks, ROOT, SHOWN)
        for language in LANGUAGES:
            if language not in self.previews:
                self.previews[language] = Preview(ROOT, language)
            preview = self.previews[language]
            text = preview.stage(catalogue, note)
            if self.staged[language, note] == text:
                continue
            html = shared(preview.render(note), language == "zh")
            html = finished(html, f"assets/{sheet}")
            target = SHOWN / FOLDERS[language] / note / "index.html"
            target.write_text(html, encoding="utf-8")
            self.staged[language, note] = text
        takeaways.add_notebooks(catalogue, SHOWN, note)

    def whole(self) -> None:
        """Everything but the trimming of styles and fonts."""
        self.seen = self._state()
        catalogue = _checked()
        with alone(ROOT, "serve", click.echo):
            fresh = SHOWN.with_name("serve.new")
            shutil.rmtree(fresh, ignore_errors=True)
            build_pages(catalogue, fresh)
            pages = finish(catalogue, fresh, trim=False)
            index_search(catalogue, fresh, pages)
            offline.leave(fresh)
            shutil.rmtree(SHOWN, ignore_errors=True)
            fresh.replace(SHOWN)
        self.previews.clear()
        for language in LANGUAGES:
            for name in catalogue.notes:
                path = ROOT / f"build/pages/{language}/{name}.md"
                self.staged[language, name] = path.read_text(encoding="utf-8")
        if self.only:  # what a first save would wait for
            self.previews = {x: Preview(ROOT, x) for x in LANGUAGES}

    def _state(self) -> dict[Path, tuple[int, int]]:
        """Age and size of every file that is watched."""
        files = []
        for place in self.watched():
            files += [place] if place.is_file() else sorted(place.rglob("*"))
        states = {}
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                state = path.stat()
                states[path] = (state.st_mtime_ns, state.st_size)
        return states


def _files(note: Note) -> list[Path]:
    """The files that a note's pages are made of."""
    pages = [page.path for page in note.pages.values()]
    sheet = exercises.place(ROOT, note.name)
    sheets = [sheet] if sheet.is_file() else []
    return [*pages, *note.snippets(ROOT), *note.figures(ROOT), *sheets]


def _checked() -> Catalogue:
    if unreadable := survey(ROOT):
        raise BuildError("\n".join(map(str, unreadable)))
    catalogue = read()
    if catalogue.problems:
        raise BuildError("\n".join(map(str, catalogue.problems)))
    return catalogue


def _error_page(code: int) -> bytes | None:
    return (SHOWN / "404.html").read_bytes() if code == 404 else None
