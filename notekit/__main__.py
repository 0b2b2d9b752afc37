"""The commands behind nox: python -m notekit site, serve, check, new, twin and others."""

import gc
import sys
from pathlib import Path
from typing import Any

import click

from notekit.problem import Problem
from notekit.read.catalogue import Catalogue, read


class _Commands(click.Group):
    """Commands that say in a line what cannot be read or written, and end with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from notekit.problem import ROOT
        from notekit.read.survey import survey

        try:
            _refuse(survey(ROOT))
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None:
                raise
            sys.exit(
                f"{error.filename}: want to read or write it; got {error.strerror}"
            )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, check and extend the notes."""


@main.command()
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
def site(force: bool) -> None:
    """Build both sites into site/; the last good one stays if anything fails."""
    from notekit.problem import ROOT
    from notekit.site.fresh import is_fresh, made_of, remember

    gc.disable()  # a tenth of the time, and nothing is left to collect before the end
    made = made_of(ROOT)
    if not force and is_fresh(ROOT, made):
        click.echo(f"site: {ROOT / 'site'} is up to date")
        return
    from notekit.node import NodeError
    from notekit.rules import passed
    from notekit.site.alone import alone
    from notekit.site.build import build
    from notekit.site.layout import BuildError
    from notekit.study import pyodide
    from notekit.study.playground import needs_numpy

    with alone(ROOT, "site", click.echo):
        catalogue = read()
        # What would break the pages is refused here, with file and line.
        states = passed.states_of(catalogue)
        names = None if force else passed.unchecked(ROOT, states)
        _refuse(_check(catalogue, names, whole=False))
        passed.remember(ROOT, states)
        try:
            place = build(catalogue, click.echo)
        except (BuildError, NodeError) as error:
            sys.exit(f"{error}\nsite: failed; the last good site/ is untouched")
        # What was out of reach is asked for again next time.
        if pyodide.numpy(ROOT) or not needs_numpy(catalogue):
            remember(ROOT, made)
        click.echo(f"site: {place}")


@main.command()
@click.pass_context
def bundle(context: click.Context) -> None:
    """Build the site and put all of it in one zip, which opens from a disk, into it."""
    from notekit.problem import ROOT
    from notekit.site.alone import alone
    from notekit.site.build import add_zip
    from notekit.site.fresh import made_of, remember

    made = made_of(ROOT)
    context.invoke(site, force=False)
    with alone(ROOT, "bundle", click.echo):
        place = add_zip(ROOT / "site")
        remember(ROOT, made)
    click.echo(f"bundle: {place}, {place.stat().st_size / 1e6:.1f} MB")


@main.command()
@click.argument("notes", nargs=-1)
@click.option(
    "--release", is_flag=True, help="Refuse pages that are stale, or have no twin."
)
def check(notes: tuple[str, ...], release: bool) -> None:
    """All rules on all notes, or on those named."""
    from notekit.rules.check import stale

    gc.disable()
    names = _names(notes)
    catalogue = read(only=names)
    problems = _check(catalogue, names)
    behind = stale(catalogue, names)
    if release:
        problems += [*behind, *catalogue.drafts]
    else:
        for problem in behind:
            click.echo(f"stale: {problem}")
        for problem in catalogue.drafts:
            click.echo(f"draft: {problem}")
    _refuse(problems)
    number = len(catalogue.notes) if names is None else len(names)
    click.echo(f"check: {number} notes in two languages, no problems")


@main.command()
@click.argument("notes", nargs=-1, required=True)
def twin(notes: tuple[str, ...]) -> None:
    """Write the English page's code into the Chinese page, and that it renders it."""
    from notekit.scaffold import twin as twins

    wrong = []
    for name in _names(notes) or []:
        try:
            changed = twins.twin(name)
        except FileNotFoundError as error:
            wrong.append(f"twin: want both pages of {name}; found no {error.filename}")
        except twins.TwinError as error:
            wrong.append(str(error))
        else:
            blocks = f"{changed} block{'s' * (changed != 1)} written"
            click.echo(f"docs/zh/{name}.md renders the English page; {blocks}")
    if wrong:
        sys.exit("\n".join(wrong))


