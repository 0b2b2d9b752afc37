"""Build with Zensical too, and say in what its pages differ from those of MkDocs.

Material for MkDocs ends, and Zensical is what its authors write instead. Both read the
configurations that a build writes to ``build/``; what each makes of them is compared
before any finishing step of ours, so that a difference is one of the programs.
"""

import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from posixpath import normpath
from urllib.parse import urljoin, urlsplit

import yaml
from lxml import html
from lxml.html import HtmlElement

from notekit.language import LANGUAGES, Language
from notekit.pages import config
from notekit.read.catalogue import Catalogue
from notekit.site.build import build_pages
from notekit.site.layout import FOLDERS, BuildError

# Kind of difference, and a part of the page's path: why it may be.
DECLARED: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Seen:
    """What a reader gets from a page, whichever program made it."""

    title: str
    headings: tuple[str, ...]
    ids: tuple[str, ...]  # of the headings
    code: tuple[str, ...]
    formulas: tuple[str, ...]  # as TeX
    links: tuple[str, ...]  # in the text, resolved
    figures: int
    text: tuple[str, ...]  # all words of the text


KINDS = tuple(field.name for field in fields(Seen))


@dataclass(frozen=True)
class Difference:
    """One page, one kind: what MkDocs has there and what Zensical has."""

    page: str
    kind: str
    mkdocs: str
    zensical: str

    @property
    def reason(self) -> str:
        """Why it may be; empty if nobody said."""
        for (kind, part), reason in DECLARED.items():
            if kind == self.kind and part in self.page:
                return reason
        return ""

    def __str__(self) -> str:
        return f"{self.page}: {self.mkdocs!r} became {self.zensical!r}"


def build_both(catalogue: Catalogue) -> dict[str, Path]:
    """Build both languages with both programs; returns where each put its pages."""
    home = catalogue.root / "build/zensical"
    shutil.rmtree(home, ignore_errors=True)
    places = {name: home / name for name in ("mkdocs", "zensical")}
    build_pages(catalogue, places["mkdocs"])
    with ThreadPoolExecutor() as pool:
        done = pool.map(lambda x: _zensical(catalogue.root, x), LANGUAGES)
        failures = [message for message in done if message]
    if failures:
        raise BuildError("\n".join(failures))
    (home / "zensical-en").replace(places["zensical"])
    (home / "zensical-zh").replace(places["zensical"] / FOLDERS["zh"])
    return places


def _zensical(root: Path, language: Language) -> str:
    """Build one language strictly; returns what went wrong, or nothing."""
    written = config.written_to(root, language)
    # It takes the place of the result from nowhere but the configuration.
    own = written.with_name(f"zensical.{language}.yml")
    place = {"INHERIT": written.name, "site_dir": f"zensical/zensical-{language}"}
    own.write_text(yaml.safe_dump(place), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    run = subprocess.run(
        [*command, "-f", str(own)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode == 0:
        return ""
    return f"Zensical, {config.WRITTEN[language]}:\n{(run.stdout + run.stderr).strip()}"


def compare(mkdocs: Path, zensical: Path) -> list[Difference]:
    """All differences of two folders of pages, in the order of their pages."""
    pages = {folder: set(_pages(folder)) for folder in (mkdocs, zensical)}
    found = []
    for page in sorted(pages[mkdocs] | pages[zensical]):
        there = [page in pages[folder] for folder in (mkdocs, zensical)]
        if not all(there):
            has = ["a page" if it else "no page" for it in there]
            found.append(Difference(page, "pages", *has))
            continue
        one, other = (
            see((folder / page).read_text(encoding="utf-8"), page)
            for folder in (mkdocs, zensical)
        )
        found += differences(page, one, other)
    return found


def differences(page: str, mkdocs: Seen, zensical: Seen) -> Iterator[Difference]:
    """What differs on one page: of each kind the first place."""
    for kind in KINDS:
        one, other = getattr(mkdocs, kind), getattr(zensical, kind)
        if one == other:
            continue
        if isinstance(one, tuple):
            pairs = zip_longest(one, other, fillvalue="")
            one, other = next((a, b) for a, b in pairs if a != b)
        yield Difference(page, kind, str(one), str(other))


def see(text: str, page: str) -> Seen:
    """Read a page.

    Args:
        text: its HTML.
        page: its path below the site, which its links are relative to.
    """
    tree = html.document_fromstring(text)
    articles = tree.xpath("//article")
    headings = tree.xpath("//article//*[self::h1 or self::h2 or self::h3 or self::h4]")
    return Seen(
        title=_text(tree.find(".//title")),
        headings=tuple(map(_text, headings)),
        ids=tuple(h.get("id", "") for h in headings),
        code=tuple(c.text_content() for c in tree.xpath("//article//pre/code")),
        formulas=tuple(map(_text, tree.xpath("//article//annotation"))),
        links=tuple(
            _resolved(a.get("href"), page) for a in tree.xpath("//article//a[@href]")
        ),
        figures=len(tree.xpath("//article//figure")),
        text=tuple(word for article in articles for word in _text(article).split()),
    )


def report(found: dict[str, list[Difference]], totals: dict[str, int]) -> list[str]:
    """The table: of each language how many pages are equal, and each kind that is not.

    Args:
        found: the differences of each language.
        totals: how many pages it has.
    """
    lines = []
    for language, those in found.items():
        unequal = len({difference.page for difference in those})
        total = totals[language]
        lines.append(f"{language}  {total - unequal} of {total} pages equal")
        kinds = defaultdict(list)
        for one in those:
            kinds[one.kind, one.reason].append(one)
        for (kind, reason), same in kinds.items():
            lines.append(f"    {kind:9} {len(same):4}  {_short(same[0])}")
            lines.append(f"    {'':15} {f'declared: {reason}' if reason else 'UNDECLARED'}")
    return lines


def run(catalogue: Catalogue, say: Callable[[str], None] = print) -> bool:
    """Build, compare, say what differs; whether all of it is declared."""
    places = build_both(catalogue)
    every = compare(places["mkdocs"], places["zensical"])
    found: dict[str, list[Difference]] = {language: [] for language in LANGUAGES}
    totals = dict.fromkeys(LANGUAGES, 0)
    for page in {*_pages(places["mkdocs"]), *_pages(places["zensical"])}:
        totals[_language(page)] += 1
    for difference in every:
        found[_language(difference.page)].append(difference)
    for line in report(found, totals):
        say(line)
    return all(difference.reason for difference in every)


def _language(page: str) -> Language:
    return "zh" if page.startswith(f"{FOLDERS['zh']}/") else "en"


def _pages(folder: Path) -> Iterable[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


def _resolved(url: str, page: str) -> str:
    """An address from the root of the site; those of other sites as they are."""
    if urlsplit(url).scheme:
        return url
    whole = urlsplit(urljoin(f"/{page.removesuffix('index.html')}", url))
    path = normpath(whole.path) + "/" * whole.path.endswith(("/", "/."))
    return f"{path.replace('//', '/')}#{whole.fragment}"


def _text(element: HtmlElement | None) -> str:
    return "" if element is None else " ".join(element.text_content().split())


def _short(difference: Difference) -> str:
    text = str(difference)
    return text if len(text) <= 300 else f"{text[:297]} …"
