"""Oracle: a file of exercises with one fault, and the line that it stands on."""

import pytest

from tests.notekit.builder import Repo, build_repo
from tests.notekit.read.test_exercises import FINE

PLACE = "exercises/cv/box_area.py"


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = build_repo(tmp_path)
    repo.write(PLACE, FINE)
    return repo


def test_exercises_without_a_fault_have_no_problem(repo):
    assert repo.problems() == []


SOLUTION = "    return prod(sides)\n"
BRUTE = "    return sum(1 for _ in product(*map(range, sides)))\n"


ZH = "返回面积。`sides`。"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (
            "from itertools",
            "from snippets.cv.box_area import double\nfrom itertools",
            "from snippets",
            "exercises share no code with the note; got snippets.cv.box_area",
        ),
        (
            "SIDES = 2\n",
            "import importlib\n",
            "import importlib",
            "want imports in sight, not by importlib",
        ),
        (
            "SIDES = 2\n",
            "import notekit.files\n",
            "import notekit.files",
            "got notekit.files",
        ),
        (SOLUTION, "    return prod(sides) * SIDES\n", "def area(", "it uses SIDES"),
        (BRUTE, "    return area(sides)\n", "def box_brute", "it uses area"),
        (
            BRUTE,
            "    return h(sides)\n\n\ndef h(sides):\n    return area_sum(sides)\n",
            "def box_brute",
            "want @….brute to share nothing with the solutions; it uses area_sum",
        ),
        (
            "def area_sum(sides:",
            "def area_sum(numbers:",
            "def area_sum(",
            "want the parameters of area, sides; got numbers",
        ),
        (
            "def area_sum(sides: list[int])",
            "def area_sum(sides: list[int], *more)",
            "def area_sum(",
            "want plain parameters",
        ),
        (">>> area([2, 3])", ">>> 2 * 3", ">>> 2 * 3", "want an example, >>> area(…)"),
        (">>> area([2, 3])\n6\n", ">>> area([2, 3])\n", ">>> area", "want the result"),
        ("Return the area.", "## Area", "## Area", "want no heading here"),
        (
            "Return the area.",
            "```python\nprint(1)\n```",
            "```python",
            "want code in `examples`, which is run",
        ),
        ("Return the area.", "<script>1</script>", "<script>", "got <script>"),
        ("Return the area.", "Return $\\\\frac{1$.", "Return $", "want TeX that KaTeX"),
        ("返回面积。", "返回,面积。", "zh=Words(title=", "want"),
        (ZH, "Return the area of `sides`.", "zh=Words(title=", "want it in Chinese"),
        ("Return the area.", "返回面积。", "返回面积", "want it in English"),
        ("返回面积。", "返回 17 个面积。", "zh=Words(title=", "got 17"),
        ("返回面积。", "返回九个面积。", "zh=Words(title=", "got 九"),
        ("Return the area.", "Return 17 areas.", "zh=Words(title=", "found no 17"),
        ("Return the area.", "Area:\n- one\n", "- one", "want a blank line above"),
        ("返回面积。", "返回面积 $x^2$。", "zh=Words(title=", "got $x^2$"),
        ("Return the area.", "Return the area $x^2$.", "zh=Words(", "found no $x^2$"),
        ("返回了 0", "返回了 40", "返回了 40", "got 40"),
        ("ends with 0.", "ends with `sides`.", "ends with `", "found no `sides`"),
        ("返回了 0", "返回了 `side`", "返回了 `side`", "got `side`"),
        ("SIDES = 2\n", "print(2)\n", "print(2)", "want a file that does nothing"),
        (
            "SIDES = 2\n",
            "assert True\n",
            "assert True",
            "want a file that does nothing",
        ),
        (
            f'"{ZH}"',
            '"""返回面积。\n\nReturn the area of the box `sides`."""',
            "Return the area of the",
            "want it in Chinese; got 'Return the area of",
        ),
        ("Area of a box", "Area of `a` box", "Area of `a`", "want a title of plain"),
    ],
)
def test_a_fault_is_named_with_its_line(repo, old, new, at, message):
    repo.edit(PLACE, old, new)
    line = repo.line(PLACE, at)
    found = repo.problems("cv/box-area")
    assert any(
        problem.startswith(f"{PLACE}:{line}: ") and message in problem
        for problem in found
    ), found
    assert all(problem.startswith(f"{PLACE}:") for problem in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The volume", "Area of a Box"),
        ("体积", "方框的面积"),
    ],
)
def test_two_exercises_of_one_title_cannot_be_told_apart(repo, old, new):
    _, _, rest = FINE.partition("\n\nbox = ")
    again = f"box = {rest}".replace("box", "can").replace("area", "volume")
    again = again.replace("Area of a can", "The volume").replace("方框的面积", "体积")
    repo.write(PLACE, f"{FINE}\n\n{again}")
    assert repo.problems("cv/box-area") == []
    repo.edit(PLACE, old, new)
    [problem] = repo.problems("cv/box-area")
    place, line, message = problem.split(":", 2)
    assert place == PLACE
    assert repo.read(PLACE).split("\n")[int(line) - 1].count(f'title="{new}"') == 1
    assert message.startswith(" want titles that readers can tell apart; that of line")


def test_exercises_of_no_note_are_refused(repo):
    repo.write("exercises/cv/circle.py", FINE)
    [problem] = repo.problems()
    assert problem.startswith("exercises/cv/circle.py:1: want exercises/TOPIC/NOTE.py")