@main.command()
@click.argument("name")
@click.argument("title")
@click.argument("chinese_title")
def new(name: str, title: str, chinese_title: str) -> None:
    """All files of a new note: NAME such as cv/my-note, TITLE and CHINESE_TITLE."""
    from notekit.scaffold.new import ScaffoldError, create

    try:
        files = create(name, title, chinese_title)
    except ScaffoldError as error:
        sys.exit(f"new: {error}; nothing was written")
    for file in files:
        click.echo(f"wrote {file}")
    click.echo(f"""next:
  1. the code and its proof:  snippets/…, tests/…; nox -s tests -- {name}
  2. the figure:              figures/…; nox -s figures -- {name}
  3. the page in English:     nox -s serve -- {name}
  4. the page in Chinese, written anew; then nox -s twin -- {name}
  5. what it is to its neighbours: a sentence on the topic's page, in place of the list
  6. what its readers type:   tests/site/queries/{name}.tsv
  7. if there is code to write: exercises/{name.replace("-", "_")}.py, with a judge
  8. nox -s check -- {name}   says what is still missing""")


@main.command()
@click.argument("note", required=False)
@click.option("--port", default=8000, show_default=True)
def serve(note: str | None, port: int) -> None:
    """Serve the site and follow what you save; with NOTE, rebuild its pages only."""
    from notekit.site.serve import serve as run

    names = _names((note,) if note else ())
    run(names[0] if names else None, port)


@main.command()
def notebooks() -> None:
    """Write every note as a Jupyter notebook, in both languages, to build/notebooks/."""
    from notekit.site.takeaways import write_notebooks

    catalogue = read()
    _refuse(catalogue.problems)
    folder = catalogue.root / "build/notebooks"
    number = write_notebooks(catalogue, folder)
    click.echo(f"notebooks: {number} in {folder}")


@main.command()
def cards() -> None:
    """Write the decks of cards for Anki, one a topic and language, to build/cards/."""
    from notekit.site.takeaways import write_decks

    catalogue = read()
    _refuse(catalogue.problems)
    folder = catalogue.root / "build/cards"
    click.echo(f"cards: {write_decks(catalogue, folder)} decks in {folder}")


@main.command()
@click.argument("note")
@click.argument("file", type=click.Path(path_type=Path))
def solve(note: str, file: Path) -> None:
    """Judge FILE, an answer to exercises of NOTE, with the cases of its page."""
    from notekit.problem import ROOT
    from notekit.study import solve as solving

    [name] = _names((note,)) or []
    good = True
    try:
        for exercise in solving.asked(ROOT, name, file):
            found = solving.solve(ROOT, name, exercise, file)
            click.echo(solving.report(exercise, found, file))
            good &= getattr(found, "kind", "late") == "passed"
    except solving.SolveError as error:
        sys.exit(f"solve: {error}")
    if not good:
        sys.exit(1)


@main.command()
def zensical() -> None:
    """Build with Zensical too, and compare with what MkDocs makes of the notes."""
    from notekit.site.layout import BuildError
    from notekit.site.zensical import run

    try:
        good = run(read(), click.echo)
    except BuildError as error:
        sys.exit(f"{error}\nzensical: failed")
    if not good:
        sys.exit(
            "zensical: what differs and why is to be fixed, or declared in notekit/site/zensical.py"
        )


