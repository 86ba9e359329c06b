"""Payments over HTTP with sign-in, tenancy, idempotency and audit: spread over all plans, or on ten hot ones."""

import json
from dataclasses import dataclass
from typing import Any

from benchmarks.installation import Installation
from benchmarks.load import WARM_UP_SECONDS, Seen, apply_load

PATH = "/api/v1/college/cashier/payments"
HOT_PLANS = 10


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement, with the processor time that each part took for one payment."""

    seen: Seen
    web_ms: float
    database_ms: float


def plans(installation: Installation, clients: int, *, hot: bool = False) -> list[dict[str, Any]]:
    """What so many cashiers send, each payment of 5.00 to the next plan of their own, or of the ten hot ones."""
    payers = installation.college.payers
    planned = []
    for number in range(clients):
        own = payers[:HOT_PLANS] if hot else payers[number::clients]
        # On hot plans every cashier meets every plan, each beginning with another one.
        begin = number % len(own)
        bodies = [
            json.dumps({"student_id": student, "term_enrolment_id": enrolment, "amount": "5.00", "method": "CASH"})
            for student, enrolment in own[begin:] + own[:begin]
        ]
        planned.append({"head": installation.head("POST", PATH, number), "bodies": bodies})
    return planned


def pay_over_http(installation: Installation, clients: int, seconds: float, *, hot: bool = False) -> Run:
    """Let so many cashiers take payments at the same time."""
    before = installation.processor_seconds()
    seen = apply_load(installation.port, plans(installation, clients, hot=hot), seconds)
    after = installation.processor_seconds()
    # The warm-up is in the processor time too, but not among the answers that are counted.
    answers = seen.answers * (seconds + WARM_UP_SECONDS) / seconds
    return Run(
        seen,
        web_ms=(after["web"] - before["web"]) / answers * 1000,
        database_ms=(after["database"] - before["database"]) / answers * 1000,
    )
