"""Admission over JSON: applying without an account, and the office."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollbook.core import clock
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.admissions import mailing, tokens
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice
from rollbook.shared.files.tests.samples import a_pdf
from rollbook.systems.college.admission.examples import (
    a_draft,
    a_ready_application,
    an_admission_officer,
    an_application,
    open_admission,
)
from rollbook.systems.college.examples import a_browser, a_cashier, a_person
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, plans_follow_schedules
from rollbook.systems.college.records.models import Student

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")
PUBLIC = "/api/v1/college/public"
OFFICE = "/api/v1/college/applications"
JSON = {"content_type": "application/json"}


@pytest.fixture
def college(organisation):
    with tenant_scope(organisation.id):
        programme, term = open_admission()
    return organisation, programme, term


def a_stamp(client, frozen_clock):
    stamp = client.get(f"{PUBLIC}/applications/challenge").json()["stamp"]
    frozen_clock(clock.now() + timedelta(seconds=3))
    return stamp


def test_a_program_applies_from_the_first_field_to_the_reference(college, frozen_clock):
    organisation, programme, term = college
    client = Client()
    begun = client.post(
        f"{PUBLIC}/applications",
        {
            "institution": organisation.slug, "stamp": a_stamp(client, frozen_clock), "given_name": "Juana",
            "family_name": "Dela Cruz", "birth_date": "2008-05-17", "email": "juana@example.test", "kind": "SHIFTER",
        },
        **JSON,
    )  # fmt: skip
    assert begun.status_code == 201
    here = f"{PUBLIC}/applications/{begun.json()['token']}"

    changed = client.patch(
        here,
        {"programme_id": str(programme.id), "term_id": str(term.id), "monthly_commitment": "4500.00"},
        **JSON,
    )  # fmt: skip
    assert changed.json()["facts"]["monthly_commitment"] == "4500.00"
    assert [lack["field"] for lack in changed.json()["lacks"]] == ["certificate_of_grades"]
    for field in ("role", "status", "student_number_given", "state"):
        assert client.patch(here, {field: "ADMITTED"}, **JSON).status_code == 422
    wrong = client.post(
        f"{here}/documents",
        {"type": "certificate_of_grades", "file": SimpleUploadedFile("g.pdf", b"MZ" + b"\x00" * 90)},
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "FILE_IS_A_PROGRAM")
    sent = client.post(
        f"{here}/documents", {"type": "certificate_of_grades", "file": SimpleUploadedFile("g.pdf", a_pdf())}
    )
    assert sent.status_code == 201
    refused = client.post(f"{here}/submit", {"consent": True}, **JSON)
    assert refused.json()["code"] == "ADDRESS_NOT_PROVED"
    assert client.post(f"{here}/code").status_code == 202
    with tenant_scope(organisation.id):
        notice = Notice.objects.get(kind="CODE")
    mailing.send(organisation_id=organisation.id, notice_id=notice.id)
    digits = mail.outbox[-1].subject.split()[0]
    wrong_code = client.post(f"{here}/prove", {"code": "12"}, **JSON)
    assert (wrong_code.status_code, wrong_code.json()["facts"]) == (422, {"left": 4})
    assert client.post(f"{here}/prove", {"code": digits}, **JSON).json()["is_email_proved"] is True

    assert client.post(f"{here}/submit", {"consent": True}, **JSON).status_code == 202

    read = client.get(here).json()
    assert (read["state"], read["reference"]) == ("SUBMITTED", "APP-2031-000001")
    assert client.post(f"{here}/withdraw").json()["state"] == "WITHDRAWN"


@pytest.mark.example("college", 40)
def test_the_second_of_two_with_one_address_gets_the_same_word(college, frozen_clock):
    organisation, _programme, _term = college
    answers = []
    for _ in range(2):
        with tenant_scope(organisation.id):
            secret = tokens.secret_of(organisation.id, a_draft().id)
        answers.append(Client().post(f"{PUBLIC}/applications/{secret}/submit", {"consent": True}, **JSON))

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    with tenant_scope(organisation.id):
        assert Application.objects.filter(state="SUBMITTED").count() == 1


def test_without_a_stamp_or_with_a_wrong_token_nothing_opens(college):
    organisation, _programme, _term = college
    body = {"institution": organisation.slug, "stamp": "nonsense"}

    refused = Client().post(f"{PUBLIC}/applications", body, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "CHALLENGE_FAILED")
    for token in ("nonsense", f"{organisation.id.hex}.{'a' * 43}", f"{'0' * 32}.{'a' * 43}"):
        assert Client().get(f"{PUBLIC}/applications/{token}").status_code == 404


def test_where_the_schedule_bills_an_amount_is_refused_and_none_is_needed(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        a_schedule()
        plans_follow_schedules()
        application = a_ready_application()
        client = a_browser(an_admission_officer())

    refused = client.post(f"{OFFICE}/{application.id}/admit", {"monthly_amount": "5000.00"}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "BILLED_BY_SCHEDULE")
    assert client.post(f"{OFFICE}/{application.id}/admit", {}, **JSON).json()["state"] == "CONVERTED"


def test_the_office_checks_and_admits(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
        documents = list(ApplicationDocument.objects.filter(application=application))
        client = a_browser(an_admission_officer())
        cashier = a_browser(a_cashier())
    for document in documents:
        answer = client.post(f"{OFFICE}/{application.id}/documents/{document.id}/verify")
        assert answer.status_code == 200
    assert answer.json()["is_ready"] is True
    assert client.get(OFFICE, {"is_ready": "true"}).json()["items"][0]["reference"] == "APP-2031-000001"
    assert cashier.get(OFFICE).status_code == 403
    assert cashier.post(f"{OFFICE}/{application.id}/admit", {}, **JSON).status_code == 403

    admitted = client.post(f"{OFFICE}/{application.id}/admit", {"monthly_amount": "5000.00"}, **JSON)
    again = client.post(f"{OFFICE}/{application.id}/admit", {"monthly_amount": "5000.00"}, **JSON)

    assert (admitted.status_code, admitted.json()["state"]) == (200, "CONVERTED")
    assert again.json()["student_id"] == admitted.json()["student_id"]
    with tenant_scope(organisation.id):
        assert Student.objects.count() == 1
    assert client.get(f"{OFFICE}/funnel").json() == {"applied": 1, "admitted": 1, "paid": 0, "enrolled": 0}
    refused = client.post(f"{OFFICE}/{application.id}/reject", {"reason": "Too late for that"}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_STATE")


def test_the_office_settles_doubles_sends_back_and_invites(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        person = a_person("Dela Cruz", "Juana")
        application = a_ready_application()
        client = a_browser(an_admission_officer())
    flagged = client.post(f"{OFFICE}/{application.id}/admit", {}, **JSON)
    assert (flagged.status_code, flagged.json()["code"]) == (409, "POSSIBLE_DUPLICATE")
    body = {"person_id": str(person.pk), "reason": "Same birth certificate"}
    assert client.post(f"{OFFICE}/{application.id}/match", body, **JSON).json()["person_id"] == str(person.pk)
    distinct = client.post(f"{OFFICE}/{application.id}/distinct", {"reason": "Other parents than hers"}, **JSON)
    assert (distinct.json()["is_flagged"], distinct.json()["person_id"]) == (False, None)

    starts_at = (clock.now() + timedelta(days=1)).isoformat()
    invited = client.post(
        f"{OFFICE}/{application.id}/appointments", {"kind": "TEST", "starts_at": starts_at, "place": "Hall"}, **JSON
    )
    assert invited.status_code == 201
    day = "2031-07-02"
    listed = client.get("/api/v1/college/admission-appointments", {"day": day}).json()["items"]
    assert [row["id"] for row in listed] == [invited.json()["id"]]
    closed = client.post(
        f"/api/v1/college/admission-appointments/{invited.json()['id']}/close", {"state": "MISSED"}, **JSON
    )
    assert closed.json()["state"] == "MISSED"
    sent_back = client.post(f"{OFFICE}/{application.id}/incomplete", {"reason": "Come to the test first"}, **JSON)
    assert sent_back.json()["state"] == "INCOMPLETE"


def test_another_college_finds_nothing(college, other_organisation):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
    with tenant_scope(other_organisation.id):
        client = a_browser(an_admission_officer())

    assert client.get(f"{OFFICE}/{application.id}").status_code == 404
    assert client.post(f"{OFFICE}/{application.id}/admit", {}, **JSON).status_code == 404
    assert client.get(OFFICE).json()["items"] == []
