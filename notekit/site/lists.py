"""Lists for those who do not read the pages: sitemap, robots, llms.txt."""

import re
from pathlib import Path

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
