"""Oracle: the sentences and exit codes that the manual page of a command would give."""

import re
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner

from notekit import __main__ as commands
from notekit import problem
from notekit.problem import ROOT
from notekit.read.catalogue import read
from notekit.scaffold import new as scaffold
from notekit.scaffold import twin as twins
from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"


@pytest.fixture
def repo(tmp_path, monkeypatch) -> Repo:
    """The commands work in the small repository."""
    repo = build_repo(tmp_path)
    monkeypatch.setattr(problem, "ROOT", repo.root)
    monkeypatch.setattr(commands, "read", partial(read, repo.root))
    # As defaults, since one of them calls the other with a root of its own.
    monkeypatch.setattr(scaffold.create, "__defaults__", (repo.root,))
    monkeypatch.setattr(twins.twin, "__defaults__", (repo.root,))
    return repo


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what was said, and what was said as an error."""
    done = CliRunner().invoke(commands.main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    # Outside of this runner, Python prints such a sentence and exits with 1.
    return done.exit_code, done.stdout, done.stderr


def test_a_good_repository_passes(repo):
    said = "check: 2 notes in two languages, no problems\n"
    assert run("check") == (0, said, "")


def test_one_note_passes(repo):
    said = "check: 1 notes in two languages, no problems\n"
    assert run("check", "cv/box") == (0, said, "")


def test_a_fault_is_refused(repo):
    repo.edit(ZH, "[记号](#notation)", "[记号](gone.md)")
    line = repo.line(ZH, "宽乘以高")
    code, said, error = run("check")
    assert code == 1
    assert error == f"{ZH}:{line}: want links to files that exist; got gone.md\n"
    assert said == "1 problem\n"
    assert run("check", "cv/box-area")[0] == 0


def test_faults_are_counted(repo):
    repo.edit(ZH, "[记号](#notation)", "[记号](gone.md)、[二](away.md)")
    code, said, error = run("check")
    assert (code, said) == (1, "2 problems\n")
    assert error.count("\n") == 2


def test_a_stale_page_is_told_and_refused_at_a_release(repo):
    repo.edit(EN, "nothing else", "nothing more")
    line = repo.line(ZH, "renders:")
    code, said, error = run("check")
    assert (code, error) == (0, "")
    told = f"{ZH}:{line}: want the text brought up to the English page, then "
    assert said.startswith(f"stale: {told}")
    code, said, error = run("check", "--release")
    assert (code, said) == (1, "1 problem\n")
    assert error.startswith(told)
    assert run("check", "--release", "cv/box-area")[0] == 0


NOT_A_NOTE = "want the name of a note, such as cv/receptive-field; got {!r}\n"


@pytest.mark.parametrize("command", ["check", "twin", "serve"])
@pytest.mark.parametrize(
    "name", ["nope/nope", "cv/gone", "cv/index", "index", "cv/box.md", "cv/../cv/box"]
)
def test_what_is_no_note_is_refused(repo, command, name):
    assert run(command, name) == (1, NOT_A_NOTE.format(name), "")


def test_a_twin_gets_code_and_stamp(repo):
    repo.edit(EN, "nothing else", "nothing more")
    said = "docs/zh/cv/box.md renders the English page; 0 blocks written\n"
    assert run("twin", "cv/box") == (0, said, "")
    assert not repo.catalogue().notes["cv/box"].stale
    repo.edit(EN, "```python\n", "```python\n# more\n")
    said = "docs/zh/cv/box.md renders the English page; 1 block written\n"
    assert run("twin", "cv/box") == (0, said, "")
    assert "# more" in repo.read(ZH)


def test_twins_that_cannot_be_made_are_named_and_the_others_made(repo):
    repo.edit(EN, "```python\n", "```python\n```\n\n```python\n")
    repo.edit("docs/en/cv/box-area.md", "```python\n", "```python\n# more\n")
    code, said, _ = run("twin", "cv/box", "cv/box-area")
    assert code == 1
    assert f"{ZH}:35: want 3 blocks as on the English page, got 2; put" in said
    assert "docs/zh/cv/box-area.md renders the English page; 1 block written\n" in said


def test_a_twin_that_is_missing_cannot_be_stamped(repo):
    (repo.root / ZH).unlink()
    code, said, _ = run("twin", "cv/box")
    missing = repo.root / ZH
    assert code == 1
    assert said == f"twin: want both pages of cv/box; found no {missing}\n"


def test_twin_wants_a_name(repo):
    code, _, error = run("twin")
    assert code == 2
    assert "Missing argument 'NOTES...'" in error


def test_a_new_note_is_written_and_the_next_steps_told(repo):
    code, said, _ = run("new", "cv/my-note", "My note", "我的笔记")
    assert code == 0
    files = [
        line.removeprefix("wrote ") for line in said.split("\nnext:")[0].split("\n")
    ]
    assert len(files) == 10
    assert all((repo.root / file).is_file() for file in files)
    assert "nox -s check -- cv/my-note" in said
    code, said, error = run("check")
    assert code == 1
    found = [line for line in (said + error).split("\n") if line]
    unwritten = ("still the scaffold's", "got its link alone")
    rest = [x for x in found if not any(words in x for words in unwritten)]
    assert rest == ["39 problems"]


def test_a_new_note_of_a_bad_name_is_refused(repo):
    code, said, _ = run("new", "cv/My", "My note", "我的笔记")
    assert code == 1
    assert said.startswith("new: want a name such as TOPIC/lower-case-words")
    assert said.endswith("; got 'cv/My'; nothing was written\n")


def test_a_site_with_a_fault_is_not_built(repo, monkeypatch):
    from notekit.site import build as site

    monkeypatch.setattr(site, "build", pytest.fail)
    repo.edit(EN, "[notation](#notation)", "[notation](gone.md)")
    code, said, error = run("site")
    assert (code, said) == (1, "1 problem\n")
    assert error.startswith(f"{EN}:")


def test_missing_katex_is_told(repo):
    (repo.root / "node_modules").unlink()
    code, said, _ = run("check")
    assert code == 1
    assert said.startswith("check: want katex in node_modules/; run `npm ")


def test_the_program_exits_with_a_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "notekit", "check", "nope/nope"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    want = (1, "", NOT_A_NOTE.format("nope/nope"))
    assert (done.returncode, done.stdout, done.stderr) == want


@pytest.mark.parametrize("command", [["check"], ["site"], ["twin", "cv/box"]])
def test_what_cannot_be_read_ends_a_command_with_a_line(repo, command):
    (repo.root / ZH).write_bytes(b"\n\xff")
    code, said, error = run(*command)
    assert code == 1
    assert f"{ZH}:2: want UTF-8 text; got byte 0xff" in said + error


def test_what_vanishes_meanwhile_ends_a_command_with_a_line(repo, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "docs/en/cv/box.md")

    monkeypatch.setattr(commands, "read", gone)
    code, said, error = run("check")
    assert code == 1
    assert (
        "docs/en/cv/box.md: want to read or write it; got No such file" in said + error
    )


def test_a_note_without_a_chinese_page_may_be_proposed_but_not_released(repo):
    (repo.root / "docs/zh/cv/box-area.md").unlink()
    for name in ("docs/zh/cv/index.md", "docs/zh/cv/box.md"):
        repo.write(name, re.sub(r"\[([^\]]*)\]\(box-area.md\)", r"\1", repo.read(name)))
    code, said, error = run("check")
    draft = "docs/en/cv/box-area.md:1: the twin docs/zh/cv/box-area.md is missing"
    assert f"draft: {draft}" in said
    assert code == 0, said + error
    code, said, error = run("check", "--release")
    assert code == 1
    assert draft in said + error
    # What is there is looked at as in any note, whether it is named or not.
    page = repo.read("docs/en/cv/box-area.md")
    assert "\n## " in page
    place = page.index("\n## ")
    wrong = f"{page[:place]}\nA $ x $ here.\n\n<script>1</script>\n{page[place:]}"
    repo.write("docs/en/cv/box-area.md", wrong)
    (repo.root / "tests/cv/test_box_area.py").unlink()
    for names in ((), ("cv/box-area",)):
        code, said, error = run("check", *names)
        assert code == 1
        assert "want no space beside the dollars of a formula" in said + error
        assert "got <script>" in said + error
        assert "want its test module, tests/cv/test_box_area.py" in said + error
