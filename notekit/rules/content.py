"""What may not be on a page at all: active and outside content, hidden characters.

Here the page's own HTML, links and attribute lists are looked at, with the line where
they stand. The build looks at the finished page again, however it was written.
"""

import ast
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape, unescape
from pathlib import Path

from lxml import etree

from notekit.files import note_names, owner_of_figure
from notekit.problem import Problem
from notekit.read import drawn, modules
from notekit.read.document import Document
from notekit.rules import formulas
from notekit.rules.allowed import AUTHOR, FIGURE, refused, unbalanced

PALE = 0.3  # opacity below which letters are as good as hidden
ELSEWHERE = "want nothing active, hidden or from elsewhere"
# What an attribute list may say; ids and one class, no attributes.
_ATTRIBUTES = re.compile(r"\{:?[ \t]*([^{}\n]*?)[ \t]*\}")
_GIVEN = re.compile(r"#[A-Za-z][\w-]*|\.lead")
_ODD = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
_JOINERS = {"\u200d"}  # in emoji
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3,}")
# Browsers read it as a tag, other parsers do not: a slash for the space, and an equals
# sign that is spelt as an entity.
_OTHERWISE = re.compile(r"<[A-Za-z][\w-]*/(?!>)|<[A-Za-z][^<>]*\s\w+&(?:#|equals;)")
_ID = re.compile(r"""\sid\s*=\s*["']?([\w-]+)""")
_TITLE = re.compile(r"^\s*(?:\?\?\?\+?|!!!).*<[a-zA-Z/!?]")
# In a docstring, which is Markdown on the page: HTML, pictures, other links, attributes.
_DOCSTRING = re.compile(
    r"<[a-zA-Z/!?][^>\n]*>|!\[|\]\((?!https?://)|\]:\s*(?!https?://)\w+:|\{:?[^}\n]*=[^}\n]*\}"
)


def problems(document: Document) -> Iterator[Problem]:
    """All that may not be on this page."""
    for line, message in _found(document):
        yield Problem(document.path, line, message)


def _found(document: Document) -> Iterator[tuple[int, str]]:
    yield from hidden_characters(document.text)
    for number, text in enumerate(document.text.split("\n"), 1):
        if _TITLE.match(text):
            yield number, f"{ELSEWHERE}, in a title too; got {text.strip()[:60]!r}"
        if "&" in text and unescape(text) != text:
            for _, message in hidden_characters(unescape(text)):
                yield number, message
    for link in document.links:
        if re.match(r"\w+://[^/?#]*@", link.url):
            message = "want links without a name before the host"
            yield link.line, f"{message}; got {link.url}"
    ids = {heading.id: heading.line for heading in document.headings if heading.id}
    for line, piece in document.html:
        for name in _ID.findall(piece):
            if name in ids:
                message = f"want each id once; #{name} is that of line {ids[name]}"
                yield line, f"{message} already"
    html = _in_place(document)
    for line, shown in refused(html, AUTHOR):
        yield line, f"{ELSEWHERE}; got {shown}"
    if wrong := unbalanced(html):
        line, shown = wrong
        yield line, f"want HTML whose tags are closed in order; got {shown}"
    masked, _ = formulas.masked(document.text)
    for number, line_ in enumerate(masked.split("\n"), 1):
        if odd := _OTHERWISE.search(line_):
            yield number, f"{ELSEWHERE}, however it is spelt; got {odd[0][:60]!r}"
        for match in _ATTRIBUTES.finditer(line_):
            given = match[1]
            if re.search(r"[A-Za-z=#]", given) and not _GIVEN.fullmatch(given):
                message = "want { #id } or { .lead } and no other attribute"
                yield number, f"{message}; got {match[0]}"


def _in_place(document: Document) -> str:
    """HTML, links and images of the page, each on its line, and nothing else."""
    pieces = [*document.html]
    for link in document.links:
        url = escape(link.url)
        tag = f'<img src="{url}">' if link.image else f'<a href="{url}"></a>'
        pieces.append((link.line, tag))
    text = ""
    for line, html in sorted(pieces, key=lambda piece: piece[0]):
        text += "\n" * (line - 1 - text.count("\n")) + html.rstrip("\n") + " "
    return text


def hidden_characters(text: str) -> Iterator[tuple[int, str]]:
    """Characters that no reader sees, that turn what follows, or that pass for others."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii() and line.isprintable():
            continue
        for letter in line:
            kind = unicodedata.category(letter)
            odd = kind in _ODD and letter not in "\t\r"
            # Letters in another form: ligatures, mathematical italics, fillers.
            alike = kind[0] == "L" and _in_disguise(letter)
            if (odd or alike) and letter not in _JOINERS:
                name = unicodedata.name(letter, "a character without a name")
                message = "want characters that a reader sees and knows"
                yield number, f"{message}; got U+{ord(letter):04X}, {name.lower()}"
                break
        else:
            if word := _mixed(line):
                message = "want words in the letters of one script"
                yield number, f"{message}; got {word!r}"
            elif _MARKS.search(line):
                yield number, "want letters with at most two marks; got more"


def _in_disguise(letter: str) -> bool:
    # Full-width letters are Chinese typography; ℓ, ℝ and ϕ are letters of mathematics.
    known = ("\uff00", "\uffef"), ("\u2100", "\u214f"), ("\u03d0", "\u03f6")
    if any(first <= letter <= last for first, last in known):
        return False
    return unicodedata.normalize("NFKC", letter) != letter


def _mixed(line: str) -> str:
    """A word of Latin letters with some of Cyrillic or Greek that look like them."""
    words: list[str] = re.findall(r"[^\W\d_]+", line)
    for word in words:
        if word.isascii():
            continue
        scripts = {unicodedata.name(c, "").partition(" ")[0] for c in word}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "ARMENIAN", "CHEROKEE"}:
            return word
    return ""


def code_problems(path: Path) -> Iterator[Problem]:
    """What may not be in a module that pages show: hidden letters, and HTML in its words."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for line, message in hidden_characters(text):
        yield Problem(path, line, message)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in modules.nodes(path):  # of none, if it is no Python, which is said
        if not isinstance(node, kinds) or not ast.get_docstring(node):
            continue
        said = (ast.get_docstring(node, clean=False) or "").split("\n")
        for number, sentence in enumerate(said, node.body[0].lineno):
            bare = re.sub(r"`[^`]*`", "", sentence)
            if match := _DOCSTRING.search(bare):
                message = (
                    "want words and links in a docstring, which is shown as Markdown"
                )
                yield Problem(path, number, f"{message}; got {match[0][:60]!r}")


