"""One style sheet for the whole site, holding only rules that some page can use."""

import hashlib
import re
import shutil
from pathlib import Path

import rcssmin

from notekit.node import run

PURGE = Path(__file__).with_name("purge.mjs")
LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">\s*')


def bundle_styles(root: Path, target: Path, trim: bool) -> None:
    """One style sheet for the whole site, holding only rules that some page can use."""
    # Neither Material's script nor its palettes are used: ours are theme/assets/page.js
    # and the colours of notes.css. Gone before the purge, which keeps what scripts name.
    shutil.rmtree(target / "assets/javascripts")
    sheets = [
        next((target / "assets/stylesheets").glob("main.*.css")),
        target / "assets/_mkdocstrings.css",
        target / "assets/katex.css",
        target / "assets/notes.css",
    ]
    text = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    text = re.sub(r"/\*[#!]? *sourceMappingURL=.*?\*/", "", text)
    whole = target / "assets/site.css"
    whole.write_text(text, encoding="utf-8")
    purged = rcssmin.cssmin(_purge(root, target, whole)) if trim else text
    digest = hashlib.sha256(purged.encode()).hexdigest()[:8]
    whole.unlink()
    name = f"assets/site.{digest}.css"
    (target / name).write_text(purged, encoding="utf-8")
    for path in target.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        path.write_text(
            shared(
                html, f"assets/{Path(name).name}", path.is_relative_to(target / "zh")
            ),
            encoding="utf-8",
        )
    shutil.rmtree(target / "zh/assets")
    shutil.rmtree(target / "assets/stylesheets")
    for sheet in sheets[1:]:
        sheet.unlink()


def shared(html: str, sheet: str, below: bool) -> str:
    """The page with one style sheet, and with assets that both languages share.

    Args:
        html: the page as MkDocs wrote it.
        sheet: path of the style sheet from the root of the site.
        below: whether the page is of the site one folder below the root.
    """
    html = LINK.sub(lambda m: m[0] if m[1].endswith("assets/notes.css") else "", html)
    html = html.replace("assets/notes.css", sheet)
    if below:
        html = re.sub(r'\b(href|src)="(?=(?:\.\./)*assets/)', r'\1="../', html)
        html = re.sub(r'\b(href|src)="(/[^"]*)zh/(?=assets/)', r'\1="\2', html)  # 404
    # Material's script asks each `link[rel=alternate]` for a sitemap, feeds included.
    return html.replace('rel="alternate" type=', 'rel="feed alternate" type=')


def _purge(root: Path, target: Path, sheet: Path) -> str:
    """Leave out selectors that neither a page nor a script mentions (PurgeCSS)."""
    css: str = run(PURGE, {"sheet": str(sheet), "site": str(target)}, root)
    return css
