"""A small valid repository below a temporary folder, to plant faults in."""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notekit.files import note_names, owner_of_figure
from notekit.katex import Formula, render
from notekit.pages.learning_map import draw
from notekit.problem import ROOT, Problem
from notekit.read.catalogue import Catalogue, read
from notekit.read.drawn import marked
from notekit.rules.check import check
from notekit.scaffold.twin import stamp
from notekit.site.facts import facts_of
from notekit.site.links import link_problems

LANGUAGES = ("en", "zh")

MATTER = """\
---
title: {title}
summary: {summary}
created: 2026-01-02
updated: {updated}
tags: [{tags}]
aliases: [{aliases}]
requires: [{requires}]
---
"""

ENGLISH = """
# {title}

The answer comes **first**: a `{stem}` is $w h$ large, and
nothing else counts.

## Notation {{ #notation }}

| Symbol | Code | Meaning |
| --- | --- | --- |
| $w$ | `width` | how wide it is |

## Area {{ #area }}

Width times height, as the [notation](#notation) says, twice:

$$
A =
w h
$$

```py title="snippets/{module}.py"
--8<-- "snippets/{module}.py:core"
```

```python
from snippets.{dotted} import double

print(double(2))
```

<!--pytest-codeblocks:expected-output-->

```text
4
```

<figure markdown>
<div role="img" aria-label="A drawn line">
--8<-- "figures/{module}.svg"
</div>
<figcaption markdown>The line is straight.</figcaption>
</figure>

## Pitfalls {{ #pitfalls }}

- **Adding.** The sum of $w$ and $h$ has the wrong unit.

## Exercises {{ #exercises }}

1. One?

    ??? success "Answer"

        First.

2. Two?

    ??? success "Answer"

        Second.

3. Three?

    ??? success "Answer"

        Third.

## References {{ #references }}

- A. Author. *Title.* Venue, 2016.
  [arXiv:1512.03385](https://arxiv.org/abs/1512.03385).

## API {{ #api }}

::: snippets.{dotted}
"""

CHINESE = """
# {title}

先给**答案**：一个 `{stem}` 的大小是 $w h$，别的都不算。

## 记号 {{ #notation }}

| 符号 | 代码 | 含义 |
| --- | --- | --- |
| $w$ | `width` | 有多宽 |

## 面积 {{ #area }}

宽乘以高，见[记号](#notation)，共 2 次：

$$
A =
w h
$$

```py title="snippets/{module}.py"
--8<-- "snippets/{module}.py:core"
```

```python
from snippets.{dotted} import double

print(double(2))
```

<!--pytest-codeblocks:expected-output-->

```text
4
```

<figure markdown>
<div role="img" aria-label="一条线">
--8<-- "figures/{module}.svg"
</div>
<figcaption markdown>线是直的。</figcaption>
</figure>

## 常见错误 {{ #pitfalls }}

- **相加。** $w$ 与 $h$ 之和，单位不对。

## 练习 {{ #exercises }}

1. 第一题？

    ??? success "答案"

        一。

2. 第二题？

    ??? success "答案"

        二。

3. 第三题？

    ??? success "答案"

        三。

## 参考文献 {{ #references }}

- A. Author. *Title.* Venue, 2016.
  [arXiv:1512.03385](https://arxiv.org/abs/1512.03385).

## API {{ #api }}

::: snippets.{dotted}
"""

SNIPPET = '''\
"""What {stem} computes."""


class Shape:
    """A thing with a width."""

    def area(self) -> int:
        """How large it is."""
        return 1


# --8<-- [start:core]
def double(width: int) -> int:
    """Twice the width."""
    return 2 * width
    # --8<-- [end:core]
'''

TEST = '''\
"""Oracles: a sum by hand."""

from snippets.{dotted} import double


def test_double_is_a_sum():
    assert double(3) == 3 + 3
'''

INPUTS = '''\
"""Example calls of snippets.{dotted}."""

from snippets.{dotted} import double


class TestInputs:
    def test_a_whole_number_is_doubled(self):
        assert double(2) == 4
'''

FIGURE = '"""What the figure shows."""\n\n\ndef draw():\n    return {}\n'

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
    '<path id="{base}-a" d="m0 0h4" stroke="currentColor"/></svg>\n'
)

PAGES = {
    "docs/en/index.md": "Gradnotes",
    "docs/en/tags.md": "Tags",
    "docs/en/map.md": "Map",
    "docs/en/glossary.md": "Glossary",
    "docs/en/offline.md": "Offline",
    "docs/en/cv/index.md": "Vision",
    "docs/en/nlp/index.md": "Language",
    "docs/zh/index.md": "Gradnotes",
    "docs/zh/tags.md": "标签",
    "docs/zh/map.md": "地图",
    "docs/zh/glossary.md": "术语表",
    "docs/zh/offline.md": "离线阅读",
    "docs/zh/cv/index.md": "视觉",
    "docs/zh/nlp/index.md": "语言",
}


