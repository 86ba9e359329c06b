"""The usual number of units: for terms opened from then on, and confirmed for those opened since a day (R59)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Invalid
from rollbook.core.policies.errors import RetroactiveNotConfirmed
from rollbook.core.policies.services import change, foretell
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.policies import ABSOLUTE_MAX_UNITS, MAX_UNITS, SUMMER_MAX_UNITS
from rollbook.systems.college.enrolment.services import open_term_enrolment
from rollbook.systems.college.enrolment.services.overload import request_overload
from rollbook.systems.college.examples import a_member, a_registrar, a_student, a_term, an_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

WHY = "The senate decided it in June"


@pytest.fixture
def three(frozen_clock: Callable[[str], None]) -> list[TermEnrolment]:
    """Terms of three students: opened in June, in July, and in July with an overload."""
    frozen_clock("2031-06-15T00:00:00+00:00")
    term = a_term("2031-1")
    students = [a_student(f"31000{number}") for number in (1, 2, 3)]
    opened = [open_term_enrolment(a_registrar(), student_id=students[0].id, term_id=term.id)]
    frozen_clock("2031-07-10T00:00:00+00:00")
    opened += [open_term_enrolment(a_registrar(), student_id=one.id, term_id=term.id) for one in students[1:]]
    TermEnrolment.objects.filter(id=opened[2].id).update(max_units=33)
    return opened


def caps() -> list[int]:
    rows = TermEnrolment.objects.order_by("student__student_number").values_list("max_units", flat=True)
    return [int(units) for units in rows]


@pytest.mark.rule("R19", "R59")
def test_a_new_cap_holds_for_terms_that_are_opened_from_then_on(three: list[TermEnrolment]) -> None:
    change(an_administrator(), MAX_UNITS, 24, None, WHY)

    assert caps() == [30, 30, 33]
    late = open_term_enrolment(a_registrar(), student_id=a_student("310009").id, term_id=three[0].term_id)
    assert late.max_units == 24


@pytest.mark.rule("R59")
def test_a_cap_that_reaches_back_says_whom_it_touches_wants_the_number_and_then_is_theirs(
    three: list[TermEnrolment],
) -> None:
    administrator, since = an_administrator(), date(2031, 7, 1)
    told = foretell(administrator, MAX_UNITS, 24, since)
    assert (told.is_retroactive, told.preview.affected) == (True, 1)
    assert told.preview.sentence == "1 term of a student that was opened since then gets 24 units."
    with pytest.raises(RetroactiveNotConfirmed):
        change(administrator, MAX_UNITS, 24, since, WHY, confirmed_affected=3)
    assert caps() == [30, 30, 33]

    change(administrator, MAX_UNITS, 24, since, WHY, confirmed_affected=1)

    assert caps() == [30, 24, 33]
    entry = AuditEntry.objects.get(action="college.unit_cap_changed")
    assert (entry.target_id, entry.reason, entry.changes) == (
        three[1].id, WHY, {"max_units": {"before": 30, "after": 24}},
    )  # fmt: skip


@pytest.mark.rule("R59")
def test_a_summer_cap_touches_no_semester(three: list[TermEnrolment]) -> None:
    told = foretell(an_administrator(), SUMMER_MAX_UNITS, 6, date(2031, 6, 1))

    assert told.preview.affected == 0
    change(an_administrator(), SUMMER_MAX_UNITS, 6, date(2031, 6, 1), WHY, confirmed_affected=0)
    assert caps() == [30, 30, 33]


@pytest.mark.rule("R19", "R59")
def test_an_overload_goes_no_further_than_the_college_says(three: list[TermEnrolment]) -> None:
    change(an_administrator(), ABSOLUTE_MAX_UNITS, 34, None, WHY)
    head = a_member(roles.PROGRAM_HEAD)
    programme = three[0].student.programme
    programme.head_id = head.membership_id
    programme.save(update_fields=["head"])

    with pytest.raises(Invalid) as refusal:
        request_overload(head, term_enrolment_id=three[0].id, units=Decimal(35), reason="Two subjects are left")

    assert refusal.value.errors == [{"field": "units", "message": "Enter more than 30 and at most 34 units."}]
