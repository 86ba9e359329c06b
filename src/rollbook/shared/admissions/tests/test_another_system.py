"""The room knows nothing of colleges: a school with kinds, papers and a place of its own applies with the same acts."""

from datetime import date
from uuid import UUID

import pytest
from django.db.models import Value

from rollbook.core import clock
from rollbook.core.errors import NotFound
from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.admissions import permissions, scheme, services
from rollbook.shared.admissions.models import Application, ApplicationDocument
from rollbook.shared.admissions.scheme import Choice, Consent, Converted, Fact, Intake, Kind, Scheme, Wanted
from rollbook.shared.files.tests.samples import a_pdf
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.rules import AgeBounds
from rollbook.shared.people.services import add_person
from rollbook.site.testing.fixtures import make_organisation

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")

LEVEL, YEAR = new_id(), new_id()


class SchoolScheme(Scheme):
    """Grade 1 of one school year."""

    system = "school"
    reference_format = "APP-{year}-{seq:05d}"
    ages = AgeBounds(3, 25)
    kinds = (Kind("NEW", "New pupil"),)
    facts = (Fact(key="guardian", label="Guardian", step="background", required_of=frozenset({"NEW"})),)
    checklist = {"NEW": (Wanted("birth_certificate", "Birth certificate"),)}
    choice_word, intake_word = "Level", "School year"

    def is_switched_on(self) -> bool:
        return True

    def choices(self):
        return [Choice(id=LEVEL, code="G1", label="Grade 1")]

    def intakes(self):
        return [Intake(id=YEAR, label="2031", opens_on=date(2031, 1, 1), closes_on=date(2031, 12, 31))]

    def labels(self, ids):
        return {LEVEL: "G1", YEAR: "2031"}

    def code_of_choice(self):
        return Value("G1")

    def code_of_intake(self):
        return Value("2031")

    def consent(self) -> Consent:
        return Consent("Yes", "1")

    def choice_address(self, slug, choice) -> str:
        return "/"

    def admit_address(self, application) -> str:
        return "/"

    def result_address(self, application) -> str:
        return "/"

    def admission_follows(self, application) -> None:
        """The office decides."""


@pytest.fixture
def school(db, monkeypatch):
    monkeypatch.setitem(scheme._schemes, "school", SchoolScheme())
    organisation = make_organisation("mabini-school", system="school")
    with tenant_scope(organisation.id):
        yield organisation


def test_a_pupil_applies_and_the_school_makes_its_own_place(school):
    family = Actor(organisation_id=school.id, permissions=frozenset({permissions.APPLY}))
    office = Actor.system(school.id, job="office")
    draft = services.start(family).application
    services.save(family, application_id=draft.id, values={"kind": "NEW"})
    services.save(
        family, application_id=draft.id,
        values={
            "given_name": "Ana", "family_name": "Reyes", "birth_date": date(2025, 2, 28), "email": "reyes@example.test",
            "choice_id": LEVEL, "intake_id": YEAR, "facts": {"guardian": "Rosa Reyes"},
        },
    )  # fmt: skip
    services.send_document(family, application_id=draft.id, type="birth_certificate", content=a_pdf(), name="birth.pdf")
    Application.objects.filter(id=draft.id).update(email_proved_at=clock.now())
    application = services.submit(family, application_id=draft.id, has_consented=True).application
    assert application.reference == "APP-2031-00001"
    for document in ApplicationDocument.objects.filter(application=application):
        services.verify_document(office, application_id=application.id, document_id=document.id)
    place = new_id()

    def enrol(found: Application) -> Converted:
        person = add_person(office, NewPerson(family_name=found.family_name, given_name=found.given_name))
        return Converted(person_id=person.pk, result_type="school.student", result_id=place)

    admitted = services.admit(office, application_id=application.id, convert=enrol)

    assert (admitted.state, admitted.result_type, admitted.result_id) == ("CONVERTED", "school.student", place)
    assert isinstance(admitted.person_id, UUID)


def test_where_a_system_takes_no_applications_there_is_nothing(db):
    organisation = make_organisation("a-shop", system="backoffice")
    nobody = Actor(organisation_id=organisation.id, permissions=frozenset({permissions.APPLY}))

    with tenant_scope(organisation.id), pytest.raises(NotFound):
        services.start(nobody)
