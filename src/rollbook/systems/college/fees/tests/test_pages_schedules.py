"""Fee schedules, bills, a student's term, discounts and sponsors at the browser."""

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.shared.billing.models import Payment
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.examples import a_taker, the_student
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_registrar, a_term
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.examples_of_schedules import (
    a_discount,
    a_schedule,
    a_sponsor,
    decided,
    dues_of,
)
from rollbook.systems.college.fees.models import Assessment, Discount, FeeLine, FeeSchedule, Sponsor, Sponsorship
from rollbook.systems.college.fees.services.assessments import assess
from rollbook.systems.college.fees.tests.browsing import a_browser, a_key, browser_of, text_of
from rollbook.systems.college.fees.tests.test_assessments import seven_subjects
from rollbook.systems.college.fees.tests.test_discounts import asked
from rollbook.systems.college.fees.tests.test_sponsors import sponsored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def administrator() -> Client:
    return a_browser("administrator")


@pytest.fixture
def supervisor() -> Client:
    return a_browser(roles.CASHIER_SUPERVISOR)


@pytest.fixture
def taker() -> TermEnrolment:
    seven_subjects()
    return a_taker()


def at(name: str, *args: object) -> str:
    return reverse(f"fees:{name}", args=list(args))


def posted(browser: Client, address: str, **fields: object) -> object:
    return browser.post(address, {"idempotency_key": a_key(), **fields})


def test_a_schedule_is_begun_filled_looked_at_and_put_in_force(administrator: Client) -> None:
    begun = posted(administrator, at("new_schedule"), code="GENERAL", name="Everybody", instalments="5")
    schedule = FeeSchedule.objects.get()
    assert begun.status_code == 303  # type: ignore[attr-defined]
    posted(
        administrator, at("add_line", schedule.id), label="Tuition", category="TUITION", basis="PER_UNIT", price="650",
    )  # fmt: skip
    page = text_of(administrator.get(at("schedule", schedule.id)))
    assert "₱650.00" in page
    assert "Everybody" in page

    effect = text_of(administrator.get(at("schedule_effect", schedule.id)))
    posted(administrator, at("put_in_force", schedule.id))

    assert "Put it in force" in effect
    schedule.refresh_from_db()
    assert (schedule.state, schedule.instalments) == ("ACTIVE", 5)
    assert "In force" in text_of(administrator.get(at("schedules")))


def test_a_fee_that_cannot_be_meant_keeps_what_was_typed(administrator: Client) -> None:
    schedule = a_schedule(is_in_force=False)
    answer = posted(
        administrator, at("add_line", schedule.id), label="Thesis", category="OTHER", basis="ONE_SUBJECT", price="5",
        subject_code="NOPE 1",
    )  # fmt: skip
    assert answer.status_code == 422  # type: ignore[attr-defined]
    shown = text_of(answer)
    assert "There is no subject with this code." in shown
    assert "Thesis" in shown
    assert FeeLine.objects.count() == 3


def test_a_fee_is_taken_out_and_a_draft_changed_and_thrown_away(administrator: Client) -> None:
    schedule = a_schedule(is_in_force=False)
    line = schedule.lines.first()
    assert line is not None
    posted(administrator, at("remove_line", schedule.id, line.id))
    assert schedule.lines.count() == 2
    schedule.refresh_from_db()
    posted(administrator, at("change_schedule", schedule.id), name="Renamed", instalments="3", version=schedule.version)
    schedule.refresh_from_db()
    assert (schedule.name, schedule.instalments) == ("Renamed", 3)
    posted(administrator, at("discard_draft", schedule.id))
    schedule.refresh_from_db()
    assert schedule.state == "RETIRED"


def test_a_version_is_applied_when_the_number_of_students_is_typed(administrator: Client, taker: TermEnrolment) -> None:
    first = a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    posted(administrator, at("new_version", first.id))
    second = FeeSchedule.objects.get(version_number=2)
    FeeLine.objects.filter(schedule=second, label="Tuition").delete()
    posted(administrator, at("put_in_force", second.id))

    shown = text_of(administrator.get(at("schedule_effect", second.id)))
    refused = posted(administrator, at("schedule_effect", second.id), confirmed="7")
    done = posted(administrator, at("schedule_effect", second.id), confirmed="1")

    assert "₱19,500.50" in shown
    assert "₱5,850.50" in shown
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert done.status_code == 303  # type: ignore[attr-defined]