@main.command()
@click.argument("notes", nargs=-1)
@click.option("--sample", type=click.IntRange(min=1), help="Mutants a note; else all.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draw; printed.")
@click.option("--kind", "kinds", multiple=True, help="Only such as detach or raise.")
@click.option("--workers", type=click.IntRange(min=1), help="At once; else all cores.")
def mutants(
    notes: tuple[str, ...],
    sample: int | None,
    seed: int | None,
    kinds: tuple[str, ...],
    workers: int | None,
) -> None:
    """Plant faults in the code of notes and report those that their tests do not see."""
    import os
    import secrets

    from notekit.problem import ROOT
    from notekit.prove.mutants import MutantsError, run
    from notekit.read.mutants import KINDS

    for kind in set(kinds) - set(KINDS):
        sys.exit(f"want --kind to be one of {', '.join(KINDS)}; got {kind!r}")
    seed = secrets.randbelow(10**6) if seed is None else seed
    workers = workers or os.cpu_count() or 1
    try:
        outcomes = run(ROOT, _names(notes), sample, seed, workers, click.echo, kinds)
    except MutantsError as error:
        sys.exit(str(error))
    if any(outcome.end == "survived" for outcome in outcomes):
        sys.exit(
            "mutants: want a test that fails for each survivor, or its declaration"
        )


@main.command()
def cluster() -> None:
    """Run the distributed notes on two hosts made of network namespaces; root only."""
    import signal

    from notekit.problem import ROOT
    from notekit.prove.cluster import run
    from notekit.prove.hosts import HostsError

    # Whoever ends us, the hosts go first.
    # A shell's background jobs are born with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(ROOT, click.echo)
    except HostsError as error:
        sys.exit(f"cluster: {error}")


@main.command()
@click.argument("notes", nargs=-1)
@click.option("--orders", default=20, show_default=True, help="Random orders.")
@click.option("--hash-seeds", default=3, show_default=True, help="Of Python, in turn.")
@click.option("--order", type=int, help="Only this one.")
@click.option("--hash-seed", type=int, help="Only this one.")
@click.option("--alone", is_flag=True, help="Each test module in its own process.")
def orders(
    notes: tuple[str, ...],
    orders: int,
    hash_seeds: int,
    order: int | None,
    hash_seed: int | None,
    alone: bool,
) -> None:
    """Tests in random orders, under several hash seeds; of NOTES or topics, or all."""
    from notekit.problem import ROOT
    from notekit.prove import orders as prove

    if alone:
        runs = list(prove.alone(ROOT, [f"tests/{name}" for name in notes or ("",)]))
        runs = [r for r in runs if not r.options[-1].startswith("tests/site/")]
    else:
        given = ["--notes", ",".join(notes)] if notes else ["--ignore=tests/site"]
        which = range(orders) if order is None else [order]
        seeds = range(hash_seeds) if hash_seed is None else [hash_seed]
        runs = list(prove.orders(which, seeds, given))
    if not runs:
        sys.exit(f"want names of topics that have tests; got {' '.join(notes)!r}")
    if not prove.run_all(ROOT, runs, click.echo):
        sys.exit("orders: a test depends on how it is run")


def _check(
    catalogue: Catalogue, names: list[str] | None, whole: bool = True
) -> list[Problem]:
    from notekit.node import NodeError
    from notekit.rules.check import check as run

    try:
        return run(catalogue, names, whole)
    except NodeError as error:
        sys.exit(f"check: {error}")


def _names(notes: tuple[str, ...]) -> list[str] | None:
    """The notes asked for, which must exist in at least one language; None for all."""
    from notekit.problem import ROOT

    for name in notes:
        files = [ROOT / f"docs/{lang}/{name}.md" for lang in ("en", "zh")]
        is_note = name.count("/") == 1 and not name.endswith("/index")
        if not is_note or not any(file.exists() for file in files):
            sys.exit(
                f"want the name of a note, such as cv/receptive-field; got {name!r}"
            )
    return list(notes) or None


def _refuse(problems: list[Problem]) -> None:
    if problems:
        for problem in problems:
            click.echo(str(problem), err=True)
        sys.exit(f"{len(problems)} problem{'s' * (len(problems) > 1)}")


if __name__ == "__main__":
    main()
