"""KaTeX's style sheet and fonts, these cut to the letters that the pages show."""

import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont


def write_katex(root: Path, target: Path, trim: bool) -> None:
    """KaTeX's style sheet and fonts, these cut to the letters that the pages show."""
    package = root / "node_modules/katex/dist"
    letters: set[str] = set()
    for path in target.rglob("*.html"):
        letters |= _FormulaLetters.of(path.read_text(encoding="utf-8"))
    text = "".join(sorted(letters))
    css = (package / "katex.min.css").read_text(encoding="utf-8")
    # One format is enough: every browser with <dialog> reads WOFF2.
    css = re.sub(r",url\([^)]*\) format\(\"(?:woff|truetype)\"\)", "", css)
    css = css.replace("font-display:block", "font-display:swap")
    folder = target / "assets/fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(set(re.findall(r"fonts/([\w-]+\.woff2)", css))):
        font = package / "fonts" / name
        subset = _subset(root, font, text) if trim else font
        if subset is None:
            css = re.sub(rf"@font-face\{{[^}}]*{re.escape(name)}[^}}]*\}}", "", css)
            continue
        (folder / subset.name).write_bytes(subset.read_bytes())
        css = css.replace(f"fonts/{name}", f"fonts/{subset.name}")
    (target / "assets/katex.css").write_text(css, encoding="utf-8")


class _FormulaLetters(HTMLParser):
    """All letters of the visible half of the formulas."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0  # open spans, counted from that of a formula
        self.letters: set[str] = set()

    @classmethod
    def of(cls, html: str) -> set[str]:
        """The letters of one page."""
        parser = cls()
        if 'class="katex' in html:
            parser.feed(html)
            parser.close()
        return parser.letters

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter a formula, or a part of one."""
        if tag == "span" and (self.depth or ("class", "katex-html") in attrs):
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave what was entered."""
        if tag == "span" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        """Take letters inside formulas."""
        if self.depth:
            self.letters.update(data)


def _subset(root: Path, font: Path, text: str) -> Path | None:
    """The font with these letters only, from the cache; None when it has none of them."""
    digest = hashlib.sha256(font.read_bytes() + text.encode()).hexdigest()[:8]
    path = root / f"build/cache/fonts/{font.stem}.{digest}.woff2"
    empty = path.with_suffix(".none")
    if empty.exists():
        return None
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with TTFont(font) as face:
        if not {ord(c) for c in text if not c.isspace()} & set(face.getBestCmap()):
            empty.touch()
            return None
        options = Options()
        options.flavor, options.layout_features, options.hinting = "woff2", ["*"], False
        subsetter = Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(face)
        face.flavor = "woff2"
        part = path.with_suffix(f".{os.getpid()}.part")
        face.save(part)
        part.replace(path)
    return path
