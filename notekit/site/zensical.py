"""Build with Zensical too, and say in what its pages differ from those of MkDocs.

Material for MkDocs ends, and Zensical is what its authors write instead. Both read the
configurations that a build writes to ``build/``; what each makes of them is compared
before any finishing step of ours, so that a difference is one of the programs.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from pathlib import Path
from posixpath import normpath
from urllib.parse import urljoin, urlsplit

import yaml
from lxml import etree, html
from lxml.html import HtmlElement

from notekit.language import LANGUAGES, Language
from notekit.pages import config
from notekit.read.catalogue import Catalogue
from notekit.site.build import build_pages
from notekit.site.layout import FOLDERS, BuildError

LISTS = ("feed_rss_created.xml", "feed_rss_updated.xml", "sitemap.xml")


@dataclass(frozen=True)
class Declared:
    """A difference that may be: patterns of what each has, and why."""

    kind: str
    mkdocs: str
    zensical: str
    reason: str


DECLARED = (
    Declared(
        kind="files",
        mkdocs="",
        zensical=r"(zh/)?search\.json",
        reason="the index of Zensical's own search; ours is made from the finished pages",
    ),
    Declared(
        kind="files",
        mkdocs=r"(zh/)?sitemap\.xml\.gz",
        zensical="",
        reason="the site map once more, packed; a finishing step removes it",
    ),
    Declared(
        kind="skip",
        mkdocs=r"(#.+)?",
        zensical="#__skip",
        reason="“Skip to content” leads to the first heading in Material's template; in Zensical's, which has it on every page, to an anchor before it",
    ),
    Declared(
        kind="around",
        mkdocs="",
        zensical="Skip to content|跳转至",
        reason="the same link, on the page for what is not found, whose heading has no address",
    ),
    Declared(
        kind="around",
        mkdocs="Table of contents",
        zensical="On this page",
        reason="the wording of the templates' own translations",
    ),
    Declared(
        kind="links",
        mkdocs=r"(/zh)?/[\w-]+/([\w-]+)/\2\.ipynb",
        zensical=r"(/zh)?/[\w-]+/[\w-]+\.ipynb",
        reason="Zensical reads an address in HTML from where the page's source lies, MkDocs leaves it as it is: a template for Zensical would name the notebook's folder",
    ),
)


@dataclass(frozen=True)
class Seen:
    """What a reader gets from a page, whichever program made it."""

    title: tuple[str, ...]
    head: tuple[str, ...]  # what it tells search engines and other sites
    headings: tuple[str, ...]
    ids: tuple[str, ...]  # of the headings
    code: tuple[str, ...]
    formulas: tuple[str, ...]  # as TeX
    links: tuple[str, ...]  # in the text, resolved
    figures: tuple[str, ...]
    text: tuple[str, ...]  # all words of the text
    skip: tuple[str, ...]
    navigation: tuple[str, ...]  # links around the text; which are the page itself
    around: tuple[str, ...]  # all words around the text


KINDS = tuple(field.name for field in fields(Seen))


@dataclass(frozen=True)
class Difference:
    """One place of a page: what MkDocs has there and what Zensical has."""

    page: str
    kind: str
    mkdocs: str
    zensical: str

    @property
    def reason(self) -> str:
        """Why it may be; empty if nobody said."""
        for declared in DECLARED:
            if (
                declared.kind == self.kind
                and re.fullmatch(declared.mkdocs, self.mkdocs)
                and re.fullmatch(declared.zensical, self.zensical)
            ):
                return declared.reason
        return ""

    def __str__(self) -> str:
        # Long texts, such as code, from shortly before where they part.
        both = (self.mkdocs, self.zensical)
        parted = (n for n, (a, b) in enumerate(zip(*both)) if a != b)
        start = max(next(parted, min(map(len, both))) - 30, 0)
        mkdocs, zensical = (_cut(text[start:]) for text in both)
        return f"{self.page}: {mkdocs!r} became {zensical!r}"


def build_both(catalogue: Catalogue) -> dict[str, Path]:
    """Build both languages with both programs; returns where each put its pages."""
    if find_spec("zensical") is None:
        raise BuildError(
            "want Zensical, which only its own environment has; say nox -s zensical"
        )
    home = catalogue.root / "build/zensical"
    shutil.rmtree(home, ignore_errors=True)
    places = {name: home / name for name in ("mkdocs", "zensical")}
    build_pages(catalogue, places["mkdocs"])
    # One after the other: both would clear and fill one cache, that of their folder.
    failures = [_zensical(catalogue.root, language) for language in LANGUAGES]
    if any(failures):
        raise BuildError("\n".join(filter(None, failures)))
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
    """All differences of two folders of pages, in the order of their names."""
    pages = {folder: _files(folder) for folder in (mkdocs, zensical)}
    found: list[Difference] = []
    for page in sorted(pages[mkdocs] | pages[zensical]):
        has = [page if page in pages[folder] else "" for folder in (mkdocs, zensical)]
        if not all(has):
            found.append(Difference(page, "files", *has))
            continue
        name = page.rpartition("/")[2]
        if not name.endswith(".html") and name not in LISTS:
            continue
        one, other = (
            (folder / page).read_text(encoding="utf-8") for folder in (mkdocs, zensical)
        )
        if name in LISTS:
            found += _changes(page, "list", listed(one), listed(other))
        else:
            found += differences(page, see(one, page), see(other, page))
    return found


def differences(page: str, mkdocs: Seen, zensical: Seen) -> Iterator[Difference]:
    """What differs on one page."""
    for kind in KINDS:
        yield from _changes(page, kind, getattr(mkdocs, kind), getattr(zensical, kind))


def _changes(
    page: str, kind: str, one: tuple[str, ...], other: tuple[str, ...]
) -> Iterator[Difference]:
    if one == other:
        return
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield Difference(page, kind, " ".join(one[i:j]), " ".join(other[k:m]))


def see(text: str, page: str) -> Seen:
    """Read a page.

    Args:
        text: its HTML.
        page: its path below the site, which its links are relative to.
    """
    tree = html.document_fromstring(text)
    head = [
        f"{meta.get('name') or meta.get('property')}: {meta.get('content')}"
        for meta in tree.xpath("//head/meta[@name or @property]")
        if meta.get("name") != "generator"
    ]
    head += [
        f"script: {_resolved(script.get('src'), page)}"
        for script in tree.xpath("//script[@src]")
    ]
    head += [
        f"{link.get('rel')}: {_resolved(link.get('href'), page)}"
        for link in tree.xpath("//head/link[@rel != 'stylesheet']")
    ]
    levels = " or ".join(f"self::h{level}" for level in range(1, 7))
    headings = tree.xpath(f"//article//*[{levels}]")
    inside = {
        "code": [code.text_content() for code in tree.xpath("//article//pre/code")],
        "formulas": tree.xpath("//article//math/@alttext"),
        "links": (
            _resolved(a.get("href"), page) for a in tree.xpath("//article//a[@href]")
        ),
        "figures": (
            _text(figure.find(".//figcaption"))
            for figure in tree.xpath("//article//figure")
        ),
        "text": [word for part in tree.xpath("//article") for word in _words(part)],
    }
    for article in tree.xpath("//article"):
        article.drop_tree()
    skip = tree.xpath("//a[contains(concat(' ', @class, ' '), ' md-skip ')]")
    return Seen(
        title=(_text(tree.find(".//title")),),
        head=(f"lang: {tree.get('lang')}", *sorted(head)),
        headings=tuple(map(_text, headings)),
        ids=tuple(h.get("id", "") for h in headings),
        **{kind: tuple(values) for kind, values in inside.items()},
        skip=tuple(a.get("href", "") for a in skip),
        navigation=tuple(
            f"{_resolved(a.get('href'), page)} {a.get('aria-current', '')}"
            for a in tree.xpath("//body//a[@href]")
            if a not in skip
        ),
        around=tuple(_words(tree.find("body"))),
    )


def listed(text: str) -> tuple[str, ...]:
    """The addresses that a feed or a site map names, a feed's with title and date."""
    tree = etree.fromstring(text.encode())
    items = [
        " ".join(
            [
                item.findtext("link") or "",
                item.findtext("title") or "",
                parsedate_to_datetime(item.findtext("pubDate") or "").isoformat(),
            ]
        )
        for item in tree.iter("item")
    ]
    places = tree.xpath("//*[local-name()='loc']/text()")
    return (*items, *sorted(map(str, places)))


