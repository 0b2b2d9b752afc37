"""The reference of a module: its public names, from signatures and docstrings.

mkdocstrings reads the sources and renders them, with templates of our own; nothing is
imported or run. A reference is made once for both languages and kept by content.
"""

import glob
import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from griffe import AliasResolutionError
from markdown import Markdown
from markupsafe import Markup

from notekit.cache import Cache, key
from notekit.files import own_modules
from notekit.pages import code

TEMPLATES = Path(__file__).parent / "templates/api"
WIDTH = 88
OPTIONS = {
    # One entry may speak of several: `q, k, v: shape (b, h, t, k)`.
    "docstring_options": {"warn_unknown_params": False, "warn_missing_types": False},
    "docstring_style": "google",
    "heading_level": 3,
}


class UnknownModuleError(ValueError):
    """A module that is not there, or that the library cannot read."""


def reference(dotted: str, note: str, root: Path) -> str:
    """The public names of a module as HTML, in the order of its sources.

    Args:
        dotted: the module, such as ``snippets.nlp.flash_attention``.
        note: the note that it belongs to, by whose files the result is kept.
        root: the repository.

    Raises:
        UnknownModuleError: if there is no such module in that note.
    """
    place = root / dotted.replace(".", "/")
    modules = own_modules(root / "snippets", note)
    if not {place.with_suffix(".py"), place / "__init__.py"} & set(modules):
        raise UnknownModuleError(f"want a module of {note}; got {dotted}")
    texts = [f"{p.relative_to(root)}\n{p.read_text(encoding='utf-8')}" for p in modules]
    name = key(_state(), dotted, *texts)
    return Cache(root, "reference").made(name, lambda: _render(dotted, root))


@cache
def _state() -> str:
    """What else a reference is made of: the library and our templates."""
    templates = [p.read_text(encoding="utf-8") for p in sorted(TEMPLATES.rglob("*.j*"))]
    packages = ("mkdocstrings-python", "griffelib", "markdown")
    versions = [version(name) for name in packages]
    own = Path(__file__).read_text(encoding="utf-8")
    return key(own, code.STATE, *versions, *templates)


def _render(dotted: str, root: Path) -> str:
    handler = _handler(root)
    options = handler.get_options({})
    try:
        # One topic is read, not all of them: its folder is the first name.
        module = handler.collect(dotted.removeprefix("snippets."), options)
    except Exception as error:
        raise UnknownModuleError(f"want a module that can be read; {error}") from error
    parts = []
    for part, entries in itertools.groupby(_public(module), lambda entry: entry.module):
        if module.is_init_module:  # a package: say which of its modules
            parts.append(f'<p class="doc-file"><code>{part.filepath.name}</code></p>')
        parts += [handler.render(entry, options) for entry in entries]
    return f'<div class="doc doc-module">{"".join(parts)}</div>'


def _public(module: Any) -> Iterator[Any]:
    """Public functions, classes and constants; those of a front door by its modules."""
    if module.exports is None:
        names = [
            name
            for name, member in module.members.items()
            if not name.startswith("_") and not member.is_alias
        ]
    else:
        names = [str(name) for name in module.exports]
    # What a front door names, its own reference shows.
    door = module.parent.exports if module.parent is not None else None
    shown = {e.path for e in _targets(module.parent, map(str, door or ()))}
    entries = _targets(module, names)
    for entry in sorted(entries, key=lambda e: (e.parent.path, e.lineno or 0)):
        is_shown = entry.is_function or entry.is_class
        is_shown |= entry.is_attribute and entry.docstring is not None
        if is_shown and entry.path not in shown:
            yield entry


def _targets(module: Any, names: Iterable[str]) -> Iterator[Any]:
    """What these names of a module stand for, wherever it is defined."""
    for name in names:
        # Griffe does not see every constant, such as those of `A, B = 1, 2`.
        with suppress(KeyError, AliasResolutionError):
            member = module.members[name]
            if member.is_module and name in member.members:
                member = member.members[name]  # which the import puts in its place
            yield member.final_target if member.is_alias else member


