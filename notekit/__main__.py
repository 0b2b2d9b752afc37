"""The commands behind nox: python -m notekit site, serve, check, new, twin."""

import sys

import click

from notekit.catalogue import read
from notekit.site import BuildError, build


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, check and extend the notes."""


@main.command()
def site() -> None:
    """Build both sites into site/."""
    catalogue = read()
    if catalogue.problems:
        sys.exit("\n".join(map(str, catalogue.problems)))
    try:
        place = build(catalogue)
    except BuildError as error:
        sys.exit(f"{error}\nsite: failed; the last good site/ is untouched")
    click.echo(f"site: {place}")


if __name__ == "__main__":
    main()
