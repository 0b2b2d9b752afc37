"""Every link and anchor of the finished site leads somewhere; nothing leaves unasked."""

from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from notekit.problem import Problem
from notekit.site.facts import Pages


def link_problems(site: Path, pages: Pages, root: Path) -> list[Problem]:
    """Dead links and anchors, repeated ids, and things loaded from elsewhere.

    Args:
        site: the finished site.
        pages: what is known of each page.
        root: the repository, whose sources a problem names where there is one.
    """
    problems: list[Problem] = []
    locate = cache(partial(_file, site))
    ids = {path: {name for _, name in page.ids} for path, page in pages.items()}
    for path, page in pages.items():
        where = partial(_problem, site, root, path)
        seen: set[str] = set()
        for line, name in page.ids:
            if name in seen:
                problems.append(
                    where(line, "want each id once a page; got", repr(name))
                )
            seen.add(name)
        if path.name == "404.html":  # its links start at the site's address
            continue
        here = "/" + path.relative_to(site).as_posix().removesuffix("index.html")
        for line, url in page.loaded:
            if urlsplit(url).netloc:
                message = "want everything loaded from this site; got"
                problems.append(where(line, message, url))
        for line, url in page.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            place = urlsplit(urljoin(here, url))
            target = locate(unquote(place.path))
            if target is None:
                problems.append(where(line, "want links that lead to a page; got", url))
            elif place.fragment and target in pages:
                anchor = unquote(place.fragment)
                if anchor not in ids[target] and anchor != "__top":
                    message = "want links to existing anchors; got"
                    problems.append(where(line, message, url))
    return problems


def _problem(
    site: Path, root: Path, path: Path, line: int, message: str, got: str
) -> Problem:
    """The problem where a person mends it: in the source, if that has the words."""
    text = f"{message} {got}"
    parts = list(path.relative_to(site).parts)
    language = parts.pop(0) if parts[0] == "zh" else "en"
    name = "/".join(parts).removesuffix("/index.html")
    source = root / f"docs/{language}/{name}.md"
    word = got.rpartition("#")[2] if "#" in got else got.strip("./'").rpartition("/")[2]
    if word and source.is_file():
        lines = source.read_text(encoding="utf-8").split("\n")
        found = [number for number, row in enumerate(lines, 1) if word in row]
        if found:
            return Problem(source, found[0], text)
    return Problem(path, line, text)


def _file(site: Path, path: str) -> Path | None:
    file = site / path.lstrip("/")
    if file.is_dir():
        file /= "index.html"
    return file if file.is_file() else None
