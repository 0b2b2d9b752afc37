"""All that is asked of every page, on one load of it: what is wrong, as sentences.

axe costs most. On every page run its rules on names, and its rules on colours in light
and dark; these look at three elements of each style, which is all that they depend on.
The whole of axe, on every element, runs on a few pages that have every kind of element.
"""

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from notekit.read.catalogue import Catalogue, read
from tests.site.conftest import ROOT, SITE, Site

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")
COLOURS = ["color-contrast", "link-in-text-block"]
NAMES = [
    *("area-alt", "image-alt", "input-image-alt", "object-alt", "role-img-alt"),
    *("svg-img-alt", "button-name", "input-button-name", "link-name", "select-name"),
    *("summary-name", "label", "document-title", "html-has-lang", "html-lang-valid"),
    *("aria-command-name", "aria-dialog-name", "aria-input-field-name"),
    *("aria-meter-name", "aria-progressbar-name", "aria-toggle-field-name"),
    *("aria-tooltip-name", "aria-treeitem-name", "duplicate-id-aria", "frame-title"),
    # No name, but as much a matter of what stands on the page.
    "scrollable-region-focusable",
]
TELEPHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 720}
MOST = 100_000  # bytes of a first visit to a note
RAW = re.compile(r"\\\(|\\\[|\$\$|\\frac|--8<--|:::")
# Parts that axe reads as one thing, whatever is inside.
INSIDE = {"span", "br", "path", "use", "g", "defs", "clippath", "rect", "text", "tspan"}
INSIDE |= {"math", "mstyle", "mspace", "menclose", "mpadded"}
INSIDE |= {"mi", "mo", "mn", "mrow", "msub", "msup", "msubsup", "mfrac", "mtext"}
INSIDE |= {"mover", "munder", "munderover", "msqrt", "mroot", "mtable", "mtr", "mtd"}

# Marks, with data-probe, three visible elements of each style that has text of its own,
# and of each style of link. A colour is seen through all that lies around and below it.
PROBES = """() => {
  const plain = ['rgba(0, 0, 0, 0)', 'none', 1, 'none', 'normal', 'visible', 'auto',
    'none', 'auto', false, false].join()
  const around = new Map()
  const chain = e => {
    if (!e || e.nodeType !== 1) return ''
    if (!around.has(e)) {
      const s = getComputedStyle(e), box = e.getBoundingClientRect()
      const own = [
        s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode,
        s.visibility, s.clip, s.clipPath, s.zIndex,
        !['static', 'relative'].includes(s.position) && s.position,
        s.overflow !== 'visible' && (box.width < 3 || box.height < 3),
      ].join()
      around.set(e, chain(e.parentElement) + (own === plain ? '' : '|' + own))
    }
    return around.get(e)
  }
  const kinds = new Map()
  // MathML is there for screen readers, clipped to nothing.
  for (const e of document.body.querySelectorAll(':not(.katex-mathml *)')) {
    const link = e.localName === 'a'
    const text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    if (!text && !link && e.localName !== 'input') continue
    if (!e.getClientRects().length) continue
    const s = getComputedStyle(e)
    const kind = [link, s.color, s.webkitTextFillColor, s.textShadow, s.fontSize,
      s.fontWeight, chain(e)]
    if (link) {
      const p = getComputedStyle(e.parentElement)
      kind.push(s.textDecoration, s.borderBottom, p.color, p.fontWeight, p.fontSize,
        p.display, e.parentElement.localName)
    }
    const key = kind.join()
    kinds.has(key) ? kinds.get(key).push(e) : kinds.set(key, [e])
  }
  for (const all of kinds.values())
    for (const at of [0, all.length >> 1, all.length - 1])
      all[at].setAttribute('data-probe', '')
}"""
# axe looks at what lies above and below of every element there is, so that formulas
# without a mark become boxes of their size, and code without one plain text. What is
# left costs a third.
PLAIN = """() => {
  const named = '[data-probe], a, button, input, [role], [tabindex], [aria-label]'
  const plain = e => !e.matches(named) && !e.querySelector(named)
  const formulas = [...document.querySelectorAll('.katex')].filter(plain)
  const sizes = formulas.map(e => e.getBoundingClientRect())
  formulas.forEach((e, i) => {
    e.textContent = 'x'
    const {width, height} = sizes[i]
    e.style = `display: inline-block; width: ${width}px; height: ${height}px`
  })
  for (const e of document.querySelectorAll('pre code > span, pre code > span > span'))
    if (e.isConnected && plain(e)) e.replaceWith(e.textContent)
  axe.configure({rules: [
    {id: 'color-contrast', selector: '[data-probe]'},
    {id: 'link-in-text-block', selector: 'a[data-probe][href]'},
  ]})
}"""
# Last of all, what has no mark may go.
BARE = """() => {
  for (const e of document.body.querySelectorAll(':not([data-probe], style)'))
    if (e.isConnected && !e.querySelector('[data-probe], style')) e.remove()
}"""
STILL = "*, ::before, ::after {transition: none !important}"
SCHEMES = {"light": "default", "dark": "slate"}


