"""What is sent on one journey with COMMIT: a lock that it takes is not held while answers go to and fro.

    number = LateText("SELECT number FROM billing_receipt WHERE organisation_id = %s AND id = %s", [organisation, id])
    send_with_commit(LastStatement(ISSUE, parameters, then=lambda row: number.arrive(row[0])))

Whatever else is sent to the database before COMMIT sends it first, so nobody sees the difference. Two hundred payments
a second instead of a hundred and thirty came of it, because the number of a receipt is locked until COMMIT is on disk.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

from rollbook.core import ids

if TYPE_CHECKING:
    from rollbook.core.db.backend.base import DatabaseWrapper


@dataclass(frozen=True, slots=True)
class LastStatement:
    """A statement that may wait for COMMIT, and who wants its row.

    When it meets a row that `constraint` does not allow, the transaction is undone and `refused` is raised.
    """

    text: str
    parameters: Sequence[Any] | Mapping[str, Any]
    then: Callable[[Any], None] | None = None
    constraint: str = ""
    refused: Callable[[], Exception] | None = None


@dataclass(slots=True)
class LateText:
    """A text that a last statement gives. Until then a mark stands for it; `select` finds it inside the database."""

    select: str
    parameters: Sequence[Any]
    mark: str = field(default_factory=lambda: f"late:{ids.new_id()}")
    _text: str | None = None
    _wanted: list[Callable[[str], None]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text itself: what waits for COMMIT is sent now, if it must."""
        if self._text is None:
            cast("DatabaseWrapper", connection).send_last_now()
        if self._text is None:
            raise LookupError("The text comes with a statement that was never sent.")
        return self._text

    @property
    def is_known(self) -> bool:
        """Whether it has come."""
        return self._text is not None

    def arrive(self, text: str) -> None:
        """It has come: everybody who waits is told."""
        self._text = text
        for tell in self._wanted:
            tell(text)
        self._wanted.clear()

    def when_known(self, tell: Callable[[str], None]) -> None:
        """Tell somebody, now or once it has come."""
        if self._text is None:
            self._wanted.append(tell)
        else:
            tell(self._text)


def send_with_commit(last: LastStatement) -> None:
    """Have a statement wait for COMMIT of the transaction. Inside a savepoint, which has none, it is sent at once."""
    cast("DatabaseWrapper", connection).send_with_commit(last)


def json_with_marks(value: Any, default: Callable[[Any], Any]) -> tuple[str, list[LateText]]:
    """JSON in which marks stand for late texts, and those texts."""
    late: list[LateText] = []

    def plain(found: Any) -> Any:
        if not isinstance(found, LateText):
            return default(found)
        if found.is_known:
            return found.text
        late.append(found)
        return found.mark

    return json.dumps(value, default=plain, separators=(",", ":")), late