def test_a_schedule_in_force_is_retired_with_a_reason(administrator: Client) -> None:
    schedule = a_schedule()
    posted(administrator, at("retire_schedule", schedule.id), reason="The college closes this programme")
    schedule.refresh_from_db()
    assert schedule.state == "RETIRED"


def test_cashiers_look_at_schedules_but_change_nothing() -> None:
    schedule = a_schedule(is_in_force=False)
    cashier = a_browser(roles.CASHIER)
    assert "Add a fee" not in text_of(cashier.get(at("schedule", schedule.id)))
    assert cashier.get(at("new_schedule")).status_code == 403
    assert posted(cashier, at("put_in_force", schedule.id)).status_code == 403  # type: ignore[attr-defined]
    assert a_browser(roles.PROFESSOR).get(at("schedules")).status_code == 403


def test_a_term_is_billed_from_its_page_and_the_bills_are_exported(supervisor: Client, taker: TermEnrolment) -> None:
    a_schedule(year_level=1)
    a_taker("310009", year_level=2)

    before = text_of(supervisor.get(at("bills")))
    posted(supervisor, at("bill_term", taker.term_id))
    after = text_of(supervisor.get(at("bills")))
    without = text_of(supervisor.get(at("bills"), {"term": str(taker.term_id), "without": "1"}))

    assert "2 students of this term have no plan" in before
    assert "1 plan opened: ₱19,500.50." in after
    assert "No schedule fits 1 student." in after
    assert "310009" in without
    assert "310001" not in without
    exported = supervisor.get(at("bills"), {"term": str(taker.term_id), "export": "csv"})
    content = b"".join(exported.streaming_content) if exported.streaming else exported.content  # type: ignore[attr-defined]
    assert b"19500.50" in content


def test_without_a_term_the_bills_say_what_will_be_here(supervisor: Client) -> None:
    assert "No term yet" in text_of(supervisor.get(at("bills")))


def test_a_students_term_shows_the_sum_line_by_line_and_what_leaving_would_give_back(
    supervisor: Client, taker: TermEnrolment
) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    decided(asked(taker, a_discount("ACAD", categories=["TUITION"])))

    shown = text_of(supervisor.get(at("assessment", taker.student_id, taker.id)))

    for words in (
        "Tuition",
        "21 × ",
        "Discount ACAD",
        "₱12,675.50",
        "If every class were left",
        "75 % is given",
    ):
        assert words in shown, words


def test_a_term_is_assessed_at_the_browser(supervisor: Client, taker: TermEnrolment) -> None:
    a_schedule()
    empty = text_of(supervisor.get(at("assessment", taker.student_id, taker.id)))
    posted(supervisor, at("assess", taker.student_id, taker.id), reason="The student asked for it")
    assert "Not assessed yet" in empty
    assert Assessment.objects.get().reason == "The student asked for it"


def test_an_agreed_sum_says_so(supervisor: Client) -> None:
    payer = a_payer()
    shown = text_of(supervisor.get(at("assessment", payer.student.id, payer.enrolment.id)))
    assert "agreed sum of" in shown


def test_a_students_term_under_another_students_address_is_not_found(supervisor: Client, taker: TermEnrolment) -> None:
    other = a_taker("310077")
    assert supervisor.get(at("assessment", other.student_id, taker.id)).status_code == 404
    assert a_browser(roles.PROFESSOR).get(at("assessment", taker.student_id, taker.id)).status_code == 403


