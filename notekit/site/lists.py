"""Lists for those who do not read the pages: sitemap, robots, llms.txt."""

import json
import re
from pathlib import Path
from typing import Any

from lxml import etree

from notekit.language import LANGUAGES, Language
from notekit.pages.stage import used_topics
from notekit.read.catalogue import Catalogue
from notekit.site.layout import FOLDERS


def merge_sitemaps(target: Path) -> None:
    """One sitemap with the pages of both languages, each naming its twin."""
    places: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        sitemap = (target / FOLDERS[language] / "sitemap.xml").read_text(
            encoding="utf-8"
        )
        places[language] = re.findall(r"<loc>([^<]+)</loc>", sitemap)
    entries = []
    for en, zh in zip(places["en"], places["zh"], strict=True):
        twins = f'<xhtml:link rel="alternate" hreflang="en" href="{en}"/>'
        twins += f'<xhtml:link rel="alternate" hreflang="zh" href="{zh}"/>'
        entries += [f"<url><loc>{place}</loc>{twins}</url>" for place in (en, zh)]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    head += '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    head += ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    text = head + "\n".join(entries) + "\n</urlset>\n"
    (target / "sitemap.xml").write_text(text, encoding="utf-8")
    (target / "zh/sitemap.xml").unlink()


def write_robots(target: Path) -> None:
    """Everybody is welcome; the sitemap's address is that of its own first page."""
    first = re.search(r"<loc>([^<]+)</loc>", (target / "sitemap.xml").read_text())
    home = first[1] if first else "/"
    text = f"User-agent: *\nAllow: /\n\nSitemap: {home}sitemap.xml\n"
    (target / "robots.txt").write_text(text, encoding="utf-8")


def tidy_feeds(target: Path) -> None:
    """Take out of the feeds what the plug-in writes where there is nothing to say."""
    for path in target.rglob("feed_rss_*.xml"):
        tree = etree.fromstring(path.read_bytes()).getroottree()
        for image in tree.findall("channel/image"):
            if not str(image.findtext("url")).startswith("http"):
                image.getparent().remove(image)
        # Not by its name: libxml2 takes a name for an address, and % for an escape.
        path.write_bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
    for path in target.rglob("feed_json_*.json"):
        feed = _said(json.loads(path.read_text(encoding="utf-8")))
        text = json.dumps(feed, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def _said(value: Any) -> Any:
    """The value without entries that are null, or lists of nothing."""
    if isinstance(value, dict):
        return {k: _said(v) for k, v in value.items() if v is not None and v != []}
    return [_said(part) for part in value] if isinstance(value, list) else value


def write_llms(catalogue: Catalogue, target: Path) -> None:
    """``llms.txt``: all notes with their summaries, for programs that read the site."""
    home = re.search(r"<loc>([^<]+)</loc>", (target / "sitemap.xml").read_text())
    base = home[1] if home else "/"
    lines = ["# Gradnotes", ""]
    lines += [
        "> Study notes on machine learning and algorithms, in English and Chinese;"
    ]
    lines += ["> every code block, figure, formula and number was run and checked.", ""]
    for topic in used_topics(catalogue):
        lines += [f"## {catalogue.topics[topic]['en'].matter.title}", ""]
        for note in catalogue.in_topic(topic):
            en, zh = note.pages["en"].matter, note.pages["zh"].matter
            lines.append(f"- [{en.title}]({base}{note.name}/): {en.summary}")
            lines.append(f"- [{zh.title}]({base}zh/{note.name}/): {zh.summary}")
        lines.append("")
    (target / "llms.txt").write_text("\n".join(lines), encoding="utf-8")
