"""Frames of a run as HTML: a list, which the page's script shows one frame at a time.

All frames stand in the page, so that it is complete without JavaScript, from a disk and
on paper, which shows the first, a middle and the last.
"""

from functools import cache
from pathlib import Path

import jinja2

from notekit.language import Language
from notekit.pages.words import WORDS
from notekit.read.steps import Steps, read

_TEMPLATE = Path(__file__).parent / "templates/steps.html.jinja"
SCALE = 1.2  # of a drawing's own pixels, at most


def stepper(path: Path, language: Language) -> str:
    """The frames of a file, with the controls that the script needs."""
    steps = read(path)
    return _template().render(
        steps=steps,
        width=round(steps.width * SCALE),
        language=language,
        words=WORDS[language],
        printed=on_paper(steps),
    )


def on_paper(steps: Steps) -> set[int]:
    """Indices of the frames that are printed: the first, a middle one, the last."""
    last = len(steps.frames) - 1
    return {0, last // 2, last}


@cache
def _template() -> jinja2.Template:
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).from_string(_TEMPLATE.read_text(encoding="utf-8"))
