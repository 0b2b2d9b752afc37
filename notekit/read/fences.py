"""The census of code: every fence of a page, found by a parser that runs nothing.

pytest-codeblocks passes over a Python block in silence when its info string, its
marker or its place is not to its taste, and so a page can be green without having
run. Here markdown-it-py, which shares no code with it, finds every fence; each must
be run, embedded or declared, and all else that looks like Python is a problem.
`notekit.prove.codeblocks` compares this census with what pytest-codeblocks is going to run.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from notekit.language import has_han
from notekit.problem import Problem
from notekit.read.blocks import parse, refused

GPU = "<!--pytest.mark.gpu-->"
EXPECTED = "<!--pytest-codeblocks:expected-output-->"
ENGLISH, CHINESE = "docs/en/", "docs/zh/"
FROM_ENGLISH = "en"  # info of an empty fence that `nox -s twin` fills
WANTED = (
    "Python must be a ```python block (run), a "
    '```py title="snippets/….py" block (embedded), or a ```py block under '
    "<!-- display-only: reason -->"
)

INVENTED = (
    "text must be the output of a block that runs, below "
    f"{EXPECTED}, or of the ```console block above, or stand under "
    "<!-- display-only: reason -->; this is none"
)

_OPENER = re.compile(r' *(?:!!!|\?\?\?\+?) ?[\w"]| *===[!+]? "')  # its body is indented
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_FENCE_LIKE = re.compile(r"[\s>]*(?:[-*+]\s+|\d+[.)]\s+)*(?:`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_SPAN = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_REASON = re.compile(r"<!--\s*display-only\b:?(.*?)-->")
_NOT_IN_PAGE = re.compile(r"<!--\s*not-in-page\b:?(.*?)-->")
# Comments go out with the page, and say something to us only.
_KNOWN = (GPU, EXPECTED, "<!-- display-only: … -->", "<!-- not-in-page: … -->")
_TITLE = re.compile(r'py title="(snippets/[\w/-]+\.py)"')
_EMBEDDING = re.compile(r'--8<-- "(snippets/[\w/-]+\.py):([\w-]+)"\n?')
_PYTHON = re.compile(r"i?py.*|.*python.*|sage|starlark|bazel|numpy")
_SHELL = {"sh", "bash", "shell", "zsh", "ksh", "fish"}
# Other languages of blocks; what no one runs must at least be named.
_LANGUAGES = {
    *("", "text", "console", "yaml", "ini", "toml", "json", "diff", "c", "cpp", "cuda"),
    *("sql", "xml", "css", "markdown", "dockerfile", "make", "llvm", "ptx"),
}
_PLAIN = {"", "text", "txt", "plain", "plaintext", "output", "none", "console"}

Kind = Literal["run", "embedded", "display-only", "output", "other"]


def _on_gpu(code: str) -> bool:
    """Whether the code, not a comment, names CUDA, or cannot be read."""
    try:
        nodes = ast.walk(parse(code))
    except (SyntaxError, ValueError):
        return True  # which is said of the block already
    return any(
        "cuda"
        in str(getattr(node, "value", "") if isinstance(node, ast.Constant) else "")
        or "cuda" in (getattr(node, "attr", "") or getattr(node, "id", "") or "")
        for node in nodes
    )


@dataclass(frozen=True)
class Fence:
    """One fenced code block.

    Attributes:
        path: the page.
        line: 1-based line of the opening fence; the code starts on the next.
        end: 1-based line of the closing fence.
        info: what follows the opening backticks, as written.
        code: the content, without the indentation of what contains it.
        kind: `other` is neither Python nor the output of Python.
        gpu: a `run` block that needs a GPU.
        expected: the output that the page shows for a `run` block, if any.
        expected_line: 1-based line where that output starts, 0 without one.
        reason: why a `display-only` block is not run, or a `run` block not in the page.
        snippet: path of the file that an `embedded` block takes its code from.
        section: name of the embedded section of that file.
    """

    path: Path
    line: int
    end: int
    info: str
    code: str
    kind: Kind = "other"
    gpu: bool = False
    expected: str | None = None
    expected_line: int = 0
    reason: str = ""
    snippet: str = ""
    section: str = ""

    @property
    def content(self) -> tuple[str, str | None, bool]:
        """What a `run` block runs, what it must print, and whether on a GPU."""
        return self.code, self.expected, self.gpu


class _Block(NamedTuple):
    """A fence, or indented code (no `markup`), as the Markdown parser sees it."""

    line: int
    end: int
    info: str
    code: str
    markup: str
    quoted: bool
    indent: int  # in a list item or an admonition, as Python-Markdown wants it


def run_by_twin(root: Path, chinese: str) -> str:
    """The English page that has all blocks of a Chinese one, or nothing.

    Args:
        root: the repository.
        chinese: name of the Chinese page, such as ``docs/zh/cv/detr.md``.
    """
    english = chinese.replace(CHINESE, ENGLISH, 1)
    if english == chinese or not (root / english).is_file():
        return ""
    own, theirs = (
        {fence.content for fence in census(root / name) if fence.kind == "run"}
        for name in (chinese, english)
    )
    return english if own <= theirs else ""


def census(path: Path, text: str | None = None) -> list[Fence]:
    """Every fence of the page, in order.

    Args:
        path: the page; read unless `text` is given.
        text: its content.
    """
    return list(_page(path, text).fences)


def problems(path: Path, text: str | None = None) -> list[Problem]:
    """What keeps a block of the page from being run, embedded or declared.

    Args:
        path: the page; read unless `text` is given.
        text: its content.
    """
    page = _page(path, text)
    return sorted(
        Problem(path, line, message)
        for line, message in {*page.problems, *page.stray_fences(), *page.comments()}
    )


def _page(path: Path, text: str | None) -> "_Page":
    return _read(path, path.read_text(encoding="utf-8") if text is None else text)


@lru_cache(maxsize=500)  # several rules ask for the same page
def _read(path: Path, text: str) -> "_Page":
    return _Page(path, text)


class _Page:
    """One reading of a page: its fences, and the problems met on the way."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = re.split("\r\n|\r|\n", text)
        self.blocks = list(_parse(self.lines))
        self.fences: list[Fence] = []
        self.problems: list[tuple[int, str]] = []
        self.used: set[int] = set()  # lines of the comments that have their block
        for block in self.blocks:
            if not block.markup:
                if looks_like_python(block.code):
                    self.problems.append((block.line, f"{WANTED}; got indented code"))
                continue
            fence = Fence(self.path, block.line, block.end, block.info, block.code)
            self.problems += ((block.line, wrong) for wrong in self._form(block))
            self.fences.append(self._classify(fence, block))

    def _form(self, block: _Block) -> Iterator[str]:
        """What is wrong with the fence as such, whatever it holds."""
        ticks = block.markup
        last = self.lines[block.end - 1].strip(" >")
        if block.end == block.line or not re.fullmatch(f"{ticks}{ticks[0]}*", last):
            yield f"the fence {ticks}{block.info} must be closed with {ticks}"
        shown = ticks if ticks[0] == "`" else "```"
        if any(line.lstrip().startswith(shown) for line in block.code.split("\n")):
            yield (
                f"a block that shows a line starting with {shown} must be fenced "
                f"with more backticks than that, got {ticks}"
            )

    def _classify(self, fence: Fence, block: _Block) -> Fence:
        above, comment = self._comment_above(fence.line)
        declared = _REASON.fullmatch(comment)
        title = _TITLE.fullmatch(fence.info)
        if fence.info == "python" and self._in_place(block):
            return self._run(fence, above, comment)
        if title and block.markup[0] == "`" and not block.quoted:
            return self._embedded(fence, title[1])
        if fence.info == "py" and declared and block.markup[0] == "`":
            self.used.add(above)
            reason = declared[1].strip()
            if not reason:
                self._problem(above, "display-only needs a reason after the colon")
            elif len(reason) < (4 if has_han(reason) else 10):
                message = "display-only needs a reason of ten letters or more"
                self._problem(above, f"{message}; got {reason!r}")
            return replace(fence, kind="display-only", reason=reason)
        if fence.info == "text" and comment == EXPECTED and self._in_place(block):
            owner = self.fences[-1] if self.fences else None
            if owner and owner.kind == "run" and self._blank(owner.end + 1, above):
                self.used.add(above)
                self.fences[-1] = replace(
                    owner, expected=fence.code, expected_line=fence.line
                )
                return replace(fence, kind="output")
        wrong = list(_other(fence, block))
        if not wrong and declared and fence.info in ("", "text"):
            self.used.add(above)
        elif not wrong and self._made_up(fence):
            wrong = [INVENTED]
        self.problems += ((fence.line, message) for message in wrong)
        return fence

    def _made_up(self, fence: Fence) -> bool:
        """Whether a note shows it as output, and it is that of nothing."""
        if fence.info not in ("", "text") or not fence.path.match("docs/*/*/*.md"):
            return False
        last = self.fences[-1] if self.fences else None
        if last is None or last.info != "console":
            return True
        return not self._blank(last.end + 1, fence.line)

    def _in_place(self, block: _Block) -> bool:
        """Whether pytest-codeblocks and Python-Markdown both see this fence."""
        line = self.lines[block.line - 1]
        return line.startswith(" " * block.indent + "```")

    def _run(self, fence: Fence, above: int, comment: str) -> Fence:
        declared = _NOT_IN_PAGE.fullmatch(comment)
        if comment == GPU or declared:
            self.used.add(above)
        reason = declared[1].strip() if declared else ""
        if declared and self.path.match("docs/zh/*/*.md"):
            message = "not-in-page stands on the English page, for both; got it here"
            self._problem(above, message)
        if declared and not reason:
            self._problem(above, "not-in-page needs a reason after the colon")
        self.problems += ((fence.line + line, why) for line, why in refused(fence.code))
        if comment == GPU and not _on_gpu(fence.code):
            message = "a block marked gpu must use one, or everybody could run it"
            self._problem(above, f"{message}; nothing in it names cuda")
        return replace(fence, kind="run", gpu=comment == GPU, reason=reason)

    def _embedded(self, fence: Fence, title: str) -> Fence:
        line = _EMBEDDING.fullmatch(fence.code)
        if not line or line[1] != title:
            self._problem(
                fence.line,
                f'an embedded block must hold one line, --8<-- "{title}:section", '
                f"got {fence.code!r}",
            )
        section = line[2] if line else ""
        return replace(fence, kind="embedded", snippet=title, section=section)

    def _problem(self, line: int, message: str) -> None:
        self.problems.append((line, message))

    def _comment_above(self, line: int) -> tuple[int, str]:
        """The comment directly above a line, or with one blank line between."""
        for above in (line - 1, line - 2):
            text = self.lines[above - 1].strip() if above >= 1 else ""
            if text:
                return (above, text) if text.startswith("<!--") else (0, "")
        return 0, ""

    def _blank(self, start: int, stop: int) -> bool:
        """Whether the lines from `start` up to, but without, `stop` are blank."""
        return not "".join(self.lines[start - 1 : stop - 1]).strip()

    def stray_fences(self) -> Iterator[tuple[int, str]]:
        """Lines that start with ``` or ~~~ but are no fence to a Markdown parser.

        They stand in HTML without a blank line before, in a comment, a footnote,
        indented code: pytest-codeblocks may run them and nobody read them, or the
        other way round.
        """
        inside = {
            line
            for block in self.blocks
            if block.markup
            for line in range(block.line, block.end + 1)
        }
        for number, line in enumerate(self.lines, start=1):
            if number not in inside and _FENCE_LIKE.match(line):
                yield (
                    number,
                    "a fence must stand in text, a list item or an admonition, after "
                    f"a blank line if HTML precedes it; here {line.strip()!r} is none",
                )

    def comments(self) -> Iterator[tuple[int, str]]:
        """Comments that nobody reads, or that steer the tests as they must not.

        pytest-codeblocks reads those in fences of another form than plain ``` as well.
        """
        hidden = {
            line
            for block in self.blocks
            if block.markup.startswith("`") and not block.quoted
            for line in range(block.line, block.end + 1)
        }
        text = "\n".join(
            "" if number in hidden else _CODE_SPAN.sub("", line)
            for number, line in enumerate(self.lines, start=1)
        )
        for match in _COMMENT.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            comment = match[0]
            if line in self.used:
                continue
            if "pytest" in comment.lower() and comment.endswith("-->"):
                yield line, _misplaced(comment)
            elif re.match(r"<!--\s*display-only", comment):
                yield line, f"{comment} must stand directly above a ```py block"
            elif re.match(r"<!--\s*not-in-page\b", comment):
                yield line, f"{comment} must stand directly above a ```python block"
            elif not comment.endswith("-->"):
                shown = " ".join(comment[:60].split())
                yield line, f"a comment must end with -->; got {shown} …"
            else:
                shown = " ".join(comment[:60].split())
                yield line, f"the only comments are {', '.join(_KNOWN)}; got {shown}"
        for match in re.finditer(r"<pre\b", text):
            line = text.count("\n", 0, match.start()) + 1
            yield line, "code must be in a fence, where it can be run; got <pre>"


