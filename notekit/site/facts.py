"""What the steps after MkDocs need to know of a page, read once and kept by content."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml
from lxml import html
from lxml.html import HtmlElement

from notekit.cache import Cache, key
from notekit.katex import MARKED

# Elements that a browser loads by itself, with the attribute that says from where.
LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
}
_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload"}
# What is not searched: of code only the names that the reference lists.
_UNSEARCHED_TAGS = {"script", "style", "svg", "nav", "button"}
_UNSEARCHED = {"headerlink", "highlight", "note-head"}
_WORD = re.compile(r"[\w-]+")
# Attributes whose values are text, addresses or drawings, not names of styles.
_PROSE = re.compile(r"href|src|title|content|alt|d|style|viewBox|aria-.*|data-(?!md).*")

Place = tuple[int, str]  # line, and what stands there


@dataclass(frozen=True)
class Facts:
    """One page."""

    ids: list[Place]
    links: list[Place]
    loaded: list[Place]
    letters: dict[str, str]  # by the class that says in which font formulas show them
    words: list[str]  # names of elements, attributes and classes
    searched: str  # the page without what search leaves out; empty if it is no note

    def renamed(self, old: str, new: str) -> "Facts":
        """The same page, with another file in its links."""

        def places(links: list[Place]) -> list[Place]:
            return [(line, url.replace(old, new)) for line, url in links]

        return replace(self, links=places(self.links), loaded=places(self.loaded))


Pages = dict[Path, Facts]


def facts_of(texts: Iterable[str], root: Path) -> list[Facts]:
    """Facts of many pages, in their order.

    Args:
        texts: the pages as HTML.
        root: the repository, whose ``build/cache/`` keeps what was found.
    """
    pages = list(texts)
    own = Path(__file__).read_text(encoding="utf-8")
    keys = [key(own, lxml.__version__, text) for text in pages]
    kept = Cache(root, "facts")
    found = kept.get(keys)
    new = {
        name: json.dumps(vars(_facts(text)), ensure_ascii=False)
        for name, text in zip(keys, pages)
        if name not in found
    }
    kept.put(new)
    found |= new
    return [_loaded(json.loads(found[name])) for name in keys]


def _loaded(data: dict[str, Any]) -> Facts:
    for name in ("ids", "links", "loaded"):
        data[name] = [(line, what) for line, what in data[name]]
    return Facts(**data)


def _facts(text: str) -> Facts:
    formulas = dict.fromkeys(MARKED.findall(text))
    # Half of all elements are those of formulas, most of which stand on several pages.
    page = html.document_fromstring(MARKED.sub(_as_many_lines, text))
    ids: list[Place] = []
    links: list[Place] = []
    loaded: list[Place] = []
    words: set[str] = set()
    seen: set[tuple[Any, Any]] = set()
    unsearched: list[HtmlElement] = []
    for element in page.iter(html.etree.Element):
        tag, values = str(element.tag), element.attrib
        line = element.sourceline or 0
        words.add(tag)
        classes = str(values.get("class", "")).split()
        if tag in _UNSEARCHED_TAGS or not _UNSEARCHED.isdisjoint(classes):
            unsearched.append(element)
        elif "doc-contents" in classes:
            unsearched += [part for part in element if part.tag in ("p", "ul")]
        _add_words(values, words, seen)
        if name := values.get("id"):
            ids.append((line, str(name)))
        url = values.get("href") or values.get(LOADS.get(tag, "href"))
        if not url:
            continue
        relation = set(str(values.get("rel", "")).split())
        if tag in LOADS or (tag == "link" and relation & _RELATIONS):
            loaded.append((line, str(url)))
            links.append((line, str(url)))
        elif tag == "a":
            links.append((line, str(url)))
    letters: dict[str, set[str]] = {}
    for formula in formulas:
        names, shown_by = _formula(formula)
        words |= names
        for name, those in shown_by.items():
            letters.setdefault(name, set()).update(those)
    shown = {name: "".join(sorted(found)) for name, found in sorted(letters.items())}
    return Facts(ids, links, loaded, shown, sorted(words), _searched(page, unsearched))


def _add_words(values: Any, words: set[str], seen: set[tuple[Any, Any]]) -> None:
    """Add names of attributes and of styles in their values, if they are new."""
    for pair in values.items():
        if pair in seen:  # most are those of spans of code
            continue
        seen.add(pair)
        name, value = map(str, pair)
        words.add(name)
        if not _PROSE.fullmatch(name):
            words.update(_WORD.findall(value))


def _as_many_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


@lru_cache(maxsize=20_000)
def _formula(text: str) -> tuple[frozenset[str], dict[str, set[str]]]:
    """Words of a formula's HTML, and the letters that it shows."""
    part = html.fragment_fromstring(text, create_parent=True)
    words: set[str] = set()
    for element in part.iterdescendants(html.etree.Element):
        words.add(str(element.tag))
        _add_words(element.attrib, words, set())
    letters: dict[str, set[str]] = {}
    for shown in part.xpath(".//*[@class='katex-html']"):
        _letters(shown, frozenset(), letters)
    return frozenset(words), letters


def _letters(element: Any, around: frozenset[str], found: dict[str, set[str]]) -> None:
    """Add the letters of a formula to each class that they stand in, or to none ("")."""
    own = around.union(str(element.get("class", "")).split())
    if element.text:
        for name in own | {""}:
            found.setdefault(name, set()).update(element.text)
    for child in element:
        _letters(child, own, found)
        if child.tail:
            for name in own | {""}:
                found.setdefault(name, set()).update(child.tail)


def _searched(page: HtmlElement, unsearched: list[HtmlElement]) -> str:
    """A note without its formulas, code and what surrounds it; the page is cut."""
    bodies = page.xpath("//*[@data-pagefind-body]")
    if not bodies:
        return ""
    body = bodies[0]
    for element in unsearched:
        if element.getparent() is not None:
            element.drop_tree()
    title = page.findtext(".//title") or ""
    # The index is one for zh and zh-Hans.
    language = str(page.get("lang", "")).partition("-")[0]
    head = html.Element("html", lang=language)
    head.append(html.Element("head"))
    head[0].append(html.Element("title"))
    head[0][0].text = title
    head.append(html.Element("body"))
    head[1].append(body)
    text: str = html.tostring(head, encoding="unicode", doctype="<!doctype html>")
    return text
