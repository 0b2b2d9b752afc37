"""Where each language's site lies, and what a build that fails says."""

from notekit.language import Language

FOLDERS: dict[Language, str] = {"en": "", "zh": "zh"}


class BuildError(Exception):
    """A step of the build failed; the message says which and why."""
