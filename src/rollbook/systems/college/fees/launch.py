"""Is a college set up to take its first student? The item of the launch checklist that looks at everything at once."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from rollbook.core.identity.models import Membership
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.permissions import register
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.policies import services as policies
from rollbook.core.readiness import Context, NotApplicable, Outcome, Severity, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, GradeScale, Term, TermWindow
from rollbook.systems.college.catalogue.policies import GRADE_SCALE
from rollbook.systems.college.catalogue.shipped_scales import SHIPPED
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod
from rollbook.systems.college.fees.examples import Payer, a_payer, payment_id_of
from rollbook.systems.college.fees.models import FeeSchedule
from rollbook.systems.college.fees.policies import ASSESSED, PLAN_MODE, RECEIPT_SERIES
from rollbook.systems.college.fees.services.corrections import reverse
from rollbook.systems.college.scheduling.models import Section

#: Nobody enrols without somebody who does these.
NEEDED_ROLES = (roles.REGISTRAR, roles.HEAD_REGISTRAR, roles.CASHIER, roles.CASHIER_SUPERVISOR, roles.DEAN)
WINDOWS = (TermWindow.Kind.ENROLMENT, TermWindow.Kind.ADD_DROP)
_RUNS = (Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS)


def _colleges() -> list[Organisation]:
    return list(Organisation.objects.filter(system="college", is_active=True).order_by("slug"))


def _without_college(_context: Context) -> NotApplicable | None:
    return None if _colleges() else NotApplicable("No college is kept in this installation.")


def _term() -> Term | None:
    found: Term | None = Term.objects.filter(is_current=True, state__in=_RUNS).first()
    return found


def _terms_missing() -> list[str]:
    term = _term()
    if term is None:
        return ["no current term is open"]
    open_kinds = set(TermWindow.objects.filter(term_id=term.id).values_list("kind", flat=True))
    return [f"{term.code} has no days for {kind.label.lower()}" for kind in WINDOWS if kind not in open_kinds]


def _catalogue_missing() -> list[str]:
    missing = []
    if not Curriculum.objects.filter(state=Curriculum.State.ACTIVE).exists():
        missing.append("no curriculum is active")
    code = policies.get(GRADE_SCALE)
    # Those that are shipped come into being when the first grade is given.
    if code not in {scale.code for scale in SHIPPED} and not GradeScale.objects.filter(code=code).exists():
        missing.append(f"the grade scale {code} does not stand")
    return missing


def _classes_missing() -> list[str]:
    """Every subject that an active curriculum asks for in the current term has a section that can be entered."""
    term = _term()
    if term is None:
        return []
    wanted = CurriculumEntry.objects.filter(
        curriculum__state=Curriculum.State.ACTIVE, semester=term.kind, elective_group=""
    )
    offered = Section.objects.filter(term_id=term.id, state=Section.State.OPEN).values("subject_id")
    codes = wanted.exclude(subject_id__in=offered).order_by("subject__code").values_list("subject__code", flat=True)
    return [f"{code} has no open section in {term.code}" for code in dict.fromkeys(codes)]


def _money_missing() -> list[str]:
    missing = []
    in_force = FeeSchedule.objects.filter(state=FeeSchedule.State.ACTIVE)
    if policies.get(PLAN_MODE) == ASSESSED and not in_force.exists():
        missing.append("plans follow the fee schedule, and none is in force")
    term = _term()
    if term is not None:
        periods = ExamPeriod.objects.filter(term_id=term.id)
        mapped = ExamMonthMapping.objects.filter(term_id=term.id).values("exam_period_id")
        unmapped = periods.exclude(id__in=mapped).order_by("position").values_list("code", flat=True)
        missing += [f"{code} asks for no month" for code in unmapped]
        if not periods.exists():
            missing.append(f"{term.code} has no exams")
    series = str(policies.get(RECEIPT_SERIES))
    if not series and not NumberSeries.objects.filter(key__startswith="receipt:").exists():
        missing.append("receipts have no series")
    return missing


def _people_missing() -> list[str]:
    members = Membership.objects.filter(is_active=True)
    missing = [f"nobody is {register.roles()[role].label.lower()}" for role in NEEDED_ROLES
               if not members.filter(roles__contains=[role]).exists()]  # fmt: skip
    weak = [key for key, role in register.roles().items() if not role.needs_second_factor and role.is_staff]
    missing += [f"{register.roles()[role].label} signs in without a second factor" for role in weak
                if role in NEEDED_ROLES]  # fmt: skip
    return missing


CHECKS: tuple[Callable[[], list[str]], ...] = (
    _terms_missing, _catalogue_missing, _classes_missing, _money_missing, _people_missing,
)  # fmt: skip


@register_item(
    id="COL-CFG-01",
    profile="college",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="College is set up",
    how="Each college has a current term with its windows, an active curriculum with an open section for every subject "
    "that it asks for, a grade scale, a fee schedule where plans follow one, exams that ask for months, a series of "
    "receipts, and people in every role that enrolling takes.",
    remedy="Open what is named: terms and their windows, curricula, sections, fee schedules, exams, users and roles.",
    evidence=("colleges",),
    applies=_without_college,
)
def college_is_set_up(_context: Context) -> Outcome:
    found, colleges = [], _colleges()
    for college in colleges:
        with tenant_scope(college.pk):
            found += [f"{college.slug}: {what}" for check in CHECKS for what in check()]
    return none_found(found, examined=len(colleges) * len(CHECKS), what="parts missing", colleges=len(colleges))


def _marker() -> Organisation:
    made: Organisation = Organisation.objects.create(
        slug=f"marker-{uuid.uuid4().hex[:12]}", name="Marker", system="college", currency="PHP", timezone="Asia/Manila"
    )
    return made


def _permits_are(payer: Payer, wanted: dict[str, str], when: str) -> list[str]:
    """What is wrong with a student's permits; a locked exam has none."""
    found = payer.permits()
    return [] if found == wanted else [f"{when}: {wanted or 'no permit'} was expected, {found or 'none'} was found"]


