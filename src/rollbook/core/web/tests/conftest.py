"""Every test of the kit begins in English, whatever language a page of the one before was read in."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Language is a matter of the thread; a request sets it and the next test would inherit it."""
    with translation.override("en"):
        yield
