"""Five wrong tries in a quarter of an hour, from one address at one name, and that pair has to wait.

django-axes counts; this page tells it what a name is (a keyed digest, so that no typed name is stored) and
how it says no. It is the only one that throttles passwords.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse

from rollbook.core import clock
from rollbook.core.api.problems import LOCK_NOT_AVAILABLE
from rollbook.core.errors import TooManyRequests
from rollbook.core.identity import keys, rules
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.door import client_of
from rollbook.core.identity.models import LoginEvent
from rollbook.core.identity.services.events_at_the_door import record_login_event

#: One address that tries many names: a campus behind one address has slips too, so this is wide.
FAILURES_FROM_ONE_ADDRESS = Limit("sign-in-failures", times=100, span=timedelta(minutes=15))
#: A code has a million values; five tries in a quarter of an hour leave no hope.
FACTOR_TRIES = Limit("second-factor", times=5, span=timedelta(minutes=15))
PROOF_TRIES = Limit("password-again", times=5, span=timedelta(minutes=15))

_WAIT_FOR_ONES_TURN = "2s"


def typed_name(name: str, organisation_id: UUID | None) -> str:
    """What makes a name one name: numbers are only unique within an organisation."""
    name = rules.clean_name(name)
    return name if "@" in name or organisation_id is None else f"{organisation_id}:{name}"


def axes_username(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """For AXES_USERNAME_CALLABLE: the keyed digest that stands for the typed name."""
    values = credentials or {}
    return keys.keyed_digest(typed_name(str(values.get("name") or ""), values.get("organisation_id")))


def axes_client_ip(request: HttpRequest) -> str:
    """For AXES_CLIENT_IP_CALLABLE."""
    return client_of(request).ip


def axes_lockout(request: HttpRequest, _response: HttpResponse | None, credentials: Any = None) -> HttpResponse:
    """For AXES_LOCKOUT_CALLABLE: the refusal page, the same whether the account exists or not."""
    from rollbook.core.web.pages import refusal_page

    client = client_of(request)
    values = credentials or {}
    name = typed_name(str(values.get("name") or ""), values.get("organisation_id"))
    record_login_event(
        LoginEvent.Kind.LOCKED_OUT, user_id=None, ip=client.ip, user_agent=client.user_agent, typed_name=name
    )
    wait = _seconds_left(request, credentials)
    return refusal_page(request, TooManyRequests(retry_after=wait))


@contextmanager
def one_try_at_a_time(name: str, ip: str) -> Iterator[None]:
    """Let tries at one name from one address follow each other: a hundred at once would all be let in.

    Somebody who sends twice waits a moment; a crowd that does not get its turn soon is sent away.
    """
    key = int.from_bytes(bytes.fromhex(keys.keyed_digest(f"{name}|{ip}"))[:8], "big", signed=True)
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_WAIT_FOR_ONES_TURN}'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            raise TooManyRequests(retry_after=5) from error
        yield


def forget_failures(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """Start from zero after a success of this name from this address."""
    AxesProxyHandler.reset_attempts(username=axes_username(request, credentials), ip_address=client_of(request).ip)


def _seconds_left(request: HttpRequest, credentials: Any) -> int:
    latest = (
        AccessAttempt.objects.filter(username=axes_username(request, credentials), ip_address=client_of(request).ip)
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    until = (latest or clock.now()) + cool_off
    return max(1, math.ceil((until - clock.now()).total_seconds()))
