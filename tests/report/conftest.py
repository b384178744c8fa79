"""A browser for the tests that look at the page; skipped in one line where there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import of_the_system

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium of the system, else the one that Playwright brought."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: browser tests skipped")
    pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: browser tests skipped")
    with sync_api.sync_playwright() as driver:
        path = of_the_system() or driver.chromium.executable_path
        if not Path(path).exists():
            pytest.skip("no Chromium found (apt-get install chromium): browser tests skipped")
        chromium = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()
