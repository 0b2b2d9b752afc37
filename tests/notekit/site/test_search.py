"""Oracle: what Pagefind's fragments say, written by hand."""

import gzip
import json
import re

import cbor2
import pytest

from notekit.problem import ROOT
from notekit.site.layout import BuildError
from notekit.site.search import COMMON, drop_common, write_names
from tests.notekit.builder import build_repo


def test_search_gets_the_names_of_every_note_by_pagefind_s_number(tmp_path):
    repo = build_repo(tmp_path)
    folder = repo.root / "site/pagefind"
    urls = {"en_1": "/cv/box/", "en_2": "/cv/box-area/", "zh_1": "/zh/cv/box/"}
    for number, url in urls.items():
        path = folder / f"fragment/{number}.pf_fragment"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps({"url": url, "content": "x"}).encode()
        path.write_bytes(gzip.compress(b"pagefind_dcd" + data))
    write_names(repo.catalogue(), folder)
    assert json.loads(repo.read("site/pagefind/names.en.json")) == {
        "en_1": [["Box", "also Box"], ["shape", "Vision"]],
        "en_2": [["Box area", "also Box area"], ["shape", "Vision"]],
    }
    called = json.loads(repo.read("site/pagefind/names.zh.json"))
    assert called["zh_1"][0][:2] == ["方框", "also 方框"]
    more = json.loads(repo.read("site/pagefind/more.zh.json"))
    assert {"fang方", "kuang框"} <= set(more["sounds"])
    assert set(more) == {"sounds", "taiwan", "traditional"}


def packed(data):
    return gzip.compress(b"pagefind_dcd" + data)


def test_the_english_index_loses_the_words_that_every_note_has(tmp_path):
    words = [["sum", [[3, [-25, 7], []]], []], ["the", [[3, [-25, 1], []]], []]]
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("en_1", "zh_1"):
        path = folder / f"{name}.pf_index"
        path.write_bytes(packed(cbor2.dumps([words])))
    drop_common(tmp_path)
    found = {
        path.stem: cbor2.loads(gzip.decompress(path.read_bytes())[12:])
        for path in folder.iterdir()
    }
    assert found == {"en_1": [words[:1]], "zh_1": [words]}


@pytest.mark.parametrize("data", [b"", b"\xff", cbor2.dumps(7), cbor2.dumps([])])
def test_an_index_of_another_layout_stops_the_build(tmp_path, data):
    (tmp_path / "index").mkdir()
    (tmp_path / "index/en_1.pf_index").write_bytes(packed(data))
    with pytest.raises(BuildError, match="want a part of Pagefind's index"):
        drop_common(tmp_path)


def test_no_query_is_searched_for_a_word_that_the_index_lost():
    script = (ROOT / "theme/assets/search.js").read_text(encoding="utf-8")
    [listed] = re.findall(r"const STOP = new Set\(\((.*?)\)\.split", script, re.S)
    stop = set(re.sub(r'"\s*\+ "', "", listed).strip('"').split())
    assert {"the", "works"} <= stop
    assert stop >= COMMON