class Kind(NamedTuple):
    """What axe can tell elements apart by."""

    tag: str
    classes: tuple[str, ...]
    marks: tuple[str, ...]  # names of ARIA attributes, the role and the type


def kinds(html: str) -> set[Kind]:
    """Every kind of element on a page."""
    found = set()
    for tag in set(re.findall(r"<[a-z][^>]*>", html)):
        name = re.match(r"<([\w-]+)", tag)[1]
        marks = {*re.findall(r"\b(?:aria-[\w-]+|tabindex)(?==)", tag)}
        marks |= {*re.findall(r'\b(?:role|type)="[^"]*"', tag)}
        if name in INSIDE and not marks - {"aria-hidden"}:
            continue
        classes = re.search(r'\bclass="([^"]*)"', tag)
        words = sorted(unescape(classes[1]).split()) if classes else ()
        found.add(Kind(name, tuple(words), tuple(sorted(marks))))
    return found


def covering(pages: dict[str, set[Kind]], always: Iterable[str]) -> list[str]:
    """Few pages that together have every kind: some in any case, then greedily."""
    chosen = list(always)
    left = set().union(*pages.values()).difference(*(pages[page] for page in chosen))
    while left:
        # The first by name among equals, so that every worker chooses the same.
        best = max(sorted(pages), key=lambda page: len(pages[page] & left))
        chosen.append(best)
        left -= pages[best]
    return chosen


