"""Looks at every page of a running demo: ``python -m tools.gallery http://127.0.0.1:8000 FOLDER``.

Signs in as each of the cast (or of those named after FOLDER), follows the links from the start page, and
takes the first pages of every address (by its name in course/urls.py) in both sizes and both themes as
pictures. What no picture shows is printed: violations that axe finds, sideways scroll, what the browser
complains about, pages that fail, links that lead nowhere, and addresses that no link leads to. Exit status 1
where there is any.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings")

import django

django.setup()

from axe_playwright_python.sync_playwright import Axe  # noqa: E402 - settings first
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve  # noqa: E402 - settings first
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright  # noqa: E402 - settings first
from playwright.sync_api import Error as PlaywrightError  # noqa: E402 - settings first

from course.people.cast import CAST  # noqa: E402 - settings first

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
EACH = 2  # pages of one address for one of the cast
MOST = 400  # pages of one of the cast that are opened
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((link) => link.getAttribute('href'))"
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@dataclass
class Looker:
    """One of the cast going through the site; ``found`` is what is wrong, ``seen`` the names of addresses."""

    base: str
    folder: Path
    who: str
    found: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def look(self, browser: Browser) -> None:
        """Open pages breadth first, and take a picture of each that is new."""
        context = _context(browser, self.base, "desktop")
        page = context.new_page()
        page.on("console", lambda said: self._complain(page, said.type, said.text))
        page.on("pageerror", lambda error: self.found.append(f"{self.who} {page.url}: {error}"))
        if self.who != "nobody":
            sign_in(page, self.who)
        waiting, known = deque(["/"]), {"/"}
        opened = 0
        while waiting and opened < MOST:
            path = waiting.popleft()
            name = name_of(path)
            if name is None or self.seen.get(name, 0) >= EACH:
                continue
            opened += 1
            reply = opened_page(page, path)
            if not self._is_page(path, reply):
                continue
            self.seen[name] = self.seen.get(name, 0) + 1
            self._picture(context, browser, path, f"{self.who}-{name}-{self.seen[name]}")
            for link in page.evaluate(LINKS):
                parts = urlsplit(urljoin(page.url, link))
                there = parts.path + (f"?{parts.query}" if parts.query else "")
                if parts.netloc == urlsplit(self.base).netloc and there not in known:
                    known.add(there)
                    waiting.append(there)
        context.close()

    def _is_page(self, path: str, reply: Response | None) -> bool:
        if reply is None:
            return False
        if reply.status >= 400:
            self.found.append(f"{self.who} {path}: answers {reply.status}")
        return reply.status < 400 and "text/html" in reply.headers.get("content-type", "")

    def _complain(self, page: Page, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "status of 4" not in text:
            self.found.append(f"{self.who} {page.url}: {text}")

    def _picture(self, signed: BrowserContext, browser: Browser, path: str, name: str) -> None:
        """The page in both sizes and both themes, under axe's eyes."""
        state = signed.storage_state()
        for size in SIZES:
            context = _context(browser, self.base, size, state)
            page = context.new_page()
            page.goto(path)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.screenshot(path=self.folder / f"{name}-{size}-{theme}.png", full_page=size == "phone")
                for line in violations(page):
                    self.found.append(f"{self.who} {path} ({size}, {theme}): {line}")
            if (over := page.evaluate(OVER)) > 0:
                self.found.append(f"{self.who} {path} ({size}): scrolls {over} px sideways")
            context.close()


def opened_page(page: Page, path: str) -> Response | None:
    """The answer to a visit; None for a file to keep."""
    try:
        return page.goto(path)
    except PlaywrightError as error:
        if "Download is starting" in error.message:
            return None
        raise


def violations(page: Page) -> Iterator[str]:
    """What axe finds, a line each."""
    told = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    for one in told:
        yield f"{one['id']}: {one['nodes'][0]['html'][:120]}"


def sign_in(page: Page, who: str) -> None:
    """By the demo's button."""
    page.goto("/sign-in/")
    page.locator(f"button:has(b:text-is('{who}'))").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in/"))


def name_of(path: str) -> str | None:
    """The name of the address that a path belongs to; None for one of nobody's pages."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return None if match.app_name == "admin" or match.url_name == "sign-out" else match.url_name


def names(resolver: URLResolver) -> Iterator[str]:
    """Every name of an address of ours."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver) and one.app_name != "admin":
            yield from names(one)
        elif isinstance(one, URLPattern) and one.name:
            yield one.name


def _context(browser: Browser, base: str, size: str, state: object = None) -> BrowserContext:
    width, height = SIZES[size]
    return browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        storage_state=state,  # type: ignore[arg-type]
    )


def main(arguments: list[str]) -> int:
    """Exit status: 0 when nothing is wrong, 2 when called wrongly."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    base, folder, *only = arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    program = next((path for path in PROGRAMS if Path(path).exists()), None)
    lookers = [Looker(base, Path(folder), who) for who in only or ["nobody", *(one.username for one in CAST)]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for looker in lookers:
            looker.look(browser)
            print(f"{looker.who}: {sum(looker.seen.values())} pages", flush=True)
        browser.close()
    found = [line for looker in lookers for line in looker.found]
    linked = {name for looker in lookers for name in looker.seen}
    print("\n".join(found))
    print("no link leads to:", ", ".join(sorted(set(names(get_resolver())) - linked)))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
