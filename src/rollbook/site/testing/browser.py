"""The browser of the journeys: one that is there, else Debian's package, else the test library's own download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(RuntimeError):
    """There is no Chromium and none could be installed; the message says which of the ways to take."""


def find_browser() -> Path | None:
    """A Chromium that is there: named by ROLLBOOK_TEST_BROWSER, on the path, or downloaded before."""
    named = os.environ.get("ROLLBOOK_TEST_BROWSER")
    if named:
        return Path(named) if Path(named).is_file() else None
    on_path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    return Path(on_path) if on_path else _downloaded()


def ensure_browser() -> Path:
    """Find a Chromium, or install one."""
    found = find_browser()
    for install in (_install_package, _download):
        if found is not None:
            return found
        install()
        found = find_browser()
    if found is not None:
        return found
    raise NoBrowser(
        "The journeys need Chromium and none is here. As an administrator: apt-get install chromium; or, with the "
        "internet within reach: .venv/bin/python -m playwright install chromium; or name one in ROLLBOOK_TEST_BROWSER."
    )


def _install_package() -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--quiet", "--quiet", "--yes", "--no-install-recommends", "chromium"]
    if subprocess.run(install, env=environment, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        subprocess.run(["apt-get", "update", "--quiet", "--quiet"], env=environment, check=False)
        subprocess.run(install, env=environment, check=False, stdout=subprocess.DEVNULL)


def _download() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=subprocess.DEVNULL)


def _downloaded() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as library:
        path = Path(library.chromium.executable_path)
    return path if path.is_file() else None
