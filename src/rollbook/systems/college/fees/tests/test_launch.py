"""The checklist item that says whether a college is set up."""

from typing import Any

import pytest

from rollbook.core import clock
from rollbook.core.readiness import Context, State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tests.attacks import outcome_of
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Subject, Term, TermWindow
from rollbook.systems.college.enrolment.examples import a_class, open_windows, subjects, the_curriculum
from rollbook.systems.college.examples import a_member, a_term
from rollbook.systems.college.exams.models import ExamPeriod
from rollbook.systems.college.exams.services.settlement import PermitChanges
from rollbook.systems.college.fees import launch
from rollbook.systems.college.fees.examples import exams_of
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, plans_follow_schedules
from rollbook.systems.college.fees.services import following

pytestmark = [pytest.mark.django_db]


def looked_at() -> list[str]:
    """What the checks find in the college in scope."""
    return [what for check in launch.CHECKS for what in check()]


def set_up() -> Term:
    """Everything that enrolling takes."""
    subjects("GE 1", "GE 2")
    the_curriculum()
    Curriculum.objects.update(state=Curriculum.State.ACTIVE)
    term = open_windows(a_term(is_current=True))
    for code in ("GE 1", "GE 2"):
        a_class(code, term=term)
    exams_of(term)
    for role in launch.NEEDED_ROLES:
        a_member(role)
    return term


@pytest.mark.usefixtures("tenant")
def test_a_college_that_is_set_up_has_nothing_missing() -> None:
    set_up()
    assert looked_at() == []


def draft_of(curriculum: Curriculum) -> Curriculum:
    """The same curriculum while it could still be changed."""
    Curriculum.objects.filter(id=curriculum.id).update(state=Curriculum.State.DRAFT)
    return curriculum


@pytest.mark.usefixtures("tenant")
def test_each_missing_part_is_named() -> None:
    term = set_up()
    subjects("GE 3")
    third = Subject.objects.get(code="GE 3")
    CurriculumEntry.objects.create(
        curriculum=draft_of(Curriculum.objects.get()), subject=third, year_level=1, semester="FIRST"
    )
    Curriculum.objects.update(state=Curriculum.State.ACTIVE)
    ExamPeriod.objects.create(
        term=term, code="ORAL", name="Oral", position=9, opens_on=term.starts_on, closes_on=term.ends_on
    )
    plans_follow_schedules()
    a_schedule(is_in_force=False)
    TermWindow.objects.filter(term=term, kind="ADD_DROP").delete()

    found = looked_at()

    assert found == [
        "2031-1 has no days for add and drop",
        "GE 3 has no open section in 2031-1",
        "plans follow the fee schedule, and none is in force",
        "ORAL asks for no month",
    ]


@pytest.mark.usefixtures("tenant")
def test_an_empty_college_misses_everything() -> None:
    found = looked_at()
    assert found[0] == "no current term is open"
    assert "no curriculum is active" in found
    assert "nobody is cashier" in found


def test_the_item_fails_for_a_college_without_a_term(organisation: Organisation) -> None:
    outcome = launch.college_is_set_up.evaluate(Context(environment="test", now=clock.now()))
    assert outcome.state == State.FAIL
    assert organisation.slug in str(outcome)


def test_permits_follow_the_first_month_and_nothing_of_the_trial_stays(organisation: Organisation) -> None:
    before = Organisation.objects.count()

    outcome = outcome_of(launch.permits_follow_the_first_month)

    assert (outcome.state, outcome.value) == (State.PASS, 0), outcome.summary
    assert Organisation.objects.count() == before


def test_a_permit_that_is_not_issued_is_found(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "apply_settlement", lambda *_args, **_facts: PermitChanges())

    outcome = outcome_of(launch.permits_follow_the_first_month)

    assert outcome.state is State.FAIL
    assert "the payment that settles month 1 does not answer with its permit" in outcome.summary


def test_a_permit_that_outlives_its_money_is_found(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    really = following.apply_settlement

    def never_suspends(*args: Any, **facts: Any) -> PermitChanges:
        return really(*args, **facts) if facts["settled_through"] else PermitChanges()

    monkeypatch.setattr(following, "apply_settlement", never_suspends)

    outcome = outcome_of(launch.permits_follow_the_first_month)

    assert outcome.state is State.FAIL
    assert "the money was taken back" in outcome.summary


def test_without_a_college_no_permit_is_tried(db: None) -> None:
    Organisation.objects.update(is_active=False)

    assert launch.permits_follow_the_first_month.applies(None).reason == "No college is kept in this installation."