def _misplaced(comment: str) -> str:
    if comment == EXPECTED:
        return (
            f"{EXPECTED} must stand directly below a ```python block, with its "
            "```text block directly below it"
        )
    if comment == GPU:
        return f"{GPU} must stand directly above a ```python block"
    return (
        f"the only comments for pytest are {GPU} and {EXPECTED}, "
        f"got {' '.join(comment.split())}"
    )


def _other(fence: Fence, block: _Block) -> Iterator[str]:
    """What is wrong with a fence that is neither run, embedded nor declared."""
    words = re.findall(r"[\w-]+", re.sub(r'"[^"]*"', "", fence.info.lower()))
    language = words[0] if words else ""
    got = f"{block.markup}{fence.info}"
    if fence.info == FROM_ENGLISH and fence.path.match("docs/zh/*/*.md"):
        name = "/".join(fence.path.with_suffix("").parts[-2:])
        yield f"want the English page's block; `nox -s twin -- {name}` writes it here"
    elif language in _SHELL:
        yield f"shell commands must be in a ```console block, got {got}"
    elif any(map(_PYTHON.fullmatch, words)):
        if fence.info == "python":
            where = "in a block quote" if block.quoted else "at another column"
            got += f" {where}" if block.markup[0] == "`" else ""
            yield (
                f"{WANTED}; backticks, {block.indent} spaces before them and "
                f"outside of block quotes; got {got}"
            )
        elif fence.info == "py":
            yield f"{WANTED}; got {got} without that comment directly above"
        else:
            yield f"{WANTED}; got {got}"
    elif looks_like_python(fence.code, sure=language not in _PLAIN):
        yield f"{WANTED}; got a Python program in {got}"
    elif language not in _LANGUAGES:
        known = ", ".join(sorted(_LANGUAGES - {""}))
        yield f"a block must be python, py or one of {known}; got {got}"
    elif language == "console" and not fence.code.startswith("$ "):
        yield f"a console block begins with a command, $ …; got {fence.code[:30]!r}"
    elif language == "console" and (said := _printed(fence.code)):
        wanted = (
            "a console block holds commands, and a ```text block below it their output"
        )
        yield f"{wanted}; got {said!r}"
    elif language != "console" and re.search(r"^\s*\$ \w", fence.code, re.MULTILINE):
        yield f"shell commands must be in a ```console block, got them in {got}"


