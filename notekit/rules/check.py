"""All rules on notes, all problems in one run, without torch and without a build."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from notekit.files import SHARED, STEPS, is_steps
from notekit.katex import Formula, render
from notekit.problem import Problem
from notekit.read import drawn, fences
from notekit.read.catalogue import LANGUAGES, Catalogue, Note, Page
from notekit.read.document import Document
from notekit.read.exercises import sheet as read_exercises
from notekit.read.oracles import WANTED, oracles
from notekit.rules import (
    content,
    docstrings,
    equivalents,
    exercises,
    formulas,
    proof,
    queries,
    snippets,
    steps,
    structure,
    topics,
    twins,
    typography,
    unwritten,
)

FIGURE_LIMIT = 60_000  # bytes of one SVG, which stands in the page itself
OFTEN = 3  # uses of a term on the English page, from which the Chinese must have it
LABEL = 2  # words of a figure's label, at least
_LABEL = re.compile(r'aria-label="([^"]*)"')
_RELATIVE = re.compile(r"^(?!https?:|mailto:|/|#)")


def check(
    catalogue: Catalogue, names: Iterable[str] | None = None, whole: bool = True
) -> list[Problem]:
    """Problems of the notes named, or of everything there is.

    Args:
        catalogue: the notes; its own problems are part of the result.
        names: notes to look at; None also looks at the pages that are no notes.
        whole: all rules; otherwise those without which a page is wrong, unsafe or
            cannot be built, and neither style, nor twins, nor tests.
    """
    return Checker(catalogue, whole).run(names)


def stale(catalogue: Catalogue, names: Iterable[str] | None = None) -> list[Problem]:
    """Chinese pages whose English twin changed since."""
    wanted = set(catalogue.notes if names is None else names)
    found = []
    for note in catalogue.notes.values():
        if note.name in wanted and note.stale and note.pages["zh"].matter.renders:
            page = note.pages["zh"]
            message = (
                f"want the text brought up to the English page, then `nox -s twin -- "
                f"{note.name}`; it renders {page.matter.renders}, "
                f"the English body is {note.pages['en'].body_hash}"
            )
            found.append(Problem(page.path, page.line_of("renders"), message))
    return found


class Checker:
    """One run: documents are parsed once, formulas rendered in one batch."""

    def __init__(self, catalogue: Catalogue, whole: bool) -> None:
        self.catalogue = catalogue
        self.root = catalogue.root
        self.whole = whole
        self.documents: dict[Path, Document] = {}
        self.formulas: list[tuple[Path, int, Formula]] = []  # of exercises

    def run(self, names: Iterable[str] | None) -> list[Problem]:
        names = None if names is None else list(names)
        problems = list(self.catalogue.problems)
        notes = self.catalogue.notes
        wanted = [notes[n] for n in (notes if names is None else names) if n in notes]
        # In one language so far: what is there must be right, and is all that is asked.
        halves = self.catalogue.halves
        drafts = [
            halves[n] for n in (halves if names is None else names) if n in halves
        ]
        pages = [page.path for note in wanted for page in note.pages.values()]
        if names is not None:
            pages += [page.path for note in drafts for page in note.pages.values()]
        else:
            pages += self._other_pages()
        for path in pages:
            problems += self._page(path)
        for note in wanted:
            problems += self._note(note)
        for note in drafts if self.whole else ():
            if "en" in note.pages:
                problems += self._note(note)
            else:
                problems += self._structure(note, note.pages["zh"])
        if names is None:
            problems += content.stray_files(self.root)
        problems += self._formulas(pages)
        if self.whole:
            for note in wanted:
                own = (self._document(note.pages[x].path) for x in LANGUAGES)
                problems += twins.problems(note, *own)
                problems += self._translated(note)
            if names is None:
                problems += self._sections()
                problems += self._headwords()
                problems += snippets.orphans(self.catalogue)
                problems += exercises.orphans(self.catalogue)
            problems += queries.problems(self.catalogue, names)
            problems += topics.problems(self.catalogue, self._document, names)
        return sorted(set(problems))

    def _other_pages(self) -> list[Path]:
        """Pages that are no notes, and the repository's own Markdown."""
        known = {
            p.path
            for note in self.catalogue.notes.values()
            for p in note.pages.values()
        }
        pages = [
            p for p in sorted((self.root / "docs").rglob("*.md")) if p not in known
        ]
        top = (self.root / name for name in ("README.md", "CONTRIBUTING.md"))
        return pages + [path for path in top if path.exists()]

    def _document(self, path: Path) -> Document:
        if path not in self.documents:
            # A page that is no UTF-8 is a problem of the catalogue already.
            text = path.read_text(encoding="utf-8", errors="replace")
            self.documents[path] = Document(path, text)
        return self.documents[path]

    def _sections(self) -> Iterator[Problem]:
        """Sections that the glossary sends its readers to."""
        glossary = self.catalogue.glossary
        for term, line in glossary.entries():
            note = self.catalogue.notes.get(term.note_name)
            if (
                note
                and term.section
                and not self._has(note.pages["en"].path, term.section)
            ):
                message = f"want a heading of {note.name}; got '#{term.section}'"
                yield Problem(glossary.path, line, message)

    def _headwords(self) -> Iterator[Problem]:
        """Where a term is shown, not explained: by the word that heads its entry."""
        glossary = self.catalogue.glossary
        for topic, pages in self.catalogue.topics.items():
            page = pages["zh"]
            for number, line in enumerate(page.body.split("\n"), page.body_line):
                text = typography.mask(line)
                yield from self._by_headword(page.path, number, text, topic)
            summary = page.matter.summary
            place = page.line_of("summary")
            yield from self._by_headword(page.path, place, summary, topic)
        for note in self.catalogue.notes.values():
            page = note.pages["zh"]
            title = page.matter.title
            yield from self._by_headword(
                page.path, page.line_of("title"), title, note.topic
            )
            for number, line in enumerate(page.body.split("\n"), page.body_line):
                for label in re.findall(r'aria-label="([^"]*)"', line):
                    yield from self._by_headword(page.path, number, label, note.topic)
        for term, number in glossary.entries():
            topic = term.note_name.partition("/")[0]
            yield from self._by_headword(glossary.path, number, term.says.zh, topic)

    def _by_headword(
        self, path: Path, line: int, text: str, topic: str
    ) -> Iterator[Problem]:
        for match, term in self.catalogue.glossary.find(text, "zh", topic):
            if match[0] in term.also.zh and match[0] not in term.zh:
                message = f"want {term.zh}, which heads the entry of {term.en!r}"
                yield Problem(path, line, f"{message}; got {match[0]}")

    # Rules of any page

    def _page(self, path: Path) -> Iterator[Problem]:
        document = self._document(path)
        yield from fences.problems(path, document.text)
        yield from content.problems(document)
        yield from structure.of_page(document)
        for line, message in formulas.problems(document.text):
            yield Problem(path, line, message)
        yield from self._images(document)
        yield from self._links(document)
        if self.whole and path.is_relative_to(self.root / "docs/zh"):
            yield from self._chinese(document)
            yield from self._avoided(document)

    def _images(self, document: Document) -> Iterator[Problem]:
        for link in document.links:
            if link.image and not link.text.strip():
                message = f"want alternative text for {link.url}; got none"
                yield Problem(document.path, link.line, message)
        lines = document.text.split("\n")
        for number, line in enumerate(lines, 1):
            tag = re.search(r'<(div|figure)\b[^>]*role="(?:img|group)"[^>]*>', line)
            if tag and not re.search(r'aria-label="[^"]*\S[^"]*"', tag[0]):
                message = f"want an aria-label that says what is seen; got {tag[0]}"
                yield Problem(document.path, number, message)
            elif (
                tag
                and line.lstrip().startswith("<")
                and (said := _LABEL.search(tag[0]))
                and not _telling(said[1])
            ):
                message = (
                    f"want an aria-label of {LABEL} words, or Chinese letters, at least"
                )
                yield Problem(document.path, number, f"{message}; got {said[1]!r}")
            if re.match(r'\s*--8<-- "figures/', line):
                before = next(
                    (x for x in reversed(lines[: number - 1]) if x.strip()), ""
                )
                role = "group" if is_steps(line.split('"')[1]) else "img"
                if f'role="{role}"' not in before:
                    what = "frames" if role == "group" else "a figure"
                    message = f'want <div role="{role}" aria-label="…"> above {what}'
                    yield Problem(
                        document.path, number, f"{message}; got {before.strip()!r}"
                    )

    def _links(self, document: Document) -> Iterator[Problem]:
        path = document.path
        docs = self.root / "docs"
        for link in document.links:
            url, _, anchor = link.url.partition("#")
            if not _RELATIVE.match(link.url) and not link.url.startswith("#"):
                if link.url.startswith("/"):
                    message = f"want relative links; got {link.url}"
                    yield Problem(path, link.line, message)
                continue
            target = (path.parent / unquote(url)).resolve() if url else path
            if not target.exists():
                yield Problem(
                    path, link.line, f"want links to files that exist; got {link.url}"
                )
            elif path.is_relative_to(docs) and not target.is_relative_to(
                docs / path.relative_to(docs).parts[0]
            ):
                message = f"want links within the pages of one language; got {link.url}"
                yield Problem(path, link.line, message)
            elif (
                anchor
                and target.suffix == ".md"
                and not self._has(target, unquote(anchor))
            ):
                message = f"want links to headings that exist; got {link.url}"
                yield Problem(path, link.line, message)

    def _has(self, target: Path, anchor: str) -> bool:
        """Whether a page has this anchor: a fixed id, a tag, or a name of its API."""
        if target.name == "tags.md" or anchor.startswith("snippets."):
            return True  # generated; the build checks the finished page
        document = self._document(target)
        if any(heading.id == anchor for heading in document.headings):
            return True
        slugs = {
            re.sub(r"[^\w\- ]", "", h.text.lower()).replace(" ", "-")
            for h in document.headings
        }
        return anchor in slugs and not target.is_relative_to(self.root / "docs")

    def _chinese(self, document: Document) -> Iterator[Problem]:
        for line, message in typography.problems(document.text):
            yield Problem(document.path, line, message)
        for line, child in document.inlines:
            if child.type == "text" and "**" in child.content:
                message = "want a space after bold that ends in punctuation, or its stars show"
                yield Problem(
                    document.path, line, f"{message}; got {child.content[-24:]!r}"
                )
        references = next(
            (h.line for h in document.headings if h.id == "references"), 10**9
        )
        for line, before, after in document.broken_lines:
            words = before.strip() and after.strip()
            if line < references and words and not after.startswith("{"):
                message = "want one paragraph per line: a line break shows as a space"
                yield Problem(
                    document.path, line, f"{message}; got one after {before[-12:]!r}"
                )

    def _avoided(self, document: Document) -> Iterator[Problem]:
        """Chinese words for which the glossary has another."""
        text = typography.mask(document.text)
        terms = self.catalogue.glossary.terms
        avoided = [(t, word) for t in terms for word in t.avoid if word in text]
        for number, line in enumerate(text.split("\n") if avoided else (), 1):
            for term, word in avoided:
                if word in line:
                    message = f"want the glossary's word for {term.en!r}, {term.zh}; got {word}"
                    yield Problem(document.path, number, message)

    def _translated(self, note: Note) -> Iterator[Problem]:
        """Terms that the English page uses often and the Chinese page never names."""
        glossary = self.catalogue.glossary
        en, zh = (typography.mask(note.pages[x].body) for x in LANGUAGES)
        used = Counter(term for _, term in glossary.find(en, "en", note.topic))
        named = {term for _, term in glossary.find(zh, "zh", note.topic)}
        named |= {term for _, term in glossary.find(zh, "en", note.topic)}
        for term, number in used.items():
            if number >= OFTEN and term not in named:
                page = note.pages["zh"]
                message = f"want {term.zh} for {term.en!r}, which the English page uses {number} times; found it nowhere"
                yield Problem(page.path, page.body_line, message)

    def _formulas(self, pages: list[Path]) -> Iterator[Problem]:
        places = [*self.formulas]
        for path in pages:
            if path.is_relative_to(self.root / "docs"):
                places += [(path, n, f) for n, f in self._document(path).formulas]
        rendered = render((formula for _, _, formula in places), self.root)
        for path, line, formula in places:
            result = rendered[formula]
            if result.error:
                offset = formula.tex.count("\n", 0, result.position)
                message = (
                    f"want TeX that KaTeX reads; {result.error} in {formula.tex!r}"
                )
                yield Problem(path, line + offset, message)

    # Rules of a note

    def _note(self, note: Note) -> Iterator[Problem]:
        english = note.pages["en"].path
        module = note.module
        topic, stem = module.split("/")
        drawn_at_all = not note.pages["en"].matter.figure
        figure = [f"figures/{module}.py"] if drawn_at_all else []
        stepped = any(map(is_steps, note.figures(self.root)))
        frames = [f"tests/{topic}/test_{stem}{STEPS}.py"] if stepped else []
        for kind, places in (
            ("snippet", [f"snippets/{module}.py", f"snippets/{module}/__init__.py"]),
            ("test module", [f"tests/{topic}/test_{stem}.py"]),
            ("example calls", [f"tests/{topic}/test_{stem}_inputs.py"]),
            *([("figure module", figure)] if figure else []),
            *([("test of what its frames say", frames)] if frames else []),
        ):
            there = [place for place in places if (self.root / place).is_file()]
            if len(there) != 1:
                message = f"want its {kind}, {' or '.join(places)}"
                got = " and ".join(there) or "none"
                yield Problem(english, 1, f"{message}; found {got}")
        against = oracles(self.root, note.name) if self.whole else None
        if against and not against.is_plain:
            message = "want plain words of an oracle, which the page shows"
            yield Problem(against.path, 1, f"{message}; got {against.sentence!r}")
        elif against and not against.kinds:
            got = repr(against.sentence) if against.sentence else "no such sentence"
            yield Problem(against.path, 1, f"{WANTED}; got {got}")
        if self.whole:
            yield from proof.problems(note, self.root)
            yield from equivalents.problems(note, self.root)
            yield from unwritten.problems(note, self.root)
            yield from docstrings.errors(note.snippets(self.root))
            yield from snippets.unused(note, self.root)
        place = self.root / f"snippets/{module}"
        for path in note.snippets(self.root):
            inside = path.is_relative_to(place)
            shared = path.parent.name in SHARED
            home = place if inside else path.parent if shared else path
            yield from snippets.problems(path, home, self.whole)
            yield from content.code_problems(path)
        yield from self._exercises(note)
        yield from content.clashes(note.figures(self.root))
        for path in note.figures(self.root):
            yield from content.figure_problems(path)
            if self.whole and drawn.stale(path, self.root, note.name):
                message = (
                    "want the figure as its code draws it now; "
                    f"`nox -s figures -- {note.name}` draws it"
                )
                yield Problem(path, 1, message)
            if is_steps(path):
                yield from steps.problems(path, self.catalogue.glossary)
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            size = len(drawn.bare(text).encode())
            if size > FIGURE_LIMIT:
                message = f"want a figure of at most {FIGURE_LIMIT} bytes; got {size}"
                yield Problem(path, 1, message)
        place = self.root / f"figures/{module}.py"
        own = note.figures(self.root)
        yield from steps.unused(own, place, self._document(english))
        if stepped and place.is_file():
            yield from steps.typed(place)
        for page in note.pages.values():
            yield from self._structure(note, page)
            yield from self._embeds(note, page)

    def _exercises(self, note: Note) -> Iterator[Problem]:
        yield from exercises.problems(self.root, note.name)
        sheet = read_exercises(self.root, note.name)
        for words in exercises.passages(sheet) if sheet else ():
            document = words.document
            for line, formula in document.formulas:
                self.formulas.append((document.path, words.above + line, formula))
            yield from words.placed(self._links(document))
            if self.whole and words.chinese:
                yield from words.placed(self._avoided(document))

    def _structure(self, note: Note, page: Page) -> Iterator[Problem]:
        path, document = page.path, self._document(page.path)
        blank = len(page.body) - len(page.body.lstrip())
        first = page.body[blank:].partition("\n")[0]
        if first.strip() != f"# {page.matter.title}":
            message = (
                f"want the page to begin with `# {page.matter.title}`; got {first!r}"
            )
            line = page.body_line + page.body.count("\n", 0, blank)
            yield Problem(path, line, message)
        yield from structure.of_note(document)
        own = f"snippets.{note.module.replace('/', '.')}"
        for number, text in enumerate(page.body.split("\n"), page.body_line):
            named = re.match(r"\s*:::\s*(\S*)", text)
            if named and named[1] != own and not named[1].startswith(f"{own}."):
                message = f"want the reference of {own} or a module of it"
                yield Problem(path, number, f"{message}; got {named[1]!r}")
            if named and (below := _options(page.body, number - page.body_line)):
                message = "want the reference as all notes show it, without options"
                yield Problem(path, number + 1, f"{message}; got {below!r}")
        if f"::: {own}\n" not in page.body + "\n":
            message = f"want the line `::: {own}` under API"
            yield Problem(path, 1, f"{message}; found none")
        kinds = [fence.kind for fence in fences.census(path, document.text)]
        for kind, name in (
            ("run", "a block that runs"),
            ("embedded", "an embedded section"),
        ):
            if kind not in kinds:
                yield Problem(path, 1, f"want {name}; found none")
        shown = any(embed.startswith("figures/") for _, embed, _ in document.embeds)
        reason = note.pages["en"].matter.figure
        if not shown and not reason:
            message = "want a figure, or `figure: none, because …` in the English head"
            yield Problem(path, 1, f"{message}; found none")
        elif shown and reason:
            yield Problem(path, 1, f"want no figure, as the head says; got {reason!r}")

    def _embeds(self, note: Note, page: Page) -> Iterator[Problem]:
        own = {
            p.relative_to(self.root).as_posix()
            for p in (*note.snippets(self.root), *note.figures(self.root))
        }
        shown: set[str] = set()
        for line, name, section in self._document(page.path).embeds:
            if name.startswith("figures/") and name in shown:
                message = "want each figure once on a page, for its ids are there once"
                yield Problem(page.path, line, f"{message}; got {name} again")
            shown.add(name)
            target = self.root / name
            if not target.is_file():
                yield Problem(page.path, line, f"want files that exist; got {name}")
            elif name not in own:
                message = f"want code and figures of this note; got {name}"
                yield Problem(page.path, line, message)
            elif section and section not in sections(target):
                known = ", ".join(sections(target)) or "none"
                message = f"want a section of {name} ({known}); got {section!r}"
                yield Problem(page.path, line, message)


def _telling(label: str) -> bool:
    """Whether it can say what is seen: as many words, or Chinese letters, as that takes."""
    return len(re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", label)) >= LABEL


def _options(body: str, place: int) -> str:
    """What mkdocstrings would read as options: an indented line below a reference.

    Args:
        body: of a page.
        place: of the reference among its lines, from 0.
    """
    below = body.split("\n")[place + 1 : place + 2]
    return below[0].strip() if below and below[0][:1].isspace() else ""


def sections(path: Path) -> list[str]:
    """Names of the sections that a page may embed."""
    return re.findall(r"--8<-- \[start:([\w-]+)\]", path.read_text(encoding="utf-8"))
