"""The organisation a test happens in, a second one that must see nothing of it, and a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from rollbook.core import clock, ids

if TYPE_CHECKING:
    from rollbook.core.tenancy.models import Organisation
    from rollbook.site.testing.databases import TestDatabase


def make_organisation(name: str, *, system: str = "college") -> "Organisation":
    """A fresh institution in Manila that keeps its books in pesos."""
    from rollbook.core.tenancy.models import Organisation

    return Organisation.objects.create(
        slug=f"{name}-{ids.new_id().hex[-12:]}",
        name=name.replace("-", " ").title(),
        system=system,
        currency="PHP",
        timezone="Asia/Manila",
    )


@pytest.fixture(autouse=True)
def permits_of_its_own() -> None:
    """No test meets an address or a person that another test left refused: permits are kept by the process."""
    from rollbook.core.api import limits

    limits.forget_leases()


@pytest.fixture
def organisation(db: None) -> "Organisation":
    """The organisation that the test is about."""
    return make_organisation("san-isidro-college")


@pytest.fixture
def other_organisation(db: None) -> "Organisation":
    """Another organisation of the same installation."""
    return make_organisation("mabini-college")


@pytest.fixture
def tenant(organisation: "Organisation") -> Iterator["Organisation"]:
    """The organisation, with its tenant scope open for the whole test."""
    from rollbook.core.tenancy.scope import tenant_scope

    with tenant_scope(organisation.pk):
        yield organisation


@pytest.fixture(scope="module")
def committing(django_db_setup: "TestDatabase", django_db_blocker: Any) -> Iterator[None]:
    """For tests that really commit. The database is renewed once, after the module, so each test stays in its
    own organisation and asks about nothing else.
    """
    with django_db_blocker.unblock():
        yield
        django_db_setup.renew()


@pytest.fixture
def committed(committing: None) -> "Organisation":
    """An organisation for a test that needs several connections, or what happens after a commit."""
    return make_organisation("san-isidro-college")


@pytest.fixture
def other_committed(committing: None) -> "Organisation":
    """Another organisation of the same installation, for a test that really commits."""
    return make_organisation("mabini-college")


@pytest.fixture
def frozen_clock() -> Iterator[Callable[[datetime | str], None]]:
    """Hold the clock at the moment it is called with; until then at noon UTC on 1 July 2031."""
    with ExitStack() as stack:

        def hold(moment: datetime | str) -> None:
            parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
            stack.enter_context(clock.frozen_at(parsed))

        hold(datetime(2031, 7, 1, 12, tzinfo=UTC))
        yield hold


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Name static files without a hash: tests run without collecting them first."""
    from django.conf import settings
    from django.test.utils import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield
