"""Rules of the queries: each note has some in both languages, and none has two notes."""

from collections.abc import Iterable, Iterator

from notekit.problem import Problem
from notekit.read.catalogue import LANGUAGES, Catalogue
from notekit.read.queries import WHERE, Query, files, read_queries

LEAST = 2  # queries of a note in each language


def problems(
    catalogue: Catalogue, names: Iterable[str] | None = None
) -> Iterator[Problem]:
    """What is wrong with the queries of the notes named, or with all of them."""
    wanted = set(catalogue.notes if names is None else names) & set(catalogue.notes)
    queries, unreadable = read_queries(catalogue.root)
    own = {catalogue.root / WHERE / f"{name}.tsv": name for name in sorted(wanted)}
    yield from (p for p in unreadable if names is None or p.path in own)
    for path, name in own.items():
        if not path.exists():
            # At the page, since the file to open is not there.
            page = catalogue.notes[name].pages["en"].path
            place = path.relative_to(catalogue.root).as_posix()
            yield Problem(page, 1, f"want its queries, {place}; found none")
            continue
        for language in LANGUAGES:
            there = [q for q in queries if q.path == path and q.language == language]
            if len(there) < LEAST:
                message = f"want at least {LEAST} queries in {language}"
                line = there[-1].line if there else 1
                yield Problem(path, line, f"{message}; found {len(there) or 'none'}")
    first: dict[tuple[str, str], Query] = {}
    # Others before those that were asked for, which are told of what is there already.
    for query in sorted(queries, key=lambda q: q.note in wanted):
        same = first.setdefault((query.language, query.folded), query)
        if same is not query and query.note in wanted:
            place = f"{same.path.relative_to(catalogue.root).as_posix()}:{same.line}"
            message = f"want each query once a language; {query.text!r} is also in"
            yield Problem(query.path, query.line, f"{message} {place}")
    if names is None:
        for name, path in files(catalogue.root).items():
            # A page without a twin, or one that cannot be read, has its own problem.
            if not any((catalogue.root / "docs").glob(f"*/{name}.md")):
                yield Problem(path, 1, f"want the name of a note; got {name!r}")
