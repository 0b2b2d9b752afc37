"""Oracle: words whose pinyin, traditional form and accents are written by hand."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notekit.read.catalogue import read
from notekit.site import names

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = read(ROOT)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Itô  Calculus", "ito calculus"),
        ("ＡｄａｍＷ", "adamw"),
        ("naïve\tGödel", "naive godel"),
        ("感受野　RF", "感受野 rf"),
        ("x²", "x2"),
        ("", ""),
    ],
)
def test_width_accents_case_and_spaces_are_folded(text, folded):
    assert names.fold(text) == folded


@given(st.text())
def test_what_is_folded_stays_as_it_is(text):
    once = names.fold(text)
    assert names.fold(once) == names.fold(names.fold(once))
    assert not any(unicodedata.combining(c) for c in once)


def test_traditional_characters_lead_to_those_in_use():
    pairs = names.traditional("强化学习动态规划体")
    table = dict(zip(pairs[::2], pairs[1::2], strict=True))
    assert {"強": "强", "學": "学", "習": "习", "動": "动", "態": "态"}.items() <= (
        table.items()
    )
    assert {"規": "规", "劃": "划", "體": "体"}.items() <= table.items()
    assert set(table.values()) <= set("强化学习动态规划体")
    assert not set(table) & set("强化学习动态规划体")


def test_a_character_that_pages_use_is_never_replaced():
    assert "乾" not in names.traditional("乾干")[::2]


def test_sounds_are_those_of_the_words():
    found = dict(
        (line[: -len(line.lstrip("abcdefghijklmnopqrstuvwxyz"))], line)
        for line in names.sounds(["注意力", "重要", "重复", "KV 缓存"])
    )
    table = {syllable: set(line[len(syllable) :]) for syllable, line in found.items()}
    assert table["zhu"] == {"注"}
    assert table["zhong"] == {"重"}
    assert table["chong"] == {"重"}
    assert table["huan"] == {"缓"}
    assert not any("K" in line for line in found.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_note_is_known_by_title_aliases_terms_tags_and_topic(language):
    notes = {str(i): note for i, note in enumerate(CATALOGUE.notes.values())}
    data = names.of(CATALOGUE, language, notes)
    for number, note in notes.items():
        called, tags = data[number]
        matter = note.pages[language].matter
        assert called[0] == names.fold(matter.title)
        assert {names.fold(alias) for alias in matter.aliases} <= set(called)
        assert {names.fold(tag) for tag in matter.tags} <= set(tags)
        topic = CATALOGUE.topics[note.topic][language].matter.title
        assert names.fold(topic) in tags
        for term in CATALOGUE.glossary.explained_in(note.name):
            both = (*term.names("en"), *term.names("zh"), *term.avoid)
            assert {names.fold(name) for name in both} <= set(called)


def test_what_is_called_otherwise_in_taiwan_leads_to_the_name_here():
    said = names.taiwan(["激活函数", "神经网络", "感受野", "softmax", "很长的题目" * 3])
    assert said == [["启用函式", "激活函数"], ["神经网路", "神经网络"]]
