"""Believable applicants for tests of the college's admission. What matters to a test is said in the test."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.admissions import permissions, services
from rollbook.shared.admissions.models import Application, ApplicationDocument
from rollbook.shared.admissions.selectors import checklist, today_here
from rollbook.shared.files.tests.samples import a_pdf
from rollbook.shared.ledger.models import LedgerAccount
from rollbook.shared.ledger.services import open_chart
from rollbook.systems.college import roles
from rollbook.systems.college.admission.policies import ADMISSION_OPEN
from rollbook.systems.college.admission.services import PlanTerms
from rollbook.systems.college.catalogue.models import Programme, Term, TermWindow
from rollbook.systems.college.examples import a_member, a_programme, a_term

P5 = PlanTerms(monthly=Money(5_000_00, "PHP"), instalments=6)


def an_admission_officer() -> Actor:
    """Checks documents, admits and rejects."""
    return a_member(roles.ADMISSION_STAFF, name="Aida Ramos")


def an_applicant() -> Actor:
    """Whoever opens an application with its link."""
    return Actor(
        organisation_id=require_organisation_id(), permissions=frozenset({permissions.APPLY}), name="Applicant",
        ip="203.0.113.5",
    )  # fmt: skip


def set_policy(key: str, value: Any) -> None:
    """A setting, as the administrator would make it."""
    actor = Actor.system(require_organisation_id(), job="examples")
    policies.change(actor, key, value, None, "As this test needs it")


def open_admission(*, programme: Programme | None = None, term: Term | None = None) -> tuple[Programme, Term]:
    """A college that takes applications this week, with everything a conversion needs."""
    if not RoleBundle.objects.filter(key=roles.STUDENT).exists():
        install_role_bundles("college")
    if not LedgerAccount.objects.exists():
        open_chart()
    programme = programme or Programme.objects.filter(code="BSIT").first() or a_programme()
    term = term or Term.objects.first() or a_term()
    today = today_here()
    TermWindow.objects.update_or_create(
        term=term, kind=TermWindow.Kind.APPLICATION,
        defaults={"opens_on": today - timedelta(days=7), "closes_on": today + timedelta(days=7)},
    )  # fmt: skip
    set_policy(ADMISSION_OPEN, True)
    return programme, term


def a_draft(email: str = "juana@example.test", **values: Any) -> Application:
    """Everything filled in and every required document sent, the address proved; not sent yet."""
    programme, term = Programme.objects.get(code="BSIT"), Term.objects.earliest("starts_on")
    application = services.start(an_applicant()).application
    filled: dict[str, Any] = {
        "family_name": "Dela Cruz", "given_name": "Juana", "birth_date": date(2008, 5, 17), "sex": "F",
        "email": email, "phone": "0917 123 4567", "city": "Batangas City", "address_line": "12 Rizal St",
        "kind": "FRESHMAN", "choice_id": programme.id, "intake_id": term.id,
        "facts": {"previous_school": "San Isidro National High School", "monthly_commitment": "5000.00"}, **values,
    }  # fmt: skip
    kind = filled.pop("kind")
    # The kind decides which facts are asked, so it goes first, as in the wizard.
    services.save(an_applicant(), application_id=application.id, values={"kind": kind})
    application = services.save(an_applicant(), application_id=application.id, values=filled)
    for wanted in checklist(kind):
        if wanted.is_required:
            send(application.id, wanted.type)
    Application.objects.filter(id=application.id).update(email_proved_at=clock.now())
    application.refresh_from_db()
    return application


def send(application_id: UUID, type: str, content: bytes | None = None) -> ApplicationDocument:  # noqa: A002
    """A document of the checklist, sent by the applicant."""
    return services.send_document(
        an_applicant(), application_id=application_id, type=type, content=content or a_pdf(), name=f"{type}.pdf"
    )


def an_application(email: str = "juana@example.test", **values: Any) -> Application:
    """An application that was sent."""
    draft = a_draft(email, **values)
    return services.submit(an_applicant(), application_id=draft.id, has_consented=True).application


def a_ready_application(email: str = "juana@example.test", **values: Any) -> Application:
    """An application whose required documents are all verified."""
    application = an_application(email, **values)
    officer = Actor.system(require_organisation_id(), job="examples")
    for document in ApplicationDocument.objects.filter(application=application):
        services.verify_document(officer, application_id=application.id, document_id=document.id)
    return application
