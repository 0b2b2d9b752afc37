"""Write the pages that MkDocs reads: each note with what surrounds it, and all lists.

From ``docs/`` and the catalogue to ``build/pages/<language>/``. A file is written only
when its text changes, so that a dirty build sees what is new.
"""

import itertools
import json
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pylatexenc.latex2text import LatexNodes2Text
from pymdownx.slugs import slugify

from notekit.cache import Cache, key
from notekit.files import hash_of_files, imports_shared, is_steps
from notekit.pages import code, exercises, parts
from notekit.pages.learning_map import draw, label
from notekit.pages.published import colab
from notekit.pages.reference import reference
from notekit.pages.steps import stepper
from notekit.pages.words import WORDS, count
from notekit.prove import verified
from notekit.read import drawn, glossary
from notekit.read.catalogue import TOPICS, Catalogue, Language, Note, Page
from notekit.read.oracles import oracles
from notekit.read.sections import section
from notekit.rules import typography
from notekit.rules.typography import columns, mask
from notekit.study import pyodide
from notekit.study.cards import file_name
from notekit.study.playground import runnable

TEMPLATES = Path(__file__).parent / "templates"
_slug = slugify(case="lower")
# A fence that holds nothing but a section of a snippet.
_EMBED = re.compile(
    r'^( *)```py title="[^"]+"\n *--8<-- "([^":]+):([\w-]+)"\n *```$', re.MULTILINE
)
_FIGURE = re.compile(r'^( *)--8<-- "(figures/[^"]+)"$', re.MULTILINE)
_REFERENCE = re.compile(r"(?:^::: \S+\n*)+", re.MULTILINE)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml is not everywhere
_TEX = LatexNodes2Text(math_mode="text")


def stage(catalogue: Catalogue, language: Language) -> Path:
    """Write all pages of one language; returns the folder, which holds nothing else."""
    folder = catalogue.root / "build/pages" / language
    pages = Stage(catalogue, language).pages()
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return folder


def navigation(catalogue: Catalogue, language: Language) -> list[Any]:
    """The ``nav`` of MkDocs: home, each topic that has notes, lists, contributing."""
    words = WORDS[language]
    nav: list[Any] = [{words["home"]: "index.md"}]
    for topic in used_topics(catalogue):
        title = catalogue.topics[topic][language].matter.title
        entries: list[Any] = [{title: f"{topic}/index.md"}]
        for note in catalogue.in_topic(topic):
            entries.append({note.pages[language].matter.title: f"{note.name}.md"})
        nav.append({title: entries})
    lists = [
        {words[name]: f"{name}.md"} for name in ("map", "glossary", "tags", "offline")
    ]
    nav.append({words["lists"]: lists})
    if (catalogue.root / "docs" / language / "contributing.md").exists():
        nav.append({words["contributing"]: "contributing.md"})
    return nav


def used_topics(catalogue: Catalogue) -> list[str]:
    """Topics that have notes, in the order of the tabs."""
    used = {note.topic for note in catalogue.notes.values()}
    return [topic for topic in TOPICS if topic in used and topic in catalogue.topics]


def tag_id(tag: str) -> str:
    """Anchor of a tag on the tags page."""
    named = tag.replace("+", "plus").replace("#", "sharp")  # C, C++ and C# differ
    return f"tag-{_slug(named, '-')}"


def opening_lines(body: str, width: int = 280) -> str:
    """The first paragraph as plain text, formulas included, cut at a word.

    Args:
        body: the Markdown of a page.
        width: columns at most; a Chinese character takes two.
    """
    # As a rule it stands before the first section; parsing the rest takes long.
    text = _first_paragraph(body.partition("\n## ")[0]) or _first_paragraph(body)
    used = 0
    for place, letter in enumerate(text):
        used += columns(letter)
        if used > width:
            cut = re.sub(r"[\s,，;；、(（][\w.-]*$", "", text[:place])
            return cut.rstrip(" ,，;；、") + " …"
    return text


