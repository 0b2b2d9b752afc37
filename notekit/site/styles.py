"""One style sheet for the whole site, holding only rules that some page can use."""

import base64
import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import rcssmin
import rjsmin

from notekit.katex import BEGIN, END
from notekit.node import run_cached
from notekit.pages.stage import TEMPLATES

PURGE = Path(__file__).with_name("purge.mjs")
SHEET = "assets/site.css"  # its name in pages, until its content is known
LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">\s*')
_WORD = re.compile(r"[\w-]+")


def bundle_styles(root: Path, target: Path, words: Iterable[str] | None) -> str:
    """Write the style sheet; returns its path from the root of the site.

    Args:
        root: the repository.
        target: the pages as MkDocs wrote them, with KaTeX's style sheet.
        words: names of elements, attributes and classes that pages have; None keeps all
            rules.
    """
    # Neither Material's script nor its palettes are used: ours are theme/assets/page.js
    # and the colours of notes.css. Gone before the purge, which keeps what scripts name.
    shutil.rmtree(target / "assets/javascripts")
    sheets = [
        next((target / "assets/stylesheets").glob("main.*.css")),
        target / "assets/katex.css",
        target / "assets/notes.css",
    ]
    css = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    css = re.sub(r"/\*[#!]? *sourceMappingURL=.*?\*/", "", css)
    if words is not None:
        # What a script makes, and what a page has in another state, count as well.
        sources = [*(target / "assets").glob("*.js"), *(root / "theme").rglob("*.html")]
        sources += TEMPLATES.glob("*.md")
        texts = [path.read_text(encoding="utf-8") for path in sources]
        used = {*words, *(word for text in texts for word in _WORD.findall(text))}
        # Words that the sheet does not have would only make each answer new.
        request = {"css": css, "words": sorted(used & set(_WORD.findall(css)))}
        [css] = run_cached(PURGE, [request], root, "purgecss")
        css = rcssmin.cssmin(css)
        for script in (target / "assets").glob("*.js"):
            code = rjsmin.jsmin(script.read_text(encoding="utf-8"))
            script.write_text(code, encoding="utf-8")
    digest = hashlib.sha256(css.encode()).hexdigest()[:8]
    name = SHEET.replace(".css", f".{digest}.css")
    (target / name).write_text(css, encoding="utf-8")
    shutil.rmtree(target / "zh/assets")
    shutil.rmtree(target / "assets/stylesheets")
    for sheet in sheets[1:]:
        sheet.unlink()
    return name


_CHARSET = '<meta charset="utf-8">'  # which must stay first
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_OF_404 = re.compile(r'="(?:(?<=\bhref=")|(?<=\bsrc="))(/[^"]*)zh/(?=assets/)')
# It begins with what is rare, so that the search goes fast.
_TO_ASSETS = re.compile(r'="(?:(?<=\bhref=")|(?<=\bsrc="))(?=(?:\.\./)*assets/)')


def finished(html: str, sheet: str) -> str:
    """The page as it is published.

    Args:
        html: the page, as `shared` leaves it.
        sheet: where the one style sheet is.
    """
    html = html.replace(BEGIN, "").replace(END, "").replace(SHEET, sheet)
    return html.replace(_CHARSET, _CHARSET + policy(html), 1)


def policy(html: str) -> str:
    """The element that lets a page load from its own site only, and run no other code.

    Args:
        html: the page; scripts that stand in it are allowed by their content.
    """
    hashes = {
        base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        for code in _INLINE.findall(html)
    }
    scripts = " ".join(f"'sha256-{value}'" for value in sorted(hashes))
    rules = [
        "default-src 'none'",
        f"script-src 'self' 'wasm-unsafe-eval' {scripts}".rstrip(),
        "style-src 'self' 'unsafe-inline'",  # KaTeX places letters by style
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
    if (
        " data-run=" in html or " data-source=" in html
    ):  # by theme/assets/python.js, which says why from a blob
        rules.append("worker-src 'self' blob:")
    content = "; ".join(rules)
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def shared(html: str, below: bool) -> str:
    """The page with one style sheet, and with assets that both languages share.

    Args:
        html: the page as MkDocs wrote it.
        below: whether the page is of the site one folder below the root.
    """
    html = LINK.sub(lambda m: m[0] if m[1].endswith("assets/notes.css") else "", html)
    html = html.replace("assets/notes.css", SHEET)
    if below:
        # Which characters, too: the same code points are drawn otherwise in Japanese.
        html = html.replace('<html lang="zh"', '<html lang="zh-Hans"', 1)
        html = _TO_ASSETS.sub('="../', html)
        html = _OF_404.sub(r'="\1', html)
    return html
