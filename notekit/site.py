"""Build both sites, finish them, and put them in place only when all of it succeeded."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import rcssmin
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from notekit.catalogue import LANGUAGES, Catalogue, Language
from notekit.katex import node_command
from notekit.links import link_problems
from notekit.staging import stage, used_topics

CONFIGS: dict[Language, str] = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}
FOLDERS: dict[Language, str] = {"en": "", "zh": "zh"}


class BuildError(Exception):
    """A step of the build failed; the message says which and why."""


def build(catalogue: Catalogue, say: Callable[[str], None] = print) -> Path:
    """Build into ``build/site`` and swap it with ``site/`` at the very end.

    Whatever fails or is interrupted before leaves the last good ``site/`` untouched.

    Raises:
        BuildError: if MkDocs, Pagefind or a check of the result fails.
    """
    root = catalogue.root
    target = root / "build/site"
    recover(root / "site")
    clock = _Clock(say)
    if target.exists():
        shutil.rmtree(target)
    build_pages(catalogue, target)
    clock.lap("pages")
    finish(catalogue, target)
    clock.lap("styles, fonts, lists")
    if problems := link_problems(target):
        raise BuildError("\n".join(map(str, problems)))
    clock.lap("links")
    index_search(catalogue, target)
    clock.lap("search")
    swap(target, root / "site")
    return root / "site"


def build_pages(catalogue: Catalogue, target: Path) -> None:
    """Run MkDocs for both languages at once, each into its part of ``target``."""
    root = catalogue.root
    for language in LANGUAGES:
        stage(catalogue, language)
    parts = {
        language: target.with_name(f"{target.name}-{language}")
        for language in LANGUAGES
    }
    with ThreadPoolExecutor() as pool:
        done = pool.map(lambda lang: _mkdocs(root, lang, parts[lang]), LANGUAGES)
        failures = [message for message in done if message]
    if failures:
        for part in parts.values():
            shutil.rmtree(part, ignore_errors=True)
        raise BuildError("\n".join(failures))
    parts["en"].replace(target)
    parts["zh"].replace(target / FOLDERS["zh"])


def _mkdocs(root: Path, language: Language, part: Path) -> str:
    """Build one language strictly; returns what went wrong, or nothing."""
    shutil.rmtree(part, ignore_errors=True)
    # Never --quiet: it hides warnings from --strict, which then lets them pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    command += ["-f", CONFIGS[language], "-d", str(part)]
    run = subprocess.run(
        command,
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode == 0:
        return ""
    # Pages are staged: name the file that a person edits.
    output = (run.stdout + run.stderr).replace("build/pages/", "docs/")
    output = output.replace("Doc file '", f"Doc file 'docs/{language}/")
    output = re.sub(r"^INFO .*\n", "", output, flags=re.MULTILINE)
    return f"MkDocs, {CONFIGS[language]}:\n{output.strip()}"


def finish(catalogue: Catalogue, target: Path, trim: bool = True) -> None:
    """All that is derived from the finished pages.

    Args:
        catalogue: the notes.
        target: the pages as MkDocs wrote them, both languages.
        trim: cut styles and fonts to what the pages use. A preview, whose pages change
            while it is shown, keeps them whole.
    """
    root = catalogue.root
    write_katex(root, target, trim)
    bundle_styles(root, target, trim)
    merge_sitemaps(target)
    write_robots(target)
    write_llms(catalogue, target)
    # What no page uses: search of Material, source maps, copies of shared files.
    for path in [*target.rglob("*.map"), *target.rglob("sitemap.xml.gz")]:
        path.unlink()
    for folder in ("assets/javascripts/lunr", "assets/javascripts/workers"):
        shutil.rmtree(target / folder, ignore_errors=True)
        shutil.rmtree(target / "zh" / folder, ignore_errors=True)


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


LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">\s*')


def bundle_styles(root: Path, target: Path, trim: bool) -> None:
    """One style sheet for the whole site, holding only rules that some page can use."""
    sheets = [
        next((target / "assets/stylesheets").glob("main.*.css")),
        next((target / "assets/stylesheets").glob("palette.*.css")),
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
    for sheet in sheets[2:]:
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
    script = Path(__file__).with_name("purge.mjs")
    run = subprocess.run(
        [node_command(), str(script), str(sheet), str(target)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise BuildError(f"PurgeCSS: {run.stderr.strip()[-800:]}")
    return run.stdout


def merge_sitemaps(target: Path) -> None:
    """One sitemap with the pages of both languages, each naming its twin."""
    places: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        sitemap = (target / FOLDERS[language] / "sitemap.xml").read_text(
            encoding="utf-8"
        )
        places[language] = re.findall(r"<loc>([^<]+)</loc>", sitemap)
    entries = []
    for en, zh in zip(places["en"], places["zh"], strict=True):
        twins = f'<xhtml:link rel="alternate" hreflang="en" href="{en}"/>'
        twins += f'<xhtml:link rel="alternate" hreflang="zh" href="{zh}"/>'
        entries += [f"<url><loc>{place}</loc>{twins}</url>" for place in (en, zh)]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    head += '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    head += ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    text = head + "\n".join(entries) + "\n</urlset>\n"
    (target / "sitemap.xml").write_text(text, encoding="utf-8")
    (target / "zh/sitemap.xml").unlink()


def write_robots(target: Path) -> None:
    """Everybody is welcome; the sitemap's address is that of its own first page."""
    first = re.search(r"<loc>([^<]+)</loc>", (target / "sitemap.xml").read_text())
    home = first[1] if first else "/"
    text = f"User-agent: *\nAllow: /\n\nSitemap: {home}sitemap.xml\n"
    (target / "robots.txt").write_text(text, encoding="utf-8")


