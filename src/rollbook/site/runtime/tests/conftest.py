"""Homes for servers that are started, killed and stopped for real."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.site.configuration import Configuration
from rollbook.site.runtime.postgres import EmbeddedPostgres


def configuration_at(home: Path, **settings: object) -> Configuration:
    """Settings of a home, whatever the environment says about databases."""
    fixed = {
        "database_url": None,
        "database_app_url": None,
        "database_owner_role": "rollbook_owner",
        "database_app_role": "rollbook_app",
    }
    return Configuration(home=home, **{**fixed, **settings})


def new_home() -> Path:
    """A folder that a lent account may pass through; pytest's own folders are closed to it."""
    home = Path(tempfile.mkdtemp(prefix="rollbook-"))
    home.chmod(0o755)
    return home


def remove_home(config: Configuration) -> None:
    """Stop the server of a home and remove both."""
    EmbeddedPostgres(config).stop()
    base = config.home / "postgres"
    if base.is_symlink():
        shutil.rmtree(base.resolve())
    shutil.rmtree(config.home)


@pytest.fixture(scope="module")
def config() -> Iterator[Configuration]:
    """One home for the tests of a file."""
    made = configuration_at(new_home())
    yield made
    remove_home(made)
