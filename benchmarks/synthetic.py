"""A copy of the project with more notes: python -m benchmarks.synthetic FOLDER NUMBER.

Real notes come again under new names, ``cv/upsampling-2``, with all their files, so
that their pages, formulas, figures and references weigh what real ones do.
"""

import json
import re
import shutil
import sys
from pathlib import Path

import yaml

from notekit.files import SHARED, note_names, own_figures, own_modules
from notekit.read.drawn import marked
from notekit.scaffold.new import link
from notekit.scaffold.twin import stamp

ROOT = Path(__file__).resolve().parent.parent
# What is no part of the sources: at the top, and everywhere.
TOP = {".git", ".nox", ".venv", "node_modules", "build", "site", "site.old"}
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".cache", ".hypothesis")
LANGUAGES = ("en", "zh")


def grow(source: Path, target: Path, number: int) -> list[str]:
    """Copy a project and fill it up to a number of notes.

    Args:
        source: the project.
        target: where the copy goes; must not exist.
        number: how many notes it shall have, at least as many as there are.

    Returns:
        Names of all notes of the copy.

    Raises:
        ValueError: if there are more notes than that.
    """
    notes = note_names(source)
    if number < len(notes):
        raise ValueError(
            f"number must be >= {len(notes)}, the notes there are, got {number}"
        )

    def leave(folder: str, names: list[str]) -> set[str]:
        top = TOP if Path(folder) == source else set()
        return top & set(names) | CACHES(folder, names)

    shutil.copytree(source, target, ignore=leave)
    (target / "node_modules").symlink_to((source / "node_modules").resolve())
    added: list[str] = []
    while len(notes) + len(added) < number:
        turn, at = divmod(len(added), len(notes))
        added.append(f"{notes[at]}-{turn + 2}")
    own = {note: _files(target, note) for note in notes}  # before names begin alike
    for name in added:
        note, _, turn = name.rpartition("-")
        _Twin(target, note, int(turn), own[note], set(added)).write()
    return sorted([*notes, *added])


def _files(root: Path, note: str) -> dict[str, list[Path]]:
    """The code, tests and pictures of a note."""
    found = {kind: own_modules(root / kind, note) for kind in ("snippets", "tests")}
    # What the notes of a topic share, their copies share too.
    code = found["snippets"]
    found["snippets"] = [p for p in code if {*SHARED}.isdisjoint(p.parts)]
    return found | {"figures": own_figures(root / "figures", note)}