def report(files: Iterable[str], found: Iterable[Difference]) -> list[str]:
    """The table: of each language how many pages are equal, and what is not.

    Args:
        files: paths of all that was compared.
        found: all differences.
    """
    lines = []
    for language in LANGUAGES:
        those = [one for one in found if _language(one.page) == language]
        unequal = {one.page for one in those}
        different = {one.page for one in those if not one.reason}
        for name, pages in _by_kind(files, language).items():
            lines.append(
                f"{language}  {len(pages)} {name}: "
                f"{len(pages - unequal)} equal, "
                f"{len((unequal - different) & pages)} but for what is declared, "
                f"{len(different & pages)} different"
            )
        kinds = defaultdict(list)
        for one in sorted(those, key=lambda one: bool(one.reason)):
            kinds[one.kind, one.reason].append(one)
        for (kind, reason), same in kinds.items():
            lines.append(f"    {kind:10} {len(same):4}  {same[0]}")
            why = f"declared: {reason}" if reason else "NOT DECLARED"
            lines.append(f"    {'':17}{why}")
    return lines


def _by_kind(files: Iterable[str], language: Language) -> dict[str, set[str]]:
    own = {file for file in files if _language(file) == language}
    pages = {file for file in own if file.endswith(".html")}
    return {"pages": pages, "other files": own - pages}


def run(catalogue: Catalogue, say: Callable[[str], None] = print) -> bool:
    """Build, compare, say what differs; whether all of it is declared."""
    places = build_both(catalogue)
    found = compare(places["mkdocs"], places["zensical"])
    files = _files(places["mkdocs"]) | _files(places["zensical"])
    for line in report(files, found):
        say(line)
    return all(difference.reason for difference in found)


def _language(page: str) -> Language:
    return "zh" if page.startswith(f"{FOLDERS['zh']}/") else "en"


def _files(folder: Path) -> set[str]:
    """All files but those that a theme brings along, in folders of ``assets/``."""
    paths = (path.relative_to(folder) for path in folder.rglob("*.*"))
    files = (path for path in paths if (folder / path).is_file())
    return {x.as_posix() for x in files if "assets" not in x.parts[:-2]}


def _resolved(url: str, page: str) -> str:
    """An address from the root of the site; those of other sites as they are."""
    if urlsplit(url).scheme or urlsplit(url).netloc:
        return url
    whole = urlsplit(urljoin(f"/{page.removesuffix('index.html')}", url))
    path = normpath(whole.path) + "/" * whole.path.endswith(("/", "/."))
    return whole._replace(path=path.replace("//", "/")).geturl()


def _text(element: HtmlElement | None) -> str:
    return "" if element is None else " ".join(_words(element))


def _words(element: HtmlElement) -> list[str]:
    text: str = element.text_content()
    return text.split()


def _cut(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
