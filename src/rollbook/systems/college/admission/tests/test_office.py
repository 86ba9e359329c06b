"""The office: documents, what is missing, decisions, doubles, appointments, the checklist."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.errors import Forbidden, Invalid
from rollbook.shared.admissions import selectors, services
from rollbook.shared.admissions.errors import (
    AppointmentStands,
    DocumentIsOld,
    DocumentSettled,
    InvalidState,
    NotTheSameIntake,
)
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice
from rollbook.shared.admissions.scheme import Wanted
from rollbook.shared.files.errors import FileEmpty, FileIsAProgram, FileTooLarge, PdfIsLocked
from rollbook.shared.files.tests.samples import a_jpeg, a_pdf
from rollbook.systems.college.admission.examples import (
    a_draft,
    a_ready_application,
    an_admission_officer,
    an_applicant,
    an_application,
    open_admission,
    send,
)
from rollbook.systems.college.examples import (
    a_cashier,
    a_person,
    a_registrar,
    a_stranger,
    a_term,
    an_administrator,
)

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")


@pytest.fixture
def college(tenant):
    return open_admission()


def the_document(application, type="photo"):  # noqa: A002
    return ApplicationDocument.objects.get(application=application, type=type, is_current=True)


def reject(document, reason="The photo shows nobody"):
    return services.reject_document(
        an_admission_officer(), application_id=document.application_id, document_id=document.id, reason=reason
    )


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ" + b"\x00" * 200, FileIsAProgram),
        (b"", FileEmpty),
        (b"%PDF-1.7\n" + b"0" * (10 * 1024 * 1024), FileTooLarge),
        (a_pdf(password="secret"), PdfIsLocked),
    ],
    ids=["a program called pdf", "nothing", "more than 10 MB", "a locked pdf"],
)
def test_a_file_that_cannot_be_used_is_refused_and_the_others_stay(college, content, refusal):
    draft = a_draft()
    before = ApplicationDocument.objects.count()

    with pytest.raises(refusal) as refused:
        services.send_document(
            an_applicant(), application_id=draft.id, type="form_138", content=content, name="card.pdf"
        )

    assert refused.value.status == 422
    assert ApplicationDocument.objects.count() == before
    assert the_document(draft, "form_138").number == 1


def test_a_document_sent_again_is_a_new_version_and_the_old_one_stays(college):
    draft = a_draft()

    again = send(draft.id, "photo", a_jpeg())

    versions = ApplicationDocument.objects.filter(application=draft, type="photo").order_by("number")
    assert [(row.number, row.is_current) for row in versions] == [(1, False), (2, True)]
    assert again.file.content_type == "image/jpeg"


def test_only_documents_of_the_checklist_are_taken(college):
    with pytest.raises(Invalid):
        send(a_draft().id, "diploma")


def test_a_document_is_verified_once_and_then_settled(college):
    application = an_application()
    document = the_document(application)
    officer = an_admission_officer()

    for _ in range(2):
        services.verify_document(officer, application_id=application.id, document_id=document.id)

    document.refresh_from_db()
    assert (document.state, document.checked_by_id) == ("VERIFIED", officer.user_id)
    with pytest.raises(DocumentSettled):
        send(application.id, "photo")


def test_a_rejected_document_says_why_and_is_sent_anew(college):
    application = an_application()
    document = the_document(application)
    with pytest.raises(Invalid):
        reject(document, "no")

    reject(document)
    send(application.id, "photo")

    assert the_document(application).state == "UPLOADED"
    with pytest.raises(DocumentIsOld):
        reject(document)


def test_whoever_is_not_of_the_office_checks_nothing(college):
    application = an_application()

    for nobody in (a_stranger(), a_cashier(), a_registrar(), an_applicant()):
        with pytest.raises(Forbidden):
            services.verify_document(nobody, application_id=application.id, document_id=the_document(application).id)
        with pytest.raises(Forbidden):
            selectors.applications(nobody)
    assert the_document(application).state == "UPLOADED"


def test_the_database_keeps_one_current_version_and_reasons(college):
    application = an_application()
    document = the_document(application)

    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationDocument.objects.create(application=application, type="photo", number=2, file=document.file)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationDocument.objects.filter(id=document.id).update(state="REJECTED", checked_at=clock.now())


# --- states ---------------------------------------------------------------------------------------------------------


def test_what_is_missing_goes_back_and_comes_again(college):
    application = an_application()
    reject(the_document(application))
    services.mark_incomplete(
        an_admission_officer(), application_id=application.id, reason="Send a photo of your own face"
    )
    assert Notice.objects.get(kind="INCOMPLETE").facts["reason"] == "Send a photo of your own face"
    with pytest.raises(Invalid):
        services.send_again(an_applicant(), application_id=application.id)

    send(application.id, "photo")
    again = services.send_again(an_applicant(), application_id=application.id)

    assert again.state == "SUBMITTED"


def test_the_office_takes_an_incomplete_application_up_again(college):
    application = an_application()
    services.mark_incomplete(an_admission_officer(), application_id=application.id, reason="Bring the original papers")

    assert services.take_up_again(an_admission_officer(), application_id=application.id).state == "SUBMITTED"


def test_a_rejection_has_a_reason_and_is_final(college):
    application = an_application()
    with pytest.raises(Invalid):
        services.reject(an_admission_officer(), application_id=application.id, reason="no")

    for _ in range(2):
        services.reject(an_admission_officer(), application_id=application.id, reason="The programme is full")

    application.refresh_from_db()
    assert (application.state, application.decision_reason) == ("REJECTED", "The programme is full")
    assert Notice.objects.filter(kind="REJECTED").count() == 1
    with pytest.raises(InvalidState):
        services.withdraw(an_applicant(), application_id=application.id)


def test_drafts_are_nobodys_business(college):
    draft = a_draft()

    assert draft not in selectors.applications(an_admission_officer())
    assert selectors.stage_counts(an_administrator())["submitted"] == 0


def test_the_board_counts_each_application_in_one_column(college):
    an_application("a@example.test", given_name="Ana")
    a_ready_application("b@example.test", given_name="Bea")
    incomplete = an_application("c@example.test", given_name="Cora")
    services.mark_incomplete(an_admission_officer(), application_id=incomplete.id, reason="The photo is missing")
    admitted = a_ready_application("d@example.test", given_name="Dina")
    services.admit(an_admission_officer(), application_id=admitted.id)

    counts = selectors.stage_counts(an_admission_officer())

    assert counts == {"submitted": 1, "incomplete": 1, "ready": 1, "admitted": 1, "flagged": 0}


def test_the_list_costs_the_same_number_of_statements_however_long_it_is(college, django_assert_num_queries):
    officer = an_admission_officer()
    an_application("a@example.test", given_name="Ana")

    def read():
        return list(selectors.with_progress(selectors.applications(officer)).values("id", "verified", "is_flagged"))

    with django_assert_num_queries(2):
        assert len(read()) == 1
    an_application("b@example.test", given_name="Bea")
    with django_assert_num_queries(2):
        assert len(read()) == 2


# --- doubles --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R6")
def test_the_same_name_and_birth_date_or_number_raise_the_question(college):
    a_person("DELA-CRUZ", "juana", birth_date=date(2008, 5, 17))
    flagged = an_application()
    a_person("Santos", "Maria", identifiers=(("government.id", "PSN-77"),))
    by_number = an_application("b@example.test", given_name="Maris", government_id="psn 77")
    other_birthday = an_application("c@example.test", given_name="Cora")
    a_person("Dela Cruz", "Cora", birth_date=date(2001, 1, 1))

    rows = selectors.with_progress(Application.objects.all())

    assert dict(rows.values_list("id", "is_flagged")) == {
        flagged.id: True, by_number.id: True, other_birthday.id: False,
    }  # fmt: skip
    assert [selectors.is_flagged(each) for each in (flagged, by_number, other_birthday)] == [True, True, False]


def test_somebody_else_is_somebody_else_with_a_reason(college):
    a_person("Dela Cruz", "Juana")
    application = an_application()
    with pytest.raises(Invalid):
        services.say_distinct(an_admission_officer(), application_id=application.id, reason="")

    services.say_distinct(an_admission_officer(), application_id=application.id, reason="Other parents, both were here")

    application.refresh_from_db()
    assert not selectors.is_flagged(application)


def test_of_two_applications_of_one_person_one_goes_on(college):
    kept = an_application("a@example.test")
    double = an_application("b@example.test")
    assert [row.id for row in selectors.doubles_of(kept).applications] == [double.id]

    services.fold(
        an_admission_officer(), kept_id=kept.id, duplicate_id=double.id, reason="She wrote with two addresses"
    )

    double.refresh_from_db()
    assert (double.state, double.duplicate_of_id) == ("WITHDRAWN", kept.id)
    assert not selectors.is_flagged(kept)
    assert Notice.objects.get(kind="WITHDRAWN").facts["kept"] == kept.reference


def test_applications_for_different_terms_both_go_on(college):
    kept = an_application("a@example.test")
    double = an_application("b@example.test")
    Application.objects.filter(id=double.id).update(intake_id=a_term("2032-1").id)

    with pytest.raises(NotTheSameIntake):
        services.fold(
            an_admission_officer(), kept_id=kept.id, duplicate_id=double.id, reason="She wrote with two addresses"
        )


# --- appointments ---------------------------------------------------------------------------------------------------


def test_an_applicant_is_asked_to_come_and_it_is_noted_what_happened(college):
    application = an_application()
    at = clock.now() + timedelta(days=2)

    def invite():
        return services.set_appointment(
            an_admission_officer(), application_id=application.id, kind="INTERVIEW", starts_at=at, place="Room 12"
        )

    made = invite()
    with pytest.raises(AppointmentStands):
        invite()
    assert made.local_day == date(2031, 7, 3)
    assert [row.id for row in selectors.appointments(an_admission_officer(), date(2031, 7, 3))] == [made.id]
    assert Notice.objects.filter(kind="APPOINTMENT").count() == 1

    services.close_appointment(an_admission_officer(), appointment_id=made.id, state="ATTENDED", outcome="Good")
    with pytest.raises(InvalidState):
        services.close_appointment(an_admission_officer(), appointment_id=made.id, state="MISSED")


def test_nobody_is_asked_to_come_yesterday(college):
    with pytest.raises(Invalid):
        services.set_appointment(
            an_admission_officer(), application_id=an_application().id, kind="TEST",
            starts_at=clock.now() - timedelta(hours=1), place="Hall",
        )  # fmt: skip


# --- the checklist --------------------------------------------------------------------------------------------------


def test_a_college_keeps_its_own_checklist(college):
    assert [each.type for each in selectors.checklist("SHIFTER")] == ["certificate_of_grades"]

    services.set_checklist(
        an_administrator(), kind="SHIFTER", wanted=[Wanted("essay", "Essay"), Wanted("letter", "Letter", False)]
    )

    assert [(each.type, each.is_required) for each in selectors.checklist("SHIFTER")] == [
        ("essay", True), ("letter", False),
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        services.set_checklist(an_admission_officer(), kind="SHIFTER", wanted=[Wanted("essay", "Essay")])
    for wrong in ([], [Wanted("Essay!", "Essay")], [Wanted("essay", "A"), Wanted("essay", "B")]):
        with pytest.raises(Invalid):
            services.set_checklist(an_administrator(), kind="SHIFTER", wanted=wrong)
