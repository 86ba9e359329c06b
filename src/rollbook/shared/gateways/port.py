"""The port: what Rollbook asks of any payment provider, and what it is answered. Amounts are minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rollbook.core.money import Money


class Status(StrEnum):
    """How a payment, a checkout or a refund stands at the provider."""

    OPEN = "OPEN"
    PENDING = "PENDING"
    PAID = "PAID"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class Effect(StrEnum):
    """What an event is about."""

    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the provider's door for one organisation."""

    secret_key: str = field(repr=False)
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """A checkout to be made. `reference` is our own id of it and comes back with every word about it."""

    reference: str
    amount: Money
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CheckoutMade:
    """A checkout at the provider: where the payer goes."""

    provider_id: str
    redirect_url: str
    #: The provider's id of the intended payment, where it has one from the beginning.
    intent_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A refund as the provider tells of it. `own_id` is ours, if it was made by us."""

    provider_id: str
    amount_minor: int
    status: Status
    own_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSeen:
    """A payment as the provider tells of it."""

    provider_id: str
    reference: str
    intent_id: str
    amount_minor: int
    currency: str
    is_live: bool
    status: Status
    fee_minor: int | None = None
    refunded_minor: int = 0
    refunds: tuple[RefundSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckoutSeen:
    """How a checkout stands."""

    status: Status
    payment: PaymentSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to give back. `own_id` is our own id of the refund."""

    own_id: str
    payment_id: str
    amount: Money
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a delivery says, in the words of the port."""

    event_id: str
    kind: str
    effect: Effect
    is_live: bool
    payment: PaymentSeen | None
    #: What later events of the same thing share.
    subject: str


class Gateway(Protocol):
    """A payment provider."""

    name: str
    label: str
    #: Whether a request that got no answer may be sent again because the provider recognises it.
    recognises_repeats: bool

    def create_checkout(self, access: Access, order: CheckoutOrder) -> CheckoutMade:
        """Make a checkout that the payer is sent to."""

    def fetch_checkout(self, access: Access, provider_id: str) -> CheckoutSeen:
        """Ask how a checkout stands."""

    def expire_checkout(self, access: Access, provider_id: str) -> None:
        """Close a checkout, so that nobody can pay it any more."""

    def refund(self, access: Access, order: RefundOrder) -> RefundSeen:
        """Give money back."""

    def refunds_of(self, access: Access, payment_id: str) -> Sequence[RefundSeen]:
        """Every refund of a payment."""

    def signature_fault(
        self, headers: Mapping[str, str], body: bytes, *, secret: str, is_live: bool, now: datetime
    ) -> str:
        """Why a delivery is not to be believed; empty when its signature fits and is fresh."""

    def read_event(self, body: bytes) -> Event | None:
        """What a delivery says; None when it cannot be read."""

    def key_fault(self, secret_key: str, *, is_live: bool) -> str:
        """Why a text cannot be a secret key of this mode; empty when it can."""
