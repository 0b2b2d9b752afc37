"""What may stand on a page: one list, and a sanitizer that says what it would change.

A page is written by a stranger and read under our name. Nothing active and nothing from
elsewhere may be in it, however it is written: ammonia, a browser's parser with an
allow-list, reads the HTML as a browser would, and what it would take out is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from html.parser import HTMLParser

import nh3
from lxml import html as lxml_html
from lxml.etree import ParserError

_VOID = {"br", "hr", "img", "input", "wbr", "col"}
Element = tuple[str, tuple[tuple[str, str], ...], int]  # tag, attributes, line

_ANYWHERE = {"id", "class", "lang", "title", "aria-label", "role"}
_PLAIN = (
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "dl", "dt", "dd"),
    *("blockquote", "table", "thead", "tbody", "tfoot", "tr", "caption", "pre", "code"),
    *("span", "em", "strong", "b", "i", "sub", "sup", "kbd", "br", "hr", "small"),
    *("s", "del", "ins", "mark", "abbr", "cite", "q", "dfn", "var", "samp", "figure"),
    *("figcaption", "div", "summary", "ruby", "rt", "rp", "bdi"),
)
_MARKDOWN = {"markdown"}  # asks Python-Markdown to read on inside of raw HTML
_DRAWN = {
    *("clip-path", "clip-rule", "cx", "cy", "d", "fill", "fill-opacity", "fill-rule"),
    *("dx", "dy", "font-family", "font-size", "font-style", "font-weight", "height"),
    *("id", "offset", "opacity", "points", "preserveAspectRatio", "r", "rx", "ry"),
    *("stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset"),
    *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity"),
    *("stroke-width", "text-anchor", "transform", "version", "viewBox", "width"),
    *("x", "x1", "x2", "y", "y1", "y2", "xmlns", "xmlns:xlink", "image-rendering"),
    *("patternUnits", "patternTransform", "gradientUnits", "gradientTransform"),
    *("markerWidth", "markerHeight", "refX", "refY", "orient", "mask", "role"),
    *("aria-label", "class", "xml:space", "letter-spacing", "lang"),
}


@dataclass(frozen=True)
class Policy:
    """Elements with the attributes that each may have, and schemes of addresses."""

    attributes: dict[str, set[str]]
    schemes: frozenset[str]
    styles: frozenset[str] = frozenset()
    values: dict[str, re.Pattern[str]] = field(default_factory=dict)

    @cached_property
    def cleaner(self) -> nh3.Cleaner:
        """The sanitizer that knows this list; to make one costs more than to use it."""
        return nh3.Cleaner(
            tags=set(self.attributes),
            clean_content_tags=set(),
            attributes=self.attributes,
            attribute_filter=lambda _tag, name, value: _passed(self, name, value),
            strip_comments=True,
            link_rel=None,
            url_schemes=set(self.schemes),
            filter_style_properties=set(self.styles) or None,
        )


# Classes that Markdown's extensions write, and the one that authors may.
_CLASSES = (
    *("lead", "admonition", "admonition-title", "note", "tip", "warning", "success"),
    *("info", "question", "example", "quote", "abstract", "danger", "failure", "bug"),
    *("footnote", "footnote-ref", "footnote-backref", "headerlink", "highlight"),
    *("math", "math-display", "arithmatex", "term", "kept"),
)
# What an author writes. Links may lead anywhere, by a browser's rules that the reader
# knows; pictures are the site's own.
PAGE = Policy(
    attributes={
        **{tag: _ANYWHERE | _MARKDOWN for tag in _PLAIN},
        "ol": _ANYWHERE | {"start"},
        "a": _ANYWHERE | {"href"},
        "img": _ANYWHERE | {"src", "alt", "width", "height"},
        "details": _ANYWHERE | _MARKDOWN | {"open"},
        "th": _ANYWHERE | {"colspan", "rowspan", "scope", "style"},
        "td": _ANYWHERE | {"colspan", "rowspan", "style"},
    },
    schemes=frozenset({"http", "https", "mailto"}),
    styles=frozenset({"text-align"}),
    values={
        "src": re.compile(r"(?![a-zA-Z][\w+.-]*:|[/\\]{2})[^\s]+"),
        "class": re.compile(rf"\s*(?:(?:{'|'.join(_CLASSES)})\s*)*"),
    },
)
# What an author may write as HTML: no headings, which must be Markdown's.
AUTHOR = replace(
    PAGE,
    attributes={
        tag: names
        for tag, names in PAGE.attributes.items()
        if not re.match(r"h\d", tag)
    },
)
# A finished page, whose cards, heads and lists are ours: their elements and classes too,
# but none of the theme's, some of which hide what they are on.
SITE = replace(
    PAGE,
    attributes={
        **{
            tag: names | {"data-pagefind-ignore"}
            for tag, names in PAGE.attributes.items()
        },
        "nav": _ANYWHERE | {"data-pagefind-ignore"},
        "article": _ANYWHERE,
        "time": _ANYWHERE | {"datetime"},
        # The learning map.
        **{
            tag: _DRAWN | {"marker-end"}
            for tag in ("svg", "defs", "marker", "path", "rect", "text")
        },
    },
    values=PAGE.values
    | {
        "class": re.compile(r"\s*(?:(?!md-)[\w-]+\s*)*"),
        "marker-end": re.compile(r"url\(#[\w-]+\)"),
    },
)
# A figure: shapes and text, which refer to nothing but one another.
FIGURE = Policy(
    attributes={
        **{
            tag: _DRAWN
            for tag in (
                *("svg", "g", "defs", "path", "rect", "circle", "ellipse", "line"),
                *("polyline", "polygon", "text", "tspan", "clipPath", "pattern"),
                *("linearGradient", "radialGradient", "stop", "marker", "title"),
                *("desc", "symbol", "mask"),
            )
        },
        "use": _DRAWN | {"href", "xlink:href"},
        "image": _DRAWN | {"href", "xlink:href"},
    },
    schemes=frozenset({"data"}),
    values={
        "href": re.compile(r"#[\w.:-]+|data:image/(?:png|jpeg|webp);base64,[\w+/=\s]+"),
        "": re.compile(r"(?!.*url\()[^<]*|url\(\s*#[\w.:-]+\s*\)", re.DOTALL),
    },
)
_ADDRESSES = {"href", "src", "xlink:href"}
# What a browser ends elsewhere than other parsers do: `<?` and `<!` without a comment at
# the next `>`, a comment that begins or ends oddly. What follows they would not see.
_ODD_COMMENT = re.compile(r"<(?:\?|/(?=[^\sa-zA-Z])|!(?!--(?!-?>)))[^\n]{0,40}|--!>")


def refused(html: str, policy: Policy) -> Iterator[tuple[int, str]]:
    """Line of the HTML, and what stands there that may not, as a browser reads it."""
    if "<" not in html:  # text alone, such as that of most headings
        return
    for match in _ODD_COMMENT.finditer(html):
        yield html.count("\n", 0, match.start()) + 1, match[0]
    wanted, got = _elements(policy.cleaner.clean(html)), _elements(html)
    if [e[:2] for e in wanted] == [e[:2] for e in got]:
        return
    matcher = SequenceMatcher(
        None, [e[:2] for e in got], [e[:2] for e in wanted], autojunk=False
    )
    for kind, start, stop, left, right in matcher.get_opcodes():
        if kind in ("equal", "insert"):  # a browser adds what a table lacks
            continue
        for place, (tag, attributes, line) in enumerate(got[start:stop], left):
            kept: dict[str, str] = {}
            if place < right and wanted[place][0] == tag:
                kept = dict(wanted[place][1])
            changed = [(k, v) for k, v in attributes if kept.get(k) != v]
            yield line, _shown(tag, changed)


def _passed(policy: Policy, name: str, value: str) -> str | None:
    """The value, where it may stand."""
    kind = "href" if name == "xlink:href" else name
    pattern = policy.values.get(kind)
    if pattern is None and kind not in _ADDRESSES:
        pattern = policy.values.get("")
    return value if pattern is None or pattern.fullmatch(value) else None


def _elements(html: str) -> list[Element]:
    """Elements in order; a style is compared without its spaces."""
    try:
        root = lxml_html.fragment_fromstring(html, create_parent="div")
    except (ParserError, ValueError):
        return [("unreadable HTML", (), 1)]
    found = []
    for element in root.iter(lxml_html.etree.Element):
        if element is root:
            continue
        values = {
            str(name): " ".join(str(value).split())
            for name, value in element.attrib.items()
            if not str(name).startswith("xmlns")
        }
        if "style" in values:
            values["style"] = re.sub(r"\s|;\s*$", "", values["style"])
        tag = str(element.tag)
        found.append((tag, tuple(sorted(values.items())), element.sourceline or 0))
    return found


def _shown(tag: str, attributes: list[tuple[str, str]]) -> str:
    values = "".join(f' {name}="{value[:60]}"' for name, value in attributes)
    return f"<{tag}{values}>"


class _Balance(HTMLParser):
    """Finds the first tag without its partner."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.wrong: tuple[int, str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in _VOID and self.wrong is None:
            self.wrong = self.getpos()[0], f"<{tag}/>, which a browser leaves open"

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif tag not in _VOID and self.wrong is None:
            last = f" within <{self.open[-1][0]}>" if self.open else ""
            self.wrong = self.getpos()[0], f"</{tag}>{last}"


def unbalanced(html: str) -> tuple[int, str] | None:
    """Line and name of the first tag that is not closed, or closes nothing."""
    balance = _Balance()
    balance.feed(html)
    balance.close()
    if balance.wrong is None and balance.open:
        tag, line = balance.open[-1]
        return line, f"<{tag}> without its end"
    return balance.wrong