class Auditor:
    """Opens pages, one after the other and without a cache, and says what is wrong."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self.catalogue: Catalogue = read(ROOT)
        self.found: dict[str, list[str]] = defaultdict(list)
        # A new process of Chromium for each page would cost as much as the page itself.
        self.page = browser.new_page()
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self.found["script"].append(str(error)))
        self.page.on("request", self._asked)

    def faults(self, path: str, whole: bool) -> list[str]:
        """What is wrong with a page; ``whole`` runs all of axe on all elements."""
        page, found = self.page, self.found
        page.set_viewport_size(TELEPHONE)
        page.emulate_media(color_scheme="light")
        page.goto("about:blank")
        found.clear()
        start = len(self.site.log)
        page.goto(self.site.url + path, wait_until="load")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > TELEPHONE["width"]:
            found["telephone"].append(
                f"want a width of {TELEPHONE['width']}, got {width}"
            )
        page.add_style_tag(content=STILL)
        page.set_viewport_size(DESKTOP)
        if note := self._note(path):
            page.wait_for_timeout(200)
            size = sum(entry[2] for entry in self.site.log[start:])
            if size > MOST:
                found["weight"].append(f"want at most {MOST} bytes, got {size}")
            found["note"] += self._of_a_note(page, *note)
        page.evaluate(AXE)
        if whole:
            found["axe"] += _axe(page, None)
        for scheme in ("light", "dark"):
            _switch(page, scheme)
            page.evaluate(PROBES)
        _switch(page, "light")
        page.evaluate(PLAIN)
        found["axe, light"] += _axe(page, COLOURS if whole else NAMES + COLOURS)
        _switch(page, "dark")
        page.evaluate(BARE)
        found["axe, dark"] += _axe(page, COLOURS)
        return [f"/{path}: {what}: {said}" for what in found for said in found[what]]

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found["console"].append(message.text)

    def _asked(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.site.url):
            self.found["stranger"].append(request.url)

    def _note(self, path: str) -> tuple[str, str] | None:
        language = "zh" if path.startswith("zh/") else "en"
        name = path.removeprefix("zh/").strip("/")
        return (name, language) if name in self.catalogue.notes else None

    def _of_a_note(self, page: Page, name: str, language: str) -> list[str]:
        """What a note must show, whatever it is about."""
        note = self.catalogue.notes[name]
        title = note.pages[language].matter.title
        seen = page.evaluate(
            """async () => {
            await document.fonts.ready
            const text = query => document.querySelector(query)?.innerText.trim() ?? ''
            const count = query => document.querySelectorAll(query).length
            const style = e => getComputedStyle(e)
            // Of letters seen; empty struts and closed answers ask for no font.
            const fonts = new Set(), loaded = new Set()
            for (const e of document.querySelectorAll('.katex-html *')) {
              const text = [...e.childNodes].some(n => n.nodeType === 3)
              if (text && e.checkVisibility())
                fonts.add(style(e).fontFamily.split(',')[0].trim())
            }
            for (const face of document.fonts)
              if (face.status === 'loaded') loaded.add(face.family)
            return {
              title: text('h1'), proof: text('.note-proof'),
              formulas: count('.katex-html'), figures: count('figure svg'),
              api: count('.doc-function, .doc-class'),
              buttons: count('button.copy'),
              level: [...document.querySelectorAll('.katex-sizing')].filter(e =>
                style(e).fontSize === style(e.parentElement).fontSize
              ).length,
              missing: [...fonts].filter(name => !loaded.has(name)).join(),
              article: text('article'), next: text('.md-footer__link--next'),
            }}"""
        )
        faults = []
        if title not in seen["title"]:
            faults.append(f"want the title {title!r}, got {seen['title']!r}")
        for part in ("proof", "formulas", "figures", "api", "buttons"):
            if not seen[part]:
                faults.append(f"want {part}, found none")
        if seen["level"]:
            said = f"want smaller parts of formulas, got {seen['level']} of full size"
            faults.append(said)
        if seen["missing"]:
            faults.append(f"want the fonts of formulas, got none of {seen['missing']}")
        for before, after in itertools.pairwise(self.catalogue.in_topic(note.topic)):
            wanted = after.pages[language].matter.title
            if before is note and wanted not in seen["next"]:
                faults.append(f"want {wanted!r} next, got {seen['next']!r}")
        if raw := RAW.search(seen["article"]):
            around = seen["article"][max(0, raw.start() - 20) : raw.end() + 20]
            faults.append(f"want all of it rendered, got {around!r}")
        return faults


def _switch(page: Page, scheme: str) -> None:
    """What the button for the scheme does, and what a system of that scheme says."""
    page.emulate_media(color_scheme=scheme)
    script = "name => document.documentElement.dataset.mdColorScheme = name"
    page.evaluate(script, SCHEMES[scheme])


def _axe(page: Page, rules: list[str] | None) -> list[str]:
    """What axe finds serious or critical."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules is not None:
        options["runOnly"] = rules
    result = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in result["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"][:3]
    ]


def whole_pages(paths: Iterable[str], root: Path = SITE) -> list[str]:
    """Pages for the whole of axe: of each template, and of every kind of element."""
    pages = {}
    for path in paths:
        file = root / path
        file = file if file.is_file() else file / "index.html"
        pages[path] = kinds(file.read_text(encoding="utf-8"))
    note = "cv/receptive-field/"
    always = [
        "",
        "404.html",
        "map/",
        "glossary/",
        "tags/",
        "contributing/",
        "cv/",
        note,
    ]
    always += ["zh/", "zh/404.html", f"zh/{note}"]
    return covering(pages, [path for path in always if path in pages])