def _first_paragraph(body: str) -> str:
    parser = MarkdownIt("commonmark").use(dollarmath_plugin, allow_space=False)
    for before, token in itertools.pairwise(parser.parse(body)):
        if before.type == "paragraph_open" and token.children:
            return "".join(map(_plain, token.children)).strip()
    return ""


def _plain(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "math_inline":
        return re.sub(r"\s+", " ", _TEX.latex_to_text(token.content)).strip()
    return token.content


class Stage:
    """All pages of one language as text."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self.catalogue = catalogue
        self.language = language
        self.words = WORDS[language]
        self.other: Language = "zh" if language == "en" else "en"
        self.verifications = verified.load(catalogue.root)
        self.glossary = catalogue.glossary
        self.has_numpy = pyodide.numpy(catalogue.root) is not None
        loader = jinja2.FileSystemLoader(TEMPLATES)
        self.templates = jinja2.Environment(
            loader=loader,
            autoescape=False,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals |= {
            "words": self.words,
            "tag_id": tag_id,
            "count": lambda n: count(language, n),
            "label": label,
        }
        self.templates.filters["opening"] = opening_lines

    def pages(self) -> dict[str, str]:
        """Path below the language's folder, and text, of every page."""
        catalogue, language = self.catalogue, self.language
        pages = {
            "index.md": self.home(),
            "map.md": self.map(),
            "glossary.md": self.terms(),
            "tags.md": self.tags(),
            "offline.md": self.offline(),
        }
        for topic in used_topics(catalogue):
            pages[f"{topic}/index.md"] = self.topic(topic)
        for note in catalogue.notes.values():
            pages[f"{note.name}.md"] = self.note(note)
        contributing = catalogue.root / "docs" / language / "contributing.md"
        if contributing.exists():
            pages["contributing.md"] = contributing.read_text(encoding="utf-8")
        return pages

    def note(self, note: Note) -> str:
        page = note.pages[self.language]
        body, runs = self.running(note)
        title, rest = _split_title(page, body)
        matter = page.matter
        meta = {
            "title": matter.title,
            "description": matter.summary,
            "created": matter.created,
            "updated": matter.updated,
            "tags": list(matter.tags),
            "aliases": list(matter.aliases),
            "words": self.search_words(note),
            "mentions": self.mentions(note),
            "note": note.name,
            "runs": runs,
            "topic": note.topic,
            "steps": any(is_steps(match[2]) for match in _FIGURE.finditer(rest)),
            "topic_title": self.catalogue.topics[note.topic][
                self.language
            ].matter.title,
        }
        return self._render(
            "note.md",
            meta,
            note=note,
            page=page,
            heading=title,
            topic_title=meta["topic_title"],
            body=self.with_parts(note, rest),
            requires=[self.catalogue.notes[n] for n in matter.requires],
            leads_to=self.catalogue.required_by(note),
            related=self.catalogue.related(note),
            proof=self.proof(note),
            record=self.record(note),
            stale=self.words["stale"] if note.stale else "",
            run=self.run_line(note),
            colab=colab(self.catalogue.root, self.language, note.name),
        )

    def running(self, note: Note) -> tuple[str, bool]:
        """The body, its blocks that run in the page marked, and whether it has any."""
        page, numpy = note.pages[self.language], self.has_numpy
        lines = page.body.split("\n")
        blocks = runnable(note, self.catalogue.root, self.language, numpy)
        for block in blocks:
            place = block.fence.line - page.body_line
            mark = code.RUNS if block.fence.expected is None else code.RUNS_AND_PRINTS
            lines[place] = lines[place].rstrip().removesuffix("python") + mark
        return "\n".join(lines), bool(blocks)

    def with_parts(self, note: Note, body: str) -> str:
        """The body with what it takes from elsewhere: code, figures, the reference."""
        root = self.catalogue.root
        body = exercises.with_exercises(body, note.name, self.language, root)
        body = _EMBED.sub(lambda match: self._code(match), body)
        body = _FIGURE.sub(lambda match: self._figure(match), body)
        return _REFERENCE.sub(lambda match: self._reference(note, match[0]), body)

    def _code(self, match: re.Match[str]) -> str:
        indent, name, place = match[1], match[2], match[3]
        text = section(self.catalogue.root / name, place)
        html = code.embedded(text, name, self.words["docstring"])
        return indent + parts.keep(html, self.catalogue.root)

    def _figure(self, match: re.Match[str]) -> str:
        path = self.catalogue.root / match[2]
        if is_steps(path):
            return match[1] + parts.keep(
                stepper(path, self.language), self.catalogue.root
            )
        svg = path.read_text(encoding="utf-8")
        return match[1] + parts.keep(drawn.bare(svg).strip(), self.catalogue.root)

    def _reference(self, note: Note, lines: str) -> str:
        """The references of a page, folded, with a sentence before them in Chinese."""
        root = self.catalogue.root
        modules = re.findall(r"^::: (\S+)", lines, re.MULTILINE)
        inner = "".join(reference(dotted, note.name, root) for dotted in modules)
        names = inner.count('<h3 id="')
        summary = self.words["reference"].format(names)
        intro = self.words["reference_language"]
        html = f'<details class="reference"><summary>{summary}</summary>'
        html += f"<p>{intro}</p>" if intro else ""
        html += f'<div lang="en">{inner}</div></details>'
        return parts.keep(html, root) + "\n"

    def run_line(self, note: Note) -> str:
        """Sentence on how to run, test and copy the note's code."""
        root, words = self.catalogue.root, self.words
        place = f"snippets/{note.module}"
        modules = note.snippets(root)
        if not (root / place).is_dir():
            files = words["run_file"].format(f"{place}.py")
        elif found := imports_shared(modules):
            shared = f"snippets/{note.topic}/{found}/"
            files = words["run_shared"].format(f"{place}/", shared)
        else:
            files = words["run_package"].format(f"{place}/")
        module = place.replace("/", ".")
        return words["run"].format(module=module, tests=note.name, files=files)

    def search_words(self, note: Note) -> list[str]:
        """Names, in both languages, of the terms that a note explains."""
        matter = note.pages[self.language].matter
        known = {word.casefold() for word in (*matter.aliases, *matter.tags)}
        words: dict[str, str] = {}
        for term in self.glossary.explained_in(note.name):
            for name in (*term.names("en"), *term.names("zh")):
                if name.casefold() not in known:
                    words.setdefault(name.casefold(), name)
        return list(words.values())

    def mentions(self, note: Note) -> list[str]:
        """Names, in the other language, of the terms that a page uses."""
        body = note.pages[self.language].body
        text = Cache(self.catalogue.root, "mentions").made(
            key(self.terms_hash, self.language, note.name, body),
            lambda: json.dumps(self._mentioned(note, body), ensure_ascii=False),
        )
        names: list[str] = json.loads(text)
        return names

    def _mentioned(self, note: Note, body: str) -> list[str]:
        found = {}
        for _, term in self.glossary.find(mask(body), self.language, note.topic):
            if term.note_name != note.name:
                found[term.id] = term.name(self.other)
        return sorted(found.values())

    @cached_property
    def terms_hash(self) -> str:
        """Fingerprint of the glossary, and of how it is searched."""
        own = [Path(__file__), Path(glossary.__file__), Path(typography.__file__)]
        there = [path for path in [self.glossary.path] if path.is_file()]
        return hash_of_files([*own, *there])

    def proof(self, note: Note) -> tuple[str, str]:
        """Kind (ok, none, failed) and sentence of the note's verification."""
        words, found = self.words, self.verifications.get(note.name)
        current = found is not None and found.code == note.code_hash(
            self.catalogue.root
        )
        if found is None or not current or found.lacks:
            return "none", words["unverified"].format(note=note.name)
        if found.failed:
            return "failed", words["failed"].format(found.failed)
        sentence = words["verified"].format(
            date=found.date,
            tests=found.tests,
            examples=found.examples,
            seconds=f"{found.seconds:.1f}",
            versions=self._versions(found.versions),
            commit=words["commit"].format(found.commit[:7]) if found.commit else "",
        )
        gap = " " if self.language == "en" else ""
        against = oracles(self.catalogue.root, note.name)
        if against and against.kinds:
            named = (
                against.sentence if self.language == "en" else "、".join(against.kinds)
            )
            sentence += gap + words["against"].format(named)
        if found.skipped:
            sentence += gap + words["skipped"].format(found.skipped)
        return "ok", sentence

    def record(self, note: Note) -> str:
        """Sentence on the note's GPU record, or nothing."""
        found = verified.load_record(self.catalogue.root, note)
        if found is None:
            return ""
        if found.code != note.snippet_hash(self.catalogue.root):
            return self.words["record_old"]
        figures = (
            [self.words["record_tests"].format(found.tests)] if found.tests else []
        )
        figures += [line[self.language] for line in found.summary]
        return self.words["record"].format(
            device=found.device,
            date=found.date,
            versions=self._versions(found.versions),
            figures=self.words["sep"].join(figures),
        )

    def home(self) -> str:
        path = self._written("index.md")
        notes = self.catalogue.newest()
        return self._render_list("home.md", path, topics=self._topics(), notes=notes)

    def map(self) -> str:
        drawing = draw(self.catalogue, self.language)
        path = self._written("map.md")
        progress = exercises.progress(self.language, self.catalogue.root)
        return self._render_list(
            "map.md", path, map=drawing, topics=self._topics(), progress=progress
        )

    def terms(self) -> str:
        terms = self.glossary.ordered(self.language)
        path = self._written("glossary.md")
        return self._render_list("glossary.md", path, terms=terms, other=self.other)

    def _written(self, name: str) -> Path:
        return self.catalogue.root / "docs" / self.language / name

    def _topics(self) -> list[tuple[str, Page, list[Note]]]:
        return [
            (t, self.catalogue.topics[t][self.language], self.catalogue.in_topic(t))
            for t in used_topics(self.catalogue)
        ]

    def topic(self, topic: str) -> str:
        path = self._written(f"{topic}/index.md")
        notes = self.catalogue.in_topic(topic)
        deck = file_name(topic, self.language)
        return self._render_list("topic.md", path, topic=topic, notes=notes, deck=deck)

    def tags(self) -> str:
        path = self._written("tags.md")
        tagged: dict[str, list[Note]] = defaultdict(list)
        spelling: dict[str, str] = {}
        for note in self.catalogue.notes.values():
            for tag in note.pages[self.language].matter.tags:
                spelling.setdefault(tag.casefold(), tag)
                tagged[spelling[tag.casefold()]].append(note)
        order = sorted(tagged, key=str.casefold)
        return self._render_list("tags.md", path, tags=[(t, tagged[t]) for t in order])

    def offline(self) -> str:
        """The page about keeping the site; what can be pressed is the theme's."""
        return self._render_list("offline.md", self._written("offline.md"))

    def _render_list(self, template: str, path: Path, **values: Any) -> str:
        """A page whose text is written by hand and whose list is not."""
        text = path.read_text(encoding="utf-8")
        _, front, body = text.split("---\n", 2)
        matter = yaml.safe_load(front)
        meta = {"title": matter["title"], "description": matter["summary"]}
        # A table of contents would say what the page says; only a topic has neighbours.
        meta["hide"] = ["toc"] if template == "topic.md" else ["navigation", "toc"]
        meta |= {"offline": True} if template == "offline.md" else {}
        values |= {"language": self.language, "catalogue": self.catalogue}
        return self._render(template, meta, body=body.strip("\n"), **values)

    def _render(self, template: str, meta: dict[str, Any], **values: Any) -> str:
        front = yaml.dump(
            meta, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=10**6
        )
        values |= {"language": self.language, "title": meta["title"]}
        page = self.templates.get_template(template).render(**values)
        return f"---\n{front}---\n{page}\n"

    def _versions(self, versions: dict[str, str]) -> str:
        names = {"python": "Python"}
        pairs = [f"{names.get(k, k)} {v}" for k, v in versions.items()]
        return self.words["sep"].join(pairs)


def _split_title(page: Page, body: str) -> tuple[str, str]:
    """The `# Title` line and all after it."""
    match = re.match(r"\s*# (.+)\n", body)
    if not match:
        return page.matter.title, body
    return match[1], body[match.end() :]
