"""Every link and anchor of the finished site leads somewhere; nothing leaves unasked."""

from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from notekit.problem import Problem

# Elements that a browser loads by itself, with the attribute that says from where.
LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
}


def link_problems(site: Path) -> list[Problem]:
    """Dead links and anchors, repeated ids, and things loaded from elsewhere."""
    pages = {path: _Page(path) for path in sorted(site.rglob("*.html"))}
    problems: list[Problem] = []
    locate = cache(partial(_file, site))
    for path, page in pages.items():
        if path.name == "404.html":  # its links start at the site's address
            continue
        here = "/" + path.relative_to(site).as_posix().removesuffix("index.html")
        for line, url in page.loaded:
            if urlsplit(url).netloc:
                message = f"want everything loaded from this site; got {url}"
                problems.append(Problem(path, line, message))
        for line, url in page.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            place = urlsplit(urljoin(here, url))
            target = locate(unquote(place.path))
            if target is None:
                problems.append(
                    Problem(path, line, f"want links that lead to a page; got {url}")
                )
            elif place.fragment and target in pages:
                anchor = unquote(place.fragment)
                if anchor not in pages[target].ids and anchor != "__top":
                    message = f"want links to existing anchors; got {url}"
                    problems.append(Problem(path, line, message))
        for line, name in page.repeated:
            problems.append(
                Problem(path, line, f"want each id once a page; got {name!r} again")
            )
    return problems


class _Page(HTMLParser):
    """What one HTML file refers to, and the ids it offers."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.repeated: list[tuple[int, str]] = []
        self.links: list[tuple[int, str]] = []
        self.loaded: list[tuple[int, str]] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, links and what a browser loads by itself."""
        values, line = dict(attrs), self.getpos()[0]
        if name := values.get("id"):
            if name in self.ids:
                self.repeated.append((line, name))
            self.ids.add(name)
        if tag == "a" and (url := values.get("href")):
            self.links.append((line, url))
        elif tag == "link" and (url := values.get("href")):
            relation = set((values.get("rel") or "").split())
            if relation & {"stylesheet", "icon", "preload", "modulepreload"}:
                self.loaded.append((line, url))
                self.links.append((line, url))
        elif tag in LOADS and (url := values.get(LOADS[tag])):
            self.loaded.append((line, url))
            self.links.append((line, url))

    handle_startendtag = handle_starttag


def _file(site: Path, path: str) -> Path | None:
    file = site / path.lstrip("/")
    if file.is_dir():
        file /= "index.html"
    return file if file.is_file() else None
