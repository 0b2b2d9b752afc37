"""Build both sites, finish them, and put them in place only when all of it succeeded."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from notekit.language import LANGUAGES, Language
from notekit.pages import code, config, parts
from notekit.pages.exercises import said
from notekit.pages.stage import stage
from notekit.read.catalogue import Catalogue
from notekit.site import mkdocs, takeaways
from notekit.site.facts import Pages, facts_of
from notekit.site.fonts import write_katex
from notekit.site.layout import FOLDERS, BuildError
from notekit.site.links import link_problems
from notekit.site.lists import merge_sitemaps, tidy_feeds, write_llms, write_robots
from notekit.site.running import write_running
from notekit.site.search import index_search
from notekit.site.styles import SHEET, bundle_styles, finished, shared
from notekit.site.swap import recover, swap
from notekit.study import bundle, exercises, offline, pyodide
from notekit.study.playground import needs_numpy


def build(catalogue: Catalogue, say: Callable[[str], None] = print) -> Path:
    """Build into ``build/site`` and swap it with ``site/`` at the very end.

    Whatever fails or is interrupted before leaves the last good ``site/`` untouched.

    Raises:
        BuildError: if MkDocs, Pagefind or a check of the result fails.
    """
    root = catalogue.root
    target = root / "build/site"
    place = root / "site"
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise BuildError(f"{place}: want a folder, or nothing, to put the site in")
    recover(root / "site")
    if needs_numpy(catalogue) and (missing := pyodide.obtain_numpy(root)):
        say(f"  {missing}")
    clock = _Clock(say)
    if target.exists():
        shutil.rmtree(target)
    build_pages(catalogue, target)
    clock.lap("pages")
    pages = finish(catalogue, target)
    clock.lap("styles, fonts, lists")
    if problems := link_problems(target, pages, root):
        raise BuildError("\n".join(map(str, problems)))
    clock.lap("links")
    index_search(catalogue, target, pages)
    clock.lap("search")
    offline.write(target)
    clock.lap("offline")
    swap(target, root / "site")
    return root / "site"


def add_zip(place: Path) -> Path:
    """Put one zip of all pages, and a link to it, into a finished site.

    Args:
        place: the site, which stays what it was if this fails.

    Returns:
        The zip.
    """
    copy = place.with_name("build") / place.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place, copy)
    made = bundle.publish(copy)
    swap(copy, place)
    return place / made.name


def build_pages(catalogue: Catalogue, target: Path) -> None:
    """Run MkDocs for both languages at once, each into its part of ``target``."""
    root = catalogue.root
    configs = {}
    taken: set[str] = set()
    for language in LANGUAGES:
        folder = stage(catalogue, language)
        pages = [path.read_text(encoding="utf-8") for path in folder.rglob("*.md")]
        for page in pages:
            taken |= parts.named(page)
        code.prepare(pages)
        configs[language] = config.write(catalogue, language)
    parts.forget(root, taken)
    folders = {
        language: target.with_name(f"{target.name}-{language}")
        for language in LANGUAGES
    }
    for part in folders.values():
        shutil.rmtree(part, ignore_errors=True)
    # Never --quiet: it hides warnings from --strict, which then lets them pass.
    calls = [
        ["build", "--strict", "-f", str(configs[x]), "-d", str(folders[x])]
        for x in LANGUAGES
    ]
    done = zip(LANGUAGES, mkdocs.run(calls, root))
    failures = [_failure(x, said) for x, (status, said) in done if status]
    if failures:
        for part in folders.values():
            shutil.rmtree(part, ignore_errors=True)
        raise BuildError("\n".join(failures))
    folders["en"].replace(target)
    folders["zh"].replace(target / FOLDERS["zh"])


def _failure(language: Language, said: str) -> str:
    """What MkDocs said, with the files named that a person edits."""
    output = said.replace("build/pages/", "docs/")
    output = output.replace("Doc file '", f"Doc file 'docs/{language}/")
    output = re.sub(r"^INFO .*\n", "", output, flags=re.MULTILINE)
    return f"MkDocs, {config.WRITTEN[language]}:\n{output.strip()}"


def finish(catalogue: Catalogue, target: Path, trim: bool = True) -> Pages:
    """All that is derived from the finished pages; returns what is known of them.

    Args:
        catalogue: the notes.
        target: the pages as MkDocs wrote them, both languages.
        trim: cut styles and fonts to what the pages use. A preview, whose pages change
            while it is shown, keeps them whole.
    """
    root = catalogue.root
    texts = {
        path: shared(
            path.read_text(encoding="utf-8"), path.is_relative_to(target / "zh")
        )
        for path in sorted(target.rglob("*.html"))
    }
    facts = facts_of(texts.values(), root)
    letters: dict[str, str] = {}
    for page in facts:
        for name, shown in page.letters.items():
            letters[name] = "".join(sorted({*letters.get(name, ""), *shown}))
    write_katex(root, target, letters if trim else None)
    words = {word for page in facts for word in page.words}
    sheet = bundle_styles(root, target, words if trim else None)
    write_running(catalogue, target)
    for path, text in texts.items():
        path.write_text(finished(text, sheet), encoding="utf-8")
    merge_sitemaps(target)
    write_robots(target)
    tidy_feeds(target)
    write_llms(catalogue, target)
    takeaways.add(catalogue, target)
    exercises.write(catalogue, target, said())
    # What no page uses: source maps, and what Material's script would ask for.
    for path in [*target.rglob("*.map"), *target.rglob("sitemap.xml.gz")]:
        path.unlink()
    renamed = [page.renamed(SHEET, sheet) for page in facts]
    return dict(zip(texts, renamed, strict=True))


class _Clock:
    """Says what each step took."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say, self.start = say, time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.say(f"  {name}: {now - self.start:.1f} s")
        self.start = now
