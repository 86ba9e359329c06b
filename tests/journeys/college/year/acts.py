"""The year as a row of acts, each done once and in order."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from tests.journeys.college.year.world import Year

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Act = Callable[[Year], None]


class Lived:
    """A year of which so much has happened. An act that fails ends it."""

    def __init__(self, year: Year, course: Sequence[Act]) -> None:
        self.year = year
        self._course = {do.__name__: do for do in course}
        self._done: set[str] = set()
        self._failed = ""

    def until(self, wanted: Act) -> Year:
        """Let everything happen up to an act, each act once."""
        for name, do in self._course.items():
            if name not in self._done:
                if self._failed:
                    pytest.fail(f"The year ended at: {self._failed.replace('_', ' ')}", pytrace=False)
                self._failed = name
                do(self.year)
                self._failed = ""
                self._done.add(name)
            if name == wanted.__name__:
                return self.year
        raise LookupError(wanted.__name__)


def at_once(do: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """The same for many, a few at a time: students do not wait for each other. Nothing in it asks the database."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(do, items))
