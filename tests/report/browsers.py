"""Where the browser of this machine is."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def of_the_system() -> str | None:
    """The path of the first browser that is installed, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
