"""Kinds of decisions and actors for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rollbook.core.approvals import register
from rollbook.core.approvals.register import Change, Description, Execute, register_kind

KIND = "test.void"
MAY_DECIDE = "test.void.approve"


@contextmanager
def a_kind(execute: Execute, key: str = KIND, **options: Any) -> Iterator[str]:
    """A kind of decision that exists for one test."""
    register_kind(
        key,
        "Void a payment",
        MAY_DECIDE,
        execute=execute,
        describe=lambda request: Description(
            title=f"Void the payment of {request.payload.get('amount', '—')}",
            changes=[Change("State", "Completed", "Voided")],
            effect="The receipt keeps its number.",
        ),
        **options,
    )
    try:
        yield key
    finally:
        register.forget(key)