def figure_problems(path: Path) -> Iterator[Problem]:
    """What may not be in a drawing that stands in the page itself."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for line, shown in refused(text, FIGURE):
        yield Problem(path, line, f"{ELSEWHERE} in a figure; got {shown}")
    for line, message in hidden_characters(text):
        yield Problem(path, line, message)
    drawing = drawn.bare(text)
    if match := re.search(r"<[!?][^>\n]{0,60}", drawing):
        line = drawing.count("\n", 0, match.start()) + 1
        yield Problem(path, line, f"want elements only in a figure; got {match[0]!r}")
        return
    try:
        root = etree.fromstring(
            drawing.encode(), etree.XMLParser(resolve_entities=False)
        )
    except etree.XMLSyntaxError as error:
        yield Problem(path, error.lineno or 1, f"want an SVG; {error.msg}")
        return
    if etree.QName(root).localname != "svg" or not len(root):
        yield Problem(path, 1, "want an SVG that draws something; found nothing in it")
    for element in root.iter("{*}text"):
        shares = [element.get(key, "1") for key in ("opacity", "fill-opacity")]
        unseen = element.get("fill") in ("none", "transparent")
        if unseen or min(map(_share, shares)) < PALE:
            shown = " ".join("".join(element.itertext()).split())[:60]
            message = "want letters that can be seen in a figure; got"
            yield Problem(path, element.sourceline or 1, f"{message} {shown!r}")


def _share(opacity: str) -> float:
    """An opacity, of which a percentage is one too."""
    number = re.fullmatch(r"\s*([\d.]+)(%?)\s*", opacity)
    return float(number[1]) / (100 if number[2] else 1) if number else 1.0


def clashes(figures: Iterable[Path]) -> Iterator[Problem]:
    """Ids that two drawings of one page have: the second would refer to the first."""
    first: dict[str, Path] = {}
    for path in figures:
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").split("\n"), 1
        ):
            for name in re.findall(r"""\sid=["']([^"']+)""", line):
                if name in first:
                    message = f"want each id once on a page; {name!r} is also in"
                    yield Problem(path, number, f"{message} {first[name].name}")
                first.setdefault(name, path)


def stray_files(root: Path) -> Iterator[Problem]:
    """Files that would be published as they are, or that would steer the tests."""
    for path in sorted((root / "tests").rglob("conftest.py")):
        if path.parent.relative_to(root).as_posix() not in ("tests", "tests/site"):
            message = (
                "want no conftest.py among the tests of notes: it could steer them"
            )
            yield Problem(path, 1, message)
    for folder in ("snippets", "exercises"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                yield Problem(path, 1, "want Python modules only; this is none")
    for path in sorted((root / "figures").rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".pyc", ".svg"):
            message = "want modules and the SVGs that they draw; this is none"
            yield Problem(path, 1, message)
    names = sorted(note_names(root))
    for path in sorted((root / "figures").glob("*/*.svg")):
        topic = [name for name in names if name.split("/")[0] == path.parent.name]
        if owner_of_figure(path.stem, topic) is None:
            message = "want figures of a note, named like it; this is none's"
            yield Problem(path, 1, message)
    for path in sorted((root / "tests").glob("*/*_mutants.toml")):
        stem = path.name.removesuffix("_mutants.toml").replace("_", "-")
        if f"{path.parent.name}/{stem}" not in names:
            message = "want mutants of a note, tests/TOPIC/NOTE_mutants.toml"
            yield Problem(path, 1, f"{message}; this is none's")
    for name in ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"):
        for path in sorted((root / "tests").rglob(name)):
            message = "want the settings of the tests in pyproject.toml above"
            yield Problem(path, 1, f"{message}; this would take their place")
    for path in sorted(root.glob("*.py")):
        if path.stem in ("sitecustomize", "usercustomize"):
            yield Problem(path, 1, "want no module that Python runs by itself")
        elif path.stem in sys.stdlib_module_names:
            message = "want a name that hides no module of Python"
            yield Problem(path, 1, f"{message}; got {path.stem}")
    for path in sorted(root.glob("*.pth")):
        yield Problem(path, 1, "want no file that Python runs by itself")
    docs = root / "docs"
    for path in sorted(docs.rglob("*")):
        place = path.relative_to(docs)
        if path.is_dir() or place.as_posix() in ("glossary.yml", "screenshot.png"):
            continue
        if path.suffix != ".md" or place.parts[0] not in ("en", "zh"):
            message = "want only Markdown pages below docs/; this is none"
            yield Problem(path, 1, message)
