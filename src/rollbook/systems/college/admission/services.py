"""From applicant to student: person, number, account, enrolment and plan in one transaction, or nothing (R7)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Refusal
from rollbook.core.identity import permissions as identity
from rollbook.core.identity.models import Membership
from rollbook.core.identity.services.members import invite_member
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.formatting import amount_text, day_text
from rollbook.shared.admissions import services as admissions
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import Converted
from rollbook.shared.admissions.selectors import GOVERNMENT_ID, is_flagged
from rollbook.shared.billing.models import Instalment, Invoice
from rollbook.shared.people import permissions as people_permissions
from rollbook.shared.people import services as people
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Address, ContactPoint
from rollbook.shared.people.selectors import survivor_of
from rollbook.systems.college import roles
from rollbook.systems.college.admission.errors import (
    AddressSignsInHere,
    BilledBySchedule,
    NoMonthlyAmount,
    OtherProgramme,
    ShifterNotMatched,
)
from rollbook.systems.college.admission.lists import MONTHLY
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.enrolment import permissions as enrolment_permissions
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.services import open_term_enrolment
from rollbook.systems.college.fees import permissions as fees_permissions
from rollbook.systems.college.fees.errors import NoScheduleFits
from rollbook.systems.college.fees.policies import ASSESSED, INSTALMENTS, PLAN_MODE
from rollbook.systems.college.fees.services.assessments import FIRST, assess_now
from rollbook.systems.college.fees.services.plans import open_plan
from rollbook.systems.college.records import permissions as records_permissions
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import add_student, readmit, request_transfer

#: What a conversion does in the rooms below. The office holds none of these for itself: they are lent to this one act.
_LENT = frozenset({
    people_permissions.VIEW_PEOPLE, people_permissions.ADD_PEOPLE, people_permissions.CHANGE_PEOPLE,
    records_permissions.ADD_STUDENTS, records_permissions.READMIT_STUDENTS, identity.MANAGE_MEMBERS,
    enrolment_permissions.OPEN_ENROLMENTS, fees_permissions.OPEN_PLANS, records_permissions.VIEW_STUDENTS,
    records_permissions.DECIDE_TRANSFERS,
})  # fmt: skip
_CREATED_VIA = {Student.Kind.TRANSFEREE.value: TermEnrolment.CreatedVia.TRANSFEREE}
AUTO_JOB = "college.admission.admit_at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What the new student pays: so much a month, for so many months, the first of them due when.

    Where new terms are billed by the fee schedule nothing is agreed, and all of it is left out.
    """

    monthly: Money | None = None
    #: None for the college's usual number.
    instalments: int | None = None
    #: None for the day of admission.
    first_due_on: date | None = None


@transaction.atomic
def admit(actor: Actor, *, application_id: UUID, plan: PlanTerms | None) -> Application:
    """Admit an applicant; with a plan they are a student at once, all of it or nothing. Twice answers the first.

    A shifter is a student already: the application becomes the request for the other programme, and needs no plan.
    """
    is_shifter = Application.objects.filter(id=application_id, kind=Student.Kind.SHIFTER).exists()
    makes_place = plan is not None or is_shifter
    return admissions.admit(
        actor, application_id=application_id, convert=_converter(actor, plan) if makes_place else None
    )


def admit_at_once(application: Application) -> None:
    """In AUTO mode make a complete submission a student; where that is not possible the office decides (R6)."""
    actor = Actor.system(application.organisation_id, job=AUTO_JOB)
    if is_flagged(application):
        record(actor, "college.admission_waits", application, because="Somebody like them is on the roll.")
        return
    try:
        with transaction.atomic():
            admissions.admit(
                actor, application_id=application.id, convert=_converter(actor, usual_plan(application)),
                needs_verified=False,
            )  # fmt: skip
    except Refusal as refusal:
        # The submission itself stands: what stopped the conversion is for the office to settle.
        record(actor, "college.admission_waits", application, because=refusal.detail)


def bills_by_schedule() -> bool:
    """Whether new terms cost what the fee schedule comes to, rather than a sum that is agreed."""
    return bool(policies.get(PLAN_MODE) == ASSESSED)


def usual_plan(application: Application) -> PlanTerms:
    """What a new student pays unless somebody says otherwise: what they planned, or what the fee schedule says."""
    return PlanTerms() if bills_by_schedule() else PlanTerms(monthly=planned_monthly(application))


def planned_monthly(application: Application) -> Money:
    """What the applicant plans to pay a month."""
    return Money(application.facts.get(MONTHLY) or 0, organisation_in_scope().currency)


def _converter(actor: Actor, plan: PlanTerms | None) -> Callable[[Application], Converted]:
    def convert(application: Application) -> Converted:
        return _convert(_lent(actor), application, plan)

    return convert


def _lent(actor: Actor) -> Actor:
    bundle = RoleBundle.objects.filter(key=roles.STUDENT).values_list("permissions", flat=True).first() or []
    return replace(actor, permissions=actor.permissions | _LENT | frozenset(bundle))


