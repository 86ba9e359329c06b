"""Do the rules of enrolment hold? A made-up college tries them, and is taken back."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rollbook.core.errors import Refusal
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.readiness import Context, NotApplicable, Outcome, Severity, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.enrolment.examples import a_class, a_taker, item, subjects, the_curriculum, the_student
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.enrolling import OverrideWanted, enrol
from rollbook.systems.college.examples import a_programme, a_registrar
from rollbook.systems.college.records.models import Override

#: Ten subjects of three units fill the usual cap of thirty; one unit more is too much.
FULL_LOAD = [f"LOAD {number:02d}" for number in range(1, 11)]
ONE_MORE, FIRST, SECOND, CLASHING = "MORE 1", "FIRST 1", "SECOND 1", "CLASH 1"


def _without_college(_context: Context) -> NotApplicable | None:
    if Organisation.objects.filter(system="college", is_active=True).exists():
        return None
    return NotApplicable("No college is kept in this installation.")


def _college() -> Organisation:
    mark = uuid.uuid4().hex[:12]
    made: Organisation = Organisation.objects.create(
        slug=f"marker-{mark}", name="Marker", system="college", currency="PHP", timezone="Asia/Manila"
    )
    return made


def _refused(code: str, act: Callable[[], Any]) -> list[str]:
    """What is wrong when an act should be refused with a code."""
    try:
        act()
    except Refusal as refusal:
        return [] if refusal.code == code else [f"{code} was expected, {refusal.code} was answered"]
    return [f"{code} was expected, and nothing was refused"]


def _try_cap() -> list[str]:
    taker = a_taker("990001")
    sections = [a_class(code) for code in FULL_LOAD]
    more = a_class(ONE_MORE)
    enrol(the_student(taker), term_enrolment_id=taker.id, items=[item(section) for section in sections])
    taken = SubjectEnrolment.objects.filter(term_enrolment=taker, state=SubjectEnrolment.State.ENROLLED)
    units = sum(taken.values_list("units", flat=True))
    found = [] if units == 30 else [f"30 units were asked for, {units} were taken"]
    return found + _refused(
        "UNIT_CAP_EXCEEDED",
        lambda: enrol(the_student(taker), term_enrolment_id=taker.id, items=[item(more)]),
    )


def _try_prerequisite(taker: TermEnrolment) -> list[str]:
    second = a_class(SECOND)
    return _refused(
        "PREREQUISITE_NOT_MET",
        lambda: enrol(the_student(taker), term_enrolment_id=taker.id, items=[item(second)]),
    )


def _try_clash(taker: TermEnrolment) -> list[str]:
    one = a_class(FIRST, hours=(1, "08:00", "09:30"))
    other = a_class(CLASHING, hours=(1, "09:00", "10:30"))
    student = the_student(taker)
    enrol(student, term_enrolment_id=taker.id, items=[item(one)])
    aside = [OverrideWanted(Override.Kind.SCHEDULE_CONFLICT, "Thesis defence slot approved")]
    found = _refused(
        "SCHEDULE_CONFLICT", lambda: enrol(student, term_enrolment_id=taker.id, items=[item(other)])
    ) + _refused(
        "OVERRIDE_NOT_ALLOWED",
        lambda: enrol(student, term_enrolment_id=taker.id, items=[item(other)], overrides=aside),
    )
    try:
        enrol(a_registrar(), term_enrolment_id=taker.id, items=[item(other)], overrides=aside)
    except Refusal as refusal:
        found.append(f"a registrar's override is answered with {refusal.code}")
    if not SubjectEnrolment.objects.filter(term_enrolment=taker, subject__code=CLASHING, state="ENROLLED").exists():
        found.append("a registrar's override did not enrol the student")
    if Override.objects.filter(kind=Override.Kind.SCHEDULE_CONFLICT).count() != 1:
        found.append("the rule that was set aside is not on record")
    return found


@register_item(
    id="COL-ENR-01",
    profile="college",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    title="Enrolment rules hold",
    how="In a made-up college a student takes 30 units and is refused one more; is refused a subject whose prerequisite "
    "is missing; is refused a class at the hours of another, also with an override of their own; and a registrar's "
    "override enrols them and stands on record.",
    remedy="Run `rollbook migrate`; if a rule still does not hold, enrol nobody and report the version with this result.",
    evidence=("tried",),
    applies=_without_college,
)
def enrolment_rules_hold(_context: Context) -> Outcome:
    with tenant_scope(_college().pk):
        install_role_bundles("college")
        programme = a_programme("MARK")
        every = subjects(*FULL_LOAD, FIRST, SECOND, CLASHING) + subjects(ONE_MORE, units=1)
        the_curriculum({(1, "FIRST"): every})
        a_prerequisite(next(one for one in every if one.code == SECOND), FIRST)
        taker = a_taker("990002")
        found = _try_cap() + _try_prerequisite(taker) + _try_clash(taker)
        tried = ["cap", "prerequisite", "clash", "override by a student", "override by a registrar"]
    return none_found(
        [f"{programme.code}: {one}" for one in found], examined=len(tried), what="rules of enrolment that do not hold",
        tried=tried,
    )  # fmt: skip
