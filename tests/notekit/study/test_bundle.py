"""Oracle: Node, which imports what was bundled where no package is installed."""

import subprocess

import pytest

from notekit import node
from notekit.problem import ROOT
from notekit.study.bundle import bundle


@pytest.fixture
def repo(tmp_path):
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def test_a_script_brings_what_it_imports(repo, tmp_path_factory):
    script = repo / "a.js"
    script.write_text(
        'import { EditorState } from "@codemirror/state"\n'
        'export const text = EditorState.create({ doc: "a\\nb" }).doc.lines\n'
    )
    alone = tmp_path_factory.mktemp("alone")
    (alone / "a.mjs").write_text(bundle(script, repo))
    (alone / "b.mjs").write_text('import { text } from "./a.mjs"\nconsole.log(text)\n')
    done = subprocess.run(
        [node.command(), "b.mjs"], cwd=alone, capture_output=True, text=True, check=True
    )
    assert done.stdout == "2\n"
    script.write_text('export const text = "new"')
    assert "new" in bundle(script, repo)


def test_a_package_that_is_missing_is_named(repo):
    script = repo / "a.js"
    script.write_text('import { a } from "@codemirror/none"\nexport const b = a\n')
    with pytest.raises(node.NodeError, match="want @codemirror/none in node_modules/"):
        bundle(script, repo)