@dataclass(frozen=True)
class Repo:
    """A repository on disk, with what a test does to it."""

    root: Path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if name.startswith(("snippets/", "figures/")) and name.endswith(".py"):
            self.redraw()

    def redraw(self) -> None:
        """Say that every figure was drawn of the code that is there now."""
        for path in (self.root / "figures").rglob("*.svg"):
            names = [n for n in note_names(self.root) if n.startswith(path.parent.name)]
            note = owner_of_figure(path.stem, names)
            assert note, f"{path} is no note's"
            path.write_text(marked(path.read_text("utf-8"), self.root, note), "utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place where ``old`` stands; no test may miss its aim."""
        text = self.read(name)
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        self.write(name, text.replace(old, new))

    def both(self, name: str, old: str, new: str) -> None:
        """The same edit on both pages of a note, and the stamp renewed."""
        for language in LANGUAGES:
            self.edit(f"docs/{language}/{name}.md", old, new)
        stamp(name, self.root)

    def line(self, name: str, needle: str, nth: int = 1) -> int:
        """The line on which ``needle`` starts for the nth time, counted by hand."""
        text, start = self.read(name), -1
        for _ in range(nth):
            start = text.index(needle, start + 1)
        return 1 + text[:start].count("\n")

    def catalogue(self) -> Catalogue:
        return read(self.root)

    def shown(self, problems: Iterable[Problem]) -> list[str]:
        return [
            f"{p.path.relative_to(self.root).as_posix()}:{p.line}: {p.message}"
            for p in problems
        ]

    def problems(self, *names: str) -> list[str]:
        """What the check says, with paths from the root of this repository."""
        wanted = list(names) or None
        return self.shown(check(read(self.root, wanted), wanted))

    def add_note(
        self,
        name: str,
        title: str,
        chinese_title: str,
        requires: str = "",
        tags: tuple[str, str] = ("shape", "形状"),
        updated: str = "2026-02-03",
    ) -> None:
        """All files of one valid note."""
        module = name.replace("-", "_")
        topic, base = module.split("/")
        values = {
            "stem": name.split("/")[1],
            "module": module,
            "dotted": module.replace("/", "."),
            "base": base.replace("_", "-"),
            "requires": requires,
            "updated": updated,
        }
        for language, body, heading, tag in (
            ("en", ENGLISH, title, tags[0]),
            ("zh", CHINESE, chinese_title, tags[1]),
        ):
            matter = MATTER.format(
                title=heading,
                summary=f"Summary of {heading}."
                if language == "en"
                else "一句话说清它。",
                aliases=f"also {heading}",
                tags=tag,
                **values,
            )
            page = matter + body.format(title=heading, **values)
            self.write(f"docs/{language}/{name}.md", page)
        self.write(f"snippets/{module}.py", SNIPPET.format(**values))
        self.write(f"tests/{topic}/test_{base}.py", TEST.format(**values))
        inputs = f"tests/{topic}/test_{base}_inputs.py"
        self.write(inputs, INPUTS.format(**values))
        self.write(f"figures/{module}.py", FIGURE)
        svg = SVG.format(**values)
        self.write(f"figures/{module}.svg", marked(svg, self.root, name))
        queries = (f"en\t{title}", f"en\tany {title}")
        queries += (f"zh\t{chinese_title}", f"zh\t{chinese_title} 多大")
        self.write(f"tests/site/queries/{name}.tsv", "\n".join(queries) + "\n")
        for language, heading in (("en", title), ("zh", chinese_title)):
            place = f"docs/{language}/{topic}/index.md"
            if (self.root / place).exists():
                says = "is its note." if language == "en" else "是它的笔记。"
                gap = " " if language == "en" else ""
                link = f"\n[{heading}]({name.split('/')[1]}.md){gap}{says}\n"
                self.write(place, self.read(place) + link)
        stamp(name, self.root)


@cache
def _cache() -> dict[str, bytes]:
    """Names and contents of caches that know formulas and map: Node starts once."""
    with tempfile.TemporaryDirectory() as folder:
        repo = _notes(Path(folder))
        formulas = [Formula(tex, display=False) for tex in ("w h", "w", "h")]
        render([*formulas, Formula("A =\nw h", display=True)], repo.root)
        for language in LANGUAGES:
            draw(repo.catalogue(), language)
        files = (repo.root / "build/cache").iterdir()
        return {file.name: file.read_bytes() for file in files}


def build_repo(root: Path) -> Repo:
    """Two notes, ``cv/box`` and ``cv/box-area``, which requires it; no fault."""
    repo = _notes(root)
    cache = root / "build/cache"
    cache.mkdir(parents=True)
    for name, content in _cache().items():
        (cache / name).write_bytes(content)
    return repo


def _notes(root: Path) -> Repo:
    repo = Repo(root)
    for name, title in PAGES.items():
        repo.write(name, f"---\ntitle: {title}\nsummary: {title}.\n---\n\n# {title}\n")
    repo.add_note("cv/box", "Box", "方框")
    repo.add_note("cv/box-area", "Box area", "方框面积", requires="cv/box")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    for name in ("mkdocs.yml", "mkdocs.zh.yml"):  # where the site is published
        shutil.copy(ROOT / name, root / name)
    return repo


def add_tool(repo: Repo) -> None:
    """What a command needs beside the notes: the tool itself, the theme, settings."""
    leave = shutil.ignore_patterns("__pycache__")
    for name in ("notekit", "theme"):
        shutil.copytree(ROOT / name, repo.root / name, ignore=leave)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, repo.root / name)
    shutil.copy(ROOT / "tests/inputs.py", repo.root / "tests/inputs.py")


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def site_problems(site: Path) -> list[Problem]:
    """What is wrong with the links of all pages below a folder."""
    paths = sorted(site.rglob("*.html"))
    facts = facts_of([path.read_text(encoding="utf-8") for path in paths], site)
    return link_problems(site, dict(zip(paths, facts, strict=True)), site)