def write_llms(catalogue: Catalogue, target: Path) -> None:
    """``llms.txt``: all notes with their summaries, for programs that read the site."""
    home = re.search(r"<loc>([^<]+)</loc>", (target / "sitemap.xml").read_text())
    base = home[1] if home else "/"
    lines = ["# Gradnotes", ""]
    lines += [
        "> Study notes on machine learning and algorithms, in English and Chinese;"
    ]
    lines += ["> every code block, figure, formula and number was run and checked.", ""]
    for topic in used_topics(catalogue):
        lines += [f"## {catalogue.topics[topic]['en'].matter.title}", ""]
        for note in catalogue.in_topic(topic):
            en, zh = note.pages["en"].matter, note.pages["zh"].matter
            lines.append(f"- [{en.title}]({base}{note.name}/): {en.summary}")
            lines.append(f"- [{zh.title}]({base}zh/{note.name}/): {zh.summary}")
        lines.append("")
    (target / "llms.txt").write_text("\n".join(lines), encoding="utf-8")


def index_search(catalogue: Catalogue, target: Path) -> None:
    """Run Pagefind over the finished pages, both languages in one index folder."""
    root = catalogue.root
    binary = (
        root / "node_modules/.bin" / ("pagefind.cmd" if os.name == "nt" else "pagefind")
    )
    if not binary.exists():
        raise BuildError(
            "want Pagefind in node_modules/; run `npm install --no-save` (nox does)"
        )
    command = [str(binary), "--site", str(target), "--quiet"]
    command += [
        "--exclude-selectors",
        # Of code only the names that the API lists: a reader searches notes, and what is
        # not indexed need not be fetched.
        ".katex, .headerlink, .highlight, svg, .note-head, "
        ".doc-contents > p, .doc-contents > ul, .doc-contents > details",
    ]
    environment = os.environ.copy()
    environment["PATH"] = (
        f"{Path(node_command()).parent}{os.pathsep}{environment['PATH']}"
    )
    run = subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise BuildError(f"Pagefind: {(run.stdout + run.stderr).strip()[-800:]}")
    folder = target / "pagefind"
    keep = {"pagefind.js", "pagefind-worker.js", "pagefind-entry.json"}
    for path in folder.iterdir():
        # The ready-made interfaces are not used; ours is theme/assets/notes.js.
        if path.is_file() and path.suffix in {".js", ".css"} and path.name not in keep:
            path.unlink()
    entry = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))
    pages = {
        lang: entry["languages"][lang]["page_count"] for lang in entry["languages"]
    }
    if set(pages) != set(LANGUAGES):
        raise BuildError(f"Pagefind: want pages in en and zh; got {pages}")
    write_names(catalogue, folder)


def write_names(catalogue: Catalogue, folder: Path) -> None:
    """What each note is called, by Pagefind's number for it, for the search to rank by.

    Pagefind scores words. That a query *is* the name of a note, which in Chinese may be
    several of its words, only the names themselves can tell.
    """
    names: dict[Language, dict[str, list[str]]] = {"en": {}, "zh": {}}
    for path in sorted((folder / "fragment").iterdir()):
        data = gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")
        url = json.loads(data)["url"].strip("/")
        language: Language = "zh" if url.startswith("zh/") else "en"
        note = catalogue.notes[url.removeprefix("zh/")]
        matter = note.pages[language].matter
        terms = catalogue.glossary.explained_in(note.name)
        words = [
            name for term in terms for lang in LANGUAGES for name in term.names(lang)
        ]
        words = [word.lower() for word in (matter.title, *matter.aliases, *words)]
        names[language][path.stem] = list(dict.fromkeys(words))
    for language, found in names.items():
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        (folder / f"names.{language}.json").write_text(text, encoding="utf-8")


def swap(new: Path, place: Path) -> None:
    """Put ``new`` in ``place`` by renaming; the old one goes last."""
    old = place.with_name(place.name + ".old")
    if old.exists():
        shutil.rmtree(old)
    try:
        if place.exists():
            place.replace(old)
        new.replace(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(place: Path) -> None:
    """Undo a swap that was killed between its two renamings."""
    old = place.with_name(place.name + ".old")
    if old.exists() and not place.exists():
        old.replace(place)


class _Clock:
    """Says what each step took."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say, self.start = say, time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.say(f"  {name}: {now - self.start:.1f} s")
        self.start = now