def _printed(console: str) -> str:
    """The first line that is no command, and does not go on with one."""
    before = ""
    for line in console.rstrip("\n").split("\n"):
        goes_on = before.endswith("\\") or line.startswith(("$ ", "> ", "# "))
        if line.strip() and not goes_on:
            return line[:60]
        before = line
    return ""


def looks_like_python(code: str, *, sure: bool = False) -> bool:
    """Whether code is a Python program, or a session at Python's prompt.

    Args:
        code: any text.
        sure: take only what hardly any other language writes the same way (an
            import, a function, a class), not assignments and calls.
    """
    if re.search(r"^\s*>>> ", code, re.MULTILINE):
        return True
    telling: tuple[type[ast.AST], ...] = (
        ast.Import,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
    )
    if not sure:
        telling += (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Call)
    try:
        tree = parse(textwrap.dedent(code))
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(node, telling) for node in ast.walk(tree))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).use(front_matter_plugin)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _parse(lines: list[str]) -> Iterator[_Block]:
    """All fences and indented code blocks, with the lines they have on the page."""
    flat, cut = flatten(lines)
    quotes = items = 0
    for token in _parser().parse("\n".join(flat)):
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type not in ("fence", "code_block") or token.map is None:
            continue
        start, stop = token.map
        yield _Block(
            line=start + 1,
            end=stop,
            info=token.info.rstrip(),
            code=token.content,
            markup=token.markup,
            quoted=quotes > 0,
            indent=4 * items + cut[start],
        )


def flatten(lines: list[str]) -> tuple[list[str], list[int]]:
    """Take the indentation off the bodies of admonitions, details and tabs.

    To CommonMark these bodies are indented code, in which a fence is no fence.

    Returns:
        The lines, as many as before, and the number of columns taken off each.
    """
    flat, cuts = [], []
    bodies: list[int] = []  # columns at which the open bodies start
    fence = ""
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        while line.strip() and bodies and indent < bodies[-1]:
            bodies.pop()
        cut = min(4 * len(bodies), indent)
        marker = _FENCE.match(line)
        if fence:
            if marker and marker[1].startswith(fence) and line.strip() == marker[1]:
                fence = ""
        elif marker:
            fence = marker[1]
        elif _OPENER.match(line):
            bodies.append(indent + 4)
            line = ""
        flat.append(line[cut:])
        cuts.append(cut)
    return flat, cuts
