"""The browser of the flows is started as that of the browser tests."""

from tests.browser.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
