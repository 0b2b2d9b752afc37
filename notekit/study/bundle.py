"""The site as one zip that a browser opens from a disk, without any server.

Three things are otherwise there. An address that is a folder shows a listing, so links
name `index.html`. A page and what it loads count as strangers to one another in some
browsers: fonts stand in the style sheet itself, and the policy names the scheme of files.
What only a host has a use for is left out, and links to it lead to where it is published.
"""

import base64
import mimetypes
import re
import zipfile
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from notekit.study import offline

FOLDER = "gradnotes"  # which the zip unpacks to
_LEFT = re.compile(
    r"(?:zh/)?(?:404\.html|feed_\w+\.(?:xml|json)|rss\.xsl)|assets/fonts/.*|robots\.txt|sitemap\.xml|llms\.txt"
)
_TIME = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the first that a zip can say: the same files, the same zip
# A whole start tag; a value may hold what looks like its end.
_TAG = re.compile(r'<(?:a|img|link|script|source)\b(?:"[^"]*"|[^">])*>')
_ADDRESS = re.compile(r'(\s(?:href|src)=")([^"]*)(?=")')
_FONT = re.compile(r"url\((fonts/[^)]+)\)")
_HOME = re.compile(r'<link rel="canonical" href="([^"]*)">')
_OFFER = re.compile(
    r'<p class="offline__file" data-file="([^"]*)"(?: hidden)?>.*?</p>', re.DOTALL
)


def pack(site: Path, target: Path) -> Path:
    """Write the zip.

    Args:
        site: the finished site, both languages.
        target: the file to write, whole or not at all.

    Returns:
        The same file.
    """
    files = {
        path.relative_to(site).as_posix(): path
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
    names = {x for x in files if offline.is_kept(x) and not _LEFT.fullmatch(x)}
    home = _HOME.search(files["index.html"].read_text(encoding="utf-8"))
    published = home[1] if home else ""
    part = target.with_name(f"{target.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(names):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o100644 << 16
            data = _from_disk(name, files[name], names, published)
            archive.writestr(entry, data)
    part.replace(target)
    return target


def publish(site: Path) -> Path:
    """Put the zip into the site, and a link with its size where a reader looks for it.

    Args:
        site: the finished site, which is changed.

    Returns:
        The zip.
    """
    place = pack(site, site / offline.ZIP)
    size = f"{place.stat().st_size / 1e6:.1f}"
    for name in offline.PAGES:
        path = site / name
        if path.is_file():
            address = "../" * name.count("/") + offline.ZIP
            offer = partial(_offer, address=address, size=size)
            text = _OFFER.sub(offer, path.read_text(encoding="utf-8"), count=1)
            path.write_text(text, encoding="utf-8")
    offline.write(site)
    return place


def _offer(found: re.Match[str], address: str, size: str) -> str:
    said = found[1].replace("{name}", offline.ZIP).replace("{size}", size)
    link = f'<a href="{address}" download>{said}</a>'
    return f'<p class="offline__file" data-file="{found[1]}">{link}</p>'


def _from_disk(name: str, path: Path, names: set[str], published: str) -> bytes:
    """What the zip holds of a file."""
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        return _page(text, name, names, published).encode()
    if path.suffix == ".css":
        text = path.read_text(encoding="utf-8")
        return _FONT.sub(lambda match: _inlined(path.parent, match[1]), text).encode()
    return path.read_bytes()


def _page(html: str, name: str, names: set[str], published: str) -> str:
    """A page with links that name files, under a policy that knows these."""

    def linked(match: re.Match[str]) -> str:
        return match[1] + _address(match[2], name, names, published)

    html = _TAG.sub(lambda tag: _ADDRESS.sub(linked, tag[0]), html)
    head, policy, rest = html.partition('http-equiv="Content-Security-Policy"')
    rules, end, body = rest.partition(">")
    rules = rules.replace("'self'", "'self' file:")
    rules = rules.replace("font-src 'self' file:", "font-src data:")
    html = head + policy + rules + end + body
    if name in offline.PAGES:
        html = _OFFER.sub("", offline.unnumbered(html), count=1)
    return html


def _address(url: str, name: str, names: set[str], published: str) -> str:
    """An address as it is on a disk.

    Args:
        url: as it stands on the page.
        name: of the page, from the root of the site.
        names: of all files there are.
        published: where the site is on the web, for what is not among them.
    """
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path:
        return url
    path = urlsplit(urljoin(f"/{name}", url)).path.lstrip("/")
    known = unquote(path)
    if known in names:
        return url
    rest = url[len(parts.path) :]
    if f"{known.rstrip('/')}/index.html".lstrip("/") in names:
        return f"{parts.path.rstrip('/')}/index.html{rest}"
    return f"{published}{path}{rest}"


def _inlined(folder: Path, name: str) -> str:
    """A font as part of the style sheet."""
    data = base64.b64encode((folder / name).read_bytes()).decode()
    kind = mimetypes.guess_type(name)[0] or "font/woff2"
    return f"url(data:{kind};base64,{data})"
