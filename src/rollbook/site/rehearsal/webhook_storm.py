"""The drill `webhook-storm`: events come several times each, shuffled, many at once, and again after a restart.

Passed when each paid event is one payment with one receipt, each refund one reversal, nothing that is not believed
or does not fit has an effect, and the books are right. Run as a module inside a scratch installation.
"""

import http.client
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rollbook.shared.gateways.standins import paymongo
from rollbook.shared.gateways.standins.world import new_id

COPIES = 5
SENDERS = 32
AMOUNT = 5_00
PAYERS = 100
SECRET = "whsk_storm_secret"  # noqa: S105 - of a scratch installation
#: Of every 20 events: 14 payments, 2 with a refund (sent too, and often first), 4 that must have no effect.
BAD_KINDS = ("bad signature", "stale", "wrong mode", "wrong amount")
GIVE_UP_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as a provider sends it, and what it must be answered."""

    body: bytes
    secret: str
    #: How old its signature is when it is sent.
    age_seconds: int
    expected: int

    def headers(self) -> dict[str, str]:
        """Signed at the moment of sending, as a provider does."""
        name, value = paymongo.sign(self.body, self.secret, int(time.time()) - self.age_seconds)
        return {name: value, "Content-Type": "application/json"}


@dataclass(slots=True)
class Storm:
    """Everything that is sent, and what must come of it."""

    path: str
    deliveries: list[Delivery] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    paid: int = 0
    refunded: int = 0


@dataclass(slots=True)
class Tally:
    """What the senders were answered."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[int] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, delivery: Delivery, status: int, seconds: float) -> None:
        with self.guard:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, seconds)
            if status != delivery.expected:
                self.unexpected.append(f"{status} instead of {delivery.expected}")


def plan(organisation_id: UUID, events: int) -> Storm:
    """Checkouts that are waiting, and the deliveries about them."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.billing.models import Invoice
    from rollbook.shared.gateways.examples import an_account

    with tenant_scope(organisation_id):
        account = an_account(secret=SECRET)
        invoices = list(Invoice.objects.order_by("id").values_list("id", flat=True))
        storm = Storm(f"/api/v1/webhooks/paymongo/{account.endpoint_key}")
        made = 0
        number = 0
        while made < events:
            checkout_id = _begun(account.id, invoices[number % len(invoices)])
            made += _add(storm, checkout_id, number)
            number += 1
    return storm


def _begun(account_id: UUID, invoice_id: UUID) -> UUID:
    from datetime import timedelta

    from rollbook.core import clock
    from rollbook.shared.billing.models import Checkout
    from rollbook.shared.gateways.models import GatewaySession

    checkout = Checkout.objects.create(
        invoice_id=invoice_id, amount_minor=AMOUNT, currency="PHP", provider="paymongo", is_live=False
    )
    GatewaySession.objects.create(
        checkout=checkout, account_id=account_id, description="Storm", expires_at=clock.now() + timedelta(days=1),
        provider_session_id=new_id("cs_"), redirect_url="http://127.0.0.1:1/pay/storm",
    )  # fmt: skip
    return UUID(str(checkout.id))


def _add(storm: Storm, checkout_id: UUID, number: int) -> int:
    """Add the deliveries about one checkout; answers how many events they are of."""
    payment = _payment(checkout_id)
    place = number % 18
    if place >= 14:
        _add_bad(storm, payment, BAD_KINDS[place - 14])
        return 1
    storm.paid += 1
    _add_event(storm, "payment.paid", payment)
    if place >= 12:
        storm.refunded += 1
        refunded = {**payment, "attributes": {**payment["attributes"], "refunds": [_refund(payment)]}}
        _add_event(storm, "payment.refunded", refunded)
        return 2
    return 1


def _add_event(storm: Storm, kind: str, resource: dict[str, Any], *, livemode: bool = False, label: str = "") -> None:
    body = paymongo.event_of(kind, resource, livemode=livemode)[1]
    storm.sent[label or kind] += 1
    storm.deliveries += [Delivery(body, SECRET, 0, 200)] * COPIES


def _add_bad(storm: Storm, payment: dict[str, Any], kind: str) -> None:
    if kind == "wrong mode":
        _add_event(storm, "payment.paid", payment, livemode=True, label=kind)
        return
    if kind == "wrong amount":
        changed = {**payment, "attributes": {**payment["attributes"], "amount": AMOUNT + 1}}
        _add_event(storm, "payment.paid", changed, label=kind)
        return
    body = paymongo.event_of("payment.paid", payment)[1]
    storm.sent[kind] += 1
    is_stale = kind == "stale"
    secret = SECRET if is_stale else "whsk_somebody_else"
    storm.deliveries += [Delivery(body, secret, 3_600 if is_stale else 0, 401)] * COPIES


def _payment(checkout_id: UUID) -> dict[str, Any]:
    told = {
        "amount": AMOUNT, "currency": "PHP", "livemode": False, "status": "paid", "fee": 12,
        "metadata": {"reference": str(checkout_id)}, "refunds": [],
    }  # fmt: skip
    return {"id": new_id("pay_"), "type": "payment", "attributes": told}


def _refund(payment: dict[str, Any]) -> dict[str, Any]:
    told = {"amount": AMOUNT, "currency": "PHP", "status": "succeeded", "payment_id": payment["id"]}
    return {"id": new_id("ref_"), "type": "refund", "attributes": told}


def send(port: int, path: str, deliveries: Sequence[Delivery], *, senders: int = SENDERS, seed: int = 7) -> Tally:
    """Send everything shuffled, many at once."""
    waiting = list(deliveries)
    random.Random(seed).shuffle(waiting)  # noqa: S311 - disorder, repeatable
    tally = Tally()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with tally.guard:
                if not waiting:
                    return
                delivery = waiting.pop()
            started = time.monotonic()
            try:
                connection.request("POST", path, delivery.body, delivery.headers())
                answer = connection.getresponse()
                answer.read()
                tally.note(delivery, answer.status, time.monotonic() - started)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                with tally.guard:
                    tally.unexpected.append(type(error).__name__)

    threads = [threading.Thread(target=work) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=GIVE_UP_SECONDS)
    return tally


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands in the books after a storm."""

    payments: int
    receipts: int
    refunded: int
    kept_minor: int
    states: dict[str, int]
    unhandled: int
    books_right: bool

    def is_right(self, storm: Storm) -> bool:
        """One effect each, and none of what must have none."""
        return (
            self.payments == self.receipts == storm.paid
            and self.refunded == storm.refunded
            and self.kept_minor == (storm.paid - storm.refunded) * AMOUNT
            and self.unhandled == 0
            and self.states.get("PARKED", 0) == storm.sent["wrong mode"] + storm.sent["wrong amount"]
            and self.states.get("REFUSED", 0) >= storm.sent["bad signature"] + storm.sent["stale"]
            and self.states.get("FAILED", 0) == 0
            and self.books_right
        )


