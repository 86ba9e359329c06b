"""What tired hands and clever ones send to the counter over HTTP, and that nothing is lost or half done."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from rollbook.core.audit.models import AuditEntry
from rollbook.core.identity.models import Membership
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_browser, a_member, a_term
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.fees.examples import Payer, a_payer, on_plan

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/v1/college/cashier/payments"


@pytest.fixture
def payer(tenant: Organisation) -> Payer:
    """A student on plan P5 and a cashier at work."""
    return a_payer()


@pytest.fixture
def counter(payer: Payer) -> Client:
    """The cashier's browser."""
    return a_browser(payer.cashier)


def send(browser: Client, path: str, body: dict[str, Any], method: str = "POST", **headers: str) -> HttpResponse:
    headers = {"Idempotency-Key": str(uuid4()), **headers}
    return browser.generic(method, path, json.dumps(body), content_type="application/json", headers=headers)


def cash(payer: Payer, amount: str = "5000.00", **more: Any) -> dict[str, Any]:
    enrolment = {"term_enrolment_id": str(payer.enrolment.id)}
    return {"student_id": str(payer.student.id), "amount": amount, "method": "CASH", **enrolment, **more}


def problem(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.content)["code"]


@pytest.mark.rule("R3")
def test_a_retry_with_its_key_is_one_payment_and_the_same_answer(payer: Payer, counter: Client) -> None:
    key = {"Idempotency-Key": str(uuid4())}

    first, again = (send(counter, PAYMENTS, cash(payer), **key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replay"] == "true"
    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.rule("R3")
def test_without_a_key_no_money_is_taken(payer: Payer, counter: Client) -> None:
    response = counter.post(PAYMENTS, cash(payer), content_type="application/json")

    assert response.status_code == 422
    assert not Payment.objects.exists()


@pytest.mark.rule("R34")
@pytest.mark.parametrize(
    "typed", ["0", "0.00", "-5", "1e3", "5,000.00", "12.345", "NaN", "1000000000", "", " ", "₱5", "٣"]
)
def test_an_amount_that_cannot_be_is_a_field_error_with_the_range(payer: Payer, counter: Client, typed: str) -> None:
    response = send(counter, PAYMENTS, cash(payer, typed))

    assert problem(response)[0] == 422
    (error,) = json.loads(response.content)["errors"]
    assert error == {"field": "amount", "message": "enter an amount from 0.01 to 9,999,999.99 with two decimals"}
    assert not Payment.objects.exists()


def test_an_amount_is_text_and_never_a_number(payer: Payer, counter: Client) -> None:
    response = send(counter, PAYMENTS, cash(payer) | {"amount": 5000.0})

    assert problem(response)[0] == 422
    assert not Payment.objects.exists()


def test_two_open_terms_are_a_choice_and_never_the_first(payer: Payer, counter: Client) -> None:
    second = on_plan(payer.student, a_term("2031-2"), "12000.00", cashier=payer.cashier)
    body = cash(payer)
    del body["term_enrolment_id"]

    response = send(counter, PAYMENTS, body)

    assert problem(response) == (422, "TERM_NEEDED")
    offered = json.dumps(json.loads(response.content)["facts"])
    assert str(payer.enrolment.id) in offered
    assert str(second.enrolment.id) in offered
    assert not Payment.objects.exists()


def test_the_same_bank_reference_twice_names_the_payment_that_has_it(payer: Payer, counter: Client) -> None:
    transfer = cash(payer, method="BANK_TRANSFER", external_reference="BDO-77")
    first = json.loads(send(counter, PAYMENTS, transfer).content)

    second = send(counter, PAYMENTS, transfer)

    assert problem(second) == (409, "DUPLICATE_REFERENCE")
    assert json.loads(second.content)["facts"]["payment_id"] == first["id"]
    assert Payment.objects.count() == 1


@pytest.mark.rule("R33")
def test_a_later_month_is_refused_and_the_preview_shows_the_lawful_split(payer: Payer, counter: Client) -> None:
    refused = send(counter, PAYMENTS, cash(payer, "8000.00", target_month=3))
    preview = counter.get(f"/api/v1/college/cashier/students/{payer.student.id}/account", {"amount": "8000.00"})

    assert problem(refused) == (409, "MONTH_NOT_SEQUENTIAL")
    assert (Payment.objects.count(), Receipt.objects.count()) == (0, 0)
    landings = json.loads(preview.content)["plans"][0]["landings"]
    assert [(landing["number"], Decimal(landing["amount"])) for landing in landings] == [(1, 5000), (2, 3000)]


@pytest.mark.parametrize("field", ["is_paid", "status", "total", "price", "receipt_number", "role", "override"])
def test_a_field_that_is_not_the_callers_to_set_is_refused_and_on_the_record(
    payer: Payer, counter: Client, field: str
) -> None:
    response = send(counter, PAYMENTS, cash(payer) | {field: "1"})

    assert problem(response) == (422, "UNKNOWN_FIELDS")
    assert json.loads(response.content)["errors"] == [
        {"field": field, "message": "Leave this out: it is not yours to set."}
    ]
    assert not Payment.objects.exists()
    entry = AuditEntry.objects.get(action="refused.unknown_fields")
    assert (entry.facts["attempt"], entry.facts["refusal"]["fields"]) == (f"POST {PAYMENTS}", f"['{field}']")


def test_the_clock_of_the_caller_decides_nothing(payer: Payer, counter: Client) -> None:
    ahead = send(counter, PAYMENTS, cash(payer, received_at="2099-01-01T00:00:00Z"))

    assert ahead.status_code == 422
    assert not Payment.objects.exists()


def test_a_student_neither_pays_by_hand_nor_changes_a_term(payer: Payer) -> None:
    student = a_browser(a_member(roles.STUDENT, person_id=payer.student.person_id))
    enrolment = f"/api/v1/college/term-enrolments/{payer.enrolment.id}"

    assert problem(send(student, PAYMENTS, cash(payer))) == (403, "FORBIDDEN")
    for method in ("DELETE", "PATCH", "PUT"):
        assert send(student, enrolment, {"state": "COMPLETED"}, method).status_code in (403, 405)
        own = f"/api/v1/college/me/term-enrolments/{payer.enrolment.id}"
        assert send(student, own, {"state": "COMPLETED"}, method).status_code in (404, 405)
    assert not Payment.objects.exists()
    assert TermEnrolment.objects.get().state == TermEnrolment.State.PENDING_PAYMENT


def test_a_cashier_does_not_approve_their_own_void(payer: Payer, counter: Client) -> None:
    paid = json.loads(send(counter, PAYMENTS, cash(payer)).content)
    asked = send(counter, f"{PAYMENTS}/{paid['id']}/void-request", {"reason": "Typed the wrong student"})
    both = Membership.objects.get(user_id=payer.cashier.user_id)
    both.roles = [roles.CASHIER, roles.CASHIER_SUPERVISOR]
    both.save()

    decision = f"/api/v1/approvals/{json.loads(asked.content)['id']}/decision"
    decided = send(counter, decision, {"approve": True, "note": "Mine"})

    assert problem(decided) == (409, "SELF_APPROVAL")
    assert Payment.objects.get().state == Payment.State.COMPLETED


def test_what_is_typed_into_the_search_is_searched_as_text(payer: Payer, counter: Client) -> None:
    for typed in ("' OR 1=1 --", "<script>alert(1)</script>", "%%", "__", "\\\\", "((", "a'; DROP TABLE x; --"):
        found = counter.get("/api/v1/college/cashier/students", {"q": typed})
        assert (found.status_code, json.loads(found.content)) == (200, []), typed
    assert counter.get("/api/v1/college/cashier/students", {"q": "x"}).status_code == 422


def test_markup_in_a_note_stays_text_on_the_page(payer: Payer, counter: Client) -> None:
    paid = json.loads(send(counter, PAYMENTS, cash(payer, note="<script>alert(1)</script>")).content)

    shown = counter.get(reverse("fees:payment", args=[paid["id"]])).content.decode()

    assert "<script>alert(1)</script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


@pytest.mark.rule("R44")
def test_codes_of_permits_are_not_guessed(payer: Payer, counter: Client, tenant: Organisation, settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1
    send(counter, PAYMENTS, cash(payer))
    permit = ExamPermit.objects.get()
    visitor = Client()

    def ask(code: str) -> HttpResponse:
        return visitor.get(f"/api/v1/public/verify/permit/{code}", {"institution": tenant.slug})

    known, unknown = ask(permit.code), ask("PRM-2031-00000000")
    rest = [ask(f"PRM-2031-0000000{number % 10}").status_code for number in range(40)]

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert rest.count(429) >= 10
    assert len(permit.code.rsplit("-", 1)[1]) == 8


def test_ids_of_another_college_and_ids_of_nobody_are_answered_alike(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id):
        ours = a_payer()
    with tenant_scope(other_organisation.id):
        stranger = a_browser(a_payer(number="990001").cashier)
    account = "/api/v1/college/cashier/students/{}/account"

    asked = [stranger.get(account.format(student_id)) for student_id in (ours.student.id, uuid4())]
    paid = [send(stranger, PAYMENTS, cash(ours)), send(stranger, PAYMENTS, cash(ours) | {"student_id": str(uuid4())})]

    for pair in (asked, paid):
        bodies = [json.loads(answer.content) | {"request_id": ""} for answer in pair]
        assert [answer.status_code for answer in pair] == [404, 404]
        assert bodies[0] == bodies[1]
    with tenant_scope(organisation.id):
        assert not Payment.objects.exists()


def test_the_moment_of_a_payment_is_ours(frozen_clock: Any, payer: Payer, counter: Client) -> None:
    send(counter, PAYMENTS, cash(payer))
    send(counter, PAYMENTS, cash(payer, received_at="2031-07-01T12:03:00Z"))

    assert set(Payment.objects.values_list("received_at", flat=True)) == {datetime(2031, 7, 1, 12, tzinfo=UTC)}
