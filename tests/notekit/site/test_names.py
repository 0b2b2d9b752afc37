"""Oracle: words whose pinyin, traditional form and accents are written by hand."""

from pathlib import Path

import pytest

from notekit.read.catalogue import read
from notekit.site import names

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = read(ROOT)


def same(name: str) -> str:
    """What is one name for the search."""
    return name.replace(" ", "").lower()


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
        assert called[0] == matter.title
        assert len({same(name) for name in called}) == len(called)
        assert {same(name) for name in matter.aliases} <= set(map(same, called))
        assert tags[:-1] == list(matter.tags)
        assert tags[-1] == CATALOGUE.topics[note.topic][language].matter.title
        for term in CATALOGUE.glossary.explained_in(note.name):
            own = {term.en, term.zh, *term.names(language)}
            if language == "zh":
                own |= set(term.avoid)
            assert {same(name) for name in own} <= set(map(same, called))


def test_what_is_called_otherwise_in_taiwan_leads_to_the_name_here():
    said = names.taiwan(["激活函数", "神经网络", "感受野", "softmax", "很长的题目" * 3])
    assert said == [["启用函式", "激活函数"], ["神经网路", "神经网络"]]
