"""For tests that break an installation and see its checklist say so: hands that go round the product.

What they do is committed; the tests' database is renewed afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections, transaction

from rollbook.core import clock
from rollbook.core.readiness import Context, Item, Outcome


def outcome_of(item: Item, *, environment: str = "development", **facts: Any) -> Outcome:
    """Evaluate an item here and now; what it writes is taken back."""
    now = facts.pop("now", None) or clock.now()
    with transaction.atomic():
        outcome = item.evaluate(Context(environment, now, **facts))
        transaction.set_rollback(True)
    return outcome


def as_owner(*statements: str) -> None:
    """Do something as the owner of the tables, past every check of ours."""
    facts = connections["owner"].settings_dict
    _run(facts["USER"], facts["PASSWORD"], statements)


@contextmanager
def as_superuser(*statements: str, undo: tuple[str, ...] = ()) -> Iterator[None]:
    """Do something to the whole server for a moment."""
    from rollbook.site.configuration import configuration
    from rollbook.site.runtime.database import administrator

    place, _setting = administrator(configuration())
    _run(place.user, place.password, statements)
    try:
        yield
    finally:
        _run(place.user, place.password, undo)


def _run(user: str, password: str, statements: tuple[str, ...]) -> None:
    facts = connections["default"].settings_dict
    with psycopg.connect(
        dbname=facts["NAME"], user=user, password=password, host=facts["HOST"], port=facts["PORT"], autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
