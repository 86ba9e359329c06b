"""Who reads the deliveries of each provider. A room registers itself; the inbox knows none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rollbook.core.permissions.actor import Actor
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.services import Envelope, Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receiver makes of a delivery before anything is done with it."""

    envelope: Envelope | None
    #: Why it is not to be believed; empty when it is.
    fault: str = ""


class Receiver(Protocol):
    """Reads one provider's deliveries."""

    def check(self, endpoint_key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Checked | None:
        """Look at a delivery, in the scope of the organisation that its address names; None for no such address."""

    def handle(self, actor: Actor, event: WebhookEvent) -> Verdict:
        """Do what a stored event asks for, in the transaction that settles it."""

    def facts(self, event: WebhookEvent) -> dict[str, str]:
        """What an event says, without anything about a person, for people who look at the inbox."""


_receivers: dict[str, Receiver] = {}


def register_receiver(provider: str, receiver: Receiver) -> None:
    """Let a room read a provider's deliveries."""
    if _receivers.setdefault(provider, receiver) is not receiver:
        raise ValueError(f"The provider {provider} has two receivers.")


def receiver_of(provider: str) -> Receiver | None:
    """Who reads this provider's deliveries."""
    return _receivers.get(provider)


def providers() -> list[str]:
    """Every provider that somebody reads."""
    return sorted(_receivers)


def forget(provider: str) -> None:
    """Take a receiver out again; for tests that declare their own."""
    _receivers.pop(provider, None)