@cache
def _handler(root: Path) -> Any:
    """mkdocstrings' handler of Python, with our templates and what they ask for."""
    from mkdocstrings import Handlers

    handlers = Handlers(
        theme="material",
        default="python",
        inventory_project="",
        handlers_config={
            "python": {
                "paths": [glob.escape(str(root / "snippets"))],
                "inventories": [],
                "options": OPTIONS,
            }
        },
        custom_templates=str(TEMPLATES),
        mdx=["toc"],
        tool_config=SimpleNamespace(config_file_path=str(root / "mkdocs.yml")),
    )
    handler = handlers.get_handler("python")
    handler._update_env(Markdown(extensions=["toc"]))
    env = handler.env
    sections = env.get_template("sections.html.jinja")

    def described(docstring: Any) -> Markup:
        return Markup(sections.render(parsed=docstring.parsed if docstring else []))

    env.filters |= {
        "colour": lambda text: Markup(code.block(text, "python")),
        "constructor": constructor,
        "documented": documented,
        "sections": described,
        "signature": signature,
    }
    return handler


def documented(parent: Any) -> list[Any]:
    """Public methods and attributes that have a docstring, as they stand."""
    members = [m for m in parent.members.values() if not m.is_alias]
    return [m for m in members if m.docstring and not m.name.startswith("_")]


def constructor(parent: Any) -> str:
    """How an instance is made, or for an error or an enumeration what it is."""
    bases = ", ".join(map(str, parent.bases))
    if "__init__" in parent.members:
        return signature(parent.members["__init__"], parent.name, returns=False)
    if "NamedTuple" in bases:
        members = parent.members.values()
        fields = [m for m in members if m.is_attribute and m.annotation is not None]
        return _broken(parent.name, [_typed(f, f.value) for f in fields], ")")
    return f"class {parent.name}({bases})" if bases else f"class {parent.name}"


def signature(function: Any, name: str, returns: bool = True) -> str:
    """``name(a: int, b: str = "") -> int``, over several lines where one is too long.

    Args:
        function: a function of Griffe's.
        name: what stands before the bracket.
        returns: whether the type of the result is shown.
    """
    type_ = function.returns if returns else None
    return _broken(
        name, list(_parameters(function)), ")" if type_ is None else f") -> {type_}"
    )


def _broken(name: str, shown: list[str], tail: str) -> str:
    """One line if it fits, else one for all parameters, else one for each."""
    line = f"{name}({', '.join(shown)}{tail}"
    if len(line) <= WIDTH or not shown:
        return line
    inner = "    " + ", ".join(shown)
    if len(inner) > WIDTH or len(shown) == 1:
        inner = "\n".join(f"    {part}," for part in shown)
    return f"{name}(\n{inner}\n{tail}"


def _parameters(function: Any) -> Iterator[str]:
    """Each parameter as it stands in the source, with `/` and `*` between them."""
    parameters = [p for p in function.parameters if p.name not in ("self", "cls")]
    kinds = [p.kind.value if p.kind else "" for p in parameters]
    for place, (parameter, kind) in enumerate(zip(parameters, kinds)):
        before = kinds[place - 1] if place else ""
        if before == "positional-only" != kind:
            yield "/"
        keywords = ("keyword-only", "variadic keyword")
        if kind == "keyword-only" and before not in (*keywords, "variadic positional"):
            yield "*"
        stars = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        text = stars + _typed(parameter, None if stars else parameter.default)
        yield text
    if kinds and kinds[-1] == "positional-only":
        yield "/"


def _typed(item: Any, default: Any) -> str:
    """``name: type = default``, as much of it as there is."""
    if item.annotation is None:
        return f"{item.name}={default}" if default is not None else str(item.name)
    end = f" = {default}" if default is not None else ""
    return f"{item.name}: {item.annotation}{end}"
