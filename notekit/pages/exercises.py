"""The section of a note's exercises with a judge, whole without a script.

Statement, examples, the first line to start from, folded hints and folded solution; what
a script adds (editor, judge, progress) hangs on the block of examples and starter.
"""

import re
import textwrap
from html import escape
from pathlib import Path

from notekit.language import LANGUAGES, Language
from notekit.pages import code, parts
from notekit.pages.words import WORDS
from notekit.read.exercises import Exercise, Sheet
from notekit.read.exercises import sheet as read_sheet
from notekit.study.exercises import payload

_AFTER = re.compile(r"^## [^\n]*\{ #references \}", re.MULTILINE)
PREFIX = "exercise_"  # of what the script says, in the words of the interface


def said() -> dict[Language, dict[str, str]]:
    """What the script of the exercises says."""
    return {
        language: {
            name.removeprefix(PREFIX): text
            for name, text in WORDS[language].items()
            if name.startswith(PREFIX)
        }
        for language in LANGUAGES
    }


def with_exercises(body: str, note: str, language: Language, root: Path) -> str:
    """The body of a note with its judged exercises below the others."""
    found = read_sheet(root, note)
    end = _AFTER.search(body)
    if found is None or not found.exercises or end is None:
        return body
    section = _section(found, note, language, root)
    return f"{body[: end.start()].rstrip()}\n\n{section}\n\n{body[end.start() :]}"


def progress(language: Language, root: Path) -> str:
    """Where progress is shown, exported and imported; shown by the script alone."""
    words = WORDS[language]
    export, forget = (
        f'<button type="button" data-progress="{name}">{escape(words[f"progress_{name}"])}</button>'
        for name in ("export", "forget")
    )
    # The browser's own: it opens however long the script takes to come.
    choose = (
        '<label class="progress__import"><input type="file" class="unseen" '
        f'accept=".json,application/json">{escape(words["progress_import"])}</label>'
    )
    html = (
        f'<div class="progress" hidden lang="{language}">'
        f'<p role="status">{escape(words["progress_none"])}</p>'
        f'<p class="exercise__bar">{export}{choose}{forget}</p></div>'
    )
    return parts.keep(html, root)


def _section(found: Sheet, note: str, language: Language, root: Path) -> str:
    words = WORDS[language]
    made = payload(root, note, said())
    intro = words["judged_intro"] if made else words["judged_local"]
    pieces = [
        f"### {words['judged']} {{ #judge }}",
        intro.format(note=note),
    ]
    for exercise in found.exercises:
        pieces += [
            f"#### {exercise.title[language].text} {{ #{exercise.id} }}",
            exercise.statement[language].text.strip(),
            parts.keep(
                _block(exercise, note, language, made.name if made else None), root
            ),
            *_folded(exercise, language, root),
        ]
    return "\n\n".join(pieces)


def _block(
    exercise: Exercise, note: str, language: Language, source: str | None
) -> str:
    """Examples and starter; with them what a script needs, if there is a judge in it."""
    words = WORDS[language]
    shown = code.block(exercise.examples.text.strip() + "\n", "pycon")
    starter = code.block(exercise.starter, "python")
    if source is None:
        return f'<div class="exercise">{shown}{starter}</div>'
    data = f'data-note="{note}" data-name="{exercise.name}" data-source="{source}"'
    button = (
        '<button type="button" class="exercise__start" '
        f'data-trouble="{escape(words["exercise_offline"])}">'
        f"{escape(words['judged_start'])}</button>"
    )
    return (
        f'<div class="exercise" {data}>{shown}'
        f'<div class="exercise__starter">{starter}</div>'
        f'<p class="exercise__bar" hidden>{button}</p></div>'
    )


def _folded(exercise: Exercise, language: Language, root: Path) -> list[str]:
    words = WORDS[language]
    found = [
        f'??? question "{words["judged_hint"].format(number)}"\n\n{_inside(hint.text)}'
        for number, hint in enumerate(exercise.hints[language], 1)
    ]
    solution = parts.keep(code.block(exercise.solution, "python"), root)
    mistakes = [f"- {m[language].text.strip()}" for m in exercise.mistakes]
    inside = [solution, words["judged_mistakes"], "\n".join(mistakes)]
    answer = _inside("\n\n".join(inside))
    return [*found, f'??? success "{words["judged_solution"]}"\n\n{answer}']


def _inside(text: str) -> str:
    return textwrap.indent(text.strip(), "    ")
