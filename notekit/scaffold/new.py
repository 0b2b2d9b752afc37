"""Make the files of a new note."""

import datetime
import keyword
import re
import sys
from pathlib import Path

import jinja2

from notekit.language import Language
from notekit.problem import ROOT
from notekit.read.catalogue import (
    LANGUAGES,
    NAME,
    TOPICS,
    folded,
    plain_text,
    read,
)
from notekit.read.drawn import marked
from notekit.read.queries import Query, read_queries
from notekit.scaffold.twin import twin

TEMPLATES = Path(__file__).parent / "templates"


class ScaffoldError(ValueError):
    """A name that cannot be a note's, or files that already exist."""


def create(name: str, title: str, chinese_title: str, root: Path = ROOT) -> list[str]:
    """Write both pages, snippet, tests, figure and queries, and name it in its topic.

    Args:
        name: topic and note, such as ``cv/my-note``.
        title: the English title.
        chinese_title: the Chinese title.
        root: the repository.

    Returns:
        The files written, and the topic's pages, which now lead to it.

    Raises:
        ScaffoldError: before anything is written, if the name or a title is no good
            or if any of the files exists.
    """
    topic, _, stem = name.partition("/")
    if topic not in TOPICS or not NAME.fullmatch(stem):
        wanted = "TOPIC/lower-case-words with TOPIC one of " + ", ".join(TOPICS)
        raise ScaffoldError(f"want a name such as {wanted}; got {name!r}")
    if stem == "index" or keyword.iskeyword(stem):
        message = "want a name that is neither `index` nor a keyword of Python"
        raise ScaffoldError(f"{message}; got {name!r}")
    if stem.replace("-", "_") in sys.stdlib_module_names:
        message = "want a name that hides no module of Python"
        raise ScaffoldError(f"{message}; got {name!r}")
    for value, what in ((title, "title"), (chinese_title, "Chinese title")):
        if not value.strip() or len(value.splitlines()) > 1:
            raise ScaffoldError(f"want a {what} of one line; got {value!r}")
        if found := re.search(r'["\\$`]', value):
            message = f"want a {what} without {found[0]}"
            raise ScaffoldError(f"{message}; got {value!r}")
        try:
            plain_text(value)
        except ValueError as error:
            raise ScaffoldError(f"{error}; got {value!r}") from None
    title, chinese_title = title.strip(), chinese_title.strip()
    if not re.search(r"[\u4e00-\u9fff]", chinese_title) and chinese_title != title:
        raise ScaffoldError(f"want a Chinese title; got {chinese_title!r}")
    for note in read(root).notes.values():
        for language, wanted in zip(LANGUAGES, (title, chinese_title)):
            matter = note.pages[language].matter
            taken = {folded(name) for name in (matter.title, *matter.aliases)}
            if folded(wanted) in taken:
                raise ScaffoldError(
                    f"want a title of its own; {note.name} has {wanted!r}"
                )
    module = name.replace("-", "_")
    base = module.split("/")[1]
    places = {
        f"docs/en/{name}.md": "en.md.j2",
        f"docs/zh/{name}.md": "zh.md.j2",
        f"snippets/{module}.py": "snippet.py.j2",
        f"tests/{topic}/test_{base}.py": "test.py.j2",
        f"tests/{topic}/test_{base}_inputs.py": "inputs.py.j2",
        f"figures/{module}.py": "figure.py.j2",
        f"figures/{module}.svg": "figure.svg.j2",
        f"tests/site/queries/{name}.tsv": "queries.tsv.j2",
    }
    existing = [place for place in places if (root / place).exists()]
    if existing:
        raise ScaffoldError(
            f"want a note that does not exist; found {', '.join(existing)}"
        )
    loader = jinja2.FileSystemLoader(TEMPLATES)
    templates = jinja2.Environment(loader=loader, keep_trailing_newline=True)
    queries, _ = read_queries(root)
    values = {
        "name": name,
        "queries": _queries(queries, "en", title, "pitfalls", "exercises"),
        "chinese_queries": _queries(queries, "zh", chinese_title, "常见错误", "练习"),
        "module": module,
        "dotted": module.replace("/", "."),
        "base": base,
        "title": title,
        "chinese_title": chinese_title,
        "today": datetime.date.today().isoformat(),
    }
    for place, template in places.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        text = templates.get_template(template).render(**values)
        path.write_text(text, encoding="utf-8")
    figure = root / f"figures/{module}.svg"
    figure.write_text(marked(figure.read_text("utf-8"), root, name), encoding="utf-8")
    twin(name, root)
    topics = [root / f"docs/{language}/{topic}/index.md" for language in LANGUAGES]
    for path, text in zip(topics, (title, chinese_title)):
        if path.exists():
            link(path, text, f"{stem}.md")
    changed = [p.relative_to(root).as_posix() for p in topics if p.exists()]
    return [*places, *changed]


def _queries(
    taken: list[Query], language: Language, title: str, *sections: str
) -> list[str]:
    """Two queries that are no other note's: its title, and with a section's name."""
    title = " ".join(title.split())
    others = {query.folded for query in taken if query.language == language}
    own = [title, *(f"{title} {section}" for section in sections)]
    return [query for query in own if query.casefold() not in others][:2]


def link(path: Path, text: str, url: str) -> None:
    """Add an item to the list at the end of a topic's page, or begin such a list."""
    page = path.read_text(encoding="utf-8").rstrip()
    gap = "\n" if page.rpartition("\n")[2].startswith("- ") else "\n\n"
    text = re.sub(r"([\[\]<*_])", r"\\\1", text)
    path.write_text(f"{page}{gap}- [{text}]({url})\n", encoding="utf-8")
