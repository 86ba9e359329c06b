"""The public way in, as a browser without script goes it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollbook.core import clock
from rollbook.core.api import limits
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.admissions import mailing, services, tokens
from rollbook.shared.admissions.door import COOKIE
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice
from rollbook.shared.files.tests.samples import a_pdf
from rollbook.systems.college.admission.examples import (
    a_draft,
    an_admission_officer,
    an_application,
    open_admission,
    set_policy,
)
from rollbook.systems.college.admission.policies import ADMISSION_OPEN
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Subject

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")


@pytest.fixture
def college(organisation):
    with tenant_scope(organisation.id):
        programme, term = open_admission()
    return organisation, programme, term


def words(response):
    return " ".join(response.content.decode().split())


def _without_token(response):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", words(response))


def later(frozen_clock, **span):
    frozen_clock(clock.now() + timedelta(**span))


def begin(client, organisation, frozen_clock, **extra):
    """Open the page, read it for a few seconds, press the button."""
    page = client.get(f"/apply/{organisation.slug}/start/")
    stamp = page.content.decode().split('name="stamp" value="')[1].split('"')[0]
    later(frozen_clock, seconds=5)
    return client.post(f"/apply/{organisation.slug}/start/", {"stamp": stamp, **extra}), stamp


def with_link(organisation, application):
    """A browser in which the applicant's link was followed."""
    client = Client()
    secret = tokens.secret_of(organisation.id, application.id)
    answer = client.get(f"/apply/{organisation.slug}/continue/{secret}/")
    assert answer.status_code == 302
    assert secret not in answer["Location"]
    return client


def test_anybody_reads_programmes_dates_and_papers(college):
    organisation, programme, _term = college

    home = Client().get(f"/apply/{organisation.slug}/")
    assert "Bachelor of BSIT" in words(home)
    assert "Applications are open" in words(home)
    page = words(Client().get(f"/apply/{organisation.slug}/programmes/bsit/"))
    assert "Certificate of good moral character" in page
    assert "not published yet" in page
    assert f"?choice={programme.code}" in page
    assert len(home.content) < 50_000


def test_a_programme_page_shows_the_curriculum_by_year_and_semester(college):
    organisation, programme, _term = college
    with tenant_scope(organisation.id):
        subject = Subject.objects.create(code="IT 101", title="Introduction to Computing", lecture_units=2, lab_units=1)
        curriculum = Curriculum.objects.create(
            programme=programme, name="BSIT 2031", effective_academic_year="2031-2032"
        )
        CurriculumEntry.objects.create(curriculum=curriculum, subject=subject, year_level=1, semester="FIRST")
        Curriculum.objects.filter(id=curriculum.id).update(state="ACTIVE")

    page = words(Client().get(f"/apply/{organisation.slug}/programmes/BSIT/"))

    assert "Year 1, First semester: 3 units" in page
    assert "Introduction to Computing" in page


def test_an_unknown_place_or_programme_is_not_there(college):
    organisation, _programme, _term = college

    assert Client().get("/apply/no-such-college/").status_code == 404
    assert Client().get(f"/apply/{organisation.slug}/programmes/NONE/").status_code == 404
    assert Client().get(f"/apply/{organisation.slug}/application/person/").status_code == 404
    assert Client().get(f"/apply/{organisation.slug}/continue/{'0' * 32}.{'a' * 43}/").status_code == 404


@pytest.mark.rule("R5")
def test_a_closed_window_shows_the_dates_and_takes_nobody(college, frozen_clock):
    organisation, _programme, term = college
    client = Client()
    page = client.get(f"/apply/{organisation.slug}/start/")
    stamp = page.content.decode().split('name="stamp" value="')[1].split('"')[0]
    with tenant_scope(organisation.id):
        term.windows.update(opens_on="2031-08-01", closes_on="2031-08-20")
    later(frozen_clock, seconds=5)

    for address in ("", "start/"):
        assert "1–20 August 2031" in words(client.get(f"/apply/{organisation.slug}/{address}")) or "Aug" in words(
            client.get(f"/apply/{organisation.slug}/{address}")
        )
    refused = client.post(f"/apply/{organisation.slug}/start/", {"stamp": stamp})
    assert refused.status_code == 403
    assert "Applications are closed" in words(refused)


