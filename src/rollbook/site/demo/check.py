"""Goes through a running demonstration as its cashier would: sign in, open a shift, take a payment, prove the books."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_by_slug
from rollbook.shared.billing.selectors import prove_books
from rollbook.site.commands import CommandFailed
from rollbook.site.demo import logins
from rollbook.site.demo.load import COLLEGE
from rollbook.systems.college.enrolment.models import TermEnrolment

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class DemonstrationIsBroken(CommandFailed):
    """Something that a cashier needs did not work; the message says what."""


@dataclass(slots=True)
class Visitor:
    """A browser without a screen."""

    client: httpx.Client

    def sign_in(self, name: str, password: str) -> None:
        """Sign in through the page that people use."""
        page = self.client.get("/login/", follow_redirects=True)
        token = _TOKEN.search(page.text)
        _must(token is not None, f"The sign-in page answered {page.status_code} without a form.")
        form = {"login": name, "password": password, "csrfmiddlewaretoken": token.group(1) if token else ""}
        answer = self.client.post(str(page.url), data=form, headers={"Referer": str(page.url)}, follow_redirects=True)
        me = self.client.get("/api/v1/identity/me")
        _must(
            me.status_code == httpx.codes.OK,
            f"Signing in as {name} ended with {answer.status_code} and {me.status_code}.",
        )

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON the way the pages do, with a key that makes a repetition harmless."""
        token = self.client.cookies.get(settings.CSRF_COOKIE_NAME) or ""
        headers = {"X-CSRFToken": token, "Referer": str(self.client.base_url)}
        answer = self.client.post(path, json=body, headers=headers | {"Idempotency-Key": str(uuid4())})
        _must(
            answer.status_code in (httpx.codes.OK, httpx.codes.CREATED),
            f"{path} answered {answer.status_code}: {answer.text[:300]}",
        )
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Any:
        """Read JSON."""
        answer = self.client.get(path)
        _must(answer.status_code == httpx.codes.OK, f"{path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()


def check(address: str) -> str:
    """Take a payment at `address`; answers one sentence, or says what is broken."""
    cashier = next(one for one in logins.read() if one["role"] == "cashier")
    organisation = organisation_by_slug(COLLEGE)
    with tenant_scope(organisation.id):
        enrolment = (
            TermEnrolment.objects.filter(state=TermEnrolment.State.PENDING_PAYMENT, invoice__paid_minor=0)
            .select_related("student")
            .order_by("-student__student_number")
            .first()
        )
    if enrolment is None:
        raise DemonstrationIsBroken("No student of the demonstration is waiting to pay.")
    with httpx.Client(base_url=address, timeout=20) as client:
        visitor = Visitor(client)
        visitor.sign_in(cashier["name"], cashier["password"])
        shift = visitor.post("/api/v1/college/cashier/shifts", {"station": "Check", "opening_float": "0.00"})
        month = visitor.get(f"/api/v1/college/cashier/students/{enrolment.student_id}/account")["plans"][0][
            "instalments"
        ][0]
        paid = visitor.post(
            "/api/v1/college/cashier/payments",
            {"student_id": str(enrolment.student_id), "amount": month["due"], "method": "CASH"},
        )
        _must(paid["instalments"][0]["state"] == "PAID", "Month 1 was not paid by its own amount.")
        _must(paid["receipt"]["number"].startswith("RCP-"), "The payment has no receipt.")
        exams = [permit["exam"] for permit in paid["permits_issued"]]
        _must(exams == ["PRELIM"], f"The permits that opened are {exams}, not PRELIM.")
        _close(visitor, shift["id"], month["due"])
    with tenant_scope(organisation.id):
        _must(prove_books().is_right, "The books do not add up.")
    return (
        f"Paid {month['due']} as {cashier['name']}: receipt {paid['receipt']['number']}, permit {exams[0]},"
        " drawer closed without a difference, books right."
    )


def _close(visitor: Visitor, shift_id: str, amount: str) -> None:
    minor = int(amount.replace(".", ""))
    closed = visitor.post(
        f"/api/v1/college/cashier/shifts/{shift_id}/close",
        {"denominations": {"1": minor % 100_000, "100000": minor // 100_000}},
    )
    _must(closed["variance"] == "0.00", f"The drawer is off by {closed['variance']}.")


def _must(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise DemonstrationIsBroken(sentence)
