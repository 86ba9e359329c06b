"""Credits from other institutions: proposed by one, decided by another, revoked (R56)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_subject
from rollbook.systems.college.catalogue.models import GradeScale, Programme, Subject
from rollbook.systems.college.catalogue.services import ensure_shipped_scales
from rollbook.systems.college.examples import (
    a_browser,
    a_head_registrar,
    a_member,
    a_registrar,
    a_stranger,
    a_student,
)
from rollbook.systems.college.records import services
from rollbook.systems.college.records.errors import CreditCannotMove, CreditRequestNotFound
from rollbook.systems.college.records.models import Student, TransferCredit, TransferCreditRequest
from rollbook.systems.college.records.services import NewCredit

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R56")]

BECAUSE = "The paper was found to be forged"


@pytest.fixture
def student(tenant: Organisation) -> Student:
    """Somebody who came from another college, whose scales stand."""
    ensure_shipped_scales()
    return a_student("310001")


def the_head(student: Student) -> Actor:
    """The head of the student's programme."""
    head = a_member(roles.PROGRAM_HEAD, name="Hilda Tan")
    Programme.objects.filter(id=student.programme_id).update(head=head.membership_id)
    return head


def ph() -> Any:
    return GradeScale.objects.get(code="PH_5").id


def passed(subject: Subject, grade: str = "1.75", units: str = "3", **more: Any) -> NewCredit:
    return NewCredit(f"X-{subject.code}", Decimal(units), grade, subject.id, Decimal(units), **more)


def drafted(student: Student, *wanted: NewCredit, registrar: Actor | None = None) -> TransferCreditRequest:
    return services.draft_credits(
        registrar or a_registrar(), student_id=student.id, institution="Luzon State", scale_id=ph(), wanted=list(wanted)
    )


def submitted(student: Student, *wanted: NewCredit, registrar: Actor | None = None) -> TransferCreditRequest:
    registrar = registrar or a_registrar()
    return services.submit_credits(registrar, request_id=drafted(student, *wanted, registrar=registrar).id)


def states() -> list[str]:
    return sorted(TransferCredit.objects.values_list("state", flat=True))


def test_what_was_passed_elsewhere_counts_after_the_programme_head_approved_it(student: Student) -> None:
    request = submitted(student, passed(a_subject("IT 101")), passed(a_subject("IT 102"), "3.00"))
    assert states() == ["PROPOSED", "PROPOSED"]

    services.decide_credits(the_head(student), request_id=request.id, approve=True)

    assert states() == ["CREDITED", "CREDITED"]
    request.refresh_from_db()
    assert request.state == "APPROVED"
    assert AuditEntry.objects.filter(action="college.credits_approved").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"external_grade": "5.00"}, "external_grade"),
        ({"external_grade": "1.33"}, "external_grade"),
        ({"external_grade": "INC"}, "external_grade"),
        ({"units_granted": Decimal(4)}, "units_granted"),
        ({"units_granted": Decimal(0)}, "units_granted"),
        ({"external_units": Decimal(0)}, "external_units"),
        ({"external_code": " "}, "external_code"),
    ],
)
def test_what_cannot_be_credited_is_named_by_line_and_nothing_is_written(
    student: Student, change: dict[str, Any], field: str
) -> None:
    good = {
        "external_code": "CS 1", "external_units": Decimal(3), "external_grade": "2.00",
        "subject_id": a_subject("IT 101").id, "units_granted": Decimal(3),
    }  # fmt: skip

    with pytest.raises(Invalid) as refusal:
        drafted(student, NewCredit(**(good | change)))

    assert [error["field"] for error in refusal.value.errors] == [f"credits.0.{field}"]
    assert not TransferCreditRequest.objects.exists()


def test_a_subject_is_credited_once(student: Student) -> None:
    subject = a_subject("IT 101")
    services.decide_credits(the_head(student), request_id=submitted(student, passed(subject)).id, approve=True)

    with pytest.raises(Invalid, match="credited already"):
        drafted(student, passed(subject))
    with pytest.raises(Invalid, match="twice"):
        drafted(student, passed(other := a_subject("IT 102")), passed(other))