def test_robots_are_told_from_people(college, frozen_clock):
    organisation, _programme, _term = college
    address = f"/apply/{organisation.slug}/start/"
    client = Client()

    assert client.post(address, {}).status_code == 403
    assert begin(client, organisation, frozen_clock, website="https://spam.example")[0].status_code == 403
    stamp = client.get(address).content.decode().split('name="stamp" value="')[1].split('"')[0]
    assert client.post(address, {"stamp": stamp}).status_code == 403
    answer, used = begin(client, organisation, frozen_clock)
    assert answer.status_code == 303
    assert client.post(address, {"stamp": used}).status_code == 403
    with tenant_scope(organisation.id):
        assert Application.objects.count() == 1


def test_a_visitor_who_begins_too_often_is_asked_to_wait(college, settings):
    organisation, _programme, _term = college
    settings.RATE_LIMIT_FACTOR = 1
    limits.forget_leases()

    answers = [Client().post(f"/apply/{organisation.slug}/start/", {}).status_code for _ in range(62)]

    limits.forget_leases()
    assert answers[0] == 403
    assert answers[-1] == 429


def test_the_whole_way_without_script(college, frozen_clock):
    organisation, programme, term = college
    client = Client()
    assert begin(client, organisation, frozen_clock, choice="bsit")[0]["Location"].endswith("/application/person/")
    here = f"/apply/{organisation.slug}/application"

    typed = {"given_name": "Ñino", "family_name": "O'Hara", "birth_date": "2018-05-17", "email": "nino@example.test"}
    asked = client.post(f"{here}/person/", typed)
    assert asked.status_code == 422
    assert "Yes, this birth date is right" in words(asked)
    assert "O&#x27;Hara" in words(asked)
    assert client.post(f"{here}/person/", {**typed, "is_age_confirmed": "on"}).status_code == 303
    choice = client.get(f"{here}/choice/")
    assert f'value="{programme.id}" selected' in words(choice)
    chosen = {"kind": "SHIFTER", "choice_id": str(programme.id), "intake_id": str(term.id)}
    assert client.post(f"{here}/choice/", chosen).status_code == 303
    assert client.post(f"{here}/background/", {"student_number": "250007"}).status_code == 303
    sent = client.post(f"{here}/files/", {"certificate_of_grades": SimpleUploadedFile("g.pdf", a_pdf())})
    assert sent.status_code == 303
    assert client.post(f"{here}/plan/", {"monthly_commitment": "4,500.00"}).status_code == 303

    review = words(client.get(f"{here}/review/"))
    assert "Ñino O&#x27;Hara" in review
    assert "₱4,500.00" in review or "4,500.00" in review
    assert client.post(f"{here}/code/").status_code == 303
    with tenant_scope(organisation.id):
        notice = Notice.objects.get(kind="CODE")
    mailing.send(organisation_id=organisation.id, notice_id=notice.id)
    digits = mail.outbox[-1].subject.split()[0]
    wrong = client.post(f"{here}/prove/", {"code": "000000" if digits != "000000" else "111111"})
    assert (wrong.status_code, "4 tries are left" in words(wrong)) == (422, True)
    assert client.post(f"{here}/prove/", {"code": f"{digits[:3]} {digits[3:]}"}).status_code == 303
    refused = client.post(f"{here}/submit/", {})
    assert (refused.status_code, "Agree to how your data is used" in words(refused)) == (422, True)
    done = client.post(f"{here}/submit/", {"consent": "yes"}, follow=True)

    assert "APP-2031-000001" in words(done)
    assert "<svg" in words(done)
    with tenant_scope(organisation.id):
        application = Application.objects.get()
        assert (application.full_name, application.state) == ("Ñino O'Hara", "SUBMITTED")
        assert application.facts == {"student_number": "250007", "monthly_commitment": 450_000, "guardian_name": "",
                                     "guardian_contact": ""}  # fmt: skip


