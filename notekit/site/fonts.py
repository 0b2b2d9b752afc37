"""KaTeX's style sheet and fonts, these cut to the letters that the pages show."""

import hashlib
import os
import re
from pathlib import Path


def write_katex(root: Path, target: Path, letters: str | None) -> None:
    """KaTeX's style sheet and fonts.

    Args:
        root: the repository.
        target: where the pages are.
        letters: all that the formulas of the pages show; None keeps the fonts whole.
    """
    package = root / "node_modules/katex/dist"
    css = (package / "katex.min.css").read_text(encoding="utf-8")
    # One format is enough: every browser with <dialog> reads WOFF2.
    css = re.sub(r",url\([^)]*\) format\(\"(?:woff|truetype)\"\)", "", css)
    css = css.replace("font-display:block", "font-display:swap")
    folder = target / "assets/fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(set(re.findall(r"fonts/([\w-]+\.woff2)", css))):
        font = package / "fonts" / name
        subset = font if letters is None else _subset(root, font, letters)
        if subset is None:
            css = re.sub(rf"@font-face\{{[^}}]*{re.escape(name)}[^}}]*\}}", "", css)
            continue
        (folder / subset.name).write_bytes(subset.read_bytes())
        css = css.replace(f"fonts/{name}", f"fonts/{subset.name}")
    (target / "assets/katex.css").write_text(css, encoding="utf-8")


def _subset(root: Path, font: Path, text: str) -> Path | None:
    """The font with these letters only, from the cache; None when it has none of them."""
    digest = hashlib.sha256(font.read_bytes() + text.encode()).hexdigest()[:8]
    path = root / f"build/cache/fonts/{font.stem}.{digest}.woff2"
    empty = path.with_suffix(".none")
    if empty.exists():
        return None
    if path.exists():
        return path
    # Only here, since a build that needs no new font should not wait for the library.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

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