def _convert(actor: Actor, application: Application, plan: PlanTerms | None) -> Converted:
    if application.kind == Student.Kind.SHIFTER:
        return _shift(actor, application)
    if plan is None:
        raise NoMonthlyAmount
    if bills_by_schedule():
        if plan != PlanTerms():
            raise BilledBySchedule
    elif plan.monthly is None or plan.monthly.minor <= 0:
        raise NoMonthlyAmount
    # Whoever was matched may have been merged into another entry since.
    person_id = survivor_of(application.person_id) if application.person_id else _new_person(actor, application)
    student = _student(actor, application, person_id)
    _account(actor, application, student)
    enrolment = open_term_enrolment(
        actor,
        student_id=student.id,
        term_id=_known(application.intake_id),
        created_via=_CREATED_VIA.get(application.kind, TermEnrolment.CreatedVia.ADMISSION),
    )
    invoice = _plan(actor, enrolment, plan)
    first = Instalment.objects.get(invoice_id=invoice.id, number=1)
    record(
        actor, "college.applicant_converted", application, student_id=student.id, student_number=student.student_number,
        term_enrolment_id=enrolment.id, invoice_id=invoice.id,
    )  # fmt: skip
    return Converted(
        person_id=person_id,
        result_type="college.student",
        result_id=student.id,
        facts={
            str(_("Student number")): student.student_number,
            str(_("First payment")): amount_text(Money(first.due_minor, invoice.currency)),
            str(_("Due")): day_text(first.due_on),
        },
    )


def _shift(actor: Actor, application: Application) -> Converted:
    """The request for the other programme of somebody who studies here: same student, same number, no second plan.

    The programme that takes them endorses it and the registrar decides, as with every transfer.
    """
    if application.person_id is None:
        raise ShifterNotMatched
    person_id = survivor_of(application.person_id)
    student: Student | None = Student.objects.filter(person_id=person_id, taken_back_at__isnull=True).first()
    if student is None:
        raise ShifterNotMatched
    _take_back_if_away(actor, application, student)
    transfer = request_transfer(
        actor, student_id=student.id, to_programme_id=_known(application.choice_id),
        effective_term_id=_known(application.intake_id), reason=f"Application {application.reference}",
    )  # fmt: skip
    record(
        actor, "college.applicant_converted", application, student_id=student.id, student_number=student.student_number,
        transfer_id=transfer.id,
    )  # fmt: skip
    return Converted(
        person_id=person_id,
        result_type="college.student",
        result_id=student.id,
        facts={
            str(_("Student number")): student.student_number,
            str(_("Programme you asked for")): transfer.to_programme.code,
            str(_("What happens next")): _("The dean and the registrar decide; you are told."),
        },
    )


def _new_person(actor: Actor, application: Application) -> UUID:
    """The applicant as an entry of the roll, reached at the address that was proved."""
    person = people.add_person(
        actor,
        NewPerson(
            family_name=application.family_name, given_name=application.given_name,
            middle_name=application.middle_name, suffix=application.suffix, birth_date=application.birth_date,
            sex=application.sex, emails=(application.email,),
            phones=(application.phone,) if application.phone else (),
            identifiers=((GOVERNMENT_ID, application.government_id),) if application.government_id else (),
        ),
    )  # fmt: skip
    point = ContactPoint.objects.get(person=person, kind=ContactPoint.Kind.EMAIL)
    people.mark_verified(actor, contact_point_id=point.id)
    if application.city or application.address_line:
        people.set_address(
            actor, person_id=person.pk, kind=Address.Kind.HOME, line1=application.address_line,
            district=application.district, city=application.city, province=application.province,
        )  # fmt: skip
    added: UUID = person.pk
    return added


def _student(actor: Actor, application: Application, person_id: UUID) -> Student:
    standing: Student | None = Student.objects.filter(person_id=person_id, taken_back_at__isnull=True).first()
    if standing is None:
        return add_student(
            actor, person=person_id, programme_id=_known(application.choice_id),
            admission_term_id=_known(application.intake_id), kind=application.kind,
        )  # fmt: skip
    if standing.programme_id != application.choice_id:
        codes = dict(Programme.objects.values_list("id", "code"))
        raise OtherProgramme(
            number=standing.student_number, programme=codes[standing.programme_id],
            wanted=codes[_known(application.choice_id)],
        )  # fmt: skip
    _take_back_if_away(actor, application, standing)
    return standing


def _take_back_if_away(actor: Actor, application: Application, student: Student) -> None:
    if student.status != Student.Status.ACTIVE:
        readmit(actor, student_id=student.id, reference=application.reference)
        student.refresh_from_db()


def _account(actor: Actor, application: Application, student: Student) -> None:
    """The account with its activation link (R9); somebody who signs in here as this person keeps theirs."""
    if Membership.objects.filter(person_id=student.person_id, is_active=True).exists():
        return
    holder: Membership | None = Membership.objects.filter(user__email=application.email).first()
    if holder is not None:
        raise AddressSignsInHere(name=holder.name)
    invite_member(
        actor=actor, display_name=application.full_name, roles=[roles.STUDENT], email=application.email,
        login_name=student.student_number, person_id=student.person_id,
    )  # fmt: skip


def _plan(actor: Actor, enrolment: TermEnrolment, plan: PlanTerms) -> Invoice:
    """Equal months of the agreed amount; where nothing is agreed, what the fee schedule comes to."""
    if plan.monthly is None:
        return _assessed(actor, enrolment)
    months: int = plan.instalments or policies.get(INSTALMENTS)
    return open_plan(
        actor,
        term_enrolment_id=enrolment.id,
        total=Money(plan.monthly.minor * months, plan.monthly.currency),
        instalments=months,
        first_due_on=plan.first_due_on,
    )


def _assessed(actor: Actor, enrolment: TermEnrolment) -> Invoice:
    """What the fee schedule comes to for the subjects that the curriculum puts into the first term (R31)."""
    assessment = assess_now(actor, enrolment.id, reason=FIRST)
    if assessment is None:
        raise NoScheduleFits(student=enrolment.student.student_number, term=enrolment.term.code)
    return Invoice.objects.get(id=assessment.invoice_id)


def _known(value: UUID | None) -> UUID:
    """An id that every application that was sent has; the database keeps it so."""
    if value is None:
        raise ValueError("An application that was sent names its programme and term.")
    return value