def test_files_are_taken_each_by_itself(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        draft = a_draft()
    client = with_link(organisation, draft)

    answer = client.post(
        f"/apply/{organisation.slug}/application/files/",
        {
            "form_138": SimpleUploadedFile("card.pdf", a_pdf()),
            "photo": SimpleUploadedFile("me.pdf", b"MZ" + b"\x00" * 300),
            "form_137": SimpleUploadedFile("empty.pdf", b""),
        },
    )

    assert answer.status_code == 422
    assert "whatever its name says" in words(answer)
    with tenant_scope(organisation.id):
        rows = ApplicationDocument.objects.filter(application=draft, is_current=True)
        assert dict(rows.values_list("type", "number"))["form_138"] == 2
        assert dict(rows.values_list("type", "number"))["photo"] == 1
        assert not rows.filter(type="form_137").exists()


def test_what_is_typed_is_kept_at_once_when_script_is_on(college, frozen_clock):
    organisation, _programme, _term = college
    client = Client()
    begin(client, organisation, frozen_clock)

    kept = client.post(
        f"/apply/{organisation.slug}/application/person/", {"given_name": "Ana", "email": "ana@"},
        headers={"X-Autosave": "1"},
    )  # fmt: skip

    assert kept.json() == {"kept": True}
    assert 'value="Ana"' in words(client.get(f"/apply/{organisation.slug}/application/person/"))


def test_one_comes_back_by_the_link_and_leaves_a_computer_clean(college, frozen_clock):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
    client = with_link(organisation, application)

    assert "APP-2031-000001" in words(client.get(f"/apply/{organisation.slug}/application/"))
    client.post(f"/apply/{organisation.slug}/application/leave/")
    assert client.cookies[COOKIE].value == ""
    assert client.get(f"/apply/{organisation.slug}/application/").status_code == 404


def test_asking_for_the_link_says_the_same_whether_somebody_applied(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        an_application()
    address = f"/apply/{organisation.slug}/link/"

    known = Client().post(address, {"email": "juana@example.test"})
    unknown = Client().post(address, {"email": "nobody@example.test"})

    assert known.status_code == unknown.status_code == 200
    assert _without_token(known) == _without_token(unknown)
    assert Client().post(address, {"email": "no address"}).status_code == 422


def test_a_second_application_reads_the_neutral_word(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        an_application()
        draft = a_draft()
    client = with_link(organisation, draft)

    answer = client.post(f"/apply/{organisation.slug}/application/submit/", {"consent": "yes"}, follow=True)

    assert "stands in the mail" in words(answer)
    assert "APP-" not in words(answer)


def test_the_status_page_says_what_is_missing_and_takes_it(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
        document = ApplicationDocument.objects.get(application=application, type="photo")
        officer = an_admission_officer()
        services.reject_document(
            officer, application_id=application.id, document_id=document.id, reason="Nobody can be seen"
        )
        services.mark_incomplete(officer, application_id=application.id, reason="Send a photo of your face")
    client = with_link(organisation, application)
    here = f"/apply/{organisation.slug}/application/"

    page = words(client.get(here))
    assert "Something is missing" in page
    assert "Nobody can be seen" in page
    assert client.post(f"{here}again/").status_code == 422
    assert client.post(f"{here}files/", {"photo": SimpleUploadedFile("me.pdf", a_pdf())}).status_code == 303
    assert client.get(f"{here}files/{document.id}/").status_code == 200
    assert client.post(f"{here}again/").status_code == 303
    assert "Received" in words(client.get(here))
    assert "Withdraw APP-2031-000001?" in words(client.get(f"{here}withdraw/"))
    assert client.post(f"{here}withdraw/").status_code == 303
    assert "Withdrawn" in words(client.get(here))


def test_one_applicant_sees_no_file_of_another(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        mine, theirs = an_application(), an_application("b@example.test", given_name="Bea")
        document = ApplicationDocument.objects.filter(application=theirs).first()

    answer = with_link(organisation, mine).get(f"/apply/{organisation.slug}/application/files/{document.id}/")

    assert answer.status_code == 404


def test_the_link_of_one_college_opens_nothing_in_another(college, other_organisation):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
    secret = tokens.secret_of(organisation.id, application.id)

    assert Client().get(f"/apply/{other_organisation.slug}/continue/{secret}/").status_code == 404


def test_a_switched_off_college_still_shows_an_application_that_was_sent(college):
    organisation, _programme, _term = college
    with tenant_scope(organisation.id):
        application = an_application()
        set_policy(ADMISSION_OPEN, False)

    assert with_link(organisation, application).get(f"/apply/{organisation.slug}/application/").status_code == 200
