"""From the public page to the student: an applicant on a phone or at a desk, and the office that admits them."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from rollbook.core import clock
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.admissions import mailing, services
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice
from rollbook.shared.admissions.selectors import today_here
from rollbook.shared.files.tests.samples import a_jpeg, a_pdf
from rollbook.systems.college.admission.examples import P5, a_draft, an_applicant, send
from rollbook.systems.college.admission.policies import ADMISSION_OPEN
from rollbook.systems.college.admission.services import admit
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Programme, Subject, Term, TermWindow
from rollbook.systems.college.records.models import Student
from tests.journeys.college import pictures
from tests.journeys.support import DESK, PHONE, first_load, sideways, small_targets, violations

pytestmark = pytest.mark.journey

SUBJECTS = (
    (1, "FIRST", "ADM IT 101", "Introduction to computing"), (1, "FIRST", "ADM IT 102", "Computer programming 1"),
    (1, "FIRST", "ADM GE 1", "Understanding the self"), (1, "SECOND", "ADM IT 103", "Computer programming 2"),
    (1, "SECOND", "ADM GE 2", "Readings in Philippine history"), (2, "FIRST", "ADM IT 201", "Data structures and algorithms"),
)  # fmt: skip


def is_fit(page: Page, width: int) -> None:
    """Nothing that axe finds, nothing wider than the window, nothing too small for a thumb."""
    assert violations(page) == [], page.url
    assert sideways(page) == 0, page.url
    if width == PHONE:
        assert small_targets(page) == [], page.url


@pytest.fixture(scope="module")
def office(college):
    """The college takes applications for its term; somebody is in the office."""
    organisation = Organisation.objects.get(id=college.organisation_id)
    officer = a_member(
        organisation, "admission_staff", name="Aida Ramos", email=f"aida.{college.slug}@example.edu", password=PASSWORD
    )
    with tenant_scope(organisation.id):
        today = today_here()
        term = Term.objects.get(id=next(iter(college.terms.values())))
        TermWindow.objects.create(
            term=term, kind="APPLICATION", opens_on=today - timedelta(days=3), closes_on=today + timedelta(days=20)
        )
        system = Actor.system(organisation.id, job="journey")
        policies.change(system, ADMISSION_OPEN, True, None, "The college takes applications")
        curriculum = Curriculum.objects.create(
            programme=Programme.objects.get(code="BSIT"), name="BSIT 2026", effective_academic_year="2026-2027"
        )
        for year, semester, code, title in SUBJECTS:
            subject = Subject.objects.create(code=code, title=title, lecture_units=3)
            CurriculumEntry.objects.create(curriculum=curriculum, subject=subject, year_level=year, semester=semester)
        Curriculum.objects.filter(id=curriculum.id).update(state="ACTIVE")
    return officer


def code_of_mail(college, address: str) -> str:
    """The digits that were mailed to an address."""
    with tenant_scope(college.organisation_id):
        notice = Notice.objects.filter(kind="CODE", address=address).latest("created_at")
    mailing.send(organisation_id=college.organisation_id, notice_id=notice.id)
    return str(mail.outbox[-1].subject).split()[0]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_an_applicant_goes_from_the_programme_to_the_confirmation(site, college, office, come_in, complaints, width):
    address = f"maria{width}@example.test"
    page = come_in(None, width=width)
    page.goto(site.url(f"/apply/{college.slug}/"))
    expect(page.get_by_text("Applications are open.")).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-programmes")
    page.get_by_role("link", name="Bachelor of Science in Information Technology").click()
    expect(page.get_by_text("Introduction to computing")).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-programme")
    page.get_by_role("link", name="Apply for this programme").click()
    is_fit(page, width)
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Begin").click()

    # The person; an unusual birth date is asked about, what was typed stays, and is kept while typing.
    page.get_by_label("Given name").fill("María Niña")
    page.get_by_label("Family name").fill("Dela Peña")
    page.get_by_label("Birth date").fill("2015-03-08")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Telephone").fill("0917 555 0123")
    expect(page.get_by_role("status")).to_have_text("Kept")
    is_fit(page, width)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Yes, this birth date is right").wait_for()
    is_fit(page, width)
    page.get_by_label("Birth date", exact=True).fill("2007-03-08")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_label("Freshman").check()
    page.get_by_label(re.compile("First semester")).check()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-choice")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("School you come from").fill("San Isidro National High School")
    is_fit(page, width)
    page.get_by_role("button", name="Save and go on").click()

    # Documents: one that cannot be taken stops no other.
    page.set_input_files("#file-form_138", {"name": "card.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    page.set_input_files(
        "#file-photo", {"name": "me.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + b"\0" * 400}
    )
    page.get_by_role("button", name="Send the chosen files").click()
    expect(page.get_by_text("whatever its name says")).to_be_visible()
    expect(page.get_by_text("1 of 4 required documents are here.")).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-documents")
    for key, content in (("photo", a_jpeg()), ("birth_certificate", a_pdf()), ("good_moral", a_pdf())):
        name = f"{key}.jpg" if key == "photo" else f"{key}.pdf"
        page.set_input_files(f"#file-{key}", {"name": name, "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name="Send the chosen files").click()
    expect(page.get_by_text("4 of 4 required documents are here.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("What you plan to pay a month").fill("5,000.00")
    is_fit(page, width)
    page.get_by_role("button", name="Save and go on").click()

    # The review, the code, the consent.
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code_of_mail(college, address))
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-review")
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_text("Proved")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", name=re.compile(r"APP-\d{4}-\d{6}"))).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "apply-status")
    with tenant_scope(college.organisation_id):
        assert Application.objects.get(email=address).state == "SUBMITTED"
    said = [complaint for complaint in complaints.said if "422" not in complaint]
    assert said == []


def test_the_way_in_works_with_script_off_and_is_light(site, college, office, come_in, browser):
    page = come_in(None, width=PHONE, script=False)
    page.goto(site.url(f"/apply/{college.slug}/start/"))
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Given name").fill("Juan")
    page.get_by_label("E-mail address").fill("juan.off@example.test")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Returnee").check()
    page.get_by_role("button", name="Save and go on").click()
    page.goto(site.url(f"/apply/{college.slug}/application/documents/"))
    page.set_input_files("#file-photo", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    page.get_by_role("button", name="Send the chosen files").click()
    expect(page.get_by_text("1 of 1 required documents are here.")).to_be_visible()

    for path in ("", "programmes/BSIT/", "start/", "link/"):
        weight = first_load(browser, site, f"/apply/{college.slug}/{path}").text_and_script
        assert 2_000 < weight < 50_000, (path, weight)


def _applicants(college, office) -> None:
    """A week of applications in every state."""
    officer = an_actor(office)
    people = (
        ("Abella", "Carlo", "SUBMITTED"), ("Bernal", "Diane", "INCOMPLETE"), ("Cuevas", "Erika", "READY"),
        ("Dizon", "Francis", "READY"), ("Enriquez", "Gia", "ADMITTED"), ("Aquino", "Juan Miguel", "DOUBLE"),
    )  # fmt: skip
    with tenant_scope(college.organisation_id):
        for number, (family, given, how) in enumerate(people):
            born = Student.objects.get(person__given_name="Juan Miguel").person.birth_date
            more = {"birth_date": born} if how == "DOUBLE" else {}
            draft = a_draft(f"n{number}@example.test", family_name=family, given_name=given, **more)
            send(draft.id, "photo", a_jpeg())
            with clock.frozen_at(clock.now() + timedelta(seconds=1)):
                found = services.submit(an_applicant(), application_id=draft.id, has_consented=True).application
            if how == "INCOMPLETE":
                services.mark_incomplete(officer, application_id=found.id, reason="The photo shows nobody")
            if how in ("READY", "ADMITTED"):
                for document in ApplicationDocument.objects.filter(application=found, is_current=True):
                    services.verify_document(officer, application_id=found.id, document_id=document.id)
            if how == "ADMITTED":
                admit(officer, application_id=found.id, plan=P5)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_office_goes_from_the_board_to_the_student(site, college, office, come_in, complaints, width):
    with tenant_scope(college.organisation_id):
        is_new = not Application.objects.filter(email="n0@example.test").exists()
    if is_new:
        _applicants(college, office)
    page = come_in(office, width=width)
    page.goto(site.url("/admissions/"), wait_until="networkidle")
    expect(page.get_by_role("heading", name="Ready to decide")).to_be_visible()
    is_fit(page, width)
    if width == PHONE:
        pictures.take(page, "admission-board")

    # Documents beside the applicant.
    page.get_by_role("link", name=re.compile("Abella, Carlo")).first.click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Photo of your face").click()
    page.wait_for_load_state("networkidle")
    if page.get_by_role("button", name="Verify").count():
        is_fit(page, width)
        if width == PHONE:
            pictures.take(page, "admission-applicant")
        page.get_by_role("button", name="Verify").click()
        page.get_by_text("Verified.").first.wait_for()

    # A possible double is compared.
    page.goto(site.url("/admissions/doubles/"), wait_until="networkidle")
    is_fit(page, width)
    page.get_by_role("link", name=re.compile("Aquino, Juan Miguel")).click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="This is the same person")).to_be_visible()
    is_fit(page, width)
    if width == PHONE:
        pictures.take(page, "admission-compare")

    # An appointment, and the day's list.
    with tenant_scope(college.organisation_id):
        ready = Application.objects.get(family_name="Cuevas" if width == PHONE else "Dizon")
        day = today_here() + timedelta(days=1)
    page.goto(site.url(f"/admissions/{ready.id}/appointment/"), wait_until="networkidle")
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Time").fill("09:30")
    page.get_by_label("Place").fill("Room 12")
    is_fit(page, width)
    page.get_by_role("button", name="Set it").click()
    page.get_by_text(re.compile("^Set for")).first.wait_for()
    page.goto(site.url(f"/admissions/appointments/?day={day.isoformat()}"), wait_until="networkidle")
    expect(page.get_by_role("link", name=re.compile(f"09:30 {ready.family_name}"))).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "admission-appointments")

    # Admitted: the student stands a moment later.
    page.goto(site.url(f"/admissions/{ready.id}/admit/"), wait_until="networkidle")
    expect(page.get_by_label("Each month")).to_have_value("5,000.00")
    is_fit(page, width)
    if width == PHONE:
        pictures.take(page, "admission-admit")
    page.get_by_role("button", name="Admit").click()
    page.get_by_text("Number, account, enrolment and plan stand.").first.wait_for()
    with tenant_scope(college.organisation_id):
        ready.refresh_from_db()
        assert Student.objects.filter(id=ready.result_id).exists()

    page.goto(site.url("/admissions/list/"), wait_until="networkidle")
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "admission-list")
    page.goto(site.url("/admissions/funnel/"), wait_until="networkidle")
    expect(page.get_by_role("heading", name="Admission funnel")).to_be_visible()
    is_fit(page, width)
    if width == DESK:
        pictures.take(page, "admission-funnel")
    assert complaints.said == []
