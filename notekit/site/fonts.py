"""KaTeX's style sheet and fonts, these cut to the letters that the pages show."""

import hashlib
import os
import re
from pathlib import Path

# Classes of KaTeX's that ask for a font, or for the bold or slanted face of one. What
# has none of them is shown in KaTeX_Main-Regular.
FONTS = {
    "AMS": ("amsrm", "mathbb", "textbb"),
    "Caligraphic": ("mathcal",),
    "Fraktur": ("mathfrak", "textfrak", "mathboldfrak", "textboldfrak"),
    "Main-Bold": ("mathbf", "textbf"),
    "Main-BoldItalic": ("textbf", "mathbf"),
    "Main-Italic": ("mathit", "textit"),
    "Math-BoldItalic": ("boldsymbol",),
    "Math-Italic": ("mathnormal",),
    "SansSerif": (
        *("mathsf", "textsf", "mathboldsf", "textboldsf"),
        *("mathitsf", "mathsfit", "textitsf"),
    ),
    "Script": ("mathscr", "textscr"),
    "Size1": ("size1", "delim-size1", "small-op"),
    "Size2": ("size2", "large-op"),
    "Size3": ("size3",),
    "Size4": ("size4", "delim-size4"),
    "Typewriter": ("mathtt", "texttt"),
}
SLANTED = ("mathit", "textit")  # with a bold class around them, Main-BoldItalic


def letters_of(font: str, letters: dict[str, str]) -> str:
    """All that a font may have to show.

    Args:
        font: its name without ``KaTeX_``, such as ``Main-Bold``.
        letters: of all formulas, by the classes around them.
    """
    if font == "Main-BoldItalic" and not any(name in letters for name in SLANTED):
        return ""
    known = [name for name in FONTS if font == name or font.startswith(f"{name}-")]
    classes = [c for name in known for c in FONTS[name]] or [""]
    return "".join(sorted({x for c in classes for x in letters.get(c, "")}))


def write_katex(root: Path, target: Path, letters: dict[str, str] | None) -> None:
    """KaTeX's style sheet and fonts.

    Args:
        root: the repository.
        target: where the pages are.
        letters: what the formulas of the pages show, by the classes around it; None
            keeps the fonts whole.
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
        short = font.stem.removeprefix("KaTeX_")
        subset = (
            font if letters is None else _subset(root, font, letters_of(short, letters))
        )
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