class _Twin:
    """One more note like one that is there."""

    def __init__(
        self,
        root: Path,
        note: str,
        turn: int,
        own: dict[str, list[Path]],
        added: set[str],
    ) -> None:
        self.root, self.note, self.turn = root, note, turn
        self.own, self.added = own, added
        self.name = f"{note}-{turn}"
        self.topic, self.stem = note.replace("-", "_").split("/")
        # Modules of a note that is no package begin with its name.
        folder = root / f"snippets/{self.topic}"
        places = [path.relative_to(folder) for path in own["snippets"]]
        stems = {place.parts[0].removesuffix(".py") for place in places} | {self.stem}
        either = "|".join(sorted(stems, key=len, reverse=True))
        self.path = re.compile(rf"(?<=\b{self.topic}[./])({either})(?!\w)")
        self.statement = re.compile(
            rf"^(\s*from snippets\.{self.topic} import )({either})( as \w+)?$",
            re.MULTILINE,
        )
        self.picture = re.compile(
            rf"(?<=\bfigures/{self.topic}/)({self.stem})(?=_\w+\.svg)"
        )

    def renamed(self, stem: str) -> str:
        """upsampling_kernels becomes upsampling_2_kernels."""
        return f"{self.stem}_{self.turn}{stem.removeprefix(self.stem)}"

    def text(self, text: str) -> str:
        """The same text about the files of the new note."""
        text = self.statement.sub(
            lambda m: f"{m[1]}{self.renamed(m[2])}{m[3] or f' as {m[2]}'}", text
        )
        text = self.picture.sub(lambda m: self.renamed(m[1]), text)
        text = self.path.sub(lambda m: self.renamed(m[1]), text)
        # Pages have hyphens in their names.
        own, name = self.note.split("/")[1], self.name.split("/")[1]
        text = re.sub(rf"(?<=/{self.topic}/){own}(?=\.md\b)", name, text)
        page = re.compile(rf"(?<=/{self.topic}/){self.renamed(self.stem)}(?=\.md\b)")
        return page.sub(name, text)

    def write(self) -> None:
        """All files of the note."""
        for folder in ("snippets", "tests"):
            for path in self.own[folder]:
                parts = list(path.relative_to(self.root / folder / self.topic).parts)
                prefix = "test_" if folder == "tests" else ""
                parts[0] = prefix + self.renamed(parts[0].removeprefix(prefix))
                self._copy(path, Path(folder, self.topic, *parts))
        for folder in ("figures", "exercises", "benchmarks"):
            # A benchmark's stored measurements lie beside it.
            for path in (self.root / folder / self.topic).glob(f"{self.stem}.*"):
                if path.suffix in (".py", ".json"):
                    self._copy(path, Path(folder, self.topic, self.renamed(path.name)))
        queries = self.root / f"tests/site/queries/{self.note}.tsv"
        lines = queries.read_text(encoding="utf-8").splitlines()
        self._put(
            f"tests/site/queries/{self.name}.tsv",
            "".join(
                f"{x} copy {self.turn}\n" for x in lines if x and not x.startswith("#")
            ),
        )
        for language in LANGUAGES:
            self._page(language)
        # Last: the mark of a drawing depends on what the note uses, its page included.
        for path in self.own["figures"]:
            target = path.with_name(self.renamed(path.name))
            svg = marked(path.read_text(encoding="utf-8"), self.root, self.name)
            target.write_text(svg, encoding="utf-8")
        stamp(self.name, self.root)

    def _copy(self, path: Path, place: Path) -> None:
        text = self.text(path.read_text(encoding="utf-8"))
        if place.parts[0] == "figures":  # names of its files
            text = re.sub(
                rf"""(?<=["']){self.stem}(?=(_\w+)?["'])""",
                self.renamed(self.stem),
                text,
            )
        self._put(place.as_posix(), text)

    def _put(self, place: str, text: str) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _page(self, language: str) -> None:
        page = (self.root / f"docs/{language}/{self.note}.md").read_text(
            encoding="utf-8"
        )
        _, front, body = page.split("---\n", 2)
        matter = yaml.safe_load(front)
        # No space stands beside full-width punctuation.
        copy = {"en": ", copy", "zh": "，副本"}[language]
        copy += f" {self.turn}"  # a number alone makes GPT 2 of GPT
        title = f"{matter['title']}{copy}"
        requires = [f"{r}-{self.turn}" for r in matter["requires"]]
        requires = [
            new if new in self.added else old
            for new, old in zip(requires, matter["requires"])
        ]
        values = {
            "title": title,
            "aliases": [f"{alias}{copy}" for alias in matter["aliases"]],
            "requires": requires,
        }
        for key, value in values.items():
            line = f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
            # A list may go on over the lines below, which are indented.
            front = re.sub(
                rf"^{key}:.*\n([ \t]+.*\n)*",
                lambda _, x=line: x,
                front,
                flags=re.MULTILINE,
            )
        body = self.text(body).replace(f"# {matter['title']}\n", f"# {title}\n", 1)
        self._put(f"docs/{language}/{self.name}.md", f"---\n{front}---\n{body}")
        topic = self.root / f"docs/{language}/{self.topic}/index.md"
        file = f"{self.name.split('/')[1]}.md"
        link(topic, title, file)
        # A link alone says nothing of the note.
        says = {"en": " says it once more.", "zh": "，再讲一遍。"}[language]
        text = topic.read_text(encoding="utf-8")
        text = text.replace(f"({file})", f"({file}){says}")
        topic.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdecimal():
        sys.exit("want a folder that is not there yet and a number of notes")
    try:
        print(f"{len(grow(ROOT, Path(sys.argv[1]), int(sys.argv[2])))} notes")
    except (ValueError, FileExistsError) as error:
        sys.exit(str(error))
