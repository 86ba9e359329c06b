"""What a stand-in knows and does: checkouts, payments, refunds, and what it was told to get wrong."""

import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Delivery = tuple[str, bytes]


@dataclass(slots=True)
class Endpoint:
    """Where events are delivered, and the secret they are signed with."""

    url: str
    secret: str
    #: Events in a row that were given up; PayMongo then stops delivering.
    exhausted: int = 0
    is_enabled: bool = True


@dataclass(slots=True)
class Trouble:
    """What goes wrong with the next calls to a path: an answer with an error, silence, or an effect without answer."""

    path: str
    kind: str
    times: int
    status: int = 500
    seconds: float = 0.0


@dataclass(slots=True)
class World:
    """One provider's state. All access is under the lock."""

    secret_keys: set[str] = field(default_factory=set)
    endpoints: list[Endpoint] = field(default_factory=list)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    #: Idempotency key → (what was asked, status, answer).
    repeats: dict[str, tuple[str, int, Any]] = field(default_factory=dict)
    #: Every request that reached it: (method, path).
    calls: list[tuple[str, str]] = field(default_factory=list)
    deliveries: list[tuple[str, int]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def trouble_for(self, path: str) -> Trouble | None:
        """The next trouble of a path, used up once."""
        with self.lock:
            for trouble in self.troubles:
                if trouble.times > 0 and path.startswith(trouble.path):
                    trouble.times -= 1
                    return trouble
        return None

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Every resource of a kind, oldest first."""
        with self.lock:
            return [one for one in self.resources.values() if one["_kind"] == kind]


def new_id(prefix: str) -> str:
    """An id as the provider makes them."""
    return prefix + "".join(
        secrets.choice("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(24)
    )


def as_bytes(value: Any) -> bytes:
    """JSON as it goes over the line."""
    return json.dumps(value, separators=(",", ":")).encode()


class Postman:
    """Delivers events in threads of its own: again with growing pauses when nobody says 2xx."""

    def __init__(
        self, world: World, sign: Callable[[bytes, str, int], tuple[str, str]], *, most_tries: int, first_pause: float
    ) -> None:
        self.world = world
        self.sign = sign
        self.most_tries = most_tries
        self.first_pause = first_pause
        #: How many copies of each event are sent, and whether they wait a random moment first.
        self.copies = 1
        self.scatter_seconds = 0.0
        self.threads: list[threading.Thread] = []

    def deliver(self, event_id: str, body: bytes) -> None:
        """Send an event to every endpoint, in the background."""
        for endpoint in list(self.world.endpoints):
            for _ in range(self.copies):
                thread = threading.Thread(target=self._carry, args=(endpoint, event_id, body), daemon=True)
                self.threads.append(thread)
                thread.start()

    def wait(self, seconds: float = 20.0) -> None:
        """Wait until everything was delivered or given up."""
        ends = time.monotonic() + seconds
        for thread in list(self.threads):
            thread.join(max(0.0, ends - time.monotonic()))
        self.threads = [thread for thread in self.threads if thread.is_alive()]

    def _carry(self, endpoint: Endpoint, event_id: str, body: bytes) -> None:
        import httpx

        if self.scatter_seconds:
            time.sleep(random.uniform(0, self.scatter_seconds))  # noqa: S311 - a stand-in's disorder
        with httpx.Client(timeout=30, trust_env=False) as client:
            for attempt in range(self.most_tries):
                if not endpoint.is_enabled:
                    return
                name, value = self.sign(body, endpoint.secret, int(time.time()))
                headers = {name: value, "Content-Type": "application/json"}
                try:
                    status = client.post(endpoint.url, content=body, headers=headers).status_code
                except httpx.HTTPError:
                    status = 0
                with self.world.lock:
                    self.world.deliveries.append((event_id, status))
                if 200 <= status < 300:
                    endpoint.exhausted = 0
                    return
                time.sleep(self.first_pause * 2**attempt)
        endpoint.exhausted += 1
        if endpoint.exhausted >= 3:
            endpoint.is_enabled = False