def _try_permit(payer: Payer) -> list[str]:
    payer.pays("4999.99")
    found = _permits_are(payer, {}, "0.01 before month 1 is paid")
    last = payer.pays("0.01", method="CHECK", reference="MARKER-1")
    found += _permits_are(payer, {"PRELIM": "ISSUED"}, "month 1 is paid")
    if len(last.permits_issued) != 1:
        found.append("the payment that settles month 1 does not answer with its permit")
    codes = payer.permit_codes()
    supervisor = a_member(roles.CASHIER_SUPERVISOR)
    reverse(supervisor, payment_id=payment_id_of(last), kind="BOUNCED", reason="The cheque of the trial came back")
    found += _permits_are(payer, {"PRELIM": "SUSPENDED"}, "the money was taken back")
    payer.pays("0.01")
    found += _permits_are(payer, {"PRELIM": "ISSUED"}, "month 1 is paid again")
    if payer.permit_codes() != codes:
        found.append("the permit came back under another code")
    return found


def _try_unique(payer: Payer, other: Payer) -> list[str]:
    other.pays("10000.00")
    codes = [*payer.permit_codes().values(), *other.permit_codes().values()]
    return [] if len(codes) == len(set(codes)) == 3 else [f"3 different codes were expected, {codes} were given"]


@register_item(
    id="COL-EXM-01",
    profile="college",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    title="Exam permit unlocks on first-month payment",
    how="In a made-up college a student pays all but 0.01 of month 1 and has no permit; pays it and has one at once, by the "
    "same payment; the cheque bounces and it is suspended; paid again it comes back under its code. No two permits "
    "have one code.",
    remedy="Run `rollbook migrate`; if permits still do not follow money, print none and report the version with this "
    "result.",
    evidence=("tried",),
    applies=_without_college,
)
def permits_follow_the_first_month(_context: Context) -> Outcome:
    tried = ["locked", "issued", "suspended", "restored", "one code each"]
    with tenant_scope(_marker().pk):
        install_role_bundles("college")
        payer, other = a_payer("30000.00", number="990001"), a_payer("30000.00", number="990002")
        found = _try_permit(payer) + _try_unique(payer, other)
    return none_found(found, examined=len(tried), what="steps at which the permit is wrong", tried=tried)
