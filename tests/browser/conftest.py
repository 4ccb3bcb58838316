"""Chromium for the browser tests: signed in without the form, judged by axe, quiet on the console."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests.stack import DEMO_PASSWORD, Stack

# Playwright's synchronous interface runs an event loop in the test's thread: Django calls that async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOW_TO_INSTALL = "Chromium is missing: apt-get install --no-install-recommends chromium fonts-liberation"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The dark scheme is other colors and nothing else: what a page is made of is judged once.
JUDGED = {
    "light": {"type": "tag", "values": WCAG},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    if CHROMIUM is None:
        # With CI set a browser test that does not run is a failure, not a skip.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_INSTALL)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "viewport": {"width": 1366, "height": 768}, "reduced_motion": "reduce"}


@pytest.fixture(autouse=True)
def _answered_to_the_end() -> Iterator[None]:
    """Once the browser has let go, waits for what it had asked the live server for.

    Set up after the database and before the browser: nothing is left to read the tables being emptied.
    """
    yield
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=30)


@pytest.fixture
def console(page: Page) -> Iterator[list[str]]:
    """What went wrong on the console. A test that provokes an error clears the list."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


@pytest.fixture
def sign_in(context: BrowserContext, live_server, console) -> Callable[[User], None]:
    """Gives the browser a user's session on the live server."""

    def as_user(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return as_user


@pytest.fixture
def sign_in_as(page: Page, stack: Stack, console) -> Callable[[str], None]:
    """Signs in on the stack through the form, as who@example.com."""

    def sign_in(who: str) -> None:
        page.goto(stack.url + "/accounts/login/")
        page.get_by_label("Email").fill(f"{who}@example.com")
        page.get_by_label("Password").fill(DEMO_PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Today")

    return sign_in


@pytest.fixture(scope="session")
def axe_script() -> str:
    package = find_spec("axe_playwright_python")
    assert package is not None
    assert package.origin is not None
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def assert_accessible(page: Page, axe_script: str) -> Callable[[], None]:
    """Checks the page as it stands with axe, WCAG 2.2 AA, in the light and in the dark scheme."""

    def check() -> None:
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(axe_script)
        for scheme, rules in JUDGED.items():
            page.emulate_media(color_scheme=scheme)
            violations = page.evaluate(
                "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(r => r.violations.map("
                "v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 160)).join(' | ')}`))",
                rules,
            )
            assert violations == [], f"{page.url} ({scheme})"
        page.emulate_media(color_scheme="light")

    return check
