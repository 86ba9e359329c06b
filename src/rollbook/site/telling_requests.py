"""Who is told what became of a request at the registrar's desk. `wiring.py` connects this to the records."""

from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import notify
from rollbook.systems.college.records.events import RequestMoved


def tell_of_request(event: RequestMoved) -> None:
    """The student, once for each step."""
    notify(
        event.actor,
        recipient_person_id=event.person_id,
        kind=kinds.REQUEST,
        subject_id=event.request_id,
        dedupe_key=f"{event.request_id} {event.state}",
        facts={
            "request": event.kind, "state": event.state, "programme": event.programme,
            "from_date": event.from_date.isoformat() if event.from_date else "",
        },
    )  # fmt: skip
