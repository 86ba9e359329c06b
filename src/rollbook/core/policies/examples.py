"""Settings for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rollbook.core.policies import WholeNumber, declare, register


@contextmanager
def a_setting(key: str = "test.max_units", default: Any = 30, **options: Any) -> Iterator[str]:
    """A setting that exists for one test: the most units of a term, 1 to 36."""
    kind = options.pop("type", WholeNumber(1, 36))
    declare(key, kind, default, "The most units a student may take in a term.", **options)
    try:
        yield key
    finally:
        register.forget(key)