def test_nobody_approves_what_they_proposed(student: Student) -> None:
    both = a_member(roles.REGISTRAR, roles.PROGRAM_HEAD)
    Programme.objects.filter(id=student.programme_id).update(head=both.membership_id)
    request = submitted(student, passed(a_subject("IT 101")), registrar=both)

    with pytest.raises(SelfApproval):
        services.decide_credits(both, request_id=request.id, approve=True)

    assert states() == ["PROPOSED"]


def test_the_database_too_wants_two_people(student: Student) -> None:
    registrar = a_registrar()
    request = drafted(student, passed(a_subject("IT 101")), registrar=registrar)

    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        TransferCreditRequest.objects.filter(id=request.id).update(decided_by=registrar.user_id)


def test_a_returned_request_is_changed_and_submitted_again(student: Student) -> None:
    registrar = a_registrar()
    request = submitted(student, passed(a_subject("IT 101")), registrar=registrar)
    head = the_head(student)
    with pytest.raises(Invalid, match="what has to be changed"):
        services.decide_credits(head, request_id=request.id, approve=False, note="no")
    services.decide_credits(head, request_id=request.id, approve=False, note="The course has no laboratory")

    services.change_credits(registrar, request_id=request.id, wanted=[passed(a_subject("IT 102"))])
    services.submit_credits(registrar, request_id=request.id)
    services.decide_credits(head, request_id=request.id, approve=True)

    credited = TransferCredit.objects.get(state="CREDITED")
    assert credited.subject.code == "IT 102"


def test_a_disputed_request_is_the_head_registrars(student: Student) -> None:
    registrar = a_registrar()
    request = submitted(student, passed(a_subject("IT 101")), registrar=registrar)
    services.decide_credits(the_head(student), request_id=request.id, approve=False, note="It is another course")
    services.dispute_credits(registrar, request_id=request.id, reason="The syllabus is the same, see page 3")

    with pytest.raises(Forbidden):
        services.decide_credits(the_head(student), request_id=request.id, approve=True)
    services.decide_credits(a_head_registrar(), request_id=request.id, approve=True)

    assert states() == ["CREDITED"]


def test_a_decided_request_is_not_decided_again(student: Student) -> None:
    request = submitted(student, passed(a_subject("IT 101")))
    head = the_head(student)
    services.decide_credits(head, request_id=request.id, approve=True)

    with pytest.raises(CreditCannotMove, match="This is approved"):
        services.decide_credits(head, request_id=request.id, approve=True)
    with pytest.raises(CreditCannotMove):
        services.change_credits(a_registrar(), request_id=request.id, wanted=[passed(a_subject("IT 103"))])


def test_a_revoked_credit_counts_no_more_and_may_be_credited_anew(student: Student) -> None:
    subject = a_subject("IT 101")
    services.decide_credits(the_head(student), request_id=submitted(student, passed(subject)).id, approve=True)
    credit = TransferCredit.objects.get()
    with pytest.raises(Forbidden):
        services.revoke_credit(a_registrar(), credit_id=credit.id, reason=BECAUSE)

    revoked, affected = services.revoke_credit(a_head_registrar(), credit_id=credit.id, reason=BECAUSE)

    assert (revoked.state, affected) == ("REVOKED", [])
    with pytest.raises(CreditCannotMove):
        services.revoke_credit(a_head_registrar(), credit_id=credit.id, reason=BECAUSE)
    services.decide_credits(the_head(student), request_id=submitted(student, passed(subject)).id, approve=True)
    assert states() == ["CREDITED", "REVOKED"]


def test_another_programmes_head_and_a_stranger_find_nothing(student: Student) -> None:
    request = submitted(student, passed(a_subject("IT 101")))

    with pytest.raises(CreditRequestNotFound):
        services.decide_credits(a_member(roles.PROGRAM_HEAD), request_id=request.id, approve=True)
    with pytest.raises(Forbidden):
        services.decide_credits(a_stranger(), request_id=request.id, approve=True)
    assert states() == ["PROPOSED"]


