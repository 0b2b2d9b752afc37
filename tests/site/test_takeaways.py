"""What readers take away is where the pages say, in both languages."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page


def fetched(page: Page, link: str) -> bytes:
    """What a reader gets who follows a link of the page."""
    target = page.get_by_role("link", name=link, exact=True)
    address = target.evaluate("link => link.href")
    with urlopen(address, timeout=20) as answer:
        content: bytes = answer.read()
    return content


@pytest.mark.parametrize(
    ("home", "link", "colab", "title"),
    [
        ("", "Jupyter notebook", "Open in Colab", "Receptive field"),
        ("zh/", "Jupyter 笔记本", "在 Colab 中打开", "感受野"),
    ],
)
def test_a_note_leads_to_its_notebook(visit, home, link, colab, title):
    page = visit.open(f"{home}cv/receptive-field/")
    book = json.loads(fetched(page, link))
    assert book["cells"][0]["source"][0] == f"# {title}\n"
    target = page.get_by_role("link", name=colab, exact=True)
    address = target.get_attribute("href")
    assert address.startswith("https://colab.research.google.com/github/")
    assert address.endswith(f"/{home or 'en/'}cv/receptive-field.ipynb")


@pytest.mark.parametrize(
    ("home", "link"), [("", "Cards for Anki"), ("zh/", "Anki 卡片")]
)
def test_a_topic_leads_to_its_cards(visit, home, link, tmp_path):
    page = visit.open(f"{home}rl/")
    with zipfile.ZipFile(io.BytesIO(fetched(page, link))) as archive:
        database = Path(archive.extract("collection.anki2", tmp_path))
    base = sqlite3.connect(database)
    [(cards,)] = base.execute("SELECT count(*) FROM cards")
    base.close()
    assert cards > 20