def test_a_discount_is_offered_changed_and_asked_for(administrator: Client, taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    bad = posted(administrator, at("new_discount"), code="ACAD", name="Academic", position="1")
    posted(administrator, at("new_discount"), code="ACAD", name="Academic", percent="50", position="1")
    discount = Discount.objects.get()
    posted(
        administrator, at("change_discount", discount.id), name="Academic", percent="25", position="1", is_active="on",
        version="1",
    )  # fmt: skip
    cashier = a_browser(roles.CASHIER)
    posted(
        cashier, at("give_discount", taker.student_id, taker.id), discount_id=str(discount.id),
        reason="Top of the class last year",
    )  # fmt: skip

    assert bad.status_code == 422  # type: ignore[attr-defined]
    shown = text_of(cashier.get(at("assessment", taker.student_id, taker.id)))
    assert "A supervisor has to decide" in shown
    decided(ApprovalRequest.objects.get())
    assert sum(dues_of(taker)) == 14_625_37
    assert "Academic" in text_of(cashier.get(at("discounts")))
    grant_id = taker.discount_grants.get().id
    posted(cashier, at("end_discount", taker.student_id, taker.id, grant_id), reason="The average fell below the limit")
    assert ApprovalRequest.objects.filter(state="PROPOSED").count() == 1


def test_the_card_of_a_discount_says_what_it_does(supervisor: Client, taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    request = asked(taker, a_discount())
    shown = text_of(supervisor.get(reverse("approvals:queue")))
    assert "₱9,750.25" in shown
    assert request.reason in shown


def test_a_sponsor_is_written_down_accepted_pays_and_ends(supervisor: Client) -> None:
    payer = a_payer()
    posted(supervisor, at("new_sponsor"), code="CHED", name="Commission on Higher Education")
    sponsor = Sponsor.objects.get()
    cashier = a_browser(roles.CASHIER)
    posted(
        cashier, at("give_sponsor", payer.student.id, payer.enrolment.id), sponsor_id=str(sponsor.id), share="FULL",
        letter="LG-77", reason="Letter of guarantee received",
    )  # fmt: skip
    decided(ApprovalRequest.objects.get())

    page = text_of(supervisor.get(at("sponsor", sponsor.id)))
    offered = text_of(supervisor.get(at("sponsor_pays", sponsor.id, payer.enrolment.term_id)))
    posted(
        supervisor, at("sponsor_pays", sponsor.id, payer.enrolment.term_id), amount="30000.00", method="CHECK",
        external_reference="CHQ 5", term_id=str(payer.enrolment.term_id),
    )  # fmt: skip
    ended = posted(supervisor, at("end_sponsorship", Sponsorship.objects.get().id), reason="The term is paid in full")

    assert "₱30,000.00" in page
    assert "LG-77" in page
    assert "is open for one student." in offered
    assert Payment.objects.get().external_reference == "CHQ 5 1/1"
    assert ended.status_code == 303  # type: ignore[attr-defined]
    posted(supervisor, at("change_sponsor", sponsor.id), name="Commission", is_active="on", version="1")
    sponsor.refresh_from_db()
    assert sponsor.name == "Commission"


def test_a_sponsor_that_pays_too_much_keeps_what_was_typed(supervisor: Client) -> None:
    payer = a_payer()
    sponsored(payer)
    answer = posted(
        supervisor, at("sponsor_pays", Sponsor.objects.get().id, payer.enrolment.term_id), amount="30000.01",
        method="CHECK", external_reference="CHQ 5", term_id=str(payer.enrolment.term_id),
    )  # fmt: skip
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "CHQ 5" in text_of(answer)
    assert not Payment.objects.exists()


def test_a_student_sees_what_the_own_term_costs_and_nobody_elses(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    student = browser_of(the_student(taker))
    other = browser_of(the_student(a_taker("310078")))

    shown = text_of(student.get(at("own_assessment")))

    assert "₱19,500.50" in shown
    assert "what the curriculum expects" in shown
    assert "What my term costs" in text_of(student.get(at("own_payments")))
    assert "Nothing assessed" in text_of(other.get(at("own_assessment")))
    assert student.get(at("assessment", taker.student_id, taker.id)).status_code == 403


def test_pages_of_unknown_things_are_not_found(supervisor: Client, administrator: Client) -> None:
    term = a_term()
    for browser, name in (
        (administrator, "schedule"), (administrator, "schedule_effect"), (administrator, "change_discount"),
        (supervisor, "sponsor"), (supervisor, "change_sponsor"),
    ):  # fmt: skip
        assert browser.get(at(name, term.id)).status_code == 404, name


def test_a_sponsor_in_the_list_counts_its_students(supervisor: Client) -> None:
    sponsored(a_payer(), sponsor=a_sponsor("AGENCY"))
    assert "AGENCY" in text_of(supervisor.get(at("sponsors")))
