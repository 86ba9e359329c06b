"""Writing and sending an application: what is kept, what is refused, who is told."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import mailing, services, tokens
from rollbook.shared.admissions.errors import (
    AddressNotProved,
    AdmissionClosed,
    CodeSpent,
    InvalidState,
    LinkNotGood,
    WrongCode,
)
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice, OneTimeCode
from rollbook.shared.admissions.selectors import application_of, lacks_of, today_here
from rollbook.shared.admissions.services.forgetting import forget_old_drafts
from rollbook.shared.admissions.services.proving import Proof
from rollbook.shared.files.models import StoredFile
from rollbook.shared.people.errors import UnusualBirthDate
from rollbook.systems.college.admission.examples import (
    a_draft,
    an_admission_officer,
    an_applicant,
    an_application,
    open_admission,
    set_policy,
)
from rollbook.systems.college.admission.policies import ADMISSION_OPEN, CONSENT
from rollbook.systems.college.catalogue.models import Programme, TermWindow
from rollbook.systems.college.examples import a_stranger

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")


@pytest.fixture
def college(tenant):
    return open_admission()


def start():
    return services.start(an_applicant()).application


def save(application, **values):
    return services.save(an_applicant(), application_id=application.id, values=values)


def submit(application, *, has_consented=True):
    return services.submit(an_applicant(), application_id=application.id, has_consented=has_consented)


def fields_of(refusal):
    return {error["field"] for error in refusal.value.errors}


# --- opening ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R5")
def test_nobody_begins_while_the_switch_is_off(college):
    set_policy(ADMISSION_OPEN, False)

    with pytest.raises(AdmissionClosed):
        start()
    assert not Application.objects.exists()


@pytest.mark.rule("R4", "R5")
def test_the_window_counts_to_the_end_of_its_last_local_day(college, frozen_clock):
    last = today_here() + timedelta(days=7)
    frozen_clock(f"{last.isoformat()}T15:59:59+00:00")
    assert start().state == "DRAFT"

    frozen_clock(f"{last.isoformat()}T16:00:00+00:00")
    with pytest.raises(AdmissionClosed):
        start()


@pytest.mark.rule("R5")
def test_closed_admission_says_on_which_days_it_opens(college):
    TermWindow.objects.update(opens_on=date(2031, 7, 20), closes_on=date(2031, 7, 31))

    with pytest.raises(AdmissionClosed, match="First semester 2031-2032: 20–31 July 2031|Jul"):
        start()


@pytest.mark.rule("R5")
def test_a_programme_that_takes_nobody_new_cannot_be_chosen_nor_sent(college):
    programme, _term = college
    draft = a_draft()
    Programme.objects.filter(id=programme.id).update(is_active=False)

    with pytest.raises(Invalid) as refusal:
        save(start(), choice_id=programme.id)
    assert fields_of(refusal) == {"choice_id"}
    with pytest.raises(Invalid) as refusal:
        submit(draft)
    assert fields_of(refusal) == {"choice_id"}


# --- the draft ----------------------------------------------------------------------------------------------------


def test_names_are_kept_in_one_form_and_emoji_refused(college):
    draft = start()
    saved = save(draft, given_name="  Ma.  Nin\u0303a ", family_name="O'Brien-Peña")
    assert (saved.given_name, saved.family_name) == ("Ma. Niña", "O'Brien-Peña")

    with pytest.raises(Invalid) as refusal:
        save(draft, given_name="Juana 🎓")
    assert fields_of(refusal) == {"given_name"}
    with pytest.raises(Invalid):
        save(draft, family_name="x" * 121)
    assert save(draft, family_name="x" * 120).family_name == "x" * 120


def test_a_single_name_is_enough(college):
    application = an_application(given_name="Sukarno", family_name="")

    assert application.state == "SUBMITTED"
    assert application.full_name == "Sukarno"


def test_a_birth_date_to_come_is_wrong_and_an_unusual_one_is_confirmed(college):
    draft = start()
    with pytest.raises(Invalid) as refusal:
        save(draft, birth_date=date(2031, 7, 2))
    assert fields_of(refusal) == {"birth_date"}
    with pytest.raises(UnusualBirthDate) as asked:
        save(draft, birth_date=date(2018, 7, 2))
    assert asked.value.facts["age"] == 12
    draft.refresh_from_db()
    assert draft.birth_date is None

    saved = services.save(
        an_applicant(), application_id=draft.id, values={"birth_date": date(2018, 7, 2)}, is_age_confirmed=True
    )
    assert (saved.birth_date, saved.is_age_confirmed) == (date(2018, 7, 2), True)


def test_an_autosave_keeps_what_is_right_and_is_silent_about_the_rest(college):
    draft = start()

    services.save(
        an_applicant(), application_id=draft.id, is_autosave=True,
        values={"given_name": "Juana", "email": "juana@", "birth_date": "2018-07-02"},
    )  # fmt: skip

    draft.refresh_from_db()
    assert (draft.given_name, draft.email, draft.birth_date) == ("Juana", "", date(2018, 7, 2))


def test_the_monthly_plan_is_never_negative_and_kept_in_whole_minor_units(college):
    draft = save(start(), kind="FRESHMAN")
    saved = save(draft, facts={"monthly_commitment": "5333.34"})
    assert saved.facts["monthly_commitment"] == 5_333_34

    for wrong in ("-5", "1e3", "12.345", "NaN"):
        with pytest.raises(Invalid) as refusal:
            save(draft, facts={"monthly_commitment": wrong})
        assert fields_of(refusal) == {"monthly_commitment"}


def test_what_is_not_asked_is_refused(college):
    draft = save(start(), kind="FRESHMAN")

    with pytest.raises(Invalid) as refusal:
        save(draft, status="ACTIVE", student_number="310001", facts={"previous_course": "BSCS"})

    assert fields_of(refusal) == {"status", "student_number", "previous_course"}


def test_the_secret_of_the_link_opens_the_application_and_is_kept_nowhere(college):
    started = services.start(an_applicant())

    assert application_of(started.secret).id == started.application.id
    assert started.application.token_digest == tokens.digest_of(started.secret)
    assert started.secret not in str(Application.objects.filter(id=started.application.id).values().get())
    assert tokens.organisation_of(started.secret) == started.application.organisation_id


def test_only_whoever_holds_the_link_writes(college):
    draft = start()

    for nobody in (a_stranger(), an_admission_officer()):
        with pytest.raises(Forbidden):
            services.save(nobody, application_id=draft.id, values={"given_name": "X"})


# --- sending ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R5")
def test_everything_that_is_missing_is_named_with_its_step(college):
    draft = save(start(), kind="TRANSFEREE", given_name="Juana", email="juana@example.test")

    lacks = {(lack.step, lack.field) for lack in lacks_of(draft)}

    assert lacks == {
        ("person", "birth_date"), ("choice", "choice_id"), ("choice", "intake_id"), ("background", "previous_school"),
        ("background", "previous_course"), ("documents", "certificate_of_grades"),
        ("documents", "honourable_dismissal"), ("documents", "birth_certificate"), ("documents", "good_moral"),
        ("documents", "photo"), ("plan", "monthly_commitment"),
    }  # fmt: skip
    with pytest.raises(Invalid):
        submit(draft)
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


@pytest.mark.rule("R5")
def test_a_complete_application_gets_its_reference_and_its_consent_is_recorded(college):
    application = an_application()

    assert (application.reference, application.state) == ("APP-2031-000001", "SUBMITTED")
    assert application.consented_at == clock.now()
    assert len(application.consent_version) == 16
    assert Notice.objects.get().kind == "RECEIVED"
    assert AuditEntry.objects.filter(action="admissions.submitted").count() == 1
    before = application.consent_version
    set_policy(CONSENT, "Another wording that people agree to.")
    assert an_application("other@example.test", given_name="Jose").consent_version != before


@pytest.mark.rule("R5")
def test_without_consent_or_a_proved_address_nothing_is_sent(college):
    draft = a_draft()
    with pytest.raises(Invalid) as refusal:
        submit(draft, has_consented=False)
    assert fields_of(refusal) == {"consent"}

    Application.objects.update(email_proved_at=None)
    with pytest.raises(AddressNotProved):
        submit(draft)
    assert not NumberSeries.objects.filter(key="application:2031").exists()


@pytest.mark.rule("R5")
def test_another_address_has_to_be_proved_anew(college):
    draft = a_draft()

    assert save(draft, email="JUANA@Example.Test").email_proved_at is not None
    assert save(draft, email="somebody.else@example.test").email_proved_at is None


def test_sent_twice_is_sent_once(college):
    draft = a_draft()

    first, second = submit(draft).application, submit(draft).application

    assert first.reference == second.reference == "APP-2031-000001"
    assert Notice.objects.filter(kind="RECEIVED").count() == 1


@pytest.mark.rule("R5")
@pytest.mark.example("college", 40)
def test_a_second_application_with_the_same_address_is_not_sent_and_its_owner_is_told(college):
    first = an_application("Juana@Example.test")
    draft = a_draft("juana@example.TEST", given_name="Somebody", family_name="Else")

    sent = submit(draft)

    assert sent.stands == first
    assert Application.objects.filter(state="SUBMITTED").count() == 1
    draft.refresh_from_db()
    assert (draft.state, draft.reference) == ("DRAFT", "")
    notice = Notice.objects.get(kind="STANDS_ALREADY")
    assert (notice.application, notice.address) == (first, "juana@example.test")
    assert NumberSeries.objects.get(key="application:2031").last_value == 1


def test_after_withdrawing_one_may_apply_anew(college):
    first = an_application()
    services.withdraw(an_applicant(), application_id=first.id)

    assert an_application().reference == "APP-2031-000002"


def test_what_was_sent_is_no_longer_written(college):
    application = an_application()

    with pytest.raises(InvalidState):
        save(application, given_name="Jose")


def test_the_database_keeps_one_live_application_per_address_and_intake(college):
    first = an_application()
    draft = a_draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(id=draft.id).update(
            state="SUBMITTED", reference="APP-X", submitted_at=clock.now(), consented_at=clock.now(),
            consent_version="x", email=first.email.upper(),
        )  # fmt: skip


def test_the_database_refuses_a_sent_application_without_its_parts(college):
    draft = a_draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(id=draft.id).update(state="SUBMITTED")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(id=draft.id).update(state="CONVERTED")


# --- one-time codes -----------------------------------------------------------------------------------------------


def a_code(application):
    """The digits as they stand in the mail."""
    notice = services.send_code(an_applicant(), application_id=application.id)
    mailing.send(organisation_id=application.organisation_id, notice_id=notice.id)
    return next(word for word in mail.outbox[-1].body.split() if word.isdigit() and len(word) == 6)


def prove(application, digits):
    return services.prove_address(an_applicant(), application_id=application.id, digits=digits)


def wrong(digits):
    return f"{(int(digits) + 1) % 1_000_000:06d}"


@pytest.mark.rule("R5")
def test_the_code_of_the_mail_proves_the_address_once(college):
    draft = save(start(), email="juana@example.test")
    digits = a_code(draft)
    assert mail.outbox[-1].to == ["juana@example.test"]
    assert digits not in str(OneTimeCode.objects.values().get())

    assert prove(draft, digits) is Proof.RIGHT
    draft.refresh_from_db()
    assert draft.email_proved_at is not None
    assert prove(draft, digits) is Proof.SPENT


@pytest.mark.rule("R5")
def test_five_wrong_tries_spend_a_code(college):
    draft = save(start(), email="juana@example.test")
    digits = a_code(draft)

    answers = [prove(draft, wrong(digits)) for _ in range(5)]

    assert answers == [Proof.WRONG] * 4 + [Proof.SPENT]
    assert prove(draft, digits) is Proof.SPENT
    with pytest.raises(CodeSpent):
        services.refuse_unless_right(Proof.SPENT, draft.id)


@pytest.mark.rule("R5")
def test_a_code_lasts_ten_minutes(college, frozen_clock):
    draft = save(start(), email="juana@example.test")
    digits = a_code(draft)

    frozen_clock(clock.now() + timedelta(minutes=10))
    assert prove(draft, digits) is Proof.SPENT
    frozen_clock(clock.now() - timedelta(seconds=1))
    assert prove(draft, wrong(digits)) is Proof.WRONG
    with pytest.raises(WrongCode, match="4 tries"):
        services.refuse_unless_right(Proof.WRONG, draft.id)
    assert prove(draft, digits) is Proof.RIGHT


def test_a_code_of_another_address_or_an_older_mail_is_no_good(college):
    draft = save(start(), email="juana@example.test")
    first = a_code(draft)
    second = a_code(draft)
    if first != second:
        assert prove(draft, first) is Proof.WRONG
    save(draft, email="else@example.test")
    assert prove(draft, second) is Proof.SPENT


# --- links and notices --------------------------------------------------------------------------------------------


def deliver(kind):
    for notice in Notice.objects.filter(kind=kind, sent_at__isnull=True):
        mailing.send(organisation_id=notice.organisation_id, notice_id=notice.id)


def test_a_link_goes_only_to_an_address_that_was_proved_and_both_answers_cost_the_same(
    college, django_assert_num_queries
):
    application = an_application()
    statements = 7
    with django_assert_num_queries(statements, exact=False) as known:
        services.ask_for_link(an_applicant(), address="Juana@example.test")
    with django_assert_num_queries(statements, exact=False) as unknown:
        services.ask_for_link(an_applicant(), address="nobody@example.test")
    assert len(known) == len(unknown)

    deliver("RESUME")

    found, none = mail.outbox[-2:]
    secret = tokens.secret_of(application.organisation_id, application.id)
    assert (found.to, secret in found.body) == (["juana@example.test"], True)
    assert (none.to, "There is none" in none.body) == (["nobody@example.test"], True)


def test_a_draft_whose_address_was_only_typed_is_not_given_away(college):
    save(start(), email="victim@example.test")
    services.ask_for_link(an_applicant(), address="victim@example.test")

    deliver("RESUME")

    assert "There is none" in mail.outbox[-1].body


def test_a_notice_is_mailed_once_with_the_link_and_without_secrets_in_its_row(college):
    application = an_application()
    notice = Notice.objects.get(kind="RECEIVED")

    for _ in range(2):
        mailing.send(organisation_id=application.organisation_id, notice_id=notice.id)

    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "APP-2031-000001: your application has arrived"
    assert tokens.secret_of(application.organisation_id, application.id) in mail.outbox[0].body


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_drafts_that_nobody_touched_are_forgotten_with_their_files(college, frozen_clock):
    old = a_draft()
    sent = an_application("sent@example.test", given_name="Jose")
    frozen_clock(clock.now() + timedelta(days=91))
    fresh = Application.objects.create(token_digest="a" * 64, updated_at=clock.now())

    assert forget_old_drafts(Actor.system(old.organisation_id, job="test")) == 1
    assert forget_old_drafts(Actor.system(old.organisation_id, job="test")) == 0

    old.refresh_from_db()
    assert (old.full_name, old.email, old.phone, old.facts, old.birth_date) == ("", "", "", {}, None)
    with pytest.raises(LinkNotGood):
        application_of(tokens.secret_of(old.organisation_id, old.id))
    assert StoredFile.objects.filter(removed_at__isnull=False).count() == 4
    assert ApplicationDocument.objects.filter(application=sent, file__removed_at__isnull=True).count() == 4
    fresh.refresh_from_db()
    assert fresh.forgotten_at is None
