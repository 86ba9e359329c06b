"""Points a test run at a home of its own before Django reads its settings."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rollbook.site.runtime import memory

pytest_plugins = [
    "rollbook.site.testing.statements",
    "rollbook.site.testing.fixtures",
]

#: Roles of a shared server belong to the installation there; tests make their own beside them.
TEST_ROLES = {
    "ROLLBOOK_DATABASE_OWNER_ROLE": "rollbook_test_owner",
    "ROLLBOOK_DATABASE_APP_ROLE": "rollbook_test_app",
}


def repository() -> Path:
    """The checkout that the tests run in."""
    root = Path(__file__).resolve().parents[4]
    return root if (root / "pyproject.toml").exists() else Path.cwd()


def _point_at_test_home() -> None:
    # The environment of whoever runs the tests must not decide their outcome.
    for name in [name for name in os.environ if name.startswith("ROLLBOOK_") and not name.startswith("ROLLBOOK_TEST_")]:
        del os.environ[name]
    home = os.environ.get("ROLLBOOK_TEST_HOME") or str(repository() / ".rollbook-test")
    os.environ.update({"ROLLBOOK_HOME": home, "ROLLBOOK_ENV": "development", "ROLLBOOK_LOG_LEVEL": "WARNING"})
    # Tests of other rooms sign in with a password alone and ask often; identity and the API test the real rules.
    os.environ.update({"ROLLBOOK_REQUIRE_SECOND_FACTOR": "false", "ROLLBOOK_RATE_LIMIT_FACTOR": "10000"})
    Path(home, "static").mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rollbook.site.settings"
    given = os.environ.get("DATABASE_URL")
    if given:
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path="/rollbook_test"))
        if not os.environ.get("DATABASE_APP_URL"):
            os.environ.update(TEST_ROLES)


def pytest_collection_finish() -> None:
    """Everything is loaded: what the product does in this place, a run of tests does too."""
    memory.settle()


_point_at_test_home()
