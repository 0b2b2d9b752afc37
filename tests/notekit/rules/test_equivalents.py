"""Oracle: declarations written by hand, some of which the code does not bear out."""

import pytest

from tests.notekit.builder import Repo, build_repo

PLACE = "tests/cv/box_mutants.toml"
GOOD = {
    "file": "snippets/cv/box.py",
    "function": "double",
    "old": "return 2 * width",
    "new": "return 3 * width",
    "reason": "said for a test",
}


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def declare(repo: Repo, *tables: dict, kind: str = "equivalent") -> list[str]:
    """What check says of a file with these tables, from its line on."""
    lines = []
    for table in tables:
        lines.append(f"[[{kind}]]")
        lines += [
            f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"'
            for key, value in table.items()
        ]
    repo.write(PLACE, "\n".join(lines) + "\n")
    return [p for p in repo.problems() if p.startswith(PLACE)]


@pytest.mark.parametrize("kind", ["equivalent", "gpu"])
def test_a_mutant_that_can_be_planted_may_be_declared(repo, kind):
    assert declare(repo, GOOD, kind=kind) == []


def test_lines_may_move(repo):
    repo.edit(GOOD["file"], "class Shape", "A = None\n\n\nclass Shape")
    assert declare(repo, GOOD) == []


def test_code_that_has_changed_takes_its_declaration_along(repo):
    repo.edit(GOOD["file"], "return 2 * width", "return 2 * (width)")
    [problem] = declare(repo, GOOD)
    assert problem.startswith(f"{PLACE}:1: want a mutant that can be planted")
    assert problem.endswith("has no such line: return 2 * width")


WRONG = {
    "another function": ({"function": "area"}, "number|in area of"),
    "no such change": ({"new": "return 7 * width"}, "got return 2 * width → return 7"),
    "no such second line": ({"occurrence": 2}, "number 2 in double"),
    "another note's file": ({"file": "snippets/cv/none.py"}, "want a module of cv/box"),
    "no reason": ({"reason": " "}, "want the texts file, function"),
    "a key more": ({"why": "so"}, "want the texts file, function"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_declaration_that_declares_nothing_is_named_by_its_line(repo, case):
    change, wanted = WRONG[case]
    [problem] = declare(repo, GOOD, GOOD | change)
    assert problem.startswith(f"{PLACE}:7: ")
    assert any(words in problem for words in wanted.split("|"))


def test_a_second_declaration_of_the_same_is_refused(repo):
    [problem] = declare(repo, GOOD, GOOD)
    assert problem.startswith(f"{PLACE}:7: want each mutant declared once")


def test_another_kind_of_table_is_refused(repo):
    [problem] = declare(repo, GOOD, kind="same")
    assert "want tables [[equivalent]] or [[gpu]]; got 'same'" in problem


def test_a_file_that_is_no_toml_is_one_line(repo):
    repo.write(PLACE, "[[equivalent]\n")
    [problem] = [p for p in repo.problems() if p.startswith(PLACE)]
    assert problem.startswith(f"{PLACE}:1: want TOML; ")


def test_a_table_in_the_place_of_a_list_is_refused(repo):
    repo.write(PLACE, '[equivalent]\nfile = "a"\n')
    [problem] = [p for p in repo.problems() if p.startswith(PLACE)]
    assert "want tables [[equivalent]]" in problem