def outcome(organisation_id: UUID) -> Outcome:
    """Read what stands."""
    from django.db.models import Count, F, Sum

    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.billing.models import Payment, Receipt
    from rollbook.shared.billing.selectors import prove_books
    from rollbook.shared.webhooks.jobs import events_to_handle
    from rollbook.shared.webhooks.models import WebhookEvent

    with tenant_scope(organisation_id):
        rows: Any = WebhookEvent.objects.order_by().values_list("state").annotate(n=Count("id"))
        kept = Payment.objects.aggregate(minor=Sum(F("amount_minor") - F("returned_minor")))["minor"]
        return Outcome(
            payments=Payment.objects.count(),
            receipts=Receipt.objects.count(),
            refunded=Payment.objects.filter(state=Payment.State.REFUNDED).count(),
            kept_minor=kept or 0,
            states=dict(rows),
            unhandled=events_to_handle().count(),
            books_right=prove_books().is_right,
        )


def storm(events: int) -> int:
    """Run the drill and print its table; answers the exit code."""
    import django

    from rollbook.site.configuration import configuration
    from rollbook.site.runtime import processes, starting

    config = configuration()
    starting.prepare(config)
    django.setup()
    from rollbook.site.rehearsal.counter import open_college

    college = open_college(PAYERS, 1)
    made = plan(college.organisation_id, events)
    starting.start_and_wait(config)
    first, seconds = _blow(config.port, college.organisation_id, made, seed=7)
    after_first = outcome(college.organisation_id)
    for name in ("web", "worker"):
        found = processes.recorded(config.home, name)
        if found is not None:
            processes.end(found, patience_seconds=15, whole_group=True)
    _wait_ready(config)
    again, _ = _blow(config.port, college.organisation_id, made, seed=11)
    return report(made, [first, again], [after_first, outcome(college.organisation_id)], seconds)


def _blow(port: int, organisation_id: UUID, made: Storm, *, seed: int) -> tuple[Tally, float]:
    """Send all of it, and wait until the worker has handled it."""
    started = time.monotonic()
    tally = send(port, made.path, made.deliveries, seed=seed)
    while outcome(organisation_id).unhandled and time.monotonic() - started < GIVE_UP_SECONDS:
        time.sleep(0.5)
    return tally, time.monotonic() - started


def _wait_ready(config: Any) -> None:
    from rollbook.site.runtime import starting

    ends = time.monotonic() + 60
    time.sleep(1)
    while time.monotonic() < ends:
        try:
            if starting.ask_ready(config)[0] == http.client.OK:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("The web server did not come back within a minute.")


def report(made: Storm, tallies: list[Tally], found: list[Outcome], seconds: float) -> int:
    """Print what was sent and what came of it, and answer the exit code."""
    total = sum(made.sent.values())
    print("| event | sent | times each |")
    print("|---|---|---|")
    for kind, number in made.sent.items():
        print(f"| {kind} | {number} | {COPIES} |")
    print()
    print("| after | payments | receipts | refunded | waiting | not believed | books | slowest answer |")
    print("|---|---|---|---|---|---|---|---|")
    for name, one, tally in zip(("the storm", "restart and the storm again"), found, tallies, strict=True):
        books = "right" if one.books_right else "off"
        print(
            f"| {name} | {one.payments} of {made.paid} | {one.receipts} | {one.refunded} of {made.refunded}"
            f" | {one.states.get('PARKED', 0)} | {one.states.get('REFUSED', 0)} | {books} | {tally.slowest:.2f} s |"
        )
    unexpected = [answer for tally in tallies for answer in tally.unexpected]
    print()
    print(
        f"{total} events, {len(made.deliveries)} deliveries by {SENDERS} at once, handled in {seconds:.1f} s;"
        f" unexpected answers: {len(unexpected)}"
    )
    for answer in unexpected[:5]:
        print(f"  {answer}")
    is_right = all(one.is_right(made) for one in found) and found[0].payments == found[1].payments
    return 0 if is_right and not unexpected else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    sys.exit(storm(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
