"""The built site behind a small server that compresses, and a real browser."""

import gzip
import mimetypes
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PACKED = ("text/", "javascript", "json", "xml", "svg")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """Where the site is served, and what was fetched from it."""

    url: str = ""
    over: Path = SITE  # whose files are served, those of `under` where it has none
    under: Path = SITE
    answers: Callable[[str], bool] = lambda path: True  # else it is silent
    log: list[tuple[str, int, int]] = field(default_factory=list)  # path, status, bytes

    def pages(self) -> list[str]:
        """Paths of all pages but the 404s."""
        files = sorted(SITE.rglob("index.html"))
        folders = [f.parent.relative_to(SITE).as_posix() for f in files]
        return ["" if folder == "." else f"{folder}/" for folder in folders]


@cache
def load(
    path: str, over: Path = SITE, under: Path = SITE
) -> tuple[int, str, bytes, bool]:
    """Status, kind and body of an address, and whether the body is compressed.

    Args:
        path: the address.
        over: a folder whose files stand in the place of the site's.
        under: the site.
    """
    for root in (over, under):
        file = root / unquote(path).lstrip("/")
        if file.is_dir():
            file /= "index.html"
        if file.is_file():
            break
    status = 200
    if not file.is_file():
        status, file = 404, under / "404.html"
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    body = file.read_bytes()
    packs = any(part in kind for part in PACKED)
    return status, kind, gzip.compress(body, 6) if packs else body, packs


@contextmanager
def serve(over: Path = SITE, under: Path = SITE, base: str = "/") -> Iterator[Site]:
    """The site on a free local port, with other files in the place of some.

    Args:
        over: a folder with these files.
        under: the site.
        base: the path that it lies below.
    """
    if not (under / "index.html").is_file():
        pytest.fail("want a built site in site/; run `nox -s site`")
    served = Site(over=over, under=under)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if not (path.startswith(base) and served.answers(path)):
                self.close_connection = True  # without a word
                return
            path = path.removeprefix(base)
            status, kind, body, packed = load(path, served.over, served.under)
            self.send_response(status)
            charset = "; charset=utf-8" if kind.startswith("text/") else ""
            self.send_header("Content-Type", kind + charset)
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)
            served.log.append((self.path, status, len(body)))

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass  # a browser that closes a connection early is no error

    with Server(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}{base}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield served
        server.shutdown()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site as it was built."""
    with serve() as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: $CHROMIUM, else the system's, else the one Playwright installed."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Exception as error:
            pytest.fail(
                "want Chromium: install the package `chromium`, or run "
                f"`.nox/light/bin/playwright install chromium`. {error}"
            )
        yield chromium
        chromium.close()


class Visitor:
    """Opens pages, each in a fresh profile, and notes what goes wrong on them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, path: str = "", **options: object) -> Page:
        """A page of the site; options are those of a browser context."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: m.type == "error" and self.errors.append(m.text),
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)
        page.goto(self.site.url + path, wait_until="load")
        return page

    def _note(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if url.startswith("http") and not url.startswith(self.site.url):
            self.strangers.append(url)


def until(page: Page, expression: str) -> None:
    """Wait until it is true; Playwright's own wait needs `eval`, which pages refuse."""
    end = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"want {expression}; waited for 10 s"
        time.sleep(0.05)


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visitor]:
    """A visitor whose pages must neither log an error nor ask anybody else."""
    visitor = Visitor(browser, site)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.strangers == []
    assert visitor.errors == []
