"""A college with cashiers who are signed in, and the payments they send over HTTP."""

import csv
import http.client
import io
import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

CSRF = "a" * 32


@dataclass(frozen=True, slots=True)
class College:
    """What the rehearsal works with."""

    organisation_id: UUID
    #: (student, term enrolment) of everybody who can pay.
    payers: list[tuple[str, str]]
    #: The cookie header of each signed-in cashier, whose shift is open.
    cookies: list[str]


def open_college(students: int, cashiers: int, *, plan: str = "9000000.00") -> College:
    """A college with students on large plans, so that no payment runs out of room."""
    from django.conf import settings
    from django.test import Client

    from rollbook.core.identity.examples import a_member, an_actor, sign_in
    from rollbook.core.money import Money
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.models import Organisation
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.site.organisations import create_organisation
    from rollbook.systems.college.enrolment.models import TermEnrolment
    from rollbook.systems.college.fees.services.enroller import PlanEnroller
    from rollbook.systems.college.fees.services.shifts import open_shift
    from rollbook.systems.college.records.services import import_students

    organisation_id = create_organisation(
        slug="rehearsal", name="Rehearsal College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    system = Actor.system(organisation_id, job="rehearsal")
    with tenant_scope(organisation_id):
        import_students(
            system, file_name="roll.csv", content=_roll(students, plan), create_missing=True, enroller=PlanEnroller()
        )
        payers = list(TermEnrolment.objects.order_by("id").values_list("student_id", "id"))
    organisation = Organisation.objects.get(id=organisation_id)
    cookies = []
    for number in range(cashiers):
        member = a_member(organisation, "cashier", name=f"Cashier {number}")
        client = Client()
        sign_in(client, member)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}")
        with tenant_scope(organisation_id):
            open_shift(an_actor(member), station=f"Window {number}", opening_float=Money(0, "PHP"))
    return College(organisation_id, [(str(student), str(enrolment)) for student, enrolment in payers], cookies)


def _roll(students: int, plan: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "student_number",
            "family_name",
            "given_name",
            "programme",
            "term",
            "plan_total",
            "instalments",
            "first_due_on",
        ]
    )
    year = date.today().year  # noqa: DTZ011 — any year does; the code only has to be one
    for number in range(students):
        writer.writerow(
            [f"R{number:06d}", "Rehearsal", f"Student {number}", "BSIT", f"{year}-1", plan, 6, f"{year}-08-31"]
        )
    return text.getvalue().encode()


class Browser:
    """One cashier's connection to the web server."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.headers = {"Cookie": cookie, "X-CSRFToken": CSRF, "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def pay(self, payer: tuple[str, str], amount: str, key: str | None = None) -> tuple[int, bytes]:
        """Send one payment; answers status and body. A broken connection is opened anew the next time."""
        body = json.dumps({"student_id": payer[0], "term_enrolment_id": payer[1], "amount": amount, "method": "CASH"})
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return self.ask("POST", "/api/v1/college/cashier/payments", body, headers)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request over the kept connection."""
        try:
            self.connection.request(method, path, body, headers or self.headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
