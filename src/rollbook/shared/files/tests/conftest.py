"""A file store of its own for each test that stores anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import storages

from rollbook.shared.files.store_settings import local_store


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Iterator[Path]:
    """The folder in which this test's files lie."""
    place = tmp_path / "files"
    settings.STORAGES = {**settings.STORAGES, "default": local_store(place)}  # type: ignore[attr-defined]
    storages._storages.pop("default", None)
    yield place
    storages._storages.pop("default", None)
