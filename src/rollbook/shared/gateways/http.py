"""One way out to a provider: timeouts, retries with backoff where they are safe, three honest outcomes."""

import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from rollbook.core.tenancy.scope import current_scope
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderRefused, ProviderUnreachable

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
MOST_TRIES = 3
FIRST_PAUSE_SECONDS = 0.25
#: Longer than this nobody waits in a request; whoever comes back later asks again.
LONGEST_PAUSE_SECONDS = 3.0

_TOO_MANY = 429


class CalledInsideTransaction(RuntimeError):
    """A programming mistake: a provider was called while a transaction was open."""


@dataclass(frozen=True, slots=True)
class Door:
    """A provider's address and the credentials for it."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = field(default="", repr=False)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask. Asking twice is the same as once, so a call that broke is made again."""
        return self._call("GET", path, is_safe=True, params=dict(params or {}))

    def post(
        self, path: str, *, json: Any = None, form: Mapping[str, str] | None = None, repeat_key: str = ""
    ) -> dict[str, Any]:
        """Act. Sent again only if it never arrived, or if the provider recognises it by `repeat_key`."""
        headers = {"Idempotency-Key": repeat_key} if repeat_key else {}
        return self._call("POST", path, is_safe=bool(repeat_key), json=json, data=form, headers=headers)

    def _call(self, method: str, path: str, *, is_safe: bool, **request: Any) -> dict[str, Any]:
        if current_scope() is not None:
            raise CalledInsideTransaction(f"{method} {path}: finish the transaction first.")
        last: ProviderUnreachable | OutcomeUnknown = ProviderUnreachable()
        with self._client() as client:
            for attempt in range(MOST_TRIES):
                try:
                    return self._once(client, method, path, request)
                except ProviderUnreachable as fault:
                    last = fault
                except OutcomeUnknown as fault:
                    last = fault
                    if not is_safe:
                        raise
                if attempt + 1 < MOST_TRIES:
                    time.sleep(_pause(attempt))
        raise last

    def _client(self) -> httpx.Client:
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        auth = httpx.BasicAuth(self.user, "") if self.user else None
        return httpx.Client(timeout=timeout, auth=auth, headers=dict(self.headers), trust_env=False, verify=_trusted())

    def _once(self, client: httpx.Client, method: str, path: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = client.request(method, self.base_url.rstrip("/") + path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ProviderUnreachable(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from None
        return _read(answer)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once: each reading takes as long as a call."""
    return httpx.create_ssl_context(trust_env=False)


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == _TOO_MANY:
        # Turned away unread.
        raise ProviderUnreachable("rate_limited", answer.status_code)
    if answer.is_server_error or answer.status_code == httpx.codes.CONFLICT:
        raise OutcomeUnknown(_code(answer), answer.status_code)
    if not answer.is_success:
        raise ProviderRefused(_code(answer), answer.status_code)
    try:
        found = answer.json()
    except ValueError:
        raise OutcomeUnknown("not_json", answer.status_code) from None
    if not isinstance(found, dict):
        raise OutcomeUnknown("not_an_object", answer.status_code)
    return found


def _code(answer: httpx.Response) -> str:
    """The provider's own word for an error; never its sentence, which may repeat what was sent."""
    try:
        body = answer.json()
        errors = body.get("errors") or [body.get("error") or {}]
        return str(errors[0].get("code") or errors[0].get("type") or "")[:60]
    except (ValueError, AttributeError, IndexError, KeyError):
        return ""


def _pause(attempt: int) -> float:
    """Longer each time, never the same for two callers."""
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing
