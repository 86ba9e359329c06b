"""Fee schedules, assessments, discounts and sponsors over JSON."""

from typing import Any

import pytest
from django.test import Client

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.ids import new_id
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.examples import a_taker, the_student
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.examples_of_schedules import a_discount, a_schedule, decided
from rollbook.systems.college.fees.models import FeeSchedule, Sponsor
from rollbook.systems.college.fees.services.assessments import assess
from rollbook.systems.college.fees.tests.browsing import a_browser, browser_of
from rollbook.systems.college.fees.tests.test_assessments import seven_subjects
from rollbook.systems.college.fees.tests.test_sponsors import sponsored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

BASE = "/api/v1/college/"


def sent(client: Client, path: str, *, verb: str = "post", key: str = "", **body: Any) -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return getattr(client, verb)(BASE + path, body, content_type="application/json", **headers)


@pytest.fixture
def taker() -> TermEnrolment:
    seven_subjects()
    return a_taker()


def test_a_schedule_is_made_filled_and_put_in_force() -> None:
    client = a_browser("administrator")
    made = sent(client, "fee-schedules", code="GENERAL", name="Everybody", instalments=4).json()
    path = f"fee-schedules/{made['id']}"
    line = {"label": "Tuition", "category": "TUITION", "basis": "PER_UNIT", "price": "650.00"}
    filled = sent(client, f"{path}/lines", **line)
    sent(client, f"{path}/lines", **{**line, "label": "Twice"})
    twice = client.get(BASE + path).json()
    sent(client, f"{path}/lines/{twice['lines'][1]['id']}", verb="delete")
    renamed = sent(client, path, verb="put", name="All", instalments=5).json()

    held = sent(client, f"{path}/put-in-force").json()

    assert filled.status_code == 201
    assert (renamed["name"], renamed["instalments"]) == ("All", 5)
    assert (held["state"], [one["price"] for one in held["lines"]]) == ("ACTIVE", ["650.00"])
    listed = client.get(BASE + "fee-schedules", {"state": "ACTIVE"}).json()
    assert [row["code"] for row in listed["items"]] == ["GENERAL"]
    refused = sent(client, f"{path}/lines", **line)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_A_DRAFT")


def test_versions_effects_and_applying_over_json(taker: TermEnrolment) -> None:
    client, first = a_browser("administrator"), a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    copy = sent(client, f"fee-schedules/{first.id}/versions").json()
    path = f"fee-schedules/{copy['id']}"
    sent(client, f"{path}/lines", label="Sports", category="OTHER", basis="FLAT", price="499.50")
    sent(client, f"{path}/put-in-force")

    effect = client.get(f"{BASE}{path}/effect").json()
    wrong = sent(client, f"{path}/apply", confirmed=2)
    right = sent(client, f"{path}/apply", confirmed=1)

    assert effect == {"students": 1, "before": "19500.50", "after": "20000.00", "unbilled": 0}
    assert (wrong.status_code, wrong.json()["code"]) == (422, "CONFIRM_COUNT")
    assert (right.status_code, right.json()) == (202, {"students": 1})
    retired = sent(client, f"{path}/retire", reason="We close the college").json()
    assert retired["state"] == "RETIRED"
    again = sent(client, f"{path}/versions").json()
    assert sent(client, f"fee-schedules/{again['id']}/discard").json()["state"] == "RETIRED"


def test_a_term_is_assessed_and_shown_to_its_student_only(taker: TermEnrolment) -> None:
    a_schedule()
    made = sent(a_browser(roles.REGISTRAR), f"term-enrolments/{taker.id}/assessment", reason="")
    path = f"{BASE}me/term-enrolments/{taker.id}/assessment"
    own = browser_of(the_student(taker)).get(path)
    other = browser_of(the_student(a_taker("310077"))).get(path)

    assert made.status_code == 201
    shown = own.json()["assessment"]
    assert (shown["owed"], shown["basis"], shown["units"]) == ("19500.50", "EXPECTED", "21")
    assert [line["amount"] for line in shown["lines"]] == ["13650.00", "2400.00", "3450.50"]
    assert other.status_code == 404
    again = a_browser(roles.CASHIER).get(f"{BASE}term-enrolments/{taker.id}/assessment").json()
    assert again["earlier"] == []


def test_a_term_without_a_schedule_answers_with_the_code(taker: TermEnrolment) -> None:
    refused = sent(a_browser(roles.REGISTRAR), f"term-enrolments/{taker.id}/assessment")
    assert (refused.status_code, refused.json()["code"]) == (409, "NO_SCHEDULE")


def test_a_whole_term_is_billed(taker: TermEnrolment) -> None:
    a_schedule()
    billed = sent(a_browser(roles.CASHIER_SUPERVISOR), f"terms/{taker.term_id}/assessments")
    assert (billed.status_code, billed.json()) == (201, {"plans": 1, "total": "19500.50", "left_out": 0})
    assert sent(a_browser(roles.CASHIER), f"terms/{taker.term_id}/assessments").status_code == 403


def test_what_leaving_gives_back_is_a_preview(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    steps = a_browser(roles.CASHIER).get(f"{BASE}term-enrolments/{taker.id}/refund-preview").json()
    assert [(step["week"], step["percent"], step["until"]) for step in steps] == [
        (0, "100", "2031-07-31"), (1, "75", "2031-08-07"), (2, "50", "2031-08-14"), (3, "0", None),
    ]  # fmt: skip
    assert steps[0]["owed"] == "0.00"


def test_discounts_are_offered_asked_for_and_ended(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    administrator, cashier = a_browser("administrator"), a_browser(roles.CASHIER)
    made = sent(administrator, "discounts", code="ACAD", name="Academic", percent="50", categories=["TUITION"]).json()
    changed = sent(administrator, f"discounts/{made['id']}", verb="put", name="Academic", amount="100.00").json()
    asked = sent(
        cashier, f"term-enrolments/{taker.id}/discounts", discount_id=made["id"], reason="Top of the class last year"
    )
    decided(ApprovalRequest.objects.get())
    ending = sent(cashier, f"discount-grants/{taker.discount_grants.get().id}/end", reason="It was given by mistake")

    assert (changed["amount"], changed["percent"], changed["version"]) == ("100.00", None, 2)
    assert (asked.status_code, ending.status_code) == (201, 201)
    assert [row["code"] for row in cashier.get(BASE + "discounts").json()] == ["ACAD"]
    assert sent(cashier, "discounts", code="X", name="X", percent="5").status_code == 403


def test_a_sponsors_transfer_is_recorded_once_for_its_key() -> None:
    payer, supervisor = a_payer(), a_browser(roles.CASHIER_SUPERVISOR)
    made = sent(supervisor, "sponsors", code="CHED", name="Commission").json()
    sent(supervisor, f"sponsors/{made['id']}", verb="put", name="Commission on Higher Education")
    asked = sent(
        a_browser(roles.CASHIER), f"term-enrolments/{payer.enrolment.id}/sponsorships", sponsor_id=made["id"],
        share="PERCENT", percent="50", letter="LG-1", reason="Letter of guarantee received",
    )  # fmt: skip
    decided(ApprovalRequest.objects.get())
    term_id, key = str(payer.enrolment.term_id), str(new_id())
    transfer = {
        "term_id": term_id, "amount": "15000.00", "method": "BANK_TRANSFER", "external_reference": "TRF-9"
    }  # fmt: skip

    first = sent(supervisor, f"sponsors/{made['id']}/payments", key=key, **transfer)
    second = sent(supervisor, f"sponsors/{made['id']}/payments", key=key, **transfer)
    without = sent(supervisor, f"sponsors/{made['id']}/payments", **transfer)

    assert asked.status_code == 201
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replay"] == "true"
    assert without.status_code in {400, 422, 428}
    assert payer.months() == ["5000.00"] * 3 + ["0.00"] * 3
    rows = supervisor.get(f"{BASE}sponsors/{made['id']}/statement", {"term_id": term_id}).json()
    assert [(row["share"], row["paid"], row["open"]) for row in rows] == [("15000.00", "15000.00", "0.00")]
    assert [row["code"] for row in supervisor.get(BASE + "sponsors").json()["items"]] == ["CHED"]


def test_a_sponsorship_ends_over_json() -> None:
    payer = a_payer()
    sponsorship = sponsored(payer)
    answer = sent(
        a_browser(roles.CASHIER_SUPERVISOR), f"sponsorships/{sponsorship.id}/end", reason="The letter was taken back"
    )
    assert answer.status_code == 204
    assert payer.states() == ["UNPAID"] * 6


def test_unknown_fields_and_unknown_things_are_refused(taker: TermEnrolment) -> None:
    administrator, supervisor = a_browser("administrator"), a_browser(roles.CASHIER_SUPERVISOR)
    assert sent(administrator, "fee-schedules", code="X", name="X", state="ACTIVE").status_code == 422
    assert sent(administrator, f"fee-schedules/{taker.id}/put-in-force").status_code == 404
    assert supervisor.get(f"{BASE}sponsors/{taker.id}/statement", {"term_id": str(taker.id)}).status_code == 404
    wanted = {"discount_id": str(a_discount().id), "reason": "Top of the class last year"}
    assert sent(a_browser(roles.CASHIER), f"term-enrolments/{new_id()}/discounts", **wanted).status_code == 404
    assert not FeeSchedule.objects.exists()
    assert not Sponsor.objects.exists()
