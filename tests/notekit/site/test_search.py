"""Oracle: what Pagefind's fragments say, written by hand."""

import gzip
import json

from notekit.site.search import write_names
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
