"""A real Chromium on the live site; what the browser complains about fails the test.

Playwright keeps an event loop in this thread, so Django has to be told that the ORM may be used here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from pytest_django.live_server_helper import LiveServer

from course.people.models import Course
from tests.conftest import Post
from tests.faults.conftest import workers  # noqa: F401 - a fixture

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (320, 700)
WATCH = """addEventListener("securitypolicyviolation", (e) =>
  console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of a run."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Site:
    """The live site, and tabs on it."""

    address: str
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def tab(
        self,
        size: tuple[int, int] = DESKTOP,
        *,
        script: bool = True,
        dark: bool = False,
        as_: str | None = None,
    ) -> Page:
        """A tab of its own browser profile; ``as_``: signed in as one of the cast, by the sign-in page."""
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
            base_url=self.address,
        )
        context.set_default_timeout(15_000)
        if script:
            context.add_init_script(WATCH)
        self.contexts.append(context)
        context.on("console", self._note)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        if as_:
            sign_in(page, as_)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")


def sign_in(page: Page, name: str) -> None:
    """Take the demo's button for one of the cast."""
    page.goto("/sign-in/")
    page.get_by_role("button", name=name, exact=False).filter(
        has=page.locator(f"b:text-is('{name}')")
    ).click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in/"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the tabs of a failed test show is printed with it."""
    report = yield
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and report.when == "call" and isinstance(site, Site):
        for page in (page for context in site.contexts for page in context.pages):
            report.sections.append((f"Tab {page.url}", shown(page)))
    return report


def shown(page: Page) -> str:
    """The text of a tab, or why there is none."""
    try:
        return str(page.evaluate("document.body.innerText"))[:3000]
    except PlaywrightError as error:
        return f"nothing can be read: {error}"


@pytest.fixture
def site(live_server: LiveServer, demo: Course, chromium: Browser) -> Iterator[Site]:
    """The live site with the demo course; fails the test if the browser had anything to complain about."""
    found = Site(live_server.url, chromium)
    yield found
    for context in found.contexts:
        context.close()
    assert found.complaints == []


@pytest.fixture
def marking_site(site: Site, marked: Post) -> Site:
    """The same, with a grader that answers at once in this process."""
    return site


@pytest.fixture
def address(site: Site) -> Callable[[str], str]:
    """The address of a demo exercise, by its id in the bank."""
    from course.work.models import Item

    places = dict(Item.objects.values_list("exercise__slug", "pk"))
    return lambda exercise: f"/c/backprop/i/{places[exercise]}/"