def test_another_college_finds_nothing(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        ensure_shipped_scales()
        request = submitted(a_student("310001"), passed(a_subject("IT 101")))
    with tenant_scope(other_organisation.id), pytest.raises(CreditRequestNotFound):
        services.decide_credits(a_head_registrar(), request_id=request.id, approve=True)


def test_a_student_record_shows_what_counts_and_a_registrar_pastes_lines(student: Student) -> None:
    a_subject("IT 101"), a_subject("IT 102")
    browser = a_browser(a_registrar())
    address = f"/students/{student.id}/credits/"
    typed = {"institution": "Luzon State", "scale_id": str(ph()), "note": ""}

    wrong = browser.post(f"{address}new/", {**typed, "lines": "CS 1; Computing; 3; 1.75; IT 999; 3\nCS 2"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Line 1: there is no subject IT 999 here." in page
    assert "Line 2: write six parts" in page
    assert "CS 1; Computing" in page
    failing = browser.post(f"{address}new/", {**typed, "lines": "CS 1; Computing; 3; 5.00; IT 101; 3"})
    assert "Line 1: 5.00 does not pass there" in failing.content.decode()
    assert not TransferCredit.objects.exists()

    lines = "CS 1\tComputing\t3\t1.75\tIT 101\t3\n\nCS 2; Programming; 3; 2.00; it 102; 3"
    shown = browser.post(f"{address}new/", {**typed, "lines": lines}, follow=True)
    assert "CS 1 Computing" in shown.content.decode()
    request = TransferCreditRequest.objects.get()
    assert browser.post(f"/credits/{request.id}/submit/").status_code == 303
    head = a_browser(the_head(student))
    assert "Luzon State" in head.get("/credits/").content.decode()
    assert head.post(f"/credits/{request.id}/decide/", {"decision": "return", "note": "no"}).status_code == 422
    assert head.post(f"/credits/{request.id}/decide/", {"decision": "approve", "note": ""}).status_code == 303
    assert states() == ["CREDITED", "CREDITED"]
    assert "Credited" in browser.get(address).content.decode()
    credit = TransferCredit.objects.first()
    assert credit is not None
    revoke = f"/credits/{student.id}/{credit.id}/revoke/"
    assert browser.get(revoke).status_code == 403
    assert a_browser(a_head_registrar()).post(revoke, {"reason": BECAUSE}).status_code == 303


def test_over_json_credits_take_the_same_way(student: Student) -> None:
    subject = a_subject("IT 101")
    browser = a_browser(a_registrar())
    line = {
        "external_code": "CS 1", "external_units": "3.0", "external_grade": "1.75", "subject_id": str(subject.id),
        "units_granted": "3.0",
    }  # fmt: skip
    body = {"institution": "Luzon State", "scale_id": str(ph()), "credits": [line]}

    def post(client: Any, path: str, sent: Any = None) -> Any:
        return client.post(f"/api/v1/college/{path}", sent or {}, content_type="application/json")

    made = post(browser, f"students/{student.id}/credits", body)
    assert made.status_code == 201, made.content
    request_id = made.json()["id"]
    assert post(browser, f"credit-requests/{request_id}/submit").json()["state"] == "SUBMITTED"
    own = post(browser, f"credit-requests/{request_id}/decision", {"approve": True})
    assert own.status_code == 403
    head = a_browser(the_head(student))
    decided = post(head, f"credit-requests/{request_id}/decision", {"approve": True}).json()
    assert (decided["state"], decided["credits"][0]["state"]) == ("APPROVED", "CREDITED")
    listed = browser.get(f"/api/v1/college/students/{student.id}/credits").json()
    assert [(row["subject"], row["units_granted"]) for row in listed] == [("IT 101", "3.0")]
    assert browser.get("/api/v1/college/credit-requests?state=APPROVED").json()["items"][0]["id"] == request_id
